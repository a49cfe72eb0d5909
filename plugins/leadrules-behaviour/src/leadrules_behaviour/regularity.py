"""On how many days something happens, and on how many in a row; days are those of the ruleset's timezone."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from leadrules.sdk import LeadView, criterion
from leadrules_behaviour.automation import counted
from leadrules_behaviour.windows import local_day, positive

Unit = Literal["day", "week"]
_UNITS: dict[Unit, int] = {"day": 1, "week": 7}


@criterion(version="2", checks={"last_days": positive}, fields={}, events={"activity": {}})
def active_days(lead: LeadView, last_days: Decimal | None = None, without_bots: bool = False) -> Decimal:
    """Give the number of calendar days that had `activity`.

    A whole number from 0. With `last_days`, only the last so many calendar days count, today among them:
    `active_days(7)` is 0 to 7. A part of a day does not count. Days begin at midnight in the timezone
    of the ruleset, by the rules of the package tzdata. `without_bots` leaves out the opens, clicks and
    page views that are in a burst, see `bot_bursts`.
    """
    lead = counted(lead, without_bots=without_bots)
    found, today = _active(lead, 1), _number(local_day(lead.as_of, lead), 1)
    if last_days is None:
        return Decimal(len(found))
    first = today - int(min(Fraction(last_days), Fraction(today)) // 1)
    return Decimal(sum(day > first for day in found))


@criterion(version="2", fields={}, events={"activity": {}})
def streak(lead: LeadView, unit: Unit = "day", without_bots: bool = False) -> Decimal:
    """Give for how many calendar days (or weeks) in a row there has been `activity`, up to now.

    A whole number from 0. A streak that lasts until yesterday (last week) goes on: today is not over.
    `unit` is "day" or "week"; weeks begin on Monday. Days are those of the ruleset's timezone.
    `without_bots` is as for `active_days`.
    """
    length = _UNITS[unit]
    now = _number(local_day(lead.as_of, lead), length)
    runs = _runs(_active(counted(lead, without_bots=without_bots), length))
    return Decimal(next((last - first + 1 for first, last in runs if last >= now - 1), 0))


@criterion(version="2", fields={}, events={"activity": {}})
def longest_streak(lead: LeadView, unit: Unit = "day", without_bots: bool = False) -> Decimal:
    """Give the largest number of calendar days (or weeks) in a row that ever had `activity`.

    A whole number from 0. `unit` and `without_bots` are as for `streak`.
    """
    runs = _runs(_active(counted(lead, without_bots=without_bots), _UNITS[unit]))
    return Decimal(max((last - first + 1 for first, last in runs), default=0))


def _active(lead: LeadView, length: int) -> list[int]:
    """Number the days, or weeks, that have an event, each once, in order of time."""
    return sorted({_number(local_day(event.at, lead), length) for event in lead.events})


def _number(day: int, length: int) -> int:
    """Number the day or week of a calendar day, from 0; weeks begin on Monday, as the first day of year 1 did."""
    return (day - 1) // length


def _runs(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Give the first and last number of every run without a hole, in order."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs
