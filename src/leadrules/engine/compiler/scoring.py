"""Rules, groups, personas, dimensions and the score in code: points in whole units of the precision.

What fires goes to the list `fired` as (head of the entry, points), where points that vary are units. A rule that has no form here is
scored by the reference.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs

from leadrules.audit import EntryHead
from leadrules.engine import program as p
from leadrules.engine.compiler import code, runtime
from leadrules.engine.compiler.borrowed import Question
from leadrules.engine.compiler.code import Block, Expr, Names
from leadrules.engine.compiler.conditions import NONE, Conditions
from leadrules.engine.compiler.events import EventPlace, properties_of
from leadrules.engine.compiler.lead import LeadCode
from leadrules.engine.compiler.operands import Number, Operand, Unknown, Unsupported
from leadrules.engine.conditions import Reading
from leadrules.engine.scoring import points_of
from leadrules.lead import Facts
from leadrules.values import Decay, rounded

FIRED = "fired"
GATED = "gated"
_MOST_ALTERNATIVES = 50
_CALENDAR: dict[str, Callable[..., Any]] = {
    "day": runtime.day_of,
    "week": runtime.week_of,
    "month": runtime.month_of,
}


@attrs.define
class Audit:
    """The entries that an audit may have, in their order, by what they are of."""

    heads: list[EntryHead] = attrs.field(factory=list)
    places: dict[tuple[str, str], int] = attrs.field(factory=dict)
    decimals: Mapping[int, Decimal] = attrs.field(factory=dict)
    in_order: bool = True
    _latest: int = -1

    @classmethod
    def of(cls, program: p.Program) -> Audit:
        """Give every entry that a program may write."""
        audit = cls(decimals=runtime.Decimals(program.precision))
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

    def fires(self, place: int) -> None:
        """Note that code is written which fires an entry; one before what was written last must be sorted."""
        self.in_order = self.in_order and place >= self._latest
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
        self.heads.append((kind, rule, line, because, place))


@attrs.define
class Scoring:
    """Writes what gives points."""

    lead: LeadCode
    audit: Audit
    is_gated: bool

    @property
    def program(self) -> p.Program:
        """The program."""
        return self.lead.program

    @property
    def names(self) -> Names:
        """The names of the code."""
        return self.lead.names

    @property
    def conditions(self) -> Conditions:
        """Writes conditions."""
        return self.lead.conditions

    @property
    def scale(self) -> int:
        """Units to a point."""
        return int(10**self.program.precision)

    # ------------------------------------------------------------------ sums

    def dimension(self, dimension: p.Dimension) -> None:
        """Write a dimension."""
        total = self._sum(dimension.items)
        self._clamped(total, dimension.bounds, self.audit.places["dimension", dimension.name])
        self._defined("dimension", dimension.name, total)

    def group(self, group: p.PointsGroup) -> None:
        """Write a group."""
        total = self._sum(group.rules)
        self._clamped(total, group.bounds, self.audit.places["group", group.name])
        self._defined("group", group.name, total)

    def persona(self, persona: p.Persona) -> None:
        """Write the share of a persona: the weight that is true, in parts of all weight."""
        parts = math.lcm(*(line.weight.denominator for line in persona.lines))
        weights = [int(line.weight * parts) for line in persona.lines]
        share = self.names.fresh("d")
        self.lead.body.append(code.assign(share, code.const(0)))
        for line, weight in zip(persona.lines, weights, strict=True):
            test = self.conditions.true(line.condition, self.lead)
            self.lead.body.append(code.when(test, [code.add(share, code.const(weight))]))
        self._gate(share)
        self.lead.define(("persona", persona.name), Number(code.name(share), sum(weights)))

    def score(self) -> None:
        """Write the score."""
        total = self.program.total
        score = self.names.fresh("d")
        body = self.lead.body
        if total.terms is None:
            body.append(code.assign(score, code.const(0)))
            body += [code.add(score, self._value("dimension", d.name).expr) for d in self.program.dimensions]
        else:
            self._formula(score, total.terms)
            self._clamped(score, total.bounds, self.audit.places["total", ""])
        self._defined("score", "score", score)

    def _formula(self, score: str, terms: Sequence[p.Term]) -> None:
        body = self.lead.body
        body.append(code.assign(score, code.const(0)))
        for dimension in self.program.dimensions:
            value = self._value("dimension", dimension.name).expr
            weighed = self.names.fresh("d")
            body.append(code.assign(weighed, code.const(0)))
            for term in terms:
                if term.dimension == dimension.name:
                    body.append(code.add(weighed, self._term(term.factor, value)))
            body.append(code.add(score, code.name(weighed)))
            change = code.operation(code.name(weighed), "-", value)
            self._fire(body, self.audit.places["weight", dimension.name], change)
        for place, term in enumerate(terms):
            if term.dimension is None:
                units = code.const(runtime.units_of(rounded(term.factor, self.program.precision), self.program.precision))
                body.append(code.add(score, units))
                self._fire(body, self.audit.places["constant", str(place)], units)

    def _term(self, factor: Fraction, value: Expr) -> Expr:
        product = value if factor.numerator == 1 else code.operation(value, "*", code.const(factor.numerator))
        if factor.denominator == 1:
            return product
        half_even = self.names.value(runtime.half_even, "half_even")
        return code.call(half_even, product, code.const(factor.denominator))

    def _sum(self, items: Sequence[p.Rule | p.PointsGroup | p.Persona]) -> str:
        total = self.names.fresh("d")
        self.lead.body.append(code.assign(total, code.const(0)))
        for item in items:
            if isinstance(item, p.Rule):
                self.rule(item, total)
            elif isinstance(item, p.PointsGroup):
                self.lead.body.append(code.add(total, self._value("group", item.name).expr))
            else:
                self._persona_points(item, total)
        return total

    def _persona_points(self, persona: p.Persona, total: str) -> None:
        share = self._value("persona", persona.name)
        points = self.names.fresh("x")
        units = runtime.units_of(persona.points, self.program.precision)
        product = code.operation(share.expr, "*", code.const(units))
        half_even = self.names.value(runtime.half_even, "half_even")
        body: Block = [
            code.assign(points, code.call(half_even, product, code.const(share.scale))),
            code.add(total, code.name(points)),
        ]
        self._fire(body, self.audit.places["persona", persona.name], code.name(points))
        self.lead.body.append(code.when(code.compare(share.expr, ">", code.const(0)), body))

    def _clamped(self, total: str, bounds: p.Bounds, place: int) -> None:
        low, high = (
            None if bound is None else runtime.units_of(bound, self.program.precision)
            for bound in (bounds.low, bounds.high)
        )
        if low is not None and high is not None and low > high:
            self._clamp(total, "!=", low, place)
            return
        if high is not None:
            self._clamp(total, ">", high, place)
        if low is not None:
            self._clamp(total, "<", low, place)

    def _clamp(self, total: str, op: str, bound: int, place: int) -> None:
        body: Block = []
        self._fire(body, place, code.operation(code.const(bound), "-", code.name(total)))
        body.append(code.assign(total, code.const(bound)))
        self.lead.body.append(code.when(code.compare(code.name(total), op, code.const(bound)), body))

    def _defined(self, kind: str, name: str, variable: str) -> None:
        self._gate(variable)
        self.lead.define((kind, name), Number(code.name(variable), self.scale))

    def _gate(self, variable: str) -> None:
        if self.is_gated:
            self.lead.body.append(code.when(code.name(GATED), [code.assign(variable, code.const(0))]))

    def _value(self, kind: str, name: str) -> Number:
        found = self.lead.defined[kind, name]
        assert isinstance(found, Number)
        return found

    def _fire(self, body: Block, place: int, units: Expr) -> None:
        self.audit.fires(place)
        head = self.audit.heads[place]
        if isinstance(units, code.ast.Constant):
            assert isinstance(units.value, int)
            row = (head, self.audit.decimals[units.value])
            body.append(code.append(FIRED, self.names.named(row, ("fired", place, units.value))))
        else:
            made = code.ast.Tuple([self.names.named(head, ("head", place)), units], code.ast.Load())
            body.append(code.append(FIRED, made))

    # ----------------------------------------------------------------- rules

    def rule(self, rule: p.Rule, total: str) -> None:
        """Write a rule that adds to a total."""
        try:
            written = self._once(rule, total) if rule.selection is None else self._each(rule, rule.selection, total)
        except Unsupported:
            written = self._borrowed(rule, total)
        self.lead.body += written

    def _borrowed(self, rule: p.Rule, total: str) -> Block:
        points, left = self.names.fresh("x"), self.names.fresh("x")
        found = self.names.fresh("x")
        definitions = self.lead.borrowed((rule.selection, *(a for a in _nodes(rule))))
        question = self.names.value(Question(rule, self.program.precision), ("rule", rule.id))
        asked = code.call(code.attribute(code.name("reference"), "rule"), question, definitions)
        body: Block = [code.assign([points, left], code.name(found))]
        body += self._given(rule, total, code.name(points), code.name(left))
        if self.is_gated:
            asked = code.choose(code.name(GATED), NONE, asked)
        return [code.assign(found, asked), code.when(code.compare(code.name(found), "is not", NONE), body)]

    def _given(self, rule: p.Rule, total: str, points: Expr, left: Expr) -> Block:
        """Write that a rule gave points, and what its own `max` leaves of them."""
        body: Block = []
        place = self.audit.places["rule", rule.id]
        self._fire(body, place, points)
        if isinstance(points, code.ast.Constant) and isinstance(left, code.ast.Constant):
            if left.value != points.value:
                self._fire(body, place + 1, code.const(left.value - points.value))  # type: ignore[operator]
            return body if left.value == 0 else [code.add(total, left), *body]
        if left is not points:
            change: Block = []
            self._fire(change, place + 1, code.operation(left, "-", points))
            body.append(code.when(code.compare(left, "!=", points), change))
        return [code.add(total, left), *body]

    # ------------------------------------------------------------------ once

    def _once(self, rule: p.Rule, total: str) -> Block:
        if len(rule.alternatives) > _MOST_ALTERNATIVES:
            raise Unsupported("many alternatives")
        season = self._season(rule, self.lead.clock("today")) if _has_season(rule) else code.const(value=True)
        gate = [] if rule.when is None else [self.conditions.true(rule.when, self.lead)]
        branches = []
        otherwise: Block = []
        for alternative in rule.alternatives:
            body = self._points_once(rule, alternative.points, total)
            if alternative.condition is None:
                others = [a.condition for a in rule.alternatives if a.condition is not None]
                none = code.every(*(self.conditions.false(c, self.lead) for c in others))
                otherwise = code.chain([(none, body)], [])
            else:
                branches.append((self.conditions.true(alternative.condition, self.lead), body))
        if len(branches) == 1 and not otherwise:
            test, body = branches[0]
            return code.chain([(code.every(season, test, *gate), body)], [])
        return code.chain([(code.every(season, *gate), code.chain(branches, otherwise))], [])

    def _points_once(self, rule: p.Rule, node: p.ValueNode, total: str) -> Block:
        if isinstance(node, p.Constant):
            units = self._constant_points(node)
            most = self._units(rule.caps.points)
            capped = units if most is None else max(-most, min(units, most))
            return self._given(rule, total, code.const(units), code.const(capped))
        points_, left_ = self.names.fresh("x"), self.names.fresh("x")
        expr = self.conditions.plain_number(self.conditions.value(node, self.lead))
        rounding = self.names.value(runtime.points_of, "points_of")
        body: Block = [code.assign(points_, code.call(rounding, expr, code.const(self.scale)))]
        if rule.caps.points is None:
            points = code.name(points_)
            return body + self._given(rule, total, points, points)
        body.append(code.assign(left_, self._capped(code.name(points_), rule.caps.points)))
        return body + self._given(rule, total, code.name(points_), code.name(left_))

    def _constant_points(self, node: p.Constant) -> int:
        reading = Reading(self.program, Facts(None, {}, (), {}, 0), 0)
        precision = self.program.precision
        return runtime.units_of(rounded(points_of(reading, node, None), precision), precision)

    def _units(self, points: Fraction | None) -> int | None:
        return None if points is None else runtime.units_of(points, self.program.precision)

    def _capped(self, points: Expr, most: Fraction) -> Expr:
        units = runtime.units_of(most, self.program.precision)
        low = code.call(code.name("min"), points, code.const(units))
        return code.call(code.name("max"), low, code.const(-units))

    def _season(self, rule: p.Rule, day: Expr) -> Expr:
        tests = []
        if rule.first_day is not None:
            tests.append(code.compare(self.names.value(rule.first_day, rule.first_day), "<=", day))
        if rule.last_day is not None:
            tests.append(code.compare(day, "<=", self.names.value(rule.last_day, rule.last_day)))
        return code.every(*tests)

    # ------------------------------------------------------------------ each

    def _each(self, rule: p.Rule, selection: p.Selection, total: str) -> Block:
        caps = rule.caps
        node = rule.alternatives[0].points
        plain = isinstance(node, p.Constant) and not _has_season(rule)
        simple = plain and caps.every is None and not caps.per and caps.points_per is None
        points: Expr
        fired: Expr
        if simple and rule.decay is None:
            assert isinstance(node, p.Constant)
            count = self.lead.count(selection)
            fired = code.name(self._kept(count))
            points = self._times(self._constant_points(node), fired, caps.times)
        elif simple and caps.times is None:
            points = self._decayed(rule, selection)
            fired = self.lead.events.some(selection)
        else:
            return self._rows(rule, selection, total)
        if rule.when is not None:
            fired = code.every(fired, self.conditions.true(rule.when, self.lead))
        return [code.when(fired, self._counted(rule, total, points))]

    def _kept(self, count: Expr) -> str:
        kept = self.lead.keep(count)
        assert isinstance(kept, code.ast.Name)
        return kept.id

    def _counted(self, rule: p.Rule, total: str, points: Expr) -> Block:
        if isinstance(points, code.ast.Constant) and rule.caps.points is None:
            return self._given(rule, total, points, points)
        variable = code.name(self.names.fresh("x"))
        body: Block = [code.assign(variable.id, points)]
        left: Expr = variable
        if rule.caps.points is not None:
            left = code.name(self.names.fresh("x"))
            body.append(code.assign(left.id, self._capped(variable, rule.caps.points)))  # type: ignore[attr-defined]
        return body + self._given(rule, total, variable, left)

    def _times(self, points: int, count: Expr, most: int | None) -> Expr:
        if most == 1:
            return code.const(points)
        if most is not None:
            count = code.choose(code.compare(count, "<", code.const(most)), count, code.const(most))
        return code.operation(code.const(points), "*", count)

    def _decayed(self, rule: p.Rule, selection: p.Selection) -> Expr:
        assert rule.decay is not None
        node = rule.alternatives[0].points
        assert isinstance(node, p.Constant)
        return self.lead.events.decayed(selection, self._table(rule.decay, node), rule.decay.unit)

    def _table(self, decay: Decay, node: p.Constant) -> Expr:
        points = points_of(Reading(self.program, Facts(None, {}, (), {}, 0), 0), node, None)
        return self.names.value(runtime.Decayed(decay, points, self.program.precision), (decay, points))

    def _rows(self, rule: p.Rule, selection: p.Selection, total: str) -> Block:
        """Write a rule whose events differ: a row for each, and then what is kept of them."""
        assert rule.selection is not None
        node = rule.alternatives[0].points
        buckets = [cap.bucket for cap in rule.caps.per]
        if rule.caps.points_per is not None:
            buckets.append(rule.caps.points_per[1])
        reads = properties_of(selection, node, *(bucket.property for bucket in buckets))
        variables = {read.name: self.names.fresh("x") for read in reads}
        place = EventPlace(
            self.lead, variables, self.names.fresh("x"), self.names, self.conditions, self.lead.readers, early=False
        )
        moment = code.name(place.moment)
        day = code.call(self.lead.day_of(), moment)
        tests = [self._season(rule, day)] if _has_season(rule) else []
        row = code.tuple_of([self._row_points(rule, node, place), moment, *(self._key(b, place) for b in buckets)])
        used = [read for read in reads if read.name in place.used]
        sources = [self.lead.events.moments(selection), *(self.lead.events.column(selection, r) for r in used)]
        targets = [place.moment, *(variables[read.name] for read in used)]
        rows = code.collected(row, targets, code.zipped(sources), *tests)
        keeping = runtime.Keeping(
            rule.caps,
            self._units(rule.caps.points),
            None if rule.caps.points_per is None else self._units(rule.caps.points_per[0]),
        )
        found, points, left = (self.names.fresh("x") for _ in range(3))
        body: Block = [code.assign([points, left], code.name(found))]
        body += self._given(rule, total, code.name(points), code.name(left))
        fired = code.compare(code.bind(found, code.call(self.names.value(keeping), rows)), "is not", NONE)
        gate = [] if rule.when is None else [self.conditions.true(rule.when, self.lead)]
        return [code.when(code.every(sources[0], *gate, fired), body)]

    def _row_points(self, rule: p.Rule, node: p.ValueNode, place: EventPlace) -> Expr:
        if rule.decay is None:
            if isinstance(node, p.Constant):
                return code.const(self._constant_points(node))
            rounding = self.names.value(runtime.points_of, "points_of")
            expr = self.conditions.plain_number(self.conditions.value(node, place))
            return code.call(rounding, expr, code.const(self.scale))
        elapsed = code.operation(self.lead.clock("now"), "-", code.name(place.moment))
        unit = self.names.value(dt.timedelta(microseconds=rule.decay.unit), ("unit", rule.decay.unit))
        age = code.operation(elapsed, "//", unit)
        if isinstance(node, p.Constant):
            return code.item(self._table(rule.decay, node), age)
        decayed = self.names.value(runtime.decayed_points, "decayed_points")
        expr = self.conditions.plain_number(self.conditions.value(node, place))
        return code.call(decayed, self.names.value(rule.decay, rule.decay), code.const(self.program.precision), expr, age)

    def _key(self, bucket: p.Bucket, place: EventPlace) -> Expr:
        """Write what tells an event's bucket from others."""
        if bucket.property is not None:
            return _key_of(self.conditions.value(bucket.property, place))
        assert bucket.calendar is not None
        if bucket.calendar == "hour":
            function = self.names.value(runtime.hour_of, "hour_of")
        else:
            made = _CALENDAR[bucket.calendar](self.program.scope.zone)
            function = self.names.value(made, ("calendar", bucket.calendar))
        return code.call(function, code.name(place.moment))


def _key_of(operand: Operand) -> Expr:
    if isinstance(operand, Unknown):
        return NONE
    folded = getattr(operand, "folded", None)
    expr = folded if folded is not None else getattr(operand, "expr", None)
    if expr is None:
        expr = getattr(operand, "true", None)
    if not isinstance(expr, code.ast.expr):
        raise Unsupported("a bucket of lists")
    return expr


def _nodes(rule: p.Rule) -> list[Any]:
    found: list[Any] = [rule.when]
    for alternative in rule.alternatives:
        found += [alternative.condition, alternative.points]
    return [node for node in found if node is not None]


def _has_season(rule: p.Rule) -> bool:
    return rule.first_day is not None or rule.last_day is not None
