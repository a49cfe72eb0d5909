"""Ids that are not what they seem are told, and so are the leads that events may mean."""

import datetime as dt
from pathlib import Path

import pytest

from leadrules import Ruleset
from leadrules.tables import Names, Row, read_events, read_leads, score_files
from leadrules.tables.odd_ids import kind_of

NOON = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def remarks(text):
    Path("leads.csv").write_text(text, "utf-8")
    table = read_leads("leads.csv")
    assert all(isinstance(row, Row) for row in table)
    return [remark.removeprefix("`leads.csv` ") for remark in table.remarks]


@pytest.mark.parametrize(
    ("ids", "said"),
    [
        (
            ["1.23457E+12", "2E+05"],
            "has 2 ids such as `1.23457E+12` (row 2): a spreadsheet has cut such numbers, and digits are lost; export ",
        ),
        (
            ["7", "2\u200b"],
            "has the id `2<U+200B>` in row 3: it holds what cannot be seen, and is another id than without it",
        ),
        (["'001", '"=""002"""'], "has 2 ids such as `'001` (row 2): what a spreadsheet writes to keep digits as they"),
        (
            ["n/a", "-", "brak"],
            "has 3 ids such as `n/a` (row 2): such words mostly stand for no id, and here they are one",
        ),
        (["A1", "a1"], "has ids that differ in nothing but their case, and are two leads: `A1` and `a1`"),
    ],
)
def test_an_odd_id_is_told(ids, said):
    (found,) = remarks("id,size\n" + "".join(f"{name},1\n" for name in ids))
    assert found.startswith(said)


@pytest.mark.parametrize("name", ["1", "A-17", "1e5", "12E4", "Łódź-1", "c0ffee", "7'", "x@y.example"])
def test_what_is_not_odd(name):
    assert kind_of(name) is None


@pytest.mark.parametrize(
    ("lead", "event"),
    [("1001.0", "1001"), ("123", "00123"), ("0123", "123"), ("A1", "a1"), ("7\u200b", "7"), ("'7", "7")],
)
def test_the_lead_that_events_may_mean_is_named(lead, event):
    Path("leads.csv").write_text(f"id,size\n{lead},1\nother,2\n", "utf-8")
    Path("events.csv").write_text(f"lead_id,type,at\n{event},demo,2026-11-02\nzz,demo,2026-11-02\n", "utf-8")
    rules = Ruleset.from_text("event demo\ndemo +1\n")
    summary = score_files(rules, leads="leads.csv", events="events.csv", as_of=NOON)
    assert (summary.unmatched_events, dict(summary.close_leads)) == (2, {event: lead})
    assert summary.to_dict()["close_leads"] == {event: lead}


def test_files_without_a_row_are_told():
    Path("leads.csv").write_text("id,size\n", "utf-8")
    Path("more.csv").write_text("id,size\n1,2\n", "utf-8")
    Path("events.csv").write_text("lead_id,type,at\n", "utf-8")
    Path("some.csv").write_text("lead_id,type,at\n,x,y\n", "utf-8")
    table = read_leads(["leads.csv", "more.csv"], events=["events.csv", "some.csv"])
    assert table.remarks == ("`events.csv` has no events",)
    assert [*table][1].lead["id"] == "1"
    assert table.remarks == ("`leads.csv` has no leads", "`events.csv` has no events")
    assert read_events("some.csv").remarks == ()


def test_a_column_with_what_cannot_be_seen_in_its_name_counts_for_the_field():
    Path("leads.csv").write_text("i\u200bd,si\u00adze\n1,7\n", "utf-8")
    rules = Ruleset.from_text("field size: number\nsize > 5 +5\n")
    summary = score_files(rules, leads="leads.csv", as_of=NOON, near_names=True, output="out.csv")
    assert Path("out.csv").read_text("utf-8").splitlines()[1].startswith("1,5,")
    assert "size" in summary.remarks[0]
    assert Names.of_rules(rules).fields
