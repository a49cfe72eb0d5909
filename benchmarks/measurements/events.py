"""How cost grows with the number of events of one lead, by the medium rules."""

from __future__ import annotations

from benchmarks.contest import PLANS, Contest, compare, contest_of, evaluating
from benchmarks.report import Row, Table
from benchmarks.timing import every, in_turn, median, ratio
from benchmarks.workload.leads import AS_OF, Lead, made_up_lead

SIZES = (100, 1_000, 10_000, 100_000)


def measure(quick: bool) -> tuple[Table, ...]:
    """Time one lead with more and more events, in both forms. Raises Mismatch."""
    contest = contest_of("medium", PLANS["medium"])
    sizes = SIZES[:2] if quick else SIZES
    rows = []
    for size in sizes:
        lead = made_up_lead(size)
        compare(contest, [lead])
        rows.append(_row(contest, lead, max(1, 20_000 // size), 3 if quick else 15))
    return (Table(f"events: one lead, {contest.count} rules", tuple(rows), "ratio: leadrules / hand-written"),)


def _row(contest: Contest, lead: Lead, times: int, passes: int) -> Row:
    """Time a lead so many times over: a single time of a short one would be mostly noise."""
    tasks = {
        "leadrules": every([lead] * times, evaluating(contest.rules)),
        "audit": every([lead] * times, evaluating(contest.rules, audit=True)),
        "hand-written": every([lead] * times, lambda one: contest.hand_written[0](one, AS_OF)),
    }
    taken = in_turn(tasks, passes)
    events = len(lead["events"])
    return {
        "events": events,
        "hand-written µs": median(taken["hand-written"]) / times * 1e6,
        "leadrules µs": median(taken["leadrules"]) / times * 1e6,
        "with audit µs": median(taken["audit"]) / times * 1e6,
        "ratio": ratio(taken["leadrules"], taken["hand-written"]),
        "ns per event": median(taken["leadrules"]) / times * 1e9 / events,
    }
