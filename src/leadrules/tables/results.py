"""Write results and audits to files, in the format that the suffix says."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

import attrs

from leadrules.canonical import canonical_json
from leadrules.explain.sentences import Sentences
from leadrules.outputs import PLACES
from leadrules.program import Program
from leadrules.tables.csv_form import CsvForm
from leadrules.tables.csv_output import ChangedTexts, CsvRows, Formulas
from leadrules.tables.output import OutputFile
from leadrules.tables.parquet_output import Column as ParquetColumn
from leadrules.tables.parquet_output import parquet_rows
from leadrules.tables.problems import FileProblem
from leadrules.tables.result_columns import Column, ResultColumns, lists_of, plain, text_of_own
from leadrules.tables.scoring import Scored
from leadrules.tables.workbook_output import Sheet, refuse_wide, workbook

Write = Callable[[Scored], None]

MARK = "{}"
"""What stands in the name of a file for the value by which leads are listed."""
_MOST_FILES = 200
_AUDIT = ("lead", "kind", "rule", "alternative", "file", "line", "points", "because", "evidence")
_REASONS = ("lead", "points", "why", "what it rests on", "rule")


@attrs.frozen
class Writing:
    """What all files of a run share.

    `about` says what made them, `remarks` takes sentences about what was written. `by` is the column for each value
    of which there is a list of its own. `changed` takes what a spreadsheet would change.
    """

    program: Program
    columns: ResultColumns
    form: CsvForm
    formulas: Formulas
    inputs: Sequence[Path]
    about: Mapping[str, str]
    remarks: list[str] = attrs.field(factory=list)
    by: Column | None = None
    changed: ChangedTexts = attrs.field(factory=ChangedTexts)


@contextlib.contextmanager
def results_to(output: Path | TextIO, writing: Writing) -> Iterator[Write]:
    """Open a file for results, complete or absent; one that is open already takes CSV. Raises FileProblem."""
    if not isinstance(output, Path):
        with _csv_results(output, writing) as write:
            yield write
        return
    if writing.by is not None and MARK in output.name:
        with _file_for_each(output, writing, writing.by) as write:
            yield write
        return
    start = _by_suffix(output, _RESULTS, "results")
    with OutputFile(output, inputs=writing.inputs) as file, start(file, writing) as write:
        yield write


@contextlib.contextmanager
def audit_to(path: Path, writing: Writing) -> Iterator[Write]:
    """Open a file for audit entries, one each row; complete or absent. Raises FileProblem."""
    start = _by_suffix(path, _AUDITS, "the audit")
    with OutputFile(path, inputs=writing.inputs) as output:
        yield start(output, writing)


@contextlib.contextmanager
def _file_for_each(output: Path, writing: Writing, by: Column) -> Iterator[Write]:
    """Write a file for each value of a column, as the values come; all of them appear at the end, or none."""
    lists = lists_of(by)
    files: dict[str, Write] = {}
    names: set[str] = set()
    alone = attrs.evolve(writing, by=None)
    with contextlib.ExitStack() as stack:

        def write(scored: Scored) -> None:
            for value in lists(scored):
                if value not in files:
                    if len(files) >= _MOST_FILES:
                        problem = f"would be more than {_MOST_FILES} files: `{by.name}` has as many values"
                        raise FileProblem(output, problem, "choose a column with fewer values")
                    path = output.with_name(output.name.replace(MARK, _file_name(value, names)))
                    files[value] = stack.enter_context(results_to(path, alone))
                files[value](scored)

        yield write


def _file_name(value: str, taken: set[str]) -> str:
    """Give a part of a file name for a value, which no other value has."""
    plainly = "".join("-" if sign in '<>:"/\\|?*' or not sign.isprintable() else sign for sign in value)[:80]
    plainly = plainly.strip(". ") or "-"
    found, number = plainly, 2
    while found.casefold() in taken:
        found, number = f"{plainly} {number}", number + 1
    taken.add(found.casefold())
    return found


def refuse_suffix(path: Path, *, by: bool = False) -> None:
    """Raise FileProblem early where results cannot be written in the format of a file, or not `by` a column."""
    _by_suffix(path, _RESULTS, "results")
    if by and MARK not in path.name and path.suffix.lower() != ".xlsx":
        problem = f"has no `{MARK}` in its name, where the value stands by which the leads are listed"
        raise FileProblem(
            path, problem, f"write `{path.stem}-{MARK}{path.suffix}`, or `.xlsx`, which has a sheet for each"
        )


def refuse_audit_suffix(path: Path) -> None:
    """Raise FileProblem early where the audit cannot be written in the format of a file."""
    _by_suffix(path, _AUDITS, "the audit")


def holds_audit(output: Path | TextIO) -> bool:
    """Tell whether results are written with their audit."""
    return isinstance(output, Path) and output.suffix.lower() in {".jsonl", ".json", ".xlsx"}


def _by_suffix(path: Path, formats: dict[str, Any], what: str) -> Any:
    suffix = path.suffix.lower()
    known = ", ".join(f"`{name}`" for name in formats)
    if suffix not in formats:
        ends = f"ends in `{path.suffix}`" if suffix else "has no suffix"
        raise FileProblem(path, f"{ends}, which is no known format for {what}", f"the formats are {known}")
    return formats[suffix]


# ------------------------------------------------------------------- results


def _csv_file(output: OutputFile, writing: Writing) -> contextlib.AbstractContextManager[Write]:
    return _csv_results(output.text_in(writing.form.encoding), writing)


@contextlib.contextmanager
def _csv_results(file: TextIO, writing: Writing) -> Iterator[Write]:
    columns = writing.columns
    rows = CsvRows(file, columns.names, writing.formulas, writing.form)
    cells = [_csv_cell(column, writing) for column in columns.each]
    yield lambda scored: rows.write([cell(scored) for cell in cells])


def _csv_cell(column: Column, writing: Writing) -> Callable[[Scored], str | None]:
    """Give what writes a lead's value in a column."""
    value, form = column.value, writing.form
    taken = column.typed if form.rewrites else value

    def text(scored: Scored) -> str:
        found = taken(scored)
        written = text_of_own(found, form)
        if form.spreadsheet and not isinstance(found, dt.date):
            writing.changed.add(written, column.name)
        return written

    match column.kind:
        case "points":
            return lambda scored: form.number(value(scored))
        case "number":
            return lambda scored: "" if (number := value(scored)) is None else form.number(number)
        case "texts":
            return lambda scored: "; ".join(value(scored) or ())
        case "text" | "bool" | "date" | "datetime" | "own":
            return text


