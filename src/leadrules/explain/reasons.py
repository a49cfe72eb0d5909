"""Why a condition is not true: the parts of it that are false or unknown, and what was found there.

A condition is taken apart at its `and`s, so that each part that is not true stands for itself; an
`or`, an `at least` and a criterion stay whole and have their own parts below them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs

from leadrules import program as p
from leadrules.document import Document
from leadrules.engine.reference.conditions import Reading, Truth, both, either
from leadrules.engine.reference.evidence import Evidence
from leadrules.engine.reference.scoring import in_season
from leadrules.families import COMPARISONS
from leadrules.frozen import frozen, thawed
from leadrules.terms import GapUnit
from leadrules.values import decimal_of

_MOST_LEVELS = 60
"""How deep parts have parts; what is nested deeper, or criteria that build on each other so deep, stay whole."""


@attrs.frozen
class Gap(Document):
    """How far a number is from where a test wants it: `score >= 80` with 55 lacks 25 points.

    `of` is what is counted, as it stands in the rule file, `amount` the least change that satisfies
    the test: whole events, or points at the file's precision. Where `over`, there is too much.
    """

    of: str
    amount: Decimal
    unit: GapUnit
    over: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Give the gap as plain data: of, amount, unit, over."""
        return attrs.asdict(self)


