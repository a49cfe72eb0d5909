"""Events whose time is missing or cannot be read: what reads them is told, and lenient rules do without them."""

import datetime as dt
import json
from pathlib import Path

import pytest

from leadrules import Ruleset
from leadrules.tables import EventFile, compare, read_leads, score_files

NOON = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
RULES = "event demo\nemployees > 5 +5\ndemo +10\n"
EVENTS = ["lead_id,type,at\n", "1,demo,2026-11-02\n1,demo,kiedyś\n2,demo,\n3,demo,3.11.2026\n"]


@pytest.fixture(autouse=True)
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("leads.csv").write_text("id,employees\n1,7\n2,8\n3,9\n", "utf-8")
    Path("events.csv").write_text("".join(EVENTS), "utf-8")
    Path("more.csv").write_text("lead_id,type,at\n1,demo,2026-11-03\n1,demo,soon\n", "utf-8")


def scored(rules, **options):
    options = {"leads": "leads.csv", "events": ["events.csv", "more.csv"], **options}
    summary = score_files(rules, as_of=NOON, output="out.csv", rejects="rejects.jsonl", **options)
    rows = [line.split(",")[:2] for line in Path("out.csv").read_text("utf-8").splitlines()[1:]]
    return summary, rows, [json.loads(line) for line in Path("rejects.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.parametrize("workers", [1, 2])
def test_lenient_rules_score_a_lead_without_them_and_each_is_a_reject(workers):
    summary, rows, rejects = scored(Ruleset.from_text(RULES, lenient=True), workers=workers)
    assert rows == [["1", "25"], ["2", "5"], ["3", "5"]]
    assert (summary.scored, summary.rejected, summary.rejected_events) == (3, 0, 4)
    assert [(one["kind"], one["id"], one["row"], one["file"]) for one in rejects] == [
        ("event", "1", 3, "events.csv"),
        ("event", "1", 3, "more.csv"),
        ("event", "2", 4, "events.csv"),
        ("event", "3", 5, "events.csv"),
    ]
    assert rejects[2]["reason"] == ("event row 4 of `events.csv`: event `demo` has no time (`at` is missing)")
    (told,) = summary.unreadable
    assert told.sentence().startswith("`at`: 4 values cannot be read, such as `kiedyś`, `soon`, an empty one")


def test_without_it_they_cost_the_lead():
    summary, rows, _ = scored(Ruleset.from_text(RULES))
    assert (rows, summary.rejected, summary.rejected_events) == ([], 3, 0)
    assert summary.other_reasons == ()


@pytest.mark.parametrize(
    "declared",
    ["", "event any_event[utm: text]\n", 'event any_event at as "M/D/YYYY"\n', 'event demo at as "M/D/YYYY"\n'],
)
def test_the_line_that_is_told_reads_them_beside_all_others(declared):
    rules = RULES if declared.startswith("event demo") else RULES + declared
    rules = rules.replace("event demo\n", declared) if declared.startswith("event demo") else rules
    Path("events.csv").write_text("lead_id,type,at\n1,demo,2026-11-02\n1,demo,3.11.2026\n1,demo,2026-11-02T10:00Z\n")
    summary, rows, _ = scored(Ruleset.from_text(rules), events="events.csv")
    assert rows == [["2", "5"], ["3", "5"]]
    (told,) = summary.unreadable
    assert told.cure == 'event any_event at as "D.M.YYYY"'
    summary, rows, _ = scored(Ruleset.from_text(rules + told.cure + "\n"), events="events.csv")
    assert (summary.rejected, rows[0]) == (0, ["1", "35"])


def test_a_lead_with_another_mistake_is_left_out_with_all_that_is_wrong():
    rules = Ruleset.from_text(RULES, lenient=True)
    events = [{"type": "demo", "at": "x"}, {"type": "demo", "at": "2026-11-02", "id": ["a"]}]
    lead = {"id": "1", "events": events}
    Path("leads.jsonl").write_text(json.dumps(lead) + "\n")
    summary, _, rejects = scored(rules, leads="leads.jsonl", events=None)
    assert (summary.rejected, summary.rejected_events, len(rejects[0]["mistakes"])) == (1, 0, 2)


def test_events_that_stand_with_their_lead_have_its_row():
    events = [{"type": "demo", "at": "x"}, {"type": "demo", "at": "2026-11-02"}, {"type": "demo"}]
    Path("leads.jsonl").write_text(json.dumps({"id": "1", "employees": 7, "events": events}) + "\n")
    events_of_file = EventFile("more.csv")
    _, rows, rejects = scored(Ruleset.from_text(RULES, lenient=True), leads="leads.jsonl", events=events_of_file)
    assert rows == [["1", "25"]]
    assert [one["reason"].partition(":")[0] for one in rejects] == ["row 1", "row 1", "event row 3"]


def test_a_comparison_reads_leads_so_too():
    strict, found = (
        compare(Ruleset.from_text(RULES, lenient=lenient), read_leads("leads.csv", events=["events.csv", "more.csv"]))
        for lenient in (False, True)
    )
    assert strict.readable == 0
    assert (found.readable, len(found.rejects), found.unreadable[0].count) == (3, 4, 4)
