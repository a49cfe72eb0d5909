"""The moments of the events that one question is about, in order, and what they are worth together by their age.

Moments are whole microseconds, as all instants. A count within a window is then two places in a list, and a
sum of what fades changes only where an event comes in, leaves or grows older by a unit.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import attrs

from leadrules import program as p
from leadrules.families.calendars import CALENDARS
from leadrules.values import Zone

Table = Mapping[int, int]
"""What an event is worth by its age in units of the decay."""


@attrs.frozen
class StreamKey:
    """The events of some types that pass a filter; where a calendar unit is given, the latest `times` of each."""

    types: tuple[str, ...]
    filter: p.Condition | None
    calendar: str | None = None
    times: int = 0


@attrs.frozen
class FadingKey:
    """What the events of a stream are worth together, those within a window (microseconds) where there is one.

    `table`, which has a name in the code, says what one is worth by its age in units of the decay, and
    `steps` how that changes from one age to the next.
    """

    stream: int
    within: int | None
    unit: int
    name: str
    table: Table = attrs.field(eq=False)
    steps: Table = attrs.field(eq=False)


_MOST_STEPS = 20_000

Tests = Callable[[Any, Mapping[str, Any]], Sequence[Any]]
"""From an event's moment and properties to whether it passes each filter on its type."""


class Stream(list[int]):
    """The moments of a stream in order, and the sums that hang on them."""

    __slots__ = ("sums",)

    def __init__(self, moments: Iterable[int] = ()) -> None:
        super().__init__(moments)
        self.sums: list[FadingSum] = []

    def take(self, at: int) -> None:
        """Take in an event."""
        insort(self, at)
        for total in self.sums:
            total.fresh.append(at)


class LatestPer(Stream):
    """A stream of only the latest events of each calendar unit."""

    __slots__ = ("_longest", "_number", "_times", "_zone")

    def __init__(self, calendar: str, times: int, zone: Zone, moments: Iterable[int] = ()) -> None:
        super().__init__(moments)
        unit = CALENDARS[calendar]
        self._number: Callable[[int, Zone], int] = unit.number
        self._longest = unit.longest
        self._times = times
        self._zone = zone

    def take(self, at: int) -> None:
        """Take in an event, and drop the oldest of its unit where there are too many."""
        number, zone = self._number, self._zone
        unit = number(at, zone)
        first, end = bisect_left(self, at - self._longest), bisect_right(self, at + self._longest)
        alike = [index for index in range(first, end) if number(self[index], zone) == unit]
        if len(alike) == self._times:
            oldest = self[alike[0]]
            if oldest >= at:
                return
            del self[alike[0]]
            for total in self.sums:
                total.drop(oldest)
        super().take(at)


class Steps(dict[int, int]):
    """What an event is worth more, or less, than it was an age before; made when an age is first met."""

    __slots__ = ("_table",)

    def __init__(self, table: Table) -> None:
        super().__init__()
        self._table = table

    def __missing__(self, age: int) -> int:
        step = self._table[age] - self._table[age - 1]
        if len(self) < _MOST_STEPS:
            self[age] = step
        return step


