"""Conditions and values in code.

A condition has three answers, but code needs two: whether it is true, and whether it is false. Each
is an expression of its own, so that unknown is never handled where nobody asks for it.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any, Protocol, assert_never

import attrs

from leadrules import program as p
from leadrules.engine.compiler import code, operands, runtime
from leadrules.engine.compiler.branches import chosen
from leadrules.engine.compiler.code import Expr, Names
from leadrules.engine.compiler.lookups import looked_up
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
    compared,
    known,
    only_text,
)
from leadrules.engine.compiler.shapes import Shapes
from leadrules.families import COMPARISONS, ELAPSED, LOCAL_TIMES, TEXT_TESTS, ElapsedUnit, Kind, LocalTime, TextTest
from leadrules.letters import Letters
from leadrules.nodes import Node
from leadrules.values import DAY, instant_of, moment_of
from leadrules.vocabulary import Field

TRUE, FALSE, NONE = code.const(value=True), code.const(value=False), code.const(None)
_WORTH_SHARING = (p.Or, p.And, p.AtLeast, p.Between, p.MomentWithin)


class Context(Protocol):
    """Where an expression stands: what it can read, and how.

    `shares` says whether what is worked out here may be used by what comes later.
    """

    shares: bool

    def answer(self, read: TextRead, node: p.Condition, *, wanted: bool) -> Expr | None:
        """Give whether a condition on one text is true (or false), where that is remembered."""

    def field(self, field: Field) -> Operand:
        """Read a field."""

    def property(self, node: p.PropertyRead) -> Operand:
        """Read a property of the event at hand."""

    def definition(self, node: p.DefinitionRead) -> Operand:
        """Read what is defined in the file."""

    def count(self, selection: p.Selection) -> Expr:
        """Count the events of a selection."""

    def moments(self, selection: p.Selection) -> Expr:
        """List the moments of a selection's events, comparable with each other."""

    def aggregate(self, node: p.Aggregate) -> Operand:
        """Read an aggregate."""

    def clock(self, part: str, detail: object = None) -> Expr:
        """Read what depends on `as_of` alone."""

    def held(self, ladder: str) -> Expr:
        """Read the label that the lead holds."""

    def fallback_truth(self, node: p.Condition) -> Expr:
        """Ask the reference. Raises Unsupported where it cannot be asked either."""

    def keep(self, expr: Expr) -> Expr:
        """Keep a value in a variable, so that it is worked out once."""


