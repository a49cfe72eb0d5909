"""What becomes of the notes of compiled code: the parts of a result, made when they are asked for."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import attrs

from leadrules.audit import AuditEntry, Fired, Proof, ScoredLead, Transition, entries_of
from leadrules.engine import program as p
from leadrules.engine.compiler.runtime import Decimals

SEEN = ("fired", "values", "by", "stages", "pii")
"""What is noted of the lead: what fired, the raw values of the fields, the events by type, the labels held."""
MARKS = ("missing", "segments", "tags", "recommendations")
"""What follows in the notes; then dimensions, grades, labels, and the label held and the rule of each ladder."""

Prove = Callable[[str | None, int, Sequence[Any]], Sequence[AuditEntry]]


@attrs.frozen
class Results:
    """Makes the parts of the results of one program from notes: a flat tuple, since it is made for every lead."""

    program: p.Program
    decimals: Decimals
    prove: Prove
    in_order: bool

    def parts(self, _: ScoredLead, seen: Sequence[Any]) -> dict[str, Any]:
        """Give all parts but those that every result has at once."""
        program = self.program
        rest = iter(seen[len(SEEN) :])
        marks = {name: next(rest) for name in MARKS}
        dimensions = {d.name: self._decimal(next(rest)) for d in program.dimensions}
        grades = {g.name: next(rest) for g in program.grades}
        stages = {ladder.name: next(rest) for ladder in program.ladders}
        transitions = []
        for ladder, after in stages.items():
            before, rule = next(rest), next(rest)
            if before != after:
                transitions.append(Transition(ladder, before, after, rule))
        changed = {"transitions": tuple(transitions)}
        return {"dimensions": dimensions, "grades": grades, "stages": stages, **marks, **changed}

    def audit(self, result: ScoredLead, seen: Sequence[Any]) -> tuple[AuditEntry, ...]:
        """Give the audit; its evidence is made by the reference when it is first read."""
        fired = seen[0] if self.in_order else sorted(seen[0], key=_place)
        proof = Proof(fired, functools.partial(self.prove, result.lead, result.as_of, seen))
        return entries_of(fired, self.decimals, proof)

    def _decimal(self, units: int) -> Decimal:
        return self.decimals[units]


def _place(fired: Fired) -> int:
    return fired[0][4]
