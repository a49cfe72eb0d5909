"""What compiled code knows of events that are no longer at hand: what they came to, question by question.

A lead then brings `totals`, in an order of their own; `AccumulatedTotals` says which of them answers what.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs

from leadrules import program as p
from leadrules.engine.compiler import code, runtime
from leadrules.engine.compiler.code import Expr, Names
from leadrules.engine.reference.conditions import Reading, Total
from leadrules.families import AGGREGATES
from leadrules.lead import Facts

TOTALS = "totals"
"""The part of a lead that holds the totals, and the variable that holds them in code."""


def plain_reading(program: p.Program, facts: Facts, as_of: int, totals: Any) -> Reading:
    """Read a lead whose events are all at hand."""
    assert totals is None
    return Reading(program, facts, as_of)


@attrs.frozen
class AccumulatedTotals:
    """Where totals stand: of counts by selection, of sums and averages, of rules by their id.

    `reading` makes the reading by which the reference answers about a lead that brings such totals.
    """

    counts: Mapping[p.Selection, int] = attrs.field(factory=dict)
    aggregates: Mapping[p.Aggregate, int] = attrs.field(factory=dict)
    rules: Mapping[str, int] = attrs.field(factory=dict)
    reading: Callable[[p.Program, Facts, int, Any], Reading] = plain_reading
    is_empty: bool = True

    def count(self, selection: p.Selection) -> Expr | None:
        """Write how many events of a selection are not at hand, where there may be any."""
        index = self.counts.get(selection)
        return None if index is None else code.attribute(_total(index), "count")

    def rows(self, rule: p.Rule, precision: int, names: Names) -> Expr | None:
        """Write a row of what events gave a rule that are not at hand, where there may be any."""
        index = self.rules.get(rule.id)
        if index is None:
            return None
        return code.call(names.value(rows_of, "rows_of"), _total(index), code.const(precision))

    def aggregate(self, node: p.Aggregate, column: Expr, names: Names) -> Expr | None:
        """Write a sum or average of a column and of what is not at hand, where there may be any."""
        index = self.aggregates.get(node)
        if index is None:
            return None
        of_total = AGGREGATES[node.function].of_total
        assert of_total is not None
        return code.call(names.value(with_earlier(of_total), ("with earlier", node.function)), column, _total(index))


NO_TOTALS = AccumulatedTotals()


def _total(index: int) -> Expr:
    return code.subscript(code.name(TOTALS), code.const(index))


def rows_of(earlier: Total, precision: int) -> list[tuple[int]]:
    """Give the points of events that are not at hand as those of one, in units; none where there are none."""
    return [(runtime.units_of(earlier.sum, precision),)] if earlier.count else []


def with_earlier(of_total: Callable[[int, Any], Any]) -> Callable[[list[Any], Total], Any]:
    """Prepare an aggregate of what is known, now and earlier."""

    def of(values: list[Any], earlier: Total) -> Any:
        known = [value for value in values if value is not None]
        return of_total(len(known) + earlier.count, sum(known) + earlier.sum)  # whole numbers add up faster

    return of
