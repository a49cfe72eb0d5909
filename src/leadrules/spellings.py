"""The names in a lead, in the form in which rules compare names: `m²` is `m2`, and a no-break space is a space.

Most names are in that form already, so those met are remembered: a lead that has no other is taken as it is.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import attrs

from leadrules.values import plain_name

_MOST_REMEMBERED = 10_000
_LONGEST_REMEMBERED = 200
_MOST_SHOWN = 60

_PLAIN: set[str] = set()
are_plain = _PLAIN.issuperset
"""Tells that all names of a mapping have been met, and are in the form of comparison. False says nothing."""


@attrs.frozen
class Twice:
    """What stands in place of a value where several names of a mapping are one name to rules: `names`, sorted."""

    names: tuple[str, ...]

    def __str__(self) -> str:
        *others, last = (f"`{_in_letters(name)}`" for name in self.names)
        return f"{', '.join(others)} and {last} are one name (keep one of them)"


def plainly(given: Mapping[Any, Any]) -> Mapping[Any, Any]:
    """Give values by the form of comparison of their names; a mapping that has no other name as it is.

    What is no text is no name, and is left out. Where several names have one form, a `Twice` stands for their values.

    >>> plainly({"m²": 9})
    {'m2': 9}
    """
    if are_plain(given):
        return given
    forms = {name: _form_of(name) for name in given if isinstance(name, str)}
    if all(type(name) is str and name == form for name, form in forms.items()):
        _remember(forms)
        return given
    spelled: dict[str, list[str]] = {}
    for name, form in forms.items():
        spelled.setdefault(form, []).append(name)
    return {
        form: given[names[0]] if len(names) == 1 else Twice(tuple(sorted(map(str.__str__, names))))
        for form, names in spelled.items()
    }


def _in_letters(name: str) -> str:
    """Write a name so that another spelling looks otherwise: what cannot be seen for itself as a string has it."""
    seen = (c.isprintable() and not unicodedata.combining(c) for c in name)
    shown = (c if is_seen else f"\\u{{{ord(c):x}}}" for c, is_seen in zip(name[:_MOST_SHOWN], seen, strict=False))
    return "".join(shown) + ("…" if len(name) > _MOST_SHOWN else "")


def _form_of(name: str) -> str:
    if name.isascii():
        return str.__str__(name)
    return plain_name(name) if len(name) > _LONGEST_REMEMBERED else _remembered_form(str.__str__(name))


@lru_cache(maxsize=_MOST_REMEMBERED)
def _remembered_form(name: str) -> str:
    return plain_name(name)


def _remember(names: Mapping[str, Any]) -> None:
    """Remember names that are in the form of comparison. Bounded: when there are too many it starts anew."""
    if len(_PLAIN) + len(names) > _MOST_REMEMBERED:
        _PLAIN.clear()
    if len(names) <= _MOST_REMEMBERED:
        _PLAIN.update(name for name in names if len(name) <= _LONGEST_REMEMBERED)
