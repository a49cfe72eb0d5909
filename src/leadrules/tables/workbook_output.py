"""Write rows to a workbook (.xlsx), row by row; needs XlsxWriter, which the extra `excel` installs.

Numbers are numbers, days are days in the form of whoever opens it, and every text is a text: no formula runs.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs

from leadrules.canonical import canonical_json, minimal
from leadrules.tables.output import OutputFile
from leadrules.tables.problems import FileProblem
from leadrules.tables.result_columns import plain

_MOST_ROWS = 1_048_576
_MOST_COLUMNS = 16_384
_MOST_LETTERS = 32_767
_MOST_SHEETS = 200
_NARROW, _WIDE = 8, 60
_A4 = 9
_HEADER = {"bold": True, "bg_color": "#DDEBF7", "bottom": 1}
_RIGHT = {"align": "right", "indent": 1}
"""So that no number touches the text beside it."""
_BAR = {
    "type": "data_bar",
    "data_bar_2010": True,
    "bar_solid": True,
    "bar_color": "#9DC3E6",
    "bar_negative_color": "#F4B183",
}
"""Of the kind whose bars begin at 0 and are as long as the numbers say; older ones begin at the least number."""
_FIRST_DAY = dt.datetime(1900, 3, 1)  # noqa: DTZ001 - before it, spreadsheets count a day that never was
_DAY, _MOMENT = 14, 22
"""Formats that a spreadsheet shows in the form of its user's country."""


@attrs.define
class Workbook:
    """A workbook that is being written. `remarks` tells what did not fit; complete once the book is closed."""

    book: Any
    formats: Mapping[str, Any]
    path: Path
    remarks: list[str] = attrs.field(factory=list)
    cut: int = 0
    _sheets: list[Sheet] = attrs.field(factory=list)
    _names: set[str] = attrs.field(factory=set)

    def sheet(
        self,
        name: str,
        header: Sequence[str],
        *,
        points: Sequence[int] = (),
        bars: Sequence[int] = (),
        is_last: bool = False,
        most: int = _MOST_ROWS,
    ) -> Sheet:
        """Begin a sheet; `points` and `bars` are places of columns, `most` the rows of a sheet.

        Numbers of a column of `points` all show as many decimals as the one with most; those of `bars` have a bar.
        One that `is_last` stands behind the others, whenever these are begun.
        """
        if len(self._sheets) >= _MOST_SHEETS:
            problem = f"would have more than {_MOST_SHEETS} sheets"
            raise FileProblem(self.path, problem, "choose a column with fewer values")
        found = Sheet(self, name, header, points, bars, most, is_last=is_last)
        found.begin()
        self._sheets.append(found)
        return found

    def page(self, name: str) -> Any:
        """Add a page under a name that a workbook may have, and that no other one has."""
        plainly = "".join("-" if sign in "[]:*?/\\" or not sign.isprintable() else sign for sign in name).strip("' ")
        short = plainly[:31] or "-"
        number = 2
        while short.casefold() in self._names or short.casefold() == "history":
            ending = f" {number}"
            short, number = plainly[: 31 - len(ending)] + ending, number + 1
        self._names.add(short.casefold())
        return self.book.add_worksheet(short)

    def finish(self) -> None:
        """Lay out all sheets, and put them in their order."""
        for sheet in self._sheets:
            sheet.finish()
        pages = [page for sheet in sorted(self._sheets, key=lambda one: one.is_last) for page in sheet.pages]
        self.book.worksheets_objs[:] = pages
        for index, page in enumerate(pages):
            page.index = index  # by which the range of its filter names it
        if self.cut:
            texts = "1 text has" if self.cut == 1 else f"{self.cut:,} texts have"
            self.remarks.append(
                f"{texts} more than the {_MOST_LETTERS:,} characters of a cell, and stand cut in the workbook"
            )


