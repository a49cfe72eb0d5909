"""Whether the examples of a rule file would notice a mistake in it.

Each rule's points, thresholds, windows and limits are changed a little, one at a time, and the
examples run again. A change that leaves all their expectations true has survived: nothing in the
file protects that rule against being changed by mistake. The practice is mutation testing (DeMillo,
Lipton and Sayward, "Hints on test data selection", 1978).

An example runs again only where the changed part itself answers otherwise about its lead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

import attrs

from leadrules.engine import program as p
from leadrules.engine.conditions import Truth
from leadrules.engine.interpreter import Evaluation, run
from leadrules.engine.scoring import score_persona, score_rule
from leadrules.insights.examples import ExampleReport
from leadrules.insights.mutants import Mutant, Part, mutants_of


@attrs.frozen
class Survivor:
    """A change that no example notices: the line and text of the rule, and the change in words."""

    line: int
    rule: str
    change: str

    def to_dict(self) -> dict[str, Any]:
        """Give the change as plain data: line, rule, change."""
        return {"line": self.line, "rule": self.rule, "change": self.change}


@attrs.frozen
class Mutation:
    """How many small changes of a rule file were tried, and those that no example notices, by line."""

    tried: int
    survivors: tuple[Survivor, ...]

    @property
    def noticed(self) -> int:
        """Count the changes that an example notices."""
        return self.tried - len(self.survivors)

    def to_dict(self) -> dict[str, Any]:
        """Give the mutation as plain data: tried, noticed, survivors."""
        survivors = [survivor.to_dict() for survivor in self.survivors]
        return {"tried": self.tried, "noticed": self.noticed, "survivors": survivors}


def mutate(
    program: p.Program,
    examples: Iterable[ExampleReport],
    *,
    progress: Callable[[int, int], None] | None = None,
) -> Mutation:
    r"""Change a program in every small way, and name the changes that no example notices.

    An example notices a change when something that it expects is true before and not after.
    `progress` is told the number of changes tried and of all.

    >>> from leadrules import Ruleset
    >>> from leadrules.insights.examples import run_examples
    >>> rules = Ruleset.from_text('employees > 9 +5\nexample "x"\n  given employees = 10\n  expect score = 5')
    >>> [survivor.change for survivor in mutate(rules.program, run_examples(rules)).survivors]
    ['`employees > 9` could be `employees >= 9`', '`employees > 9` could be `employees > 8`']
    """
    witnesses = [_Witness.of(example) for example in examples if example.evaluation is not None]
    mutants = tuple(mutants_of(program))
    survivors = []
    for done, mutant in enumerate(mutants, start=1):
        if not _is_noticed(mutant, program, witnesses):
            survivors.append(Survivor(mutant.line, mutant.rule, mutant.change))
        if progress is not None:
            progress(done, len(mutants))
    return Mutation(len(mutants), tuple(sorted(survivors, key=lambda survivor: survivor.line)))


# ------------------------------------------------------------------- running


@attrs.frozen
class _Witness:
    """An example that ran, and the expectations that it found true."""

    evaluation: Evaluation
    expected: tuple[p.Condition, ...]

    @classmethod
    def of(cls, example: ExampleReport) -> _Witness:
        evaluation = example.evaluation
        assert evaluation is not None
        expectations = (expectation.condition for expectation in example.example.expectations)
        return cls(evaluation, tuple(c for c in expectations if evaluation.reading.truth(c) is True))

    def notices(self, changed: p.Program) -> bool:
        """Score the example's lead by a changed program, and see whether an expectation fails."""
        before = self.evaluation.reading
        evaluation = run(changed, before.facts, before.as_of)
        evaluation.reading.definitions |= {
            ("tags", ""): evaluation.marks("tag"),
            ("recommendations", ""): evaluation.marks("recommend"),
            ("missing", ""): evaluation.missing,
        }
        return any(evaluation.reading.truth(condition) is not True for condition in self.expected)


def _is_noticed(mutant: Mutant, program: p.Program, witnesses: list[_Witness]) -> bool:
    changed: p.Program | None = None
    for place, witness in enumerate(witnesses):
        if any(_differs(witness.evaluation, old, new) for old, new in mutant.swaps):
            changed = changed or mutant.applied(program)
            if witness.notices(changed):
                # Neighbouring changes concern the same rule: who noticed this one is asked first.
                witnesses.insert(0, witnesses.pop(place))
                return True
    return False


# --------------------------------------------------------- what a part does


def _differs(evaluation: Evaluation, old: Part, new: Part | None) -> bool:
    """Tell whether a changed part answers otherwise about the lead of an evaluation."""
    reading = evaluation.reading
    match old:
        case p.Rule():
            assert isinstance(new, p.Rule)
            return not evaluation.gated and _capped(evaluation, old) != _points(evaluation, new)
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
        case p.LabelRule() | p.Hold() | p.Mark() | p.Requirement() | p.Segment():
            assert new is None or isinstance(new, type(old))
            return _truth(evaluation, old) is not _truth(evaluation, new, old)
        case p.Total() | p.Grade() | p.Ladder():
            return True  # cheaper to run than to decide


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
