"""What each rule of a program says of one lead, fired or not: the plain data of an explanation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Literal

import attrs

from leadrules import program as p
from leadrules.document import Document
from leadrules.engine.reference.conditions import Truth
from leadrules.engine.reference.evidence import Evidence
from leadrules.engine.reference.interpreter import ZERO, Evaluation, persona_points, term_value
from leadrules.engine.reference.scoring import in_season
from leadrules.explain.modifiers import bounds_text, event_limits, grade_text, points_limits, season_text
from leadrules.explain.reasons import Unmet, UnmetConditions, events_of_rule, truth_of_rule
from leadrules.frozen import frozen, thawed
from leadrules.outputs import in_words
from leadrules.terms import BEFORE_SCORING, Deciding, RuleKind, Scores, SumKind, needed_for
from leadrules.values import decimal_of, signed, text_of_number


@attrs.frozen
class AlternativeExplanation(Document):
    """A condition (`else` for the last) and its points, both as in the rule file."""

    text: str
    points: str

    def to_dict(self) -> dict[str, Any]:
        """Give the alternative as plain data: text, points."""
        return {"text": self.text, "points": self.points}


@attrs.frozen
class RuleExplanation(Document):
    """One rule and what it says of the lead.

    `id` names it, as in the audit, `name` is the name it was given, if any; `line` is its line in its
    `file` (the rule file, or one that it includes), `text` its canonical condition. `part` is the
    dimension or ladder that it belongs to (of a requirement `before scoring` where it is asked then, and
    `for LABEL` where only that label and those above it need it), `group` the group of rules.

    `fired` is True, False, or None where only unknown values keep it from firing; of an output, True
    or None as it is known or not. `unmet` are the parts of its condition that are not true, `evidence`
    is what it rests on where it fired (and what an output rests on), as in the audit. `because` is the
    reason given in the file, `outcome` what it gives: a label, a tag, a recommendation, what `missing`
    says of a requirement, or what an output is in words.

    A scoring rule `scores` each event or once. `alternatives` are its conditions with their points,
    `alternative` the one that counted, from 1; `when`, `season` (`from`, `until`), `decay` and the
    limits are its modifiers as written. `selected` and `kept` count events, before and after
    `event_limits`. `points` are what it gave before `cap`, which is what its `points_limits` took.
    """

    id: str
    kind: RuleKind
    line: int
    text: str
    fired: Truth
    name: str | None = None
    part: str | None = None
    group: str | None = None
    outcome: str | None = None
    because: str | None = None
    scores: Scores | None = None
    alternatives: tuple[AlternativeExplanation, ...] = ()
    alternative: int | None = None
    when: str | None = None
    season: str | None = None
    decay: str | None = None
    selected: int | None = None
    kept: int | None = None
    event_limits: tuple[str, ...] = ()
    points_limits: tuple[str, ...] = ()
    points: Decimal | None = None
    cap: Decimal | None = None
    evidence: Mapping[str, Any] = attrs.field(converter=frozen, factory=dict)
    unmet: tuple[Unmet, ...] = ()
    file: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Give the rule as plain data, under the names of its attributes."""
        plain = {a.name: getattr(self, a.name) for a in attrs.fields(type(self))}
        return {key: list(value) if isinstance(value, tuple) else value for key, value in plain.items()} | {
            "alternatives": [alternative.to_dict() for alternative in self.alternatives],
            "evidence": thawed(self.evidence),
            "unmet": [unmet.to_dict() for unmet in self.unmet],
        }


@attrs.frozen
class SumExplanation(Document):
    """A step on the way from the rules' points to the score: what stood before it, and after.

    `kind` is `group` or `dimension` (its rules' sum and what its bounds leave of it), `weight`
    (what a dimension counts in the total), `constant`, or `total` (the sum of the terms and what
    the total's bounds leave). `how` says what was done: `max 60`, `× 0.4`; empty where nothing is.
    """

    kind: SumKind
    name: str
    part: str | None
    before: Decimal
    after: Decimal
    how: str

    def to_dict(self) -> dict[str, Any]:
        """Give the step as plain data: kind, name, part, before, after, how."""
        return attrs.asdict(self)


