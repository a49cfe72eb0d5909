"""What leads are read from: files, pipes and streams; rows that are too long; ids and events of files."""

import datetime as dt
import io
import json
import os
import stat
import threading
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from leadrules import Ruleset
from leadrules.tables import (
    FORMATS,
    SUFFIXES,
    FileProblem,
    Reject,
    Row,
    csv_files,
    json_files,
    read_events,
    read_leads,
    records,
    score_files,
)

NOON = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
CSV = b"id,size\n1,5\n2,6\n"
LINES = b'{"id": "1", "size": "5"}\n{"id": "2", "size": "6"}\n'
LIST = b'[{"id": "1", "size": "5"}, {"id": "2", "size": "6"}]'
TEXTS = {"csv": CSV, "tsv": CSV.replace(b",", b"\t"), "jsonl": LINES, "ndjson": LINES, "json": LIST}
posix = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with names are of POSIX")


def sizes(given, **options) -> list[str]:
    return [row.lead["attributes"]["size"] for row in read_leads(given, **options)]


def reasons(given, **options) -> list[str]:
    return [row.reason for row in read_leads(given, **options) if isinstance(row, Reject)]


def problem(given, **options) -> str:
    with pytest.raises(FileProblem) as caught:
        list(read_leads(given, **options))
    return str(caught.value)


# -------------------------------------------------------------- files and streams


@pytest.mark.parametrize("name", TEXTS)
def test_a_stream_is_read_as_a_file_is(name, tmp_path):
    stream = io.BytesIO(TEXTS[name])
    assert sizes(stream, input_format=name) == ["5", "6"]
    assert not stream.closed
    (tmp_path / "leads.txt").write_bytes(TEXTS[name])
    assert sizes(tmp_path / "leads.txt", input_format=name) == ["5", "6"]


def test_every_format_is_known_by_its_suffix():
    assert tuple(f".{name}" for name in FORMATS) == SUFFIXES
    assert {*TEXTS, "parquet", "xlsx", "xlsm", "xls", "ods"} == {*FORMATS}


@pytest.mark.parametrize(
    ("text", "encoding", "said"),
    [
        ("id\temployees\n5\t1\n6\t2\n", "utf-16", ["is read as UTF-16; `encoding=…` says otherwise", "tabs"]),
        ("id;employees\n5;1\n6;2\n", "utf-8", ["`;`"]),
        ("id|employees\n5|1\n6|2\n", "utf-8", ["`|`"]),
    ],
)
def test_a_text_that_is_a_table_is_read_as_one_and_that_is_said(tmp_path, text, encoding, said):
    path = tmp_path / "leads.txt"
    path.write_bytes(text.encode(encoding))
    table = read_leads(path)
    assert [row.lead["attributes"]["employees"] for row in table] == ["1", "2"]
    marks = f"is read as a table with {said[-1]} between values"
    assert table.notes == tuple(f"`{path}` {one}" for one in (*said[:-1], marks))
    assert [event["at"] for event in read_events(events_of(tmp_path)).of("5")] == ["2026-11-20"]


def events_of(folder):
    path = folder / "events.txt"
    path.write_bytes("lead_id\ttype\tat\n5\tdemo\t2026-11-20\n".encode("utf-16"))
    return path


@pytest.mark.parametrize("text", ["", "call them all\n", "5\n6\n"])
def test_a_text_that_is_no_table_is_of_no_known_format(tmp_path, text):
    (tmp_path / "notes.txt").write_text(text, "utf-8")
    said = problem(tmp_path / "notes.txt").replace(str(tmp_path), "")
    assert said.startswith(("`/notes.txt` ends in `.txt`, which is no known format", "`/notes.txt` is empty")), said


def test_a_stream_that_is_longer_than_what_is_looked_at_first_is_read_to_its_end():
    rows = [f"{n},{n}" for n in range(50_000)]
    content = "\n".join(["id,size", *rows]).encode()
    assert len(content) > 500_000
    assert sizes(io.BytesIO(content), input_format="csv") == [str(n) for n in range(50_000)]


def test_a_stream_that_gives_little_at_a_time_is_read_to_its_end():
    class Dripping(io.RawIOBase):
        left = CSV

        def readable(self) -> bool:
            return True

        def readinto(self, buffer) -> int:
            buffer[:1], self.left = self.left[:1] or b" ", self.left[1:]
            return 1 if self.left or bytes(buffer[:1]) != b" " else 0

    assert sizes(Dripping(), input_format="csv") == ["5", "6"]


