"""Several files of leads and events: lists, patterns, folders; rows are told by file; a lead at several moments."""

import datetime as dt
import json

import pytest

from leadrules import Ruleset
from leadrules.tables import EventFile, FileProblem, Reject, Row, read_events, read_leads, score_files

NOON = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
RULES = Ruleset.from_text("event visit\nneed +1\nvisit +10")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.csv").write_text("id,need,city\n1,yes,Łódź\n2,no,\n\n")
    (tmp_path / "in" / "b.csv").write_bytes("id;need\n3;yes\n1;yes\n;no\n4;maybe\n".encode("cp1250"))
    (tmp_path / "in" / "README.md").write_text("not a table")
    (tmp_path / "in" / ".hidden.csv").write_text("id\n9\n")
    return tmp_path


@pytest.mark.parametrize("given", ["in", ["in/a.csv", "in/b.csv"], "in/*.csv", ["in/a*", "in/[b].csv"], "**/[ab].csv"])
@pytest.mark.usefixtures("folder")
def test_files_are_one_table(given):
    leads = read_leads(given)
    rows = list(leads)
    assert [(row.file, row.number, row.lead["id"]) for row in rows if isinstance(row, Row)] == [
        ("in/a.csv", 2, "1"),
        ("in/a.csv", 3, "2"),
        ("in/b.csv", 2, "3"),
        ("in/b.csv", 5, "4"),
    ]
    assert [(row.file, row.reason) for row in rows if isinstance(row, Reject)] == [
        ("in/b.csv", "row 3 of `in/b.csv` has the id `1` of row 2 of `in/a.csv`"),
        ("in/b.csv", "row 4 of `in/b.csv` has no id (`id` is empty)"),
    ]
    assert leads.columns == ("id", "need", "city")
    assert (leads.read_rows, leads.blank_rows, leads.path) == (7, 1, None)
    passed = "the folder `in` has 1 file that is no table by name, passed over: `README.md`"
    assert leads.remarks == (
        *([passed] if given == "in" else []),
        "`in/a.csv` has 1 row without any value, passed over",
        "`in/b.csv` has no column `city`, which others have",
    )


def test_what_cannot_be_read_is_told_and_listed_by_file(folder):
    summary = score_files(RULES, leads=["in/a.csv", "in/b.csv"], as_of=NOON, rejects="rejects.jsonl")
    assert (summary.scored, summary.rejected, summary.blank, summary.rows) == (3, 3, 1, 7)
    assert summary.reasons[2].startswith("row 5 of `in/b.csv`: field `need`: `maybe` is not true or false")
    listed = [json.loads(line) for line in (folder / "rejects.jsonl").read_text().splitlines()]
    assert [(one["row"], one["file"]) for one in listed] == [(3, "in/b.csv"), (4, "in/b.csv"), (5, "in/b.csv")]


@pytest.mark.usefixtures("folder")
def test_rows_as_ids_have_the_name_of_their_file():
    assert [row.lead["id"] for row in read_leads("in", id_column="#")][:3] == ["a.csv:2", "a.csv:3", "b.csv:2"]
    assert [row.lead["id"] for row in read_leads("in/a.csv", id_column="#")] == ["2", "3"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("in/*.xlsx", "no file has a name such as `in/*.xlsx`\n  help: `in` has `README.md`, `a.csv`, `b.csv`"),
        ("out/*.csv", "no file has a name such as `out/*.csv`\n  help: the folder `out` does not exist"),
        (["in/a.csv", "./in/a.csv"], "`in/a.csv` is given twice\n  help: name it once"),
        ([], "no file of leads is given"),
        (".", "`.` is a folder without a file that can be read\n  help: names of such files end in `.csv`"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_what_leads_to_no_files(given, said):
    with pytest.raises(FileProblem) as caught:
        read_leads(given)
    assert str(caught.value).startswith(said)


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(folder):
    (folder / "leads[1].csv").write_text("id\n7\n")
    assert [row.lead["id"] for row in read_leads("leads[1].csv")] == ["7"]


def test_events_of_a_folder_and_of_a_pattern(folder):
    events = folder / "events"
    events.mkdir()
    for name, lead in (("x", 1), ("y", 3)):
        (events / f"{name}.csv").write_text(f"who,at\n{lead},2026-11-20\n")
    (events / "notes.txt").write_text("")
    options = {"columns": {"lead": "who"}, "constants": {"type": "visit"}}
    for given in ("events", "events/*.csv"):
        table = read_events(EventFile(given, **options))
        assert (table.rows, table.paths) == (
            2,
            (events.relative_to(folder) / "x.csv", events.relative_to(folder) / "y.csv"),
        )
        assert len(table.remarks) == (given == "events")
    twice = read_events([EventFile("events/x.csv", **options)] * 2)
    assert twice.remarks == ("`events/x.csv` is given twice, and its events count twice",)


def test_a_lead_at_several_moments_is_no_repeat(folder):
    (folder / "leads.csv").write_text("id,as_of\nA,2026-03-02\nA,2026-03-09\nA,2026-03-02\nB,2026-03-02\n")
    (folder / "events.csv").write_text("lead_id,type,at\nA,visit,2026-03-01T10:00:00Z\nA,visit,2026-03-08T10:00:00Z\n")
    told = []
    leads = read_leads("leads.csv", as_of_column="as_of", events="events.csv")
    summary = score_files(RULES, leads=leads, progress=told.append)
    assert [one.result.score for one in told if hasattr(one, "result")] == [10, 20, 0]
    assert summary.reasons == ("row 4 has the id `A` and the time `2026-03-02` of row 2",)
    assert summary.unmatched_events == 0
