"""Leads and events that compiled code cannot take as they are, in the shape and form in which it can.

Compiled code takes plain leads and events at once: dicts with a type, a moment and properties as the
reader would give them. A lead of another shape is made a dict; values are not looked at for that,
and nothing deeper than an event is copied. Where an event is not plain, all of its lead's are read
with care.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import attrs

from leadrules.conversions import Reader, text_from
from leadrules.engine.compiler.runtime import EARLIEST, LATEST, Irregular
from leadrules.history import as_of, changes_of
from leadrules.naming import Naming
from leadrules.occurrences import identity_of
from leadrules.shape import EVENT_PARTS, Mistakes, Shape, misshapen
from leadrules.spellings import are_plain, plainly
from leadrules.values import moment_of, plain_name
from leadrules.vocabulary import EventType, Scope

_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-2][0-9]:[0-5][0-9]:[0-5][0-9](\.[0-9]{3}([0-9]{3})?)?(Z|\+00:00)")
"""The form in which most instants are written as text: the standard library reads it as the reader does, and faster."""
NOWHERE = -1
_MOST_TYPES = 1_000
_LONGEST_TYPE = 200
_NOTHING: dict[str, Any] = {}

Event = Mapping[str, Any]
ByType = Sequence[Sequence[Any]]
"""By the place of a type: its events that count, where properties of them are read; of others their moments, which say
it all."""
Ids = list[tuple[str, str | None]]
"""The types and ids of the events that count; None, or no pair at all, for one that has no id."""
Normalised = tuple[ByType, Ids, bool]
Properties = Mapping[str, Sequence[tuple[str, Callable[[Any], Any]]]]
"""Of each type that is read, the properties that are, and how."""


class Places:
    """Where the events of each type go, by its name: to its place among the types that rules look at, or nowhere.

    Types of no scope are added as they are met. `by_name` is a dict as Python looks them up fastest.
    """

    def __init__(self, scope: Scope, looked_at: Sequence[str]) -> None:
        self.by_name = dict.fromkeys(scope.events, NOWHERE) | {name: place for place, name in enumerate(looked_at)}
        self._known = frozenset((*scope.events, *Naming.of(scope).types))

    def meet(self, type_: object) -> int:
        """Take a type as one that no rule looks at. Raises Irregular where it may be another's spelling."""
        if type(type_) is not str or not type_.strip() or plain_name(type_.strip()) in self._known:
            raise Irregular
        if len(self.by_name) < _MOST_TYPES and len(type_) <= _LONGEST_TYPE:
            self.by_name[type_] = NOWHERE
        return NOWHERE

    def ids_of_all(self, ids: Ids, by: ByType, events: Sequence[Event], now: dt.datetime) -> Ids:
        """Give the ids of all events that count, of which some have one.

        Raises Irregular where one is no plain text, or is there twice for one type.
        """
        texts: list[Any] = [text for _, text in ids]
        if {*map(type, texts)} != {str} or "" in texts:
            raise Irregular
        joined = "".join(texts)
        if not (joined.isascii() and joined.isprintable() and " " not in joined and len(set(ids)) == len(ids)):
            raise Irregular
        if len(ids) == sum(map(len, by)):
            return ids
        place = self.by_name.get
        counted = [event for event in events if place(event["type"], NOWHERE) != NOWHERE and event["at"] <= now]
        return [(event["type"], event.get("id")) for event in counted]


