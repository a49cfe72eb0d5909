"""Which events a selection selects during a span: those that it surely does, and those that it may."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any

import attrs

from leadrules import program as p
from leadrules.engine.reference.conditions import Reading, Total
from leadrules.engine.reference.relations import Related
from leadrules.engine.spans.movement import Movement
from leadrules.engine.spans.possible import ANYTHING, FALSE, TRUE, Possible, Range, both, exactly, one_of, opposite
from leadrules.families import AGGREGATES
from leadrules.occurrences import Occurrence
from leadrules.values import Value

Filter = Callable[[p.Condition, Occurrence], int]
"""Answers a filter that moves about an event, during the span at hand."""
Test = Callable[[Occurrence], int]
"""Answers something that moves about an event, during a span."""


@attrs.frozen(eq=False)
class Pool:
    """The events, in canonical order, among which a selection selects at any moment, and when they were."""

    events: tuple[Occurrence, ...]
    moments: list[int]


@attrs.frozen
class Chosen:
    """Indexes into a pool: of the events that are selected at some moment of a span, and at every moment."""

    pool: Pool
    possible: Sequence[int]
    sure: Sequence[int]

    @property
    def is_settled(self) -> bool:
        """Tell that the same events are selected all the time."""
        return len(self.possible) == len(self.sure)


@attrs.define
class Pools:
    """The pools of one lead. `still` reads the lead at the first moment."""

    movement: Movement
    still: Reading
    _pools: dict[tuple[tuple[str, ...], int | None, tuple[int, ...]], Pool] = attrs.field(factory=dict)
    _starts: dict[int, int | None] = attrs.field(factory=dict)
    _calm: Reading | None = None
    _values: dict[tuple[int, str], list[Value | None]] = attrs.field(factory=dict)
    _from_each: dict[tuple[int, int], list[Value | None]] = attrs.field(factory=dict)

    def pool(self, selection: p.Selection | p.SinceEvent | p.Answer) -> Pool:
        """Give the events of the types, and of those the ones that pass what does not move: a filter, relations.

        Of a relation that waits that is whether an event is answered, and not whether its time is over.
        """
        asked = None if self.movement.of(selection.filter) else selection.filter
        related = [one for one in relations_of(selection) if not self._looks_anew(one)]
        others = (*map(id, related), -1 if selection.sees_all else 0)
        key = (selection.types, None if asked is None else id(asked), others)
        if key not in self._pools:
            reading = self._reading_of(selection)
            tests = [reading.related(one).is_as_asked for one in related]
            passing = reading.events_passing(selection.types, asked)
            events = tuple(event for event in passing if all(test(event) for test in tests))
            self._pools[key] = Pool(events, [event.at for event in events])
        return self._pools[key]

    def _reading_of(self, selection: p.Selection | p.SinceEvent | p.Answer) -> Reading:
        """Give the reading that has all events which may be selected at some moment."""
        if selection.sees_all:
            return self.still.whole
        if not self.movement.may_be_ignored(selection):
            return self.still
        if self._calm is None:
            moving = {id(one) for one in self.movement.ignores}
            lasting = [one for one in self.still.program.ignores if id(one) not in moving]
            calm = self.still.anew(self.still.as_of, self.still.facts.held, self.still.ignored_by(lasting))
            self._calm = attrs.evolve(calm, definitions=self.still.definitions)  # filters ask those that read no events
        return self._calm

    def _looks_anew(self, relation: p.Relation) -> bool:
        """Tell whether what may answer moves."""
        return any(self.movement.of(answer) for answer in relation.answers)

    def chosen(self, selection: p.Selection, low: int, high: int, passes: Filter) -> Chosen:
        """Say which events are selected from `low` to `high`."""
        pool = self.pool(selection)
        first = last = 0
        if selection.within is not None:
            first = bisect_left(pool.moments, low - selection.within)
            last = bisect_left(pool.moments, high - selection.within)
        for since in selection.since:
            earliest, latest = self._start(since, (low, high), passes)
            first = first if earliest is None else max(first, bisect_right(pool.moments, earliest))
            last = last if latest is None else max(last, bisect_right(pool.moments, latest))
        count = len(pool.moments)
        waits = [one.within for one in selection.relations if one.waits and one.within is not None]
        tests = self._tests(selection, (low, high), passes)
        if not tests and not waits:
            return Chosen(pool, range(first, count), range(last, count))
        due, over = (
            min((bisect_right(pool.moments, moment - within) for within in waits), default=count)
            for moment in (high, low)
        )
        if not tests:
            return Chosen(pool, [*range(first, due)], [*range(last, over)])
        asked = ((index, both([test(pool.events[index]) for test in tests])) for index in range(first, due))
        possible = [(index, truth) for index, truth in asked if truth & TRUE]
        return Chosen(
            pool,
            [index for index, _ in possible],
            [index for index, truth in possible if truth == TRUE and last <= index < over],
        )

    def _tests(
        self, selection: p.Selection | p.SinceEvent | p.Answer, span: tuple[int, int], passes: Filter
    ) -> list[Test]:
        """Give what can be otherwise of an event as time goes by: a filter that moves, relations, what is ignored."""
        found = [self._related(one, span, passes) for one in relations_of(selection) if self._looks_anew(one)]
        filter_ = selection.filter
        if filter_ is not None and self.movement.of(filter_):
            found.append(lambda event: passes(filter_, event))
        if self.movement.may_be_ignored(selection):
            found += [self._unignored(ignore, span, passes) for ignore in self.movement.ignores]
        return found

    def _unignored(self, ignore: p.Ignore, span: tuple[int, int], passes: Filter) -> Test:
        """Prepare telling whether an event can be ignored during the span, and whether it surely is."""
        gone = self.chosen(ignore.selection, *span, passes)
        possible, sure = ({id(gone.pool.events[index]) for index in part} for part in (gone.possible, gone.sure))
        return lambda event: (0 if id(event) in sure else TRUE) | (FALSE if id(event) in possible else 0)

    def _related(self, relation: p.Relation, span: tuple[int, int], passes: Filter) -> Test:
        """Prepare telling whether an event can be answered during the span, and whether it surely is."""
        sides: list[tuple[list[Occurrence], list[Occurrence]]] = []
        for answer in relation.answers:
            tests = self._tests(answer, span, passes)
            asked = [(event, both([test(event) for test in tests])) for event in self.pool(answer).events]
            sides.append(([e for e, truth in asked if truth & TRUE], [e for e, truth in asked if truth == TRUE]))
        perhaps, surely = (Related(relation, side, self.still.same) for side in zip(*sides, strict=True))
        is_open = len(sides) > 1 and any(len(can) > len(must) for can, must in sides)

        def answered(event: Occurrence) -> int:
            can, must = (is_open or perhaps.answers(event) is not None), surely.answers(event) is not None
            truth = (TRUE if can else 0) | (0 if must and not is_open else FALSE)
            return opposite(truth) if relation.negated else truth

        return answered

    def _start(
        self, since: p.SinceEvent | p.SinceField, span: tuple[int, int], passes: Filter
    ) -> tuple[int | None, int | None]:
        """Give the earliest and the latest moment that a `since` can name; None where it may name none."""
        if isinstance(since, p.SinceField) or not self.movement.of(since):
            if id(since) not in self._starts:
                sees_all = isinstance(since, p.SinceEvent) and since.sees_all
                self._starts[id(since)] = (self.still.whole if sees_all else self.still).latest(since)
            return self._starts[id(since)], self._starts[id(since)]
        latest: int | None = None
        tests = self._tests(since, span, passes)
        for event in reversed(self.pool(since).events):
            truth = both([test(event) for test in tests])
            if truth & TRUE and latest is None:
                latest = event.at
            if not truth & ~TRUE:
                return event.at, latest
        return None, latest

    # ------------------------------------------------------------ aggregates

    def aggregate(self, node: p.Aggregate, chosen: Chosen) -> Possible:
        """Give what the one value of selected events can be."""
        values = self.values(node.property, chosen.pool)
        earlier = self.still.total_earlier(node)
        if isinstance(chosen.possible, range):
            key, first = (id(node), id(chosen.pool)), chosen.possible.start
            if not chosen.is_settled and key not in self._from_each:
                self._from_each[key] = _from_each(node, values, earlier, self.still.compared)
            if key in self._from_each:
                leaving = len(chosen.possible) - len(chosen.sure)
                return one_of(self._from_each[key][first : first + leaving + 1])
        if chosen.is_settled:
            selected = [values[index] for index in chosen.possible]
            return exactly(_value(node, selected, earlier, self.still.compared))
        if AGGREGATES[node.function].gives_value:
            return one_of(_at_the_edge(node, values, chosen))
        possible, sure = ([values[index] for index in indexes] for indexes in (chosen.possible, chosen.sure))
        return _around(node, possible, sure, earlier, self.still.compared)

    def values(self, node: p.PropertyRead, pool: Pool) -> list[Value | None]:
        """Give a property of the events of a pool."""
        key = (id(pool), node.name)
        if key not in self._values:
            self._values[key] = [self.still.property(node, event) for event in pool.events]
        return self._values[key]


def relations_of(selection: p.Selection | p.SinceEvent | p.Answer) -> tuple[p.Relation, ...]:
    """Give the relations of a selection; nothing else has any."""
    return selection.relations if isinstance(selection, p.Selection) else ()


_Form = Callable[[Value | None], Value | None]
"""Gives a text in the form of comparison, and any other value as it is."""


def _value(node: p.Aggregate, values: Sequence[Value | None], earlier: Total, compared: _Form) -> Value | None:
    """Give what the reference gives for these values."""
    aggregate = AGGREGATES[node.function]
    if aggregate.of_total is not None:
        known = [value for value in values if isinstance(value, Fraction)]
        found = aggregate.of_total(len(known) + earlier.count, sum(known, Fraction(0)) + earlier.sum)
    elif aggregate.gives_value:
        return aggregate.of(values)  # type: ignore[no-any-return]
    else:
        found = aggregate.of([compared(value) for value in values])
    return None if found is None else Fraction(found)


def _from_each(
    node: p.Aggregate, values: Sequence[Value | None], earlier: Total, compared: _Form
) -> list[Value | None]:
    """Give what the reference gives from each of the values on, and for none: found from the last to the first."""
    aggregate = AGGREGATES[node.function]
    begin: Callable[..., Callable[[Any], Any]] = aggregate.growing
    take = begin(earlier.count, earlier.sum) if earlier.count else begin()
    found = [_value(node, [], earlier, compared)]
    for value in reversed(values):
        if aggregate.gives_value:
            found.append(take(value))
        else:
            given = take(compared(value))
            found.append(None if given is None else Fraction(given))
    return found[::-1]


def _at_the_edge(node: p.Aggregate, values: Sequence[Value | None], chosen: Chosen) -> Iterator[Value | None]:
    """Give the values that the first, or the last, of the selected events can have."""
    is_first = AGGREGATES[node.function].edge == "first"
    sure = {*chosen.sure}
    for index in chosen.possible if is_first else reversed(chosen.possible):
        yield values[index]
        if index in sure:
            return
    yield None


def _around(
    node: p.Aggregate,
    possible: Sequence[Value | None],
    sure: Sequence[Value | None],
    earlier: Total,
    compared: _Form,
) -> Possible:
    """Give what reaches around all values of the events from the sure to the possible ones."""
    aggregate = AGGREGATES[node.function]
    some, always = _known(possible, compared), _known(sure, compared)
    if not some:
        return exactly(_value(node, [], earlier, compared))
    if aggregate.around is None or earlier.count:
        return ANYTHING
    low, high = aggregate.around(always, some)
    unknown = not always and aggregate.of([]) is None
    return Range(Fraction(low), Fraction(high), unknown, _bits(some))


def _known(values: Sequence[Value | None], compared: _Form) -> list[Any]:
    return [compared(value) for value in values if value is not None]


def _bits(values: Sequence[Any]) -> int:
    """Bound the bits of whatever is made of some of these numbers and how many they are."""
    numbers = [value for value in values if isinstance(value, Fraction)]
    scale = math.lcm(*(value.denominator for value in numbers))
    size = math.ceil(sum(map(abs, numbers))) * scale
    return 2 * (size.bit_length() + scale.bit_length() + len(values).bit_length() + 1)
