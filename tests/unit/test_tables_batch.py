"""`score_files` as a program calls it: files in, files out, and a summary."""

import io
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from pyarrow import parquet

from leadrules import InputError, Ruleset
from leadrules.sdk import criterion
from leadrules.tables import FileProblem, Reject, Row, Scored, Summary, UnreadableColumn, read_leads, score_files
from leadrules.tables.scoring import chunks_of

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
RULES = """\
dimension fit
  budget          +20
dimension interest
  email_open      +5  max 3 times

score >= 20  -> mql
budget       -> tag "has money"
"""
LEADS = "id,company,budget\n1,Kestrel Haulage,yes\n2,Amber Cargo,maybe\n3,Łódź Freight,\n,Polar Stores,no\n"
EVENTS = """\
lead_id,type,at
1,email_open,2026-11-20T10:00:00Z
3,email_open,2026-11-01
,email_open,2026-11-01
9,x,2026-11-01
"""
UNREAD = "row 3: field `budget`: `maybe` is not true or false (write true, false, yes, no, 1 or 0)"
REASONS = ("event row 4 names no lead (`lead_id` is empty)", UNREAD, "row 5 has no id (`id` is empty)")
SUMMARY = Summary(
    scored=2,
    rejected=2,
    unscored=0,
    rejected_events=1,
    unmatched_events=1,
    reasons=REASONS,
    rows=4,
    blank=0,
    joined_lines=0,
    event_rows=4,
    blank_events=0,
    remarks=(),
    formula=None,
    unreadable=(UnreadableColumn("budget", "budget", 1, ("maybe",), "field budget: bool else unknown", row=3),),
    other_reasons=(REASONS[0], REASONS[2]),
    unmatched_leads=("9",),
)


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, text in (("rules.leadrules", RULES), ("leads.csv", LEADS), ("events.csv", EVENTS)):
        Path(name).write_text(text, "utf-8", newline="")
    return tmp_path


@pytest.fixture
def rules(here):  # noqa: ARG001 - the file stands there
    return Ruleset.from_file("rules.leadrules")


def run(rules, **options) -> Summary:
    return score_files(rules, **{"leads": "leads.csv", "events": "events.csv", "as_of": NOON, **options})


def test_everything_that_can_be_written(rules):
    summary = run(rules, output="scored.csv", audit="audit.csv", rejects="rejects.csv")
    assert summary == SUMMARY
    assert summary.left_out == 3
    assert Path("scored.csv").read_text("utf-8") == (
        "id,score,fit,interest,stage,segments,tags,recommendations,missing\n"
        "1,25,20,5,mql,,has money,,\n"
        "3,5,0,5,unqualified,,,,\n"
    )
    head, *entries = Path("audit.csv").read_text("utf-8").splitlines()
    assert head == "lead,kind,rule,alternative,file,line,points,because,evidence"
    assert [line.split(",")[:7] for line in entries] == [
        ["1", "points", "fit: budget", "", rules._files.name, "2", "20"],
        ["1", "points", "interest: email_open", "", rules._files.name, "4", "5"],
        ["3", "points", "interest: email_open", "", rules._files.name, "4", "5"],
    ]
    listed = Path("rejects.csv").read_text("utf-8").splitlines()
    assert listed == ["row,id,reason", f"4,,{REASONS[0]}", f'3,2,"{UNREAD}"', "5,,row 5 has no id (`id` is empty)"]


def test_nothing_needs_to_be_written(rules, here):
    before = sorted(here.iterdir())
    assert run(rules) == SUMMARY
    assert sorted(here.iterdir()) == before


@pytest.mark.parametrize("workers", [None, 1, 2])
def test_the_results_are_those_of_evaluate_in_every_format(rules, workers):
    events = [{"type": "email_open", "at": "2026-11-20T10:00:00Z"}]
    known = {"id": "1", "attributes": {"company": "Kestrel Haulage", "budget": "yes"}, "events": events}
    one = rules.evaluate(known, as_of=NOON)
    run(rules, output="scored.jsonl", audit="audit.jsonl", workers=workers)
    run(rules, output="scored.json", workers=workers)
    run(rules, output="scored.parquet", workers=workers)
    lines = Path("scored.jsonl").read_text("utf-8").splitlines()
    assert lines[0] == one.to_json()
    assert json.loads(Path("scored.json").read_text("utf-8")) == [json.loads(line) for line in lines]
    entries = [json.loads(line) for line in Path("audit.jsonl").read_text("utf-8").splitlines()]
    assert [entry["points"] for entry in entries] == [20, 5, 5]
    rows = parquet.read_table("scored.parquet").to_pylist()
    assert [(row["id"], row["score"], row["tags"]) for row in rows] == [("1", 25, ["has money"]), ("3", 5, [])]
    assert isinstance(rows[0]["score"], Decimal)


