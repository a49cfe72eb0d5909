"""One event of a lead, and the only place where one is read: its moment, its id, the properties that rules read.

An event becomes an :class:`Occurrence`, and for what is told of events one after the other a
:class:`PlainEvent`. Both have one order, whatever the order in which they came.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any, TypeVar, cast

import attrs

from leadrules.as_of import is_plain_moment
from leadrules.conversions import (
    Reader,
    asked,
    plain_value,
    reader_of_moment,
    reader_of_property,
    shown,
    text_from,
    told,
)
from leadrules.foreign import Unreadable
from leadrules.shape import EVENT_PARTS, NOTHING, Flaw, Flawed, Parts, misshapen, named_plainly
from leadrules.spellings import Twice
from leadrules.values import Value, instant_of, moment_of, text_of_number
from leadrules.vocabulary import OWN_PROPERTIES, EventType, Scope

MASK = "`[pii]`"
NAMED_TWICE = "named_twice"
"""The code of a mistake: several names in a lead are one name to rules."""


@attrs.frozen
class Occurrence:
    """One event as the rules see it: its instant, and the values of the properties they read.

    `unreadable` names properties that could not be read where the rules allow that.
    """

    type: str
    at: int
    id: str | None
    properties: Mapping[str, Value | None]
    unreadable: tuple[str, ...] = ()


@attrs.frozen
class Found:
    """An event not later than `as_of`, and what it was read from, which may yet decide its place."""

    occurrence: Occurrence
    reader: EventReader
    part: Parts


NEVER_LATE = -(2**63)
"""When an event came in of which nothing says that it was after it happened."""


@attrs.define(eq=False)
class PlainEvent:
    """An event in the plainest form that reads the same: `plain` has type, at in UTC, properties, and id if any.

    `came` is the instant at which it came in, for what is told of events one after the other.
    """

    occurrence: Occurrence
    reader: EventReader
    plain: Mapping[str, Any]
    came: int = NEVER_LATE

    @property
    def part(self) -> Parts:
        """Give access to its parts by name."""
        return self.plain.get

    @property
    def since(self) -> int:
        """The instant from which it is remembered: when it came in, or when it happened if that is later."""
        return max(self.came, self.occurrence.at)


F = TypeVar("F", Found, PlainEvent)


def _place(found: Found | PlainEvent) -> tuple[int, str, str]:
    one = found.occurrence
    return one.at, one.type, one.id or ""


class EventReader:
    """Reads the events of one type."""

    __slots__ = ("_at", "_declared", "_identity", "_name", "_read", "_unknown", "_years")

    def __init__(self, event: EventType, read: Iterable[str], scope: Scope, years: Container[int]) -> None:
        self._name = event.name
        self._years = years
        zone, most = scope.zone, scope.most_characters
        self._at = reader_of_moment(event.forms, zone)
        declared = sorted(event.properties, key=lambda p: p.name)
        self._declared = tuple((prop, reader_of_property(prop, zone, most)) for prop in declared)
        self._identity = next((pair for pair in self._declared if pair[0].name == event.identity), None)
        names = frozenset(read) - {own.name for own in OWN_PROPERTIES if event.property(own.name) is None}
        self._read = tuple((prop, reader) for prop, reader in self._declared if prop.name in names)
        self._unknown: dict[str, Value | None] = dict.fromkeys(sorted(names))

    def read(self, event: object, part: Parts, as_of: int) -> Found | None:
        """Read an event; None where it is later than `as_of`, whatever its properties are. Raises Flawed."""
        flaws = misshapen(event, self._name)
        at, name = self._instant(part("at"), flaws), self._id(part, flaws)
        is_later = at is not None and at > as_of
        unreadable: list[str] = []
        given = NOTHING if is_later or not self._read else self._properties(part("properties"), flaws)
        values = self._unknown if is_later else self._values(given, flaws, unreadable)
        if flaws:
            raise Flawed(*flaws)
        assert at is not None
        return None if is_later else Found(Occurrence(self._name, at, name, values, tuple(unreadable)), self, part)

    def plain(self, event: object, part: Parts) -> PlainEvent:
        """Read an event, and give it in the plainest form that reads the same: its moment is in UTC.

        Where a property is read, all that are declared are kept: they may put events in order. Raises Flawed.
        """
        raw_at = part("at")
        flaws = misshapen(event, self._name)
        unreadable: list[str] = []
        is_plain = is_plain_moment(raw_at)
        at, name = instant_of(raw_at) if is_plain else self._instant(raw_at, flaws), self._id(part, flaws)
        given = self._properties(part("properties"), flaws) if self._read else NOTHING
        values = self._values(given, flaws, unreadable)
        if flaws:
            raise Flawed(*flaws)
        assert at is not None
        occurrence = Occurrence(self._name, at, name, values, tuple(unreadable))
        moment = raw_at if is_plain else moment_of(at)
        properties: dict[str, Any] = {}
        found: dict[str, Any] = {"type": self._name, "at": moment, "properties": properties}
        if name is not None:
            found["id"] = name
        for prop, read in self._declared if given else ():
            raw = given.get(prop.name)
            is_read = prop.name in values
            if unreadable and f"{self._name}.{prop.name}" in unreadable:
                properties[prop.name] = plain_of(raw)
            elif values[prop.name] is not None if is_read else _order_of(raw, read):
                properties[prop.name] = plain_value(raw)
        return PlainEvent(occurrence, self, found)

    def _instant(self, raw: object, flaws: list[Flaw]) -> int | None:
        if is_plain_moment(raw, self._years):
            return instant_of(raw)
        try:
            at = None if raw is None else self._at(raw)
        except Unreadable as error:
            flaws.append(self._flaw("at", raw, error, "datetime"))
            return None
        if at is None:
            tail, field = " has no time (`at` is missing)", f"{self._name}.at"
            flaws.append(Flaw("missing_time", f"event `{self._name}`", tail, field, expected="datetime"))
        return cast("int | None", at)

    def _id(self, part: Parts, flaws: list[Flaw]) -> str | None:
        """Read what identifies an event: the property that does, where it is known, else its id."""
        if self._identity is not None:
            prop, read = self._identity
            raw = self._properties(part("properties"), flaws).get(prop.name)
            try:
                value = None if raw is None or type(raw) is Twice else read(raw)
            except Unreadable as error:
                if not prop.lenient and all(prop is not other for other, _ in self._read):
                    flaws.append(self._flaw(prop.name, raw, error, str(prop.type), pii=prop.pii))
                value = None
            if value is not None:
                return identity_of(value)
        raw = part("id")
        try:
            return None if raw is None else text_from(raw)
        except Unreadable as error:
            flaws.append(self._flaw("id", raw, error, "text"))
            return None

    def identity_read(self, raw: object) -> str | None:
        """Give the text that identifies an event by a value of its property; None where that is not how it is."""
        try:
            value = None if self._identity is None else self._identity[1](raw)
        except Unreadable:
            return None
        return None if value is None else identity_of(value)

    def _values(self, given: Mapping[str, Any], flaws: list[Flaw], unreadable: list[str]) -> Mapping[str, Value | None]:
        """Read the properties that the rules read; one that the type does not declare is unknown."""
        if not given:
            return self._unknown
        values = self._unknown.copy()
        for prop, read in self._read:
            raw = given.get(prop.name)
            if type(raw) is Twice:
                head, tail = f"event `{self._name}`", f": property `{prop.name}`: {raw}"
                flaws.append(Flaw(NAMED_TWICE, head, tail, f"{self._name}.{prop.name}"))
                continue
            try:
                values[prop.name] = None if raw is None else read(raw)
            except Unreadable as error:
                if prop.lenient:
                    unreadable.append(f"{self._name}.{prop.name}")
                else:
                    flaws.append(self._flaw(prop.name, raw, error, str(prop.type), pii=prop.pii))
        return values

    def order_of_properties(self, found: Found | PlainEvent) -> tuple[tuple[Any, ...], ...]:
        """Give what orders events alike in time, type and id; an unread property of a wrong type is unknown."""
        given = named_plainly(found.part("properties")) or NOTHING
        return tuple(_order_of(given.get(prop.name), read) for prop, read in self._declared)

    def _properties(self, raw: Any, flaws: list[Flaw]) -> Mapping[str, Any]:
        try:
            found = named_plainly(raw)
        except Unreadable as error:
            flaws.append(self._flaw("properties", raw, error, "an object of names and values"))
            return NOTHING
        if found is not None:
            return found
        expected = "an object of names and values"
        tail, field = f": properties: {shown(raw)} is not {expected}", f"{self._name}.properties"
        flaws.append(Flaw("not_an_object", f"event `{self._name}`", tail, field, told(raw), expected))
        return NOTHING

    def _flaw(self, name: str, raw: object, error: Unreadable, expected: str, *, pii: bool = False) -> Flaw:
        which = f"`{name}`" if name in EVENT_PARTS else f"property `{name}`"
        tail = f": {which}: {MASK if pii else shown(raw)} {error}"
        field, value = f"{self._name}.{name}", "[pii]" if pii else told(raw)
        return Flaw(error.code, f"event `{self._name}`", tail, field, value, expected)


def identity_of(value: Value) -> str:
    """Give the text that identifies an event by a property, which is a text or a number."""
    return text_of_number(value) if isinstance(value, Fraction) else str(value)


def _order_of(raw: object, read: Reader) -> tuple[Any, ...]:
    try:
        value = None if raw is None else read(raw)
    except Unreadable:
        value = None
    return () if value is None else (value,)


def in_canonical_order(events: Iterable[F]) -> list[F]:
    """Sort by instant, type, id (none first), then the declared properties, read only where the rest ties."""
    found = sorted(events, key=_place)
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


def first_of_each_id(ordered: Iterable[F]) -> Iterator[F]:
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


def plain_of(raw: object) -> Any:
    """Give a value in its plainest form; one that has none becomes what no reader reads."""
    try:
        return asked(plain_value, raw)
    except Unreadable:
        return _NEVER_READ


_NEVER_READ: list[Any] = [[]]
"""What no reader reads."""
