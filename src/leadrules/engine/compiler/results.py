"""What becomes of the notes of compiled code: the parts of a result, made when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs

from leadrules import program as p
from leadrules.audit import AuditEntry, Decimals, Fired, Notes, Transition, entries_of

SEEN = ("fired", "id_", "instant", "values", "seen", "stages", "pii", "settled")
"""What is noted of the lead: what fired, its id, `as_of`, raw values of fields, events by type, labels held, whether
values of `pii` fields are shown, and what events came to that are not at hand."""
MARKS = ("missing", "segments", "tags", "recommendations")
"""What follows in the notes; then the proof, once it is made, dimensions, grades, labels, and of each ladder
the label held and the rule that led to the new one."""

_MARKS = len(SEEN)
_PROOF = _MARKS + len(MARKS)

Prove = Callable[[Notes], Sequence[AuditEntry]]


@attrs.define
class Results:
    """Makes the parts of the results of one program from notes: a flat tuple, since it is made for every lead."""

    program: p.Program
    decimals: Decimals
    prove: Prove
    in_order: bool = True

    def parts(self, notes: Notes) -> dict[str, Any]:
        """Give all parts but those that every result has at once."""
        program, rest = self.program, iter(notes[_PROOF + 1 :])
        parts: dict[str, Any] = {
            "dimensions": {d.name: self.decimals[next(rest)] for d in program.dimensions},
            "grades": {g.name: next(rest) for g in program.grades},
            "stages": (stages := {ladder.name: next(rest) for ladder in program.ladders}),
        }
        parts |= dict(zip(MARKS, notes[_MARKS:_PROOF], strict=True))
        held = ((ladder, next(rest), after, next(rest)) for ladder, after in stages.items())
        parts["transitions"] = tuple(Transition(*change) for change in held if change[1] != change[2])
        return parts

    def audit(self, notes: Notes) -> tuple[AuditEntry, ...]:
        """Give the audit; its evidence is made by the reference when it is first read."""
        return entries_of(notes[0] if self.in_order else self._fired(notes), self.decimals, notes)

    def proof(self, notes: Notes) -> Mapping[int, AuditEntry]:
        """Give the entries of the reference by their place among the heads."""
        made: list[dict[int, AuditEntry]] = notes[_PROOF]
        if not made:
            places = [head[4] for head, _ in self._fired(notes)]
            made.append(dict(zip(places, self.prove(notes), strict=False)))
        return made[0]

    def _fired(self, notes: Notes) -> Sequence[Fired]:
        fired: list[Fired] = notes[0]
        return fired if self.in_order else sorted(fired, key=_place)


def _place(fired: Fired) -> int:
    return fired[0][4]
