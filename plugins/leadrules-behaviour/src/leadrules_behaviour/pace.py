"""How much happens, and whether it is getting more."""

from __future__ import annotations

from decimal import Decimal

from leadrules.sdk import LeadView, criterion
from leadrules_behaviour.automation import counted
from leadrules_behaviour.windows import before, positive, within


@criterion(version="2", checks={"last_days": positive}, fields={}, events={"activity": {}})
def velocity(lead: LeadView, last_days: Decimal = Decimal(28), without_bots: bool = False) -> Decimal | None:
    """Give how many events of `activity` a week has had over the last `last_days` days.

    Events per week: their number in the window, times 7, divided by `last_days`. The window is closed, as
    `within` is in rules: an event exactly `last_days` times 24 hours old counts. 0 where there is none;
    unknown where `last_days` is not above 0, which a literal is refused for. `without_bots` leaves out
    the opens, clicks and page views that are in a burst, see `bot_bursts`.
    """
    if last_days <= 0:
        return None
    return Decimal(7 * len(within(counted(lead, without_bots=without_bots), last_days))) / last_days


@criterion(version="2", checks={"last_days": positive}, fields={}, events={"activity": {}})
def trend(lead: LeadView, last_days: Decimal = Decimal(28), without_bots: bool = False) -> Decimal | None:
    """Tell whether `activity` grows: the last `last_days` days against as many days before them, from -1 to 1.

    With `a` events in the last window and `b` in the one before, it is (a - b) / (a + b): 1 where all
    of it is new, 0 where nothing changed, -1 where it stopped; a third means twice as many, minus a
    third half as many. An event exactly `last_days` times 24 hours old belongs to the last window, one of
    twice that age to the one before. Unknown where neither window has an event, or `last_days` is not
    above 0, which a literal is refused for. `without_bots` is as for `velocity`.

    Source: the usual symmetrical measure of change; unlike a percentage it has bounds, and an answer
    where the window before was empty.
    """
    lead = counted(lead, without_bots=without_bots)
    recent, earlier = (len(within(lead, last_days)), len(before(lead, last_days))) if last_days > 0 else (0, 0)
    if recent + earlier == 0:
        return None
    return Decimal(recent - earlier) / (recent + earlier)
