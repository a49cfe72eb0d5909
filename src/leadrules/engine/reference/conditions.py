"""What a lead says to a condition: the meaning of §4 and §6 of the language, node by node.

A truth is True, False or None, which is unknown. Nothing is optimised here: this module and
`interpreter` are what every other engine is compared with.
"""

from __future__ import annotations

import datetime as dt
import functools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, Self

import attrs

from leadrules import program as p
from leadrules.engine.reference.calls import call, view_of
from leadrules.engine.reference.relations import Related
from leadrules.families import AGGREGATES, CALENDARS, COMPARISONS, ELAPSED, LOCAL_TIMES, TEXT_TESTS
from leadrules.lead import Facts
from leadrules.letters import Letters
from leadrules.occurrences import Occurrence
from leadrules.values import Value, Zone, bounded, key_of

Truth = bool | None
"""True, False, or None for unknown."""


@attrs.frozen
class Total:
    """How many events there were, and what they come to."""

    count: int
    sum: Fraction

    def plus(self, other: Total) -> Total:
        """Give both together."""
        return Total(self.count + other.count, self.sum + other.sum)


NOTHING = Total(0, Fraction(0))


@attrs.define
class Reading:
    """A lead at a moment, read by a program: answers conditions and values.

    `definitions` holds what is already known of criteria, dimensions, grades and the rest, by
    (kind, name); whoever evaluates the program fills it in the program's order. `answers` has those of
    plugins' criteria, by what was asked: a criterion is a pure function, and asked once. `tests` has the answers
    of tests of the lead's own texts, and `listed` the members of lists, which many rules may ask, as they are compared
    with values of a kind.
    """

    program: p.Program
    facts: Facts
    as_of: int
    definitions: dict[tuple[str, str], Value | None] = attrs.field(factory=dict)
    selected: dict[p.Selection, tuple[Occurrence, ...]] = attrs.field(factory=dict)
    answers: dict[tuple[object, ...], Value | None] = attrs.field(factory=dict)
    answered: dict[p.Relation, Related] = attrs.field(factory=dict)
    tests: dict[int, tuple[p.TextTest, Truth]] = attrs.field(factory=dict)
    listed: dict[tuple[int, str], tuple[tuple[p.Constant, ...], dict[str, set[object]]]] = attrs.field(factory=dict)
    _ignored: frozenset[int] | None = None
    _whole: Reading | None = None

    @property
    def zone(self) -> Zone:
        """The ruleset's timezone."""
        return self.program.scope.zone

    @property
    def letters(self) -> Letters:
        """How the ruleset compares texts."""
        return self.program.scope.letters

    @property
    def ignored(self) -> frozenset[int]:
        """The events that are ignored, by their identity."""
        if self._ignored is None:
            self._ignored = self.ignored_by(self.program.ignores)
        return self._ignored

    def ignored_by(self, ignores: Iterable[p.Ignore]) -> frozenset[int]:
        """Give the events that some of these ignore, by their identity: each of them sees all events."""
        ignores = tuple(ignores)
        reads = [key for ignore in ignores for key in p.reads_in(ignore)]
        for key in self.program.needed(reads, self.definitions):  # criteria that are made of fields and literals
            criterion = self.program.definitions[key]
            assert isinstance(criterion, p.Criterion)
            self.definitions[key] = self.value(criterion.body)
        return frozenset(id(event) for ignore in ignores for event in self.whole.select(ignore.selection))

    @property
    def whole(self) -> Reading:
        """The lead with all its events."""
        if self._whole is None:
            self._whole = Reading(self.program, self.facts, self.as_of, self.definitions, ignored=frozenset())
        return self._whole

    @property
    def seen(self) -> Facts:
        """What the rules see of the lead."""
        if not self.ignored:
            return self.facts
        facts = self.facts
        events = tuple(event for event in facts.events if id(event) not in self.ignored)
        return Facts(facts.lead, facts.attributes, events, facts.held, facts.ignored)

    def anew(self, as_of: int, held: Mapping[str, str], ignored: frozenset[int] | None = None) -> Self:
        """Read the lead again, as of the same moment or a later one, with labels that it holds then.

        `ignored` are the events that are, by their identity; without it that is found out.
        """
        facts = attrs.evolve(self.facts, held=held)
        return attrs.evolve(
            self,
            facts=facts,
            as_of=as_of,
            definitions={},
            selected={},
            answers={},
            answered={},
            tests={},
            ignored=ignored,
            whole=None,
        )

    # ------------------------------------------------------------ conditions

    def truth(self, condition: p.Condition, event: Occurrence | None = None) -> Truth:
        """Answer a condition; `event` is the event at hand inside a filter."""
        match condition:
            case p.Always():
                return True
            case p.Or(members):
                return either(self.truth(member, event) for member in members)
            case p.And(members):
                return both(self.truth(member, event) for member in members)
            case p.Not(member):
                return opposite(self.truth(member, event))
            case p.AtLeast(count, members):
                return at_least(count, [self.truth(member, event) for member in members])
            case p.Compare():
                return self._comparison(condition, event)
            case p.Between(value, low, high, order):
                ends = p.Compare(">=", value, low, order), p.Compare("<=", value, high, order)
                return both(self._comparison(end, event) for end in ends)
            case p.OneOf(value, choices):
                found = self.value(value, event)
                return (
                    False if not choices else None if found is None else self._is_among(found, value.type.kind, choices)
                )
            case p.TextTest():
                if event is not None or condition.span is None:  # one that stands in no file is asked once
                    return self._text_test(condition, event)
                if id(condition) not in self.tests:
                    self.tests[id(condition)] = condition, self._text_test(condition, None)
                return self.tests[id(condition)][1]
            case p.IsKnown(value):
                return self.value(value, event) is not None
            case p.Truth(value):
                found = self.value(value, event)
                return None if found is None else bool(found)
            case p.Happened(selection):
                return bool(self.select(selection))
            case p.MomentWithin(read, within):
                moment = self.instant(self.value(read, event), read.type.kind)
                return None if moment is None else self.as_of - within <= moment <= self.as_of
            case p.Was(ladder, labels):
                return self.facts.held.get(ladder) in labels

    def _comparison(self, node: p.Compare, event: Occurrence | None) -> Truth:
        left, right = self.value(node.left, event), self.value(node.right, event)
        if left is None or right is None:
            return None
        if node.order:
            if left not in node.order or right not in node.order:
                return False
            left, right = node.order.index(str(left)), node.order.index(str(right))
        mine, theirs = node.left.type.kind, node.right.type.kind
        return COMPARISONS[node.op].holds(self._comparable(left, mine, theirs), self._comparable(right, theirs, mine))

    def _comparable(self, value: Value, kind: str, other: str) -> Any:
        """Give a value of a kind in the form in which it is compared with one of another kind, or of the same."""
        if {kind, other} == {"date", "datetime"}:
            return self.instant(value, kind)
        return self.letters.folded(str(value)) if kind == other == "text" else value

    def _is_among(self, value: Value, kind: str, choices: tuple[p.Constant, ...]) -> bool:
        """Tell whether a value of a kind equals one of some constants."""
        key = id(choices), kind
        if key not in self.listed:
            members: dict[str, set[object]] = {}
            for choice in choices:
                theirs = choice.type.kind
                members.setdefault(theirs, set()).add(self._comparable(choice.value, theirs, kind))
            self.listed[key] = choices, members
        listed = self.listed[key][1].items()
        return any(self._comparable(value, kind, theirs) in members for theirs, members in listed)

    def _text_test(self, node: p.TextTest, event: Occurrence | None) -> Truth:
        subject = self.value(node.subject, event)
        if isinstance(subject, tuple):
            fold = self.letters.folded
            members = {fold(member) for member in subject}
            return either(_known(self.value(c, event), lambda text: fold(text) in members) for c in node.choices)
        stands_in = functools.partial(self._stands_in, node.kind, str(subject))
        return either(None if subject is None else _known(self.value(c, event), stands_in) for c in node.choices)

    def _stands_in(self, kind: str, subject: str, choice: str) -> bool:
        holds = TEXT_TESTS[kind].holds
        if holds is None:
            return self.program.patterns[choice].search(self.letters.plain(subject)) is not None
        return holds(self.letters.folded(subject), self.letters.folded(choice))

    # ---------------------------------------------------------------- values

    def value(self, node: p.ValueNode, event: Occurrence | None = None) -> Value | None:
        """Give the value of an expression, None where it is unknown."""
        match node:
            case p.Constant(value):
                return value
            case p.FieldRead(field):
                return self.facts.attributes[field.name]
            case p.PropertyRead():
                assert event is not None
                return self.property(node, event)
            case p.DefinitionRead(kind, name):
                return self.definitions[kind, name]
            case p.Count(selection):
                return Fraction(self.count(selection))
            case p.Aggregate():
                return self._aggregate(node)
            case p.Elapsed(_, _, moment):
                return self._elapsed(node, self.value(moment, event), moment.type.kind)
            case p.AsOf(type_):
                return self.as_of if type_.kind == "datetime" else self.zone.day(self.as_of)
            case p.LocalPart(part, moment):
                found = self.value(moment, event)
                return None if found is None else Fraction(LOCAL_TIMES[part].of(self.local(found, moment.type.kind)))
            case p.Arithmetic(op, left, right):
                return arithmetic(op, self.value(left, event), self.value(right, event))
            case p.Negative(operand):
                found = self.value(operand, event)
                return None if found is None else -_number(found)
            case p.CallNode():
                return self._call(node, event)
            case p.Converted(value, type_):
                found = self.value(value, event)
                return self.day(found) if type_.kind == "date" else self.instant(found, value.type.kind)
            case p.ConditionValue(condition):
                return self.truth(condition, event)
            case p.Lookup(table, column, key):
                found = self.value(key, event)
                values = self.program.tables[table].columns[column].values
                return None if found is None else values.get(self.letters.folded(str(found)))
            case p.Conditional():
                return self._conditional(node, event)

    def _conditional(self, node: p.Conditional, event: Occurrence | None) -> Value | None:
        """Give the value of the first condition that is true; that of `else` where all are false."""
        all_false = True
        for branch in node.branches:
            truth = self.truth(branch.condition, event)
            if truth is True:
                return self.value(branch.value, event)
            all_false = all_false and truth is False
        return self.value(node.otherwise, event) if all_false and node.otherwise is not None else None

    def property(self, node: p.PropertyRead, event: Occurrence) -> Value | None:
        """Give a property of an event, its own `at` and `day` included."""
        if node.name == "at":
            return event.at
        if node.name == "day":
            return self.zone.day(event.at)
        return event.properties.get(node.name)

    def _aggregate(self, node: p.Aggregate) -> Value | None:
        aggregate = AGGREGATES[node.function]
        if aggregate.of_total is not None:
            total = self.total(node)
            found = aggregate.of_total(total.count, total.sum)
        else:
            values = [self.property(node.property, event) for event in self.select(node.selection)]
            if aggregate.gives_value:
                return aggregate.of(values)  # type: ignore[no-any-return]
            found = aggregate.of([self.compared(value) for value in values])
        return None if found is None else Fraction(found)

    def compared(self, value: Value | None) -> Value | None:
        """Give a text in the form of comparison, and any other value as it is."""
        return self.letters.folded(value) if isinstance(value, str) else value

    def key(self, value: Value | None) -> object:
        """Give what stands for a value in buckets, and where events share it."""
        if isinstance(value, tuple):
            return tuple(self.letters.folded(member) for member in value)
        return self.compared(value) if isinstance(value, str) else key_of(value)

    def _elapsed(self, node: p.Elapsed, moment: Value | None, kind: str) -> Fraction | None:
        instant = self.instant(moment, kind)
        if instant is None:
            return None
        unit, since = ELAPSED[node.unit], node.direction == "since"
        if unit.of_days is not None and unit.counts_days(kind):
            day, today = self.day(moment) if kind == "datetime" else moment, self.zone.day(self.as_of)
            return Fraction(unit.of_days(day, today) if since else unit.of_days(today, day))  # type: ignore[arg-type]
        return Fraction(unit.of_instants(instant, self.as_of) if since else unit.of_instants(self.as_of, instant))

    def _call(self, node: p.CallNode, event: Occurrence | None) -> Value | None:
        found = [self.value(argument, event) for argument in node.arguments]
        if node.plugin is not None:
            question = (node.plugin, node.function, node.names, tuple(found))
            if question not in self.answers:
                criterion = self.program.functions[node.plugin, node.function]
                arguments = dict(zip(node.names, found, strict=True))
                view = functools.partial(view_of, node, self.program, self.seen, self.as_of)
                self.answers[question] = call(criterion, arguments, view, self.facts.lead, self.letters)
            return self.answers[question]
        if any(value is None for value in found):
            return None
        return BUILT_IN[node.function](*found)

    def instant(self, value: Value | None, kind: str) -> int | None:
        """Give a datetime as it is, and a date as the midnight that starts it."""
        if value is None or kind == "datetime":
            return value  # type: ignore[return-value]
        return self.zone.midnight(value)  # type: ignore[arg-type]

    def local(self, value: Value, kind: str) -> dt.date:
        """Give the wall clock at a datetime, and a date as it is."""
        return self.zone.local(value) if kind == "datetime" else value  # type: ignore[arg-type, return-value]

    def day(self, value: Value | None) -> dt.date | None:
        """Give the local day of a datetime."""
        return None if value is None else self.zone.day(value)  # type: ignore[arg-type]

    # ------------------------------------------------------------ selections

    def select(self, selection: p.Selection) -> tuple[Occurrence, ...]:
        """Give the selected events in canonical order."""
        if selection.sees_all and self.ignored:
            return self.whole.select(selection)
        if selection not in self.selected:
            after = [self.latest(since) for since in selection.since]
            related = [self.related(relation) for relation in selection.relations]
            self.selected[selection] = tuple(
                event
                for event in self.events_passing(selection.types, selection.filter)
                if (selection.within is None or self.as_of - selection.within <= event.at)
                and all(moment is None or event.at > moment for moment in after)
                and all(relation.holds(event, self.as_of) for relation in related)
            )
        return self.selected[selection]

    def related(self, relation: p.Relation) -> Related:
        """Look for what answers the events of a selection, among all events of the lead."""
        if relation not in self.answered:
            answers = [[*self.events_passing(answer.types, answer.filter)] for answer in relation.answers]
            self.answered[relation] = Related(relation, answers, self.same)
        return self.answered[relation]

    def same(self, reads: Sequence[p.PropertyRead], event: Occurrence) -> tuple[object, ...] | None:
        """Give what an event and its answer must share, as it is compared; None where a part of it is unknown."""
        values = [self.property(read, event) for read in reads]
        return None if None in values else tuple(map(self.key, values))

    def events_passing(self, types: Sequence[str], filter_: p.Condition | None) -> Iterable[Occurrence]:
        """Give the events of some types that pass a filter in canonical order."""
        events = self.events_of(types)
        return events if filter_ is None else (event for event in events if self.truth(filter_, event) is True)

    def count(self, selection: p.Selection) -> int:
        """Count the selected events."""
        return len(self.select(selection)) + self.count_earlier(selection)

    def total(self, node: p.Aggregate) -> Total:
        """Count the known numbers that an aggregate is of, and add them up."""
        found = (self.property(node.property, event) for event in self.select(node.selection))
        numbers = [_number(value) for value in found if value is not None]
        return Total(len(numbers), sum(numbers, Fraction(0))).plus(self.total_earlier(node))

    def count_earlier(self, selection: p.Selection) -> int:  # noqa: ARG002 - as below
        """Count the events of a selection that are not at hand."""
        return 0

    def total_earlier(self, node: p.Aggregate) -> Total:  # noqa: ARG002 - as below
        """Count and add up the known numbers of events that are not at hand."""
        return NOTHING

    def earlier(self, rule: p.Rule) -> Total:  # noqa: ARG002 - for readings that have forgotten events
        """Give what events that are not at hand gave a rule: here all are."""
        return NOTHING

    def events_of(self, types: Sequence[str]) -> Iterable[Occurrence]:
        """Give the lead's events of some types in canonical order, but for those that are ignored."""
        return (event for event in self.facts.events if event.type in types and id(event) not in self.ignored)

    def latest(self, since: p.SinceEvent | p.SinceField) -> int | None:
        """Give the moment of the latest event, or in the field, that a `since` names."""
        if isinstance(since, p.SinceField):
            return self.instant(self.facts.attributes[since.field.name], since.field.type.kind)
        return max((event.at for event in self.events_passing(since.types, since.filter)), default=None)

    def bucket(self, bucket: p.Bucket, event: Occurrence) -> object:
        """Give what tells an event's bucket from others; unknown is a bucket of its own."""
        if bucket.property is not None:
            return self.key(self.property(bucket.property, event))
        assert bucket.calendar is not None
        return CALENDARS[bucket.calendar].number(event.at, self.zone)


