"""Peak memory, each figure from a process of its own: of loading rules, and of scoring a stream of leads."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from benchmarks.report import Table

ROOT = Path(__file__).parents[2]
RULES = (0, 300, 1_000, 3_000, 9_000)
LEADS = (1_000, 10_000, 100_000)
MIB = 1024 * 1024


def measure(quick: bool) -> tuple[Table, ...]:
    """Measure files of growing size, and streams of growing length."""
    loads = tuple({"rules": n, "peak MiB": peak("load", n)} for n in ((0, 50) if quick else RULES))
    streams = tuple({"leads": n, "peak MiB": peak("stream", n)} for n in ((50, 100) if quick else LEADS))
    return (
        Table("memory: load a rule file and score one lead", loads, "0 rules: Python with leadrules imported, no more"),
        Table("memory: score a stream of leads, medium rules", streams, "leads are made one by one; audits are read"),
    )


def peak(what: str, size: int) -> float | None:
    """Give the MiB that a process held at its peak; None where the platform does not tell."""
    command = [sys.executable, "-m", "benchmarks.probe", what, str(size)]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
    return int(said) / MIB if said else None
