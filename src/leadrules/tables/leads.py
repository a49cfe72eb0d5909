"""Read a file of leads, each in the shape that `Ruleset.evaluate` takes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import attrs

from leadrules.conversions import listed, shown
from leadrules.errors import InputError, Mistake
from leadrules.foreign import Unheld
from leadrules.shape import LEAD_PARTS
from leadrules.tables.aliases import Aliases
from leadrules.tables.events import EventRows, Events, EventTable, read_events
from leadrules.tables.formats import open_records
from leadrules.tables.ids import id_in_file, is_no_id, plain_id
from leadrules.tables.inputs import Given
from leadrules.tables.near_names import Ambiguity, Names, NearLeads, part, renamed, sentence_of
from leadrules.tables.odd_ids import OddIds, close_ids
from leadrules.tables.problems import FileProblem, refuse_missing_column
from leadrules.tables.records import BadRecord, Record, RecordFile, Wanted, sheet_named
from leadrules.tables.rejects import Reject
from leadrules.tables.several import expanded, given_twice, passed_over
from leadrules.tables.totals import IS_TOTAL, total_in

NUMBERED = "#"
"""The id column that stands for the number of the row."""
_INEXACT = frozenset({float, Decimal})


@attrs.frozen
class Row:
    """One lead of a file. `number` counts from 1, `line` is its line in a text file.

    `lead` has id, attributes, events and stages; `as_of` is the text of the column that was asked
    for, None where none was. `file` names the file where there are several. `event_rows` are the rows of those
    events that other files have, the last ones of the lead.
    """

    number: int
    line: int | None
    lead: dict[str, Any]
    as_of: str | None = None
    event_rows: EventRows = attrs.field(factory=EventRows)
    file: str | None = None

    @property
    def called(self) -> str:
        """Name the row: `row 3`, with its file where there are several."""
        return row_called(self.number, self.file)

    def reason(self, error: InputError) -> str:
        """Say why this lead cannot be read, with its row, and the row of each event that is to blame."""
        mistakes = [attrs.evolve(one, message=self.placed(one)) for one in error.mistakes]
        return f"{self.called}: {type(error)(mistakes=mistakes).reason}"

    def placed(self, mistake: Mistake) -> str:
        """Say what is wrong, with the row of the event that is to blame where a file of events has it."""
        if mistake.event is None or not self.event_rows:
            return mistake.message
        place = mistake.event - len(self.lead["events"]) + len(self.event_rows)
        return f"{self.event_rows.called(place)}: {mistake.message}" if place >= 0 else mistake.message


def row_called(number: int, file: str | None) -> str:
    """Name a row by its number, and its file where there are several.

    >>> row_called(3, None), row_called(3, "b.csv")
    ('row 3', 'row 3 of `b.csv`')
    """
    return f"row {number}" if file is None else f"row {number} of `{file}`"


@attrs.frozen
class _LeadFile:
    """A file of leads that is open, and which of its columns are asked for. `name` is None where it is the only one."""

    file: RecordFile
    name: str | None
    id_column: str
    as_of_column: str | None
    alias_column: str | None
    near: NearLeads | None
    odd: OddIds = attrs.field(factory=OddIds)


class LeadTable:
    """The leads of a file, or of several, to be iterated once: a Row for each, a Reject for what cannot be read.

    Rejected events come first. `path` is the file's, None for a stream or several files; `name` is what people call
    it, and `called` how a sentence does. `columns` are the file's columns, None for JSON, where every record has
    its own. `id_column`, `as_of_column` and `alias_column` are what it was opened with, `files` the paths of what is
    read.
    Known at the end: `unmatched_events`, how many events named no lead of the file; `read_rows` and
    `blank_rows`, how many rows it has and how many of them hold nothing; `joined_lines`, how many lines
    values take beyond their first; `remarks`, sentences about the files; `read_as`, the columns and types whose
    names only nearly equal those of rules, and which these are.
    """

    def __init__(
        self,
        files: Sequence[_LeadFile],
        *,
        id_column: str,
        as_of_column: str | None = None,
        alias_column: str | None = None,
        events: EventTable | None = None,
        passed_over: Sequence[str] = (),
    ) -> None:
        inputs = [one.file.input for one in files]
        self.path: Path | None = inputs[0].path if len(inputs) == 1 else None
        self.name: str = ", ".join(one.name for one in inputs)
        self.called: str = inputs[0].called if len(inputs) == 1 else f"the {len(inputs):,} files of leads"
        self.columns: tuple[str, ...] | None = _union(files)
        self.id_column = id_column
        self.as_of_column = as_of_column
        self.alias_column = alias_column
        self._files = files
        self._has_events = events is not None
        self._events = events or EventTable({}, ())
        self._rows: dict[str, tuple[int, str | None]] = {}
        self._moments: dict[tuple[str, str], tuple[int, str | None]] = {}
        self._aliases = Aliases()
        self._passed_over = tuple(passed_over)
        self._is_read = False
        self._count = 0
        self._empty: list[str] = []

    @property
    def files(self) -> tuple[Path, ...]:
        """The files of leads and events."""
        paths = (one.file.input.path for one in self._files)
        return (*(path for path in paths if path is not None), *self._events.paths)

    @property
    def unmatched_events(self) -> int:
        """Count the events whose lead has not been met."""
        return sum(len(self._events.by_lead[lead]) for lead in self._missing())

    @property
    def unmatched_leads(self) -> tuple[str, ...]:
        """Name the first three leads of these events."""
        return tuple(islice(self._missing(), 3))

    def _missing(self) -> Iterator[str]:
        return (lead for lead in self._events.by_lead if lead not in self._rows and lead not in self._aliases)

    @property
    def close_leads(self) -> Mapping[str, str]:
        """Give to these the leads of the file that may be meant, by ids that programs write otherwise."""
        return close_ids(self.unmatched_leads, self._rows)

    @property
    def has_events(self) -> bool:
        """Tell whether events were given beside the leads, were there none in them."""
        return self._has_events

    @property
    def event_properties(self) -> tuple[str, ...]:
        """The properties that have a column in the files of events; none where each event has its own, as in JSON."""
        return self._events.properties

    @property
    def read_rows(self) -> int:
        """Count the rows that were read, blank ones included."""
        return self._count + self.blank_rows

    @property
    def blank_rows(self) -> int:
        """Count the rows that hold nothing."""
        return sum(one.file.remarks.blank for one in self._files)

    @property
    def joined_lines(self) -> int:
        """Count the lines that values over several lines take beyond their first."""
        return sum(one.file.remarks.joined for one in self._files)

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
        of_leads = (f"{one.file.input.called} {note}" for one in self._files for note in self._notes(one))
        return (*self._passed_over, *of_leads, *self._events.notes)

    @property
    def remarks(self) -> tuple[str, ...]:
        """Tell what else there is to say of the files."""
        said = list(self._passed_over)
        for one in self._files:
            called = one.file.input.called
            said += [f"{called} {note}" for note in self._notes(one)[len(one.file.remarks.notes) :]]
            said += one.file.remarks.sentences(called)
            said += [f"{called} {odd}" for odd in one.odd.sentences()]
        said += [f"{called} has no leads" for called in self._empty]
        said += [f"{self.called} has {twice}" for twice in self._alike()]
        return (*said, *self._events.remarks)

    def _alike(self) -> Iterator[str]:
        """Say that ids differ in nothing but their case, of the first two that do."""
        for name in self._rows:
            other = next(
                (form for form in (name.casefold(), name.upper()) if form != name and form in self._rows), None
            )
            if other is not None:
                yield f"ids that differ in nothing but their case, and are two leads: `{name}` and `{other}`"
                return

    def _notes(self, one: _LeadFile) -> list[str]:
        near = sentence_of(one.near.seen) if one.near is not None else None
        lacking = _lacking(one, self.columns)
        return [*one.file.remarks.notes, *(said for said in (near, lacking) if said)]

    @property
    def read_as(self) -> Mapping[str, str]:
        """The columns, properties and types of these files that are read by names which they nearly have."""
        return {column: name for one in self._files if one.near for column, name in one.near.seen.items()}

    def __iter__(self) -> Iterator[Row | Reject]:
        """Read the file, once. Raises ValueError where it was read already."""
        if self._is_read:
            raise ValueError(f"the leads of {self.name} are read already: open them again with read_leads")
        self._is_read = True
        return self._read()

    def _read(self) -> Iterator[Row | Reject]:
        yield from self._events.rejects
        for one in self._files:
            yield from self._rows_of(one)

    def _rows_of(self, one: _LeadFile) -> Iterator[Row | Reject]:
        """Read a file; rows of totals that stand at its end, below leads, are no leads."""
        totals: list[tuple[Record, str]] = []
        before, has_leads = self._count, False
        for record in one.file.records:
            self._count += 1
            if isinstance(record, Record):
                total = total_in(record.values, one.id_column) if one.file.is_sheet else None
                if total is not None:
                    totals.append((record, total))
                    continue
                has_leads = True
                for found, word in totals:
                    one.file.remarks.add_total(found.number, word)
                    yield self._row(one, found)
                totals.clear()
            yield self._row(one, record)
        for found, word in totals:
            name = str(found.values.get(one.id_column) or "").strip() or None
            yield _reject(one, found, name, IS_TOTAL.format(word)) if has_leads else self._row(one, found)
        if self._count == before:
            self._empty.append(one.file.input.called)

    def _row(self, one: _LeadFile, record: Record | BadRecord) -> Row | Reject:
        name = None
        try:
            if isinstance(record, BadRecord):
                raise InputError(record.reason)
            name = self._id(one, record)
            one.odd.add(name, record.number)
            as_of = self._as_of(one, record.values)
            self._refuse_repeat(name, as_of, (record.number, one.name))
            ids = (name, *self._merged(one, record, name))
            beside = {one.id_column, one.as_of_column, one.alias_column, "id"}
            lead = {"id": name, **_shaped(record.values, self._events.of(*ids), beside, one.near)}
        except Ambiguity as twice:
            return _reject(one, record, name, f"{twice.problem} ({twice.advice})")
        except InputError as error:
            return _reject(one, record, name, error.reason)
        return Row(record.number, record.line, lead, as_of, self._events.rows_of(*ids), one.name)

    def _merged(self, one: _LeadFile, record: Record, name: str) -> Sequence[str]:
        """Give the other ids whose events are the lead's. Raises InputError for one that is of another row, too."""
        if one.alias_column is None:
            return ()
        raw = _value(record.values, one.alias_column)
        return self._aliases.add(raw, one.alias_column, name, row_called(record.number, one.name), self._rows)

    def _refuse_repeat(self, name: str, as_of: str | None, place: tuple[int, str | None]) -> None:
        """Raise InputError for an id that was met; with moments of their own, for one that was met with this one."""
        self._aliases.refuse(name)
        first = self._rows.setdefault(name, place)
        if as_of is not None:
            first = self._moments.setdefault((name, as_of), place)
        if first != place:
            when = "" if as_of is None else f" and the time `{as_of}`"
            raise InputError(f"has the id `{name}`{when} of {row_called(*first)}")

    def _id(self, one: _LeadFile, record: Record) -> str:
        if one.id_column == NUMBERED:
            return str(record.number) if one.name is None else f"{Path(one.name).name}:{record.number}"
        raw = _value(record.values, one.id_column)
        if is_no_id(raw):
            raise InputError(f"has no id (`{one.id_column}` is empty)")
        try:
            return id_in_file(raw)
        except InputError as error:
            raise InputError(f"has no id ({error.reason.removeprefix('id: ')})") from None

    def _as_of(self, one: _LeadFile, values: Mapping[str, Any]) -> str | None:
        if one.as_of_column is None:
            return None
        raw = _value(values, one.as_of_column)
        if raw is None or (isinstance(raw, str) and not raw.strip()):
            raise InputError(f"has no time to be scored at (`{one.as_of_column}` is empty)")
        if not isinstance(raw, str) and not hasattr(raw, "isoformat"):
            raise InputError(f"has no time to be scored at (`{one.as_of_column}`: {shown(raw)} is not a time)")
        return raw.strip() if isinstance(raw, str) else raw.isoformat()


