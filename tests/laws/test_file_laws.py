"""Rows in are rows told: however broken a file is, each of its lines is scored, rejected, blank or told as joined."""

import gzip
import io
import json
import struct
import tempfile
import zipfile
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl
import pyarrow as pa
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis.strategies import booleans, lists, sampled_from, tuples
from pyarrow import parquet

from leadrules import Ruleset
from leadrules.tables import Reject, Row, Scored, read_events, read_leads, score_files

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
RULES = Ruleset.from_text("need +1")
VALUES = ("", "yes", "no", " ", "x", '"', '"x', 'x"', '""', '"x"', '"x"y', '"x""', 'x"y', "x\ty", "1,2", '"1,2"')
values = lists(sampled_from(VALUES), min_size=1, max_size=4)


@given(rows=lists(values, max_size=12), line_end=sampled_from(["\n", "\r\n", "\r"]))
def test_every_line_of_a_broken_file_is_told(rows, line_end):
    lines = [",".join([str(number), *row]) if row[0] != " " else ",".join(row) for number, row in enumerate(rows)]
    told = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "leads.csv")
        path.write_text("id,need,note" + line_end + "".join(line + line_end for line in lines), "utf-8", newline="")
        leads = read_leads(path, delimiter=",")
        rejects = Path(folder, "rejects.csv")
        summary = score_files(RULES, leads=leads, as_of=NOON, progress=told.append, rejects=rejects)
        assert len(rejects.read_text("utf-8").splitlines()) == 1 + summary.rejected
    assert summary.scored == sum(isinstance(one, Scored) for one in told)
    assert summary.rejected == sum(isinstance(one, Reject) for one in told)
    assert summary.rows == summary.scored + summary.rejected + summary.blank
    assert len(lines) == summary.rows + summary.joined_lines
    has_id = {str(number): line for number, line in enumerate(lines) if line[0] != " "}
    plain = {number for number, line in has_id.items() if '"' not in line and line.count(",") == 2}
    scored = {one.result.lead for one in told if isinstance(one, Scored)}
    assert summary.joined_lines or not plain - scored - {one.id for one in told if isinstance(one, Reject)}


ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "cp1250", "cp1252", "iso8859_2")
PACKINGS = {"": bytes, ".gz": gzip.compress, ".zst": zstandard.ZstdCompressor().compress}
cells = lists(sampled_from(("", "yes", "no", " ", "x", "Müller", "Köln, Süd", "a;b")), min_size=1, max_size=5)


def told_of(paths):
    """Score files, and give the summary with the rows that were told, each with its file."""
    told = []
    summary = score_files(RULES, leads=paths, as_of=NOON, progress=told.append)
    rows = [(one.row.file, one.row.number) if isinstance(one, Scored) else (one.file, one.row) for one in told]
    assert len(set(rows)) == len(rows)
    assert (summary.scored, summary.rejected) == tuple(
        sum(isinstance(one, kind) for one in told) for kind in (Scored, Reject)
    )
    assert summary.rows == summary.scored + summary.rejected + summary.blank
    return summary, rows


@settings(max_examples=60)
@given(
    tables=lists(lists(cells, max_size=8), min_size=1, max_size=3),
    encoding=sampled_from(ENCODINGS),
    packing=sampled_from(sorted(PACKINGS)),
    mark=sampled_from([",", ";", "\t", "|"]),
)
def test_every_row_of_every_text_is_told(tables, encoding, packing, mark):
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for place, rows in enumerate(tables):
            lines = [mark.join(f'"{value}"' if value.strip() else value for value in row) for row in rows]
            text = "".join(f"{line}\n" for line in (mark.join(("id", "need", "note")), *lines))
            paths.append(Path(folder, f"{place}.csv{packing}"))
            paths[-1].write_bytes(PACKINGS[packing](text.encode(encoding)))
        summary, rows = told_of(paths)
    assert summary.rows == sum(map(len, tables))
    assert all(2 <= number <= 9 for _, number in rows)


# ------------------------------------------------------------------- workbooks


def xlsx(rows):
    """Write a workbook as programs of today do."""
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append([value or None for value in row])
    book.save(file)
    return file.getvalue()


def ods(rows):
    """Write an OpenDocument sheet: equal rows and cells, empty ones too, stand once, with how often."""

    def cell(value):
        if value == "#N/A":
            return ' office:value-type="error"><text:p>#N/A</text:p>'
        if isinstance(value, bool):
            return f' office:value-type="boolean" office:boolean-value="{str(value).lower()}">'
        if isinstance(value, str):
            return f' office:value-type="string"><text:p>{escape(value)}</text:p>' if value else ">"
        return f' office:value-type="float" office:value="{value}">'

    def repeated(name, whats, inner):
        runs = [(what, len([*run])) for what, run in groupby(map(inner, whats))]
        tag, times = f"table:table-{name}", f"table:number-{name}s-repeated".replace("cells", "columns")
        return "".join(f'<{tag} {times}="{count}"{what}</{tag}>' for what, count in runs)

    body = repeated("row", rows, lambda row: ">" + repeated("cell", row or [""], cell))
    space = "urn:oasis:names:tc:opendocument:xmlns"
    spaces = " ".join(f'xmlns:{name}="{space}:{name}:1.0"' for name in ("office", "table", "text"))
    table = f'<table:table table:name="A">{body}</table:table>'
    sheet = f"<office:body><office:spreadsheet>{table}</office:spreadsheet></office:body>"
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("content.xml", f"<office:document-content {spaces}>{sheet}</office:document-content>")
        package.writestr("META-INF/manifest.xml", "<manifest/>")
    return file.getvalue()


