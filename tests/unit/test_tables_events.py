"""Event files: where the parts of an event stand, and how events find their lead."""

import copy
import datetime as dt
import json
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from leadrules import Ruleset
from leadrules.tables import EVENT_COLUMNS, EventFile, FileProblem, Reject, Row, read_events, read_leads, score_files
from leadrules.tables.event_files import likely_column


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
        Reject("event", 2, None, "event row 2 has 2 values, the header has 3 columns"),
        Reject("event", 3, None, "event row 3 names no lead (`lead_id` is empty)"),
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
        '  help: name the columns with `event_columns={"lead": "LeadID"}`'
    )
    assert "has no column `at` for the time of the event" in problem(
        path, columns={"lead": "LeadID", "at": "at "}
    ).replace("`at `", "`at`")
    assert "has no column `uid` for the id of the event" in problem(path, columns={"lead": "LeadID", "id": "uid"})


def test_a_file_says_what_no_column_of_it_does(tmp_path):
    path = written(tmp_path, "contact_id,opened,page\n1,2026-01-01,/a\n")
    columns = {"lead": "contact_id", "at": "opened", "url": "page"}
    opens = EventFile(path, columns=columns, constants={"type": "email_open", "list": "spring"})
    assert read_events(opens).of("1") == [
        {"type": "email_open", "at": "2026-01-01", "id": None, "properties": {"url": "/a", "list": "spring"}}
    ]
    assert read_events(EventFile(path, columns={"at": "opened"}, constants={"type": "a", "lead": "7"})).of("7") == [
        {"type": "a", "at": "2026-01-01", "id": None, "properties": {"contact_id": "1", "page": "/a"}}
    ]


def test_several_files_are_one_list_of_events(tmp_path):
    first = written(tmp_path, "who,type,at\n1,a,2026-01-01\n,a,2026-01-01\n2,a,soon\n", "first.csv")
    second = written(tmp_path, '{"person": 1, "at": "2026-01-02"}\n', "second.jsonl")
    files = [first, EventFile(second, columns={"lead": "person"}, constants={"type": "b"})]
    events = read_events(files, columns={"lead": "who"})
    assert [event["type"] for event in events.of("1")] == ["a", "b"]
    assert events.paths == (first, second)
    assert events.rows == 4
    assert [reject.reason for reject in events.rejects] == [f"event row 3 of `{first}` names no lead (`who` is empty)"]
    assert [events.rows_of("1").called(index) for index in (0, 1)] == [
        f"event row 2 of `{first}`",
        f"event row 1 of `{second}`",
    ]


def test_a_mistake_in_an_event_names_its_file_where_there_are_several(tmp_path):
    leads = written(tmp_path, "id\n1\n", "leads.csv")
    first = written(tmp_path, "lead_id,type,at\n1,email_open,2026-01-01\n", "first.csv")
    second = written(tmp_path, "lead_id,type,at\n1,email_open,soon\n", "second.csv")
    rules, as_of = Ruleset.from_text("email_open +1"), dt.datetime(2026, 2, 1, tzinfo=dt.UTC)
    summary = score_files(rules, leads=leads, events=[first, second], as_of=as_of)
    assert f"row 2: event row 2 of `{second}`: event `email_open`" in summary.reasons[0]
    assert score_files(rules, leads=leads, events=[first, first], as_of=as_of).event_rows == 2


def test_what_all_files_lack_is_said_at_once(tmp_path):
    first = written(tmp_path, "contact,action,time\n", "first.csv")
    second = written(tmp_path, "contact_id,opened_at\n", "second.csv")
    third = written(tmp_path, "lead_id,type,at\n", "third.csv")
    with pytest.raises(FileProblem) as caught:
        read_events([first, second, third])
    said = str(caught.value).replace(f"{tmp_path}/", "")
    assert said == (
        "`first.csv` has no column `lead_id` for the id of the lead, no column `type` for the type of the event "
        "and no column `at` for the time of the event; its columns are `contact`, `action`, `time`\n"
        "`second.csv` has no column `lead_id` for the id of the lead, no column `type` for the type of the event "
        "and no column `at` for the time of the event; its columns are `contact_id`, `opened_at`\n"
        """  help: say where they stand: `EventFile('first.csv', columns={"lead": "contact", "type": "action", "at": """
        """"time"})`, `EventFile('second.csv', columns={"lead": "contact_id", "type": …, "at": "opened_at"})`; """
        """or, where all events of a file have one, `constants={"type": …}`"""
    )
    assert copy.copy(caught.value).sentence == caught.value.sentence


@pytest.mark.parametrize(
    ("part", "columns", "likely"),
    [
        ("lead", "Data,ID kontaktu,Typ zdarzenia", "ID kontaktu"),
        ("lead", "event_id,contact,when", "contact"),
        ("lead", "url,guest id", "guest id"),
        ("type", "ID kontaktu,Typ zdarzenia,Data", "Typ zdarzenia"),
        ("type", "contact_id,event,timestamp", "event"),
        ("at", "contact_id,event,timestamp", "timestamp"),
        ("at", "contact_id,at_ms", "at_ms"),
        ("at", "contact_id,Created Date", "Created Date"),
        ("at", "Typ zdarzenia,Data,URL", "Data"),
        ("at", "state,url", None),
    ],
)
def test_the_column_that_is_likely_meant(part, columns, likely):
    assert likely_column(part, EVENT_COLUMNS[part], columns.split(",")) == likely


def test_what_contradicts_itself_is_refused(tmp_path):
    path = written(tmp_path, "lead_id,type,at\n")
    twice = EventFile(path, columns={"type": "type"}, constants={"type": "a"})
    with pytest.raises(FileProblem, match="`type` of an event has both a column and a constant"):
        read_events(twice)
    with pytest.raises(FileProblem, match="no column `page` for the property `url`"):
        read_events(EventFile(path, columns={"url": "page"}))


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
    assert rows[0] == Reject("event", 6, None, "event row 6 names no lead (`lead_id` is empty)")
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