@attrs.frozen
class EventNormaliser:
    """Reads the events of a lead with care: what compiled code cannot take as it is."""

    scope: Scope
    looked_at: Sequence[str]
    read_at: Mapping[str, Reader]
    properties: Properties
    identities: Mapping[str, tuple[str, Callable[[Any], Any]]]
    types: Mapping[str, str]

    def __call__(self, events: Sequence[Event], now: dt.datetime) -> Normalised:
        """Give the events that count by the place of their type, in UTC; their ids; and that they are in no order.

        Ids are as the reader gives them.
        """
        seen: dict[str, list[Event]] = {}
        for event in events:
            type_ = self._type(event)
            if type_ in self.properties:
                if misshapen(event, type_):
                    raise Irregular
                seen.setdefault(type_, []).append(event)
        kept = {type_: self._normalised(of_type, type_, now) for type_, of_type in seen.items()}
        by = [
            of_type if self.properties[type_] else [event["at"] for event in of_type]
            for type_, of_type in ((type_, kept.get(type_, [])) for type_ in self.looked_at)
        ]
        return by, [(event["type"], event.get("id")) for of_type in kept.values() for event in of_type], True

    def _type(self, event: Event) -> str:
        type_ = event.get("type")
        if not isinstance(type_, str):
            raise Irregular
        if type_ in self.scope.events:
            return type_
        plain = plain_name(type_.strip())
        if not plain:
            raise Irregular
        return self.types.get(plain, plain)

    def _normalised(self, events: Sequence[Event], type_: str, now: dt.datetime) -> list[Event]:
        """Leave out events later than now, and all but the first of those with one id."""
        kept: list[Event] = []
        named: dict[str, int] = {}
        for event in events:
            at = self._moment(event.get("at"), type_)
            name = self._name(event, type_)
            if at > now:
                continue
            one = _plain(event, type_, at, name)
            index = None if name is None else named.setdefault(name, len(kept))
            if index is None or index == len(kept):
                kept.append(one)
                continue
            if at == kept[index]["at"]:
                raise Irregular
            if at < kept[index]["at"]:
                kept[index], one = one, kept[index]
            (given,) = properties_of([one])
            for key, known in self.properties[type_]:  # a mistake in an event that does not count is a mistake still
                known(given.get(key))
        return kept

    def _name(self, event: Event, type_: str) -> str | None:
        """Give what identifies an event: the property that does, where it is known, else its id."""
        if type_ in self.identities:
            key, known = self.identities[type_]
            (given,) = properties_of([event])
            value = known(given.get(key))
            if value is not None:
                return identity_of(value)
        raw = event.get("id")
        return None if raw is None else text_from(raw)

    def _moment(self, raw: object, type_: str) -> dt.datetime:
        if type(raw) is dt.datetime and raw.tzinfo is dt.UTC and EARLIEST < raw < LATEST:
            return raw
        if type(raw) is str and not self.scope.events[type_].forms and _INSTANT.fullmatch(raw):
            try:
                moment = dt.datetime.fromisoformat(raw)
            except ValueError:
                raise Irregular from None
            if EARLIEST < moment < LATEST:
                return moment
        at = None if raw is None else self.read_at[type_](raw)
        if not isinstance(at, int):
            raise Irregular
        return moment_of(at)


def _plain(event: Event, type_: str, moment: dt.datetime, name: str | None) -> Event:
    """Let an event say its type, moment and id plainly."""
    if event.get("at") is moment and event.get("type") == type_ and event.get("id") is name:
        return event
    return {**event, "type": type_, "at": moment, "id": name}


def properties_of(events: Iterable[Event]) -> list[Mapping[Any, Any]]:
    """Give the properties of events, their names in the form of comparison. Raises Irregular for what is no dict."""
    found: list[Mapping[Any, Any]] = []
    for event in events:
        given = event.get("properties")
        if given is not None and type(given) is not dict:
            raise Irregular
        found.append(_NOTHING if given is None else given if are_plain(given) else plainly(given))
    return found


def readers_of(event: EventType, read: Iterable[str]) -> tuple[str, ...]:
    """Name the properties of a type that are read and declared, in order of name, `at` and `day` left out."""
    wanted = frozenset(read) - {own for own in ("at", "day") if event.property(own) is None}
    return tuple(sorted(prop.name for prop in event.properties if prop.name in wanted))


def plain_lead(shape: Shape, read_at: Reader, instant: int) -> dict[str, Any] | None:
    """Give a lead as it was at an instant: a dict with id, attributes, events and stages; None where it is not such."""
    attributes, stages = shape.attributes, shape.stages
    if shape.mistakes or shape.of_events or not isinstance(attributes, Mapping | None):
        return None
    if shape.changes:
        mistakes = Mistakes()
        changes = changes_of(shape.changes, read_at, mistakes)
        if mistakes.found or not isinstance(stages, Mapping | None):
            return None
        attributes, stages = (as_of(plainly(given or {}), changes, instant) for given in (attributes, stages))
    return {
        "id": shape.id,
        "attributes": attributes if type(attributes) is dict else dict(attributes or {}),
        "events": [_as_mapping(event) for event in shape.events],
        "stages": stages,
    }


def _as_mapping(event: object) -> Any:
    """Give an object that has the parts of an event as a mapping; any other thing is left as it is."""
    if type(event) is dict:
        return event
    if isinstance(event, Mapping):
        return dict(event)
    if not hasattr(event, "type") or misshapen(event, ""):
        return event
    found = {name: getattr(event, name) for name in EVENT_PARTS if hasattr(event, name)}
    if found.get("id", event) is None:
        del found["id"]
    return found
