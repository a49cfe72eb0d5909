"""Bursts that no person makes: many opens, clicks or pages within seconds.

Mail gateways follow every link of a message before they deliver it, and crawlers read page after
page. Both leave events that look like interest.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from leadrules.sdk import LeadView, criterion
from leadrules_behaviour.windows import SECOND, instants, not_negative, positive

CLICKED: dict[str, dict[str, type]] = {
    name: {} for name in ("email_open", "email_click", "page_view", "pricing_view", "ad_click")
}
"""The standard events that a program causes as easily as a person."""

_CLICKS, _SECONDS = Decimal(5), Decimal(10)


@criterion(version="1", checks={"clicks": positive, "seconds": not_negative}, fields={}, events=CLICKED)
def bot_bursts(lead: LeadView, clicks: Decimal = _CLICKS, seconds: Decimal = _SECONDS) -> Decimal:
    """Give the number of bursts: at least `clicks` opens, clicks or page views within `seconds` seconds.

    A whole number from 0. Counted are `email_open`, `email_click`, `page_view`, `pricing_view` and
    `ad_click`, all together. Both ends of the `seconds` are included. Bursts that share an event are
    one, so a crawler that never stops is one burst, however long. Fewer than 2 `clicks` count as 2:
    a single event is no burst. `seconds` below 0 count as 0.
    """
    return Decimal(len(_bursts(_moments(lead), clicks, seconds)))


@criterion(version="1", checks={"clicks": positive, "seconds": not_negative}, fields={}, events=CLICKED)
def bot_events(lead: LeadView, clicks: Decimal = _CLICKS, seconds: Decimal = _SECONDS) -> Decimal:
    """Give the number of opens, clicks and page views that belong to a burst, as `bot_bursts` finds them.

    A whole number from 0.
    """
    return Decimal(sum(last - first for first, last in _bursts(_moments(lead), clicks, seconds)))


@criterion(version="1", checks={"clicks": positive, "seconds": not_negative}, fields={}, events=CLICKED)
def human_events(lead: LeadView, clicks: Decimal = _CLICKS, seconds: Decimal = _SECONDS) -> Decimal:
    """Give the number of opens, clicks and page views that belong to no burst, as `bot_bursts` finds them.

    A whole number from 0; with `bot_events` it is the number of all of them.
    """
    moments = _moments(lead)
    return Decimal(len(moments) - sum(last - first for first, last in _bursts(moments, clicks, seconds)))


def counted(lead: LeadView, *, without_bots: bool) -> LeadView:
    """Give a lead with the events that count: all, or those that no program caused.

    Left out are opens, clicks and page views in a burst, as `bot_bursts` finds them by default; among
    what the lead's view has, so that nothing else decides.
    """
    if not without_bots:
        return lead
    clicked = [place for place, event in enumerate(lead.events) if event.type in CLICKED]
    moments = instants([lead.events[place] for place in clicked], lead) if clicked else []
    bots = {place for first, last in _bursts(moments, _CLICKS, _SECONDS) for place in clicked[first:last]}
    kept = tuple(event for place, event in enumerate(lead.events) if place not in bots)
    return LeadView(lead.id, lead.attributes, kept, as_of=lead.as_of, timezone=lead.timezone)


def _moments(lead: LeadView) -> list[int]:
    return instants(lead.events, lead) if lead.events else []


def _bursts(moments: list[int], clicks: Decimal, seconds: Decimal) -> list[tuple[int, int]]:
    """Give where each burst begins and, half-open, where it ends among the moments, in order."""
    fewest = max(2, _at_least(clicks))
    span = Fraction(max(seconds, Decimal(0))) * SECOND
    bursts: list[tuple[int, int]] = []
    for end in range(fewest, len(moments) + 1):
        first = end - fewest
        if moments[end - 1] - moments[first] > span:
            continue
        if bursts and first < bursts[-1][1]:
            bursts[-1] = (bursts[-1][0], end)
        else:
            bursts.append((first, end))
    return bursts


def _at_least(clicks: Decimal) -> int:
    """Give the smallest whole number that is at least `clicks`."""
    return -(-Fraction(clicks) // 1)
