"""What a condition says of a lead: for each of its three answers, the ways in which it comes about.

A way is what must hold of what the condition reads. A condition's :class:`Cases` are the ways of true,
those of false and those of unknown. That an answer has none proves that no lead gets it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise

import attrs

from leadrules import program as p
from leadrules.analysis.branches import Chosen, chosen_of
from leadrules.analysis.cases import Cases, all_of, any_of, some_of
from leadrules.analysis.counts import buckets_touched
from leadrules.analysis.ranges import ZERO, Range, as_numbers, called, hull, point, quotient
from leadrules.analysis.sets import (
    ALL_MEMBERS,
    ALL_NUMBERS,
    ANYHOW,
    BOOLS,
    NO_MEMBERS,
    NO_NUMBERS,
    Interval,
    Known,
    Members,
    Numbers,
    Values,
    Ways,
    both,
    either,
    numbers,
    united,
)
from leadrules.criteria import Criterion
from leadrules.families import AGGREGATES, COMPARISONS, ELAPSED, LOCAL_TIMES, TEXT_TESTS, Kind
from leadrules.letters import Letters
from leadrules.values import MOST_DIGITS, Value
from leadrules.vocabulary import BOOL, NUMBER, Type

Key = tuple[str, str]


@attrs.define
class Meaning:
    """A program's definitions as far as they are known, for reading conditions and values.

    All are filled in the program's order, by kind and name, so that nothing is answered twice:
    `values_of` what a definition may be, `conditions` the cases of criteria and segments that are true
    or false, `keys` what criteria that are values are known by, `presences` when these are known and
    when not, `digits` how long they get, `universes` the labels of each scale, `sides` what lists hold and what not,
    `branches` when each value of a conditional is the one.
    """

    program: p.Program
    values_of: dict[Key, Values] = attrs.field(factory=dict)
    conditions: dict[Key, Cases] = attrs.field(factory=dict)
    keys: dict[str, object] = attrs.field(factory=dict)
    presences: dict[str, tuple[Ways, Ways]] = attrs.field(factory=dict)
    digits: dict[str, int] = attrs.field(factory=dict)
    universes: dict[str, Members] = attrs.field(factory=dict)
    sides: dict[tuple[int, bool], tuple[object, tuple[Known, Known]]] = attrs.field(factory=dict)
    branches: dict[int, Chosen] = attrs.field(factory=dict)

    @property
    def letters(self) -> Letters:
        """How the program compares texts."""
        return self.program.scope.letters

    def define_criterion(self, name: str, body: p.ValueNode) -> None:
        """Answer a criterion, all that it reads being answered."""
        self.values_of["criterion", name] = self.values(body)
        if body.type == BOOL:
            self.conditions["criterion", name] = self._truth(body)
        if not isinstance(body, p.ConditionValue):
            self.keys[name] = self.key(body)
        self.presences[name] = self.presence(body)
        self.digits[name] = self.most_digits(body)

    def define_segment(self, name: str, condition: p.Condition) -> None:
        """Answer a segment, all that it reads being answered."""
        cases = self.conditions["segment", name] = self.cases(condition)
        self.values_of["segment", name] = _truths(cases)

    # ------------------------------------------------------------ conditions

    def cases(self, node: p.Condition) -> Cases:
        """Read a condition."""
        match node:
            case p.Always():
                return Cases(ANYHOW, (), ())
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
                cases = self._split(p.Count(selection, NUMBER), happened, none)
                return self._related(selection, cases) if selection.relations else cases
            case p.Was(ladder, labels):
                record = Values(Members(self.universes[ladder].members | {None}))
                inside = Members(frozenset(labels))
                return _split(("held", ladder), record, inside, Members(frozenset(labels), True))
            case p.MomentWithin(moment, within):
                inside_ = numbers([Interval(Fraction(0), Fraction(within))])
                outside = numbers([Interval(None, Fraction(0), True, False), Interval(Fraction(within), None, False)])
                known, unknown = self.presence(moment)
                cases = _split(("age", self.key(moment)), Values(ALL_NUMBERS, bool(unknown)), inside_, outside)
                return cases.where(known, unknown)
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
                return self._split(value, *self._sides(choices, in_order=value.type.is_time or value.type == NUMBER))
            case p.TextTest(kind, subject, choices):
                return self._text_test(node, kind, subject, choices)

    def _sides(self, choices: tuple[p.Constant, ...], *, in_order: bool) -> tuple[Known, Known]:
        """Give what is in a list and what is not; of a list that several rules ask it is worked out once."""
        key = id(choices), in_order
        if key not in self.sides:
            members = [_known(choice.value, choice.type.kind, self.letters) for choice in choices]
            listed = frozenset(m for known in members if isinstance(known, Members) for m in known.members)
            pieces = [piece for m in members if isinstance(m, Numbers) for piece in m.pieces] if in_order else []
            found = _listed(pieces) if in_order else (Members(listed), Members(listed, True))
            self.sides[key] = choices, found
        return self.sides[key][1]

    def _truth(self, value: p.ValueNode) -> Cases:
        if isinstance(value, p.ConditionValue):
            return self.cases(value.condition)
        if isinstance(value, p.DefinitionRead) and (value.kind, value.name) in self.conditions:
            return self.conditions[value.kind, value.name]
        return self._split(value, _TRUE, _FALSE)

    def _is_known(self, value: p.ValueNode) -> Cases:
        return Cases(*self.presence(value), ())

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
            return self._opaque(node, [left])
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
        return _known(constant.value, constant.type.kind, self.letters)

    def _two_values(self, op: str, node: p.Compare, left: p.ValueNode, right: p.ValueNode) -> Cases:
        """Read a comparison of two values: what their ranges exclude, and otherwise a truth of its own."""
        mine, theirs = self.values(left), self.values(right)
        base = COMPARISONS[op].base
        compared = p.Compare(base, node.left, node.right, node.order)
        plain = self._opaque(compared, [left, right])
        cases = plain if base == op else plain.opposite()
        if {left.type.kind, right.type.kind} == {"number"}:
            true, false = (_possible(one, mine.known, theirs.known) for one in (op, COMPARISONS[op].opposite))
            cases = Cases(cases.true if true else (), cases.false if false else (), cases.unknown)
        return cases

    def _text_test(self, node: p.TextTest, kind: str, subject: p.ValueNode, choices: Sequence[p.ValueNode]) -> Cases:
        constants = [choice.value for choice in choices if isinstance(choice, p.Constant)]
        if TEXT_TESTS[kind].is_pattern or subject.type.kind != "text" or len(constants) < len(choices):
            needed = [subject, *choices] if len(choices) == 1 else [subject]  # of several choices one may decide
            return self._opaque(node, needed, choices)
        parts = frozenset(self.letters.folded(str(value)) for value in constants)
        inside, outside = (Members(frozenset(), True, frozenset({(kind, parts, answer)})) for answer in (True, False))
        return self._split(subject, inside, outside)

    def _related(self, selection: p.Selection, cases: Cases) -> Cases:
        """Give the cases of events in relations: there are such only where there are events, and what answers them."""
        sought = [answer for one in selection.relations if not one.negated for answer in one.answers]
        parts = [attrs.evolve(selection, relations=()), *(p.Selection(a.name, a.types, a.filter) for a in sought)]
        true = both([cases.true, *(self.cases(p.Happened(part)).true for part in parts)])
        return Cases(true, cases.false, cases.unknown)

    def _opaque(self, node: p.Condition, needed: Sequence[p.ValueNode], read: Sequence[p.ValueNode] = ()) -> Cases:
        """Read a condition of which nothing is known but that it is one truth wherever it stands.

        It is unknown where one of the values is that it needs, and may be where one is that it reads besides.
        """
        known, unknown = self._presence_of_all(needed)
        unknown = either([unknown, *(self.presence(value)[1] for value in read)])
        cases = _split(("truth", node), Values(BOOLS, bool(unknown)), _TRUE, _FALSE)
        return cases.where(known, unknown)

    def _split(self, value: p.ValueNode, inside: Known, outside: Known) -> Cases:
        cases = _split(self.key(value), self.values(value), inside, outside)
        return cases if isinstance(value, _PLAIN) else cases.where(*self.presence(value))

    def never_selects(self, selection: p.Selection) -> bool:
        """Tell that no event can pass a selection's filter."""
        sought = [answer for one in selection.relations if not one.negated for answer in one.answers]
        parts: tuple[p.Selection | p.Answer, ...] = (selection, *sought)
        return any(not one.types or (one.filter is not None and not self.cases(one.filter).true) for one in parts)

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
                return Values(_known(value, type_.kind, self.letters))
            case p.FieldRead(field):
                return Values(self._of_type(field.type), field.default is None)
            case p.PropertyRead(name, type_):
                return Values(self._of_type(type_), name not in _OF_EVERY_EVENT)
            case p.DefinitionRead():
                return self._definition(node)
            case p.Count(selection):
                most = Fraction(0) if self.never_selects(selection) else None
                return Values(numbers([Interval(Fraction(0), most)], whole=True))
            case p.Aggregate():
                return self._aggregate(node)
            case p.AsOf(type_):
                return Values(self._of_type(type_))
            case p.LocalPart(part, moment):
                inside = Range(Fraction(LOCAL_TIMES[part].low), Fraction(LOCAL_TIMES[part].high))
                return Values(as_numbers(inside, whole=True), self.values(moment).unknown)
            case p.Elapsed():
                return self._elapsed(node)
            case p.Arithmetic():
                return self._arithmetic(node)
            case p.Negative(operand):
                found = self.values(operand)  # once: calls in calls would double the work at each step
                return Values(as_numbers(-_range_of(found.known)), found.unknown)
            case p.CallNode():
                return self._call(node)
            case p.Converted(value, type_):
                return Values(self._of_type(type_), self.values(value).unknown)
            case p.ConditionValue(condition):
                return _truths(self.cases(condition))
            case p.Lookup(key=key):
                keys = self.values(key)  # once, as above
                found = self._lookup(node, keys)
                return Values(found.known, found.unknown or keys.unknown)
            case p.Conditional():
                return self._chosen(node).values

    def presence(self, node: p.ValueNode) -> tuple[Ways, Ways]:
        """Give the ways in which a value is known, and those in which it is unknown."""
        match node:
            case p.Constant() | p.Count() | p.AsOf():
                return ANYHOW, ()
            case p.ConditionValue(condition):
                cases = self.cases(condition)
                return either([cases.true, cases.false]), cases.unknown
            case p.Lookup(key=key):
                known, unknown = self._presence_of(node, self._lookup(node, self.values(key)))
                asked = self.presence(key)
                return both([known, asked[0]]), either([unknown, asked[1]])
            case p.Conditional():
                return self._chosen(node).presence(self.key(node))
            case p.DefinitionRead("criterion", name) if name in self.presences:
                return self.presences[name]
            case p.DefinitionRead("segment", name) if ("segment", name) in self.conditions:
                cases = self.conditions["segment", name]
                return either([cases.true, cases.false]), cases.unknown
            case p.Elapsed(_, _, moment) | p.LocalPart(_, moment) | p.Converted(moment):
                return self.presence(moment)
            case p.Negative(operand):
                return self.presence(operand)
            case p.Arithmetic(_, left, right):
                known, unknown = self._presence_of_all([left, right])
                return known, ANYHOW if self._may_fail(node) else unknown
            case p.CallNode(None, _, _, arguments):
                return self._presence_of_all(arguments)
            case p.CallNode():
                known, unknown = self._presence_of_all(self._needed(node))
                itself = {self.key(node): _unknown(self._of_type(node.type))}
                return known, either([unknown, (itself,)]) if self._called(node).maybe_unknown else unknown
            case p.Aggregate(function, of, selection) if AGGREGATES[function].of([]) is None:
                happened = self.cases(p.Happened(selection))
                itself_ = self._own_presence(node)
                unknown = both([itself_[1], happened.false]) if of.name in _OF_EVERY_EVENT else itself_[1]
                return both([itself_[0], happened.true]), unknown
            case _:
                return self._own_presence(node)

    def _chosen(self, node: p.Conditional) -> Chosen:
        """Say when each value of a conditional is the one; worked out once, since each may hold others."""
        found = self.branches.get(id(node))
        if found is None:
            cases = [self.cases(branch.condition) for branch in node.branches]
            found = self.branches[id(node)] = chosen_of(node, cases, self.values, self.presence)
        return found

    def _own_presence(self, node: p.ValueNode) -> tuple[Ways, Ways]:
        """Give the ways of a value that nothing else makes unknown."""
        return self._presence_of(node, self.values(node))

    def _presence_of(self, node: p.ValueNode, found: Values) -> tuple[Ways, Ways]:
        known: Ways = () if found.known.is_empty else ({self.key(node): Values(found.known)},)
        return known, ({self.key(node): _unknown(found.known)},) if found.unknown else ()

    def _presence_of_all(self, nodes: Sequence[p.ValueNode]) -> tuple[Ways, Ways]:
        """Give the ways in which all of some values are known, and those in which one is unknown."""
        found = [self.presence(node) for node in nodes]
        return both(known for known, _ in found), either(unknown for _, unknown in found)

    def _called(self, node: p.CallNode) -> Criterion:
        assert node.plugin is not None
        return self.program.functions[node.plugin, node.function]

    def _needed(self, node: p.CallNode) -> list[p.ValueNode]:
        """Give the arguments without which a plugin's criterion has no answer."""
        optional = {parameter.name for parameter in self._called(node).given if parameter.optional}
        return [argument for name, argument in zip(node.names, node.arguments, strict=True) if name not in optional]

    def _may_fail(self, node: p.Arithmetic) -> bool:
        """Tell whether known operands may give nothing: by division by 0, or with too many digits."""
        if node.op == "/":
            divisor = self.values(node.right).known
            if not isinstance(divisor, Numbers) or any(piece.holds(ZERO) for piece in divisor.pieces):
                return True
        return self.most_digits(node) >= MOST_DIGITS

    def most_digits(self, node: p.ValueNode) -> int:
        """Give how many digits a number may have at most, above or below the line of its fraction."""
        match node:
            case p.Arithmetic(_, left, right):
                return self.most_digits(left) + self.most_digits(right) + 1
            case p.Negative(operand):
                return self.most_digits(operand)
            case p.CallNode(None, _, _, arguments):
                return max(map(self.most_digits, arguments))
            case p.Conditional():
                return max(map(self.most_digits, node.values))
            case p.DefinitionRead("criterion", name):
                return self.digits.get(name, _LONGEST)
            case _:
                return _LONGEST

    def _arithmetic(self, node: p.Arithmetic) -> Values:
        left, right = self.values(node.left), self.values(node.right)
        found = _ARITHMETIC[node.op](_range_of(left.known), _range_of(right.known))
        return Values(as_numbers(found), left.unknown or right.unknown or self._may_fail(node))

    def _lookup(self, node: p.Lookup, asked: Values) -> Values:
        """Give what the table has under the keys that are asked for, unknown where it may have none of them."""
        values, keys = self.program.tables[node.table].columns[node.column].values, asked.known
        if isinstance(keys, Members) and not keys.others:
            folded = {self.letters.folded(str(member)) for member in keys.members}
            found, missed = [values[key] for key in folded if key in values], not folded <= values.keys()
        else:
            found, missed = [*values.values()], True
        if len(found) > _MOST_CHOICES or not found:
            return Values(self._of_type(node.type), unknown=True)
        return Values(united([Values(_known(one, node.type.kind, self.letters)) for one in found]).known, missed)

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
        nothing = aggregate.of([])  # a sum of nothing is 0, and no sum of a lead's events has too many digits
        if nothing is not None and self.never_selects(node.selection):
            return Values(as_numbers(point(Fraction(nothing))))
        return Values(self._of_type(node.type), nothing is None)

    def _most_distinct(self, node: p.Aggregate) -> Fraction | None:
        if self.never_selects(node.selection):
            return Fraction(0)
        if node.property.name == "day" and node.selection.within is not None:
            return Fraction(buckets_touched(node.selection.within, "day"))
        if node.property.type.choices:
            return Fraction(len(node.property.type.choices))
        return Fraction(2) if node.property.type.kind == "bool" else None

    def _elapsed(self, node: p.Elapsed) -> Values:
        """Give whole units of time: never negative since an event, and at most those of its window."""
        found = Range()
        moment = node.moment
        if isinstance(moment, p.Aggregate) and moment.property.name == "at":
            within = moment.selection.within
            most = None if within is None else Fraction(ELAPSED[node.unit].most_within(within))
            found = Range(Fraction(0), most)
        if node.direction == "until":
            # What is counted is floored: half a day ago is -1 days until.
            found = Range(None if found.high is None else -found.high - 1, None if found.low is None else Fraction(0))
        return Values(as_numbers(found, whole=True), self.values(moment).unknown)

    def _call(self, node: p.CallNode) -> Values:
        if node.plugin is not None:
            unknown = self._called(node).maybe_unknown or any(self.values(a).unknown for a in self._needed(node))
            return Values(self._of_type(node.type), unknown)
        arguments = [self.values(argument) for argument in node.arguments]
        if node.function == "count":  # a list without members is unknown
            return Values(as_numbers(Range(Fraction(1)), whole=True), arguments[0].unknown)
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
                closed = 0 < len(type_.choices) <= _MOST_CHOICES
                return Members(type_.folded_choices(self.letters)) if closed else ALL_MEMBERS
            case "list of text":
                return ALL_MEMBERS


