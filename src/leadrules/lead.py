"""A lead, and the only place where one is validated.

A caller gives a mapping, or a :class:`leadrules.models.Lead`. :class:`LeadReader` turns either into
:class:`Facts`: typed values of exactly the fields, events and properties that the rules read, in
canonical order. Every engine works on facts alone, so nothing after this module can depend on how, or
in what order, a lead was written down.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NoReturn, TypeGuard, TypeVar, cast

import attrs

from leadrules.conversions import (
    YEARS,
    YEARS_ADVICE,
    Reader,
    Unreadable,
    listed,
    plain_moment,
    plain_value,
    reader_of,
    reader_of_field,
    shown,
    text_from,
)
from leadrules.errors import InputError
from leadrules.values import Value, Zone, instant_of, moment_of, plain_name
from leadrules.vocabulary import DATETIME, OWN_PROPERTIES, EventType, Field, Scope

if TYPE_CHECKING:
    from leadrules.models import Lead

_NOTHING: Mapping[str, Any] = MappingProxyType({})
_MASK = "`[pii]`"


# --------------------------------------------------------------------- facts


@attrs.frozen
class Occurrence:
    """One event as the rules see it: its instant, and the values of the properties they read."""

    type: str
    at: int
    id: str | None
    properties: Mapping[str, Value | None]


@attrs.frozen
class Facts:
    """All that the rules can know of a lead.

    `attributes` has every field of the scope by name, in the scope's order; None is unknown.
    `events` are in canonical order, without repeats, none later than `as_of`, only of types that the
    rules look at. `held` has the ladders of which the lead holds a label. `ignored` counts the
    events whose type is not in scope.
    """

    lead: str | None
    attributes: Mapping[str, Value | None]
    events: tuple[Occurrence, ...]
    held: Mapping[str, str]
    ignored: int


class LeadReader:
    """Reads leads against one scope. Immutable once made, so threads may share it.

    >>> from leadrules.values import zone
    >>> from leadrules.vocabulary import STANDARD_FIELDS
    >>> reader = LeadReader(Scope({"employees": STANDARD_FIELDS["employees"]}, {}, {}, {}, zone("UTC")))
    >>> reader.read({"id": 42, "attributes": {"employees": "many"}}, as_of=0)
    Traceback (most recent call last):
    leadrules.errors.InputError: lead `42`: field `employees`: `many` is not a number (write digits such as 250 or 12.5)
    """

    __slots__ = ("_events", "_fields", "_ladders", "_most_events")

    def __init__(self, scope: Scope) -> None:
        self._fields = tuple((field, reader_of_field(field, scope.zone)) for field in scope.fields.values())
        self._events = {
            name: _EventReader(event, scope.read[name], scope.zone) if name in scope.read else None
            for name, event in scope.events.items()
        }
        self._ladders = scope.ladders
        self._most_events = scope.most_events

    def read(self, lead: Lead | Mapping[str, Any] | object, as_of: int) -> Facts:
        """Give the facts of a lead at an instant: a `Lead`, or a mapping or object of its shape. Raises InputError."""
        part = _parts_of(lead)
        name = read_id(part("id"))
        try:
            attributes = self._attributes(_mapping(part("attributes"), "attributes"))
            events, ignored = self._occurrences(_events_of(part("events"), self._most_events), as_of)
            held = self._held(_mapping(part("stages"), "stages"))
        except InputError as error:
            raise error.about(name) from None
        return Facts(name, attributes, events, held, ignored)

    def plain_lead(self, lead: Lead | Mapping[str, Any] | object) -> dict[str, Any]:
        """Give what the rules read of a lead, in the plainest form that reads the same. Raises InputError."""
        part = _parts_of(lead)
        found: dict[str, Any] = {"id": read_id(part("id")), "attributes": {}, "stages": {}}
        self.plain_update(found, part("attributes"), part("stages"))
        found["events"] = self.plain_events(found["id"], _events_of(part("events"), self._most_events))
        return found

    def plain_events(self, lead: str, events: Iterable[object]) -> list[PlainEvent]:
        """Give those events that the rules look at, each in its plainest form. Raises InputError."""
        found = (self.plain_event(lead, event) for event in events)
        return [event for event in found if event is not None]

    def plain_event(self, lead: str, event: object) -> PlainEvent | None:
        """Give what the rules read of an event in its plainest form; None where none looks at it. Raises InputError."""
        try:
            part = _parts_of_event(event)
            type_ = self._type_in_scope(part("type"))
            reader = None if type_ is None else self._events[type_]
            return None if reader is None else reader.plain(part)
        except InputError as error:
            raise error.about(lead) from None

    def plain_update(self, lead: dict[str, Any], attributes: object, stages: object) -> None:
        """Change a plain lead; what is given as None becomes unknown. Raises InputError, and then changes nothing."""
        try:
            given, labels = _mapping(attributes, "attributes"), _mapping(stages, "stages")
            self._attributes(given)
            held = self._held(labels)
        except InputError as error:
            raise error.about(lead["id"]) from None
        keys = [field.key for field, _ in self._fields if _is_named(given, field.key)]
        lead["attributes"] = {**lead["attributes"], **{key: plain_value(_value_named(given, key)) for key in keys}}
        named = [ladder for ladder in self._ladders if _is_named(labels, ladder)]
        lead["stages"] = {**lead["stages"], **{ladder: held.get(ladder) for ladder in named}}

    def _attributes(self, given: Mapping[str, Any]) -> dict[str, Value | None]:
        values: dict[str, Value | None] = {}
        for field, read in self._fields:
            raw = _value_named(given, field.key)
            try:
                values[field.name] = read(raw)
            except Unreadable as error:
                _refuse_field(field, raw, error)
        return values

    def _occurrences(self, given: Iterable[object], as_of: int) -> tuple[tuple[Occurrence, ...], int]:
        """Read the events, in canonical order.

        Of several mistakes the one whose sentence comes first is raised: not even an error depends
        on the order of input.
        """
        found: list[_Found] = []
        mistakes: list[InputError] = []
        ignored = 0
        for event in given:
            part = event.get if type(event) is dict else _parts_of_event(event)
            try:
                type_ = self._type_in_scope(part("type"))
                if type_ is None:
                    ignored += 1
                elif (reader := self._events[type_]) and (one := reader.read(part, as_of)):
                    found.append(one)
            except InputError as error:
                mistakes.append(error)
        if mistakes:
            raise min(mistakes, key=lambda error: error.reason)
        return tuple(one.occurrence for one in _each_once(_in_canonical_order(found))), ignored

    def _type_in_scope(self, raw: object) -> str | None:
        """Name an event's type as declared; None where it is not in scope."""
        if not isinstance(raw, str):
            problem = "an event has no type" if raw is None else f"an event's type: {shown(raw)} is not a text"
            raise InputError(problem, field="type", value=raw, expected="text")
        if raw in self._events:
            return raw
        name = plain_name(raw.strip())
        if not name:
            raise InputError("an event has no type", field="type", value=raw, expected="text")
        return name if name in self._events else None

    def _held(self, given: Mapping[str, Any]) -> dict[str, str]:
        held = {}
        for ladder, labels in self._ladders.items():
            raw = _value_named(given, ladder)
            if raw is None or (isinstance(raw, str) and not raw.strip()):
                continue
            label = plain_name(raw.strip()) if isinstance(raw, str) else None
            if label is None or label not in labels:
                raise InputError(
                    f"stages: {shown(raw)} is not a label of `{ladder}` (its labels are {listed(labels)})",
                    field=ladder,
                    value=raw,
                    expected=f"one of {listed(labels)}",
                )
            held[ladder] = label
        return held


