"""What compiled code hands to the reference: a rule or a condition of one lead.

The lead is read once for all of it, when the first question comes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from leadrules import program as p
from leadrules.engine.compiler.past import SETTLED, Past
from leadrules.engine.compiler.runtime import units_of
from leadrules.engine.reference.conditions import Reading
from leadrules.engine.reference.scoring import score_rule
from leadrules.lead import LeadReader
from leadrules.values import Value

Definitions = Sequence[Any]
"""The keys of definitions, then their values."""


@attrs.frozen
class Question:
    """A rule to score, or a condition to answer."""

    node: Any
    precision: int = 0


@attrs.define
class Reference:
    """The reference about one lead."""

    program: p.Program
    reader: LeadReader
    lead: Mapping[str, Any]
    as_of: int
    past: Past
    _reading: Reading | None = None

    def rule(self, question: Question, definitions: Definitions) -> tuple[int, int] | None:
        """Give the units of points of a rule and what its `max` leaves of them; None where it did not fire."""
        score = score_rule(self._read(definitions), question.node)
        if score is None:
            return None
        return units_of(score.points, question.precision), units_of(score.capped, question.precision)

    def truth(self, question: Question, definitions: Definitions) -> bool | None:
        """Answer a condition."""
        return self._read(definitions).truth(question.node)

    def value(self, question: Question, definitions: Definitions) -> Value | None:
        """Give a value."""
        return self._read(definitions).value(question.node)

    def _read(self, definitions: Definitions) -> Reading:
        if self._reading is None:
            facts = self.reader.read(self.lead, self.as_of)
            self._reading = self.past.reading(self.program, facts, self.as_of, self.lead.get(SETTLED))
        keys, *values = definitions
        self._reading.definitions.update(zip(keys, values, strict=True))
        return self._reading
