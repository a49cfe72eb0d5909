"""What the rules ask of a lead's events, and which events each question needs as they are.

A use is one question. Asked about events of the past in canonical order, it names those that may
still change its answer, at `mark` or at any later moment, and whatever events come in between;
the others it may have to add up before they are forgotten. Where it cannot tell, it needs all.
"""

from __future__ import annotations

import functools
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import islice
from typing import Any, Literal, assert_never, cast

import attrs

from leadrules import program as p
from leadrules.audit import MOST_LISTED
from leadrules.engine.compiler.operands import calls_plugin
from leadrules.engine.reference.conditions import NOTHING, Reading, Total
from leadrules.engine.reference.scoring import in_season, points_of, sized
from leadrules.families import AGGREGATES
from leadrules.families.aggregates import Keeps
from leadrules.nodes import Node
from leadrules.occurrences import Occurrence
from leadrules.values import Value, rounded

Memory = Literal["bounded", "distinct", "events"]
"""What a question needs in the long run: a bounded number of events; some for each distinct value or period; all."""

Events = Sequence[Occurrence]


@attrs.define
class PastReading(Reading):
    """A reading of events of the past, of which is known whether they pass `filters`, by type.

    `passes` has the answers about an event by its identity, in the order of the filters on its type.
    """

    filters: Mapping[str, Mapping[p.Condition, int]] = attrs.field(factory=dict)
    passes: Mapping[int, Sequence[Any]] = attrs.field(factory=dict)

    def passing(self, filter_: p.Condition, types: Sequence[str], events: Events) -> Events:
        """Give the events, of some types, that pass a filter which says the same whenever it is asked."""
        indices: dict[str, Any] = {type_: self.filters.get(type_, {}).get(filter_) for type_ in types}
        if None in indices.values():
            return [event for event in events if self.truth(filter_, event) is True]
        passes = self.passes
        return [event for event in events if passes[id(event)][indices[event.type]]]


@attrs.frozen
class Use:
    """A question about the events of a selection."""

    selection: p.Selection

    def kept_by(self, precision: int) -> tuple[Any, ...]:
        """Give what else chooses what is kept, where events can be judged for good."""
        return ()

    def restored(self, total: Total, precision: int) -> Total:
        """Give what was added up for a question that needs the same, as it is for this one."""
        return total

    @property
    def types(self) -> tuple[str, ...]:
        """The types of event that are asked about."""
        return self.selection.types

    @property
    def memory(self) -> Memory:
        """What the question needs in the long run."""
        if self.selection.within is not None:
            return "bounded"
        return self.final_memory if self.is_final else "events"

    @functools.cached_property
    def is_judged(self) -> bool:
        """Tell whether the filter says the same of an event whenever it is asked."""
        return is_static(self.selection.filter)

    @functools.cached_property
    def is_final(self) -> bool:
        """Tell whether events can be judged now for good, without a window that would drop them."""
        return self.is_judged and not self.selection.since

    @property
    def final_memory(self) -> Memory:
        """What is needed where events can be judged for good."""
        return "bounded"

    def passing(self, events: Events, reading: PastReading) -> Events:
        """Give the events, of those of the types asked about, that may be selected, now or later.

        Those before the latest event of a `since`, which only ever moves on, never are.
        """
        filter_ = self.selection.filter
        if filter_ is not None and self.is_judged:
            events = reading.passing(filter_, self.types, events)
        for since in self.selection.since:
            start = _start(since, reading)
            events = [event for event in events if start is None or event.at > start]
        return events

    def needed(self, passing: Events, reading: PastReading) -> Iterable[Occurrence]:
        """Name those of the passing events that are needed as they are."""
        if self.selection.within is not None:
            return _within(passing, self.selection.within, reading)
        return self.lasting(passing, reading) if self.is_final else passing

    def lasting(self, passing: Events, reading: PastReading) -> Iterable[Occurrence]:
        """Name those needed where all of them stay selected for good."""
        return passing

    def forgotten(self, passing: Events, reading: PastReading) -> Total:
        """Add up events that are forgotten; those of a window, and those that are still needed, never count again."""
        return self.total(passing, reading) if self.is_final and self.selection.within is None else NOTHING

    def total(self, passing: Events, reading: PastReading) -> Total:
        """Add up events that stay selected for good."""
        return NOTHING


def _within(events: Events, within: int, reading: PastReading) -> Events:
    return [event for event in events if event.at >= reading.as_of - within]


def _start(since: p.SinceEvent | p.SinceField, reading: PastReading) -> int | None:
    """Give the moment before which a `since` never comes to lie, where there is one."""
    if not isinstance(since, p.SinceEvent) or not is_static(since.filter):
        return None
    is_final = all(is_judged_for_good(ignore) for ignore in reading.program.ignoring(since))
    return reading.latest(since) if is_final else None


