"""How far the cells of a workbook's sheet reach, and what of them does not show, before the sheet is loaded.

A sheet is loaded as a rectangle, so one cell that someone left at its far end would take all memory there is; and what
loads it gives a cell with an error as an empty one, as it does with a formula that no program has calculated yet, and
knows nothing of hidden rows. All of this stands in the text that an `.xlsx` or `.ods` packs.
"""

from __future__ import annotations

import contextlib
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

import attrs

_ODS, _BOOK, _TEXTS = "content.xml", "xl/workbook.xml", "xl/sharedStrings.xml"
_PIECE = 1 << 20
_LONGEST_TAG = 1 << 13
_LARGEST_PART = 1 << 32
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s([^>]*)>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s([^>]*)>")
_ATTRIBUTE = re.compile(rb"""([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_XLSX_TAG = re.compile(rb"<(?:\w+:)?(c|row|f|v)(\s[^>]*?)?(/?)>(?=(</)?)")
_TYPE = re.compile(rb"""\st=["'](\w+)["']""")
_HIDDEN = re.compile(rb"""\s(?:hidden=["'](?:1|true)|table:visibility=["'](?:filter|collapse))["']""")
_PLACE = re.compile(rb"""\sr=["']([A-Z]{1,3})?([0-9]{1,7})["']""")
_ODS_TAG = re.compile(rb"<(/?)table:(table|table-row|table-cell|covered-table-cell)(\s[^>]*?)?(/?)>")
_REPEATED = re.compile(rb"""number-(?:columns|rows)-repeated=["']([0-9]{1,9})["']""")


class BrokenPackage(ValueError):
    """A workbook whose parts cannot be unpacked."""


@attrs.define
class Extent:
    """How many rows and columns the cells with a value reach over, and what does not show in the values.

    `errors` counts cells that are errors, `first_error` is the row of the first, from 1; `formulas` and `first_formula`
    are those of formulas without a value. `hidden` counts rows with cells that are hidden, or filtered out.
    """

    rows: int = 0
    columns: int = 0
    errors: int = 0
    first_error: int | None = None
    formulas: int = 0
    first_formula: int | None = None
    hidden: int = 0

    def add(self, row: int, column: int, *, is_error: bool) -> None:
        """Take note of a cell by its place, from 1."""
        self.rows = max(self.rows, row)
        self.columns = max(self.columns, column)
        if is_error:
            self.errors += 1
            self.first_error = self.first_error or row

    def add_formula(self, row: int) -> None:
        """Take note of a formula without a value."""
        self.formulas += 1
        self.first_formula = self.first_formula or row


@contextlib.contextmanager
def _opened(file: BinaryIO) -> Iterator[zipfile.ZipFile | None]:
    """Open the package of a workbook; None where it is none. Raises BrokenPackage."""
    file.seek(0)
    try:
        if zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as package:
                yield package
        else:
            yield None
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, LookupError, NotImplementedError, RuntimeError) as error:
        raise BrokenPackage(str(error)) from None
    finally:
        file.seek(0)


def extents_of_ods(file: BinaryIO) -> list[Extent]:
    """Look through all sheets of an `.ods`, in their order; none for another kind of file. Raises BrokenPackage."""
    with _opened(file) as package:
        if package is None or _ODS not in package.namelist():
            return []
        return _of_ods(_tags(package, _ODS, _ODS_TAG))


def extent_of_xlsx(file: BinaryIO, place: int) -> Extent | None:
    """Look through a sheet of an `.xlsx`, by its place from 0; None for another kind of file. Raises BrokenPackage."""
    with _opened(file) as package:
        if package is None or _BOOK not in package.namelist():
            return None
        if _TEXTS in package.namelist():
            for _ in _pieces(package, _TEXTS):  # a part that is longer than it says is told here
                pass
        return _of_xlsx(_tags(package, _part_of(package, place), _XLSX_TAG))


def _pieces(package: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    if package.getinfo(part).file_size > _LARGEST_PART:
        raise BrokenPackage(f"{part} unpacks to more than {_LARGEST_PART:,} bytes")
    with package.open(part) as file:
        while piece := file.read(_PIECE):
            yield piece


def _tags(package: zipfile.ZipFile, part: str, tag: re.Pattern[bytes]) -> Iterator[re.Match[bytes]]:
    """Give the tags of a part one by one, read in pieces."""
    rest = b""
    for piece in _pieces(package, part):
        text = rest + piece
        end = 0
        for found in tag.finditer(text):
            yield found
            end = found.end()
        begun = text.rfind(b"<", end)
        rest = text[begun:] if begun >= 0 and b">" not in text[begun:] and len(text) - begun < _LONGEST_TAG else b""


def _part_of(package: zipfile.ZipFile, place: int) -> str:
    """Name the part that holds a sheet, by its place in the workbook."""
    sheets = [_attributes(found[1]) for found in _SHEET.finditer(b"".join(_pieces(package, _BOOK)))]
    text = b"".join(_pieces(package, "xl/_rels/workbook.xml.rels"))
    relations = [_attributes(found[1]) for found in _RELATION.finditer(text)]
    targets = {one.get("Id"): one.get("Target", "") for one in relations}
    wanted = (
        next((value for name, value in sheets[place].items() if name.endswith(":id")), None) if sheets[place:] else None
    )
    target = targets.get(wanted, "")
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def _attributes(text: bytes) -> dict[str, str]:
    found = _ATTRIBUTE.findall(text)
    return {name.decode(errors="replace"): (one or other).decode(errors="replace") for name, one, other in found}


def _of_xlsx(tags: Iterator[re.Match[bytes]]) -> Extent:
    extent = Extent()
    row = column = 0
    is_hidden = is_formula = is_text = False
    for name, given, closed, is_over in (found.groups() for found in tags):
        if name == b"v":
            is_formula = is_formula and bool(closed or is_over)
            continue
        if name == b"f":
            is_formula = not is_text  # a text that was calculated may be empty
            continue
        if is_formula:
            extent.add_formula(row)
            is_formula = False
        place = _PLACE.search(given or b"")
        if name == b"row":
            row, column = int(place[2]) if place else row + 1, 0
            is_hidden = bool(given and _HIDDEN.search(given))
            continue
        column = _column(place[1]) if place and place[1] else column + 1
        row = int(place[2]) if place else row
        kind = _TYPE.search(given or b"")
        is_text = kind is not None and kind[1] == b"str"
        if not closed:
            extent.add(row, column, is_error=kind is not None and kind[1] == b"e")
            extent.hidden += is_hidden
            is_hidden = False
    if is_formula:
        extent.add_formula(row)
    return extent


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _of_ods(tags: Iterator[re.Match[bytes]]) -> list[Extent]:
    sheets = [Extent()]
    row = column = times = 0
    for closes, name, given, closed in (found.groups(b"") for found in tags):
        if name == b"table":
            row = 0
            if closes or closed:
                sheets.append(Extent())
        elif closes:
            continue
        elif name == b"table-row":
            row, column = row + _times(given), 0
            times = _times(given) if _HIDDEN.search(given) else 0
        else:
            column += _times(given)
            if not closed or b"value-type" in given:
                sheets[-1].add(row, column, is_error=b'value-type="error"' in given)
                sheets[-1].hidden += times
                times = 0
    return sheets


def _times(given: bytes) -> int:
    found = _REPEATED.search(given)
    return int(found[1]) if found else 1