def _union(files: Sequence[_LeadFile]) -> tuple[str, ...] | None:
    """Join the columns of files, each once; None where one of them has none, as JSON."""
    found = [one.file.columns for one in files]
    if any(columns is None for columns in found):
        return None
    return tuple(dict.fromkeys(column for columns in found for column in columns or ()))


def _lacking(one: _LeadFile, columns: Sequence[str] | None) -> str | None:
    """Say which columns a file lacks that others have."""
    own = set(one.file.columns or ())
    lacking = [name for name in columns or () if name not in own]
    if not lacking:
        return None
    return f"has no {'column' if len(lacking) == 1 else 'columns'} {listed(lacking)}, which others have"


def read_leads(  # noqa: PLR0913 - a parameter for each thing to say of a file
    path: Given | Sequence[Given],
    *,
    id_column: str = "id",
    delimiter: str | None = None,
    encoding: str | None = None,
    sheet: str | int | None = None,
    as_of_column: str | None = None,
    alias_column: str | None = None,
    events: Events | Sequence[Events] | EventTable | None = None,
    event_columns: Mapping[str, str | None] | None = None,
    event_delimiter: str | None = None,
    only: Collection[str] | None = None,
    input_format: str | None = None,
    names: Names | None = None,
) -> LeadTable:
    """Open a file of leads, or a stream of bytes, with the events of other files if there are any.

    `path` may be a list of them, a folder, or a pattern such as `leads/*.csv`: what they lead to is one table.

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
    asked = Wanted(
        tuple(column for column in (id_column, as_of_column, alias_column) if column and column != NUMBERED),
        "leads",
        delimiter,
        encoding,
        sheet_named(sheet),
        only,
    )
    named = [path] if isinstance(path, str) or not isinstance(path, Sequence) else list(path)
    given = [one for each in named for one in expanded(each)]
    if not given:
        raise FileProblem(None, "no file of leads is given")
    for twice in given_twice(given):
        raise FileProblem(twice, "is given twice", "name it once")
    files = []
    for one in given:
        file = open_records(one, asked, input_format)
        name = file.input.name if len(given) > 1 else None
        files.append(_lead_file(file, name, (id_column, as_of_column, alias_column), names))
    if events is not None and not isinstance(events, EventTable):
        events = read_events(events, columns=event_columns, delimiter=event_delimiter, names=names)
    return LeadTable(
        files,
        id_column=files[0].id_column,
        as_of_column=files[0].as_of_column,
        alias_column=files[0].alias_column,
        events=events,
        passed_over=passed_over(named),
    )


_ROLES = (
    ("id of the lead", "id_column=…"),
    ("time of scoring", "as_of_column=…"),
    ("ids that were merged into the lead", "alias_column=…"),
)


def _lead_file(
    file: RecordFile, name: str | None, asked: tuple[str, str | None, str | None], names: Names | None
) -> _LeadFile:
    """Find the columns of a file that are asked for, as `_ROLES` are. Raises FileProblem where it lacks one."""
    near: Mapping[str, str] = {}
    if names is not None and file.columns is not None:
        near = _near_columns(file, asked)
    found = [column and near.get(column, column) for column in asked]
    for column, (role, option) in zip(found, _ROLES, strict=True):
        if column and column != NUMBERED and file.columns is not None and column not in file.columns:
            refuse_missing_column(
                file.input.problem, column, file.columns, role=role, option=option, delimiter=file.delimiter
            )
    read_as = {column: wanted for wanted, column in near.items()}
    by_near = NearLeads(names, file.columns, file.input.problem, read_as) if names is not None else None
    id_column, as_of_column, alias_column = found
    return _LeadFile(file, name, id_column or "", as_of_column, alias_column, by_near)


def _near_columns(file: RecordFile, asked: Sequence[str | None]) -> dict[str, str]:
    """Give the columns of the file that are nearly named so, by these names. Raises FileProblem for several."""
    named = zip(asked, _ROLES, strict=True)
    parts = [part(column, *role) for column, role in named if column and column != NUMBERED]
    try:
        return {name: column for column, name in renamed(file.columns or (), parts).items()}
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


def _reject(one: _LeadFile, record: Record | BadRecord, name: str | None, reason: str) -> Reject:
    return Reject("lead", record.number, name, f"{row_called(record.number, one.name)} {reason}", file=one.name)
