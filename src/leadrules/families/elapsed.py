"""Units in which the time since a moment, or until it, is counted: whole ones, rounded down."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable, Mapping
from types import MappingProxyType

import attrs

from leadrules.values import DAY, HOUR, MINUTE, SECOND, WEEK


@attrs.frozen
class ElapsedUnit:
    """One unit. `shortest` is the least length of it in microseconds, the only one unless it `is_calendar`.

    `of_days` counts whole ones from a day to another, never more where the first is later or the other
    earlier; None where a day stands for its midnight.
    """

    name: str
    shortest: int
    of_days: Callable[[dt.date, dt.date], int] | None = None
    is_calendar: bool = False

    def counts_days(self, kind: str) -> bool:
        """Tell whether it goes from local day to local day, for a moment of a kind: a date or a datetime."""
        return self.of_days is not None and (self.is_calendar or kind == "date")

    def of_instants(self, first: int, last: int) -> int:
        """Count whole ones between two instants, where days do not matter."""
        return (last - first) // self.shortest

    def most_within(self, window: int) -> int:
        """Bound the whole ones since a moment of a window, in microseconds."""
        return (window + 2 * DAY) // self.shortest if self.is_calendar else window // self.shortest


def days_between(first: dt.date, last: dt.date) -> int:
    """Count the days from one to another."""
    return (last - first).days


def months_between(first: dt.date, last: dt.date) -> int:
    """Count the most months that may be added to a day without its being after the other.

    What a month does not have is its last day.

    >>> months_between(dt.date(2026, 1, 31), dt.date(2026, 2, 28))
    1
    >>> months_between(dt.date(2026, 1, 31), dt.date(2026, 2, 27))
    0
    """
    months = (last.year - first.year) * 12 + last.month - first.month
    reached = min(first.day, calendar.monthrange(last.year, last.month)[1])
    return months - (reached > last.day)


ELAPSED: Mapping[str, ElapsedUnit] = MappingProxyType(
    {
        unit.name: unit
        for unit in (
            ElapsedUnit("seconds", SECOND),
            ElapsedUnit("minutes", MINUTE),
            ElapsedUnit("hours", HOUR),
            ElapsedUnit("days", DAY, days_between),
            ElapsedUnit("weeks", WEEK, lambda first, last: days_between(first, last) // 7),
            ElapsedUnit("months", 28 * DAY, months_between, is_calendar=True),
            ElapsedUnit("years", 365 * DAY, lambda first, last: months_between(first, last) // 12, is_calendar=True),
        )
    }
)
"""By name, from the shortest to the longest."""
