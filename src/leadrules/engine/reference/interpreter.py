"""The reference engine: it reads like language.md and explains everything, and it is slow.

`evaluate` answers every definition of a program in the program's order, so that each is known
before it is read, and writes the result. What another engine gives is right when it is equal.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import assert_never

import attrs

from leadrules import program as p
from leadrules.audit import AuditEntry, RulesetIdentity, ScoredLead, Transition
from leadrules.engine.reference.conditions import Reading
from leadrules.engine.reference.evidence import Evidence, plain_number
from leadrules.engine.reference.scoring import RuleScore, score_persona, score_rule
from leadrules.families import MARKS, RESULT_LISTS
from leadrules.lead import Facts
from leadrules.outputs import OutputValue, output_of
from leadrules.values import Value, decimal_of, moment_of, rounded

ZERO = Fraction(0)
ValidUntil = Callable[[Reading, ScoredLead], dt.datetime | None]
"""Says until when a result is valid that was made by a reading."""


@attrs.define
class Evaluation:
    """A program's answers about one lead at one moment.

    `rules` holds what each rule gave (None: it did not fire) by its id, `sums` the value of each
    group and dimension before its clamp, `reached` the rule that led to each ladder's label, and
    `unmet` the requirements that are not met.
    """

    program: p.Program
    reading: Reading
    rules: dict[str, RuleScore | None] = attrs.field(factory=dict)
    sums: dict[tuple[str, str], Fraction] = attrs.field(factory=dict)
    reached: dict[str, p.LabelRule | None] = attrs.field(factory=dict)
    unmet: tuple[p.Requirement, ...] = ()
    gated: bool = False

    @property
    def missing(self) -> tuple[str, ...]:
        """The reasons of the requirements that are not met."""
        return tuple(requirement.reason for requirement in self.unmet)

    def number(self, kind: str, name: str) -> Fraction:
        """Give the value of a dimension, group, persona or the score."""
        value = self.reading.definitions[kind, name]
        assert isinstance(value, Fraction)
        return value

    def label(self, kind: str, name: str) -> str:
        """Give the label of a grade or ladder."""
        value = self.reading.definitions[kind, name]
        assert isinstance(value, str)
        return value

    def marks(self, kind: str) -> tuple[str, ...]:
        """Give the tags or recommendations, each once."""
        true = (m.value for m in self.program.marks if m.kind == kind and self.reading.truth(m.condition) is True)
        return () if self.gated else tuple(dict.fromkeys(true))

    def lists(self) -> dict[str, tuple[str, ...]]:
        """Give the lists of text of the result, by their names."""
        given = {one.name: self.marks(word) for word, one in MARKS.items()}
        return {"segments": self.segments(), **given, "missing": self.missing}

    def expose_lists(self) -> None:
        """Let conditions ask of the lists that an `expect` line may look at."""
        lists = self.lists().items()
        self.reading.definitions |= {(name, ""): found for name, found in lists if RESULT_LISTS[name].expected}

    def outputs(self) -> dict[str, OutputValue]:
        """Give the outputs as plain data, whether or not the lead was scored."""
        definitions = self.reading.definitions
        return {o.name: output_of(definitions["criterion", o.name], o.body.type.kind) for o in self.program.outputs}

    def segments(self) -> tuple[str, ...]:
        """Name the segments that the lead is in."""
        definitions = self.reading.definitions
        inside = (s.name for s in self.program.segments if definitions["segment", s.name] is True)
        return () if self.gated else tuple(inside)


def run(program: p.Program, facts: Facts, as_of: int) -> Evaluation:
    """Answer every definition of the program about a lead."""
    return answered(Reading(program, facts, as_of))


def answered(reading: Reading) -> Evaluation:
    """Answer every definition of the program that a reading is by."""
    evaluation = Evaluation(reading.program, reading)
    answer = Answers(evaluation)
    for kind, name in reading.program.answered:
        reading.definitions[kind, name] = answer.definition(kind, name)
    return evaluation


def evaluate(
    program: p.Program, facts: Facts, as_of: int, identity: RulesetIdentity, *, show_pii: bool = False
) -> ScoredLead:
    """Score a lead. `as_of` is an instant; `identity` says which ruleset the program is of."""
    return result_of(run(program, facts, as_of), identity, show_pii=show_pii)


def result_of(
    evaluation: Evaluation,
    identity: RulesetIdentity,
    *,
    show_pii: bool = False,
    valid_until: ValidUntil | None = None,
) -> ScoredLead:
    """Write the result of an evaluation; `valid_until` will say until when it is."""
    program = evaluation.program
    return ScoredLead(
        lead=evaluation.reading.facts.lead,
        as_of=moment_of(evaluation.reading.as_of),
        ruleset=identity,
        score=decimal_of(evaluation.number("score", "score")),
        dimensions={d.name: decimal_of(evaluation.number("dimension", d.name)) for d in program.dimensions},
        grades={g.name: evaluation.label("grade", g.name) for g in program.grades},
        stages={ladder.name: evaluation.label("ladder", ladder.name) for ladder in program.ladders},
        outputs=evaluation.outputs(),
        **evaluation.lists(),
        transitions=tuple(_transitions(evaluation)),
        audit=tuple(_audit(evaluation, Evidence(evaluation.reading, show_pii))),
        unreadable=evaluation.reading.facts.unreadable,
        lasting=None if valid_until is None else functools.partial(valid_until, evaluation.reading),
    )


class Answers:
    """What the value of each definition is, once all that it reads is known."""

    def __init__(self, evaluation: Evaluation) -> None:
        self.evaluation = evaluation
        self.reading = evaluation.reading
        self.program = evaluation.program

    def definition(self, kind: str, name: str) -> Value | None:
        """Give the value of what is defined under a kind and name."""
        one = self.program.definitions.get((kind, name))
        match one:
            case p.Criterion(body=body):
                return self.reading.value(body)
            case p.Segment(condition=condition):
                return self.reading.truth(condition)
            case p.Persona():
                return ZERO if self.evaluation.gated else score_persona(self.reading, one)
            case p.PointsGroup():
                return self._clamped(kind, name, sum(map(self._points, one.rules), ZERO), one.bounds)
            case p.Dimension():
                return self._clamped(kind, name, sum(map(self._points, one.items), ZERO), one.bounds)
            case p.Grade() | p.GradeCell():
                return self._grade(one)
            case p.Ladder():
                return self._ladder(one)
            case None:
                undeclared: dict[str, Callable[[], Value]]
                undeclared = {"gate": self._gate, "requirements": self._requirements, "score": self._score}
                return undeclared[kind]()
        assert_never(one)

    def _gate(self) -> bool:
        """Tell whether scoring may go on: every `require … before scoring` is met."""
        self.evaluation.gated = any(
            r.before_scoring and self.reading.truth(r.condition) is not True for r in self.program.requirements
        )
        return not self.evaluation.gated

    def _requirements(self) -> bool:
        """Tell whether every requirement is met."""
        self.evaluation.unmet = tuple(
            r for r in self.program.requirements if self.reading.truth(r.condition) is not True
        )
        return not self.evaluation.unmet

    def _score(self) -> Fraction:
        total = self.program.total
        if self.evaluation.gated:
            return ZERO
        if total.terms is None:
            return sum((self.evaluation.number("dimension", d.name) for d in self.program.dimensions), ZERO)
        return total.bounds.clamp(sum((term_value(self.evaluation, term) for term in total.terms), ZERO))

    def _grade(self, grade: p.Grade | p.GradeCell) -> str:
        if isinstance(grade, p.GradeCell):
            return "".join(self.evaluation.label("grade", part) for part in grade.grades)
        value = self.reading.value(grade.subject)
        for band in grade.bands:
            if band.threshold is None or (isinstance(value, Fraction) and value >= band.threshold):
                return band.label
        raise AssertionError("the last band has no threshold")

    def _ladder(self, ladder: p.Ladder) -> str:
        label, rule = _label(self.reading, ladder, self.evaluation.unmet)
        self.evaluation.reached[ladder.name] = rule
        return label

    def _points(self, item: p.Rule | p.PointsGroup | p.Persona) -> Fraction:
        if self.evaluation.gated:
            return ZERO
        if isinstance(item, p.PointsGroup):
            return self.evaluation.number("group", item.name)
        if isinstance(item, p.Persona):
            return persona_points(self.evaluation, item)
        found = self.evaluation.rules[item.id] = score_rule(self.reading, item)
        return ZERO if found is None else found.capped

    def _clamped(self, kind: str, name: str, value: Fraction, bounds: p.Bounds) -> Fraction:
        self.evaluation.sums[kind, name] = value
        return ZERO if self.evaluation.gated else bounds.clamp(value)


# ---------------------------------------------------------------- the parts


def persona_points(evaluation: Evaluation, persona: p.Persona) -> Fraction:
    """Give W times the persona's share, rounded."""
    return rounded(persona.points * evaluation.number("persona", persona.name), evaluation.program.precision)


