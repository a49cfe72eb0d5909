"""Values and their exact arithmetic: numbers, text, time, rounding, decay.

A number is a :class:`~fractions.Fraction`, an instant a whole count of microseconds since
1970-01-01T00:00Z, a text its NFC form, and unknown is None. Nothing here knows a lead, a rule or a
clock; no binary float takes part.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
import unicodedata
import zoneinfo
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal, localcontext
from fractions import Fraction
from importlib import resources
from typing import Literal

import attrs

Value = Fraction | str | bool | dt.date | int | tuple[str, ...]
"""A known value: number, text or label, bool, date, instant (int) or list of text."""

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEK = 7 * DAY
UNITS = {"minutes": MINUTE, "hours": HOUR, "days": DAY, "weeks": WEEK}
"""Microseconds of each unit of a duration."""

MOST_DIGITS = 1_000
"""Arithmetic whose result needs more digits than this is unknown."""

_TOO_LARGE = 10**MOST_DIGITS
_NUMBER = re.compile(r"([+-]?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?", re.ASCII)
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_EPOCH_DAY = dt.date(1970, 1, 1).toordinal()
_MICROSECOND = dt.timedelta(microseconds=1)


# ------------------------------------------------------------------- numbers


def number_of(text: str) -> Fraction:
    """Read `[+-]digits[.digits][e±n]` exactly: at most 30 digits, exponent within ±30.

    Raises ValueError for anything else.
    """
    found = _NUMBER.fullmatch(text)
    if not found:
        raise ValueError(text)
    sign, whole, part, exponent = found.groups()
    digits = whole + (part or "")
    if len(digits) > 30 or len((exponent or "").lstrip("+-").lstrip("0")) > 2 or abs(int(exponent or 0)) > 30:
        raise ValueError(text)
    value = Fraction(int(digits)) * Fraction(10) ** (int(exponent or 0) - len(part or ""))
    return -value if sign == "-" else value


def bounded(value: Fraction) -> Fraction | None:
    """Give an arithmetic result, or unknown where it needs more than 1,000 digits."""
    if abs(value.numerator) >= _TOO_LARGE or value.denominator >= _TOO_LARGE:
        return None
    return value


def rounded(value: Fraction, precision: int) -> Fraction:
    """Round half to even to `precision` decimals."""
    scale = 10**precision
    return Fraction(round(value * scale), scale)


def decimal_of(value: Fraction) -> Decimal:
    """Write a number with finitely many decimals exactly and minimally: 67.5, 40, never 4E+1.

    Raises ValueError where the decimals would not end.
    """
    numerator, denominator = value.numerator, value.denominator
    places = 0
    while denominator % 10 == 0:
        denominator //= 10
        places += 1
    for prime, other in ((2, 5), (5, 2)):
        while denominator % prime == 0:
            denominator //= prime
            numerator *= other
            places += 1
    if denominator != 1:
        raise ValueError(f"{value} has no finite decimal form")
    digits = tuple(int(digit) for digit in str(abs(numerator)))
    return Decimal((1 if numerator < 0 else 0, digits, -places))


def text_of_number(value: Fraction) -> str:
    """Write a number for people and audits: exactly where its decimals end soon, else as `1/3`."""
    try:
        return format(decimal_of(value), "f")
    except ValueError:
        return f"{value.numerator}/{value.denominator}"


# ---------------------------------------------------------------------- text


def folded(text: str) -> str:
    """Give the form in which texts are compared: NFC(casefold(NFC))."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def plain_name(text: str) -> str:
    """Give the form in which names are compared: NFKC."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


# ---------------------------------------------------------------------- time


@attrs.frozen
class Duration:
    """A span of time as written; `unit` is minutes, hours, days or weeks."""

    count: int
    unit: str

    @property
    def microseconds(self) -> int:
        """The duration in microseconds."""
        return self.count * UNITS[self.unit]

    def __str__(self) -> str:
        return f"{self.count} {self.unit[:-1] if self.count == 1 else self.unit}"


def instant_of(moment: dt.datetime) -> int:
    """Count the microseconds from 1970-01-01T00:00Z to a timezone-aware datetime."""
    return (moment - _EPOCH) // _MICROSECOND


def moment_of(instant: int) -> dt.datetime:
    """Give an instant as a datetime in UTC."""
    return _EPOCH + dt.timedelta(microseconds=instant)


def text_of_instant(instant: int) -> str:
    """Write an instant in RFC 3339 with `Z`, and a fraction only where there is one."""
    text = moment_of(instant).replace(tzinfo=None).isoformat()
    return (text.rstrip("0") if "." in text else text) + "Z"


class Zone:
    """A timezone of the IANA database as packaged in `tzdata`, whatever the machine itself has."""

    def __init__(self, name: str) -> None:
        if name not in zone_names():
            raise ValueError(name)
        self.name = name
        source = resources.files("tzdata").joinpath("zoneinfo", *name.split("/"))
        with source.open("rb") as file:
            self._zone = zoneinfo.ZoneInfo.from_file(file, key=name)

    @property
    def tzinfo(self) -> dt.tzinfo:
        """The timezone as datetimes take it."""
        return self._zone

    def local(self, instant: int) -> dt.datetime:
        """Give the wall clock at an instant, without an offset."""
        return moment_of(instant).astimezone(self._zone).replace(tzinfo=None)

    def day(self, instant: int) -> dt.date:
        """Give the calendar day at an instant."""
        return self.local(instant).date()

    def instant(self, wall_clock: dt.datetime) -> int:
        """Give the instant of a wall clock: the earlier of two, as before the gap where there is none."""
        return instant_of(wall_clock.replace(tzinfo=self._zone, fold=0))

    def midnight(self, day: dt.date) -> int:
        """Give the instant at which a calendar day begins."""
        return self.instant(dt.datetime.combine(day, dt.time()))


@functools.cache
def zone_names() -> frozenset[str]:
    """Name every timezone of the packaged database."""
    return frozenset(resources.files("tzdata").joinpath("zones").read_text(encoding="utf-8").split())


@functools.cache
def zone(name: str) -> Zone:
    """Give a timezone by its IANA name. Raises ValueError for an unknown one."""
    return Zone(name)


Calendar = Literal["hour", "day", "week", "month"]


def bucket_of(instant: int, calendar: Calendar, where: Zone) -> int:
    """Number the calendar hour (by UTC), local day, week from Monday, or month that holds an instant."""
    if calendar == "hour":
        return instant // HOUR
    day = where.day(instant)
    if calendar == "day":
        return day.toordinal() - _EPOCH_DAY
    if calendar == "week":
        return (day.toordinal() - 1) // 7
    return day.year * 12 + day.month


# --------------------------------------------------------------------- decay


@attrs.frozen
class Decay:
    """How points fade with age. `kind` is half-life, fades or drops; `percent` only for drops.

    Ages count in whole days, or in whole hours where the duration was given in hours.
    """

    kind: Literal["half-life", "fades", "drops"]
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
        if self.kind == "half-life":
            return _halved(points, age, self.length, precision)
        if self.kind == "fades":
            share = 1 - Fraction(age, self.length)
        else:
            share = 1 - self.percent / 100 * (age // self.length)
        return rounded(points * max(Fraction(0), share), precision)

    def __str__(self) -> str:
        if self.kind == "half-life":
            return f"half-life {self.duration}"
        if self.kind == "fades":
            return f"fades over {self.duration}"
        return f"drops {text_of_number(self.percent)}% every {self.duration}"


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
    digits = 40 + len(str(scaled.numerator // scaled.denominator))
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
