"""What compiled code calls: everything that would make it long, and whatever is not the common case.

Nothing here decides what a rule means; readers and decays are those of the layers below. What is met
and cannot be answered here raises `Irregular`, and the reference answers instead.
"""

from __future__ import annotations

import datetime as dt
import math
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import compress, islice
from typing import Any, NoReturn

from leadrules.conversions import Reader
from leadrules.families import Calendar, Decay
from leadrules.foreign import PLAIN, Unreadable, may_change
from leadrules.naming import Naming
from leadrules.spellings import plainly
from leadrules.values import DAY, LARGEST, Value, Zone, bounded

EARLIEST = dt.datetime(3, 1, 1, tzinfo=dt.UTC)
LATEST = dt.datetime(9998, 1, 1, tzinfo=dt.UTC)
"""Moments before the one or after the other are left to the readers, which check the year as it is written."""
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_HOUR = dt.timedelta(hours=1)
_LONGEST = 10_000 * 366 * DAY


def span_of(microseconds: int) -> dt.timedelta:
    """Give a span of time; of two that are longer than all there is, the one is as good as the other."""
    return dt.timedelta(microseconds=min(microseconds, _LONGEST))


_MOST_REMEMBERED = 4_096
_LONGEST_REMEMBERED = 200
_MOST_AGES = 20_000


class Irregular(ValueError):
    """Something that compiled code does not answer; the reference does."""


def irregular() -> NoReturn:
    """Leave what is at hand to those who read with care."""
    raise Irregular


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

    __slots__ = ("_decay", "_points", "_precision", "unit")

    def __init__(self, decay: Decay, points: Fraction, precision: int) -> None:
        super().__init__()
        self.unit = decay.unit
        self._decay = decay
        self._points = points
        self._precision = precision

    def __missing__(self, age: int) -> int:
        units = units_of(self._decay.applied(self._points, age, self._precision), self._precision)
        if len(self) < _MOST_AGES:
            self[age] = units
        return units


def units_of(points: Fraction, precision: int) -> int:
    """Count points in units of the precision, of which they are a whole number."""
    scale: int = 10**precision
    units = points * scale
    if units.denominator != 1:
        raise Irregular
    return units.numerator


# ------------------------------------------------------------------ the lead


def weighed(most: int, safe: int, affordable: Callable[[Any], Any]) -> Callable[[Any], None]:
    """Prepare refusing events that are more than `most`, or take more work than the limit allows."""

    def weigh(events: Any) -> None:
        if len(events) > most:
            raise Irregular
        if len(events) > safe:
            affordable(events)

    return weigh


def lasting(read: Reader) -> Reader:
    """Leave a value of which nobody can say that it will stay what it is to the reference, which keeps none."""

    def read_lasting(raw: object) -> Any:
        if type(raw) not in PLAIN and may_change(raw):
            raise Irregular
        return read(raw)

    return read_lasting


def absent_is_unknown(read: Reader, *, validated: bool = False) -> Reader:
    """Let a reader take None, and, where values were read before, what it cannot read."""
    if not validated:
        return lambda raw: None if raw is None else read(raw)

    def read_or_not(raw: object) -> Value | None:
        try:
            return None if raw is None else read(raw)
        except Unreadable:
            return None

    return read_or_not


def reader_of_number(read: Reader) -> Reader:
    """Give whole numbers as int, which compares and adds faster than a fraction."""
    read = lasting(read)

    def read_number(raw: object) -> Any:
        value = read(raw)
        return value.numerator if isinstance(value, Fraction) and value.denominator == 1 else value

    return read_number


def values_of(keys: Sequence[str]) -> Callable[[Mapping[Any, Any]], tuple[Any, ...]]:
    """Prepare looking up the values of all keys, in their order; a KeyError where one is absent.

    >>> values_of(["a", "b"])({"a": 1, "b": 2, "c": 3}), values_of(["a"])({"a": 1})
    ((1, 2), (1,))
    """
    get = operator.itemgetter(*keys)
    return get if len(keys) > 1 else lambda given: (get(given),)


def attributes_by(naming: Naming) -> Callable[[Mapping[str, Any]], Mapping[str, Any]]:
    """Prepare giving attributes under the first name of each field."""
    return lambda given: naming.attributes(plainly(given))


def labels_by(naming: Naming) -> Callable[[Any, Mapping[str, Any]], Any]:
    """Prepare giving the labels that a lead holds, or that its attributes say; what is no dict is left as it is."""

    def held(given: Any, attributes: Mapping[str, Any]) -> Any:
        if given is not None and type(given) is not dict:
            return given
        return naming.stages(plainly(given or {}), plainly(attributes))

    return held


