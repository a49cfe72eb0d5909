"""The rule files shown in the documentation are good, and what their examples say is true."""

import re
from pathlib import Path

import pytest

from leadrules import Ruleset
from leadrules.lang.files import Files
from leadrules.ruleset import check_files

DOCS = Path(__file__).parents[2] / "docs"
FENCED = re.compile(r"^```leadrules\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks() -> list[object]:
    """Give every block marked `leadrules` of every page, by its page and line."""
    found = []
    for page in sorted(DOCS.glob("**/*.md")):
        text = page.read_text("utf-8")
        for block in FENCED.finditer(text):
            line = text.count("\n", 0, block.start(1)) + 1
            found.append(pytest.param(block[1], id=f"{page.relative_to(DOCS)}:{line}"))
    return found


@pytest.mark.parametrize("text", blocks())
def test_a_rule_file_of_the_documentation_is_good(text):
    assert check_files(Files.of_text(text, "docs.leadrules", {}), {}).diagnostics == ()
    results = Ruleset.from_text(text).run_examples()
    assert [(r.example.name, r.result.to_json()) for r in results if not r.passed] == []
