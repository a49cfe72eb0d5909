"""What can be foreseen of the leads of one program. Nothing is loaded or looked at before it is asked for."""

from __future__ import annotations

import datetime as dt
import functools
from typing import TYPE_CHECKING

import attrs

from leadrules import program as p
from leadrules.stack import with_room

if TYPE_CHECKING:
    from leadrules.audit import ScoredLead
    from leadrules.engine.reference.conditions import Reading
    from leadrules.engine.spans.movement import Movement


@attrs.frozen(eq=False)
class Foresight:
    """Foresees about leads that a program reads."""

    program: p.Program

    @functools.cached_property
    def movement(self) -> Movement:
        """What of the program time moves."""
        from leadrules.engine.spans.movement import Movement

        return Movement(self.program)

    def valid_until(self, reading: Reading, result: ScoredLead) -> dt.datetime | None:
        """Say until when a result is valid that was made by a reading. Raises LeadError where it does not follow."""
        from leadrules.engine.spans.search import valid_until

        return with_room(lambda: valid_until(self.movement, reading, result))