def xls(rows):
    """Write a workbook as old programs do: records of a sheet (BIFF 8), as the one stream of a compound file."""

    def record(kind, content=b""):
        return struct.pack("<HH", kind, len(content)) + content

    def cell(row, column, value):
        place = struct.pack("<HHH", row, column, 0)
        if value == "#N/A":
            return record(0x0205, place + b"\x2a\x01")
        if isinstance(value, bool):
            return record(0x0205, place + bytes((value, 0)))
        if isinstance(value, str):
            return (
                record(0x0204, place + struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")) if value else b""
            )
        return record(0x0203, place + struct.pack("<d", value))

    def began(kind):
        return record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 0x07CC, 0, 6))

    cells = b"".join(cell(row, column, value) for row, all_ in enumerate(rows) for column, value in enumerate(all_))
    begin = len(began(5)) + len(record(0x85, bytes(9))) + len(record(0x0A))
    book = began(5) + record(0x85, struct.pack("<IBBBB", begin, 0, 0, 1, 0) + b"A") + record(0x0A)
    stream = book + began(0x10) + cells + record(0x0A)
    stream += bytes(-len(stream) % 512 + 4096)
    count = len(stream) // 512
    chain = [*range(3, count + 2), 0xFFFFFFFE]
    table = struct.pack(f"<{2 + count}I", 0xFFFFFFFD, 0xFFFFFFFE, *chain).ljust(512, b"\xff")
    none = 0xFFFFFFFF

    def entry(name, kind, child, start, size):
        text = name.encode("utf-16-le")
        tree = struct.pack("<HBBIII", len(text) + 2, kind, 1, none, none, child)
        return text.ljust(64, b"\0") + tree + bytes(36) + struct.pack("<IQ", start, size)

    folder = entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + entry("Workbook", 2, none, 2, len(stream)) + bytes(256)
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0) + struct.pack("<I", 0)
    return head.ljust(512, b"\xff") + table + folder + stream


WORKBOOKS = {"xlsx": xlsx, "ods": ods, "xls": xls}


@pytest.mark.parametrize("kind", WORKBOOKS)
@settings(max_examples=25)
@given(rows=lists(lists(sampled_from(("", "yes", "no", 1, 2.5, True, "#N/A", "Łódź", "x")), max_size=5), max_size=8))
def test_every_row_of_a_workbook_is_told(kind, rows):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"leads.{kind}")
        path.write_bytes(WORKBOOKS[kind]([["id", "need", "note"], *rows]))
        summary, told = told_of(path)
    filled = {number for number, row in enumerate(rows, start=2) if any(value not in {"", "#N/A"} for value in row)}
    assert {number for _, number in told} == filled
    assert summary.rows >= len(filled)


# ------------------------------------------------------- JSON, JSON lines, Parquet

GOOD = (
    {"id": 1},
    {"id": "a", "need": "yes"},
    {"id": 2.5, "need": None},
    {"id": " ", "note": "\u2028"},
    {"id": True},
    {},
)
OTHER = (1, None, "x", [], [{"id": 1}], {"id": {}}, {"id": "b", "events": 1}, {"id": "c", "attributes": []})
BROKEN = (
    b"{",
    b"}",
    b'{"id":',
    b"{'id':1}",
    b'{"id":1}{"id":2}',
    b'{"id":1,"id":2}',
    b'{"id":NaN}',
    b'{"id":1e9999999}',
)
STRANGE = (
    b"\xff\xfe",
    b'{"id":"\xe9"}',
    b"\0",
    b'{"id":"\\ud800"}',
    b"[" * 9000,
    b"\x0c",
    b"\xef\xbb\xbf{}",
    b'{"id":"d"}\r{"id":"e"}',
)
BLANK = (b"", b"  ", b"\t")


@settings(max_examples=150)
@given(
    lines=lists(sampled_from((*(json.dumps(one).encode() for one in GOOD + OTHER), *BROKEN, *STRANGE, *BLANK))),
    end=sampled_from([b"\n", b"\r\n"]),
    packing=sampled_from(sorted(PACKINGS)),
    is_closed=booleans(),
)
def test_every_line_of_broken_json_lines_is_told(lines, end, packing, is_closed):
    whole = b"".join(line + end for line in (b'{"id":"first","need":"yes"}', *lines))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"leads.jsonl{packing}")
        path.write_bytes(PACKINGS[packing](whole if is_closed else whole.removesuffix(end)))
        summary, rows = told_of(path)
    numbers = {number for _, number in rows}
    last = len(lines) + 1
    blank = {number for number, line in enumerate(lines, start=2) if not line.strip()}
    assert numbers == {*range(1, last + 1)} - blank
    assert summary.rows == last - (not is_closed and lines[-1:] == [b""])


