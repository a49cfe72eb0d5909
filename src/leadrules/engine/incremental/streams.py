"""The moments of the events that one question is about, in order, and what they are worth together by their age.

Moments are whole microseconds, as all instants. A count within a window is then two places in a list, and a
sum of what fades changes only where an event comes in, leaves or grows older by a unit.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Self

import attrs

from leadrules import program as p
from leadrules.engine.incremental.columns import MOMENTS
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

    @property
    def follows(self) -> bool:
        """Tell whether the stream is all events of its types."""
        return self.filter is None and self.calendar is None


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
_FEW_OF_AN_AGE = 4
"""Up to so many events of an age, each is looked at alone."""

Tests = Callable[[Any, Mapping[str, Any]], Sequence[Any]]
"""From an event's moment and properties to whether it passes each filter on its type."""


class Stream(array):  # type: ignore[type-arg]  # it takes none before Python 3.12
    """The moments of a stream in order, and the sums that hang on them."""

    __slots__ = ("sums",)

    sums: list[FadingSum]

    def __new__(cls, *_: Any) -> Self:
        """Make an empty one."""
        return super().__new__(cls, MOMENTS)

    def __init__(self) -> None:
        self.sums = []

    def take(self, at: int) -> None:
        """Take in an event."""
        insort(self, at)
        for total in self.sums:
            total.fresh.append(at)


class LatestPer(Stream):
    """A stream of only the latest events of each calendar unit."""

    __slots__ = ("_longest", "_number", "_times", "_zone")

    def __init__(self, calendar: str, times: int, zone: Zone) -> None:
        super().__init__()
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

    __slots__ = (
        "_moment", "_numbers", "_phases", "_steps", "_stream", "_table", "_total", "_unit", "_within", "fresh",
    )  # fmt: skip

    def __init__(self, stream: Stream, key: FadingKey) -> None:
        self._stream = stream
        self._within = key.within
        self._unit = key.unit
        self._table = key.table
        self._steps = key.steps
        self._moment: int | None = None
        self._phases: list[int] | None = None
        self._numbers: list[int] = []
        self._total = 0
        self.fresh: list[int] = []
        stream.sums.append(self)

    def at(self, moment: int) -> int:
        """Give the sum at a moment, in units of the precision."""
        before = self._moment
        if before is None or self._phases is None or moment - before >= self._unit:
            if moment != before or self.fresh:
                self._begin(moment)
                if before is not None and moment - before < self._unit:
                    self._order(moment)
            return self._total
        if moment != before:
            if self._within is not None:
                self._leave(before, moment)
            self._grow(before, moment)
            self._moment = moment
        if self.fresh:
            self._enter(moment)
        return self._total

    def drop(self, at: int) -> None:
        """Leave out an event."""
        within, moment = self._within, self._moment
        if at in self.fresh:
            self.fresh.remove(at)
        elif moment is not None and (within is None or at >= moment - within):
            self._remove(at, moment)

    def _inside(self, moment: int) -> array[int]:
        stream, within = self._stream, self._within
        return stream if within is None else stream[bisect_left(stream, moment - within) :]

    def _begin(self, moment: int) -> None:
        """Add up all events anew."""
        table, unit, events = self._table, self._unit, self._inside(moment).tolist()
        ages = range((moment - events[-1]) // unit, (moment - events[0]) // unit + 1) if events else range(0)
        if len(ages) * _FEW_OF_AN_AGE > len(events):
            self._total = sum([table[(moment - at) // unit] for at in events])
        else:
            firsts = [len(events), *(bisect_right(events, moment - (age + 1) * unit) for age in ages)]
            counts = [end - first for end, first in pairwise(firsts)]
            self._total = sum([table[age] * count for age, count in zip(ages, counts, strict=True)])
        self._moment, self._phases = moment, None
        self.fresh.clear()

    def _order(self, moment: int) -> None:
        unit = self._unit
        pairs = sorted([(at % unit, at // unit) for at in self._inside(moment)])
        self._phases, self._numbers = [phase for phase, _ in pairs], [number for _, number in pairs]

    def _leave(self, before: int, moment: int) -> None:
        """Take out the events that are no longer within the window."""
        stream, within = self._stream, self._within
        assert within is not None
        for at in stream[bisect_left(stream, before - within) : bisect_left(stream, moment - within)]:
            if at in self.fresh:
                self.fresh.remove(at)
            else:
                self._remove(at, before)

    def _grow(self, before: int, moment: int) -> None:
        """Let those grow older whose phase the moment passes, in this number of the unit or the one before."""
        phases, numbers, unit, steps = self._phases, self._numbers, self._unit, self._steps
        assert phases is not None
        number, phase = divmod(moment, unit)
        first, end = bisect_right(phases, before % unit), bisect_right(phases, phase)
        if moment - before > phase:
            self._total += sum([steps[number - 1 - of] for of in numbers[first:]])
            self._total += sum([steps[number - of] for of in numbers[:end]])
        elif first < end:
            self._total += sum([steps[number - of] for of in numbers[first:end]])

    def _enter(self, moment: int) -> None:
        """Add events that came in since, if they are within the window."""
        phases, unit, within = self._phases, self._unit, self._within
        assert phases is not None
        for at in self.fresh:
            if within is None or at >= moment - within:
                self._total += self._table[(moment - at) // unit]
                number, phase = divmod(at, unit)
                index = bisect_right(phases, phase)
                phases.insert(index, phase)
                self._numbers.insert(index, number)
        self.fresh.clear()

    def _remove(self, at: int, moment: int) -> None:
        phases, unit = self._phases, self._unit
        self._total -= self._table[(moment - at) // unit]
        if phases is not None:
            number, phase = divmod(at, unit)
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
