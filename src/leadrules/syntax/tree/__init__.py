"""The tree of a rule file, as written: frozen values, a span on each.

The parser makes it, the formatter prints it, the checker turns it into a program. It knows
nothing of meaning: a `Name` may turn out to be a field, an event, a label or a mistake.
"""

from leadrules.syntax.tree.expressions import *
from leadrules.syntax.tree.statements import *