@given(members=lists(sampled_from(GOOD + OTHER)), key=sampled_from([None, "leads"]))
def test_every_member_of_a_json_list_is_told(members, key):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "leads.json")
        path.write_text(json.dumps(members if key is None else {"at": 1, key: members}), "utf-8")
        summary, rows = told_of(path)
    assert [number for _, number in sorted(rows)] == [*range(1, len(members) + 1)]
    assert (summary.rows, summary.blank) == (len(members), 0)


COLUMNS = {
    "text": (pa.string(), ("a", "b", "", " ", None)),
    "whole": (pa.int64(), (1, 2, -1, None)),
    "decimal": (pa.decimal128(9, 2), (1, 2, None)),
    "float": (pa.float64(), (1.0, 2.5, float("nan"), float("inf"), None)),
    "time": (pa.timestamp("ns", "UTC"), (0, 1, 2**63 - 1, None)),
    "words": (pa.dictionary(pa.int8(), pa.string()), ("a", "b", None)),
    "list": (pa.list_(pa.string()), ([], ["a"], None)),
    "bytes": (pa.binary(), (b"a", b"\xff", None)),
}
kinds = sampled_from(sorted(COLUMNS))


@given(ids=kinds, needs=kinds, picks=lists(sampled_from(range(25)), max_size=12), at_once=sampled_from([1, 5, 64]))
def test_every_row_of_parquet_is_told(ids, needs, picks, at_once):
    def column(kind, places):
        type_, values = COLUMNS[kind]
        return pa.array([values[place % len(values)] for place in places], type_)

    table = pa.table({"id": column(ids, picks), "need": column(needs, [place // 5 for place in picks])})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "leads.parquet")
        parquet.write_table(table, path, row_group_size=at_once)
        summary, rows = told_of(path)
    assert [number for _, number in sorted(rows)] == [*range(1, len(picks) + 1)]
    assert (summary.rows, summary.blank) == (len(picks), 0)


# ------------------------------------------------------------------------- events

EVENT_COLUMNS = ("lead_id", "type", "at", "id")
event_rows = lists(
    tuples(
        sampled_from(("a", "b", "nobody", "")),
        sampled_from(("email_open", "other", "")),
        sampled_from(("2026-11-01T10:00:00Z", "2026-11-01", "yesterday", "")),
        sampled_from(("1", "2", "")),
    ),
    min_size=1,
    max_size=8,
)


def semicolons(rows):
    """Write CSV."""
    return "".join(";".join(row) + "\n" for row in rows).encode()


def objects(rows):
    """Give a JSON object for each row."""
    names, *values = rows
    return [json.dumps(dict(zip(names, row, strict=True))) for row in values]


def json_lines(rows):
    """Write an object on each line."""
    return "".join(f"{one}\n" for one in objects(rows)).encode()


def json_list(rows):
    """Write one list of objects."""
    return f"[{','.join(objects(rows))}]".encode()


def parquet_file(rows):
    """Write Parquet; all columns are text."""
    names, *values = rows
    columns = [*zip(*values, strict=True)] or [()] * len(names)
    table = {name: pa.array(column, pa.string()) for name, column in zip(names, columns, strict=True)}
    file = io.BytesIO()
    parquet.write_table(pa.table(table), file)
    return file.getvalue()


WRITERS = {"csv": semicolons, "json": json_list, "jsonl": json_lines, "parquet": parquet_file, **WORKBOOKS}


@pytest.mark.parametrize("kind", WRITERS)
@settings(max_examples=25)
@given(rows=event_rows)
def test_every_row_of_events_is_told(kind, rows):
    with tempfile.TemporaryDirectory() as folder:
        leads, file = Path(folder, "leads.csv"), Path(folder, f"events.{kind}")
        leads.write_text("id\na\nb\n", "utf-8")
        file.write_bytes(WRITERS[kind]([EVENT_COLUMNS, *rows]))
        events = read_events(file)
        table = read_leads(leads, events=events)
        read = [place for row in table if isinstance(row, Row) for place in row.event_rows.places]
    told = [*read, *(reject.row for reject in events.rejects)]
    assert len(set(told)) == len(told)
    last = max((number for number, row in enumerate(rows, start=1) if any(row)), default=0)
    assert len(told) + table.unmatched_events == (last if kind in WORKBOOKS else len(rows)) - events.blank
    refused = sum(reject.id == "nobody" for reject in events.rejects)
    assert table.unmatched_events == sum(row[0] == "nobody" for row in rows) - refused
