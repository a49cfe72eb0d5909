"""`leadrules explain`: one lead, and what it lacks."""

import json
from datetime import UTC, datetime

import pytest

from leadrules import Ruleset
from leadrules.tables import read_leads

EXPLAIN = ("explain", "acme.leadrules", "leads.csv", "--events", "events.csv", "--as-of", "2026-11-21")


def test_a_lead_is_explained(leadrules):
    run = leadrules(*EXPLAIN, "--lead", "1")
    assert (run.exit_code, run.stderr) == (0, "")
    assert "56" in run.stdout
    assert "asked for a demo" in run.stdout


def test_the_explanation_is_that_of_the_library(leadrules):
    lead = next(row for row in read_leads("leads.csv", events="events.csv") if row.lead["id"] == "1").lead
    explanation = Ruleset.from_file("acme.leadrules").explain(lead, as_of=datetime(2026, 11, 21, tzinfo=UTC))
    assert leadrules(*EXPLAIN, "--lead", "1").stdout.rstrip() == str(explanation)
    assert leadrules(*EXPLAIN, "--lead", "1", "--why-not", "mql").stdout.rstrip() == str(explanation.why_not("mql"))


def test_what_a_lead_lacks_for_a_stage(leadrules):
    run = leadrules(*EXPLAIN, "--lead", "2", "--why-not", "sql")
    assert run.exit_code == 0
    assert "budget" in run.stdout


def test_json(leadrules):
    assert json.loads(leadrules(*EXPLAIN, "--lead", "1", "--format", "json").stdout)["result"]["lead"] == "1"
    why_not = leadrules(*EXPLAIN, "--lead", "2", "--why-not", "sql", "--format", "json")
    assert json.loads(why_not.stdout)["label"] == "sql"


def test_personal_values_are_shown_on_request_only(here, leadrules):
    (here / "acme.leadrules").write_text('email ends with "kestrel.example" +5\n', "utf-8")
    assert "ada@kestrel.example" not in leadrules(*EXPLAIN, "--lead", "1").output
    assert "ada@kestrel.example" in leadrules(*EXPLAIN, "--lead", "1", "--pii").stdout


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("lead-1", "error: no lead `lead-1` among the 3 leads of `leads.csv`\n  help: is it `Lead-1`?"),
        ("Laed-2", "help: is it `Lead-2` or `Lead-1`"),
        ("zzz", "help: its ids look like `Lead-1`"),
    ],
)
def test_an_unknown_lead_is_told_with_close_ones(wanted, said, here, leadrules):
    (here / "leads.csv").write_text("id,email\nLead-1,a\nLead-2,b\nOther,c\n", "utf-8")
    run = leadrules(*EXPLAIN, "--lead", wanted)
    assert run.exit_code == 2
    assert said in run.stderr


def test_an_unknown_stage_is_told_with_those_there_are(leadrules):
    run = leadrules(*EXPLAIN, "--lead", "1", "--why-not", "won")
    assert run.exit_code == 2
    assert "their stages are `lead`, `mql`, `sql`, `disqualified`" in run.stderr


def test_a_lead_that_cannot_be_read(here, leadrules):
    (here / "leads.csv").write_text("id,employees\n1,many\n", "utf-8")
    run = leadrules(*EXPLAIN, "--lead", "1")
    assert run.exit_code == 3
    assert (
        "lead `1` is left out, since it cannot be read: row 2: field `employees`: `many` is not a number" in run.stderr
    )


def test_why_not_names_the_file_of_a_line_where_there_are_several(here, leadrules):
    (here / "base.leadrules").write_text("need and timing -> sql\n", "utf-8")
    (here / "main.leadrules").write_text(
        'include "base.leadrules"\nstages lead < sql\nrequire timing\nauthority -> sql\n', "utf-8"
    )
    told = leadrules("explain", "main.leadrules", "leads.csv", "--lead", "1", "--why-not", "sql").stdout
    assert "  main.leadrules, line 3  timing  unknown\n" in told
    assert "  main.leadrules, line 4  authority\n" in told
    assert "  base.leadrules, line 1  need and timing\n" in told


AT = ("--as-of", "2026-11-21")


@pytest.fixture
def dirty(here):
    (here / "r.leadrules").write_text("event demo\nemployees > 5 +5\ndemo +5\n", "utf-8")
    (here / "own.csv").write_text("id,employees\n1,7\n2,many\n3,8\n 2 ,9\n1,4\n4,6,x\n,6\n", "utf-8")
    events = "lead_id,type,at\n3,demo,11.05.2026\n3,demo,\n3,demo,2026-11-02\n,demo,2026-11-02\n8,demo,2026-11-02\n"
    (here / "events.csv").write_text(events, "utf-8")
    return ("explain", "r.leadrules", "own.csv", "--events", "events.csv", *AT, "--lead")


def test_a_lead_that_is_left_out_is_told_with_the_reason_and_the_line_to_write(dirty, leadrules):
    run = leadrules(*dirty, "2")
    assert run.exit_code == 3
    assert "error: lead `2` is left out, since it cannot be read: row 3: field `employees`: `many` is" in run.stderr
    assert "note: left out: row 5 has the id `2` of row 3\n" in run.stderr
    assert (
        "  help: write `field employees: number else unknown` in the rules; or --lenient takes what cannot be read for "
        "unknown\n" in run.stderr
    )
    run = leadrules(*dirty, "3")
    assert run.exit_code == 3
    assert 'help: write `event any_event at as "D.M.YYYY"` in the rules; or --lenient leaves out events' in run.stderr


def test_a_further_row_of_the_lead_is_told(dirty, leadrules):
    run = leadrules(*dirty, "1")
    assert run.exit_code == 0
    assert "note: left out: row 6 has the id `1` of row 2\n" in run.stderr
    assert "note: 1 event of leads that `own.csv` does not have, such as `8`\n" in run.stderr
    assert "note: 1 event could not be read, and may be of this lead: event row 5 names no lead" in run.stderr


def test_a_lead_that_may_stand_in_a_row_that_is_left_out(dirty, leadrules):
    run = leadrules(*dirty, "4")
    assert run.exit_code == 3
    assert (
        "error: no lead `4` among the 3 leads of `own.csv`; it may be in 2 rows that are left out: row 7 has 3 values, "
        "the header has 2 columns; and 1 more\n" in run.stderr
    )


def test_events_without_a_time_do_not_count_where_rules_are_lenient(dirty, leadrules):
    run = leadrules(*dirty, "3", "--lenient")
    assert run.exit_code == 0
    assert "warning: left out: event row 2: event `demo` (number 1 of 3): `at`: `11.05.2026` is not" in run.stderr
    assert "warning: left out: event row 3: event `demo` (number 2 of 3) has no time" in run.stderr
    assert "1 event on 2026-11-02" in run.stdout
