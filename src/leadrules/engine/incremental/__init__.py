"""Scoring event by event: of a lead's past only what its rules can still see is kept.

`uses` finds what the rules ask of events, and what each question needs of them; `retention` keeps
the events that any question needs and adds up the others. `streams` holds the moments that a
question is about, so that its answer follows from what changed; `log` sorts events into them, and
`compiled` writes the code that asks them. `totals` answers about a lead whose events are partly
added up; `state` is what a host holds for a lead; `storage` writes it as JSON.
"""

from leadrules.engine.incremental.retention import Retention
from leadrules.engine.incremental.state import LeadState, Scorer

__all__ = ["LeadState", "Retention", "Scorer"]