def labels_held(ladders: Mapping[str, tuple[str, ...]]) -> Callable[[object], tuple[Any, ...]]:
    """Prepare reading the labels that a lead holds, one of each ladder in their order, and None behind them."""
    none = (None,) * (len(ladders) + 1)

    def held(given: object) -> tuple[Any, ...]:
        if given is None:
            return none
        if type(given) is not dict:
            raise Irregular
        if not given:
            return none
        named = plainly(given)
        found = [named.get(ladder) for ladder in ladders]
        for label, labels in zip(found, ladders.values(), strict=True):
            if label is not None and (type(label) is not str or not (label in labels or _is_plain_label(label))):
                raise Irregular
        return *found, None

    return held


def _is_plain_label(label: str) -> bool:
    """Tell whether a label, which its ladder does not have, is read as it stands."""
    return label.isascii() and label.isprintable() and label != "" and label[0] != " " != label[-1]


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
    "count": _of_known(len),
}


def points_of(value: Any, scale: int) -> int:
    """Round points to whole units; unknown ones and those over 1,000,000 in size are 0."""
    return 0 if value is None or abs(value) > LARGEST else round(value * scale)


class DecayedPoints(dict[int, int]):
    """Decays points that vary, to whole units; unknown ones and those over 1,000,000 in size are 0.

    By age it holds what a point is worth, in parts of 10^36, rounded: the share lies within half a
    part of it. Where both ends give the same units, those are the units.
    """

    __slots__ = ("_decay", "_precision")

    def __init__(self, decay: Decay, precision: int) -> None:
        super().__init__()
        self._decay = decay
        self._precision = precision

    def __missing__(self, age: int) -> int:
        share = units_of(self._decay.applied(Fraction(10**30), age, 6), 6)
        if len(self) < _MOST_AGES:
            self[age] = share
        return share

    def of(self, base: Any, age: int) -> int:
        """Give the units of points at an age."""
        if base is None or abs(base) > LARGEST:
            return 0
        share, part = self[age], base.denominator * 2 * 10**36
        least, most = (half_even(base.numerator * 10**self._precision * (2 * share + side), part) for side in (-1, 1))
        if least == most:
            return least
        return units_of(self._decay.applied(Fraction(base), age, self._precision), self._precision)


def half_even(numerator: int, denominator: int) -> int:
    """Divide whole numbers and round half to even."""
    quotient, rest = divmod(numerator, denominator)
    return quotient + (2 * rest > denominator or (2 * rest == denominator and quotient & 1))


# ---------------------------------------------------------------------- text


def members(fold: Callable[[str], str], texts: Iterable[str] | None) -> frozenset[str] | None:
    """Fold the members of a list of text."""
    return None if texts is None else frozenset(map(fold, texts))


def folded_or_none(fold: Callable[[str], str], text: str | None) -> str | None:
    """Fold a text for a comparison."""
    return None if text is None else fold(text)


# ---------------------------------------------------------------------- time


def passing(
    events: Sequence[Any], moments: Sequence[dt.datetime], raws: Sequence[Any], known: Callable[[Any], Any]
) -> list[tuple[dt.datetime, Any, Any, Any]]:
    """Give the events of which a text passes a filter, each behind its moment and the answers, before the text."""
    answers = [*map(known, raws)]
    return [*compress(zip(moments, answers, events, raws, strict=True), answers)]


def has_ties(moments: Sequence[dt.datetime]) -> bool:
    """Tell whether any two moments are the same; quick where they stand in order."""
    if any(all(map(order, moments, islice(moments, 1, None))) for order in (operator.lt, operator.gt)):
        return False
    return len({*moments}) < len(moments)


def day_of(zone: Zone) -> Callable[[dt.datetime], dt.date]:
    """Prepare giving the local day of a moment."""
    local = zone.tzinfo
    return lambda moment: moment.astimezone(local).date()


def number_in(calendar: Calendar, zone: Zone) -> Callable[[dt.datetime], int]:
    """Prepare numbering the unit of a calendar that holds a moment."""
    of_day, local = calendar.of_day, zone.tzinfo
    if of_day is None:
        return lambda moment: (moment - _EPOCH) // _HOUR
    return lambda moment: of_day(moment.astimezone(local))


def at_edge(moments: Sequence[dt.datetime], values: Sequence[Any], edge: Callable[..., dt.datetime]) -> Any:
    """Give the value of the first (`min`) or last (`max`) event; unknown where there is none."""
    if not moments:
        return None
    at = edge(moments)
    first = moments.index(at)
    if any(moment == at and values[i] != values[first] for i, moment in enumerate(moments)):
        raise Irregular
    return values[first]


def as_value(value: Any, scale: int) -> Value | None:
    """Give a number as the reference has it; anything else as it is."""
    return Fraction(value, scale) if type(value) is int and scale else value
