"""The columns of a table of results: those of the leads' own file that are kept, and those of the result."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

import attrs

from leadrules.canonical import canonical_json
from leadrules.conversions import reader_of_field
from leadrules.families import RESULT_LISTS
from leadrules.foreign import Unreadable
from leadrules.forms.numbers import is_range
from leadrules.lead import lenient_properties
from leadrules.program import Criterion, Program
from leadrules.tables.csv_form import CsvForm
from leadrules.tables.leads import NUMBERED, LeadTable
from leadrules.tables.problems import FileProblem, close_name
from leadrules.tables.scoring import Scored
from leadrules.values import Zone, decimal_of, instant_of, plain_name
from leadrules.vocabulary import Field

ALL = "all"
"""What `keep` says for all columns."""
Keep = Sequence[str]
"""The names of the leads' own columns that are kept, or `all` alone."""
Kind = Literal["text", "texts", "points", "number", "bool", "date", "datetime", "own"]


@attrs.frozen
class Column:
    """A column: its name, what kind of values it has, and what gives that of a lead.

    `read` is what reads a text as the number or date that it is: one of the leads' file by its declaration, an output.
    """

    name: str
    kind: Kind
    value: Callable[[Scored], Any]
    read: Callable[[str], Decimal | dt.date | None] | None = None

    def typed(self, scored: Scored) -> Any:
        """Give a lead's value; of a text that is read as a number or date, that number or date."""
        value = self.value(scored)
        if self.read is None or not isinstance(value, str):
            return value
        found = self.read(value)
        return value if found is None else found


