"""Finds the moments at which a result changes if nothing happens: by halving what cannot be skipped."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any, Literal

import attrs

from leadrules import program as p
from leadrules.audit import ScoredLead
from leadrules.conversions import YEARS
from leadrules.criteria import to_python
from leadrules.engine.reference.conditions import Reading
from leadrules.engine.reference.interpreter import answered, result_of
from leadrules.engine.spans.movement import Movement
from leadrules.engine.spans.outcome import LABELS, outcomes, output_kind
from leadrules.engine.spans.reading import Memory
from leadrules.errors import LeadError
from leadrules.families import RESULT_LISTS
from leadrules.lead import Facts
from leadrules.occurrences import Occurrence
from leadrules.values import DAY, instant_of, moment_of
from leadrules.work import Spending

Part = tuple[str, str]
"""A part of a result: its kind, and its name where there are several of a kind."""
PARTS = frozenset({"score", "dimension", "number", *LABELS})
"""All kinds of parts."""
Evaluate = Callable[[int, Mapping[str, str]], ScoredLead]
"""Scores the lead at an instant, with labels that its record holds then."""


def parts_of(result: ScoredLead, program: p.Program) -> dict[Part, Any]:
    """Give the parts of a result as the outcomes of a span have them."""
    found: dict[Part, Any] = {("score", ""): Fraction(result.score)}
    found |= {("dimension", name): Fraction(value) for name, value in result.dimensions.items()}
    for kind, named in (("grade", result.grades), ("ladder", result.stages)):
        found |= {(kind, name): label for name, label in named.items()}
    found |= {(output_kind(one), one.name): result.outputs[one.name] for one in program.outputs}
    return found | {(name, ""): getattr(result, name) for name in RESULT_LISTS}


@attrs.frozen
class Course:
    """A lead as of a moment, and what scores it later if nothing happens: at moments that never go back."""

    memory: Memory
    evaluate: Evaluate

    @property
    def as_of(self) -> int:
        """The moment that it begins with."""
        return self.memory.still.as_of

    @property
    def held(self) -> Mapping[str, str]:
        """The labels that the lead's record holds then."""
        return self.memory.still.facts.held


def course_of(
    movement: Movement, facts: Facts, as_of: int, evaluate: Callable[[Mapping[str, Any], dt.datetime], ScoredLead]
) -> Course:
    """Begin with the facts of a lead; `evaluate` scores them in the shape of a lead."""
    program = movement.program
    lead = mapping_of(facts, program)

    def score(at: int, held: Mapping[str, str]) -> ScoredLead:
        return evaluate({**lead, "stages": dict(held)}, moment_of(at))

    return Course(Memory(movement, Reading(program, facts, as_of)), score)


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


