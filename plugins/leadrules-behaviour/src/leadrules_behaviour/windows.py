"""Which events count: windows in exact time, and days of the ruleset's calendar.

Moments are whole microseconds, and spans exact fractions of them, so that no event is on either side
of a boundary by rounding. A day is 24 hours, as in the language, except where a calendar day is meant.
"""

from __future__ import annotations

import datetime as dt
import functools
import zoneinfo
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from importlib import resources

from leadrules.sdk import EventView, LeadView

SECOND = 1_000_000
MINUTE = 60 * SECOND
DAY = 24 * 60 * MINUTE
_MICROSECOND = dt.timedelta(microseconds=1)


def positive(number: Decimal) -> None:
    """Refuse a literal span that is not above 0."""
    if number <= 0:
        raise ValueError("it must be above 0")


def not_negative(number: Decimal) -> None:
    """Refuse a literal below 0."""
    if number < 0:
        raise ValueError("it must not be below 0")


def age(event: EventView, lead: LeadView) -> int:
    """Give how long ago an event was at `as_of`, in microseconds."""
    return (lead.as_of - event.at) // _MICROSECOND


def within(lead: LeadView, days: Decimal | None) -> list[EventView]:
    """Give the events of the last so many days, both ends included; all of them where `days` is None."""
    if days is None:
        return list(lead.events)
    span = Fraction(days) * DAY
    return [event for event in lead.events if age(event, lead) <= span]


def before(lead: LeadView, days: Decimal) -> list[EventView]:
    """Give the events of as many days before those: older than `days`, and at most twice as old."""
    span = Fraction(days) * DAY
    return [event for event in lead.events if span < age(event, lead) <= 2 * span]


def instants(events: Iterable[EventView], lead: LeadView) -> list[int]:
    """Give the moments of events as microseconds since the first of them, in order of time."""
    ages = sorted((age(event, lead) for event in events), reverse=True)
    return [ages[0] - one for one in ages]


# ------------------------------------------------------------------ the calendar


def local_day(moment: dt.datetime, lead: LeadView) -> int:
    """Give the number of the calendar day of a moment in the ruleset's timezone; the next day's is one more."""
    return moment.astimezone(_zone(lead.timezone)).toordinal()


@functools.cache
def _zone(name: str) -> zoneinfo.ZoneInfo:
    """Read a timezone from the package tzdata, as leadrules does, whatever the machine itself has."""
    file = resources.files("tzdata").joinpath("zoneinfo", *name.split("/"))
    with file.open("rb") as data:
        return zoneinfo.ZoneInfo.from_file(data, key=name)
