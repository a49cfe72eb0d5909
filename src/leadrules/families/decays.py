"""Decays: how points fade with age, rounded as if computed with infinite precision."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal, localcontext
from fractions import Fraction
from types import MappingProxyType

import attrs

from leadrules.values import DAY, HOUR, Duration, rounded, text_of_number


@attrs.frozen
class Decay:
    """How points fade with age. `kind` is one of `DECAYS`; `percent` is of use to `drops` alone.

    Ages count in whole days, or in whole hours where the duration was given in hours.
    """

    kind: str
    duration: Duration
    percent: Fraction = Fraction(0)

    @property
    def unit(self) -> int:
        """Microseconds of one unit of age."""
        return HOUR if self.duration.unit == "hours" else DAY

    @property
    def length(self) -> int:
        """The duration in units of age."""
        return self.duration.microseconds // self.unit

    def age(self, older: int, newer: int) -> int:
        """Count the whole units of age between two instants."""
        return (newer - older) // self.unit

    def applied(self, points: Fraction, age: int, precision: int) -> Fraction:
        """Round `points × decay(age)` once, as if computed with infinite precision."""
        return DECAYS[self.kind].applied(self, points, age, precision)

    def __str__(self) -> str:
        return DECAYS[self.kind].written(self)


@attrs.frozen
class DecayKind:
    """One way to fade: what points are worth at an age, rounded to a precision, and how a rule file writes it."""

    name: str
    applied: Callable[[Decay, Fraction, int, int], Fraction]
    written: Callable[[Decay], str]


def _by_half_lives(decay: Decay, points: Fraction, age: int, precision: int) -> Fraction:
    return _halved(points, age, decay.length, precision)


def _evenly(decay: Decay, points: Fraction, age: int, precision: int) -> Fraction:
    return _shared(points, 1 - Fraction(age, decay.length), precision)


def _by_steps(decay: Decay, points: Fraction, age: int, precision: int) -> Fraction:
    return _shared(points, 1 - decay.percent / 100 * (age // decay.length), precision)


def _shared(points: Fraction, share: Fraction, precision: int) -> Fraction:
    return rounded(points * max(Fraction(0), share), precision)


DECAYS: Mapping[str, DecayKind] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            DecayKind("half-life", _by_half_lives, lambda decay: f"half-life {decay.duration}"),
            DecayKind("fades", _evenly, lambda decay: f"fades over {decay.duration}"),
            DecayKind(
                "drops", _by_steps, lambda decay: f"drops {text_of_number(decay.percent)}% every {decay.duration}"
            ),
        )
    }
)
"""By kind."""


def _halved(points: Fraction, age: int, half_life: int, precision: int) -> Fraction:
    """Round points × 2^(-age/half_life) half to even.

    Where the exponent is whole the product is rational. Elsewhere it is irrational, so never a tie,
    and an enclosure that is narrowed until both its ends round alike ends with the one right answer.
    """
    halvings, rest = divmod(age, half_life)
    scaled = abs(points) * 10**precision
    if rest == 0:
        units = 0 if _vanishes(scaled, halvings) else round(scaled / 2**halvings)
    elif _vanishes(scaled, halvings):
        units = 0
    else:
        units = _nearest(scaled / 2**halvings, Fraction(rest, half_life))
    return Fraction(-units if points < 0 else units, 10**precision)


def _vanishes(scaled: Fraction, halvings: int) -> bool:
    """Tell that scaled / 2^halvings is below one half, without making 2^halvings."""
    return halvings > scaled.numerator.bit_length() - scaled.denominator.bit_length() + 3


def _nearest(scaled: Fraction, exponent: Fraction) -> int:
    """Round scaled × 2^-exponent to the nearest whole number, for an exponent strictly between 0 and 1."""
    whole = len(str(scaled.numerator // scaled.denominator))
    digits = 40 + -(-whole // 20) * 20  # in steps, so that a power serves for many sizes of points
    while True:
        low, high = _power_of_half(exponent, digits)
        floor, ceiling = round(scaled * low), round(scaled * high)
        if floor == ceiling:
            return floor
        digits *= 2


@functools.lru_cache(maxsize=10_000)
def _power_of_half(exponent: Fraction, digits: int) -> tuple[Fraction, Fraction]:
    """Enclose 2^-exponent between two numbers that agree to almost `digits` digits.

    `ln` and `exp` of the decimal module are correctly rounded; the enclosure is wider than the sum
    of their errors by far.
    """
    context = Context(prec=digits + 10)
    with localcontext(context):
        log = -Decimal(exponent.numerator) * Decimal(2).ln() / Decimal(exponent.denominator)
        power = log.exp()
    slack = Decimal(1).scaleb(-digits)
    down, up = Context(prec=digits + 10, rounding=ROUND_FLOOR), Context(prec=digits + 10, rounding=ROUND_CEILING)
    return Fraction(down.subtract(power, slack)), Fraction(up.add(power, slack))