def term_value(evaluation: Evaluation, term: p.Term) -> Fraction:
    """Give a term of the total, rounded."""
    value = term.factor if term.dimension is None else term.factor * evaluation.number("dimension", term.dimension)
    return rounded(value, evaluation.program.precision)


def _label(reading: Reading, ladder: p.Ladder, unmet: Sequence[p.Requirement]) -> tuple[str, p.LabelRule | None]:
    """Give a ladder's label and the first true rule to it, where a rule led there.

    An exit with a true rule comes first; then the first label, where a requirement is not met; then
    the highest of the first label, the labels with a true rule, and every hold, as far as requirements
    for a label let it. `forward only` raises it to the held label; a held exit counts as none held.
    """
    true = [rule for rule in ladder.rules if reading.truth(rule.condition) is True]
    for label in ladder.exits:
        for rule in true:
            if rule.label == label:
                return label, rule
    rank = {label: index for index, label in enumerate(ladder.labels)}
    held = rank.get(reading.facts.held.get(ladder.name, ""), -1)
    reached, led = [0], list[p.LabelRule]()
    if all(requirement.label is not None for requirement in unmet):
        highest = ladder.highest(unmet)
        led = [rule for rule in true if rule.label in rank and rank[rule.label] <= highest]
        reached += [rank[rule.label] for rule in led]
        reached += [
            rank[hold.label]
            for hold in ladder.holds
            if rank[hold.label] <= min(held, highest) and reading.truth(hold.condition) is True
        ]
    if ladder.forward_only:
        reached.append(held)
    label = ladder.labels[max(reached)]
    return label, next((rule for rule in led if rule.label == label), None)


