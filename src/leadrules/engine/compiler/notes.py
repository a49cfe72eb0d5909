"""The audit of compiled code: what may fire, in its order, and how that is noted.

What fires goes to the list `fired` as (head of the entry, points), where points that vary are units.
"""

from __future__ import annotations

from typing import Any

import attrs

from leadrules import program as p
from leadrules.audit import Decimals, EntryHead
from leadrules.engine.compiler import code
from leadrules.engine.compiler.code import Block, Expr, Names
from leadrules.engine.compiler.results import Prove, Results

FIRED = "fired"
GATED = "gated"


@attrs.define
class Audit:
    """The entries that an audit may have, in their order, by what they are of."""

    results: Results
    heads: list[EntryHead] = attrs.field(factory=list)
    places: dict[tuple[str, str], int] = attrs.field(factory=dict)
    _latest: int = -1

    @classmethod
    def of(cls, program: p.Program, prove: Prove) -> Audit:
        """Give every entry that a program may write; `prove` gives the evidence of those that it wrote."""
        audit = cls(Results(program, Decimals(program.precision), prove))
        for dimension in program.dimensions:
            for item in dimension.items:
                audit._item(item)
            audit._add("dimension", dimension.name, "cap", dimension.name, dimension.line)
        total = program.total
        if total.terms is not None:
            for dimension in program.dimensions:
                audit._add("weight", dimension.name, "weight", dimension.name, total.line)
            for place, term in enumerate(total.terms):
                if term.dimension is None:
                    audit._add("constant", str(place), "constant", "total", term.line)
            audit._add("total", "", "cap", "total", total.line)
        return audit

    def fire(self, body: Block, place: int, units: Expr, names: Names) -> None:
        """Write that an entry fires with so many units."""
        self.fires(place)
        head = self.heads[place]
        if isinstance(units, code.Literal):
            assert isinstance(units.value, int)
            row = (head, self.results.decimals[units.value])
            body.append(code.append(FIRED, names.named(row, ("fired", place, units.value))))
        else:
            body.append(code.append(FIRED, code.pair_of(names.named(head, ("head", place)), units)))

    def fires(self, place: int) -> None:
        """Note that code is written which fires an entry; one before what was written last must be sorted."""
        self.results.in_order = self.results.in_order and place >= self._latest
        self._latest = place

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
        place = self.places[of, name] = len(self.heads)
        self.heads.append((kind, rule, line, because, place, self.results))
