"""Sets of what may be answered, and the logic and arithmetic of such sets.

A truth is a set of the three, as bits. A value is a :class:`Range` where there is an order (numbers,
dates, instants), a frozenset of what it can be, None among it, or `ANYTHING`.
"""

from __future__ import annotations

import datetime as dt
import math
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

import attrs

from leadrules.engine.reference.conditions import arithmetic
from leadrules.values import MOST_DIGITS, Value

TRUE, FALSE, UNKNOWN = 1, 2, 4
"""The bits of a set of truths."""
ANY_TRUTH = TRUE | FALSE | UNKNOWN

BITS = {True: TRUE, False: FALSE, None: UNKNOWN}
_TRUTHS = {bit: truth for truth, bit in BITS.items()}
_ZERO = Fraction(0)
_REACH = Fraction(10**MOST_DIGITS)
"""What arithmetic gives is nearer to 0."""
_MOST_BITS = _REACH.numerator.bit_length()
"""What arithmetic gives has no more; numbers of fewer have fewer digits than it may give."""
MOST_MEMBERS = 16
"""A set of more members than this becomes `ANYTHING`."""


class _Anything:
    """Any value, or none."""

    def __repr__(self) -> str:
        return "ANYTHING"


ANYTHING: Final = _Anything()


@attrs.frozen(slots=True)
class Range:
    """Values from `low` to `high`, both in, and perhaps unknown.

    `bits` bounds the bits of the numerator and of the denominator of all numbers that it stands for:
    numbers between two short ones may be long.
    """

    low: Any
    high: Any
    unknown: bool = False
    bits: int = 0

    @property
    def is_one(self) -> bool:
        """Tell that it is one known value."""
        return bool(self.low == self.high) and not self.unknown


Possible = Range | frozenset[Any] | _Anything


def exactly(value: Value | None) -> Possible:
    """Give the set of one value."""
    if isinstance(value, Fraction):
        return Range(value, value, bits=bits_of(value))
    if isinstance(value, int | dt.date) and not isinstance(value, bool):
        return Range(value, value)
    return frozenset((value,))


def bits_of(value: Fraction) -> int:
    """Count the bits of the longer part of a number."""
    return max(value.numerator.bit_length(), value.denominator.bit_length())


def one_of(values: Iterable[Value | None]) -> Possible:
    """Give the set of some values of one kind."""
    found = {*values}
    known = [value for value in found if value is not None]
    if known and all(isinstance(value, Fraction | int | dt.date) and not isinstance(value, bool) for value in known):
        bits = max((bits_of(value) for value in known if isinstance(value, Fraction)), default=0)
        return Range(min(known), max(known), None in found, bits)
    return ANYTHING if len(found) > MOST_MEMBERS else frozenset(found)


def united(sets: Sequence[Possible]) -> Possible:
    """Give what is in any of some sets of values of one kind."""
    ranges = [one for one in sets if isinstance(one, Range)]
    listed = [one for one in sets if isinstance(one, frozenset)]
    if len(ranges) + len(listed) < len(sets):
        return ANYTHING
    members = frozenset().union(*listed)
    if not ranges:
        return members if len(members) <= MOST_MEMBERS else ANYTHING
    if members - {None}:
        return ANYTHING
    low, high = min(one.low for one in ranges), max(one.high for one in ranges)
    return Range(low, high, None in members or any(one.unknown for one in ranges), max(one.bits for one in ranges))


def only(possible: Possible) -> tuple[Value | None] | None:
    """Give the one value that a set has, in a tuple; None where it has more."""
    if isinstance(possible, Range):
        return (possible.low,) if possible.is_one else None
    if isinstance(possible, frozenset) and len(possible) == 1:
        return tuple(possible)
    return None


def members(possible: Possible) -> frozenset[Any] | None:
    """List a set; None where it is too large."""
    if isinstance(possible, Range):
        if possible.low != possible.high:
            return None
        return frozenset((possible.low, None) if possible.unknown else (possible.low,))
    return possible if isinstance(possible, frozenset) else None


def maybe_unknown(possible: Possible) -> bool:
    """Tell whether unknown is in a set."""
    if isinstance(possible, Range):
        return possible.unknown
    return not isinstance(possible, frozenset) or None in possible


# -------------------------------------------------------------------- truths


def truths_of(possible: Possible) -> int:
    """Give the truths in a set of values."""
    if not isinstance(possible, frozenset):
        return ANY_TRUTH
    found = 0
    for value in possible:
        found |= BITS[None if value is None else bool(value)]
    return found


def values_of(truths: int) -> frozenset[bool | None]:
    """Give a set of truths as a set of values."""
    return frozenset(truth for bit, truth in _TRUTHS.items() if truths & bit)


def both(truths: Iterable[int]) -> int:
    """Give the answers of `and`."""
    found = [*truths]
    result = FALSE if any(truth & FALSE for truth in found) else 0
    if all(truth & TRUE for truth in found):
        result |= TRUE
    if any(truth & UNKNOWN for truth in found) and all(truth & (TRUE | UNKNOWN) for truth in found):
        result |= UNKNOWN
    return result


def opposite(truth: int) -> int:
    """Give the answers of `not`."""
    turned = (FALSE if truth & TRUE else 0) | (TRUE if truth & FALSE else 0)
    return turned | (truth & UNKNOWN)


