"""Examples as tests: whether a rule file does what its examples say, and how far off it is.

The first stage of `leadrules test`: coverage looks at what these runs did, mutation at what they
would have noticed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import attrs

from leadrules import program as p
from leadrules.audit import RulesetIdentity, ScoredLead
from leadrules.engine.reference.conditions import Reading
from leadrules.engine.reference.evidence import Evidence
from leadrules.engine.reference.examples import RanExample, run_example
from leadrules.engine.reference.interpreter import Evaluation
from leadrules.errors import InputError, PluginError
from leadrules.ruleset import Ruleset, program_of


@attrs.frozen
class Unmet:
    """Something that an example expects, and that is not true.

    `expected` is the expectation's text, or the part of it that does not hold; `truth` says whether
    it is false or unknown; `found` gives each value that it looks at, as plain data, by its text.
    """

    expected: str
    line: int
    truth: Literal["false", "unknown"]
    found: Mapping[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain data: expected, line, truth, found."""
        return {"expected": self.expected, "line": self.line, "truth": self.truth, "found": dict(self.found)}


@attrs.frozen
class ExampleReport:
    """An example of a rule file, run.

    `unmet` is what it expects in vain, in order of the file. `result` is the scored lead, and None
    where the lead cannot be scored: then `problem` says why. `evaluation` holds every answer that the
    rules gave, for coverage and mutation.
    """

    example: p.Example
    result: ScoredLead | None = None
    unmet: tuple[Unmet, ...] = ()
    problem: str | None = None
    evaluation: Evaluation | None = attrs.field(default=None, repr=False, eq=False)

    @property
    def name(self) -> str:
        """Give the example's name."""
        return self.example.name

    @property
    def line(self) -> int:
        """Give the line on which the example begins."""
        return self.example.line

    @property
    def passed(self) -> bool:
        """Tell whether all that it expects is true."""
        return self.problem is None and not self.unmet

    def to_dict(self) -> dict[str, Any]:
        """Give the example as plain data: name, line, passed, problem, unmet, and the result of a failed one."""
        failed = None if self.passed or self.result is None else self.result.to_dict()
        return {
            "name": self.name,
            "line": self.line,
            "passed": self.passed,
            "problem": self.problem,
            "unmet": [unmet.to_dict() for unmet in self.unmet],
            "result": failed,
        }


def run_examples(rules: Ruleset) -> tuple[ExampleReport, ...]:
    r"""Run the examples of a rule file, in its order.

    A mistake in an example's lead, or of a plugin, makes that example fail and is told in its `problem`.

    >>> rules = Ruleset.from_text('email_open +5\nexample "one mail"\n  given email_open\n  expect score = 6')
    >>> [example.unmet[0].found for example in run_examples(rules)]
    [{'score': Decimal('5')}]
    """
    return tuple(report_example(rules, example) for example in program_of(rules).examples)


def report_example(rules: Ruleset, example: p.Example) -> ExampleReport:
    """Run one example of a rule file, as `run_examples` runs all."""
    program = program_of(rules)
    identity = RulesetIdentity(rules.name, rules.version, rules.fingerprint)
    try:
        ran = run_example(program, example, identity)
    except InputError as error:
        return ExampleReport(example, problem=error.reason)
    except PluginError as error:
        return ExampleReport(example, problem=str(error))
    return ExampleReport(example, ran.result, tuple(_unmet(ran)), evaluation=ran.evaluation)


def _unmet(ran: RanExample) -> Iterator[Unmet]:
    reading = ran.evaluation.reading
    evidence = Evidence(reading, show_pii=True)  # an example's lead is made up
    for judged in ran.judged:
        if judged.truth is not True:
            for part in _parts(judged.expectation.condition):
                yield from _unmet_part(part, judged.expectation, reading, evidence)


def _unmet_part(part: p.Condition, expectation: p.Expectation, reading: Reading, evidence: Evidence) -> Iterator[Unmet]:
    truth = reading.truth(part)
    if truth is not True:
        word: Literal["false", "unknown"] = "unknown" if truth is None else "false"
        yield Unmet(part.text or expectation.text, expectation.line, word, evidence.of_condition(part))


def _parts(condition: p.Condition) -> tuple[p.Condition, ...]:
    """Take `a and b` apart, since each must hold for itself."""
    return condition.members if isinstance(condition, p.And) else (condition,)
