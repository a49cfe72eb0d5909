"""Read CSV: UTF-8 with or without byte-order mark, any line ends, quotes as RFC 4180 has them."""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import re
from collections import deque
from collections.abc import Iterator
from typing import TextIO

import attrs

from leadrules.decoding.delimiters import SAID, sniffed
from leadrules.decoding.workbooks import header_place
from leadrules.tables.delimiters import read_delimiter
from leadrules.tables.inputs import Input
from leadrules.tables.kinds import refuse_encoding, refuse_other_kinds
from leadrules.tables.records import (
    FIRST_ROWS,
    HEADER_AGAIN,
    LONGEST_ROW,
    TOO_LONG,
    BadRecord,
    Record,
    RecordFile,
    Remarks,
    Wanted,
    remark_above,
    text_of,
    told_apart,
)

_ENCODING = "utf-8-sig"
_SKIPPED = 1 << 20
_HTML = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html|head|body|table|\?xml)\b", re.IGNORECASE)
_JSON = re.compile(rb'\s*(?:\[\s*)?\{\s*"')


def open_tsv(given: Input, wanted: Wanted) -> RecordFile:
    """Open a CSV file whose delimiter is the tab, unless another one is asked for."""
    return _opened(given, wanted, read_delimiter(given, wanted.delimiter or "\t"))


def open_csv(given: Input, wanted: Wanted) -> RecordFile:
    """Open a CSV file; its delimiter is recognised, unless one is asked for. Raises FileProblem."""
    return _opened(given, wanted, read_delimiter(given, wanted.delimiter) if wanted.delimiter else None)


def _opened(given: Input, wanted: Wanted, delimiter: str | None) -> RecordFile:
    refuse_other_kinds(given)
    remarks = text_of(given, wanted)
    if _JSON.match(given.start):
        advice = "it is `jsonl` (an object on each line) or `json`: let its name say so, or `input_format=…`"
        raise given.problem("is JSON, whatever its name says", advice)
    if _HTML.match(given.start):
        advice = "open it where it comes from: is it a page to log in, or a table to be saved as CSV?"
        raise given.problem("is HTML, whatever its name says", advice)
    try:
        sample = codecs.getincrementaldecoder(_ENCODING)().decode(given.start, final=given.is_whole)
    except UnicodeDecodeError:
        refuse_encoding(given)
    if not sample.strip():
        raise given.problem("is empty", "its first row should name the columns")
    hint = SAID.match(sample)
    if delimiter is None:
        body = sample[hint.end() :] if hint else sample
        delimiter = read_delimiter(given, hint[1]) if hint else sniffed(body, wanted.columns, whole=given.is_whole)
    rows = enumerate(_rows(given, delimiter, skip_line=hint is not None), start=1)
    header, after = _header(given, rows, wanted, remarks)
    columns = told_apart(header, remarks)
    records = _records(itertools.chain(after, rows), header, columns, delimiter, remarks)
    return RecordFile(given, tuple(filter(None, columns)), records, delimiter, remarks, is_sheet=True)


@attrs.frozen
class _Row:
    """A row: its first line and its last one, its values or what is wrong with it."""

    line: int
    last: int
    values: list[str] | str


def _rows(given: Input, delimiter: str, *, skip_line: bool) -> Iterator[_Row]:
    """Split a file into rows, blank ones included. Raises FileProblem where it is not UTF-8."""
    try:
        with given.opened() as stream:
            file = io.TextIOWrapper(stream, encoding=_ENCODING, newline="")
            if skip_line:
                file.readline()
            yield from _split(file, delimiter, first_line=1 + skip_line)
    except UnicodeDecodeError:
        refuse_encoding(given)


def _split(file: TextIO, delimiter: str, *, first_line: int) -> Iterator[_Row]:
    """Split text into rows. After one that cannot be split comes what its second line begins with.

    A quote that nobody closes would take in all lines up to the next one, or to the end of the file;
    so no row is lost but the one where it stands.
    """
    again: deque[str | None] = deque()
    taken: list[str | None] = []

    def lines() -> Iterator[str]:
        room = LONGEST_ROW
        while (text := again.popleft() if again else _line(file)) != "":
            room = LONGEST_ROW if not taken else room
            taken.append(text)
            room -= LONGEST_ROW if text is None else len(text)
            if text is None or room < 0:
                raise csv.Error(TOO_LONG)
            yield text

    reader = csv.reader(lines(), delimiter=delimiter, strict=True)
    line = first_line
    while True:
        taken.clear()
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield _Row(line, line, _reason(error, line, len(taken), delimiter))
            again.extendleft(reversed(taken[1:]))
            reader = csv.reader(lines(), delimiter=delimiter, strict=True)
            line += 1
        else:
            yield _Row(line, line + len(taken) - 1, values)
            line += len(taken)