# ------------------------------------------------------------- three values


def both(truths: Iterable[Truth]) -> Truth:
    """False when one is false, else unknown when one is unknown, else true."""
    found = list(truths)
    return False if False in found else None if None in found else True


def either(truths: Iterable[Truth]) -> Truth:
    """True when one is true, else unknown when one is unknown, else false."""
    found = list(truths)
    return True if True in found else None if None in found else False


def opposite(truth: Truth) -> Truth:
    """Not; of unknown, unknown."""
    return None if truth is None else not truth


def at_least(count: int, truths: Sequence[Truth]) -> Truth:
    """True when `count` are true, false when fewer than `count` are not false, else unknown."""
    if sum(truth is True for truth in truths) >= count:
        return True
    if sum(truth is not False for truth in truths) < count:
        return False
    return None


# ------------------------------------------------------------------- numbers


def arithmetic(op: str, left: Value | None, right: Value | None) -> Fraction | None:
    """Calculate exactly; unknown where an operand is, for division by zero, and past 1,000 digits."""
    if left is None or right is None:
        return None
    a, b = _number(left), _number(right)
    if op == "/":
        return None if b == 0 else bounded(a / b)
    return bounded(a + b if op == "+" else a - b if op == "-" else a * b)


def _number(value: Value) -> Fraction:
    assert isinstance(value, Fraction)
    return value


BUILT_IN: dict[str, Callable[..., Fraction]] = {
    "floor": lambda x: Fraction(math.floor(x)),
    "ceil": lambda x: Fraction(math.ceil(x)),
    "abs": abs,
    "least": lambda *xs: min(xs),
    "greatest": lambda *xs: max(xs),
    "count": lambda members: Fraction(len(members)),
}


# ---------------------------------------------------------------------- text


def _known(value: Value | None, test: Callable[[str], bool]) -> Truth:
    return None if value is None else test(str(value))
