"""A progress bar on standard error, for long work on a terminal only."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from leadrules.cli.screen import Screen
from leadrules.tables import LeadTable

Item = TypeVar("Item")

_PATIENCE = 1.0
_LINES = frozenset({".csv", ".tsv", ".jsonl", ".ndjson"})
_CHUNK = 1 << 20


def watched(items: Iterable[Item], table: LeadTable, screen: Screen) -> Iterator[Item]:
    """Pass items on; where that takes more than a second on a terminal, show how far it is."""
    items = iter(items)
    if not screen.console.is_terminal:
        yield from items
        return
    started, done = time.monotonic(), 0
    for item in items:
        yield item
        done += 1
        if time.monotonic() - started > _PATIENCE:
            break
    yield from _with_bar(items, done, table.path, screen)


def _with_bar(items: Iterator[Item], done: int, path: Path, screen: Screen) -> Iterator[Item]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("scoring"), BarColumn(), MofNCompleteColumn(), TextColumn("leads"), TimeRemainingColumn())
    first = next(items, None)
    if first is None:
        return
    with Progress(*columns, console=screen.console, transient=True) as progress:
        task = progress.add_task("", total=_lines(path), completed=done)
        yield first
        progress.advance(task)
        for item in items:
            yield item
            progress.advance(task)


def _lines(path: Path) -> int | None:
    """Count the lines below the header, about the number of leads; None where lines mean nothing."""
    if path.suffix.lower() not in _LINES or not path.is_file():
        return None
    with path.open("rb") as file:
        lines = sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(_CHUNK), b""))
    return max(lines - (path.suffix.lower() in {".csv", ".tsv"}), 0)
