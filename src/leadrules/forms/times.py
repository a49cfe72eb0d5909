"""The forms of dates and times: `D.M.YYYY h:m`, `M/D/YYYY h:m AM`, `epoch ms`, and what is read without one."""

from __future__ import annotations

import datetime as dt
import re
from fractions import Fraction

import attrs

from leadrules.letters import folded
from leadrules.values import DAY, instant_of

LETTERS = "YYYY YY MMMM MMM MM M DD D hh h mm m ss s SSS AM Z"
"""What stands for a part of a date or time in a form."""

EPOCHS = {"epoch": 1_000_000, "epoch ms": 1_000}
"""The forms that count from 1970-01-01T00:00Z, and how many microseconds each unit has."""

_TOKEN = re.compile("YYYY|YY|DD?|MMMM?|MM?|hh?|mm?|SSS|ss?|AM|Z|'([^']*)'")
_PARTS = {"Y": "year", "M": "month", "D": "day", "h": "hour", "m": "minute", "s": "second"}
_OTHERS = {"SSS": "fraction", "AM": "half of the day", "Z": "offset"}
_NEEDS = {"minute": "hour", "second": "minute", "fraction": "second", "half of the day": "hour", "offset": "hour"}
_FRACTION = "([0-9]{1,9})"
_HALF = r"([ap]\.?m\.?)"
_OFFSET = r"(Z|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?)"
_EPOCH = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,9})?")

_ENGLISH = "january february march april may june july august september october november december"
_POLISH = "styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik listopad grudzień"
_OF_POLISH = "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia"


def _month_names() -> dict[str, int]:
    """Number the months' names, whole and short, folded, with and without Polish letters."""
    found = {"sept": 9}
    for names in (_ENGLISH, _POLISH, _OF_POLISH):
        for number, name in enumerate(names.split(), start=1):
            for form in (name, name[:3]):
                found[form] = found[form.translate(_PLAIN)] = number
    return found


_PLAIN = str.maketrans("ńśź", "nsz")
MONTHS = _month_names()
"""The number of each month by its name in English or Polish, whole or short, folded."""

_MONTH = "(" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\.?"

_WITHOUT_FORM = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[Tt ]([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]+))?)?"
    r"( ?UTC|[Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)?)?"
)


