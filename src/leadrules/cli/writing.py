"""Write results and audits to files, in the format that the suffix says."""

from __future__ import annotations

import contextlib
import csv
import io
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TextIO

from leadrules.audit import AuditEntry, ScoredLead, canonical_json
from leadrules.cli.running import Stop
from leadrules.program import Program
from leadrules.tables import OutputFile
from leadrules.tables.parquet_output import Column, parquet_rows

Write = Callable[[ScoredLead], None]
STDOUT = Path("-")
"""The output that stands for CSV on standard output."""

_LISTS = ("segments", "tags", "recommendations", "missing")
_AUDIT = ("lead", "kind", "rule", "line", "points", "because", "evidence")


@contextlib.contextmanager
def results_to(path: Path, program: Program, id_column: str, inputs: Sequence[Path]) -> Iterator[Write]:
    """Open a file for results, complete or absent; `-` is CSV on standard output. Raises Stop, FileProblem."""
    start = _by_suffix(path, _RESULTS, "results")
    if start is None:
        with OutputFile(path, inputs=inputs) as output, _parquet_results(output, program, id_column) as write:
            yield write
        return
    with _text_of(path, inputs) as file, start(file, program, id_column) as write:
        yield write


@contextlib.contextmanager
def audit_to(path: Path, inputs: Sequence[Path]) -> Iterator[Write]:
    """Open a file for audit entries, one each row; complete or absent. Raises Stop, FileProblem."""
    start = _by_suffix(path, {".csv": _csv_audit, ".jsonl": _json_lines_audit}, "the audit")
    with OutputFile(path, inputs=inputs) as output:
        yield start(output.text)


def refuse_suffix(path: Path) -> None:
    """Raise Stop early where results cannot be written in the format of a file."""
    _by_suffix(path, _RESULTS, "results")


def _by_suffix(path: Path, formats: dict[str, Any], what: str) -> Any:
    suffix = ".csv" if path == STDOUT else path.suffix.lower()
    known = ", ".join(f"`{name}`" for name in formats)
    if suffix not in formats:
        ends = f"ends in `{path.suffix}`" if suffix else "has no suffix"
        raise Stop(f"`{path}` {ends}, which is no known format for {what}", f"the formats are {known}")
    return formats[suffix]


@contextlib.contextmanager
def _text_of(path: Path, inputs: Sequence[Path]) -> Iterator[TextIO]:
    if path != STDOUT:
        with OutputFile(path, inputs=inputs) as output:
            yield output.text
        return
    with standard_output() as file:
        yield file


@contextlib.contextmanager
def standard_output() -> Iterator[TextIO]:
    """Give standard output as UTF-8 with line ends as written, whatever the terminal's encoding."""
    sys.stdout.flush()
    file = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="", write_through=False)
    try:
        yield file
        file.flush()
    finally:
        with contextlib.suppress(OSError):  # of a pipe that is closed already
            file.detach()


# ------------------------------------------------------------------- results


def columns_of(program: Program, id_column: str) -> list[str]:
    """Name the columns of a scored table, in order. Raises Stop where two are alike."""
    dimensions = [dimension.name for dimension in program.dimensions]
    grades = [grade.name for grade in program.grades]
    ladders = [ladder.name for ladder in program.ladders]
    columns = [id_column, "score", *dimensions, *grades, *ladders, *_LISTS]
    repeated = next((name for place, name in enumerate(columns) if name in columns[:place]), None)
    if repeated is not None:
        raise Stop(f"the results would have two columns named `{repeated}`", "rename one, or write `.jsonl` instead")
    return columns


@contextlib.contextmanager
def _csv_results(file: TextIO, program: Program, id_column: str) -> Iterator[Write]:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns_of(program, id_column))

    def write(result: ScoredLead) -> None:
        numbers = (canonical_json(number) for number in (result.score, *result.dimensions.values()))
        labels = (*result.grades.values(), *result.stages.values())
        writer.writerow((result.lead, *numbers, *labels, *("; ".join(getattr(result, name)) for name in _LISTS)))

    yield write


@contextlib.contextmanager
def _parquet_results(output: OutputFile, program: Program, id_column: str) -> Iterator[Write]:
    columns: dict[str, Column] = dict.fromkeys(columns_of(program, id_column), "text")
    columns |= dict.fromkeys(("score", *(dimension.name for dimension in program.dimensions)), program.precision)
    columns |= dict.fromkeys(_LISTS, "texts")
    with parquet_rows(output, columns) as put:
        yield lambda result: put(
            (
                result.lead,
                result.score,
                *result.dimensions.values(),
                *result.grades.values(),
                *result.stages.values(),
                *(getattr(result, name) for name in _LISTS),
            )
        )


@contextlib.contextmanager
def _json_lines(file: TextIO, _program: Program, _id_column: str) -> Iterator[Write]:
    yield lambda result: _put(file, result.to_json() + "\n")


@contextlib.contextmanager
def _json_list(file: TextIO, _program: Program, _id_column: str) -> Iterator[Write]:
    before = "[\n"

    def write(result: ScoredLead) -> None:
        nonlocal before
        file.write(before + result.to_json())
        before = ",\n"

    yield write
    file.write("[]\n" if before == "[\n" else "\n]\n")


def _put(file: TextIO, text: str) -> None:
    file.write(text)


_RESULTS = {".csv": _csv_results, ".jsonl": _json_lines, ".json": _json_list, ".parquet": None}
"""How results are written to text, by the file's suffix; None where it is no text."""


# --------------------------------------------------------------------- audit


def _csv_audit(file: TextIO) -> Write:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(_AUDIT)

    def write(result: ScoredLead) -> None:
        for entry in result.audit:
            values = _entry(result, entry)
            written = (values["points"], values["evidence"])
            points, evidence = (canonical_json(value) for value in written)
            writer.writerow((*(values[name] for name in _AUDIT[:4]), points, entry.because or "", evidence))

    return write


def _json_lines_audit(file: TextIO) -> Write:
    def write(result: ScoredLead) -> None:
        file.writelines(canonical_json(_entry(result, entry)) + "\n" for entry in result.audit)

    return write


def _entry(result: ScoredLead, entry: AuditEntry) -> dict[str, Any]:
    return {"lead": result.lead, **entry.to_dict()}
