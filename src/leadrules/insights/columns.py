"""The values of a column as they come, so many of them as memory may hold; and how they are read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import attrs

from leadrules.conversions import Reader, reader_of_field, told
from leadrules.foreign import Unreadable
from leadrules.letters import folded
from leadrules.values import zone
from leadrules.vocabulary import MOST_CHARACTERS, TEXT, Field, Type

MOST_DISTINCT = 10_000
"""Distinct values that are remembered of a column; what the guess made of them cannot read is remembered beside."""
MOST_LETTERS = 1_000_000
"""Letters that are remembered of a column, in all its values together."""
MOST_STRANGE = 1_000
"""Distinct values that are remembered past that, of those that the guess cannot read."""


@attrs.frozen
class Other:
    """A value that is no text: what it is, and how it is shown."""

    kind: str
    shown: str


Value = str | Other
"""What is remembered of a value: a text without outer white space, or what else it was."""


@attrs.frozen
class Guess:
    """What a column is. `notes` say what could not be told from its values."""

    type: Type
    forms: tuple[str, ...] = ()
    split: tuple[str, ...] = ()
    lenient: bool = False
    unknown: tuple[str, ...] = ()
    true_words: tuple[str, ...] = ()
    false_words: tuple[str, ...] = ()
    pii: bool = False
    notes: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Tell whether nothing is known of its values."""
        return self.notes in (("always empty",), ("always unknown",))

    @property
    def field(self) -> Field:
        """The field that reads so."""
        return Field(
            "column",
            self.type,
            forms=self.forms,
            split=self.split,
            lenient=self.lenient,
            unknown=frozenset(map(folded, self.unknown)),
            true_words=frozenset(map(folded, self.true_words)),
            false_words=frozenset(map(folded, self.false_words)),
        )

    @property
    def reader(self) -> Reader:
        """What reads a value so, and raises Unreadable for what is not of the type."""
        return reader_of_field(self.field, zone("UTC"))


@attrs.define
class Column:
    """The values of a column: how often each is seen.

    Once there are too many to remember, `decide` guesses by those seen; what can be `decided` so is
    counted from then on in `read`, and other values are remembered, up to a number, and counted in `lost` past it.
    """

    name: str
    decide: Callable[[Column], Guess]
    seen: Counter[Value] = attrs.field(factory=Counter)
    raw: dict[Other, Any] = attrs.field(factory=dict)
    rows: int = 0
    empty: int = 0
    read: int = 0
    lost: int = 0
    letters: int = 0
    decided: Guess | None = None
    reader: Reader | None = None
    strange: int = 0

    def add(self, value: Any) -> None:
        """Take one value; empty ones count as rows only."""
        self.rows += 1
        if type(value) is str:
            key: Value = value.strip()
        elif value is None:
            key = ""
        else:
            key = _other(value)
        if not key:
            self.empty += 1
        elif key in self.seen:
            self.seen[key] += 1
        elif self.reader is None and len(self.seen) < MOST_DISTINCT and self.letters < MOST_LETTERS:
            self._remember(key, value)
        else:
            self._pass(key, value)

    def _remember(self, key: Value, value: Any) -> None:
        self.seen[key] += 1
        if isinstance(key, Other):
            self.raw[key] = value
        else:
            self.letters += len(key)

    def _pass(self, key: Value, value: Any) -> None:
        if self.reader is None:
            self.decided = self.decide(self)
            self.reader = self.decided.reader
        if reads(self.reader, value):
            self.read += 1
        elif self.strange < MOST_STRANGE and self.letters < 2 * MOST_LETTERS:
            self.strange += 1
            self._remember(key, value)
        else:
            self.lost += 1

    def merge(self, other: Column) -> None:
        """Take all that another column has taken."""
        for key, value in other.values():
            if key not in self.seen:
                self._remember(key, value)
                self.seen[key] -= 1
            self.seen[key] += other.seen[key]
        for count in ("rows", "empty", "read", "lost", "strange"):
            setattr(self, count, getattr(self, count) + getattr(other, count))
        if other.decided is not None:
            self.decided = other.decided if self.decided in (None, other.decided) else Guess(TEXT, lenient=True)

    @property
    def known(self) -> int:
        """Count the rows that are not empty."""
        return self.rows - self.empty

    @property
    def texts(self) -> Counter[str]:
        """How often each text is seen."""
        return Counter({key: count for key, count in self.seen.items() if type(key) is str})

    @property
    def kinds(self) -> set[str]:
        """What the values are that are no texts: `bool`, `whole`, `float`, `date`, `list`, `object` and so on."""
        return {key.kind for key in self.seen if type(key) is Other}

    def values(self) -> Iterator[tuple[Value, Any]]:
        """Give what is remembered, each with the value that it stands for."""
        for key in self.seen:
            yield key, self.raw[key] if isinstance(key, Other) else key


def reads(reader: Reader, value: Any) -> bool:
    """Tell whether a value can be read."""
    try:
        reader(value)
    except Unreadable:
        return False
    return True


_KINDS = {bool: "bool", int: "whole"}


def _other(value: Any) -> Other:
    """Name a value that is no text. Lists and objects are remembered by their kind, and a long list by its length."""
    if isinstance(value, str):
        return Other("text", str(value)[:MOST_CHARACTERS])
    if isinstance(value, Mapping):
        return Other("object", "an object")
    if isinstance(value, list | tuple):
        plain = all(member is None or type(member) is str for member in value)
        return Other("list", "a list" if plain else f"a list of {', '.join(sorted({told(m) for m in value}))[:200]}")
    return Other(_KINDS.get(type(value)) or type(value).__name__.lower(), told(value))
