"""What the rules of a program can give: the range of every rule, group, dimension, and of the score.

:func:`settle` answers the definitions in the program's order, as the interpreter does for one lead,
for all leads at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import attrs

from leadrules import program as p
from leadrules.analysis.counts import buckets_of, most_events, per_bucket
from leadrules.analysis.meaning import Cases, Meaning
from leadrules.analysis.ranges import NOTHING, Range, as_numbers, hull, point
from leadrules.analysis.sets import Env, Members, Numbers, Values, both
from leadrules.values import LARGEST

MOST_FOLLOWED = 500


@attrs.frozen
class Reach:
    """How far an alternative is reached: what its condition says, and what holds where it counts.

    `cases` is None for `else`. `counts` None proves that it never counts.
    """

    cases: Cases | None
    counts: Env | None


def reaches(meaning: Meaning, alternatives: Sequence[p.Alternative]) -> tuple[Reach, ...]:
    """Follow alternatives in their order, each where no earlier one is true; `else` where all are false.

    What the first 500 leave is kept for all that follow, which is more than the truth.
    """
    rest: Env | None = {}
    all_false: Env | None = {}
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


def settle(program: p.Program) -> Outline:
    """Answer all definitions of a program for all leads at once."""
    meaning = Meaning(program)
    for grade in program.grades:
        if isinstance(grade, p.Grade):
            meaning.universes[grade.name] = Members(frozenset(band.label for band in grade.bands))
    for ladder in program.ladders:
        meaning.universes[ladder.name] = Members(frozenset((*ladder.labels, *ladder.exits)))
    outline = Outline(meaning)
    settler = _Settler(outline)
    for kind, name in program.order:
        getattr(settler, kind)(name)
    return outline


class _Settler:
    """One method per kind of definition, as in the interpreter."""

    def __init__(self, outline: Outline) -> None:
        program = outline.program
        self.outline = outline
        self.meaning = outline.meaning
        self.gated = any(r.before_scoring for r in program.requirements)
        self.criteria = {c.name: c for c in program.criteria}
        self.segments = {s.name: s for s in program.segments}
        self.dimensions = {d.name: d for d in program.dimensions}
        self.items = {i.name: i for d in program.dimensions for i in d.items if not isinstance(i, p.Rule)}
        self.grades = {g.name: g for g in program.grades}
        self.ladders = {ladder.name: ladder for ladder in program.ladders}

    def gate(self, _: str) -> None:
        """Nothing: a program with a gate may give 0 points."""

    def requirements(self, _: str) -> None:
        """Nothing: a requirement may always fail."""

    def criterion(self, name: str) -> None:
        self.meaning.define_criterion(name, self.criteria[name].body)

    def segment(self, name: str) -> None:
        self.meaning.define_segment(name, self.segments[name].condition)

    def persona(self, name: str) -> None:
        """A share of 0 to 1."""
        self._settle("persona", name, Range(Fraction(0), Fraction(1)))

    def group(self, name: str) -> None:
        group = self.items[name]
        assert isinstance(group, p.PointsGroup)
        self._clamp("group", name, [self._rule(rule) for rule in group.rules], group.bounds)

    def dimension(self, name: str) -> None:
        dimension = self.dimensions[name]
        self._clamp("dimension", name, [self._item(item) for item in dimension.items], dimension.bounds)

    def score(self, _: str) -> None:
        program, total = self.outline.program, self.outline.program.total
        if total.terms is None:
            found = sum((self._range("dimension", d.name) for d in program.dimensions), NOTHING)
        else:
            found = sum((self._term(term) for term in total.terms), NOTHING)
        self.outline.total = found
        self._settle("score", "score", found.clamp(total.bounds.low, total.bounds.high))

    def grade(self, name: str) -> None:
        grade = self.grades[name]
        if isinstance(grade, p.Grade):
            labels = frozenset(band.label for band in possible_bands(self.meaning, grade))
            self.meaning.values_of["grade", name] = Values(Members(labels))
        else:
            first, second = (self._labels("grade", one) for one in (grade.first, grade.second))
            pairs = Members(frozenset(f"{a}{b}" for a in first for b in second))
            self.meaning.universes[name] = pairs
            self.meaning.values_of["grade", name] = Values(pairs)

    def ladder(self, name: str) -> None:
        labels = reachable_labels(self.meaning, self.ladders[name])
        self.meaning.values_of["ladder", name] = Values(Members(frozenset(labels)))

    # --------------------------------------------------------------- sums

    def _settle(self, kind: str, name: str, found: Range) -> None:
        if self.gated:
            found = found.join(NOTHING)
        self.meaning.values_of[kind, name] = Values(as_numbers(found))

    def _clamp(self, kind: str, name: str, parts: Sequence[Range], bounds: p.Bounds) -> None:
        found = sum(parts, NOTHING)
        self.outline.sums[kind, name] = found
        self._settle(kind, name, found.clamp(bounds.low, bounds.high))

    def _range(self, kind: str, name: str) -> Range:
        known = self.meaning.values_of[kind, name].known
        assert isinstance(known, Numbers)
        return hull(known)

    def _labels(self, kind: str, name: str) -> frozenset[object]:
        known = self.meaning.values_of[kind, name].known
        assert isinstance(known, Members)
        return known.members

    def _term(self, term: p.Term) -> Range:
        factor = point(term.factor)
        found = factor if term.dimension is None else factor * self._range("dimension", term.dimension)
        return found.rounded(self.outline.program.precision)

    def _item(self, item: p.Rule | p.PointsGroup | p.Persona) -> Range:
        if isinstance(item, p.PointsGroup):
            return self._range("group", item.name)
        if isinstance(item, p.Persona):
            return point(item.points).join(NOTHING)
        return self._rule(item)

    def _rule(self, rule: p.Rule) -> Range:
        found = self.outline.rules[rule.id] = rule_range(self.meaning, rule)
        size = rule.caps.points
        return found if size is None else found.clamp(-size, size)


# -------------------------------------------------------------------- rules


def rule_range(meaning: Meaning, rule: p.Rule) -> Range:
    """Give what a rule gives before `max … points`; 0 is in it unless the rule always gives something."""
    if rule.first_day is not None and rule.last_day is not None and rule.first_day > rule.last_day:
        return NOTHING
    when = None if rule.when is None else meaning.cases(rule.when)
    if when is not None and when.true is None:
        return NOTHING
    if rule.selection is not None:
        return _each(meaning, rule, rule.selection)
    found = _once(meaning, rule)
    sometimes = rule.first_day is not None or rule.last_day is not None or not (when is None or when.is_always_true)
    return found.join(NOTHING) if sometimes else found


def _once(meaning: Meaning, rule: p.Rule) -> Range:
    found: Range | None = None
    reached = reaches(meaning, rule.alternatives)
    for alternative, reach in zip(rule.alternatives, reached, strict=True):
        if reach.counts is not None:
            points = points_range(meaning, alternative.points)
            found = points if found is None else found.join(points)
    always = any(reach.cases is not None and reach.cases.is_always_true for reach in reached)
    if found is None:
        return NOTHING
    return found if always else found.join(NOTHING)


def _each(meaning: Meaning, rule: p.Rule, selection: p.Selection) -> Range:
    if meaning.never_selects(selection):
        return NOTHING
    one = points_range(meaning, rule.alternatives[0].points).join(NOTHING)
    found = times(one, most_events(rule))
    if rule.caps.points_per is not None:
        size, bucket = rule.caps.points_per
        in_one = times(one, per_bucket(rule, bucket)).clamp(-size, size)
        capped = times(in_one, buckets_of(rule, bucket))
        found = Range(_greater(found.low, capped.low, -1), _greater(found.high, capped.high, 1))
    return found


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
    if not isinstance(values.known, Numbers) or values.known.is_empty:
        return grade.bands
    found = hull(values.known)
    kept = []
    above: Fraction | None = None
    for band in grade.bands:
        out_of_reach = band.threshold is not None and found.high is not None and found.high < band.threshold
        below_all = above is not None and found.low is not None and found.low >= above
        if band.threshold is None and values.unknown:
            below_all = False
        if not (out_of_reach or below_all):
            kept.append(band)
        above = band.threshold if band.threshold is not None else above
    return tuple(kept)


def reachable_labels(meaning: Meaning, ladder: p.Ladder) -> tuple[str, ...]:
    """Give the labels that some lead may be given: the first, those of a rule or a hold, what is held forward."""
    true = {rule.label for rule in ladder.rules if meaning.cases(rule.condition).true is not None}
    true |= {hold.label for hold in ladder.holds if meaning.cases(hold.condition).true is not None}
    steps = (label for index, label in enumerate(ladder.labels) if index == 0 or label in true or ladder.forward_only)
    return (*steps, *(label for label in ladder.exits if label in true))
