"""What the rules of a program can give: the range of every rule, group, dimension, and of the score.

:func:`settle` answers the definitions in the program's order, as the interpreter does for one lead,
for all leads at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import product
from typing import assert_never

import attrs

from leadrules import program as p
from leadrules.analysis.cases import Cases
from leadrules.analysis.counts import buckets_of, most_events, per_bucket
from leadrules.analysis.meaning import Meaning
from leadrules.analysis.ranges import NOTHING, ZERO, Range, as_numbers, hull, mapped, point, sums
from leadrules.analysis.sets import (
    ANYHOW,
    MOST_PIECES,
    MOST_WAYS,
    Interval,
    Members,
    Numbers,
    Values,
    Ways,
    both,
    either,
    numbers,
    shared,
)
from leadrules.values import LARGEST

MOST_FOLLOWED = 500
MOST_FOLLOWED_UP = 12
"""In a dimension or group of more rules than this, what rules exclude of each other is passed over."""


@attrs.frozen
class Reach:
    """How far an alternative is reached: what its condition says, and what holds where it counts.

    `cases` is None for `else`. That there are no ways in which it `counts` proves that it never does.
    """

    cases: Cases | None
    counts: Ways


def reaches(meaning: Meaning, alternatives: Sequence[p.Alternative]) -> tuple[Reach, ...]:
    """Follow alternatives in their order, each where no earlier one is true; `else` where all are false.

    What the first 500 leave is kept for all that follow, which is more than the truth.
    """
    rest = all_false = ANYHOW
    found = []
    for index, alternative in enumerate(alternatives):
        if alternative.condition is None:
            found.append(Reach(None, all_false))
            continue
        cases = meaning.cases(alternative.condition)
        found.append(Reach(cases, both([rest, cases.true])))
        if index < MOST_FOLLOWED:
            rest, all_false = both([rest, cases.not_true]), both([all_false, cases.false])
    return tuple(found)


@attrs.define
class Outline:
    """The ranges of a settled program.

    `rules` holds what each rule gives, by its id, before `max P points` (after `max P points per`);
    `sums` what each group and dimension gives before its clamp, and `total` the score before its own.
    """

    meaning: Meaning
    rules: dict[str, Range] = attrs.field(factory=dict)
    sums: dict[tuple[str, str], Range] = attrs.field(factory=dict)
    total: Range = NOTHING

    @property
    def program(self) -> p.Program:
        """The program that was settled."""
        return self.meaning.program


def settle(program: p.Program, *, scored: bool = False) -> Outline:
    """Answer all definitions of a program for all leads at once, or for those alone that are `scored`.

    A lead that does not meet what is required before scoring gets 0 points.
    """
    meaning = Meaning(program)
    for grade in program.grades:
        if isinstance(grade, p.Grade):
            meaning.universes[grade.name] = Members(frozenset(band.label for band in grade.bands))
    for ladder in program.ladders:
        meaning.universes[ladder.name] = Members(frozenset((*ladder.labels, *ladder.exits)))
    outline = Outline(meaning)
    settler = _Settler(outline, gated=not scored and any(r.before_scoring for r in program.requirements))
    for kind, name in program.order:
        settler.settle(kind, name)
    return outline


class _Settler:
    """Answers one definition after another."""

    def __init__(self, outline: Outline, *, gated: bool) -> None:
        self.outline = outline
        self.meaning = outline.meaning
        self.gated = gated

    def settle(self, kind: str, name: str) -> None:
        """Answer what is defined under a kind and name: what it reads has been answered."""
        one = self.outline.program.definitions.get((kind, name))
        match one:
            case p.Criterion(body=body):
                self.meaning.define_criterion(name, body)
            case p.Segment(condition=condition):
                self.meaning.define_segment(name, condition)
            case p.Persona():
                self._settle(kind, name, shares_of(one))
            case p.PointsGroup():
                self._clamp(kind, name, [self._rules(one.rules)], one.bounds)
            case p.Dimension():
                rules = [item for item in one.items if isinstance(item, p.Rule)]
                others = [self._item(item) for item in one.items if not isinstance(item, p.Rule)]
                self._clamp(kind, name, [self._rules(rules), *others], one.bounds)
            case p.Grade():
                labels = frozenset(band.label for band in possible_bands(self.meaning, one))
                self.meaning.values_of[kind, name] = Values(Members(labels))
            case p.GradeCell():
                parts = (map(str, self._labels(kind, grade)) for grade in one.grades)
                cells = Members(frozenset(map("".join, product(*parts))))
                self.meaning.universes[name] = cells
                self.meaning.values_of[kind, name] = Values(cells)
            case p.Ladder():
                self.meaning.values_of[kind, name] = Values(Members(frozenset(reachable_labels(self.meaning, one))))
            case None:  # that a lead does not meet what is required is always possible: nothing to answer
                assert kind in {"score", "gate", "requirements"}
                if kind == "score":
                    self._score()
            case _:
                assert_never(one)

    def _score(self) -> None:
        program, total = self.outline.program, self.outline.program.total
        if total.terms is None:
            found = sums(self._values("dimension", d.name) for d in program.dimensions)
        else:
            found = sums(self._term(term) for term in total.terms)
        self.outline.total = hull(found)
        self._settle("score", "score", mapped(found, lambda one: one.clamp(total.bounds.low, total.bounds.high)))

    # --------------------------------------------------------------- sums

    def _settle(self, kind: str, name: str, found: Numbers) -> None:
        self.meaning.values_of[kind, name] = Values(with_nothing(found) if self.gated else found)

    def _clamp(self, kind: str, name: str, parts: Iterable[Numbers], bounds: p.Bounds) -> None:
        found = sums(parts)
        self.outline.sums[kind, name] = hull(found)
        self._settle(kind, name, mapped(found, lambda one: one.clamp(bounds.low, bounds.high)))

    def _values(self, kind: str, name: str) -> Numbers:
        known = self.meaning.values_of[kind, name].known
        assert isinstance(known, Numbers)
        return known

    def _labels(self, kind: str, name: str) -> frozenset[object]:
        known = self.meaning.values_of[kind, name].known
        assert isinstance(known, Members)
        return known.members

    def _term(self, term: p.Term) -> Numbers:
        factor, precision = point(term.factor), self.outline.program.precision
        found = as_numbers(point(Fraction(1))) if term.dimension is None else self._values("dimension", term.dimension)
        return mapped(found, lambda one: (factor * one).rounded(precision))

    def _item(self, item: p.PointsGroup | p.Persona) -> Numbers:
        if isinstance(item, p.PointsGroup):
            return self._values("group", item.name)
        points, precision = point(item.points), self.outline.program.precision
        return mapped(self._values("persona", item.name), lambda one: (points * one).rounded(precision))

    def _rules(self, rules: Sequence[p.Rule]) -> Numbers:
        return sum_of_rules(self.meaning, rules, {rule.id: self._rule(rule) for rule in rules})

    def _rule(self, rule: p.Rule) -> Numbers:
        found = rule_values(self.meaning, rule)
        self.outline.rules[rule.id] = hull(found)
        size = rule.caps.points
        return found if size is None else mapped(found, lambda one: one.clamp(-size, size))


# -------------------------------------------------------------------- rules


def sum_of_rules(meaning: Meaning, rules: Sequence[p.Rule], given: Mapping[str, Numbers]) -> Numbers:
    """Give the sums of what some rules give, by their ids; what they ask together is followed up.

    Rules that read nothing in common are added up apart: each may give anything whatever others give.
    So are very many rules.
    """
    if len(rules) > MOST_FOLLOWED_UP:
        return sums(given.values())
    apart: list[Numbers] = []
    together: list[tuple[set[object], list[_Outcomes]]] = []
    for rule in rules:
        outcomes = _outcomes(meaning, rule, given[rule.id])
        keys = {key for ways, _ in outcomes for env in ways for key in env}
        if not keys or len(outcomes) > MOST_WAYS:
            apart.append(given[rule.id])
            continue
        sharing = [one for one in together if not keys.isdisjoint(one[0])]
        together = [one for one in together if keys.isdisjoint(one[0])]
        together.append((keys.union(*(one[0] for one in sharing)), [*(o for one in sharing for o in one[1]), outcomes]))
    return sums([*apart, *(_joint_sum(parts) for _, parts in together)])


_Outcomes = list[tuple[Ways, Numbers]]
"""What a rule may give, and the one way in which it gives that: what all such leads have in common."""


def _outcomes(meaning: Meaning, rule: p.Rule, given: Numbers) -> _Outcomes:
    """Take apart what a rule gives by what holds where it gives that, where it scores once and at any time."""
    if rule.selection is not None or rule.first_day is not None or rule.last_day is not None:
        return [(ANYHOW, given)]
    when = Cases(ANYHOW, (), ()) if rule.when is None else meaning.cases(rule.when)
    reached = reaches(meaning, rule.alternatives)
    size = rule.caps.points
    found: _Outcomes = []
    for alternative, reach in zip(rule.alternatives, reached, strict=True):
        points = points_range(meaning, alternative.points)
        clamped = points if size is None else points.clamp(-size, size)
        found.append((both([when.true, reach.counts]), as_numbers(clamped)))
    none_true = both(reach.cases.not_true for reach in reached if reach.cases is not None)
    found.append((either([when.not_true, none_true]), as_numbers(NOTHING)))
    return [((shared(ways),), points) for ways, points in found if ways]


def _joint_sum(parts: Sequence[_Outcomes]) -> Numbers:
    """Add up what rules give that read the same: only what may come about together, as far as that stays few."""
    states: _Outcomes = [(ANYHOW, as_numbers(NOTHING))]
    for index, outcomes in enumerate(parts):
        met = [(both([ways, more]), given, points) for ways, given in states for more, points in outcomes]
        possible = [(ways, given, points) for ways, given, points in met if ways]
        if len(possible) > MOST_WAYS:
            return sums([_any_of(states), *(_any_of(rest) for rest in parts[index:])])
        states = [(ways, sums([given, points])) for ways, given, points in possible]
    return _any_of(states)


def _any_of(outcomes: _Outcomes) -> Numbers:
    return numbers([piece for _, given in outcomes for piece in given.pieces])


def rule_range(meaning: Meaning, rule: p.Rule) -> Range:
    """Give the range of what a rule gives before `max … points`."""
    return hull(rule_values(meaning, rule))


def rule_values(meaning: Meaning, rule: p.Rule) -> Numbers:
    """Give what a rule gives before `max … points`; 0 is in it unless the rule always gives something."""
    if rule.first_day is not None and rule.last_day is not None and rule.first_day > rule.last_day:
        return as_numbers(NOTHING)
    when = None if rule.when is None else meaning.cases(rule.when)
    if when is not None and not when.true:
        return as_numbers(NOTHING)
    if rule.selection is not None:
        return _each(meaning, rule, rule.selection)
    found = _once(meaning, rule)
    sometimes = rule.first_day is not None or rule.last_day is not None or not (when is None or when.is_always_true)
    return with_nothing(found) if sometimes else found


def with_nothing(found: Numbers) -> Numbers:
    """Add 0 to a set of numbers."""
    return numbers([*found.pieces, Interval(ZERO, ZERO)])


def _once(meaning: Meaning, rule: p.Rule) -> Numbers:
    reached = reaches(meaning, rule.alternatives)
    counting = (one for one, reach in zip(rule.alternatives, reached, strict=True) if reach.counts)
    found = [piece for one in counting for piece in as_numbers(points_range(meaning, one.points)).pieces]
    always = any(reach.cases is not None and reach.cases.is_always_true for reach in reached)
    return numbers(found) if always and found else with_nothing(numbers(found))


def _each(meaning: Meaning, rule: p.Rule, selection: p.Selection) -> Numbers:
    if meaning.never_selects(selection):
        return as_numbers(NOTHING)
    points, most = points_range(meaning, rule.alternatives[0].points), most_events(rule)
    one = points.join(NOTHING)
    found = times(one, most)
    if rule.caps.points_per is not None:
        size, bucket = rule.caps.points_per
        in_one = times(one, per_bucket(rule, bucket)).clamp(-size, size)
        capped = times(in_one, buckets_of(rule, bucket))
        found = Range(_greater(found.low, capped.low, -1), _greater(found.high, capped.high, 1))
    elif most is not None and most < MOST_PIECES and points.low == points.high and rule.decay is None:
        return numbers([Interval(one, one) for one in (Fraction(points.low or 0) * n for n in range(most + 1))])
    return as_numbers(found)


def times(one: Range, count: int | None) -> Range:
    """Give the range of a sum of up to `count` numbers of a range that holds 0; None is any count."""
    if count is not None:
        return point(Fraction(count)) * one
    return Range(Fraction(0), None) * one


def _greater(a: Fraction | None, b: Fraction | None, sign: int) -> Fraction | None:
    """Give the nearer of two ends on the side of `sign`."""
    if a is None or b is None:
        return b if a is None else a
    return min(a, b) if sign > 0 else max(a, b)


def points_range(meaning: Meaning, node: p.ValueNode) -> Range:
    """Give the range of points before decay, rounded: what is unknown or too large counts as 0."""
    values = meaning.values(node)
    if not isinstance(values.known, Numbers) or values.known.is_empty:
        return NOTHING
    found = hull(values.known)
    inside = found.clamp(Fraction(-LARGEST), Fraction(LARGEST))
    if values.unknown or inside != found:
        inside = inside.join(NOTHING)
    return inside.rounded(meaning.program.precision)


# ---------------------------------------------------------- grades and ladders


def possible_bands(meaning: Meaning, grade: p.Grade) -> tuple[p.Band, ...]:
    """Give the bands that some lead may be in."""
    values = meaning.values(grade.subject)
    if not isinstance(values.known, Numbers):
        return grade.bands
    kept = []
    above: Fraction | None = None
    for band in grade.bands:
        inside = numbers([Interval(band.threshold, above, high_in=above is None)])
        if not values.known.meet(inside).is_empty or (band.threshold is None and values.unknown):
            kept.append(band)
        above = band.threshold
    return tuple(kept)


def shares_of(persona: p.Persona) -> Numbers:
    """Give the shares that a persona may have; all from 0 to 1 where it has many lines."""
    if 2 ** len(persona.lines) > MOST_PIECES:
        return as_numbers(Range(ZERO, Fraction(1)))
    found = {ZERO}
    for line in persona.lines:
        found |= {share + line.weight for share in found}
    whole = sum(line.weight for line in persona.lines)
    return numbers([Interval(share / whole, share / whole) for share in found])


def reachable_labels(meaning: Meaning, ladder: p.Ladder) -> tuple[str, ...]:
    """Give the labels that some lead may be given: the first exit that a rule leads to, else the highest step.

    The first step needs no rule; a hold, and `forward only`, keep a lead at what it held.
    """
    requirements = [meaning.cases(one.condition) for one in meaning.program.requirements if one.label is None]
    needed = [(one.label, meaning.cases(one.condition)) for one in meaning.program.requirements if one.label]
    met, unmet = both(cases.true for cases in requirements), either(cases.not_true for cases in requirements)
    rules: dict[str, list[Cases]] = {}
    for rule in ladder.rules:
        rules.setdefault(rule.label, []).append(meaning.cases(rule.condition))
    found: set[str] = set()
    rest = ANYHOW
    for label in ladder.exits:
        led = rules.get(label, [])
        found.update([label] if both([rest, either(cases.true for cases in led)]) else [])
        rest = both([rest, *(cases.not_true for cases in led)])
    unmet, rest = both([rest, unmet]), both([rest, met])
    for index, label in reversed([*enumerate(ladder.labels)]):
        led = rules.get(label, [])
        holds = [meaning.cases(hold.condition).true for hold in ladder.holds if hold.label == label]
        needs = [cases for needing, cases in needed if needing in ladder.labels[: index + 1]]
        let = both([rest, *(cases.true for cases in needs)])
        ways = [both([let, either(cases.true for cases in led)])]
        ways += [both([let, hold, _held(ladder, ladder.labels[index:])]) for hold in holds]
        if index == 0:
            ways += [rest, unmet]
        elif ladder.forward_only:
            ways.append(both([either([rest, unmet]), _held(ladder, (label,))]))
        found.update([label] if any(ways) else [])
        kept = (cases.not_true for cases in needs)
        rest = both([rest, either([both(cases.not_true for cases in led), *kept])])
    return tuple(label for label in (*ladder.labels, *ladder.exits) if label in found)


def _held(ladder: p.Ladder, labels: Sequence[str]) -> Ways:
    """Give the way in which the record of a lead has one of some labels."""
    return ({("held", ladder.name): Values(Members(frozenset(labels)))},)
