"""Generate what a criterion may be asked: arguments of every type, and whole leads.

Values are those that a rule file can really pass: texts are trimmed, in NFC and not empty, lists are
not empty either, times are in UTC. None stands for unknown, also where a parameter does not take it.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, assert_never

from hypothesis import strategies as st

from leadrules.conversions import YEARS
from leadrules.criteria import Criterion
from leadrules.sdk import EventView, LeadView
from leadrules.testing.drawn_moments import moments
from leadrules.testing.words import TEXTS, TIMEZONES
from leadrules.vocabulary import STANDARD_EVENTS, STANDARD_FIELDS, STANDARD_GROUPS, Type

_ODD_TEXTS = (
    "Ⅷ ½ ²",
    "\uff41\uff42\uff43\uff20\uff45\uff58.com",  # full-width letters
    "İI \u0131i ß ẞ ﬁ ǆ",
    "مرحبا بالعالم",
    "👩\u200d👩\u200d👧 🇵🇱",
    "a\u0301\u0301\u0301",
    "\u202eevil",
    "\u200b",
    "0",
    "-",
    "+48 22 123 45 67",
    "https://user:pw@EXAMPLE.com:443/a?b=c#d",
    "@",
    "None",
    "\ufffd",
    "\U0010ffff",
)
_NUMBERS = (
    *("0", "1", "-1", "0.5", "2.5", "100", "1E+2", "-0.001", "0.3333333333333333333333333333", "1E-30", "1E+30"),
    *("999999999999999999999999999999", "-1E+30", "12345678901234567890.12345", "1E+300", "-1E+300", "1E-300"),
)
_LONG = 10_000
_FIRST, _LAST = YEARS[0], YEARS[-1]


# -------------------------------------------------------------------- values


def texts(like: Sequence[str] = ()) -> st.SearchStrategy[str]:
    """Generate texts: odd ones, long ones, any, and some that are nearly one of `like`."""
    anything = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40)
    drawn = [anything, st.sampled_from(("x", *_ODD_TEXTS, *TEXTS))]
    if like:
        close = st.sampled_from(like)
        drawn += [close, st.builds(_nearly, close, anything), close.map(str.upper)]
    drawn.append(st.builds(lambda text: (text or "x") * (_LONG // (len(text) or 1)), st.sampled_from(_ODD_TEXTS)))
    return st.one_of(drawn).map(_as_text).filter(bool)


def _nearly(text: str, extra: str) -> str:
    middle = len(text) // 2
    return f"{text[:middle]}{extra[:8]}{text[middle:]} {extra[8:12]}"


def _as_text(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip()


def _values(type_: Type, like: Sequence[Any]) -> st.SearchStrategy[Any]:
    if type_.choices:
        chosen = st.sampled_from(type_.choices)
        return chosen if type_.kind == "text" else st.lists(chosen, min_size=1, max_size=len(type_.choices))
    match type_.kind:
        case "bool":
            return st.booleans()
        case "number":
            numbers = st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9)
            return st.one_of(
                st.sampled_from([*map(Decimal, _NUMBERS), *like]), st.integers(-10, 1_000).map(Decimal), numbers
            )
        case "date":
            return st.one_of(st.sampled_from([dt.date(2026, 2, 28), *like, *_ends()]), st.dates(*_ends()))
        case "datetime":
            ends = st.sampled_from([*like, *(end.replace(tzinfo=dt.UTC) for end in _moments())])
            return moments().map(_in_utc) | st.datetimes(*_moments(), timezones=st.just(dt.UTC)) | ends
        case "list of text":
            members = [member for one in like for member in one]
            return st.lists(texts(members), min_size=1, max_size=5) | st.sampled_from((["x"], ["x"] * 1_000))
        case "text" | "label":
            return texts(like)
        case _:
            assert_never(type_.kind)


def _ends() -> tuple[dt.date, dt.date]:
    return dt.date(_FIRST, 1, 1), dt.date(_LAST, 12, 31)


def _moments() -> tuple[dt.datetime, dt.datetime]:
    first, last = _ends()
    return dt.datetime(first.year, 1, 1), dt.datetime(last.year, 12, 31, 23, 59, 59)  # noqa: DTZ001 - hypothesis adds it


def _in_utc(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(dt.UTC)


def odd_values(type_: Type) -> list[Any]:
    """Give the values of a type at which criteria break: the same ones always."""
    match type_.kind:
        case _ if type_.choices:
            return list(type_.choices) if type_.kind == "text" else [[choice] for choice in type_.choices]
        case "bool":
            return [True, False]
        case "number":
            return list(map(Decimal, _NUMBERS))
        case "date":
            return [*_ends(), dt.date(2024, 2, 29)]
        case "datetime":
            return [end.replace(tzinfo=dt.UTC) for end in _moments()]
        case "list of text":
            return [["x"], ["x"] * 1_000, [text for text in map(_as_text, _ODD_TEXTS) if text]]
        case "text" | "label":
            return [text for text in map(_as_text, _ODD_TEXTS) if text] + ["x" * _LONG]
        case _:
            assert_never(type_.kind)


# ----------------------------------------------------------------- arguments


def varied(criterion: Criterion, example: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Give an example with one argument at a time changed: to an odd value, to unknown, and left out."""
    for parameter in criterion.given:
        assert parameter.type is not None
        for value in [*odd_values(parameter.type), *([None] if parameter.optional else [])]:
            yield {**example, parameter.name: value}
        if parameter.has_default:
            yield {name: value for name, value in example.items() if name != parameter.name}


