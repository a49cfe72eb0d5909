"""Read scored files back: where each lead stood, and what made the results where the file says it."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import attrs

from leadrules.audit import ScoredLead
from leadrules.families import RESULT_LISTS
from leadrules.tables.csv_output import is_formula
from leadrules.tables.formats import open_records
from leadrules.tables.problems import FileProblem
from leadrules.tables.records import BadRecord, Record, RecordFile, Wanted
from leadrules.tables.scoring import Scored
from leadrules.values import instant_of, text_of_instant

Value = str | Decimal
"""A label, a list as it stands in CSV, or a number."""

_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?")
_MOST_IN_A_SHEET = 1_048_575
_PROPERTY = re.compile(r'name="(leadrules\.[a-z_]+)"[^>]*><vt:lpwstr>([^<]*)<')
_AT_MOST = 1 << 20


@attrs.frozen
class Standing:
    """Where a lead stands: its score, and the other values of its result, by the names of their columns.

    `points` are what each rule gave, by the words for it, where the file has them.
    """

    score: Decimal
    values: Mapping[str, Value]
    points: Mapping[str, Decimal] = attrs.field(factory=dict)


@attrs.frozen
class ScoredFile:
    """A scored file: its leads by id, in their order, and the columns of its results but for the score.

    `fingerprint` is that of the rules, `as_of` the moment, as text; None where the file does not say, or says several.
    `remarks` are sentences about how the file was read.
    """

    path: Path
    leads: Mapping[str, Standing]
    columns: tuple[str, ...]
    fingerprint: str | None
    as_of: str | None
    remarks: tuple[str, ...] = ()

    @property
    def has_reasons(self) -> bool:
        """Tell whether the file says what gave the points."""
        return any(standing.points for standing in self.leads.values())


def standing_of(result: ScoredLead) -> Standing:
    """Say where a lead stands by a result."""
    values: dict[str, Value] = {**result.dimensions}
    values |= {name: _value(label) for name, label in (*result.grades.items(), *result.stages.items())}
    values |= {name: _value(value) for name, value in result.outputs.items()}
    values |= {name: _value("; ".join(getattr(result, name))) for name in (*RESULT_LISTS, "unreadable")}
    return Standing(result.score, values)


@attrs.define
class Earlier:
    """The results of an earlier time, which those of now are held against as they come."""

    file: ScoredFile
    same: int = 0
    _met: set[str] = attrs.field(factory=set)

    def only_changed(self, write: Callable[[Scored], None]) -> Callable[[Scored], None]:
        """Give what writes a result where the lead is new, or anything in its result is other than before."""

        def write_changed(scored: Scored) -> None:
            name = str(scored.result.lead)
            self._met.add(name)
            before, now = self.file.leads.get(name), standing_of(scored.result)
            if before is not None and (before.score, _filled(before)) == (now.score, _filled(now)):
                self.same += 1
            else:
                write(scored)

        return write_changed

    def sentences(self) -> Iterator[str]:
        """Say how many leads are left out, and how many of the earlier file are not among those of now."""
        if self.same:
            are = "1 lead is" if self.same == 1 else f"{self.same:,} leads are"
            yield f"{are} as in `{self.file.path}`, and left out of the results"
        gone = sum(name not in self._met for name in self.file.leads)
        if gone:
            leads = "1 lead" if gone == 1 else f"{gone:,} leads"
            yield f"`{self.file.path}` has {leads} not among those that are scored now"


def _filled(standing: Standing) -> dict[str, Value]:
    return {name: value for name, value in standing.values.items() if value != ""}


def read_scored(path: Path | str, id_column: str = "id") -> ScoredFile:
    """Read a file that `score_files` wrote, whatever its format, with the leads' own columns or without.

    Raises FileProblem for any other file, and for one in which an id stands twice.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    is_json = suffix in {".jsonl", ".json"}
    sheet = "Leads" if suffix == ".xlsx" else None
    wanted = Wanted(("lead",) if is_json else (id_column, "score"), "leads", sheet=sheet)
    try:
        file = open_records(path, wanted)
    except FileProblem:
        if sheet is None or _reasons(path) is None:
            raise
        advice = "give results that were written without `by=…`, whose sheet `Leads` has them all"
        raise FileProblem(path, "has a sheet for each list, and none with all leads", advice) from None
    found = _from_results(path, file) if is_json else _from_table(path, file, id_column)
    remarks = file.remarks.sentences(file.input.called)
    return attrs.evolve(found, remarks=tuple(one.removesuffix("; `encoding=…` says otherwise") for one in remarks))


def _records(path: Path, file: RecordFile) -> Iterator[Record]:
    for record in file.records:
        if isinstance(record, BadRecord):
            raise FileProblem(path, f"cannot be read whole: row {record.number} {record.reason}")
        yield record


# ------------------------------------------------------------------- results


