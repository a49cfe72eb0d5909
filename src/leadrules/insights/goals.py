"""What examples of a rule file should show, and how to tell that one does.

What counts, and nothing else:

- each rule fires: it gives points, or its tag, recommendation or label holds;
- each alternative of a rule counts once, `else` included, and so does each value of one with conditions;
- each condition is true and false, and each test within it (`employees >= 50`) true, false and
  unknown. A test that only reads a criterion or segment counts where that is declared; an outcome
  that cannot be is left out;
- each filter of events passes an event, and turns one away;
- each label of a grade is given, each label of a ladder reached, if a rule or `hold` leads there;
- each `max` and `min` that can take effect does so.

Rules that did not run, since a `require … before scoring` was not met, cover nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any, Literal

import attrs

from leadrules import program as p
from leadrules.analysis.caps import CapName
from leadrules.analysis.prover import Prover
from leadrules.engine.reference.conditions import Truth
from leadrules.engine.reference.evidence import is_of_event
from leadrules.engine.reference.interpreter import Evaluation, term_value
from leadrules.engine.reference.scoring import score_rule
from leadrules.explain.modifiers import every_text, per_text, points_per_text, points_text, times_text
from leadrules.insights.advice import WORDS, advice

GoalKind = Literal["rule", "alternative", "outcome", "event", "limit", "label"]
KINDS: tuple[GoalKind, ...] = ("rule", "alternative", "outcome", "event", "limit", "label")


@attrs.frozen
class Goal:
    """One thing that examples should show.

    `text` is the rule, condition, limit or grade concerned, as the file has it, and `line` its
    line; `file` is the file where that is not the main one. `wanted` says what should happen:
    `fires`, `counts`, `is true`, `is unknown`. `advice` says what to add.
    """

    kind: GoalKind
    line: int
    text: str
    wanted: str
    advice: str
    file: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Give the goal as plain data: kind, file, line, text, wanted, advice."""
        names = ("kind", "file", "line", "text", "wanted", "advice")
        return {name: getattr(self, name) for name in names}


def goals_of(program: p.Program) -> tuple[Check, ...]:
    """List the goals of a program in order of its lines, each once, with a way to tell that a run meets it."""
    found = dict.fromkeys(_Goals(program).all())
    return tuple(sorted(found, key=lambda check: program.position(check.node)))


_Meets = Callable[[Evaluation], bool]


@attrs.frozen
class Check:
    """A goal, the part of the program that it is told of, and how to tell that a run meets it.

    Two are one when they look at the same thing.
    """

    goal: Goal = attrs.field(eq=False)
    node: p.Node = attrs.field(eq=False)
    met: _Meets = attrs.field(eq=False)
    about: object


