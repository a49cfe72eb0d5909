"""Values of rules as results hand them out: plain data, the same from every engine."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from leadrules.families import Kind
from leadrules.values import Value, decimal_of, rounded, text_of_instant

OutputValue = Decimal | bool | str | tuple[str, ...] | None
"""A number, yes or no, a text, a list of text; dates and moments are text as in JSON. None is unknown."""

PLACES = 6
"""The decimals that a number has at most, as many as points can have."""
_TOO_LARGE = 10**30


def output_of(value: Value | None, kind: Kind) -> OutputValue:
    """Give a value of a kind as plain data.

    A number is rounded to six decimals, half to even; one of more than 30 digits before the point is unknown.
    """
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, tuple):
        return value
    if isinstance(value, dt.date):
        return value.isoformat()
    if kind == "datetime" and isinstance(value, int):
        return text_of_instant(value)
    number = rounded(Fraction(value), PLACES)
    return None if abs(number) >= _TOO_LARGE else decimal_of(number)


def plain_outputs(outputs: Mapping[str, OutputValue]) -> dict[str, object]:
    """Give outputs as JSON has them: lists are lists."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in outputs.items()}


def in_words(value: OutputValue) -> str:
    """Write an output for people."""
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(value)
    return f"{value:f}" if isinstance(value, Decimal) else value
