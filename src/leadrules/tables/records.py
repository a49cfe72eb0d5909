"""A file of records, whatever its format: what leads and events are read from.

A record is a mapping of column names to raw values. One that cannot be read is a
:class:`BadRecord`, and reading goes on; what makes the whole file unusable is a FileProblem.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import attrs


@attrs.frozen
class Record:
    """One record. `number` counts from 1, as rows below the header do; `line` is where it begins, in a text file."""

    number: int
    line: int | None
    values: dict[str, Any]


@attrs.frozen
class BadRecord:
    """A record that cannot be read. `reason` follows a name such as `row 17`."""

    number: int
    line: int | None
    reason: str


@attrs.frozen
class RecordFile:
    """An opened file. `columns` is None where every record has its own, as in JSON.

    `records` may be iterated once.
    """

    path: Path
    columns: tuple[str, ...] | None
    records: Iterator[Record | BadRecord]
    delimiter: str | None = None


@attrs.frozen
class Wanted:
    """What the caller needs of a file: column names that help to recognise its delimiter, and the delimiter if told.

    `key` is the name under which a JSON object may hold its list of records.
    """

    columns: Sequence[str]
    key: str
    delimiter: str | None = None
