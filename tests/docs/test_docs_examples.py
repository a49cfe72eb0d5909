"""The rule files shown in the documentation are good, what their examples say is true, and Python runs.

Pages that need more than leadrules are run by `test_how_to_pages.py`.
"""

import re
from pathlib import Path
from typing import Any

import pytest

from leadrules import Ruleset
from leadrules.loading import check_files
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


def pages() -> list[str]:
    """Name the pages that have Python to run here."""
    found = {str(block.id).split(":")[0] for block in blocks("python")}
    return sorted(page for page in found if "<!-- needs: " not in (DOCS / page).read_text("utf-8"))


@pytest.mark.parametrize("page", pages())
def test_the_python_of_a_page_runs_from_top_to_bottom(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # pages may write files
    namespace: dict[str, object] = {}
    for found in blocks("python"):
        if found.id.startswith(f"{page}:"):
            exec(compile(found.values[0], found.id, "exec"), namespace)  # noqa: S102 - our own page
    assert len(namespace) > 1


@pytest.mark.parametrize("text", blocks('toml title="leadrules.toml"'))
def test_settings_of_the_documentation_are_taken(text, tmp_path):
    from leadrules.cli.app import app
    from leadrules.cli.configured import commands_of
    from leadrules.cli.settings import read_settings, settings_of

    path = tmp_path / "leadrules.toml"
    path.write_text(text, "utf-8")
    commands = commands_of(app)
    assert all(settings_of(read_settings(path), command, commands) for command in ("score", "explain", "infer"))


def test_every_section_of_settings_is_in_the_documentation():
    from leadrules.cli.app import app
    from leadrules.cli.configured import commands_of

    page = (DOCS / "how-to/settings.md").read_text("utf-8")
    assert [name for name in commands_of(app) if f"`[{name}]`" not in page] == []
