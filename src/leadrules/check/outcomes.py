"""Turns totals, grades, ladders, outcomes, requirements and ignores of the tree into those of the program."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

import attrs

from leadrules import program as p
from leadrules.check.declarations import each_once
from leadrules.check.expressions import Expressions
from leadrules.check.names import FIRST_STAGE, IMPLICIT_LADDER, Names
from leadrules.check.resolver import ANYWHERE, told
from leadrules.check.rules import Scoring
from leadrules.nodes import Node
from leadrules.syntax import tree
from leadrules.syntax.formatter import text_of
from leadrules.syntax.report import Refused, Report
from leadrules.values import plain_name


def label_text(node: tree.Name | tree.Text) -> str:
    """Give a label as it is compared and shown."""
    return node.name if isinstance(node, tree.Name) else node.value


# -------------------------------------------------------------------- labels


def declare_labels(statements: Sequence[tree.Statement], names: Names) -> None:
    """Collect the labels of all grades and ladders, before anything looks one up."""
    report = names.report
    for node in statements:
        if isinstance(node, tree.Grade):
            names.grades[node.name.name] = _distinct(report, [band.label for band in node.bands])
        elif isinstance(node, tree.Stages):
            _ladder_labels(names, node)
    for node in statements:
        if isinstance(node, tree.GradeCell):
            names.cells[node.name.name] = tuple(grade.name for grade in node.grades)
    if not any(isinstance(node, tree.Stages) for node in statements):
        _implicit_ladder(names, [n for n in statements if isinstance(n, tree.Outcome) and n.kind == "label"])


def _distinct(report: Report, labels: Sequence[tree.Name | tree.Text]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for label in labels:
        if label_text(label) in found:
            report.add("LR306", f"the label `{label_text(label)}` stands twice", label)
        if not label_text(label).strip():
            report.add("LR405", "a label is not empty", label)
        found[label_text(label)] = None
    return tuple(found)


def _ladder_labels(names: Names, node: tree.Stages) -> None:
    ladder = node.name.name if node.name else IMPLICIT_LADDER
    if ladder in names.ladders:
        return
    labels = _distinct(names.report, (*node.labels, *node.exits))
    exits = {label_text(exit_) for exit_ in node.exits}
    for label in (*node.labels, *node.exits):
        other = names.labels.get(label_text(label))
        if other is not None and other != ladder:
            names.report.add(
                "LR306",
                f"the label `{label_text(label)}` is already one of `{other}`",
                label,
                "labels are told apart over all ladders; choose another word",
            )
        names.labels.setdefault(label_text(label), ladder)
    names.ladders[ladder] = tuple(label for label in labels if label not in exits)
    names.exits[ladder] = tuple(label for label in labels if label in exits)
    names.held_in[ladder] = tuple(plain_name(column) for column in each_once(names.report, node.columns))


def _implicit_ladder(names: Names, outcomes: Sequence[tree.Outcome]) -> None:
    if not outcomes:
        return
    labels = tuple(dict.fromkeys((FIRST_STAGE, *(label_text(node.target) for node in outcomes))))
    names.ladders[IMPLICIT_LADDER] = labels
    names.exits[IMPLICIT_LADDER] = ()
    names.labels |= dict.fromkeys(labels, IMPLICIT_LADDER)
    if len(labels) > 2:
        names.report.warn(
            "LR203",
            f"the order of {len(labels)} stages is taken from where they first appear",
            outcomes[0].target,
            f"fix it: `stages {' < '.join(_written(label) for label in labels)}`",
        )


def _written(label: str) -> str:
    return label if label.isidentifier() else f'"{label}"'


# --------------------------------------------------------------------- total


def total_of(node: tree.Total, scoring: Scoring) -> p.Total:
    """Read `total = …` as a sum of terms."""
    terms = tuple(_terms(node.formula, Fraction(1), scoring))
    return p.Total(terms, scoring.bounds(node.modifiers, node), span=node.span)


def _terms(node: tree.Condition, sign: Fraction, scoring: Scoring) -> list[p.Term]:
    """Take a sum apart from its right end, since it is a chain of operators to the left."""
    found: list[p.Term] = []
    while isinstance(node, tree.Arithmetic) and node.op in "+-":
        found.append(_term(node.right, -sign if node.op == "-" else sign, scoring))
        node = node.left
    found.append(_term(node, sign, scoring))
    return found[::-1]


def _term(node: tree.Condition, sign: Fraction, scoring: Scoring) -> p.Term:
    expressions, report = scoring.expressions, scoring.report
    if isinstance(node, tree.Minus):
        return _term(node.operand, -sign, scoring)
    left: tree.Condition | None = node
    right: tree.Condition | None = None
    if isinstance(node, tree.Arithmetic) and node.op in "*/":
        left, right = node.left, node.right
    factor, dimension = sign, None
    for part in (left, right):
        if part is None:
            continue
        if isinstance(part, tree.Name) and expressions.names.kind(part.name) == "dimension" and dimension is None:
            dimension = part.name
            expressions.used.add(part.name)
            if part is right and isinstance(node, tree.Arithmetic) and node.op == "/":
                report.refuse("LR514", "a dimension is divided by a number, not the other way round", node)
        elif isinstance(part, tree.Number) or (
            isinstance(part, tree.Name) and expressions.names.kind(part.name) in {"param", None}
        ):
            number = expressions.literal_number(part, "a number")
            if part is right and isinstance(node, tree.Arithmetic) and node.op == "/":
                if number == 0:
                    report.refuse("LR514", "division by zero", part)
                number = 1 / number
            factor *= number
        else:
            report.refuse(
                "LR514",
                f"`{text_of(part)}` cannot stand in a total",
                part,
                "a total is a sum of dimensions and numbers, such as `0.4 * fit + 0.6 * engagement`",
            )
    if dimension is None and right is not None:
        report.refuse("LR514", f"`{text_of(node)}` is no term of a total", node, "write its value, or name a dimension")
    return p.Term(factor, dimension, **told(node))


# -------------------------------------------------------------------- grades


def grade_of(node: tree.Grade, expressions: Expressions) -> p.Grade:
    """Read a grade by thresholds, which must descend."""
    report = expressions.report
    subject = expressions.value(node.subject)
    if subject.type.kind != "number":
        report.refuse(
            "LR401", f"a grade is made of a number, and `{subject.text}` is a {subject.type.kind}", node.subject
        )
    bands = []
    for index, band in enumerate(node.bands):
        last = index == len(node.bands) - 1
        if last and band.threshold is not None:
            report.refuse(
                "LR515",
                "the last label is for the rest, so it has no threshold",
                band,
                f"add a label for the rest: `, {_next(band)}`",
            )
        if not last and band.threshold is None:
            report.refuse(
                "LR515", f"`{label_text(band.label)}` needs a threshold", band, "only the last label has none"
            )
        threshold = None if band.threshold is None else expressions.literal_number(band.threshold, "a threshold")
        bands.append(p.Band(label_text(band.label), threshold))
    for (upper, lower), written in zip(pairwise(bands), node.bands[1:], strict=True):
        if upper.threshold is not None and lower.threshold is not None and lower.threshold >= upper.threshold:
            report.refuse(
                "LR515",
                f"thresholds descend, and `{lower.label}` does not lie below `{upper.label}`",
                written,
                "order the labels from the highest threshold to the lowest",
            )
    return p.Grade(node.name.name, subject, tuple(bands), span=node.span)


def _next(band: tree.Band) -> str:
    label = label_text(band.label)
    return chr(ord(label) + 1) if len(label) == 1 and label in "ABCDEFGHIJ" else "rest"


def cell_of(node: tree.GradeCell, expressions: Expressions) -> p.GradeCell:
    """Read grades whose labels are written together."""
    for grade in node.grades:
        expressions.used.add(grade.name)
        kind = expressions.names.kind(grade.name)
        if kind is None:
            expressions.unknown(grade, declaration="grade {name} = score: A >= 50, B")
        what = "grade of grades itself" if grade.name in expressions.names.cells else kind
        if grade.name not in expressions.names.grades:
            expressions.report.refuse(
                "LR402", f"labels of grades are written together, and `{grade.name}` is a {what}", grade
            )
    return p.GradeCell(node.name.name, tuple(grade.name for grade in node.grades), span=node.span)


# ------------------------------------------------------------------- ladders


@attrs.define
class Ladders:
    """Collects the rules and holds of each ladder, and what gives tags and recommendations."""

    expressions: Expressions
    rule_names: frozenset[str]
    rules: dict[str, list[p.LabelRule]] = attrs.field(factory=dict)
    holds: dict[str, list[p.Hold]] = attrs.field(factory=dict)
    marks: list[p.Mark] = attrs.field(factory=list)
    _ids: dict[str, int] = attrs.field(factory=dict)

    def outcome(self, node: tree.Outcome) -> None:
        """Take a rule with an arrow."""
        report = self.expressions.report
        because = node.because.value if node.because else None
        name = node.name.name if node.name else None
        ladder = self.expressions.ladder_label(node.target)[0] if node.kind == "label" else None
        condition = self.expressions.condition(node.condition)
        identity = name or self._id(text_of(node.condition))
        if ladder is not None:
            rule = p.LabelRule(identity, name, label_text(node.target), condition, because, span=node.span)
            self.rules.setdefault(ladder, []).append(rule)
            return
        assert isinstance(node.target, tree.Text)
        if not node.target.value.strip():
            report.refuse("LR405", "a tag or recommendation is not empty", node.target)
        mark = p.Mark(identity, node.kind, node.target.value, condition, because, span=node.span)  # type: ignore[arg-type]
        self.marks.append(mark)

    def _id(self, text: str) -> str:
        while True:
            count = self._ids[text] = self._ids.get(text, 0) + 1
            found = text if count == 1 else f"{text}~{count}"
            if found not in self.rule_names:
                return found

    def hold(self, node: tree.Hold) -> None:
        """Take a `hold LABEL while c`."""
        try:
            ladder, label = self.expressions.ladder_label(node.label)
        except Refused:
            self.expressions.condition(node.condition)  # its mistakes are reported too
            raise
        condition = self.expressions.condition(node.condition)
        if label in self.expressions.names.exits[ladder]:
            self.expressions.report.refuse(
                "LR516", f"`{label}` is an exit, and only the steps of a ladder are held", node.label
            )
        self.holds.setdefault(ladder, []).append(p.Hold(label, condition, span=node.span))

    def built(self, statements: Sequence[tree.Statement]) -> tuple[p.Ladder, ...]:
        """Give the ladders in order of declaration."""
        names = self.expressions.names
        written = {
            node.name.name if node.name else IMPLICIT_LADDER: node
            for node in reversed(statements)
            if isinstance(node, tree.Stages)
        }
        return tuple(
            p.Ladder(
                name,
                labels,
                names.exits[name],
                written[name].forward_only if name in written else False,
                tuple(self.rules.get(name, ())),
                tuple(self.holds.get(name, ())),
                span=written[name].span if name in written else None,
            )
            for name, labels in names.ladders.items()
        )


def requirement_of(node: tree.Require, expressions: Expressions) -> p.Requirement:
    """Read a `require`; without a reason its condition's text stands for one."""
    condition = expressions.condition(node.condition)
    reason = node.because.value if node.because else text_of(node.condition)
    label = None if node.label is None else _needing(node.label, expressions)
    return p.Requirement(condition, reason, node.before_scoring, label, span=node.span)


def _needing(node: tree.Name | tree.Text, expressions: Expressions) -> str:
    """Give the label that a `require … for LABEL` names: a step of a ladder that a lead need not have."""
    ladder, label = expressions.ladder_label(node)
    names, report = expressions.names, expressions.report
    if label in names.exits[ladder]:
        report.refuse(
            "LR516",
            f"`{label}` is an exit, and a requirement keeps no lead from an exit",
            node,
            "ask for more in the rules that lead to it",
        )
    if label == names.ladders[ladder][0]:
        report.refuse(
            "LR516",
            f"`{label}` is the first step, which every lead has",
            node,
            "name the lowest step that needs it, or leave out `for` where every step but the first does",
        )
    return label


def ignore_of(node: tree.Ignore, expressions: Expressions) -> p.Ignore:
    """Read an `ignore`; without a reason the text of its selection stands for one. It sees all events."""
    selection = expressions.selection(node.selection, ANYWHERE)
    reason = node.because.value if node.because else text_of(node.selection)

    def seeing(part: Node) -> Node:
        return attrs.evolve(part, sees_all=True) if isinstance(part, (p.Selection, p.SinceEvent, p.Answer)) else part

    return p.Ignore(selection.replace(seeing), reason, span=node.span)
