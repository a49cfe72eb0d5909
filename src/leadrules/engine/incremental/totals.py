"""Answers about a lead whose events are partly added up: by the reference, and what compiled code adds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

from leadrules import program as p
from leadrules.engine.compiler import AccumulatedTotals
from leadrules.engine.incremental.uses import AggregateUse, CountUse, RuleUse, Use
from leadrules.engine.reference.conditions import NOTHING, Reading, Total
from leadrules.families import AGGREGATES
from leadrules.lead import Facts

Totals = Sequence[Total]
"""What forgotten events come to, by the index of the question that they answer; empty where none is."""


@attrs.define
class TotalsReading(Reading):
    """Answers like any reading; to what the events at hand give it adds the totals of those that are not."""

    totals: Mapping[Use, Total] = attrs.field(factory=dict)

    def count_earlier(self, selection: p.Selection) -> int:
        """Count the forgotten events of a selection."""
        return self.totals.get(CountUse(selection), NOTHING).count

    def total_earlier(self, node: p.Aggregate) -> Total:
        """Count and add up the known numbers of forgotten events."""
        return self.totals.get(AggregateUse(node.selection, node), NOTHING)

    def earlier(self, rule: p.Rule) -> Total:
        """Give what forgotten events gave a rule."""
        assert rule.selection is not None
        return self.totals.get(RuleUse(rule.selection, rule), NOTHING)


def totals_of(program: p.Program, uses: Sequence[Use]) -> AccumulatedTotals:
    """Say which totals answer what. A rule that gives the same for every event counts them, as a `count` does."""
    counts: dict[p.Selection, int] = {}
    aggregates: dict[p.Aggregate, int] = {}
    rules: dict[str, int] = {}
    for index, use in enumerate(uses):
        if isinstance(use, CountUse):
            counts[use.selection] = index
        elif isinstance(use, AggregateUse) and AGGREGATES[use.node.function].of_total is not None:
            aggregates[use.node] = index
        elif isinstance(use, RuleUse) and use.adds_up:
            rules[use.rule.id] = index
            if use.counts(program.precision):
                counts.setdefault(use.selection, index)

    def reading(program: p.Program, facts: Facts, as_of: int, totals: Totals) -> Reading:
        return TotalsReading(program, facts, as_of, totals=dict(zip(uses, totals, strict=False)))

    return AccumulatedTotals(counts, aggregates, rules, reading, is_empty=False)
