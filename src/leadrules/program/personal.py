"""Which values of a program tell what stands in a field or property that is marked as personal."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from leadrules import program as p
from leadrules.families import AGGREGATES


def revealing_criteria(program: p.Program) -> frozenset[str]:
    """Name the criteria whose values tell what stands in a `pii` field or property."""
    found: set[str] = set()
    for key in program.order:
        one = program.definitions.get(key)
        if isinstance(one, p.Criterion) and reveals(one.body, program, found):
            found.add(one.name)
    return frozenset(found)


def reveals(node: p.ValueNode, program: p.Program, revealing: AbstractSet[str]) -> bool:
    """Tell whether a value tells what stands in a `pii` field or property; `revealing` names criteria that do."""
    if node.type.kind == "bool" and not isinstance(node, (p.FieldRead, p.PropertyRead)):
        return False
    match node:
        case p.FieldRead(field):
            return field.pii
        case p.PropertyRead():
            return node.pii
        case p.Aggregate():
            return node.property.pii and AGGREGATES[node.function].reveals
        case p.Elapsed(_, _, moment) | p.LocalPart(_, moment) | p.Converted(moment):
            return reveals(moment, program, revealing)
        case p.Arithmetic(_, left, right):
            return reveals(left, program, revealing) or reveals(right, program, revealing)
        case p.Negative(operand):
            return reveals(operand, program, revealing)
        case p.CallNode(plugin=None):
            return any(reveals(argument, program, revealing) for argument in node.arguments)
        case p.CallNode():
            told = node.type.kind != "number"
            return told and (_shows(node, program) or any(reveals(a, program, revealing) for a in node.arguments))
        case p.DefinitionRead(kind, name):
            return kind == "criterion" and name in revealing
        case p.Lookup(table, column, key):
            return program.tables[table].columns[column].pii or reveals(key, program, revealing)
        case p.Conditional():
            return any(reveals(value, program, revealing) for value in node.values)
        case p.Constant() | p.AsOf() | p.Count() | p.ConditionValue():
            return False


def _shows(node: p.CallNode, program: p.Program) -> bool:
    """Tell whether the view of a lead that a criterion asks for holds a `pii` field or property."""
    shown = zip(node.events, node.properties, strict=True)
    properties = (q for event, names in shown for q in program.events[event].properties if q.name in names)
    return any(program.fields[name].pii for name in node.fields) or any(q.pii for q in properties)