def plain_views(criterion: Criterion) -> list[LeadView]:
    """Give a lead of which nothing is known, and one that has something of everything that a criterion names."""
    as_of = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
    standard = {name: field.type for name, field in STANDARD_FIELDS.items()}
    fields = standard if criterion.fields is None else criterion.fields
    events = [
        (name, dt.timedelta(days=place), {prop: _unchangeable(_usual(type_)) for prop, type_ in properties.items()})
        for place, (name, properties) in enumerate(sorted(_events_of(criterion).items()))
    ]
    known = {name: _unchangeable(_usual(type_)) for name, type_ in fields.items()}
    return [_view("1", dict.fromkeys(fields), [], as_of, "UTC"), _view("1", known, events, as_of, "Europe/Warsaw")]


def _usual(type_: Type) -> Any:
    return odd_values(type_)[0]


def questions(criterion: Criterion, examples: Iterable[Mapping[str, Any]] = ()) -> st.SearchStrategy[dict[str, Any]]:
    """Generate arguments by parameter; one that has a default may be missing. Values may be close to the examples'."""
    known = list(examples)
    required, optional = dict[str, st.SearchStrategy[Any]](), dict[str, st.SearchStrategy[Any]]()
    for parameter in criterion.parameters:
        if parameter.type is None:
            required[parameter.name] = views(criterion)
            continue
        like = [given[parameter.name] for given in known if given.get(parameter.name) is not None]
        value = _values(parameter.type, like)
        (optional if parameter.has_default else required)[parameter.name] = st.one_of(value, value, value, st.none())
    return st.fixed_dictionaries(required, optional=optional)


def views(criterion: Criterion) -> st.SearchStrategy[LeadView]:
    """Generate leads with the fields and events that a criterion names; the standard ones where it names none."""
    standard = {name: field.type for name, field in STANDARD_FIELDS.items()}
    fields = standard if criterion.fields is None else criterion.fields
    events = _events_of(criterion)
    drawn = st.one_of([_events(type_, properties) for type_, properties in sorted(events.items())]) if events else None
    return st.builds(
        _view,
        texts(),
        st.fixed_dictionaries({name: st.none() | _seen(type_) for name, type_ in fields.items()}),
        st.just([]) if drawn is None else st.lists(drawn, max_size=8),
        moments().map(_in_utc),
        st.sampled_from(TIMEZONES),
    )


def _events_of(criterion: Criterion) -> dict[str, dict[str, Type]]:
    """Give the types of events that a criterion is shown, those of groups too, and their properties."""
    if criterion.events is None:
        return {name: {q.name: q.type for q in event.properties} for name, event in STANDARD_EVENTS.items()}
    found: dict[str, dict[str, Type]] = {}
    for name, properties in criterion.events.items():
        types = STANDARD_EVENTS if name == "any_event" else STANDARD_GROUPS.get(name, (name,))
        for type_ in types:
            found.setdefault(type_, {}).update(properties)
    return found


def _events(type_: str, properties: Mapping[str, Type]) -> st.SearchStrategy[tuple[str, dt.timedelta, dict[str, Any]]]:
    ages = st.sampled_from((0, 1, 1, 2, 59, 3_600, 86_400, 86_401)) | st.integers(0, 10**8)
    values = {name: st.none() | _seen(of) for name, of in properties.items()}
    return st.tuples(st.just(type_), ages.map(lambda age: dt.timedelta(seconds=age)), st.fixed_dictionaries(values))


def _seen(type_: Type) -> st.SearchStrategy[Any]:
    """Generate values as a view shows them: lists cannot be changed."""
    return _values(type_, ()).map(_unchangeable)


def _view(
    id_: str,
    attributes: dict[str, Any],
    events: list[tuple[str, dt.timedelta, dict[str, Any]]],
    as_of: dt.datetime,
    timezone: str,
) -> LeadView:
    found = [
        EventView(type_, as_of - age, f"e{place}" if place % 3 else None, properties)
        for place, (type_, age, properties) in enumerate(events)
    ]
    found.sort(key=lambda event: (event.at, event.type, event.id or ""))
    return LeadView(id_, attributes, found, as_of=as_of, timezone=timezone)


def _unchangeable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