def _from_results(path: Path, file: RecordFile) -> ScoredFile:
    leads: dict[str, Standing] = {}
    made: dict[str, set[str]] = {"fingerprint": set(), "as_of": set()}
    columns: dict[str, None] = {}
    for record in _records(path, file):
        found = record.values
        if not {"lead", "score", "stages", "dimensions", "ruleset"} <= found.keys():
            raise _no_result(path)
        values: dict[str, Value] = {name: _number(path, points) for name, points in found["dimensions"].items()}
        values |= {name: _value(label) for name, label in (*found["grades"].items(), *found["stages"].items())}
        values |= {name: _value(value) for name, value in found.get("outputs", {}).items()}
        values |= {name: _value(found.get(name)) for name in (*RESULT_LISTS, "unreadable") if name in found}
        columns |= dict.fromkeys(values)
        points: dict[str, Decimal] = {}
        for entry in found.get("audit", ()):
            words = entry.get("because") or entry["rule"]
            words = words if entry["kind"] == "points" else f"{entry['kind']} of {words}"
            points[words] = points.get(words, Decimal(0)) + _number(path, entry["points"])
        _add(path, leads, str(found["lead"]), Standing(_number(path, found["score"]), values, points))
        made["fingerprint"].add(found["ruleset"]["fingerprint"])
        made["as_of"].add(str(found["as_of"]))
    alone = {name: next(iter(said)) if len(said) == 1 else None for name, said in made.items()}
    return ScoredFile(path, leads, tuple(columns), alone["fingerprint"], alone["as_of"])


# -------------------------------------------------------------------- tables


def _from_table(path: Path, file: RecordFile, id_column: str) -> ScoredFile:
    columns = file.columns or ()
    results = _result_columns(path, columns)
    if id_column not in columns:
        raise FileProblem(path, f"has no column `{id_column}`, the id of a lead", "name it with `id_column=…`")
    leads: dict[str, Standing] = {}
    for record in _records(path, file):
        if not any(record.values.values()):
            continue
        values = {name: _value(record.values.get(name)) for name in results}
        name = _text(record.values[id_column]).strip()
        _add(path, leads, name, Standing(_number(path, record.values["score"]), values))
    about = _about(path)
    if path.suffix.lower() == ".xlsx":
        if len(leads) >= _MOST_IN_A_SHEET:
            raise FileProblem(path, "fills a sheet, and may go on on the next", "compare `.csv` or `.parquet` files")
        leads = _with_reasons(path, leads)
    return ScoredFile(path, leads, tuple(results), about.get("leadrules.fingerprint"), about.get("leadrules.as_of"))


def _result_columns(path: Path, columns: Sequence[str]) -> list[str]:
    """Name the columns of the results but for the score: they stand last, behind those of the leads' own file."""
    if "score" not in columns or not {*RESULT_LISTS} <= {*columns}:
        raise _no_result(path)
    return list(columns[columns.index("score") + 1 :])


def _with_reasons(path: Path, leads: Mapping[str, Standing]) -> dict[str, Standing]:
    """Add the points of each reason, which a workbook has on a sheet of their own."""
    file = _reasons(path)
    if file is None:
        return dict(leads)
    points: dict[str, dict[str, Decimal]] = {}
    for record in _records(path, file):
        of = points.setdefault(_text(record.values.get("lead")).strip(), {})
        why = _text(record.values.get("why"))
        of[why] = of.get(why, Decimal(0)) + _number(path, record.values.get("points"))
    return {name: attrs.evolve(standing, points=points.get(name, {})) for name, standing in leads.items()}


def _reasons(path: Path) -> RecordFile | None:
    """Open the sheet with the reasons; None where there is none, or someone has removed it."""
    try:
        return open_records(path, Wanted(("lead", "points", "why"), "leads", sheet="Reasons"))
    except FileProblem:
        return None


def _about(path: Path) -> dict[str, str]:
    """Read what a file says of what made it; CSV says nothing."""
    if path.suffix.lower() == ".parquet":
        from pyarrow import parquet

        metadata = parquet.read_schema(path).metadata or {}
        return {name.decode(): text.decode("utf-8", "replace") for name, text in metadata.items()}
    if path.suffix.lower() == ".xlsx":
        with zipfile.ZipFile(path) as book:
            if "docProps/custom.xml" not in book.namelist():
                return {}
            with book.open("docProps/custom.xml") as file:
                return dict(_PROPERTY.findall(file.read(_AT_MOST).decode("utf-8", "replace")))
    return {}


# -------------------------------------------------------------------- values


def _add(path: Path, leads: dict[str, Standing], name: str, standing: Standing) -> None:
    if name in leads:
        raise FileProblem(path, f"has the id `{name}` twice", "compare files in which a lead stands once")
    leads[name] = standing


def _no_result(path: Path) -> FileProblem:
    return FileProblem(path, "is no file of results", "give one that `leadrules score -o` wrote")


def _text(value: Any) -> str:
    """Give a value as text, without the mark that makes a formula harmless."""
    if isinstance(value, list | tuple):
        return "; ".join(map(_text, value))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.datetime) and value.tzinfo is not None:
        return text_of_instant(instant_of(value))
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = "" if value is None else str(value)
    return text[1:] if text.startswith("'") and is_formula(text) else text


def _value(value: Any) -> Value:
    """Give what a value is compared by: what looks like a number as one, with a decimal comma or point."""
    text = _text(value).strip()
    return Decimal(text.replace(",", ".")).normalize() if _NUMBER.fullmatch(text) else text


def _number(path: Path, value: Any) -> Decimal:
    text = _text(value).strip()
    try:
        return Decimal(text.replace(",", "."))
    except InvalidOperation:
        raise FileProblem(path, f"has the score `{text[:40]}`, which is no number") from None