@attrs.frozen
class Unmet(Document):
    """A part of a condition that is not true.

    `text` is its canonical text, `truth` False, or None for unknown, `found` the values that it
    reads, by their texts, as in the audit. `members` are the parts of an `or`, an `at least` or a
    criterion that are not true.
    """

    text: str
    truth: Truth
    found: Mapping[str, Any] = attrs.field(converter=frozen, factory=dict)
    gap: Gap | None = None
    members: tuple[Unmet, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Give the part as plain data: text, truth, found, gap, members."""
        return {
            "text": self.text,
            "truth": self.truth,
            "found": thawed(self.found),
            "gap": None if self.gap is None else self.gap.to_dict(),
            "members": [member.to_dict() for member in self.members],
        }

    def leaves(self) -> Iterator[Unmet]:
        """Give the smallest parts: this one where it has no members, else theirs."""
        if not self.members:
            yield self
        for member in self.members:
            yield from member.leaves()


def truth_of_rule(reading: Reading, rule: p.Rule) -> Truth:
    """Tell whether a scoring rule fires; unknown where only unknown values keep it from firing."""
    chosen = truth_of_choice(reading, rule) if rule.selection is None else bool(events_of_rule(reading, rule))
    return both((chosen, True if rule.when is None else reading.truth(rule.when)))


def truth_of_choice(reading: Reading, rule: p.Rule) -> Truth:
    """Tell whether one of the alternatives of a rule that scores once counts, `when` aside."""
    truths = [reading.truth(a.condition) for a in rule.alternatives if a.condition is not None]
    has_else = rule.alternatives[-1].condition is None
    found = True if has_else and either(truths) is False else either(truths)
    return both((found, in_season(rule, reading, reading.as_of)))


def events_of_rule(reading: Reading, rule: p.Rule) -> list[int]:
    """Give the instants of the events that a per-event rule selects, its `from` and `until` included."""
    assert rule.selection is not None
    return [event.at for event in reading.select(rule.selection) if in_season(rule, reading, event.at)]


@attrs.frozen
class UnmetConditions:
    """Finds what keeps conditions about one lead from being true.

    What was found in a condition is remembered by the very node, whose text it is told by: definitions that build
    on each other ask for it again and again.
    """

    evidence: Evidence
    _told: dict[int, tuple[p.Condition, Mapping[str, Any], Gap | None]] = attrs.field(factory=dict, init=False)

    @property
    def reading(self) -> Reading:
        """The lead, read by the program."""
        return self.evidence.reading

    def of(self, *conditions: p.Condition | None) -> tuple[Unmet, ...]:
        """Give the parts that are not true of conditions that all must be; None asks for nothing."""
        opened: set[p.Node] = set()
        return tuple(unmet for c in conditions if c is not None for unmet in self._parts(c, opened, _MOST_LEVELS))

    def _parts(self, condition: p.Condition, opened: set[p.Node], levels: int) -> list[Unmet]:
        waiting, found = [condition], []
        while waiting:
            one = waiting.pop()
            truth = self.reading.truth(one)
            if truth is True:
                continue
            if isinstance(one, p.And):
                waiting += reversed(one.members)
                continue
            inside = self._inside(one, opened) if levels else ()
            members = [unmet for inner in inside for unmet in self._parts(inner, opened, levels - 1)]
            _, values, gap = self._looked_at(one)
            found.append(Unmet(one.text, truth, values, gap, tuple(members)))
        return found

    def _inside(self, condition: p.Condition, opened: set[p.Node]) -> tuple[p.Condition, ...]:
        """Give the conditions that one is made of. A criterion is opened once: each may read another twice."""
        if isinstance(condition, (p.Or, p.AtLeast)):
            return condition.members
        if not isinstance(condition, p.Truth) or not isinstance(condition.value, p.DefinitionRead):
            return ()
        behind = self.reading.program.behind(condition.value)
        if isinstance(behind, p.ConditionValue):
            behind = behind.condition
        if not isinstance(behind, p.Condition) or condition in opened:
            return ()
        opened.add(condition)
        return (behind,)

    def _looked_at(self, condition: p.Condition) -> tuple[p.Condition, Mapping[str, Any], Gap | None]:
        """Give a condition, which keeps its place in memory as long as it is remembered, and what was found there."""
        known = self._told.get(id(condition))
        if known is None:
            known = self._told[id(condition)] = condition, self._found(condition), self._gap(condition)
        return known

    def _found(self, condition: p.Condition) -> dict[str, Any]:
        if isinstance(condition, p.Happened) and condition.selection.relations:
            return self.looked_for(condition.selection)
        found = self.evidence.of_condition(condition) | self.evidence.of_params(condition)
        if isinstance(condition, p.Compare):
            for _, side, _other in _both_ways(condition):
                grade = self._grade(side)
                found |= {} if grade is None else self.evidence.of_value(grade.subject)
        return found

    def looked_for(self, selection: p.Selection) -> dict[str, Any]:
        """Count the events that a selection selects; of relations, what could be in them, where names tell it apart."""
        answers = [answer for relation in selection.relations for answer in relation.answers]
        parts = [attrs.evolve(selection, relations=()), *(p.Selection(a.name, a.types, a.filter) for a in answers)]
        names = [part.name for part in parts]
        return self.evidence.of_selections(*(parts if len({*names}) == len(names) else [selection]))

    # ------------------------------------------------------------------ gaps

    def _gap(self, condition: p.Condition) -> Gap | None:
        if isinstance(condition, p.Between):
            ends = ((">=", condition.value, condition.low), ("<=", condition.value, condition.high))
            return _first(self._to_value(op, value, bound) for op, value, bound in ends)
        if isinstance(condition, p.Compare):
            ways = tuple(_both_ways(condition))
            return _first(self._to_value(*way) for way in ways) or _first(self._to_label(*way) for way in ways)
        return None

    def _to_value(self, op: str, node: p.ValueNode, bound: p.ValueNode) -> Gap | None:
        found = self.reading.value(bound)
        return self._distance(op, node, found) if type(found) is Fraction else None

    def _to_label(self, op: str, node: p.ValueNode, label: p.ValueNode) -> Gap | None:
        """Give what a grade's number lacks of a better label."""
        grade = self._grade(node)
        if grade is None or not isinstance(label, p.Constant) or op not in {">=", ">", "="}:
            return None
        labels = [band.label for band in grade.bands]
        index = labels.index(str(label.value)) - (op == ">")
        threshold = grade.bands[index].threshold if index >= 0 else None
        return None if threshold is None else self._distance(">=", grade.subject, threshold)

    def _grade(self, node: p.ValueNode) -> p.Grade | None:
        if not isinstance(node, p.DefinitionRead):
            return None
        found = self.reading.program.definitions.get((node.kind, node.name))
        return found if isinstance(found, p.Grade) else None

    def _distance(self, op: str, node: p.ValueNode, bound: Fraction) -> Gap | None:
        unit = self._unit(node)
        value = self.reading.value(node)
        if unit is None or type(value) is not Fraction or op == "!=":
            return None
        over = op in {"<", "<="} or (op == "=" and value > bound)
        distance = value - bound if over else bound - value
        strict = op in {"<", ">"}
        if distance < 0 or (distance == 0 and not strict):
            return None
        step = Fraction(1) if unit == "events" else Fraction(1, 10**self.reading.program.precision)
        steps = math.floor(distance / step) + 1 if strict else math.ceil(distance / step)
        return Gap(node.text, decimal_of(steps * step), unit, over)

    def _unit(self, node: p.ValueNode) -> GapUnit | None:
        """Tell what a number counts, where that is points or events."""
        if isinstance(node, p.Count):
            return "events"
        if not isinstance(node, p.DefinitionRead):
            return None
        body: object = node
        while isinstance(body, p.DefinitionRead):
            node, body = body, self.reading.program.behind(body)
        if isinstance(body, p.ValueNode):
            return "events" if isinstance(body, p.Count) else None
        return "points" if node.kind in {"score", "dimension", "group"} else None


def _both_ways(node: p.Compare) -> Iterator[tuple[str, p.ValueNode, p.ValueNode]]:
    yield node.op, node.left, node.right
    yield COMPARISONS[node.op].turned, node.right, node.left


def _first(gaps: Iterator[Gap | None]) -> Gap | None:
    return next((gap for gap in gaps if gap is not None), None)
