"""Tell what a file is that is not what its name says: another format, another encoding."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import NoReturn

from leadrules.tables.inputs import Input

_SOME = 1 << 12
_CHUNK = 1 << 20
_SHOWN = 40
_AS_UTF8 = "save it again as UTF-8 (in Excel: `CSV UTF-8`)"
_AS_CSV = "open it in the program that made it, and save it as CSV in UTF-8"
_UNPACK = "unpack it first"

_FORMATS = (
    (b"PK\x03\x04", "a ZIP archive", _UNPACK),
    (b"\x1f\x8b", "packed with gzip", _UNPACK),
    (b"BZh", "packed with bzip2", _UNPACK),
    (b"\xfd7zXZ\x00", "packed with xz", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "packed with zstd", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", _UNPACK),
    (b"PAR1", "a Parquet file", "let its name end in `.parquet`"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old workbook (.xls) or document", _AS_CSV),
    (b"\x89PNG\r\n", "a picture (PNG)", None),
    (b"\xff\xd8\xff", "a picture (JPEG)", None),
    (b"GIF8", "a picture (GIF)", None),
    (b"%PDF-", "a PDF document", "export the table from where it was made, as CSV in UTF-8"),
    (b"SQLite format 3\x00", "a database of SQLite", "export its table as CSV"),
)
_UTF32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CODE_PAGES = ("WINDOWS-1250", "WINDOWS-1252")
"""What old programs write, in Central and in Western Europe; most bytes are a letter in both."""
_WORD = re.compile(rb"[^\s,;|\"\t]*[\x80-\xff][^\s,;|\"\t]*")


def refuse_other_kinds(given: Input) -> None:
    """Raise a FileProblem for what should be text and begins as something else does."""
    start = given.start
    is_workbook = start.startswith(b"PK") and (b"[Content_Types].xml" in start or b"xl/" in start)
    formats = ((b"PK", "a workbook (.xlsx)", _AS_CSV), *_FORMATS) if is_workbook else _FORMATS
    for magic, what, advice in formats:
        if start.startswith(magic):
            raise given.problem(f"is {what}, whatever its name says", advice)
    wide = _wide(start[:_SOME])
    if wide is not None:
        raise given.problem(f"is {wide}, not UTF-8", _AS_UTF8)


def _wide(start: bytes) -> str | None:
    """Name the encoding of a text whose letters are of two or four bytes, with a byte-order mark or without."""
    if start.startswith(_UTF32):
        return "UTF-32"
    if start.startswith(_UTF16):
        return "UTF-16"
    some = start[: len(start) // 4 * 4][:256]
    zeros = [some[place::4].count(0) * 4 > len(some) * 0.9 for place in range(4)] if some else []
    if sum(zeros) == 3:
        return "UTF-32"
    return "UTF-16" if zeros in ([True, False] * 2, [False, True] * 2) else None


def refuse_encoding(given: Input) -> NoReturn:
    """Raise a FileProblem that says where a file stops being UTF-8. For a file that is known not to be."""
    refuse_other_kinds(given)
    if given.is_stream:
        raise given.problem("is not UTF-8", f"convert it on its way: {_iconv(_CODE_PAGES[-1])}") from None
    offset, line = _first_bad_byte(given)
    raise given.problem(
        f"is not UTF-8: line {line:,} has a byte that belongs to another encoding (byte {offset:,} of the file)",
        f"{_AS_UTF8}, or convert it: {_conversion(given)}",
    ) from None


def _iconv(page: str) -> str:
    return f"iconv -f {page} -t UTF-8"


def _conversion(given: Input) -> str:
    """Say how to convert a file. What the encodings read otherwise is shown, so that a person can tell which it is."""
    found: dict[str, str] = {}
    letters = dict.fromkeys(_CODE_PAGES, 0)
    for word in _foreign_words(given):
        read = {page: word.decode(page, "replace") for page in _CODE_PAGES}
        if len(set(read.values())) == 1:
            continue
        found = found or read
        for page, text in read.items():
            letters[page] += text.isalpha()
    if not found:  # no byte that they read otherwise
        return _iconv(_CODE_PAGES[-1])
    first, second = sorted(_CODE_PAGES, key=lambda page: -letters[page])
    return f"{_iconv(first)} where it reads `{found[first]}`, -f {second} where `{found[second]}`"


def _foreign_words(given: Input) -> Iterator[bytes]:
    with given.opened() as file:
        while line := file.readline(_CHUNK):
            for word in _WORD.findall(line):
                if len(word) <= _SHOWN:
                    yield word


def _first_bad_byte(given: Input) -> tuple[int, int]:
    """Give the offset, from 0, and the line, from 1, of the first byte that is not UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    before, line = 0, 1
    with given.opened() as file:
        while True:
            chunk = file.read(_CHUNK)
            held = decoder.getstate()[0]
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                start = error.start - len(held)
                return before + start, line + chunk[: max(start, 0)].count(b"\n")
            if not chunk:
                return before, line
            before += len(chunk)
            line += chunk.count(b"\n")
