"""`leadrules check`: every mistake of a rule file, what its rules do, and what leads lack for them.

Most checks ask for neither list nor leads, so what these need is loaded when they are asked for.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.text import Text

from leadrules import program as p
from leadrules.audit import RulesetIdentity
from leadrules.canonical import canonical_json
from leadrules.check.checker import Checked
from leadrules.cli.called import program as called
from leadrules.cli.rule_files import Given, check_file
from leadrules.cli.running import OK, RULES_WRONG, SOME_REJECTED
from leadrules.cli.screen import Screen, counted, tally
from leadrules.cli.streams import standard_output
from leadrules.families import MARKS
from leadrules.lead import LeadReader
from leadrules.loading import fingerprint_of, review

if TYPE_CHECKING:
    from leadrules.cli.reading import Source
    from leadrules.tables import Comparison


def check(
    path: Path, source: Source | None, given: Given, *, verbose: bool, as_json: bool, show_code: bool = False
) -> int:
    """Check a rule file, also against leads where there are some, and give the exit status."""
    checked = review(check_file(path, given))
    program = checked.program
    comparison = None
    if program is not None and source is not None:
        from leadrules.tables.comparison import compare_program
        from leadrules.tables.result_columns import ALL

        comparison = compare_program(program, source.open(program, also=[ALL]), lenient=given.lenient)
    if as_json:
        _write_json(path, checked, program, comparison, verbose=verbose, show_code=show_code)
    else:
        _show(path, checked, program, comparison, verbose=verbose, show_code=show_code)
    if program is None:
        return RULES_WRONG
    return SOME_REJECTED if comparison is not None and comparison.rejects else OK


def _show(
    path: Path,
    checked: Checked,
    program: p.Program | None,
    comparison: Comparison | None,
    *,
    verbose: bool,
    show_code: bool,
) -> None:
    screen = Screen(stderr=show_code)  # so that what is shown of the code is code, and nothing else
    diagnostics = checked.diagnostics
    for diagnostic in diagnostics:
        screen.diagnostic(diagnostic)
        screen.line()
    if program is not None and verbose:
        from leadrules.cli.rules import show_rules

        show_rules(screen, program)
    if program is not None and show_code:
        Screen().put(Text(_code_of(program) or "# nothing is written here: the reference engine answers all of it\n"))
    for remark in checked.remarks:
        screen.note(remark)
    if comparison is not None:
        from leadrules.cli.against import show_comparison

        show_comparison(screen, comparison)
        screen.line()
    if program is None:
        screen.line((tally(diagnostics), "bold red"))
    else:
        warned = (f"{tally(diagnostics)}; ", "bold yellow") if diagnostics else ""
        screen.line(warned, (str(path), "bold"), (" is good", "bold green"), f": {summary(program)}")
    if diagnostics:
        screen.note(f"more about a code: {called()} check --explain {diagnostics[0].code}")


def _code_of(program: p.Program) -> str | None:
    """Give the source of the function that a rule file becomes; None where it becomes none."""
    from leadrules.engine.compiler import source_of

    identity = RulesetIdentity(program.name, program.version, fingerprint_of(program))
    return source_of(program, identity, LeadReader(program.scope))


# ------------------------------------------------------------------- summary


def summary(program: p.Program) -> str:
    """Say what a rule file holds: `12 rules in 2 dimensions, 1 ladder of 4 stages, 2 tags`."""
    rules = len(program.rules)
    stages = sum(len(ladder.labels) + len(ladder.exits) for ladder in program.ladders)
    parts = [
        f"{counted(rules, 'rule')} in {counted(len(program.dimensions), 'dimension')}" if rules else "",
        _count(len(program.personas), "persona"),
        _count(len(program.grades), "grade"),
        f"{counted(len(program.ladders), 'ladder')} of {counted(stages, 'stage')}" if program.ladders else "",
        _count(len(program.requirements), "requirement"),
        _count(len(program.ignores), "ignore"),
        _count(len(program.segments), "segment"),
        _count(len(program.outputs), "output"),
        *(_count(sum(m.kind == word for m in program.marks), given.noun) for word, given in MARKS.items()),
    ]
    return ", ".join(part for part in parts if part) or "it has no rules"


def _count(number: int, noun: str) -> str:
    return counted(number, noun) if number else ""


# ---------------------------------------------------------------------- JSON


def _write_json(
    path: Path,
    checked: Checked,
    program: p.Program | None,
    comparison: Comparison | None,
    *,
    verbose: bool,
    show_code: bool,
) -> None:
    diagnostics = checked.diagnostics
    found: dict[str, Any] = {
        "file": str(path),
        "ok": program is not None,
        "errors": sum(diagnostic.severity == "error" for diagnostic in diagnostics),
        "warnings": sum(diagnostic.severity == "warning" for diagnostic in diagnostics),
        "diagnostics": [diagnostic.to_dict() for diagnostic in diagnostics],
        "fingerprint": None if program is None else fingerprint_of(program),
    }
    if checked.remarks:
        found["remarks"] = [*checked.remarks]
    if verbose and program is not None:
        from leadrules.cli.rules import plain_rules

        found["rules"] = [*plain_rules(program)]
    if show_code and program is not None:
        found["code"] = _code_of(program)
    if comparison is not None:
        found["against"] = comparison.to_dict()
    with standard_output() as file:
        file.write(canonical_json(found) + "\n")
