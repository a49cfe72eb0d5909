"""The one face of hypothesis that the generators of rule files and leads see.

Every answer shrinks towards its first option, so a generator puts the simplest first.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Sequence
from typing import Any, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")
Draw = Callable[[st.SearchStrategy[Any]], Any]


@functools.lru_cache(maxsize=1_000)
def _whole(low: int, high: int) -> st.SearchStrategy[int]:
    return st.integers(low, high)


class Chance:
    """Answers of chance, drawn from hypothesis. `without` names the constructs that are left out."""

    def __init__(self, draw: Draw, without: Collection[str] = ()) -> None:
        self._draw = draw
        self._without = frozenset(without)

    def whole(self, low: int, high: int) -> int:
        """Give a whole number, both ends included."""
        return low if low == high else int(self._draw(_whole(low, high)))

    def pick(self, options: Sequence[T]) -> T:
        """Give one of the options, of which there is at least one."""
        return options[self.whole(0, len(options) - 1)]

    def happens(self, percent: int) -> bool:
        """Say yes in about so many of a hundred cases."""
        return self.whole(0, 99) >= 100 - percent

    def uses(self, construct: str, percent: int = 50) -> bool:
        """Say yes like `happens`, and never for a construct that is left out."""
        return construct not in self._without and self.happens(percent)

    def some(self, options: Sequence[T], low: int, high: int) -> list[T]:
        """Give some of the options, each at most once."""
        left = list(options)
        count = self.whole(min(low, len(left)), min(high, len(left)))
        return [left.pop(self.whole(0, len(left) - 1)) for _ in range(count)]

    def shuffled(self, options: Sequence[T]) -> list[T]:
        """Give all of the options in some order."""
        return self.some(options, len(options), len(options))