# ------------------------------------------------------------------ the shape


_Parts = Callable[[str], Any]


def _parts_of(lead: object) -> _Parts:
    """Give access to the parts of a lead by name, None where absent."""
    if isinstance(lead, Mapping):
        return lead.get
    if lead is None or not hasattr(lead, "id"):
        expected = "a Lead, or an object with id, attributes, events and stages"
        raise InputError(f"{shown(lead)} is not a lead (give {expected})", value=lead, expected=expected)
    return lambda name: getattr(lead, name, None)


def _parts_of_event(event: object) -> _Parts:
    if type(event) is dict or isinstance(event, Mapping):
        return event.get
    if event is None or not hasattr(event, "type"):
        expected = "an object with type, at, id and properties"
        raise InputError(f"events: {shown(event)} is not an event (give {expected})", value=event, expected=expected)
    return lambda name: getattr(event, name, None)


def _mapping(raw: object, name: str) -> Mapping[str, Any]:
    if raw is None:
        return _NOTHING
    if isinstance(raw, Mapping):
        return raw
    expected = "an object of names and values"
    raise InputError(f"{name}: {shown(raw)} is not {expected}", field=name, value=raw, expected=expected)


def _events_of(raw: object, most: int) -> Iterable[object]:
    if raw is None:
        return ()
    if not isinstance(raw, list | tuple):
        raise InputError(f"events: {shown(raw)} is not a list of events", field="events", value=raw, expected="a list")
    if len(raw) > most:
        reason = f"has {len(raw):,} events, and the limit is {most:,}"
        raise InputError(reason, field="events", expected=f"at most {most:,} events")
    return raw


