"""Inside a list of events: what is asked of the events of a type, and how a filter reads one of them."""

from __future__ import annotations

import datetime as dt
from typing import Any, Protocol

import attrs

from leadrules import program as p
from leadrules.engine.compiler import code
from leadrules.engine.compiler.code import Expr, Names
from leadrules.engine.compiler.conditions import Conditions, Context, instant_part
from leadrules.engine.compiler.fields import Readers, operand_of
from leadrules.engine.compiler.operands import Day, Moment, Operand, Text, TextRead, Unknown, Unsupported
from leadrules.values import DAY, HOUR
from leadrules.vocabulary import EventType, Field, Property

Span = tuple[p.Condition | None, int | None]
"""A filter and a window."""


class LeadContext(Context, Protocol):
    """The lead as a whole, before its events are looked at; it `asks` where the reference answers for code."""

    asks: bool

    def day_of(self) -> Expr:
        """Write the function from a moment to its local day."""

    def datetime_of(self, field: Field) -> Expr:
        """Read a date or datetime field as a datetime in UTC, or None."""


@attrs.define
class EventQuestion:
    """Something asked of the events of some types under a filter and a window, and the variable it goes to."""

    kind: str
    detail: Any
    variable: str
    several: bool


Windows = dict[int | None, list[EventQuestion]]
"""What is asked under one filter, by window."""


@attrs.define
class TypeCode:
    """What is asked of the events of one type, and the variables that hold them.

    `columns` have the properties as they are read (answers about them, where they are texts), `raws` texts and
    times as they were given, `passing` only those texts that pass a filter, where nothing asks for others; `places`
    has the places of the events in canonical order, where this cannot be told of the rest. `events` are at hand where
    properties are read. `listed` asks for the moments where there are none, too.
    """

    type: EventType
    read: tuple[str, ...]
    events: str
    moments: str
    columns: dict[str, str]
    raws: dict[str, str]
    places: str
    passing: dict[str, str] = attrs.field(factory=dict)
    is_ranked: bool = False
    listed: bool = False
    asked: dict[Span, list[EventQuestion]] = attrs.field(factory=dict)

    @property
    def properties(self) -> list[Property]:
        """The properties that are read of this type."""
        found = [self.type.property(name) for name in self.read]
        return [prop for prop in found if prop is not None]

    @property
    def given(self) -> str:
        """The variable of what is noted of each event: of the events themselves, or of their moments."""
        return self.events if self.read else self.moments

    @property
    def captured(self) -> list[str]:
        """The variables that hold what evidence may tell of the events, where that is more than their moments."""
        columns = [self.passing.get(name) or self.raws.get(name) or self.columns[name] for name in self.read]
        moments = [self.moments] if self.read else []
        return [*moments, *columns, *([self.places] if self.is_ranked else [])]


