"""Recognise the delimiter of CSV from its first rows."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence

DELIMITERS = (",", ";", "\t", "|", "^", "~")
"""The delimiters that are recognised."""

SAID = re.compile(r"sep=(.)\r?\n")
"""The first line with which some programs say which delimiter follows."""
_MOST_ROWS = 50


def sniffed(sample: str, expected: Sequence[str], *, whole: bool) -> str:
    """Choose the delimiter under which a sample looks most like a table.

    First comes the one whose header has the expected columns, then the one under which most rows
    are as wide as the header, then the one with most columns. `whole` tells that the sample is the
    whole file, so that its last row is complete. A file of one column has `,`. The header is the first
    row with most of the expected columns, so that a title may stand above it.
    """
    folded = {name.casefold() for name in expected}

    def named(header: list[str]) -> int:
        return len({name.casefold() for name in header} & folded)

    best, best_rank = ",", (0, 0.0, 0)
    for mark in DELIMITERS:
        rows = _rows(sample, mark, whole=whole)
        header = max(([name.strip() for name in row] for row in rows), key=named, default=[])
        if len(header) < 2:
            continue
        alike = sum(len(row) == len(header) for row in rows) / len(rows)
        rank = (named(header), alike, len(header))
        if rank > best_rank:
            best, best_rank = mark, rank
    return best


def _rows(sample: str, delimiter: str, *, whole: bool) -> list[list[str]]:
    """Split the sample; a row that the sample's end may have cut is left out, unless it is the only one."""
    rows: list[list[str]] = []
    try:
        for row in csv.reader(sample.splitlines(keepends=True), delimiter=delimiter):
            if row:
                rows.append(row)
            if len(rows) > _MOST_ROWS:
                break
    except csv.Error:
        pass
    return rows if whole or len(rows) < 2 else rows[:-1]
