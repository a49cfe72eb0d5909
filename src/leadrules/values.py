"""Values and their exact arithmetic: numbers, text, time, rounding.

A number is a :class:`~fractions.Fraction`, an instant a whole count of microseconds since
1970-01-01T00:00Z, a text its NFC form, and unknown is None. Nothing here knows a lead, a rule or a
clock; no binary float takes part.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
import sys
import zoneinfo
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from importlib import resources
from typing import Any

import attrs

from leadrules.characters import normalised

Value = Fraction | str | bool | dt.date | int | tuple[str, ...]
"""A known value: number, text or label, bool, date, instant (int) or list of text."""

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEK = 7 * DAY
UNITS = {"seconds": SECOND, "minutes": MINUTE, "hours": HOUR, "days": DAY, "weeks": WEEK}
"""Microseconds of each unit of a duration."""

MOST_DIGITS = 1_000
"""Arithmetic whose result needs more digits than this is unknown."""

LARGEST = 1_000_000
"""Points and bounds go up to this size. Calculated points over it, before decay, count as 0."""

_TOO_LARGE = 10**MOST_DIGITS
_NUMBERS = frozenset({int, Fraction})
_PRIME = sys.hash_info.modulus
_FEW = 1_000
_NUMBER = re.compile(r"([+-]?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?", re.ASCII)
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
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


def key_of(value: Any) -> Any:
    """Give what stands for a value in a dict or set: the value itself, but for very large numbers their text.

    Numbers hash by their remainder of a prime, so data could hold very many that share one hash, which a
    dict would compare one by one; the hashes of texts nobody can foresee.
    """
    if type(value) in _NUMBERS and not -_PRIME < value.numerator < _PRIME:
        return str(value)
    return value


def keys_of(values: Sequence[Any]) -> Sequence[Any]:
    """Give what stands for each of some values of one type; a few are left as they are."""
    if len(values) <= _FEW:
        return values
    kind = type(next((v for v in values if v is not None), None))
    if kind not in _NUMBERS:
        return values
    if kind is int and None not in values and min(values) > -_PRIME and max(values) < _PRIME:
        return values  # as nearly always, and soon found
    return [*map(key_of, values)]


def text_of_number(value: Fraction) -> str:
    """Write a number for people and audits: exactly where its decimals end soon, else as `1/3`."""
    try:
        return format(decimal_of(value), "f")
    except ValueError:
        return f"{value.numerator}/{value.denominator}"


def signed(value: Fraction) -> str:
    """Write a number with its sign: `+40`, `-2.5`."""
    return ("+" if value >= 0 else "") + text_of_number(value)


# ---------------------------------------------------------------------- text


def plain_name(text: str) -> str:
    """Give the form in which names are compared: NFKC."""
    return normalised(text, "NFKC")


# ---------------------------------------------------------------------- time


@attrs.frozen
class Duration:
    """A span of time as written; `unit` is seconds, minutes, hours, days or weeks."""

    count: int
    unit: str

    @classmethod
    def of(cls, microseconds: int) -> Duration:
        """Give whole seconds in the largest unit up to days of which they are a whole number."""
        unit = next(unit for unit in ("days", "hours", "minutes", "seconds") if microseconds % UNITS[unit] == 0)
        return cls(microseconds // UNITS[unit], unit)

    @property
    def microseconds(self) -> int:
        """The duration in microseconds."""
        return self.count * UNITS[self.unit]

    def __str__(self) -> str:
        return f"{self.count} {self.unit[:-1] if self.count == 1 else self.unit}"


def text_of_span(microseconds: int) -> str:
    """Write a span of time in the largest unit up to days that is whole, below a second as a part of one.

    >>> text_of_span(36 * HOUR), text_of_span(30 * SECOND), text_of_span(SECOND // 2)
    ('36 hours', '30 seconds', '0.5 seconds')
    """
    if microseconds % SECOND:
        return f"{text_of_number(Fraction(microseconds, SECOND))} seconds"
    return str(Duration.of(microseconds))


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
        self._zone: dt.tzinfo = dt.UTC  # the same clock as the packaged one, and the fastest
        if name != "UTC":
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