class _Goals:
    """Lists the goals of one program, some of them more than once."""

    def __init__(self, program: p.Program) -> None:
        self.program = program
        self.prover = Prover.of(program)

    def _check(
        self, kind: GoalKind, node: p.Node, told: tuple[str, str, str], met: _Meets, about: tuple[object, ...]
    ) -> Check:
        """Make a check of a goal that is told of a node in three texts: what it is, what is wanted, what to add."""
        return Check(Goal(kind, node.line, *told, self.program.file_of(node)), node, met, (kind, *about))

    def all(self) -> Iterator[Check]:
        for dimension in self.program.dimensions:
            yield from self._items(dimension.items)
            yield from self._bounds("dimension", dimension.name, dimension)
        if self.program.total.terms is not None:
            yield from self._bounds("total", "total", self.program.total)
        for grade in self.program.grades:
            if isinstance(grade, p.Grade):
                yield from self._bands(grade)
        for ladder in self.program.ladders:
            yield from self._ladder(ladder)
        for mark in self.program.marks:
            yield from self._outcome_rule(mark, scored=True)
        yield from self._definitions()

    def _definitions(self) -> Iterator[Check]:
        for criterion in self.program.criteria:
            body = criterion.body
            if body.type.kind == "bool":
                yield from self._condition(condition_of(body))
            else:
                yield from self._filters(body)
        for conditional in self.program.find(p.Conditional, closed=(p.Selection, p.SinceEvent)):
            if not is_of_event(conditional):
                yield from self._branches(conditional)
        for segment in self.program.segments:
            yield from self._condition(segment.condition)
        for requirement in self.program.requirements:
            yield from self._condition(requirement.condition)

    def _items(self, items: Sequence[p.Rule | p.PointsGroup | p.Persona]) -> Iterator[Check]:
        for item in items:
            if isinstance(item, p.Rule):
                yield from self._rule(item)
            elif isinstance(item, p.Persona):
                for line in item.lines:
                    yield from self._condition(line.condition, scored=True)
            else:
                yield from self._items(item.rules)
                yield from self._bounds("group", item.name, item)

    def _rule(self, rule: p.Rule) -> Iterator[Check]:
        first = rule.alternatives[0].condition
        assert first is not None
        fires = advice(first, True, self.program) if rule.when is None else "add an example in which it fires"
        told = _called(rule.name, rule.text), "fires", fires
        counts = self.prover.counts(rule)
        if any(counts):
            yield self._check("rule", rule, told, lambda e: e.rules.get(rule.id) is not None, (rule.id,))
        for index, alternative in enumerate(rule.alternatives):
            if len(rule.alternatives) > 1 and counts[index]:
                yield self._alternative(rule, index, alternative)
            if alternative.condition is not None:
                yield from self._condition(alternative.condition, scored=True)
            yield from self._filters(alternative.points)
        if rule.when is not None:
            yield from self._condition(rule.when, scored=True)
        yield from self._caps(rule)

    def _alternative(self, rule: p.Rule, index: int, alternative: p.Alternative) -> Check:
        def counts(evaluation: Evaluation) -> bool:
            score = evaluation.rules.get(rule.id)
            return score is not None and score.alternative == index

        text = "else" if alternative.condition is None else alternative.condition.text
        condition = alternative.condition
        needed = _ALL_FALSE if condition is None else advice(condition, True, self.program)
        return self._check(
            "alternative", alternative.condition or rule, (text, "counts", needed), counts, (rule.id, index)
        )

    def _branches(self, node: p.Conditional) -> Iterator[Check]:
        """Each value of a conditional counts once, and each of its conditions answers as it can."""
        for index, may_count in enumerate(self.prover.chooses(node)):
            condition = node.conditions[index] if index < len(node.branches) else None
            if may_count:
                needed = _ALL_FALSE if condition is None else advice(condition, True, self.program)
                value = node.values[index].text
                text = f"else {value}" if condition is None else f"{value} if {condition.text}"
                told = text, "counts", needed
                about = ("conditional", node, index)
                yield self._check("alternative", condition or node, told, _chooses(node, index), about)
            if condition is not None:
                yield from self._condition(condition)

    # ---------------------------------------------------------------- limits

    def _caps(self, rule: p.Rule) -> Iterator[Check]:
        """A limit took effect where the rule would give other points without it."""
        binding = self.prover.caps(rule)
        for name, text, free in _freed(rule):

            def binds(evaluation: Evaluation, free: p.Rule = free) -> bool:
                score = evaluation.rules.get(rule.id)
                if score is None:
                    return False
                other = score_rule(evaluation.reading, free)
                return other is None or other.capped != score.capped

            if name in binding:
                told = f"{_called(rule.name, rule.text)} {text}", "takes effect", _EXCEED
                yield self._check("limit", rule, told, binds, ("cap", rule.id, text))

    def _bounds(self, kind: str, name: str, part: p.Dimension | p.PointsGroup | p.Total) -> Iterator[Check]:
        bounds, binding = part.bounds, self.prover.bounds(part)
        for word, bound in (("max", binding.high), ("min", binding.low)):
            if bound is None:
                continue

            def binds(evaluation: Evaluation, word: str = word) -> bool:
                before = _sum_before(evaluation, kind, name)
                after = bounds.clamp(before)
                return not evaluation.gated and (after < before if word == "max" else after > before)

            text = f"{kind} {name} {word}".replace("total total", "total")
            yield self._check("limit", part, (text, "takes effect", _EXCEED), binds, ("bound", kind, name, word))

    # ---------------------------------------------------------------- labels

    def _bands(self, grade: p.Grade) -> Iterator[Check]:
        for label, _ in self.prover.bands(grade):
            yield self._label("grade", grade, label, "is given")

    def _ladder(self, ladder: p.Ladder) -> Iterator[Check]:
        led_to = {rule.label for rule in ladder.rules} | {hold.label for hold in ladder.holds} | {ladder.labels[0]}
        for label in self.prover.labels(ladder):
            if label in led_to:
                yield self._label("ladder", ladder, label, "is reached")
        for rule in ladder.rules:
            yield from self._outcome_rule(rule, scored=False)
        for hold in ladder.holds:
            yield from self._condition(hold.condition)

    def _label(self, kind: str, part: p.Grade | p.Ladder, label: str, wanted: str) -> Check:
        told = f"{part.name} {label}", wanted, f"add an example with `{part.name} = {label}`"
        return self._check("label", part, told, lambda e: e.label(kind, part.name) == label, (kind, part.name, label))

    def _outcome_rule(self, rule: p.LabelRule | p.Mark, *, scored: bool) -> Iterator[Check]:
        condition = rule.condition

        def fires(evaluation: Evaluation) -> bool:
            return not (scored and evaluation.gated) and evaluation.reading.truth(condition) is True

        name = rule.name if isinstance(rule, p.LabelRule) else None
        needed = advice(condition, True, self.program)
        told = _called(name, condition.text), "fires", needed
        if True in self.prover.answers(condition, scored=scored):
            yield self._check("rule", rule, told, fires, ("outcome", rule.span, rule.id))
        yield from self._condition(condition, scored=scored)

    # ------------------------------------------------------------ conditions

    def _condition(self, condition: p.Condition, *, scored: bool = False) -> Iterator[Check]:
        for one in _units(condition):
            if not _reads_definition(one):
                for answer in self.prover.answers(one, scored=scored):
                    # Whether a combination can be unknown may depend on points: its tests say it.
                    if answer is not None or not _members(one):
                        yield self._outcome(one, answer, scored=scored)
        yield from self._filters(condition)

    def _outcome(self, condition: p.Condition, wanted: Truth, *, scored: bool) -> Check:
        def met(evaluation: Evaluation) -> bool:
            return not (scored and evaluation.gated) and evaluation.reading.truth(condition) is wanted

        told = condition.text, f"is {WORDS[wanted]}", advice(condition, wanted, self.program)
        return self._check("outcome", condition, told, met, (condition, wanted, scored))

    def _filters(self, node: p.Node) -> Iterator[Check]:
        """Find the filters in a node: each passes an event, and turns one away."""
        for selection in node.find(p.Selection, p.SinceEvent, p.Answer):
            for one in () if selection.filter is None else _units(selection.filter):
                answers = self.prover.answers(one)
                for passes, words in ((True, "passes an event"), (False, "turns an event away")):
                    if answers == (True,) if not passes else True not in answers:
                        continue
                    advised = "add an event that passes it" if passes else "add an event that does not pass it"
                    told, met = (one.text, words, advised), _meets_filter(selection.types, one, passes)
                    yield self._check("event", one, told, met, (selection.types, one, passes))


