"""Score an example again with one small change, doing no more than the change asks for.

Rules that the change cannot reach keep the points they gave: they stand in the program that is run
as one constant. What is run is still the reference engine, so that a change means exactly what it
would mean in the whole program.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from fractions import Fraction
from typing import Any

import attrs

from leadrules import program as p
from leadrules.engine.reference.conditions import Truth
from leadrules.engine.reference.interpreter import Evaluation, run
from leadrules.engine.reference.scoring import score_persona, score_rule
from leadrules.insights.mutants import Mutant, Part
from leadrules.values import LARGEST
from leadrules.vocabulary import NUMBER

ZERO = Fraction(0)
Definition = tuple[str, str]
"""The kind and name of something that is answered once for a lead."""


# -------------------------------------------------------------- what reads what


class Dependencies:
    """Which definitions of a program, and which of its rules, read which."""

    def __init__(self, program: p.Program) -> None:
        self.program = program
        self.containers: dict[str, Definition] = {}
        self.rules: dict[str, frozenset[Definition]] = {}
        self._reads: dict[Definition, frozenset[Definition]] = dict(self._definitions())
        before = (r for r in program.requirements if r.before_scoring)
        self._gate = frozenset(read for requirement in before for read in p.reads_in(requirement.condition))

    def affected(self, changed: Iterable[Definition]) -> AbstractSet[Definition]:
        """Give definitions and all that may answer otherwise when they do."""
        found = set(changed)
        for definition in self.program.order:
            if not found.isdisjoint(self._reads.get(definition, ())):
                found.add(definition)
        return found

    def reaches_gate(self, affected: AbstractSet[Definition]) -> bool:
        """Tell whether `require … before scoring` may answer otherwise."""
        return not affected.isdisjoint(self._gate)

    def _definitions(self) -> Iterator[tuple[Definition, frozenset[Definition]]]:
        program = self.program
        for criterion in program.criteria:
            yield ("criterion", criterion.name), frozenset(p.reads_in(criterion.body))
        for segment in program.segments:
            yield ("segment", segment.name), frozenset(p.reads_in(segment.condition))
        for dimension in program.dimensions:
            yield from self._items(dimension.items, ("dimension", dimension.name))
        terms = [term.dimension for term in program.total.terms or ()] or [d.name for d in program.dimensions]
        yield ("score", "score"), frozenset(("dimension", name) for name in terms if name is not None)
        for grade in program.grades:
            names = grade.grades if isinstance(grade, p.GradeCell) else ()
            subject = () if isinstance(grade, p.GradeCell) else tuple(p.reads_in(grade.subject))
            yield ("grade", grade.name), frozenset([*(("grade", name) for name in names), *subject])
        required = [read for requirement in program.requirements for read in p.reads_in(requirement.condition)]
        for ladder in program.ladders:
            yield ("ladder", ladder.name), frozenset([*p.reads_in(ladder), *required])

    def _items(
        self, items: tuple[p.Rule | p.PointsGroup | p.Persona, ...], container: Definition
    ) -> Iterator[tuple[Definition, frozenset[Definition]]]:
        reads: set[Definition] = set()
        for item in items:
            if isinstance(item, p.Rule):
                self.containers[item.id] = container
                self.rules[item.id] = frozenset(p.reads_in(item))
                reads |= self.rules[item.id]
            elif isinstance(item, p.PointsGroup):
                yield from self._items(item.rules, ("group", item.name))
                reads.add(("group", item.name))
            else:
                yield ("persona", item.name), frozenset(p.reads_in(item))
                reads.add(("persona", item.name))
        yield container, frozenset(reads)


# ----------------------------------------------------------------- one example


class Replay:
    """One example's run, ready to be run again with a change."""

    def __init__(self, evaluation: Evaluation, dependencies: Dependencies) -> None:
        self.evaluation = evaluation
        self.dependencies = dependencies
        self._kept: dict[frozenset[Definition] | None, p.Program] = {}

    def changed(self, mutant: Mutant) -> Evaluation | None:
        """Score the example's lead with a change; None where the changed part itself answers as before."""
        program = self._program(mutant)
        reading = self.evaluation.reading
        return None if program is None else run(program, reading.facts, reading.as_of)

    def _program(self, mutant: Mutant) -> p.Program | None:
        first = mutant.swaps[0][0]
        if isinstance(first, p.Rule):
            return None if self.evaluation.gated else self._with_points(mutant)
        if not any(_differs(self.evaluation, old, new) for old, new in mutant.swaps):
            return None
        if isinstance(first, (p.Dimension, p.PointsGroup)):
            new = mutant.swaps[0][1]
            assert isinstance(new, (p.Dimension, p.PointsGroup))
            kind = "dimension" if isinstance(first, p.Dimension) else "group"
            kept = self._keep(frozenset({(kind, first.name)}))
            return _with_bounds(kept, (kind, first.name), new.bounds)
        changed = _changed_by(first, self.dependencies.program)
        return mutant.applied(self._keep(None if changed is None else frozenset({changed})))

    def _with_points(self, mutant: Mutant) -> p.Program | None:
        """Give a program in which changed rules give their new points. What they read is as it was."""
        moved: dict[Definition, Fraction] = {}
        for old, new in mutant.swaps:
            assert isinstance(old, p.Rule)
            assert isinstance(new, p.Rule)
            container = self.dependencies.containers[old.id]
            difference = _points(self.evaluation, new) - _capped(self.evaluation, old)
            moved[container] = moved.get(container, ZERO) + difference
        if not any(moved.values()):
            return None
        program = self._keep(frozenset(moved))
        for container, difference in moved.items():
            program = _with_more(program, container, difference)
        return program

    def _keep(self, changed: frozenset[Definition] | None) -> p.Program:
        """Give the program in which rules that a change cannot reach are constants; None: it may reach all."""
        if changed not in self._kept:
            self._kept[changed] = self._kept_program(changed)
        return self._kept[changed]

    def _kept_program(self, changed: frozenset[Definition] | None) -> p.Program:
        program = self.evaluation.program
        affected = set() if changed is None else self.dependencies.affected(changed)
        if changed is None or self.dependencies.reaches_gate(affected):
            return program
        dimensions = tuple(
            attrs.evolve(dimension, items=self._kept_items(dimension.items, affected))
            for dimension in program.dimensions
        )
        return attrs.evolve(program, dimensions=dimensions)

    def _kept_items(self, items: tuple[Any, ...], affected: AbstractSet[Definition]) -> tuple[Any, ...]:
        total = ZERO
        live: list[Any] = []
        for item in items:
            if isinstance(item, p.PointsGroup):
                live.append(attrs.evolve(item, rules=self._kept_items(item.rules, affected)))
            elif isinstance(item, p.Persona) or not affected.isdisjoint(self.dependencies.rules[item.id]):
                live.append(item)
            else:
                total += _capped(self.evaluation, item)
        return (*_constants(total), *live)


