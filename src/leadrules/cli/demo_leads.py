"""The made-up leads of the demo: the same on every machine and every version of Python.

Only `Random.random` is used, whose sequence for a seed Python promises to keep; everything else of
`random` may change between versions. People and companies are invented, domains end in `.example`.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

import attrs

Item = TypeVar("Item")

SEED = 20261121
LEADS = 300
AS_OF = "2026-11-21"
"""The day as of which the sample is scored: the midnight that begins it, in the time zone of the rules."""

LEAD_COLUMNS = (
    "id", "first_name", "last_name", "email", "phone", "company", "domain", "Job title", "industry", "Company size",
    "trucks", "country", "languages", "budget", "authority", "need", "timing", "Contract ends", "source", "consent",
    "Marital status", "Stage", "Product", "created",
)  # fmt: skip
EVENT_COLUMNS = (
    "id", "lead_id", "type", "at", "contact", "url", "topic", "title", "seconds", "amount", "campaign",
    "trucks_planned", "severity",
)  # fmt: skip

_END = dt.datetime(2026, 11, 20, 18, tzinfo=dt.UTC)
_FIRST = (
    "Ada", "Bruno", "Celia", "Dario", "Edda", "Filip", "Greta", "Henrik", "Ida", "Jonas", "Klara", "Lena",
    "Marek", "Nela", "Oskar", "Petra", "Rada", "Soren", "Tilda", "Viktor",
)  # fmt: skip
_LAST = (
    "Alder", "Birk", "Corva", "Dunaj", "Ekman", "Falk", "Grabow", "Halden", "Ister", "Jarov", "Kolm", "Lindt",
    "Moran", "Novin", "Orlik", "Pralat", "Rusk", "Stern", "Tolman", "Varga",
)  # fmt: skip
_BRANDS = (
    "Kestrel", "Northwind", "Amber", "Polar", "Harbour", "Meridian", "Juniper", "Cobalt", "Larch", "Falcon",
    "Beacon", "Granite", "Willow", "Cedar", "Summit",
)  # fmt: skip
_TRADES: Mapping[str, Sequence[str]] = {
    "transport": ("Haulage", "Freight", "Trucking"),
    "logistics": ("Logistics", "Cargo", "Warehousing"),
    "retail": ("Stores", "Market"),
    "manufacturing": ("Works", "Foundry"),
    "other": ("Partners", "Studio"),
}
_DECIDERS = ("Director of Operations", "Head of Logistics", "Owner", "Chief Operating Officer", "Fleet Director")
_USERS = ("Fleet Manager", "Dispatcher", "Transport Planner", "Warehouse Manager", "Purchasing Specialist")
_LEARNERS = ("Student", "Trainee", "Marketing Intern")
_PAGES = ("/", "/product", "/pricing", "/docs/routes", "/docs/setup", "/compare", "/customers", "/files/tariff.pdf")
_TOPICS = ("routes", "customs", "fuel", "driver hours")


@attrs.frozen
class Kind:
    """A kind of lead: how many of a hundred, whom it consists of, and what such leads do.

    `habits` gives each type of event its weight; `events` is the range of how many, `oldest` and
    `latest` the range of their ages in days. `facts` is how often a fact about them is known,
    `keen` how often a known budget, authority, need or timing is a yes, and `busy` how often they
    spent the last week on the site. `held` is where the list of last time has them: their stage,
    and what they know of the product.
    """

    share: int
    titles: Sequence[str]
    trades: Sequence[str]
    habits: Mapping[str, int]
    events: tuple[int, int]
    oldest: int
    latest: int = 0
    facts: float = 0.7
    keen: float = 0.4
    busy: float = 0.0
    domain: str | None = None
    held: tuple[str, str] = ("", "")
    consent: str = "tak"
    reachable: bool = True


_BROWSING = {"page_view": 12, "email_open": 10, "email_click": 2, "blog_view": 3}
_WEBINARS = {"webinar_signup": 2, "webinar_attended": 2}
_LEARNING = {"whitepaper_download": 2, **_WEBINARS, "video_view": 3, "newsletter_signup": 1}
_BUYING = {"pricing_view": 3, "demo_request": 1, "route_simulation": 2, "trial_start": 1, "meeting_booked": 1}
_FLEETS = ("transport", "transport", "logistics")
_ANY_TRADE = ("transport", "logistics", "retail", "manufacturing", "other")

KINDS: Mapping[str, Kind] = {
    "buyer": Kind(
        11, _DECIDERS, _FLEETS, {**_BROWSING, **_LEARNING, **_BUYING, "event_attended": 1, "email_reply": 2},
        (16, 42), 75, facts=0.9, keen=0.75, busy=0.3,
    ),
    "champion": Kind(
        15, _USERS, _FLEETS, {**_BROWSING, **_LEARNING, "route_simulation": 2, "pricing_view": 2, "demo_request": 1},
        (12, 32), 110, facts=0.7, keen=0.5, busy=0.1, held=("mql", "tried"),
    ),
    "reader": Kind(18, (*_USERS, *_LEARNERS), _ANY_TRADE, {**_BROWSING, **_LEARNING}, (10, 34), 160),
    "newcomer": Kind(
        17, (*_DECIDERS, *_USERS), _ANY_TRADE, {**_BROWSING, "newsletter_signup": 2, "ad_click": 3}, (1, 12), 28,
        facts=0.4,
    ),
    "quiet": Kind(14, (*_DECIDERS, *_USERS), _ANY_TRADE, {**_BROWSING, **_LEARNING}, (8, 30), 340, 70),
    "customer": Kind(
        7, (*_DECIDERS, *_USERS), _FLEETS,
        {**_BROWSING, "purchase": 4, "support_ticket": 2, "trial_start": 1, "webinar_attended": 2}, (18, 44), 200,
        facts=0.95, keen=0.8, held=("customer", "bought"),
    ),
    "former customer": Kind(
        3, _USERS, _FLEETS, {"page_view": 6, "purchase": 2, "email_open": 4}, (8, 20), 360, 190,
        held=("customer", "bought"),
    ),
    "learner": Kind(
        6, _LEARNERS, ("other",), {**_BROWSING, **_LEARNING}, (8, 40), 120, facts=0.2, domain="freemail.example"
    ),
    "competitor": Kind(
        2, ("Product Manager",), ("other",), {"page_view": 8, "pricing_view": 4, "blog_view": 2}, (10, 24), 60,
        facts=0.3, domain="routerival.example",
    ),
    "annoyed": Kind(
        3, _USERS, _ANY_TRADE,
        {"email_open": 6, "page_view": 2, "unsubscribe": 2, "spam_complaint": 1, "email_bounce": 2},
        (6, 16), 150,
    ),
    "without consent": Kind(3, _USERS, _ANY_TRADE, _BROWSING, (4, 20), 90, consent="nie"),
    "out of reach": Kind(1, _USERS, _ANY_TRADE, _BROWSING, (3, 10), 90, reachable=False),
}  # fmt: skip

# Three rows that cannot be read, as every real file has some.
_SLIPS: Mapping[int, tuple[str, str]] = {87: ("Company size", "about 80"), 151: ("Contract ends", "next spring")}
_TWICE: Mapping[int, int] = {212: 118}


class Dice:
    """Chances and choices made of `Random.random` alone."""

    def __init__(self, seed: int) -> None:
        self._roll = random.Random(seed).random  # noqa: S311 - made-up leads are no secret

    def chance(self, probability: float) -> bool:
        """Give True with a probability."""
        return self._roll() < probability

    def pick(self, items: Sequence[Item]) -> Item:
        """Choose one of some items, each as likely."""
        return items[int(self._roll() * len(items))]

    def between(self, low: int, high: int) -> int:
        """Choose a whole number, both ends included."""
        return low + int(self._roll() * (high - low + 1))

    def weighted(self, weights: Mapping[str, int]) -> str:
        """Choose a name by its weight."""
        place = self._roll() * sum(weights.values())
        name = ""
        for name, weight in weights.items():
            place -= weight
            if place < 0:
                return name
        return name


def lead_rows() -> list[dict[str, str]]:
    """Make the rows of the leads, by column."""
    return _sample()[0]


def event_rows() -> list[dict[str, str]]:
    """Make the rows of the events, by column, in order of time."""
    return _sample()[1]


def _sample() -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    dice = Dice(SEED)
    shares = {name: kind.share for name, kind in KINDS.items()}
    leads: list[dict[str, str]] = []
    events: list[dict[str, str]] = []
    for number in range(1, LEADS + 1):
        kind = KINDS[dice.weighted(shares)]
        lead = _lead(dice, f"L-{number:03}", kind)
        its_events = list(_events(dice, lead, kind))
        if number in _TWICE:
            leads.append(leads[_TWICE[number] - 1])
            continue
        leads.append(lead)
        events += its_events
    for number, (column, text) in _SLIPS.items():
        leads[number - 1][column] = text
    events.sort(key=lambda event: (event["at"], event["lead_id"]))
    for index, event in enumerate(events, start=1):
        event["id"] = f"E-{index:05}"
    return leads, events


# --------------------------------------------------------------------- leads


def _lead(dice: Dice, name: str, kind: Kind) -> dict[str, str]:
    first, last = dice.pick(_FIRST), dice.pick(_LAST)
    trade = dice.pick(kind.trades)
    company = f"{dice.pick(_BRANDS)} {dice.pick(_TRADES[trade])}"
    domain = kind.domain or f"{company.lower().replace(' ', '-')}.example"
    employees = _size(dice)
    created = _END - dt.timedelta(days=dice.between(kind.latest, kind.oldest) + 5, minutes=dice.between(0, 1439))
    lead = {
        "id": name,
        "first_name": first,
        "last_name": last,
        "email": f"{first}.{last}@{domain}".lower() if kind.reachable else "",
        "phone": f"+00 555 {dice.between(0, 9999):04}" if kind.reachable and dice.chance(0.5) else "",
        "company": company,
        "domain": domain,
        "Job title": dice.pick(kind.titles),
        "industry": trade if dice.chance(0.5 + kind.facts / 2) else "Select",
        "Company size": str(employees) if dice.chance(kind.facts) else dice.pick(("", "n/a", "not sure")),
        "trucks": str(_trucks(dice, trade, employees)) if dice.chance(kind.facts) else "",
        "country": _country(dice),
        "languages": dice.pick(("pl", "pl; en", "de; en", "en", "cs; de", "")),
        "source": dice.pick(("search", "fair", "referral", "advert", "newsletter")),
        "consent": kind.consent,
        "Marital status": dice.pick(("", "single", "married")),
        "Stage": kind.held[0],
        "Product": kind.held[1],
        "created": _written(created),
    }
    for fact in ("budget", "authority", "need", "timing"):
        lead[fact] = ("yes" if dice.chance(kind.keen) else "no") if dice.chance(kind.facts) else ""
    days = dice.between(-200, 400)
    lead["Contract ends"] = f"{_END + dt.timedelta(days=days):%d.%m.%Y}" if dice.chance(kind.facts * 0.6) else ""
    return lead


def _size(dice: Dice) -> int:
    """Choose a number of employees: most companies are small, a few large."""
    low, high = dice.pick(((4, 49), (4, 49), (50, 199), (50, 199), (200, 950), (1000, 4200)))
    return dice.between(low, high)


def _trucks(dice: Dice, trade: str, employees: int) -> int:
    per_hundred = {"transport": 60, "logistics": 30}.get(trade, 5)
    return employees * dice.between(per_hundred // 2, per_hundred) // 100


def _country(dice: Dice) -> str:
    return dice.weighted({"PL": 45, "DE": 20, "CZ": 14, "SK": 8, "FR": 6, "ES": 4, "US": 3})


def _written(moment: dt.datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


# -------------------------------------------------------------------- events


def _events(dice: Dice, lead: Mapping[str, str], kind: Kind) -> Iterator[dict[str, str]]:
    if dice.chance(kind.busy):
        yield from _busy_week(dice, lead)
    colleagues = [lead["email"] or "reception@front-desk.example"]
    colleagues += [f"{dice.pick(_FIRST)}@{lead['domain']}".lower() for _ in range(dice.between(0, 3))]
    for _ in range(dice.between(*kind.events)):
        type_ = dice.weighted(kind.habits)
        contact = dice.pick(colleagues) if dice.chance(0.3) else colleagues[0]
        at = _END - _age(dice, kind)
        yield _event(dice, lead["id"], type_, at, contact)
        if type_ == "webinar_signup" and dice.chance(0.5):
            attended = at + dt.timedelta(days=dice.between(1, 12))
            if attended < _END:
                yield _event(dice, lead["id"], "webinar_attended", attended, contact)


def _busy_week(dice: Dice, lead: Mapping[str, str]) -> Iterator[dict[str, str]]:
    for _ in range(dice.between(8, 13)):
        at = _END - dt.timedelta(seconds=dice.between(0, 500_000))
        yield _event(dice, lead["id"], "page_view", at, lead["email"])


def _age(dice: Dice, kind: Kind) -> dt.timedelta:
    """Choose an age; of two tries the smaller, since recent events are the more frequent."""
    days = min(dice.between(kind.latest, kind.oldest), dice.between(kind.latest, kind.oldest))
    return dt.timedelta(days=days, seconds=dice.between(0, 43_200))


def _event(dice: Dice, lead: str, type_: str, at: dt.datetime, contact: str) -> dict[str, str]:
    return {"lead_id": lead, "type": type_, "at": _written(at), "contact": contact} | _properties(dice, type_)


def _properties(dice: Dice, type_: str) -> dict[str, str]:
    match type_:
        case "page_view":
            return {"url": dice.pick(_PAGES), "seconds": str(dice.between(5, 240))}
        case "blog_view" | "whitepaper_download":
            return {"topic": dice.pick(_TOPICS)}
        case "video_view":
            return {"title": "Routes in ten minutes", "seconds": str(dice.between(20, 600))}
        case "webinar_signup" | "webinar_attended":
            return {"title": "Planning for peak season"}
        case "event_attended":
            return {"title": "Transport Expo"}
        case "ad_click":
            return {"campaign": dice.pick(("autumn", "hauliers", "brand"))}
        case "purchase":
            return {"amount": str(dice.between(4, 90) * 50)}
        case "route_simulation":
            return {"trucks_planned": str(dice.between(3, 180))}
        case "support_ticket":
            return {"severity": dice.pick(("low", "low", "high"))}
        case _:
            return {}


# --------------------------------------------------------------------- files


def leads_csv() -> str:
    """Write the leads as CSV."""
    return _csv(LEAD_COLUMNS, lead_rows())


def events_csv() -> str:
    """Write the events as CSV, in order of time."""
    return _csv(EVENT_COLUMNS, event_rows())


def _csv(columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
