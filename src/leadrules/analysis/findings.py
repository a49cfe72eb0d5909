"""Where a finding points: from the program's nodes back to the statements of the tree."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

import attrs

from leadrules import program as p
from leadrules.errors import Span
from leadrules.families import MARKS
from leadrules.syntax import tree
from leadrules.syntax.report import Report
from leadrules.values import text_of_number

S = TypeVar("S", bound=tree.Node)
_NAMED = (tree.Dimension, tree.PointsGroup, tree.Persona, tree.Grade, tree.GradePair)


@attrs.define
class Findings:
    """The warnings found so far, and the statements of the files that they are about."""

    statements: Sequence[tree.Statement]
    texts: Mapping[str, str]
    report: Report
    _by_file: dict[str, tuple[list[int], list[tree.Statement]]] = attrs.field(factory=dict)
    _named: dict[tuple[type, str], tree.Statement] = attrs.field(factory=dict)

    @classmethod
    def about(cls, statements: Sequence[tree.Statement], texts: Mapping[str, str]) -> Findings:
        """Begin, with nothing found."""
        found = cls(statements, texts, Report(texts))
        for node in statements:
            if isinstance(node, tree.Boundary):
                continue
            starts, nodes = found._by_file.setdefault(node.span.file, ([], []))
            starts.append(node.span.start)
            nodes.append(node)
            if isinstance(node, _NAMED):
                found._named.setdefault((type(node), node.name.name), node)
        return found

    @property
    def main(self) -> str:
        """The name of the main file, which the first statement stands in."""
        return self.statements[0].span.file if self.statements else ""

    def warn(self, code: str, message: str, at: tree.Node | p.Node | Span, help: str | None = None) -> None:
        """Add a warning."""
        span = at if isinstance(at, Span) else at.span
        if span is not None:
            self.report.warn(code, message, span, help)

    def statement(self, node: p.Node, kind: type[S]) -> S | None:
        """Give the statement of a kind that a node of the program was written in."""
        if node.span is None or node.span.file not in self._by_file:
            return None
        starts, nodes = self._by_file[node.span.file]
        found = nodes[bisect_right(starts, node.span.start) - 1]
        return found if isinstance(found, kind) else None

    def rule(self, rule: p.Rule) -> tree.Rule | None:
        """Give the statement of a scoring rule."""
        first = rule.alternatives[0]
        return self.statement(first.condition or first.points, tree.Rule)

    def named(self, kind: type[S], name: str) -> S | None:
        """Give the dimension, group, persona or grade of a name."""
        found = self._named.get((kind, name))
        return found if isinstance(found, kind) else None

    def all(self, kind: type[S]) -> Iterator[S]:
        """Give all statements of a kind, in order."""
        return (node for node in self.statements if isinstance(node, kind))


# --------------------------------------------------------------------- walks

_PLAIN = frozenset({"span", "text", "line", "type", "field", "param", "order"})


_ATTRIBUTES: dict[type, tuple[str, ...] | None] = {}
"""The attributes of each kind of node that may hold other nodes; None for what is no node."""


def _attributes(kind: type) -> tuple[str, ...] | None:
    try:
        return _ATTRIBUTES[kind]
    except KeyError:
        names = (a.name for a in attrs.fields(kind) if a.name not in _PLAIN) if attrs.has(kind) else None
        return _ATTRIBUTES.setdefault(kind, None if names is None else tuple(names))


def parts(node: Any) -> list[Any]:
    """Give the nodes that a node of the program or of the tree is directly made of."""
    found: list[Any] = []
    for name in _attributes(type(node)) or ():
        value = getattr(node, name)
        if type(value) is tuple:
            found.extend([part for part in value if _attributes(type(part)) is not None])
        elif _attributes(type(value)) is not None:
            found.append(value)
    return found


def nodes_of(node: Any) -> Iterator[Any]:
    """Give a node and all that it is made of, outer before inner, left before right."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        yield found
        waiting.extend(parts(found)[::-1])


def rules_of(program: p.Program) -> Iterator[p.Rule]:
    """Give all scoring rules."""
    for dimension in program.dimensions:
        yield from rules_in(dimension)


def rules_in(dimension: p.Dimension) -> Iterator[p.Rule]:
    """Give the scoring rules of a dimension, those of its groups included."""
    for item in dimension.items:
        if isinstance(item, p.Rule):
            yield item
        elif isinstance(item, p.PointsGroup):
            yield from item.rules


def personas_of(program: p.Program) -> Iterator[p.Persona]:
    """Give all personas."""
    return (item for d in program.dimensions for item in d.items if isinstance(item, p.Persona))


@attrs.frozen
class Root:
    """A whole condition: who asks it, what never happens where it is never true, and how.

    `kind` is rule (a scoring rule with one condition), alternative, each (a rule that scores each
    event), when, line, label, hold, mark, require, criterion or segment. `needs` names who asks, for sentences.
    """

    kind: str
    condition: p.Condition
    needs: str
    never: str
    texts: tuple[str, ...] = ()


def roots_of(program: p.Program) -> Iterator[Root]:
    """Give every whole condition of a program."""
    for rule in rules_of(program):
        yield from _rule_roots(rule)
    for persona in personas_of(program):
        for line in persona.lines:
            yield Root("line", line.condition, f"`{persona.name}`", "this line never counts")
    for criterion in program.criteria:
        if isinstance(criterion.body, p.ConditionValue):
            yield Root(
                "criterion", criterion.body.condition, f"`{criterion.name}`", f"`{criterion.name}` is never true"
            )
    for segment in program.segments:
        yield Root("segment", segment.condition, f"`{segment.name}`", f"no lead is in `{segment.name}`")
    for requirement in program.requirements:
        reason = (requirement.reason,)
        yield Root("require", requirement.condition, "this requirement", "no lead meets this requirement", reason)
    for ladder in program.ladders:
        for label in ladder.rules:
            never, why = f"this rule never leads to `{label.label}`", label.because
            yield Root("label", label.condition, f"`{label.label}`", never, () if why is None else (why,))
        for hold in ladder.holds:
            yield Root("hold", hold.condition, f"`hold {hold.label}`", f"`{hold.label}` is never held")
    for mark in program.marks:
        texts = (mark.value,) if mark.because is None else (mark.value, mark.because)
        what = MARKS[mark.kind].noun
        yield Root("mark", mark.condition, f'the {what} "{mark.value}"', f"this {what} is never given", texts)


def _rule_roots(rule: p.Rule) -> Iterator[Root]:
    who = f"`{rule.id}`"
    texts = () if rule.because is None else (rule.because,)
    conditions = [a.condition for a in rule.alternatives if a.condition is not None]
    for condition in conditions:
        if len(rule.alternatives) > 1:
            yield Root("alternative", condition, who, "this alternative never counts", texts)
        else:
            yield Root("rule" if rule.selection is None else "each", condition, who, "this rule never applies", texts)
    if rule.when is not None:
        yield Root("when", rule.when, who, "this rule never applies", texts)


def shown(number: Any) -> str:
    """Write a number for a sentence."""
    return text_of_number(number)
