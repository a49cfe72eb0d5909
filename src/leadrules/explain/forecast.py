"""When a lead's labels will change if nothing else happens: from decay, windows and dates alone.

A result is constant between the moments at which an event leaves a window, points fade by a step, or
a count of days crosses what it is compared with. Only those moments are scored.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs

from leadrules import nodes
from leadrules import program as p
from leadrules.audit import ScoredLead
from leadrules.criteria import to_python
from leadrules.engine.reference.conditions import Reading
from leadrules.engine.reference.interpreter import run
from leadrules.engine.reference.scoring import points_of
from leadrules.explain.wording import Line
from leadrules.lead import Facts, Occurrence
from leadrules.values import DAY, instant_of, moment_of, text_of_instant

Evaluate = Callable[[Mapping[str, Any], int], ScoredLead]
"""Scores a lead in the shape of a mapping at an instant."""


@attrs.frozen
class Change:
    """A label that will change: the moment in UTC, its calendar day in the ruleset's timezone, and the score then.

    `rule` is the id of the first true rule to the new label, where a rule leads there.
    """

    at: dt.datetime
    day: dt.date
    ladder: str
    before: str
    after: str
    rule: str | None
    score: Decimal


@attrs.frozen
class Forecast:
    """What will change about a lead until `until` if nothing else happens, in order of time.

    `now` is the result to begin with, `then` the one at the end. `open_ended` names criteria of plugins
    that see the clock: they are asked at every local midnight only.
    """

    now: ScoredLead
    then: ScoredLead
    changes: tuple[Change, ...]
    until: dt.datetime
    open_ended: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[Line, ...]:
        """Give the forecast as lines for people, each with its role."""
        lead = f"Lead {self.now.lead}" if self.now.lead is not None else "The lead"
        stages = ", ".join(self.now.stages.values()) or "no stage"
        found = [
            Line("title", f"{lead}: {self.now.score:f} points, {stages}"),
            Line("heading", "If nothing else happens"),
        ]
        for change in self.changes:
            ladder = "" if change.ladder == "stage" else f"{change.ladder}: "
            score = f"at {change.score:f} points"
            found.append(Line("sum", f"  {change.day}  {ladder}{change.before} -> {change.after}, {score}"))
        if not self.changes:
            found.append(Line("note", f"  no stage changes until {self.until:%Y-%m-%d}"))
        found.append(Line("note", f"  {self.until:%Y-%m-%d}  {self.then.score:f} points"))
        found += [
            Line("note", f"  {criterion} sees the clock: it was asked at each midnight only")
            for criterion in self.open_ended
        ]
        return tuple(found)

    def to_dict(self) -> dict[str, Any]:
        """Give the forecast as plain data: lead, as_of, until, score, stages, changes, then, open_ended."""
        return {
            "lead": self.now.lead,
            "as_of": text_of_instant(self.now.as_of),
            "until": text_of_instant(instant_of(self.until)),
            "score": self.now.score,
            "stages": dict(self.now.stages),
            "changes": [
                {
                    "at": text_of_instant(instant_of(change.at)),
                    "day": change.day.isoformat(),
                    "ladder": change.ladder,
                    "before": change.before,
                    "after": change.after,
                    "rule": change.rule,
                    "score": change.score,
                }
                for change in self.changes
            ],
            "then": {"score": self.then.score, "stages": dict(self.then.stages)},
            "open_ended": list(self.open_ended),
        }

    def __str__(self) -> str:
        return "\n".join(line.text for line in self.lines)


def forecast(program: p.Program, facts: Facts, as_of: int, evaluate: Evaluate, days: int) -> Forecast:
    """Score a lead at every moment of the coming days at which something can change.

    Each label reached is held from then on. Events after `as_of` do not happen.
    """
    end = as_of + days * DAY
    lead = mapping_of(facts, program)
    now = latest = evaluate(lead, as_of)
    watch = _Watch(program, run(program, facts, as_of).reading, as_of, end)
    changes: list[Change] = []
    for instant in sorted(watch.moments()):
        lead["stages"] = dict(latest.stages)
        latest = evaluate(lead, instant)
        changes += [
            Change(
                moment_of(instant),
                program.scope.zone.day(instant),
                moved.ladder,
                str(moved.before),
                moved.after,
                moved.rule,
                latest.score,
            )
            for moved in latest.transitions
        ]
    lead["stages"] = dict(latest.stages)
    return Forecast(now, evaluate(lead, end), tuple(changes), moment_of(end), tuple(watch.clocks))


def mapping_of(facts: Facts, program: p.Program) -> dict[str, Any]:
    """Give facts back in the shape of a lead; reading it again gives the same facts."""
    fields = program.scope.fields
    return {
        "id": facts.lead,
        "attributes": {
            fields[name].key: to_python(value, fields[name].type.kind) for name, value in facts.attributes.items()
        },
        "events": [_event(event, program) for event in facts.events],
        "stages": dict(facts.held),
    }


def _event(event: Occurrence, program: p.Program) -> dict[str, Any]:
    types = {q.name: q.type.kind for q in program.events[event.type].properties}
    properties = {name: to_python(value, types[name]) for name, value in event.properties.items() if name in types}
    return {"type": event.type, "at": moment_of(event.at), "id": event.id, "properties": properties}


_COMPARED = (p.Compare, p.Between, p.OneOf)
"""Tests whose sides are looked at one by one."""
_OF_THE_MOMENT = (p.DaysBetween, p.MomentWithin, p.CallNode)
"""What answers otherwise as time goes by, though nothing happens."""


@attrs.define
class _Watch:
    """Finds the moments after `as_of`, up to `end`, at which a condition or a rule's points can change."""

    program: p.Program
    reading: Reading
    as_of: int
    end: int
    clocks: dict[str, None] = attrs.field(factory=dict)
    _seen: set[int] = attrs.field(factory=set)

    def moments(self) -> set[int]:
        """Give the moments, the first of each new state."""
        return {moment for moment in self._all() if self.as_of < moment <= self.end}

    def _all(self) -> Iterator[int]:
        for requirement in self.program.requirements:
            yield from self._inside(requirement.condition)
        for rule in self.program.rules:
            yield from self._rule(rule)
        for persona in self.program.personas:
            yield from self._inside(*(line.condition for line in persona.lines))
        for grade in self.program.grades:
            if isinstance(grade, p.Grade):
                yield from self._inside(grade.subject)
        for ladder in self.program.ladders:
            yield from self._inside(*ladder.rules, *ladder.holds)

    def _rule(self, rule: p.Rule) -> Iterator[int]:
        yield from self._inside(*rule.alternatives, rule.when)
        if rule.selection is None:
            if rule.first_day is not None:
                yield self.reading.zone.midnight(rule.first_day)
            if rule.last_day is not None:
                yield self.reading.zone.midnight(rule.last_day + dt.timedelta(days=1))
            return
        yield from self._inside(rule.selection)
        if rule.decay is not None:
            for event in self._events(rule.selection):
                yield from self._fading(rule, event)

    def _fading(self, rule: p.Rule, event: Occurrence) -> Iterator[int]:
        """Give the moments at which an event's rounded points change with its age."""
        assert rule.decay is not None
        base = points_of(self.reading, rule.alternatives[0].points, event)
        precision, unit = self.program.precision, rule.decay.unit
        constant = isinstance(rule.alternatives[0].points, p.Constant)
        age = rule.decay.age(event.at, self.as_of)
        points = rule.decay.applied(base, age, precision)
        while event.at + (age + 1) * unit <= self.end:
            age += 1
            faded = rule.decay.applied(base, age, precision)
            if faded != points or not constant:
                yield event.at + age * unit
            points = faded
            if points == 0 and constant:
                return

    # ------------------------------------------------------------ expressions

    def _inside(self, *nodes: nodes.Node | None) -> Iterator[int]:
        """Give the moments of everything inside some expressions, definitions followed, each once."""
        for node in nodes:
            if node is not None and id(node) not in self._seen:
                self._seen.add(id(node))
                yield from self._of(node)
                if not isinstance(node, _COMPARED):
                    yield from self._inside(*node.children())

    def _of(self, node: nodes.Node) -> Iterator[int]:
        match node:
            case p.Selection(within=int(within)):
                yield from (event.at + within + 1 for event in self._events(node))
            case p.FollowedBy(first=first, within=within):
                yield from (event.at + within for event in self._events(first))
            case p.MomentWithin(moment=read, within=within):
                moment = self.reading.instant(self.reading.value(read), read.type.kind)
                yield from () if moment is None else (moment, moment + within + 1)
            case p.Compare(left=left, right=right):
                yield from self._side(left, right)
                yield from self._side(right, left)
            case p.Between(value=value, low=low, high=high):
                yield from self._side(value, low, high)
                yield from self._inside(low, high)
            case p.OneOf(value=value, choices=choices):
                yield from self._side(value, *choices)
            case p.DaysBetween():
                yield from self._days(node, None)
            case p.CallNode(events=events, fields=fields) if events or fields:
                self.clocks.setdefault(node.text)
                yield from self._midnights()
            case p.DefinitionRead():
                yield from self._inside(self.program.behind(node))
            case _:
                pass

    def _side(self, node: p.ValueNode, *against: p.ValueNode) -> Iterator[int]:
        """Give the moments of one side of a test; of days that are held against constants, only those that matter."""
        days: p.Node | None = node
        while isinstance(days, p.DefinitionRead):
            days = self.program.behind(days)
        constants = [c.value for c in against if isinstance(c, p.Constant) and isinstance(c.value, Fraction)]
        if isinstance(days, p.DaysBetween) and len(constants) == len(against):
            yield from self._inside(days.moment)
            yield from self._days(days, constants)
        else:
            yield from self._inside(node)

    def _days(self, node: p.DaysBetween, constants: list[Fraction] | None) -> Iterator[int]:
        """Give the moments at which a count of days changes, or only those at which it crosses constants."""
        sign = 1 if node.direction == "since" else -1
        for moment in self._moments_of(node.moment):
            if isinstance(moment, dt.date):
                today = self.reading.zone.day(self.as_of)
                for count in _counts(constants, sign * (today - moment).days, sign, self._span_in_days):
                    day = moment + dt.timedelta(days=sign * count)
                    yield self.reading.zone.midnight(day)
                    yield self.reading.zone.midnight(day + dt.timedelta(days=1))
            else:
                for count in _counts(constants, sign * (self.as_of - moment) // DAY, sign, self._span_in_days):
                    yield moment + sign * count * DAY + (sign < 0)

    @property
    def _span_in_days(self) -> int:
        return (self.end - self.as_of) // DAY + 2

    def _moments_of(self, node: p.ValueNode) -> Iterator[int | dt.date]:
        """Give every moment that a value can be as windows move on."""
        if isinstance(node, p.Aggregate):
            for event in self._events(node.selection):
                value = self.reading.property(node.property, event)
                if isinstance(value, int | dt.date):
                    yield value
            return
        if isinstance(node, p.PropertyRead):
            values = [self.reading.property(node, event) for event in self.reading.facts.events]
        else:
            values = [self.reading.value(node)]
        yield from (value for value in values if isinstance(value, int | dt.date))

    def _events(self, selection: p.Selection) -> Iterable[Occurrence]:
        """Give the events that a selection could select were its window wide open, at any moment."""
        asked = selection.filter
        passes_time = asked is not None and any(asked.find((*_OF_THE_MOMENT, p.DefinitionRead)))
        return self.reading.select(
            attrs.evolve(selection, within=None, since=(), filter=None if passes_time else asked)
        )

    def _midnights(self) -> Iterator[int]:
        day = self.reading.zone.day(self.as_of)
        for count in range(1, self._span_in_days):
            yield self.reading.zone.midnight(day + dt.timedelta(days=count))


def _counts(constants: list[Fraction] | None, now: int, sign: int, span: int) -> Iterable[int]:
    """Give the whole counts of days to watch: around each constant, or all that the span will pass."""
    if constants is None:
        return range(now - 1, now + span + 1) if sign > 0 else range(now - span - 1, now + 2)
    found = set()
    for constant in constants:
        floor = constant.numerator // constant.denominator
        if abs(floor - now) <= span:
            found |= {floor - 1, floor, floor + 1}
    return found
