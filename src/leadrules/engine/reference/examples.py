"""Whether a ruleset does what the examples in its file say."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from leadrules import program as p
from leadrules.audit import RulesetIdentity, ScoredLead
from leadrules.engine.reference.conditions import Truth
from leadrules.engine.reference.evidence import Evidence
from leadrules.engine.reference.interpreter import Evaluation, result_of, run
from leadrules.frozen import frozen
from leadrules.lead import LeadReader


@attrs.frozen
class Judged:
    """One expectation: its truth, and the values that it looked at."""

    expectation: p.Expectation
    truth: Truth
    found: Mapping[str, object] = attrs.field(converter=frozen)


@attrs.frozen
class RanExample:
    """What an example gave: its result, and each expectation with its truth."""

    example: p.Example
    result: ScoredLead
    evaluation: Evaluation = attrs.field(repr=False, eq=False)
    judged: tuple[Judged, ...] = ()

    @property
    def passed(self) -> bool:
        """Tell whether every expectation is true."""
        return all(judged.truth is True for judged in self.judged)


def run_example(program: p.Program, example: p.Example, identity: RulesetIdentity) -> RanExample:
    """Score an example's lead and judge what is expected of it."""
    tested = attrs.evolve(program, scope=program.tested or program.scope, asked=None)
    evaluation = run(tested, LeadReader(tested.scope).read(example.lead, example.as_of), example.as_of)
    result = result_of(evaluation, identity, show_pii=True)
    evaluation.expose_lists()
    reading = evaluation.reading
    evidence = Evidence(reading, show_pii=True)
    judged = tuple(
        Judged(e, reading.truth(e.condition), evidence.of_condition(e.condition)) for e in example.expectations
    )
    return RanExample(example, result, evaluation, judged)
