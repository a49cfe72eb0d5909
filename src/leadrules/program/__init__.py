"""The checked, resolved, engine-neutral form of a rule file.

Every name has found its meaning, every type agrees, every default of a dimension has reached the
selections it holds for. An engine needs this module and the values below it, and never the tree.
Two nodes are equal when they mean the same: text and place are no part of equality, so that an
engine may compute what rules share once.
"""

from leadrules.program.expressions import *
from leadrules.program.statements import *
from leadrules.program.tables import *