@attrs.frozen
class ResultColumns:
    """All columns in their order, and sentences about them."""

    each: tuple[Column, ...]
    own: tuple[tuple[str, Column], ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        """The names of the columns. Raises FileProblem where two of the result are alike."""
        names = [column.name for column in self.each]
        repeated = next((name for index, name in enumerate(names) if name in names[:index]), None)
        if repeated is not None:
            problem = f"the results would have two columns named `{repeated}`"
            raise FileProblem(None, problem, "rename one, or write `.jsonl` instead")
        return names


def columns_of(program: Program, leads: LeadTable, keep: Keep = ()) -> ResultColumns:
    """Give the columns of a scored table. Raises FileProblem where one to keep is not there.

    The kept columns come first, in the order of the file; the id stands where the file has it, or else before them.
    A column of the file whose name is one of the result's is renamed, and that is told.
    """
    results = list(_results(program))
    kept = _kept_names(leads, keep)
    name = leads.id_column
    id_ = Column(name, "text", lambda scored: scored.result.lead)
    of_results = {column.name.casefold() for column in results}
    taken = of_results | {name.casefold()}
    own: list[tuple[str, Column]] = []
    remarks = []
    for one in kept:
        if one == name:
            continue
        written = _free(one, taken)
        taken.add(written.casefold())
        if written != one:
            why = "as the results do" if one.casefold() in of_results else "and another one of nearly that name"
            remarks.append(f"the leads have a column `{one}`, {why}: it is written as `{written}`")
        own.append((one, _own(one, written, program)))
    place = kept.index(name) if name in kept else 0
    mine = [column for _, column in own]
    return ResultColumns((*mine[:place], id_, *mine[place:], *results), tuple(own), tuple(remarks))


def find_column(program: Program, leads: LeadTable, name: str) -> Column:
    """Give the column of a name: of the result, or else of the leads' own file. Raises FileProblem."""
    results = {column.name: column for column in _results(program)}
    if name in results:
        return results[name]
    columns = leads.columns
    if name == leads.id_column:
        return Column(name, "text", lambda scored: scored.result.lead)
    if columns is not None and name not in columns:
        near = close_name(name, (*results, *columns))
        own = ", ".join(f"`{column}`" for column in columns[:12] if column)
        known = f"there are {', '.join(f'`{one}`' for one in results)}, and those of the leads: {own}"
        raise FileProblem(None, f"there is no column `{name}`", f"did you mean `{near}`?" if near else known)
    return _own(name, name, program)


def _kept_names(leads: LeadTable, keep: Keep) -> list[str]:
    if not keep:
        return []
    columns = leads.columns
    if columns is None:
        if list(keep) == [ALL]:
            advice = "name those to keep, or give the leads as CSV or Parquet"
            raise FileProblem(None, f"{leads.called} has no columns, of which all could be kept", advice)
        return list(dict.fromkeys(keep))
    named = [column for column in columns if column]
    if list(keep) == [ALL] and ALL not in named:
        return named
    for one in keep:
        if one not in named:
            near = close_name(one, named)
            some = ", ".join(f"`{column}`" for column in named[:12])
            advice = f"did you mean `{near}`?" if near else f"its columns are {some}{', …' if len(named) > 12 else ''}"
            raise FileProblem(None, f"{leads.called} has no column `{one}` to keep", advice)
    return [column for column in named if column in keep]


def _free(name: str, taken: Collection[str]) -> str:
    """Give a name that no other column has."""
    if name.casefold() not in taken:
        return name
    found, number = f"{name} (file)", 2
    while found.casefold() in taken:
        found, number = f"{name} (file {number})", number + 1
    return found


def _results(program: Program) -> Iterator[Column]:
    yield Column("score", "points", lambda scored: scored.result.score)
    for dimension in program.dimensions:
        yield Column(dimension.name, "points", _part("dimensions", dimension.name))
    for grade in program.grades:
        yield Column(grade.name, "text", _part("grades", grade.name))
    for ladder in program.ladders:
        yield Column(ladder.name, "text", _part("stages", ladder.name))
    for output in program.outputs:
        yield _output(output, program.scope.zone)
    for name in result_lists(program):
        yield Column(name, "texts", _list(name))


def _output(output: Criterion, zone: Zone) -> Column:
    """Give the column of an output, of its own type: a moment is one by the clock of the rules, where it is no text."""
    value = _part("outputs", output.name)
    match output.body.type.kind:
        case "text" | "label":
            return Column(output.name, "text", value)
        case "list of text":
            return Column(output.name, "texts", value)
        case "date":
            return Column(output.name, "date", value, dt.date.fromisoformat)
        case "datetime":
            return Column(output.name, "datetime", value, lambda text: _local(text, zone))
        case "number" | "bool" as kind:
            return Column(output.name, kind, value)


def _local(text: str, zone: Zone) -> dt.datetime:
    return zone.local(instant_of(dt.datetime.fromisoformat(text))).replace(tzinfo=None)


def result_lists(program: Program) -> tuple[str, ...]:
    """Name the lists of a result, in order: `unreadable` where the rules allow values that cannot be read."""
    lenient = any(field.lenient for field in program.scope.fields.values()) or lenient_properties(program.scope)
    return (*RESULT_LISTS, "unreadable") if lenient else tuple(RESULT_LISTS)


def _part(part: str, name: str) -> Callable[[Scored], Any]:
    return lambda scored: getattr(scored.result, part)[name]


def _list(name: str) -> Callable[[Scored], Any]:
    return lambda scored: getattr(scored.result, name)


NOBODY = "none"
"""The list of the leads that have no value in the column by which they are listed."""


def lists_of(column: Column) -> Callable[[Scored], list[str]]:
    """Give what says in which lists a lead stands, one for each value of a column; of several values, in each."""

    def lists(scored: Scored) -> list[str]:
        value = column.value(scored)
        if column.kind == "texts":
            return list(value or ()) or [NOBODY]
        text = " ".join(text_of_own(value, CsvForm()).split())
        return [text or NOBODY]

    return lists


# --------------------------------------------------------------- own columns

_CODE = re.compile(r"\s*0[0-9]")
"""What a number does not begin with: such a text is a code, whose zeros count."""


def _own(name: str, written: str, program: Program) -> Column:
    field = next((one for one in program.fields.values() if plain_name(name) in one.keys), None)
    read = None if field is None else _reader(field, program.scope.zone)
    return Column(written, "own", lambda scored: own_value(scored, name), read)


def own_value(scored: Scored, name: str) -> Any:
    """Give what a lead's own file has in a column; of a lead with parts, its attribute."""
    lead = scored.row.lead
    if name == NUMBERED:
        return str(scored.row.number)
    attributes = lead["attributes"]
    value = attributes.get(name) if isinstance(attributes, Mapping) else None
    if value is None and name in {"events", "stages"}:
        value = lead[name] or None
    return value


def _reader(field: Field, zone: Zone) -> Callable[[str], Decimal | dt.date | None] | None:
    """Give what reads a text as a number, a day, or a moment by the clock of the rules; None where it is none.

    A range, which rules read as its lower end, stays the text that it is: who keeps a column wants what it says.
    """
    if field.type.kind not in {"number", "date", "datetime"}:
        return None
    read = reader_of_field(attrs.evolve(field, default=None), zone)

    def typed(text: str) -> Decimal | dt.date | None:
        if field.type.kind == "number" and (_CODE.match(text) or is_range(text)):
            return None
        try:
            value = read(text)
        except Unreadable:
            return None
        if isinstance(value, Fraction):
            return decimal_of(value)
        if field.type.kind == "datetime" and isinstance(value, int):
            return zone.local(value).replace(tzinfo=None)
        return value if isinstance(value, dt.date) else None

    return typed


def plain(value: Any) -> Any:
    """Give a value of a file of leads as plain data, which JSON can hold: exact numbers, times as text."""
    if isinstance(value, float):
        return Decimal(repr(value)) if math.isfinite(value) else str(value)
    if isinstance(value, Decimal):
        return value if value.is_finite() else str(value)
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)


def text_of_own(value: Any, form: CsvForm) -> str:
    """Write a value of the leads' own file as text."""
    if isinstance(value, dt.datetime):
        return form.moment(value) if form.dates is not None else value.isoformat(" ")
    if isinstance(value, dt.date):
        return form.date(value)
    value = plain(value)
    if isinstance(value, str):
        return value
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return form.number(Decimal(value))
    return "" if value is None else canonical_json(value)
