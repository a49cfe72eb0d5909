"""How cost grows with the number of rules: to load a file, to compile it, to score a lead."""

from __future__ import annotations

import time
from collections.abc import Sequence

from benchmarks.contest import compare, contest_of, evaluating
from benchmarks.report import Row, Table
from benchmarks.timing import Seconds, Step, every, in_turn, median, timed
from benchmarks.workload.leads import AS_OF, Lead, made_up_leads
from benchmarks.workload.plan import plan_of
from benchmarks.workload.rule_file import text_of
from leadrules import Ruleset

SIZES = (50, 300, 1_000, 3_000)


def measure(quick: bool) -> tuple[Table, ...]:
    """Time growing rule files on the same leads. Raises Mismatch."""
    sizes = (50, 100) if quick else SIZES
    leads = list(made_up_leads(20 if quick else 200))
    texts = {size: text_of(plan_of(size)) for size in sizes}
    lead = leads[0]
    loads = {f"load {n}": [loading(texts[n])] for n in sizes}
    compiles = {f"compile {n}": [first_evaluation(texts[n], lead)] for n in sizes}
    taken = in_turn(loads | compiles, 2 if quick else 5)
    scoring: dict[str, Sequence[Step]] = {}
    for size in sizes:
        contest = contest_of(f"{size:,}", plan_of(size))
        compare(contest, leads[:20])
        scoring[f"score {size}"] = every(leads, evaluating(contest.rules))
        scoring[f"audit {size}"] = every(leads, evaluating(contest.rules, audit=True))
    taken |= in_turn(scoring, 3 if quick else 11)
    title = f"rules: files of growing size, {len(leads)} leads"
    note = "load: Ruleset.from_text; compile: what the first evaluate takes"
    return (Table(title, tuple(_row(size, taken, len(leads)) for size in sizes), note),)


def loading(text: str) -> Step:
    """Give a step that loads rules."""
    return timed(lambda: Ruleset.from_text(text))


def first_evaluation(text: str, lead: Lead) -> Step:
    """Give a step that loads rules, then times their first evaluation, which compiles them."""

    def seconds() -> float:
        rules = Ruleset.from_text(text)
        start = time.perf_counter()
        rules.evaluate(lead, as_of=AS_OF)
        return time.perf_counter() - start

    return seconds


def _row(size: int, taken: dict[str, Seconds], leads: int) -> Row:
    load, first, score, audit = (median(taken[f"{what} {size}"]) for what in ("load", "compile", "score", "audit"))
    return {
        "rules": size,
        "load ms": load * 1e3,
        "compile ms": first * 1e3,
        "both, ms per rule": (load + first) * 1e3 / size,
        "score µs": score / leads * 1e6,
        "with audit µs": audit / leads * 1e6,
        "score, ns per rule": score / leads * 1e9 / size,
    }