@attrs.define
class Conditions:
    """Writes the conditions of one program. What occurs twice is worked out once, where that pays."""

    program: p.Program
    names: Names
    shapes: Shapes = attrs.field(init=False)
    _occurrences: Counter[p.Condition] = attrs.field(factory=Counter)
    _shared: dict[tuple[p.Condition, bool], Expr] = attrs.field(factory=dict)
    _lists: dict[int, tuple[tuple[p.Constant, ...], frozenset[str]]] = attrs.field(factory=dict)

    def __attrs_post_init__(self) -> None:
        self.shapes = Shapes.of(self.program)

    @property
    def letters(self) -> Letters:
        """How the program compares texts."""
        return self.program.scope.letters

    def occurs(self, node: Node) -> None:
        """Count the conditions in a node; the filter of a per-event rule stands where nothing is shared."""
        if isinstance(node, _WORTH_SHARING):
            self._occurrences[node] += 1
            if self._occurrences[node] > 1:
                return
        for part in node.inward()[0]:
            if not (isinstance(node, p.Rule) and isinstance(part, p.Selection)):
                self.occurs(part)

    # ---------------------------------------------------------------- truths

    def true(self, node: p.Condition, at: Context) -> Expr:
        """Write a test that a condition is true."""
        return self.test(node, at, wanted=True)

    def false(self, node: p.Condition, at: Context) -> Expr:
        """Write a test that a condition is false."""
        return self.test(node, at, wanted=False)

    def test(self, node: p.Condition, at: Context, *, wanted: bool) -> Expr:
        """Write a test that a condition has the wanted answer."""
        if self.shapes.is_left(node):
            return self._asked(node, at, wanted=wanted)
        read = only_text(node)
        if read is not None:
            remembered = at.answer(read, node, wanted=wanted)
            if remembered is not None:
                return remembered
        if self._occurrences[node] < 2 or not isinstance(node, _WORTH_SHARING):
            return self._tested(node, at, wanted=wanted)
        if not at.shares:
            return self._test(node, at, wanted=wanted)
        if (node, wanted) not in self._shared:
            self._shared[node, wanted] = at.keep(self._tested(node, at, wanted=wanted))
        return self._shared[node, wanted]

    def _tested(self, node: p.Condition, at: Context, *, wanted: bool) -> Expr:
        """Write a test, or leave it to the reference where there is no form for it here."""
        try:
            return self._test(node, at, wanted=wanted)
        except Plugged:
            raise
        except Unsupported:
            return self._asked(node, at, wanted=wanted)

    def _asked(self, node: p.Condition, at: Context, *, wanted: bool) -> Expr:
        """Leave a test to the reference."""
        return code.compare(at.fallback_truth(node), "is", code.const(wanted))

    def _test(self, node: p.Condition, at: Context, *, wanted: bool) -> Expr:
        match node:
            case p.Always():
                return code.const(wanted)
            case p.Not(member):
                return self.test(member, at, wanted=not wanted)
            case p.Or(members) | p.And(members):
                tests = [self.test(member, at, wanted=wanted) for member in members]
                join = code.or_ if isinstance(node, p.Or) is wanted else code.and_
                return join(*sorted(tests, key=code.cost))
            case p.AtLeast():
                return self._at_least(node, at, wanted=wanted)
            case p.Compare(op, left, right, order):
                return self._comparison(self.value(left, at), op, self.value(right, at), order, wanted=wanted)
            case p.Between(value, low, high, order):
                subject = self.value(value, at)
                sides = ((">=", low), ("<=", high))
                tests = [self._comparison(subject, op, self.value(s, at), order, wanted=wanted) for op, s in sides]
                return code.and_(*tests) if wanted else code.or_(*tests)
            case p.OneOf(value, choices):
                return self._one_of(self.value(value, at), choices, at, wanted=wanted)
            case p.TextTest():
                return self._text_test(node, at, wanted=wanted)
            case p.IsKnown(value):
                test = self.is_known(value, at)
                return test if wanted else code.not_(test)
            case p.Truth(value):
                flag = self.flag(value, at)
                return flag.true if wanted else flag.false
            case p.Happened(selection):
                count = at.count(selection)
                return code.compare(count, ">" if wanted else "=", code.const(0))
            case p.MomentWithin(read, within):
                return self._moment_within(read, within, at, wanted=wanted)
            case p.Was(ladder, labels):
                return code.compare(at.held(ladder), "in" if wanted else "not in", code.const(labels))
        assert_never(node)

    def _at_least(self, node: p.AtLeast, at: Context, *, wanted: bool) -> Expr:
        tests = [self.test(member, at, wanted=wanted) for member in node.members]
        ones = [code.if_else(test, code.const(1), code.const(0)) for test in tests]
        needed = node.count if wanted else len(tests) - node.count + 1
        found = code.call(code.name("sum"), code.tuple_of(ones))
        return code.compare(found, ">=", code.const(needed))

    def _moment_within(self, read: p.FieldRead | p.DefinitionRead, within: int, at: Context, *, wanted: bool) -> Expr:
        moment = self.moment(self.value(read, at))
        if isinstance(moment, Unknown):
            return FALSE
        is_known, instant = known(moment.expr, self.names, optional=moment.optional)
        as_of = at.clock("instant")
        low = code.binop(as_of, "-", code.const(within))
        if wanted:
            return code.and_(is_known, code.between(low, "<=", instant, "<=", as_of))
        outside = code.or_(code.compare(instant, "<", low), code.compare(instant, ">", as_of))
        return code.and_(is_known, outside)

    # ----------------------------------------------------------- comparisons

    def _comparison(self, left: Operand, op: str, right: Operand, order: tuple[str, ...], *, wanted: bool) -> Expr:
        """Write a comparison: true, or false and not unknown."""
        if isinstance(left, Unknown) or isinstance(right, Unknown):
            return FALSE
        if isinstance(left, Label) and isinstance(right, Label):
            (one, left), (other, right) = self._known_label(left), self._known_label(right)
            return code.and_(one, other, _labels_compared(left, op, right, order, wanted=wanted))
        if isinstance(left, Flag) and isinstance(right, Flag):
            return _flags_compared(left, op, right, wanted=wanted)
        sign = op if wanted else COMPARISONS[op].opposite
        if isinstance(left, Number) and isinstance(right, Number):
            (one, left), (other, right) = self._known_number(left), self._known_number(right)
            return code.and_(one, other, compared(left, sign, right, COMPARISONS[sign].holds))
        if isinstance(left, Text) and isinstance(right, Text):
            one, a = known(left.folded, self.names, optional=left.optional)
            other, b = known(right.folded, self.names, optional=right.optional)
        elif isinstance(left, Day) and isinstance(right, Day):
            one, a = known(left.expr, self.names, optional=left.optional)
            other, b = known(right.expr, self.names, optional=right.optional)
        elif isinstance(left, (Day, Moment)) and isinstance(right, (Day, Moment)):
            first, second = self.moment(left), self.moment(right)
            assert isinstance(first, Moment)
            assert isinstance(second, Moment)
            one, a = known(first.expr, self.names, optional=first.optional)
            other, b = known(second.expr, self.names, optional=second.optional)
        else:
            raise Unsupported("a comparison of these")
        return code.and_(one, other, code.compare(a, sign, b))

    def _known_number(self, number: Number) -> tuple[Expr, Number]:
        test, expr = known(number.expr, self.names, optional=number.optional)
        return test, attrs.evolve(number, expr=expr, optional=False)

    def _known_label(self, label: Label) -> tuple[Expr, Label]:
        test, expr = known(label.expr, self.names, optional=label.optional)
        return test, attrs.evolve(label, expr=expr, optional=False)

    def _one_of(self, value: Operand, choices: tuple[p.Constant, ...], at: Context, *, wanted: bool) -> Expr:
        if not choices:
            return code.const(not wanted)
        if isinstance(value, Text):
            written = self._texts_of(choices)
            test, text = known(value.folded, self.names, optional=value.optional)
            return code.and_(test, self._among(text, written, wanted=wanted))
        if isinstance(value, Number) and value.scale == 1:
            numbers = frozenset(_whole(choice.value) for choice in choices)
            test, expr = known(value.expr, self.names, optional=value.optional)
            return code.and_(test, self._among(expr, numbers, wanted=wanted))
        bound = self._bound_once(value, at)
        tests = [self._comparison(bound, "=", self.value(choice, at), (), wanted=wanted) for choice in choices]
        return code.or_(*tests) if wanted else code.and_(*tests)

    def _texts_of(self, choices: tuple[p.Constant, ...]) -> frozenset[str]:
        """Give the texts of a list as they are compared; of one that several rules ask it is worked out once."""
        if id(choices) not in self._lists:
            self._lists[id(choices)] = choices, frozenset(self.letters.folded(str(choice.value)) for choice in choices)
        return self._lists[id(choices)][1]

    def _among(self, value: Expr, choices: frozenset[Any], *, wanted: bool) -> Expr:
        if len(choices) == 1:
            (only,) = choices
            return code.compare(value, "=" if wanted else "!=", self.names.value(only))
        return code.compare(value, "in" if wanted else "not in", self.names.value(choices, choices))

    def _bound_once(self, value: Operand, at: Context) -> Operand:
        if at.shares and isinstance(value, (Moment, Day, Number, Label)):
            return attrs.evolve(value, expr=at.keep(value.expr))
        return value

    # ------------------------------------------------------------------ text

    def _text_test(self, node: p.TextTest, at: Context, *, wanted: bool) -> Expr:
        if not node.choices:
            return code.const(not wanted)
        subject = self.value(node.subject, at)
        if isinstance(subject, Unknown):
            return FALSE
        if isinstance(subject, Texts):
            is_known, whole = known(subject.members, self.names, optional=subject.optional)
            tests = [self._is_member(whole, choice, at, wanted=wanted) for choice in node.choices]
        elif isinstance(subject, Text):
            is_known, whole = self._whole(TEXT_TESTS[node.kind], subject)
            tests = list(self._stands_in(node, whole, at, wanted=wanted))
        else:
            raise Unsupported("a text test of this")
        return code.and_(is_known, code.or_(*tests) if wanted else code.and_(*tests))

    def _whole(self, kind: TextTest, subject: Text) -> tuple[Expr, Expr]:
        """Write that a text is known, and the form of it that a test looks at."""
        if kind.is_pattern and subject.plain is not None:
            return TRUE, subject.plain
        if kind.prepared is not None and subject.worded is not None:
            return TRUE, subject.worded
        form = subject.text if kind.is_pattern else subject.folded
        is_known, whole = known(form, self.names, optional=subject.optional)
        make = self.letters.plain if kind.is_pattern else kind.prepared and kind.prepared[0]
        if make is None:
            return is_known, whole
        made = code.call(self.names.value(make, "plain" if kind.is_pattern else "worded"), whole)
        ready, whole = known(made, self.names, optional=True)
        return code.and_(is_known, ready), whole

    def _is_member(self, members: Expr, choice: p.ValueNode, at: Context, *, wanted: bool) -> Expr:
        text = self.value(choice, at)
        if isinstance(text, Unknown):
            return FALSE
        if not isinstance(text, Text):
            raise Unsupported("a member that is no text")
        is_known, part = known(text.folded, self.names, optional=text.optional)
        return code.and_(is_known, code.compare(part, "in" if wanted else "not in", members))

    def _stands_in(self, node: p.TextTest, whole: Expr, at: Context, *, wanted: bool) -> Iterator[Expr]:
        kind = TEXT_TESTS[node.kind]
        constants = [c.value for c in node.choices if isinstance(c, p.Constant) and isinstance(c.value, str)]
        choices = tuple(dict.fromkeys(constants if kind.is_pattern else map(self.letters.folded, constants)))
        if kind.method is not None and len(choices) > 1:
            yield self._holds(kind, whole, code.const(choices), wanted=wanted)
        else:
            for text in choices:
                yield self._holds(kind, whole, code.const(kind.choice(text)), wanted=wanted)
        for choice in node.choices:
            if isinstance(choice, p.Constant):
                continue
            text_ = self.value(choice, at)
            if isinstance(text_, Unknown):
                yield FALSE
                continue
            if not isinstance(text_, Text) or kind.is_pattern:
                raise Unsupported("a text test with this")
            is_known, part = known(text_.folded, self.names, optional=text_.optional)
            if kind.prepared is not None:
                part = code.call(self.names.value(kind.prepared[1], "sought"), part)
            yield code.and_(is_known, self._holds(kind, whole, part, wanted=wanted))

    def _holds(self, kind: TextTest, whole: Expr, part: Expr, *, wanted: bool) -> Expr:
        """Write a test of a text; a pattern is a constant."""
        if kind.holds is None:
            assert isinstance(part, ast.Constant)
            text = str(part.value)
            search = self.names.value(self.program.patterns[text].search, ("pattern", text))
            return code.compare(code.call(search, whole), "is not" if wanted else "is", NONE)
        if kind.is_in:
            return code.compare(part, "in" if wanted else "not in", whole)
        method = kind.method and code.attribute(whole, kind.method)
        test = code.call(method, part) if method else code.call(self.names.value(kind.holds), whole, part)
        return test if wanted else code.not_(test)

    # ---------------------------------------------------------------- values

    def value(self, node: p.ValueNode, at: Context) -> Operand:
        """Write a value."""
        if not isinstance(node, p.ConditionValue) and self.shapes.is_left(node):
            raise Unsupported("a value of many levels, or one too many")
        match node:
            case p.Constant(value, type_):
                return self._constant(value, type_.kind)
            case p.FieldRead(field):
                return at.field(field)
            case p.PropertyRead():
                return at.property(node)
            case p.DefinitionRead():
                return at.definition(node)
            case p.Count(selection):
                return Number(at.count(selection))
            case p.Aggregate():
                return at.aggregate(node)
            case p.Elapsed() | p.AsOf() | p.LocalPart():
                return self._of_time(node, at)
            case p.Arithmetic(op, left, right):
                return self._calculated(runtime.ARITHMETIC[op], [left, right], at)
            case p.Negative(operand):
                return self._calculated(runtime.subtracted, [operand], at, code.const(0))
            case p.CallNode(plugin, function, _, arguments):
                if plugin is not None:
                    raise Plugged("a plugin's criterion")
                return self._calculated(runtime.BUILT_IN[function], list(arguments), at)
            case p.Converted():
                raise Plugged("an argument of a plugin's criterion")
            case p.ConditionValue(condition):
                return Flag(self.true(condition, at), self.false(condition, at))
            case p.Lookup(table, column, key):
                values = self.program.tables[table].columns[column]
                return looked_up(values, (table, column), self.value(key, at), self.names, self.letters)
            case p.Conditional():
                return self._conditional(node, at)
        assert_never(node)

    def _conditional(self, node: p.Conditional, at: Context) -> Operand:
        tests = [self.true(condition, at) for condition in node.conditions]
        if node.otherwise is not None:
            tests.append(code.and_(*(self.false(condition, at) for condition in node.conditions)))
        if at.shares:
            tests = [at.keep(test) for test in tests]
        return chosen(tests, [self.value(value, at) for value in node.values], self.plain_number)

    def _constant(self, value: Any, kind: Kind) -> Operand:
        match kind:
            case "number":
                return operands.number(value)
            case "text":
                return Text(code.const(self.letters.folded(value)), code.const(value), value=value)
            case "bool":
                return Flag(code.const(value), code.const(not value))
            case "label":
                return Label(code.const(value), (value,), value=value)
            case "date":
                return Day(self.names.value(value, value))
            case "datetime" | "list of text":
                raise Unsupported("a constant of this kind")

    def _calculated(
        self, function: Callable[..., Any], nodes: list[p.ValueNode], at: Context, *before: Expr
    ) -> Operand:
        found = [self.value(node, at) for node in nodes]
        if any(isinstance(operand, Unknown) for operand in found):
            return Unknown()
        arguments = [operand.texts if isinstance(operand, Texts) else self.plain_number(operand) for operand in found]
        return Number(code.call(self.names.value(function), *before, *arguments), optional=True)

    def plain_number(self, operand: Operand) -> Expr:
        """Write a number as one value, whole or exact, or None."""
        if isinstance(operand, Unknown):
            return NONE
        if not isinstance(operand, Number):
            raise Unsupported("a number was expected")
        if operand.value is not None:
            return self.names.value(_whole(operand.value), ("number", operand.value))
        if operand.scale == 1:
            return operand.expr
        assert not operand.optional
        return code.call(self.names.value(Fraction, "Fraction"), operand.expr, code.const(operand.scale))

    def _of_time(self, node: p.Elapsed | p.AsOf | p.LocalPart, at: Context) -> Operand:
        match node:
            case p.Elapsed(unit, direction, moment):
                return self._elapsed(ELAPSED[unit], direction, self.value(moment, at), at)
            case p.AsOf(type_):
                return Day(at.clock("today")) if type_.kind == "date" else Moment(at.clock("instant"))
            case p.LocalPart(part, moment):
                return self._local_part(LOCAL_TIMES[part], self.value(moment, at))

    def _elapsed(self, unit: ElapsedUnit, direction: str, moment: Operand, at: Context) -> Operand:
        if isinstance(moment, Unknown):
            return moment
        since = direction == "since"
        if unit.of_days is not None and unit.counts_days("date" if isinstance(moment, Day) else "datetime"):
            test, day = self._known_day(moment)
            ends = (day, at.clock("today")) if since else (at.clock("today"), day)
            if unit.shortest == DAY:
                found: Expr = code.attribute(code.binop(ends[1], "-", ends[0]), "days")
            else:
                found = code.call(self.names.value(unit.of_days, unit.name), *ends)
            return Number(code.if_else(test, found, NONE), optional=True)
        if isinstance(moment, Moment) and moment.at is not None and since and unit.shortest == DAY:
            test, then = known(moment.at, self.names, optional=moment.optional)
            elapsed = code.attribute(code.binop(at.clock("now"), "-", then), "days")
            return Number(code.if_else(test, elapsed, NONE), optional=moment.optional)
        instant = self.moment(moment)
        if isinstance(instant, Unknown):
            return instant
        test, then = known(instant.expr, self.names, optional=instant.optional)
        ends = (then, at.clock("instant")) if since else (at.clock("instant"), then)
        found = code.binop(code.binop(ends[1], "-", ends[0]), "//", code.const(unit.shortest))
        return Number(code.if_else(test, found, NONE), optional=instant.optional)

    def _local_part(self, part: LocalTime, moment: Operand) -> Operand:
        if isinstance(moment, Unknown):
            return moment
        assert isinstance(moment, (Day, Moment))
        test, local = known(moment.expr, self.names, optional=moment.optional)
        if isinstance(moment, Moment):
            local = code.call(self.names.value(self.program.scope.zone.local, "local"), local)
        found = code.call(self.names.value(part.of, part.name), local)
        return Number(code.if_else(test, found, NONE), optional=moment.optional)

    def _known_day(self, moment: Operand) -> tuple[Expr, Expr]:
        """Write that a date, or the local day of a datetime, is known, and that day."""
        assert isinstance(moment, (Day, Moment))
        test, found = known(moment.expr, self.names, optional=moment.optional)
        if isinstance(moment, Day):
            return test, found
        return test, code.call(self.names.value(self.program.scope.zone.day, "local_day"), found)

    def flag(self, node: p.ValueNode, at: Context) -> Flag:
        """Write a bool value."""
        if isinstance(node, p.ConditionValue):
            return Flag(self.true(node.condition, at), self.false(node.condition, at))
        found = self.value(node, at)
        if isinstance(found, Unknown):
            return Flag(FALSE, FALSE)
        if not isinstance(found, Flag):
            raise Unsupported("a bool was expected")
        return found

    def moment(self, operand: Operand) -> Moment | Unknown:
        """Write a moment; of a day, the midnight that starts it."""
        if isinstance(operand, (Moment, Unknown)):
            return operand
        if not isinstance(operand, Day):
            raise Unsupported("a moment was expected")
        test, day = known(operand.expr, self.names, optional=operand.optional)
        midnight = self.names.value(self.program.scope.zone.midnight, "midnight")
        return Moment(code.if_else(test, code.call(midnight, day), NONE), operand.optional)

    def is_known(self, node: p.ValueNode, at: Context) -> Expr:
        """Write a test that a value is known."""
        found = self.value(node, at)
        match found:
            case Unknown():
                return FALSE
            case Flag(true, false):
                return code.or_(true, false)
            case Number(expr, _, optional) | Moment(expr, optional) | Day(expr, optional) | Label(expr, _, _, optional):
                return known(expr, self.names, optional=optional)[0]
            case Text(_, text, optional):
                return known(text, self.names, optional=optional)[0]
            case Texts(_, texts, optional):
                return known(texts, self.names, optional=optional)[0]
        assert_never(found)


