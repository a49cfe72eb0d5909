"""The events that a state keeps, sorted into streams as their moment comes."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs

from leadrules.engine.incremental.streams import FadingSum, Stream, StreamPlan
from leadrules.lead import Facts, LeadReader, PlainEvent, in_canonical_order


@attrs.frozen
class Seen:
    """The first `count` of some events, to which more may be added."""

    events: Sequence[PlainEvent]
    count: int

    def values(self) -> list[list[Mapping[str, Any]]]:
        """Give the events as they were taken in."""
        return [[event.plain for event in self.events[: self.count]]]


class EventLog:
    """The events of one lead up to `mark`, each once, and those that wait for their moment.

    Compiled code reads `stream`, `fading` and `by_type`. `events` is never changed, but for events that
    are added: results of the past read it too.
    """

    __slots__ = ("_ids", "_plan", "_waiting", "by_type", "events", "fading", "mark", "stream")

    def __init__(self, plan: StreamPlan, events: Iterable[PlainEvent], mark: int | None = None) -> None:
        self._plan = plan
        self.mark = mark
        self._fill(in_canonical_order(events))

    def __len__(self) -> int:
        return len(self.events) + len(self._waiting)

    def plain(self) -> list[Mapping[str, Any]]:
        """Give all events in their plainest form."""
        return [event.plain for event in self._all()]

    def seen(self) -> Seen:
        """Give the events as they are now."""
        return Seen(self.events, len(self.events))

    def take(self, event: PlainEvent) -> None:
        """Take in an event; of those of one type and id the first counts."""
        one = event.occurrence
        if one.id is not None:
            known = self._ids.get((one.type, one.id))
            if known is not None:
                if one.at < known.occurrence.at or (
                    one.at == known.occurrence.at
                    and event.reader.order_of_properties(event) < event.reader.order_of_properties(known)
                ):
                    self._fill(in_canonical_order([*self._all(), event]))
                return
            self._ids[one.type, one.id] = event
        self._admit(event)

    def advance(self, mark: int) -> None:
        """Sort in the events whose moment has come."""
        self.mark = mark
        while self._waiting and self._waiting[0][0] <= mark:
            self._sort(heapq.heappop(self._waiting)[2])

    def keep(self, events: Sequence[PlainEvent]) -> None:
        """Forget all events up to the mark but these."""
        self._fill([*events, *(event for _, _, event in self._waiting)])

    def copy(self) -> EventLog:
        """Give a log that goes its own way."""
        made = EventLog(self._plan, (), self.mark)
        made.events, made._waiting, made._ids = [*self.events], [*self._waiting], dict(self._ids)
        made.by_type = {type_: [*events] for type_, events in self.by_type.items()}
        for theirs, mine in zip(made.stream, self.stream, strict=True):
            theirs.extend(mine)
        return made

    def _all(self) -> list[PlainEvent]:
        return [*self.events, *(event for _, _, event in self._waiting)]

    def _fill(self, events: Iterable[PlainEvent]) -> None:
        self.events: list[PlainEvent] = []
        self._waiting: list[tuple[int, int, PlainEvent]] = []
        self._ids: dict[tuple[str, str], PlainEvent] = {}
        self.by_type: dict[str, list[Mapping[str, Any]]] = {}
        self.stream: list[Stream]
        self.fading: list[FadingSum]
        self.stream, self.fading = self._plan.make()
        for event in events:
            one = event.occurrence
            if one.id is not None:
                self._ids[one.type, one.id] = event
            self._admit(event)

    def _admit(self, event: PlainEvent) -> None:
        at = event.occurrence.at
        if self.mark is not None and at <= self.mark:
            self._sort(event)
        else:
            heapq.heappush(self._waiting, (at, id(event), event))

    def _sort(self, event: PlainEvent) -> None:
        """Sort an event into the streams that it belongs to."""
        one, plain, plan = event.occurrence, event.plain, self._plan
        self.events.append(event)
        tests = plan.tests.get(one.type)
        passes = () if tests is None else tests(plain["at"], plain["properties"])
        for index, test in plan.feeds.get(one.type, ()):
            if test is None or passes[test]:
                self.stream[index].take(one.at)
        if one.type in plan.by_type:
            self.by_type.setdefault(one.type, []).append(plain)


class LogReader(LeadReader):
    """Reads leads that bring a log of their events."""

    __slots__ = ()

    def read(self, lead: Any, as_of: int) -> Facts:
        """Give the facts of a lead at an instant."""
        events = lead["events"]
        return super().read({**lead, "events": events.plain()} if isinstance(events, EventLog) else lead, as_of)
