"""Event files: where the parts of an event stand, and how events find their lead."""

import datetime as dt
import json
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from leadrules.tables import FileProblem, Reject, Row, read_events, read_leads


def written(folder: Path, content: str, name: str = "events.csv") -> Path:
    path = folder / name
    path.write_text(content, "utf-8")
    return path


def problem(path: Path, **options: object) -> str:
    with pytest.raises(FileProblem) as caught:
        read_events(path, **options)
    return str(caught.value).replace(str(path.parent) + "/", "")


def test_events_are_grouped_by_lead_and_other_columns_are_properties(tmp_path):
    path = written(tmp_path, "lead_id,type,at,id,url,seconds\n1,visit,2026-01-01,e1,/a,\n 2 ,visit,2026-01-02,,,5\n")
    events = read_events(path)
    assert events.of("1") == [{"type": "visit", "at": "2026-01-01", "id": "e1", "properties": {"url": "/a"}}]
    assert events.of("2") == [{"type": "visit", "at": "2026-01-02", "id": "", "properties": {"seconds": "5"}}]
    assert events.of("3") == []
    assert events.rejects == ()


def test_parts_may_stand_in_other_columns(tmp_path):
    path = written(tmp_path, "case;what;when;id\n1;visit;2026-01-01;x\n")
    events = read_events(path, columns={"lead": "case", "type": "what", "at": "when"})
    assert events.of("1") == [{"type": "visit", "at": "2026-01-01", "id": "x"}]


def test_events_may_have_no_id(tmp_path):
    path = written(tmp_path, "lead_id,type,at,id\n1,visit,2026-01-01,x\n")
    assert read_events(path, columns={"id": None}).of("1") == [
        {"type": "visit", "at": "2026-01-01", "properties": {"id": "x"}}
    ]
    plain = written(tmp_path, "lead_id,type,at\n1,visit,2026-01-01\n")
    assert read_events(plain).of("1") == [{"type": "visit", "at": "2026-01-01", "id": None}]


def test_json_events_may_nest_their_properties(tmp_path):
    event = {"lead_id": 1, "type": "visit", "at": "2026-01-01", "shop": "x", "properties": {"url": "/a"}}
    expected = [{"type": "visit", "at": "2026-01-01", "id": None, "properties": {"shop": "x", "url": "/a"}}]
    for name, text in [
        ("e.jsonl", json.dumps(event)),
        ("e.json", json.dumps([event])),
        ("e.json", json.dumps({"events": [event]})),
    ]:
        assert read_events(written(tmp_path, text, name)).of("1") == expected


def test_parquet_events(tmp_path):
    moment = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    path = tmp_path / "events.parquet"
    parquet.write_table(
        pa.table({"lead_id": [1, 1], "type": ["a", "b"], "at": pa.array([moment] * 2), "url": ["/a", None]}), path
    )
    assert read_events(path).of("1") == [
        {"type": "a", "at": moment, "id": None, "properties": {"url": "/a"}},
        {"type": "b", "at": moment, "id": None},
    ]


def test_rows_that_cannot_be_read_are_rejected(tmp_path):
    path = written(tmp_path, "lead_id,type,at\n1,visit\n ,visit,2026-01-01\n1,visit,2026-01-01\n")
    events = read_events(path)
    assert events.rejects == (
        Reject("event", 1, None, "event row 1 has 2 values, the header has 3 columns"),
        Reject("event", 2, None, "event row 2 names no lead (`lead_id` is empty)"),
    )
    assert len(events.of("1")) == 1
    more = read_events(written(tmp_path, '{"type": "a"}\n{"lead_id": 1.5}\n{', "e.jsonl"))
    assert [reject.reason for reject in more.rejects] == [
        "event row 1 names no lead (`lead_id` is missing)",
        "event row 2 names no lead (id: `1.5` is not a text (write it in quotes))",
        "event row 3 is not JSON (column 2)",
    ]


def test_a_missing_column_is_named(tmp_path):
    path = written(tmp_path, "LeadID,type,at\n1,a,b\n")
    assert problem(path) == (
        "`events.csv` has no column `lead_id` for the id of the lead; its columns are `LeadID`, `type`, `at`\n"
        '  help: is it `LeadID`? name the column with `event_columns={"lead": …}`'
    )
    assert "has no column `at` for the time of the event" in problem(
        path, columns={"lead": "LeadID", "at": "at "}
    ).replace("`at `", "`at`")
    assert "has no column `uid` for the id of the event" in problem(path, columns={"lead": "LeadID", "id": "uid"})


def test_parts_that_do_not_exist(tmp_path):
    path = written(tmp_path, "lead_id,type,at\n")
    assert problem(path, columns={"time": "at"}) == (
        "an event has no part `time` to map\n  help: the parts of an event are lead, type, at, id"
    )
    assert problem(path, columns={"at": None}) == (
        '`at` of an event needs a column\n  help: write it as `event_columns={"at": …}`'
    )


def test_events_join_their_leads(tmp_path):
    leads = written(tmp_path, "id,a\n1,x\n2,y\n", "leads.csv")
    path = written(tmp_path, "lead_id,type,at\n2,a,2026-01-01\n1,b,2026-01-01\n3,c,2026-01-01\n3,d,2026-01-01\n,e,f\n")
    table = read_leads(leads, events=path)
    rows = list(table)
    assert rows[0] == Reject("event", 5, None, "event row 5 names no lead (`lead_id` is empty)")
    assert [[e["type"] for e in row.lead["events"]] for row in rows if isinstance(row, Row)] == [["b"], ["a"]]
    assert table.unmatched_events == 2


def test_events_of_a_record_and_of_a_file_are_both_used(tmp_path):
    leads = written(tmp_path, '{"id": 1, "events": [{"type": "a"}]}\n{"id": 2, "events": null}', "leads.jsonl")
    path = written(tmp_path, "lead_id,type,at\n1,b,2026-01-01\n2,c,2026-01-01\n")
    rows = list(read_leads(leads, events=path))
    assert [[e["type"] for e in row.lead["events"]] for row in rows] == [["a", "b"], ["c"]]


def test_an_event_table_may_be_read_before(tmp_path):
    leads = written(tmp_path, "id\n1\n", "leads.csv")
    events = read_events(written(tmp_path, "lead_id,type,at\n1,b,2026-01-01\n"))
    (row,) = read_leads(leads, events=events)
    assert row.lead["events"][0]["type"] == "b"


def test_events_with_their_own_delimiter(tmp_path):
    leads = written(tmp_path, "id;a\n1;x\n", "leads.csv")
    path = written(tmp_path, "k:type:w\n1:b:2026-01-01\n")
    (row,) = read_leads(leads, events=path, event_columns={"lead": "k", "at": "w"}, event_delimiter=":")
    assert row.lead["events"][0]["at"] == "2026-01-01"
