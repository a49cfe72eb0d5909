"""What rules of each kind cost: files of ten rules of one kind, on the same leads."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from decimal import Decimal
from types import SimpleNamespace

from benchmarks.contest import evaluating
from benchmarks.report import Table, compared
from benchmarks.timing import every, in_turn
from benchmarks.workload.leads import Lead, made_up_leads
from leadrules import Ruleset
from leadrules.sdk import criterion

RULES = 10
BASE = "page_view within {n} days +1 max 3 times"
KINDS: Mapping[str, str] = {
    "count of events": BASE,
    "a number": "employees >= {n}0 +1",
    "a text": 'industry in {{"transport", "x{n}"}} +1',
    "text of events": 'page_view[url contains "/product/{n}"] +1',
    "pattern on events": 'page_view[url matches "^/product/{n}[0-9]*$"] +1',
    "decay": "page_view +2 half-life {n} days",
    "bound after decay": "page_view +2 half-life {n} days max 6 points",
    "largest after decay": "page_view +2 half-life {n} days max 3 times",
    "cap per day": "page_view within {n} days +1 max 1 per day",
    "spaced events": "page_view within {n} days +1 max 1 every 7 days",
    "sequence": "email_open followed by page_view within {n} days +1",
    "plugin": "made_up.letters(industry, least: {n}) +1",
}
"""A rule of each kind; {n} is 11, 12, …"""

IN_NEW_TEXTS = ("text of events", "pattern on events")
"""Kinds that are also measured where every event has a text of its own, as with session ids in addresses.

The engine remembers what it found about some thousands of texts; there are more of them than that.
"""

NEW = ", all different"


@criterion(version="1")
def letters(text: str, least: Decimal) -> bool:
    """Tell whether a text has so many letters."""
    return len(text) >= least


def measure(quick: bool) -> tuple[Table, ...]:
    """Time ten rules of each kind."""
    leads = list(made_up_leads(20 if quick else 1_500))
    fresh = list(_with_new_texts(leads))
    tasks = {name: every(leads, evaluating(_rules_of(rule))) for name, rule in KINDS.items()}
    tasks |= {f"{name}{NEW}": every(fresh, evaluating(_rules_of(KINDS[name]))) for name in IN_NEW_TEXTS}
    taken = in_turn(tasks, 3 if quick else 11)
    rows = tuple(
        {"kind of rule": row["kind of rule"], "for example": _rule(_kind_of(str(row["kind of rule"])), 30), **row}
        for row in compared("kind of rule", taken, "count of events", "µs", 1e6 / len(leads))
    )
    return (Table(f"constructs: {RULES} rules of a kind, {len(leads):,} leads", rows, "ratio: to the first line"),)


def _kind_of(name: str) -> str:
    return KINDS[name.removesuffix(NEW)]


def _rules_of(kind: str) -> Ruleset:
    lines = [_rule(kind, 11 + number) for number in range(RULES)]
    used = ["use made_up"] if "made_up" in kind else []
    return Ruleset.from_text("\n".join(used + lines), criteria={"made_up": SimpleNamespace(letters=letters)})


def _rule(kind: str, number: int) -> str:
    return kind.format(n=number)


def _with_new_texts(leads: list[Lead]) -> list[Lead]:
    """Give the leads with a text of its own in every event that has one."""
    numbers = itertools.count()

    def renewed(event: Lead) -> Lead:
        texts = {name: f"{text}?session={next(numbers)}" for name, text in event.get("properties", {}).items()}
        return {**event, "properties": texts} if texts else event

    return [{**lead, "events": [renewed(event) for event in lead["events"]]} for lead in leads]