@contextlib.contextmanager
def _parquet_results(output: OutputFile, writing: Writing) -> Iterator[Write]:
    types: dict[str, ParquetColumn] = {}
    for column in writing.columns.each:
        match column.kind:
            case "points":
                types[column.name] = writing.program.precision
            case "number":
                types[column.name] = PLACES
            case "texts" | "bool" | "date" | "datetime":
                types[column.name] = column.kind
            case "text" | "own":
                types[column.name] = "text"
    iso = CsvForm()
    taken = [_parquet_value(column, iso) for column in writing.columns.each]
    with parquet_rows(output, types, writing.about) as put:
        yield lambda scored: put([value(scored) for value in taken])


def _parquet_value(column: Column, form: CsvForm) -> Callable[[Scored], Any]:
    value = column.value
    if column.kind in {"date", "datetime"}:
        read = dt.date.fromisoformat if column.kind == "date" else dt.datetime.fromisoformat
        return lambda scored: None if (text := value(scored)) is None else read(text)
    if column.kind != "own":
        return value

    def own(scored: Scored) -> str | None:
        found = value(scored)
        return None if found is None else text_of_own(found, form)

    return own


@contextlib.contextmanager
def _workbook_results(output: OutputFile, writing: Writing) -> Iterator[Write]:
    columns = writing.columns
    refuse_wide(output, columns.names)
    points = [place for place, column in enumerate(columns.each) if column.kind in {"points", "number"}]
    bars = [place for place in points if columns.each[place].name == "score"]
    sentences = Sentences(writing.program)
    lists = lists_of(writing.by) if writing.by is not None else lambda _: ["Leads"]
    with workbook(output, writing.about) as book:
        sheets: dict[str, Sheet] = {}
        if writing.by is None:
            sheets["Leads"] = book.sheet("Leads", columns.names, points=points, bars=bars)
        reasons = book.sheet("Reasons", _REASONS, points=[_REASONS.index("points")], is_last=True)

        def write(scored: Scored) -> None:
            row = [column.typed(scored) for column in columns.each]
            for name in lists(scored):
                if name not in sheets:
                    sheets[name] = book.sheet(name, columns.names, points=points, bars=bars)
                sheets[name].write(row)
            for entry in scored.result.audit:
                told = (entry.points, sentences.why(entry), sentences.rests_on(entry), entry.rule)
                reasons.write((scored.result.lead, *told))

        yield write
    writing.remarks.extend(book.remarks)


@contextlib.contextmanager
def _json_lines(output: OutputFile, writing: Writing) -> Iterator[Write]:
    written = _written(writing.columns)
    yield lambda scored: _put(output.text, written(scored) + "\n")


@contextlib.contextmanager
def _json_list(output: OutputFile, writing: Writing) -> Iterator[Write]:
    before = "[\n"
    written = _written(writing.columns)

    def write(scored: Scored) -> None:
        nonlocal before
        output.text.write(before + written(scored))
        before = ",\n"

    yield write
    output.text.write("[]\n" if before == "[\n" else "\n]\n")


def _written(columns: ResultColumns) -> Callable[[Scored], str]:
    """Give what writes a result as JSON; the kept columns stand at its end, under `columns`."""
    if not columns.own:
        return lambda scored: scored.result.to_json()

    def written(scored: Scored) -> str:
        own = {name: plain(column.value(scored)) for name, column in columns.own}
        return f'{scored.result.to_json()[:-1]},"columns":{canonical_json(own)}}}'

    return written


def _put(file: TextIO, text: str) -> None:
    file.write(text)


_RESULTS = {
    ".csv": _csv_file,
    ".xlsx": _workbook_results,
    ".jsonl": _json_lines,
    ".json": _json_list,
    ".parquet": _parquet_results,
}
"""How results are written, by the file's suffix."""


# --------------------------------------------------------------------- audit


def _csv_audit(output: OutputFile, writing: Writing) -> Write:
    form = writing.form
    rows = CsvRows(output.text_in(form.encoding), _AUDIT, writing.formulas, form)

    def write(scored: Scored) -> None:
        for entry in scored.result.audit:
            rule = (entry.rule, entry.alternative, entry.file, str(entry.line))
            told = (form.number(entry.points), entry.because, entry.evidence_json())
            rows.write((scored.result.lead, entry.kind, *rule, *told))

    return write


def _json_lines_audit(output: OutputFile, _writing: Writing) -> Write:
    def write(scored: Scored) -> None:
        lead = canonical_json(scored.result.lead)
        lines = (f'{{"lead":{lead},{entry.to_json(places=True)[1:]}\n' for entry in scored.result.audit)
        output.text.writelines(lines)

    return write


_AUDITS = {".csv": _csv_audit, ".jsonl": _json_lines_audit}
"""How an audit is written, by the file's suffix."""