@attrs.define
class EventContext:
    """Inside a list of events: properties stand in variables, the rest is what is known before events are.

    `columns` gives the variable of each property that has one; `used` collects those that were read.
    A filter is `early`: nothing but fields is known yet.
    """

    lead: LeadContext
    columns: dict[str, str]
    moment: str
    names: Names
    conditions: Conditions
    readers: Readers
    early: bool = True
    used: dict[str, p.PropertyRead] = attrs.field(factory=dict)
    shares: bool = False

    def answer(self, read: TextRead, node: p.Condition, *, wanted: bool) -> Expr | None:
        """Give whether a condition on one text is true (or false), where that is remembered."""
        if isinstance(read, p.FieldRead):
            return self.lead.answer(read, node, wanted=wanted)
        if read.name not in self.columns:
            return None
        answer = self._of_text(read, ("true" if wanted else "false", node))
        return code.and_(code.name(self._column(read)), answer)

    def _of_text(self, read: p.PropertyRead, asked: tuple[str, p.Condition | None]) -> Expr:
        index = self.readers.about(read).index(asked)
        return code.subscript(code.name(self._column(read)), code.const(index))

    def _column(self, read: p.PropertyRead) -> str:
        self.used[read.name] = read
        return self.columns[read.name]

    def field(self, field: Field) -> Operand:
        """Read a field."""
        return self.lead.field(field)

    def property(self, node: p.PropertyRead) -> Operand:
        """Read a property of the event; unknown where its type has none of that name."""
        if node.name == "at":
            return Moment(instant_part(self.names, code.name(self.moment)))
        if node.name == "day":
            return Day(code.call(self.lead.day_of(), code.name(self.moment)))
        if node.name not in self.columns:
            return Unknown()
        if node.type.kind == "text":
            return Text(self._of_text(node, ("folded", None)), self._of_text(node, ("text", None)), optional=True)
        return operand_of(node.type.kind, code.name(self._column(node)), self.names, self.conditions.letters)

    def definition(self, node: p.DefinitionRead) -> Operand:
        """Read a definition; a criterion in a filter is made of fields and literals only."""
        if not self.early:
            return self.lead.definition(node)
        one = self.conditions.program.definitions.get((node.kind, node.name))
        if not isinstance(one, p.Criterion):
            raise Unsupported("nothing is scored yet")
        if self.conditions.shapes.is_large(one.name):
            raise Unsupported("a criterion that is made of many")
        return self.conditions.value(one.body, self)

    def clock(self, part: str, detail: object = None) -> Expr:
        """Read what depends on `as_of` alone."""
        return self.lead.clock(part, detail)

    def held(self, ladder: str) -> Expr:
        """Read the label that the lead holds."""
        return self.lead.held(ladder)

    def count(self, selection: p.Selection) -> Expr:
        """Count the events of a selection."""
        return self._later().count(selection)

    def moments(self, selection: p.Selection) -> Expr:
        """List the moments of a selection's events."""
        return self._later().moments(selection)

    def aggregate(self, node: p.Aggregate) -> Operand:
        """Read an aggregate."""
        return self._later().aggregate(node)

    def keep(self, expr: Expr) -> Expr:
        """Keep a value of the lead in a variable."""
        return self._later().keep(expr)

    def fallback_truth(self, node: p.Condition) -> Expr:
        """Refuse: the reference is asked about the lead."""
        raise Unsupported("the reference is asked about the lead, not about one event")

    def _later(self) -> Context:
        if self.early:
            raise Unsupported("no events are looked at inside a filter")
        return self.lead


def context_in(type_: TypeCode, lead: LeadContext, conditions: Conditions, readers: Readers) -> EventContext:
    """Make the context of a filter on the events of a type."""
    names = conditions.names
    variables = {name: names.fresh("property", name) for name in type_.read}
    return EventContext(lead, variables, names.fresh("at"), names, conditions, readers)


def key_in(operand: Operand) -> Expr:
    """Write what tells a property of an event from others; None where it is unknown."""
    if isinstance(operand, Unknown):
        return code.const(None)
    folded = getattr(operand, "folded", None)
    expr = folded if folded is not None else getattr(operand, "expr", None)
    if expr is None:
        expr = getattr(operand, "true", None)
    if not isinstance(expr, code.Expr):
        raise Unsupported("a list tells events apart")
    return expr


def ages_in(moments: Expr, unit: int, lead: LeadContext, names: Names) -> Expr:
    """List the ages of moments, in whole days or hours."""
    at = names.fresh("at")
    elapsed = code.binop(lead.clock("now"), "-", code.name(at))
    if unit == DAY:
        return code.list_comp(code.attribute(elapsed, "days"), [at], moments)
    assert unit == HOUR
    hour = names.value(dt.timedelta(hours=1), "hour")
    return code.list_comp(code.binop(elapsed, "//", hour), [at], moments)


def sum_of(element: Expr, variable: str, source: Expr) -> Expr:
    """Add up an element for each item of a list."""
    return code.call(code.name("sum"), code.list_comp(element, [variable], source))
