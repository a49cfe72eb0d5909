"""Runs the worked cases of leadrules plugins, `cases/*.toml` and `*.tsv`, as tests of pytest: no test code is needed.

pytest imports this module in every run, whatever is tested. That is why it stands beside the package
and not in it: nothing of leadrules is imported before there is a file of cases.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from leadrules.testing import WorkedCase

_FOLDER = "cases"
_TABLE = re.compile(r"^\s*\[\[\s*(?:case|criterion)\s*\]\]", re.MULTILINE)
_KEY = re.compile(r"^\s*(?:rules|call)\s*=", re.MULTILINE)
_COLUMNS = re.compile(r"\ufeff?(?:#.*\n|\s*\n)*[^#\n(]+\t[\w.`]*\([^\t\n]*\)")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> CaseFile | None:
    """Collect `cases/*.toml` and `*.tsv` that hold cases of ours; other people have folders of that name too."""
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