def _value_named(given: Mapping[Any, Any], name: str) -> Any:
    """Look a name up as it is, then, beyond ASCII, in the form in which names are compared."""
    value = given.get(name)
    if value is not None or name.isascii():
        return value
    plain = plain_name(name)
    alike = [key for key in given if isinstance(key, str) and plain_name(key) == plain]
    return given[min(alike)] if alike else None


def _is_named(given: Mapping[Any, Any], name: str) -> bool:
    """Tell whether a name is there, whatever its value."""
    if name in given or name.isascii():
        return name in given
    plain = plain_name(name)
    return any(isinstance(key, str) and plain_name(key) == plain for key in given)


def read_id(raw: object) -> str:
    """Read a lead's id: a text, trimmed and in NFC, or an integer. Raises InputError where there is none.

    >>> read_id(" A-1 "), read_id(42)
    ('A-1', '42')
    """
    try:
        name = None if raw is None else text_from(raw)
    except Unreadable as error:
        raise InputError(f"id: {_sentence(shown(raw), error)}", field="id", value=raw, expected="text") from None
    if name is None:
        raise InputError("the lead has no id", field="id", value=raw, expected="text")
    return name


# -------------------------------------------------------------------- events


@attrs.frozen
class _Found:
    """An event not later than `as_of`, and what it was read from, which may yet decide its place."""

    occurrence: Occurrence
    reader: _EventReader
    part: _Parts


@attrs.frozen
class PlainEvent:
    """An event in the plainest form that reads the same: `plain` has type, at in UTC, properties, and id if any."""

    occurrence: Occurrence
    reader: _EventReader
    plain: Mapping[str, Any]

    @property
    def part(self) -> _Parts:
        """Give access to its parts by name."""
        return self.plain.get


F = TypeVar("F", _Found, PlainEvent)


def _place(found: _Found | PlainEvent) -> tuple[int, str, str]:
    one = found.occurrence
    return one.at, one.type, one.id or ""


