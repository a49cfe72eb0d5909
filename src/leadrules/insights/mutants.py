"""Every small change of a program: what each example is asked to notice.

A change swaps parts of the program for others, or leaves them out. It does nothing to what a
program reads of a lead, so that the facts of an example serve all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any, get_args

import attrs

from leadrules import program as p
from leadrules.explain.modifiers import band_text, every_text, per_text, points_per_text, points_text, times_text
from leadrules.families import Decay
from leadrules.insights import variants
from leadrules.insights.variants import could_be, left_out, moved_days, moved_numbers, moved_spans
from leadrules.values import UNITS, Duration, signed, text_of_number, text_of_span
from leadrules.vocabulary import NUMBER

Part = (
    p.Rule | p.Persona | p.PointsGroup | p.Dimension | p.Total | p.Grade | p.Ladder | p.LabelRule | p.Hold | p.Mark
    | p.Requirement | p.Criterion | p.Segment
)  # fmt: skip
Swap = tuple[Part, Part | None]
"""A part of the program, and what stands in its place: None where it is left out."""

_SMALLEST = tuple(kind for kind in get_args(Part) if kind not in {p.Dimension, p.PointsGroup, p.Ladder})
"""The kinds of parts that hold no other parts."""

_LEFT_OUT = "the line could be left out"
_TINY = Fraction(1, 10**9)  # finer than points can be, so that it turns `>=` into `>`


@attrs.frozen
class Mutant:
    """A small change: what it is told of and the text of that, the change in words, and its swaps."""

    about: p.Node
    rule: str
    change: str
    swaps: tuple[Swap, ...]

    def applied(self, program: p.Program) -> p.Program:
        """Give the changed program."""
        swaps: dict[int, Part | None] = {id(old): new for old, new in self.swaps}
        changed: p.Program = program.replace(lambda node: swaps.get(id(node), node), closed=_SMALLEST)
        return changed


def mutants_of(program: p.Program) -> Iterator[Mutant]:
    """Give every mutant of a program, in order of its parts."""
    for criterion in program.criteria:
        for body, change in variants.of_value(criterion.body):
            yield _one(criterion, attrs.evolve(criterion, body=body), criterion.name, change)
    for segment in program.segments:
        yield from _of_conditional(segment, segment.name)
    for requirement in program.requirements:
        needed = "" if requirement.label is None else f" for {requirement.label}"
        text = f"require {requirement.condition.text}{needed}"
        yield _one(requirement, None, text, _LEFT_OUT)
        yield from _of_conditional(requirement, text)
        for other in _beside(requirement.label, program.ladders):
            change = could_be(f"for {requirement.label}", f"for {other}")
            yield _one(requirement, attrs.evolve(requirement, label=other), text, change)
    for dimension in program.dimensions:
        yield from _of_dimension(dimension)
    yield from _of_total(program.total)
    for grade in program.grades:
        if isinstance(grade, p.Grade):
            yield from _of_grade(grade)
    for ladder in program.ladders:
        yield from _of_ladder(ladder)
    for mark in program.marks:
        text = f'{mark.condition.text} -> {mark.kind} "{mark.value}"'
        yield _one(mark, None, text, _LEFT_OUT)
        yield from _of_conditional(mark, text)


def _beside(label: str | None, ladders: Sequence[p.Ladder]) -> Iterator[str]:
    """Give the labels right below and above one that a requirement is for; every lead has the first."""
    for ladder in ladders:
        steps = ladder.labels[1:]
        if label in steps:
            at = steps.index(label)
            yield from (*steps[max(at - 1, 0) : at], *steps[at + 1 : at + 2])


def _one(old: Any, new: Part | None, text: str, change: str) -> Mutant:
    return Mutant(old, text, change, ((old, new),))


def _of_conditional(part: p.Segment | p.Requirement | p.LabelRule | p.Hold | p.Mark, text: str) -> Iterator[Mutant]:
    for condition, change in variants.of_condition(part.condition):
        yield _one(part, attrs.evolve(part, condition=condition), text, change)


# ---------------------------------------------------------------- dimensions


def _of_dimension(dimension: p.Dimension) -> Iterator[Mutant]:
    yield from _of_bounds(dimension, f"dimension {dimension.name}")
    yield from _of_windows(dimension)
    yield from _of_decays(dimension)
    for item in dimension.items:
        if isinstance(item, p.Rule):
            yield from _of_rule(item)
        elif isinstance(item, p.Persona):
            yield from _of_persona(item)
        else:
            yield from _of_bounds(item, f"group {item.name}")
            for rule in item.rules:
                yield from _of_rule(rule)


def _of_bounds(part: p.Dimension | p.PointsGroup | p.Total, text: str) -> Iterator[Mutant]:
    for word, name in (("max", "high"), ("min", "low")):
        bound = getattr(part.bounds, name)
        for other in () if bound is None else moved_numbers(bound):
            bounds = p.Bounds(part.bounds.low, other) if word == "max" else p.Bounds(other, part.bounds.high)
            changed = attrs.evolve(part, bounds=bounds)
            yield _one(
                part, changed, text, could_be(f"{word} {text_of_number(bound)}", f"{word} {text_of_number(other)}")
            )


def _of_windows(dimension: p.Dimension) -> Iterator[Mutant]:
    """Change the window that a dimension gives its rules, for all of them at once."""
    for window in sorted(variants.inherited_windows(dimension.rules)):
        for other in moved_spans(window):
            moved = ((rule, variants.with_inherited_window(rule, other)) for rule in dimension.rules)
            swaps = tuple((old, new) for old, new in moved if old is not new)
            change = could_be(f"within {text_of_span(window)}", f"within {text_of_span(other)}")
            yield Mutant(dimension, f"dimension {dimension.name}", change, swaps)


def _of_decays(dimension: p.Dimension) -> Iterator[Mutant]:
    """Change a decay for all the rules of a dimension that have it: it may be the dimension's."""
    by_decay: dict[Decay, list[p.Rule]] = {}
    for rule in dimension.rules:
        if rule.decay is not None:
            by_decay.setdefault(rule.decay, []).append(rule)
    for decay, rules in by_decay.items():
        about: p.Node = dimension
        text = f"dimension {dimension.name}"
        if len(rules) == 1:
            about, text = rules[0], rules[0].text
        others: list[Decay | None] = [None, *_moved_decays(decay)]
        for other in others:
            swaps = tuple((rule, attrs.evolve(rule, decay=other)) for rule in rules)
            change = left_out(str(decay)) if other is None else could_be(str(decay), str(other))
            yield Mutant(about, text, change, swaps)