def test_what_is_wrong_with_a_stream_is_told_without_a_path():
    assert problem(io.BytesIO(CSV)).startswith("the stream has no suffix, which is no known format\n")
    assert problem(io.BytesIO(b""), input_format="csv").startswith("the stream is empty\n")
    assert problem(io.BytesIO(b"a,b\n"), input_format="csv").startswith("the stream has no column `id` for the id")
    assert problem(io.BytesIO(b"id\n\xc3\xb6\n\xc3\n"), input_format="csv") == (
        "the stream is not UTF-8\n  help: say which encoding it is in with `encoding=…`, such as `windows-1250`"
    )
    assert problem(io.BytesIO(b"PAR1"), input_format="parquet") == (
        "the stream is not a Parquet file, or not a whole one"
    )
    assert problem(io.BytesIO(CSV), input_format="docx") == (
        "`docx` is no format that can be read\n"
        "  help: the formats are `csv`, `tsv`, `jsonl`, `ndjson`, `json`, `parquet`, `xlsx`, `xlsm`, `xls`, `ods`"
    )


@pytest.mark.parametrize("text", [LINES, LIST, b' \n [\n  {\n "id": 1}]'])
def test_json_that_is_read_as_csv_is_told_to_be_json(text):
    assert problem(io.BytesIO(text), input_format="csv").startswith("the stream is JSON, whatever its name says\n")


def test_a_file_that_fails_while_it_is_read_is_told_in_a_sentence(tmp_path, monkeypatch):
    def failing(*_):
        raise OSError(5, "Input/output error")

    path = tmp_path / "leads.jsonl"
    path.write_bytes(LINES)
    table = read_leads(path)
    monkeypatch.setattr(json_files, "_line", failing)
    with pytest.raises(FileProblem, match=r"leads\.jsonl` cannot be used: input/output error"):
        list(table)
    with pytest.raises(FileProblem, match="the stream cannot be read: input/output error"):
        list(read_leads(io.BytesIO(LINES), input_format="jsonl"))


@posix
def test_a_pipe_is_refused_unless_its_format_is_said(tmp_path):
    pipe = tmp_path / "leads.csv"
    os.mkfifo(pipe)
    assert problem(pipe) == (
        f"`{pipe}` is a pipe, not a file\n"
        "  help: say what comes through it with `input_format=…`, or write that to a file first"
    )
    writer = threading.Thread(target=pipe.write_bytes, args=(CSV,))
    writer.start()
    assert sizes(pipe, input_format="csv") == ["5", "6"]
    writer.join()
    with pytest.raises(FileProblem, match="is a pipe, not a file"):
        read_events(pipe)


@posix
@pytest.mark.parametrize("input_format", [None, "csv"])
def test_a_device_is_refused(input_format):
    assert stat.S_ISCHR(Path("/dev/zero").stat().st_mode)
    assert problem("/dev/zero", input_format=input_format) == (
        "`/dev/zero` is a device, not a file\n  help: write what comes from it to a file first"
    )


def test_an_empty_name_of_the_id_column_is_refused(tmp_path):
    (tmp_path / "leads.csv").write_bytes(CSV)
    for name in ("", "  "):
        assert problem(tmp_path / "leads.csv", id_column=name) == (
            "the id of the lead needs a column\n  help: name it with `id_column=…`, or number the rows with `#`"
        )


# ----------------------------------------------------------------- rows that are too long


@pytest.fixture
def short_rows(monkeypatch):
    """Let rows of more than 1,000 characters be too long."""
    for module in (csv_files, json_files):
        monkeypatch.setattr(module, "LONGEST_ROW", 1_000)
    monkeypatch.setattr(csv_files, "_SKIPPED", 300)
    monkeypatch.setattr(json_files, "_SKIPPED", 300)


LONG = "is longer than 33,554,432 characters, the most that a row may have"


@pytest.mark.usefixtures("short_rows")
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_line_that_is_too_long_is_a_reject_and_the_next_one_is_read(end):
    rows = ["id,size", "1,5", "2," + "x" * 5_000, "3,6", "4," + "x" * 990, "5," + "x" * 2_000]
    text = end.join(rows).encode()
    assert reasons(io.BytesIO(text), input_format="csv") == [f"row 3 {LONG}", f"row 6 {LONG}"]
    lines = [row for row in read_leads(io.BytesIO(text), input_format="csv") if isinstance(row, Row)]
    assert [(row.number, row.line) for row in lines] == [(2, 2), (4, 4), (5, 5)]
    objects = [json.dumps({"id": n, "size": "x" * size}) for n, size in ((2, 5), (2, 5_000), (4, 6), (4, 3_000))]
    assert reasons(io.BytesIO(end.join(objects).encode()), input_format="jsonl") == [f"row 2 {LONG}", f"row 4 {LONG}"]


@pytest.mark.usefixtures("short_rows")
def test_a_row_over_many_lines_is_too_long_all_together_and_its_other_lines_are_rows():
    row = '2,"' + "\n".join(f"{n},{'x' * 50}" for n in range(11, 40)) + '"'
    found = [*read_leads(io.BytesIO(f"id,size\n1,5\n{row}\n3,6\n".encode()), input_format="csv")]
    rejects = [one.reason for one in found if isinstance(one, Reject)]
    assert rejects[0] == f"row 3 {LONG}"
    assert [one.lead["id"] for one in found if isinstance(one, Row)] == ["1", *map(str, range(12, 40)), "3"]


