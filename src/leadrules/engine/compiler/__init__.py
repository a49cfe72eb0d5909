"""One Python function per ruleset: equal to the reference on every lead, and about as fast as code by hand.

The stages, each in a module: `code` makes syntax trees; `operands` says how values stand in code;
`conditions`, `fields`, `events`, `lead`, `rules`, `scoring` and `outcome` write the parts, `totals`
those about events that are no longer at hand, `trace` what fired; `assembly` puts them together, and
`splitting` cuts what is long. `shapes` says beforehand what is too deep or too much.
`runtime`, `clock`, `caps`, `normalisation` and `fallback` are what the written code calls.
"""

from leadrules.engine.compiler.assembly import Evaluate, compile_program, source_of
from leadrules.engine.compiler.totals import TOTALS, AccumulatedTotals

__all__ = ["TOTALS", "AccumulatedTotals", "Evaluate", "compile_program", "source_of"]
