"""The moment of scoring, as it is given: a datetime with a timezone, or text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container
from typing import TypeGuard

from leadrules.conversions import YEARS, YEARS_ADVICE, asked, plain_moment, reader_of, shown, told
from leadrules.errors import AsOfError
from leadrules.foreign import Unreadable
from leadrules.values import Zone, instant_of
from leadrules.vocabulary import DATETIME


def is_plain_moment(raw: object, years: Container[int] = YEARS) -> TypeGuard[dt.datetime]:
    """Tell whether a moment is as `moment_of` gives it."""
    return type(raw) is dt.datetime and raw.tzinfo is dt.UTC and raw.year in years


def read_as_of(value: dt.datetime, called: str = "as_of") -> int:
    """Give the instant of a timezone-aware datetime. Raises AsOfError for anything else, which is `called` so.

    >>> read_as_of(dt.datetime(1970, 1, 2, tzinfo=dt.UTC))
    86400000000
    """
    if is_plain_moment(value):
        return instant_of(value)
    example = "e.g. datetime(2026, 11, 21, tzinfo=UTC)"
    if not issubclass(type(value), dt.datetime):
        raise _bad_as_of(f"{called}: {shown(value)} is not a datetime, {example}", value, called)
    try:
        moment = asked(plain_moment, value)
        offset = asked(moment.utcoffset)
    except Unreadable:
        raise _bad_as_of(f"{called}: this is not a time, {example}", value, called) from None
    if offset is None:
        raise _bad_as_of(f"{called} needs a timezone, {example}", value, called)
    if moment.year not in YEARS:
        raise _bad_as_of(f"{called}: {shown(moment)} is out of range ({YEARS_ADVICE})", value, called)
    return instant_of(moment)


def _bad_as_of(reason: str, value: object, called: str) -> AsOfError:
    expected = "a datetime with a timezone"
    return AsOfError(reason, code="bad_as_of", field=called, value=told(value), expected=expected)


def parse_as_of(text: str, zone: Zone, called: str = "as_of") -> int:
    """Read the instant of scoring from text: RFC 3339, or a date for its midnight in `zone`.

    A time without offset is read in `zone` too. Raises AsOfError, which says what the moment is `called`.
    """
    try:
        instant = reader_of(DATETIME, zone)(text)
    except Unreadable as error:
        problem = str(error)
    else:
        if isinstance(instant, int):
            return instant
        problem = "is not a datetime (write 2026-11-21 or 2026-11-21T10:00:00Z)"
    reason = f"{called}: {shown(text)} {problem}"
    raise AsOfError(reason, code="bad_as_of", field="as_of", value=told(text), expected="datetime")