@attrs.frozen
class TimeForm:
    """The form of a date or time. `parts` names the groups of `pattern`, in order.

    A form that counts from 1970 has a `unit` in microseconds, and no pattern.
    """

    text: str
    pattern: re.Pattern[str] | None
    parts: tuple[str, ...] = ()
    unit: int = 0

    @property
    def has_clock(self) -> bool:
        """Tell whether it says a time of day."""
        return self.pattern is None or "hour" in self.parts

    def read(self, text: str) -> dt.date | dt.datetime | None:
        """Read a text; None where it has another form. Raises ValueError for a moment that does not exist.

        >>> time_form("D.M.YYYY h:m").read("21.11.2026 9:05")
        datetime.datetime(2026, 11, 21, 9, 5)
        >>> time_form("epoch").read("0")
        datetime.datetime(1970, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
        """
        if self.pattern is None:
            return self.counted(Fraction(text)) if _EPOCH.fullmatch(text) else None
        found = self.pattern.fullmatch(text)
        if not found:
            return None
        given = dict(zip(self.parts, found.groups(), strict=True))
        year = int(given["year"])
        if len(given["year"]) == 2:
            year += 1900 if year >= 69 else 2000
        name = folded(given["month"])
        month = int(name) if name.isdecimal() else MONTHS.get(name)
        if month is None:  # letters that match without regard to case, and fold to others: `aprİl`
            return None
        day = (year, month, int(given["day"]))
        if "hour" not in given:
            return dt.date(*day)
        clock = (_hour(given), int(given.get("minute", 0)), int(given.get("second", 0)))
        return _moment(dt.date(*day), clock, given.get("fraction"), given.get("offset"))

    def counted(self, units: Fraction) -> dt.datetime:
        """Give the moment so many units after 1970-01-01T00:00Z; beyond the microsecond it is cut."""
        try:
            return _FIRST + dt.timedelta(microseconds=units * self.unit // 1)
        except OverflowError:
            raise ValueError(units) from None


_FIRST = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def _hour(given: dict[str, str]) -> int:
    hour = int(given["hour"])
    if "half of the day" not in given:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError(hour)
    return hour % 12 + (12 if given["half of the day"][0] in "pP" else 0)


def time_form(text: str) -> TimeForm:
    """Prepare a form. Raises ValueError, with a sentence for people, for one that no date could be read by.

    `D M h m s` stand for one or two digits, `DD MM hh mm ss YY` for two, `YYYY` for four, `MMM` and
    `MMMM` for a month's name in English or Polish, `SSS` for a fraction, `AM` for either half of the
    day, `Z` for an offset or UTC; what stands in `'…'`, and what is no letter, for itself. `YY` is 1969
    to 2068.
    """
    if text in EPOCHS:
        return TimeForm(text, None, unit=EPOCHS[text])
    pattern, parts, at, open_ended = "", [], 0, False
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            _check_letter(text[at])
            pattern += r"\s+" if text[at].isspace() else re.escape(text[at])
            open_ended = False
            at += 1
            continue
        at = token.end()
        if token[1] is not None:
            pattern += re.escape(token[1])
            open_ended = False
            continue
        group, is_open = _group(token[0])
        if open_ended and group.startswith("([0-9]"):
            raise ValueError(f"`{token[0]}` follows a part of one or two digits: put a separator between them")
        parts.append(_OTHERS.get(token[0]) or _PARTS[token[0][0]])
        pattern += group
        open_ended = is_open
    _check_parts(parts)
    return TimeForm(text, re.compile(pattern, re.IGNORECASE), tuple(parts))


def _group(token: str) -> tuple[str, bool]:
    """Give the pattern of a part, and whether it may have one digit or more."""
    if token in _OTHERS:
        return {"SSS": (_FRACTION, True), "AM": (_HALF, False), "Z": (_OFFSET, False)}[token]
    if token in ("MMM", "MMMM"):
        return _MONTH, False
    return (f"([0-9]{{{len(token)}}})", False) if len(token) > 1 else ("([0-9]{1,2})", True)


def _check_letter(sign: str) -> None:
    if sign.isalpha():
        raise ValueError(f"`{sign}` is no part of a form: write it in '…' if it stands in the data")
    if sign == "'":
        raise ValueError("a `'` is not closed")


def _check_parts(parts: list[str]) -> None:
    twice = next((part for part in parts if parts.count(part) > 1), None)
    if twice:
        raise ValueError(f"the {twice} stands twice")
    missing = next((part for part in ("day", "month", "year") if part not in parts), None)
    if missing:
        raise ValueError(f"the {missing} is missing: write D, M and YYYY, such as D.M.YYYY")
    for part, needed in _NEEDS.items():
        if part in parts and needed not in parts:
            raise ValueError(f"the {part} stands without the {needed}")


def moment_without_form(text: str) -> dt.date | dt.datetime | None:
    """Read a date or time as files write it most: RFC 3339 and its kin; None where the text has another form.

    A space may stand for `T`; the hour may have one digit, and the seconds and the offset may be
    missing; the offset may be `Z`, ` UTC`, `+01:00`, `+0100` or `+01`. Digits beyond the microsecond
    are cut. The leap second 23:59:60 UTC is the midnight after it. Raises ValueError for a moment
    that does not exist.
    """
    found = _WITHOUT_FORM.fullmatch(text)
    if not found:
        return None
    day, hour, minute, second, fraction, offset = found.groups()
    if hour is None:
        return dt.date.fromisoformat(day)
    return _moment(dt.date.fromisoformat(day), (int(hour), int(minute), int(second or 0)), fraction, offset)


def _moment(day: dt.date, clock: tuple[int, int, int], fraction: str | None, offset: str | None) -> dt.datetime:
    hour, minute, second = clock
    leap = second == 60
    micro = 0 if leap else int(f"{(fraction or '')[:6]:0<6}")
    moment = dt.datetime(day.year, day.month, day.day, hour, minute, 59 if leap else second, micro, _zone(offset))
    if not leap:
        return moment
    try:
        after = moment + dt.timedelta(seconds=1)
    except OverflowError:
        raise ValueError(clock) from None
    if after.tzinfo is None or instant_of(after) % DAY:
        raise ValueError(clock)
    return after


def _zone(offset: str | None) -> dt.timezone | None:
    """Give the time zone that an offset says."""
    if offset is None:
        return None
    if offset[0] not in "+-":
        return dt.UTC
    hours, minutes = int(offset[1:3]), int(offset[3:].lstrip(":") or 0)
    if hours > 23 or minutes > 59:
        raise ValueError(offset)
    span = dt.timedelta(hours=hours, minutes=minutes)
    return dt.timezone(-span if offset[0] == "-" else span) if span else dt.UTC
