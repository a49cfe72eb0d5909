"""What compiled code calls: everything that would make it long, and whatever is not the common case.

Nothing here decides what a rule means; readers and decays are those of the layers below. What is met
and cannot be answered here raises `Irregular`, and the reference answers instead.
"""

from __future__ import annotations

import datetime as dt
import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any

import attrs

from leadrules.conversions import Reader, text_from
from leadrules.engine import program as p
from leadrules.values import DAY, Decay, Value, Zone, bounded, folded, instant_of, moment_of, plain_name
from leadrules.vocabulary import EventType, Scope

EARLIEST = dt.datetime(3, 1, 1, tzinfo=dt.UTC)
"""Moments before this one are left to the readers, which check the year as it is written."""
LARGEST = 1_000_000
"""Points over this size, before decay, count as 0."""

_MOST_REMEMBERED = 4_096
_LONGEST_REMEMBERED = 200
_MOST_AGES = 20_000
_MOST_DECIMALS = 10_000
_MOST_TYPES = 1_000
_EXACT = Context(prec=100)
"""Divides units by a power of ten without rounding; the result has no more decimals than it needs."""


class Irregular(ValueError):
    """Something that compiled code does not answer; the reference does."""


# ------------------------------------------------------------ what is remembered


class Remembered(dict[Any, Any]):
    """What is known of a raw value: made by reading it and deriving from it, and kept for texts.

    Bounded: when it is full it starts anew. Threads may share it, since what they put in is equal.
    """

    __slots__ = ("_read", "derive")

    def __init__(self, read: Reader, derive: Callable[[Any], Any]) -> None:
        super().__init__()
        self._read = read
        self.derive = derive

    def __missing__(self, raw: object) -> Any:
        found = self.derive(self._read(raw))
        if raw is None or (type(raw) is str and len(raw) <= _LONGEST_REMEMBERED):
            if len(self) >= _MOST_REMEMBERED:
                self.clear()
            self[raw] = found
        return found


def same(value: Any) -> Any:
    """Give a value as it is."""
    return value


class Decayed(dict[int, int]):
    """What points are worth by age, in units of the precision; made when an age is first met."""

    __slots__ = ("_decay", "_points", "_precision")

    def __init__(self, decay: Decay, points: Fraction, precision: int) -> None:
        super().__init__()
        self._decay = decay
        self._points = points
        self._precision = precision

    def __missing__(self, age: int) -> int:
        units = units_of(self._decay.applied(self._points, age, self._precision), self._precision)
        if len(self) < _MOST_AGES:
            self[age] = units
        return units


class Decimals(dict[int, Decimal]):
    """The decimal of a whole number of units of the precision; those of whole points are remembered."""

    __slots__ = ("_scale",)

    def __init__(self, precision: int) -> None:
        super().__init__()
        self._scale: int = 10**precision

    def __missing__(self, units: int) -> Decimal:
        made = _EXACT.divide(units, self._scale)
        if len(self) < _MOST_DECIMALS and not units % self._scale:
            self[units] = made
        return made


def units_of(points: Fraction, precision: int) -> int:
    """Count points in units of the precision, of which they are a whole number."""
    units = points * 10**precision
    if units.denominator != 1:
        raise Irregular
    return units.numerator


# ------------------------------------------------------------------ the lead


def reader_of_number(read: Reader) -> Reader:
    """Give whole numbers as int, which compares and adds faster than a fraction."""

    def read_number(raw: object) -> Any:
        value = read(raw)
        return value.numerator if isinstance(value, Fraction) and value.denominator == 1 else value

    return read_number


def value_alike(given: Mapping[Any, Any], key: str) -> Any:
    """Look up a name beyond ASCII; what is only alike is left to the reference."""
    value = given.get(key)
    plain = plain_name(key)
    if value is None and any(isinstance(k, str) and k != key and plain_name(k) == plain for k in given):
        raise Irregular
    return value


def labels_held(ladders: Mapping[str, tuple[str, ...]]) -> Callable[[object], tuple[str | None, ...]]:
    """Prepare reading the labels that a lead holds, one of each ladder in their order."""

    def held(given: object) -> tuple[str | None, ...]:
        if type(given) is not dict:
            raise Irregular
        if not all(ladder.isascii() for ladder in ladders):
            raise Irregular
        found = tuple(given.get(ladder) for ladder in ladders)
        for label, labels in zip(found, ladders.values(), strict=True):
            if label is not None and (type(label) is not str or label not in labels):
                raise Irregular
        return found

    return held


class PassedOver(dict[str, None]):
    """The types of event that no rule looks at; those of no scope are added as they are met."""

    __slots__ = ("_scope",)

    def __init__(self, scope: Scope) -> None:
        super().__init__(dict.fromkeys(scope.events.keys() - scope.read.keys()))
        self._scope = scope

    def meet(self, type_: object) -> None:
        """Take a type as one that no rule looks at. Raises Irregular where it may be another's spelling."""
        if type(type_) is not str or not type_.strip() or plain_name(type_.strip()) in self._scope.events:
            raise Irregular
        if len(self) < _MOST_TYPES and len(type_) <= _LONGEST_REMEMBERED:
            self[type_] = None


