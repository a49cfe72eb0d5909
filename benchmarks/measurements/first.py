"""What the first leads cost: rules are compiled at the first one, and tables fill up with the next ones.

What points are worth at an age, and what is known about a text, is worked out when it is first met.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator, Mapping, Sequence

from benchmarks.contest import PLANS, evaluating
from benchmarks.report import Row, Table
from benchmarks.timing import median
from benchmarks.workload.leads import Lead, made_up_leads
from benchmarks.workload.rule_file import text_of
from leadrules import Ruleset

ENDS = (1, 100, 1_000, 5_000)


def measure(quick: bool) -> tuple[Table, ...]:
    """Time the leads of a stream as they come, with rules that are loaded anew in every pass."""
    ends = (1, 10, 20, 30) if quick else ENDS
    leads = list(made_up_leads(ends[-1]))
    texts = {name: text_of(plan) for name, plan in PLANS.items()}
    taken = [
        {name: list(_stretches(text, leads, ends)) for name, text in texts.items()} for _ in range(2 if quick else 7)
    ]
    rows = tuple(_row(name, [one[name] for one in taken], ends) for name in PLANS)
    return (Table("first: µs per lead in a stream of leads, by its place", rows, "the first lead includes compiling"),)


def _stretches(text: str, leads: Sequence[Lead], ends: Sequence[int]) -> Iterator[float]:
    """Give the mean seconds of a lead between each end and the next."""
    score = evaluating(Ruleset.from_text(text))
    gc.collect()
    for start, end in _between(ends):
        begun = time.perf_counter()
        for lead in leads[start:end]:
            score(lead)
        yield (time.perf_counter() - begun) / (end - start)


def _between(ends: Sequence[int]) -> Iterator[tuple[int, int]]:
    return zip((0, *ends), ends, strict=False)


def _row(name: str, passes: Sequence[Sequence[float]], ends: Sequence[int]) -> Row:
    places = [f"{start + 1:,} to {end:,}" if end - start > 1 else f"{end:,}" for start, end in _between(ends)]
    figures: Mapping[str, float] = {
        place: median(seconds) * 1e6 for place, seconds in zip(places, zip(*passes, strict=True), strict=True)
    }
    return {"rule file": name, "rules": len(PLANS[name].rules), **figures}