def _changed_by(part: Part, program: p.Program) -> Definition | None:
    """Name the definition that a part belongs to; None where it may concern everything."""
    match part:
        case p.Criterion():
            return "criterion", part.name
        case p.Segment():
            return "segment", part.name
        case p.Persona():
            return "persona", part.name
        case p.Grade():
            return "grade", part.name
        case p.Total():
            return "score", "score"
        case p.Mark():
            return "mark", part.id
        case p.Ladder():
            return "ladder", part.name
        case p.LabelRule() | p.Hold():
            return next(("ladder", one.name) for one in program.ladders if part in (*one.rules, *one.holds))
        case _:
            return None


# ----------------------------------------------------------------- constants


def _constants(points: Fraction) -> tuple[p.Rule, ...]:
    """Give rules that always give some points in sum: more than one where one may not give as many."""
    steps, rest = divmod(abs(points), LARGEST)
    sign = -1 if points < 0 else 1
    return tuple(_constant(sign * size) for size in (*[Fraction(LARGEST)] * int(steps), rest) if size)


def _constant(points: Fraction) -> p.Rule:
    alternative = p.Alternative(p.Always(), p.Constant(points, NUMBER))
    return p.Rule(f"kept {points}", None, "", None, (alternative,))


def _with_more(program: p.Program, container: Definition, points: Fraction) -> p.Program:
    more = _constants(points)

    def added(part: p.Dimension | p.PointsGroup) -> p.Dimension | p.PointsGroup:
        if isinstance(part, p.Dimension):
            return attrs.evolve(part, items=more + part.items)
        return attrs.evolve(part, rules=more + part.rules)

    return _with_container(program, container, added)


def _with_bounds(program: p.Program, container: Definition, bounds: p.Bounds) -> p.Program:
    return _with_container(program, container, lambda part: attrs.evolve(part, bounds=bounds))


def _with_container(
    program: p.Program,
    container: Definition,
    change: Callable[[p.Dimension | p.PointsGroup], p.Dimension | p.PointsGroup],
) -> p.Program:
    """Change the dimension or group of a name."""

    def changed(part: Any) -> Any:
        kind = "dimension" if isinstance(part, p.Dimension) else "group"
        if isinstance(part, (p.Dimension, p.PointsGroup)) and (kind, part.name) == container:
            return change(part)
        return attrs.evolve(part, items=tuple(map(changed, part.items))) if isinstance(part, p.Dimension) else part

    return attrs.evolve(program, dimensions=tuple(map(changed, program.dimensions)))


# --------------------------------------------------------- what a part does


def _differs(evaluation: Evaluation, old: Part, new: Part | None) -> bool:
    """Tell whether a changed part answers otherwise about the lead of an evaluation."""
    reading = evaluation.reading
    match old:
        case p.Persona():
            assert isinstance(new, p.Persona)
            before, after = evaluation.number("persona", old.name), score_persona(reading, new)
            differs = before != after or before * old.points != after * new.points
            return differs and not evaluation.gated
        case p.Criterion():
            assert isinstance(new, p.Criterion)
            return evaluation.reading.definitions["criterion", old.name] != reading.value(new.body)
        case p.Dimension() | p.PointsGroup():
            assert isinstance(new, (p.Dimension, p.PointsGroup))
            kind = "dimension" if isinstance(old, p.Dimension) else "group"
            total = evaluation.sums[kind, old.name]
            return not evaluation.gated and old.bounds.clamp(total) != new.bounds.clamp(total)
        case p.Requirement() if isinstance(new, p.Requirement) and new.label != old.label:
            return True  # who lacks it may lose another label
        case p.LabelRule() | p.Hold() | p.Mark() | p.Requirement() | p.Segment():
            assert new is None or isinstance(new, type(old))
            return _truth(evaluation, old) is not _truth(evaluation, new, old)
        case p.Total() | p.Grade() | p.Ladder() | p.Rule():
            return True  # cheaper to run than to decide; a rule's points are compared elsewhere


def _capped(evaluation: Evaluation, rule: p.Rule) -> Fraction:
    score = evaluation.rules.get(rule.id)
    return Fraction(0) if score is None else score.capped


def _points(evaluation: Evaluation, rule: p.Rule) -> Fraction:
    score = score_rule(evaluation.reading, rule)
    return Fraction(0) if score is None else score.capped


def _truth(evaluation: Evaluation, part: Any, instead_of: Any = None) -> Truth:
    """Give what a conditional part says; one that is left out is met if it is a requirement, else never true."""
    if part is None:
        return isinstance(instead_of, p.Requirement)
    return evaluation.reading.truth(part.condition)
