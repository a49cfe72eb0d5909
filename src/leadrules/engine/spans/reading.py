"""A lead during a span of time: all that its conditions and values can answer from its first moment to its last."""

from __future__ import annotations

import datetime as dt
import functools
import itertools
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, assert_never

import attrs

from leadrules import program as p
from leadrules.engine.reference.calls import call, view_of
from leadrules.engine.reference.conditions import BUILT_IN, Reading
from leadrules.engine.spans.movement import Movement
from leadrules.engine.spans.moves import Moves
from leadrules.engine.spans.points import EachScore
from leadrules.engine.spans.possible import (
    ANY_TRUTH,
    ANYTHING,
    BITS,
    FALSE,
    MOST_MEMBERS,
    TRUE,
    UNKNOWN,
    Possible,
    Range,
    at_least,
    both,
    calculated,
    calculated_by,
    compared,
    either,
    exactly,
    maybe_unknown,
    members,
    negative,
    one_of,
    only,
    opposite,
    truths_of,
    united,
    values_of,
)
from leadrules.engine.spans.selections import Chosen, Pools
from leadrules.families import ELAPSED, LOCAL_TIMES, LocalTime
from leadrules.families.comparisons import Operator
from leadrules.occurrences import Occurrence
from leadrules.values import DAY, HOUR, Value, Zone

_LONG = 2 * DAY
"""A span in which there may be more than one change of clocks."""
_BITS = 48
"""More than any number of units of time has."""


@attrs.define
class Memory:
    """What is known of one lead whatever the span: `still` reads it as of the first moment, `held` labels aside."""

    movement: Movement
    still: Reading
    pools: Pools = attrs.field(init=False)
    moves: Moves = attrs.field(init=False)
    rules: dict[str, EachScore] = attrs.field(factory=dict)
    answers: dict[tuple[Any, ...], Value | None] = attrs.field(factory=dict)
    truths: dict[int, int] = attrs.field(factory=dict)
    values: dict[int, Possible] = attrs.field(factory=dict)
    units: dict[str, int] = attrs.field(factory=dict)

    def __attrs_post_init__(self) -> None:
        self.pools = Pools(self.movement, self.still)
        self.moves = Moves(self.still.zone)

    @property
    def program(self) -> p.Program:
        """The program that reads the lead."""
        return self.still.program

    def rule(self, rule: p.Rule) -> EachScore:
        """Give what is known of a rule that scores each event."""
        if rule.id not in self.rules:
            self.rules[rule.id] = EachScore(rule, self.movement, self.still)
        return self.rules[rule.id]


