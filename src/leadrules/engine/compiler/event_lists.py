"""Events in the evidence of compiled results: which are selected, which a rule keeps, and how they are listed."""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs

from leadrules import program as p
from leadrules.audit import MASK, MOST_LISTED
from leadrules.canonical import canonical_json
from leadrules.conversions import reader_of_property
from leadrules.engine.compiler.caps import kept_of
from leadrules.engine.compiler.captured import AT, PROPERTIES, TYPE, Event, known_value
from leadrules.engine.compiler.fields import AboutText
from leadrules.engine.compiler.normalisation import readers_of
from leadrules.engine.compiler.noted_lead import NotedLead, ToText, text_reader
from leadrules.engine.compiler.operands import TextRead, only_text
from leadrules.engine.compiler.runtime import Decayed, number_in, span_of, units_of
from leadrules.engine.reference.conditions import Reading
from leadrules.engine.reference.evidence import about_events, asked_of_events, properties_shown
from leadrules.engine.reference.scoring import points_of
from leadrules.families import CALENDARS
from leadrules.lead import Facts
from leadrules.units import Decimals, Numbers
from leadrules.values import DAY, rounded
from leadrules.vocabulary import EventType, Property

Selected = Callable[[NotedLead], Sequence[Event]]
"""Gives the selected events of a lead in canonical order."""
Kept = Sequence[tuple[int, Event]]
"""The events that a rule keeps in canonical order, each behind its points in units."""
Listing = Callable[[NotedLead, Any], str | None]
"""Writes the beginning of a rule's evidence, up to its events; None where they do not come to the points given."""

_MASK = canonical_json(MASK)
_TIME_AND_TYPE = operator.itemgetter(AT, TYPE)


class Unplanned(Exception):
    """How this is shown only the reference knows."""


