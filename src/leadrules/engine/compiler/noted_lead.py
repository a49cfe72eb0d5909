"""A lead as the notes of its result hold it: the values of fields, and the events that count by their type.

Everything is read when it is first asked for, and once. Values and events are given as the canonical
JSON in which evidence shows them; what the reference needs to answer about the lead is read for it.
"""

from __future__ import annotations

import datetime as dt
import functools
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

import attrs

from leadrules import program as p
from leadrules.canonical import canonical_json
from leadrules.conversions import Reader, reader_of_field
from leadrules.engine.compiler.captured import AT, ID, TYPE, CapturedType, Event, EventMaker
from leadrules.engine.compiler.runtime import Remembered
from leadrules.engine.compiler.totals import AccumulatedTotals
from leadrules.engine.compiler.trace import SEEN, definitions_noted
from leadrules.engine.reference.conditions import Reading
from leadrules.engine.reference.evidence import Evidence, plain
from leadrules.engine.reference.interpreter import Answers, Evaluation
from leadrules.heads import Notes
from leadrules.lead import Facts, LeadReader
from leadrules.occurrences import Occurrence
from leadrules.program.personal import revealing_criteria
from leadrules.values import Value, instant_of, moment_of, text_of_instant
from leadrules.vocabulary import Field

_SMALL = 2**29
_REMEMBERED = frozenset({type(None), str, bool, int, float, Decimal, dt.date, dt.datetime})
"""The types of values that may be looked up; others may refuse it, or lie."""

ToText = Callable[[Any], str]
"""Writes a raw value as canonical JSON, the way in which its reader reads it."""


def text_reader(read: Reader, kind: str, *, exact: bool) -> ToText:
    """Prepare writing raw values of a kind; what is written of texts is remembered.

    `exact` says that a whole number may stand as it is.
    """

    def text(raw: Any) -> str:
        return str(raw) if type(raw) is int and -_SMALL < raw < _SMALL else of_any(raw)

    def of_any(raw: Any) -> str:
        return known[raw] if type(raw) in _REMEMBERED else written(read(raw))

    def written(value: Any) -> str:
        return canonical_json(plain(value, kind))

    if kind == "list of text":
        return lambda raw: written(read(raw))
    known = Remembered(read, written)
    if kind == "bool":
        return lambda raw: "true" if raw is True else "false" if raw is False else of_any(raw)
    return text if exact and kind == "number" else of_any


@attrs.frozen
class NotedProgram:
    """What the notes of all leads of one program are read with; labels held are noted in the order of `ladders`."""

    program: p.Program
    reader: LeadReader
    totals: AccumulatedTotals
    events: EventMaker
    starts: Mapping[str, str]
    fields: Mapping[str, tuple[int, Field, Reader]]
    revealing: frozenset[str]
    ladders: tuple[str, ...]

    @classmethod
    def of(
        cls, program: p.Program, reader: LeadReader, totals: AccumulatedTotals, captured: Iterable[CapturedType]
    ) -> NotedProgram:
        """Prepare the readers of a program."""
        scope = program.scope
        fields = {
            name: (index, field, reader_of_field(field, scope.zone, scope.most_characters))
            for index, (name, field) in enumerate(program.scope.fields.items())
        }
        starts = {name: f'{{"type":{canonical_json(name)},"at":' for name in program.scope.read}
        events = EventMaker(program.scope, captured)
        return cls(
            program, reader, totals, events, starts, fields, revealing_criteria(program), tuple(program.scope.ladders)
        )


