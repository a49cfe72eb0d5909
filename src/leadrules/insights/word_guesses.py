"""Which words of a column say yes and no, in five languages."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from leadrules.tables.cures import BOOL_WORDS

_USUAL = frozenset({"true", "yes", "1", "false", "no", "0"})
_PAIRS = (("yes", "no"), ("true", "false"), ("1", "0"), *(pair for pair in BOOL_WORDS if pair != ("x", "-")))


@attrs.frozen
class Answers:
    """The words of a bool: none where they are those that every bool has."""

    true_words: tuple[str, ...] = ()
    false_words: tuple[str, ...] = ()


def answers_of(words: Iterable[str], *, marks: bool = False) -> Answers | None:
    """Find what some words, in the form of comparison, say as yes and no; None where they are something else.

    Beside a word that is seen its opposite is declared, for the day when it comes. A single letter, `1` or
    `0` speaks only where its opposite does. `marks` says that an `x` alone is a mark in an empty column.

    >>> answers_of({"tak"}), answers_of({"yes", "0"}), answers_of({"t"})
    (Answers(true_words=('tak',), false_words=('nie',)), Answers(true_words=(), false_words=()), None)
    """
    seen = set(words)
    if seen == {"x"} and marks:
        return Answers(("x",), ("-",))
    if seen <= _USUAL and (len(seen) > 1 or not seen <= {"1", "0"}):
        return Answers()
    fitting = [pair for pair in _PAIRS if not seen.isdisjoint(pair)]
    both = [pair for pair in fitting if seen.issuperset(pair)]
    spoken = {word for pair in both for word in pair}
    pairs = both + [pair for pair in fitting if not spoken.issuperset(pair) and _speaks(pair, seen - spoken)]
    true, false = (tuple(dict.fromkeys(pair[side] for pair in pairs)) for side in (0, 1))
    if not pairs or not seen <= {*true, *false}:
        return None
    return Answers(true, false)


def _speaks(pair: tuple[str, str], seen: set[str]) -> bool:
    """Tell whether one word of a pair is enough: not for a letter, nor for the words that are others too."""
    return any(len(word) > 2 or word in ("si", "sí", "ja") for word in pair if word in seen)