class _EventReader:
    """Reads the events of one type."""

    __slots__ = ("_at", "_declared", "_name", "_read", "_unknown")

    def __init__(self, event: EventType, read: Iterable[str], zone: Zone) -> None:
        self._name = event.name
        self._at = reader_of(DATETIME, zone)
        declared = sorted(event.properties, key=lambda p: p.name)
        self._declared = tuple((prop, reader_of(prop.type, zone)) for prop in declared)
        names = frozenset(read) - {own.name for own in OWN_PROPERTIES if event.property(own.name) is None}
        self._read = tuple((prop, reader) for prop, reader in self._declared if prop.name in names)
        self._unknown: dict[str, Value | None] = dict.fromkeys(sorted(names))

    def read(self, part: _Parts, as_of: int) -> _Found | None:
        """Read an event; None where it is later than `as_of`, whatever its properties are."""
        at = self._instant(part("at"))
        name = self._id(part("id"))
        return None if at > as_of else _Found(Occurrence(self._name, at, name, self._values(part)), self, part)

    def plain(self, part: _Parts) -> PlainEvent:
        """Read an event, and give it in the plainest form that reads the same: its moment is in UTC.

        Where a property is read, all that are declared are kept: they may put events in order.
        """
        raw_at = part("at")
        at, name, values = self._instant(raw_at), self._id(part("id")), self._values(part)
        occurrence = Occurrence(self._name, at, name, values)
        moment = raw_at if _is_plain_moment(raw_at) else moment_of(at)
        found: dict[str, Any] = {"type": self._name, "at": moment, "properties": {}}
        if name is not None:
            found["id"] = name
        given = self._properties(part) if self._read else _NOTHING
        for prop, read in self._declared if self._read else ():
            raw = _value_named(given, prop.name)
            known = values[prop.name] is not None if prop.name in values else _order_of(raw, read)
            if known:
                found["properties"][prop.name] = plain_value(raw)
        return PlainEvent(occurrence, self, found)

    def _instant(self, raw: object) -> int:
        if _is_plain_moment(raw):
            return instant_of(raw)
        try:
            at = None if raw is None else self._at(raw)
        except Unreadable as error:
            self._refuse("at", raw, error, "datetime")
        if at is None:
            reason = f"event `{self._name}` has no time (`at` is missing)"
            raise InputError(reason, field=f"{self._name}.at", value=raw, expected="datetime")
        return cast(int, at)

    def _id(self, raw: object) -> str | None:
        try:
            return None if raw is None else text_from(raw)
        except Unreadable as error:
            self._refuse("id", raw, error, "text")

    def _values(self, part: _Parts) -> Mapping[str, Value | None]:
        """Read the properties that the rules read; one that the type does not declare is unknown."""
        if not self._read:
            return self._unknown
        values = self._unknown.copy()
        given = self._properties(part)
        for prop, read in self._read:
            raw = _value_named(given, prop.name)
            try:
                values[prop.name] = None if raw is None else read(raw)
            except Unreadable as error:
                self._refuse(prop.name, raw, error, str(prop.type), pii=prop.pii)
        return values

    def order_of_properties(self, found: _Found | PlainEvent) -> tuple[tuple[Any, ...], ...]:
        """Give what orders events alike in time, type and id; an unread property of a wrong type is unknown."""
        raw = found.part("properties")
        given = raw if isinstance(raw, Mapping) else _NOTHING
        return tuple(_order_of(_value_named(given, prop.name), read) for prop, read in self._declared)

    def _properties(self, part: _Parts) -> Mapping[str, Any]:
        raw = part("properties")
        if raw is None or type(raw) is dict or isinstance(raw, Mapping):
            return raw or _NOTHING
        expected = "an object of names and values"
        reason = f"event `{self._name}`: properties: {shown(raw)} is not {expected}"
        raise InputError(reason, field=f"{self._name}.properties", value=raw, expected=expected)

    def _refuse(self, name: str, raw: object, error: Unreadable, expected: str, *, pii: bool = False) -> NoReturn:
        which = f"`{name}`" if name in ("at", "id") else f"property `{name}`"
        raise InputError(
            f"event `{self._name}`: {which}: {_sentence(_MASK if pii else shown(raw), error)}",
            field=f"{self._name}.{name}",
            value="[pii]" if pii else raw,
            expected=expected,
        ) from None


