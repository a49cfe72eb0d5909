"""Read a sheet of a workbook as a table: its header, and a record for each row below it."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator
from typing import Any

from leadrules.decoding.workbooks import Sheet, UnreadableSheet, column_name, header_place, open_sheet
from leadrules.tables.inputs import Input
from leadrules.tables.records import (
    FIRST_ROWS,
    HEADER_AGAIN,
    BadRecord,
    Record,
    RecordFile,
    Remarks,
    Wanted,
    remark_above,
    told_apart,
)

_MOST_TOLD = 5
_TEXTS = {b"<": "HTML", b"{": "JSON", b"[": "JSON"}


def open_workbook(given: Input, wanted: Wanted) -> RecordFile:
    """Open a sheet of an `.xlsx`, `.xls` or `.ods`, which is read as a whole. Raises FileProblem."""
    if not given.start:
        raise given.problem("is empty")
    _refuse_text(given)
    with contextlib.ExitStack() as stack:
        file = stack.enter_context(given.seekable())
        try:
            sheet = open_sheet(file, wanted.sheet)
        except ImportError:
            advice = "install it with: pip install 'leadrules[excel]'"
            raise given.problem("needs python-calamine to be read", advice) from None
        except UnreadableSheet as error:
            raise given.problem(error.problem, error.advice) from None
    remarks = Remarks()
    first = list(itertools.islice(sheet.rows, FIRST_ROWS))
    place = header_place(first, wanted.columns)
    if place is None:
        others = ", ".join(f"`{name}`" for name in sheet.others)
        choose = f"its other sheets are {others}: name one with `sheet=…`" if others else None
        raise given.problem(f"has nothing in its sheet `{sheet.name}`", choose)
    _remark(remarks, sheet, wanted, first, place)
    header = [column_name(cell) for cell in first[place][1]]
    columns = told_apart(header, remarks)
    rows = itertools.chain(first[place + 1 :], sheet.rows)
    records = _records(rows, header, columns, remarks)
    return RecordFile(given, tuple(filter(None, columns)), records, remarks=remarks, is_sheet=True)


def _refuse_text(given: Input) -> None:
    """Raise FileProblem for text, which some programs save under the name of a workbook."""
    begun = given.start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if b"\0" in given.start[:1024] or given.start.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        return
    what = _TEXTS.get(begun, "text")
    advice = "save it as .xlsx in the program that shows it"
    if what == "text":
        advice = "let its name end in `.csv`, or say `input_format=…`"
    raise given.problem(f"is {what}, whatever its name says", advice)


def _remark(remarks: Remarks, sheet: Sheet, wanted: Wanted, first: list[tuple[int, list[Any]]], place: int) -> None:
    if wanted.sheet is None and sheet.others:
        others = ", ".join(f"`{name}`" for name in sheet.others[:_MOST_TOLD])
        more = f" and {len(sheet.others) - _MOST_TOLD:,} more" if len(sheet.others) > _MOST_TOLD else ""
        remarks.notes.append(f"is read from its sheet `{sheet.name}`; it has {others}{more}, too: `sheet=…` chooses")
    remark_above(remarks, first, place)
    extent = sheet.extent
    if extent.errors:
        cells, which = ("1 cell", "which is") if extent.errors == 1 else (f"{extent.errors:,} cells", "which are")
        remarks.notes.append(
            f"has {cells} with an error such as `#N/A`, {which} unknown (first in row {extent.first_error or 0:,})"
        )
    if extent.formulas:
        cells = "1 formula" if extent.formulas == 1 else f"{extent.formulas:,} formulas"
        which = "which is" if extent.formulas == 1 else "which are"
        said = f"{cells} that no program has calculated, {which} unknown (first in row {extent.first_formula or 0:,})"
        remarks.notes.append(f"has {said}: open it in a spreadsheet, and save it")
    if extent.hidden:
        rows = "1 row that is" if extent.hidden == 1 else f"{extent.hidden:,} rows that are"
        remarks.notes.append(f"has {rows} hidden, or filtered out, and read as any other")
    if sheet.merged:
        areas = "1 area" if sheet.merged == 1 else f"{sheet.merged:,} areas"
        remarks.notes.append(f"has {areas} of merged cells: each cell of one has its value")


def _records(
    rows: Iterator[tuple[int, list[Any]]], header: list[str], columns: tuple[str, ...], remarks: Remarks
) -> Iterator[Record | BadRecord]:
    named = [(index, name) for index, name in enumerate(columns) if name]
    nameless = [index for index, name in enumerate(columns) if not name]
    for number, cells in rows:
        if all(_is_empty(cell) for cell in cells):
            remarks.blank += 1
            continue
        if [column_name(cell) for cell in cells] == header:
            yield BadRecord(number, None, HEADER_AGAIN)
            continue
        for index in nameless:
            if not _is_empty(cells[index]):
                remarks.add_nameless(index + 1, number)
        yield Record(number, None, {name: cells[index] for index, name in named})


def _is_empty(cell: object) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())
