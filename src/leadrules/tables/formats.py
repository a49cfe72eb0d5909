"""Choose how to read an input: by the format that is named, or by the suffix of a file.

A format is one function: it takes an :class:`Input` and what is :class:`Wanted` of it, looks at how it
begins, and gives a :class:`RecordFile`, whose records are read one by one as they are asked for. What
makes the input unusable is a FileProblem, at once or while it is read; a record that cannot be read is
a BadRecord, and reading goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NoReturn

import attrs

from leadrules.tables.csv_files import open_csv, open_tsv
from leadrules.tables.inputs import Given, Input, suffix_of
from leadrules.tables.json_files import open_json, open_json_lines
from leadrules.tables.parquet_files import open_parquet
from leadrules.tables.problems import FileProblem
from leadrules.tables.records import BadRecord, Record, RecordFile, Wanted
from leadrules.tables.workbook_files import open_workbook

Reader = Callable[[Input, Wanted], RecordFile]

_READERS: Mapping[str, Reader] = {
    "csv": open_csv,
    "tsv": open_tsv,
    "jsonl": open_json_lines,
    "ndjson": open_json_lines,
    "json": open_json,
    "parquet": open_parquet,
    "xlsx": open_workbook,
    "xlsm": open_workbook,
    "xls": open_workbook,
    "ods": open_workbook,
}

_LEAST_COLUMNS = 2
_TEXT = ".txt"
"""The suffix of a text that may be a table, as Excel saves its "Unicode text"; in a folder it is mostly a note."""
_MARKS = {"\t": "tabs", ";": "`;`", ",": "`,`"}
_OF_NO_TEXT = {open_parquet, open_workbook}

FORMATS = tuple(_READERS)
"""The formats that can be read."""

SUFFIXES = tuple(f".{name}" for name in _READERS)
"""The suffixes of files of these formats."""


def open_records(given: Given, wanted: Wanted, input_format: str | None = None) -> RecordFile:
    """Open records by the format that is named, or by their file's suffix. Raises FileProblem.

    Its content is read later, and what is wrong with it may be told then.
    """
    if input_format is not None and input_format not in _READERS:
        named = ", ".join(f"`{name}`" for name in FORMATS)
        raise FileProblem(None, f"`{input_format}` is no format that can be read", f"the formats are {named}")
    input_ = Input(given, may_be_pipe=input_format is not None)
    reader = _READERS[input_format] if input_format is not None else _by_suffix(input_)
    if wanted.encoding is not None and reader in _OF_NO_TEXT:
        raise input_.problem("is no text, and has no encoding to be read by", "leave out `encoding=…`")
    if wanted.sheet is not None and reader is not open_workbook:
        raise input_.problem("is no workbook, and has no sheets", "leave out `sheet=…`")
    try:
        file = reader(input_, wanted)
    except OSError as error:
        input_.refuse(error)
    return attrs.evolve(file, records=_told(input_, file.records))


def is_known(path: Path) -> bool:
    """Tell whether the suffix of a file is that of a format that can be read."""
    return suffix_of(path) in SUFFIXES


def _by_suffix(input_: Input) -> Reader:
    suffix = input_.suffix
    reader = _READERS.get(suffix.removeprefix("."))
    if reader is not None and suffix:
        return reader
    if suffix == _TEXT:
        return _open_text
    _refuse_suffix(input_)


def _open_text(input_: Input, wanted: Wanted) -> RecordFile:
    """Open a text as a table, and say so. Raises FileProblem for one that is none: its rows have one value each."""
    file = open_csv(input_, wanted)
    if file.columns is not None and len(file.columns) < _LEAST_COLUMNS:
        _refuse_suffix(input_)
    if wanted.delimiter is None:
        mark = _MARKS.get(file.delimiter or "", f"`{file.delimiter}`")
        file.remarks.notes.append(f"is read as a table with {mark} between values")
    return file


def _refuse_suffix(input_: Input) -> NoReturn:
    suffix = input_.suffix
    known = f"{', '.join(f'`{name}`' for name in SUFFIXES)}, each also packed as `.gz` or `.zst`"
    what = f"ends in `{suffix}`" if suffix else "has no suffix"
    advice = f"the formats are {known}; name one of another name with `input_format=…`"
    raise input_.problem(f"{what}, which is no known format", advice)


def _told(input_: Input, records: Iterator[Record | BadRecord]) -> Iterator[Record | BadRecord]:
    """Give records; what the system says while they are read is a FileProblem."""
    try:
        yield from records
    except OSError as error:
        input_.refuse(error)