def _line(file: TextIO) -> str | None:
    """Give the next line, empty at the end; None for one that is too long, which is passed over."""
    text = file.readline(LONGEST_ROW + 1)
    if len(text) <= LONGEST_ROW:
        return text
    while text and not text.endswith(("\n", "\r")):
        text = file.readline(_SKIPPED)
    return None


def _reason(error: csv.Error, line: int, lines: int, delimiter: str) -> str:
    said = str(error)
    if said == TOO_LONG:
        return said
    if "unexpected end" in said:
        return f"has a quote, opened on line {line:,} or below, that is never closed"
    if "field limit" in said:
        return f"has a value of over {csv.field_size_limit():,} characters (was a quote left open?)"
    if "expected after" in said and lines > 1:
        return (
            "has a quote that is not closed on its line, "
            f"and the next quote, on line {line + lines - 1:,}, has text after it"
        )
    if "expected after" in said:
        mark = "a tab" if delimiter == "\t" else f"`{delimiter}`"
        return f'has text after a closing quote, where {mark} is expected (write a quote inside quotes twice: `""`)'
    return f"cannot be split: {said}"


def _header(
    given: Input, rows: Iterator[tuple[int, _Row]], wanted: Wanted, remarks: Remarks
) -> tuple[tuple[str, ...], list[tuple[int, _Row]]]:
    """Find the header among the first rows, as in a sheet; give it, and the rows below it that were read for that."""
    first: list[tuple[int, list[str]]] = []
    read: list[tuple[int, _Row]] = []
    for number, row in itertools.islice(rows, FIRST_ROWS):
        if isinstance(row.values, str) and not any(cell.strip() for _, cells in first for cell in cells):
            problem = f"has no header that can be read: line {row.line} {row.values}"
            raise given.problem(problem, "is the delimiter right?")
        read.append((number, row))
        first.append((number, [] if isinstance(row.values, str) else row.values))
    place = header_place(first, wanted.columns)
    if place is None:
        raise given.problem("is empty", "its first row should name the columns")
    remark_above(remarks, first, place)
    return tuple(value.strip() for value in first[place][1]), read[place + 1 :]


def _records(
    rows: Iterator[tuple[int, _Row]],
    header: tuple[str, ...],
    columns: tuple[str, ...],
    delimiter: str,
    remarks: Remarks,
) -> Iterator[Record | BadRecord]:
    """Pair values with columns. Blank rows count as rows and hold nothing; a nameless column is left out.

    A row may have fewer or more values than the header has columns, as far as these have no name and hold nothing.
    """
    width = len(columns)
    named = [(index, name) for index, name in enumerate(columns) if name]
    nameless = [index for index, name in enumerate(columns) if not name]
    least = named[-1][0] + 1
    for number, row in rows:
        values = row.values
        if isinstance(values, str):
            yield BadRecord(number, row.line, values)
            continue
        if not any(value.strip() for value in values):
            remarks.blank += 1
        elif tuple(value.strip("\ufeff \t") for value in values) == header:
            yield BadRecord(number, row.line, HEADER_AGAIN)
        elif len(values) < least or any(value.strip() for value in values[width:]):
            lines = f" from line {row.line:,} to line {row.last:,}" if row.last > row.line else ""
            remarks.joined += row.last - row.line
            said = f"has {_count(len(values), 'value')}{lines}, the header has {_count(width, 'column')}"
            yield BadRecord(number, row.line, said)
        else:
            if row.last > row.line:
                remarks.add_long(number, row.line, row.last, doubtful=_holds_rows(values, delimiter))
            for index in nameless:
                if index < len(values) and values[index].strip():
                    remarks.add_nameless(index + 1, number)
            yield Record(number, row.line, {name: values[index] for index, name in named})


def _holds_rows(values: list[str], delimiter: str) -> bool:
    """Tell whether a line inside a value looks like a row: a quote that was left open may have taken it in."""
    after_first = (line for value in values for line in value.splitlines()[1:])
    return len(values) > 1 and any(line.count(delimiter) >= len(values) - 1 for line in after_first)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