class FadingSum:
    """What the events of a stream are worth together at a moment that only moves on.

    An instant is a number of units and a rest, its phase. An event grows older by a unit whenever the
    moment passes its phase: only those that do so are looked at. The phases are put in order when a
    second sum is asked for: after one, most states are stored.
    """

    __slots__ = ("_key", "_moment", "_numbers", "_phases", "_stream", "_total", "fresh")

    def __init__(self, stream: Stream, key: FadingKey) -> None:
        self._stream = stream
        self._key = key
        self._moment: int | None = None
        self._phases: list[int] | None = None
        self._numbers: list[int] = []
        self._total = 0
        self.fresh: list[int] = []
        stream.sums.append(self)

    def at(self, moment: int) -> int:
        """Give the sum at a moment, in units of the precision."""
        before = self._moment
        if before is None or moment - before >= self._key.unit:
            self._begin(moment)
        elif self._phases is None:
            if moment != before or self.fresh:
                self._begin(moment)
                self._order(moment)
        else:
            if moment != before:
                if self._key.within is not None:
                    self._leave(before, moment)
                self._grow(before, moment)
                self._moment = moment
            if self.fresh:
                self._enter(moment)
        return self._total

    def drop(self, at: int) -> None:
        """Leave out an event."""
        within, moment = self._key.within, self._moment
        if at in self.fresh:
            self.fresh.remove(at)
        elif moment is not None and (within is None or at >= moment - within):
            self._remove(at, moment)

    def _inside(self, moment: int) -> list[int]:
        stream, within = self._stream, self._key.within
        return stream if within is None else stream[bisect_left(stream, moment - within) :]

    def _begin(self, moment: int) -> None:
        """Add up all events anew."""
        table, unit = self._key.table, self._key.unit
        self._total = sum([table[(moment - at) // unit] for at in self._inside(moment)])
        self._moment, self._phases = moment, None
        self.fresh.clear()

    def _order(self, moment: int) -> None:
        unit = self._key.unit
        pairs = sorted([(at % unit, at // unit) for at in self._inside(moment)])
        self._phases, self._numbers = [phase for phase, _ in pairs], [number for _, number in pairs]

    def _leave(self, before: int, moment: int) -> None:
        """Take out the events that are no longer within the window."""
        stream, within = self._stream, self._key.within
        assert within is not None
        for at in stream[bisect_left(stream, before - within) : bisect_left(stream, moment - within)]:
            if at in self.fresh:
                self.fresh.remove(at)
            else:
                self._remove(at, before)

    def _grow(self, before: int, moment: int) -> None:
        """Let those grow older whose phase the moment passes, in this number of the unit or the one before."""
        phases, numbers, steps = self._phases, self._numbers, self._key.steps
        assert phases is not None
        number, phase = divmod(moment, self._key.unit)
        first, end = bisect_right(phases, before % self._key.unit), bisect_right(phases, phase)
        if first <= end and before // self._key.unit == number:
            self._total += sum([steps[number - of] for of in numbers[first:end]])
        else:
            self._total += sum([steps[number - 1 - of] for of in numbers[first:]])
            self._total += sum([steps[number - of] for of in numbers[:end]])

    def _enter(self, moment: int) -> None:
        """Add events that came in since, if they are within the window."""
        key, phases = self._key, self._phases
        assert phases is not None
        for at in self.fresh:
            if key.within is None or at >= moment - key.within:
                self._total += key.table[(moment - at) // key.unit]
                number, phase = divmod(at, key.unit)
                index = bisect_right(phases, phase)
                phases.insert(index, phase)
                self._numbers.insert(index, number)
        self.fresh.clear()

    def _remove(self, at: int, moment: int) -> None:
        key, phases = self._key, self._phases
        self._total -= key.table[(moment - at) // key.unit]
        if phases is not None:
            number, phase = divmod(at, key.unit)
            index = self._numbers.index(number, bisect_left(phases, phase))
            del phases[index], self._numbers[index]


@attrs.define
class StreamPlan:
    """What the states of a program sort their events into; it is known once the program is compiled.

    `filters` are those on each type, `tests` answers them. `by_type` are the types of which the code
    asks for the events themselves.
    """

    zone: Zone
    streams: dict[StreamKey, int] = attrs.field(factory=dict)
    fading: dict[FadingKey, int] = attrs.field(factory=dict)
    filters: dict[str, dict[p.Condition, int]] = attrs.field(factory=dict)
    tests: Mapping[str, Tests] = attrs.field(factory=dict)
    by_type: tuple[str, ...] = ()
    feeds: dict[str, list[tuple[int, int | None]]] = attrs.field(factory=dict)

    def stream(self, key: StreamKey) -> int:
        """Give the index of a stream."""
        return self.streams.setdefault(key, len(self.streams))

    def connect(self, tests: Mapping[str, Tests]) -> None:
        """Take the tests once they are compiled; nothing is sorted before."""
        self.tests = tests
        for key, index in self.streams.items():
            for type_ in key.types:
                test = None if key.filter is None else self.filters[type_][key.filter]
                self.feeds.setdefault(type_, []).append((index, test))

    def make(self) -> tuple[list[Stream], list[FadingSum]]:
        """Make the streams and sums of one lead, empty."""
        streams = [
            Stream() if key.calendar is None else LatestPer(key.calendar, key.times, self.zone) for key in self.streams
        ]
        return streams, [FadingSum(streams[key.stream], key) for key in self.fading]
