"""Groups, personas, dimensions and the score in code: sums of units, their clamps and their entries."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import attrs

from leadrules import program as p
from leadrules.engine.compiler import code, runtime
from leadrules.engine.compiler.code import Block, Expr
from leadrules.engine.compiler.operands import Number
from leadrules.engine.compiler.rules import PointsCode, RuleCode
from leadrules.engine.compiler.trace import GATED
from leadrules.values import rounded


@attrs.define
class ScoreCode(PointsCode):
    """Writes what gives points."""

    # ------------------------------------------------------------------ sums

    def dimension(self, dimension: p.Dimension) -> None:
        """Write a dimension."""
        total = self._sum(dimension.name, dimension.items)
        self._clamped(total, dimension.bounds, self.trace.indices["dimension", dimension.name])
        self._defined("dimension", dimension.name, total)

    def group(self, group: p.PointsGroup) -> None:
        """Write a group."""
        total = self._sum(group.name, group.rules)
        self._clamped(total, group.bounds, self.trace.indices["group", group.name])
        self._defined("group", group.name, total)

    def persona(self, persona: p.Persona) -> None:
        """Write the share of a persona: the weight that is true, in parts of all weight."""
        parts = math.lcm(*(line.weight.denominator for line in persona.lines))
        weights = [int(line.weight * parts) for line in persona.lines]
        share = self.names.fresh("share", persona.name)
        self.lead.body.append(code.assign(share, code.const(0)))
        for line, weight in zip(persona.lines, weights, strict=True):
            test = self.conditions.true(line.condition, self.lead)
            self.lead.body.append(code.if_(test, [code.add_to(share, code.const(weight))]))
        self._gate(share)
        self.lead.define(("persona", persona.name), Number(code.name(share), sum(weights)))

    def score(self) -> None:
        """Write the score."""
        total = self.program.total
        score = self.names.fresh("score")
        body = self.lead.body
        if total.terms is None:
            body.append(code.assign(score, code.const(0)))
            body += [code.add_to(score, self._value("dimension", d.name).expr) for d in self.program.dimensions]
        else:
            self._formula(score, total.terms)
            self._clamped(score, total.bounds, self.trace.indices["total", ""])
        self._defined("score", "score", score)

    def _formula(self, score: str, terms: Sequence[p.Term]) -> None:
        body = self.lead.body
        body.append(code.assign(score, code.const(0)))
        for dimension in self.program.dimensions:
            value = self._value("dimension", dimension.name).expr
            weighed = self.names.fresh("weighed", dimension.name)
            body.append(code.assign(weighed, code.const(0)))
            for term in terms:
                if term.dimension == dimension.name:
                    body.append(code.add_to(weighed, self._term(term.factor, value)))
            body.append(code.add_to(score, code.name(weighed)))
            change = code.binop(code.name(weighed), "-", value)
            self.trace.fire(body, self.trace.indices["weight", dimension.name], change, self.names)
        for index, term in enumerate(terms):
            if term.dimension is None:
                units = code.const(
                    runtime.units_of(rounded(term.factor, self.program.precision), self.program.precision)
                )
                body.append(code.add_to(score, units))
                self.trace.fire(body, self.trace.indices["constant", str(index)], units, self.names)

    def _term(self, factor: Fraction, value: Expr) -> Expr:
        product = value if factor.numerator == 1 else code.binop(value, "*", code.const(factor.numerator))
        if factor.denominator == 1:
            return product
        half_even = self.names.value(runtime.half_even, "half_even")
        return code.call(half_even, product, code.const(factor.denominator))

    def _sum(self, name: str, items: Sequence[p.Rule | p.PointsGroup | p.Persona]) -> str:
        total = self.names.fresh("total", name)
        self.lead.body.append(code.assign(total, code.const(0)))
        rules = RuleCode(self.lead, self.trace, self.is_gated)
        left = [item for item in items if isinstance(item, p.Rule) and self.conditions.shapes.is_left(item)]
        if left:
            rules.left(left, total)
        for item in items:
            if isinstance(item, p.Rule):
                if not self.conditions.shapes.is_left(item):
                    rules.rule(item, total)
            elif isinstance(item, p.PointsGroup):
                self.lead.body.append(code.add_to(total, self._value("group", item.name).expr))
            else:
                self._persona_points(item, total)
        return total

    def _persona_points(self, persona: p.Persona, total: str) -> None:
        share = self._value("persona", persona.name)
        points = self.names.fresh("points")
        units = runtime.units_of(persona.points, self.program.precision)
        product = code.binop(share.expr, "*", code.const(units))
        half_even = self.names.value(runtime.half_even, "half_even")
        body: Block = [
            code.assign(points, code.call(half_even, product, code.const(share.scale))),
            code.add_to(total, code.name(points)),
        ]
        self.trace.fire(body, self.trace.indices["persona", persona.name], code.name(points), self.names)
        self.lead.body.append(code.if_(code.compare(share.expr, ">", code.const(0)), body))

    def _clamped(self, total: str, bounds: p.Bounds, index: int) -> None:
        low, high = (
            None if bound is None else runtime.units_of(bound, self.program.precision)
            for bound in (bounds.low, bounds.high)
        )
        if low is not None and high is not None and low > high:
            self._clamp(total, "!=", low, index)
            return
        if high is not None:
            self._clamp(total, ">", high, index)
        if low is not None:
            self._clamp(total, "<", low, index)

    def _clamp(self, total: str, op: str, bound: int, index: int) -> None:
        body: Block = []
        self.trace.fire(body, index, code.binop(code.const(bound), "-", code.name(total)), self.names)
        body.append(code.assign(total, code.const(bound)))
        self.lead.body.append(code.if_(code.compare(code.name(total), op, code.const(bound)), body))

    def _defined(self, kind: str, name: str, variable: str) -> None:
        self._gate(variable)
        self.lead.define((kind, name), Number(code.name(variable), self.scale))

    def _gate(self, variable: str) -> None:
        if self.is_gated:
            self.lead.body.append(code.if_(code.name(GATED), [code.assign(variable, code.const(0))]))

    def _value(self, kind: str, name: str) -> Number:
        found = self.lead.defined[kind, name]
        assert isinstance(found, Number)
        return found
