"""Puts the parts together: one function per ruleset, and what it falls back on."""

from __future__ import annotations

import ast
import datetime as dt
from collections.abc import Callable
from typing import Any, assert_never

import attrs

from leadrules import program as p
from leadrules.audit import BlankResult, RulesetIdentity, ScoredLead
from leadrules.engine.compiler import code, runtime
from leadrules.engine.compiler.code import Block, Expr, Names
from leadrules.engine.compiler.conditions import NONE, Conditions
from leadrules.engine.compiler.event_lists import EventLists
from leadrules.engine.compiler.events import EventCode
from leadrules.engine.compiler.evidence import EvidencePlans
from leadrules.engine.compiler.fallback import Fallback
from leadrules.engine.compiler.fields import Readers
from leadrules.engine.compiler.lead import LeadCode
from leadrules.engine.compiler.noted_lead import NotedLead, NotedProgram
from leadrules.engine.compiler.operands import Label, Number, Operand, Unsupported
from leadrules.engine.compiler.outcome import OutcomeCode
from leadrules.engine.compiler.scoring import ScoreCode
from leadrules.engine.compiler.splitting import split
from leadrules.engine.compiler.totals import NO_TOTALS, TOTALS, AccumulatedTotals
from leadrules.engine.compiler.trace import FIRED, GATED, MARKS, SEEN, Trace
from leadrules.engine.reference.interpreter import ValidUntil
from leadrules.errors import InputError, PluginError
from leadrules.interruptions import raise_if_from_outside
from leadrules.lead import LeadReader, read_id
from leadrules.units import EXACT, Decimals

Evaluate = Callable[[Any, dt.datetime, bool], ScoredLead]
"""Scores a lead as of a moment; the last argument shows values of `pii` fields in evidence."""

_IRREGULAR = (LookupError, TypeError, AttributeError, ValueError, ArithmeticError, InputError)
"""What compiled code raises at a lead that is not plain; the reference answers about it, or says why not."""


def _of_a_value(error: Exception) -> None:
    """Pass over what some value of a lead raised, which may be anything; raise on what comes from elsewhere."""
    if not isinstance(error, _IRREGULAR):
        raise_if_from_outside(error)


def compile_program(
    program: p.Program,
    identity: RulesetIdentity,
    reader: LeadReader,
    totals: AccumulatedTotals = NO_TOTALS,
    events: Callable[..., EventCode] = EventCode,
    valid_until: ValidUntil | None = None,
) -> Evaluate:
    """Give a function equal to the reference about every lead, and much faster about a plain one.

    It looks at no more of a lead than the rules read, and notes what the evidence of the result may tell: the
    values of attributes, the labels held, and of each event its moment, id and the properties that are read.
    Whatever becomes of the lead afterwards, evidence tells what was scored.

    With `totals` the leads are mappings that bring the totals of events that are not at hand. `events`
    writes what is asked of events, for leads that bring them in another form. `valid_until` says of a
    result until when it is valid.
    """
    fallback = Fallback(program, identity, reader, totals, valid_until)
    try:
        return _Compilation(program, identity, fallback, events).function()
    except Unsupported:
        return fallback.evaluate


def source_of(program: p.Program, identity: RulesetIdentity, reader: LeadReader) -> str | None:
    """Give the source that `compile_program` compiles; None where all is left to the reference."""
    compilation = _Compilation(program, identity, Fallback(program, identity, reader, NO_TOTALS), EventCode)
    try:
        return code.source_of(compilation.definitions(Trace.of(program)))
    except Unsupported:
        return None


