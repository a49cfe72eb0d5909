"""Opening hours and days of the week, as rule files write them; leadrules-calendar reads them so, too."""

from __future__ import annotations

import functools
from decimal import Decimal

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def an_hour(hour: Decimal) -> None:
    """Refuse a literal that is no hour of the day."""
    if not 0 <= hour <= 24:
        raise ValueError("give an hour of the day from 0 to 24; 8.5 is half past eight")


def some_days(text: str) -> None:
    """Refuse a literal that names no days of the week."""
    if days_of_week(text) is None:
        raise ValueError('give days such as "Mon-Fri", "Sun-Thu" or "Mon,Wed,Fri"')


@functools.lru_cache(maxsize=256)
def days_of_week(text: str) -> frozenset[int] | None:
    """Read days of the week, Monday is 0; None for what is none.

    >>> sorted(days_of_week("Sat-Mon"))
    [0, 5, 6]
    """
    found: set[int] = set()
    for part in text.casefold().split(","):
        first, _, last = part.partition("-")
        ends = [day.strip()[:3] for day in (first, last or first)]
        if any(day not in _DAYS for day in ends):
            return None
        start, end = map(_DAYS.index, ends)
        found |= {day % 7 for day in range(start, end + 1 if end >= start else end + 8)}
    return frozenset(found)
