"""Made-up leads: nobody's data, and the same leads for the same seed.

The number of events of a lead is log-normal, as with real leads: half of them have fewer than 15, a
few have hundreds. Events lie within the year before `AS_OF`, most of them towards its end.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
import random
from collections.abc import Iterator
from typing import Any

Lead = dict[str, Any]

AS_OF = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
"""The moment as of which everything is scored."""

DAYS = 365
"""How old the oldest events are."""

MEDIAN_EVENTS = 15
MOST_EVENTS = 400

INDUSTRIES = (
    "transport", "logistics", "retail", "manufacturing", "software", "finance", "health care", "education",
    "construction", "energy", "food", "media",
)  # fmt: skip
COUNTRIES = ("PL", "DE", "CZ", "SK", "FR", "ES", "IT", "NL", "BE", "SE", "DK", "AT", "PT", "IE", "RO", "HU")
SOURCES = ("organic search", "paid search", "referral", "trade fair", "newsletter", "partner", "webinar", "cold call")
LEVELS = ("director", "head", "chief", "owner", "manager", "specialist", "trainee")
AREAS = ("operations", "logistics", "purchasing", "sales", "marketing", "finance", "technology", "planning")

URLS = tuple(f"/{part}/{page}" for part in ("pricing", "product", "docs", "customers", "blog") for page in range(12))
TOPICS = ("routes", "customs", "fuel", "driver hours", "warehouses", "returns", "tolls", "insurance")
FORMS = ("contact", "demo", "newsletter", "calculator", "download")
CAMPAIGNS = tuple(f"{season} {year}" for year in (2025, 2026) for season in ("spring", "summer", "autumn", "winter"))

TEXTS = {"url": URLS, "topic": TOPICS, "form": FORMS, "campaign": CAMPAIGNS}
"""The values of each text property."""

PROPERTY = {"page_view": "url", "blog_view": "topic", "form_submit": "form", "ad_click": "campaign"}
"""The property of the types of events that have one."""

_WEIGHTS = {
    "page_view": 30, "email_open": 22, "email_click": 8, "blog_view": 7, "ad_click": 5, "video_view": 4,
    "form_submit": 3, "social_engagement": 3, "pricing_view": 3, "webinar_signup": 2, "webinar_attended": 2,
    "content_download": 2, "whitepaper_download": 2, "email_reply": 2, "chat_started": 1, "newsletter_signup": 1,
    "event_attended": 1, "call_answered": 1, "demo_request": 1, "trial_start": 1, "meeting_booked": 1, "unsubscribe": 1,
}  # fmt: skip
EVENTS = tuple(_WEIGHTS)
"""The types of events, the most frequent first."""

_CUMULATIVE = tuple(itertools.accumulate(_WEIGHTS.values()))


def made_up_leads(count: int, seed: int = 1) -> Iterator[Lead]:
    """Make leads one after the other; the first ones are the same whatever the count."""
    chance = random.Random(seed)
    for number in range(1, count + 1):
        events = min(MOST_EVENTS, round(chance.lognormvariate(math.log(MEDIAN_EVENTS), 1)))
        yield {"id": str(number), "attributes": _attributes(chance), "events": made_up_events(events, chance)}


def made_up_lead(events: int, seed: int = 1) -> Lead:
    """Make one lead with so many events."""
    chance = random.Random(seed)
    return {"id": "1", "attributes": _attributes(chance), "events": made_up_events(events, chance)}


def made_up_events(count: int, chance: random.Random) -> list[dict[str, Any]]:
    """Make events in order of time, as a system would hand them over."""
    types = chance.choices(EVENTS, cum_weights=_CUMULATIVE, k=count)
    ages = sorted((DAYS * chance.random() ** 2 for _ in types), reverse=True)
    return [_event(type_, age, chance) for type_, age in zip(types, ages, strict=True)]


def _event(type_: str, age: float, chance: random.Random) -> dict[str, Any]:
    event = {"type": type_, "at": AS_OF - dt.timedelta(microseconds=int(age * 86_400_000_000))}
    if name := PROPERTY.get(type_):
        texts = TEXTS[name]
        event["properties"] = {name: texts[int(len(texts) * chance.random())]}
    return event


def _attributes(chance: random.Random) -> dict[str, Any]:
    """Make attributes; some are not known, as with any lead."""
    title = f"{chance.choice(LEVELS)} of {chance.choice(AREAS)}".capitalize()
    return {
        "industry": chance.choice(INDUSTRIES),
        "country": chance.choice(COUNTRIES),
        "source": chance.choice(SOURCES),
        "job_title": title if chance.random() < 0.9 else None,
        "employees": int(chance.lognormvariate(4.5, 1.6)) if chance.random() < 0.9 else None,
        "annual_revenue": int(chance.lognormvariate(14, 2)) if chance.random() < 0.7 else None,
        "budget": chance.choice((True, False, None)),
        "authority": chance.choice((True, False, None)),
    }