@attrs.frozen
class LatestUse(Use):
    """When the latest event was: what a `since` asks."""

    def lasting(self, passing: Events, reading: PastReading) -> Iterable[Occurrence]:
        """Name the latest event."""
        return passing[-1:]


@attrs.frozen
class CountUse(LatestUse):
    """How many events there are, and when the latest was."""

    def total(self, passing: Events, reading: PastReading) -> Total:
        """Count events."""
        return Total(len(passing), Fraction(0))


_KEPT: Mapping[Keeps, Memory] = {"totals": "bounded", "one": "bounded", "values": "distinct", "events": "events"}


@attrs.frozen
class AggregateUse(Use):
    """One value of the events."""

    node: p.Aggregate

    def kept_by(self, precision: int) -> tuple[Any, ...]:
        """Give what is asked of which property."""
        return self.node.function, self.node.property

    @property
    def final_memory(self) -> Memory:
        """A `distinct` needs an event for each value."""
        return _KEPT[AGGREGATES[self.node.function].keeps]

    def lasting(self, passing: Events, reading: PastReading) -> Iterable[Occurrence]:
        """Name the event that the value is of, or one for each distinct value."""
        aggregate = AGGREGATES[self.node.function]
        if aggregate.of_total is not None:
            return ()
        if aggregate.kept is None:
            return passing
        return [passing[index] for index in aggregate.kept([self._value(event, reading) for event in passing])]

    def total(self, passing: Events, reading: PastReading) -> Total:
        """Count and add up the known numbers."""
        if AGGREGATES[self.node.function].of_total is None:
            return NOTHING
        known = [value for event in passing if isinstance(value := self._value(event, reading), Fraction)]
        return Total(len(known), sum(known, Fraction(0)))

    def _value(self, event: Occurrence, reading: PastReading) -> Value | None:
        return reading.compared(reading.property(self.node.property, event))


@attrs.frozen
class AllUse(Use):
    """A question that only the events themselves answer: what answers what, a plugin's view of the lead."""

    @property
    def final_memory(self) -> Memory:
        """All of them."""
        return "events"