# -------------------------------------------------------------------- events

_NOTHING: dict[str, Any] = {}

Event = Mapping[str, Any]
Timed = tuple[list[Event], list[dt.datetime]]


@attrs.frozen
class Sifting:
    """Reads when and whether the events of one type count, where some are not in the plainest form."""

    read_at: Reader
    properties: Sequence[tuple[str, Callable[[Any], Any]]]

    def __call__(self, events: Sequence[Event], now: dt.datetime) -> Timed:
        """Give the events that count, each once by its id, none later than now, and their moments in UTC."""
        kept: list[Event] = []
        moments: list[dt.datetime] = []
        named: dict[str, int] = {}
        for event in events:
            at = self._moment(event.get("at"))
            raw = event.get("id")
            id_ = None if raw is None else text_from(raw)
            if at > now:
                continue
            place = None if id_ is None else named.get(id_)
            if place is not None:
                if at == moments[place]:
                    raise Irregular
                if at < moments[place]:
                    kept[place], moments[place], event = event, at, kept[place]
                self._check(event)
                continue
            if id_ is not None:
                named[id_] = len(kept)
            kept.append(event)
            moments.append(at)
        return kept, moments

    def _moment(self, raw: object) -> dt.datetime:
        if type(raw) is dt.datetime and raw.tzinfo is dt.UTC and raw > EARLIEST and raw.year < dt.MAXYEAR:
            return raw
        at = None if raw is None else self.read_at(raw)
        if not isinstance(at, int):
            raise Irregular
        return moment_of(at)

    def _check(self, event: Event) -> None:
        """Read the properties of an event that does not count, since a mistake in them counts."""
        for key, known in self.properties:
            column([event], key, known)


def column(events: Iterable[Event], key: str, known: Callable[[Any], Any]) -> list[Any]:
    """Read one property of events, absent ones included."""
    found = []
    look = dict.get if key.isascii() else value_alike
    for event in events:
        properties = event.get("properties")
        if properties is None:
            properties = _NOTHING
        elif type(properties) is not dict:
            raise Irregular
        found.append(known(look(properties, key)))
    return found


# ------------------------------------------------------------------- numbers


def added(left: Any, right: Any) -> Any:
    """Add, as the language does."""
    return None if left is None or right is None else bounded(left + right)


def subtracted(left: Any, right: Any) -> Any:
    """Subtract, as the language does."""
    return None if left is None or right is None else bounded(left - right)


def multiplied(left: Any, right: Any) -> Any:
    """Multiply, as the language does."""
    return None if left is None or right is None else bounded(left * right)


def divided(left: Any, right: Any) -> Any:
    """Divide exactly; by zero is unknown."""
    return None if left is None or right is None or right == 0 else bounded(Fraction(left) / right)


ARITHMETIC: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": added,
    "-": subtracted,
    "*": multiplied,
    "/": divided,
}


