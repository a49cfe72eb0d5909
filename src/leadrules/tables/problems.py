"""What can be wrong with a file as a whole, in sentences for the person who gave it."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NoReturn

from leadrules.conversions import listed
from leadrules.errors import LeadrulesError, closest

_CHUNK = 1 << 20
_ID = re.compile(r"(?:^|[^A-Za-z])id$|I[dD]$")


class FileProblem(LeadrulesError):
    """A file that cannot be used.

    `path` names it, None where several are to blame; `sentence` says what is wrong, `advice` what to
    do, where there is something to do.
    """

    def __init__(self, path: Path | None, problem: str, advice: str | None = None) -> None:
        self.path = path
        self.problem = problem
        self.advice = advice
        self.sentence = problem if path is None else f"`{path}` {problem}"
        super().__init__(self.sentence + (f"\n  help: {advice}" if advice else ""))

    def __reduce__(self) -> tuple[type[FileProblem], tuple[Path | None, str, str | None]]:
        return type(self), (self.path, self.problem, self.advice)


def refuse_system_error(path: Path, error: OSError) -> NoReturn:
    """Raise what the system said of a file as a FileProblem."""
    if isinstance(error, FileNotFoundError):
        raise FileProblem(path, "does not exist", _similar_file(path)) from None
    if isinstance(error, IsADirectoryError) or path.is_dir():
        raise FileProblem(path, "is a folder, not a file") from None
    if isinstance(error, PermissionError):
        raise FileProblem(path, "may not be read or written by this user") from None
    raise FileProblem(path, f"cannot be used: {error.strerror or error}") from None


def _similar_file(path: Path) -> str | None:
    if not path.parent.is_dir():
        return f"the folder `{path.parent}` does not exist either"
    names = [entry.name for entry in path.parent.iterdir() if entry.is_file()]
    close = closest(path.name, names)
    return f"is it `{path.parent / close}`?" if close else None


def refuse_encoding(path: Path) -> NoReturn:
    """Raise a FileProblem that says where a file stops being UTF-8. For a file that is known not to be."""
    with path.open("rb") as file:
        start = file.read(4)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise FileProblem(path, "is UTF-16, not UTF-8", "save it again as UTF-8 (in Excel: `CSV UTF-8`)") from None
    offset, line = _first_bad_byte(path)
    raise FileProblem(
        path,
        f"is not UTF-8: line {line} has a byte that belongs to another encoding (byte {offset:,} of the file)",
        "save it again as UTF-8 (in Excel: `CSV UTF-8`), or convert it: iconv -f WINDOWS-1252 -t UTF-8",
    ) from None


def _first_bad_byte(path: Path) -> tuple[int, int]:
    """Give the offset, from 0, and the line, from 1, of the first byte that is not UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    before, line = 0, 1
    with path.open("rb") as file:
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


def refuse_missing_column(
    path: Path, missing: str, columns: Sequence[str], *, role: str, option: str, delimiter: str | None = None
) -> NoReturn:
    """Raise a FileProblem for a column that a file must have and has not."""
    problem = f"has no column `{missing}` for the {role}; its columns are {listed(columns)}"
    if len(columns) == 1 and (other := _delimiter_in(columns[0], delimiter)):
        raise FileProblem(path, problem, f"it looks separated by {other}: give that as the delimiter") from None
    likely = _likely(missing, columns)
    said = f"is it `{likely}`? " if likely else ""
    raise FileProblem(path, problem, f"{said}name the column with {option}") from None


def _likely(missing: str, columns: Sequence[str]) -> str | None:
    """Suggest a column with a close name; for an id, the first that ends in `id`."""
    wants_id = missing.casefold().endswith("id")
    return close_name(missing, columns) or next((c for c in columns if wants_id and _ID.search(c)), None)


def _delimiter_in(header: str, delimiter: str | None) -> str | None:
    named = {",": "`,`", ";": "`;`", "\t": "a tab", "|": "`|`"}
    return next((named[mark] for mark in named if mark != delimiter and mark in header), None)


def close_name(name: str, names: Iterable[str]) -> str | None:
    """Suggest the name that someone may have meant, ignoring case, spaces and underscores; None where none is close."""
    plain = {_squeezed(other): other for other in names}
    found = closest(_squeezed(name), plain)
    return plain[found] if found else None


def _squeezed(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum())
