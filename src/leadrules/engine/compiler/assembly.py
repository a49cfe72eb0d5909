"""Puts the parts together: one function per ruleset, and what it falls back on."""

from __future__ import annotations

import ast
import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import attrs

from leadrules import program as p
from leadrules.audit import EXACT, AuditEntry, BlankResult, Decimals, Notes, RulesetIdentity, ScoredLead
from leadrules.engine.compiler import code
from leadrules.engine.compiler.borrowed import Reference
from leadrules.engine.compiler.code import Block, Expr, Names
from leadrules.engine.compiler.conditions import NONE, Conditions
from leadrules.engine.compiler.fields import Readers
from leadrules.engine.compiler.lead import LeadCode
from leadrules.engine.compiler.notes import FIRED, GATED, Audit
from leadrules.engine.compiler.operands import Label, Number, Operand, Unsupported
from leadrules.engine.compiler.outcome import Outcome
from leadrules.engine.compiler.past import NO_PAST, SETTLED, Past
from leadrules.engine.compiler.results import MARKS, SEEN
from leadrules.engine.compiler.scoring import Scoring
from leadrules.engine.compiler.shapes import plain_lead
from leadrules.engine.reference import interpreter
from leadrules.engine.reference.conditions import Reading
from leadrules.errors import InputError
from leadrules.lead import LeadReader, read_as_of, read_id

Evaluate = Callable[[Any, dt.datetime, bool], ScoredLead]
"""Scores a lead as of a moment; the last argument shows values of `pii` fields in evidence."""

_IRREGULAR = (LookupError, TypeError, AttributeError, ValueError, ArithmeticError, InputError)
"""What compiled code raises at a lead that is not plain; the reference answers about it, or says why not."""


def compile_program(
    program: p.Program, identity: RulesetIdentity, reader: LeadReader, past: Past = NO_PAST
) -> Evaluate:
    """Give a function equal to the reference about every lead, and much faster about a plain one.

    It looks at no more of a lead than the rules read, and keeps nothing of it but what the evidence
    of the result may need: the values of attributes and the list of events as they were, each event
    by reference. An event that is changed in place afterwards changes its evidence.

    With a `past` the leads are mappings that bring the totals of events that are not at hand.
    """
    slow = _Slow(program, identity, reader, past)
    try:
        return _Compilation(program, identity, slow).function()
    except Unsupported:
        return slow.evaluate


@attrs.define
class _Slow:
    """What compiled code falls back on."""

    program: p.Program
    identity: RulesetIdentity
    reader: LeadReader
    past: Past
    fast: Callable[..., ScoredLead] | None = None

    def evaluate(self, lead: Any, as_of: dt.datetime, pii: bool, *_: Any) -> ScoredLead:
        """Score by the reference."""
        settled = None if self.past.is_empty else lead[SETTLED]
        reading = self._reading(lead, read_as_of(as_of), settled)
        return interpreter.result_of(interpreter.answered(reading), self.identity, show_pii=pii)

    def _reading(self, lead: Any, instant: int, settled: Any) -> Reading:
        return self.past.reading(self.program, self.reader.read(lead, instant), instant, settled)

    def again(self, lead: Any, as_of: dt.datetime, pii: bool) -> ScoredLead:
        """Score a lead that is not plain: once it is made so, else by the reference."""
        plain = plain_lead(lead)
        if plain is None or self.fast is None:
            return self.evaluate(lead, as_of, pii)
        if not self.past.is_empty:
            plain[SETTLED] = lead[SETTLED]
        return self.fast(plain, as_of, pii, lambda *_: self.evaluate(lead, as_of, pii))

    def prove(self, notes: Notes) -> Sequence[AuditEntry]:
        """Give the entries of a compiled result with their evidence, by the reference."""
        _, lead, instant, values, events, stages, pii, settled = notes[: len(SEEN)]
        keys = [field.key for field in self.program.scope.fields.values()]
        given = {
            "id": lead,
            "attributes": dict(zip(keys, values, strict=True)),
            "events": [event for of_type in events.values() for event in of_type],
            "stages": stages,
        }
        evaluation = interpreter.answered(self._reading(given, instant, settled))
        return interpreter.result_of(evaluation, self.identity, show_pii=pii).audit

    def reference(self, lead: Any, instant: int) -> Reference:
        """Prepare asking the reference about parts of a lead."""
        return Reference(self.program, self.reader, lead, instant, self.past)


