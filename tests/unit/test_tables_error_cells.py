"""Errors of spreadsheets in exports: what they are is said, and what makes them unknown."""

import datetime as dt
from pathlib import Path

import pytest

from leadrules import Ruleset
from leadrules.tables import compare, read_leads, score_files
from leadrules.tables.error_cells import is_error_cell

NOON = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
RULES = """\
field city: text from "City"
field size: one of {"a", "b"}
event visit[page: text]
employees > 5 +5
city is known +3
size = "a" +1
visit[page = "x"] +1
"""
LEADS = "id,employees,City,size\n1,#DIV/0!,#BEZUG!,a\n2,7,#ref!,#NV\n#N/A,7,x,a\n4,########,#REF!,b\n"


@pytest.fixture(autouse=True)
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("leads.csv").write_text(LEADS, "utf-8")
    Path("events.csv").write_text("lead_id,type,at,page\n1,visit,2026-11-02,#NOM?\n#N/D!,visit,2026-11-02,x\n", "utf-8")


@pytest.mark.parametrize(
    "text", ["#N/A", "#ref!", " #DIV/0! ", "#WERT!", "#VALEUR!", "#¡DIV/0!", "#DZIEL/0!", "#ADR!", "Err:502", "#####"]
)
def test_what_is_an_error(text):
    assert is_error_cell(text)


@pytest.mark.parametrize("text", ["", "#", "#1", "N/A", "C#", "#hashtag", "error: 502", "Err:5", "##"])
def test_what_is_none(text):
    assert not is_error_cell(text)


def test_they_are_told_with_what_makes_them_unknown():
    summary = score_files(Ruleset.from_text(RULES), leads="leads.csv", events="events.csv", as_of=NOON)
    said = {one.name: one for one in summary.unreadable}
    assert said["employees"].sentence() == (
        "`employees`: 2 values cannot be read: `#DIV/0!`, `########` (first in row 2); `#DIV/0!` is what a spreadsheet "
        "shows in place of a value"
    )
    assert said["employees"].cure == 'field employees: number unknown {"########", "#div/0!"}'
    assert said["size"].cure == 'field size: one of {"a", "b"} unknown {"#nv"}'
    assert summary.other_reasons == (
        "event row 3 names no lead (`#N/D!` is what a spreadsheet shows in place of a value)",
        "row 4 has no id (`#N/A` is what a spreadsheet shows in place of a value)",
    )
    cells, pages = summary.lacks.failed_cells
    assert (cells.count, cells.row, cells.words, pages.declaration) == (3, 2, ("#BEZUG!", "#ref!", "#REF!"), None)
    said = dict(summary.lacks.said())
    assert said == {
        "3 values of `city` (first in row 2) are what a spreadsheet shows in place of a value, and count as text: "
        "`#BEZUG!`, `#ref!`, `#REF!`": ('field city: text from "City" unknown {"#bezug!", "#ref!"}',),
        "1 value of `visit.page` is what a spreadsheet shows in place of a value, and counts as text: `#NOM?`": (),
    }
    assert summary.to_dict()["lacks"]["failed_cells"][1]["name"] == "visit.page"


def test_the_lines_that_are_told_make_them_unknown():
    summary = score_files(Ruleset.from_text(RULES), leads="leads.csv", events="events.csv", as_of=NOON)
    lines = [one.cure for one in summary.unreadable]
    lines += [one.declaration for one in summary.lacks.failed_cells if one.declaration]
    rest = RULES.replace('field city: text from "City"\nfield size: one of {"a", "b"}\n', "")
    rules = Ruleset.from_text("\n".join([*lines, rest]))
    summary = score_files(rules, leads="leads.csv", events="events.csv", as_of=NOON, output="out.csv")
    assert (summary.scored, summary.unreadable, len(summary.lacks.failed_cells)) == (3, (), 1)
    assert [line.split(",")[:2] for line in Path("out.csv").read_text("utf-8").splitlines()[1:]] == [
        ["1", "1"],
        ["2", "5"],
        ["4", "0"],
    ]


def test_a_comparison_has_them():
    found = compare(Ruleset.from_text(RULES), read_leads("leads.csv", events="events.csv"))
    assert [one["name"] for one in found.to_dict()["failed_cells"]] == ["city", "visit.page"]