@attrs.frozen
class LadderExplanation(Document):
    """How a ladder's label came about.

    `labels` from the lowest, then `exits`. `held` is the label that the lead held. `decided` says
    what decided: a `rule`, `hold` or `exit` (then `by` is the id of that rule), a missing
    `requirement`, `forward only`, or nothing (`start`: the first label).
    """

    name: str
    line: int
    labels: tuple[str, ...]
    exits: tuple[str, ...]
    held: str | None
    label: str
    decided: Deciding
    by: str | None

    def to_dict(self) -> dict[str, Any]:
        """Give the ladder as plain data, under the names of its attributes."""
        return attrs.asdict(self) | {"labels": list(self.labels), "exits": list(self.exits)}


def answers(evaluation: Evaluation, evidence: Evidence) -> Iterator[RuleExplanation]:
    """Explain every rule: requirements, scoring, grades, ladders, tags and recommendations, segments, outputs."""
    answer = _Answer(evaluation, evidence, UnmetConditions(evidence))
    program = evaluation.program
    yield from map(answer.requirement, program.requirements)
    for dimension in program.dimensions:
        for item in dimension.items:
            yield from answer.item(dimension, item)
    yield from map(answer.grade, program.grades)
    for ladder in program.ladders:
        for rule in ladder.rules:
            yield answer.label_rule(ladder, rule)
        for hold in ladder.holds:
            yield answer.hold(ladder, hold)
    yield from map(answer.mark, program.marks)
    yield from map(answer.segment, program.segments)
    yield from map(answer.output, program.outputs)