@attrs.frozen
class RuleUse(Use):
    """What the events of a per-event rule give: its points, and the events that the audit lists."""

    rule: p.Rule

    def kept_by(self, precision: int) -> tuple[Any, ...]:
        """Give points unless they are fixed, caps and decay; a cap on the sum of points leaves all events."""
        points = self.rule.alternatives[0].points if self._each(precision) is None else "fixed"
        return points, attrs.evolve(self.rule.caps, points=None), self.rule.decay

    def restored(self, total: Total, precision: int) -> Total:
        """Give as many times what each event gives, where that is fixed."""
        each = self._each(precision) if self.adds_up else None
        return total if each is None else Total(total.count, total.count * each)

    def _each(self, precision: int) -> Fraction | None:
        """Give the points of every event, where all give the same for good, and any."""
        points = self.rule.alternatives[0].points
        if self._fades or not isinstance(points, p.Constant) or not isinstance(points.value, Fraction):
            return None
        return rounded(sized(points.value), precision) or None

    @functools.cached_property
    def is_final(self) -> bool:
        """Tell whether an event can be judged for good, with what it gives."""
        judged = self.is_judged and not self.selection.since
        return judged and is_static(self.rule.alternatives[0].points) and self.rule.caps.every is None

    @property
    def final_memory(self) -> Memory:
        """What the caps leave; decay leaves nothing of an old event."""
        caps = self.rule.caps
        if self.rule.decay is not None:
            return "bounded"
        if caps.per:
            return "distinct"
        return "bounded" if caps.times is not None or caps.points_per is None else "events"

    @property
    def adds_up(self) -> bool:
        """Tell whether the points of forgotten events are added up: nothing chooses among them, and they last."""
        caps = self.rule.caps
        chosen = caps.per or caps.times is not None or caps.points_per is not None
        return self.rule.decay is None and not chosen

    def counts(self, precision: int) -> bool:
        """Tell whether every event of the selection gives the same points, and any."""
        always = self.rule.first_day is None and self.rule.last_day is None
        return always and self._each(precision) is not None

    def passing(self, events: Events, reading: PastReading) -> Events:
        """Leave out events beyond `from` and `until`."""
        found = super().passing(events, reading)
        return [event for event in found if in_season(self.rule, reading, event.at)]

    def needed(self, passing: Events, reading: PastReading) -> Iterable[Occurrence]:
        """Name what the window holds; of that too, only what may give points."""
        if self.selection.within is not None:
            passing = _within(passing, self.selection.within, reading)
        return self.lasting(passing, reading) if self.is_final else passing

    def lasting(self, passing: Events, reading: PastReading) -> Iterable[Occurrence]:
        """Name those that may be kept, and the latest, which says that the rule fires."""
        caps = self.rule.caps
        latest = passing[-1:]
        if self._fades or self.selection.within is not None:
            alive = self._alive(passing, reading)
            return [*(self._largest(alive, reading) if self._is_constant else alive), *latest]
        if caps.per or caps.times is not None:
            return [*self._largest(passing, reading), *latest]
        if caps.points_per is not None:
            return [*self._alive(passing, reading), *latest]
        giving = (event for event in reversed(passing) if self._points(event, reading))
        return [*islice(giving, MOST_LISTED), *latest]

    def total(self, passing: Events, reading: PastReading) -> Total:
        """Count those that gave points, and add these up."""
        if not self.adds_up:
            return NOTHING
        points = [self._points(event, reading) for event in passing]
        return Total(sum(given != 0 for given in points), sum(points, Fraction(0)))

    def _alive(self, events: Events, reading: PastReading) -> Events:
        """Leave out events that give nothing; of equal points, those of the oldest fade first."""
        if self._is_constant:
            return events[bisect_left(events, 1, key=lambda event: bool(self._points(event, reading))) :]
        return [event for event in events if self._points(event, reading)]

    def _largest(self, events: Events, reading: PastReading) -> Iterable[Occurrence]:
        """Name those that the first cap keeps: what it leaves out now, it leaves out whatever comes."""
        caps = self.rule.caps
        if caps.per:
            first = caps.per[0]
            buckets: defaultdict[object, list[Occurrence]] = defaultdict(list)
            for event in events:
                buckets[reading.bucket(first.bucket, event)].append(event)
            return [event for bucket in buckets.values() for event in self._first(bucket, first.times, reading)]
        return events if caps.times is None else self._first(events, caps.times, reading)

    def _first(self, events: Events, times: int, reading: PastReading) -> Events:
        if self._is_constant:
            return events[-times:]
        indices = sorted(range(len(events)), key=lambda index: (abs(self._points(events[index], reading)), index))
        return [events[index] for index in indices[-times:]]

    @property
    def _fades(self) -> bool:
        return self.rule.decay is not None

    @property
    def _is_constant(self) -> bool:
        return isinstance(self.rule.alternatives[0].points, p.Constant)

    def _points(self, event: Occurrence, reading: PastReading) -> Fraction:
        """Give what an event gives at the moment of the reading."""
        base = points_of(reading, self.rule.alternatives[0].points, event)
        if self.rule.decay is None:
            return rounded(base, reading.program.precision)
        age = self.rule.decay.age(event.at, reading.as_of)
        return self.rule.decay.applied(base, age, reading.program.precision)


# ----------------------------------------------------------------- in a program


def uses_of(program: p.Program) -> tuple[Use, ...]:
    """Give every question that a program asks, each once, in an order that hangs on the program alone."""
    parts = (
        *(program.outputs, program.segments, program.requirements, program.ignores),
        *(program.dimensions, program.grades, program.ladders, program.marks),
    )
    nodes: list[p.Node] = [node for part in parts for node in part]
    nodes += _criteria_behind(nodes, program)
    return tuple(dict.fromkeys(use for node in nodes for use in uses_of_part(node, program)))


def uses_of_part(node: Node, program: p.Program) -> Iterator[Use]:
    """Give the questions of a rule, condition or value; of events that may yet be ignored, they need the events."""
    for use in uses_in(node):
        if all(is_judged_for_good(ignore) for ignore in program.ignoring(use.selection)):
            yield use
        else:
            yield AllUse(attrs.evolve(use.selection, relations=()))


def is_judged_for_good(ignore: p.Ignore) -> bool:
    """Tell whether an event is ignored or not as soon as it comes in, whatever else does."""
    return ignore.is_settled and is_static(ignore.selection.filter)


def _criteria_behind(nodes: Iterable[p.Node], program: p.Program) -> list[p.Criterion]:
    """Give the criteria that nodes are made of, each once, in the order of the file."""
    found: set[str] = set()
    pending = [*nodes]
    while pending:
        for read in pending.pop().find(p.DefinitionRead):
            body = program.behind(read)
            if read.kind == "criterion" and read.name not in found and body is not None:
                found.add(read.name)
                pending.append(body)
    return [criterion for criterion in program.criteria if criterion.name in found]


