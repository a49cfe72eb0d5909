"""What files lack for rules, so that no score is low without a word: columns, files of events, types, held labels."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from leadrules import program as p
from leadrules.program import Program
from leadrules.tables.cures import quoted, written
from leadrules.tables.error_cells import SAID, is_error_cell
from leadrules.tables.leads import LeadTable, Row
from leadrules.tables.near_names import squeezed
from leadrules.tables.problems import close_name
from leadrules.tables.rejects import Reject
from leadrules.tables.shares import ShareNumbers, Shares
from leadrules.values import plain_name
from leadrules.vocabulary import EventType, Field, Scope

_MOST_NAMED = 8
_ROWS_FOR_LABELS = 500
_TEXTS = frozenset({"text", "list of text"})
_WORD = re.compile(r"[^\W_]+")


@attrs.frozen
class MissingColumn:
    """A field that the rules read, the column it would stand in, and a column that may be meant."""

    field: Field
    column: str
    close: str | None

    @property
    def declaration(self) -> str | None:
        """What to write where the close column is meant."""
        return None if self.close is None else f'field {self.field.name}: {self.field.type} from "{self.close}"'

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain data."""
        return {"field": self.field.name, "column": self.column, "close": self.close}


@attrs.frozen
class MissingLabel:
    """A ladder whose held labels the rules ask for and no lead has, and a column that may hold them.

    `columns` are those that the rules name with `from`: no row has one of them.
    """

    ladder: str
    close: str | None
    columns: tuple[str, ...] = ()

    @property
    def asked(self) -> str:
        """What is asked for in vain, as a sentence without its end."""
        if not self.columns:
            return f"rules ask which label of `{self.ladder}` a lead held, and no lead has one"
        return f"rules read {_listed(self.columns)} for the label that a lead held, and no row has a column for that"

    @property
    def declaration(self) -> str:
        """What to write for a column that holds the labels."""
        return f'stages {self.ladder}: … from "{self.close or "…"}"'


@attrs.frozen
class MixedList:
    """A list of text of which values hold both commas and semicolons, and are split at either: `count` of them."""

    field: Field
    count: int
    example: str

    @property
    def declaration(self) -> str:
        """What to write where they are split at semicolons alone."""
        return f"field {self.field.name}: {written(attrs.evolve(self.field, split=(';',)))}"

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain data."""
        return {"field": self.field.name, "count": self.count, "example": None if self.field.pii else self.example}


@attrs.frozen
class FailedCells:
    """A text of which values are errors of a spreadsheet, such as `#REF!`: `count` of them, by their `words`.

    `name` is the field's, or the property's (`page_view.url`). `row` is that of the first lead with one. Of a property
    it is None, and so is `field`, since a property has no words for unknown.
    """

    name: str
    field: Field | None
    row: int | None
    count: int = 1
    words: tuple[str, ...] = ()

    @property
    def declaration(self) -> str | None:
        """What to write so that these values are unknown."""
        if self.field is None:
            return None
        unknown = self.field.unknown | {*map(self.field.letters.folded, self.words)}
        return f"field {self.field.name}: {written(attrs.evolve(self.field, unknown=unknown))}"

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain data."""
        return {"name": self.name, "count": self.count, "row": self.row, "words": list(self.words)}


