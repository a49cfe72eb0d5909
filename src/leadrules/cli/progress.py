"""A progress bar on standard error, for long work on a terminal only."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

from leadrules.cli.screen import Screen

if TYPE_CHECKING:
    from rich.progress import Progress

_PATIENCE = 1.0
_LINES = frozenset({".csv", ".tsv", ".jsonl", ".ndjson"})
_CHUNK = 1 << 20


class Bar:
    """A context in which work on a file is watched; where it takes more than a second on a terminal, a bar shows it."""

    def __init__(self, path: Path | None, screen: Screen) -> None:
        self._path, self._screen = path, screen
        self._started = time.monotonic()
        self._done = 0
        self._shown: Progress | None = None

    def __enter__(self) -> Self:
        """Begin to watch."""
        return self

    def advance(self) -> None:
        """Take note that another lead is done."""
        self._done += 1
        if self._shown is not None:
            self._shown.advance(self._shown.task_ids[0])
        elif self._screen.console.is_terminal and time.monotonic() - self._started > _PATIENCE:
            self._shown = self._bar()

    def _bar(self) -> Progress:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("scoring"), BarColumn(), MofNCompleteColumn(), TextColumn("leads"), TimeRemainingColumn())
        progress = Progress(*columns, console=self._screen.console, transient=True)
        progress.add_task("", total=_lines(self._path), completed=self._done)
        progress.start()
        return progress

    def __exit__(self, *_: object) -> None:
        """Take the bar away."""
        if self._shown is not None:
            self._shown.stop()


def _lines(path: Path | None) -> int | None:
    """Count the lines below the header, about the number of leads; None where lines mean nothing."""
    if path is None or path.suffix.lower() not in _LINES or not path.is_file():
        return None
    with path.open("rb") as file:
        lines = sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(_CHUNK), b""))
    return max(lines - (path.suffix.lower() in {".csv", ".tsv"}), 0)
