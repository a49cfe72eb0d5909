"""Scoring rules in code: points in whole units of the precision, added to a total.

A rule whose events are all worth the same is a count, one that only decays a sum by age; any other
has a row per event, from which is kept what the rule says. A rule that has no form here is scored by
the reference.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction

import attrs

from leadrules import program as p
from leadrules.engine.compiler import code, runtime
from leadrules.engine.compiler.caps import AppliedCaps, kept_per, latest_per
from leadrules.engine.compiler.code import Block, Expr, Names
from leadrules.engine.compiler.conditions import NONE, Conditions
from leadrules.engine.compiler.event_context import EventContext, ages_in, key_in, sum_of
from leadrules.engine.compiler.events import properties_of
from leadrules.engine.compiler.fallback import FallbackQuestion, LeftRule
from leadrules.engine.compiler.lead import LeadCode
from leadrules.engine.compiler.operands import Unsupported
from leadrules.engine.compiler.trace import FIRED, GATED, Trace
from leadrules.engine.reference.scoring import points_of
from leadrules.families import CALENDARS, Decay
from leadrules.heads import with_points
from leadrules.values import keys_of, rounded

_MOST_ALTERNATIVES = 50
_MOST_TIMES = 50


@attrs.define
class PointsCode:
    """Writes points into the code of a lead, and what fires into its audit."""

    lead: LeadCode
    trace: Trace
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


@attrs.define
class RuleCode(PointsCode):
    """Writes rules."""

    def rule(self, rule: p.Rule, total: str) -> None:
        """Write a rule that adds to a total."""
        try:
            written = self._once(rule, total) if rule.selection is None else self._each(rule, rule.selection, total)
        except Unsupported:
            written = self._fallback(rule, total)
        self.lead.body += [
            code.comment(f"line {rule.line}: {rule.id}" + (f": {rule.text}" if rule.name else "")),
            *written,
        ]

    def left(self, rules: Sequence[p.Rule], total: str) -> None:
        """Write that rules are left to the reference, all at once."""
        indices = [self.trace.indices["rule", rule.id] for rule in rules]
        for index in indices:
            self.trace.fires(index)
        heads = self.trace.heads
        asked = tuple(
            LeftRule(rule, self.trace.alternatives(index), heads[index + 1])
            for rule, index in zip(rules, indices, strict=True)
        )
        points, found = self.names.fresh("points"), self.names.fresh("found")
        precision = code.const(self.program.precision)
        definitions = self.lead.fallback_definitions(*rules)
        reference = code.attribute(code.name("reference"), "rules")
        body: Block = [
            code.assign([points, found], code.call(reference, self.names.named(asked), precision, definitions)),
            code.add_to(total, code.name(points)),
            code.add_to(FIRED, code.name(found)),
        ]
        body = [code.if_(code.not_(code.name(GATED)), body)] if self.is_gated else body
        self.lead.body += [code.comment(f"line {rule.line}: {rule.id}") for rule in rules]
        self.lead.body += body

    def _fallback(self, rule: p.Rule, total: str) -> Block:
        points, left, which, found = (self.names.fresh(word) for word in ("points", "left", "which", "found"))
        definitions = self.lead.fallback_definitions(rule)
        question = self.names.value(FallbackQuestion(rule, self.program.precision), ("rule", rule.id))
        asked = code.call(code.attribute(code.name("reference"), "rule"), question, definitions)
        body: Block = [code.assign([points, left, which], code.name(found))]
        alternative = code.name(which) if len(rule.alternatives) > 1 else 0
        body += self._given(rule, total, code.name(points), code.name(left), alternative)
        if self.is_gated:
            asked = code.if_else(code.name(GATED), NONE, asked)
        return [code.assign(found, asked), code.if_(code.compare(code.name(found), "is not", NONE), body)]

    def _given(self, rule: p.Rule, total: str, points: Expr, left: Expr, alternative: int | Expr = 0) -> Block:
        """Write that a rule gave points, and what its own `max` leaves of them."""
        body: Block = []
        index = self.trace.indices["rule", rule.id]
        if isinstance(alternative, int):
            self.trace.fire(body, index, points, self.names, alternative)
        else:
            self.trace.fire_one(body, index, points, self.names, alternative)
        if isinstance(points, code.Literal) and isinstance(left, code.Literal):
            if left.value != points.value:
                self.trace.fire(body, index + 1, code.const(left.value - points.value), self.names)  # type: ignore[operator]
            return body if left.value == 0 else [code.add_to(total, left), *body]
        if left is not points:
            change: Block = []
            self.trace.fire(change, index + 1, code.binop(left, "-", points), self.names)
            body.append(code.if_(code.compare(left, "!=", points), change))
        return [code.add_to(total, left), *body]

    # ------------------------------------------------------------------ once

    def _once(self, rule: p.Rule, total: str) -> Block:
        if len(rule.alternatives) > _MOST_ALTERNATIVES:
            raise Unsupported("many alternatives")
        season = self._season(rule, self.lead.clock("today")) if _has_season(rule) else code.const(value=True)
        gate = [] if rule.when is None else [self.conditions.true(rule.when, self.lead)]
        branches = []
        otherwise: Block = []
        for which, alternative in enumerate(rule.alternatives):
            body = self._points_once(rule, alternative.points, total, which)
            if alternative.condition is None:
                others = [a.condition for a in rule.alternatives if a.condition is not None]
                none = code.and_(*(self.conditions.false(c, self.lead) for c in others))
                otherwise = code.if_chain([(none, body)], [])
            else:
                branches.append((self.conditions.true(alternative.condition, self.lead), body))
        if len(branches) == 1 and not otherwise:
            test, body = branches[0]
            return code.if_chain([(code.and_(season, test, *gate), body)], [])
        return code.if_chain([(code.and_(season, *gate), code.if_chain(branches, otherwise))], [])

    def _points_once(self, rule: p.Rule, node: p.ValueNode, total: str, which: int) -> Block:
        if isinstance(node, p.Constant):
            units = self._constant_points(node)
            most = self._units(rule.caps.points)
            capped = units if most is None else max(-most, min(units, most))
            return self._given(rule, total, code.const(units), code.const(capped), which)
        points_, left_ = self.names.fresh("points"), self.names.fresh("left")
        expr = self.conditions.plain_number(self.conditions.value(node, self.lead))
        rounding = self.names.value(runtime.points_of, "points_of")
        body: Block = [code.assign(points_, code.call(rounding, expr, code.const(self.scale)))]
        if rule.caps.points is None:
            points = code.name(points_)
            return body + self._given(rule, total, points, points, which)
        body.append(code.assign(left_, self._capped(code.name(points_), rule.caps.points)))
        return body + self._given(rule, total, code.name(points_), code.name(left_), which)

    def _constant_points(self, node: p.Constant) -> int:
        precision = self.program.precision
        return runtime.units_of(rounded(points_of(self.lead.nothing, node, None), precision), precision)

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
        return code.and_(*tests)

    # ------------------------------------------------------------------ each

    def _each(self, rule: p.Rule, selection: p.Selection, total: str) -> Block:
        caps = rule.caps
        node = rule.alternatives[0].points
        plain = isinstance(node, p.Constant) and not _has_season(rule)
        simple = plain and caps.every is None and not caps.per and caps.points_per is None
        capped = plain and caps.every is None and len(caps.per) <= 1 and caps.points_per is None
        points: Expr
        fired: Expr
        if capped and rule.decay is None and caps.per:
            assert isinstance(node, p.Constant)
            fired = self.lead.keep(self._kept_per(selection, caps.per[0]))
            points = self._times(self._constant_points(node), fired, caps.times)
        elif simple and rule.decay is None:
            assert isinstance(node, p.Constant)
            count = self.lead.count(selection)
            fired = code.name(self._kept(count))
            if caps.times is not None and 1 < caps.times <= _MOST_TIMES and caps.points is None:
                return [code.if_(self._gated_by(rule, fired), self._up_to(rule, node, fired, total))]
            points = self._times(self._constant_points(node), fired, caps.times)
        elif simple and caps.times is None:
            points = self._decayed(rule, selection)
            fired = self.lead.events.some(selection)
        elif capped:
            fired, points = self._latest(rule, selection)
        else:
            return self._rows(rule, selection, total)
        return [code.if_(self._gated_by(rule, fired), self._counted(rule, total, points))]

    def _gated_by(self, rule: p.Rule, fired: Expr) -> Expr:
        return fired if rule.when is None else code.and_(fired, self.conditions.true(rule.when, self.lead))

    def _up_to(self, rule: p.Rule, node: p.Constant, count: Expr, total: str) -> Block:
        """Write points for at most so many events, whose entries are all known."""
        points, times = self._constant_points(node), rule.caps.times
        assert times is not None
        index = self.trace.indices["rule", rule.id]
        self.trace.fires(index)
        head, decimals = self.trace.heads[index], self.trace.maker.decimals
        rows = [with_points(head, decimals[points * k]) for k in range(times + 1)]
        kept = self.names.fresh("kept")
        capped = code.if_else(code.compare(count, "<", code.const(times)), count, code.const(times))
        return [
            code.assign(kept, capped),
            code.add_to(total, code.binop(code.const(points), "*", code.name(kept))),
            code.append(FIRED, code.subscript(self.names.named(rows, ("rows", index), rule.id), code.name(kept))),
        ]

    def _kept_per(self, selection: p.Selection, cap: p.MaxPer) -> Expr:
        """Write how many events are left where at most so many of each bucket are kept, all worth the same."""
        found = self.lead.events.count_per(selection, cap)
        if found is not None:
            return found
        bucket = self._bucket(cap.bucket)
        key = bucket.key
        if bucket.read is None:
            among = self.lead.events.moments(selection, compare=False)
            keys = code.list_comp(key, [bucket.moment], among)
        else:
            among = self.lead.events.column(selection, bucket.read)
            keys = code.list_comp(key, [bucket.value], among)
            if bucket.read.type.kind == "number":
                keys = code.call(self.names.value(keys_of, "keys_of"), keys)
        if cap.times == 1:
            kept = code.call(code.name("len"), code.call(code.name("set"), keys))
        else:
            kept = code.call(self.names.value(kept_per, "kept_per"), keys, code.const(cap.times))
        return code.if_else(among, kept, code.const(0))

    def _latest(self, rule: p.Rule, selection: p.Selection) -> tuple[Expr, Expr]:
        """Write whether caps leave any of the events that fade alike, and what these are worth together."""
        caps, node = rule.caps, rule.alternatives[0].points
        assert rule.decay is not None
        assert isinstance(node, p.Constant)
        per = caps.per[0] if caps.per else None
        if per is not None and caps.times is None:
            found = self.lead.events.decayed_per(selection, per, *self._table(rule.decay, node))
            if found is not None:
                return found
        ages = None
        if caps.times is not None:
            ages = self.lead.events.latest_ages(selection, per, caps.times, rule.decay.unit)
        ages = self.lead.keep(self._latest_ages(rule, selection) if ages is None else ages)
        return ages, self._worth(rule, ages)

    def _latest_ages(self, rule: p.Rule, selection: p.Selection) -> Expr:
        """Write the ages of the events that caps leave of those that fade alike: the latest are worth most."""
        assert rule.decay is not None
        caps, unit = rule.caps, rule.decay.unit
        if caps.per:
            ages = ages_in(self._latest_per(selection, caps.per[0]), unit, self.lead, self.names)
        else:
            ages = self.lead.events.ages(selection, unit)
        if caps.times is not None:
            ages = code.slice_to(code.call(code.name("sorted"), ages), caps.times)
        if not caps.per:
            return ages
        moments = self.lead.events.moments(selection)
        return code.if_else(moments, ages, moments)

    def _latest_per(self, selection: p.Selection, cap: p.MaxPer) -> Expr:
        bucket, events = self._bucket(cap.bucket), self.lead.events
        moments = events.moments(selection)
        pair = code.tuple_of([bucket.key, code.name(bucket.moment)])
        if bucket.read is None:
            if cap.times == 1:
                latest = code.dict_comp(bucket.key, code.name(bucket.moment), bucket.moment, _in_order(moments))
                return code.call(code.attribute(latest, "values"))
            keyed = code.list_comp(pair, [bucket.moment], moments)
        else:
            columns = code.zipped([moments, events.column(selection, bucket.read)])
            keyed = code.list_comp(pair, [bucket.moment, bucket.value], columns)
        return code.call(self.names.value(latest_per, "latest_per"), keyed, code.const(cap.times))

    def _bucket(self, bucket: p.Bucket) -> _Bucket:
        """Write what tells buckets apart, of a moment or of the value of a property."""
        read = bucket.property
        moment, value = self.names.fresh("at"), self.names.fresh("value")
        columns = {} if read is None else {read.name: value}
        context = EventContext(self.lead, columns, moment, self.names, self.conditions, self.lead.readers, early=False)
        key = self._key(bucket, context)
        return _Bucket(key, moment, value, read if read is not None and read.name in context.used else None)

    def _worth(self, rule: p.Rule, ages: Expr) -> Expr:
        """Write what events of some ages are worth together."""
        assert rule.decay is not None
        node = rule.alternatives[0].points
        assert isinstance(node, p.Constant)
        age = self.names.fresh("age")
        return sum_of(code.subscript(self._table(rule.decay, node)[1], code.name(age)), age, ages)

    def _kept(self, count: Expr) -> str:
        kept = self.lead.keep(count)
        assert isinstance(kept, code.Name)
        return kept.id

    def _counted(self, rule: p.Rule, total: str, points: Expr) -> Block:
        if isinstance(points, code.Literal) and rule.caps.points is None:
            return self._given(rule, total, points, points)
        variable = code.name(self.names.fresh("points"))
        body: Block = [code.assign(variable.id, points)]
        left: Expr = variable
        if rule.caps.points is not None:
            left = code.name(self.names.fresh("left"))
            body.append(code.assign(left.id, self._capped(variable, rule.caps.points)))
        return body + self._given(rule, total, variable, left)

    def _times(self, points: int, count: Expr, most: int | None) -> Expr:
        if most == 1:
            return code.const(points)
        if most is not None:
            count = code.if_else(code.compare(count, "<", code.const(most)), count, code.const(most))
        return code.binop(code.const(points), "*", count)

    def _decayed(self, rule: p.Rule, selection: p.Selection) -> Expr:
        assert rule.decay is not None
        node = rule.alternatives[0].points
        assert isinstance(node, p.Constant)
        return self.lead.events.decayed(selection, *self._table(rule.decay, node))

    def _table(self, decay: Decay, node: p.Constant) -> tuple[runtime.Decayed, Expr]:
        points = points_of(self.lead.nothing, node, None)
        table = runtime.Decayed(decay, points, self.program.precision)
        return table, self.names.value(table, (decay, points))

    def _rows(self, rule: p.Rule, selection: p.Selection, total: str) -> Block:
        """Write a rule whose events differ: a row for each, and then what is kept of them."""
        assert rule.selection is not None
        node = rule.alternatives[0].points
        buckets = [cap.bucket for cap in rule.caps.per]
        if rule.caps.points_per is not None:
            buckets.append(rule.caps.points_per[1])
        reads = properties_of(node, *(bucket.property for bucket in buckets))
        variables = {read.name: self.names.fresh("property", read.name) for read in reads}
        context = EventContext(
            self.lead, variables, self.names.fresh("at"), self.names, self.conditions, self.lead.readers, early=False
        )
        moment = code.name(context.moment)
        day = code.call(self.lead.day_of(), moment)
        tests = [self._season(rule, day)] if _has_season(rule) else []
        row = code.tuple_of([self._row_points(rule, node, context), moment, *(self._key(b, context) for b in buckets)])
        used = [read for read in reads if read.name in context.used]
        sources = [self.lead.events.moments(selection), *(self.lead.events.column(selection, r) for r in used)]
        targets = [context.moment, *(variables[read.name] for read in used)]
        rows = code.list_comp(row, targets, code.zipped(sources), *tests)
        before = self.lead.totals.rows(rule, self.program.precision, self.names)
        if before is not None:
            rows = code.binop(rows, "+", before)
        kept = AppliedCaps(
            rule.caps,
            self._units(rule.caps.points),
            None if rule.caps.points_per is None else self._units(rule.caps.points_per[0]),
        )
        found, points, left = (self.names.fresh(word) for word in ("found", "points", "left"))
        body: Block = [code.assign([points, left], code.name(found))]
        body += self._given(rule, total, code.name(points), code.name(left))
        fired = code.compare(code.named_expr(found, code.call(self.names.value(kept), rows)), "is not", NONE)
        gate = [] if rule.when is None else [self.conditions.true(rule.when, self.lead)]
        return [code.if_(code.and_(sources[0], *gate, fired), body)]

    def _row_points(self, rule: p.Rule, node: p.ValueNode, context: EventContext) -> Expr:
        if rule.decay is None:
            if isinstance(node, p.Constant):
                return code.const(self._constant_points(node))
            rounding = self.names.value(runtime.points_of, "points_of")
            expr = self.conditions.plain_number(self.conditions.value(node, context))
            return code.call(rounding, expr, code.const(self.scale))
        elapsed = code.binop(self.lead.clock("now"), "-", code.name(context.moment))
        unit = self.names.value(dt.timedelta(microseconds=rule.decay.unit), ("unit", rule.decay.unit))
        age = code.binop(elapsed, "//", unit)
        if isinstance(node, p.Constant):
            return code.subscript(self._table(rule.decay, node)[1], age)
        decayed = runtime.DecayedPoints(rule.decay, self.program.precision).of
        expr = self.conditions.plain_number(self.conditions.value(node, context))
        return code.call(self.names.value(decayed, ("decayed", rule.decay)), expr, age)

    def _key(self, bucket: p.Bucket, context: EventContext) -> Expr:
        """Write what tells an event's bucket from others."""
        if bucket.property is not None:
            return key_in(self.conditions.value(bucket.property, context))
        assert bucket.calendar is not None
        calendar, zone, moment = CALENDARS[bucket.calendar], self.program.scope.zone, code.name(context.moment)
        if calendar.of_day is None:
            return code.call(self.names.value(runtime.number_in(calendar, zone), ("calendar", calendar.name)), moment)
        local = code.call(code.attribute(moment, "astimezone"), self.names.named(zone.tzinfo, "zone"))
        return code.call(self.names.value(calendar.of_day, ("calendar", calendar.name)), local)


@attrs.frozen
class _Bucket:
    """What tells the buckets of events apart: `key`, of the variable `moment`, or of `value` where `read` is read."""

    key: Expr
    moment: str
    value: str
    read: p.PropertyRead | None


def _in_order(moments: Expr) -> Expr:
    return code.call(code.name("sorted"), moments)


def _has_season(rule: p.Rule) -> bool:
    return rule.first_day is not None or rule.last_day is not None