def _range_of(known: Known) -> Range:
    """Give the range of what a number may be."""
    return hull(known) if isinstance(known, Numbers) and not known.is_empty else Range()


_PLAIN = (p.Constant, p.FieldRead, p.PropertyRead, p.Count)
"""Values that are known or unknown by themselves."""

_OF_EVERY_EVENT = frozenset({"at", "day"})
_TRUE, _FALSE = Members(frozenset({True})), Members(frozenset({False}))
_MOST_CHOICES = 1_000
"""Of a field with more choices than this any text is thought possible: each rule about it would go through them all."""

_LONGEST = 140
"""More digits than a number of a lead has, or the sum of those of its events."""


def _split(key: object, values: Values, inside: Known, outside: Known) -> Cases:
    """Give the cases of a test of one value: true inside, false outside, unknown where the value is."""

    def where(known: Known) -> Ways:
        found = values.meet(Values(known))
        return () if found.is_empty else ({key: found},)

    return Cases(where(inside), where(outside), ({key: _unknown(values.known)},) if values.unknown else ())


def _unknown(known: Known) -> Values:
    return Values(NO_NUMBERS if isinstance(known, Numbers) else NO_MEMBERS, unknown=True)


def _truths(cases: Cases) -> Values:
    found = {answer for answer, ways in ((True, cases.true), (False, cases.false)) if ways}
    return Values(Members(frozenset(found)), bool(cases.unknown))


