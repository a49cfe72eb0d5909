"""What a condition says of a lead: for each of its three answers, what must hold of what it reads.

A condition's :class:`Cases` are three environments, one for the leads about which it is true, one
for false and one for unknown. None instead of an environment proves that no lead gets that answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise

import attrs

from leadrules import program as p
from leadrules.analysis.counts import days_touched
from leadrules.analysis.ranges import Range, as_numbers, called, hull, point, quotient
from leadrules.analysis.sets import (
    ALL_MEMBERS,
    ALL_NUMBERS,
    BOOLS,
    NO_MEMBERS,
    NO_NUMBERS,
    Env,
    Interval,
    Known,
    Members,
    Numbers,
    Values,
    both,
    either,
    numbers,
)
from leadrules.families import AGGREGATES, COMPARISONS, TEXT_TESTS, Kind
from leadrules.values import DAY, Value, folded
from leadrules.vocabulary import BOOL, NUMBER, Type

Key = tuple[str, str]


@attrs.frozen
class Cases:
    """What holds where a condition is true, where it is false, and where it is unknown."""

    true: Env | None
    false: Env | None
    unknown: Env | None

    def opposite(self) -> Cases:
        """Give the cases of `not`."""
        return Cases(self.false, self.true, self.unknown)

    @property
    def not_true(self) -> Env | None:
        """What holds where it is false or unknown."""
        return either([self.false, self.unknown])

    @property
    def is_always_true(self) -> bool:
        """Tell that it is neither false nor unknown for any lead."""
        return self.false is None and self.unknown is None


@attrs.define
class Meaning:
    """A program's definitions as far as they are known, for reading conditions and values.

    All are filled in the program's order, by kind and name, so that nothing is answered twice:
    `values_of` what a definition may be, `conditions` the cases of criteria and segments that are true
    or false, `keys` what criteria that are values are known by, `universes` the labels of each scale.
    """

    program: p.Program
    values_of: dict[Key, Values] = attrs.field(factory=dict)
    conditions: dict[Key, Cases] = attrs.field(factory=dict)
    keys: dict[str, object] = attrs.field(factory=dict)
    universes: dict[str, Members] = attrs.field(factory=dict)

    def define_criterion(self, name: str, body: p.ValueNode) -> None:
        """Answer a criterion, all that it reads being answered."""
        self.values_of["criterion", name] = self.values(body)
        if body.type == BOOL:
            self.conditions["criterion", name] = self._truth(body)
        if not isinstance(body, p.ConditionValue):
            self.keys[name] = self.key(body)

    def define_segment(self, name: str, condition: p.Condition) -> None:
        """Answer a segment, all that it reads being answered."""
        cases = self.conditions["segment", name] = self.cases(condition)
        self.values_of["segment", name] = _truths(cases)

    # ------------------------------------------------------------ conditions

    def cases(self, node: p.Condition) -> Cases:
        """Read a condition."""
        match node:
            case p.Always():
                return Cases({}, None, None)
            case p.Not(member):
                return self.cases(member).opposite()
            case p.And(members):
                return all_of([self.cases(member) for member in members])
            case p.Or(members):
                return any_of([self.cases(member) for member in members])
            case p.AtLeast(count, members):
                return some_of(count, [self.cases(member) for member in members])
            case p.Truth(value):
                return self._truth(value)
            case p.IsKnown(value):
                return self._is_known(value)
            case p.Happened(selection):
                happened = numbers([Interval(Fraction(1))], whole=True)
                none = numbers([Interval(Fraction(0), Fraction(0))])
                return self._split(p.Count(selection, NUMBER), happened, none)
            case p.Was(ladder, labels):
                record = Values(Members(self.universes[ladder].members | {None}))
                inside = Members(frozenset(labels))
                return _split(("held", ladder), record, inside, Members(frozenset(labels), True))
            case p.FieldWithin(field, within):
                inside_ = numbers([Interval(Fraction(0), Fraction(within))])
                outside = numbers([Interval(None, Fraction(0), True, False), Interval(Fraction(within), None, False)])
                age = Values(ALL_NUMBERS, field.default is None)
                return _split(("age", field.name), age, inside_, outside)
            case p.FollowedBy():
                return self._followed_by(node)
            case p.Compare() | p.Between() | p.OneOf() | p.TextTest():
                return self._test(node)

    def _test(self, node: p.Compare | p.Between | p.OneOf | p.TextTest) -> Cases:
        match node:
            case p.Compare():
                return self._comparison(node)
            case p.Between(value, p.Constant(Fraction() as low), p.Constant(Fraction() as high)):
                outside = numbers([Interval(None, low, True, False), Interval(high, None, False)])
                return self._split(value, numbers([Interval(low, high)]), outside)
            case p.Between(value, low, high, order):
                ends = p.Compare(">=", value, low, order), p.Compare("<=", value, high, order)
                return all_of([self._comparison(end) for end in ends])
            case p.OneOf(value, choices):
                members = [_known(choice.value, choice.type.kind) for choice in choices]
                if value.type.is_time or value.type == NUMBER:
                    inside, outside = _listed([piece for m in members if isinstance(m, Numbers) for piece in m.pieces])
                    return self._split(value, inside, outside)
                listed = frozenset(m for known in members if isinstance(known, Members) for m in known.members)
                return self._split(value, Members(listed), Members(listed, True))
            case p.TextTest(kind, subject, choices):
                return self._text_test(node, kind, subject, choices)

    def _truth(self, value: p.ValueNode) -> Cases:
        if isinstance(value, p.ConditionValue):
            return self.cases(value.condition)
        if isinstance(value, p.DefinitionRead) and (value.kind, value.name) in self.conditions:
            return self.conditions[value.kind, value.name]
        return self._split(value, Members(frozenset({True})), Members(frozenset({False})))

    def _is_known(self, value: p.ValueNode) -> Cases:
        found = self.values(value)
        known = None if found.known.is_empty else {self.key(value): Values(found.known)}
        nothing = Values(_nothing(found.known), unknown=True)
        return Cases(known, {self.key(value): nothing} if found.unknown else None, None)

    def _comparison(self, node: p.Compare) -> Cases:
        left, right, op = node.left, node.right, str(node.op)
        if isinstance(left, p.Constant) and not isinstance(right, p.Constant):
            left, right, op = right, left, COMPARISONS[op].turned
        if not isinstance(right, p.Constant):
            return self._two_values(op, node, left, right)
        if right.type.kind == "label":
            inside = _labels_that(op, str(right.value), node.order)
            cases = self._split(left, Members(inside), Members(inside, True))
            return cases.opposite() if op == "!=" else cases
        found = self._constant(right, left.type.kind)
        if found is None:
            return self._opaque(node, unknown=self.values(left).unknown)
        if isinstance(found, Members):
            equal, other = found, Members(found.members, True)
            return self._split(left, *((equal, other) if op == "=" else (other, equal)))
        value = found.pieces[0].low
        assert value is not None
        return self._split(left, numbers(_pieces(op, value)), numbers(_pieces(COMPARISONS[op].opposite, value)))

    def _constant(self, constant: p.Constant, kind: Kind) -> Known | None:
        """Give a constant as compared with a value of a kind; None for a day that has no midnight."""
        if kind == "datetime" and constant.type.kind == "date":
            try:
                moment = self.program.scope.zone.midnight(constant.value)  # type: ignore[arg-type]
            except (OverflowError, ValueError):
                return None
            return as_numbers(point(Fraction(moment)))
        return _known(constant.value, constant.type.kind)

    def _two_values(self, op: str, node: p.Compare, left: p.ValueNode, right: p.ValueNode) -> Cases:
        """Read a comparison of two values: what their ranges exclude, and otherwise a truth of its own."""
        mine, theirs = self.values(left), self.values(right)
        base = COMPARISONS[op].base
        compared = p.Compare(base, node.left, node.right, node.order)
        plain = self._opaque(compared, unknown=mine.unknown or theirs.unknown)
        cases = plain if base == op else plain.opposite()
        if {left.type.kind, right.type.kind} == {"number"}:
            possible = (
                _possible(op, mine.known, theirs.known),
                _possible(COMPARISONS[op].opposite, mine.known, theirs.known),
            )
            cases = Cases(cases.true if possible[0] else None, cases.false if possible[1] else None, cases.unknown)
        return cases

    def _text_test(self, node: p.TextTest, kind: str, subject: p.ValueNode, choices: Sequence[p.ValueNode]) -> Cases:
        constants = [choice.value for choice in choices if isinstance(choice, p.Constant)]
        if TEXT_TESTS[kind].is_pattern or subject.type.kind != "text" or len(constants) < len(choices):
            return self._opaque(node, unknown=any(self.values(v).unknown for v in (subject, *choices)))
        parts = frozenset(folded(str(value)) for value in constants)
        inside, outside = (Members(frozenset(), True, frozenset({(kind, parts, answer)})) for answer in (True, False))
        return self._split(subject, inside, outside)

    def _followed_by(self, node: p.FollowedBy) -> Cases:
        cases = self._opaque(node, unknown=False)
        never = self.never_selects(node.first) or (not node.negated and self.never_selects(node.then))
        return Cases(None, cases.false, None) if never else cases

    def _opaque(self, node: p.Condition, *, unknown: bool) -> Cases:
        """Read a condition of which nothing is known but that it is one truth wherever it stands."""
        truth = Values(BOOLS, unknown)
        return _split(("truth", node), truth, Members(frozenset({True})), Members(frozenset({False})))

    def _split(self, value: p.ValueNode, inside: Known, outside: Known) -> Cases:
        return _split(self.key(value), self.values(value), inside, outside)

    def never_selects(self, selection: p.Selection) -> bool:
        """Tell that no event can pass a selection's filter."""
        if not selection.types:
            return True
        return selection.filter is not None and self.cases(selection.filter).true is None

    # ---------------------------------------------------------------- values

    def key(self, node: p.ValueNode) -> object:
        """Give what a value is known by in environments: criteria by what they stand for."""
        match node:
            case p.FieldRead(field):
                return ("field", field.name)
            case p.PropertyRead(name):
                return ("property", name)
            case p.DefinitionRead("criterion", name) if name in self.keys:
                return self.keys[name]
            case p.DefinitionRead(kind, name):
                return (kind, name)
            case _:
                return node

    def values(self, node: p.ValueNode) -> Values:
        """Give all that a value may be."""
        match node:
            case p.Constant(value, type_):
                return Values(_known(value, type_.kind))
            case p.FieldRead(field):
                return Values(self._of_type(field.type), field.default is None)
            case p.PropertyRead(name, type_):
                return Values(self._of_type(type_), name not in {"at", "day"})
            case p.DefinitionRead():
                return self._definition(node)
            case p.Count(selection):
                most = Fraction(0) if self.never_selects(selection) else None
                return Values(numbers([Interval(Fraction(0), most)], whole=True))
            case p.Aggregate():
                return self._aggregate(node)
            case p.DaysBetween():
                return self._days(node)
            case p.Arithmetic(op, left, right):
                return Values(as_numbers(_calculated(op, self.range(left), self.range(right))), unknown=True)
            case p.Negative(operand):
                found = self.values(operand)  # once: calls in calls would double the work at each step
                return Values(as_numbers(-_range_of(found.known)), found.unknown)
            case p.CallNode():
                return self._call(node)
            case p.ConditionValue(condition):
                return _truths(self.cases(condition))

    def range(self, node: p.ValueNode) -> Range:
        """Give the range of a number."""
        return _range_of(self.values(node).known)

    def _definition(self, node: p.DefinitionRead) -> Values:
        found = self.values_of.get((node.kind, node.name))
        return found if found is not None else Values(self._of_type(node.type), unknown=True)

    def _aggregate(self, node: p.Aggregate) -> Values:
        aggregate = AGGREGATES[node.function]
        if aggregate.is_known:
            return Values(numbers([Interval(Fraction(0), self._most_distinct(node))], whole=True))
        nothing = aggregate.of([])
        if nothing is not None and self.never_selects(node.selection):
            return Values(as_numbers(point(Fraction(nothing))), unknown=True)
        return Values(self._of_type(node.type), unknown=True)

    def _most_distinct(self, node: p.Aggregate) -> Fraction | None:
        if self.never_selects(node.selection):
            return Fraction(0)
        if node.property.name == "day" and node.selection.within is not None:
            return Fraction(days_touched(node.selection.within))
        if node.property.type.choices:
            return Fraction(len(node.property.type.choices))
        return Fraction(2) if node.property.type.kind == "bool" else None

    def _days(self, node: p.DaysBetween) -> Values:
        """Give whole days: never negative since an event, and at most the days of its window."""
        found = Range()
        moment = node.moment
        if isinstance(moment, p.Aggregate) and moment.property.name == "at":
            within = moment.selection.within
            found = Range(Fraction(0), None if within is None else Fraction(within // DAY))
        if node.direction == "until":
            # A count of days is floored: half a day ago is -1 days until.
            found = Range(None if found.high is None else -found.high - 1, None if found.low is None else Fraction(0))
        return Values(as_numbers(found, whole=True), self.values(moment).unknown)

    def _call(self, node: p.CallNode) -> Values:
        if node.plugin is not None:
            return Values(self._of_type(node.type), unknown=True)
        arguments = [self.values(argument) for argument in node.arguments]
        ranges = [_range_of(argument.known) for argument in arguments]
        return Values(as_numbers(called(node.function, ranges)), any(argument.unknown for argument in arguments))

    def _of_type(self, type_: Type) -> Known:
        match type_.kind:
            case "label":
                return self.universes.get(type_.scale or "", ALL_MEMBERS)
            case "bool":
                return BOOLS
            case "number":
                return ALL_NUMBERS
            case "date" | "datetime":
                return numbers([Interval()], whole=True)
            case "text":
                return Members(type_.folded_choices) if type_.choices else ALL_MEMBERS
            case "list of text":
                return ALL_MEMBERS


def _range_of(known: Known) -> Range:
    """Give the range of what a number may be."""
    return hull(known) if isinstance(known, Numbers) and not known.is_empty else Range()


MOST_EXACT = 12
"""Of more conditions than this, `and` and `or` of unknown ones are read less closely."""


# --------------------------------------------------------------- three cases


def all_of(cases: Sequence[Cases]) -> Cases:
    """Give the cases of `and`."""
    return Cases(both(c.true for c in cases), either([c.false for c in cases]), _some_unknown(cases))


def _some_unknown(cases: Sequence[Cases]) -> Env | None:
    """Give what holds where one of some conditions is unknown and none is false.

    For many conditions the answer is wider: that none is false is all that is kept.
    """
    if all(c.unknown is None for c in cases):
        return None
    not_false = [either([c.true, c.unknown]) for c in cases]
    if len(cases) > MOST_EXACT:
        return both(not_false)
    found = []
    for index, one in enumerate(cases):
        if one.unknown is not None:
            found.append(both([*not_false[:index], one.unknown, *not_false[index + 1 :]]))
    return either(found)


def any_of(cases: Sequence[Cases]) -> Cases:
    """Give the cases of `or`."""
    return all_of([c.opposite() for c in cases]).opposite()


def some_of(count: int, cases: Sequence[Cases]) -> Cases:
    """Give the cases of `at least … of`."""
    if count == 1:
        return any_of(cases)
    if count == len(cases):
        return all_of(cases)
    enough_true = sum(c.true is not None for c in cases) >= count
    enough_false = sum(c.false is not None for c in cases) > len(cases) - count
    some_unknown = any(c.unknown is not None for c in cases)
    return Cases({} if enough_true else None, {} if enough_false else None, {} if some_unknown else None)


def _split(key: object, values: Values, inside: Known, outside: Known) -> Cases:
    """Give the cases of a test of one value: true inside, false outside, unknown where the value is."""

    def where(known: Known) -> Env | None:
        found = values.meet(Values(known))
        return None if found.is_empty else {key: found}

    unknown = {key: Values(_nothing(values.known), unknown=True)} if values.unknown else None
    return Cases(where(inside), where(outside), unknown)


def _nothing(known: Known) -> Known:
    return NO_NUMBERS if isinstance(known, Numbers) else NO_MEMBERS


def _truths(cases: Cases) -> Values:
    found = {answer for answer, env in ((True, cases.true), (False, cases.false)) if env is not None}
    return Values(Members(frozenset(found)), cases.unknown is not None)


# ------------------------------------------------------------------ constants


def _known(value: Value, kind: Kind) -> Known:
    """Give one value as a set, in the form in which it is compared."""
    match kind:
        case "number" | "datetime":
            return as_numbers(point(Fraction(value)))  # type: ignore[arg-type]
        case "date":
            return as_numbers(point(Fraction(value.toordinal())))  # type: ignore[union-attr]
        case "text":
            return Members(frozenset({folded(str(value))}))
        case "bool" | "label":
            return Members(frozenset({value}))
        case "list of text":
            return ALL_MEMBERS


def _pieces(op: str, value: Fraction) -> list[Interval]:
    below, above = Interval(None, value, True, False), Interval(value, None, False)
    match op:
        case "=":
            return [Interval(value, value)]
        case "!=":
            return [below, above]
        case "<":
            return [below]
        case "<=":
            return [Interval(None, value)]
        case ">":
            return [above]
        case _:
            return [Interval(value)]


def _listed(points: Sequence[Interval]) -> tuple[Numbers, Numbers]:
    """Give a finite set of numbers, and all others."""
    values = sorted({piece.low for piece in points if piece.low is not None})
    ends = [None, *values, None]
    gaps = [Interval(low, high, low is None, high is None) for low, high in pairwise(ends)]
    return numbers(points), numbers(gaps)


def _labels_that(op: str, label: str, order: Sequence[str]) -> frozenset[object]:
    """Give the labels that stand in a relation to one (`=`, `!=`: itself); none where it is not in the order."""
    if not order:
        return frozenset({label})
    if label not in order:
        return frozenset()
    index = order.index(label)
    answers: dict[str, Callable[[int], bool]] = {
        "<": lambda i: i < index,
        "<=": lambda i: i <= index,
        ">": lambda i: i > index,
        ">=": lambda i: i >= index,
    }
    return frozenset(one for i, one in enumerate(order) if answers[op](i))


def _calculated(op: str, left: Range, right: Range) -> Range:
    match op:
        case "+":
            return left + right
        case "-":
            return left + -right
        case "*":
            return left * right
        case _:
            return quotient(left, right)


def _possible(op: str, left: Known, right: Known) -> bool:
    """Tell whether some two numbers of two sets may stand in a relation."""
    if left.is_empty or right.is_empty or not (isinstance(left, Numbers) and isinstance(right, Numbers)):
        return True
    a, b = hull(left), hull(right)
    below = a.low is None or b.high is None or a.low < b.high
    above = a.high is None or b.low is None or a.high > b.low
    at_most, at_least = below or a.low == b.high, above or a.high == b.low
    found = {
        "=": at_most and at_least,
        "!=": below or above,
        "<": below,
        ">": above,
        "<=": at_most,
        ">=": at_least,
    }
    return found[op]
