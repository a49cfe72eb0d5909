"""Grades, ladders, segments, marks, requirements and the result in code."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import attrs

from leadrules import program as p
from leadrules.engine.compiler import code
from leadrules.engine.compiler.code import Block, Expr
from leadrules.engine.compiler.conditions import NONE, Conditions
from leadrules.engine.compiler.lead import LeadCode
from leadrules.engine.compiler.operands import (
    Flag,
    Label,
    Number,
    Plugged,
    Unknown,
    Unsupported,
    compared,
    known,
    number,
)
from leadrules.engine.compiler.trace import GATED
from leadrules.families import MARKS

MISSING = "missing"
_MOST_BRANCHES = 60
_LONGEST_INLINE = 100
"""What the test that a lead is not in a segment may cost, as `code.cost` rates it, to stand where it is asked."""


@attrs.define
class OutcomeCode:
    """Writes what follows from the score and the lead."""

    lead: LeadCode
    is_gated: bool
    led: dict[str, str] = attrs.field(factory=dict)
    marks: dict[str, Expr] = attrs.field(factory=dict)
    unmet: dict[str | None, list[Expr]] = attrs.field(factory=dict)
    """Whether requirements are not met, by the label that they are for."""

    @property
    def program(self) -> p.Program:
        """The program."""
        return self.lead.program

    @property
    def conditions(self) -> Conditions:
        """Writes conditions."""
        return self.lead.conditions

    # ---------------------------------------------------------- requirements

    def gate(self) -> None:
        """Write whether scoring stops before it begins."""
        if self.is_gated:
            before = [r.condition for r in self.program.requirements if r.before_scoring]
            met = code.and_(*(self.conditions.true(condition, self.lead) for condition in before))
            self.lead.body.append(code.assign(GATED, code.not_(met)))

    def requirements(self) -> None:
        """Write which requirements are not met."""
        body = self.lead.body
        self.marks[MISSING] = code.name(MISSING) if self.program.requirements else code.const(())
        if self.program.requirements:
            body.append(code.assign(MISSING, code.const(())))
        is_for_labels = any(requirement.label is not None for requirement in self.program.requirements)
        for requirement in self.program.requirements:
            test = code.not_(self.conditions.true(requirement.condition, self.lead))
            if is_for_labels:
                test = self.lead.keep(test)
                self.unmet.setdefault(requirement.label, []).append(test)
            body.append(code.if_(test, [code.add_to(MISSING, code.const((requirement.reason,)))]))
        if self.program.requirements and not is_for_labels:
            self.unmet[None] = [code.name(MISSING)]

    # ---------------------------------------------------------------- grades

    def grade(self, grade: p.Grade | p.GradeCell) -> None:
        """Write the label of a grade."""
        variable = self.lead.names.fresh("grade", grade.name)
        if isinstance(grade, p.GradeCell):
            first, *others = parts = [self._label("grade", name) for name in grade.grades]
            self.lead.body.append(code.assign(variable, first.expr))
            self.lead.body += [
                code.assign(variable, code.binop(code.name(variable), "+", part.expr)) for part in others
            ]
            labels = tuple(dict.fromkeys(map("".join, product(*(part.labels for part in parts)))))
        else:
            self.lead.body += self._bands(grade, variable)
            labels = tuple(dict.fromkeys(band.label for band in grade.bands))
        self.lead.define(("grade", grade.name), Label(code.name(variable), labels))

    def _bands(self, grade: p.Grade, variable: str) -> Block:
        if len(grade.bands) > _MOST_BRANCHES:
            raise Unsupported("a grade of many labels")
        is_known, value = self._subject(grade.subject)
        branches = [
            (
                code.and_(is_known, compared(value, ">=", number(band.threshold), lambda a, b: a >= b)),
                [code.assign(variable, code.const(band.label))],
            )
            for band in grade.bands
            if band.threshold is not None
        ]
        return code.if_chain(branches, [code.assign(variable, code.const(grade.bands[-1].label))])

    def _subject(self, node: p.ValueNode) -> tuple[Expr, Number]:
        try:
            found = self.conditions.value(node, self.lead)
        except Plugged:
            raise
        except Unsupported:
            found = Number(self.lead.fallback_value(node), optional=True)
        if isinstance(found, Unknown):
            return code.const(value=False), Number(code.const(0))
        if not isinstance(found, Number):
            raise Unsupported("a grade of what is no number")
        found = attrs.evolve(found, expr=self.lead.keep(found.expr))
        test, expr = known(found.expr, self.lead.names, optional=found.optional)
        return test, attrs.evolve(found, expr=expr)

    def _label(self, kind: str, name: str) -> Label:
        found = self.lead.defined[kind, name]
        assert isinstance(found, Label)
        return found

    # --------------------------------------------------------------- ladders

    def ladder(self, ladder: p.Ladder) -> None:
        """Write the label of a ladder, and the first true rule to it."""
        if len(ladder.labels) + len(ladder.exits) > _MOST_BRANCHES:
            raise Unsupported("a ladder of many labels")
        label, by = self.lead.names.fresh("stage", ladder.name), self.lead.names.fresh("by", ladder.name)
        rules: dict[str, list[p.LabelRule]] = {}
        for rule in ladder.rules:
            rules.setdefault(rule.label, []).append(rule)
        exits = [
            (self._led(rules[exit_], by), [code.assign(label, code.const(exit_))])
            for exit_ in ladder.exits
            if exit_ in rules
        ]
        reached = self._reached(ladder, rules, label, by)
        self.lead.body += [code.assign(by, NONE), *code.if_chain(exits, reached)]
        self.led[ladder.name] = by
        self.lead.define(("ladder", ladder.name), Label(code.name(label), (*ladder.labels, *ladder.exits)))

    def _led(self, rules: Sequence[p.LabelRule], by: str) -> Expr:
        """Write a test that a rule is true, which keeps the first such rule."""
        return code.or_(
            *(
                code.and_(self.conditions.true(rule.condition, self.lead), code.named_expr(by, code.const(rule.id)))
                for rule in rules
            )
        )

    def _reached(self, ladder: p.Ladder, rules: dict[str, list[p.LabelRule]], label: str, by: str) -> Block:
        first = [code.assign(label, code.const(ladder.labels[0]))]
        branches = []
        for rank in range(len(ladder.labels) - 1, -1, -1):
            name = ladder.labels[rank]
            tests = [self._led(rules[name], by)] if name in rules else []
            tests += [self._held(ladder, hold, rank) for hold in ladder.holds if hold.label == name]
            lacking = [test for needing in ladder.labels[: rank + 1] for test in self.unmet.get(needing, ())]
            test = code.and_(code.not_(code.or_(*lacking)), code.or_(*tests)) if lacking else code.or_(*tests)
            branches.append((test, [code.assign(label, code.const(name))]))
        body = code.if_chain(branches, first)
        if None in self.unmet:
            body = [code.if_(code.or_(*self.unmet[None]), first, body)]
        if ladder.forward_only:
            body += self._forward(ladder, label, by)
        return body

    def _held(self, ladder: p.Ladder, hold: p.Hold, rank: int) -> Expr:
        held = code.compare(self.lead.held(ladder.name), "in", code.const(ladder.labels[rank:]))
        return code.and_(held, self.conditions.true(hold.condition, self.lead))

    def _forward(self, ladder: p.Ladder, label: str, by: str) -> Block:
        ranks = self.lead.names.value({name: rank for rank, name in enumerate(ladder.labels)})
        held = self.lead.held(ladder.name)
        higher = code.compare(code.subscript(ranks, held), ">", code.subscript(ranks, code.name(label)))
        raised = [code.assign(label, held), code.assign(by, NONE)]
        return [code.if_(code.and_(code.compare(held, "in", ranks), higher), raised)]

    def changes(self) -> list[Expr]:
        """Give the label held of each ladder, and the variable of the rule that led to the new one."""
        return [
            part
            for ladder in self.program.ladders
            for part in (self.lead.held(ladder.name), code.name(self.led[ladder.name]))
        ]

    # ----------------------------------------------------- segments and marks

    def segment(self, segment: p.Segment) -> None:
        """Write whether the lead is in a segment."""
        true = self.lead.keep(self.conditions.true(segment.condition, self.lead))
        false = self.conditions.false(segment.condition, self.lead)
        if code.cost(false) > _LONGEST_INLINE:  # segments may build on each other thousands deep
            false = self.lead.keep(false)
        self.lead.define(("segment", segment.name), Flag(true, false))

    def give_marks(self) -> None:
        """Write the names of the segments that the lead is in, the tags and the recommendations, each once."""
        segments = []
        for segment in self.program.segments:
            flag = self.lead.defined["segment", segment.name]
            assert isinstance(flag, Flag)
            segments.append((flag.true, segment.name))
        self._listed(segments, "segments")
        for word, given in MARKS.items():
            marks = [mark for mark in self.program.marks if mark.kind == word]
            found = [(self.conditions.true(mark.condition, self.lead), mark.value) for mark in marks]
            self._listed(found, given.name)

    def _listed(self, parts: Sequence[tuple[Expr, str]], into: str) -> None:
        """Write a tuple of the values whose tests hold, each once."""
        if not parts:
            self.marks[into] = code.const(())
            return
        added: Block = []
        seen: set[str] = set()
        for test, value in parts:
            first = (
                code.const(value=True)
                if value not in seen
                else code.compare(code.const(value), "not in", code.name(into))
            )
            seen.add(value)
            added.append(code.if_(code.and_(test, first), [code.add_to(into, code.const((value,)))]))
        if self.is_gated:
            added = [code.if_(code.not_(code.name(GATED)), added)]
        self.lead.body += [code.assign(into, code.const(())), *added]
        self.marks[into] = code.name(into)