@attrs.define
class SpanReading:
    """A lead from `low` to `high`, both in, in microseconds. `held` are the labels that its record holds meanwhile."""

    memory: Memory
    low: int
    high: int
    held: Mapping[str, str]
    definitions: dict[tuple[str, str], Possible] = attrs.field(factory=dict)
    _chosen: dict[int, Chosen] = attrs.field(factory=dict)

    @property
    def still(self) -> Reading:
        """The lead as of the first moment of all."""
        return self.memory.still

    @property
    def zone(self) -> Zone:
        """The ruleset's timezone."""
        return self.memory.still.zone

    @functools.cached_property
    def days(self) -> tuple[dt.date, dt.date]:
        """The first and the last local day."""
        self.memory.moves.by_calendar = True
        return self._days_between(self.low, self.high)

    def _days_between(self, first: int, last: int) -> tuple[dt.date, dt.date]:
        """Give the first and the last local day. Where clocks change between, both offsets are looked at."""
        low, high = self.zone.local(first), self.zone.local(last)
        if last - first > _LONG:
            return low.date() - dt.timedelta(days=1), high.date() + dt.timedelta(days=1)
        length = dt.timedelta(microseconds=last - first)
        return min(low, high - length).date(), max(high, low + length).date()

    # ------------------------------------------------------------ conditions

    def truth(self, condition: p.Condition, event: Occurrence | None = None) -> int:
        """Give the truths that a condition can answer; `event` is the event at hand inside a filter."""
        if not self.memory.movement.of(condition):
            if event is not None:
                return BITS[self.still.truth(condition, event)]
            known = self.memory.truths
            if id(condition) not in known:
                known[id(condition)] = BITS[self.still.truth(condition)]
            return known[id(condition)]
        match condition:
            case p.Or(members):
                return either([self.truth(member, event) for member in members])
            case p.And(members):
                return both([self.truth(member, event) for member in members])
            case p.Not(member):
                return opposite(self.truth(member, event))
            case p.AtLeast(count, members):
                return at_least(count, [self.truth(member, event) for member in members])
            case _:
                return self._test(condition, event)

    def _test(self, condition: p.Condition, event: Occurrence | None) -> int:
        match condition:
            case p.Compare(op, left, right, order):
                sides = self.value(left, event), self.value(right, event)
                return self._comparison(op, (left, right), sides, order)
            case p.Between(value, low, high, order):
                subject = self.value(value, event)
                return both(
                    [
                        self._comparison(">=", (value, low), (subject, self.value(low, event)), order),
                        self._comparison("<=", (value, high), (subject, self.value(high, event)), order),
                    ]
                )
            case p.OneOf(value, choices):
                subject = self.value(value, event)
                return either(
                    [self._comparison("=", (value, choice), (subject, exactly(choice.value)), ()) for choice in choices]
                )
            case p.TextTest(kind, subject_node, choice_nodes):
                nodes = (subject_node, *choice_nodes)
                return self._asked(
                    lambda parts: p.TextTest(kind, parts[0], tuple(parts[1:])),
                    nodes,
                    [self.value(node, event) for node in nodes],
                )
            case p.IsKnown(value):
                found = self.value(value, event)
                return (FALSE if maybe_unknown(found) else 0) | (0 if only(found) == (None,) else TRUE)
            case p.Truth(value):
                return truths_of(self.value(value, event))
            case p.Happened(selection):
                chosen = self.chosen(selection)
                return (TRUE if chosen.possible else 0) | (0 if chosen.sure else FALSE)
            case p.MomentWithin(moment, within):
                return self._moment_within(self.value(moment, event), moment.type.kind, within)
            case p.Was(ladder, labels):
                return TRUE if self.held.get(ladder) in labels else FALSE
            case p.Always() | p.Or() | p.And() | p.Not() | p.AtLeast():
                raise AssertionError("these are no tests")
        assert_never(condition)

    def _comparison(
        self,
        op: Operator,
        nodes: tuple[p.ValueNode, p.ValueNode],
        sides: tuple[Possible, Possible],
        order: tuple[str, ...],
    ) -> int:
        left, right = sides
        if only(left) == (None,) or only(right) == (None,):
            return UNKNOWN
        if isinstance(left, Range) and isinstance(right, Range):
            kinds = nodes[0].type.kind, nodes[1].type.kind
            if set(kinds) == {"date", "datetime"}:
                left, right = (self._instants(side, kind) for side, kind in zip((left, right), kinds, strict=True))
            return compared(op, left, right)
        return self._asked(lambda parts: p.Compare(op, parts[0], parts[1], order), nodes, sides)

    def _asked(
        self,
        made: Callable[[Sequence[p.Constant]], p.Condition],
        nodes: Sequence[p.ValueNode],
        parts: Sequence[Possible],
    ) -> int:
        """Ask the reference about all that the parts of a condition can be; where that is too much, it can be all."""
        listed = [members(part) for part in parts]
        count = 1
        for part in listed:
            if part is None:
                return ANY_TRUTH
            count *= len(part)
        if count > MOST_MEMBERS:
            return ANY_TRUTH
        found = 0
        for values in itertools.product(*(part for part in listed if part is not None)):
            constants = [p.Constant(value, node.type) for value, node in zip(values, nodes, strict=True)]
            found |= BITS[self.still.truth(made(constants))]
        return found

    def _instants(self, found: Range, kind: str) -> Range:
        """Give datetimes as they are, and dates as the midnights that start them."""
        if kind == "datetime":
            return found
        return Range(self.zone.midnight(found.low), self.zone.midnight(found.high), found.unknown)

    def _moment_within(self, moment: Possible, kind: str, within: int) -> int:
        if not isinstance(moment, Range):
            return UNKNOWN if only(moment) == (None,) else ANY_TRUTH
        moment = self._instants(moment, kind)
        self.memory.moves.single |= {moment.low, moment.high + within + 1}
        can = moment.low <= self.high and self.low <= moment.high + within
        must = moment.high <= self.low and self.high <= moment.low + within
        return (TRUE if can else 0) | (0 if must else FALSE) | (UNKNOWN if moment.unknown else 0)

    # ---------------------------------------------------------------- values

    def value(self, node: p.ValueNode, event: Occurrence | None = None) -> Possible:
        """Give the values that an expression can have."""
        if not self.memory.movement.of(node):
            if event is not None:
                return exactly(self.still.value(node, event))
            known = self.memory.values
            if id(node) not in known:
                known[id(node)] = exactly(self.still.value(node))
            return known[id(node)]
        match node:
            case p.Constant() | p.FieldRead() | p.PropertyRead():
                return exactly(self.still.value(node, event))
            case p.DefinitionRead(kind, name):
                return self.definitions[kind, name]
            case p.Count(selection):
                return self._count(selection)
            case p.Aggregate(selection=selection):
                return self.memory.pools.aggregate(node, self.chosen(selection))
            case p.Elapsed(_, _, moment):
                return self._elapsed(node, self.value(moment, event), moment.type.kind)
            case p.AsOf(type_):
                return Range(*self.days) if type_.kind == "date" else Range(self.low, self.high)
            case p.LocalPart(part, moment):
                return self._local_part(LOCAL_TIMES[part], self.value(moment, event), moment.type.kind)
            case p.Arithmetic(op, left, right):
                return calculated(op, self.value(left, event), self.value(right, event))
            case p.Negative(operand):
                return negative(self.value(operand, event))
            case p.CallNode():
                return self._call(node, event)
            case p.Converted(value, type_):
                return self._converted(self.value(value, event), value.type.kind, type_.kind)
            case p.ConditionValue(condition):
                return values_of(self.truth(condition, event))
            case p.Lookup(key=key):
                return self._lookup(node, self.value(key, event))
            case p.Conditional():
                return self._conditional(node, event)
        assert_never(node)

    def _lookup(self, node: p.Lookup, key: Possible) -> Possible:
        listed = members(key)
        if listed is None:
            return ANYTHING
        constants = (p.Constant(one, node.key.type) for one in listed if one is not None)
        found = [self.still.value(attrs.evolve(node, key=constant)) for constant in constants]
        return one_of([*found, *([None] if None in listed else [])])

    def _conditional(self, node: p.Conditional, event: Occurrence | None) -> Possible:
        """Give the values of the branches that may be the first true one, in the order in which they are asked."""
        found: list[Possible] = []
        passed = FALSE  # the truths of all conditions so far, where none of them is true
        for branch in node.branches:
            truth = self.truth(branch.condition, event)
            if truth & TRUE:
                found.append(self.value(branch.value, event))
            passed = (UNKNOWN if (passed | truth) & UNKNOWN else 0) | (passed & truth & FALSE)
            if not truth & (FALSE | UNKNOWN):
                return united(found)
        if passed & FALSE and node.otherwise is not None:
            found.append(self.value(node.otherwise, event))
        if passed & UNKNOWN or node.otherwise is None:
            found.append(frozenset((None,)))
        return united(found)

    def _count(self, selection: p.Selection) -> Possible:
        chosen, earlier = self.chosen(selection), self.still.count_earlier(selection)
        fewest, most = len(chosen.sure) + earlier, len(chosen.possible) + earlier
        return Range(Fraction(fewest), Fraction(most), bits=most.bit_length() + 1)

    def _elapsed(self, node: p.Elapsed, moment: Possible, kind: str) -> Possible:
        if not isinstance(moment, Range):
            return moment if only(moment) == (None,) else ANYTHING
        unit, since = ELAPSED[node.unit], node.direction == "since"
        if unit.of_days is not None and unit.counts_days(kind):
            first, last = self.days
            day = moment if kind == "date" else self._converted(moment, kind, "date")
            assert isinstance(day, Range)
            low, high = unit.of_days(day.high, first), unit.of_days(day.low, last)
            if not since:
                low, high = unit.of_days(last, day.low), unit.of_days(first, day.high)
            return Range(Fraction(low), Fraction(high), moment.unknown, bits=_BITS)
        at = self._instants(moment, kind)
        assert isinstance(at, Range)
        self.memory.moves.aging |= {(end if since else end + 1, unit.shortest) for end in (at.low, at.high)}
        low, high = unit.of_instants(at.high, self.low), unit.of_instants(at.low, self.high)
        if not since:
            low, high = unit.of_instants(self.high, at.low), unit.of_instants(self.low, at.high)
        return Range(Fraction(low), Fraction(high), moment.unknown, bits=_BITS)

    def _local_part(self, part: LocalTime, moment: Possible, kind: str) -> Possible:
        if not isinstance(moment, Range):
            return moment if only(moment) == (None,) else ANYTHING
        self.memory.moves.by_calendar = True
        low, high = moment.low, moment.high
        goes_on = True
        if kind == "datetime":
            first, last = self.zone.local(low), self.zone.local(high)
            if part.of_clock:
                self.memory.moves.aging.add((0, HOUR // 4))  # where clocks of any offset strike
                goes_on = last - first == dt.timedelta(microseconds=high - low)
                low, high = first, last
            else:
                days = self._converted(moment, kind, "date")
                assert isinstance(days, Range)
                low, high = days.low, days.high
        ends = part.low, part.high
        if goes_on and part.period(low) == part.period(high):
            ends = part.of(low), part.of(high)
        return Range(Fraction(ends[0]), Fraction(ends[1]), moment.unknown, bits=_BITS)

    def _converted(self, found: Possible, kind: str, to: str) -> Possible:
        """Give dates as midnights, datetimes as local days; clocks that go back may show a day again."""
        if not isinstance(found, Range):
            return found
        if to == "datetime":
            return self._instants(found, kind)
        return Range(*self._days_between(found.low, found.high), found.unknown)

    def _call(self, node: p.CallNode, event: Occurrence | None) -> Possible:
        found = [self.value(argument, event) for argument in node.arguments]
        if node.plugin is None:
            return calculated_by(node.function, BUILT_IN[node.function], found)
        given = [only(argument) for argument in found]
        moment: int | None = None
        reading = self.still
        if not self.memory.movement.touched.isdisjoint(node.events):
            if not all(self.chosen(ignore.selection).is_settled for ignore in self.memory.movement.ignores):
                return ANYTHING
            reading = Reading(self.memory.program, self.still.facts, self.low)
        if self.memory.movement.sees_the_clock(node):
            moment = self._asked_at()
            if moment is None:
                return ANYTHING
        if None in given:
            return ANYTHING
        values = tuple(one[0] for one in given if one is not None)
        key = (id(node), values, moment, reading.ignored)
        if key not in self.memory.answers:
            program = self.memory.program
            criterion = program.functions[node.plugin, node.function]
            view = functools.partial(
                view_of, node, program, reading.seen, self.still.as_of if moment is None else moment
            )
            arguments = dict(zip(node.names, values, strict=True))
            self.memory.answers[key] = call(criterion, arguments, view, reading.facts.lead, program.scope.letters)
        return exactly(self.memory.answers[key])

    def _asked_at(self) -> int | None:
        """Give when a criterion that sees the clock is asked: as its day begins; None where a day begins meanwhile."""
        first, last = self.days
        if first != last:
            return None
        return max(self.still.as_of, self.zone.midnight(first))

    # ------------------------------------------------------------ selections

    def chosen(self, selection: p.Selection) -> Chosen:
        """Say which events a selection selects."""
        if id(selection) not in self._chosen:
            chosen = self.memory.pools.chosen(selection, self.low, self.high, self.truth)
            self._chosen[id(selection)] = chosen
            if self.memory.movement.may_be_ignored(selection):
                for ignore in self.memory.movement.ignores:
                    self.chosen(ignore.selection)
            if selection.within is not None:
                self.memory.moves.window(chosen.pool, selection.within)
            for relation in selection.relations:
                if relation.waits and relation.within is not None:
                    self.memory.moves.window(chosen.pool, relation.within - 1)
        return self._chosen[id(selection)]
