"""Every rule file that people are shown or given is laid out as `leadrules fmt` would."""

import re
from pathlib import Path

import pytest

from leadrules.syntax.layout import format_file
from leadrules.syntax.parser import parse

ROOT = Path(__file__).parents[2]
FILES = sorted(path for folder in ("src", "examples", "plugins") for path in (ROOT / folder).rglob("*.leadrules"))
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("plugins/*/README.md")])
BLOCK = re.compile(
    r"^(?:```leadrules(?P<options>[^\n]*)|<!-- file: \S+\.leadrules -->\n```text)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


def blocks() -> list[object]:
    """Give the rule files of all pages, by page and line, but for edits of an earlier one."""
    found = []
    for page in PAGES:
        text = page.read_text("utf-8")
        for block in BLOCK.finditer(text):
            if "replace=" not in (block["options"] or ""):
                line = text.count("\n", 0, block.start("text")) + 1
                found.append(pytest.param(block["text"], id=f"{page.relative_to(ROOT)}:{line}"))
    return found


def has_mistakes(text: str) -> bool:
    return any(d.severity == "error" for d in parse(text, "shown.leadrules")[1])


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_rule_file_that_we_ship_is_laid_out(path):
    text = path.read_text("utf-8")
    assert format_file(parse(text, path.name)[0]) == text


@pytest.mark.parametrize("text", blocks())
def test_a_rule_file_that_a_page_shows_is_laid_out(text):
    if not has_mistakes(text):
        assert format_file(parse(text, "shown.leadrules")[0]) == text


def test_only_the_tutorial_shows_a_file_with_mistakes():
    broken = [block.id for block in blocks() if has_mistakes(block.values[0])]
    assert [name.partition(":")[0] for name in broken] == ["docs/tutorial/first-rules.md"]
