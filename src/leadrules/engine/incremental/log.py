"""The events that a state keeps, sorted into streams as their moment comes."""

from __future__ import annotations

import heapq
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from leadrules.engine.incremental.columns import MOMENTS, NO_EVENTS, PENDING, Columns, packed, reading, unpacked
from leadrules.engine.incremental.streams import FadingSum, Stream, StreamPlan
from leadrules.lead import Facts, LeadReader
from leadrules.occurrences import NEVER_LATE, F, PlainEvent, in_canonical_order


class Seen:
    """Events in columns, and the first `count` of further ones, to which more may be added."""

    __slots__ = ("columns", "count", "events")

    def __init__(self, columns: Columns, events: Sequence[PlainEvent], count: int) -> None:
        self.columns: Columns = columns
        self.events: Sequence[PlainEvent] = events
        self.count: int = count

    def values(self) -> list[Sequence[Mapping[str, Any]]]:
        """Give the events as they were taken in."""
        return [self.columns.plain(), [event.plain for event in self.events[: self.count]]]


Read = Callable[[Iterable[Mapping[str, Any]]], list[PlainEvent]]
"""Reads events of the lead that are in their plainest form."""


def events_of(columns: Columns, read: Read) -> list[PlainEvent]:
    """Read all events in columns, each with when it came in."""
    found = []
    for type_ in columns.types:
        events = read(columns.plain_of(type_))
        with reading("events"):
            for event, came in zip(events, columns.came(type_), strict=True):
                event.came = came
        found += events
    return found


