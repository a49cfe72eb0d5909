"""The law that a name is only a name: names that are code, quotes or braces elsewhere change nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

import attrs

from leadrules.canonical import canonical_json
from leadrules.errors import LeadrulesError
from leadrules.nodes import Node
from leadrules.outputs import plain_outputs
from leadrules.ruleset import Ruleset
from leadrules.syntax import tree
from leadrules.syntax.formatter import text_of
from leadrules.syntax.parser import parse
from leadrules.testing.drawn_leads import RawLead
from leadrules.testing.laws import Load
from leadrules.values import plain_name
from leadrules.vocabulary import OWN_PROPERTIES, STANDARD_EVENTS, STANDARD_FIELDS, STANDARD_GROUPS

HOSTILE = " \"'); __import__('os').abort() #{}\\%s"
"""What is put after every name. Its first character sorts before any that a name goes on with, so that
events keep their order."""

_DECLARING = (
    tree.TableDeclaration,
    tree.Param, tree.ListDeclaration, tree.FieldDeclaration, tree.EventDeclaration, tree.EventGroup, tree.Criterion,
    tree.Segment, tree.Dimension, tree.PointsGroup, tree.Persona, tree.Grade, tree.GradeCell, tree.Property,
)  # fmt: skip
_STANDARD = frozenset(
    {*STANDARD_FIELDS, *STANDARD_EVENTS, *STANDARD_GROUPS, "any_event", "score", "points", "stage"}
    | {q.name for event in STANDARD_EVENTS.values() for q in (*event.properties, *OWN_PROPERTIES)}
)


def names_are_only_names(
    text: str, lead: RawLead, as_of: dt.datetime, *, suffix: str = HOSTILE, load: Load = Ruleset.from_text
) -> None:
    """Assert that other names for what a file declares, and the lead has, change no point and no label.

    Names that are also labels, and those of the standard vocabulary, stay as they are.
    """
    file, _ = parse(text, "rules.leadrules")
    names = {name: name + suffix for name in _declared(file.statements) - _labels(file.statements) - _STANDARD}
    tables = {one.name.name for one in file.statements if isinstance(one, tree.TableDeclaration)}
    renamed = "".join(text_of(_renamed(statement, names, tables)) + "\n" for statement in file.statements)
    before = _substance(load(text), lead, as_of)
    after = _substance(load(renamed), _renamed_lead(lead, names), as_of)
    if before != after:
        raise AssertionError(f"names change the result from\n{before}\nto\n{after}\nwith\n{renamed}")


def _declared(statements: tuple[tree.Statement, ...]) -> set[str]:
    declaring = [s for s in statements if isinstance(s, _DECLARING) or (isinstance(s, tree.Stages) and s.name)]
    properties = [q for s in statements if isinstance(s, tree.EventDeclaration) for q in s.properties]
    return {s.name.name for s in (*declaring, *properties) if isinstance(s.name, tree.Name)}


def _labels(statements: tuple[tree.Statement, ...]) -> set[str]:
    found: set[str] = set()
    for statement in statements:
        written: tuple[tree.Name | tree.Text, ...] = ()
        if isinstance(statement, tree.Grade):
            written = tuple(band.label for band in statement.bands)
        elif isinstance(statement, tree.Stages):
            written = (*statement.labels, *statement.exits)
        elif isinstance(statement, tree.Outcome):
            written = (statement.target,)
        found |= {label.name if isinstance(label, tree.Name) else label.value for label in written}
    return found


def _renamed(statement: tree.Statement, names: Mapping[str, str], tables: Collection[str]) -> tree.Statement:
    """Give a statement with other names, functions and calendar buckets as they are."""
    kept = {id(call.function) for call in statement.find(tree.Call) if call.function.name not in tables}
    kept |= {id(cap.bucket) for cap in statement.find(tree.MaxPer, tree.MaxPoints) if cap.calendar}

    def other(node: Node) -> Node:
        if not isinstance(node, tree.Name) or id(node) in kept:
            return node
        return attrs.evolve(node, name=names.get(node.name, node.name))

    return statement.replace(other)  # type: ignore[no-any-return]


def _renamed_lead(lead: RawLead, names: Mapping[str, str]) -> RawLead:
    def other(name: str) -> str:
        return names.get(plain_name(name), name)

    def renamed(given: Mapping[str, Any] | None) -> dict[str, Any]:
        return {other(name): value for name, value in (given or {}).items()}

    events = [
        {**event, "type": other(event["type"]), "properties": renamed(event.get("properties"))}
        for event in lead.get("events") or ()
    ]
    changes = [{**change, "name": other(change["name"])} for change in lead.get("changes") or ()]
    parts = {"attributes": renamed(lead.get("attributes")), "stages": renamed(lead.get("stages"))}
    return {**lead, **parts, "events": events, "changes": changes}


def _substance(rules: Ruleset, lead: RawLead, as_of: dt.datetime) -> str:
    """Give a result without names."""
    try:
        result = rules.evaluate(lead, as_of=as_of)
    except LeadrulesError as error:
        return type(error).__name__
    found = [result.score, [*result.dimensions.values()], [*result.grades.values()], [*result.stages.values()]]
    found += [[*plain_outputs(result.outputs).values()], len(result.segments), [*result.tags]]
    found += [[*result.recommendations], len(result.missing)]
    return canonical_json([found, [[entry.kind, entry.points, entry.because] for entry in result.audit]])
