"""All results that a lead can have during a span: its score, dimensions, labels and marks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import product
from typing import Any, assert_never

import attrs

from leadrules import program as p
from leadrules.engine.reference.scoring import in_season, score_rule
from leadrules.engine.spans.points import NONE, Units, points_in, scaled, units_of, within
from leadrules.engine.spans.possible import FALSE, TRUE, Possible, Range, only, values_of
from leadrules.engine.spans.reading import Memory, SpanReading
from leadrules.families import MARKS, RESULT_LISTS
from leadrules.outputs import output_of
from leadrules.values import rounded

Outcomes = Mapping[tuple[str, str], frozenset[Any] | None]
"""What each part of a result can be; None where that is not one thing, and not a few. Lists stand as tuples."""
LABELS = ("ladder", "grade", "output", *RESULT_LISTS)
"""The kinds of parts that are labels, outputs that are no numbers, or lists of text.

A result has besides them `score`, `dimension`, and `number`, which is an output that is one."""


def output_kind(output: p.Criterion) -> str:
    """Name the kind of part that an output is: as with points, of numbers a change is nothing to tell."""
    return "number" if output.body.type.kind == "number" else "output"


def outcomes(memory: Memory, low: int, high: int, held: Mapping[str, str]) -> Outcomes:
    """Say what each part of the result can be at all moments from `low` to `high`, both in."""
    return Outcome(SpanReading(memory, low, high, held)).all()


@attrs.define
class Outcome:
    """The answers of every definition, in the program's order."""

    reading: SpanReading
    gate: int = TRUE
    required: list[tuple[p.Requirement, int]] = attrs.field(factory=list)

    @property
    def program(self) -> p.Program:
        """The program that is answered."""
        return self.reading.memory.program

    @property
    def _scale(self) -> int:
        return int(10**self.program.precision)

    def all(self) -> Outcomes:
        """Answer all of them."""
        program, definitions = self.program, self.reading.definitions
        asked = [key for ignore in program.ignores for key in p.reads_in(ignore)]
        for kind, name in (*program.needed(asked, definitions), *program.answered):  # whatever asks events, asks those
            if (kind, name) not in definitions:
                definitions[kind, name] = self._definition(kind, name)
        found: dict[tuple[str, str], frozenset[Any] | None] = {("score", ""): _few(definitions["score", "score"])}
        found |= {("dimension", one.name): _few(definitions["dimension", one.name]) for one in program.dimensions}
        found |= {("grade", one.name): _few(definitions["grade", one.name]) for one in program.grades}
        found |= {("ladder", one.name): _few(definitions["ladder", one.name]) for one in program.ladders}
        found |= {(output_kind(one), one.name): self._output(one) for one in program.outputs}
        segments = [(one.name, self._truth_of("segment", one.name)) for one in program.segments]
        found["segments", ""] = self._listed(segments)
        for word, one in MARKS.items():
            marks = [(m.value, self.reading.truth(m.condition)) for m in program.marks if m.kind == word]
            found[one.name, ""] = self._listed(marks)
        found["missing", ""] = _listed([(r.reason, met) for r, met in self.required], unless=True)
        return found

    def _output(self, one: p.Criterion) -> frozenset[Any] | None:
        possible = _few(self.reading.definitions["criterion", one.name])
        return None if possible is None else frozenset(output_of(value, one.body.type.kind) for value in possible)

    def points(self, units: int) -> Fraction:
        """Give points of their units."""
        return Fraction(units, self._scale)

    def _truth_of(self, kind: str, name: str) -> int:
        found = self.reading.definitions[kind, name]
        return TRUE if found == frozenset((True,)) else FALSE if True not in _members(found) else TRUE | FALSE

    def _listed(self, found: Sequence[tuple[str, int]]) -> frozenset[Any] | None:
        if self.gate == FALSE:
            return frozenset(((),))
        listed = _listed(found)
        return listed if self.gate == TRUE or listed is None else listed | {()}

    # ------------------------------------------------------------ definitions

    def _definition(self, kind: str, name: str) -> Possible:
        one = self.program.definitions.get((kind, name))
        match one:
            case p.Criterion(body=body):
                return self._still(kind, name, self.reading.value(body))
            case p.Segment(condition=condition):
                return self._still(kind, name, values_of(self.reading.truth(condition)))
            case p.Persona():
                return self._persona(one)
            case p.PointsGroup():
                return self._clamped([self.rule(rule) for rule in one.rules], one.bounds)
            case p.Dimension():
                return self._clamped([self._points(item) for item in one.items], one.bounds)
            case p.Grade():
                return self._grade(one)
            case p.GradeCell():
                parts = (_members(self.reading.definitions["grade", part]) for part in one.grades)
                return frozenset(map("".join, product(*parts)))
            case p.Ladder():
                return self._ladder(one)
            case None:
                return {"gate": self._gate, "requirements": self._requirements, "score": self._score}[kind]()
        assert_never(one)

    def _still(self, kind: str, name: str, found: Possible) -> Possible:
        """Tell the reading of the first moment, too, what never moves: it is asked about that alone."""
        known = only(found)
        if known is not None:
            self.reading.still.definitions[kind, name] = known[0]
        return found

    def _gate(self) -> Possible:
        met = [self._met(r) for r in self.program.requirements if r.before_scoring]
        self.gate = _all_met(met)
        return values_of(self.gate)

    def _requirements(self) -> Possible:
        self.required = [(requirement, self._met(requirement)) for requirement in self.program.requirements]
        return values_of(_all_met([met for _, met in self.required]))

    def _met(self, requirement: p.Requirement) -> int:
        truth = self.reading.truth(requirement.condition)
        return (truth & TRUE) | (FALSE if truth & ~TRUE else 0)

    # ----------------------------------------------------------------- points

    def _persona(self, persona: p.Persona) -> Possible:
        truths = [(self.reading.truth(line.condition), line.weight) for line in persona.lines]
        whole = sum((weight for _, weight in truths), Fraction(0))
        surely = sum((weight for truth, weight in truths if truth == TRUE), Fraction(0)) / whole
        perhaps = sum((weight for truth, weight in truths if truth & TRUE), Fraction(0)) / whole
        bits = 2 * sum(weight.numerator.bit_length() + weight.denominator.bit_length() for _, weight in truths)
        return self._gated(Range(surely, perhaps, bits=bits))

    def _points(self, item: p.Rule | p.PointsGroup | p.Persona) -> Units:
        if isinstance(item, p.Rule):
            return self.rule(item)
        if isinstance(item, p.PointsGroup):
            return self._units("group", item.name)
        share = self.reading.definitions["persona", item.name]
        assert isinstance(share, Range)
        found = [units_of(item.points * end, self.program.precision) for end in (share.low, share.high)]
        return min(found), max(found)

    def _units(self, kind: str, name: str) -> Units:
        found = self.reading.definitions[kind, name]
        assert isinstance(found, Range)
        return int(found.low * self._scale), int(found.high * self._scale)

    def rule(self, rule: p.Rule) -> Units:
        """Give the units of a rule's points."""
        reading, memory = self.reading, self.reading.memory
        if not memory.movement.of(rule):
            if rule.id not in memory.units:
                score = score_rule(memory.still, rule)
                memory.units[rule.id] = 0 if score is None else int(score.capped * self._scale)
            return memory.units[rule.id], memory.units[rule.id]
        asked = TRUE if rule.when is None else reading.truth(rule.when)
        if not asked & TRUE:
            return NONE
        found = self._each(rule) if rule.selection is not None else self._once(rule)
        return found if asked == TRUE else _around(found, NONE)

    def _each(self, rule: p.Rule) -> Units:
        assert rule.selection is not None
        reading = self.reading
        chosen = reading.chosen(rule.selection)
        if rule.decay is not None:
            reading.memory.moves.fades(chosen.pool, rule.decay.unit)
        return reading.memory.rule(rule).units(chosen, reading.low, reading.high, reading.value)

    def _once(self, rule: p.Rule) -> Units:
        """Give what alternatives that may be the first true one give, and nothing where none may be true."""
        season = self._season(rule)
        if not season & TRUE:
            return NONE
        found: list[Units] = [NONE] if season & ~TRUE else []
        open_, all_false = True, True
        for alternative in rule.alternatives:
            if alternative.condition is None:
                if all_false:
                    found.append(self._given(rule, alternative))
                continue
            truth = self.reading.truth(alternative.condition)
            if truth & TRUE:
                found.append(self._given(rule, alternative))
            all_false = all_false and bool(truth & FALSE)
            if truth == TRUE:
                open_ = False
                break
        if open_ and not self._is_exhaustive(rule):
            found.append(NONE)
        return min(low for low, _ in found), max(high for _, high in found)

    def _is_exhaustive(self, rule: p.Rule) -> bool:
        """Tell that `else` counts wherever nothing else does: no condition can be unknown."""
        if rule.alternatives[-1].condition is not None:
            return False
        return all(not self.reading.truth(condition) & ~(TRUE | FALSE) for condition in rule.conditions)

    def _given(self, rule: p.Rule, alternative: p.Alternative) -> Units:
        precision = self.program.precision
        low, high = (units_of(end, precision) for end in points_in(self.reading.value(alternative.points)))
        most = scaled(rule.caps.points, self._scale)
        return within(low, most), within(high, most)

    def _season(self, rule: p.Rule) -> int:
        if rule.first_day is None and rule.last_day is None:
            return TRUE
        low, high = self.reading.days
        if low == high:
            return TRUE if in_season(rule, self.reading.still, self.reading.low) else FALSE
        first, last = rule.first_day or low, rule.last_day or high
        can = low <= last and first <= high
        must = first <= low and high <= last
        return (TRUE if can else 0) | (0 if must else FALSE)

    def _clamped(self, parts: Sequence[Units], bounds: p.Bounds) -> Possible:
        low, high = (Fraction(sum(ends), self._scale) for ends in zip(NONE, *parts, strict=True))
        return self._gated(self._range(bounds.clamp(low), bounds.clamp(high)))

    def _range(self, low: Fraction, high: Fraction) -> Range:
        bits = int(max(abs(low), abs(high)) * self._scale).bit_length() + self._scale.bit_length()
        return Range(low, high, bits=bits)

    def _gated(self, found: Range) -> Range:
        if self.gate == TRUE:
            return found
        zero = Fraction(0)
        if self.gate == FALSE:
            return Range(zero, zero)
        return Range(min(zero, found.low), max(zero, found.high), bits=found.bits)

    def _score(self) -> Possible:
        total, definitions = self.program.total, self.reading.definitions
        if total.terms is None:
            found = [definitions["dimension", one.name] for one in self.program.dimensions]
            ends = [(one.low, one.high) for one in found if isinstance(one, Range)]
            low, high = (sum(each, Fraction(0)) for each in zip((0, 0), *ends, strict=True))
            return self._gated(self._range(low, high))
        ends = [self._term(term) for term in total.terms]
        low, high = (total.bounds.clamp(sum(each, Fraction(0))) for each in zip((0, 0), *ends, strict=True))
        return self._gated(self._range(low, high))

    def _term(self, term: p.Term) -> tuple[Fraction, Fraction]:
        if term.dimension is None:
            value = rounded(term.factor, self.program.precision)
            return value, value
        found = self.reading.definitions["dimension", term.dimension]
        assert isinstance(found, Range)
        ends = [rounded(term.factor * end, self.program.precision) for end in (found.low, found.high)]
        return min(ends), max(ends)

    # ----------------------------------------------------------------- labels

    def _grade(self, grade: p.Grade) -> Possible:
        value = self.reading.value(grade.subject)
        if not isinstance(value, Range):
            if only(value) == (None,):
                return frozenset((grade.bands[-1].label,))
            return frozenset(band.label for band in grade.bands)
        found, low, high = set[str](), value.low, value.high
        below: Fraction | None = None
        for band in grade.bands:
            reaches = band.threshold is None or high >= band.threshold
            if reaches and (below is None or low < below):
                found.add(band.label)
            below = band.threshold
        return frozenset(found | ({grade.bands[-1].label} if value.unknown else set()))

    def _ladder(self, ladder: p.Ladder) -> Possible:
        truths: dict[str, int] = {}
        for rule in ladder.rules:
            truths[rule.label] = _either(truths.get(rule.label, 0), self.reading.truth(rule.condition))
        found = set[str]()
        for label in ladder.exits:
            truth = truths.get(label, 0)
            if truth & TRUE:
                found.add(label)
            if truth == TRUE:
                return frozenset(found)
        return frozenset(found | {ladder.labels[rank] for rank in self._ranks(ladder, truths)})

    def _ranks(self, ladder: p.Ladder, truths: Mapping[str, int]) -> set[int]:
        """Give the ranks that a lead can have beside the exits."""
        rank = {label: index for index, label in enumerate(ladder.labels)}
        held = rank.get(self.reading.held.get(ladder.name, ""), -1)
        least = held if ladder.forward_only else 0
        met = _all_met([met for requirement, met in self.required if requirement.label is None])
        found = {max(0, least)} if met & ~TRUE else set[int]()
        if met & TRUE:
            reached = [(rank[label], truth) for label, truth in truths.items() if label in rank]
            reached += [
                (rank[hold.label], self.reading.truth(hold.condition))
                for hold in ladder.holds
                if held >= rank[hold.label]
            ]
            for highest in self._highest(ladder):
                open_ = [(index, truth) for index, truth in reached if index <= highest]
                lowest = max([0, least, *(index for index, truth in open_ if truth == TRUE)])
                found |= {lowest, *(index for index, truth in open_ if truth & TRUE and index > lowest)}
        return found

    def _highest(self, ladder: p.Ladder) -> set[int]:
        """Give the ranks that requirements for a label may leave as the highest."""
        most = ladder.highest(r for r, met in self.required if r.label is not None and met == FALSE)
        perhaps = (ladder.highest([r]) for r, met in self.required if r.label is not None and met & ~TRUE)
        return {most, *(rank for rank in perhaps if rank < most)}


