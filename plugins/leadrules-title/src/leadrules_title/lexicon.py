"""Patterns of words, and finding the longest of them in a title.

An entry is written as in the data files: words with a space between them, `*` in a word for any
letters (two at least), `?` for one whole word.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Generic, TypeVar

import attrs

from leadrules_title.words import SEPARATORS, fold

Meaning = TypeVar("Meaning")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "ae", "Ö": "oe", "Ü": "ue"})


@attrs.frozen
class Entry(Generic[Meaning]):
    """What a row of words means."""

    pattern: tuple[str, ...]
    meaning: Meaning
    tests: tuple[Callable[[str], bool], ...] = attrs.field(eq=False, repr=False)

    @property
    def weight(self) -> tuple[int, bool, int]:
        """Say how much it takes: words first, then a word's beginning before its end, then letters written out.

        A word's beginning says what it is about: a "Vertriebsingenieur" is about "Vertrieb".
        """
        letters = sum(len(word.strip("*?")) for word in self.pattern)
        return len(self.pattern), not self.pattern[0].startswith("*"), letters

    def fits(self, words: Sequence[str], place: int) -> bool:
        """Tell whether it stands at a place among words."""
        found = words[place : place + len(self.pattern)]
        return len(found) == len(self.pattern) and all(test(word) for test, word in zip(self.tests, found, strict=True))


@attrs.frozen
class Found(Generic[Meaning]):
    """An entry where it stands in a title: its first word, and the one after its last."""

    start: int
    end: int
    meaning: Meaning


class Lexicon(Generic[Meaning]):
    """Entries, quick to find by their first word; of those that fit at a place, the longest counts."""

    def __init__(
        self,
        rows: Iterable[tuple[str, Meaning]],
        *,
        apart: Iterable[str] = (),
        abbreviations: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """Take entries with their meanings.

        `apart` are words that `?` does not stand for; `abbreviations` are other spellings of words, by the
        word: each entry is known with them, too.
        """
        self._apart = SEPARATORS | {fold(word) for word in apart}
        self._by_first: dict[str, list[Entry[Meaning]]] = {}
        self._open: list[Entry[Meaning]] = []
        self._open_for = functools.lru_cache(maxsize=10_000)(self._find_open)  # words come again, in other titles
        for text, meaning in rows:
            for pattern in _spellings(text, abbreviations or {}):
                self._add(pattern, meaning)
        patterns = (entry.pattern for entries in (*self._by_first.values(), self._open) for entry in entries)
        self.words = frozenset(word for pattern in patterns for word in pattern if not _is_open(word))

    def _add(self, pattern: tuple[str, ...], meaning: Meaning) -> None:
        entry = Entry(pattern, meaning, tuple(self._test(word) for word in pattern))
        first = pattern[0]
        (self._open if _is_open(first) else self._by_first.setdefault(first, [])).append(entry)

    def _test(self, word: str) -> Callable[[str], bool]:
        if word == "?":
            return lambda other: other not in self._apart
        if "*" not in word:
            return functools.partial(str.__eq__, word)
        letters = ".{2,}" if word.startswith("*") else ".*"
        pattern = re.compile(re.escape(word).replace(r"\*", letters, 1).replace(r"\*", ".*"))
        return lambda other: pattern.fullmatch(other) is not None

    def _find_open(self, word: str) -> tuple[Entry[Meaning], ...]:
        """Give the entries with `*` or `?` in front that a word may begin."""
        return tuple(entry for entry in self._open if entry.tests[0](word))

    def knows(self, word: str) -> bool:
        """Tell whether a word stands in some entry, or fits one of a single word."""
        return word in self.words or any(len(entry.pattern) == 1 for entry in self._open_for(word))

    def found_in(self, words: Sequence[str]) -> Iterator[Found[Meaning]]:
        """Give what is found in order, the longest at each place, without overlaps."""
        place = 0
        while place < len(words):
            entry = self._longest(words, place)
            if entry is None:
                place += 1
                continue
            yield Found(place, place + len(entry.pattern), entry.meaning)
            place += len(entry.pattern)

    def _longest(self, words: Sequence[str], place: int) -> Entry[Meaning] | None:
        if words[place] in SEPARATORS:
            return None
        candidates = (*self._by_first.get(words[place], ()), *self._open_for(words[place]))
        return max((entry for entry in candidates if entry.fits(words, place)), key=lambda e: e.weight, default=None)


def _spellings(text: str, abbreviations: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """Give an entry as folded words, with umlauts as one letter and as two, written out and abbreviated."""
    for words in dict.fromkeys(tuple(fold(spelling).split()) for spelling in (text, text.translate(_UMLAUTS))):
        yield from itertools.product(*((word, *abbreviations.get(word.strip("*"), ())) for word in words))


def _is_open(word: str) -> bool:
    return "*" in word or word == "?"
