"""Working hours: from opening to before closing, on working days.

All is counted in whole microseconds of UTC, so that nothing is on either side of an hour by rounding.
"""

from __future__ import annotations

import datetime as dt
import functools
import itertools
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from decimal import ROUND_DOWN, Context, Decimal
from typing import Any

from leadrules_geo.opening import an_hour

from leadrules.sdk import LeadView, Written, criterion
from leadrules_calendar.places import a_region_of_it, last_known
from leadrules_calendar.working_days import (
    CHECKS,
    VERSION,
    Place,
    days_of_years,
    local_day,
    place_of,
    working_days,
    zone,
)

_NINE, _SEVENTEEN = Decimal(9), Decimal(17)
_HOUR = 3_600_000_000
_MICROSECOND = dt.timedelta(microseconds=1)
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_EXACT = Context(prec=60)


def _above_zero(hours: Decimal) -> None:
    if hours <= 0:
        raise ValueError("give a number of working hours above 0")


def _go_together(arguments: Mapping[str, Written]) -> None:
    a_region_of_it(arguments)
    opens, closes = (arguments[name].value if name in arguments else usual for name, usual in _USUAL.items())
    if isinstance(opens, Decimal) and isinstance(closes, Decimal) and opens >= closes:
        raise ValueError(f"it opens at {opens:f} and closes at {closes:f}: `closes` must be later on the same day")


_USUAL = {"opens": _NINE, "closes": _SEVENTEEN}
_CHECKS: Mapping[str, Callable[[Any], object]] = {**CHECKS, "opens": an_hour, "closes": an_hour}


@criterion(version=VERSION, checks=_CHECKS, together=_go_together, fields={}, events={})
def working_hours_since(
    lead: LeadView,
    start: dt.datetime,
    country: str,
    region: str = "",
    opens: Decimal = _NINE,
    closes: Decimal = _SEVENTEEN,
    weekend: str = "",
) -> Decimal | None:
    """Count the working hours since a moment, until the one for which the lead is scored: 1.5 is an hour and a half.

    Only time counts from the hour `opens` to before the hour `closes` on working days, by the clock of the
    ruleset's time zone: 8.5 is half past eight, 24 the end of the day. Since a moment at night it counts
    from the next opening. Hours are those that really pass: where the clock is put forward or back between
    opening and closing, there is one fewer or more. A date instead of a moment is its midnight. Of a moment
    to come, the hours until then count, below zero. Given to six places, which is under 4 milliseconds,
    rounded toward zero: `>= 4` is true from exactly four hours on.

    For `country`, `region`, `weekend` and what is unknown see `working_days_since`. Hours that do not follow
    each other give unknown, too.

    Source: the public holidays of `holidays`, as of its release; the IANA time zone database in `tzdata`.
    """
    place, hours = place_of(country, region, weekend), _opening(opens, closes)
    first, last = sorted((start, lead.as_of))
    first_day, last_day = local_day(first, lead.timezone), local_day(last, lead.timezone)
    if place is None or hours is None or first_day is None or last_day is None:
        return None
    if days_of_years(place, first_day.year, last_day.year) is None:
        return None
    since, until, worked = _instant(first), _instant(last), 0
    for opened, closed in _from(since, first_day.year, last_day.year, place, lead.timezone, *hours):
        if opened >= until:
            break
        worked += min(closed, until) - opened
    signed = Decimal(worked if start <= lead.as_of else -worked)
    return _EXACT.divide(signed, Decimal(_HOUR)).quantize(Decimal("0.000001"), ROUND_DOWN, _EXACT) + 0


