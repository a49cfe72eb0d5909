"""Why a lead has its score: every rule, fired or not, as plain data and as a text for people."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import attrs

from leadrules.audit import RulesetIdentity, ScoredLead
from leadrules.document import Document
from leadrules.engine.reference import interpreter
from leadrules.engine.reference.conditions import Reading
from leadrules.engine.reference.evidence import Evidence
from leadrules.explain import answers, unknowns
from leadrules.explain.answers import LadderExplanation, RuleExplanation, SumExplanation
from leadrules.explain.narrative import Narrative
from leadrules.explain.why_not import WhyNot, why_not
from leadrules.explain.wording import WIDTH, Line
from leadrules.frozen import frozen
from leadrules.terms import BEFORE_SCORING


@attrs.frozen(repr=False)
class Explanation(Document):
    """Every rule of a ruleset and what it says of one lead. `str()` is for people.

    `result` is what `evaluate` gives. `rules` holds requirements, scoring rules and personas by
    dimension, grades, each ladder's rules and holds, tags and recommendations, segments, outputs: each kind in
    order of declaration. `sums` are the steps from the rules' points to the score, `ladders` what
    decided each label. `ignored` counts the events of types that are not in scope, `ignored_by` those that
    each `ignore` of the rules left out, by its reason.

    `unknown` gives, for each field that the lead does not supply and on which points hang, how many:
    the sum over scoring rules that are unknown and mention it of their largest literal points in
    size, the largest sum first.
    """

    result: ScoredLead
    rules: tuple[RuleExplanation, ...]
    sums: tuple[SumExplanation, ...]
    ladders: tuple[LadderExplanation, ...]
    unknown: Mapping[str, Decimal] = attrs.field(converter=frozen)
    ignored: int
    ignored_by: Mapping[str, int] = attrs.field(converter=frozen)
    timezone: str

    @property
    def gate(self) -> tuple[str, ...]:
        """Give why nothing was scored: the `require … before scoring` that are not met; empty where it was."""
        unmet = (r for r in self.rules if r.kind == "requirement" and r.part == BEFORE_SCORING and r.fired is not True)
        return tuple(rule.outcome or rule.text for rule in unmet)

    def why_not(self, label: str) -> WhyNot:
        """Say what keeps the lead from a label of any ladder. Raises InputError where no ladder has it."""
        return why_not(self.result.lead, label, self.ladders, self.rules, self.timezone)

    @property
    def lines(self) -> tuple[Line, ...]:
        """The text for people, line by line, each with its role, in 100 columns."""
        return self.laid_out(WIDTH)

    def laid_out(self, width: int) -> tuple[Line, ...]:
        """Give the text for people, line by line, each with its role, in so many columns."""
        told = (
            self.result,
            self.rules,
            self.sums,
            self.ladders,
            self.unknown,
            self.ignored,
            self.ignored_by,
            self.timezone,
        )
        return tuple(Narrative(*told, width).lines())

    def to_dict(self) -> dict[str, Any]:
        """Give the explanation as plain data: result, gate, rules, sums, ladders, unknown, ignored, ignored_by."""
        return {
            "result": self.result.to_dict(),
            "gate": list(self.gate),
            "rules": [rule.to_dict() for rule in self.rules],
            "sums": [step.to_dict() for step in self.sums],
            "ladders": [ladder.to_dict() for ladder in self.ladders],
            "unknown": dict(self.unknown),
            "ignored": self.ignored,
            "ignored_by": dict(self.ignored_by),
        }

    def __str__(self) -> str:
        return "\n".join(line.text for line in self.lines)

    def __repr__(self) -> str:
        return f"<Explanation of {self.result!r}: {len(self.rules)} rules>"


def explain(
    reading: Reading,
    identity: RulesetIdentity,
    *,
    show_pii: bool = False,
    at_hand: bool = True,
    valid_until: interpreter.ValidUntil | None = None,
) -> Explanation:
    """Explain a lead by a reading of it: the interpreter's result, and what each rule said.

    Values of `pii` are masked or shown. Where not all events are `at_hand`, it is not told how many a rule selects.
    """
    evaluation, evidence = interpreter.answered(reading), Evidence(reading, show_pii)
    return Explanation(
        interpreter.result_of(evaluation, identity, show_pii=show_pii, valid_until=valid_until),
        tuple(
            rule if at_hand else attrs.evolve(rule, selected=None, kept=None)
            for rule in answers.answers(evaluation, evidence)
        ),
        tuple(answers.sums(evaluation)),
        tuple(answers.ladders(evaluation)),
        unknowns.unknown_points(reading),
        reading.facts.ignored,
        _ignored_by(reading),
        reading.program.timezone,
    )


def _ignored_by(reading: Reading) -> dict[str, int]:
    """Count what was ignored for each reason; what several ignore, each counts."""
    found: dict[str, int] = {}
    for ignore in reading.program.ignores:
        found[ignore.reason] = found.get(ignore.reason, 0) + reading.count(ignore.selection)
    return {reason: count for reason, count in found.items() if count}