def test_an_open_file_takes_csv_and_stays_open(rules):
    opened = io.StringIO()
    run(rules, output=opened)
    assert opened.getvalue().splitlines()[1] == "1,25,20,5,mql,,has money,,"


def test_columns_are_named_as_for_read_leads(rules):
    Path("leads.csv").write_text("contact,budget\n7,yes\n")
    Path("events.csv").write_text("who,what,at\n7,email_open,2026-11-01\n")
    run(rules, output="out.csv", id_column="contact", event_columns={"lead": "who", "type": "what"})
    assert Path("out.csv").read_text().splitlines() == [
        "contact,score,fit,interest,stage,segments,tags,recommendations,missing",
        "7,25,20,5,mql,,has money,,",
    ]


def test_a_table_with_a_moment_for_each_lead(rules):
    Path("leads.csv").write_text("id;created\n1;2026-11-20\n2;2026-11-21\n3;soon\n4;\n")
    Path("events.csv").write_text(
        "lead_id,type,at\n1,email_open,2026-11-20T10:00:00Z\n2,email_open,2026-11-20T10:00:00Z\n"
    )
    table = read_leads("leads.csv", delimiter=";", as_of_column="created", events="events.csv")
    summary = score_files(rules, leads=table, output="out.csv", workers=2)
    assert [line.split(",")[:2] for line in Path("out.csv").read_text().splitlines()[1:]] == [["1", "0"], ["2", "5"]]
    assert summary.reasons == (
        "row 4: time of scoring: `soon` is not a datetime (write 2026-11-21T10:00:00Z)",
        "row 5 has no time to be scored at (`created` is empty)",
    )
    assert summary.rejected == 2


def test_progress_is_told_of_everything_in_order(rules):
    told = []
    run(rules, progress=told.append)
    assert [type(one) for one in told] == [Reject, Scored, Reject, Scored, Reject]
    assert [one.row.number for one in told if isinstance(one, Scored)] == [2, 4]


def test_what_progress_raises_ends_the_run_and_no_file_is_changed(rules):
    Path("scored.csv").write_text("as before")

    def stop(_one):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(rules, output="scored.csv", audit="audit.csv", rejects="rejects.csv", progress=stop)
    assert Path("scored.csv").read_text() == "as before"
    assert sorted(p.name for p in Path().iterdir()) == ["events.csv", "leads.csv", "rules.leadrules", "scored.csv"]


@criterion
def fails(company: str) -> bool:
    """Fail over some."""
    if company.startswith("K"):
        raise ZeroDivisionError
    return True


def test_a_lead_over_which_a_plugin_fails_is_counted_apart(here):  # noqa: ARG001
    rules = Ruleset.from_text("use crm\ncrm.fails(company) +1", criteria={"crm": {"fails": fails}})
    summary = run(rules)
    assert (summary.scored, summary.rejected, summary.unscored) == (2, 2, 1)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"leads": "leeds.csv"}, "`leeds.csv` does not exist\n  help: is it `leads.csv`?"),
        ({"output": "out.txt"}, "`out.txt` ends in `.txt`, which is no known format for results"),
        ({"output": Path("-")}, "`-` has no suffix, which is no known format for results"),
        ({"audit": "out.json"}, "`out.json` ends in `.json`, which is no known format for the audit"),
        ({"output": "a.csv", "audit": "./a.csv"}, "two outputs have the same name"),
        ({"output": "leads.csv"}, "`leads.csv` is also read"),
        ({"audit": "events.csv"}, "`events.csv` is also read"),
        ({"rejects": "rules.leadrules"}, "`rules.leadrules` is also read"),
        ({"output": "out.csv", "id_column": "fit"}, "`leads.csv` has no column `fit` for the id of the lead"),
    ],
)
def test_files_that_cannot_be_used(rules, options, problem):
    before = {path: path.read_bytes() for path in Path().iterdir()}
    with pytest.raises(FileProblem) as caught:
        run(rules, **options)
    assert str(caught.value).startswith(problem)
    assert {path: path.read_bytes() for path in Path().iterdir()} == before


def test_results_with_two_columns_of_one_name(rules):
    Path("leads.csv").write_text("fit\n1\n")
    with pytest.raises(FileProblem, match="the results would have two columns named `fit`") as caught:
        run(rules, output="out.csv", id_column="fit", events=None)
    assert (caught.value.path, caught.value.advice) == (None, "rename one, or write `.jsonl` instead")
    run(rules, output="out.jsonl", id_column="fit", events=None)


