"""What a lead's attributes and labels were at a moment, where it tells when they changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs

from leadrules.conversions import Reader, asked, shown, told
from leadrules.errors import LeadError, Mistake
from leadrules.foreign import Unreadable, natural
from leadrules.shape import CHANGE_PARTS, Mistakes, parts_of_change
from leadrules.values import plain_name

EXPECTED = "a list of objects with at, name and value"
ATTRIBUTES, STAGES = "attributes", "stages"


@attrs.frozen
class Change:
    """One change: since the instant `at`, the attribute or ladder `name` is `value`. The name is in plain form.

    `part` says that only the attribute (`attributes`) or the label (`stages`) of that name is meant.
    """

    at: int
    name: str
    value: Any
    part: str | None = None


def changes_of(given: Sequence[object], read_at: Reader, mistakes: Mistakes) -> tuple[Change, ...]:
    """Read the changes that a lead carries, oldest first; what is wrong with them is noted.

    Two changes of one name at one moment contradict each other, and are a mistake.
    """
    found: dict[tuple[int, str], Change] = {}
    for index, raw in enumerate(given):
        try:
            change = mistakes.unless(asked, _change, raw, index, read_at)
        except Unreadable as error:
            reason = f"changes (number {index + 1:,}): what was given {error}"
            mistakes.found.append(Mistake(error.code, reason, "changes", expected=EXPECTED))
            continue
        if change is None:
            continue
        other = found.setdefault((change.at, change.name), change)
        if not _equal(other.value, change.value):
            reason = f"changes (number {index + 1:,}): `{change.name}` has two values at one moment (keep one of them)"
            mistakes.found.append(Mistake("changed_twice", reason, "changes"))
    return tuple(sorted(found.values(), key=lambda change: (change.at, change.name)))


def _equal(one: object, other: object) -> bool:
    """Tell whether two values are one to every reader, which 1 and true are not; what cannot be compared is not."""
    try:
        return one is other or asked(_alike, one, other)
    except Unreadable:
        return False


def _alike(one: Any, other: Any) -> bool:
    one, other = natural(one), natural(other)
    if type(one) is not type(other):
        return False
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(_alike, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_alike(value, other[name]) for name, value in one.items())
    return bool(one == other)


def _change(raw: object, index: int, read_at: Reader) -> Change:
    """Read one change. Raises LeadError."""
    place = f"changes (number {index + 1:,})"
    part = parts_of_change(raw)
    if part is None:
        reason = f"{place}: {shown(raw)} is no change (give an object with at, name and value)"
        raise LeadError(reason, code="not_an_object", field="changes", value=told(raw), expected=EXPECTED)
    stray = [key for key in raw if key not in CHANGE_PARTS] if isinstance(raw, Mapping) else []
    if stray:
        reason = f"{place}: {shown(stray[0])} is no part of a change (its parts are at, name and value)"
        raise LeadError(reason, code="unknown_key", field="changes", value=told(stray[0]), expected=EXPECTED)
    name = natural(part("name"))
    if type(name) is not str or not name.strip():
        reason = f"{place} has no name (name the attribute or ladder that changed)"
        raise LeadError(reason, code="missing_part", field="changes.name", expected="text")
    try:
        at = None if part("at") is None else read_at(part("at"))
    except Unreadable as error:
        reason = f"{place}: `at`: {shown(part('at'))} {error}"
        raise LeadError(reason, code=error.code, field="changes.at", expected="datetime") from None
    if not isinstance(at, int):
        reason = f"{place} has no time (`at` is missing)"
        raise LeadError(reason, code="missing_time", field="changes.at", expected="datetime")
    return Change(at, plain_name(name.strip()), asked(part, "value"))


EARLIEST = -(2**63)
"""An instant before all changes."""


def as_of(given: Mapping[str, Any], changes: Iterable[Change], instant: int) -> Mapping[str, Any]:
    """Give names and values as they were at an instant: of a name that changed, the latest value not later.

    Where all changes of a name are later it is unknown; a name that never changed is as given.

    >>> as_of({"city": "Łódź", "size": 9}, [Change(5, "size", 7)], 4)
    {'city': 'Łódź', 'size': None}
    """
    latest: dict[str, Any] = {}
    for change in changes:
        if change.at <= instant or change.name not in latest:
            latest[change.name] = change.value if change.at <= instant else None
    return {**given, **latest} if latest else given