@criterion(version=VERSION, checks={**_CHECKS, "hours": _above_zero}, together=_go_together, fields={}, events={})
def due(
    lead: LeadView,
    start: dt.datetime,
    hours: Decimal,
    country: str,
    region: str = "",
    opens: Decimal = _NINE,
    closes: Decimal = _SEVENTEEN,
    weekend: str = "",
) -> dt.datetime | None:
    """Give the moment at which so many working hours have passed since another: until when a lead is to be called.

    It is the first such moment: four hours from 13:00 to 17:00 end at 17:00 of that day, the moment of
    closing, and not at the next opening. Since a moment at night or on a free day it counts from the next
    opening, so an hour since Saturday ends at 10:00 on Monday. It is the same whenever it is asked: what
    `working_hours_since` counts at that moment is `hours`. Parts of hours are kept to the microsecond.

    Hours, days and the clock are those of `working_hours_since`. Unknown also where `hours` are not above 0,
    and where the moment lies in a year that is not known.

    Source: the public holidays of `holidays`, as of its release; the IANA time zone database in `tzdata`.
    """
    place, opening, day = place_of(country, region, weekend), _opening(opens, closes), local_day(start, lead.timezone)
    if place is None or opening is None or day is None or not 0 < hours <= _most_hours(place, day.year):
        return None
    left = max(1, int(_EXACT.multiply(hours, Decimal(_HOUR)).to_integral_value(context=_EXACT)))
    for opened, closed in _from(_instant(start), day.year, None, place, lead.timezone, *opening):
        if closed - opened >= left:
            return _EPOCH + (opened + left) * _MICROSECOND
        left -= closed - opened
    return None


def _most_hours(place: Place, year: int) -> int:
    """Give more hours than there are from a year until those that are known end; none where it is after them."""
    return 366 * 25 * (last_known(place.country) + 1 - year)


def _opening(opens: Decimal, closes: Decimal) -> tuple[int, int] | None:
    """Give the hours of a day in microseconds since its midnight by the clock; None where they do not follow."""
    if not 0 <= opens < closes <= 24:
        return None
    first, last = (
        int(_EXACT.multiply(hour, Decimal(_HOUR)).to_integral_value(context=_EXACT)) for hour in (opens, closes)
    )
    return (first, last) if first < last else None


def _from(
    since: int, first: int, last: int | None, place: Place, timezone: str, opens: int, closes: int
) -> Iterator[tuple[int, int]]:
    """Give the spans of working time from an instant on, in years that are known, in order."""
    for year in itertools.count(first) if last is None else range(first, last + 1):
        openings = _openings(place, year, timezone, opens, closes)
        if openings is None:
            return
        starts, ends = openings
        at = bisect_right(ends, since)
        yield from ((max(start, since), end) for start, end in zip(starts[at:], ends[at:], strict=True))


@functools.lru_cache(maxsize=512)
def _openings(
    place: Place, year: int, timezone: str, opens: int, closes: int
) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    """Give when a year's working days open and close, as instants; None where they are not known.

    A day on which the clock jumps over all of its hours closes as it opens.
    """
    days = working_days(place, year)
    if days is None:
        return None
    at = [dt.timedelta(microseconds=opens), dt.timedelta(microseconds=closes)]
    spans = [[_reached(dt.datetime.fromordinal(day) + hour, timezone) for hour in at] for day in days]
    return tuple(start for start, _ in spans), tuple(end for _, end in spans)


def _reached(clock: dt.datetime, timezone: str) -> int:
    """Give the first instant at which the clock of a time zone shows a time of a day, or has jumped over it."""
    where = zone(timezone)
    found = clock.replace(tzinfo=where).astimezone(dt.UTC)
    if found.astimezone(where).replace(tzinfo=None) == clock:
        return _instant(found)
    before, after = _instant(clock.replace(tzinfo=where, fold=1)), _instant(found)
    while after - before > 1:
        middle = (before + after) // 2
        shown = (_EPOCH + middle * _MICROSECOND).astimezone(where).replace(tzinfo=None)
        before, after = (before, middle) if shown >= clock else (middle, after)
    return after


def _instant(moment: dt.datetime) -> int:
    """Give a moment as microseconds since 1970."""
    return (moment.astimezone(dt.UTC) - _EPOCH) // _MICROSECOND
