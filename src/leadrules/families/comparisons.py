"""Comparisons of two values, and how they turn into each other."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Literal

import attrs

Operator = Literal["=", "!=", "<", "<=", ">", ">="]


@attrs.frozen
class Comparison:
    """One comparison of two known values.

    `opposite` is true where it is false; `turned` says the same with the sides exchanged; `border`
    differs only where the sides are equal, where there is such a one. `words` stand before the value
    in sentences: `less than 5`.
    """

    symbol: Operator
    holds: Callable[[Any, Any], bool]
    opposite: Operator
    turned: Operator
    border: Operator | None
    words: str

    @property
    def base(self) -> Operator:
        """Give the one of it and its opposite that stands for both: `=`, `<` or `<=`."""
        return self.symbol if self.symbol in {"=", "<", "<="} else self.opposite


COMPARISONS: Mapping[str, Comparison] = MappingProxyType(
    {
        comparison.symbol: comparison
        for comparison in (
            Comparison("=", operator.eq, "!=", "=", None, "exactly "),
            Comparison("!=", operator.ne, "=", "!=", None, "other than "),
            Comparison("<", operator.lt, ">=", ">", "<=", "less than "),
            Comparison("<=", operator.le, ">", ">=", "<", "at most "),
            Comparison(">", operator.gt, "<=", "<", ">=", "more than "),
            Comparison(">=", operator.ge, "<", "<=", ">", ""),
        )
    }
)
"""By symbol."""