@attrs.frozen
class Lacks:
    """What files lack for the rules that score them.

    `missing_columns` are the fields that rules read and no row has; `unknown_types` counts the events of each type
    that no rule knows, and `close_types` gives the declarations of those that may be meant. `unseen_types` are those
    that rules look at while no lead has any event and no file of events was given. `missing_labels` are the ladders
    whose held labels rules ask for and no lead has. `mixed_lists` are split at commas and semicolons alike, where
    perhaps only one of them was meant. `failed_cells` are texts that hold errors of a spreadsheet. `shares` are
    declared in percent, and come as numbers from -1 to 1.
    """

    missing_columns: tuple[MissingColumn, ...] = ()
    unknown_types: Mapping[str, int] = attrs.field(factory=dict)
    close_types: Mapping[str, str] = attrs.field(factory=dict)
    unseen_types: tuple[str, ...] = ()
    missing_labels: tuple[MissingLabel, ...] = ()
    mixed_lists: tuple[MixedList, ...] = ()
    failed_cells: tuple[FailedCells, ...] = ()
    shares: tuple[Shares, ...] = ()

    def said(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Say it in a sentence each, with the lines to write in the rules, where there are some."""
        if self.missing_columns:
            names = _listed([one.column for one in self.missing_columns])
            them = "it is" if len(self.missing_columns) == 1 else "they are"
            lines = [one.declaration for one in self.missing_columns if one.declaration]
            yield f"rules read {names}, and no row has a column for that: {them} unknown for every lead", (*lines,)
        if self.unseen_types:
            yield f"rules are about events ({_listed(self.unseen_types)}), and no file of events was given", ()
        if self.unknown_types:
            total = sum(self.unknown_types.values())
            each = [self._type(type_, count) for type_, count in self.unknown_types.items()]
            events = "1 event is" if total == 1 else f"{total:,} events are"
            yield f"{events} of a type that no rule knows: {_joined(each)}", (*self._event_lines(),)
        for one in self.missing_labels:
            yield f"{one.asked}; where a column holds it, write {one.declaration}", ()
        for mixed in self.mixed_lists:
            values = "1 value of" if mixed.count == 1 else f"{mixed.count:,} values of"
            are = "is" if mixed.count == 1 else "are"
            such = "" if mixed.field.pii else f", such as `{mixed.example}`"
            said = f"{values} `{mixed.field.name}` {are} split at `,` and `;` alike{such}; where `;` alone is meant"
            yield said, (mixed.declaration,)
        for cells in self.failed_cells:
            values, are, count = (
                ("1 value", "is", "counts") if cells.count == 1 else (f"{cells.count:,} values", "are", "count")
            )
            place = "" if cells.row is None else f" ({'' if cells.count == 1 else 'first '}in row {cells.row:,})"
            said = f"{values} of `{cells.name}`{place} {are} {SAID}, and {count} as text: {_listed(cells.words)}"
            yield said, () if cells.declaration is None else (cells.declaration,)
        for share in self.shares:
            yield share.sentence, ()

    def _event_lines(self) -> Iterator[str]:
        """Write a declaration for each event that may be meant, with all types that may mean it: one may stand."""
        for event in dict.fromkeys(self.close_types.values()):
            types = [quoted(type_) for type_, meant in self.close_types.items() if meant == event]
            yield f"event {event} from {' or '.join(types)}"

    def _type(self, type_: str, count: int) -> str:
        close = self.close_types.get(type_, "").partition("[")[0]
        return f"`{type_}` ({count:,}{f', is it `{close}`?' if close else ''})"

    def sentences(self) -> Iterator[str]:
        """Say it in a sentence each."""
        return (sentence + (f" (write {'; '.join(lines)})" if lines else "") for sentence, lines in self.said())

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain data."""
        return {
            "missing_columns": [one.to_dict() for one in self.missing_columns],
            "unknown_event_types": dict(self.unknown_types),
            "unseen_event_types": list(self.unseen_types),
            "missing_labels": [{"ladder": one.ladder, "close": one.close} for one in self.missing_labels],
            "mixed_lists": [one.to_dict() for one in self.mixed_lists],
            "failed_cells": [one.to_dict() for one in self.failed_cells],
            "shares": [one.to_dict() for one in self.shares],
        }


def _listed(names: Iterable[str]) -> str:
    return _joined([f"`{name}`" for name in names])


def _joined(each: Sequence[str]) -> str:
    more = len(each) - _MOST_NAMED
    return ", ".join(each[:_MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")


@attrs.define
class Looking:
    """Looks at leads as they are read, and remembers what they have of what rules ask for."""

    program: Program
    leads: int = 0
    columns: dict[str, None] = attrs.field(factory=dict)
    types: Counter[str] = attrs.field(factory=Counter)
    asked: dict[str, frozenset[str]] = attrs.field(init=False)
    lists: tuple[Field, ...] = attrs.field(init=False)
    mixed: dict[str, MixedList] = attrs.field(factory=dict)
    holding: dict[str, Counter[str]] = attrs.field(factory=dict)
    texts: tuple[Field, ...] = attrs.field(init=False)
    properties: frozenset[str] = attrs.field(init=False)
    failed: dict[str, FailedCells] = attrs.field(factory=dict)
    shares: ShareNumbers = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.shares = ShareNumbers.of(self._scope)
        fold = self._scope.letters.folded
        self.asked = {name: frozenset(map(fold, self._scope.ladders[name])) for name in ladders_asked(self.program)}

        fields = self._scope.fields.values()
        self.lists = tuple(one for one in fields if one.type.kind == "list of text" and not one.split)
        self.texts = tuple(one for one in fields if one.type.kind in _TEXTS and not one.type.choices)
        self.properties = frozenset(
            one.name
            for type_, read in self._scope.read.items()
            for one in self._scope.events[type_].properties
            if one.name in read and one.type.kind in _TEXTS
        )

    @property
    def _scope(self) -> Scope:
        return self.program.scope

    def watch(self, rows: Iterable[Row | Reject]) -> Iterator[Row | Reject]:
        """Give rows as they come, and look at each."""
        for row in rows:
            if isinstance(row, Row):
                self.add(row)
            yield row

    def add(self, row: Row) -> None:
        """Look at a lead."""
        self.leads += 1
        attributes, stages = row.lead["attributes"], row.lead["stages"]
        if isinstance(attributes, Mapping):
            if not attributes.keys() <= self.columns.keys():
                self.columns |= dict.fromkeys(name for name in attributes if isinstance(name, str))
            if self.asked:
                self._labels(attributes, stages)
            for field in self.lists:
                self._list(field, attributes)
            for field in self.texts:
                self._failed(field.name, field, _value(field, attributes), row.number)
            self.shares.add(attributes, row.lead["events"])
        events = row.lead["events"]
        self.types.update(types_of(events))
        if self.properties:
            self._events(events)

    def _events(self, events: object) -> None:
        """Look at the texts of events."""
        for event in events if isinstance(events, list) else ():
            given = event.get("properties") if isinstance(event, Mapping) else None
            if isinstance(given, Mapping):
                for name in self.properties.intersection(given):
                    self._failed(f"{event.get('type')}.{name}", None, given[name], None)

    def _list(self, field: Field, attributes: Mapping[str, Any]) -> None:
        value = _value(field, attributes)
        if isinstance(value, str) and "," in value and ";" in value:
            before = self.mixed.get(field.name)
            count, example = (1, value) if before is None else (before.count + 1, before.example)
            self.mixed[field.name] = MixedList(field, count, example)

    def _failed(self, name: str, field: Field | None, value: object, row: int | None) -> None:
        """Take note of an error of a spreadsheet, unless rules say that it is unknown."""
        if not isinstance(value, str) or not is_error_cell(value):
            return
        word = value.strip()
        if field is None or field.letters.folded(word) not in field.unknown:
            before = self.failed.get(name) or FailedCells(name, field, row, 0)
            words = before.words if word in before.words else (*before.words, word)
            self.failed[name] = attrs.evolve(before, count=before.count + 1, words=words)

    def _labels(self, attributes: Mapping[str, Any], stages: object) -> None:
        """See which of the ladders that are asked for a lead holds a label of, and which columns hold such labels."""
        for ladder in [*self.asked]:
            held_in = self._scope.held_in.get(ladder, ())
            if (isinstance(stages, Mapping) and stages.get(ladder)) or any(attributes.get(name) for name in held_in):
                del self.asked[ladder]
            elif self.leads <= _ROWS_FOR_LABELS:
                labels, counts = self.asked[ladder], self.holding.setdefault(ladder, Counter())
                counts.update(
                    name
                    for name, value in attributes.items()
                    if isinstance(value, str) and self._scope.letters.folded(value.strip()) in labels
                )

    def found(self, table: LeadTable) -> Lacks:
        """Say what has been found, of a table that was read, or begun."""
        if not self.leads:
            return Lacks()
        scope = self._scope
        unknown = {t: n for t, n in sorted(self.types.items()) if plain_name(t) not in self._known_types}
        close = {t: _declared(scope.events[near]) for t in unknown if (near := close_name(t, [*scope.events]))}
        has_events = bool(self.types) or table.has_events
        columns = self._columns(table)
        held_in = {ladder: self._scope.held_in.get(ladder, ()) for ladder in self.asked}
        return Lacks(
            self.missing_columns(table),
            unknown,
            close,
            () if has_events else tuple(scope.read),
            tuple(
                MissingLabel(ladder, self._holder(ladder), names)
                for ladder, names in held_in.items()
                if not any(_is_there(name, columns) for name in names)
            ),
            tuple(self.mixed.values()),
            tuple(self.failed.values()),
            self.shares.found(),
        )

    @property
    def _known_types(self) -> frozenset[str]:
        events = self._scope.events
        return frozenset(events) | {plain_name(t.strip()) for event in events.values() for t in event.types}

    def _holder(self, ladder: str) -> str | None:
        """Give the column in which most labels of a ladder stand, where some do."""
        found = self.holding.get(ladder, Counter()).most_common(1)
        return found[0][0] if found else None

    def _columns(self, table: LeadTable) -> dict[str, str]:
        """Give the columns that rows have, by the form in which names are compared."""
        columns = self.columns if table.columns is None else dict.fromkeys(table.columns)
        return {plain_name(column): column for column in (*columns, *table.read_as.values())}

    def missing_columns(self, table: LeadTable) -> tuple[MissingColumn, ...]:
        """Name the fields of which no row has a column."""
        plain = self._columns(table)
        fields = self._scope.fields.values()
        taken = {key for field in fields for key in field.keys}
        others = [column for key, column in plain.items() if key not in taken and column not in table.read_as]
        missing = [field for field in fields if not any(_is_there(key, plain) for key in field.keys)]
        return tuple(MissingColumn(field, field.key, close_column(field.key, others)) for field in missing)


def _value(field: Field, attributes: Mapping[str, Any]) -> object:
    return next((value for key in field.keys if (value := attributes.get(key))), None)


def _declared(event: EventType) -> str:
    """Write an event with its properties, as it would be declared: another declaration stands in place of it."""
    properties = ", ".join(f"{prop.name}: {written(prop.field)}" for prop in event.properties)
    return f"{event.name}[{properties}]" if properties else event.name


def _is_there(key: str, columns: Collection[str]) -> bool:
    """Tell whether a column, or the first part of a path, is there."""
    return key in columns or any(key[:at] in columns for at, sign in enumerate(key) if sign == ".")


def close_column(key: str, columns: Sequence[str]) -> str | None:
    """Suggest the column that may be meant: of a close name, else one that has all words of the key, and few others.

    >>> close_column("employees", ["Number of Employees", "Notes"])
    'Number of Employees'
    """
    near = close_name(key, columns)
    if near is not None:
        return near
    words = set(_WORD.findall(squeezed_words(key)))
    having = [column for column in columns if words and words <= set(_WORD.findall(squeezed_words(column)))]
    return min(having, key=len, default=None)


def squeezed_words(name: str) -> str:
    """Give a name in the form of comparison, its words apart."""
    return " ".join(squeezed(word) for word in _WORD.findall(name))


def types_of(events: object) -> list[str]:
    """Give the types of the events of a lead as they stand there."""
    found = events if isinstance(events, list | tuple) else ()
    types = [event.get("type") for event in found if isinstance(event, Mapping)]
    return [type_.strip() for type_ in types if isinstance(type_, str) and type_.strip()]


def ladders_asked(program: Program) -> tuple[str, ...]:
    """Name the ladders of which the rules ask what label a lead held: `was`, `hold`, `forward only`."""
    asked = {node.ladder for node in program.walk() if isinstance(node, p.Was)}
    return tuple(one.name for one in program.ladders if one.name in asked or one.holds or one.forward_only)