@attrs.define
class EventLists:
    """Prepares listing the events of leads of one program; `at_hand` says that none of them is only added up."""

    program: p.Program
    answers: Mapping[tuple[TextRead, str], AboutText]
    decimals: Decimals
    numbers: Numbers
    at_hand: bool
    _properties: dict[Property, ToText] = attrs.field(factory=dict)
    _keys: dict[p.Selection, int] = attrs.field(factory=dict)

    # ---------------------------------------------------------------- selected

    def selected(self, selection: p.Selection) -> Selected:
        """Prepare selecting events. Raises Unplanned."""
        if selection.looks_around or self.program.ignoring(selection) or not self.at_hand:
            raise Unplanned
        types = [name for name in selection.types if name in self.program.scope.read]
        if len(types) == 1 and selection.filter is None and selection.within is None:
            return lambda lead: lead.in_order(types[0])
        within = None if selection.within is None else span_of(selection.within)
        passing = None if selection.filter is None else self._filter(selection.filter, types)

        def select(lead: NotedLead) -> Sequence[Event]:
            found: Sequence[Event] = lead.in_order(types[0]) if len(types) == 1 else _together(lead, types)
            if within is not None:
                start = _before(lead.now, within)
                found = [event for event in found if event[AT] >= start]
            return found if passing is None else passing(found)

        def selected(lead: NotedLead) -> Sequence[Event]:
            known = lead.selected.get(key)
            if known is None:
                known = lead.selected[key] = select(lead)
            return known

        key = self._keys.setdefault(selection, len(self._keys))
        return selected

    def _filter(self, filter_: p.Condition, types: Sequence[str]) -> Callable[[Sequence[Event]], Sequence[Event]]:
        """Prepare a filter on one text, whose answers compiled code remembers by the text."""
        read = only_text(filter_)
        if not isinstance(read, p.PropertyRead):
            raise Unplanned
        answers = {type_: self._answer(type_, read, filter_) for type_ in types}
        where = {type_: self._place(type_, read.name) for type_ in types}
        if len(types) == 1:
            (answer,), (place,) = answers.values(), where.values()
            return lambda events: [event for event in events if answer(event[place])]
        return lambda events: [event for event in events if answers[event[TYPE]](event[where[event[TYPE]]])]

    def _place(self, type_: str, name: str) -> int:
        """Tell where in an event of a type a property stands."""
        read = readers_of(self.program.scope.events[type_], self.program.scope.read[type_])
        return PROPERTIES + read.index(name)

    def _answer(self, type_: str, read: p.PropertyRead, filter_: p.Condition) -> Callable[[Any], object]:
        if self._property(type_, read) is None:
            raise Unplanned
        for event in (type_, ""):
            about = self.answers.get((p.PropertyRead(read.name, read.type), event))
            index = None if about is None else about.asked.get(("true", filter_))
            if about is not None and index is not None:
                return _answers(about.remembered, index)
        raise Unplanned

    # ------------------------------------------------------------------ listed

    def listing(self, rule: p.Rule) -> Listing:
        """Prepare listing the latest events that gave points, the earlier ones added up. Raises Unplanned."""
        alike = self._alike(rule)
        if alike is not None:
            return alike
        keep, written, numbers = self._kept(rule), self._written(rule), self.numbers

        def listing(lead: NotedLead, points: Any) -> str | None:
            kept = keep(lead)
            if not kept or not self._are(sum(units for units, _ in kept), points):
                return None
            giving = [one for one in kept if one[0]] or kept[-1:]
            listed, before = giving[-MOST_LISTED:], giving[:-MOST_LISTED]
            events = [
                f'{text},"points":{numbers[units]}}}'
                for (units, _), text in zip(listed, written(lead, [event for _, event in listed]), strict=True)
            ]
            text = f'{{"events":[{",".join(events)}]'
            if not before:
                return text
            earlier = numbers[sum(units for units, _ in before)]
            return f'{text},"earlier":{{"events":{len(before)},"points":{earlier}}}'

        return listing

    def _are(self, units: int, points: Any) -> bool:
        return bool((units if type(points) is int else self.decimals[units]) == points)

    def _alike(self, rule: p.Rule) -> Listing | None:
        """Prepare listing the latest events of which each gives the same; None where they may differ."""
        caps, node = rule.caps, rule.alternatives[0].points
        differ = rule.decay is not None or caps.every is not None or bool(caps.per) or _is_seasonal(rule)
        units = None if differ or not isinstance(node, p.Constant) else self._units(node)
        if not units:
            return None
        assert rule.selection is not None
        selected, written = self.selected(rule.selection), self._written(rule)
        times, each, numbers = caps.times, units, self.numbers
        end = f',"points":{numbers[units]}}}'

        def listing(lead: NotedLead, points: Any) -> str | None:
            kept = selected(lead) if times is None else selected(lead)[-times:]
            if not kept or not self._are(each * len(kept), points):
                return None
            events = f"{end},".join(written(lead, kept[-MOST_LISTED:]))
            if len(kept) <= MOST_LISTED:
                return f'{{"events":[{events}{end}]'
            before = len(kept) - MOST_LISTED
            return f'{{"events":[{events}{end}],"earlier":{{"events":{before},"points":{numbers[each * before]}}}'

        return listing

    def _units(self, node: p.Constant) -> int:
        points = points_of(Reading(self.program, Facts(None, {}, (), {}, 0), 0), node, None)
        return units_of(rounded(points, self.program.precision), self.program.precision)

    def _kept(self, rule: p.Rule) -> Callable[[NotedLead], Kept]:
        """Prepare keeping what the caps of a rule leave of its events, all of them worth the same before decay."""
        caps, node = rule.caps, rule.alternatives[0].points
        assert rule.selection is not None
        if _is_seasonal(rule) or not isinstance(node, p.Constant) or any(cap.bucket.property for cap in caps.per):
            raise Unplanned
        selected, worth = self.selected(rule.selection), self._worth(rule, node)
        if caps.every is None and not caps.per and (caps.times is None or rule.decay is None):
            times = caps.times
            return lambda lead: worth(lead, selected(lead) if times is None else selected(lead)[-times:])
        zone = self.program.scope.zone
        keys = [number_in(CALENDARS[str(cap.bucket.calendar)], zone) for cap in caps.per]

        def kept(lead: NotedLead) -> Kept:
            valued = worth(lead, selected(lead))
            rows = [(units, event[AT], *(key(event[AT]) for key in keys), i) for i, (units, event) in enumerate(valued)]
            return [valued[index] for index in sorted(row[-1] for row in kept_of(caps, rows))]

        return kept

    def _worth(self, rule: p.Rule, node: p.Constant) -> Callable[[NotedLead, Sequence[Event]], Kept]:
        if rule.decay is None:
            units = self._units(node)
            return lambda _, events: [(units, event) for event in events]
        precision = self.program.precision
        points = points_of(Reading(self.program, Facts(None, {}, (), {}, 0), 0), node, None)
        table, unit = Decayed(rule.decay, points, precision), span_of(rule.decay.unit)
        in_days = rule.decay.unit == DAY

        def worth(lead: NotedLead, events: Sequence[Event]) -> Kept:
            now = lead.now
            if in_days:
                return [(table[(now - event[AT]).days], event) for event in events]
            return [(table[(now - event[AT]) // unit], event) for event in events]

        return worth

    # -------------------------------------------------------------- properties

    def _written(self, rule: p.Rule) -> Callable[[NotedLead, Sequence[Event]], list[str]]:
        """Prepare writing events with the properties that a rule looks at, all but the end."""
        assert rule.selection is not None
        shown = properties_shown(rule)
        if asked_of_events(*about_events(rule)):
            raise Unplanned
        if not shown:
            return NotedLead.texts
        if len({read.name for read in shown}) < len(shown):
            raise Unplanned
        parts = {
            type_: [
                (f"{canonical_json(read.name)}:", self._place(type_, read.name), text, read.pii)
                for read in shown
                if (text := self._property(type_, read)) is not None
            ]
            for type_ in rule.selection.types
        }

        def properties(lead: NotedLead, event: Event) -> str:
            found = []
            for key, place, text, pii in parts[event[TYPE]]:
                value = text(event[place])
                if value != "null":
                    found.append(key + (_MASK if pii and not lead.pii else value))
            return f',"properties":{{{",".join(found)}}}' if found else ""

        return lambda lead, events: [
            text + properties(lead, event) for text, event in zip(lead.texts(events), events, strict=True)
        ]

    def _property(self, type_: str, read: p.PropertyRead) -> ToText | None:
        """Prepare writing a property of a type; None where the type has none that is read."""
        scope = self.program.scope
        event: EventType | None = scope.events.get(type_)
        prop = None if event is None else event.property(read.name)
        if event is None or prop is None or prop.name not in readers_of(event, scope.read.get(type_, ())):
            return None
        if prop.type != read.type:
            raise Unplanned
        if prop not in self._properties:
            reader = known_value(reader_of_property(prop, scope.zone, scope.most_characters), prop.type)
            self._properties[prop] = text_reader(reader, prop.type.kind, exact=True)
        return self._properties[prop]


def _before(moment: dt.datetime, span: dt.timedelta) -> dt.datetime:
    try:
        return moment - span
    except OverflowError:
        return dt.datetime.min.replace(tzinfo=dt.UTC)


def _is_seasonal(rule: p.Rule) -> bool:
    return rule.first_day is not None or rule.last_day is not None


def _together(lead: NotedLead, types: Sequence[str]) -> Sequence[Event]:
    return sorted((event for type_ in types for event in lead.in_order(type_)), key=_TIME_AND_TYPE)


def _answers(remembered: Any, index: int) -> Callable[[Any], object]:
    def answer(raw: Any) -> object:
        answers = remembered[raw]
        return answers and answers[index]

    return answer
