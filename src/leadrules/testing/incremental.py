"""The law of incremental scoring: whatever comes in, in whatever order, the result is that of all of it at once."""

from __future__ import annotations

import contextlib
import copy
import datetime as dt
import json
import random
from collections.abc import Iterator, Mapping
from typing import Any, Self

import attrs

from leadrules.audit import ScoredLead
from leadrules.canonical import canonical_json
from leadrules.engine.incremental import LeadState
from leadrules.errors import LeadrulesError
from leadrules.lead import LeadReader
from leadrules.ruleset import Ruleset, program_of
from leadrules.testing.comparing import outcome, same
from leadrules.testing.drawn_leads import RawLead
from leadrules.values import moment_of

_REMEMBERED = (0, 0, 1, 26, 24 * 7, 24 * 7, 24 * 50, 24 * 500)
"""Hours for which events are remembered."""
_RECEIVED = (-24 * 60, -24 * 5, -5, 0, 5, 24 * 3)
"""Hours from `as_of` to when an event came in, where that is said."""
_NEVER = 10**9
"""More events than a state ever keeps."""
_APART = (-24 * 30, -24 * 5, -24, -5, 0, 0, 1, 5, 24, 30, 24 * 3, 24 * 40, 24 * 400)
"""Hours from `as_of` to the moments that are asked for."""


def incremental_agrees(rules: Ruleset, lead: RawLead, as_of: dt.datetime, *, seed: int = 0) -> None:
    """Assert that a state gives the bytes that `evaluate` gives on all that it has taken in.

    Events come in an order of chance, some more than once, attributes and labels in parts; in between the
    state is asked at moments up to and after `as_of`, copied, written as JSON and read again. A repeat of an
    event that the state remembers no more is left out.
    """
    chance = random.Random(seed)  # noqa: S311 chooses test data
    try:
        rules.start(lead)
    except LeadrulesError:
        return
    course = _Course.of(rules, lead["id"], as_of, chance)
    _run(course, lead, as_of)
    course.read_late()


def housekeeping_is_irrelevant(rules: Ruleset, lead: RawLead, as_of: dt.datetime, *, seed: int = 0) -> None:
    """Assert that a state gives the same whether or not it forgets, is copied or written in between.

    It takes in what `incremental_agrees` gives to one, and repeats of events that are remembered no more too.
    """
    chance = random.Random(seed)  # noqa: S311 chooses test data
    try:
        rules.start(lead)
    except LeadrulesError:
        return
    _run(_Pair.of(rules, lead["id"], as_of, chance), lead, as_of)


def _run(course: _Course, lead: RawLead, as_of: dt.datetime) -> None:
    moments = sorted(as_of + dt.timedelta(hours=hours) for hours in course.chance.choices(_APART, k=6))
    steps = list(course.steps(lead))
    for place, moment in enumerate(moments, 1):
        for step, given in steps[len(steps) * (place - 1) // 6 : len(steps) * place // 6]:
            step(given)
        course.ask(moment)


@attrs.define
class _Remembered:
    """When the event that counts of a type and id happened, and when it came in; None is at the next moment asked."""

    at: dt.datetime
    came: dt.datetime | None

    def is_known(self, as_of: dt.datetime | None, span: dt.timedelta) -> bool:
        """Tell whether a repeat is recognised as one."""
        return as_of is None or self.came is None or max(self.at, self.came) > as_of - span


@attrs.define
class _Course:
    """A state, and everything that it has taken in so far."""

    rules: Ruleset
    seen: dict[str, Any]
    as_of: dt.datetime
    chance: random.Random
    remember: dt.timedelta
    state: LeadState
    latest: dict[tuple[str, str], _Remembered] = attrs.field(factory=dict)
    results: list[tuple[str, ScoredLead]] = attrs.field(factory=list)

    @classmethod
    def of(cls, rules: Ruleset, lead: Any, as_of: dt.datetime, chance: random.Random) -> Self:
        """Start with a lead of which nothing is known."""
        remember = dt.timedelta(hours=chance.choice(_REMEMBERED))
        seen = {"id": lead, "events": []}
        return cls(rules, seen, as_of, chance, remember, rules.start(seen, remember=remember))

    def steps(self, lead: RawLead) -> Iterator[tuple[Any, Any]]:
        """Give all that is to be taken in, in an order of chance, each with what takes it in."""
        events = [*(lead.get("events") or ())]
        events += self.chance.choices(events, k=len(events)) if events else []
        found: list[tuple[Any, Any]] = [(self._add, event) for event in events]
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
        for known in self.latest.values():
            known.came = known.came or moment

    def read_late(self) -> None:
        """Compare the results that nobody has read yet; the state has changed since."""
        for expected, result in self.results:
            same("a result that is read late differs", expected, canonical_json(result.to_dict()))

    def _add(self, event: Any) -> None:
        received = None
        if self.chance.random() < 0.2:
            received = self.as_of + dt.timedelta(hours=self.chance.choice(_RECEIVED))
        plain = LeadReader(program_of(self.rules).scope).plain_event("", event)
        if plain is not None and plain.occurrence.id is not None:
            key, at = (plain.occurrence.type, plain.occurrence.id), moment_of(plain.occurrence.at)
            known = self.latest.get(key)
            if known is not None and not known.is_known(self.state.as_of, self.remember):
                return
            if known is None:
                self.latest[key] = _Remembered(at, received)
            elif at < known.at:  # it takes the place of the other, whose coming in still counts
                known.at, known.came = at, known.came and received and max(known.came, received)
        self.seen = {**self.seen, "events": [*self.seen["events"], event]}
        self.state.add(event, received=received)

    def _update(self, attributes: Mapping[str, Any]) -> None:
        self.seen = {**self.seen, "attributes": {**self.seen.get("attributes", {}), **attributes}}
        self.state.update(attributes)

    def _label(self, stages: Mapping[str, Any]) -> None:
        self.seen = {**self.seen, "stages": {**self.seen.get("stages", {}), **stages}}
        self.state.update(stages=stages)


@attrs.define
class _Pair(_Course):
    """A state, and another that takes in the same and is left alone."""

    alone: LeadState = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.alone = self.rules.start(self.seen, remember=self.remember)
        self.alone._most = _NEVER  # noqa: SLF001 - never forget

    def ask(self, moment: dt.datetime) -> None:
        """Compare the two."""
        expected = outcome(self.alone.result, as_of=moment)
        self.state._most = 0  # noqa: SLF001 - forget
        same("a state that forgets differs", expected, outcome(self.state.result, as_of=moment))
        self.state = copy.copy(self.rules.resume(self.state.to_json()))
        same("a stored state that forgets differs", expected, outcome(self.state.result, as_of=moment))

    def _add(self, event: Any) -> None:
        for either in (self.state, self.alone):
            either.add(event)
        if self.chance.random() < 0.3:
            self.state = self.rules.resume(self.state.to_json())

    def _update(self, attributes: Mapping[str, Any]) -> None:
        for either in (self.state, self.alone):
            either.update(attributes)

    def _label(self, stages: Mapping[str, Any]) -> None:
        for either in (self.state, self.alone):
            either.update(stages=stages)
