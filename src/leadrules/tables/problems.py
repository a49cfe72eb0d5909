"""What can be wrong with a file as a whole, in sentences for the person who gave it."""

from __future__ import annotations

import errno
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NoReturn

from leadrules.conversions import listed
from leadrules.errors import LeadrulesError, closest

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
        self.sentence: str = problem if path is None else f"`{path}` {problem}"
        super().__init__(self.sentence + (f"\n  help: {advice}" if advice else ""))

    def __reduce__(self) -> tuple[type[FileProblem], tuple[Path | None, str, str | None]]:
        return type(self), (self.path, self.problem, self.advice)


def refuse_system_error(path: Path, error: OSError) -> NoReturn:
    """Raise what the system said of a file as a FileProblem."""
    if isinstance(error, FileNotFoundError) and not path.is_absolute() and _is_nowhere():
        problem = "cannot be found: the working folder is gone"
        raise FileProblem(path, problem, "change to a folder that is there") from None
    if isinstance(error, FileNotFoundError):
        raise FileProblem(path, "does not exist", _similar_file(path)) from None
    if isinstance(error, IsADirectoryError) or _is_folder(path):
        raise FileProblem(path, "is a folder, not a file") from None
    if isinstance(error, PermissionError):
        raise FileProblem(path, "may not be read or written by this user") from None
    if error.errno == errno.ELOOP:
        raise FileProblem(path, "cannot be used: its links lead in a circle") from None
    raise FileProblem(path, f"cannot be used: {(error.strerror or str(error)).lower()}") from None


def without_pyarrow(error: ImportError) -> tuple[str, str]:
    """Say what follows `needs pyarrow` and what to do, where it is not installed, or cannot be loaded."""
    if isinstance(error, ModuleNotFoundError):
        return "", "install it with: pip install 'leadrules[tables]'"
    said = str(error).strip().partition("\n")[0]
    return f", which cannot be loaded: {said}", "give it more memory, or install pyarrow again"


def _is_nowhere() -> bool:
    try:
        Path.cwd()
    except OSError:
        return True
    return False


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a name that is too long, or a folder that may not be searched
        return False


def _similar_file(path: Path) -> str | None:
    if not _is_folder(path.parent):
        return f"the folder `{path.parent}` does not exist either"
    try:
        names = [entry.name for entry in path.parent.iterdir() if entry.is_file()]
    except OSError:  # nobody may look into it
        return None
    close = closest(path.name, names)
    return f"is it `{path.parent / close}`?" if close else None


def refuse_missing_column(
    problem_of: Callable[[str, str | None], FileProblem],
    missing: str,
    columns: Sequence[str],
    *,
    role: str,
    option: str,
    delimiter: str | None = None,
) -> NoReturn:
    """Raise a FileProblem for a column that a file must have and has not; `option` is how to name another one."""
    problem = f"has no column `{missing}` for the {role}; its columns are {listed(columns)}"
    if len(columns) == 1 and (other := delimiter_in(columns[0], delimiter)):
        raise problem_of(problem, f"it looks separated by {other}: give that as the delimiter") from None
    likely = _likely(missing, columns)
    said = f"is it `{likely}`? " if likely else ""
    raise problem_of(problem, f"{said}name the column with `{option}`") from None


def _likely(missing: str, columns: Sequence[str]) -> str | None:
    """Suggest a column with a close name; for an id, the first that ends in `id`."""
    wants_id = missing.casefold().endswith("id")
    return close_name(missing, columns) or next((c for c in columns if wants_id and _ID.search(c)), None)


def delimiter_in(header: str, delimiter: str | None) -> str | None:
    """Name the mark that a header seems to be separated by, other than the one that it was split at."""
    named = {",": "`,`", ";": "`;`", "\t": "a tab", "|": "`|`"}
    return next((named[mark] for mark in named if mark != delimiter and mark in header), None)


def close_name(name: str, names: Iterable[str]) -> str | None:
    """Suggest the name that someone may have meant, ignoring case, spaces and underscores; None where none is close."""
    plain = {_squeezed(other): other for other in names}
    found = closest(_squeezed(name), plain)
    return plain[found] if found else None


def _squeezed(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum())
