"""Calendar units: what events are counted per, as in `max 2 per day`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from types import MappingProxyType

import attrs

from leadrules.values import DAY, HOUR, WEEK, Zone

_EPOCH_DAY = dt.date(1970, 1, 1).toordinal()


@attrs.frozen
class Calendar:
    """One unit.

    `of_day` numbers it by the local day; None for hours, which are numbered by UTC. `shortest` and
    `longest` bound its length in microseconds, with room for clock changes. `parts` are the units
    that always lie inside one of it, and at most how many of each.
    """

    name: str
    of_day: Callable[[dt.date], int] | None
    shortest: int
    longest: int
    parts: Mapping[str, int] = attrs.field(factory=dict)

    def number(self, instant: int, zone: Zone) -> int:
        """Number the unit that holds an instant, in microseconds."""
        return instant // HOUR if self.of_day is None else self.of_day(zone.day(instant))


CALENDARS: Mapping[str, Calendar] = MappingProxyType(
    {
        calendar.name: calendar
        for calendar in (
            Calendar("hour", None, HOUR, HOUR),
            Calendar("day", lambda day: day.toordinal() - _EPOCH_DAY, DAY, 2 * DAY),
            Calendar("week", lambda day: (day.toordinal() - 1) // 7, WEEK, 8 * DAY, {"day": 7}),
            Calendar("month", lambda day: day.year * 12 + day.month, 28 * DAY, 32 * DAY, {"day": 31}),
            Calendar(
                "quarter", lambda day: day.year * 4 + (day.month - 1) // 3, 90 * DAY, 93 * DAY, {"day": 92, "month": 3}
            ),
        )
    }
)
"""By name, from the shortest to the longest. Weeks begin on Monday; quarters in January, April, July and October."""
