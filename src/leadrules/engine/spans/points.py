"""What a rule that scores each event can give during a span.

Points are counted in units: as many to a point as the precision has. Where all points have one sign,
none of the caps gives more for fewer events or for smaller points, so that both ends of a span say
what lies between. Where that does not hold, what reaches around is wider; it is never narrower.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import accumulate

import attrs

from leadrules import program as p
from leadrules.engine.reference.conditions import Reading
from leadrules.engine.reference.scoring import in_season, points_of
from leadrules.engine.spans.movement import Movement
from leadrules.engine.spans.possible import Possible, Range
from leadrules.engine.spans.selections import Chosen, Pool
from leadrules.families import Decay
from leadrules.occurrences import Occurrence
from leadrules.values import LARGEST, rounded

Units = tuple[int, int]
"""From the fewest units to the most."""
NONE: Units = (0, 0)
PointsOf = Callable[[p.ValueNode, Occurrence], Possible]
"""Gives what points of an event can be during the span at hand."""
ZERO = Fraction(0)
_MOST_TABLES = 1_000
"""So many points of one rule are remembered with how they fade."""


class Faded(dict[int, int]):
    """The units of some points by their age."""

    __slots__ = ("_base", "_decay", "_precision")

    def __init__(self, decay: Decay, base: Fraction, precision: int) -> None:
        super().__init__()
        self._decay, self._base, self._precision = decay, base, precision

    def __missing__(self, age: int) -> int:
        points = self._decay.applied(self._base, age, self._precision)
        found = self[age] = int(points * 10**self._precision)
        return found


def units_of(points: Fraction, precision: int) -> int:
    """Round points, and count their units."""
    return int(rounded(points, precision) * 10**precision)


@attrs.define
class EachScore:
    """One rule about one lead."""

    rule: p.Rule
    movement: Movement
    still: Reading
    _pool: Pool | None = None
    _tables: list[Faded] = attrs.field(factory=list)
    _constant: list[int] = attrs.field(factory=list)
    _rising: list[int] = attrs.field(factory=list)
    _falling: list[int] = attrs.field(factory=list)
    _seasonal: list[bool] = attrs.field(factory=list)
    _buckets: dict[int, list[object]] = attrs.field(factory=dict)

    def units(self, chosen: Chosen, low: int, high: int, points: PointsOf) -> Units:
        """Give the units that the rule can give from `low` to `high`; `points` answers points that move."""
        self._look(chosen.pool)
        possible, sure = chosen.possible, chosen.sure
        if self._seasonal:
            possible = [index for index in possible if self._seasonal[index]]
            sure = [index for index in sure if self._seasonal[index]]
        if not possible:
            return NONE
        if self._adds_up and isinstance(possible, range) and isinstance(sure, range):
            fewest, largest = self._added_up(possible, sure)
        else:
            least, most = self._each(possible, low, high, points)
            fewest, largest = self._sum(possible, sure, least, most)
        earlier = self.still.earlier(self.rule).sum
        if earlier:
            fewest, largest = (units + int(earlier * self._scale) for units in (fewest, largest))
        if self.rule.caps.points is None:
            return fewest, largest
        cap = scaled(self.rule.caps.points, self._scale)
        return within(fewest, cap), within(largest, cap)

    def _look(self, pool: Pool) -> None:
        """Note of each event what never changes: whether it is in season, and its points or how they fade."""
        if self._pool is pool:
            return
        rule, still = self.rule, self.still
        self._pool = pool
        if rule.first_day is not None or rule.last_day is not None:
            self._seasonal = [in_season(rule, still, event.at) for event in pool.events]
        node = rule.alternatives[0].points
        if self.movement.of(node):
            return
        once = isinstance(node, p.Constant)
        bases = [points_of(still, node, event) for event in pool.events[: 1 if once else None]]
        times = len(pool.events) if once else 1
        if rule.decay is None:
            self._constant = [units_of(base, still.program.precision) for base in bases] * times
        else:
            self._tables = [self._table(rule.decay, base) for base in bases] * times

    @property
    def _adds_up(self) -> bool:
        """Tell that points never change, and that nothing chooses among them."""
        caps = self.rule.caps
        return bool(self._constant) and not (caps.every or caps.per or caps.points_per) and caps.times is None

    def _added_up(self, possible: range, sure: range) -> Units:
        """Add up what all events from one on give, of those that may leave what lessens it and what adds to it."""
        if not self._rising:
            self._rising = [0, *accumulate(max(0, units) for units in self._constant)]
            self._falling = [0, *accumulate(min(0, units) for units in self._constant)]
        rising, falling = self._rising, self._falling
        always = rising[-1] - rising[sure.start] + falling[-1] - falling[sure.start]
        low = always + falling[sure.start] - falling[possible.start]
        return low, always + rising[sure.start] - rising[possible.start]

    def _table(self, decay: Decay, base: Fraction) -> Faded:
        tables = self.movement.tables.setdefault(self.rule.id, {})
        found = tables.get(base)
        if found is None:
            if len(tables) >= _MOST_TABLES:
                tables.clear()
            found = tables[base] = Faded(decay, base, self.still.program.precision)
        return found

    @property
    def _scale(self) -> int:
        return int(10**self.still.program.precision)

    # ------------------------------------------------------------ each event

    def _each(self, indexes: Sequence[int], low: int, high: int, points: PointsOf) -> tuple[list[int], list[int]]:
        """Give the fewest and the most units of each event."""
        assert self._pool is not None
        decay, moments = self.rule.decay, self._pool.moments
        if self._constant:
            found = [self._constant[index] for index in indexes]
            return found, found
        if self._tables:
            assert decay is not None
            tables, unit = self._tables, decay.unit
            first = [tables[index][(low - moments[index]) // unit] for index in indexes]
            last = [tables[index][(high - moments[index]) // unit] for index in indexes]
            if first == last:
                return first, first
            return [*map(min, first, last)], [*map(max, first, last)]
        node = self.rule.alternatives[0].points
        both = [self._moving(points(node, self._pool.events[i]), moments[i], low, high) for i in indexes]
        return [least for least, _ in both], [most for _, most in both]

    def _moving(self, points: Possible, at: int, low: int, high: int) -> Units:
        """Give the units of points that themselves move."""
        precision, decay = self.still.program.precision, self.rule.decay
        least, most = points_in(points)
        if decay is None:
            return units_of(least, precision), units_of(most, precision)
        ages = (low - at) // decay.unit, (high - at) // decay.unit
        found = [int(decay.applied(base, age, precision) * self._scale) for base in (least, most) for age in ages]
        return min(found), max(found)

    # ------------------------------------------------------------------- sum

    def _sum(self, possible: Sequence[int], sure: Sequence[int], least: list[int], most: list[int]) -> Units:
        """Give what the events give together, once caps have kept theirs.

        `least` and `most` are of the possible events, in their order.
        """
        caps = self.rule.caps
        settled = len(possible) == len(sure)
        if settled and least == most:
            exact = self._kept(possible, most)
            return exact, exact
        chooses = bool(caps.per) or caps.times is not None
        fewest, largest = (least, most) if settled else self._of(sure, possible, least, most)
        if caps.every is None and not chooses and caps.points_per is None:
            return (
                sum(fewest) + sum(u for u in least if u < 0) - sum(u for u in fewest if u < 0),
                sum(largest) + sum(u for u in most if u > 0) - sum(u for u in largest if u > 0),
            )
        by_ends = (settled or caps.every is None) and not (chooses and caps.points_per is not None)
        if by_ends and min(least) >= 0:
            return self._kept(sure, fewest), self._kept(possible, most)
        if by_ends and max(most) <= 0:
            return self._kept(possible, least), self._kept(sure, largest)
        return self._around(possible, sure, least, most)

    @staticmethod
    def _of(
        sure: Sequence[int], possible: Sequence[int], least: list[int], most: list[int]
    ) -> tuple[list[int], list[int]]:
        """Give the units of the sure events among those of the possible ones."""
        if isinstance(sure, range):
            start = len(possible) - len(sure)
            return least[start:], most[start:]
        always = {*sure}
        places = [place for place, index in enumerate(possible) if index in always]
        return [least[place] for place in places], [most[place] for place in places]

    def _around(self, possible: Sequence[int], sure: Sequence[int], least: list[int], most: list[int]) -> Units:
        """Give what reaches around all that caps may keep."""
        caps = self.rule.caps
        if caps.every is not None and not caps.per and caps.times is None and caps.points_per is None:
            fewest, largest = len(self._spaced(sure, caps.every)), len(self._spaced(possible, caps.every))
            if min(least) >= 0:
                return sum(sorted(least)[:fewest]), sum(sorted(most, reverse=True)[:largest])
            if max(most) <= 0:
                return sum(sorted(least)[:largest]), sum(sorted(most, reverse=True)[:fewest])
        down, up = [min(0, units) for units in least], [max(0, units) for units in most]
        times = len(possible) if caps.times is None else caps.times
        low, high = sum(sorted(down)[:times]), sum(sorted(up, reverse=True)[:times])
        if caps.points_per is not None:
            low, high = max(low, self._per_bucket(possible, down)), min(high, self._per_bucket(possible, up))
        return low, high

    # ------------------------------------------------------------------ caps

    def _kept(self, indexes: Sequence[int], units: Sequence[int]) -> int:
        """Add up what caps keep of events that give so much, before `max P points`."""
        caps, found = self.rule.caps, dict(zip(indexes, units, strict=True))
        if caps.every is not None:
            found = {index: found[index] for index in self._spaced(indexes, caps.every)}
        for cap in caps.per:
            parts = self._parts(found, cap.bucket).values()
            found = {index: found[index] for part in parts for index in _largest(part, found, cap.times)}
        if caps.times is not None:
            found = {index: found[index] for index in _largest([*found], found, caps.times)}
        if caps.points_per is not None:
            return self._per_bucket([*found], [*found.values()])
        return sum(found.values())

    def _spaced(self, indexes: Sequence[int], cap: p.MaxEvery) -> list[int]:
        """From the oldest on, count an event when fewer than N counted ones are less than D older."""
        assert self._pool is not None
        moments, counted = self._pool.moments, list[int]()
        for index in indexes:
            if len(counted) < cap.times or moments[index] - moments[counted[-cap.times]] >= cap.every:
                counted.append(index)
        return counted

    def _per_bucket(self, indexes: Sequence[int], units: Sequence[int]) -> int:
        """Clamp the sum of each bucket, and add these up."""
        assert self.rule.caps.points_per is not None
        points, bucket = self.rule.caps.points_per
        most, found = scaled(points, self._scale), dict(zip(indexes, units, strict=True))
        return sum(within(sum(found[i] for i in part), most) for part in self._parts(found, bucket).values())

    def _parts(self, indexes: Iterable[int], bucket: p.Bucket) -> dict[object, list[int]]:
        assert self._pool is not None
        if id(bucket) not in self._buckets:
            self._buckets[id(bucket)] = [self.still.bucket(bucket, event) for event in self._pool.events]
        buckets, found = self._buckets[id(bucket)], defaultdict[object, list[int]](list)
        for index in indexes:
            found[buckets[index]].append(index)
        return found


def _largest(indexes: Sequence[int], units: Mapping[int, int], times: int) -> list[int]:
    """Give the N largest in size, the later first among equals."""
    return sorted(indexes, key=lambda index: (abs(units[index]), index), reverse=True)[:times]


def within(units: int, size: int | None) -> int:
    """Clamp units to a size, on both sides of nothing."""
    return units if size is None else max(-size, min(size, units))


def scaled(points: Fraction | None, scale: int) -> int | None:
    """Count the units of a bound, which has no more decimals than points have."""
    return None if points is None else int(points * scale)


def points_in(possible: Possible) -> tuple[Fraction, Fraction]:
    """Give the least and the most points that a set of numbers stands for: unknown and oversized ones are none."""
    if not isinstance(possible, Range):
        return (ZERO, ZERO) if possible == frozenset((None,)) else (Fraction(-LARGEST), Fraction(LARGEST))
    low, high = max(possible.low, Fraction(-LARGEST)), min(possible.high, Fraction(LARGEST))
    if low > high:
        return ZERO, ZERO
    if possible.unknown or (low, high) != (possible.low, possible.high):
        return min(low, ZERO), max(high, ZERO)
    return low, high
