"""Choose how to read a file by its suffix."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

from leadrules.tables.csv_files import open_csv, open_tsv
from leadrules.tables.json_files import open_json, open_json_lines
from leadrules.tables.parquet_files import open_parquet
from leadrules.tables.problems import FileProblem, refuse_system_error
from leadrules.tables.records import RecordFile, Wanted

_OPENERS: dict[str, Callable[[Path, Wanted], RecordFile]] = {
    ".csv": open_csv,
    ".tsv": open_tsv,
    ".jsonl": open_json_lines,
    ".ndjson": open_json_lines,
    ".json": open_json,
    ".parquet": open_parquet,
}

SUFFIXES = tuple(_OPENERS)
"""The suffixes of the formats that can be read."""


def open_records(path: Path, wanted: Wanted) -> RecordFile:
    """Open a file of records by its suffix. Raises FileProblem, for a text file's content also while it is read."""
    opener = _OPENERS.get(path.suffix.lower())
    try:
        _refuse_pipes(path)
        with path.open("rb"):
            pass
        if opener is not None:
            return opener(path, wanted)
    except OSError as error:
        refuse_system_error(path, error)
    known = ", ".join(f"`{suffix}`" for suffix in SUFFIXES)
    what = f"ends in `{path.suffix}`" if path.suffix else "has no suffix"
    raise FileProblem(path, f"{what}, which is no known format", f"the formats are {known}")


def _refuse_pipes(path: Path) -> None:
    """Raise FileProblem for what is no file: it can be read once at most, and waiting for it may never end."""
    mode = path.stat().st_mode
    if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode):
        raise FileProblem(path, "is a pipe, not a file", "write what comes through it to a file first")
    if stat.S_ISCHR(mode) or stat.S_ISBLK(mode):
        raise FileProblem(path, "is a device, not a file", "write what comes from it to a file first")
