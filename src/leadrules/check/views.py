"""Checks what a criterion that asks for the whole lead says of it, against what the file declares (LR623)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn, Protocol

import attrs

from leadrules.check.names import Names
from leadrules.check.reads import Reads
from leadrules.criteria import Criterion
from leadrules.letters import Letters
from leadrules.syntax import tree
from leadrules.syntax.report import Report
from leadrules.vocabulary import Type


class Reader(Protocol):
    """Where it is noted what the rules read of a lead."""

    names: Names
    report: Report
    reads: Reads


@attrs.frozen
class View:
    """What of a lead a criterion is shown: fields, types of events, and for each of these its properties."""

    fields: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    properties: tuple[tuple[str, ...], ...] = ()


def view_of(reader: Reader, node: tree.Call, criterion: Criterion) -> View:
    """Note what a criterion is shown of a lead, and give the names of it."""
    fields = _fields(reader, node, criterion)
    events = _events(reader, node, criterion)
    reader.reads.fields.update(dict.fromkeys(fields))
    for type_, properties in events.items():
        declared = {q.name for q in reader.names.events[type_].properties}
        reader.reads.events.setdefault(type_, set()).update(declared.intersection(properties))
    return View(fields, tuple(events), tuple(tuple(properties) for properties in events.values()))


def _fields(reader: Reader, node: tree.Call, criterion: Criterion) -> tuple[str, ...]:
    known = reader.names.fields
    if criterion.fields is None:
        return tuple(name for name, field in known.items() if not field.protected)
    for name, type_ in criterion.fields.items():
        about = f"`{criterion.name}` reads the field `{name}`"
        declare = f"declare it: `field {name}: {type_}`"
        if name not in known:
            reader.report.refuse("LR623", f"{about}, which this file does not declare", node, declare)
        if known[name].protected:
            reader.report.refuse("LR623", f"{about}, which is protected", node)
        if not _is_of(known[name].type, type_, reader.names.letters):
            reader.report.refuse(
                "LR623", f"{about} as {type_}, and it is declared as {known[name].type}", node, declare
            )
    return tuple(criterion.fields)


def _events(reader: Reader, node: tree.Call, criterion: Criterion) -> dict[str, dict[str, None]]:
    """Give the properties that are shown of each type of event."""
    names = reader.names
    if criterion.events is None:
        return {name: dict.fromkeys(q.name for q in event.properties) for name, event in names.events.items()}
    found: dict[str, dict[str, None]] = {}
    for name, properties in criterion.events.items():
        if name not in names.events and name not in names.groups:
            _refuse(reader, node, f"`{criterion.name}` reads the event `{name}`", "", name, properties)
        for type_ in names.types_of(name):
            found.setdefault(type_, {}).update(dict.fromkeys(properties))
        for prop, wanted in properties.items():
            _check_property(reader, node, criterion, (name, prop), wanted)
    return found


def _check_property(reader: Reader, node: tree.Call, criterion: Criterion, path: tuple[str, str], wanted: Type) -> None:
    """Check a property of an event; of a group, some member has it, and where it is unknown it has none."""
    event, name = path
    about = f"`{criterion.name}` reads the property `{name}` of `{event}`"
    declared = [
        (type_, q.type)
        for type_ in reader.names.types_of(event)
        for q in reader.names.events[type_].properties
        if q.name == name
    ]
    if not declared:
        _refuse(reader, node, about, "", event, {name: wanted})
    for type_, found in declared:
        if not _is_of(found, wanted, reader.names.letters):
            _refuse(reader, node, about, f" as {wanted}, and it is declared as {found}", type_, {name: wanted})


def _refuse(
    reader: Reader, node: tree.Call, about: str, problem: str, event: str, properties: Mapping[str, Type]
) -> NoReturn:
    own = reader.names.events[event].properties if event in reader.names.events else ()
    all_ = {q.name: q.type for q in own} | dict(properties)
    listed = ", ".join(f"{name}: {type_}" for name, type_ in all_.items())
    help_ = f"declare it: `event {event}[{listed}]`" if listed else f"declare it: `event {event}`"
    reader.report.refuse("LR623", about + (problem or ", which this file does not declare"), node, help_)


def _is_of(found: Type, wanted: Type, letters: Letters) -> bool:
    """Tell whether values of a type are of another; those of a closed list are texts, too."""
    if found.kind != wanted.kind:
        return False
    return not wanted.choices or (
        found.choices != () and found.folded_choices(letters) <= wanted.folded_choices(letters)
    )
