"""Read a file of leads, each in the shape that `Ruleset.evaluate` takes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs

from leadrules.conversions import shown
from leadrules.errors import InputError, Mistake
from leadrules.foreign import Unheld
from leadrules.shape import LEAD_PARTS
from leadrules.tables.events import EventRows, Events, EventTable, read_events
from leadrules.tables.formats import open_records
from leadrules.tables.ids import id_in_file, is_no_id, plain_id
from leadrules.tables.inputs import Given
from leadrules.tables.near_names import Ambiguity, Names, NearLeads, part, renamed, sentence_of
from leadrules.tables.problems import FileProblem, refuse_missing_column
from leadrules.tables.records import BadRecord, Record, RecordFile, Wanted, sheet_named
from leadrules.tables.rejects import Reject

NUMBERED = "#"
"""The id column that stands for the number of the row."""
_INEXACT = frozenset({float, Decimal})


@attrs.frozen
class Row:
    """One lead of a file. `number` counts from 1, `line` is its line in a text file.

    `lead` has id, attributes, events and stages; `as_of` is the text of the column that was asked
    for, None where none was. `event_rows` are the rows of those events that other files have, the last
    ones of the lead.
    """

    number: int
    line: int | None
    lead: dict[str, Any]
    as_of: str | None = None
    event_rows: EventRows = attrs.field(factory=EventRows)

    def reason(self, error: InputError) -> str:
        """Say why this lead cannot be read, with its row, and the row of each event that is to blame."""
        mistakes = [attrs.evolve(one, message=self._placed(one)) for one in error.mistakes]
        return f"row {self.number}: {type(error)(mistakes=mistakes).reason}"

    def _placed(self, mistake: Mistake) -> str:
        if mistake.event is None or not self.event_rows:
            return mistake.message
        place = mistake.event - len(self.lead["events"]) + len(self.event_rows)
        return f"{self.event_rows.called(place)}: {mistake.message}" if place >= 0 else mistake.message


class LeadTable:
    """The leads of a file, to be iterated once: a Row for each lead, a Reject for each that cannot be read.

    Rejected events come first. `path` is the file's, None for a stream; `name` is what people call it, and
    `called` how a sentence does. `columns` are the file's columns, None for JSON, where every record has
    its own. `id_column` and `as_of_column` are what it was opened with, `files` the paths of what is read.
    Known at the end: `unmatched_events`, how many events named no lead of the file; `read_rows` and
    `blank_rows`, how many rows it has and how many of them hold nothing; `joined_lines`, how many lines
    values take beyond their first; `remarks`, sentences about the files; `read_as`, the columns and types whose
    names only nearly equal those of rules, and which these are.
    """

    def __init__(
        self,
        file: RecordFile,
        *,
        id_column: str,
        as_of_column: str | None = None,
        events: EventTable | None = None,
        names: Names | None = None,
        read_as: Mapping[str, str] | None = None,
    ) -> None:
        self.path: Path | None = file.input.path
        self.name: str = file.input.name
        self.called: str = file.input.called
        self.columns: tuple[str, ...] | None = file.columns
        self._file = file
        self.id_column = id_column
        self.as_of_column = as_of_column
        self._events = events or EventTable({}, ())
        self._rows: dict[str, int] = {}
        self._is_read = False
        self._count = 0
        self._near = NearLeads(names, file.columns, file.input.problem, read_as or {}) if names is not None else None

    @property
    def files(self) -> tuple[Path, ...]:
        """The files of leads and events."""
        return (*(() if self.path is None else (self.path,)), *self._events.paths)

    @property
    def unmatched_events(self) -> int:
        """Count the events whose lead has not been met."""
        return sum(len(events) for lead, events in self._events.by_lead.items() if lead not in self._rows)

    @property
    def read_rows(self) -> int:
        """Count the rows that were read, blank ones included."""
        return self._count + self.blank_rows

    @property
    def blank_rows(self) -> int:
        """Count the rows that hold nothing."""
        return self._file.remarks.blank

    @property
    def joined_lines(self) -> int:
        """Count the lines that values over several lines take beyond their first."""
        return self._file.remarks.joined

    @property
    def read_events(self) -> int:
        """Count the rows of the files of events, blank ones included."""
        return self._events.rows if self._events.paths else 0

    @property
    def blank_events(self) -> int:
        """Count the rows of the files of events that hold nothing."""
        return self._events.blank

    @property
    def notes(self) -> tuple[str, ...]:
        """Tell how the files are read, as far as that is not what they or the caller say; known at once."""
        near = sentence_of(self.read_as)
        of_leads = [*self._file.remarks.notes, *((near,) if near else ())]
        return (*(f"{self.called} {note}" for note in of_leads), *self._events.notes)

    @property
    def remarks(self) -> tuple[str, ...]:
        """Tell what else there is to say of the files."""
        near = sentence_of(self.read_as)
        of_names = (f"{self.called} {near}",) if near else ()
        return (*of_names, *self._file.remarks.sentences(self.called), *self._events.remarks)

    @property
    def read_as(self) -> Mapping[str, str]:
        """The columns, properties and types of this file that are read by names which they nearly have."""
        return self._near.seen if self._near is not None else {}

    def __iter__(self) -> Iterator[Row | Reject]:
        """Read the file, once. Raises ValueError where it was read already."""
        if self._is_read:
            raise ValueError(f"the leads of {self._file.input.name} are read already: open them again with read_leads")
        self._is_read = True
        return self._read()

    def _read(self) -> Iterator[Row | Reject]:
        yield from self._events.rejects
        for record in self._file.records:
            self._count += 1
            if isinstance(record, BadRecord):
                yield _reject(record, None, record.reason)
            else:
                yield self._row(record)

    def _row(self, record: Record) -> Row | Reject:
        try:
            name = self._id(record)
        except InputError as error:
            return _reject(record, None, error.reason)
        first = self._rows.setdefault(name, record.number)
        if first != record.number:
            return _reject(record, name, f"has the id `{name}` of row {first}")
        try:
            as_of = self._as_of(record.values)
        except InputError as error:
            return _reject(record, name, error.reason)
        beside = {self.id_column, self.as_of_column, "id"}
        try:
            lead = {"id": name, **_shaped(record.values, self._events.of(name), beside, self._near)}
        except Ambiguity as twice:
            return _reject(record, name, f"{twice.problem} ({twice.advice})")
        return Row(record.number, record.line, lead, as_of, self._events.rows_of(name))

    def _id(self, record: Record) -> str:
        if self.id_column == NUMBERED:
            return str(record.number)
        raw = _value(record.values, self.id_column)
        if is_no_id(raw):
            raise InputError(f"has no id (`{self.id_column}` is empty)")
        try:
            return id_in_file(raw)
        except InputError as error:
            raise InputError(f"has no id ({error.reason.removeprefix('id: ')})") from None

    def _as_of(self, values: Mapping[str, Any]) -> str | None:
        if self.as_of_column is None:
            return None
        raw = _value(values, self.as_of_column)
        if raw is None or (isinstance(raw, str) and not raw.strip()):
            raise InputError(f"has no time to be scored at (`{self.as_of_column}` is empty)")
        if not isinstance(raw, str) and not hasattr(raw, "isoformat"):
            raise InputError(f"has no time to be scored at (`{self.as_of_column}`: {shown(raw)} is not a time)")
        return raw.strip() if isinstance(raw, str) else raw.isoformat()


def read_leads(  # noqa: PLR0913 - a parameter for each thing to say of a file
    path: Given,
    *,
    id_column: str = "id",
    delimiter: str | None = None,
    encoding: str | None = None,
    sheet: str | int | None = None,
    as_of_column: str | None = None,
    events: Events | Sequence[Events] | EventTable | None = None,
    event_columns: Mapping[str, str | None] | None = None,
    event_delimiter: str | None = None,
    only: Collection[str] | None = None,
    input_format: str | None = None,
    names: Names | None = None,
) -> LeadTable:
    """Open a file of leads, or a stream of bytes, with the events of other files if there are any.

    `input_format` is one of `FORMATS`; without it the suffix of the file says it. A stream or a pipe is read once,
    and needs it said.

    In CSV every column is an attribute. In JSON and Parquet a record has the shape of a lead where
    it has `attributes`; otherwise a list `events` and an object `stages` are what they say, and all
    else is an attribute, the id column too. `only` names the attributes that are needed; others may be left
    out then, which saves time and memory. With `names` a column or type whose name nearly equals one of them counts
    for it, and `read_as` says which do; without, names are exact. Raises FileProblem, while iterating too.
    """
    if not id_column.strip():
        advice = f"name it with `id_column=…`, or number the rows with `{NUMBERED}`"
        raise FileProblem(None, "the id of the lead needs a column", advice)
    wanted = tuple(column for column in (id_column, as_of_column) if column and column != NUMBERED)
    file = open_records(path, Wanted(wanted, "leads", delimiter, encoding, sheet_named(sheet), only), input_format)
    near: Mapping[str, str] = {}
    options = {id_column: ("id of the lead", "id_column=…"), as_of_column: ("time of scoring", "as_of_column=…")}
    if names is not None and file.columns is not None:
        near = _near_columns(file, id_column, as_of_column)
        id_column, as_of_column = near.get(id_column, id_column), as_of_column and near.get(as_of_column, as_of_column)
    for column in (id_column, as_of_column):
        if column and column != NUMBERED and file.columns is not None and column not in file.columns:
            role, option = options[column]
            refuse_missing_column(
                file.input.problem, column, file.columns, role=role, option=option, delimiter=file.delimiter
            )
    if events is not None and not isinstance(events, EventTable):
        events = read_events(events, columns=event_columns, delimiter=event_delimiter, names=names)
    return LeadTable(
        file,
        id_column=id_column,
        as_of_column=as_of_column,
        events=events,
        names=names,
        read_as={column: name for name, column in near.items()},
    )


def _near_columns(file: RecordFile, id_column: str, as_of_column: str | None) -> dict[str, str]:
    """Give the columns of the file that are nearly named so, by these names. Raises FileProblem for several."""
    asked = [part(id_column, "id of the lead", "id_column=…")] if id_column != NUMBERED else []
    asked += [part(as_of_column, "time of scoring", "as_of_column=…")] if as_of_column else []
    try:
        return {name: column for column, name in renamed(file.columns or (), asked).items()}
    except Ambiguity as twice:
        raise file.input.problem(twice.problem, twice.advice) from None


def _shaped(
    values: Mapping[str, Any],
    more_events: list[dict[str, Any]],
    beside: Collection[str | None],
    near: NearLeads | None,
) -> dict[str, Any]:
    """Split a record into attributes, events and stages.

    Only a list or an object is taken for a part of a lead, so a table's column `stage` or `events`
    of plain values stays an attribute; a part of the wrong shape is found out when the lead is read, and
    so is what stands beside `attributes`, but for the columns that are read for themselves.
    """
    parts = {name: values[name] for name in ("attributes", "events", "stages") if _is_nested(values.get(name))}
    flat = {name: value for name, value in values.items() if name not in parts}
    inline = _with_plain_ids(parts.get("events", []))
    if near is not None and isinstance(inline, list):
        inline = [near.event(event) for event in inline]
    events = [*inline, *more_events] if isinstance(inline, list | tuple) else inline
    attributes = parts.get("attributes", flat)
    if near is not None and isinstance(attributes, dict):
        attributes = near.attributes(attributes)
    shaped = {"attributes": attributes, "events": events, "stages": parts.get("stages", {})}
    if "attributes" in parts:
        shaped |= {name: value for name, value in flat.items() if name not in beside and not _is_absent(name, value)}
    return shaped


def _with_plain_ids(events: Any) -> Any:
    if not isinstance(events, list):
        return events
    return [
        {**event, "id": plain_id(event["id"])} if type(event) is dict and type(event.get("id")) in _INEXACT else event
        for event in events
    ]


def _is_absent(name: str, value: object) -> bool:
    return value is None and name in LEAD_PARTS


def _is_nested(value: object) -> bool:
    return isinstance(value, Mapping | list | tuple | Unheld)


def _value(values: Mapping[str, Any], column: str) -> Any:
    """Look a column up in a record, then among the attributes of one that has the shape of a lead."""
    value = values.get(column)
    inner = values.get("attributes")
    return inner.get(column) if value is None and isinstance(inner, Mapping) else value


def _reject(record: Record | BadRecord, name: str | None, reason: str) -> Reject:
    return Reject("lead", record.number, name, f"row {record.number} {reason}")
