"""What scoring event by event costs after a history of growing length, by the medium rules."""

from __future__ import annotations

import copy
import datetime as dt
import random
import time
from typing import Any

import attrs

from benchmarks.contest import PLANS, Mismatch
from benchmarks.report import Row, Table
from benchmarks.timing import in_turn, median, timed
from benchmarks.workload.leads import AS_OF, Lead, made_up_events, made_up_lead, made_up_leads
from benchmarks.workload.rule_file import text_of
from leadrules import LeadState, Ruleset

SIZES = (100, 1_000, 10_000, 50_000)
APART = dt.timedelta(hours=5)
"""The time between two events of the lead."""
FEW = 30
"""How many events another lead has, whose evaluation is the measure."""


def measure(quick: bool) -> tuple[Table, ...]:
    """Time the next events of one lead after a history. Raises Mismatch."""
    rules = Ruleset.from_text(text_of(PLANS["medium"]))
    _warm(rules)
    events = 20 if quick else 600
    rows = tuple(_row(rules, size, events) for size in (SIZES[:2] if quick else SIZES))
    note = (
        "of one event, the median: taken in, and a result asked for; ratio: the state / evaluate on 30 events\n"
        "mean: of the processor's time, with what is spent on forgetting; stored: written and resumed before"
    )
    return (Table("incremental: one lead, 50 rules, an event every 5 hours", rows, note),)


@attrs.define
class _History:
    """A lead with everything that it did so far, and the state that has seen it."""

    rules: Ruleset
    lead: Lead
    state: LeadState
    coming: list[dict[str, Any]]
    as_of: dt.datetime = AS_OF
    processor: float = 0

    def live(self) -> float:
        """Take in the next event, and ask for a result."""
        event = self._next()
        began, start = time.process_time(), time.perf_counter()
        self.state.add(event)
        _ = self.state.result(as_of=self.as_of).score
        taken = time.perf_counter() - start
        self.processor += time.process_time() - began
        return taken

    def stored(self) -> float:
        """The same, with a state that is kept as text in between."""
        event = self._next()
        start = time.perf_counter()
        self.state = self.rules.resume(self.state.to_json())
        self.state.add(event)
        _ = self.state.result(as_of=self.as_of).score
        return time.perf_counter() - start

    def anew(self) -> None:
        """Evaluate everything."""
        _ = self.rules.evaluate(self.lead, as_of=self.as_of).score

    def agree(self) -> None:
        """Raise Mismatch where the state gives another result than everything at once."""
        expected = self.rules.evaluate(self.lead, as_of=self.as_of).to_json()
        if self.state.result(as_of=self.as_of).to_json() != expected:
            raise Mismatch(f"a state differs from evaluate after {len(self.lead['events']):,} events")

    def other(self) -> _History:
        """Give the same lead once more."""
        lead = self.lead | {"events": [*self.lead["events"]]}
        return attrs.evolve(self, lead=lead, state=copy.copy(self.state), coming=[*self.coming])

    def _next(self) -> dict[str, Any]:
        event = self.coming.pop()
        self.as_of = event["at"]
        self.lead["events"].append(event)
        return event


@attrs.define
class _Few:
    """A lead of few events, which is scored as of one moment after the other."""

    rules: Ruleset
    lead: Lead = attrs.field(factory=lambda: made_up_lead(FEW))
    as_of: dt.datetime = AS_OF

    def evaluate(self) -> float:
        """Evaluate it."""
        self.as_of += APART
        start = time.perf_counter()
        _ = self.rules.evaluate(self.lead, as_of=self.as_of).score
        return time.perf_counter() - start


def _warm(rules: Ruleset) -> None:
    """Score leads until it is known what points are worth at any age, as in a process that has been at work."""
    for lead in made_up_leads(20):
        state = rules.start(lead)
        for days in range(800):
            as_of = AS_OF + dt.timedelta(days=days, hours=1)
            rules.evaluate(lead, as_of=as_of)
            state.result(as_of=as_of)


def _history(rules: Ruleset, size: int, more: int) -> _History:
    """Make a lead with a history of so many events, and more to come."""
    lead = made_up_lead(0)
    events = made_up_events(size + more, random.Random(1))
    events = [event | {"at": AS_OF + index * APART} for index, event in enumerate(events)]
    state = rules.start(lead)
    for event in events[:size]:
        state.add(event)
        state.advance(as_of=event["at"])
    history = _History(rules, lead | {"events": events[:size]}, state, events[size:][::-1], events[size - 1]["at"])
    history.agree()
    return history


def _row(rules: Ruleset, size: int, events: int) -> Row:
    live = _history(rules, size, events + 1)  # one pass more than those that count
    stored, kept, few = live.other(), live.state.kept, _Few(rules)
    anew = median([timed(live.anew)() for _ in range(3)])
    taken = in_turn({"live": [live.live], "stored": [stored.stored], "few": [few.evaluate]}, events)
    live.agree()
    stored.agree()
    medians = {name: median(seconds) * 1e6 for name, seconds in taken.items()}
    return {
        "events so far": size,
        "kept": kept,
        "evaluate all µs": anew * 1e6,
        "evaluate 30 µs": medians["few"],
        "state µs": medians["live"],
        "mean µs": live.processor / (events + 1) * 1e6,
        "stored µs": medians["stored"],
        "characters": len(stored.state.to_json()),
        "ratio": medians["live"] / medians["few"],
    }
