"""What a file of leads lacks for a rule file: columns, readable values, events that the rules know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

import attrs

from leadrules.characters import printable
from leadrules.cli.reading import Source
from leadrules.cli.screen import Screen, counted
from leadrules.errors import InputError
from leadrules.lead import Facts, LeadReader
from leadrules.program import Program
from leadrules.tables import LeadTable, Reject, Row
from leadrules.tables.problems import close_name
from leadrules.values import plain_name
from leadrules.vocabulary import Field

_MOST_SHOWN = 5
_NO_LIMIT = 253_370_764_800_000_000
"""Microseconds of the year 9999: no event is too late to be looked at."""


@attrs.frozen
class MissingColumn:
    """A field that the rules read, the column it would stand in, and a column that may be meant."""

    field: Field
    column: str
    close: str | None


@attrs.frozen
class Comparison:
    """What came of reading all leads with the rules.

    `always_unknown` names the fields whose column is there and never has a value that counts.
    `strange_events` counts the events of types that are not in scope, `strange_labels` the leads that hold a
    label, of a ladder, which the ladder does not have; `unseen_events` names the
    types that the rules look at and no lead has, empty where no lead has any event.
    """

    file: str
    leads: int
    readable: int
    events: int
    missing_columns: tuple[MissingColumn, ...]
    always_unknown: tuple[str, ...]
    strange_events: Mapping[str, int]
    unseen_events: tuple[str, ...]
    rejects: tuple[Reject, ...]
    event_types: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    strange_labels: Mapping[tuple[str, str], int] = attrs.field(factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Give the comparison as plain data."""
        return {
            "file": self.file,
            "leads": self.leads,
            "readable": self.readable,
            "events": self.events,
            "missing_columns": [
                {"field": m.field.name, "column": m.column, "close": m.close} for m in self.missing_columns
            ],
            "always_unknown": list(self.always_unknown),
            "unknown_event_types": dict(self.strange_events),
            "unseen_event_types": list(self.unseen_events),
            "unknown_labels": [
                {"ladder": ladder, "label": label, "leads": leads}
                for (ladder, label), leads in self.strange_labels.items()
            ],
            "rejects": [{"kind": r.kind, "row": r.row, "id": r.id, "reason": r.reason} for r in self.rejects],
            "remarks": list(self.remarks),
        }


def compare(program: Program, source: Source) -> Comparison:
    """Read all leads with the rules. Raises Stop and FileProblem."""
    table = source.open()
    reading = _Reading(program)
    for row in table:
        reading.add(row)
    return reading.comparison(table)


@attrs.define
class _Reading:
    """Reads leads one by one, and remembers only what the comparison needs."""

    program: Program
    reader: LeadReader = attrs.field(init=False)
    leads: int = 0
    readable: int = 0
    columns: dict[str, None] = attrs.field(factory=dict)
    known: set[str] = attrs.field(factory=set)
    events: Counter[str] = attrs.field(factory=Counter)
    rejects: list[Reject] = attrs.field(factory=list)
    labels: Counter[tuple[str, str]] = attrs.field(factory=Counter)

    def __attrs_post_init__(self) -> None:
        self.reader = LeadReader(self.program.scope)

    def add(self, row: Row | Reject) -> None:
        """Take one more lead."""
        if isinstance(row, Reject):
            self.leads += row.kind == "lead"
            self.rejects.append(row)
            return
        self.leads += 1
        if isinstance(row.lead["attributes"], Mapping):
            self.columns |= dict.fromkeys(row.lead["attributes"])
        self.events.update(_types(row.lead["events"]))
        try:
            facts = self.reader.read(row.lead, _NO_LIMIT)
        except InputError as error:
            self.rejects.append(Reject("lead", row.number, row.lead["id"], row.reason(error), file=row.file))
            return
        self.readable += 1
        self.known |= _known(facts)
        ladders = self.program.scope.ladders
        self.labels.update(one for one in facts.held.items() if one[1] not in ladders[one[0]])

    def comparison(self, table: LeadTable) -> Comparison:
        """Say what has been found."""
        columns = self.columns if table.columns is None else dict.fromkeys(table.columns)
        plain = {plain_name(column): column for column in (*columns, *table.read_as.values())}
        fields = self.program.scope.fields.values()
        missing = [field for field in fields if plain.keys().isdisjoint(field.keys)]
        taken = {key for field in fields for key in field.keys}
        others = [column for key, column in plain.items() if key not in taken and column not in table.read_as]
        lacking = {field.name for field in missing}
        in_scope, looked_at = self.program.scope.events, self.program.scope.read
        return Comparison(
            file=table.name,
            leads=self.leads,
            readable=self.readable,
            events=self.events.total(),
            missing_columns=tuple(MissingColumn(f, f.key, close_name(f.key, others)) for f in missing),
            always_unknown=tuple(
                f.name for f in fields if f.name not in lacking and f.name not in self.known and self.readable
            ),
            strange_events={t: n for t, n in sorted(self.events.items()) if plain_name(t) not in in_scope},
            unseen_events=tuple(t for t in looked_at if t not in self.events) if self.events else (),
            rejects=tuple(self.rejects),
            event_types=tuple(in_scope),
            remarks=table.remarks,
            strange_labels=dict(sorted(self.labels.items())),
        )