def _is_plain_moment(raw: object) -> TypeGuard[dt.datetime]:
    """Tell whether a moment is as `moment_of` gives it."""
    return type(raw) is dt.datetime and raw.tzinfo is dt.UTC and raw.year in YEARS


def _order_of(raw: object, read: Reader) -> tuple[Any, ...]:
    try:
        value = None if raw is None else read(raw)
    except Unreadable:
        value = None
    return () if value is None else (value,)


def _in_canonical_order(found: list[F]) -> list[F]:
    """Sort by instant, type, id (none first), then the declared properties, read only where the rest ties."""
    found.sort(key=_place)
    ordered: list[F] = []
    start = 0
    while start < len(found):
        end = start + 1
        key = _place(found[start])
        while end < len(found) and _place(found[end]) == key:
            end += 1
        alike = found[start:end]
        ordered += sorted(alike, key=alike[0].reader.order_of_properties) if end - start > 1 else alike
        start = end
    return ordered


def in_canonical_order(events: Iterable[PlainEvent]) -> list[PlainEvent]:
    """Give plain events in canonical order and each once."""
    return [*_each_once(_in_canonical_order([*events]))]


def _each_once(ordered: Iterable[F]) -> Iterator[F]:
    """Drop the second and later events of one type with the same id."""
    seen: set[tuple[str, str]] = set()
    for found in ordered:
        one = found.occurrence
        if one.id is not None:
            key = (one.type, one.id)
            if key in seen:
                continue
            seen.add(key)
        yield found


# ----------------------------------------------------------------- sentences


def _sentence(value: str, error: Unreadable) -> str:
    return f"{value} {error}"


def _refuse_field(field: Field, raw: object, error: Unreadable) -> NoReturn:
    place = f"field `{field.name}`" + (f" (column `{field.column}`)" if field.column else "")
    raise InputError(
        f"{place}: {_sentence(_MASK if field.pii else shown(raw), error)}",
        field=field.name,
        value="[pii]" if field.pii else raw,
        expected=str(field.type),
    ) from None


# --------------------------------------------------------------------- as of


def read_as_of(value: dt.datetime) -> int:
    """Give the instant of a timezone-aware datetime. Raises InputError for anything else.

    >>> read_as_of(dt.datetime(1970, 1, 2, tzinfo=dt.UTC))
    86400000000
    """
    if _is_plain_moment(value):
        return instant_of(value)
    expected = "a datetime with a timezone"
    example = "e.g. datetime(2026, 11, 21, tzinfo=UTC)"
    if not isinstance(value, dt.datetime):
        raise InputError(
            f"as_of: {shown(value)} is not a datetime, {example}", field="as_of", value=value, expected=expected
        )
    if value.utcoffset() is None:
        raise InputError(f"as_of needs a timezone, {example}", field="as_of", value=value, expected=expected)
    try:
        moment = plain_moment(value)
    except ValueError:
        raise InputError(f"as_of: this is not a time, {example}", field="as_of", expected=expected) from None
    if moment.year not in YEARS:
        raise InputError(f"as_of: {shown(moment)} is out of range ({YEARS_ADVICE})", field="as_of", value=value)
    return instant_of(moment)


def parse_as_of(text: str, zone: Zone, called: str = "as_of") -> int:
    """Read the instant of scoring from text: RFC 3339, or a date for its midnight in `zone`.

    A time without offset is read in `zone` too. Raises InputError, which says what the moment is `called`.
    """
    try:
        instant = reader_of(DATETIME, zone)(text)
    except Unreadable as error:
        problem = str(error)
    else:
        if isinstance(instant, int):
            return instant
        problem = "is not a datetime (write 2026-11-21 or 2026-11-21T10:00:00Z)"
    raise InputError(f"{called}: {shown(text)} {problem}", field="as_of", value=text, expected="datetime")
