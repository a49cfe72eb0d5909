"""Interval arithmetic of expressions: the ends between which a result lies, None being infinity.

Ends are always in; a range may be wider than the truth and never narrower.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction

import attrs

from leadrules.analysis.sets import Interval, Numbers, numbers
from leadrules.values import rounded


@attrs.frozen
class Range:
    """The numbers from `low` to `high`; None is infinity on that side."""

    low: Fraction | None = None
    high: Fraction | None = None

    def __add__(self, other: Range) -> Range:
        low = None if self.low is None or other.low is None else self.low + other.low
        high = None if self.high is None or other.high is None else self.high + other.high
        return Range(low, high)

    def __neg__(self) -> Range:
        return Range(None if self.high is None else -self.high, None if self.low is None else -self.low)

    def __mul__(self, other: Range) -> Range:
        products = [_product(a, b) for a in self._ends() for b in other._ends()]
        return _from_ends(min(products), max(products))

    def _ends(self) -> tuple[End, End]:
        return (-1, ZERO) if self.low is None else (0, self.low), (1, ZERO) if self.high is None else (0, self.high)

    def join(self, other: Range) -> Range:
        """Give the range around both."""
        low = None if self.low is None or other.low is None else min(self.low, other.low)
        high = None if self.high is None or other.high is None else max(self.high, other.high)
        return Range(low, high)

    def clamp(self, low: Fraction | None, high: Fraction | None) -> Range:
        """Give the range of its numbers after a clamp; `low` wins where the bounds cross."""
        return Range(_clamped(self.low, low, high, -1), _clamped(self.high, low, high, 1))

    def rounded(self, precision: int) -> Range:
        """Give the range of its numbers after rounding, which keeps their order."""
        low = None if self.low is None else rounded(self.low, precision)
        high = None if self.high is None else rounded(self.high, precision)
        return Range(low, high)

    @property
    def size(self) -> Fraction | None:
        """The largest size of a number in it; None where there is none."""
        return None if self.low is None or self.high is None else max(abs(self.low), abs(self.high))


ZERO = Fraction(0)
NOTHING = Range(ZERO, ZERO)
"""Zero alone."""

End = tuple[int, Fraction]
"""An end as something to compare: -1, 0 or 1 for minus infinity, a number, infinity; and the number."""


def _product(a: End, b: End) -> End:
    if a[0] == 0 and b[0] == 0:
        return 0, a[1] * b[1]
    sign = _sign(a) * _sign(b)
    return sign, ZERO


def _sign(end: End) -> int:
    return end[0] or (end[1] > 0) - (end[1] < 0)


def _from_ends(low: End, high: End) -> Range:
    return Range(low[1] if low[0] == 0 else None, high[1] if high[0] == 0 else None)


def _clamped(value: Fraction | None, low: Fraction | None, high: Fraction | None, infinity: int) -> Fraction | None:
    if value is None:
        return low if infinity < 0 else high
    if high is not None and value > high:
        value = high
    if low is not None and value < low:
        value = low
    return value


def point(value: Fraction) -> Range:
    """Give the range of one number."""
    return Range(value, value)


def hull(known: Numbers) -> Range:
    """Give the range around a set of numbers that is not empty."""
    return Range(known.low, known.high)


def as_numbers(found: Range, *, whole: bool = False) -> Numbers:
    """Give a range as a set of numbers."""
    return numbers([Interval(found.low, found.high)], whole=whole)


def mapped(known: Numbers, change: Callable[[Range], Range]) -> Numbers:
    """Give what a change that keeps the order makes of a set of numbers, or one that turns it."""
    found = (change(Range(piece.low, piece.high)) for piece in known.pieces)
    return numbers([Interval(one.low, one.high) for one in found])


def sums(parts: Iterable[Numbers]) -> Numbers:
    """Give the sums of a number of each of some sets."""
    found = as_numbers(NOTHING)
    for part in parts:
        pairs = (Range(a.low, a.high) + Range(b.low, b.high) for a in found.pieces for b in part.pieces)
        found = numbers([Interval(one.low, one.high) for one in pairs])
    return found


def quotient(left: Range, right: Range) -> Range:
    """Divide; anything where the divisor may be 0."""
    if right.low is not None and right.low > 0:
        inverse = Range(ZERO if right.high is None else 1 / right.high, 1 / right.low)
    elif right.high is not None and right.high < 0:
        inverse = Range(1 / right.high, ZERO if right.low is None else 1 / right.low)
    else:
        return Range()
    return left * inverse


def called(function: str, arguments: Sequence[Range]) -> Range:
    """Give the range of a built-in function."""
    first = arguments[0]
    match function:
        case "floor":
            return Range(_whole(first.low, math.floor), _whole(first.high, math.floor))
        case "ceil":
            return Range(_whole(first.low, math.ceil), _whole(first.high, math.ceil))
        case "abs":
            if first.low is not None and first.low >= 0:
                return first
            if first.high is not None and first.high <= 0:
                return -first
            return Range(ZERO, first.size)
        case "least":
            return Range(_extreme(arguments, "low", min), _least_high(arguments))
        case "greatest":
            return -Range(_extreme([-a for a in arguments], "low", min), _least_high([-a for a in arguments]))
        case _:
            return Range()


def _whole(end: Fraction | None, how: object) -> Fraction | None:
    assert callable(how)
    return None if end is None else Fraction(how(end))


def _extreme(ranges: Sequence[Range], end: str, how: object) -> Fraction | None:
    assert callable(how)
    ends = [getattr(r, end) for r in ranges]
    found: Fraction | None = None if None in ends else how(ends)
    return found


def _least_high(ranges: Sequence[Range]) -> Fraction | None:
    """The least of some numbers is at most the least of their upper ends."""
    return min((r.high for r in ranges if r.high is not None), default=None)
