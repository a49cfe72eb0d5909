"""One Python function per ruleset: equal to the reference on every lead, and about as fast as code by hand.

The stages, each in a module: `code` makes syntax trees; `subjects` and `operands` say what is read
and how it stands in code; `conditions`, `fields`, `events`, `lead`, `scoring` and `outcome` write the
parts, `past` those about events that are no longer at hand; `assembly` puts them together. `runtime`
and `borrowed` are what the written code calls.
"""

from leadrules.engine.compiler.assembly import Evaluate, compile_program
from leadrules.engine.compiler.past import SETTLED, Past

__all__ = ["SETTLED", "Evaluate", "Past", "compile_program"]
