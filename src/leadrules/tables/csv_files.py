"""Read CSV: UTF-8 with or without byte-order mark, any line ends, quotes as RFC 4180 has them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from leadrules.tables.delimiters import read_delimiter, sniffed
from leadrules.tables.problems import FileProblem, refuse_encoding
from leadrules.tables.records import BadRecord, Record, RecordFile, Wanted

_SAMPLE = 1 << 16
_EXCEL_HINT = re.compile(r"sep=(.)\r?\n")


def open_tsv(path: Path, wanted: Wanted) -> RecordFile:
    """Open a CSV file whose delimiter is the tab, unless another one is asked for."""
    return _opened(path, wanted, read_delimiter(path, wanted.delimiter or "\t"))


def open_csv(path: Path, wanted: Wanted) -> RecordFile:
    """Open a CSV file; its delimiter is recognised, unless one is asked for. Raises FileProblem."""
    return _opened(path, wanted, read_delimiter(path, wanted.delimiter) if wanted.delimiter else None)


def _opened(path: Path, wanted: Wanted, delimiter: str | None) -> RecordFile:
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
    return RecordFile(path, columns, _records(rows, columns), delimiter)


_Row = tuple[int, list[str] | str]
"""The line where a row begins, and its values, or what is wrong with it."""


def _rows(path: Path, delimiter: str, *, skip_line: bool) -> Iterator[_Row]:
    """Split a file into rows, blank ones included. Raises FileProblem where it is not UTF-8."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            if skip_line:
                file.readline()
            yield from _split(file, delimiter, lines_before=int(skip_line))
    except UnicodeDecodeError:
        refuse_encoding(path)


def _split(file: TextIO, delimiter: str, *, lines_before: int) -> Iterator[_Row]:
    reader = csv.reader(file, delimiter=delimiter, strict=True)
    while True:
        line = lines_before + reader.line_num + 1
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, _reason(error, line, delimiter)


def _reason(error: csv.Error, line: int, delimiter: str) -> str:
    said = str(error)
    if "unexpected end" in said:
        return f"has a quote, opened on line {line} or below, that is never closed"
    if "field limit" in said:
        return f"has a value of over {csv.field_size_limit():,} characters (was a quote left open?)"
    if "expected after" in said:
        mark = "a tab" if delimiter == "\t" else f"`{delimiter}`"
        return f'has text after a closing quote, where {mark} is expected (write a quote inside quotes twice: `""`)'
    return f"cannot be split: {said}"


def _header(path: Path, rows: Iterator[_Row]) -> tuple[str, ...]:
    for line, values in rows:
        if isinstance(values, str):
            raise FileProblem(path, f"has no header that can be read: line {line} {values}", "is the delimiter right?")
        if any(value.strip() for value in values):
            columns = tuple(value.strip() for value in values)
            _refuse_repeats(path, columns)
            return columns
    raise FileProblem(path, "is empty", "its first row should name the columns")


def _refuse_repeats(path: Path, columns: tuple[str, ...]) -> None:
    for index, name in enumerate(columns):
        if name and name in columns[:index]:
            first = columns.index(name) + 1
            raise FileProblem(
                path, f"has two columns named `{name}` (column {first} and column {index + 1})", "rename one of them"
            )


def _records(rows: Iterator[_Row], columns: tuple[str, ...]) -> Iterator[Record | BadRecord]:
    """Pair values with columns. Blank rows count as rows and hold nothing; a nameless column is left out."""
    width = len(columns)
    named = [(index, name) for index, name in enumerate(columns) if name]
    for number, (line, values) in enumerate(rows, start=1):
        if isinstance(values, str):
            yield BadRecord(number, line, values)
        elif not any(value.strip() for value in values):
            continue
        elif len(values) != width:
            yield BadRecord(
                number, line, f"has {_count(len(values), 'value')}, the header has {_count(width, 'column')}"
            )
        else:
            yield Record(number, line, {name: values[index] for index, name in named})


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
