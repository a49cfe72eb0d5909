"""Ids that are not what they seem: what a spreadsheet has cut, what nobody sees, what stands for nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

import attrs

from leadrules.conversions import shown
from leadrules.tables.cures import means_unknown

_CUT = re.compile(r"[0-9](?:[.,][0-9]+)?E\+[0-9]{1,3}")
_KEPT = re.compile(r"'.+|=\".*\"", re.DOTALL)
_KINDS = {
    "cut": "a spreadsheet has cut such numbers, and digits are lost; export the column as text",
    "unseen": "it holds what cannot be seen, and is another id than without it",
    "kept": "what a spreadsheet writes to keep digits as they are belongs to the id here",
    "nothing": "such words mostly stand for no id, and here they are one",
}


@attrs.define
class OddIds:
    """Gathers odd ids of a file: of each kind how many, and the first with its row."""

    found: dict[str, tuple[int, str, int]] = attrs.field(factory=dict)

    def add(self, name: str, row: int) -> None:
        """Take the id of a row."""
        if name.isdecimal() or (kind := kind_of(name)) is None:
            return
        count, first, place = self.found.get(kind, (0, name, row))
        self.found[kind] = count + 1, first, place

    def sentences(self) -> Iterator[str]:
        """Say it to a person; each goes on after the name of the file."""
        for kind, (count, first, row) in self.found.items():
            shown_ = _seen(first)
            ids = f"the id {shown_} in row {row:,}" if count == 1 else f"{count:,} ids such as {shown_} (row {row:,})"
            yield f"has {ids}: {_KINDS[kind]}"


def kind_of(name: str) -> str | None:
    """Tell in what an id is odd; None for one that is not.

    >>> kind_of("1.23457E+12"), kind_of("n/a"), kind_of("A-17") is None
    ('cut', 'nothing', True)
    """
    if _CUT.fullmatch(name):
        return "cut"
    if not name.isascii() and any(map(_is_unseen, name)):
        return "unseen"
    if _KEPT.fullmatch(name):
        return "kept"
    return "nothing" if means_unknown(name) else None


def _is_unseen(character: str) -> bool:
    return unicodedata.category(character) == "Cf"


def _seen(name: str) -> str:
    """Show an id, and what cannot be seen in it by its number."""
    return shown("".join(f"<U+{ord(c):04X}>" if _is_unseen(c) else c for c in name))


def close_ids(wanted: Iterable[str], there: Iterable[str]) -> Mapping[str, str]:
    """Give to ids that are not there those that may be meant: `1001.0` for `1001`, `A1` for `a1`, `00123` for `123`."""
    forms = {plainest(name): name for name in wanted}
    return {forms[form]: name for name in there if (form := plainest(name)) in forms} if forms else {}


def plainest(name: str) -> str:
    """Give the form in which ids are compared that programs have written otherwise.

    >>> plainest("00123"), plainest("123.0"), plainest("'A1 ")
    ('123', '123', 'a1')
    """
    text = "".join(c for c in name.casefold() if not _is_unseen(c)).strip(" '=\"\N{NO-BREAK SPACE}")
    whole = re.sub(r"(?<=[0-9])[.,]0+$", "", text)
    return whole.lstrip("0") or whole
