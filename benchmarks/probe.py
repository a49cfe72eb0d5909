"""What a process of the measurement `memory` does: some work, then print the bytes that it held at its peak."""

from __future__ import annotations

import platform
import sys
from pathlib import Path

from benchmarks.workload.leads import AS_OF, made_up_lead, made_up_leads
from benchmarks.workload.plan import plan_of
from benchmarks.workload.rule_file import text_of
from leadrules import Ruleset


def load(rules: int) -> None:
    """Load a rule file of so many rules and score one lead; with none, do nothing."""
    if rules:
        Ruleset.from_text(text_of(plan_of(rules))).evaluate(made_up_lead(15), as_of=AS_OF)


def stream(leads: int) -> None:
    """Score so many leads, made one by one, and read their audits."""
    rules = Ruleset.from_text(text_of(plan_of(50)))
    entries = 0
    for result in rules.score_many(made_up_leads(leads), as_of=AS_OF):
        entries += len(result.audit)
    assert entries


def peak() -> int | None:
    """Give the most bytes that this process held, None where the platform does not tell.

    Linux counts into `ru_maxrss` what the parent held when it made the process, hence the other source.
    """
    status = Path("/proc/self/status")
    if status.exists():
        found = [line for line in status.read_text("ascii", errors="replace").splitlines() if line.startswith("VmHWM:")]
        return int(found[0].split()[1]) * 1024
    try:
        import resource
    except ImportError:
        return None
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return held if platform.system() == "Darwin" else held * 1024


if __name__ == "__main__":
    _, what, size = sys.argv
    {"load": load, "stream": stream}[what](int(size))
    print(peak() or "")
