"""Records that were merged: the events of their ids are the lead's that is left."""

import datetime as dt
import json

import pytest

from leadrules import Ruleset
from leadrules.tables import FileProblem, Scored, read_leads, score_files

RULES = Ruleset.from_text("email_click +10\njob_title is known +1")
EVENTS = "lead_id,type,at,id\nA,email_click,2026-03-01,1\nB,email_click,2026-02-01,2\nC,email_click,2026-02-02,2\n"


@pytest.fixture
def scored(tmp_path):
    def score(leads, *, name="leads.csv", events=EVENTS, **options):
        (tmp_path / name).write_text(leads, "utf-8")
        (tmp_path / "events.csv").write_text(events, "utf-8")
        table = read_leads(tmp_path / name, events=tmp_path / "events.csv", alias_column="merged", **options)
        scores = {}

        def seen(one):
            if isinstance(one, Scored):
                scores[one.result.lead] = one.result.score

        as_of = None if options else dt.datetime(2026, 3, 10, tzinfo=dt.UTC)
        summary = score_files(RULES, leads=table, as_of=as_of, progress=seen)
        return scores, summary

    return score


@pytest.mark.parametrize("merged", ["B;C", '"B, C"', '" C ;; B; A"'])
def test_events_of_merged_records_count_for_the_lead_that_is_left(scored, merged):
    scores, summary = scored(f"id,merged\nA,{merged}\nD,\n")
    assert scores == {"A": 20, "D": 0}  # two of the three events have one id
    assert (summary.unmatched_events, summary.rejected) == (0, 0)


def test_ids_are_numbers_and_lists_in_json(scored):
    lines = [{"id": 1, "merged": [2, "3"]}, {"id": 4, "merged": 5}]
    events = (
        EVENTS.replace("A", "1").replace("B", "2").replace("C,email_click,2026-02-02,2", "5,email_click,2026-02-02,3")
    )
    scores, summary = scored("\n".join(map(json.dumps, lines)), name="leads.jsonl", events=events)
    assert scores == {"1": 20, "4": 10}
    assert summary.unmatched_events == 0


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ("A,B\nB,", "row 3 has the id `B`, which row 2 has among those that were merged into `A`"),
        ("B,\nA,B", "row 3 has `B` in `merged`, which is a lead of the file, too"),
        ("A,B\nD,B", "row 3 has `B` in `merged`, as row 2 has, and its events count for one lead alone"),
    ],
)
def test_an_id_counts_for_one_lead(scored, rows, reason):
    _, summary = scored(f"id,merged\n{rows}\n")
    assert (summary.scored, summary.rejected) == (1, 1)
    assert summary.reasons == (reason,)


def test_a_lead_has_the_same_ids_at_several_moments(scored):
    scores, summary = scored("id,merged,day\nA,B,2026-02-15\nA,B,2026-03-05\n", as_of_column="day")
    assert (scores, summary.rejected) == ({"A": 20}, 0)


def test_an_event_that_cannot_be_read_is_named_by_its_own_row(scored):
    events = "lead_id,type,at,id\nA,email_click,2026-03-01,1\nB,email_click,soon,2\n"
    _, summary = scored("id,merged\nA,B\n", events=events)
    assert "event row 3" in summary.reasons[0]


def test_a_column_that_is_not_there(scored):
    with pytest.raises(FileProblem, match="`merged`"):
        scored("id,Other\nA,B\n")