def _moved_decays(decay: Decay) -> Iterator[Decay]:
    count, unit = decay.duration.count, decay.duration.unit
    assert unit in UNITS
    step = max(1, round(count / 10))
    for other in (count + step, count - step):
        if other >= 1:
            yield attrs.evolve(decay, duration=Duration(other, unit))
    if decay.kind == "drops":
        for percent in moved_numbers(decay.percent):
            if 0 < percent <= 100:
                yield attrs.evolve(decay, percent=percent)


# --------------------------------------------------------------------- rules


def _of_rule(rule: p.Rule) -> Iterator[Mutant]:
    text = rule.text if rule.name is None else f"{rule.name}: {rule.text}"
    for index, alternative in enumerate(rule.alternatives):
        for changed, change in _of_alternative(alternative, each=rule.selection is not None):
            others = (*rule.alternatives[:index], changed, *rule.alternatives[index + 1 :])
            yield _one(rule, attrs.evolve(rule, alternatives=others), text, change)
    if rule.selection is not None:
        for selection, change in variants.of_selection(rule.selection):
            yield _one(rule, attrs.evolve(rule, selection=selection), text, change)
    if rule.when is not None:
        yield _one(rule, attrs.evolve(rule, when=None), text, left_out(f"when {rule.when.text}"))
        for when, change in variants.of_condition(rule.when):
            yield _one(rule, attrs.evolve(rule, when=when), text, change)
    for caps, change in _of_caps(rule.caps):
        yield _one(rule, attrs.evolve(rule, caps=caps), text, change)
    for day in () if rule.first_day is None else moved_days(rule.first_day):
        yield _one(rule, attrs.evolve(rule, first_day=day), text, could_be(f"from {rule.first_day}", f"from {day}"))
    for day in () if rule.last_day is None else moved_days(rule.last_day):
        yield _one(rule, attrs.evolve(rule, last_day=day), text, could_be(f"until {rule.last_day}", f"until {day}"))


def _of_alternative(alternative: p.Alternative, *, each: bool) -> Iterator[tuple[p.Alternative, str]]:
    """Change points and condition. A rule that scores each event has its selection for a condition."""
    if isinstance(alternative.points, p.Constant):
        number, change = _moved_points(alternative.points)
        yield attrs.evolve(alternative, points=number), change
    else:
        for points, change in variants.of_value(alternative.points):
            yield attrs.evolve(alternative, points=points), change
    if alternative.condition is not None and not each:
        for condition, change in variants.of_condition(alternative.condition):
            yield attrs.evolve(alternative, condition=condition), change


def _moved_points(points: p.Constant) -> tuple[p.Constant, str]:
    """Move points by one towards nothing, which no limit hides; 0 becomes 1."""
    value = points.value
    assert isinstance(value, Fraction)
    other = value - (1 if value > 0 else -1) if abs(value) >= 1 else Fraction(0 if value else 1)
    return attrs.evolve(points, value=other), could_be(signed(value), signed(other))


