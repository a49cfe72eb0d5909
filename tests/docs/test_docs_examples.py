"""The rule files shown in the documentation are good, what their examples say is true, and Python runs."""

import re
from pathlib import Path
from typing import Any

import pytest

from leadrules import Ruleset
from leadrules.ruleset import check_files
from leadrules.syntax.files import Files

DOCS = Path(__file__).parents[2] / "docs"


def blocks(language: str) -> list[Any]:
    """Give every block of a language of every page, by its page and line, but for files to be written."""
    found = []
    fenced = re.compile(rf"(?<!-->\n)^```{language}\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    for page in sorted(DOCS.glob("**/*.md")):
        text = page.read_text("utf-8")
        for block in fenced.finditer(text):
            line = text.count("\n", 0, block.start(1)) + 1
            found.append(pytest.param(block[1], id=f"{page.relative_to(DOCS)}:{line}"))
    return found


@pytest.mark.parametrize("text", blocks("leadrules"))
def test_a_rule_file_of_the_documentation_is_good(text):
    assert check_files(Files.of_text(text, "docs.leadrules", {}), {}).diagnostics == ()
    results = Ruleset.from_text(text).run_examples()
    assert [(r.name, r.result.to_json()) for r in results if not r.passed] == []


@pytest.mark.parametrize("page", sorted({str(found.id).split(":")[0] for found in blocks("python")}))
def test_the_python_of_a_page_runs_from_top_to_bottom(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # pages may write files
    namespace: dict[str, object] = {}
    for found in blocks("python"):
        if found.id.startswith(f"{page}:"):
            exec(compile(found.values[0], found.id, "exec"), namespace)  # noqa: S102 - our own page
    assert len(namespace) > 1
