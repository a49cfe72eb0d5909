"""A file of records, whatever its format: what leads and events are read from.

A record is a mapping of column names to raw values. One that cannot be read is a
:class:`BadRecord`, and reading goes on; what makes the whole file unusable is a FileProblem.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import attrs

from leadrules.tables.inputs import Input

LONGEST_ROW = 1 << 25
"""The largest row of text that is read, in bytes or letters: 32 MiB. A longer one is a bad record."""
FIRST_ROWS = 50
"""Among how many rows of a table the header is looked for."""
HEADER_AGAIN = "is the header once more, as where files were put together (take it away)"
_MOST_TOLD = 5
TOO_LONG = f"is longer than {LONGEST_ROW:,} characters, the most that a row may have"


@attrs.frozen
class Record:
    """One record. `number` is that of its row as programs show it: a header is row 1; so is the first of JSON.

    `line` is where it begins, in a text file.
    """

    number: int
    line: int | None
    values: dict[str, Any]


@attrs.frozen
class BadRecord:
    """A record that cannot be read. `reason` follows a name such as `row 17`."""

    number: int
    line: int | None
    reason: str


@attrs.define
class Remarks:
    """What else there is to say of a file when it is read to its end.

    `blank` counts rows that hold nothing. `long` counts those with a value over several lines, `joined`
    the lines that they take beyond their first; `first_long` tells the number, first and last line of
    the first one, `doubtful` those of the first in whose value a line looks like a row. `notes` are what else
    there is to say, each to follow what the file is called. `nameless` has the columns without a name that hold
    values, and of each the first row with one. `totals` counts rows that look like totals and are read as leads, since
    leads stand below them; `first_total` has the number and the word of the first.
    """

    blank: int = 0
    long: int = 0
    joined: int = 0
    first_long: tuple[int, int, int] | None = None
    doubtful: tuple[int, int, int] | None = None
    notes: list[str] = attrs.field(factory=list)
    nameless: dict[int, int] = attrs.field(factory=dict)
    totals: int = 0
    first_total: tuple[int, str] | None = None

    def add_total(self, number: int, word: str) -> None:
        """Take note of a row that looks like a total, with leads below it."""
        self.totals += 1
        self.first_total = self.first_total or (number, word)

    def add_long(self, number: int, first: int, last: int, *, doubtful: bool) -> None:
        """Take note of a row over several lines."""
        self.long += 1
        self.joined += last - first
        self.first_long = self.first_long or (number, first, last)
        if doubtful:
            self.doubtful = self.doubtful or (number, first, last)

    def add_nameless(self, column: int, number: int) -> None:
        """Take note of a value in a column without a name."""
        self.nameless.setdefault(column, number)

    def sentences(self, called: str) -> Iterator[str]:
        """Say it to a person, of what is `called` so."""
        yield from (f"{called} {note}" for note in self.notes)
        for column, number in sorted(self.nameless.items())[:_MOST_TOLD]:
            said = f"which has no name: they are passed over (first in row {number:,})"
            yield f"{called} has values in column {column:,}, {said}"
        if self.blank:
            yield f"{called} has {_rows(self.blank)} without any value, passed over"
        if self.first_total is not None:
            number, word = self.first_total
            more = f", and {self.totals - 1:,} more" if self.totals > 1 else ""
            yield (
                f"{called} has a row that looks like a total, and is read as a lead since leads stand below it: row "
                f"{number:,} (`{word}`){more}; take it away if it is one"
            )
        if self.doubtful is not None:
            number, first, last = self.doubtful
            yield (
                f"{called} may have lost rows: row {number:,} has a value in quotes from line {first:,} to line "
                f"{last:,}, and lines of it look like rows; is a quote too many there?"
            )
        elif self.first_long is not None:
            number, first, last = self.first_long
            yield (
                f"{called} has {_rows(self.long)} with a value over several lines, "
                f"the first is row {number:,} from line {first:,} to line {last:,}"
            )


def _rows(number: int) -> str:
    return "1 row" if number == 1 else f"{number:,} rows"


@attrs.frozen
class RecordFile:
    """Opened records, of whatever format. `columns` is None where every record has its own, as in JSON.

    `records` may be iterated once; `remarks` are complete then. `is_sheet` tells that it is a table as people make it,
    so that totals may stand at its end, and that records have all that is in their rows.
    """

    input: Input
    columns: tuple[str, ...] | None
    records: Iterator[Record | BadRecord]
    delimiter: str | None = None
    remarks: Remarks = attrs.field(factory=Remarks)
    is_sheet: bool = False


def sheet_named(sheet: str | int | None) -> str | None:
    """Give a sheet's name, or its number, as text."""
    return None if sheet is None else str(sheet)


def text_of(given: Input, wanted: Wanted, *, pages: bool = True) -> Remarks:
    """Take an input for text, and say as what it is read, where that was not asked for. Raises FileProblem.

    Without `pages` it is of no code page, unless one is asked for.
    """
    given.as_text(wanted.encoding, pages=pages)
    remarks = Remarks()
    if wanted.encoding is None and not given.encoding.is_utf8:
        remarks.notes.append(f"{given.encoding.said}; `encoding=…` says otherwise")
    return remarks


def remark_above(remarks: Remarks, first: Sequence[tuple[int, list[Any]]], place: int) -> None:
    """Say that something stands above the header, which is at this place among the first rows."""
    if any(cell is not None and str(cell).strip() for _, cells in first[:place] for cell in cells):
        remarks.notes.append(f"has its header in row {first[place][0]:,}; what stands above it is passed over")


def told_apart(names: Sequence[str], remarks: Remarks) -> tuple[str, ...]:
    """Give column names of which no two are equal: a second `Phone` is `Phone (2)`, and that is said."""
    taken = set(names)
    seen: dict[str, int] = {}
    found: list[str] = []
    for name in names:
        count = seen[name] = seen.get(name, 0) + 1
        if not name or count == 1:
            found.append(name)
            continue
        while f"{name} ({count})" in taken:
            count += 1
        seen[name] = count
        found.append(f"{name} ({count})")
        taken.add(found[-1])
    others = [f"`{new}`" for old, new in zip(names, found, strict=True) if old != new]
    if others:
        more = f" and {len(others) - _MOST_TOLD:,} more" if len(others) > _MOST_TOLD else ""
        said = f"{', '.join(others[:_MOST_TOLD])}{more}"
        which = "the second is" if len(others) == 1 else "the further ones are"
        remarks.notes.append(f"has columns of one name: {which} read as {said}")
    return tuple(found)


def repeated_name(names: Sequence[str]) -> tuple[str, int, int] | None:
    """Give the first name that stands twice, and its two places from 1; None where there is none. `""` is no name."""
    places: dict[str, int] = {}
    for place, name in enumerate(names, start=1):
        first = places.setdefault(name, place)
        if name and first != place:
            return name, first, place
    return None


@attrs.frozen
class Wanted:
    """What the caller needs of a file: column names that help to recognise its delimiter, and the delimiter if told.

    `encoding` is that of text, None to have it recognised; `sheet` is that of a workbook, None for the first. `key`
    is the name under which a JSON object may hold its list of records. `only` names what is needed of each record
    beside `columns` and the parts of a lead; a reader may leave out the rest. None is all of it.
    """

    columns: Sequence[str]
    key: str
    delimiter: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    only: Collection[str] | None = None
