"""Where a finding points: from the program's nodes back to the statements of the tree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

import attrs

from leadrules import program as p
from leadrules.errors import Span
from leadrules.families import MARKS
from leadrules.nodes import Node
from leadrules.syntax import tree
from leadrules.syntax.report import Report
from leadrules.vocabulary import Field

S = TypeVar("S", bound=tree.Node)


@attrs.define
class Findings:
    """The warnings found so far, and the statements of the files that they are about."""

    statements: Sequence[tree.Statement]
    report: Report
    _by_span: dict[Span, tree.Statement] = attrs.field(factory=dict)

    @classmethod
    def about(cls, statements: Sequence[tree.Statement], texts: Mapping[str, str]) -> Findings:
        """Begin, with nothing found."""
        by_span: dict[Span, tree.Statement] = {
            node.span: node for node in statements if not isinstance(node, tree.Boundary)
        }
        return cls(statements, Report(texts), by_span)

    @property
    def main(self) -> str:
        """The name of the main file, which the first statement stands in."""
        return self.statements[0].span.file if self.statements else ""

    def warn(self, code: str, message: str, at: tree.Node | p.Node | Span, help: str | None = None) -> None:
        """Add a warning."""
        span = at if isinstance(at, Span) else at.span
        if span is not None:
            self.report.warn(code, message, span, help)

    def statement(self, part: p.Node, kind: type[S]) -> S | None:
        """Give the statement of a kind that a part of the program was written as."""
        found = None if part.span is None else self._by_span.get(part.span)
        return found if isinstance(found, kind) else None

    def all(self, kind: type[S]) -> Iterator[S]:
        """Give all statements of a kind, in order."""
        return (node for node in self.statements if isinstance(node, kind))


# --------------------------------------------------------------- conditions


@attrs.frozen
class Root:
    """A whole condition: what part of the program asks it, and what never happens where it is never true.

    `kind` is rule (a scoring rule with one condition), alternative, each (a rule that scores each
    event), branch (of a value with conditions), when, line, label, hold, mark, require, criterion or segment.
    `needs` names who asks, for sentences.
    """

    kind: str
    part: p.Node
    condition: p.Condition
    needs: str
    never: str
    texts: tuple[str, ...] = ()


def roots_of(program: p.Program) -> Iterator[Root]:
    """Give every whole condition of a program."""
    for rule in program.rules:
        yield from _rule_roots(rule)
    for persona in program.personas:
        for line in persona.lines:
            yield Root("line", line, line.condition, f"`{persona.name}`", "this line never counts")
    for criterion in program.criteria:
        if isinstance(criterion.body, p.ConditionValue):
            name = f"`{criterion.name}`"
            yield Root("criterion", criterion, criterion.body.condition, name, f"{name} is never true")
    for segment in program.segments:
        yield Root("segment", segment, segment.condition, f"`{segment.name}`", f"no lead is in `{segment.name}`")
    for requirement in program.requirements:
        who, never = "this requirement", "no lead meets this requirement"
        yield Root("require", requirement, requirement.condition, who, never, (requirement.reason,))
    for ladder in program.ladders:
        for label in ladder.rules:
            never, why = f"this rule never leads to `{label.label}`", label.because
            yield Root("label", label, label.condition, f"`{label.label}`", never, () if why is None else (why,))
        for hold in ladder.holds:
            yield Root("hold", hold, hold.condition, f"`hold {hold.label}`", f"`{hold.label}` is never held")
    for mark in program.marks:
        texts = (mark.value,) if mark.because is None else (mark.value, mark.because)
        what = MARKS[mark.kind].noun
        yield Root("mark", mark, mark.condition, f'the {what} "{mark.value}"', f"this {what} is never given", texts)
    for branch in program.find(p.Branch):
        value = f"`{branch.value.text}`"
        yield Root("branch", branch, branch.condition, value, "this value never counts")


@attrs.frozen
class Alternatives:
    """Two conditions or more of which the first true one counts, `else` among them, and where `else` stands."""

    members: tuple[p.Alternative, ...]
    otherwise: Span | None

    @property
    def conditions(self) -> tuple[p.Condition, ...]:
        """The conditions in order, `else` left out."""
        return tuple(one.condition for one in self.members if one.condition is not None)

    @property
    def has_else(self) -> bool:
        """Tell whether what is left has an alternative."""
        return self.members[-1].condition is None


def alternatives_of(program: p.Program, findings: Findings) -> Iterator[Alternatives]:
    """Give the alternatives of rules, and those of values with conditions."""
    for rule in program.rules:
        if len(rule.alternatives) > 1:
            written = findings.statement(rule, tree.Rule)
            yield Alternatives(rule.alternatives, None if written is None else written.alternatives[-1].span)
    for node in program.find(p.Conditional):
        members = [p.Alternative(branch.condition, branch.value) for branch in node.branches]
        if node.otherwise is not None:
            members.append(p.Alternative(None, node.otherwise))
        if len(members) > 1:
            yield Alternatives(tuple(members), None if node.otherwise is None else node.otherwise.span)


def _rule_roots(rule: p.Rule) -> Iterator[Root]:
    who = f"`{rule.id}`"
    texts = () if rule.because is None else (rule.because,)
    kind, never = "rule" if rule.selection is None else "each", "this rule never applies"
    if len(rule.alternatives) > 1:
        kind, never = "alternative", "this alternative never counts"
    for condition in rule.conditions:
        yield Root(kind, rule, condition, who, never, texts)
    if rule.when is not None:
        yield Root("when", rule, rule.when, who, "this rule never applies", texts)


def fields_behind(condition: p.Condition | p.ValueNode, program: p.Program) -> Iterator[Field]:
    """Give the fields whose values a condition reads, through criteria and segments too.

    What only asks whether something is known is passed over.
    """
    asked: set[int] = set()
    for part in parts_behind(condition, program):
        if isinstance(part, p.IsKnown):
            asked.add(id(part.value))
        elif isinstance(part, p.FieldRead) and id(part) not in asked:
            yield part.field


def parts_behind(condition: p.Condition | p.ValueNode, program: p.Program) -> Iterator[Node]:
    """Give the parts of a condition, each after what it stands in, through criteria and segments too.

    What is only asked whether it is known is given, and not what stands behind it.
    """
    waiting: list[Node] = [condition]
    seen: set[p.DefinitionRead] = set()
    while waiting:
        asked: set[int] = set()
        for part in waiting.pop().walk():
            yield part
            if isinstance(part, p.IsKnown):
                asked.add(id(part.value))
            elif isinstance(part, p.DefinitionRead) and id(part) not in asked and part not in seen:
                seen.add(part)
                if (behind := program.behind(part)) is not None:
                    waiting.append(behind)