def _types(events: object) -> list[str]:
    found = events if isinstance(events, list | tuple) else ()
    types = [event.get("type") for event in found if isinstance(event, Mapping)]
    return [type_.strip() for type_ in types if isinstance(type_, str) and type_.strip()]


def _known(facts: Facts) -> set[str]:
    return {name for name, value in facts.attributes.items() if value is not None}


# ------------------------------------------------------------------- showing


def show_comparison(screen: Screen, found: Comparison) -> None:
    """Print a comparison, what matters most first."""
    read = counted(found.leads, "lead")
    if found.readable == found.leads:
        screen.line((found.file, "bold"), f": all of its {read} can be read" if found.leads else ": it has no leads")
    else:
        screen.line((found.file, "bold"), ": ", (f"{found.readable:,} of {read} can be read", "yellow"))
    for remark in found.remarks:
        screen.note(remark)
    _show_rejects(screen, found.rejects)
    _show_columns(screen, found.missing_columns)
    _names(screen, "never known, though the file has the column", found.always_unknown)
    _show_strange(screen, found)
    _show_labels(screen, found.strange_labels)
    _names(screen, "events that the rules look at, and no lead has", found.unseen_events, style="dim")


def _show_rejects(screen: Screen, rejects: Collection[Reject]) -> None:
    for reject in list(rejects)[:_MOST_SHOWN]:
        screen.item(reject.reason)
    if len(rejects) > _MOST_SHOWN:
        screen.line((f"  and {len(rejects) - _MOST_SHOWN:,} more", "dim"))


def _show_columns(screen: Screen, missing: Collection[MissingColumn]) -> None:
    if not missing:
        return
    screen.line(("  no column for these fields, so they are unknown for every lead", "yellow"))
    close = [one for one in missing if one.close]
    for one in close:
        width = max(len(other.column) for other in close)
        advice = printable(f"is it `{one.close}`? write: {_declaration(one)}")
        screen.line(f"    {one.column:{width}}  ", (advice, "cyan"))
    if others := ", ".join(one.column for one in missing if not one.close):
        screen.item("  " + others)


def _declaration(one: MissingColumn) -> str:
    return f'field {one.field.name}: {one.field.type} from "{one.close}"'


def _show_strange(screen: Screen, found: Comparison) -> None:
    if not found.strange_events:
        return
    screen.line(("  events that the rules do not know, and so pass over", "yellow"))
    width = max(len(type_) for type_ in found.strange_events)
    for type_, count in found.strange_events.items():
        close = close_name(type_, found.event_types)
        advice = f"  is it `{close}`?" if close else ""
        screen.line(f"    {printable(type_):{width}}  {counted(count, 'time')}", (advice, "cyan"))


def _show_labels(screen: Screen, found: Mapping[tuple[str, str], int]) -> None:
    if not found:
        return
    screen.line(("  labels that the rules do not have: a lead counts as one that holds none", "yellow"))
    width = max(len(label) for _, label in found)
    for (ladder, label), leads in found.items():
        screen.line(f"    {printable(label):{width}}  of `{ladder}`, {counted(leads, 'lead')}")


def _names(screen: Screen, what: str, names: Collection[str], *, style: str = "yellow") -> None:
    if names:
        screen.line((f"  {what}", style))
        screen.item("  " + ", ".join(names))
