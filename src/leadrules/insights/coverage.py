"""What the examples of a rule file cover: its goals, and the first example that meets each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs

from leadrules.engine.reference.interpreter import Evaluation
from leadrules.errors import PluginError
from leadrules.insights.examples import ExampleReport
from leadrules.insights.goals import KINDS, Check, Goal, GoalKind, goals_of
from leadrules.ruleset import Ruleset, program_of


@attrs.frozen
class Coverage:
    """All goals of a rule file in order of its lines, and the name of the first example that meets each."""

    goals: tuple[Goal, ...]
    covered_by: tuple[str | None, ...]

    @property
    def covered(self) -> int:
        """Count the goals that an example meets."""
        return sum(name is not None for name in self.covered_by)

    @property
    def percent(self) -> int:
        """Give the share of goals that examples meet in whole percent, rounded down; 100 where there is no goal."""
        return 100 * self.covered // len(self.goals) if self.goals else 100

    @property
    def uncovered(self) -> tuple[Goal, ...]:
        """Give the goals that no example meets."""
        return tuple(goal for goal, name in zip(self.goals, self.covered_by, strict=True) if name is None)

    def counts(self) -> dict[GoalKind, tuple[int, int]]:
        """Give (covered, all) for each kind of goal that the file has."""
        found: dict[GoalKind, tuple[int, int]] = {}
        for kind in KINDS:
            names = [name for goal, name in zip(self.goals, self.covered_by, strict=True) if goal.kind == kind]
            if names:
                found[kind] = (sum(name is not None for name in names), len(names))
        return found

    def to_dict(self) -> dict[str, Any]:
        """Give the coverage as plain data: percent, covered, goals, kinds, uncovered."""
        counts = {kind: {"covered": covered, "goals": goals} for kind, (covered, goals) in self.counts().items()}
        return {
            "percent": self.percent,
            "covered": self.covered,
            "goals": len(self.goals),
            "kinds": counts,
            "uncovered": [goal.to_dict() for goal in self.uncovered],
        }


def measure_coverage(rules: Ruleset, examples: Iterable[ExampleReport]) -> Coverage:
    r"""Find out what the examples of a rule file cover, failing ones included.

    >>> from leadrules import Ruleset
    >>> from leadrules.insights.examples import run_examples
    >>> rules = Ruleset.from_text('budget +5\nexample "rich"\n  given budget = true\n  expect score = 5')
    >>> coverage = measure_coverage(rules, run_examples(rules))
    >>> coverage.percent, [goal.wanted for goal in coverage.uncovered]
    (50, ['is false', 'is unknown'])
    """
    checks = goals_of(program_of(rules))
    covered: list[str | None] = [None] * len(checks)
    for example in examples:
        if example.evaluation is not None:
            for index, check in enumerate(checks):
                if covered[index] is None and _is_met(check, example.evaluation):
                    covered[index] = example.name
    return Coverage(tuple(check.goal for check in checks), tuple(covered))


def _is_met(check: Check, evaluation: Evaluation) -> bool:
    """Ask also what the run had no need to ask: there a plugin may fail."""
    try:
        return check.met(evaluation)
    except PluginError:
        return False
