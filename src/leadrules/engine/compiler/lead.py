"""The lead as compiled code sees it: variables for fields, definitions and the clock.

What is written goes to `body`, in the order of the program; the reading of the lead goes before it,
once it is known what is read.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any, assert_never

import attrs

from leadrules import program as p
from leadrules.engine.compiler import code, runtime
from leadrules.engine.compiler.clock import Clock, Part
from leadrules.engine.compiler.code import Block, Expr, Names
from leadrules.engine.compiler.conditions import NONE, Conditions, as_datetime_part
from leadrules.engine.compiler.events import EventCode
from leadrules.engine.compiler.fallback import FallbackQuestion
from leadrules.engine.compiler.fields import Readers, folding, named_plainly, operand_of
from leadrules.engine.compiler.operands import (
    Day,
    Flag,
    Label,
    Moment,
    Number,
    Operand,
    Plugged,
    Text,
    TextRead,
    Texts,
    Unknown,
    Unsupported,
    calls_plugin,
    known,
)
from leadrules.engine.compiler.totals import NO_TOTALS, AccumulatedTotals
from leadrules.engine.reference.conditions import Reading
from leadrules.families import AGGREGATES
from leadrules.lead import Facts
from leadrules.naming import Naming
from leadrules.spellings import are_plain, plainly
from leadrules.vocabulary import Field, Type


@attrs.define
class LeadCode:
    """The place where most conditions stand: the lead itself."""

    program: p.Program
    names: Names
    conditions: Conditions
    readers: Readers
    totals: AccumulatedTotals = NO_TOTALS
    event_code: Callable[..., EventCode] = EventCode
    body: Block = attrs.field(factory=list)
    defined: dict[tuple[str, str], Operand] = attrs.field(factory=dict)
    shares: bool = True
    asks: bool = False
    _raw: dict[str, str] = attrs.field(factory=dict)
    _answers: dict[TextRead, list[str]] = attrs.field(factory=dict)
    _clock: dict[Part, str] = attrs.field(factory=dict)
    _held: dict[str, str] = attrs.field(factory=dict)
    events: EventCode = attrs.field(init=False)
    nothing: Reading = attrs.field(init=False)
    naming: Naming = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.nothing = Reading(self.program, Facts(None, {}, (), {}, 0), 0)  # constants ask it, and nothing else
        self.naming = Naming.of(self.program.scope)
        self._raw = {field: self.names.fresh("field", field) for field in self.program.scope.fields}
        self._held = {ladder: self.names.fresh("held", ladder) for ladder in self.program.scope.ladders}
        self.clock("instant")
        self.events = self.event_code(self, self.names, self.conditions, self.readers, self.totals)

    # --------------------------------------------------------------- reading

    def answer(self, read: TextRead, node: p.Condition, *, wanted: bool) -> Expr | None:
        """Give the variable that holds the answer to a condition on one field."""
        return self._of_text(read, ("true" if wanted else "false", node))

    def _of_text(self, read: TextRead, asked: tuple[str, p.Condition | None]) -> Expr:
        variables = self._answers.setdefault(read, [])
        index = self.readers.about(read).index(asked)
        while len(variables) <= index:
            variables.append(self.names.fresh("about", read.field.name if isinstance(read, p.FieldRead) else read.name))
        return code.name(variables[index])

    def field(self, field: Field) -> Operand:
        """Read a field."""
        if field.type.kind == "text":
            read = p.FieldRead(field)
            folded, text = self._of_text(read, ("folded", None)), self._of_text(read, ("text", None))
            return Text(folded, text, optional=field.default is None)
        return operand_of(
            field.type.kind,
            code.name(self._raw[field.name]),
            self.names,
            self.conditions.letters,
            optional=field.default is None,
        )

    def property(self, node: p.PropertyRead) -> Operand:
        """Refuse: there is no event at hand."""
        raise Unsupported("no event is at hand")

    def count(self, selection: p.Selection) -> Expr:
        """Count the events of a selection."""
        return self.events.count(selection)

    def moments(self, selection: p.Selection) -> Expr:
        """List when the events of a selection were."""
        return self.events.moments(selection)

    def aggregate(self, node: p.Aggregate) -> Operand:
        """Read an aggregate: the edges by time, the others from a column."""
        read = node.property
        aggregate = AGGREGATES[node.function]
        if aggregate.edge is not None:
            return self._edge(node, "min" if aggregate.edge == "first" else "max")
        if read.name in {"at", "day"}:
            return Number(self.keep(self._distinct_times(node)))
        column = self.events.column(node.selection, read)
        if read.type.kind == "text":
            value = self.names.fresh("value")
            index = self.readers.about(read).index(("folded", None))
            column = code.list_comp(code.subscript(code.name(value), code.const(index)), [value], column)
        elif read.type.kind not in {"number", "bool", "date", "datetime"}:
            raise Unsupported("an aggregate of lists")
        found = self.totals.aggregate(node, column, self.names)
        if found is None:
            found = code.call(self.names.value(aggregate.of), column)
        return Number(self.keep(found), optional=not aggregate.is_known)

    def _distinct_times(self, node: p.Aggregate) -> Expr:
        moments = self.moments(node.selection)
        if node.property.name == "day":
            moment = self.names.fresh("at")
            moments = code.list_comp(code.call(self.day_of(), code.name(moment)), [moment], moments)
        return code.call(self.names.value(AGGREGATES[node.function].of), moments)

    def _edge(self, node: p.Aggregate, edge: str) -> Operand:
        read = node.property
        if read.name == "at":
            return self.events.edge_moment(node.selection, edge)
        if read.name == "day":
            moment = self.events.edge(node.selection, edge)
            day = code.call(self.day_of(), moment)
            return Day(self.keep(code.if_else(code.compare(moment, "is", NONE), NONE, day)), optional=True)
        moments, column = self.moments(node.selection), self.events.column(node.selection, read)
        found = self.keep(code.call(self.names.value(runtime.at_edge, "at_edge"), moments, column, code.name(edge)))
        if read.type.kind != "text":
            return operand_of(read.type.kind, found, self.names, self.conditions.letters)
        about = self.readers.about(read)
        test, answers = known(found, self.names, optional=True)
        folded, text = (code.subscript(answers, code.const(about.index((part, None)))) for part in ("folded", "text"))
        return Text(code.if_else(test, folded, NONE), code.if_else(test, text, NONE), optional=True)

    def clock(self, part: str, detail: object = None) -> Expr:
        """Read what depends on `as_of` alone."""
        if (part, detail) not in self._clock:
            plain = {"instant": "instant", "now": "now", "today": "today"}
            self._clock[part, detail] = plain.get(part) or self.names.fresh(part)
        return code.name(self._clock[part, detail])

    def held(self, ladder: str) -> Expr:
        """Read the label that the lead holds, or None."""
        return code.name(self._held[ladder])

    def day_of(self) -> Expr:
        """Write the function from a moment to its local day."""
        return self.names.value(runtime.day_of(self.program.scope.zone), "day_of")

    def datetime_of(self, field: Field) -> Expr:
        """Read a date or datetime field as a datetime in UTC, or None."""
        moment = self.conditions.moment(self.field(field))
        assert isinstance(moment, Moment)
        return as_datetime_part(self.names, moment)

    # ----------------------------------------------------------- definitions

    def definition(self, node: p.DefinitionRead) -> Operand:
        """Read what is defined in the file; a criterion when it is first read."""
        key = (node.kind, node.name)
        if key not in self.defined:
            for kind, name in self.program.needed([key], self.defined, closed=(p.Selection, p.SinceEvent)):
                one = self.program.definitions.get((kind, name))
                if not isinstance(one, p.Criterion):
                    raise Unsupported(f"{kind} is not known yet")
                self._criterion(one)
        return self.defined[key]

    def criterion(self, criterion: p.Criterion) -> None:
        """Answer a criterion at its place in the order where it calls a plugin; others when they are read."""
        if calls_plugin(criterion.body):
            self._ask_about(criterion)

    def _criterion(self, criterion: p.Criterion) -> None:
        try:
            operand = self.conditions.value(criterion.body, self)
        except Plugged:
            raise
        except Unsupported:
            self._ask_about(criterion)
        else:
            self.define(("criterion", criterion.name), self._kept(operand))

    def _ask_about(self, criterion: p.Criterion) -> None:
        """Leave a criterion to the reference."""
        name, body = criterion.name, criterion.body
        variable = self.keep(self.fallback_value(body))
        if body.type.kind == "text":
            fold = self.names.value(runtime.folded_or_none, "folded_or_none")
            folded = self.keep(code.call(fold, folding(self.names, self.conditions.letters), variable))
            self.define(("criterion", name), Text(folded, variable, optional=True))
        elif body.type.kind == "label":
            self.define(("criterion", name), Label(variable, self._labels(body.type), optional=True))
        else:
            self.define(("criterion", name), operand_of(body.type.kind, variable, self.names, self.conditions.letters))

    def _labels(self, type_: Type) -> tuple[str, ...]:
        """Give the labels of a grade or ladder, which is known before what reads it."""
        scale = next(found for kind in ("grade", "ladder") if (found := self.defined.get((kind, type_.scale or ""))))
        assert isinstance(scale, Label)
        return scale.labels

    def define(self, key: tuple[str, str], operand: Operand) -> None:
        """Say what a definition is."""
        self.defined[key] = operand

    def _kept(self, operand: Operand) -> Operand:
        """Keep what a criterion gives in variables."""
        match operand:
            case Flag(true, false):
                return Flag(self.keep(true), self.keep(false))
            case Text(folded, text):
                return attrs.evolve(operand, folded=self.keep(folded), text=self.keep(text))
            case Texts(members, texts):
                return attrs.evolve(operand, members=self.keep(members), texts=self.keep(texts))
            case Unknown():
                return operand
            case _:
                return attrs.evolve(operand, expr=self.keep(operand.expr))

    def keep(self, expr: Expr) -> Expr:
        """Keep a value in a variable, so that it is worked out once."""
        if isinstance(expr, (code.Name, code.Literal)):
            return expr
        variable = self.names.fresh("kept")
        self.body.append(code.assign(variable, expr))
        return code.name(variable)

    # ---------------------------------------------------------- the reference

    def fallback_truth(self, node: p.Condition) -> Expr:
        """Ask the reference about a condition."""
        return self._ask_reference("truth", node)

    def fallback_value(self, node: p.ValueNode) -> Expr:
        """Ask the reference about a value."""
        return self._ask_reference("value", node)

    def _ask_reference(self, what: str, node: Any) -> Expr:
        question = self.names.value(FallbackQuestion(node), (what, node))
        return code.call(code.attribute(code.name("reference"), what), question, self.fallback_definitions(node))

    def fallback_definitions(self, *nodes: p.Node) -> Expr:
        """Write the definitions that the reference needs to answer nodes, as it has them."""
        self.asks = True
        keys = tuple({(read.kind, read.name): read for node in nodes for read in node.find(p.DefinitionRead)}.items())
        values = [self.reference_value(read) for _, read in keys]
        return code.tuple_of([code.const(tuple(key for key, _ in keys)), *values])

    def reference_value(self, read: p.DefinitionRead) -> Expr:
        """Write a definition's value as the reference has it."""
        operand = self.definition(read)
        as_value = self.names.value(runtime.as_value, "as_value")
        match operand:
            case Unknown():
                return NONE
            case Number(expr, scale, _):
                return code.call(as_value, expr, code.const(scale))
            case Flag(true, false):
                return code.if_else(true, code.const(value=True), code.if_else(false, code.const(value=False), NONE))
            case Text(_, text, _):
                return text
            case Texts(_, texts):
                return texts
            case Moment(expr) | Day(expr) | Label(expr):
                return expr
        assert_never(operand)

    def noted_value(self, criterion: p.Criterion) -> Expr:
        """Write a criterion's value as the reference has it, but for whole numbers, which may be int."""
        operand = self.definition(p.DefinitionRead("criterion", criterion.name, criterion.body.type))
        if isinstance(operand, Number) and operand.scale == 1:
            return operand.expr
        return self.reference_value(p.DefinitionRead("criterion", criterion.name, criterion.body.type))

    # --------------------------------------------------------------- writing

    def ticking(self) -> tuple[Clock, Block]:
        """Write the unpacking of the clock."""
        clock = Clock(self.program.scope.zone, tuple(self._clock))
        clock.last.append((object(),))  # no `as_of` is this one
        variables = ["moment", *self._clock.values()]
        tick = code.call(self.names.value(clock.tick, "tick"), code.name("as_of"))
        return clock, [
            code.assign("clock", code.subscript(self.names.value(clock.last, "last"), code.const(0))),
            code.if_(
                code.compare(code.subscript(code.name("clock"), code.const(0)), "is not", code.name("as_of")),
                [code.assign("clock", tick)],
            ),
            code.assign(variables, code.name("clock")),
        ]

    def fields(self) -> Block:
        """Write the reading of all fields of the scope, and the answers about their texts."""
        fields, attributes = self.program.scope.fields.values(), code.name("attributes")
        if not fields:
            return [code.assign("values", code.tuple_of([]))]
        get = code.attribute(attributes, "get")
        some = code.tuple_of([code.call(get, code.const(field.key)) for field in fields])
        every = code.call(self.names.value(runtime.values_of([field.key for field in fields])), attributes)
        declared = [field.key for name, field in self.program.fields.items() if name in self.program.declared]
        as_declared = named_plainly(attributes, [field.key for field in fields], declared, self.names)
        are_others = code.not_(code.call(self.names.value(are_plain, "are_plain"), attributes))
        rename = code.assign("attributes", code.call(self.names.value(plainly, "plainly"), attributes))
        under_first = code.call(self.names.value(runtime.attributes_by(self.naming)), attributes)
        return [
            *([code.assign("attributes", under_first)] if self.naming.keys else []),
            code.if_(code.not_(as_declared), [rename]),
            code.try_(
                [code.assign("values", every)],
                [code.name("KeyError")],
                [code.if_(are_others, [rename]), code.assign("values", some)],
            ),
            code.assign([self._raw[field.name] for field in fields], code.name("values")),
            *self._readings(),
        ]

    def _readings(self) -> Block:
        """Write the readings of fields: first of lists, which are noted as read, since what was given may change."""
        fields = self.program.scope.fields.values()
        lists: Block = []
        others: Block = []
        for field in fields:
            into = lists if field.type.kind == "list of text" else others
            into += self._reading(field, self._raw[field.name])
        if lists:
            lists.append(code.assign("values", code.tuple_of(code.name(raw) for raw in self._raw.values())))
        return [*lists, *others]

    def _reading(self, field: Field, raw: str) -> Block:
        if field.type.kind != "text":
            return self.readers.field(field, raw)
        read = p.FieldRead(field)
        answers = code.subscript(self.readers.about(read).known, code.name(raw))
        variables = self._answers.get(read, [])
        return [code.assign(variables, answers) if variables else code.expression(answers)]

    def labels(self) -> Block:
        """Write the reading of the labels that the lead holds."""
        variables = list(self._held.values())
        held: Callable[[object], Any] = runtime.labels_held(self.program.scope.ladders)
        given, read = code.subscript(code.name("lead"), code.const("stages")), self.names.value(held)
        others = 3 if self.totals.is_empty else 4  # id, attributes and events, and the totals of a state
        none: Block = [self._has_keys(others), code.assign("stages", NONE)]
        some: Block = [self._has_keys(others + 1), code.assign("stages", given)]
        as_held = [
            code.assign("stages", code.call(read, code.name("stages"))),
            code.assign([*variables, "_"], code.name("stages")),
        ]
        after: Block = []
        if self.naming.columns:
            held_in = self.names.value(runtime.labels_by(self.naming))
            after = [code.assign("stages", code.call(held_in, code.name("stages"), code.name("attributes"))), *as_held]
        else:
            none += [code.assign_all(variables, NONE)] if variables else []
            some += as_held
        return [code.if_(code.compare(code.const("stages"), "in", code.name("lead")), some, none), *after]

    def _has_keys(self, count: int) -> ast.stmt:
        """Write the refusal of a lead in which something stands beside its parts."""
        keys = code.call(code.name("len"), code.name("lead"))
        return code.if_(code.compare(keys, "!=", code.const(count)), [code.raise_(code.name("TypeError"))])