@attrs.define
class Sheet:
    """A table of a workbook, on as many pages as its rows need."""

    workbook: Workbook
    name: str
    header: Sequence[str]
    points: Sequence[int]
    bars: Sequence[int]
    most: int
    is_last: bool = False
    pages: list[Any] = attrs.field(factory=list)
    _page: Any = None
    _decimals: dict[int, int] = attrs.field(factory=dict)
    _row: int = 0
    _widths: list[int] = attrs.field(factory=list)

    def write(self, values: Sequence[Any]) -> None:
        """Write a row: texts, lists of texts, exact numbers, days, moments; None is empty."""
        if self._row >= self.most:
            self.begin()
        for place, value in enumerate(values):
            self._cell(place, value)
        self._row += 1

    def finish(self) -> None:
        """Lay out the last page."""
        self._lay_out()
        if len(self.pages) > 1:
            self.workbook.remarks.append(
                f"a sheet has room for {self.most - 1:,} rows: `{self.name}` goes on on {len(self.pages)} sheets"
            )

    def begin(self) -> None:
        """Begin a page."""
        if self._page is not None:
            self._lay_out()
        self._page = self.workbook.page(self.name)
        self.pages.append(self._page)
        self._row = 1
        self._decimals.clear()
        self._widths = [len(name) + 3 for name in self.header]  # beside the arrow of the filter
        for place, name in enumerate(self.header):
            shown = self.workbook.formats["header of points" if place in self.points else "header"]
            self._page.write_string(0, place, name[:_MOST_LETTERS], shown)

    def _lay_out(self) -> None:
        last_row, last = max(self._row - 1, 1), len(self.header) - 1
        for place, width in enumerate(self._widths):
            self._page.set_column(place, place, min(max(width, _NARROW), _WIDE))
        self._page.freeze_panes(1, 0)
        self._page.autofilter(0, 0, last_row, last)
        self._page.set_landscape()
        self._page.set_paper(_A4)
        self._page.fit_to_pages(1, 0)
        self._page.repeat_rows(0)
        for place in self.points:
            if place in self._decimals:
                shown = self.workbook.book.add_format({"num_format": f"0.{'0' * self._decimals[place]}"})
                self._page.conditional_format(1, place, last_row, place, {"type": "no_blanks", "format": shown})
        for place in self.bars:
            self._page.conditional_format(1, place, last_row, place, _BAR)

    def _cell(self, place: int, value: Any) -> None:
        value = _cell_value(value)
        page, formats = self._page, self.workbook.formats
        shown = 10
        if value is None:
            return
        if isinstance(value, bool):
            page.write_boolean(self._row, place, value)
        elif isinstance(value, Decimal):
            page.write_number(self._row, place, value, formats["number"])
            whole, _, decimals = minimal(value).partition(".")
            if decimals:
                self._decimals[place] = max(self._decimals.get(place, 0), len(decimals))
            shown = len(whole) + len(decimals) + 2
        elif isinstance(value, dt.datetime):
            midnight = isinstance(value, _Day)
            page.write_datetime(self._row, place, value, formats["day" if midnight else "moment"])
            shown = 13 if midnight else 20
        else:
            if len(value) > _MOST_LETTERS:
                self.workbook.cut += 1
                value = value[: _MOST_LETTERS - 1] + "…"
            page.write_string(self._row, place, value)
            shown = max((len(line) for line in value[: 2 * _WIDE].splitlines()), default=0)
        self._widths[place] = max(self._widths[place], shown + 1)


class _Day(dt.datetime):
    """A day, as the moment at which it begins: what a workbook holds."""


def _cell_value(value: Any) -> str | Decimal | bool | dt.datetime | None:
    """Give what a cell holds exactly: what is no number, day or moment of a workbook is a text."""
    if isinstance(value, dt.date):
        return _time_value(value)
    value = plain(value)
    if isinstance(value, int) and not isinstance(value, bool):
        value = Decimal(value)
    if isinstance(value, Decimal):
        return value if Decimal(f"{float(value):.16G}") == value else minimal(value)
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return "; ".join(value) or None
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode() or None
    return value if value is None or isinstance(value, bool) else canonical_json(value)


def _time_value(value: dt.date) -> str | dt.datetime:
    if not isinstance(value, dt.datetime):
        day = _Day(value.year, value.month, value.day)
        return day if day >= _FIRST_DAY else value.isoformat()
    if value.tzinfo is not None or value < _FIRST_DAY or value.microsecond % 1000:
        return value.isoformat(" ")
    return value


@contextlib.contextmanager
def workbook(output: OutputFile, about: Mapping[str, str]) -> Iterator[Workbook]:
    """Give a workbook to write sheets to; `about` is told in its properties. Memory stays bounded.

    Raises FileProblem where XlsxWriter is not installed.
    """
    try:
        import xlsxwriter
        from xlsxwriter.exceptions import XlsxWriterException
    except ImportError:
        advice = "install it with: pip install 'leadrules[excel]'"
        raise FileProblem(output.path, "needs XlsxWriter to be written", advice) from None
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(output.binary, options)
    formats = {
        "header": book.add_format(_HEADER),
        "header of points": book.add_format({**_HEADER, **_RIGHT}),
        "number": book.add_format(_RIGHT),
        "day": book.add_format({"num_format": _DAY, **_RIGHT}),
        "moment": book.add_format({"num_format": _MOMENT, **_RIGHT}),
    }
    for name, text in about.items():
        book.set_custom_property(name, text, "text")
    made = Workbook(book, formats, output.path)
    yield made
    made.finish()
    try:
        book.close()
    except (XlsxWriterException, OSError) as error:
        raise FileProblem(output.path, f"cannot be written: {error}") from None


def refuse_wide(output: OutputFile, names: Sequence[str]) -> None:
    """Raise FileProblem where a sheet has no room for all columns."""
    if len(names) > _MOST_COLUMNS:
        problem = f"has {len(names):,} columns, and a sheet has room for {_MOST_COLUMNS:,}"
        raise FileProblem(output.path, problem, "keep fewer columns, or write `.csv` or `.parquet`")