def condition_of(value: p.ValueNode) -> p.Condition:
    """Give a value of yes and no as the condition that it is."""
    return value.condition if isinstance(value, p.ConditionValue) else p.Truth(value, text=value.text, span=value.span)


_EXCEED = "add an example that goes past it"
_ALL_FALSE = "add an example in which all before it are false"


def _chooses(node: p.Conditional, index: int) -> _Meets:
    def met(evaluation: Evaluation) -> bool:
        truths = [evaluation.reading.truth(condition) for condition in node.conditions]
        if index == len(truths):
            return all(truth is False for truth in truths)
        return truths[index] is True and True not in truths[:index]

    return met


def _called(name: str | None, text: str) -> str:
    return text if name is None else f"{name}: {text}"


def _freed(rule: p.Rule) -> Iterator[tuple[CapName, str, p.Rule]]:
    """Give each limit of a rule with its text, and the rule without it."""
    caps = rule.caps
    if caps.every is not None:
        yield ("every", 0), every_text(caps.every), _with(rule, every=None)
    for index, per in enumerate(caps.per):
        yield ("per", index), per_text(per), _with(rule, per=caps.per[:index] + caps.per[index + 1 :])
    if caps.times is not None:
        yield ("times", 0), times_text(caps.times), _with(rule, times=None)
    if caps.points_per is not None:
        yield ("points_per", 0), points_per_text(*caps.points_per), _with(rule, points_per=None)
    if caps.points is not None:
        yield ("points", 0), points_text(caps.points), _with(rule, points=None)


def _with(rule: p.Rule, **caps: Any) -> p.Rule:
    return attrs.evolve(rule, caps=attrs.evolve(rule.caps, **caps))


def _sum_before(evaluation: Evaluation, kind: str, name: str) -> Fraction:
    if kind != "total":
        return evaluation.sums[kind, name]
    return sum((term_value(evaluation, term) for term in evaluation.program.total.terms or ()), Fraction(0))


def _meets_filter(types: tuple[str, ...], condition: p.Condition, passes: bool) -> _Meets:
    def met(evaluation: Evaluation) -> bool:
        reading = evaluation.reading
        return any((reading.truth(condition, event) is True) is passes for event in reading.events_of(types))

    return met


def _units(condition: p.Condition) -> Iterator[p.Condition]:
    """Give a condition and each test within it. `not x` of a test is a test."""
    members = _members(condition)
    yield condition
    for member in members:
        yield from _units(member)


def _members(condition: p.Condition) -> tuple[p.Condition, ...]:
    if isinstance(condition, p.Not):
        return _members(condition.member)
    return condition.members if isinstance(condition, (p.Or, p.And, p.AtLeast)) else ()


def _reads_definition(condition: p.Condition) -> bool:
    """Tell whether a test only reads a criterion or segment, which counts where it is declared."""
    while isinstance(condition, p.Not):
        condition = condition.member
    if not isinstance(condition, p.Truth):
        return isinstance(condition, p.Always)
    return isinstance(condition.value, p.DefinitionRead)