def _either(one: int, other: int) -> int:
    """Give the bits of `or` where only being true matters: one that is true makes it so."""
    if TRUE in {one, other}:
        return TRUE
    return ((one | other) & TRUE) | FALSE


def _all_met(met: Sequence[int]) -> int:
    if all(truth == TRUE for truth in met):
        return TRUE
    return FALSE if any(truth == FALSE for truth in met) else TRUE | FALSE


def _listed(found: Sequence[tuple[str, int]], *, unless: bool = False) -> frozenset[Any] | None:
    """Give the list of the texts whose condition is true (or, `unless`, is not); None where one may be either."""
    if any(truth & TRUE and truth & ~TRUE for _, truth in found):
        return None
    texts = (text for text, truth in found if bool(truth & TRUE) is not unless)
    return frozenset(((*texts,) if unless else tuple(dict.fromkeys(texts)),))


def _around(one: Units, other: Units) -> Units:
    return min(one[0], other[0]), max(one[1], other[1])


def _members(possible: Possible) -> frozenset[Any]:
    assert isinstance(possible, frozenset)
    return possible


def _few(possible: Possible) -> frozenset[Any] | None:
    if isinstance(possible, Range):
        return frozenset((possible.low,)) if possible.is_one else None
    return possible if isinstance(possible, frozenset) else None
