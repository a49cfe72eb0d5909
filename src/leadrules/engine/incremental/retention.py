"""Forgets the events that no rule needs any more, and adds up what they came to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import attrs

from leadrules import program as p
from leadrules.engine.incremental.streams import StreamPlan
from leadrules.engine.incremental.totals import Totals
from leadrules.engine.incremental.uses import Events, PastReading, Use, is_judged_for_good, uses_of
from leadrules.lead import Facts, LeadReader
from leadrules.occurrences import Occurrence, PlainEvent, in_canonical_order


@attrs.frozen
class Retention:
    """What the rules of a program need of the past. `uses` are in an order that hangs on the program alone."""

    program: p.Program
    reader: LeadReader
    uses: tuple[Use, ...]

    @classmethod
    def of(cls, program: p.Program, reader: LeadReader) -> Retention:
        """Find what the rules of a program ask."""
        return cls(program, reader, uses_of(program))

    def forget(
        self, events: Sequence[PlainEvent], totals: Totals, mark: int, final: int, plan: StreamPlan
    ) -> tuple[list[PlainEvent], Totals]:
        """Give the events that are still needed at `mark` or later, and what all forgotten ones come to.

        Only events that are remembered since `final` or longer are judged: no repeat takes their place any more.
        """
        known = in_canonical_order(events)
        judged = [event for event in known if event.since <= final]
        past = [event.occurrence for event in judged]
        passes = {
            id(event.occurrence): tests(event.plain["at"], event.plain["properties"])
            for event in judged
            if (tests := plan.tests.get(event.occurrence.type))
        }
        facts = Facts(None, {}, tuple(past), {}, 0)
        reading = PastReading(self.program, facts, mark, filters=plan.filters, passes=passes)
        ignored = reading.ignored_by(filter(is_judged_for_good, self.program.ignores))
        reading = attrs.evolve(reading, ignored=ignored, whole=reading)
        seen = {True: _by_type(past), False: _by_type(event for event in past if id(event) not in ignored)}
        sides = {(use.types, use.selection.sees_all) for use in self.uses}
        asked = {side: _of_types(seen[side[1]], side[0]) for side in sides}
        passing = [use.passing(asked[use.types, use.selection.sees_all], reading) for use in self.uses]
        needed = {id(one) for use, found in zip(self.uses, passing, strict=True) for one in use.needed(found, reading)}
        kept = [event for event in known if event.since > final or id(event.occurrence) in needed]
        if len(kept) == len(known):
            return kept, totals
        gone = ([one for one in found if id(one) not in needed] for found in passing)
        parts = zip(self.uses, gone, totals, strict=True)
        return kept, [total.plus(use.forgotten(found, reading)) for use, found, total in parts]


def _by_type(events: Iterable[Occurrence]) -> Mapping[str, list[tuple[int, Occurrence]]]:
    found: defaultdict[str, list[tuple[int, Occurrence]]] = defaultdict(list)
    for index, event in enumerate(events):
        found[event.type].append((index, event))
    return found


def _of_types(by_type: Mapping[str, list[tuple[int, Occurrence]]], types: Sequence[str]) -> Events:
    """Give the events of some types in canonical order."""
    found = [pair for type_ in types for pair in by_type.get(type_, ())]
    if len(types) > 1:
        found.sort(key=lambda pair: pair[0])
    return [event for _, event in found]
