"""Runs examples of rule files, and the worked cases of plugins, as tests of pytest: no test code is needed.

Cases are found where a plugin has them, `cases/*.toml` and `*.tsv`. Rule files are collected where a
project asks for it, by the option `leadrules_files` or by name.

pytest imports this module in every run, whatever is tested. That is why it stands beside the package
and not in it: nothing of leadrules is imported before there is a file of ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from leadrules import Ruleset
    from leadrules.insights.examples import ExampleReport
    from leadrules.program import Example
    from leadrules.testing import WorkedCase

_FILES = "leadrules_files"
_RULES = ".leadrules"
_FOLDER = "cases"
_TABLE = re.compile(r"^\s*\[\[\s*(?:case|criterion)\s*\]\]", re.MULTILINE)
_KEY = re.compile(r"^\s*(?:rules|call)\s*=", re.MULTILINE)
_COLUMNS = re.compile(r"\ufeff?(?:#.*\n|\s*\n)*[^#\n(]+\t[\w.`]*\([^\t\n]*\)")


class Hooks:
    """What a `conftest.py` may say about rule files."""

    @pytest.hookspec(firstresult=True)
    def pytest_leadrules_rules(self, path: Path) -> Ruleset | None:
        """Load the rule file at `path`, with the params, plugins and criteria that it needs.

        None leaves it to the next one, in the end to `Ruleset.from_file(path)`. A `RulesetError` becomes
        an error of collection that draws every mistake.
        """


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Make the hook known."""
    pluginmanager.add_hookspecs(Hooks)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Make the option known that says whose examples are tests."""
    parser.addini(
        _FILES, "rule files whose examples are tests, such as rules/*.leadrules; none, if not said", type="args"
    )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> CaseFile | RuleFile | None:
    """Collect rule files that are asked for, and files of cases of ours; others have such folders, too."""
    if file_path.suffix == _RULES:
        patterns: list[str] = parent.config.getini(_FILES)
        if not parent.session.isinitpath(file_path) and not any(map(file_path.match, patterns)):
            return None
        asked: RuleFile = RuleFile.from_parent(parent, path=file_path)
        return asked
    if file_path.suffix not in {".toml", ".tsv"} or file_path.parent.name != _FOLDER or not _is_ours(file_path):
        return None
    found: CaseFile = CaseFile.from_parent(parent, path=file_path)
    return found


def _is_ours(path: Path) -> bool:
    text = path.read_text("utf-8", errors="replace")
    return bool(_COLUMNS.match(text) if path.suffix == ".tsv" else _TABLE.search(text) and _KEY.search(text))


class CaseFile(pytest.File):
    """A file of cases."""

    def collect(self) -> Iterable[CaseItem]:
        """Give its cases in order."""
        from leadrules.testing import read_cases

        try:
            cases = read_cases(self.path)
        except ValueError as problem:
            raise self.CollectError(f"{self.path}: {problem}") from None
        for case in cases:
            yield CaseItem.from_parent(self, name=case.name, case=case)


class CaseItem(pytest.Item):
    """A case."""

    def __init__(self, *, case: WorkedCase, **options: Any) -> None:
        super().__init__(**options)
        self._case = case

    def runtest(self) -> None:
        """Run it."""
        self._case.run()

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Tell what came instead, in a sentence rather than a traceback."""
        if isinstance(excinfo.value, AssertionError):
            return f"{self.path}:{self._case.line}: {excinfo.value}"
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Say where it stands."""
        return self.path, self._case.line - 1, self.name


class RuleFile(pytest.File):
    """A rule file, whose examples are tests."""

    def collect(self) -> Iterable[ExampleItem]:
        """Give its examples in order."""
        from leadrules import RulesetError
        from leadrules.ruleset import program_of

        try:
            rules = self._load()
        except RulesetError as error:
            raise self.CollectError(str(error)) from None
        for example in program_of(rules).examples:
            yield ExampleItem.from_parent(self, name=example.name, rules=rules, example=example)

    def _load(self) -> Ruleset:
        from leadrules import Ruleset

        given = self.ihook.pytest_leadrules_rules(path=self.path)
        if given is None:
            return Ruleset.from_file(self.path)
        if not isinstance(given, Ruleset):
            raise self.CollectError(f"{self.path}: pytest_leadrules_rules gave no ruleset, but {given!r}")
        return given


class _Failed(Exception):
    """An example does not come out as it expects."""

    def __init__(self, report: ExampleReport) -> None:
        super().__init__(report.name)
        self.report = report


class ExampleItem(pytest.Item):
    """An example of a rule file."""

    def __init__(self, *, rules: Ruleset, example: Example, **options: Any) -> None:
        from leadrules.ruleset import program_of

        super().__init__(**options)
        self._rules = rules
        self._example = example
        included = program_of(rules).file_of(example)
        self._place = self.path if included is None else self.path.parent / included

    def runtest(self) -> None:
        """Run it."""
        from leadrules.insights.examples import report_example

        report = report_example(self._rules, self._example)
        if not report.passed:
            raise _Failed(report)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Tell what was expected and what came, as `leadrules test` does."""
        if not isinstance(excinfo.value, _Failed):
            return super().repr_failure(excinfo, style)
        from leadrules.insights.failures import failure_lines
        from leadrules.ruleset import program_of

        report = excinfo.value.report
        lines = failure_lines(report, program_of(self._rules))
        told = ("".join(part if isinstance(part, str) else part[0] for part in line).rstrip() for line in lines)
        in_brief = report.problem or f"expected {report.unmet[0].expected}"  # what pytest's summary shows of it
        return "\n".join([in_brief, f"{self._place}:{self._example.line}", "", *told])

    def reportinfo(self) -> tuple[Path, int, str]:
        """Say where it stands."""
        return self._place, self._example.line - 1, self.name