@attrs.define
class Search:
    """Looks for changes of some kinds of parts of the result of one lead, from one moment on."""

    course: Course
    kinds: frozenset[str]
    result: ScoredLead
    held: Mapping[str, str]
    ignored: set[Part] = attrs.field(factory=set)
    _now: dict[Part, Any] = attrs.field(init=False)
    _spending: Spending = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        still = self.course.memory.still
        work, events = still.program.scope.work, Counter(event.type for event in still.facts.events)
        self._spending = Spending(work, still.facts.lead, work.of(events))
        self.go_on(self.result, self.held)

    def go_on(self, result: ScoredLead, held: Mapping[str, str]) -> None:
        """Look from now on for what differs from a result, of a lead that holds these labels."""
        self.result, self.held = result, held
        parts = parts_of(result, self.course.memory.program).items()
        self._now = {part: value for part, value in parts if part[0] in self.kinds and part not in self.ignored}

    def differing(self, result: ScoredLead) -> dict[Part, tuple[Any, Any]]:
        """Give the parts that are not as they were: what they were, and what they are."""
        found = parts_of(result, self.course.memory.program)
        return {part: (value, found[part]) for part, value in self._now.items() if found[part] != value}

    def moments(self, low: int, high: int) -> Iterator[tuple[int, ScoredLead]]:
        """Give the moments from `low` to `high`, both in, at which the result is another than it was, and the result.

        Whoever takes one says how to go on before the next is looked for.
        """
        waiting = [(low, high)]
        while waiting:
            first, last = waiting.pop()
            verdict = self._verdict(first, last)
            if verdict == "still":
                continue
            if verdict == "open" and first < last:
                border = self._border(first, last)
                waiting += [(border, last), (first, border - 1)]
                continue
            if first < last:
                waiting.append((first + 1, last))
            self._spending.spend()
            result = self.course.evaluate(first, self.held)
            if self.differing(result):
                yield first, result

    def _border(self, low: int, high: int) -> int:
        """Part a span near its middle, where something moves, so that what stands still does so in one of the parts."""
        reach = (high - low) // 2
        while True:
            found = self.course.memory.moves.after(low + reach)
            if found is not None and found <= high:
                return found
            if not reach:
                return (low + high) // 2 + 1
            reach //= 16

    def is_still(self, low: int, high: int) -> bool:
        """Tell that nothing looked for changes, as far as can be told without parting the span."""
        return self._verdict(low, high) == "still"

    def _verdict(self, low: int, high: int) -> Literal["still", "moves", "open"]:
        """Tell whether nothing looked for changes all the time, or something is another from the first moment on."""
        self._spending.spend()
        found = outcomes(self.course.memory, low, high, self.held)
        verdict: Literal["still", "open"] = "still"
        for part, value in self._now.items():
            possible = found[part]
            if possible is None:
                verdict = "open"
            elif value not in possible:
                return "moves"
            elif len(possible) > 1:
                verdict = "open"
        return verdict


LAST = instant_of(dt.datetime(YEARS[-1], 12, 31, 23, 59, 59, 999_999, tzinfo=dt.UTC))
"""The last moment that a lead is scored at."""
_BEGIN, _GROW = DAY, 4
AHEAD, AHEAD_OF_CLOCKS = 7_305 * DAY, 366 * DAY
"""So far a change is looked for, a day at a time if need be; and where criteria of plugins must be asked each day."""


def next_change(course: Course, result: ScoredLead) -> int | None:
    """Give the first moment after `as_of` at which the result is another; None where time alone never changes it.

    The lead's record goes on to hold what it holds. Of the result count score, dimensions, labels and lists of text.
    Where nothing changes as far ahead as is looked, and what comes later is open, the moment up to which it is sure.
    """
    search = Search(course, PARTS, result, course.held)
    low, length = course.as_of + 1, _BEGIN
    if low > LAST or search.is_still(low, LAST):
        return None
    end = min(course.as_of + (AHEAD_OF_CLOCKS if course.memory.movement.clocks else AHEAD) - 1, LAST)
    while low <= end:
        high = min(low + length - 1, end)
        for at, _ in search.moments(low, high):
            return at
        low, length = high + 1, length * _GROW
    return None if low > LAST or search.is_still(low, LAST) else low


def valid_until(movement: Movement, reading: Reading, result: ScoredLead) -> dt.datetime | None:
    """Give the next change of a result that was made by a reading, as a datetime in UTC.

    Raises LeadError where the lead was changed since, so that it gives another result.
    """
    before = {transition.ladder: transition.before for transition in result.transitions}
    held = {ladder: label for ladder, label in {**result.stages, **before}.items() if label is not None}

    def score(at: int, held: Mapping[str, str]) -> ScoredLead:
        return result_of(answered(reading.anew(at, held)), result.ruleset)

    course = Course(Memory(movement, reading.anew(reading.as_of, held)), score)
    program = movement.program
    if parts_of(score(course.as_of, held), program) != parts_of(result, program):
        reason = "the lead was changed after it was scored (ask before, or score a copy)"
        raise LeadError(reason, code="event_changed", lead=result.lead)
    found = next_change(course, result)
    return None if found is None else moment_of(found)


def next_moment(course: Course) -> dt.datetime | None:
    """Give the same of the result at the first moment, as a datetime in UTC."""
    found = next_change(course, course.evaluate(course.as_of, course.held))
    return None if found is None else moment_of(found)
