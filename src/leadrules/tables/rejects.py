"""Leads and events that were left out, and the file that lists them."""

from __future__ import annotations

import csv
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import attrs

from leadrules.tables.output import OutputFile


@attrs.frozen
class Reject:
    """A record that was left out. `row` counts from 1 in its file, `id` is the lead's where known.

    `failed` says what could not be done with it: `read` it, or `score` it, where a plugin failed.
    """

    kind: Literal["lead", "event"]
    row: int
    id: str | None
    reason: str
    failed: Literal["read", "score"] = "read"


class RejectsWriter:
    """Writes rejects as CSV with the columns row, id and reason; a context manager.

    The file appears when the `with` block ends well, with only its header where there was no
    reject. A reason says `event row` where the row is one of the event file. Raises FileProblem.
    """

    def __init__(self, path: Path, *, inputs: tuple[Path, ...] = ()) -> None:
        self._output = OutputFile(path, inputs=inputs)
        self.count = 0

    def __enter__(self) -> Self:
        """Start the file."""
        self._writer = csv.writer(self._output.__enter__().text, lineterminator="\n")
        self._writer.writerow(("row", "id", "reason"))
        return self

    def write(self, reject: Reject) -> None:
        """Add a reject."""
        self._writer.writerow((reject.row, reject.id or "", reject.reason))
        self.count += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Keep the file, or drop it where the block failed."""
        self._output.__exit__(kind, error, trace)
