"""Which cells of a sheet of an old workbook (`.xls`) are errors, and which of its rows are hidden.

What loads a sheet gives a cell with an error as an empty one. The workbook is a stream of records in a compound file
([MS-CFB], [MS-XLS]), of which these few are looked at; a file that is laid out otherwise tells nothing.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

from leadrules.decoding.extents import Extent

_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_IN_HEADER, _AT = 109, 76
_LAST_SECTOR = 0xFFFFFFFA
_NAMES = {"Workbook", "Book"}
_BEGIN, _END, _SHEET, _ROW, _BOOL_OR_ERROR, _FORMULA = 0x0809, 0x000A, 0x0085, 0x0208, 0x0205, 0x0006
_HIDDEN = 0x20
_ERROR = 2


def extent_of_xls(file: BinaryIO, place: int) -> Extent | None:
    """Look through a sheet of an `.xls`, by its place from 0; None for another kind of file, or one laid out otherwise.

    Of the extent only errors and hidden rows are told: such a sheet is small enough for memory.
    """
    file.seek(0)
    data = file.read() if file.read(len(_MAGIC)) == _MAGIC else b""
    file.seek(0)
    try:
        stream = _workbook(_MAGIC + data) if data else None
        return None if stream is None else _of_sheet(stream, place)
    except (struct.error, IndexError):
        return None


def _workbook(data: bytes) -> bytes | None:
    """Give the stream of the workbook in a compound file; None where there is none, or it is kept in small pieces."""
    size = 1 << struct.unpack_from("<H", data, 30)[0]
    directory, least = struct.unpack_from("<I", data, 48)[0], struct.unpack_from("<I", data, 56)[0]
    more, tables = struct.unpack_from("<I", data, 68)[0], [*struct.unpack_from(f"<{_IN_HEADER}I", data, _AT)]
    for _ in range(len(data) // size):
        if more >= _LAST_SECTOR:
            break
        *found, more = struct.unpack_from(f"<{size // 4}I", data, (more + 1) * size)
        tables += found
    next_of: list[int] = []
    for table in tables:
        if table < _LAST_SECTOR:
            next_of += struct.unpack_from(f"<{size // 4}I", data, (table + 1) * size)

    def chain(sector: int) -> bytes:
        parts: list[bytes] = []
        while sector < _LAST_SECTOR and len(parts) <= len(next_of):
            parts.append(data[(sector + 1) * size : (sector + 2) * size])
            sector = next_of[sector]
        return b"".join(parts)

    entries = chain(directory)
    for at in range(0, len(entries) - 127, 128):
        length, start, bytes_ = (
            struct.unpack_from(form, entries, at + place)[0] for form, place in (("<H", 64), ("<I", 116), ("<I", 120))
        )
        if entries[at : at + max(length - 2, 0)].decode("utf-16-le", "replace") in _NAMES and bytes_ >= least:
            return chain(start)[:bytes_]
    return None


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Give the records from a place to the end of what begins there: of each its kind and its bytes."""
    depth = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + length]
        depth += (kind == _BEGIN) - (kind == _END)
        if depth <= 0:
            return
        at += 4 + length


def _of_sheet(stream: bytes, place: int) -> Extent | None:
    begins = [struct.unpack_from("<I", body)[0] for kind, body in _records(stream, 0) if kind == _SHEET]
    if place >= len(begins):
        return None
    extent = Extent()
    for kind, body in _records(stream, begins[place]):
        if kind == _ROW:
            first, last = struct.unpack_from("<HH", body, 2)
            extent.hidden += first < last and bool(body[12] & _HIDDEN)
        is_error = (kind == _BOOL_OR_ERROR and body[7] == 1) or (
            kind == _FORMULA and body[6] == _ERROR and body[12:14] == b"\xff\xff"
        )
        if is_error:
            extent.errors += 1
            extent.first_error = extent.first_error or struct.unpack_from("<H", body)[0] + 1
    return extent