@attrs.define
class _Compilation:
    """One compilation of one program."""

    program: p.Program
    identity: RulesetIdentity
    slow: _Slow
    names: Names = attrs.field(factory=Names)
    lead: LeadCode = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        conditions = Conditions(self.program, self.names)
        readers = Readers(conditions, self.names)
        self.lead = LeadCode(self.program, self.names, conditions, readers, self.slow.past)

    def function(self) -> Evaluate:
        """Write and compile the function."""
        for part in _all_nodes(self.program):
            self.lead.conditions.occurs(part)
        audit = Audit.of(self.program, self.slow.prove)
        result = self._answers(audit)
        body = [*self._beginning(), *self.lead.events.written()]
        readers = self.lead.readers
        inner = [*self._shape(), *self.lead.fields(), *body, *self.lead.body, *result]
        definitions = [self._outer(inner), *readers.derivations()]
        namespace = code.functions_of(definitions, self.names.given)
        readers.connect(namespace)
        self.slow.fast = namespace["score"]
        found: Evaluate = namespace["score"]
        return found

    # ---------------------------------------------------------------- stages

    def _answers(self, audit: Audit) -> Block:
        """Write every definition in the program's order, then the result."""
        program = self.program
        is_gated = any(requirement.before_scoring for requirement in program.requirements)
        scoring = Scoring(self.lead, audit, is_gated)
        outcome = Outcome(self.lead, is_gated)
        dimensions = {d.name: d for d in program.dimensions}
        items = {i.name: i for d in program.dimensions for i in d.items if not isinstance(i, p.Rule)}
        grades = {g.name: g for g in program.grades}
        ladders = {ladder.name: ladder for ladder in program.ladders}
        segments = {s.name: s for s in program.segments}
        for kind, name in program.order:
            match kind:
                case "criterion":
                    self.lead.criterion(name)
                case "gate":
                    outcome.gate()
                case "requirements":
                    outcome.requirements()
                case "segment":
                    outcome.segment(segments[name])
                case "persona":
                    item = items[name]
                    assert isinstance(item, p.Persona)
                    scoring.persona(item)
                case "group":
                    item = items[name]
                    assert isinstance(item, p.PointsGroup)
                    scoring.group(item)
                case "dimension":
                    scoring.dimension(dimensions[name])
                case "score":
                    scoring.score()
                case "grade":
                    outcome.grade(grades[name])
                case "ladder":
                    outcome.ladder(ladders[name])
                case _:
                    raise Unsupported(kind)
        outcome.give_marks()
        if is_gated:
            self.lead.body.append(code.when(code.name(GATED), [code.assign(FIRED, code.list_of([]))]))
        return self._result(outcome, audit)

    def _result(self, outcome: Outcome, audit: Audit) -> Block:
        """Write the result: what is asked of it most, and notes to make the rest of."""
        program, defined = self.program, self.lead.defined
        places = [("dimension", d.name) for d in program.dimensions]
        places += [("grade", g.name) for g in program.grades]
        places += [("ladder", ladder.name) for ladder in program.ladders]
        notes: list[Expr] = [NONE if part == SETTLED and self.slow.past.is_empty else code.name(part) for part in SEEN]
        notes += [outcome.marks[mark] for mark in MARKS]
        notes += [code.list_of([])] + [expr_of(defined[place]) for place in places] + outcome.changes()
        score = self._decimal(expr_of(defined["score", "score"]), audit.results.decimals)
        first = program.ladders[0].name if program.ladders else None
        parts = {
            "lead": code.name("id_"),
            "as_of": code.name("instant"),
            "ruleset": self.names.value(self.identity),
            "score": score,
            "stage": NONE if first is None else expr_of(defined["ladder", first]),
            "_parts": NONE,
            "_audit": NONE,
            "_maker": self.names.value(audit.results),
            "_notes": code.tuple_of(notes),
        }
        made = code.call(self.names.value(BlankResult, "result"))
        puts = [code.put("result", name, value) for name, value in parts.items()]
        return [code.assign("result", made), *puts, code.give(code.name("result"))]

    def _decimal(self, units: Expr, decimals: Decimals) -> Expr:
        """Write the decimal of units: those that end in no 0 have all the decimals that there are."""
        exact = code.call(self.names.value(EXACT.multiply, "multiply"), units, self.names.value(decimals.unit))
        rest = code.operation(units, "%", code.const(10))
        return code.choose(rest, exact, code.item(self.names.value(decimals), units))

    # ----------------------------------------------------------------- shape

    def _beginning(self) -> Block:
        found: Block = [code.assign(FIRED, code.list_of([]))]
        if self.lead.asks:
            reference = self.names.value(self.slow.reference, "reference")
            asked = code.call(reference, code.name("lead"), code.name("instant"))
            found.append(code.assign("reference", asked))
        return found

    def _shape(self) -> Block:
        """Write the look at the lead as a whole: a dict with an id, a dict of attributes and a list of events."""
        lead, id_ = code.name("lead"), code.name("id_")
        attributes, events = code.name("attributes"), code.name("events")
        plain_id = code.every(
            _is(id_, "str"),
            code.call(code.attribute(id_, "isascii")),
            code.call(code.attribute(id_, "isalnum")),
        )
        most = code.const(self.program.scope.most_events)
        plain = code.every(
            _is(attributes, "dict"),
            _is(events, "list"),
            code.compare(code.call(code.name("len"), events), "<=", most),
        )
        return [
            code.assign("id_", code.item(lead, code.const("id"))),
            code.assign("attributes", code.item(lead, code.const("attributes"))),
            code.assign("events", code.item(lead, code.const("events"))),
            *([] if self.slow.past.is_empty else [code.assign(SETTLED, code.item(lead, code.const(SETTLED)))]),
            code.when(code.opposite(plain), [code.fail(code.name("TypeError"))]),
            code.when(
                code.opposite(plain_id), [code.assign("id_", code.call(self.names.value(read_id, "read_id"), id_))]
            ),
            *self.lead.labels(),
        ]

    def _outer(self, inner: Block) -> ast.FunctionDef:
        """Write the function around it: the clock before, and the way out where a lead is not plain."""
        _, clock = self.lead.ticking()
        irregular = [self.names.value(error, error.__name__) for error in _IRREGULAR]
        is_plain = _is(code.name("lead"), "dict")
        arguments = [code.name(argument) for argument in ("lead", "as_of", "pii")]
        body: Block = [
            *clock,
            code.when(is_plain, [code.attempt(inner, irregular, [code.pass_by()])]),
            code.give(code.call(code.name("otherwise"), *arguments)),
        ]
        again = self.names.value(self.slow.again, "again")
        return code.function("score", ["lead", "as_of", "pii"], body, {"otherwise": again})


