"""Recency, frequency and monetary value in five classes, 5 the best, by cut-offs that the rule file declares.

Source: Arthur Hughes, Strategic Database Marketing (1994). There the cut-offs are quintiles of all
customers. A rule file scores one lead at a time and must give the same answer tomorrow, so it states
them: take them from your data once, and again when they no longer fit.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from leadrules.sdk import LeadView, criterion
from leadrules_behaviour.automation import counted
from leadrules_behaviour.windows import DAY, age, not_negative, positive, within

_NOT_NEGATIVE = dict.fromkeys(("a", "b", "c", "d"), not_negative)
_YEAR = Decimal(365)


@criterion(version="2", checks=_NOT_NEGATIVE, fields={}, events={"activity": {}})
def recency(
    lead: LeadView, a: Decimal, b: Decimal, c: Decimal, d: Decimal, without_bots: bool = False
) -> Decimal | None:
    """Give the class of a lead's last `activity`: 5 within `a` days, 4 within `b`, 3 within `c`, 2 within `d`, else 1.

    Days are whole and floored, as those of `days since activity`: `recency(7, 30, 90, 180)` is 5 up to
    the end of the seventh day. The order in which the cut-offs are written does not matter. Unknown
    where there never was any activity. `without_bots` leaves out the opens, clicks and page views that
    are in a burst, see `bot_bursts`. Of purchases alone: `purchase_recency`.
    """
    return _recency(counted(lead, without_bots=without_bots), (a, b, c, d))


@criterion(version="1", checks=_NOT_NEGATIVE, fields={}, events={"purchase": {}})
def purchase_recency(lead: LeadView, a: Decimal, b: Decimal, c: Decimal, d: Decimal) -> Decimal | None:
    """Give the class of a lead's last `purchase`: 5 within `a` days, 4 within `b`, 3 within `c`, 2 within `d`, else 1.

    As `recency`, of purchases instead of any activity: the R of customers. Unknown where there never was one.
    """
    return _recency(lead, (a, b, c, d))


@criterion(version="2", checks={**_NOT_NEGATIVE, "last_days": positive}, fields={}, events={"activity": {}})
def frequency(
    lead: LeadView,
    a: Decimal,
    b: Decimal,
    c: Decimal,
    d: Decimal,
    last_days: Decimal | None = _YEAR,
    without_bots: bool = False,
) -> Decimal:
    """Give the class of how often there is `activity`: 2 from `a` events on, 3 from `b`, 4 from `c`, 5 from `d`, or 1.

    Counted are the events of the last `last_days` days, both ends included; all there are where `last_days` is
    unknown. The order in which the cut-offs are written does not matter. `without_bots` is as for `recency`.
    Of purchases alone: `purchase_frequency`.
    """
    return _frequency(counted(lead, without_bots=without_bots), (a, b, c, d), last_days)


@criterion(version="1", checks={**_NOT_NEGATIVE, "last_days": positive}, fields={}, events={"purchase": {}})
def purchase_frequency(
    lead: LeadView, a: Decimal, b: Decimal, c: Decimal, d: Decimal, last_days: Decimal | None = _YEAR
) -> Decimal:
    """Give the class of the number of purchases: 2 from `a` of them on, 3 from `b`, 4 from `c`, 5 from `d`, or 1.

    As `frequency`, of purchases instead of any activity: the F of customers.
    """
    return _frequency(lead, (a, b, c, d), last_days)


@criterion(
    version="1", checks={**_NOT_NEGATIVE, "last_days": positive}, fields={}, events={"purchase": {"amount": Decimal}}
)
def monetary(
    lead: LeadView, a: Decimal, b: Decimal, c: Decimal, d: Decimal, last_days: Decimal | None = _YEAR
) -> Decimal:
    """Give the class of what was spent: 2 from `a` on, 3 from `b`, 4 from `c`, 5 from `d`, or 1.

    Summed are the amounts of `purchase` in the last `last_days` days, both ends included; all there are
    where `last_days` is unknown. The sum is exact; an unknown amount is left out, a negative one (a refund)
    is subtracted. The order in which the cut-offs are written does not matter.
    """
    amounts = (event.properties.get("amount", None) for event in within(lead, last_days))
    spent = sum((Fraction(amount) for amount in amounts if isinstance(amount, Decimal)), Fraction(0))
    return _class(spent, (a, b, c, d))


def _recency(lead: LeadView, cuts: tuple[Decimal, ...]) -> Decimal | None:
    if not lead.events:
        return None
    days = min(age(event, lead) for event in lead.events) // DAY
    return Decimal(5 - sum(days > Fraction(cut) for cut in cuts))


def _frequency(lead: LeadView, cuts: tuple[Decimal, ...], last_days: Decimal | None) -> Decimal:
    return _class(Fraction(len(within(lead, last_days))), cuts)


def _class(value: Fraction, cuts: tuple[Decimal, ...]) -> Decimal:
    return Decimal(1 + sum(value >= Fraction(cut) for cut in cuts))
