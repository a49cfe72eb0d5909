"""What everything that writes points has at hand."""

from __future__ import annotations

import attrs

from leadrules import program as p
from leadrules.engine.compiler.code import Names
from leadrules.engine.compiler.conditions import Conditions
from leadrules.engine.compiler.lead import LeadCode
from leadrules.engine.compiler.notes import Audit


@attrs.define
class Points:
    """Writes points into the code of a lead, and what fires into its audit."""

    lead: LeadCode
    audit: Audit
    is_gated: bool

    @property
    def program(self) -> p.Program:
        """The program."""
        return self.lead.program

    @property
    def names(self) -> Names:
        """The names of the code."""
        return self.lead.names

    @property
    def conditions(self) -> Conditions:
        """Writes conditions."""
        return self.lead.conditions

    @property
    def scale(self) -> int:
        """Units to a point."""
        return int(10**self.program.precision)
