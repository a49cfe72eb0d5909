"""What scoring event by event costs after a history of growing length, by the medium rules."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import attrs

from benchmarks.contest import PLANS, Mismatch
from benchmarks.report import Row, Table
from benchmarks.timing import Seconds, in_turn, median, timed
from benchmarks.workload.leads import AS_OF, Lead, made_up_events, made_up_lead, made_up_leads
from benchmarks.workload.rule_file import text_of
from leadrules import LeadState, Ruleset

SIZES = (100, 1_000, 10_000, 50_000)
APART = dt.timedelta(hours=5)
"""The time between two events of the lead."""
NEXT = 50
"""How many events come in within a pass."""
FEW = 30
"""How many events another lead has, whose evaluation is the measure."""


def measure(quick: bool) -> tuple[Table, ...]:
    """Time the next events of one lead after a history. Raises Mismatch."""
    rules = Ruleset.from_text(text_of(PLANS["medium"]))
    _warm(rules)
    passes = 2 if quick else 11
    rows = tuple(_row(rules, size, passes) for size in (SIZES[:2] if quick else SIZES))
    note = (
        "of one event: taken in, and a result asked for; ratio: the state / evaluate on 30 events; "
        "stored: written and resumed before"
    )
    return (Table("incremental: one lead, 50 rules, an event every 5 hours", rows, note),)


@attrs.define
class _History:
    """A lead with everything that it did so far, and the state that has seen it."""

    rules: Ruleset
    lead: Lead
    state: LeadState
    coming: list[dict[str, Any]]
    other: Lead = attrs.field(factory=lambda: made_up_lead(FEW))
    as_of: dt.datetime = AS_OF

    def live(self) -> None:
        """Take in the next events, and ask for a result after each."""
        for _ in range(NEXT):
            self._add()
            _ = self.state.result(as_of=self.as_of).score

    def stored(self) -> None:
        """The same, with a state that is kept as text in between."""
        for _ in range(NEXT):
            text = self.state.to_json()
            self.state = self.rules.resume(text)
            self._add()
            _ = self.state.result(as_of=self.as_of).score

    def few(self) -> None:
        """Evaluate a lead of few events, as of other moments."""
        for index in range(NEXT):
            _ = self.rules.evaluate(self.other, as_of=AS_OF + index * APART).score

    def anew(self) -> None:
        """Evaluate everything."""
        _ = self.rules.evaluate(self.lead, as_of=self.as_of).score

    def agree(self) -> None:
        """Raise Mismatch where the state gives another result than everything at once."""
        expected = self.rules.evaluate(self.lead, as_of=self.as_of).to_json()
        if self.state.result(as_of=self.as_of).to_json() != expected:
            raise Mismatch(f"a state differs from evaluate after {len(self.lead['events']):,} events")

    def _add(self) -> None:
        event = self.coming.pop()
        self.as_of = event["at"]
        self.lead["events"].append(event)
        self.state.add(event)


def _warm(rules: Ruleset) -> None:
    """Score states until it is known what points are worth at any age, as in a process that has been at work."""
    for lead in made_up_leads(20):
        state = rules.start(lead)
        for days in range(800):
            state.result(as_of=AS_OF + dt.timedelta(days=days, hours=1))


def _history(rules: Ruleset, size: int, more: int) -> _History:
    """Make a lead with a history of so many events, and more to come."""
    lead = made_up_lead(0)
    events = made_up_events(size + more, random.Random(1))
    events = [event | {"at": AS_OF + index * APART} for index, event in enumerate(events)]
    state = rules.start(lead)
    for event in events[:size]:
        state.add(event)
        state.advance(as_of=event["at"])
    past, coming = events[:size], events[size:][::-1]
    history = _History(rules, lead | {"events": past}, state, coming, as_of=events[size - 1]["at"])
    history.agree()
    return history


def _row(rules: Ruleset, size: int, passes: int) -> Row:
    history = _history(rules, size, 2 * NEXT * (passes + 1))
    kept = history.state.kept  # of these events; the next ones come in while they are timed
    steps = {"live": history.live, "stored": history.stored, "few": history.few, "anew": history.anew}
    taken = in_turn({name: [timed(step)] for name, step in steps.items()}, passes)
    history.agree()
    live, stored, few = (_per_event(taken[name]) for name in ("live", "stored", "few"))
    return {
        "events so far": size,
        "kept": kept,
        "evaluate all µs": median(taken["anew"]) * 1e6,
        "evaluate 30 µs": few,
        "state µs": live,
        "ratio": live / few,
        "stored µs": stored,
        "characters": len(history.state.to_json()),
    }


def _per_event(seconds: Seconds) -> float:
    return median(seconds) / NEXT * 1e6