def expr_of(operand: Operand) -> Expr:
    """Give the expression of a number or label."""
    assert isinstance(operand, (Number, Label))
    return operand.expr


def _is(value: Expr, type_: str) -> Expr:
    return code.compare(code.call(code.name("type"), value), "is", code.name(type_))


def _all_nodes(program: p.Program) -> Iterator[Any]:
    """Give every condition and value of a program that is written at least once."""
    for criterion in program.criteria:
        yield criterion.body
    for segment in program.segments:
        yield segment.condition
    for requirement in program.requirements:
        yield requirement.condition
    for ladder in program.ladders:
        yield from (rule.condition for rule in ladder.rules)
        yield from (hold.condition for hold in ladder.holds)
    for mark in program.marks:
        yield mark.condition
    for dimension in program.dimensions:
        for item in dimension.items:
            yield from _nodes_of(item)


def _nodes_of(item: p.Rule | p.PointsGroup | p.Persona) -> Iterator[Any]:
    if isinstance(item, p.PointsGroup):
        for rule in item.rules:
            yield from _nodes_of(rule)
    elif isinstance(item, p.Persona):
        yield from (line.condition for line in item.lines)
    else:
        yield from (a.condition for a in item.alternatives if a.condition is not None)
        if item.when is not None:
            yield item.when
