"""When something may move next: where it is best to part a span.

Nothing rests on these moments but speed. A span that is parted elsewhere takes more steps to the same end.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterator

import attrs

from leadrules.engine.spans.selections import Pool
from leadrules.values import Zone


@attrs.define
class Moves:
    """What has been seen to move about a lead: windows over pools of events, points that fade, counts of time."""

    zone: Zone
    windows: dict[tuple[int, int], tuple[Pool, int]] = attrs.field(factory=dict)
    fading: dict[tuple[int, int], tuple[Pool, int]] = attrs.field(factory=dict)
    single: set[int] = attrs.field(factory=set)
    aging: set[tuple[int, int]] = attrs.field(factory=set)
    by_calendar: bool = False

    def window(self, pool: Pool, within: int) -> None:
        """Note that events leave a window, each one microsecond after so long."""
        self.windows[id(pool), within] = (pool, within + 1)

    def fades(self, pool: Pool, unit: int) -> None:
        """Note that points of events fade, each time that they are older by a unit."""
        self.fading[id(pool), unit] = (pool, unit)

    def after(self, moment: int) -> int | None:
        """Give the first move after a moment, of those that are known of."""
        return min(self._each_after(moment), default=None)

    def _each_after(self, moment: int) -> Iterator[int]:
        for pool, within in self.windows.values():
            index = bisect_right(pool.moments, moment - within)
            if index < len(pool.moments):
                yield pool.moments[index] + within
        for pool, unit in self.fading.values():
            if pool.moments:
                yield moment + unit - max([(moment - at) % unit for at in pool.moments])
        yield from (one for one in self.single if one > moment)
        yield from (moment + unit - (moment - one) % unit for one, unit in self.aging)
        if self.by_calendar:
            yield self.zone.midnight(self.zone.day(moment) + dt.timedelta(days=1))
