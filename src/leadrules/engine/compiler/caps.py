"""What a per-event rule keeps of its events, where they differ: the steps of §7 on whole units."""

from __future__ import annotations

import datetime as dt
import itertools
import operator
from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Sequence
from typing import Any

import attrs

from leadrules import program as p
from leadrules.engine.compiler.runtime import Irregular, span_of
from leadrules.values import keys_of

_MOMENT = operator.itemgetter(1)


def kept_per(keys: Sequence[Hashable], times: int) -> int:
    """Count what is left of events when at most so many of each bucket are kept."""
    if len(keys) <= times:
        return len(keys)
    return sum([min(count, times) for count in Counter(keys).values()])


def latest_per(keyed: Sequence[tuple[Hashable, dt.datetime]], times: int) -> list[dt.datetime]:
    """Give the latest moments of each bucket, at most so many."""
    if len(keyed) <= times:
        return [moment for _, moment in keyed]
    counted: dict[Hashable, int] = {}
    kept = []
    ordered = sorted(keyed, key=_MOMENT, reverse=True)
    for key, (_, moment) in zip(keys_of([key for key, _ in ordered]), ordered, strict=True):
        count = counted[key] = counted.get(key, 0) + 1
        if count <= times:
            kept.append(moment)
    return kept


Row = tuple[Any, ...]
"""Points in units, the moment, and the key of each bucket."""


@attrs.frozen
class AppliedCaps:
    """What a per-event rule keeps of its events, by the steps of §7; amounts are in units of the precision.

    Keys of buckets stand in a row from its third place on: those of `per` in their order, then that
    of `points_per`.
    """

    caps: p.Caps
    most: int | None
    most_per: int | None

    def __call__(self, rows: list[Row]) -> tuple[int, int] | None:
        """Give the points and what is left of them after `max P points`; None where nothing is kept."""
        caps = self.caps
        kept = kept_of(caps, self._in_order(rows))
        if not kept:
            return None
        points = sum(row[0] for row in kept)
        left = points
        if self.most_per is not None:
            buckets = _buckets(kept, 2 + len(caps.per))
            left = sum(_within(sum(row[0] for row in bucket), self.most_per) for bucket in buckets)
        return points, _within(left, self.most)

    def _in_order(self, rows: list[Row]) -> list[Row]:
        """Sort by time, and put the index behind; events alike in time must be alike in all that counts."""
        caps = self.caps
        if caps.every is None and not caps.per and caps.times is None:
            return rows
        rows.sort(key=lambda row: row[1])
        for one, next_ in itertools.pairwise(rows):
            if one[1] == next_[1] and one != next_:
                raise Irregular
        return [(*row, index) for index, row in enumerate(rows)]


def kept_of(caps: p.Caps, rows: list[Row]) -> list[Row]:
    """Give the rows that caps keep of rows in order, each of which ends in its index."""
    if caps.every is not None:
        rows = _keep_every(rows, caps.every)
    for index, cap in enumerate(caps.per, 2):
        rows = [row for bucket in _buckets(rows, index) for row in _largest(bucket, cap.times)]
    return rows if caps.times is None else _largest(rows, caps.times)


def _keep_every(rows: Iterable[Row], cap: p.MaxEvery) -> list[Row]:
    every = span_of(cap.every)
    counted: list[Row] = []
    for row in rows:
        if len(counted) < cap.times or row[1] - counted[-cap.times][1] >= every:
            counted.append(row)
    return counted


def _largest(rows: Iterable[Row], times: int) -> list[Row]:
    return sorted(rows, key=lambda row: (abs(row[0]), row[-1]), reverse=True)[:times]


def _buckets(rows: Sequence[Row], index: int) -> Collection[list[Row]]:
    found: defaultdict[Hashable, list[Row]] = defaultdict(list)
    for key, row in zip(keys_of([row[index] for row in rows]), rows, strict=True):
        found[key].append(row)
    return found.values()


def _within(points: int, size: int | None) -> int:
    return points if size is None else max(-size, min(size, points))