class EventLog:
    """The events of one lead up to `mark`, and those that wait for their moment.

    Compiled code reads `stream`, `fading` and `by_type`. The events are those in columns, as they were
    stored, and those that came since; neither is changed but by one more, since results of the past
    read them too.

    An event comes in, as the log sees it, at the moment that is asked for next, unless something is said of it.
    From then on, or from when it happened if that is later, it is remembered for a span of `remember`
    microseconds: of a repeat of its type and id within that span only the first by time counts, and any
    later one is an event of its own. So neither what is kept nor whether a state was written in between
    makes a difference. Repeats that come before what is known of their id are put in its place together,
    when the log next advances, is packed or copied.
    """

    __slots__ = (
        "_arriving", "_columns", "_earlier", "_events", "_has_arriving", "_ids", "_plan", "_read", "_remember",
        "_stored", "_waiting", "by_type", "fading", "mark", "stream",
    )  # fmt: skip

    stream: list[Stream]
    fading: list[FadingSum]
    by_type: dict[str, list[Any]]
    _columns: Columns
    _stored: int
    _has_arriving: bool
    _events: list[PlainEvent]
    _earlier: list[PlainEvent]
    _arriving: list[PlainEvent]
    _waiting: list[tuple[int, int, PlainEvent]]
    _ids: dict[tuple[str, str], PlainEvent]

    def __init__(
        self,
        plan: StreamPlan,
        read: Read,
        remember: int,
        events: Iterable[PlainEvent] = (),
        mark: int | None = None,
    ) -> None:
        self._plan = plan
        self._read = read
        self._remember = remember
        self.mark = mark
        self._fill(in_canonical_order(events))

    @classmethod
    def of(
        cls,
        plan: StreamPlan,
        read: Read,
        remember: int,
        columns: Columns,
        waiting: Columns,
        streams: Sequence[str],
        mark: int | None,
    ) -> EventLog:
        """Go on with what `packed` gave."""
        made = cls(plan, read, remember, (), mark)
        texts = [*reversed(streams)]
        for key, stream in zip(plan.streams, made.stream, strict=True):
            if not key.follows:
                with reading("streams"):
                    unpacked(texts.pop(), MOMENTS, stream)
            elif len(key.types) == 1:
                columns.moments(key.types[0], stream)
            else:
                stream.extend(array(MOMENTS, sorted(at for type_ in key.types for at in columns.moments(type_))))
        made._columns, made._stored, made._has_arriving = columns, len(columns), True
        made.by_type = {type_: columns.plain_of(type_) for type_ in plan.by_type if type_ in columns.types}
        for event in events_of(waiting, read):
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
            self._columns = self._columns.plus(self._events, self._final)
            self._stored += len(self._events)
            self._has_arriving = self._has_arriving or bool(self._arriving)
            self._events, self._ids = [], {}
            for event in waiting:
                self._know(event)
        apart = Columns({}, self._columns.values).plus(waiting, self._final)
        streams = zip(self._plan.streams, self.stream, strict=True)
        texts = [packed(stream) for key, stream in streams if not key.follows]
        return Columns(self._columns.types, apart.values), apart, texts

    def take(self, event: PlainEvent, came: int = PENDING) -> None:
        """Take in an event, which came in at an instant; of those of one type and id the first counts."""
        one = event.occurrence
        if one.id is not None:
            event.came = came
            known = self._ids.get((one.type, one.id)) or self._stored_event(one.type, one.id)
            if known is not None and self._is_remembered(known):
                if _comes_before(event, known):
                    event.came = max(came, known.came)
                    self._ids[one.type, one.id] = event
                    self._earlier.append(event)
                return
        self._add(event)

    def advance(self, mark: int) -> None:
        """Sort in the events whose moment has come, and say of those that came in since the last that it was now."""
        if self._earlier:
            self._settle()
        self.mark = mark
        for event in self._arriving:
            event.came = mark
        self._arriving.clear()
        if self._has_arriving:
            self._columns, self._has_arriving = self._columns.arrived(mark), False
        while self._waiting and self._waiting[0][0] <= mark:
            self._sort(heapq.heappop(self._waiting)[2])

    def events(self) -> list[PlainEvent]:
        """Give the events up to the mark."""
        return [*events_of(self._columns, self._read), *self._events]

    def remove(self, type_: str, id_: str) -> bool:
        """Forget an event that is remembered, as if it had never come in; tell whether it was."""
        self._settle()
        known = self._ids.get((type_, id_)) or self._stored_event(type_, id_)
        if known is None or not self._is_remembered(known):
            return False
        self._fill(in_canonical_order(self._others(self.all_events(), {(type_, id_)})))
        return True

    def join(self, other: EventLog, remember: int) -> None:
        """Take in all events of another log up to the same mark; of those that both remember the first counts."""
        self._settle()
        mine, theirs = self.all_events(), other.all_events()
        self._remember = remember
        known = {(one.occurrence.type, one.occurrence.id): one for one in mine if self._is_remembered(one)}
        joined = {id(one): one for one in mine}
        for event in theirs:
            same = known.get((event.occurrence.type, event.occurrence.id))
            if event.occurrence.id is None or same is None or not self._is_remembered(event):
                joined[id(event)] = event
            else:
                first = event if _comes_before(event, same) else same
                joined[id(same)] = attrs.evolve(first, came=max(event.came, same.came))
        self._fill(in_canonical_order(joined.values()))

    def all_events(self) -> list[PlainEvent]:
        """Give the events up to the mark, and those that wait."""
        self._settle()
        return [*self.events(), *self._waiting_events()]

    def keep(self, events: Sequence[PlainEvent]) -> None:
        """Forget all events up to the mark but these."""
        self._fill([*events, *self._waiting_events()])

    def forget_waiting(self) -> None:
        """Forget the events that are later than the mark."""
        self._settle()
        self._waiting = []

    def copy(self) -> EventLog:
        """Give a log that goes its own way."""
        self._settle()
        made = EventLog(self._plan, self._read, self._remember, (), self.mark)
        made._columns, made._stored, made._has_arriving = self._columns, self._stored, self._has_arriving
        arriving = {id(event): attrs.evolve(event) for event in self._arriving}  # they may come in at other moments
        made._arriving = [*arriving.values()]
        made._events = [arriving.get(id(event), event) for event in self._events]
        made._waiting = [(at, place, arriving.get(id(event), event)) for at, place, event in self._waiting]
        made._ids = {key: arriving.get(id(event), event) for key, event in self._ids.items()}
        made.by_type = {type_: [*events] for type_, events in self.by_type.items()}
        for theirs, mine in zip(made.stream, self.stream, strict=True):
            theirs.extend(mine)
        return made

    def _stored_event(self, type_: str, id_: str) -> PlainEvent | None:
        found = self._columns.find(type_, id_)
        if found is None:
            return None
        (event,) = self._read([found[0]])
        event.came = found[1]
        return event

    @property
    def _final(self) -> int:
        """The latest instant since which nothing is remembered any more."""
        return NEVER_LATE if self.mark is None else self.mark - self._remember

    def _is_remembered(self, event: PlainEvent) -> bool:
        return event.since > self._final

    def _waiting_events(self) -> list[PlainEvent]:
        return [event for _, _, event in self._waiting]

    def _settle(self) -> None:
        """Put repeats in the place of what they come before; sort all events anew only where that is of the past."""
        earlier, self._earlier = self._earlier, []
        if earlier:
            waiting, keys = self._waiting_events(), _keys(earlier)
            first = [self._ids[key] for key in keys]
            if keys <= _keys(waiting):
                again = {id(event) for event in waiting}
                self._arriving = [event for event in self._arriving if id(event) not in again]
                self._waiting = []
                for event in in_canonical_order([*self._others(waiting, keys), *first]):
                    self._add(event)
            else:
                self._fill(in_canonical_order([*self._others([*self.events(), *waiting], keys), *first]))

    def _others(self, events: Iterable[PlainEvent], keys: set[tuple[str, str]]) -> Iterator[PlainEvent]:
        """Give the events but those that are known by one of these types and ids."""
        for event in events:
            one = event.occurrence
            if (one.type, one.id or "") not in keys or not self._is_remembered(event):
                yield event

    def _fill(self, events: Iterable[PlainEvent]) -> None:
        self._columns, self._stored, self._has_arriving = NO_EVENTS, 0, False
        self._events, self._earlier, self._arriving, self._waiting = [], [], [], []
        self._ids, self.by_type = {}, {}
        self.stream, self.fading = self._plan.make()
        for event in events:
            self._add(event)

    def _add(self, event: PlainEvent) -> None:
        """Sort an event in, or let it wait for its moment."""
        at = event.occurrence.at
        if event.occurrence.id is not None:
            self._know(event)
        if event.came == PENDING:
            self._arriving.append(event)
        if self.mark is not None and at <= self.mark:
            self._sort(event)
        else:
            heapq.heappush(self._waiting, (at, id(event), event))

    def _know(self, event: PlainEvent) -> None:
        """Know an event by its id, of several the one that is remembered longest."""
        one = event.occurrence
        if one.id is None:
            return
        known = self._ids.get((one.type, one.id))
        if known is None or known.since < event.since:
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