def either(truths: Iterable[int]) -> int:
    """Give the answers of `or`."""
    return opposite(both([opposite(truth) for truth in truths]))


def at_least(count: int, truths: Sequence[int]) -> int:
    """Give the answers of `at least N of`."""
    fewest, most = sum(truth == TRUE for truth in truths), sum(bool(truth & TRUE) for truth in truths)
    fewest_open, most_open = (
        sum(not truth & FALSE for truth in truths),
        sum(truth != FALSE for truth in truths),
    )
    result = (TRUE if most >= count else 0) | (FALSE if fewest_open < count else 0)
    if fewest < count <= most_open and any(truth & UNKNOWN for truth in truths):
        result |= UNKNOWN
    return result


# --------------------------------------------------------------- comparisons


def compared(op: str, left: Range, right: Range) -> int:
    """Compare what has an order."""
    if op in {">", ">="}:
        return compared("<" if op == ">" else "<=", right, left)
    if op == "!=":
        return opposite(compared("=", left, right))
    if op == "=":
        can = left.low <= right.high and right.low <= left.high
        cannot = not (left.low == left.high == right.low == right.high)
    elif op == "<":
        can, cannot = left.low < right.high, left.high >= right.low
    else:
        can, cannot = left.low <= right.high, left.high > right.low
    unknown = left.unknown or right.unknown
    return (TRUE if can else 0) | (FALSE if cannot else 0) | (UNKNOWN if unknown else 0)


# ------------------------------------------------------------------- numbers


_OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}


def calculated(op: str, left: Possible, right: Possible) -> Possible:
    """Give what arithmetic of two sets gives. What one operand settles alone is settled, whatever the other can be."""
    ones = only(left), only(right)
    if ones[0] is not None and ones[1] is not None:
        return exactly(arithmetic(op, ones[0][0], ones[1][0]))
    if ones[0] == (None,) or ones[1] == (None,) or (op == "/" and _is_nothing(right)):
        return frozenset((None,))
    if (op in {"*", "/"} and _is_nothing(left)) or (op == "*" and _is_nothing(right)):
        unknown = maybe_unknown(left) or maybe_unknown(right) or (op == "/" and _may_be_nothing(right))
        return Range(_ZERO, _ZERO, unknown, bits=1)
    if not isinstance(left, Range) or not isinstance(right, Range):
        return ANYTHING
    bits = left.bits + right.bits + 1
    unknown = left.unknown or right.unknown
    if op == "/" and _may_be_nothing(right):
        return _within_reach(*_divided(left, right), bits, unknown=True)
    ends = [_OPERATORS[op](a, b) for a in (left.low, left.high) for b in (right.low, right.high)]
    return _within_reach(min(ends), max(ends), bits, unknown=unknown)


def _is_nothing(possible: Possible) -> bool:
    """Tell that whatever is known of it is 0."""
    return isinstance(possible, Range) and possible.low == 0 == possible.high


def _may_be_nothing(possible: Possible) -> bool:
    return not isinstance(possible, Range) or possible.low <= 0 <= possible.high


def _divided(left: Range, right: Range) -> tuple[Fraction, Fraction]:
    """Give the ends of a quotient whose divisor may be next to 0: as far from it as the bits of its numbers allow."""
    low, high = right.low, right.high
    least = Fraction(1, 1 << right.bits)
    divisors = [*((low, -least) if low < 0 else ()), *((least, high) if high > 0 else ())]
    ends = [end / divisor for end in (left.low, left.high) for divisor in divisors]
    return min(ends), max(ends)


def _within_reach(low: Fraction, high: Fraction, bits: int, *, unknown: bool) -> Range:
    """Give a range of results; such as may be longer than arithmetic gives are unknown, and the others lie in reach."""
    if bits < _MOST_BITS:
        return Range(low, high, unknown, bits)
    ends = max(Fraction(math.floor(low)), -_REACH), min(Fraction(math.ceil(high)), _REACH)
    return Range(*ends, True, _MOST_BITS)


def negative(operand: Possible) -> Possible:
    """Give the opposite of numbers."""
    if isinstance(operand, Range):
        return Range(-operand.high, -operand.low, operand.unknown, operand.bits)
    return operand


_RISING = frozenset({"floor", "ceil", "least", "greatest"})
"""Built-in functions that never give less for more."""


def calculated_by(function: str, exact: Callable[..., Fraction], operands: Sequence[Possible]) -> Possible:
    """Give what a built-in function gives."""
    if any(only(operand) == (None,) for operand in operands):
        return frozenset((None,))
    ranges = [operand for operand in operands if isinstance(operand, Range)]
    if len(ranges) < len(operands):
        ones = [one[0] for operand in operands if (one := only(operand)) is not None]
        return exactly(exact(*ones)) if len(ones) == len(operands) else ANYTHING
    low, high = exact(*(one.low for one in ranges)), exact(*(one.high for one in ranges))
    if function == "abs":
        low, high = (Fraction(0) if ranges[0].low < 0 < ranges[0].high else min(low, high)), max(low, high)
    elif function not in _RISING and not all(one.is_one for one in ranges):
        return ANYTHING
    return Range(low, high, any(one.unknown for one in ranges), max(one.bits for one in ranges))
