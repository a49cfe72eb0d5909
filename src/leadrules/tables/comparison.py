"""A file of leads held against rules: what can be read, what is never known, and what the file lacks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import attrs

from leadrules.errors import InputError
from leadrules.lead import LATEST, LeadReader
from leadrules.program import Program
from leadrules.ruleset import Ruleset, program_of, remarks_of
from leadrules.tables.lacks import Lacks, Looking, MissingColumn
from leadrules.tables.leads import LeadTable, Row
from leadrules.tables.rejects import Reject
from leadrules.tables.timeless import read_leniently
from leadrules.tables.unreadable import UnreadableColumn, UnreadableValues, leniently
from leadrules.values import plain_name


@attrs.frozen
class Comparison:
    """What came of reading all leads with the rules.

    `unreadable` has the columns with values that cannot be read. `always_unknown` names the fields whose column is
    there and never has a value that counts, nor one that cannot be read.
    `strange_events` counts the events of types that are not in scope, `strange_labels` the leads that hold a
    label, of a ladder, which the ladder does not have; `unseen_events` names the
    types that the rules look at and no lead has, empty where no lead has any event. `lacks` has what else is missing.
    `unmatched_events` counts the events of leads that are not there, `unmatched_leads` names the first three of these,
    and `close_leads` gives the leads that they may mean.
    """

    file: str
    leads: int
    readable: int
    events: int
    lacks: Lacks
    always_unknown: tuple[str, ...]
    unseen_events: tuple[str, ...]
    rejects: tuple[Reject, ...]
    event_types: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    strange_labels: Mapping[tuple[str, str], int] = attrs.field(factory=dict)
    unreadable: tuple[UnreadableColumn, ...] = ()
    other_rejects: tuple[Reject, ...] = ()
    unmatched_events: int = 0
    unmatched_leads: tuple[str, ...] = ()
    close_leads: Mapping[str, str] = attrs.field(factory=dict)

    @property
    def missing_columns(self) -> tuple[MissingColumn, ...]:
        """The fields that rules read and no row has."""
        return self.lacks.missing_columns

    @property
    def strange_events(self) -> Mapping[str, int]:
        """How many events there are of each type that no rule knows."""
        return self.lacks.unknown_types

    def to_dict(self) -> dict[str, Any]:
        """Give the comparison as plain data."""
        return {
            "file": self.file,
            "leads": self.leads,
            "readable": self.readable,
            "events": self.events,
            "missing_columns": [one.to_dict() for one in self.missing_columns],
            "missing_labels": [{"ladder": one.ladder, "close": one.close} for one in self.lacks.missing_labels],
            "mixed_lists": [one.to_dict() for one in self.lacks.mixed_lists],
            "failed_cells": [one.to_dict() for one in self.lacks.failed_cells],
            "shares": [one.to_dict() for one in self.lacks.shares],
            "unreadable": [one.to_dict() for one in self.unreadable],
            "always_unknown": list(self.always_unknown),
            "unknown_event_types": dict(self.strange_events),
            "unseen_event_types": list(self.unseen_events),
            "unknown_labels": [
                {"ladder": ladder, "label": label, "leads": leads}
                for (ladder, label), leads in self.strange_labels.items()
            ],
            "rejects": [{"kind": r.kind, "row": r.row, "id": r.id, "reason": r.reason} for r in self.rejects],
            "unmatched_events": self.unmatched_events,
            "unmatched_leads": list(self.unmatched_leads),
            "close_leads": dict(self.close_leads),
            "remarks": list(self.remarks),
        }


def compare(rules: Ruleset, table: LeadTable) -> Comparison:
    """Read all leads of a table with the rules, and tell what they lack; nothing is scored. Raises FileProblem."""
    found = compare_program(program_of(rules), table, lenient=rules.lenient)
    return attrs.evolve(found, remarks=(*remarks_of(rules), *found.remarks))


def compare_program(program: Program, table: LeadTable, *, lenient: bool) -> Comparison:
    """Read all leads of a table with a checked program, one of `lenient` rules or not. Raises FileProblem."""
    reading = _Reading(program, lenient)
    for row in table:
        reading.add(row)
    return reading.comparison(table)


@attrs.define
class _Reading:
    """Reads leads one by one, and remembers only what the comparison needs."""

    program: Program
    is_lenient: bool
    reader: LeadReader = attrs.field(init=False)
    lenient: LeadReader = attrs.field(init=False)
    looking: Looking = attrs.field(init=False)
    values: UnreadableValues = attrs.field(init=False)
    leads: int = 0
    readable: int = 0
    known: set[str] = attrs.field(factory=set)
    rejects: list[Reject] = attrs.field(factory=list)
    others: list[Reject] = attrs.field(factory=list)
    labels: Counter[tuple[str, str]] = attrs.field(factory=Counter)

    def __attrs_post_init__(self) -> None:
        scope = self.program.scope
        self.reader, self.lenient = LeadReader(scope), LeadReader(leniently(scope, lenient=True))
        self.looking = Looking(self.program)
        self.values = UnreadableValues(scope, LeadReader(leniently(scope, lenient=False)), lenient=False)

    def add(self, row: Row | Reject) -> None:
        """Take one more lead."""
        if isinstance(row, Reject):
            self.leads += row.kind == "lead"
            self._reject(row)
            return
        self.leads += 1
        self.looking.add(row)
        self._know(row)
        try:
            facts, left_out = read_leniently(
                row, lambda row: self.reader.read(row.lead, LATEST), lenient=self.is_lenient
            )
        except InputError as error:
            self._reject(
                Reject("lead", row.number, row.lead["id"], row.reason(error), mistakes=error.mistakes, file=row.file)
            )
            return
        self.readable += 1
        for event in left_out:
            self._reject(event)
        if facts.unreadable:
            self.values.add_lead(row, LATEST)

    def _reject(self, reject: Reject) -> None:
        self.rejects.append(reject)
        if not self.values.add(reject):
            self.others.append(reject)

    def _know(self, row: Row) -> None:
        """Remember what is known of a lead, also where others of its values cannot be read."""
        try:
            facts, _ = read_leniently(row, lambda row: self.lenient.read(row.lead, LATEST), lenient=True)
        except InputError:
            return
        self.known |= {name for name, value in facts.attributes.items() if value is not None}
        self.known |= {*facts.unreadable}
        ladders = self.program.scope.ladders
        self.labels.update(one for one in facts.held.items() if one[1] not in ladders[one[0]])

    def comparison(self, table: LeadTable) -> Comparison:
        """Say what has been found."""
        lacks = self.looking.found(table)
        lacking = {one.field.name for one in lacks.missing_columns}
        scope, types = self.program.scope, self.looking.types
        seen = {scope_name for type_ in types if (scope_name := self._declared(type_))}
        return Comparison(
            file=table.name,
            leads=self.leads,
            readable=self.readable,
            events=types.total(),
            lacks=lacks,
            always_unknown=tuple(
                name for name in scope.fields if name not in lacking and name not in self.known and self.looking.leads
            ),
            unseen_events=tuple(t for t in scope.read if t not in seen) if types else (),
            rejects=tuple(self.rejects),
            event_types=tuple(scope.events),
            remarks=table.remarks,
            strange_labels=dict(sorted(self.labels.items())),
            unreadable=self.values.columns(),
            other_rejects=tuple(self.others),
            unmatched_events=table.unmatched_events,
            unmatched_leads=table.unmatched_leads,
            close_leads=table.close_leads,
        )

    def _declared(self, type_: str) -> str | None:
        """Give the declared name of a type."""
        name = plain_name(type_)
        events = self.program.scope.events
        return name if name in events else next((n for n, e in events.items() if type_ in e.types), None)
