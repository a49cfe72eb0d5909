"""The tutorial, followed word by word: its files are written, its commands run, their output compared.

`pytest tests/docs/test_tutorial.py --regenerate` writes the outputs anew; read the difference as code.
"""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import shutil
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from leadrules.cli.app import app

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs" / "tutorial").glob("*.md"))
BLOCK = re.compile(r"^```(?P<info>[^\n]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
OPTION = re.compile(r'(\w+)="([^"]*)"')

ACTIVATED = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
"""Readers have switched their environment on, so that commands are proposed by their short name."""
ENVIRONMENT = {"COLUMNS": None, "FORCE_COLOR": None, "NO_COLOR": "1", "PATH": ACTIVATED}
"""Whatever runs the tests may say how wide its own terminal is."""

WORKBOOK = ROOT / "docs" / "tutorial" / "contacts.xlsx"
CONTACTS = """\
Contact ID|Company|Trade|Employees|Revenue (kEUR)|Asked for a demo|First contact|Salesperson
K-01|Amber Haulage|transport|320|12 450,50|yes|03.11.2026|Anna Kowal
K-02|Birch Studio|design|12|310,00|no|14.10.2026|Piotr Lis
K-03|Cedar Freight|transport|1500|98 200,00|no|20.11.2026|Piotr Lis
K-04|Dune Retail|retail|240|ask Ola|no|1.09.2026|Anna Kowal
K-05|Elm Logistics|transport|75|4 800,75|yes|18.11.2026|Anna Kowal
K-06|Fern Bakery|food|30|950,20||27.10.2026|Piotr Lis
"""
"""What stands in the workbook: numbers of employees as numbers, all else as text, as an export writes it."""


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
        with contextlib.chdir(folder):
            done = CliRunner().invoke(app, words[1:], prog_name="leadrules", env=ENVIRONMENT)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.output
        assert done.exit_code in {0, 1, 2, 3}, done.output
        lines += [f"$ {command}", *(line.rstrip() for line in done.output.splitlines())]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("path", PAGES, ids=[page.stem for page in PAGES])
def test_the_tutorial_is_true(path, tmp_path, request):
    page = path.read_text(encoding="utf-8")
    if WORKBOOK.name in page:
        pytest.importorskip("python_calamine")
        shutil.copy(WORKBOOK, tmp_path)
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


def test_the_workbook_of_the_tutorial_is_what_it_is_said_to_be(request):
    openpyxl = pytest.importorskip("openpyxl")
    rows = [
        [int(cell) if cell.isdecimal() else cell or None for cell in line.split("|")] for line in CONTACTS.splitlines()
    ]
    if request.config.getoption("--regenerate"):
        workbook = openpyxl.Workbook()
        workbook.active.title = "Contacts"
        for row in rows:
            workbook.active.append(row)
        workbook.save(WORKBOOK)
    sheet = openpyxl.load_workbook(WORKBOOK)["Contacts"]
    assert [list(row) for row in sheet.iter_rows(values_only=True)] == rows