def test_options_that_contradict_each_other(rules):
    opened = read_leads("leads.csv")
    with pytest.raises(ValueError, match="is open already"):
        run(rules, leads=opened)
    with pytest.raises(ValueError, match="is open already"):
        score_files(rules, leads=opened, as_of=NOON, id_column="company")
    with pytest.raises(ValueError, match="the time of scoring"):
        run(rules, as_of=None)
    with pytest.raises(ValueError, match="the time of scoring"):
        score_files(rules, leads=read_leads("leads.csv", as_of_column="company"), as_of=NOON)
    with pytest.raises(InputError, match="as_of needs a timezone"):
        run(rules, as_of=datetime(2026, 11, 21))  # noqa: DTZ001 - that is the mistake
    with pytest.raises(ValueError, match="give events, too"):
        run(rules, events=None, event_columns={"at": "time"})
    for workers in (0, -3, "2", 1.0, True, 1_025, 10**30):
        with pytest.raises(ValueError, match="workers is a whole number of processes, from 1 to 1,024"):
            run(rules, workers=workers)
    with pytest.raises(TypeError, match=r"load them with Ruleset\.from_file"):
        run("rules.leadrules")


def test_workers_get_few_rows_at_once_where_values_are_large():
    def rows(count, lead):
        parts = {"id": "1", "attributes": {}, "events": [], "stages": {}}
        return [Row(n, None, {**parts, **lead}) for n in range(count)]

    reject = Reject("lead", 1, None, "row 1 is empty")
    for lead, sizes in (
        ({"attributes": {"employees": 5, "note": "x" * 1_000}}, [200, 200, 50]),
        ({"attributes": {"note": "x" * 1_000_000}}, [5] * 90),
        ({"events": [{}] * 10_000}, [5] * 90),
        ({"attributes": None, "events": None}, [200, 200, 50]),
    ):
        given = [*rows(449, lead), reject]
        chunks = [*chunks_of(given)]
        assert [len(chunk) for chunk in chunks] == sizes
        assert [row for chunk in chunks for row in chunk] == given


def test_a_table_that_was_read_is_not_read_as_empty(rules):
    opened = read_leads("leads.csv")
    assert len([*opened]) == 4
    Path("out.csv").write_text("the last good one")
    with pytest.raises(ValueError, match=r"leads.csv are read already: open them again with read_leads"):
        score_files(rules, leads=opened, as_of=NOON, output="out.csv")
    assert Path("out.csv").read_text() == "the last good one"


@pytest.mark.parametrize("output", ["output", "audit", "rejects"])
def test_files_that_the_rules_name_are_not_written_over(here, output):  # noqa: ARG001
    Path("lists").mkdir()
    Path("lists/targets.csv").write_text("domain\nacme.example\n")
    Path("base.leadrules").write_text('list targets from "lists/targets.csv"\n')
    Path("main.leadrules").write_text('include "base.leadrules"\ncompany in targets +5\n')
    rules = Ruleset.from_file("main.leadrules")
    with pytest.raises(FileProblem, match=r"`lists/targets\.csv` is also read"):
        run(rules, **{output: "lists/targets.csv"})
    assert Path("lists/targets.csv").read_text() == "domain\nacme.example\n"


def test_no_terminal_is_needed():
    code = "import sys, leadrules.tables; print({'rich', 'typer', 'leadrules.cli', 'pyarrow'} & set(sys.modules))"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_formulas_are_made_harmless_in_every_csv_file(here, rules):
    (here / "odd.csv").write_text("id,budget\n=1+1,yes\n@x,maybe\n", "utf-8")
    files = {"output": "scored.csv", "audit": "audit.csv", "rejects": "rejects.csv"}
    summary = run(rules, leads="odd.csv", events=None, **files)
    assert summary.formula == "=1+1"
    assert [Path(name).read_text("utf-8").splitlines()[1].split(",")[0] for name in ("scored.csv", "audit.csv")] == [
        "'=1+1",
        "'=1+1",
    ]
    assert Path("rejects.csv").read_text("utf-8").splitlines()[1].split(",")[1] == "'@x"
    summary = run(rules, leads="odd.csv", events=None, **files, keep_formulas=True)
    assert summary.formula is None
    for name in files.values():
        assert "'" not in Path(name).read_text("utf-8")
    assert run(rules, leads="odd.csv", events=None, output="scored.jsonl", rejects="rejects.jsonl").formula is None
    assert json.loads(Path("scored.jsonl").read_text("utf-8"))["lead"] == "=1+1"
    printed = io.StringIO()
    run(rules, leads="odd.csv", events=None, output=printed)
    assert printed.getvalue().splitlines()[1].startswith("'=1+1,")
