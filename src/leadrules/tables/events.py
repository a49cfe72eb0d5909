"""Read a file of events and group them by lead."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

from leadrules.errors import InputError
from leadrules.tables.formats import open_records
from leadrules.tables.ids import id_in_file, is_no_id, plain_id
from leadrules.tables.inputs import Given
from leadrules.tables.problems import FileProblem, refuse_missing_column
from leadrules.tables.records import BadRecord, RecordFile, Wanted
from leadrules.tables.rejects import Reject

EVENT_COLUMNS: Mapping[str, str] = {"lead": "lead_id", "type": "type", "at": "at", "id": "id"}
"""Where the parts of an event stand, unless the caller says otherwise. A file need not have the column of `id`."""


@attrs.frozen
class EventTable:
    """The events of a file by lead id, in the shape that a lead carries them, and the rows that could not be read.

    `path` is None where the events come from no file; `blank` counts its rows without any value. `remarks` are
    sentences about it, `notes` those of them that tell how it is read. `numbers` has the row of each event, in the
    order of `by_lead`.
    """

    by_lead: Mapping[str, list[dict[str, Any]]]
    rejects: tuple[Reject, ...]
    path: Path | None = None
    blank: int = 0
    remarks: tuple[str, ...] = ()
    numbers: Mapping[str, Sequence[int]] = attrs.field(factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """Count the rows of the file: events, rejects and blank ones."""
        return sum(map(len, self.by_lead.values())) + len(self.rejects) + self.blank

    def of(self, lead: str) -> list[dict[str, Any]]:
        """Give the events of a lead, in the file's order; maybe none."""
        return self.by_lead.get(lead, [])

    def rows_of(self, lead: str) -> Sequence[int]:
        """Give the rows in the file of these events, counted from 1; none where they come from no file."""
        return self.numbers.get(lead, ())


def read_events(
    path: Given,
    *,
    columns: Mapping[str, str | None] | None = None,
    delimiter: str | None = None,
    encoding: str | None = None,
    only: Collection[str] | None = None,
    input_format: str | None = None,
) -> EventTable:
    """Read all events of a file or stream; `input_format` is as for `read_leads`.

    `columns` says where lead, type, at and id stand; what it leaves out is as in `EVENT_COLUMNS`,
    and `{"id": None}` means that events have no id. Every other column is a property of that name;
    so is every name in an object `properties`. `only` names the properties that are needed; others may be
    left out then, which saves memory. Raises FileProblem.
    """
    places = _places(columns or {})
    needed = {part: places[part] for part in ("lead", "type", "at")}
    asked = Wanted(tuple(places.values()), "events", delimiter, encoding, only and [*only, "properties"])
    file = open_records(path, asked, input_format)
    _check_columns(file, needed, places.get("id") if columns and "id" in columns else None)
    by_lead: dict[str, list[dict[str, Any]]] = {}
    numbers: dict[str, array[int]] = {}
    rejects = []
    for record in file.records:
        if isinstance(record, BadRecord):
            rejects.append(Reject("event", record.number, None, f"event row {record.number} {record.reason}"))
            continue
        try:
            lead = _lead_of(record.values, places["lead"])
        except InputError as error:
            rejects.append(Reject("event", record.number, None, f"event row {record.number} {error.reason}"))
            continue
        by_lead.setdefault(lead, []).append(_event(record.values, places))
        numbers.setdefault(lead, array("Q")).append(record.number)
    remarks = tuple(file.remarks.sentences(file.input.called))
    notes = remarks[: len(file.remarks.notes)]
    return EventTable(by_lead, tuple(rejects), file.input.path, file.remarks.blank, remarks, numbers, notes)


def _places(columns: Mapping[str, str | None]) -> dict[str, str]:
    """Say in which column each part stands. Raises FileProblem for parts that do not exist."""
    for part, column in columns.items():
        if part not in EVENT_COLUMNS:
            raise FileProblem(
                None, f"an event has no part `{part}` to map", f"the parts of an event are {', '.join(EVENT_COLUMNS)}"
            )
        if not column and part != "id":
            raise FileProblem(
                None, f"`{part}` of an event needs a column", f'write it as `event_columns={{"{part}": …}}`'
            )
    places = {**EVENT_COLUMNS, **columns}
    return {part: column for part, column in places.items() if column}


def _check_columns(file: RecordFile, needed: Mapping[str, str], asked_id: str | None) -> None:
    if file.columns is None:
        return
    roles = {"lead": "id of the lead", "type": "type of the event", "at": "time of the event"}
    wanted = [(roles[part], part, column) for part, column in needed.items()]
    if asked_id:
        wanted.append(("id of the event", "id", asked_id))
    for role, part, column in wanted:
        if column not in file.columns:
            option = f'event_columns={{"{part}": …}}'
            refuse_missing_column(
                file.input.problem, column, file.columns, role=role, option=option, delimiter=file.delimiter
            )


def _lead_of(values: Mapping[str, Any], column: str) -> str:
    raw = values.get(column)
    if is_no_id(raw):
        raise InputError(f"names no lead (`{column}` is {'missing' if column not in values else 'empty'})")
    try:
        return id_in_file(raw)
    except InputError as error:
        raise InputError(f"names no lead ({error.reason})") from None


def _event(values: Mapping[str, Any], places: Mapping[str, str]) -> dict[str, Any]:
    """Shape a row as an event. Empty properties are left out: they are unknown either way."""
    event: dict[str, Any] = {part: values.get(places[part]) for part in ("type", "at", "id") if part in places}
    if "id" in event:
        event["id"] = plain_id(event["id"])
    own = set(places.values())
    properties = {
        name: value for name, value in values.items() if name not in own and value is not None and value != ""
    }
    nested = properties.get("properties")
    if isinstance(nested, Mapping):
        del properties["properties"]
        properties |= nested
    if properties:
        event["properties"] = properties
    return event