@pytest.mark.usefixtures("short_rows")
def test_a_header_that_is_too_long_is_a_problem():
    text = ("id," + ",".join(f"c{n}" for n in range(1_000)) + "\n").encode()
    assert problem(io.BytesIO(text), input_format="csv").startswith(
        f"the stream has no header that can be read: line 1 {LONG}"
    )


def test_the_longest_row_has_room_for_the_most_events_of_a_lead():
    assert records.LONGEST_ROW > 100_000 * 300


# ------------------------------------------------------------------------------------ ids


def test_whole_numbers_that_are_floats_are_ids(tmp_path):
    path = tmp_path / "leads.parquet"
    ids = [1.0, 20.0, 1.5, 2.0**53, float("nan"), None, float("inf")]
    parquet.write_table(pa.table({"id": ids}), path)
    found = [*read_leads(path)]
    assert [row.lead["id"] for row in found if isinstance(row, Row)] == ["1", "20"]
    assert [row.reason for row in found if isinstance(row, Reject)] == [
        "row 3 has no id (`1.5` is not a whole number (keep ids as text))",
        "row 4 has no id (`9007199254740992.0` has lost its last digits as a float (keep ids as text))",
        "row 5 has no id (`id` is empty)",
        "row 6 has no id (`id` is empty)",
        "row 7 has no id (`inf` is not a text (write it in quotes))",
    ]


def test_whole_numbers_that_are_decimals_are_ids(tmp_path):
    path = tmp_path / "leads.parquet"
    exact = Decimal(12345678901234567890)
    parquet.write_table(pa.table({"id": pa.array([exact, None], pa.decimal128(38, 2))}), path)
    assert [row.lead["id"] for row in read_leads(path) if isinstance(row, Row)] == [str(exact)]
    first, *others = read_leads(io.BytesIO(b'{"id": 1.0}\n{"id": 1e30}\n{"id": 2.50}\n'), input_format="jsonl")
    assert first.lead["id"] == "1"
    assert [row.reason for row in others] == [
        "row 2 has no id (`1E+30` is not a text (write it in quotes))",
        "row 3 has no id (`2.50` is not a text (write it in quotes))",
    ]


def test_events_find_their_leads_by_ids_that_are_floats(tmp_path):
    leads, events = tmp_path / "leads.parquet", tmp_path / "events.parquet"
    parquet.write_table(pa.table({"id": [1, 2]}), leads)
    at = ["2026-11-01", "2026-11-02", "2026-11-02"]
    table = {"lead_id": [1.0, 2.0, 1.0], "type": ["page_view"] * 3, "at": at, "id": [7.0, 8.0, None]}
    parquet.write_table(pa.table(table), events)
    rows = [*read_leads(leads, events=events)]
    assert [[event["id"] for event in row.lead["events"]] for row in rows] == [[7, None], [8]]
    summary = score_files(Ruleset.from_text("page_view +1"), leads=leads, events=events, as_of=NOON)
    assert (summary.scored, summary.unmatched_events) == (2, 0)


def test_events_in_a_lead_may_have_ids_that_are_floats(tmp_path):
    path = tmp_path / "leads.parquet"
    events = [
        [{"type": "page_view", "at": "2026-11-01", "id": 1.0}, {"type": "page_view", "at": "2026-11-02", "id": 1.0}]
    ]
    parquet.write_table(pa.table({"id": ["1"], "events": events}), path)
    scored = []
    score_files(Ruleset.from_text("page_view +1"), leads=path, as_of=NOON, progress=scored.append)
    assert scored[0].result.score == 1


# --------------------------------------------------------------------------------- events


def test_the_row_of_an_event_that_cannot_be_read_is_told(tmp_path):
    leads, events = tmp_path / "leads.jsonl", tmp_path / "events.csv"
    own = {"type": "page_view", "at": "now", "id": "own"}
    leads.write_text("\n".join(json.dumps(lead) for lead in ({"id": "1"}, {"id": "2", "events": [own]}, {"id": "3"})))
    events.write_text(
        "lead_id,type,at\n1,page_view,2026-11-01\n2,page_view,2026-11-01\n\n1,page_view,soon\n2,page_view,\n1,page_view,x\n"
    )
    rules = Ruleset.from_text("page_view +1")
    said = "is not a datetime (write 2026-11-21T10:00:00Z)"
    for workers in (2, 2):
        summary = score_files(rules, leads=leads, events=events, as_of=NOON, workers=workers)
        first, second = summary.reasons
        assert first == (
            f"row 1: event row 5: event `page_view` (number 2 of 3): `at`: `soon` {said}; "
            f"event row 7: event `page_view` (number 3 of 3): `at`: `x` {said}"
        )
        assert second == (
            f"row 2: event `page_view` with id `own`: `at`: `now` {said}; "
            "event row 6: event `page_view` (number 3 of 3) has no time (`at` is missing)"
        )
