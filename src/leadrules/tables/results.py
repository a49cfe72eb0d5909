"""Write results and audits to files, in the format that the suffix says."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TextIO

from leadrules.audit import ScoredLead
from leadrules.canonical import canonical_json
from leadrules.families import RESULT_LISTS
from leadrules.lead import lenient_properties
from leadrules.program import Program
from leadrules.tables.csv_output import CsvRows, Formulas
from leadrules.tables.output import OutputFile
from leadrules.tables.parquet_output import Column, parquet_rows
from leadrules.tables.problems import FileProblem

Write = Callable[[ScoredLead], None]

_AUDIT = ("lead", "kind", "rule", "alternative", "file", "line", "points", "because", "evidence")


@contextlib.contextmanager
def results_to(
    output: Path | TextIO, program: Program, id_column: str, inputs: Sequence[Path], formulas: Formulas
) -> Iterator[Write]:
    """Open a file for results, complete or absent; one that is open already takes CSV. Raises FileProblem."""
    if not isinstance(output, Path):
        with _csv_results(output, program, id_column, formulas) as write:
            yield write
        return
    start = _by_suffix(output, _RESULTS, "results")
    with OutputFile(output, inputs=inputs) as file:
        if start is None:
            opened = _parquet_results(file, program, id_column)
        else:
            opened = start(file.text, program, id_column, formulas)
        with opened as write:
            yield write


@contextlib.contextmanager
def audit_to(path: Path, inputs: Sequence[Path], formulas: Formulas) -> Iterator[Write]:
    """Open a file for audit entries, one each row; complete or absent. Raises FileProblem."""
    start = _by_suffix(path, _AUDITS, "the audit")
    with OutputFile(path, inputs=inputs) as output:
        yield start(output.text, formulas)


def refuse_suffix(path: Path) -> None:
    """Raise FileProblem early where results cannot be written in the format of a file."""
    _by_suffix(path, _RESULTS, "results")


def refuse_audit_suffix(path: Path) -> None:
    """Raise FileProblem early where the audit cannot be written in the format of a file."""
    _by_suffix(path, _AUDITS, "the audit")


def holds_audit(output: Path | TextIO) -> bool:
    """Tell whether results are written with their audit."""
    return isinstance(output, Path) and output.suffix.lower() in {".jsonl", ".json"}


def _by_suffix(path: Path, formats: dict[str, Any], what: str) -> Any:
    suffix = path.suffix.lower()
    known = ", ".join(f"`{name}`" for name in formats)
    if suffix not in formats:
        ends = f"ends in `{path.suffix}`" if suffix else "has no suffix"
        raise FileProblem(path, f"{ends}, which is no known format for {what}", f"the formats are {known}")
    return formats[suffix]


# ------------------------------------------------------------------- results


def columns_of(program: Program, id_column: str) -> list[str]:
    """Name the columns of a scored table, in order. Raises FileProblem where two are alike."""
    dimensions = [dimension.name for dimension in program.dimensions]
    grades = [grade.name for grade in program.grades]
    ladders = [ladder.name for ladder in program.ladders]
    columns = [id_column, "score", *dimensions, *grades, *ladders, *lists_of(program)]
    repeated = next((name for index, name in enumerate(columns) if name in columns[:index]), None)
    if repeated is not None:
        problem = f"the results would have two columns named `{repeated}`"
        raise FileProblem(None, problem, "rename one, or write `.jsonl` instead")
    return columns


def lists_of(program: Program) -> tuple[str, ...]:
    """Name the lists of a result, in order: `unreadable` where the rules allow values that cannot be read."""
    lenient = any(field.lenient for field in program.scope.fields.values()) or lenient_properties(program.scope)
    return (*RESULT_LISTS, "unreadable") if lenient else tuple(RESULT_LISTS)


@contextlib.contextmanager
def _csv_results(file: TextIO, program: Program, id_column: str, formulas: Formulas) -> Iterator[Write]:
    rows = CsvRows(file, columns_of(program, id_column), formulas)
    lists = lists_of(program)

    def write(result: ScoredLead) -> None:
        numbers = (canonical_json(number) for number in (result.score, *result.dimensions.values()))
        labels = (*result.grades.values(), *result.stages.values())
        rows.write((result.lead, *numbers, *labels, *("; ".join(getattr(result, name)) for name in lists)))

    yield write


@contextlib.contextmanager
def _parquet_results(output: OutputFile, program: Program, id_column: str) -> Iterator[Write]:
    columns: dict[str, Column] = dict.fromkeys(columns_of(program, id_column), "text")
    columns |= dict.fromkeys(("score", *(dimension.name for dimension in program.dimensions)), program.precision)
    lists = lists_of(program)
    columns |= dict.fromkeys(lists, "texts")
    with parquet_rows(output, columns) as put:
        yield lambda result: put(
            (
                result.lead,
                result.score,
                *result.dimensions.values(),
                *result.grades.values(),
                *result.stages.values(),
                *(getattr(result, name) for name in lists),
            )
        )


@contextlib.contextmanager
def _json_lines(file: TextIO, _program: Program, _id_column: str, _formulas: Formulas) -> Iterator[Write]:
    yield lambda result: _put(file, result.to_json() + "\n")


@contextlib.contextmanager
def _json_list(file: TextIO, _program: Program, _id_column: str, _formulas: Formulas) -> Iterator[Write]:
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


def _csv_audit(file: TextIO, formulas: Formulas) -> Write:
    rows = CsvRows(file, _AUDIT, formulas)

    def write(result: ScoredLead) -> None:
        for entry in result.audit:
            rule = (entry.rule, entry.alternative, entry.file, str(entry.line))
            told = (canonical_json(entry.points), entry.because, entry.evidence_json())
            rows.write((result.lead, entry.kind, *rule, *told))

    return write


def _json_lines_audit(file: TextIO, _formulas: Formulas) -> Write:
    def write(result: ScoredLead) -> None:
        lead = canonical_json(result.lead)
        file.writelines(f'{{"lead":{lead},{entry.to_json(places=True)[1:]}\n' for entry in result.audit)

    return write


_AUDITS = {".csv": _csv_audit, ".jsonl": _json_lines_audit}
"""How an audit is written, by the file's suffix."""
