"""Working days: neither weekend nor public holiday."""

from __future__ import annotations

import datetime as dt
import functools
import zoneinfo
from bisect import bisect_right
from collections.abc import Callable, Mapping
from decimal import Decimal
from importlib import resources
from typing import Any, NamedTuple

from leadrules_geo.opening import days_of_week

from leadrules.sdk import LeadView, criterion, versioned
from leadrules_calendar.places import (
    a_country,
    a_region_of_it,
    country_of,
    holidays_of,
    may_be_known,
    region_of,
)

VERSION = versioned("1", "holidays", "leadrules-geo", "pycountry", "tzdata")
_NO_DAYS = "none"


def a_weekend(text: str) -> None:
    """Refuse a literal that is no weekend."""
    if text and text.strip().casefold() != _NO_DAYS and days_of_week(text) is None:
        raise ValueError('give free days such as "Sat-Sun", "Fri,Sat" or "Sun", or "none"')


CHECKS: Mapping[str, Callable[[Any], object]] = {"country": a_country, "weekend": a_weekend}


@criterion(version=VERSION, checks=CHECKS, together=a_region_of_it)
def is_working_day(day: dt.date, country: str, region: str = "", weekend: str = "") -> bool | None:
    """Tell whether a day is worked: neither a day of the weekend nor a public holiday.

    `country` is any code or name that `geo.country` knows. `region` is a part of it, by the code or name
    that `holidays` has (`BY` or `Bayern` of Germany, `CA` of the United States), also as `DE-BY`; without
    one, only holidays of the whole country count. `weekend` is the country's own, with the Saturdays that a
    country works by decree; days in English, `Sun` or `Fri-Sat`, or `none`, are free instead every week,
    and all others are worked but for public holidays. Half holidays, bank holidays of no public rank and
    school holidays are worked. A moment instead of a day is one of the ruleset's time zone.

    Unknown for a country or region that is none, and in years that `holidays` does not know: most countries
    are known until 2100, some from 1990 on only, and India from 2001 to 2035.

    Source: the public holidays of `holidays`, as of its release; those to come are as decided today, and
    where the moon decides they are estimated.
    """
    place = place_of(country, region, weekend)
    days = None if place is None else working_days(place, day.year)
    return None if days is None else day.toordinal() in days


@criterion(version=VERSION, checks=CHECKS, together=a_region_of_it, fields={}, events={})
def working_days_since(
    lead: LeadView, day: dt.date, country: str, region: str = "", weekend: str = ""
) -> Decimal | None:
    """Count the working days since a day: those after it, until and with the day for which the lead is scored.

    The day itself is not counted: since Friday it is 0 on Saturday and Sunday, and 1 on Monday. Of a day to
    come, the working days until then count, below zero. Today is a day of the ruleset's time zone, and so
    is a moment instead of a day. For `country`, `region`, `weekend` see `is_working_day`.

    Unknown for a country or region that is none, and where a year on the way is not known.

    Source: the public holidays of `holidays`, as of its release.
    """
    place, today = place_of(country, region, weekend), local_day(lead.as_of, lead.timezone)
    if place is None or today is None:
        return None
    first, last = sorted((day, today))
    years = days_of_years(place, first.year, last.year)
    if years is None:
        return None
    found = sum(bisect_right(days, last.toordinal()) - bisect_right(days, first.toordinal()) for days in years)
    return Decimal(found if day <= today else -found)


# ------------------------------------------------------------------ days of a year


class Place(NamedTuple):
    """Whose working days: two letters, a region or empty, and the weekend, None for the country's own."""

    country: str
    region: str
    weekend: frozenset[int] | None


@functools.lru_cache(maxsize=1_024)
def place_of(country: str, region: str, weekend: str) -> Place | None:
    """Read the arguments that all criteria share; None where one of them makes no sense."""
    code = country_of(country)
    part = None if code is None else region_of(code, region)
    free = frozenset[int]() if weekend.strip().casefold() == _NO_DAYS else days_of_week(weekend)
    if code is None or part is None or (weekend and free is None):
        return None
    return Place(code, part, free)


def days_of_years(place: Place, first: int, last: int) -> list[tuple[int, ...]] | None:
    """Give the working days of each year from one to another; None where one of them is not known."""
    if not may_be_known(place.country, first, last):
        return None
    found = []
    for year in range(first, last + 1):
        days = working_days(place, year)
        if days is None:
            return None
        found.append(days)
    return found


@functools.lru_cache(maxsize=2_048)
def working_days(place: Place, year: int) -> tuple[int, ...] | None:
    """Give the working days of a year in order, ordinals as `date.toordinal` counts; None where they are not known.

    What is asked is a calendar of its own, so that no answer depends on what was asked before.
    """
    found = holidays_of(place.country, place.region, year)
    if found is None:
        return None
    first, after = dt.date(year, 1, 1).toordinal(), dt.date(year + 1, 1, 1).toordinal()
    days = map(dt.date.fromordinal, range(first, after))
    if place.weekend is None:
        return tuple(day.toordinal() for day in days if found.is_working_day(day))
    return tuple(day.toordinal() for day in days if day.weekday() not in place.weekend and day not in found)


# ------------------------------------------------------------------ the ruleset's time zone


def local_day(moment: dt.datetime, timezone: str) -> dt.date | None:
    """Give the day of a moment in a time zone; None at the ends of all years, where there may be none."""
    if not dt.MINYEAR < moment.year < dt.MAXYEAR:
        return None
    return moment.astimezone(zone(timezone)).date()


@functools.cache
def zone(name: str) -> zoneinfo.ZoneInfo:
    """Read a time zone from the package tzdata, as leadrules does, whatever the machine itself has."""
    with resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as data:
        return zoneinfo.ZoneInfo.from_file(data, key=name)
