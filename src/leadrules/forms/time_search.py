"""Find the forms in which texts write dates and times: the letters that stand behind `as`."""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Literal

import attrs

from leadrules.forms.times import MONTHS, moment_without_form, time_form

MOST_FORMS = 6
"""A column in more forms than this is none of times."""

_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_NUMERIC = r"(?P<a>[0-9]{1,4})(?P<sign>[./-])(?P<b>[0-9]{1,2})(?P=sign)(?P<c>[0-9]{4}|[0-9]{1,2})"
_NAMED = (
    rf"(?:(?P<day>[0-9]{{1,2}})(?P<s1>[. -]+)(?:{_MONTH})(?P<dot>\.?)(?P<s2>[ ,-]+)(?P<year>[0-9]{{4}}|[0-9]{{2}})"
    rf"|(?:{_MONTH})(?P<dot2>\.?)(?P<s3>[ -])(?P<day2>[0-9]{{1,2}})(?P<s4>,? )(?P<year2>[0-9]{{4}}))"
)
_CLOCK = (
    r"(?P<between>T|,? +|-)(?P<hour>[0-9]{1,2}):[0-9]{2}(?P<second>:[0-9]{2})?(?:(?P<point>[.,])[0-9]{1,9})?"
    r"(?P<half> ?[ap]\.?m\.?)?(?P<offset> ?(?:Z|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?))?"
)
_WRITTEN = re.compile(rf"(?:{_NUMERIC}|{_NAMED}|(?P<eight>[0-9]{{8}}))(?:{_CLOCK})?", re.IGNORECASE)
_SECONDS = range(946_684_800, 4_102_444_800)
"""Moments from 2000 to 2099: digits of no other time are taken for seconds since 1970."""
_DOUBTED = "fits as well: check which it is"

Order = Literal["D", "M"]


@attrs.frozen
class Times:
    """The forms that read times, the commoner first; none where no form is needed.

    `clock` says that some have a time of day. `doubt` is what cannot be told from the texts, `other` the form that
    reads them as other days.
    """

    forms: tuple[str, ...]
    clock: bool
    doubt: str | None = None
    other: str | None = None


def times_of(texts: Counter[str], *, counted: bool = False, mostly: bool = True) -> Times | None:
    """Find the forms of some texts, `mostly` dates or times; None where they are not.

    `counted` says that digits alone may be a count since 1970. Texts that are no times are passed over:
    who asks must see what the forms do not read. Where texts need not be `mostly` times, one is enough.
    """
    plain, clock = 0, False
    forms: Counter[tuple[str, ...]] = Counter()
    for text, count in texts.items():
        if _is_plain(text):
            plain += count
            clock |= len(text) > 10
        elif found := tuple(_forms_of(text, counted=counted)):
            forms[found] += count
    found_in = plain + sum(forms.values())
    if not found_in or (mostly and 2 * found_in < sum(texts.values())):
        return None
    chosen, other = _chosen(forms)
    if len(chosen) > MOST_FORMS:
        return None
    clock = clock or any(time_form(form).has_clock for form in chosen)
    return Times(chosen, clock, other and f"{other} {_DOUBTED}", other)


def _is_plain(text: str) -> bool:
    try:
        return moment_without_form(text) is not None
    except ValueError:
        return False


def _forms_of(text: str, *, counted: bool) -> Iterator[str]:
    """Give the forms that read a text: two where day and month could be either way round."""
    if counted and re.fullmatch(r"[0-9]{9,10}(\.[0-9]{1,9})?", text) and int(text.partition(".")[0]) in _SECONDS:
        yield "epoch"
        return
    if counted and re.fullmatch("[0-9]{12,13}", text) and int(text) // 1000 in _SECONDS:
        yield "epoch ms"
        return
    written = _WRITTEN.fullmatch(text)
    for form in _written_forms(written.groupdict()) if written else ():
        with contextlib.suppress(ValueError):  # a day that does not exist, or a form that cannot be
            if time_form(form).read(text) is not None:
                yield form


def _written_forms(part: Mapping[str, str | None]) -> Iterator[str]:
    clock = _clock(part)
    for day in _days(part):
        yield day + clock


def _days(part: Mapping[str, str | None]) -> Iterator[str]:
    if part["eight"]:
        if "1900" <= part["eight"] < "2100":
            yield "YYYYMMDD"
    elif part["sign"]:
        sign, first, last = part["sign"], part["a"] or "", part["c"] or ""
        if len(first) == 4:
            yield f"YYYY{sign}M{sign}D"
        else:
            year = "YYYY" if len(last) == 4 else "YY"
            yield f"D{sign}M{sign}{year}"
            if sign != ".":
                yield f"M{sign}D{sign}{year}"
    elif part["day"]:
        year = "YYYY" if len(part["year"] or "") == 4 else "YY"
        yield f"D{part['s1']}MMM{part['s2']}{year}"  # the point behind a short name is read with it
    else:
        yield f"MMM{part['s3']}D{part['s4']}YYYY"


def _clock(part: Mapping[str, str | None]) -> str:
    if not part["hour"]:
        return ""
    between = "'T'" if part["between"] in ("T", "t") else part["between"] or ""
    half, offset = part["half"] or "", part["offset"] or ""
    return (
        f"{between}h:m{':s' if part['second'] else ''}{part['point'] + 'SSS' if part['point'] else ''}"
        f"{' ' if half.startswith(' ') else ''}{'AM' if half else ''}"
        f"{' ' if offset.startswith(' ') else ''}{'Z' if offset else ''}"
    )


def _order(form: str) -> tuple[str, Order] | None:
    """Tell which of day and month comes first, and the sign between them; None where it cannot be doubted."""
    found = re.match("(?:D([/-])M|M([/-])D)([/-]Y)", form)
    if not found:
        return None
    return found[1] or found[2], "D" if found[1] else "M"


def _chosen(found: Counter[tuple[str, ...]]) -> tuple[tuple[str, ...], str | None]:
    """Choose a form for each text, and one order of day and month for each sign between them; give one of another."""
    orders: dict[str, Counter[Order]] = {}
    for forms, count in found.items():
        for sign, order in filter(None, map(_order, forms)):
            orders.setdefault(sign, Counter())[order] += count
    best: dict[str, Order] = {sign: "M" if by["M"] > by["D"] else "D" for sign, by in orders.items()}
    kept: Counter[str] = Counter()
    others: dict[str, None] = {}
    for forms, count in found.items():
        for form in forms:
            placed = _order(form)
            if placed is None or placed[1] == best[placed[0]]:
                kept[form] += count
            elif orders[placed[0]]["M"] == orders[placed[0]]["D"]:
                others[form] = None
    return tuple(sorted(kept, key=lambda form: (-kept[form], form))), next(iter(others), None)


def contradict(one: str, other: str) -> bool:
    """Tell whether two forms of times read a text as two days: they differ in which of day and month comes first.

    >>> contradict("DD/MM/YYYY", "M/D/YYYY h:m"), contradict("D.M.YYYY", "M/D/YYYY")
    (True, False)
    """
    first, second = _numeric_day(one), _numeric_day(other)
    return first != second and first.translate(_EXCHANGED) == second


_EXCHANGED = str.maketrans("DM", "MD")


def _numeric_day(form: str) -> str:
    """Give the day of a form, with a letter for each part: `D/M/Y`."""
    found = re.match("[YMD./ -]*", form)
    return re.sub(r"([YMD])\1*", r"\1", found[0] if found else "").strip()