def _of_known(calculate: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *values: None if None in values else calculate(*values)


BUILT_IN: Mapping[str, Callable[..., Any]] = {
    "floor": _of_known(math.floor),
    "ceil": _of_known(math.ceil),
    "abs": _of_known(abs),
    "least": _of_known(min),
    "greatest": _of_known(max),
}


def total(values: Iterable[Any]) -> Any:
    """Add what is known; of nothing, 0."""
    return bounded(sum(value for value in values if value is not None))


def average(values: Iterable[Any]) -> Any:
    """Give the exact average of what is known; of nothing, unknown."""
    known = [value for value in values if value is not None]
    return bounded(Fraction(sum(known)) / len(known)) if known else None


def least(values: Iterable[Any]) -> Any:
    """Give the least of what is known; of nothing, unknown."""
    return min((value for value in values if value is not None), default=None)


def most(values: Iterable[Any]) -> Any:
    """Give the most of what is known; of nothing, unknown."""
    return max((value for value in values if value is not None), default=None)


def distinct(values: Iterable[Any]) -> int:
    """Count the different values that are known."""
    return len({value for value in values if value is not None})


AGGREGATES: Mapping[str, Callable[[Iterable[Any]], Any]] = {
    "sum": total,
    "average": average,
    "min": least,
    "max": most,
    "distinct": distinct,
}


def points_of(value: Any, scale: int) -> int:
    """Round points to whole units; unknown ones and those over 1,000,000 in size are 0."""
    return 0 if value is None or abs(value) > LARGEST else round(value * scale)


def decayed_points(decay: Decay, precision: int, base: Any, age: int) -> int:
    """Round decayed points to whole units; unknown ones and those over 1,000,000 in size are 0."""
    if base is None or abs(base) > LARGEST:
        return 0
    return units_of(decay.applied(Fraction(base), age, precision), precision)


def half_even(numerator: int, denominator: int) -> int:
    """Divide whole numbers and round half to even."""
    quotient, rest = divmod(numerator, denominator)
    return quotient + (2 * rest > denominator or (2 * rest == denominator and quotient & 1))


# ---------------------------------------------------------------------- text


def members(texts: Iterable[str] | None) -> frozenset[str] | None:
    """Fold the members of a list of text."""
    return None if texts is None else frozenset(map(folded, texts))


def folded_or_none(text: str | None) -> str | None:
    """Fold a text for a comparison."""
    return None if text is None else folded(text)


# ---------------------------------------------------------------------- time


def day_of(zone: Zone) -> Callable[[dt.datetime], dt.date]:
    """Prepare giving the local day of a moment."""
    return lambda moment: zone.day(instant_of(moment))


def hour_of(moment: dt.datetime) -> int:
    """Number the hour of a moment by UTC."""
    return instant_of(moment) // (DAY // 24)


def week_of(zone: Zone) -> Callable[[dt.datetime], int]:
    """Prepare numbering the local week of a moment, from Monday."""
    return lambda moment: (zone.day(instant_of(moment)).toordinal() - 1) // 7


def month_of(zone: Zone) -> Callable[[dt.datetime], int]:
    """Prepare numbering the local month of a moment."""

    def month(moment: dt.datetime) -> int:
        day = zone.day(instant_of(moment))
        return day.year * 12 + day.month

    return month


def at_edge(moments: Sequence[dt.datetime], values: Sequence[Any], edge: Callable[..., dt.datetime]) -> Any:
    """Give the value of the first (`min`) or last (`max`) event; unknown where there is none."""
    if not moments:
        return None
    at = edge(moments)
    place = moments.index(at)
    if any(moment == at and values[i] != values[place] for i, moment in enumerate(moments)):
        raise Irregular
    return values[place]


def followed(
    firsts: Sequence[dt.datetime], thens: Sequence[dt.datetime], span: dt.timedelta, now: dt.datetime, negated: bool
) -> bool:
    """Tell whether an event is followed by another within a span, or, negated, some is not though it had the time."""
    moments = sorted(thens)

    def is_followed(first: dt.datetime) -> bool:
        return bisect_right(moments, first + span) > bisect_left(moments, first)

    if negated:
        return any(first + span <= now and not is_followed(first) for first in firsts)
    return any(map(is_followed, firsts))


# ---------------------------------------------------------------------- caps

Row = tuple[Any, ...]
"""Points in units, the moment, and the key of each bucket."""


@attrs.frozen
class Keeping:
    """What a per-event rule keeps of its events, by the steps of §7; amounts are in units of the precision.

    Keys of buckets stand in a row from its third place on: those of `per` in their order, then that
    of `points_per`.
    """

    caps: p.Caps
    most: int | None
    most_per: int | None

    def __call__(self, rows: list[Row]) -> tuple[int, int] | None:
        """Give the points and what is left of them after `max P points`; None where nothing is kept."""
        caps = self.caps
        kept = self._in_order(rows)
        if caps.every is not None:
            kept = _keep_every(kept, caps.every)
        for place, cap in enumerate(caps.per, 2):
            kept = [row for bucket in _buckets(kept, place) for row in _largest(bucket, cap.times)]
        if caps.times is not None:
            kept = _largest(kept, caps.times)
        if not kept:
            return None
        points = sum(row[0] for row in kept)
        left = points
        if self.most_per is not None:
            buckets = _buckets(kept, 2 + len(caps.per))
            left = sum(_within(sum(row[0] for row in bucket), self.most_per) for bucket in buckets)
        return points, _within(left, self.most)

    def _in_order(self, rows: list[Row]) -> list[Row]:
        """Sort by time, and put the place behind; events alike in time must be alike in all that counts."""
        caps = self.caps
        if caps.every is None and not caps.per and caps.times is None:
            return rows
        rows.sort(key=lambda row: row[1])
        for one, next_ in zip(rows, rows[1:], strict=False):
            if one[1] == next_[1] and one != next_:
                raise Irregular
        return [(*row, place) for place, row in enumerate(rows)]


def _keep_every(rows: Iterable[Row], cap: p.MaxEvery) -> list[Row]:
    every = dt.timedelta(microseconds=cap.every)
    counted: list[Row] = []
    for row in rows:
        recent = [c for c in counted[-cap.times :] if row[1] - c[1] < every]
        if len(recent) < cap.times:
            counted.append(row)
    return counted


def _largest(rows: Iterable[Row], times: int) -> list[Row]:
    return sorted(rows, key=lambda row: (abs(row[0]), row[-1]), reverse=True)[:times]


def _buckets(rows: Iterable[Row], place: int) -> Collection[list[Row]]:
    found: defaultdict[Hashable, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[place]].append(row)
    return found.values()


def _within(points: int, size: int | None) -> int:
    return points if size is None else max(-size, min(size, points))


# --------------------------------------------------------------------- types


def readers_of(event: EventType, read: Iterable[str]) -> tuple[str, ...]:
    """Name the properties of a type that are read and declared, in order of name, `at` and `day` left out."""
    wanted = frozenset(read) - {own for own in ("at", "day") if event.property(own) is None}
    return tuple(sorted(prop.name for prop in event.properties if prop.name in wanted))


def as_value(value: Any, scale: int) -> Value | None:
    """Give a number as the reference has it; anything else as it is."""
    return Fraction(value, scale) if type(value) is int and scale else value
