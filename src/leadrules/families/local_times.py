"""Parts of local time that rules may ask for: the hour of a moment, the weekday, month, quarter and year of a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from types import MappingProxyType

import attrs


@attrs.frozen
class LocalTime:
    """One part: `of` a wall clock or day, from `low` to `high`. It never falls within what gives one `period`.

    `of_clock` says that a day has none of it.
    """

    name: str
    of: Callable[[dt.date], int]
    low: int
    high: int
    period: Callable[[dt.date], object]
    of_clock: bool = False


def _hour(local: dt.date) -> int:
    assert isinstance(local, dt.datetime)
    return local.hour


def _day(local: dt.date) -> object:
    return local.toordinal()


LOCAL_TIMES: Mapping[str, LocalTime] = MappingProxyType(
    {
        part.name: part
        for part in (
            LocalTime("hour", _hour, 0, 23, _day, of_clock=True),
            LocalTime("weekday", lambda local: local.isoweekday(), 1, 7, lambda local: (local.toordinal() - 1) // 7),
            LocalTime("month", lambda local: local.month, 1, 12, lambda local: local.year),
            LocalTime("quarter", lambda local: (local.month - 1) // 3 + 1, 1, 4, lambda local: local.year),
            LocalTime("year", lambda local: local.year, dt.MINYEAR, dt.MAXYEAR, lambda _: None),
        )
    }
)
"""By name. Monday is weekday 1."""
