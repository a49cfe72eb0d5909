"""The shape of a lead and of an event: their parts, and what is wrong with them, all of it.

A lead is a mapping or an object, of parts of fixed names; what stands in them is read by :mod:`leadrules.lead`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence, Sized
from itertools import islice
from types import MappingProxyType
from typing import Any, ParamSpec, TypeVar

import attrs

from leadrules.conversions import asked, shown, text_from, told
from leadrules.errors import LeadError, Mistake, Slips, closest
from leadrules.foreign import Unreadable, natural
from leadrules.spellings import plainly
from leadrules.values import plain_name

T = TypeVar("T")
P = ParamSpec("P")

NOTHING: Mapping[str, Any] = MappingProxyType({})


LEAD_PARTS = ("id", "attributes", "events", "stages", "changes")
EVENT_PARTS = ("type", "at", "id", "properties")
CHANGE_PARTS = ("at", "name", "value")
_LEAD_KEYS, _EVENT_KEYS = frozenset(LEAD_PARTS), frozenset(EVENT_PARTS)
_OF_AN_OBJECT = ("id", "attributes", "events"), ("type", "at", "properties")
"""What an object must have; labels of its own, and ids of its events, it need not know."""
_MOST_KEYS_NAMED = 3


# ---------------------------------------------------------------------- leads


@attrs.frozen
class Shape:
    """The parts of a lead as they were given, None where absent, and what is wrong with them as a whole.

    `events` and `changes` are lists or tuples, though they were given as something else that can be gone
    through once; where they were no such thing, `of_events` says so.
    """

    id: Any
    attributes: Any
    events: Any
    stages: Any
    changes: Any
    mistakes: tuple[Mistake, ...]
    of_events: tuple[Mistake, ...]


def shape_of(lead: object, most_events: int) -> Shape:
    """Take a lead apart. Raises LeadError for what is none."""
    try:
        return lead if type(lead) is Shape else asked(_shape_of, lead, most_events)
    except Unreadable as error:
        raise LeadError(f"the lead {error}", code=error.code) from error


def _shape_of(lead: object, most_events: int) -> Shape:
    if isinstance(lead, Mapping):
        parts = {name: lead.get(name) for name in LEAD_PARTS}
        mistakes = _unknown_keys(lead)
    else:
        if lead is None or not hasattr(lead, "id"):
            expected = "a Lead, or an object with id, attributes, events and stages"
            reason = f"{shown(lead)} is not a lead (give {expected})"
            raise LeadError(reason, code="not_a_lead", value=told(lead), expected=expected)
        parts = {name: getattr(lead, name, None) for name in LEAD_PARTS}
        if callable(parts["changes"]):  # a method of a host's own object
            parts["changes"] = None
        mistakes = [*_misspelt_parts(lead), *_missing_parts(lead)]
    of_events = Mistakes()
    for name in ("events", "changes"):
        try:
            parts[name] = of_events.unless(asked, _listed, parts[name], name, most_events) or ()
        except Unreadable as error:
            of_events.found.append(Mistake(error.code, f"{name}: what was given {error}", name))
            parts[name] = ()
    return Shape(**parts, mistakes=tuple(mistakes), of_events=tuple(of_events.found))


def _unknown_keys(lead: Mapping[Any, Any]) -> list[Mistake]:
    """Refuse what stands beside the parts of a lead: no rule would ever read it."""
    unknown = [key for key in lead if key not in _LEAD_KEYS]
    if not unknown:
        return []
    absent = [name for name in LEAD_PARTS if name not in lead]
    found, others, slips = [], [], Slips()
    for key in unknown:
        near = slips.closest(plain_name(key), absent) if isinstance(key, str) else None
        if near is None:
            others.append(key)
        else:
            found.append(_no_part((key,), f"did you mean `{near}`?", near))
    if others:
        found.append(_no_part(others, "put what is known of a lead under `attributes`", "attributes"))
    return found


def _no_part(keys: Sequence[Any], help: str, instead: str) -> Mistake:
    names = ", ".join(map(shown, keys[:_MOST_KEYS_NAMED]))
    more = f" and {len(keys) - _MOST_KEYS_NAMED:,} more" if len(keys) > _MOST_KEYS_NAMED else ""
    what = "is no part of a lead" if len(keys) == 1 else "are no parts of a lead"
    return Mistake("unknown_key", f"{names}{more} {what} ({help})", told(keys[0]), expected=instead)


def _misspelt_parts(lead: object) -> list[Mistake]:
    """Refuse a field of an object that is nearly one of the parts that it lacks: no rule would ever read it."""
    near = _nearly(lead, LEAD_PARTS)
    return [_no_part((field,), f"did you mean `{part}`?", part) for field, part in near]


def _nearly(thing: object, parts: Sequence[str]) -> Sequence[tuple[str, str]]:
    """Give the fields of an object that are nearly one of the parts which it lacks, each with that part."""
    absent = tuple(part for part in parts if not hasattr(thing, part))
    kind: Any = type(thing)
    return _near_fields(kind, absent) if absent else ()


@functools.lru_cache(maxsize=256)
def _near_fields(kind: type, absent: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    fields = (field for field in _fields_of(kind) if field not in _LEAD_KEYS | _EVENT_KEYS)
    return tuple((field, part) for field in fields if (part := closest(field, absent)))


def _fields_of(kind: type) -> tuple[str, ...]:
    """Name the fields that a class declares: of dataclasses, attrs, pydantic, msgspec and named tuples.

    Others, such as a table of an object-relational mapper, have none: nobody can tell what of them is meant as a part.
    """
    attributes = getattr(kind, "__attrs_attrs__", ())
    found = [one.name for one in attributes] if isinstance(attributes, tuple) else []
    for name in ("__dataclass_fields__", "__pydantic_fields__", "__struct_fields__", "_fields"):
        fields = getattr(kind, name, ())
        found += fields if isinstance(fields, tuple | dict) else ()
    return tuple(name for name in dict.fromkeys(found) if isinstance(name, str) and not name.startswith("_"))


def _missing_parts(lead: object) -> list[Mistake]:
    """Refuse an object that has not the parts of a lead, such as a row of a table with a column for each attribute."""
    advice = "an object has id, attributes and events; of a row make a mapping, its columns under `attributes`"
    return [
        Mistake("missing_part", f"the lead has no `{name}` ({advice})", name, expected="a part of that name")
        for name in _OF_AN_OBJECT[0]
        if not hasattr(lead, name)
    ]


def mapping_of(raw: object, name: str) -> Mapping[str, Any]:
    """Give a part that holds names and values, by the form in which names are compared. Raises LeadError."""
    expected = "an object of names and values"
    try:
        found = named_plainly(raw)
    except Unreadable as error:
        raise LeadError(f"{name}: what was given {error}", code=error.code, field=name, expected=expected) from error
    if found is not None:
        return found
    reason = f"{name}: {shown(raw)} is not {expected}"
    raise LeadError(reason, code="not_an_object", field=name, value=told(raw), expected=expected)


def named_plainly(raw: Any) -> Mapping[Any, Any] | None:
    """Give a mapping by the form in which its names are compared; None for anything else. Raises Unreadable."""
    found = plain_mapping(raw)
    return None if found is None else asked(plainly, found)


def plain_mapping(raw: Any) -> Mapping[Any, Any] | None:
    """Give a mapping as a dict, and none as an empty one; None for anything else. Raises Unreadable."""
    if type(raw) is dict:
        return raw
    if raw is None:
        return NOTHING
    found: Mapping[Any, Any] | None = asked(_dict_of, raw)
    return found


def _dict_of(raw: Any) -> dict[Any, Any] | None:
    if isinstance(raw, Mapping):
        return dict(raw)
    natural(raw)  # which says why, where it can
    return None


def _listed(raw: Any, name: str, most: int) -> Sequence[Any]:
    """Give a part as a list: of anything that can be gone through, or that gives such by `all()`. Raises LeadError."""
    if raw is None:
        return ()
    given: object = raw
    if not isinstance(raw, list | tuple):
        if not isinstance(raw, Iterable) and callable(getattr(raw, "all", None)):
            raw = raw.all()  # what an object-relational mapper gives for the rows that belong to one
        if isinstance(raw, str | bytes | bytearray | memoryview | Mapping) or not isinstance(raw, Iterable):
            reason = f"{name}: {shown(given)} is not a list of {name}"
            raise LeadError(reason, code="not_a_list", field=name, value=told(given), expected="a list")
        raw = [*islice(raw, most + 1)]
    found: Sequence[Any] = raw
    if len(found) > most:
        count = f"{len(given):,}" if isinstance(given, Sized) else f"more than {most:,}"
        reason = f"has {count} {name}, and the limit is {most:,}"
        raise LeadError(reason, code=f"too_many_{name}", field=name, expected=f"at most {most:,} {name}")
    return found


# --------------------------------------------------------------------- events


Parts = Callable[[str], Any]


def parts_of_event(event: object) -> Parts:
    """Give access to the parts of an event by name, None where absent. Raises Flawed."""
    if type(event) is dict or isinstance(event, Mapping):
        return event.get
    if event is None or not hasattr(event, "type"):
        expected = "an object with type, at, id and properties"
        tail = f": {shown(event)} is not an event (give {expected})"
        raise Flawed(Flaw("not_an_event", "events", tail, "events", told(event), expected))
    return lambda name: getattr(event, name, None)


def parts_of_change(change: object) -> Parts | None:
    """Give access to the parts of a change by name, None where absent; None for what is no change."""
    if isinstance(change, Mapping):
        return change.get
    if not hasattr(change, "name") or not hasattr(change, "at"):
        return None
    return lambda name: getattr(change, name, None)


def misshapen(event: object, type_: str) -> list[Flaw]:
    """Tell what stands beside the parts of an event, or which of them an object lacks."""
    if type(event) is dict and _EVENT_KEYS.issuperset(event):
        return []
    if isinstance(event, Mapping):
        keys = event.keys()
        return [] if keys <= _EVENT_KEYS else [_stray(key, event, type_) for key in keys if key not in _EVENT_KEYS]
    advice = "an object has type, at and properties; of a row make a mapping, its columns under `properties`"
    return [
        *(_no_part_of_event(field, type_, part) for field, part in _nearly(event, EVENT_PARTS)),
        *(
            Flaw("missing_part", f"event `{type_}`", f" has no `{name}` ({advice})", f"{type_}.{name}")
            for name in _OF_AN_OBJECT[1]
            if not hasattr(event, name)
        ),
    ]


def _stray(key: Any, event: Mapping[Any, Any], type_: str) -> Flaw:
    absent = [name for name in EVENT_PARTS if name not in event]
    return _no_part_of_event(key, type_, closest(plain_name(key), absent) if isinstance(key, str) else None)


def _no_part_of_event(key: Any, type_: str, near: str | None) -> Flaw:
    help_ = "put it under `properties`" if near is None else f"did you mean `{near}`?"
    tail = f": {shown(key)} is no part of an event ({help_})"
    return Flaw("unknown_key", f"event `{type_}`", tail, f"{type_}.{told(key)}", expected=near or "properties")


# ------------------------------------------------------------------- mistakes


@attrs.define
class Mistakes:
    """What is found to be wrong with one lead."""

    found: list[Mistake] = attrs.field(factory=list)

    def unless(self, read: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        """Read something; where that raises LeadError note its mistakes, and give None."""
        try:
            return read(*args, **kwargs)
        except LeadError as error:
            self.found += error.mistakes
            return None

    def refuse(self, lead: str | None) -> None:
        """Raise LeadError with all that was noted, if anything was."""
        if self.found:
            raise LeadError(mistakes=self.found, lead=lead) from None


@attrs.frozen
class Flaw:
    """A mistake of an event, before its place among the events is told.

    Its sentence is `head`, the place, and `tail`.
    """

    code: str
    head: str
    tail: str
    field: str
    value: str | None = None
    expected: str | None = None


NO_TYPE = Flaw("missing_type", "an event", " has no type", "type", expected="text")


def failing(error: Exception) -> Flawed:
    """Say that an event raised something when it was asked for its parts."""
    return Flawed(Flaw("unreadable", "events", f": asking one failed with {type(error).__name__}", "events"))


class Flawed(Exception):
    """An event with flaws."""

    def __init__(self, *flaws: Flaw) -> None:
        super().__init__(flaws)
        self.flaws = flaws

    def mistakes(self, event: object, index: int | None = None, count: int = 1) -> list[Mistake]:
        """Give the mistakes of an event, which is the one at `index` of `count`."""
        name = _id_of(event)
        number = "" if index is None or count == 1 else f" (number {index + 1:,} of {count:,})"
        place = f" with id `{told(name)}`" if name else number
        return [
            Mistake(flaw.code, f"{flaw.head}{place}{flaw.tail}", flaw.field, index, name, flaw.value, flaw.expected)
            for flaw in self.flaws
        ]


def _id_of(event: object) -> str | None:
    """Give the id of an event that may not be one."""
    try:
        return text_from(asked(_given_id, event))
    except Unreadable:
        return None


def _given_id(event: object) -> Any:
    try:
        return parts_of_event(event)("id")
    except Flawed:  # told already; whether it comes from outside need not be asked, which takes its time
        return None
