"""What compiled code falls back on: the reference, about a whole lead, or a rule or condition of one.

In the latter case the lead is read once for all of it, when the first question comes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs

from leadrules import program as p
from leadrules.as_of import read_as_of
from leadrules.audit import RulesetIdentity, ScoredLead
from leadrules.engine.compiler.normalisation import plain_lead
from leadrules.engine.compiler.runtime import units_of
from leadrules.engine.compiler.totals import TOTALS, AccumulatedTotals
from leadrules.engine.reference import interpreter
from leadrules.engine.reference.conditions import Reading
from leadrules.engine.reference.scoring import score_rule
from leadrules.heads import EntryHead
from leadrules.interruptions import raise_if_from_outside
from leadrules.lead import LeadReader
from leadrules.shape import shape_of
from leadrules.values import Value

Definitions = Sequence[Any]
"""The keys of definitions, then their values."""


@attrs.frozen
class FallbackQuestion:
    """A rule to score, or a condition to answer."""

    node: Any
    precision: int = 0


@attrs.frozen
class LeftRule:
    """A rule that is left to the reference with others, and the entries of its alternatives and its `max`."""

    node: p.Rule
    alternatives: tuple[EntryHead, ...]
    cap: EntryHead


@attrs.define
class Reference:
    """The reference about one lead."""

    program: p.Program
    reader: LeadReader
    lead: Mapping[str, Any]
    as_of: int
    totals: AccumulatedTotals
    _reading: Reading | None = None

    def rule(self, question: FallbackQuestion, definitions: Definitions) -> tuple[int, int, int] | None:
        """Give the units of points of a rule, what its `max` leaves of them, and the index of the alternative.

        None where it did not fire.
        """
        score = score_rule(self._read(definitions), question.node)
        if score is None:
            return None
        given, left = (units_of(points, question.precision) for points in (score.points, score.capped))
        return given, left, score.alternative

    def rules(
        self, rules: Sequence[LeftRule], precision: int, definitions: Definitions
    ) -> tuple[int, list[tuple[EntryHead, int]]]:
        """Give the units of points of rules, after what their `max` leaves of them, and the entries that fire."""
        reading = self._read(definitions)
        total, fired = 0, []
        for rule in rules:
            score = score_rule(reading, rule.node)
            if score is not None:
                given, left = (units_of(points, precision) for points in (score.points, score.capped))
                total += left
                fired.append((rule.alternatives[score.alternative], given))
                if left != given:
                    fired.append((rule.cap, left - given))
        return total, fired

    def truth(self, question: FallbackQuestion, definitions: Definitions) -> bool | None:
        """Answer a condition."""
        return self._read(definitions).truth(question.node)

    def value(self, question: FallbackQuestion, definitions: Definitions) -> Value | None:
        """Give a value."""
        return self._read(definitions).value(question.node)

    def _read(self, definitions: Definitions) -> Reading:
        if self._reading is None:
            facts = self.reader.read(self.lead, self.as_of)
            self._reading = self.totals.reading(self.program, facts, self.as_of, self.lead.get(TOTALS))
        keys, *values = definitions
        self._reading.definitions.update(zip(keys, values, strict=True))
        return self._reading


@attrs.define
class Fallback:
    """What compiled code falls back on."""

    program: p.Program
    identity: RulesetIdentity
    reader: LeadReader
    totals: AccumulatedTotals
    valid_until: interpreter.ValidUntil | None = None
    fast: Callable[..., ScoredLead] | None = None

    def evaluate(self, lead: Any, as_of: dt.datetime, pii: bool, *_: Any) -> ScoredLead:
        """Score by the reference."""
        instant = read_as_of(as_of)
        totals = None if self.totals.is_empty else lead[TOTALS]
        reading = self.totals.reading(self.program, self.reader.read(lead, instant), instant, totals)
        evaluation = interpreter.answered(reading)
        return interpreter.result_of(evaluation, self.identity, show_pii=pii, valid_until=self.valid_until)

    def again(self, lead: Any, as_of: dt.datetime, pii: bool) -> ScoredLead:
        """Score a lead that is not plain: once it is made so, else by the reference."""
        if self.fast is None or not self.totals.is_empty:
            return self.evaluate(lead, as_of, pii)
        shape = shape_of(lead, self.reader.most_events)
        try:
            plain = plain_lead(shape, self.reader.read_at, read_as_of(as_of))
        except Exception as error:  # noqa: BLE001 - what was given may raise anything; the reference says what
            raise_if_from_outside(error)
            plain = None
        if plain is None:
            return self.evaluate(shape, as_of, pii)
        return self.fast(plain, as_of, pii, lambda *_: self.evaluate(shape, as_of, pii))

    def reference(self, lead: Any, instant: int) -> Reference:
        """Prepare asking the reference about parts of a lead."""
        return Reference(self.program, self.reader, lead, instant, self.totals)