def _of_caps(caps: p.Caps) -> Iterator[tuple[p.Caps, str]]:
    if caps.every is not None:
        yield from _of_every(caps, caps.every)
    for index, per in enumerate(caps.per):
        for moved in (attrs.evolve(per, times=times) for times in _moved_times(per.times)):
            others = (*caps.per[:index], moved, *caps.per[index + 1 :])
            yield attrs.evolve(caps, per=others), could_be(per_text(per), per_text(moved))
    for times in () if caps.times is None else _moved_times(caps.times):
        assert caps.times is not None
        yield attrs.evolve(caps, times=times), could_be(times_text(caps.times), times_text(times))
    if caps.points_per is not None:
        most, bucket = caps.points_per
        for size in _moved_sizes(most):
            change = could_be(points_per_text(most, bucket), points_per_text(size, bucket))
            yield attrs.evolve(caps, points_per=(size, bucket)), change
    for size in () if caps.points is None else _moved_sizes(caps.points):
        assert caps.points is not None
        yield attrs.evolve(caps, points=size), could_be(points_text(caps.points), points_text(size))


def _of_every(caps: p.Caps, every: p.MaxEvery) -> Iterator[tuple[p.Caps, str]]:
    others = [attrs.evolve(every, times=times) for times in _moved_times(every.times)]
    others += [attrs.evolve(every, every=span) for span in moved_spans(every.every)]
    for other in others:
        yield attrs.evolve(caps, every=other), could_be(every_text(every), every_text(other))


def _moved_times(times: int) -> tuple[int, ...]:
    return (times + 1, times - 1) if times > 1 else (times + 1,)


def _moved_sizes(size: Fraction) -> tuple[Fraction, ...]:
    return tuple(other for other in moved_numbers(size) if other > 0)


def _of_persona(persona: p.Persona) -> Iterator[Mutant]:
    text = f"persona {persona.name}"
    points, change = _moved_points(p.Constant(persona.points, NUMBER))
    assert isinstance(points.value, Fraction)
    yield _one(persona, attrs.evolve(persona, points=points.value), text, change)
    for index, line in enumerate(persona.lines):
        changes = [(attrs.evolve(line, condition=c), change) for c, change in variants.of_condition(line.condition)]
        if len(persona.lines) > 1:
            was, more = text_of_number(line.weight), text_of_number(line.weight + 1)
            heavier = attrs.evolve(line, weight=line.weight + 1)
            changes.insert(0, (heavier, could_be(f"weight {was}", f"weight {more}")))
        for changed, change in changes:
            lines = (*persona.lines[:index], changed, *persona.lines[index + 1 :])
            whole = attrs.evolve(persona, lines=lines)
            yield Mutant(line, line.condition.text, change, ((persona, whole),))


# --------------------------------------------------- totals, grades, ladders


def _of_total(total: p.Total) -> Iterator[Mutant]:
    for index, term in enumerate(total.terms or ()):
        assert total.terms is not None
        other = moved_numbers(term.factor)[0]
        terms = (*total.terms[:index], attrs.evolve(term, factor=other), *total.terms[index + 1 :])
        changed = text_of_number(other) + (f" * {term.dimension}" if term.dimension else "")
        change = could_be(term.text, changed)
        yield _one(total, attrs.evolve(total, terms=terms), "total", change)
    yield from _of_bounds(total, "total")


def _of_grade(grade: p.Grade) -> Iterator[Mutant]:
    for index, band in enumerate(grade.bands):
        if band.threshold is None:
            continue
        was = band_text(band)
        moved = [attrs.evolve(band, threshold=threshold) for threshold in moved_numbers(band.threshold)]
        changes = [(other, could_be(was, band_text(other))) for other in moved]
        above = attrs.evolve(band, threshold=band.threshold + _TINY)
        for other, change in (*changes, (above, could_be(was, was.replace(" >= ", " > ")))):
            bands = (*grade.bands[:index], other, *grade.bands[index + 1 :])
            yield _one(grade, attrs.evolve(grade, bands=bands), f"grade {grade.name}", change)


def _of_ladder(ladder: p.Ladder) -> Iterator[Mutant]:
    if ladder.forward_only:
        yield _one(ladder, attrs.evolve(ladder, forward_only=False), f"stages {ladder.name}", left_out("forward only"))
    for rule in ladder.rules:
        text = f"{rule.condition.text} -> {rule.label}"
        yield _one(rule, None, text, _LEFT_OUT)
        yield from _of_conditional(rule, text)
    for hold in ladder.holds:
        text = f"hold {hold.label} while {hold.condition.text}"
        yield _one(hold, None, text, _LEFT_OUT)
        yield from _of_conditional(hold, text)