# ------------------------------------------------------------------ constants


def _known(value: Value, kind: Kind, letters: Letters) -> Known:
    """Give one value as a set, in the form in which it is compared."""
    match kind:
        case "number" | "datetime":
            return as_numbers(point(Fraction(value)))  # type: ignore[arg-type]
        case "date":
            return as_numbers(point(Fraction(value.toordinal())))  # type: ignore[union-attr]
        case "text":
            return Members(frozenset({letters.folded(str(value))}))
        case "bool" | "label":
            return Members(frozenset({value}))
        case "list of text":
            return ALL_MEMBERS


def _pieces(op: str, value: Fraction) -> list[Interval]:
    """Give the numbers that stand in a relation to one."""
    sides = (-1, Interval(None, value, True, False)), (0, Interval(value, value)), (1, Interval(value, None, False))
    return [piece for side, piece in sides if COMPARISONS[op].holds(side, 0)]


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
    return frozenset(one for i, one in enumerate(order) if COMPARISONS[op].holds(i, index))


_ARITHMETIC: dict[str, Callable[[Range, Range], Range]] = {
    "+": operator.add,
    "-": lambda left, right: left + -right,
    "*": operator.mul,
    "/": quotient,
}


def _possible(op: str, left: Known, right: Known) -> bool:
    """Tell whether some two numbers of two sets may stand in a relation."""
    if left.is_empty or right.is_empty or not (isinstance(left, Numbers) and isinstance(right, Numbers)):
        return True
    a, b = hull(left), hull(right)
    below = a.low is None or b.high is None or a.low < b.high
    above = a.high is None or b.low is None or a.high > b.low
    equal = (below or a.low == b.high) and (above or a.high == b.low)
    return any(may_be and COMPARISONS[op].holds(side, 0) for side, may_be in ((-1, below), (0, equal), (1, above)))
