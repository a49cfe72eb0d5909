"""Read files of events and group them by lead."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, cast

import attrs

from leadrules.errors import InputError
from leadrules.tables.event_files import EVENT_COLUMNS, EventFile, Places, check_columns
from leadrules.tables.formats import open_records
from leadrules.tables.ids import id_in_file, is_no_id, plain_id
from leadrules.tables.inputs import Given
from leadrules.tables.near_names import Ambiguity, Names, Renaming, TypeNames, sentence_of
from leadrules.tables.records import BadRecord, RecordFile, Wanted, sheet_named
from leadrules.tables.rejects import Reject
from leadrules.tables.several import expanded, given_twice, passed_over

Events = Given | EventFile
"""A file of events as a caller may name it."""

_FILE = 40  # bits, of the number of a row; what is above them tells the file


@attrs.frozen
class EventRows:
    """The rows of a lead's events, in their order: `places` has row and file in one number, `files` their names.

    `files` is empty where there is but one file.
    """

    places: Sequence[int] = ()
    files: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.places)

    def called(self, index: int) -> str:
        """Name the row of an event: `event row 3`, with its file where there are several."""
        return _row_called(self.places[index], self.files)

    def row(self, index: int) -> tuple[int, str | None]:
        """Give the number of the row of an event, and its file where there are several."""
        place = self.places[index]
        return place & ((1 << _FILE) - 1), self.files[place >> _FILE] if self.files else None

    def only(self, indexes: Sequence[int]) -> EventRows:
        """Give the rows of some of the events."""
        return EventRows([self.places[index] for index in indexes], self.files)


def _row_called(place: int, files: Sequence[str]) -> str:
    row = f"event row {place & ((1 << _FILE) - 1)}"
    return f"{row} of `{files[place >> _FILE]}`" if files else row


@attrs.frozen
class EventTable:
    """The events of files by lead id, in the shape that a lead carries them, and the rows that could not be read.

    `paths` are those of the files; `blank` counts their rows without any value. `remarks` are sentences about them,
    `notes` those that tell how they are read. `numbers` has the place of each event, in the order of `by_lead`, and
    `files` the names of the files where there are several. `properties` names what has a column in one of them.
    """

    by_lead: Mapping[str, list[dict[str, Any]]]
    rejects: tuple[Reject, ...]
    paths: tuple[Path, ...] = ()
    blank: int = 0
    remarks: tuple[str, ...] = ()
    numbers: Mapping[str, Sequence[int]] = attrs.field(factory=dict)
    files: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    properties: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """Count the rows of the files: events, rejects and blank ones."""
        return sum(map(len, self.by_lead.values())) + len(self.rejects) + self.blank

    def of(self, *leads: str) -> list[dict[str, Any]]:
        """Give the events of a lead, in the order of the files, and then those of its further ids; maybe none."""
        first, *others = (self.by_lead.get(lead, []) for lead in leads)
        return [*first, *chain.from_iterable(others)] if any(others) else first

    def rows_of(self, *leads: str) -> EventRows:
        """Give the rows in the files of these events; none where they come from no file."""
        first, *others = (self.numbers.get(lead, ()) for lead in leads)
        return EventRows([*first, *chain.from_iterable(others)] if any(others) else first, self.files)


def read_events(
    files: Events | Sequence[Events],
    *,
    columns: Mapping[str, str | None] | None = None,
    delimiter: str | None = None,
    encoding: str | None = None,
    sheet: str | int | None = None,
    only: Collection[str] | None = None,
    input_format: str | None = None,
    names: Names | None = None,
) -> EventTable:
    """Read all events of a file or stream, or of several; `input_format` is as for `read_leads`.

    Each is a path, a stream or an `EventFile`, which says what differs in it; all else is the same for all.
    `columns` says where lead, type, at and id stand; what it leaves out is as in `EVENT_COLUMNS`,
    and `{"id": None}` means that events have no id. Every other column is a property of that name;
    so is every name in an object `properties`. `only` names the properties that are needed; others may be
    left out then, which saves memory. With `names` a column or type whose name nearly equals one of them counts
    for it, and `notes` say so. Raises FileProblem; columns that are missing are told of all files at once.
    """
    named = files if isinstance(files, list | tuple) else (files,)
    asked = [one if isinstance(one, EventFile) else EventFile(one) for one in cast("Sequence[Events]", named)]
    each = [attrs.evolve(one, path=path) for one in asked for path in expanded(one.path)]
    opened = []
    for one in each:
        places = Places.of(one, columns or {})
        needed = only and [*only, *places.properties.values(), "properties"]
        wanted = Wanted(
            places.columns,
            "events",
            one.delimiter or delimiter,
            one.encoding or encoding,
            sheet_named(one.sheet or sheet),
            needed,
        )
        file = open_records(one.path, wanted, one.input_format or input_format)
        opened.append((file, _Finding(file, places, names)))
    check_columns((file, finding.places) for file, finding in opened)
    reading = _Reading(tuple(file.input.name for file, _ in opened) if len(opened) > 1 else ())
    for index, (file, finding) in enumerate(opened):
        if not reading.read(file, finding, index):
            file.remarks.notes.append("has no events")
        if said := sentence_of(finding.seen):
            file.remarks.notes.append(said)
    repeats = [one.path for one in each if each.count(one) > 1]
    twice = [f"`{path}` is given twice, and its events count twice" for path in given_twice(repeats)]
    passed = (*passed_over([one.path for one in asked]), *twice)
    remarks = tuple(remark for file, _ in opened for remark in file.remarks.sentences(file.input.called))
    notes = tuple(f"{file.input.called} {note}" for file, _ in opened for note in file.remarks.notes)
    return EventTable(
        reading.by_lead,
        tuple(reading.rejects),
        tuple(file.input.path for file, _ in opened if file.input.path is not None),
        sum(file.remarks.blank for file, _ in opened),
        (*passed, *remarks),
        reading.numbers,
        reading.files,
        (*passed, *notes),
        tuple(dict.fromkeys(name for file, finding in opened for name in _properties(file, finding.places))),
    )


def _properties(file: RecordFile, places: Places) -> list[str]:
    """Name the properties that have a column in a file; of JSON none is known."""
    return [*places.properties, *(column for column in file.columns or () if column not in places.columns)]


@attrs.define
class _Reading:
    """Gathers the events of one file after the other."""

    files: tuple[str, ...]
    by_lead: dict[str, list[dict[str, Any]]] = attrs.field(factory=dict)
    numbers: dict[str, array[int]] = attrs.field(factory=dict)
    rejects: list[Reject] = attrs.field(factory=list)

    def read(self, file: RecordFile, finding: _Finding, index: int) -> bool:
        """Read a file to its end, and tell whether there was anything in it. Raises FileProblem."""
        is_empty = True
        for record in file.records:
            is_empty = False
            place = (index << _FILE) + record.number
            try:
                if isinstance(record, BadRecord):
                    raise InputError(record.reason)
                places = finding.of(record.values)
                lead = _lead_of(record.values, places)
                event = finding.event(record.values, places)
            except InputError as error:
                reason = f"{_row_called(place, self.files)} {error.reason}"
                self.rejects.append(
                    Reject("event", record.number, None, reason, file=self.files[index] if self.files else None)
                )
                continue
            self.by_lead.setdefault(lead, []).append(event)
            self.numbers.setdefault(lead, array("Q")).append(place)
        return not is_empty


class _Finding:
    """Finds the parts of the events of a file, also under names that nearly equal those of rules.

    `seen` has the names of the file that were read as others.
    """

    def __init__(self, file: RecordFile, places: Places, names: Names | None) -> None:
        """Look at the columns of a file, where it has any. Raises FileProblem."""
        self.places = places
        self.seen: dict[str, str] = {}
        self._problem = file.input.problem
        self._names = names
        self._types = TypeNames(names) if names is not None else None
        self._near: dict[tuple[str, ...], Places] = {}
        self._nested = Renaming(names.properties) if names is not None else None
        self._each = file.columns is None and names is not None
        if file.columns is not None and names is not None:
            try:
                self.places = self._places(file.columns, names)
            except Ambiguity as twice:
                raise self._problem(twice.problem, twice.advice) from None

    def _places(self, columns: Sequence[str], names: Names) -> Places:
        found = self.places.near(columns, names)
        self.seen |= {column: name for name, column in found.seen.items()}
        return found

    def of(self, values: Mapping[str, Any]) -> Places:
        """Give the places in a record. Raises InputError for one in which names are ambiguous."""
        if not self._each or self._names is None:
            return self.places
        key = tuple(values)
        found = self._near.get(key)
        if found is None:
            try:
                found = self._places(key, self._names)
            except Ambiguity as twice:
                raise InputError(f"{twice.problem} ({twice.advice})") from None
            if len(self._near) < _MOST_REMEMBERED:
                self._near[key] = found
        return found

    def event(self, values: Mapping[str, Any], places: Places) -> dict[str, Any]:
        """Shape a record as an event. Raises InputError, and FileProblem for a type that could be two."""
        event = _event(values, places)
        if self._types is None or self._nested is None:
            return event
        try:
            event["type"] = self._types.of(event["type"])
            if self._each and "properties" in event:
                near = self._nested.of(event["properties"])
                event["properties"] = {near.get(name, name): value for name, value in event["properties"].items()}
                self.seen |= near
        except Ambiguity as twice:
            raise self._problem(twice.problem, twice.advice) from None
        self.seen |= self._types.seen
        return event


_MOST_REMEMBERED = 1_000


def _lead_of(values: Mapping[str, Any], places: Places) -> str:
    if "lead" in places.constants:
        return id_in_file(places.constants["lead"])
    column = places.parts["lead"]
    raw = values.get(column)
    if is_no_id(raw):
        raise InputError(f"names no lead (`{column}` is {'missing' if column not in values else 'empty'})")
    try:
        return id_in_file(raw)
    except InputError as error:
        raise InputError(f"names no lead ({error.reason})") from None


def _event(values: Mapping[str, Any], places: Places) -> dict[str, Any]:
    """Shape a row as an event. Empty properties are left out: they are unknown either way."""
    parts, constants = places.parts, places.constants
    event: dict[str, Any] = {
        part: constants[part] if part in constants else values.get(parts[part])
        for part in ("type", "at", "id")
        if part in parts or part in constants
    }
    if "id" in event:
        event["id"] = plain_id(event["id"])
    own = set(places.columns)
    properties = {
        name: value for name, value in values.items() if name not in own and value is not None and value != ""
    }
    nested = properties.get("properties")
    if isinstance(nested, Mapping):
        del properties["properties"]
        properties |= nested
    named = {name: values.get(column) for name, column in places.properties.items()}
    properties |= {name: value for name, value in named.items() if value is not None and value != ""}
    properties |= {name: value for name, value in constants.items() if name not in EVENT_COLUMNS}
    if properties:
        event["properties"] = properties
    return event
