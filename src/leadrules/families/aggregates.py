"""Aggregates: one value of the events that a selection selects."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Literal

import attrs

from leadrules.values import bounded, keys_of

Keeps = Literal["totals", "one", "values", "events"]
"""What is left of events that can no longer leave a selection: how many numbers there were and their
sum; one event; an event for each distinct value; all of them."""


@attrs.frozen
class Aggregate:
    """One aggregate.

    `of` gives its value for the property's values of the selected events in canonical order, None
    for unknown; numbers are whole ints or fractions, and texts stand in the form of comparison
    unless the answer is one of the values (`gives_value`). `numbers` says that it is for numbers only.
    `growing` begins with no values: what it gives takes one more each time, that of an event before all
    others, and gives the aggregate of all so far. `around` gives ends between which its value lies, for the
    known values of events that are surely selected and of all that may be; None for one that gives a value.
    An aggregate of what the events come to, and of nothing else, has `of_total` too: the same for the
    count and the sum of the known numbers. `keeps` is what a state must keep, and `kept` names, by
    their index, the events that it keeps, for `one` and `values`. `is_known` says that the value is
    never unknown.
    """

    name: str
    of: Callable[[Sequence[Any]], Any]
    growing: Callable[[], Callable[[Any], Any]]
    keeps: Keeps = "events"
    kept: Callable[[Sequence[Any]], Collection[int]] | None = None
    of_total: Callable[[int, Any], Any] | None = None
    numbers: bool = True
    gives_value: bool = False
    is_known: bool = False
    edge: Literal["first", "last"] | None = None
    around: Callable[[Sequence[Any], Sequence[Any]], tuple[Any, Any]] | None = None

    @property
    def reveals(self) -> bool:
        """Tell whether it tells what stands in a property: how many values there are tells none."""
        return self.numbers or self.gives_value


def _known(values: Iterable[Any]) -> list[Any]:
    return [value for value in values if value is not None]


def _total(_: int, total: Any) -> Any:
    return bounded(total)


def _average(count: int, total: Any) -> Any:
    return bounded(Fraction(total) / count) if count else None


def _of_total(of_total: Callable[[int, Any], Any]) -> Callable[[Sequence[Any]], Any]:
    def of(values: Sequence[Any]) -> Any:
        known = _known(values)
        return of_total(len(known), sum(known))

    return of


def _least(values: Sequence[Any]) -> Any:
    return min(_known(values), default=None)


def _most(values: Sequence[Any]) -> Any:
    return max(_known(values), default=None)


def _median(values: Sequence[Any]) -> Any:
    return _middle(sorted(_known(values)))


def _middle(known: Sequence[Any]) -> Any:
    middle = len(known) // 2
    if len(known) % 2:
        return known[middle]
    return bounded(Fraction(known[middle - 1] + known[middle]) / 2) if known else None


def _distinct(values: Sequence[Any]) -> Any:
    return len(set(keys_of(_known(values))))


def _first(values: Sequence[Any]) -> Any:
    return values[0] if values else None


def _last(values: Sequence[Any]) -> Any:
    return values[-1] if values else None


def _growing_total(of_total: Callable[[int, Any], Any]) -> Callable[..., Callable[[Any], Any]]:
    """Begin with how many numbers there were that are not at hand, and their sum."""

    def growing(count: int = 0, total: Any = 0) -> Callable[[Any], Any]:
        def take(value: Any) -> Any:
            nonlocal count, total
            if value is not None:
                count, total = count + 1, total + value
            return of_total(count, total)

        return take

    return growing


def _growing_edge(choose: Callable[[Any, Any], Any]) -> Callable[[], Callable[[Any], Any]]:
    def growing() -> Callable[[Any], Any]:
        found: Any = None

        def take(value: Any) -> Any:
            nonlocal found
            if value is not None:
                found = value if found is None else choose(found, value)
            return found

        return take

    return growing


def _growing_median() -> Callable[[Any], Any]:
    known: list[Any] = []

    def take(value: Any) -> Any:
        if value is not None:
            insort(known, value)
        return _middle(known)

    return take


def _growing_distinct() -> Callable[[Any], Any]:
    known = set[Any]()

    def take(value: Any) -> Any:
        if value is not None:
            known.add(value)
        return len(known)

    return take


def _growing_first() -> Callable[[Any], Any]:
    return lambda value: value


def _growing_last() -> Callable[[Any], Any]:
    taken: list[Any] = []

    def take(value: Any) -> Any:
        if not taken:
            taken.append(value)
        return taken[0]

    return take


def _around_sum(sure: Sequence[Any], possible: Sequence[Any]) -> tuple[Any, Any]:
    """Add what may fall, and what may rise, to what is sure."""
    least, most = sum(map(_falling, possible)), sum(map(_rising, possible))
    return least + sum(map(_rising, sure)), most + sum(map(_falling, sure))


def _falling(value: Any) -> Any:
    return min(value, 0)


def _rising(value: Any) -> Any:
    return max(value, 0)


def _between(_: Sequence[Any], possible: Sequence[Any]) -> tuple[Any, Any]:
    return min(possible), max(possible)


def _around_least(sure: Sequence[Any], possible: Sequence[Any]) -> tuple[Any, Any]:
    return min(possible), min(sure or [max(possible)])


def _around_most(sure: Sequence[Any], possible: Sequence[Any]) -> tuple[Any, Any]:
    return max(sure or [min(possible)]), max(possible)


def _around_distinct(sure: Sequence[Any], possible: Sequence[Any]) -> tuple[Any, Any]:
    return len(set(keys_of(sure))), len(set(keys_of(possible)))


def _extreme(choose: Callable[..., int]) -> Callable[[Sequence[Any]], Collection[int]]:
    """Name the earliest of the events whose value is the least, or the most."""

    def kept(values: Sequence[Any]) -> Collection[int]:
        known = [index for index, value in enumerate(values) if value is not None]
        return [choose(known, key=values.__getitem__)] if known else []

    return kept


def _latest_of_each(values: Sequence[Any]) -> Collection[int]:
    return {value: index for index, value in enumerate(keys_of(values)) if value is not None}.values()


def _only_first(values: Sequence[Any]) -> Collection[int]:
    return range(len(values))[:1]


def _only_last(values: Sequence[Any]) -> Collection[int]:
    return range(len(values))[-1:]


AGGREGATES: Mapping[str, Aggregate] = MappingProxyType(
    {
        aggregate.name: aggregate
        for aggregate in (
            Aggregate("sum", _of_total(_total), _growing_total(_total), "totals", of_total=_total, around=_around_sum),
            Aggregate(
                "average", _of_total(_average), _growing_total(_average), "totals", of_total=_average, around=_between
            ),
            Aggregate("median", _median, _growing_median, around=_between),
            Aggregate("min", _least, _growing_edge(min), "one", _extreme(min), around=_around_least),
            Aggregate("max", _most, _growing_edge(max), "one", _extreme(max), around=_around_most),
            Aggregate(
                "distinct",
                _distinct,
                _growing_distinct,
                "values",
                _latest_of_each,
                numbers=False,
                is_known=True,
                around=_around_distinct,
            ),
            Aggregate(
                "first", _first, _growing_first, "one", _only_first, numbers=False, gives_value=True, edge="first"
            ),
            Aggregate("last", _last, _growing_last, "one", _only_last, numbers=False, gives_value=True, edge="last"),
        )
    }
)
"""By name, in the order in which pages list them."""
