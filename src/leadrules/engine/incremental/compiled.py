"""What rules ask of events that a state keeps, in compiled code: streams answer, where moments are all it takes.

Everything else is asked of the kept events of a type, as it is of a whole lead.
"""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections.abc import Mapping
from typing import Any, ClassVar

import attrs

from leadrules import program as p
from leadrules.engine.compiler import code, runtime
from leadrules.engine.compiler.code import Block, Expr
from leadrules.engine.compiler.conditions import NONE
from leadrules.engine.compiler.event_context import context_in
from leadrules.engine.compiler.events import EventCode
from leadrules.engine.compiler.operands import Moment
from leadrules.engine.incremental.log import EventLog
from leadrules.engine.incremental.streams import FadingKey, Steps, StreamKey, StreamPlan
from leadrules.engine.incremental.uses import is_static
from leadrules.values import moment_of


@attrs.define
class KeptEventCode(EventCode):
    """Writes what is asked of kept events: `events` in the code is a log, with its streams and sums."""

    plan: StreamPlan = attrs.field(kw_only=True)
    captures: ClassVar[bool] = False

    def is_plain(self) -> Expr:
        """Write a test that the events are a log."""
        return code.compare(
            code.call(code.name("type"), code.name("events")), "is", self.names.value(EventLog, "EventLog")
        )

    # ---------------------------------------------------------------- asking

    def count(self, selection: p.Selection) -> Expr:
        """Count the events of a selection."""
        stream = self._stream(selection)
        if stream is None:
            return super().count(selection)
        return self._length(stream, selection.within, self.totals.count(selection))

    def some(self, selection: p.Selection) -> Expr:
        """Give something that is true where there are events."""
        return self.count(selection)

    def decayed(self, selection: p.Selection, known: runtime.Decayed, table: Expr) -> Expr:
        """Add up what a table, written as `table`, says of the ages of a selection's events."""
        stream = self._stream(selection)
        return (
            super().decayed(selection, known, table) if stream is None else self._sum(stream, selection, known, table)
        )

    def count_per(self, selection: p.Selection, cap: p.MaxPer) -> Expr | None:
        """Count the events of a selection, of each bucket of a cap no more than that."""
        stream = self._stream(selection, cap)
        return None if stream is None else self._length(stream, selection.within, None)

    def decayed_per(
        self, selection: p.Selection, cap: p.MaxPer, known: runtime.Decayed, table: Expr
    ) -> tuple[Expr, Expr] | None:
        """Tell whether there are events, and add up what a table says of the latest of each bucket."""
        stream = self._stream(selection, cap)
        if stream is None:
            return None
        return self._length(stream, selection.within, None), self._sum(stream, selection, known, table)

    def latest_ages(self, selection: p.Selection, cap: p.MaxPer | None, times: int, unit: int) -> Expr | None:
        """List the ages of the latest events, in days or hours, once a cap has kept those of each bucket."""
        stream = self._stream(selection, cap)
        if stream is None:
            return None
        at = self.names.fresh("x")
        latest = code.slice_from(self._name("stream", stream), -times)
        tests = [] if selection.within is None else [code.compare(code.name(at), ">=", self._cut(selection.within))]
        elapsed = code.binop(self.lead.clock("instant"), "-", code.name(at))
        return code.list_comp(code.binop(elapsed, "//", code.const(unit)), [at], latest, *tests)

    def edge(self, selection: p.Selection, which: str) -> Expr:
        """Give when the latest (`max`) or earliest (`min`) event of a selection was, or None."""
        instant = self._edge_of_stream(selection, which)
        if instant is None:
            return super().edge(selection, which)
        moment = code.call(self.names.value(moment_of, "moment_of"), instant)
        return self._assigned(("moment", which, selection), code.if_else(_is_none(instant), NONE, moment))

    def edge_moment(self, selection: p.Selection, which: str) -> Moment:
        """Give the same as a value."""
        instant = self._edge_of_stream(selection, which)
        return super().edge_moment(selection, which) if instant is None else Moment(instant, optional=True)

    def _edge_of_stream(self, selection: p.Selection, which: str) -> Expr | None:
        stream = self._stream(selection) if which == "max" or selection.within is None else None
        if stream is None:
            return None
        moments = self._name("stream", stream)
        edge = code.subscript(moments, code.const(-1 if which == "max" else 0))
        inside = [] if selection.within is None else [code.compare(edge, ">=", self._cut(selection.within))]
        found = code.if_else(code.and_(moments, *inside), edge, NONE)
        return self._assigned(("edge", which, selection), found)

    # --------------------------------------------------------------- streams

    def _stream(self, selection: p.Selection, cap: p.MaxPer | None = None) -> int | None:
        """Give the stream of a selection, whatever its window, where there is one."""
        is_plain = not self._narrows(selection) and is_static(selection.filter)
        if not is_plain or (cap is not None and cap.bucket.calendar is None):
            return None
        self._check(selection)
        per = (None, 0) if cap is None else (cap.bucket.calendar, cap.times)
        if selection.filter is not None:
            for type_ in selection.types:
                filters = self.plan.filters.setdefault(type_, {})
                filters.setdefault(selection.filter, len(filters))
        return self.plan.stream(StreamKey(selection.types, selection.filter, *per))

    def _name(self, kind: str, index: int) -> code.Name:
        """Write a stream or a sum."""
        if (kind, index) not in self._variables:
            self._variables[kind, index] = self.names.fresh("l")
        return code.name(self._variables[kind, index])

    def _assigned(self, key: object, value: Expr) -> Expr:
        if key not in self._variables:
            self._variables[key] = self.names.fresh("n")
            self.after.append(code.assign(self._variables[key], value))
        return code.name(self._variables[key])

    def _cut(self, within: int) -> Expr:
        return self._assigned(("cut", within), code.binop(self.lead.clock("instant"), "-", code.const(within)))

    def _length(self, stream: int, within: int | None, before: Expr | None) -> Expr:
        moments = self._name("stream", stream)
        found = code.call(code.name("len"), moments)
        if within is not None:
            first = code.call(self.names.value(bisect_left, "bisect_left"), moments, self._cut(within))
            found = code.binop(found, "-", first)
        found = found if before is None else code.binop(found, "+", before)
        return self._assigned(("length", stream, within, before is None), found)

    def _sum(self, stream: int, selection: p.Selection, known: runtime.Decayed, table: Expr) -> Expr:
        assert isinstance(table, code.Name)
        key = FadingKey(stream, selection.within, known.unit, table.id, known, Steps(known))
        index = self.plan.fading.setdefault(key, len(self.plan.fading))
        found = code.call(code.attribute(self._name("fading", index), "at"), self.lead.clock("instant"))
        return self._assigned(("sum", index), found)

    # --------------------------------------------------------------- writing

    def written(self) -> Block:
        """Write what is asked: of streams first, then of the types of which events are asked for."""
        asked = [type_ for type_ in self.types.values() if type_.asked or type_.listed]
        others = [type_ for type_ in self.types.values() if not (type_.asked or type_.listed)]
        self.plan.by_type = tuple(type_.type.name for type_ in asked)
        unused = {name for type_ in others for name in type_.columns.values()}
        self._empties = [name for name in self._empties if name not in unused]
        self._empties += [type_.moments for type_ in asked if type_.listed]
        blocks = [part for type_ in asked for part in self.block(type_)]
        seen = code.assign("seen", code.call(code.attribute(code.name("events"), "seen")))
        by = [code.assign("by", code.attribute(code.name("events"), "by_type"))] if blocks else []
        return [*self._beginnings(), seen, *self._unpacked(), *by, *blocks, *self.after]

    def _unpacked(self) -> Block:
        found: Block = []
        for kind, keys in (("stream", self.plan.streams), ("fading", self.plan.fading)):
            if keys:
                names = [self._name(kind, index).id for index in range(len(keys))]
                found.append(code.assign(names, code.attribute(code.name("events"), kind)))
        return found

    def functions(self) -> list[ast.FunctionDef]:
        """Write, for each type with filters, the function that tells which an event passes."""
        return [self._tests(type_, filters) for type_, filters in self.plan.filters.items()]

    def _tests(self, type_: str, filters: Mapping[p.Condition, int]) -> ast.FunctionDef:
        context = context_in(self.types[type_], self.lead, self.conditions, self.readers)
        answers = [self.conditions.true(filter_, context) for filter_ in filters]
        properties = {prop.name: prop for prop in self.types[type_].properties}
        get = code.attribute(code.name("properties"), "get")
        body: Block = [
            code.assign(
                context.columns[name], self.readers.property(properties[name], code.call(get, code.const(name)))
            )
            for name in context.used
        ]
        return code.function_def(
            self._function(type_), [context.moment, "properties"], [*body, code.return_(code.tuple_of(answers))]
        )

    def _function(self, type_: str) -> str:
        return f"passes_{[*self.plan.filters].index(type_)}"

    def connect(self, namespace: Mapping[str, Any]) -> None:
        """Give the plan its compiled functions."""
        self.plan.connect({type_: namespace[self._function(type_)] for type_ in self.plan.filters})


def _is_none(value: Expr) -> Expr:
    return code.compare(value, "is", NONE)
