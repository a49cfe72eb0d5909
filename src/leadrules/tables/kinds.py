"""Tell what a file is that is not what its name says: another format, another encoding."""

from __future__ import annotations

import codecs
from typing import NoReturn

from leadrules.tables.inputs import Input

_CHUNK = 1 << 20
_NAME_IT = "say which encoding it is in with `encoding=…`, such as `windows-1250`"
_AS_UTF8 = "save it again as UTF-8 (in Excel: `CSV UTF-8`)"
_UNPACK = "unpack it first"

_FORMATS = (
    (b"PK\x03\x04", "a ZIP archive", _UNPACK),
    (b"BZh", "packed with bzip2", _UNPACK),
    (b"\xfd7zXZ\x00", "packed with xz", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", _UNPACK),
    (b"PAR1", "a Parquet file", "let its name end in `.parquet`"),
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "an old workbook (.xls) or document",
        "let its name end in `.xls` if it is a workbook",
    ),
    (b"\x89PNG\r\n", "a picture (PNG)", None),
    (b"\xff\xd8\xff", "a picture (JPEG)", None),
    (b"GIF8", "a picture (GIF)", None),
    (b"%PDF-", "a PDF document", "export the table from where it was made, as CSV in UTF-8"),
    (b"SQLite format 3\x00", "a database of SQLite", "export its table as CSV"),
)


def refuse_other_kinds(given: Input) -> None:
    """Raise a FileProblem for what should be text and begins as something else does."""
    start = given.start
    is_workbook = start.startswith(b"PK") and (b"[Content_Types].xml" in start or b"xl/" in start)
    formats = (
        ((b"PK", "a workbook (.xlsx)", "let its name end in `.xlsx`, or say `input_format=…`"), *_FORMATS)
        if is_workbook
        else _FORMATS
    )
    for magic, what, advice in formats:
        if start.startswith(magic):
            raise given.problem(f"is {what}, whatever its name says", advice)


def refuse_encoding(given: Input) -> NoReturn:
    """Raise a FileProblem that says where a file stops being UTF-8. For a file that is known not to be."""
    refuse_other_kinds(given)
    if given.is_stream:
        raise given.problem("is not UTF-8", _NAME_IT) from None
    offset, line = _first_bad_byte(given)
    raise given.problem(
        f"is not UTF-8: line {line:,} has a byte that belongs to another encoding (byte {offset:,} of the file)",
        f"{_NAME_IT}, or {_AS_UTF8}",
    ) from None


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
