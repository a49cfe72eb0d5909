"""The corpus' one driver: how a case of a file is read and compared. Which files, the test modules say.

A test that takes `case` runs for every case of the module's `CASES` (TOML files), and one that takes
`mistaken` for every rule file of its `MISTAKEN`.
"""

import datetime as dt
import json
import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import zip_longest
from pathlib import Path
from typing import Any

import attrs
import pytest

from leadrules import AuditEntry, Diagnostic, InputError, Ruleset, RulesetError, ScoredLead
from leadrules.check.checker import Checked
from leadrules.diagnostics.pages import ACME
from leadrules.loading import check_files, review
from leadrules.plugins import Catalogue
from leadrules.syntax.files import Files

_MISTAKE = re.compile(r"#! *(LR\d{3})(?: +(.*))?$")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "case" in metafunc.fixturenames:
        metafunc.parametrize("case", [_named(case, path) for path in metafunc.module.CASES for case in _cases(path)])
    if "mistaken" in metafunc.fixturenames:
        metafunc.parametrize("mistaken", metafunc.module.MISTAKEN, ids=lambda path: path.stem)


def _cases(path: Path) -> list[dict[str, Any]]:
    return tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)["case"]


def _named(case: dict[str, Any], path: Path) -> Any:
    return pytest.param(case, id=f"{path.stem}: {case['name']}")


# ---------------------------------------------------------------- a scoring case


@pytest.fixture
def check_case() -> Callable[[dict[str, Any]], None]:
    """Run a case and compare what it is about."""
    return _check_case


def _check_case(case: dict[str, Any]) -> None:
    if "error" in case:
        _refused(case)
    elif "input_error" in case:
        with pytest.raises(InputError) as caught:
            _evaluated(case)
        assert case["input_error"] in str(caught.value)
    else:
        _compare(_evaluated(case), case)


def _evaluated(case: dict[str, Any]) -> ScoredLead:
    rules = Ruleset.from_text(case["rules"], params=case.get("params"), files=case.get("files"))
    lead, as_of = json.loads(case["lead"]), dt.datetime.fromisoformat(case["as_of"])
    result = rules.evaluate(lead, as_of=as_of)
    assert rules.explain(lead, as_of=as_of).result.to_json() == result.to_json()  # by another engine, maybe
    return result


def _compare(result: ScoredLead, case: dict[str, Any]) -> None:
    found = result.to_dict()
    expected = json.loads(case["expect"], parse_float=Decimal)
    points = expected.pop("points", None)
    assert {key: found[key] for key in expected} == expected
    entries = [[entry.kind, entry.rule, entry.points, entry.line, entry.because] for entry in result.audit]
    if points is not None:
        assert sorted(entry[1:3] for entry in entries if entry[0] == "points") == sorted(points)
    if "audit" in case:
        assert [told[: len(wanted)] for told, wanted in zip_longest(entries, case["audit"], fillvalue=[])] == case[
            "audit"
        ]
    if "alternatives" in case:
        assert [e.alternative for e in result.audit if e.alternative] == case["alternatives"]
    assert sum((entry.points for entry in result.audit), Decimal(0)) == result.score
    assert not any(_is_negative_zero(entry) for entry in result.audit)


def _is_negative_zero(entry: AuditEntry) -> bool:
    return entry.points == 0 and entry.points.is_signed()


# -------------------------------------------------------------- a mistaken file


@attrs.frozen
class Mistake:
    """What a rule file's author says is wrong with a line: the code, and words of the message or help."""

    line: int
    code: str
    says: str

    def is_told_by(self, diagnostic: Diagnostic) -> bool:
        """Tell whether a diagnostic says so."""
        told = (diagnostic.span.line, diagnostic.code) == (self.line, self.code)
        return told and self.says in f"{diagnostic.message}\n{diagnostic.help or ''}"


@pytest.fixture
def check_mistakes() -> Callable[[str], None]:
    """Compare the diagnostics of a rule file with the comments `#! CODE words` on its lines, one for one."""
    return _check_mistakes


@pytest.fixture
def check_warnings() -> Callable[[str], None]:
    """Do the same with what the analysis adds, and what `# ok: LR2xx` leaves out."""
    return lambda text: _compare_mistakes(text, review(_checked(text)).diagnostics)


def _check_mistakes(text: str) -> None:
    _compare_mistakes(text, _checked(text).diagnostics)


def _compare_mistakes(text: str, found: Sequence[Diagnostic]) -> None:
    expected = list(mistakes_of(text))
    unexpected = [d for d in found if not any(mistake.is_told_by(d) for mistake in expected)]
    assert unexpected == []
    assert [mistake for mistake in expected if not any(mistake.is_told_by(d) for d in found)] == []
    assert len(found) == len(expected)


def mistakes_of(text: str) -> Iterator[Mistake]:
    """Read the comments of a rule file that say what is wrong; a line may have several, each after `#!`."""
    for number, line in enumerate(text.splitlines(), start=1):
        for comment in re.findall(r"#![^#]*", line):
            found = _MISTAKE.match(comment.strip())
            assert found, f"line {number}: write `#! LR123 words of the message or help`"
            yield Mistake(number, found[1], found[2] or "")


def _checked(text: str) -> Checked:
    return check_files(Files.of_text(text, "rules.leadrules", {}), {}, catalogue=Catalogue({"acme": ACME}))


def _refused(case: dict[str, Any]) -> None:
    expected = case["error"]
    with pytest.raises(RulesetError) as caught:
        Ruleset.from_text(case["rules"], files=case.get("files"))
    on_line = [d for d in caught.value.diagnostics if d.span.line == expected["line"]]
    assert any(expected["says"] in f"{d.message}\n{d.help or ''}" for d in on_line), caught.value
