"""The events that a state keeps, sorted into streams as their moment comes."""

from __future__ import annotations

import heapq
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from leadrules.engine.incremental.columns import MOMENTS, NO_EVENTS, Columns, packed, reading, unpacked
from leadrules.engine.incremental.streams import FadingSum, Stream, StreamPlan
from leadrules.lead import Facts, LeadReader, PlainEvent, in_canonical_order


class Seen:
    """Events in columns, and the first `count` of further ones, to which more may be added."""

    __slots__ = ("columns", "count", "events")

    def __init__(self, columns: Columns, events: Sequence[PlainEvent], count: int) -> None:
        self.columns = columns
        self.events = events
        self.count = count

    def values(self) -> list[Sequence[Mapping[str, Any]]]:
        """Give the events as they were taken in."""
        return [self.columns.plain(), [event.plain for event in self.events[: self.count]]]


Read = Callable[[Iterable[Mapping[str, Any]]], list[PlainEvent]]
"""Reads events of the lead that are in their plainest form."""


class EventLog:
    """The events of one lead up to `mark`, each once, and those that wait for their moment.

    Compiled code reads `stream`, `fading` and `by_type`. The events are those in columns, as they were
    stored, and those that came since; neither is changed but by one more, since results of the past
    read them too. Repeats that come before what is known of their id are put in its place together, when
    the log next advances, is packed or copied.
    """

    __slots__ = (
        "_columns", "_earlier", "_events", "_ids", "_plan", "_read", "_stored", "_waiting",
        "by_type", "fading", "mark", "stream",
    )  # fmt: skip

    stream: list[Stream]
    fading: list[FadingSum]
    by_type: dict[str, list[Any]]
    _columns: Columns
    _stored: int
    _events: list[PlainEvent]
    _earlier: list[PlainEvent]
    _waiting: list[tuple[int, int, PlainEvent]]
    _ids: dict[tuple[str, str], PlainEvent]

    def __init__(
        self, plan: StreamPlan, read: Read, events: Iterable[PlainEvent] = (), mark: int | None = None
    ) -> None:
        self._plan = plan
        self._read = read
        self.mark = mark
        self._fill(in_canonical_order(events))

    @classmethod
    def of(
        cls, plan: StreamPlan, read: Read, columns: Columns, waiting: Columns, streams: Sequence[str], mark: int | None
    ) -> EventLog:
        """Go on with what `packed` gave."""
        made = cls(plan, read, (), mark)
        texts = [*reversed(streams)]
        for key, stream in zip(plan.streams, made.stream, strict=True):
            if not key.follows:
                with reading("streams"):
                    unpacked(texts.pop(), MOMENTS, stream)
            elif len(key.types) == 1:
                columns.moments(key.types[0], stream)
            else:
                stream.extend(array(MOMENTS, sorted(at for type_ in key.types for at in columns.moments(type_))))
        made._columns, made._stored = columns, len(columns)
        made.by_type = {type_: columns.plain_of(type_) for type_ in plan.by_type if type_ in columns.types}
        for event in read(waiting.plain()):
            made._add(event)
        return made

    def __len__(self) -> int:
        return self._stored + len(self._events) + len(self._waiting)

    def plain(self) -> list[Mapping[str, Any]]:
        """Give all events in their plainest form."""
        since = [*self._events, *self._waiting_events()]
        return [*self._columns.plain(), *(event.plain for event in since)]

    def seen(self) -> Seen:
        """Give the events as they are now."""
        return Seen(self._columns, self._events, len(self._events))

    def packed(self) -> tuple[Columns, Columns, list[str]]:
        """Give the events up to the mark, those that wait, and the streams that do not follow from the former.

        Both are in columns, which share their values.
        """
        self._settle()
        waiting = in_canonical_order(self._waiting_events())
        if self._events:
            self._columns, self._stored = self._columns.plus(self._events), self._stored + len(self._events)
            self._events, self._ids = [], {}
            for event in waiting:
                self._know(event)
        apart = Columns({}, self._columns.values).plus(waiting)
        streams = zip(self._plan.streams, self.stream, strict=True)
        texts = [packed(stream) for key, stream in streams if not key.follows]
        return Columns(self._columns.types, apart.values), apart, texts

    def take(self, event: PlainEvent) -> None:
        """Take in an event; of those of one type and id the first counts."""
        one = event.occurrence
        if one.id is not None:
            known = self._ids.get((one.type, one.id)) or self._stored_event(one.type, one.id)
            if known is not None:
                if _comes_before(event, known):
                    self._know(event)
                    self._earlier.append(event)
                return
        self._add(event)

    def advance(self, mark: int) -> None:
        """Sort in the events whose moment has come."""
        self._settle()
        self.mark = mark
        while self._waiting and self._waiting[0][0] <= mark:
            self._sort(heapq.heappop(self._waiting)[2])

    def events(self) -> list[PlainEvent]:
        """Give the events up to the mark."""
        return [*self._read(self._columns.plain()), *self._events]

    def keep(self, events: Sequence[PlainEvent]) -> None:
        """Forget all events up to the mark but these."""
        self._fill([*events, *self._waiting_events()])

    def copy(self) -> EventLog:
        """Give a log that goes its own way."""
        self._settle()
        made = EventLog(self._plan, self._read, (), self.mark)
        made._columns, made._stored = self._columns, self._stored
        made._events, made._waiting, made._ids = [*self._events], [*self._waiting], dict(self._ids)
        made.by_type = {type_: [*events] for type_, events in self.by_type.items()}
        for theirs, mine in zip(made.stream, self.stream, strict=True):
            theirs.extend(mine)
        return made

    def _stored_event(self, type_: str, id_: str) -> PlainEvent | None:
        plain = self._columns.find(type_, id_)
        return None if plain is None else self._read([plain])[0]

    def _waiting_events(self) -> list[PlainEvent]:
        return [event for _, _, event in self._waiting]

    def _settle(self) -> None:
        """Put repeats in the place of what they come before; sort all events anew only where that is of the past."""
        earlier, self._earlier = self._earlier, []
        if earlier:
            waiting = self._waiting_events()
            if _keys(earlier) <= _keys(waiting):
                self._waiting = []
                for event in in_canonical_order([*waiting, *earlier]):
                    self._add(event)
            else:
                self._fill(in_canonical_order([*self.events(), *waiting, *earlier]))

    def _fill(self, events: Iterable[PlainEvent]) -> None:
        self._columns, self._stored = NO_EVENTS, 0
        self._events, self._earlier, self._waiting, self._ids, self.by_type = [], [], [], {}, {}
        self.stream, self.fading = self._plan.make()
        for event in events:
            self._add(event)

    def _add(self, event: PlainEvent) -> None:
        """Sort an event in, or let it wait for its moment."""
        at = event.occurrence.at
        self._know(event)
        if self.mark is not None and at <= self.mark:
            self._sort(event)
        else:
            heapq.heappush(self._waiting, (at, id(event), event))

    def _know(self, event: PlainEvent) -> None:
        """Know an event by its id."""
        one = event.occurrence
        if one.id is not None:
            self._ids[one.type, one.id] = event

    def _sort(self, event: PlainEvent) -> None:
        """Sort an event into the streams that it belongs to."""
        one, plain, plan = event.occurrence, event.plain, self._plan
        self._events.append(event)
        tests = plan.tests.get(one.type)
        passes = () if tests is None else tests(plain["at"], plain["properties"])
        for index, test in plan.feeds.get(one.type, ()):
            if test is None or passes[test]:
                self.stream[index].take(one.at)
        if one.type in plan.by_type:
            self.by_type.setdefault(one.type, []).append(plain)


def _keys(events: Iterable[PlainEvent]) -> set[tuple[str, str | None]]:
    return {(event.occurrence.type, event.occurrence.id) for event in events}


def _comes_before(event: PlainEvent, known: PlainEvent) -> bool:
    """Tell whether an event comes before one of its type and id."""
    if event.occurrence.at != known.occurrence.at:
        return event.occurrence.at < known.occurrence.at
    return event.reader.order_of_properties(event) < event.reader.order_of_properties(known)


class LogReader(LeadReader):
    """Reads leads that bring a log of their events."""

    __slots__ = ()

    def read(self, lead: Any, as_of: int) -> Facts:
        """Give the facts of a lead at an instant."""
        events = lead["events"]
        return super().read({**lead, "events": events.plain()} if isinstance(events, EventLog) else lead, as_of)
