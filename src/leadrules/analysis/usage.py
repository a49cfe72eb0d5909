"""Declarations that nothing uses, and values of closed lists that no rule mentions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import attrs

from leadrules import program as p
from leadrules.analysis.findings import Findings, roots_of
from leadrules.analysis.points import Outline
from leadrules.syntax import tree
from leadrules.syntax.report import listed

_DECLARES: dict[type, str] = {
    tree.Param: "param",
    tree.ListDeclaration: "list",
    tree.TableDeclaration: "table",
    tree.FieldDeclaration: "field",
    tree.EventDeclaration: "event",
    tree.EventGroup: "group of events",
    tree.Criterion: "criterion",
    tree.Use: "plugin",
}
_TOLD = (tree.Rule, tree.Outcome, tree.PersonaLine, tree.Require, tree.Segment, tree.Ignore)
ANY_EVENT = "any_event"


def check_usage(outline: Outline, findings: Findings) -> None:
    """Warn of what the main file declares and nothing uses (LR211).

    An included file is a library, and so is a file without a rule: what they declare is for others
    to use. A segment stands in results, as an output does, and a protected field is there to be reported on.
    """
    if not any(isinstance(node, _TOLD) or _is_output(node) for node in findings.statements):
        return
    used = _used(outline.program, findings)
    for node in findings.statements:
        if type(node) not in _DECLARES or node.span.file != findings.main or _is_output(node):
            continue
        name = _declared(node)
        if name.name in used or name.name == ANY_EVENT:
            continue
        if isinstance(node, tree.FieldDeclaration) and node.protected:
            continue
        kind = _DECLARES[type(node)]
        findings.warn("LR211", f"no rule uses the {kind} `{name.name}`", name, "use it, or leave the line out")


def _is_output(node: tree.Statement) -> bool:
    return isinstance(node, tree.Criterion) and node.output


def _declared(node: tree.Statement) -> tree.Name:
    """Give the name by which a declaration is used."""
    if isinstance(node, tree.Use):
        return node.alias or node.name
    name = node.name  # type: ignore[union-attr]
    assert isinstance(name, tree.Name)
    return name


def _used(program: p.Program, findings: Findings) -> set[str]:
    """Name all that is mentioned anywhere but in its own declaration and in what examples are given."""
    used: set[str] = set()
    for node in findings.statements:
        if isinstance(node, (tree.Given, tree.Use)):
            continue
        names = (part.name for part in node.find(tree.Name))
        if type(node) in _DECLARES:
            next(names, None)  # its own
        used.update(names)
    for call in program.find(p.CallNode):
        if call.plugin is not None:  # its criterion is shown these, and the rest reads with it
            used.update(call.fields, call.events)
    return used.union(program.scope.read)  # the types behind the groups that rules look at


# ------------------------------------------------------------------- choices


def check_choices(outline: Outline, findings: Findings) -> None:
    """Warn of values of a closed list that no rule mentions, where rules mention others of it (LR212)."""
    closed = {
        node.name.name: node
        for node in findings.all(tree.FieldDeclaration)
        if node.type.choices and node.span.file == findings.main
    }
    if not closed:
        return
    fold = outline.program.scope.letters.folded
    mentions = _Mentions(set(closed), fold)
    for root in _conditions(outline.program):
        mentions.read(root, rest=False)
    for name, node in closed.items():
        mentioned = mentions.values.get(name, set())
        left = [choice for choice in node.type.choices if fold(choice.value.strip()) not in mentioned]
        if mentioned and left and name not in mentions.rest:
            values = listed(choice.value for choice in left)
            message = f"no rule mentions {values} of `{name}`, and rules mention others"
            findings.warn("LR212", message, left[0], "score it, leave it out, or give the rest an `else`")


def _conditions(program: p.Program) -> Iterator[p.Condition | p.ValueNode]:
    """Give all conditions, those of rules with `else` as if the rest was told from them."""
    with_else = {
        id(a.condition)
        for rule in program.rules
        if rule.alternatives[-1].condition is None
        for a in rule.alternatives[:-1]
    }
    with_else |= {
        id(branch.condition) for node in program.find(p.Conditional) if node.otherwise for branch in node.branches
    }
    for root in roots_of(program):
        yield p.Not(root.condition) if id(root.condition) in with_else else root.condition
    for criterion in program.criteria:
        if not isinstance(criterion.body, p.ConditionValue):
            yield criterion.body
    for rule in program.rules:
        yield from (a.points for a in rule.alternatives)


@attrs.define
class _Mentions:
    """The values of closed fields that conditions mention; `rest` names fields of which all others are told apart."""

    names: set[str]
    fold: Callable[[str], str]
    values: dict[str, set[str]] = attrs.field(factory=dict)
    rest: set[str] = attrs.field(factory=set)

    def read(self, node: Any, *, rest: bool) -> None:
        """Read a condition; `rest` says that it counts where it is false, too."""
        if isinstance(node, p.Not):
            self.read(node.member, rest=True)
            return
        found = self._mentioned(node)
        for name, constants in found.items():
            self.values.setdefault(name, set()).update(constants)
            if rest or (isinstance(node, p.Compare) and node.op == "!="):
                self.rest.add(name)
        if isinstance(node, p.FieldRead) and node.field.name in self.names:
            self.rest.add(node.field.name)  # read in another way than by naming values
        if isinstance(node, p.CallNode):
            self.rest.update(node.fields)
        for part in node.children():
            if not (found and isinstance(part, p.FieldRead)):
                self.read(part, rest=rest)

    def _mentioned(self, node: Any) -> dict[str, set[str]]:
        match node:
            case p.Compare(_, p.FieldRead(field), p.Constant() as constant) if field.name in self.names:
                return {field.name: {self.fold(str(constant.value))}}
            case p.Compare(_, p.Constant() as constant, p.FieldRead(field)) if field.name in self.names:
                return {field.name: {self.fold(str(constant.value))}}
            case p.OneOf(p.FieldRead(field), choices) if field.name in self.names:
                return {field.name: {self.fold(str(choice.value)) for choice in choices}}
        return {}