def _keys(events: Iterable[PlainEvent]) -> set[tuple[str, str]]:
    return {(event.occurrence.type, event.occurrence.id or "") for event in events}


def _comes_before(event: PlainEvent, known: PlainEvent) -> bool:
    """Tell whether an event comes before one of its type and id."""
    if event.occurrence.at != known.occurrence.at:
        return event.occurrence.at < known.occurrence.at
    return event.reader.order_of_properties(event) < event.reader.order_of_properties(known)


class LogReader(LeadReader):
    """Reads leads that bring a log of their events, whose moments in UTC may be of a year that no lead's are."""

    __slots__ = ()
    _years = range(1, 10_000)

    def read(self, lead: Any, as_of: int) -> Facts:
        """Give the facts of a lead at an instant."""
        events = lead["events"]
        if isinstance(events, EventLog):
            lead = {name: lead[name] for name in ("id", "attributes", "stages")} | {"events": events.plain()}
        return super().read(lead, as_of)

    def affordable(self, events: Any) -> Any:
        """Give a log, or the events of one. Raises LeadError where they take more work than the limit allows."""
        super().affordable(events.plain() if isinstance(events, EventLog) else events)
        return events

    def _counting(self, ordered: list[F]) -> Iterable[F]:
        """Give all: a log has each event once, but for repeats that came when it remembered the first no more."""
        return ordered
