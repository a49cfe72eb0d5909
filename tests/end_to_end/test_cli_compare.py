"""`leadrules compare` on the command line."""

import json

import pytest

NOW = ("--as-of", "2026-11-21")


@pytest.fixture
def scored(here, leadrules):
    leadrules("score", "acme.leadrules", "leads.csv", *NOW, "-o", "last.jsonl", "--keep", "all")
    text = (here / "leads.csv").read_text("utf-8").replace("2,Amber Cargo", "9,Amber Cargo").replace(",1200,", ",300,")
    (here / "leads.csv").write_text(text, "utf-8")
    leadrules("score", "acme.leadrules", "leads.csv", *NOW, "-o", "now.xlsx")


@pytest.mark.usefixtures("scored")
def test_who_rose_fell_came_and_went(leadrules):
    told = leadrules("compare", "last.jsonl", "now.xlsx", columns=80).stdout
    assert told.startswith("last.jsonl -> now.xlsx\n  3 leads in both, 1 new, 1 gone\n  the same rules made both\n")
    assert "\nWho fell: 1\n  1  30 -> 25" in told
    assert "\n            -8  the size of the company\n" in told
    assert "\nWho is new: 1\n  9  20  mql\n" in told
    assert "\nWho is gone: 1\n  2  20  mql\n" in told
    assert max(map(len, told.splitlines())) <= 80
    narrow = leadrules("compare", "last.jsonl", "now.xlsx", columns=40).stdout
    assert "1 (new) -> mql" in narrow


@pytest.mark.usefixtures("scored")
def test_as_json_for_programs(leadrules):
    found = json.loads(leadrules("compare", "last.jsonl", "now.xlsx", "--format", "json").stdout)
    assert found["leads"] == {"same": 2, "rose": 0, "fell": 1, "level": 0, "new": 1, "gone": 1}
    assert (found["rules"], found["fell"][0]["lead"]) == ("same", "1")


@pytest.mark.usefixtures("scored")
def test_only_changed_on_the_command_line(here, leadrules):
    score = ("score", "acme.leadrules", "leads.csv", *NOW, "--only-changed", "last.jsonl")
    run = leadrules(*score, "-o", "update.csv")
    assert [row.split(",")[0] for row in (here / "update.csv").read_text("utf-8").splitlines()] == ["id", "1", "9"]
    assert "2 leads are as in `last.jsonl`, and left out of the results" in run.stderr
    assert leadrules(*score).exit_code == 2


def test_a_file_that_is_no_result(leadrules):
    run = leadrules("compare", "leads.csv", "leads.csv")
    assert (run.exit_code, "`leads.csv` is no file of results" in run.stderr) == (2, True)


def test_fields_that_are_unknown_are_no_labels_of_a_lead_that_is_new(here, leadrules):
    rules = "field size: number else unknown\nsize >= 10 +5\nstages cold < warm\n  score >= 5 -> warm\n"
    (here / "odd.leadrules").write_text(rules, "utf-8")
    for name, rows in (("last", "1,5\n"), ("now", "1,5\n2,many\n")):
        (here / f"{name}-leads.csv").write_text(f"id,size\n{rows}", "utf-8")
        leadrules("score", "odd.leadrules", f"{name}-leads.csv", *NOW, "-o", f"{name}.csv")
    assert ",size" in (here / "now.csv").read_text("utf-8").splitlines()[2]
    told = leadrules("compare", "last.csv", "now.csv").stdout.splitlines()
    assert told[told.index("Who is new: 1") + 1].split() == ["2", "0", "cold"]


def test_a_workbook_of_lists_is_refused_in_words_of_the_command_line(leadrules):
    leadrules("score", "acme.leadrules", "leads.csv", *NOW, "-o", "lists.xlsx", "--by", "stage")
    run = leadrules("compare", "lists.xlsx", "lists.xlsx")
    assert (run.exit_code, "results that were written without --by, whose sheet `Leads`" in run.stderr) == (2, True)


def test_how_the_files_are_read_is_said(here, leadrules):
    for name in ("a", "b"):
        run = leadrules(
            "score", "acme.leadrules", "leads.csv", "-o", f"{name}.csv", "--as-of", "2026-11-21", "--keep", "all"
        )
        assert run.exit_code in {0, 3}
    text = (here / "b.csv").read_text("utf-8")
    (here / "b.csv").write_bytes(("\ufeff" + text).encode("utf-16-le"))
    run = leadrules("compare", "a.csv", "b.csv")
    assert run.exit_code == 0
    assert run.stderr == "note: `b.csv` is read as UTF-16\n"
    leadrules("score", "acme.leadrules", "leads.csv", "-o", "c.xlsx", "--as-of", "2026-11-21")
    assert leadrules("compare", "c.xlsx", "c.xlsx").stderr == ""