def _transitions(evaluation: Evaluation) -> Iterator[Transition]:
    for ladder in evaluation.program.ladders:
        before, after = evaluation.reading.facts.held.get(ladder.name), evaluation.label("ladder", ladder.name)
        rule = evaluation.reached[ladder.name]
        if before != after:
            yield Transition(ladder.name, before, after, None if rule is None else rule.id)


# --------------------------------------------------------------- the audit


def _audit(evaluation: Evaluation, evidence: Evidence) -> Iterator[AuditEntry]:
    """Write the entries in order of declaration; their points add up to the score."""
    if evaluation.gated:
        return
    for dimension in evaluation.program.dimensions:
        for item in dimension.items:
            if isinstance(item, p.Rule):
                yield from _rule_entries(evaluation, item, evidence)
            elif isinstance(item, p.Persona):
                yield from _persona_entries(evaluation, item, evidence)
            else:
                for rule in item.rules:
                    yield from _rule_entries(evaluation, rule, evidence)
                yield from _clamp_entry(evaluation, "group", item)
        yield from _clamp_entry(evaluation, "dimension", dimension)
    if evaluation.program.total.terms is not None:
        yield from _total_entries(evaluation, evaluation.program.total, evaluation.program.total.terms)


def _rule_entries(evaluation: Evaluation, rule: p.Rule, evidence: Evidence) -> Iterator[AuditEntry]:
    score = evaluation.rules[rule.id]
    if score is None:
        return
    points, found, which = decimal_of(score.points), evidence.of_rule(rule, score), rule.told(score.alternative)
    yield AuditEntry("points", rule.id, points, rule.because, found, alternative=which, **rule.place)
    if score.capped != score.points:
        yield _cap(rule.id, rule, score.points, score.capped)


def _persona_entries(evaluation: Evaluation, persona: p.Persona, evidence: Evidence) -> Iterator[AuditEntry]:
    if evaluation.number("persona", persona.name) > 0:
        points = decimal_of(persona_points(evaluation, persona))
        yield AuditEntry("points", persona.name, points, None, evidence.of_persona(persona), **persona.place)


def _clamp_entry(evaluation: Evaluation, kind: str, node: p.PointsGroup | p.Dimension) -> Iterator[AuditEntry]:
    before = evaluation.sums[kind, node.name]
    after = node.bounds.clamp(before)
    if after != before:
        yield _cap(node.name, node, before, after)


def _cap(name: str, node: p.Node, before: Fraction, after: Fraction) -> AuditEntry:
    evidence = {"from": plain_number(before), "to": plain_number(after)}
    return AuditEntry("cap", name, decimal_of(after - before), None, evidence, **node.place)


def _total_entries(evaluation: Evaluation, total: p.Total, terms: Sequence[p.Term]) -> Iterator[AuditEntry]:
    for dimension in evaluation.program.dimensions:
        value = evaluation.number("dimension", dimension.name)
        weighed = sum((term_value(evaluation, t) for t in terms if t.dimension == dimension.name), ZERO)
        evidence = {"from": plain_number(value), "to": plain_number(weighed)}
        yield AuditEntry("weight", dimension.name, decimal_of(weighed - value), None, evidence, **total.place)
    for term in terms:
        if term.dimension is None:
            constant = decimal_of(term_value(evaluation, term))
            yield AuditEntry("constant", "total", constant, None, {}, **term.place)
    before = sum((term_value(evaluation, term) for term in terms), ZERO)
    if total.bounds.clamp(before) != before:
        yield _cap("total", total, before, total.bounds.clamp(before))
