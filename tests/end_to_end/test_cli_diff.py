"""`leadrules diff` on the command line: every outcome is compared, and the exit status says so."""

from __future__ import annotations

import json

RULES = """\
field region: text
dimension fit
  city = "X" +15
  group place max 10
    country = "PL" +8
stages state: cold < warm
  score >= 5 -> warm
stages owner: nobody < Kowalski < Nowak
  region = "x" -> Kowalski
"""
NOW = ("--as-of", "2026-11-21")


def test_a_second_ladder_and_a_rule_that_moves_into_a_group(here, leadrules):
    moved = RULES.replace('  city = "X" +15\n', "").replace("max 10\n", 'max 10\n    city = "X" +15\n')
    (here / "old.leadrules").write_text(RULES, "utf-8")
    (here / "new.leadrules").write_text(moved.replace("-> Kowalski", "-> Nowak"), "utf-8")
    (here / "own.csv").write_text("id,region,city,country\n1,x,X,PL\n2,y,X,DE\n3,y,Z,PL\n", "utf-8")
    files = ("old.leadrules", "new.leadrules", "own.csv", *NOW)

    told = leadrules("diff", *files).stdout
    assert '  ~ rule, from fit to fit, group place\n        city = "X" +15\n' in told
    assert "       1 with another owner (33.3%)\n" in told
    assert "       0 with another state (0.0%)\n" in told
    assert "  1  23 -> 10  Kowalski -> Nowak\n" in told

    assert json.loads(leadrules("diff", *files, "--format", "json").stdout)["stages"]["owner"]["moved"] == 1
    for limit, status in (("owner moves > 0", 1), ("stage moves > 5%", 1), ("state moves > 0", 0)):
        assert leadrules("diff", *files, "--fail-on", limit).exit_code == status
    run = leadrules("diff", *files, "--fail-on", "onwer moves > 0")
    assert run.exit_code == 2
    assert "did you mean `owner`?" in run.stderr


def test_labels_that_do_not_fit_side_by_side_are_told_line_by_line(here, leadrules, monkeypatch):
    (here / "old.leadrules").write_text(RULES, "utf-8")
    (here / "new.leadrules").write_text(RULES.replace("-> Kowalski", "-> Nowak"), "utf-8")
    (here / "own.csv").write_text("id,region\n1,x\n2,y\n", "utf-8")
    monkeypatch.setenv("COLUMNS", "40")
    told = leadrules("diff", "old.leadrules", "new.leadrules", "own.csv", *NOW).stdout
    assert "  owner\n       1 Kowalski -> Nowak\n" in told
    assert "from \\ to" not in told


def test_leads_that_could_not_be_scored_are_told_by_the_exit_status(here, leadrules):
    (here / "old.leadrules").write_text("field employees: number\nemployees > 5 +5\n", "utf-8")
    (here / "new.leadrules").write_text("field employees: number\nemployees > 5 +6\n", "utf-8")
    (here / "own.csv").write_text("id,employees\n1,7\n2,many\n", "utf-8")
    run = leadrules("diff", "old.leadrules", "new.leadrules", "own.csv", *NOW)
    assert run.exit_code == 3
    assert "1 lead could not be scored by both" in run.stdout
    assert (
        leadrules("diff", "old.leadrules", "new.leadrules", "own.csv", *NOW, "--fail-on", "rejected > 0").exit_code == 1
    )


def test_what_files_lack_and_why_leads_are_left_out_is_told(here, leadrules):
    old = "field seen: bool\nevent demo\nseen +1\ndemo +5\nemployees > 5 +5\n"
    (here / "old.leadrules").write_text(old, "utf-8")
    (here / "new.leadrules").write_text(old + "age > 5 +5\n", "utf-8")
    (here / "own.csv").write_text("id,employees\n1,7\n2,many\n3,8\n3,9\n4,5\n", "utf-8")
    events = "lead_id,type,at\n1,demo,2026-11-02\n9,demo,2026-11-01\n4,demo,11.05.2026\n1,dmo,2026-11-02\n"
    (here / "events.csv").write_text(events, "utf-8")
    files = ("diff", "old.leadrules", "new.leadrules", "own.csv", "--events", "events.csv", *NOW)
    run = leadrules(*files)
    for told in (
        "note: 1 event of leads that `own.csv` does not have, such as `9`\n",
        "note: 1 event is of a type that no rule knows: `dmo` (1, is it `demo`?)\n    write event demo from",
        "note: the old rules read `seen`, and no row has",
        "note: the new rules read `seen`, `age`, and no row has",
        "warning: 3 leads could not be read\n",
        "  `employees`: 1 value cannot be read: `many` (row 3)\n    write field employees: number else unknown\n",
        '  `at`: 1 value cannot be read: `11.05.2026`\n    write event any_event at as "D.M.YYYY"\n',
        "  row 5 has the id `3` of row 4\n",
        "  or score them as they are: --lenient takes what cannot be read for unknown and leaves out events without",
        "any_event at as",
    ):
        assert told in run.stderr, told
    assert "What it does to 2 leads" in run.stdout
    run = leadrules(*files, "--lenient")
    assert "What it does to 4 leads" in run.stdout
    assert "warning: 1 lead and 1 event could not be read\n" in run.stderr