@attrs.frozen
class _Answer:
    """One method per kind of rule. Where the gate is closed nothing was scored, so nothing is asked."""

    evaluation: Evaluation
    evidence: Evidence
    unmet_conditions: UnmetConditions

    def requirement(self, node: p.Requirement) -> RuleExplanation:
        scope = BEFORE_SCORING if node.before_scoring else None if node.label is None else needed_for(node.label)
        return self._plain(node.condition.text, "requirement", node, outcome=node.reason, part=scope)

    def label_rule(self, ladder: p.Ladder, node: p.LabelRule) -> RuleExplanation:
        told = {"name": node.name, "because": node.because}
        return self._plain(node.id, "stage", node, outcome=node.label, part=ladder.name, **told)

    def mark(self, node: p.Mark) -> RuleExplanation:
        found = self._plain(node.id, node.kind, node, outcome=node.value, because=node.because)
        return self._unasked(found)

    def segment(self, node: p.Segment) -> RuleExplanation:
        return self._unasked(self._plain(node.name, "segment", node, outcome=node.name))

    def hold(self, ladder: p.Ladder, node: p.Hold) -> RuleExplanation:
        held = self.evaluation.reading.facts.held.get(ladder.name)
        found = self._plain(f"hold {node.label}", "hold", node, outcome=node.label, part=ladder.name)
        if held in ladder.labels[ladder.labels.index(node.label) :]:
            return found
        was = f"was {node.label}"
        return attrs.evolve(found, fired=False, evidence={}, unmet=(Unmet(was, False, {was: held}), *found.unmet))

    def _plain(
        self, id_: str, kind: RuleKind, node: p.Requirement | p.LabelRule | p.Mark | p.Segment | p.Hold, **more: Any
    ) -> RuleExplanation:
        fired = self.evaluation.reading.truth(node.condition)
        values = self.evidence.of_condition(node.condition) | self.evidence.of_params(node.condition)
        evidence = {"values": values} if fired else {}
        unmet = self.unmet_conditions.of(node.condition)
        text = node.condition.text
        file = _file_of(node.condition)
        return RuleExplanation(id_, kind, node.line, text, fired, evidence=evidence, unmet=unmet, file=file, **more)

    def _unasked(self, found: RuleExplanation) -> RuleExplanation:
        """Leave out what a gated lead was not asked."""
        return attrs.evolve(found, fired=False, evidence={}, unmet=()) if self.evaluation.gated else found

    def grade(self, node: p.Grade | p.GradeCell) -> RuleExplanation:
        label = self.evaluation.label("grade", node.name)
        evidence = {} if isinstance(node, p.GradeCell) else {"values": self.evidence.of_value(node.subject)}
        return RuleExplanation(node.name, "grade", node.line, grade_text(node), True, outcome=label, evidence=evidence)

    def output(self, node: p.Criterion) -> RuleExplanation:
        found = self.evaluation.outputs()[node.name]
        evidence = {"values": self.evidence.of_value(node.body) | self.evidence.of_params(node.body)}
        fired = None if found is None else True
        text, file, told = node.body.text, _file_of(node.body), in_words(found)
        return RuleExplanation(node.name, "output", node.line, text, fired, outcome=told, evidence=evidence, file=file)

    # --------------------------------------------------------------- scoring

    def item(self, dimension: p.Dimension, item: p.Rule | p.PointsGroup | p.Persona) -> Iterator[RuleExplanation]:
        """Explain a rule, a persona, or the rules of a group."""
        if isinstance(item, p.Persona):
            yield self._unasked(self._persona(dimension, item))
            return
        rules, group = (item.rules, item.name) if isinstance(item, p.PointsGroup) else ((item,), None)
        for rule in rules:
            found = RuleExplanation(
                rule.id,
                "scoring",
                rule.line,
                rule.text,
                False,
                name=rule.name,
                part=dimension.name,
                group=group,
                because=rule.because,
                scores="once" if rule.selection is None else "each",
                alternatives=tuple(map(_alternative, rule.alternatives)),
                when=None if rule.when is None else rule.when.text,
                season=season_text(rule),
                decay=None if rule.decay is None else str(rule.decay),
                event_limits=event_limits(rule.caps),
                points_limits=points_limits(rule.caps),
                file=_file_of(rule.alternatives[0].condition or rule.alternatives[0].points),
            )
            yield found if self.evaluation.gated else self._scored(found, rule)

    def _scored(self, found: RuleExplanation, rule: p.Rule) -> RuleExplanation:
        score = self.evaluation.rules[rule.id]
        selected = None if rule.selection is None else len(events_of_rule(self.evaluation.reading, rule))
        if score is None:
            fired, unmet = truth_of_rule(self.evaluation.reading, rule), tuple(self._unmet(rule))
            return attrs.evolve(found, fired=fired, selected=selected, unmet=unmet)
        return attrs.evolve(
            found,
            fired=True,
            alternative=score.alternative + 1 if len(rule.alternatives) > 1 else None,
            selected=selected,
            kept=None if selected is None else len(score.kept),
            points=decimal_of(score.points),
            cap=decimal_of(score.capped - score.points) if score.capped != score.points else None,
            evidence=self.evidence.of_rule(rule, score),
        )

    def _unmet(self, rule: p.Rule) -> Iterator[Unmet]:
        reading = self.evaluation.reading
        season = season_text(rule)
        if rule.selection is not None:
            found = self.unmet_conditions.looked_for(rule.selection)
            if not reading.select(rule.selection):
                yield Unmet(rule.text, False, found)
            elif season is not None and not events_of_rule(reading, rule):
                yield Unmet(season, False, found)
        else:
            if season is not None and not in_season(rule, reading, reading.as_of):
                yield Unmet(season, False, {"as of": reading.zone.day(reading.as_of).isoformat()})
            yield from self._unchosen(rule)
        yield from self.unmet_conditions.of(rule.when)

    def _unchosen(self, rule: p.Rule) -> Iterator[Unmet]:
        """Give why no alternative counts; several stand together as one part."""
        conditions = [a.condition for a in rule.alternatives if a.condition is not None]
        truths = [self.evaluation.reading.truth(condition) for condition in conditions]
        if len(rule.alternatives) == 1:
            yield from self.unmet_conditions.of(*conditions)
        elif True not in truths and (None in truths or rule.alternatives[-1].condition is not None):
            found = {key: value for c in conditions for key, value in self.evidence.of_condition(c).items()}
            truth = None if None in truths else False
            text = " | ".join(condition.text for condition in conditions)
            yield Unmet(text, truth, found, None, tuple(u for c in conditions for u in self.unmet_conditions.of(c)))

    def _persona(self, dimension: p.Dimension, node: p.Persona) -> RuleExplanation:
        truths = [self.evaluation.reading.truth(line.condition) for line in node.lines]
        fired = self.evaluation.number("persona", node.name) > 0
        return RuleExplanation(
            node.name,
            "persona",
            node.line,
            f"persona {node.name}",
            True if fired else None if None in truths else False,
            part=dimension.name,
            scores="once",
            alternatives=(AlternativeExplanation(f"persona {node.name}", signed(node.points)),),
            points=decimal_of(persona_points(self.evaluation, node)) if fired else None,
            evidence=self.evidence.of_persona(node) if fired else {},
            unmet=self.unmet_conditions.of(*[line.condition for line in node.lines]),
            file=_file_of(node.lines[0].condition),
        )


