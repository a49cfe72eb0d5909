"""Compiled rules against hand-written Python that scores the same rules on the same leads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchmarks.contest import PLANS, Contest, compare, contest_of, evaluating
from benchmarks.report import Row, Table
from benchmarks.timing import every, in_turn, median, ratio, spread
from benchmarks.workload.leads import AS_OF, Lead, made_up_leads


def measure(quick: bool) -> tuple[Table, ...]:
    """Compare and time all rule files. Raises Mismatch."""
    leads = list(made_up_leads(60 if quick else 2_000))
    rows = [
        row for name, plan in PLANS.items() for row in timed_rows(contest_of(name, plan), leads, 3 if quick else 25)
    ]
    sizes = sorted(len(lead["events"]) for lead in leads)
    middle, mean = sizes[len(sizes) // 2], round(sum(sizes) / len(sizes))
    title = f"engine: one lead after the other, {len(leads):,} made-up leads"
    note = f"events of a lead: median {middle}, mean {mean}, at most {sizes[-1]}; ratio: leadrules / hand-written"
    return (Table(title, tuple(rows), note),)


def timed_rows(contest: Contest, leads: Sequence[Lead], passes: int) -> Iterator[Row]:
    """Compare, then time without and with the audit. Raises Mismatch."""
    compare(contest, leads)
    for audit in (False, True):
        hand_written = contest.hand_written[audit]
        tasks = {
            "leadrules": every(leads, evaluating(contest.rules, audit=audit)),
            "hand-written": every(leads, lambda lead, score=hand_written: score(lead, AS_OF)),
        }
        taken = in_turn(tasks, passes)
        low, high = spread(taken["leadrules"], taken["hand-written"])
        yield {
            "rule file": contest.name,
            "rules": contest.count,
            "audit": "read" if audit else "not read",
            "hand-written µs": median(taken["hand-written"]) / len(leads) * 1e6,
            "leadrules µs": median(taken["leadrules"]) / len(leads) * 1e6,
            "ratio": ratio(taken["leadrules"], taken["hand-written"]),
            "middle half": f"{low:.2f} to {high:.2f}",
        }
