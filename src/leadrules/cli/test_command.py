"""`leadrules test`: the examples of rule files, what they leave uncovered, and what they would not notice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import attrs

from leadrules.canonical import canonical_json
from leadrules.cli.examples_text import show_failure, show_goals, show_survivors
from leadrules.cli.rule_files import Given, load_rules
from leadrules.cli.running import OK, RULES_WRONG
from leadrules.cli.screen import Screen, counted
from leadrules.cli.streams import standard_output
from leadrules.errors import Diagnostic, RulesetError
from leadrules.insights.coverage import Coverage, measure_coverage
from leadrules.insights.examples import ExampleReport, run_examples
from leadrules.insights.goals import GoalKind
from leadrules.insights.mutation import Mutation, mutate
from leadrules.ruleset import Ruleset, program_of, remarks_of

_NOUNS: dict[GoalKind, tuple[str, str]] = {
    "rule": ("rule", "rules"),
    "alternative": ("alternative", "alternatives"),
    "outcome": ("outcome of a condition", "outcomes of conditions"),
    "event": ("outcome of a filter", "outcomes of filters"),
    "limit": ("limit", "limits"),
    "label": ("label", "labels"),
}


@attrs.frozen
class TestOptions:
    """What is asked besides that the examples pass; `verbose` lists what they do not cover also where some fail."""

    min_coverage: int | None = None
    mutate: bool = False
    verbose: bool = False


@attrs.frozen
class Tested:
    """What the examples of one rule file say; `rules` is None where the file has mistakes."""

    path: Path
    options: TestOptions
    diagnostics: tuple[Diagnostic, ...]
    rules: Ruleset | None = None
    examples: tuple[ExampleReport, ...] = ()
    coverage: Coverage | None = None
    mutation: Mutation | None = None

    @property
    def passed(self) -> int:
        """Count the examples that passed."""
        return sum(example.passed for example in self.examples)

    @property
    def failed(self) -> int:
        """Count the examples that failed."""
        return len(self.examples) - self.passed

    @property
    def too_low(self) -> bool:
        """Tell whether less is covered than was asked."""
        wanted = self.options.min_coverage
        return wanted is not None and self.coverage is not None and self.coverage.percent < wanted

    @property
    def ok(self) -> bool:
        """Tell whether there is nothing to mend."""
        return self.rules is not None and not self.failed and not self.too_low

    def to_dict(self) -> dict[str, Any]:
        """Give all of it as plain data."""
        return {
            "file": str(self.path),
            "ok": self.ok,
            "diagnostics": [diagnostic.to_dict() for diagnostic in self.diagnostics],
            "fingerprint": None if self.rules is None else self.rules.fingerprint,
            "passed": self.passed,
            "failed": self.failed,
            "examples": [example.to_dict() for example in self.examples],
            "coverage": None if self.coverage is None else self.coverage.to_dict(),
            "mutation": None if self.mutation is None else self.mutation.to_dict(),
        }


def test(paths: Sequence[Path], options: TestOptions, given: Given, *, as_json: bool) -> int:
    """Run the examples of rule files, and give the exit status. Raises Stop."""
    notes = Screen(stderr=True)
    found = []
    screen = None if as_json else Screen()
    for index, path in enumerate(paths):
        tested = _tested(path, options, given, notes)
        found.append(tested)
        if screen is not None:
            if index:
                screen.line()
            _show(screen, tested)
    if screen is None:
        report = {"ok": all(tested.ok for tested in found), "files": [tested.to_dict() for tested in found]}
        with standard_output() as file:
            file.write(canonical_json(report) + "\n")
    elif len(found) > 1:
        _show_all(screen, found)
    return OK if all(tested.ok for tested in found) else RULES_WRONG


def _tested(path: Path, options: TestOptions, given: Given, notes: Screen) -> Tested:
    try:
        rules = load_rules(path, given)
    except RulesetError as error:
        return Tested(path, options, error.diagnostics)
    for remark in remarks_of(rules):
        notes.note(remark)
    examples = run_examples(rules)
    coverage = measure_coverage(rules, examples)
    mutation = _mutated(rules, examples, notes) if options.mutate and examples else None
    return Tested(path, options, rules.warnings, rules, examples, coverage, mutation)


def _mutated(rules: Ruleset, examples: Sequence[ExampleReport], notes: Screen) -> Mutation:
    """Try the changes, with a bar on a terminal."""
    if not notes.console.is_terminal:
        return mutate(rules, examples)
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("trying"), BarColumn(), MofNCompleteColumn(), TextColumn("changes"))
    with Progress(*columns, console=notes.console, transient=True) as bar:
        task = bar.add_task("", total=None)
        return mutate(rules, examples, progress=lambda done, of: bar.update(task, completed=done, total=of))


# ---------------------------------------------------------------------- text


def _show(screen: Screen, tested: Tested) -> None:
    screen.line((str(tested.path), "bold"))
    if tested.rules is None or tested.coverage is None:
        screen.line()
        screen.diagnostics(tested.diagnostics)
        return
    if _lists_uncovered(tested, tested.coverage):
        screen.line()
        screen.line(("Not covered by any example", "bold"))
        show_goals(screen, tested.coverage.uncovered)
    if tested.mutation is not None and tested.mutation.survivors:
        screen.line()
        screen.line(("Changes that no example would notice", "bold"))
        show_survivors(screen, tested.mutation.survivors)
    for example in tested.examples:  # last, where people look
        if not example.passed:
            screen.line()
            show_failure(screen, example, program_of(tested.rules))
    unnoticed = tested.mutation is not None and tested.mutation.survivors
    if tested.failed or _lists_uncovered(tested, tested.coverage) or unnoticed:
        screen.line()
    _show_tally(screen, tested, tested.coverage)


def _lists_uncovered(tested: Tested, coverage: Coverage) -> bool:
    """Tell whether to list what no example covers: not beside an example that fails, unless that is asked for."""
    return bool(tested.examples and coverage.uncovered and (tested.options.verbose or not tested.failed))


def _show_tally(screen: Screen, tested: Tested, coverage: Coverage) -> None:
    if not tested.examples:
        screen.line("no examples yet; begin one with: ", ('example "what it shows"', "cyan"))
    else:
        screen.line(*_tally(tested.passed, tested.failed))
    counts = (f"{done} of {of} {_NOUNS[kind][of != 1]}" for kind, (done, of) in coverage.counts().items())
    style = "bold red" if tested.too_low else "bold green" if coverage.percent == 100 else "bold"
    screen.line((f"{coverage.percent} % covered", style), ": " if coverage.goals else "", ", ".join(counts))
    if tested.failed and coverage.uncovered and not tested.options.verbose:
        screen.line(("what no example covers is listed when all pass, or with --verbose", "dim"))
    if tested.mutation is not None:
        _show_mutation(screen, tested.mutation)
    if tested.too_low:
        screen.line((f"too little: --min-coverage asks for {tested.options.min_coverage} %", "bold red"))
    if tested.diagnostics:
        screen.line((f"{counted(len(tested.diagnostics), 'warning')}: leadrules check shows more", "yellow"))


def _show_mutation(screen: Screen, mutation: Mutation) -> None:
    rules = sum(1 for _ in groupby(mutation.survivors, key=lambda one: (one.file, one.line, one.rule)))
    parts = [f"{mutation.noticed} of {counted(mutation.tried, 'small change')} noticed"]
    if rules:
        parts.append(f"{counted(rules, 'rule')} not fully protected")
    screen.line("; ".join(parts))


def _tally(passed: int, failed: int) -> Iterator[str | tuple[str, str]]:
    yield f"{counted(passed, 'example')} passed", "bold green" if passed and not failed else "bold"
    if failed:
        yield ", "
        yield f"{failed} failed", "bold red"


def _show_all(screen: Screen, found: Sequence[Tested]) -> None:
    screen.line()
    broken = sum(tested.rules is None for tested in found)
    tally = _tally(sum(tested.passed for tested in found), sum(tested.failed for tested in found))
    mistaken = f"; {counted(broken, 'file')} with mistakes" if broken else ""
    screen.line(f"{counted(len(found), 'file')}: ", *tally, mistaken)
