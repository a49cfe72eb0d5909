"""Sessions: runs of activity without a long pause."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from leadrules.sdk import LeadView, criterion
from leadrules_behaviour.automation import counted
from leadrules_behaviour.windows import MINUTE, instants, not_negative, positive, within

_HALF_AN_HOUR = Decimal(30)


@criterion(version="2", checks={"gap": not_negative, "last_days": positive}, fields={}, events={"activity": {}})
def sessions(
    lead: LeadView, gap: Decimal = _HALF_AN_HOUR, last_days: Decimal | None = None, without_bots: bool = False
) -> Decimal:
    """Give the number of sessions: runs of `activity` in which no pause is longer than `gap` minutes.

    A whole number from 0. A pause of exactly `gap` minutes does not end a session. Only events of the
    last `last_days` days count, both ends included; all of them where `last_days` is left out. A single event
    is a session. A `gap` below 0 counts as 0; `last_days` below 0 leave no events.
    `without_bots` leaves out the opens, clicks and page views that are in a burst, see `bot_bursts`.

    Source: the pause of 30 minutes is that of web analytics.
    """
    return Decimal(len(_runs(counted(lead, without_bots=without_bots), gap, last_days)))


@criterion(version="2", checks={"gap": not_negative, "last_days": positive}, fields={}, events={"activity": {}})
def longest_session(
    lead: LeadView, gap: Decimal = _HALF_AN_HOUR, last_days: Decimal | None = None, without_bots: bool = False
) -> Decimal:
    """Give the length of the longest session, in minutes from its first event to its last.

    0 where there is none, or where every session is a single event. Sessions are those of `sessions`,
    with the same `gap` (minutes), `last_days` and `without_bots`. Minutes have decimals, rounded to 28 digits.
    """
    runs = _runs(counted(lead, without_bots=without_bots), gap, last_days)
    longest = max((last - first for first, last in runs), default=0)
    return Decimal(longest) / MINUTE


def _runs(lead: LeadView, gap: Decimal, last_days: Decimal | None) -> list[tuple[int, int]]:
    """Give the first and last moment of every session, in microseconds, in order of time."""
    events = within(lead, last_days)
    longest_pause = Fraction(max(gap, Decimal(0))) * MINUTE
    runs: list[tuple[int, int]] = []
    for moment in instants(events, lead) if events else ():
        if runs and moment - runs[-1][1] <= longest_pause:
            runs[-1] = (runs[-1][0], moment)
        else:
            runs.append((moment, moment))
    return runs
