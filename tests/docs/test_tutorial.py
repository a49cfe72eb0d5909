"""The tutorial, followed word by word: its files are written, its commands run, their output compared.

`pytest tests/docs/test_tutorial.py --regenerate` writes the outputs anew; read the difference as code.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs" / "tutorial").glob("*.md"))
BLOCK = re.compile(r"^```(?P<info>[^\n]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
OPTION = re.compile(r'(\w+)="([^"]*)"')

ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
"""Whatever runs the tests may say how wide its own terminal is."""


def follow(page: str, folder: Path) -> str:
    """Do what a page says in a folder, and give the page with the outputs that came of it."""

    def block(found: re.Match[str]) -> str:
        language, _, rest = found["info"].partition(" ")
        options = dict(OPTION.findall(rest))
        if language == "console":
            return f"```{found['info']}\n{run(found['body'], folder)}```"
        if "title" in options:
            write(folder / options["title"], found["body"], rest, options)
        return found[0]

    return BLOCK.sub(block, page)


def write(file: Path, body: str, rest: str, options: dict[str, str]) -> None:
    if "replace" in options:
        text = file.read_text(encoding="utf-8")
        assert options["replace"] in text
        file.write_text(text.replace(options["replace"], options["with"]), encoding="utf-8")
    elif rest.endswith(" append"):
        file.write_text(file.read_text(encoding="utf-8") + "\n" + body, encoding="utf-8")
    else:
        file.write_text(body, encoding="utf-8")


def run(body: str, folder: Path) -> str:
    """Run each command of a console block, and give the block as it should be."""
    lines = []
    for command in (line[2:] for line in body.splitlines() if line.startswith("$ ")):
        words = shlex.split(command)
        assert words[0] == "leadrules"
        done = subprocess.run(
            [sys.executable, "-m", "leadrules", *words[1:]],
            cwd=folder,
            env=ENVIRONMENT | {"PYTHONUTF8": "1", "NO_COLOR": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode in {0, 1}, done.stdout
        assert "Traceback" not in done.stdout
        lines += [f"$ {command}", *(line.rstrip() for line in done.stdout.splitlines())]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("path", PAGES, ids=[page.stem for page in PAGES])
def test_the_tutorial_is_true(path, tmp_path, request):
    page = path.read_text(encoding="utf-8")
    followed = follow(page, tmp_path)
    if request.config.getoption("--regenerate"):
        path.write_text(followed, encoding="utf-8")
    else:
        assert followed == page


def test_a_change_for_the_worse_fails_the_example_that_the_tutorial_wrote_for_it():
    page = (ROOT / "docs/tutorial/first-rules.md").read_text(encoding="utf-8")
    before, _, after = page.partition("Now make the demo worth less")
    assert "examples passed" in before
    assert "1 failed" not in before
    assert "1 failed" in after
