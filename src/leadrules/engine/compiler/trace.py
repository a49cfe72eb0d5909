"""The trace of compiled code: what may fire, in its order, how that is noted, and the results made of the notes.

What fires goes to the list `fired` as (head of the entry, points), where points that vary are units.
The parts of a result are made of the notes when they are asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs

from leadrules import program as p
from leadrules.audit import AuditEntry, Decimals, EntryHead, Fired, Notes, Transition, entries_of
from leadrules.engine.compiler import code
from leadrules.engine.compiler.code import Block, Expr, Names
from leadrules.families import RESULT_LISTS

FIRED = "fired"
GATED = "gated"
SEEN = ("fired", "id_", "instant", "values", "seen", "stages", "pii", "totals")
"""What is noted of the lead: what fired, its id, `as_of`, raw values of fields, events by type, labels held, whether
values of `pii` fields are shown, and what events came to that are not at hand."""
MARKS = tuple(RESULT_LISTS)
"""What follows in the notes; then the proof, once it is made, dimensions, grades, labels, and of each ladder
the label held and the rule that led to the new one."""

_MARKS = len(SEEN)
_PROOF = _MARKS + len(MARKS)

Prove = Callable[[Notes], Sequence[AuditEntry]]


@attrs.define
class ResultMaker:
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
        """Give the entries of the reference by their index among the heads."""
        made: list[dict[int, AuditEntry]] = notes[_PROOF]
        if not made:
            indices = [head[4] for head, _ in self._fired(notes)]
            made.append(dict(zip(indices, self.prove(notes), strict=False)))
        return made[0]

    def _fired(self, notes: Notes) -> Sequence[Fired]:
        fired: list[Fired] = notes[0]
        return fired if self.in_order else sorted(fired, key=_index)


def _index(fired: Fired) -> int:
    return fired[0][4]


@attrs.define
class Trace:
    """The entries that an audit may have, in their order, by what they are of."""

    maker: ResultMaker
    heads: list[EntryHead] = attrs.field(factory=list)
    indices: dict[tuple[str, str], int] = attrs.field(factory=dict)
    _latest: int = -1

    @classmethod
    def of(cls, program: p.Program, prove: Prove) -> Trace:
        """Give every entry that a program may write; `prove` gives the evidence of those that it wrote."""
        trace = cls(ResultMaker(program, Decimals(program.precision), prove))
        for dimension in program.dimensions:
            for item in dimension.items:
                trace._item(item)
            trace._add("dimension", dimension.name, "cap", dimension.name, dimension.line)
        total = program.total
        if total.terms is not None:
            for dimension in program.dimensions:
                trace._add("weight", dimension.name, "weight", dimension.name, total.line)
            for index, term in enumerate(total.terms):
                if term.dimension is None:
                    trace._add("constant", str(index), "constant", "total", term.line)
            trace._add("total", "", "cap", "total", total.line)
        return trace

    def fire(self, body: Block, index: int, units: Expr, names: Names) -> None:
        """Write that an entry fires with so many units."""
        self.fires(index)
        head = self.heads[index]
        if isinstance(units, code.Literal):
            assert isinstance(units.value, int)
            row = (head, self.maker.decimals[units.value])
            body.append(code.append(FIRED, names.named(row, ("fired", index, units.value))))
        else:
            body.append(code.append(FIRED, code.pair_of(names.named(head, ("head", index)), units)))

    def fires(self, index: int) -> None:
        """Note that code is written which fires an entry; one before what was written last must be sorted."""
        self.maker.in_order = self.maker.in_order and index >= self._latest
        self._latest = index

    def _item(self, item: p.Rule | p.PointsGroup | p.Persona) -> None:
        if isinstance(item, p.Rule):
            self._add("rule", item.id, "points", item.id, item.line, item.because)
            self._add("rule's cap", item.id, "cap", item.id, item.line)
        elif isinstance(item, p.Persona):
            self._add("persona", item.name, "points", item.name, item.line)
        else:
            for rule in item.rules:
                self._item(rule)
            self._add("group", item.name, "cap", item.name, item.line)

    def _add(self, of: str, name: str, kind: Any, rule: str, line: int, because: str | None = None) -> None:
        index = self.indices[of, name] = len(self.heads)
        self.heads.append((kind, rule, line, because, index, self.maker))