class NotedLead:
    """One lead."""

    __slots__ = (
        *("_evidence", "_ordered", "_notes"),
        *("instant", "now", "of", "pii", "seen", "selected", "stages", "totals", "values"),
    )

    def __init__(self, of: NotedProgram, notes: Notes) -> None:
        self.of = of
        self._notes = notes
        _, _, instant, self.values, self.seen, self.stages, self.pii, self.totals = notes[: len(SEEN)]
        self.instant: int = instant
        self.now = moment_of(instant)
        self.selected: dict[int, Sequence[Event]] = {}
        self._ordered: dict[str, Sequence[Event]] = {}
        self._evidence: Evidence | None = None

    @property
    def sums(self) -> Sequence[int]:
        """The units of each dimension, in order of declaration."""
        count = len(self.of.program.dimensions)
        return [value for _, value in itertools.islice(definitions_noted(self.of.program, self._notes), count)]

    def held(self, ladder: str) -> str | None:
        """Give the label that the lead holds of a ladder."""
        found: str | None = None if self.stages is None else self.stages[self.of.ladders.index(ladder)]
        return found

    # ---------------------------------------------------------------- events

    def in_order(self, type_: str) -> Sequence[Event]:
        """Give the events of a type in canonical order."""
        found = self._ordered.get(type_)
        if found is None:
            found = self._ordered[type_] = self.of.events.of_type(self.seen, type_)
        return found

    def texts(self, events: Sequence[Event]) -> list[str]:
        """Begin the canonical JSON of events: type, moment and id."""
        starts, days, minutes, seconds, found = self.of.starts, _DAYS, _MINUTES, _SECONDS, []
        for event in events:
            at, type_, id_ = event[AT], event[TYPE], event[ID]
            since = at - _EPOCH
            second = since.seconds
            text = f"{starts[type_]}{days[since.days]}{minutes[second // 60]}{seconds[second % 60]}"
            if since.microseconds:
                text = f"{starts[type_]}{moment_text(at)}"
            if id_ is not None:
                text = f'{text},"id":{canonical_json(id_)}'
            found.append(text)
        return found

    # ---------------------------------------------------------- the reference

    def evidence(self, needed: Sequence[tuple[str, str]]) -> Evidence:
        """Prepare asking the reference, with what is needed of the program's definitions."""
        if self._evidence is None:
            self._evidence = Evidence(self._reading(), self.pii, self.of.revealing)
        reading = self._evidence.reading
        missing = [key for key in needed if key not in reading.definitions]
        if missing:
            answers = Answers(Evaluation(reading.program, reading))
            for key in reading.program.needed(missing, reading.definitions):
                reading.definitions[key] = answers.definition(*key)
        return self._evidence

    def reading(self) -> Reading:
        """Read the whole lead anew, for the reference."""
        attributes = {name: read(self.values[index]) for name, (index, _, read) in self.of.fields.items()}
        facts = Facts(self._notes[1], attributes, self.read_events(), {}, 0)
        return self.of.totals.reading(self.of.program, facts, self.instant, self.totals)

    def _reading(self) -> Reading:
        program, instant = self.of.program, self.instant
        facts = cast("Facts", _NotedFacts(self))
        reading = self.of.totals.reading(program, facts, instant, self.totals)
        for (kind, name), value in definitions_noted(program, self._notes):
            noted = Fraction(value, 10**program.precision) if kind == "dimension" else value
            reading.definitions[kind, name] = noted
        return reading

    def read_events(self) -> tuple[Occurrence, ...]:
        """Give the events as the reference has them."""
        if self.of.totals.is_empty:
            return self.of.events.occurrences(self.seen)
        events = [event for events in self.seen.values() for event in events]
        return self.of.reader.read({"id": self._notes[1], "events": events}, self.instant).events


class _NotedFacts:
    """The facts of a noted lead, each read when it is first asked for."""

    def __init__(self, noted: NotedLead) -> None:
        self._noted = noted
        self.lead = noted._notes[1]  # noqa: SLF001
        self.attributes = _Attributes(noted)
        self.ignored = 0
        held = ((ladder, noted.held(ladder)) for ladder in noted.of.program.scope.ladders)
        self.held = {ladder: label for ladder, label in held if label is not None}

    @functools.cached_property
    def events(self) -> tuple[Occurrence, ...]:
        return self._noted.read_events()


class _Attributes(dict[str, Value | None]):
    def __init__(self, noted: NotedLead) -> None:
        super().__init__()
        self._noted = noted

    def __missing__(self, name: str) -> Value | None:
        index, _, read = self._noted.of.fields[name]
        found = self[name] = read(self._noted.values[index])
        return found


def moment_text(at: dt.datetime) -> str:
    """Write a moment as canonical JSON."""
    return f'"{text_of_instant(instant_of(at))}"'


class _Days(dict[int, str]):
    """How moments begin, by the number of their day since 1970: put together from parts they are written fastest."""

    def __missing__(self, day: int) -> str:
        text = f'"{(_EPOCH + dt.timedelta(day)).date().isoformat()}'
        if len(self) < _MOST_DAYS:
            self[day] = text
        return text


_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MOST_DAYS = 100_000
_DAYS = _Days()
_MINUTES = [f"T{minute // 60:02}:{minute % 60:02}:" for minute in range(24 * 60)]
_SECONDS = [f'{second:02}Z"' for second in range(60)]
