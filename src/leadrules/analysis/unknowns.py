"""What is often unknown, where the rules speak of no, or of days since it."""

from __future__ import annotations

from collections.abc import Iterator

from leadrules import program as p
from leadrules.analysis.findings import Findings, Root, alternatives_of, fields_behind, roots_of
from leadrules.analysis.meaning import Meaning
from leadrules.analysis.points import Outline
from leadrules.analysis.sets import both, either
from leadrules.vocabulary import Field


def check_unknowns(outline: Outline, findings: Findings) -> None:
    """Warn of `not` and `else` on a bool field without a default (LR217), and of negative tests in `require` (LR219).

    Where the same condition or a requirement asks whether the field is known, its author has thought of it.
    """
    bodies = {c.name: c.body for c in outline.program.criteria}
    required = {name for requirement in outline.program.requirements for name in _asked(requirement.condition)}
    for root in roots_of(outline.program):
        asked = required.union(_asked(root.condition))
        if root.kind == "require":
            _check_requirement(outline.meaning, root, asked, findings)
            continue
        for node, name in _doubtful(root.condition, bodies, negative=False):
            if name in asked:
                continue
            message = f"where `{name}` is unknown, `not {node.text}` is not true but unknown"
            findings.warn("LR217", message, node, _help(name))
    _check_else(outline, bodies, required, findings)


def _check_requirement(meaning: Meaning, root: Root, asked: set[str], findings: Findings) -> None:
    """Warn of each field whose being unknown makes a negative test of a requirement unknown, and so fails it."""
    for test in _denied(root.condition, meaning.program):
        cases = meaning.cases(test)
        answered = either([cases.true, cases.false])
        for field in dict.fromkeys(fields_behind(test, meaning.program)):
            unknown = meaning.presence(p.FieldRead(field))[1]
            if field.name in asked or not unknown or both([unknown, answered]):
                continue
            word = "!=" if isinstance(test, p.Compare) and test.op == "!=" else "not"
            message = f"where `{field.name}` is unknown this is not met: `{word}` of unknown is unknown"
            if field.type.kind == "bool":
                help_ = _help(field.name)
            else:
                name = field.name
                help_ = f"if such a lead is to pass, write `{name} is unknown or …`; if not, `{name} is known and …`"
            findings.warn("LR219", message, test if _inside(test, root.condition) else root.condition, help_)


def _inside(part: p.Condition, whole: p.Condition) -> bool:
    """Tell whether a part is written inside a condition, and not in a criterion that it asks."""
    if part.span is None or whole.span is None:
        return False
    return part.span.file == whole.span.file and whole.span.start <= part.span.start < whole.span.end


def _denied(condition: p.Condition, program: p.Program) -> Iterator[p.Condition]:
    """Give the tests that a condition wants to fail, through criteria and segments too."""
    waiting: list[tuple[p.Condition | p.ValueNode, bool]] = [(condition, False)]
    seen: set[tuple[p.Node, bool]] = set()
    while waiting:
        node, negative = waiting.pop()
        match node:
            case p.Not(member):
                waiting.append((member, not negative))
            case p.And(members) | p.Or(members) | p.AtLeast(_, members):
                waiting += [(member, negative) for member in reversed(members)]
            case p.ConditionValue(inner) | p.Truth(p.ConditionValue(inner)):
                waiting.append((inner, negative))
            case p.Truth(p.DefinitionRead() as read) if (behind := program.behind(read)) is not None:
                if (read, negative) not in seen:
                    seen.add((read, negative))
                    waiting.append((behind, negative))
            case p.Compare("!="):
                if not negative:
                    yield node
            case p.IsKnown() | p.Was() | p.Happened():
                pass
            case p.FieldRead() | p.CallNode():
                if negative:
                    yield p.Truth(node, span=node.span)
            case _:
                if negative:
                    yield node  # type: ignore[misc]


def _help(name: str) -> str:
    return f"declare what no answer means: `field {name}: bool default false`; or ask `{name} is unknown` besides"


def _check_else(outline: Outline, bodies: dict[str, p.ValueNode], required: set[str], findings: Findings) -> None:
    for several in alternatives_of(outline.program, findings):
        if not several.has_else or several.otherwise is None:
            continue
        conditions = several.conditions
        asked = required.union(name for condition in conditions for name in _asked(condition))
        found = [name for c in conditions for _, name in _doubtful(c, bodies, negative=True) if name not in asked]
        if found:
            message = f"`else` does not count where `{found[0]}` is unknown, only where all before it is false"
            findings.warn("LR217", message, several.otherwise, _help(found[0]))


def _asked(condition: p.Condition) -> Iterator[str]:
    """Name the fields that a condition asks of whether they are known."""
    for part in condition.find(p.IsKnown):
        if isinstance(part.value, p.FieldRead):
            yield part.value.field.name


def _doubtful(
    node: p.Condition, bodies: dict[str, p.ValueNode], *, negative: bool
) -> Iterator[tuple[p.Condition, str]]:
    """Give the bare bool fields without a default that stand where no is asked for, with their names."""
    waiting = [(node, negative)]
    while waiting:
        node, negative = waiting.pop()
        match node:
            case p.Not(member):
                waiting.append((member, not negative))
            case p.And(members) | p.Or(members) | p.AtLeast(_, members):
                waiting += ((member, negative) for member in reversed(members))
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
