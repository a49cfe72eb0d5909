"""Rows in are rows told: however broken a file is, each of its lines is scored, rejected, blank or told as joined."""

import gzip
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import zstandard
from hypothesis import given, settings
from hypothesis.strategies import lists, sampled_from

from leadrules import Ruleset
from leadrules.tables import Reject, Scored, read_leads, score_files

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
    plain = {str(number) for number, line in enumerate(lines) if '"' not in line and line.count(",") == 2}
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


@settings(max_examples=25)
@given(rows=lists(lists(sampled_from(("", "yes", "no", 1, 2.5, True, "#N/A", "x")), max_size=5), max_size=8))
def test_every_row_of_a_workbook_is_told(rows):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "leads.xlsx")
        book = openpyxl.Workbook()
        for row in (["id", "need", "note"], *([value or None for value in row] for row in rows)):
            book.active.append(row)
        book.save(path)
        summary, told = told_of(path)
    filled = {number for number, row in enumerate(rows, start=2) if any(value not in {"", "#N/A"} for value in row)}
    assert {number for _, number in told} == filled
    assert summary.rows >= len(filled)
