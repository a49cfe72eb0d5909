"""Worked cases as a table, `cases/*.tsv`: what a lead has in the first columns, what criteria give in the others.

One ruleset answers a whole column, so that a thousand rows cost little. Whoever knows the answers can
keep such a table, in an editor or a spreadsheet.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import attrs

from leadrules.vocabulary import STANDARD_FIELDS

UNKNOWN = "unknown"
"""What a cell says of a value that a lead does not have, and of an answer that there is not."""
_HEADER = "a header has the names of fields, then calls of criteria, a tab between each two"


@attrs.frozen
class Row:
    """What a lead has, by its fields, and what comes of it, as written in `line` of the file."""

    line: int
    given: Mapping[str, str]
    gives: str


@attrs.frozen
class Column:
    """A call, the fields that it needs, declared as in a rule file, and the rows that say what it gives."""

    line: int
    call: str
    declarations: str
    rows: tuple[Row, ...]


def read_columns(path: Path) -> tuple[Column, ...]:
    """Read the columns of a table that say what criteria give.

    Raises ValueError with a sentence for a file that is no table.
    """
    lines = [
        (number, [cell.strip() for cell in line.split("\t")])
        for number, line in enumerate(path.read_text("utf-8-sig").split("\n"), start=1)
        if line.strip() and not line.startswith("#")
    ]
    if not lines:
        raise ValueError(f"there is no header; {_HEADER}")
    line, header = lines[0]
    fields = [cell for cell in header if "(" not in cell]
    calls = header[len(fields) :]
    if not fields or not calls or "" in header or not all("(" in call for call in calls):
        raise ValueError(f"line {line}: {_HEADER}")
    if len({*header}) < len(header):
        raise ValueError(f"line {line}: two columns have one header")
    rows = [(number, *_read_row(number, cells, fields, calls)) for number, cells in lines[1:]]
    declarations = "".join(map(_declaration, fields))
    return tuple(
        Column(line, call, declarations, tuple(Row(n, given, gives[call]) for n, given, gives in rows if call in gives))
        for call in calls
    )


def _read_row(
    line: int, cells: Sequence[str], fields: Sequence[str], calls: Sequence[str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Give what a lead has, and what the calls give of which the row says it."""
    if len(cells) > len(fields) + len(calls):
        raise ValueError(f"line {line}: there are {len(cells)} cells under {len(fields) + len(calls)} headers")
    names = (field.partition(":")[0].strip(" `") for field in fields)
    given = {name: cell for name, cell in zip(names, cells, strict=False) if cell not in {"", UNKNOWN}}
    gives = {call: cell for call, cell in zip(calls, cells[len(fields) :], strict=False) if cell}
    if not gives:
        raise ValueError(f"line {line}: no cell says what a criterion gives; between two cells stands a tab")
    return given, gives


def _declaration(field: str) -> str:
    """Declare a field as rule files do: `name: type`, or the name alone for a text."""
    if field in STANDARD_FIELDS:
        return ""
    return f"field {field}\n" if ":" in field else f"field {field}: text\n"


def value_of(cell: str, kind: str) -> Any:
    """Give the answer that a cell means, as TOML would have it; None for unknown.

    Raises AssertionError where it is no answer of the kind.
    """
    if cell == UNKNOWN:
        return None
    try:
        return _READERS.get(kind, str)(cell)
    except (ValueError, KeyError, InvalidOperation):
        raise AssertionError(f"`{cell}` is no {kind}") from None


_READERS: Mapping[str, Callable[[str], Any]] = {
    "number": lambda cell: cell if "/" in cell else Decimal(cell),
    "bool": {"true": True, "false": False}.__getitem__,
    "date": dt.date.fromisoformat,
    "datetime": dt.datetime.fromisoformat,
    "list of text": lambda cell: [part.strip() for part in cell.split(";")],
}
