"""The command `python -m benchmarks`: its options, and what it prints."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.contest import PLANS, Mismatch
from benchmarks.measurements import MEASUREMENTS
from benchmarks.report import Table, machine_line, write_json
from benchmarks.workload.hand_written import source_of
from benchmarks.workload.rule_file import text_of


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print tables. The exit status is 0, 1 where a comparison failed, 2 for a wrong option."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    options = _parser().parse_args(given)
    if options.show:
        print(text_of(PLANS[options.show]), source_of(PLANS[options.show], audit=True), sep="\n", end="")
        return 0
    command = shlex.join(["python", "-m", "benchmarks", *given])
    print(machine_line(), f"$ {command}", sep="\n", flush=True)
    try:
        found = _measured(options.only or list(MEASUREMENTS), quick=options.quick)
    except Mismatch as problem:
        return _failed(1, f"stopped before timing, because {problem}")
    except KeyboardInterrupt:
        return 130
    return _written(options.json, command, found) if options.json else 0


def _measured(names: Sequence[str], *, quick: bool) -> dict[str, tuple[Table, ...]]:
    found = {}
    for name in names:
        found[name] = MEASUREMENTS[name].measure(quick)
        for table in found[name]:
            print("", table, sep="\n", flush=True)
    return found


def _written(path: Path, command: str, found: dict[str, tuple[Table, ...]]) -> int:
    try:
        write_json(path, command, found)
    except OSError as problem:
        return _failed(2, f"cannot write {path}: {problem.strerror}")
    return 0


def _failed(status: int, message: str) -> int:
    print(f"benchmarks: {message}", file=sys.stderr)
    return status


def _parser() -> argparse.ArgumentParser:
    width = max(map(len, MEASUREMENTS))
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure how fast leadrules is. Read ratios rather than times: a machine has slow spells.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="measurements:\n" + "\n".join(f"  {name:{width}}  {one.about}" for name, one in MEASUREMENTS.items()),
        allow_abbrev=False,
    )
    parser.add_argument(
        "--only", action="append", choices=MEASUREMENTS, metavar="NAME", help="measure NAME; may be given several times"
    )
    parser.add_argument("--quick", action="store_true", help="take seconds: few leads, few passes; only to see it work")
    parser.add_argument("--json", type=_new_file, metavar="FILE", help="also write the figures to FILE")
    parser.add_argument("--show", choices=PLANS, help="print a rule file and its hand-written counterpart, and stop")
    return parser


def _new_file(text: str) -> Path:
    """Read a path that can be written; said before anything is measured, which takes minutes."""
    path = Path(text)
    if path.is_dir() or not path.parent.is_dir():
        reason = "is a folder" if path.is_dir() else "is in no folder that there is"
        raise argparse.ArgumentTypeError(f"{text} {reason}")
    return path
