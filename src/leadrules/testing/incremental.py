"""The law of incremental scoring: whatever comes in, in whatever order, the result is that of all of it at once."""

from __future__ import annotations

import contextlib
import copy
import datetime as dt
import json
import random
from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from leadrules.audit import ScoredLead, canonical_json
from leadrules.engine.incremental import LeadState
from leadrules.errors import LeadrulesError
from leadrules.lead import LeadReader
from leadrules.ruleset import Ruleset
from leadrules.testing.comparing import outcome, same
from leadrules.testing.leads import RawLead
from leadrules.values import moment_of

_REMEMBERED = (0, 0, 0, 0, 1, 26, 24 * 7, 24 * 500)
"""Hours for which events are remembered."""
_APART = (-24 * 30, -24 * 5, -24, -5, 0, 0, 1, 5, 24, 30, 24 * 3, 24 * 40, 24 * 400)
"""Hours from `as_of` to the moments that are asked for."""


def incremental_agrees(rules: Ruleset, lead: RawLead, as_of: dt.datetime, *, seed: int = 0) -> None:
    """Assert that a state gives the bytes that `evaluate` gives on all that it has taken in.

    Events come in an order of chance, attributes and labels in parts; in between the state is asked
    at moments up to and after `as_of`, copied, written as JSON and read again. A repeat of an event that the
    state was allowed to forget is left out.
    """
    chance = random.Random(seed)  # noqa: S311 chooses test data
    try:
        rules.start(lead)
    except LeadrulesError:
        return
    remember = dt.timedelta(hours=chance.choice(_REMEMBERED))
    course = _Course(rules, {"id": lead["id"], "events": []}, chance, remember)
    course.state = rules.start(course.seen, remember=remember)
    moments = sorted(as_of + dt.timedelta(hours=hours) for hours in chance.choices(_APART, k=6))
    steps = list(course.steps(lead))
    for place, moment in enumerate(moments, 1):
        for step, given in steps[len(steps) * (place - 1) // 6 : len(steps) * place // 6]:
            step(given)
        course.ask(moment)
    course.read_late()


@attrs.define
class _Course:
    """A state, and everything that it has taken in so far."""

    rules: Ruleset
    seen: dict[str, Any]
    chance: random.Random
    remember: dt.timedelta
    state: LeadState = attrs.field(init=False)
    latest: dict[tuple[str, str], int] = attrs.field(factory=dict)
    results: list[tuple[str, ScoredLead]] = attrs.field(factory=list)

    def steps(self, lead: RawLead) -> Iterator[tuple[Any, Any]]:
        """Give all that is to be taken in, in an order of chance, each with what takes it in."""
        found: list[tuple[Any, Any]] = [(self._add, event) for event in lead.get("events") or ()]
        found += [(self._update, {name: value}) for name, value in (lead.get("attributes") or {}).items()]
        found += [(self._label, {ladder: label}) for ladder, label in (lead.get("stages") or {}).items()]
        self.chance.shuffle(found)
        yield from found

    def ask(self, moment: dt.datetime) -> None:
        """Compare with `evaluate`, and then perhaps go on with what was written."""
        expected = outcome(self.rules.evaluate, self.seen, as_of=moment)
        if self.chance.random() < 0.7:
            self.state._most = 0  # noqa: SLF001 - forget now, not only once there are many
        same("incremental scoring differs", expected, outcome(self.state.result, as_of=moment))
        with contextlib.suppress(LeadrulesError):
            self.results.append((expected, self.state.result(as_of=moment)))
        if self.chance.random() < 0.7:
            text = self.state.to_json()
            if self.chance.random() < 0.3:  # a database may do so
                text = json.dumps(json.loads(text), sort_keys=True, indent=1)
            self.state = self.rules.resume(text)
            same("a stored state differs", expected, outcome(self.state.result, as_of=moment))
        if self.chance.random() < 0.2:
            self.state = copy.copy(self.state)

    def read_late(self) -> None:
        """Compare the results that nobody has read yet; the state has changed since."""
        for expected, result in self.results:
            same("a result that is read late differs", expected, canonical_json(result.to_dict()))

    def _add(self, event: Any) -> None:
        plain = LeadReader(self.rules.program.scope).plain_event("", event)
        if plain is not None and plain.occurrence.id is not None:
            key, at = (plain.occurrence.type, plain.occurrence.id), plain.occurrence.at
            if self._is_forgotten(self.latest.get(key)):
                return
            self.latest[key] = min(at, self.latest.get(key, at))
        self.seen = {**self.seen, "events": [*self.seen["events"], event]}
        self.state.add(event)

    def _is_forgotten(self, at: int | None) -> bool:
        """Tell whether an event of a moment may be forgotten."""
        return at is not None and self.state.as_of is not None and moment_of(at) < self.state.as_of - self.remember

    def _update(self, attributes: Mapping[str, Any]) -> None:
        self.seen = {**self.seen, "attributes": {**self.seen.get("attributes", {}), **attributes}}
        self.state.update(attributes)

    def _label(self, stages: Mapping[str, Any]) -> None:
        self.seen = {**self.seen, "stages": {**self.seen.get("stages", {}), **stages}}
        self.state.update(stages=stages)
