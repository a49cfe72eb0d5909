"""What a column of values is: its type, its closed list, its words for unknown, the form of its dates.

Every guess is one that holds for all the values seen: a field declared so reads the whole column.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from leadrules.conversions import reader_of_field
from leadrules.foreign import Unreadable
from leadrules.forms.times import time_form
from leadrules.tables.cures import BOOL_WORDS, UNKNOWN_WORDS
from leadrules.values import folded, number_of, zone
from leadrules.vocabulary import DATE, DATETIME, NUMBER, TEXT, TEXTS, Field, Type

MOST_DISTINCT = 10_000
"""Distinct values that are remembered of a column; past them it is open text."""
MOST_CHOICES = 20
"""A text column with more distinct values than this is no closed list."""

_USUAL_BOOLS = frozenset({"true", "false", "yes", "no", "1", "0"})
_PATTERNS = (
    "YYYYMMDD", "D.M.YYYY", "D/M/YYYY", "M/D/YYYY", "D-M-YYYY", "YYYY/M/D", "YYYY.M.D", "D.M.YY", "D/M/YY", "M/D/YY",
)  # fmt: skip
_TIMES = (" h:m", " h:m:s")
_PII = re.compile(
    r"e-?mail|phone|mobile|telefon|tel\b|first.?name|last.?name|full.?name|surname|imi[eę]|nazwisko|address|adres"
    r"|birth|ssn|pesel|passport",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_SOME_ZONE = "UTC"


@attrs.define
class Column:
    """The values of a column as they come: how often each is seen, and whether some are lists."""

    name: str
    seen: Counter[str] = attrs.field(factory=Counter)
    kinds: set[str] = attrs.field(factory=set)
    rows: int = 0
    overflowed: bool = False

    def add(self, value: Any) -> None:
        """Take one value; empty ones count as rows only."""
        self.rows += 1
        if value is None or value in ("", []):
            return
        if isinstance(value, Mapping):
            self.kinds.add("object")
            return
        if isinstance(value, list | tuple):
            self.kinds.add("list")
            return
        self.kinds.add("bool" if isinstance(value, bool) else "text" if isinstance(value, str) else "plain")
        text = str(value).strip()
        if text and (text in self.seen or len(self.seen) < MOST_DISTINCT):
            self.seen[text] += 1
        elif text:
            self.overflowed = True


@attrs.frozen
class Guess:
    """What a column is. `note` says what could not be told from its values."""

    type: Type
    pattern: str | None = None
    unknown: tuple[str, ...] = ()
    true_word: str | None = None
    false_word: str | None = None
    pii: bool = False
    note: str | None = None


def guess(column: Column) -> Guess:
    """Say what a column is, by all the values seen."""
    pii = bool(_PII.search(column.name)) or _looks_like_emails(column)
    if "object" in column.kinds:
        return Guess(TEXT, note="holds objects, which rules cannot read")
    if "list" in column.kinds:
        return Guess(TEXTS, pii=pii)
    unknown = tuple(sorted((word for word in column.seen if folded(word) in UNKNOWN_WORDS), key=folded))
    known = [text for text in column.seen if folded(text) not in UNKNOWN_WORDS]
    if not known:
        return Guess(TEXT, unknown=unknown, pii=pii, note="always empty" if not unknown else "always unknown")
    found = _typed(column, known)
    unknown = _each_once(unknown) if found.type.kind != "bool" or found.true_word is None else ()
    return attrs.evolve(found, unknown=unknown, pii=pii and found.type.kind != "bool")


def _each_once(words: Sequence[str]) -> tuple[str, ...]:
    return tuple({folded(word): word for word in reversed(words)}.values())[::-1]


def _typed(column: Column, known: list[str]) -> Guess:
    words = {folded(text) for text in known}
    if column.kinds == {"bool"} or words <= _USUAL_BOOLS:
        return Guess(Type("bool"))
    for true, false in BOOL_WORDS:
        if words == {true, false}:
            return Guess(Type("bool"), true_word=true, false_word=false)
    dated = _dated(known)
    if dated is not None:
        return dated
    if all(_is_number(text) for text in known):
        return Guess(NUMBER)
    if "plain" in column.kinds and column.kinds != {"plain"}:
        return Guess(TEXT, note="holds numbers and texts")
    return Guess(_text_type(column, known))


def _is_number(text: str) -> bool:
    """Tell a number from a code such as 00123 or a phone number."""
    if re.match(r"[+-]?0[0-9]", text) or text.startswith("+"):
        return False
    try:
        number_of(text)
    except ValueError:
        return False
    return len(text.lstrip("+-").partition(".")[0]) <= 15


def _dated(known: list[str]) -> Guess | None:
    if all(re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) for text in known) and _reads(DATE, None, known):
        return Guess(DATE)
    if _reads(DATETIME, None, known):
        return Guess(DATETIME)
    fitting = [pattern for pattern in _PATTERNS if _fits(pattern, known) and _reads(DATE, pattern, known)]
    if fitting:
        return Guess(DATE, pattern=fitting[0], note=_ambiguous(fitting))
    timed = [f"{day}{time}" for day in ("YYYY-M-D", *_PATTERNS) for time in _TIMES]
    fitting = [pattern for pattern in timed if _fits(pattern, known) and _reads(DATETIME, pattern, known)]
    return Guess(DATETIME, pattern=fitting[0], note=_ambiguous(fitting)) if fitting else None


def _ambiguous(patterns: list[str]) -> str | None:
    return f"{patterns[1]} fits as well: check which it is" if len(patterns) > 1 else None


def _fits(pattern: str, known: list[str]) -> bool:
    """Tell whether the values have the form of a pattern; eight digits are a date only near our time."""
    form = time_form(pattern).pattern
    if form is None or not all(form.fullmatch(text) for text in known):
        return False
    return pattern != "YYYYMMDD" or all("1900" <= text[:4] <= "2099" for text in known)


def _reads(type_: Type, pattern: str | None, known: list[str]) -> bool:
    read = reader_of_field(Field("column", type_, forms=() if pattern is None else (pattern,)), zone(_SOME_ZONE))
    try:
        return all(read(text) is not None for text in known)
    except Unreadable:
        return False


def _text_type(column: Column, known: list[str]) -> Type:
    """Give a closed list where few short texts come often; else open text."""
    first: dict[str, str] = {}
    for text in known:
        first.setdefault(folded(text), text)
    closed = 2 <= len(first) <= MOST_CHOICES and not column.overflowed and max(map(len, known)) <= 60
    often = sum(column.seen[text] for text in known) >= 5 * len(first)
    return Type("text", choices=tuple(sorted(first.values(), key=folded))) if closed and often else TEXT


def _looks_like_emails(column: Column) -> bool:
    return bool(column.seen) and all(_EMAIL.fullmatch(text) for text in column.seen)
