"""A file of events: where the parts of an event stand in it, and what it says of itself by being that file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs

from leadrules.conversions import listed
from leadrules.tables.inputs import Given
from leadrules.tables.near_names import Names, renamed
from leadrules.tables.near_names import part as ask_for
from leadrules.tables.problems import FileProblem, close_name, delimiter_in
from leadrules.tables.records import RecordFile

EVENT_COLUMNS: Mapping[str, str] = {"lead": "lead_id", "type": "type", "at": "at", "id": "id"}
"""Where the parts of an event stand, unless the caller says otherwise. A file need not have the column of `id`."""

_ROLES = {"lead": "id of the lead", "type": "type of the event", "at": "time of the event", "id": "id of the event"}
_WHO = r"lead|contact|kontakt|klient|person|user|customer|record|prospect"
_LIKELY = {
    "lead": rf"({_WHO})[\W_]*(id)?|id[\W_]*({_WHO}).*",
    "type": r"(event|activity|action)?[\W_]*(type|name|kind)|event|action|activity|(typ[\W_]*)?(zdarzeni|akcj)\w*|typ",
    "at": r"(time|date)(stamp|time)?|when|data|czas|day|ts|.*[\W_](at|time|date|timestamp|data|ms)|.*_at[\W_]\w*",
}
"""Names of columns that are usual for the parts of an event, in any case."""
_ID = re.compile(r"(?:^|[^A-Za-z])id$|I[dD]$")


@attrs.frozen
class EventFile:
    """A file of events, and how to read it where it differs from others.

    `path` may be a stream of bytes. `columns` says where lead, type, at and id stand; any other name in it is a
    property that stands in a column of another name, and `{"id": None}` means that events have no id.
    `constants` gives, by the same names, what all events of the file have and no column says.

    >>> EventFile("opens.csv", columns={"lead": "contact_id"}, constants={"type": "email_open"}).constants
    {'type': 'email_open'}
    """

    path: Given
    columns: Mapping[str, str | None] = attrs.field(factory=dict, kw_only=True)
    constants: Mapping[str, str] = attrs.field(factory=dict, kw_only=True)
    delimiter: str | None = attrs.field(default=None, kw_only=True)
    encoding: str | None = attrs.field(default=None, kw_only=True)
    sheet: str | int | None = attrs.field(default=None, kw_only=True)
    input_format: str | None = attrs.field(default=None, kw_only=True)


@attrs.frozen
class Places:
    """Where the parts and properties of the events of a file stand.

    `parts` and `properties` give columns by name, `constants` values. `asked` are the names whose columns the
    file must have since someone said that they stand there.
    """

    parts: Mapping[str, str]
    properties: Mapping[str, str]
    constants: Mapping[str, str]
    asked: frozenset[str]
    seen: Mapping[str, str] = attrs.field(factory=dict)

    @classmethod
    def of(cls, own: EventFile, shared: Mapping[str, str | None]) -> Places:
        """Join what is said of a file with what is said of all. Raises FileProblem for what cannot be meant."""
        for part, column in shared.items():
            if part not in EVENT_COLUMNS:
                raise FileProblem(
                    None,
                    f"an event has no part `{part}` to map",
                    f"the parts of an event are {', '.join(EVENT_COLUMNS)}",
                )
            _refuse_no_column(part, column)
        for part, column in own.columns.items():
            if part in own.constants:
                raise FileProblem(
                    None, f"`{part}` of an event has both a column and a constant", "say one of them for a file"
                )
            _refuse_no_column(part, column)
        said = {**shared, **own.columns}
        found = {part: column for part, column in {**EVENT_COLUMNS, **said}.items() if part not in own.constants}
        parts = {part: column for part, column in found.items() if column and part in EVENT_COLUMNS}
        properties = {name: column for name, column in found.items() if column and name not in EVENT_COLUMNS}
        return cls(parts, properties, dict(own.constants), frozenset(said))

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of parts, then those of properties."""
        return (*self.parts.values(), *self.properties.values())

    def near(self, columns: Sequence[str], names: Names) -> Places:
        """Give the places in a file, or record, of these columns, where names nearly equal. Raises Ambiguity."""
        asked = [ask_for(column, f"{_ROLES[name]}", "event_columns=…") for name, column in self.parts.items()]
        found = {name: column for column, name in renamed(columns, asked).items()}
        parts = {name: found.get(column, column) for name, column in self.parts.items()}
        taken = frozenset([*parts.values(), *self.properties.values()])
        properties = [one for one in names.properties if one.names[0] not in {*self.properties, *self.constants}]
        more = {name: column for column, name in renamed(columns, properties, taken).items()}
        return attrs.evolve(self, parts=parts, properties={**more, **self.properties}, seen={**found, **more})

    def missing(self, columns: Sequence[str]) -> dict[str, str]:
        """Give the column of each part, or property of another name, that a file with these columns lacks."""
        needed = {**self.parts, **self.properties}
        return {
            name: column
            for name, column in needed.items()
            if column not in columns and (name != "id" or "id" in self.asked)
        }


