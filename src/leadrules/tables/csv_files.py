"""Read CSV: UTF-8 with or without byte-order mark, any line ends, quotes as RFC 4180 has them."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import attrs

from leadrules.tables.delimiters import read_delimiter, sniffed
from leadrules.tables.kinds import refuse_encoding, refuse_other_kinds
from leadrules.tables.problems import FileProblem
from leadrules.tables.records import BadRecord, Record, RecordFile, Remarks, Wanted, repeated_name

_SAMPLE = 1 << 16
_EXCEL_HINT = re.compile(r"sep=(.)\r?\n")


def open_tsv(path: Path, wanted: Wanted) -> RecordFile:
    """Open a CSV file whose delimiter is the tab, unless another one is asked for."""
    return _opened(path, wanted, read_delimiter(path, wanted.delimiter or "\t"))


def open_csv(path: Path, wanted: Wanted) -> RecordFile:
    """Open a CSV file; its delimiter is recognised, unless one is asked for. Raises FileProblem."""
    return _opened(path, wanted, read_delimiter(path, wanted.delimiter) if wanted.delimiter else None)


def _opened(path: Path, wanted: Wanted, delimiter: str | None) -> RecordFile:
    refuse_other_kinds(path)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            sample = file.read(_SAMPLE)
            whole = not file.read(1)
    except UnicodeDecodeError:
        refuse_encoding(path)
    if not sample.strip():
        raise FileProblem(path, "is empty", "its first row should name the columns")
    hint = _EXCEL_HINT.match(sample)
    if delimiter is None:
        body = sample[hint.end() :] if hint else sample
        delimiter = read_delimiter(path, hint[1]) if hint else sniffed(body, wanted.columns, whole=whole)
    rows = _rows(path, delimiter, skip_line=hint is not None)
    columns = _header(path, rows)
    remarks = Remarks()
    return RecordFile(path, columns, _records(rows, columns, delimiter, remarks), delimiter, remarks)


@attrs.frozen
class _Row:
    """A row: its first line and its last one, its values or what is wrong with it."""

    line: int
    last: int
    values: list[str] | str


def _rows(path: Path, delimiter: str, *, skip_line: bool) -> Iterator[_Row]:
    """Split a file into rows, blank ones included. Raises FileProblem where it is not UTF-8."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            if skip_line:
                file.readline()
            yield from _split(file, delimiter, first_line=1 + skip_line)
    except UnicodeDecodeError:
        refuse_encoding(path)


def _split(file: TextIO, delimiter: str, *, first_line: int) -> Iterator[_Row]:
    """Split text into rows. After one that cannot be split comes what its second line begins with.

    A quote that nobody closes would take in all lines up to the next one, or to the end of the file;
    so no row is lost but the one where it stands.
    """
    again: deque[str] = deque()
    taken: list[str] = []

    def lines() -> Iterator[str]:
        while again or (text := file.readline()):
            taken.append(again.popleft() if again else text)
            yield taken[-1]

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


def _reason(error: csv.Error, line: int, lines: int, delimiter: str) -> str:
    said = str(error)
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


def _header(path: Path, rows: Iterator[_Row]) -> tuple[str, ...]:
    for row in rows:
        if isinstance(row.values, str):
            problem = f"has no header that can be read: line {row.line} {row.values}"
            raise FileProblem(path, problem, "is the delimiter right?")
        if any(value.strip() for value in row.values):
            columns = tuple(value.strip() for value in row.values)
            _refuse_repeats(path, columns)
            return columns
    raise FileProblem(path, "is empty", "its first row should name the columns")


def _refuse_repeats(path: Path, columns: tuple[str, ...]) -> None:
    repeated = repeated_name(columns)
    if repeated is not None:
        name, first, second = repeated
        raise FileProblem(
            path, f"has two columns named `{name}` (column {first:,} and column {second:,})", "rename one of them"
        )


def _records(
    rows: Iterator[_Row], columns: tuple[str, ...], delimiter: str, remarks: Remarks
) -> Iterator[Record | BadRecord]:
    """Pair values with columns. Blank rows count as rows and hold nothing; a nameless column is left out."""
    width = len(columns)
    named = [(index, name) for index, name in enumerate(columns) if name]
    for number, row in enumerate(rows, start=1):
        values = row.values
        if isinstance(values, str):
            yield BadRecord(number, row.line, values)
            continue
        if not any(value.strip() for value in values):
            remarks.blank += 1
        elif len(values) != width:
            lines = f" from line {row.line:,} to line {row.last:,}" if row.last > row.line else ""
            remarks.joined += row.last - row.line
            said = f"has {_count(len(values), 'value')}{lines}, the header has {_count(width, 'column')}"
            yield BadRecord(number, row.line, said)
        else:
            if row.last > row.line:
                remarks.add_long(number, row.line, row.last, doubtful=_holds_rows(values, delimiter))
            yield Record(number, row.line, {name: values[index] for index, name in named})


def _holds_rows(values: list[str], delimiter: str) -> bool:
    """Tell whether a line inside a value looks like a row: a quote that was left open may have taken it in."""
    after_first = (line for value in values for line in value.splitlines()[1:])
    return len(values) > 1 and any(line.count(delimiter) >= len(values) - 1 for line in after_first)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
