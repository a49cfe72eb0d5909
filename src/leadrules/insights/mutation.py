"""Whether the examples of a rule file would notice a mistake in it.

Each rule's points, thresholds, windows and limits are changed a little, one at a time, and the
examples run again. A change that leaves all their expectations true has survived: nothing in the
file protects that rule against being changed by mistake. The practice is mutation testing (DeMillo,
Lipton and Sayward, "Hints on test data selection", 1978).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import attrs

from leadrules import program as p
from leadrules.analysis.prover import Prover
from leadrules.errors import PluginError
from leadrules.insights.examples import ExampleReport
from leadrules.insights.mutants import Mutant, Part, mutants_of
from leadrules.insights.replay import Dependencies, Replay
from leadrules.ruleset import Ruleset, program_of


@attrs.frozen
class Survivor:
    """A change that no example notices: the line and text of the rule, and the change in words.

    `file` is the rule's file where that is not the main one.
    """

    line: int
    rule: str
    change: str
    file: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Give the change as plain data: file, line, rule, change."""
        return {"file": self.file, "line": self.line, "rule": self.rule, "change": self.change}


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
    rules: Ruleset,
    examples: Iterable[ExampleReport],
    *,
    progress: Callable[[int, int], None] | None = None,
) -> Mutation:
    r"""Change a rule file in every small way, and name the changes that no example notices.

    An example notices a change when something that it expects is true before and not after. Changes
    that no lead can show, such as those of a rule that never fires, are not counted.
    `progress` is told the number of changes tried and of all.

    >>> from leadrules import Ruleset
    >>> from leadrules.insights.examples import run_examples
    >>> rules = Ruleset.from_text('employees > 9 +5\nexample "x"\n  given employees = 10\n  expect score = 5')
    >>> [survivor.change for survivor in mutate(rules, run_examples(rules)).survivors]
    ['`employees > 9` could be `employees >= 9`', '`employees > 9` could be `employees > 8`']
    """
    dependencies = Dependencies(program_of(rules))
    runs = [_ExampleRun.of(example, dependencies) for example in examples if example.evaluation is not None]
    mutants = tuple(mutants_of(program_of(rules)))
    survivors: list[Mutant] = []
    for done, mutant in enumerate(mutants, start=1):
        if not _is_noticed(mutant, runs):
            survivors.append(mutant)
        if progress is not None:
            progress(done, len(mutants))
    prover = Prover.of(program_of(rules))
    told = [mutant for mutant in survivors if any(_may_matter(old, new, prover) for old, new in mutant.swaps)]
    told.sort(key=lambda mutant: program_of(rules).position(mutant.about))
    tried = len(mutants) - len(survivors) + len(told)
    return Mutation(tried, tuple(_survivor(mutant, program_of(rules)) for mutant in told))


def _may_matter(old: Part, new: Part | None, prover: Prover) -> bool:
    """Tell whether a lead may show a change: no example can be asked to notice what has no effect on any lead."""
    match old, new:
        case p.Rule(), p.Rule():
            return prover.effect(old) != prover.effect(new)
        case ((p.Dimension() | p.PointsGroup() | p.Total()), (p.Dimension() | p.PointsGroup() | p.Total())):
            return old.bounds == new.bounds or prover.bounds(old) != prover.bounds(new)
        case p.Grade(), p.Grade():
            return prover.bands(old) != prover.bands(new)
        case p.LabelRule() | p.Hold() | p.Mark(), None | p.LabelRule() | p.Hold() | p.Mark():
            conditions = (old.condition,) if new is None else (old.condition, new.condition)
            return any(True in prover.answers(one, scored=isinstance(old, p.Mark)) for one in conditions)
        case p.Requirement(), None | p.Requirement():
            conditions = (old.condition,) if new is None else (old.condition, new.condition)
            return any(prover.answers(one) != (True,) for one in conditions)
        case _:
            return True


def _survivor(mutant: Mutant, program: p.Program) -> Survivor:
    return Survivor(mutant.about.line, mutant.rule, mutant.change, program.file_of(mutant.about))


# ------------------------------------------------------------------- running


@attrs.frozen
class _ExampleRun:
    """An example that ran, and the expectations that it found true."""

    replay: Replay
    expected: tuple[p.Condition, ...]

    @classmethod
    def of(cls, example: ExampleReport, dependencies: Dependencies) -> _ExampleRun:
        evaluation = example.evaluation
        assert evaluation is not None
        expectations = (expectation.condition for expectation in example.example.expectations)
        true = tuple(c for c in expectations if evaluation.reading.truth(c) is True)
        return cls(Replay(evaluation, dependencies), true)

    def notices(self, mutant: Mutant) -> bool:
        """Score the example's lead with a change, and see whether an expectation fails."""
        try:
            evaluation = self.replay.changed(mutant)
        except PluginError:
            return True
        if evaluation is None:
            return False
        evaluation.expose_lists()
        return any(evaluation.reading.truth(condition) is not True for condition in self.expected)


def _is_noticed(mutant: Mutant, runs: list[_ExampleRun]) -> bool:
    for index, one in enumerate(runs):
        if one.notices(mutant):
            # Neighbouring changes concern the same rule: who noticed this one is asked first.
            runs.insert(0, runs.pop(index))
            return True
    return False
