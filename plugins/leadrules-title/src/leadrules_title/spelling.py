"""Misspelt words: the nearest known one, where it is near enough to be meant.

Near is counted in letters changed, left out, put in or swapped with the next (optimal string
alignment), a whole number, so that the answer is the same everywhere.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence

from rapidfuzz.distance import OSA

from leadrules_title.data import correct, ranks, subjects, titles

PREFIXES = ("eks", "ex", "vice", "vize", "wice")
"""What may be written together with a title: "exjefe", "eksprezes", "wiceprzewodniczący"."""

SHORTEST = 5
"""Shorter words are not corrected: too many others are near them. In those of this length letters may be swapped."""


def corrected(words: Sequence[str]) -> list[str]:
    """Give the words of a title, the misspelt ones as they are meant.

    >>> corrected(["direcotr", "of", "slaes", "managment"])
    ['director', 'of', 'sales', 'management']
    """
    return [right for word in words for right in _corrected(word)]


@functools.lru_cache(maxsize=10_000)
def _corrected(word: str) -> tuple[str, ...]:
    if len(word) < SHORTEST or not word.isalpha() or _is_right(word):
        return (word,)
    for prefix in PREFIXES:
        rest = word.removeprefix(prefix)
        if rest != word and rest in titles():
            return prefix, rest
    return (_nearest(word),)


def _nearest(word: str) -> str:
    most = 1 if len(word) < 9 else 2
    near = [(OSA.distance(word, known, score_cutoff=most), known) for known in _targets(word, most)]
    distance, known = min(near, default=(most + 1, word))
    return known if distance <= most else word


def _is_right(word: str) -> bool:
    return word in correct() or ranks().knows(word) or subjects().knows(word)


def _targets(word: str, most: int) -> Iterator[str]:
    """Give the words that may be meant: people get the first letter right."""
    for known in _by_first_letter().get(word[0], ()):
        if abs(len(known) - len(word)) <= most and (len(word) > SHORTEST or sorted(known) == sorted(word)):
            yield known


@functools.cache
def _by_first_letter() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for word in sorted(titles() | subjects().words):
        if len(word) >= SHORTEST:
            found.setdefault(word[0], []).append(word)
    return {letter: tuple(words) for letter, words in found.items()}