def _refuse_no_column(part: str, column: str | None) -> None:
    if not column and part != "id":
        advice = f'write it as `event_columns={{"{part}": …}}`'
        raise FileProblem(None, f"`{part}` of an event needs a column", advice)


@attrs.frozen
class Missing:
    """What the columns of a file of events do not have, and what may be meant: None where nothing looks like it."""

    file: RecordFile
    columns: Mapping[str, str]
    likely: Mapping[str, str | None]

    @property
    def name(self) -> str:
        """What the file is called."""
        return self.file.input.name

    def sentence(self) -> str:
        """Say what is missing and what there is; it goes on after the name of the file."""
        assert self.file.columns is not None
        lacking = [f"column `{column}` for the {_role(part)}" for part, column in self.columns.items()]
        listed_ = lacking[0] if len(lacking) == 1 else ", no ".join(lacking[:-1]) + f" and no {lacking[-1]}"
        return f"has no {listed_}; its columns are {listed(self.file.columns)}"


def _role(part: str) -> str:
    return _ROLES.get(part, f"property `{part}`")


class MissingColumns(FileProblem):
    """Files of events that lack columns, all of them: `missing` has what is to be said of each."""

    def __init__(self, missing: Sequence[Missing]) -> None:
        self.missing = tuple(missing)
        first, *others = self.missing
        if others:
            lines = "\n".join(f"{one.file.input.called} {one.sentence()}" for one in self.missing)
            super().__init__(None, lines, _advice_for_several(self.missing))
            return
        problem = first.file.input.problem(first.sentence(), _advice_for_one(first))
        super().__init__(problem.path, problem.problem, problem.advice)

    def __reduce__(self) -> Any:
        return FileProblem, (self.path, self.problem, self.advice)


def mark_of(missing: Missing) -> str | None:
    """Name the mark that the header of a file seems to be separated by, where it was not split at all."""
    columns = missing.file.columns or ()
    return delimiter_in(columns[0], missing.file.delimiter) if len(columns) == 1 else None


def _advice_for_one(missing: Missing) -> str:
    if mark := mark_of(missing):
        return f"it looks separated by {mark}: give that as the delimiter"
    return "name the columns with `event_columns={" + _as_mapping(missing) + "}`" + _constant(missing)


def _advice_for_several(missing: Iterable[Missing]) -> str:
    files = ", ".join(f"`EventFile({one.name!r}, columns={{{_as_mapping(one)}}})`" for one in missing)
    return f'say where they stand: {files}; or, where all events of a file have one, `constants={{"type": …}}`'


def _as_mapping(missing: Missing) -> str:
    return ", ".join(f'"{part}": ' + (f'"{name}"' if name else "…") for part, name in missing.likely.items())


def _constant(missing: Missing) -> str:
    if missing.likely.get("type", "") is not None:
        return ""
    return '; or, where all its events have one type, give `EventFile(…, constants={"type": …})`'


def check_columns(files: Iterable[tuple[RecordFile, Places]]) -> None:
    """Raise MissingColumns where files lack columns that they must have, all of them at once."""
    found = []
    for file, places in files:
        if file.columns is not None and (missing := places.missing(file.columns)):
            found.append(Missing(file, missing, _likely_for(missing, places, file.columns)))
    if found:
        raise MissingColumns(found)


def _likely_for(missing: Mapping[str, str], places: Places, columns: Sequence[str]) -> dict[str, str | None]:
    free = [column for column in columns if column not in places.columns]
    likely: dict[str, str | None] = {}
    for part, column in missing.items():
        likely[part] = likely_column(part, column, free)
        free = [other for other in free if other != likely[part]]
    return likely


def likely_column(part: str, wanted: str, columns: Sequence[str]) -> str | None:
    """Suggest the column in which a part of an event may stand: one of a close name, else one of a usual name."""
    form = _LIKELY.get(part)
    usual = [column for column in columns if form and re.fullmatch(form, column.strip(), re.IGNORECASE)]
    ids = [column for column in columns if part in ("lead", "id") and _ID.search(column)]
    return close_name(wanted, columns) or next(iter([*usual, *ids]), None)
