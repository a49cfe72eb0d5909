"""Yes-or-no fields that are often unknown, where the rules speak of no."""

from __future__ import annotations

from collections.abc import Iterator

from leadrules import program as p
from leadrules.analysis.findings import Findings, roots_of
from leadrules.analysis.points import Outline
from leadrules.syntax import tree
from leadrules.vocabulary import Field


def check_unknowns(outline: Outline, findings: Findings) -> None:
    """Warn of `not` and `else` on a bool field without a default (LR217), and of `require not` (LR219).

    Where the same condition or a requirement asks whether the field is known, its author has thought of it.
    """
    bodies = {c.name: c.body for c in outline.program.criteria}
    required = {name for requirement in outline.program.requirements for name in _asked(requirement.condition)}
    for root in roots_of(outline.program):
        asked = required.union(_asked(root.condition))
        for node, name in _doubtful(root.condition, bodies, negative=False):
            if name in asked:
                continue
            if root.kind == "require":
                message = f"where `{name}` is unknown this is not met: `not` of unknown is unknown"
                findings.warn("LR219", message, node, _help(name))
            else:
                message = f"where `{name}` is unknown, `not {node.text}` is not true but unknown"
                findings.warn("LR217", message, node, _help(name))
    _check_else(outline, bodies, required, findings)


def _help(name: str) -> str:
    return f"declare what no answer means: `field {name}: bool default false`; or ask `{name} is unknown` besides"


def _check_else(outline: Outline, bodies: dict[str, p.ValueNode], required: set[str], findings: Findings) -> None:
    for rule in outline.program.rules:
        if rule.alternatives[-1].condition is not None:
            continue
        asked = required.union(name for condition in rule.conditions for name in _asked(condition))
        found = [name for c in rule.conditions for _, name in _doubtful(c, bodies, negative=True) if name not in asked]
        written = findings.statement(rule, tree.Rule)
        if found and written is not None:
            message = f"`else` does not count where `{found[0]}` is unknown, only where all before it is false"
            findings.warn("LR217", message, written.alternatives[-1], _help(found[0]))


def _asked(condition: p.Condition) -> Iterator[str]:
    """Name the fields that a condition asks of whether they are known."""
    for part in condition.find(p.IsKnown):
        if isinstance(part.value, p.FieldRead):
            yield part.value.field.name


def _doubtful(
    node: p.Condition, bodies: dict[str, p.ValueNode], *, negative: bool
) -> Iterator[tuple[p.Condition, str]]:
    """Give the bare bool fields without a default that stand where no is asked for, with their names."""
    match node:
        case p.Not(member):
            yield from _doubtful(member, bodies, negative=not negative)
        case p.And(members) | p.Or(members) | p.AtLeast(_, members):
            for member in members:
                yield from _doubtful(member, bodies, negative=negative)
        case p.Truth(value) if negative:
            field = _field(value, bodies)
            if field is not None and field.default is None:
                yield node, field.name
        case _:
            pass


def _field(value: p.ValueNode, bodies: dict[str, p.ValueNode]) -> Field | None:
    """Give the bool field that a value is, through criteria that are nothing else."""
    for _ in range(100):
        match value:
            case p.FieldRead(field):
                return field
            case p.DefinitionRead("criterion", name) if name in bodies:
                value = bodies[name]
            case p.ConditionValue(p.Truth(inner)):
                value = inner
            case _:
                return None
    return None