_Part = (
    p.Condition | p.ValueNode | p.Selection | p.Rule | p.Alternative | p.Caps | p.MaxPer | p.MaxEvery | p.Bucket
    | p.Bounds | p.Definition | p.Requirement | p.PersonaLine | p.Total | p.Term | p.Band | p.LabelRule | p.Hold
    | p.Mark | p.Relation | p.Answer | p.Ignore
)  # fmt: skip
"""Where questions are looked for: a new kind is a type error below, rather than one that asks nothing."""


def uses_in(node: Node) -> Iterator[Use]:
    """Give the questions that stand in a rule, condition or value; definitions are not opened."""
    parts = cast("Iterator[_Part]", node.walk(closed=(p.Selection, p.Rule), ends=False))
    for part in parts:
        match part:
            case p.Rule():
                yield from _uses_of_rule(part)
            case p.Count(selection) | p.Happened(selection):
                yield from () if selection.relations else (CountUse(selection),)
            case p.Aggregate():
                yield from () if part.selection.relations else (AggregateUse(part.selection, part),)
            case p.Ignore():
                yield _use_of_ignore(part)
            case p.CallNode(events=events):
                if events:
                    yield AllUse(p.Selection("", events))
            case p.Selection(since=starts):
                for since in starts:
                    if isinstance(since, p.SinceEvent):
                        yield LatestUse(p.Selection("", since.types, since.filter, sees_all=since.sees_all))
                yield from _uses_of_relations(part)
            case (
                p.Constant() | p.FieldRead() | p.PropertyRead() | p.DefinitionRead() | p.Elapsed() | p.AsOf()
                | p.LocalPart() | p.Arithmetic()
                | p.Negative() | p.Converted() | p.ConditionValue() | p.Lookup() | p.Conditional() | p.Branch()
                | p.Always()
                | p.Or() | p.And() | p.Not() | p.AtLeast() | p.Compare() | p.Between() | p.OneOf() | p.TextTest()
                | p.IsKnown() | p.Truth()
                | p.MomentWithin() | p.Was() | p.Alternative() | p.Caps() | p.MaxPer() | p.MaxEvery() | p.Bucket()
                | p.Bounds() | p.Criterion() | p.Segment() | p.Requirement() | p.Dimension() | p.PointsGroup()
                | p.Persona() | p.PersonaLine() | p.Total() | p.Term() | p.Grade() | p.GradeCell() | p.Band()
                | p.Ladder() | p.LabelRule() | p.Hold() | p.Mark() | p.Relation() | p.Answer()
            ):  # fmt: skip
                pass  # only what they are made of asks
            case _:
                assert_never(part)


def _use_of_ignore(ignore: p.Ignore) -> Use:
    """Give the question how many events are ignored; unless that is known for good, these are needed as they are."""
    if is_judged_for_good(ignore):
        return CountUse(ignore.selection)
    return AllUse(attrs.evolve(ignore.selection, relations=()))


def _uses_of_relations(selection: p.Selection) -> Iterator[Use]:
    """Give the questions of a selection in relations: its events, and those that may answer them, as they are.

    An answer that comes late, or an event that comes late before one, changes what was so; so nothing is added up.
    Within a window of the selection, answers older than it and the time of their relation are none any more.
    """
    if selection.relations:
        yield AllUse(attrs.evolve(selection, relations=()))
    for relation in selection.relations:
        window, back = selection.within, relation.within
        if window is not None and relation.direction == "preceded":
            window = None if back is None else window + back
        for answer in relation.answers:
            yield AllUse(p.Selection(answer.name, answer.types, answer.filter, window, sees_all=answer.sees_all))


def _uses_of_rule(rule: p.Rule) -> Iterator[Use]:
    """Give the questions of a rule; of one that scores each event, that some event happened is none of its own."""
    parts: list[Node] = rule.children()
    if rule.selection is not None:
        yield from () if rule.selection.relations else (RuleUse(rule.selection, rule),)
        parts = [rule.selection, rule.alternatives[0].points, *([] if rule.when is None else [rule.when])]
    for part in parts:
        yield from uses_in(part)


_STATIC = (
    p.Constant, p.PropertyRead, p.CallNode, p.LocalPart, p.Arithmetic, p.Negative, p.ConditionValue, p.Compare,
    p.Between, p.OneOf, p.TextTest, p.IsKnown, p.Truth, p.Not, p.And, p.Or, p.AtLeast, p.Lookup, p.Conditional,
    p.Branch,
)  # fmt: skip


def is_static(node: p.Node | None) -> bool:
    """Tell whether an expression about an event says the same whenever it is asked, and whatever the lead is."""
    return node is None or (not calls_plugin(node) and all(isinstance(part, _STATIC) for part in node.walk()))
