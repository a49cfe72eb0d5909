"""Read a sheet of a workbook: `.xlsx`, `.xls` or `.ods`; needs python-calamine, which the extra `excel` installs.

Cells are typed: a number is a number, a date a date, whatever they look like in the program that shows them.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, BinaryIO, TypeVar

import attrs

from leadrules.decoding.extents import BrokenPackage, Extent, extent_of_xlsx, extents_of_ods
from leadrules.decoding.xls_records import extent_of_xls

_T = TypeVar("_T")

MOST_CELLS = 1 << 25
"""How many cells a sheet may span, empty ones included: 33,554,432, which take about a gigabyte."""
_EXACT = 2**53
_ODS_SPAN = re.compile(r"(?P<sign>-?)PT(?P<hours>[0-9]+)H(?P<minutes>[0-9]{2})M(?P<seconds>[0-9]{2})(?:[.,][0-9]+)?S")
"""A span of a day or more, as an `.ods` holds it."""


class UnreadableSheet(ValueError):
    """A workbook or sheet that cannot be read: what is wrong follows its name; `advice` is what to do, if anything."""

    def __init__(self, problem: str, advice: str | None = None) -> None:
        self.problem = problem
        self.advice = advice
        super().__init__(problem)


@attrs.frozen
class Sheet:
    """A sheet that is read: its `name`, the `others` of the workbook that are shown, and its cells.

    `rows` gives the row number, from 1, and the cells from column A on; None is an empty cell. `extent` tells what does
    not show in them: errors such as `#N/A`, formulas without a value, hidden rows; nothing where it cannot be told.
    `merged` counts areas of cells that were joined: all cells of an area have its value.
    """

    name: str
    others: tuple[str, ...]
    rows: Iterator[tuple[int, list[Any]]]
    extent: Extent
    merged: int


def open_sheet(file: BinaryIO, asked: str | None) -> Sheet:
    """Load a sheet: the one that is asked for by name, or by number from 1, else the first that is shown.

    `file` can be sought in. Raises UnreadableSheet, and ImportError where python-calamine is not installed.
    """
    import python_calamine as calamine

    extents = _looked_through(lambda: extents_of_ods(file))  # an `.ods` is loaded as a whole at once
    for number, found in enumerate(extents, start=1):
        _refuse_far(f"{number}", found)
    book: Any = _guarded(lambda: calamine.load_workbook(file), calamine)
    kinds = {sheet.name: sheet for sheet in book.sheets_metadata if sheet.typ == calamine.SheetTypeEnum.WorkSheet}
    shown = [name for name, sheet in kinds.items() if sheet.visible == calamine.SheetVisibleEnum.Visible]
    name = _chosen([*kinds], shown, asked)
    place = list(book.sheet_names).index(name)
    extent = extents[place] if extents[place:] else _looked_through(lambda: extent_of_xlsx(file, place))
    extent = extent or extent_of_xls(file, place) or Extent()
    _refuse_far(name, extent)
    sheet = _guarded(lambda: book.get_sheet_by_index(place), calamine)
    merged = sheet.merged_cell_ranges or []
    others = tuple(one for one in shown if one != name)
    return Sheet(name, others, _rows(sheet, merged), extent, len(merged))


def _chosen(names: Sequence[str], shown: Sequence[str], asked: str | None) -> str:
    listed = ", ".join(f"`{name}`" for name in names)
    if asked is None:
        if not names:
            raise UnreadableSheet("has no sheet of cells")
        return next(iter(shown), names[0])
    if asked in names:
        return asked
    folded = [name for name in names if name.strip().casefold() == asked.strip().casefold()]
    if len(folded) == 1:
        return folded[0]
    if asked.strip().isdecimal() and 1 <= int(asked) <= len(names):
        return names[int(asked) - 1]
    raise UnreadableSheet(f"has no sheet `{asked}`", f"its sheets are {listed}; name one with `sheet=…`")


def _looked_through(look: Callable[[], _T]) -> _T:
    try:
        return look()
    except BrokenPackage as error:
        raise UnreadableSheet(f"is a damaged workbook: {error}", "save it again in the program that made it") from None


def _refuse_far(name: str, extent: Extent) -> None:
    if extent.rows * extent.columns > MOST_CELLS:
        raise UnreadableSheet(
            f"has cells down to row {extent.rows:,} and over to column {extent.columns:,} in the sheet `{name}`, "
            f"which span more than {MOST_CELLS:,}",
            "delete what stands far from the table, or save the sheet as CSV",
        )


def _guarded(work: Callable[[], _T], calamine: Any) -> _T:
    """Do what may fail in the library, which stops over some damage as no other exception does."""
    try:
        return work()
    except calamine.PasswordError:
        raise UnreadableSheet("is protected by a password", "save it without one") from None
    except calamine.CalamineError as error:
        advice = "is it a workbook? save it as .xlsx or CSV in the program that made it"
        raise UnreadableSheet(f"cannot be read as a workbook: {_first_line(error)}", advice) from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise UnreadableSheet("is a damaged workbook", "save it again in the program that made it") from None


def _first_line(error: Exception) -> str:
    said = str(error).strip().partition("\n")[0]
    return said[:1].lower() + said[1:200]


def _rows(sheet: Any, merged: Sequence[tuple[tuple[int, int], tuple[int, int]]]) -> Iterator[tuple[int, list[Any]]]:
    areas: dict[int, list[tuple[tuple[int, int], tuple[int, int]]]] = {}
    for area in merged:
        areas.setdefault(area[0][0], []).append(area)
    open_areas: list[tuple[tuple[tuple[int, int], tuple[int, int]], Any]] = []
    for number, cells in enumerate(sheet.iter_rows()):
        values = [_value(cell) for cell in cells]
        for area in areas.get(number, ()):
            (_, left), _end = area
            open_areas.append((area, values[left] if left < len(values) else None))
        open_areas = [one for one in open_areas if number <= one[0][1][0]]
        for ((_, left), (_, right)), value in open_areas:
            values[left : right + 1] = [value] * (min(right + 1, len(values)) - left)
        yield number + 1, values


def _value(cell: Any) -> Any:
    """Give a cell as rules take it: a whole number as one, a time of day or a span as text, an empty one as None."""
    if cell == "" and type(cell) is str:
        return None
    if type(cell) is float and cell.is_integer() and abs(cell) < _EXACT:
        return int(cell)
    if isinstance(cell, dt.timedelta):
        seconds = int(cell.total_seconds())
        return f"{'-' * (seconds < 0)}{abs(seconds) // 3600}:{abs(seconds) // 60 % 60:02}:{abs(seconds) % 60:02}"
    if type(cell) is str and (span := _ODS_SPAN.fullmatch(cell)):
        return f"{span['sign']}{int(span['hours'])}:{span['minutes']}:{span['seconds']}"
    return cell.isoformat() if isinstance(cell, dt.time) else cell


def header_place(rows: Sequence[tuple[int, list[Any]]], wanted: Sequence[str]) -> int | None:
    """Find the header among the first rows of a sheet: the one with most of the names wanted, else the first at all.

    Gives its place among the rows, from 0; None where no row has a value.
    """
    texts = [{column_name(cell).casefold() for cell in cells} - {""} for _, cells in rows]
    folded = [name.casefold() for name in wanted]
    found = [place for place, names in enumerate(texts) if names]
    return max(found, key=lambda place: len(texts[place].intersection(folded)), default=None)


def column_name(cell: Any) -> str:
    """Write a cell of a header as the name of its column."""
    return "" if cell is None else str(cell).strip()
