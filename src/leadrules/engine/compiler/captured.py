"""What compiled code notes of the events of a lead, and the events as they were then, put together from it.

A lead is its host's, who may change it in place once it is scored, while evidence is made when it is first asked
for. So what evidence may tell is noted when the lead is scored: moments and ids as they are sorted, and the
columns of the properties that are read, which are at hand. Events themselves are kept, but never asked again.
"""

from __future__ import annotations

import datetime as dt
import functools
import itertools
import operator
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Any

import attrs

from leadrules.conversions import Reader, reader_of_property
from leadrules.engine.compiler.runtime import EARLIEST, absent_is_unknown, has_ties
from leadrules.lead import LeadReader
from leadrules.occurrences import Occurrence, in_canonical_order
from leadrules.values import Value, instant_of
from leadrules.vocabulary import EventType, Scope, Type

Event = tuple[Any, ...]
"""An event: its moment, its type, its id or None, and the properties that are read, in order of name.

Texts and times are as they were given, everything else as it was read.
"""

AT, TYPE, ID, PROPERTIES = range(4)
"""What stands where in an event; the first property where `PROPERTIES` says."""

_SHARED = 2
"""How much is noted of all types together: of each its events, or where no property of them is read their moments;
and types and ids, in the order of the events, where any has one."""
_FIRST = operator.itemgetter(0)
_ZONE = operator.attrgetter("tzinfo")
_is_utc = functools.partial(operator.is_, dt.UTC)


@attrs.frozen
class CapturedType:
    """What is noted of the events of one type of which properties are read: moments, and a column of each property.

    Where they are `ranked`, their places too.

    Of a property in `passing` the column has rows of those events only of which it passes a filter: moment, answers,
    event and value.
    """

    name: str
    place: int
    properties: tuple[str, ...]
    passing: frozenset[str]
    ranked: bool


def is_ranked(type_: EventType, read: Iterable[str]) -> bool:
    """Tell whether a property that is not read may decide which of two events comes first that otherwise differ."""
    known = frozenset(read)
    return any(prop.name not in known and prop.name < max(known, default="") for prop in type_.properties)


@attrs.define
class PlacesOf:
    """Gives the places in canonical order of events of one type, or none where their moments and ids say enough."""

    scope: Scope
    _reader: LeadReader | None = None

    def __call__(self, events: Sequence[Any], moments: Sequence[dt.datetime]) -> Sequence[int]:
        """Give the place of each. Raises LeadError."""
        moments = in_utc(moments)
        if not has_ties(moments):
            return ()
        if len({(at, event.get("id")) for at, event in zip(moments, events, strict=True)}) == len(events):
            return ()
        if self._reader is None:
            self._reader = LeadReader(self.scope)
        plain = self._reader.plain_events("", events)
        places = {id(event): place for place, event in enumerate(in_canonical_order(plain))}
        return [places[id(event)] for event in plain]


class EventMaker:
    """Puts the events of leads of one program together, type by type."""

    def __init__(self, scope: Scope, types: Iterable[CapturedType]) -> None:
        self._types: dict[str, tuple[CapturedType, int]] = {}
        self._known: dict[str, list[Callable[[Any], Value | None]]] = {}
        start = _SHARED
        for type_ in types:
            self._types[type_.name] = type_, start
            start += len(type_.properties) + bool(type_.properties) + type_.ranked
            given = {prop.name: prop for prop in scope.events[type_.name].properties}
            self._known[type_.name] = [
                known_value(reader_of_property(given[name], scope.zone, scope.most_characters), given[name].type)
                for name in type_.properties
            ]

    def of_type(self, seen: Sequence[Any], type_: str) -> Sequence[Event]:
        """Give the events of a type in canonical order."""
        by, ids = seen[:_SHARED]
        if not by or type_ not in self._types:
            return ()
        captured, start = self._types[type_]
        events = by[captured.place]
        if not events:
            return ()
        moments: Sequence[dt.datetime] = events
        columns: Sequence[Any] = ()
        end = start + 1 + len(captured.properties)
        if captured.properties:
            moments, columns = seen[start], seen[start + 1 : end]
        is_sorted = _is_sorted(moments)
        if not is_sorted:
            moments = in_utc(moments)
        if captured.passing:
            columns = [
                _of_all(events, column) if name in captured.passing else column
                for name, column in zip(captured.properties, columns, strict=True)
            ]
        names = [name for of, name in ids if of == type_] if ids else itertools.repeat(None)
        made: list[Event] = [*zip(moments, itertools.repeat(type_), names, *columns, strict=False)]
        if is_sorted:
            return made
        if captured.ranked and (places := seen[end]):
            return [event for _, event in sorted(zip(places, made, strict=True), key=_FIRST)]
        return sorted(made, key=self._place if has_ties(moments) else _FIRST)

    def occurrences(self, seen: Sequence[Any]) -> tuple[Occurrence, ...]:
        """Give all events as the reference has them."""
        found = [self._occurrence(event) for type_ in self._types for event in self.of_type(seen, type_)]
        return tuple(sorted(found, key=lambda one: (one.at, one.type, one.id or "")))

    def _occurrence(self, event: Event) -> Occurrence:
        at, type_, id_, *_ = event
        values = dict(zip(self._types[type_][0].properties, self._values(event), strict=True))
        return Occurrence(type_, instant_of(at), id_, values)

    def _place(self, event: Event) -> tuple[Any, ...]:
        """Give what puts events of one type in order: time, id (none first), and properties (unknown ones first)."""
        at, _, id_, *_ = event
        return at, id_ or "", [() if value is None else (value,) for value in self._values(event)]

    def _values(self, event: Event) -> list[Value | None]:
        return [known(raw) for known, raw in zip(self._known[event[TYPE]], event[PROPERTIES:], strict=True)]


def _is_sorted(moments: Iterable[dt.datetime]) -> bool:
    """Tell that moments are of UTC, and each is later than the one before; a loop, since there are mostly few."""
    last = EARLIEST
    for at in moments:
        if at.tzinfo is not dt.UTC or at <= last:
            return False
        last = at
    return True


def in_utc(moments: Sequence[dt.datetime]) -> Sequence[dt.datetime]:
    """Give moments by a clock that shows each hour once: two of one zone are compared by what their clock shows."""
    if all(map(_is_utc, map(_ZONE, moments))):
        return moments
    return [at.astimezone(dt.UTC) for at in moments]


def _of_all(events: Sequence[Any], passing: Iterable[tuple[Any, Any, Any, Any]]) -> list[Any]:
    """Give the column of all events; None where one passed no filter."""
    known = {id(event): raw for _, _, event, raw in passing}
    return [*map(known.get, map(id, events))]


def is_kept_raw(type_: Type) -> bool:
    """Tell whether properties of a type are noted as they were given; of all others what was read says as much."""
    return type_.kind == "text" or type_.is_time


def known_value(read: Reader, type_: Type) -> Callable[[Any], Value | None]:
    """Prepare giving the value of a property from what is noted of it: what could not be read was unknown."""
    if is_kept_raw(type_):
        return absent_is_unknown(read, validated=True)
    return lambda value: Fraction(value) if type(value) is int else value