def as_datetime_part(names: Names, moment: Moment) -> Expr:
    """Write an instant as a datetime in UTC, or None."""
    test, instant = known(moment.expr, names, optional=moment.optional)
    return code.if_else(test, code.call(names.value(moment_of, "moment_of"), instant), NONE)


def instant_part(names: Names, moment: Expr) -> Expr:
    """Write a datetime as an instant."""
    return code.call(names.value(instant_of, "instant_of"), moment)


def _whole(value: Any) -> Any:
    return value.numerator if value.denominator == 1 else value


def _labels_compared(left: Label, op: str, right: Label, order: tuple[str, ...], *, wanted: bool) -> Expr:
    def holds(one: str, other: str) -> bool:
        if not order:
            return COMPARISONS[op].holds(one, other)
        return one in order and other in order and COMPARISONS[op].holds(order.index(one), order.index(other))

    if right.value is not None:
        fitting = tuple(label for label in left.labels if holds(label, right.value) is wanted)
        return _is_label(left.expr, fitting, left.labels)
    if left.value is not None:
        fitting = tuple(label for label in right.labels if holds(left.value, label) is wanted)
        return _is_label(right.expr, fitting, right.labels)
    raise Unsupported("two labels that both vary")


def _is_label(expr: Expr, fitting: tuple[str, ...], labels: tuple[str, ...]) -> Expr:
    if len(fitting) in {0, len(labels)}:
        return code.const(bool(fitting))
    if len(fitting) == 1:
        return code.compare(expr, "=", code.const(fitting[0]))
    return code.compare(expr, "in", code.const(fitting))


def _flags_compared(left: Flag, op: str, right: Flag, *, wanted: bool) -> Expr:
    if op not in {"=", "!="}:
        raise Unsupported("an ordering of bools")
    if (op == "=") is wanted:
        return code.or_(code.and_(left.true, right.true), code.and_(left.false, right.false))
    return code.or_(code.and_(left.true, right.false), code.and_(left.false, right.true))