def _file_of(node: p.Node) -> str | None:
    return None if node.span is None else node.span.file


def _alternative(node: p.Alternative) -> AlternativeExplanation:
    return AlternativeExplanation(node.condition_text, node.text)


# ----------------------------------------------------------------- the sums


def sums(evaluation: Evaluation) -> Iterator[SumExplanation]:
    """Give the steps between the rules and the score, each dimension's groups before it; none for a gated lead."""
    if evaluation.gated:
        return
    program = evaluation.program
    for dimension in program.dimensions:
        for item in dimension.items:
            if isinstance(item, p.PointsGroup):
                yield _clamped(evaluation, "group", item, dimension.name)
        yield _clamped(evaluation, "dimension", dimension, None)
    if program.total.terms is not None:
        yield from _total(evaluation, program.total, program.total.terms)


def _clamped(
    evaluation: Evaluation, kind: Literal["group", "dimension"], node: p.PointsGroup | p.Dimension, part: str | None
) -> SumExplanation:
    before, after = evaluation.sums[kind, node.name], evaluation.number(kind, node.name)
    return SumExplanation(kind, node.name, part, decimal_of(before), decimal_of(after), bounds_text(node.bounds))


def _total(evaluation: Evaluation, total: p.Total, terms: tuple[p.Term, ...]) -> Iterator[SumExplanation]:
    for dimension in evaluation.program.dimensions:
        own = [term for term in terms if term.dimension == dimension.name]
        before = evaluation.number("dimension", dimension.name)
        after = sum((term_value(evaluation, term) for term in own), ZERO)
        how = "× " + text_of_number(sum((term.factor for term in own), ZERO)) if own else "not part of the total"
        yield SumExplanation("weight", dimension.name, None, decimal_of(before), decimal_of(after), how)
    for term in terms:
        if term.dimension is None:
            value = decimal_of(term_value(evaluation, term))
            yield SumExplanation("constant", "total", None, Decimal(0), value, term.text)
    before = sum((term_value(evaluation, term) for term in terms), ZERO)
    score = evaluation.number("score", "score")
    yield SumExplanation("total", "score", None, decimal_of(before), decimal_of(score), bounds_text(total.bounds))


# -------------------------------------------------------------- the ladders


def ladders(evaluation: Evaluation) -> Iterator[LadderExplanation]:
    """Say of each ladder which label the lead has, and what decided."""
    for ladder in evaluation.program.ladders:
        held = evaluation.reading.facts.held.get(ladder.name)
        label = evaluation.label("ladder", ladder.name)
        decided, by = _decided(evaluation, ladder, label, held)
        yield LadderExplanation(ladder.name, ladder.line, ladder.labels, ladder.exits, held, label, decided, by)


def _decided(evaluation: Evaluation, ladder: p.Ladder, label: str, held: str | None) -> tuple[Deciding, str | None]:
    rule = evaluation.reached[ladder.name]
    if rule is not None:
        return ("exit" if label in ladder.exits else "rule"), rule.id
    open_ = ladder.labels[: ladder.highest(evaluation.unmet) + 1]
    true = {rule.label for rule in ladder.rules if evaluation.reading.truth(rule.condition) is True}
    holds = [hold for hold in ladder.holds if held in ladder.labels[ladder.labels.index(hold.label) :]]
    true |= {hold.label for hold in holds if evaluation.reading.truth(hold.condition) is True}
    is_closed = any(requirement.label is None for requirement in evaluation.unmet)
    if not is_closed and label in open_ and label in true:
        return "hold", f"hold {label}"
    if ladder.forward_only and held == label:
        return "forward only", None
    is_kept = is_closed or any(label in true for label in ladder.labels[len(open_) :])
    return ("requirement" if is_kept else "start"), None