@attrs.define
class _Compilation:
    """One compilation of one program."""

    program: p.Program
    identity: RulesetIdentity
    fallback: Fallback
    events: Callable[..., EventCode]
    names: Names = attrs.field(factory=Names)
    lead: LeadCode = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        conditions = Conditions(self.program, self.names)
        readers = Readers(conditions, self.names, validated=not self.fallback.totals.is_empty)
        self.lead = LeadCode(self.program, self.names, conditions, readers, self.fallback.totals, self.events)

    def definitions(self, trace: Trace) -> list[ast.FunctionDef]:
        """Write the function, and those that go with it."""
        if self.lead.conditions.shapes.is_too_much:
            raise Unsupported("too much is read of events")
        self.lead.conditions.occurs(self.program)
        result = self._answers(trace)
        body = [*self._beginning(), *self.lead.events.written()]
        readers = self.lead.readers
        inner = [*self._shape(), *self.lead.fields(), *body, *self.lead.body, *result]
        function = self._outer(inner)
        functions = split(function, self.names) if self.lead.conditions.shapes.is_long else [function]
        return [*functions, *self.lead.events.functions(), *readers.derivations()]

    def function(self) -> Evaluate:
        """Write and compile the function."""
        trace, readers = Trace.of(self.program), self.lead.readers
        definitions = self.definitions(trace)
        namespace = code.functions_of(definitions, self.names.given, self.program.name or self.identity.fingerprint)
        readers.connect(namespace)
        self.lead.events.connect(namespace)
        totals, maker = self.fallback.totals, trace.maker
        events = EventLists(self.program, readers.texts, maker.decimals, maker.numbers, at_hand=totals.is_empty)
        noted = NotedProgram.of(self.program, self.fallback.reader, totals, self.lead.events.captured())
        maker.prove = EvidencePlans(noted, trace, events).prove
        maker.read = lambda notes: NotedLead(noted, notes).reading()
        maker.lasting = self.fallback.valid_until
        self.fallback.fast = namespace["score"]
        found: Evaluate = namespace["score"]
        return found

    # ---------------------------------------------------------------- stages

    def _answers(self, trace: Trace) -> Block:
        """Write every definition in the program's order, then the result."""
        program = self.program
        is_gated = any(requirement.before_scoring for requirement in program.requirements)
        scoring = ScoreCode(self.lead, trace, is_gated)
        outcome = OutcomeCode(self.lead, is_gated)
        for kind, name in program.answered:
            one = program.definitions.get((kind, name))
            match one:
                case p.Criterion():
                    self.lead.criterion(one)
                case p.Segment():
                    outcome.segment(one)
                case p.Persona():
                    scoring.persona(one)
                case p.PointsGroup():
                    scoring.group(one)
                case p.Dimension():
                    scoring.dimension(one)
                case p.Grade() | p.GradeCell():
                    outcome.grade(one)
                case p.Ladder():
                    outcome.ladder(one)
                case None:
                    {"gate": outcome.gate, "requirements": outcome.requirements, "score": scoring.score}[kind]()
                case _:
                    assert_never(one)
        outcome.give_marks()
        if is_gated:
            self.lead.body.append(code.if_(code.name(GATED), [code.assign(FIRED, code.list_of([]))]))
        return self._result(outcome, trace)

    def _result(self, outcome: OutcomeCode, trace: Trace) -> Block:
        """Write the result: what is asked of it most, and notes to make the rest of."""
        program, defined = self.program, self.lead.defined
        defined_names = [("dimension", d.name) for d in program.dimensions]
        defined_names += [("grade", g.name) for g in program.grades]
        defined_names += [("ladder", ladder.name) for ladder in program.ladders]
        notes: list[Expr] = [
            NONE if part == TOTALS and self.fallback.totals.is_empty else code.name(part) for part in SEEN
        ]
        notes += [outcome.marks[mark] for mark in MARKS]
        notes += [code.list_of([])] + [expr_of(defined[key]) for key in defined_names] + outcome.changes()
        notes += [self.lead.noted_value(one) for one in program.outputs]
        score = self._decimal(expr_of(defined["score", "score"]), trace.maker.decimals)
        first = program.ladders[0].name if program.ladders else None
        parts = {
            "_lead": code.name("id_"),
            "_instant": code.name("instant"),
            "_ruleset": self.names.value(self.identity),
            "_score": score,
            "_stage": NONE if first is None else expr_of(defined["ladder", first]),
            "_parts": NONE,
            "_audit": NONE,
            "_maker": self.names.value(trace.maker),
            "_notes": code.tuple_of(notes),
        }
        made = code.call(self.names.value(BlankResult, "result"))
        puts = [code.set_attribute("result", name, value) for name, value in parts.items()]
        return [code.assign("result", made), *puts, code.return_(code.name("result"))]

    def _decimal(self, units: Expr, decimals: Decimals) -> Expr:
        """Write the decimal of units: those that end in no 0 have all the decimals that there are."""
        exact = code.call(self.names.value(EXACT.multiply, "multiply"), units, self.names.value(decimals.unit))
        rest = code.binop(units, "%", code.const(10))
        return code.if_else(rest, exact, code.subscript(self.names.value(decimals), units))

    # ----------------------------------------------------------------- shape

    def _beginning(self) -> Block:
        found: Block = [code.assign(FIRED, code.list_of([]))]
        if self.lead.asks:
            reference = self.names.value(self.fallback.reference, "reference")
            asked = code.call(reference, code.name("lead"), code.name("instant"))
            found.append(code.assign("reference", asked))
        return found

    def _shape(self) -> Block:
        """Write the look at the lead as a whole: a dict with an id, a dict of attributes and a list of events."""
        lead, id_ = code.name("lead"), code.name("id_")
        attributes, events = code.name("attributes"), code.name("events")
        plain_id = code.and_(
            _is(id_, "str"),
            code.call(code.attribute(id_, "isascii")),
            code.call(code.attribute(id_, "isalnum")),
        )
        plain = code.and_(_is(attributes, "dict"), self.lead.events.is_plain())
        most, reader = self.program.scope.most_events, self.fallback.reader
        weighed = runtime.weighed(most, reader.work.safe, reader.affordable)
        few = code.const(min(most, reader.work.safe))
        return [
            code.assign("id_", code.subscript(lead, code.const("id"))),
            code.assign("attributes", code.subscript(lead, code.const("attributes"))),
            code.assign("events", code.subscript(lead, code.const("events"))),
            *([] if self.fallback.totals.is_empty else [code.assign(TOTALS, code.subscript(lead, code.const(TOTALS)))]),
            code.if_(code.not_(plain), [code.raise_(code.name("TypeError"))]),
            code.if_(
                code.compare(code.call(code.name("len"), events), ">", few),
                [code.expression(code.call(self.names.value(weighed, "weigh"), events))],
            ),
            code.if_(code.not_(plain_id), [code.assign("id_", code.call(self.names.value(read_id, "read_id"), id_))]),
            *self.lead.labels(),
        ]

    def _outer(self, inner: Block) -> ast.FunctionDef:
        """Write the function around it: the clock before, and the way out where a lead is not plain."""
        _, clock = self.lead.ticking()
        told, any_ = (self.names.value(error, error.__name__) for error in (PluginError, Exception))
        passed_over = code.call(self.names.value(_of_a_value, "of_a_value"), code.name("error"))
        tried = code.try_(inner, [any_], [code.expression(passed_over)], passing=told, caught_as="error")
        is_plain = _is(code.name("lead"), "dict")
        arguments = [code.name(argument) for argument in ("lead", "as_of", "pii")]
        body: Block = [
            *clock,
            code.if_(is_plain, [tried]),
            code.return_(code.call(code.name("otherwise"), *arguments)),
        ]
        again = self.names.value(self.fallback.again, "again")
        return code.function_def("score", ["lead", "as_of", "pii"], body, {"otherwise": again})


def expr_of(operand: Operand) -> Expr:
    """Give the expression of a number or label."""
    assert isinstance(operand, (Number, Label))
    return operand.expr


def _is(value: Expr, type_: str) -> Expr:
    return code.compare(code.call(code.name("type"), value), "is", code.name(type_))
