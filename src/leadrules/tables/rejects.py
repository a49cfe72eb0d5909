"""Leads and events that were left out, and the file that lists them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import attrs

from leadrules.canonical import canonical_json
from leadrules.errors import Mistake
from leadrules.tables.csv_form import CsvForm
from leadrules.tables.csv_output import CsvRows, Formulas
from leadrules.tables.output import OutputFile
from leadrules.tables.problems import FileProblem


@attrs.frozen
class Reject:
    """A record that was left out. `row` counts from 1 in its file, `id` is the lead's where known.

    `failed` says what could not be done with it: `read` it, or `score` it, where a plugin failed. `mistakes` are those
    of a lead that the rules cannot read, every one of them. `file` names the file of the row where several are read.
    """

    kind: Literal["lead", "event"]
    row: int
    id: str | None
    reason: str
    failed: Literal["read", "score"] = "read"
    mistakes: tuple[Mistake, ...] = ()
    file: str | None = None


def _plain(reject: Reject) -> dict[str, Any]:
    """Give a reject as plain data; the mistakes only where there are some."""
    found = attrs.asdict(reject, filter=_is_told)
    return found | ({"mistakes": [one.to_dict() for one in reject.mistakes]} if reject.mistakes else {})


_LINES = {".jsonl", ".ndjson"}
_OTHER = {".json", ".parquet", ".tsv", ".xlsx"}


def refuse_rejects_suffix(path: Path) -> None:
    """Raise FileProblem early where rejects cannot be written in the format of a file."""
    if path.suffix.lower() in _OTHER:
        raise FileProblem(
            path, f"ends in `{path.suffix}`, which is no known format for rejects", "the formats are `.csv`, `.jsonl`"
        )


def _is_told(attribute: attrs.Attribute[Any], value: object) -> bool:
    return attribute.name != "mistakes" and (attribute.name != "file" or value is not None)


class RejectsWriter:
    """Writes rejects as CSV with the columns row, id and reason, or as JSON lines; a context manager.

    It is JSON lines where the name ends in `.jsonl`. The file appears when the `with` block ends
    well, also where there was no reject. A reason in CSV says `event row` where the row is one of the
    event file; in JSON lines `kind` says it, too, and `failed` whether it could not be read or scored.
    Raises FileProblem.
    """

    def __init__(
        self, path: Path, *, inputs: Sequence[Path] = (), formulas: Formulas | None = None, form: CsvForm | None = None
    ) -> None:
        refuse_rejects_suffix(path)
        self._output = OutputFile(path, inputs=inputs)
        self._formulas = formulas or Formulas()
        self._form = form or CsvForm()
        self._rows: CsvRows | None = None
        self.count: int = 0

    def __enter__(self) -> Self:
        """Start the file."""
        output = self._output.__enter__()
        if output.path.suffix.lower() in _LINES:
            return self
        file = output.text_in(self._form.encoding)
        self._rows = CsvRows(file, ("row", "id", "reason"), self._formulas, self._form)
        return self

    def write(self, reject: Reject) -> None:
        """Add a reject."""
        if self._rows is not None:
            self._rows.write((str(reject.row), reject.id or "", reject.reason))
        else:
            self._output.text.write(canonical_json(_plain(reject)) + "\n")
        self.count += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Keep the file, or drop it where the block failed."""
        self._output.__exit__(kind, error, trace)
