"""How far the cells of a workbook's sheet reach, and which of them are errors, before the sheet is loaded.

A sheet is loaded as a rectangle, so one cell that someone left at its far end would take all memory there is;
and what loads it gives a cell with an error as an empty one. Both stand in the text that an `.xlsx` or `.ods` packs.
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
_XLSX_TAG = re.compile(rb"<(?:\w+:)?(c|row)(\s[^>]*?)?(/?)>")
_PLACE = re.compile(rb"""\sr=["']([A-Z]{1,3})?([0-9]{1,7})["']""")
_ODS_TAG = re.compile(rb"<(/?)table:(table|table-row|table-cell|covered-table-cell)(\s[^>]*?)?(/?)>")
_REPEATED = re.compile(rb"""number-(?:columns|rows)-repeated=["']([0-9]{1,9})["']""")


class BrokenPackage(ValueError):
    """A workbook whose parts cannot be unpacked."""


@attrs.define
class Extent:
    """How many rows and columns the cells with a value reach over, and where cells are errors.

    `errors` counts them; `first_error` is the row of the first, from 1.
    """

    rows: int = 0
    columns: int = 0
    errors: int = 0
    first_error: int | None = None

    def add(self, row: int, column: int, *, is_error: bool) -> None:
        """Take note of a cell by its place, from 1."""
        self.rows = max(self.rows, row)
        self.columns = max(self.columns, column)
        if is_error:
            self.errors += 1
            self.first_error = self.first_error or row


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
    for name, given, closed in (found.groups() for found in tags):
        place = _PLACE.search(given or b"")
        if name == b"row":
            row, column = int(place[2]) if place else row + 1, 0
            continue
        column = _column(place[1]) if place and place[1] else column + 1
        row = int(place[2]) if place else row
        if not closed:
            extent.add(row, column, is_error=b't="e"' in given or b"t='e'" in given if given else False)
    return extent


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _of_ods(tags: Iterator[re.Match[bytes]]) -> list[Extent]:
    sheets = [Extent()]
    row = column = 0
    for closes, name, given, closed in (found.groups(b"") for found in tags):
        if name == b"table":
            row = 0
            if closes or closed:
                sheets.append(Extent())
        elif closes:
            continue
        elif name == b"table-row":
            row, column = row + _times(given), 0
        else:
            column += _times(given)
            if not closed or b"value-type" in given:
                sheets[-1].add(row, column, is_error=b'value-type="error"' in given)
    return sheets


def _times(given: bytes) -> int:
    found = _REPEATED.search(given)
    return int(found[1]) if found else 1
