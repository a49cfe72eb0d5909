"""Generate what a criterion may be asked: arguments of every type, and whole leads.

Values are those that a rule file can really pass: texts are trimmed, in NFC and not empty, lists are
not empty either, times are in UTC. None stands for unknown, also where a parameter does not take it.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, assert_never

import attrs
from hypothesis import strategies as st

from leadrules.annotations import type_of
from leadrules.conversions import YEARS
from leadrules.criteria import Criterion
from leadrules.sdk import EventView, LeadView
from leadrules.testing.moments import moments
from leadrules.testing.words import TEXTS, TIMEZONES
from leadrules.vocabulary import STANDARD_EVENTS, STANDARD_FIELDS, STANDARD_GROUPS, TEXT, Type

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


@attrs.frozen
class Vocabulary:
    """The types of the fields and of the events' properties that a criterion looks at, beside the standard ones."""

    fields: Mapping[str, Type] = attrs.field(factory=dict)
    events: Mapping[str, Mapping[str, Type]] = attrs.field(factory=dict)

    @classmethod
    def of(cls, fields: Mapping[str, Any] | None, events: Mapping[str, Mapping[str, Any]] | None) -> Vocabulary:
        """Read the types as a plugin's author writes them: `str`, `Decimal`, `list[str]`."""
        return cls(
            {name: type_of(type_) for name, type_ in (fields or {}).items()},
            {
                name: {q: type_of(type_) for q, type_ in properties.items()}
                for name, properties in (events or {}).items()
            },
        )

    def field(self, name: str) -> Type:
        """Give the type of a field; text, where nothing says it."""
        if name in self.fields:
            return self.fields[name]
        return STANDARD_FIELDS[name].type if name in STANDARD_FIELDS else TEXT

    def properties(self, event: str) -> Mapping[str, Type]:
        """Give the types of an event's properties."""
        if event in self.events:
            return self.events[event]
        standard = STANDARD_EVENTS.get(event)
        return {q.name: q.type for q in standard.properties} if standard else {}


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
            ends = st.sampled_from([end.replace(tzinfo=dt.UTC) for end in _moments()])
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


# ----------------------------------------------------------------- arguments


def questions(
    criterion: Criterion, vocabulary: Vocabulary, examples: Iterable[Mapping[str, Any]] = ()
) -> st.SearchStrategy[dict[str, Any]]:
    """Generate arguments by parameter; one that has a default may be missing. Values may be close to the examples'."""
    known = list(examples)
    required, optional = dict[str, st.SearchStrategy[Any]](), dict[str, st.SearchStrategy[Any]]()
    for parameter in criterion.parameters:
        if parameter.type is None:
            required[parameter.name] = views(criterion, vocabulary)
            continue
        like = [given[parameter.name] for given in known if given.get(parameter.name) is not None]
        value = _values(parameter.type, like)
        (optional if parameter.has_default else required)[parameter.name] = st.one_of(value, value, value, st.none())
    return st.fixed_dictionaries(required, optional=optional)


def views(criterion: Criterion, vocabulary: Vocabulary) -> st.SearchStrategy[LeadView]:
    """Generate leads with the fields and events that a criterion names; the standard ones where it names none."""
    fields = STANDARD_FIELDS if criterion.mark.fields is None else criterion.mark.fields
    named = STANDARD_EVENTS if criterion.mark.events is None else criterion.mark.events
    types = sorted({type_ for name in named for type_ in _types(name, vocabulary)})
    values = {name: st.none() | _values(vocabulary.field(name), ()).map(_unchangeable) for name in fields}
    return st.builds(
        _view,
        texts(),
        st.fixed_dictionaries(values),
        st.lists(st.one_of([_events(type_, vocabulary) for type_ in types]), max_size=8) if types else st.just([]),
        moments().map(_in_utc),
        st.sampled_from(TIMEZONES),
    )


def _types(name: str, vocabulary: Vocabulary) -> Iterable[str]:
    if name == "any_event":
        return {**STANDARD_EVENTS, **vocabulary.events}
    return STANDARD_GROUPS.get(name, (name,)) if name not in vocabulary.events else (name,)


def _events(type_: str, vocabulary: Vocabulary) -> st.SearchStrategy[tuple[str, dt.timedelta, dict[str, Any]]]:
    ages = st.sampled_from((0, 1, 1, 2, 59, 3_600, 86_400, 86_401)) | st.integers(0, 10**8)
    values = {name: st.none() | _values(of, ()) for name, of in vocabulary.properties(type_).items()}
    return st.tuples(st.just(type_), ages.map(lambda age: dt.timedelta(seconds=age)), st.fixed_dictionaries(values))


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
