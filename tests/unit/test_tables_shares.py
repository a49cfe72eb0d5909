"""Fields in percent of which a workbook holds shares."""

import datetime as dt

import openpyxl
import pytest

from leadrules import Ruleset
from leadrules.tables import Shares, compare, read_leads, score_files

NOON = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
RULES = """\
field win_rate: number from "Win rate" as "1 234" or "6,5%"
event purchase[discount: number as "45%"] from "Purchase"
win_rate >= 40                +5
purchase[discount >= 10]      +1
"""


def workbook(path, *rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def shares(tmp_path, *values, rules=RULES, of_events=()):
    leads = workbook(tmp_path / "leads.xlsx", ["id", "Win rate"], *enumerate(values))
    rows = [[0, "Purchase", "2026-11-01T10:00:00Z", value] for value in of_events]
    events = workbook(tmp_path / "events.xlsx", ["lead_id", "type", "at", "discount"], *rows)
    return score_files(Ruleset.from_text(rules), leads=leads, events=events, as_of=NOON).lacks.shares


def test_numbers_from_minus_one_to_one_are_told(tmp_path):
    found = shares(tmp_path, 0.45, 0, None, 1, -0.5, of_events=[0.125])
    assert found == (Shares("win_rate", "6,5%", 3, "0.45"), Shares("Purchase.discount", "45%", 1, "0.125"))
    said = "a cell that shows 45% holds 0.45, and rules read that (ask for 0.45, or save the sheet as CSV)"
    assert [one.sentence for one in found] == [
        f"`win_rate` is declared as `6,5%`, and 3 values are numbers such as 0.45: {said}",
        f"`Purchase.discount` is declared as `45%`, and 1 value is a number such as 0.125: {said}",
    ]


@pytest.mark.parametrize("values", [(0.45, 45), (45, 0.45), ("45%", "7,5%"), (0, None), (True,)])
def test_what_is_no_share_is_not_told(tmp_path, values):
    assert shares(tmp_path, *values) == ()


def test_a_personal_value_is_not_shown(tmp_path):
    (found,) = shares(tmp_path, 0.45, rules=RULES.replace('6,5%"', '6,5%" pii'))
    assert (found.example, "0.45:" in found.sentence) == (None, False)


def test_the_comparison_with_a_file_tells_them_too(tmp_path):
    leads = workbook(tmp_path / "leads.xlsx", ["id", "Win rate"], [1, 0.45])
    found = compare(Ruleset.from_text(RULES), read_leads(leads))
    assert found.to_dict()["shares"] == [{"name": "win_rate", "form": "6,5%", "count": 1, "example": "0.45"}]
