"""The evidence of compiled results: only what fired is proven, from what the notes of a result hold.

What an entry shows is known before any lead is: a plan, made when an entry first asks for it, writes
it from the values of fields and the events that count. What has no plan is asked of the reference,
for that entry alone. Either way the text is the one that the reference writes.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import attrs

from leadrules import program as p
from leadrules.audit import MASK
from leadrules.canonical import canonical_json
from leadrules.engine.compiler.captured import AT, Event
from leadrules.engine.compiler.event_lists import EventLists, Unplanned
from leadrules.engine.compiler.noted_lead import (
    NotedLead,
    NotedProgram,
    ToText,
    moment_text,
    text_reader,
)
from leadrules.engine.compiler.trace import Trace
from leadrules.engine.reference.evidence import CUT, Read, asked_of_events, basis, looked_at
from leadrules.engine.reference.scoring import score_persona, score_rule
from leadrules.heads import EntryHead, Fired, Notes
from leadrules.units import EXACT, Decimals
from leadrules.values import rounded
from leadrules.vocabulary import Field

Plan = Callable[[NotedLead, Any, Any], str | None]
"""Writes the evidence of an entry from its points, and those of the entry before it; None where they do not follow."""
ValuePlan = Callable[[NotedLead], str]
"""Writes a value."""
Counted = Callable[[NotedLead, Sequence[Event]], str]
"""Writes what is asked of selected events."""
Defined = tuple[str, str]

_NOTED = frozenset({"dimension", "grade", "ladder"})
_MASK = canonical_json(MASK)


@attrs.define
class EvidencePlans:
    """Proves what fired on leads of one program. Plans are found by the identity of heads, which the code keeps."""

    noted: NotedProgram
    trace: Trace
    events: EventLists
    _plans: dict[int, Plan] = attrs.field(factory=dict)
    _fields: dict[str, ToText] = attrs.field(factory=dict)
    _values_of: dict[Read, ValuePlan] = attrs.field(factory=dict)

    def prove(self, notes: Notes, fired: Sequence[Fired]) -> dict[int, str]:
        """Give the evidence of entries as canonical JSON, by their index; of those that follow from the lead."""
        lead = NotedLead(self.noted, notes)
        found: dict[int, str] = {}
        plans, before = self._plans, None
        for head, points in fired:
            plan = plans.get(id(head)) or self._plan(head)
            text = plan(lead, points, before)
            if text is not None:
                found[head[3]] = text
            before = points
        return found

    def _plan(self, head: EntryHead) -> Plan:
        kind, index, alternative = head[0], head[3], head[5]
        item = self.trace.items[index]
        plan: Plan
        if kind == "constant":
            plan = _nothing
        elif kind == "weight":
            plan = self._weight(item)
        elif kind == "cap":
            plan = self._cap_of_rule() if isinstance(item, p.Rule) else self._cap(item)
        elif isinstance(item, p.Rule):
            plan = self._rule(item, alternative)
        else:
            assert isinstance(item, p.Persona)
            plan = self._persona(item)
        return self._plans.setdefault(id(head), plan)

    @property
    def _program(self) -> p.Program:
        return self.noted.program

    @property
    def _decimals(self) -> Decimals:
        return self.trace.maker.decimals

    # ------------------------------------------------------ what sums become

    def _change(self, before: int, after: int) -> str:
        numbers = self.trace.maker.numbers
        return f'{{"from":{numbers[before]},"to":{numbers[after]}}}'

    def _units(self, points: Any) -> int:
        return points if type(points) is int else int(EXACT.multiply(points, self._decimals.scale))

    def _cap_of_rule(self) -> Plan:
        def plan(_: NotedLead, points: Any, before: Any) -> str:
            units = self._units(before)
            return self._change(units, units + self._units(points))

        return plan

    def _cap(self, item: Any) -> Plan:
        """Write what a clamp took or gave: it ends at the bound on the side that it comes from."""
        low, high = (
            None if bound is None else round(bound * self._decimals.scale)
            for bound in (item.bounds.low, item.bounds.high)
        )

        def plan(_: NotedLead, points: Any, __: Any) -> str:
            change = self._units(points)
            after = high if change < 0 and (low is None or high is None or low <= high) else low
            assert after is not None
            return self._change(after - change, after)

        return plan

    def _weight(self, dimension: Any) -> Plan:
        which = [one.name for one in self._program.dimensions].index(dimension.name)

        def plan(lead: NotedLead, points: Any, _: Any) -> str:
            value = lead.sums[which]
            return self._change(value, value + self._units(points))

        return plan

    # ---------------------------------------------------------- rules, personas

    def _rule(self, rule: p.Rule, alternative: int) -> Plan:
        asked = self._asked_rule(rule)
        nodes = basis(rule, alternative)
        values = self._values(nodes)
        if rule.selection is None:
            return lambda lead, _, __: f'{{"values":{values(lead)}'
        try:
            listing = self.events.listing(rule)
        except Unplanned:
            return asked

        def plan(lead: NotedLead, points: Any, _: Any) -> str | None:
            events = listing(lead, points)
            if events is None:
                return None
            return f'{events},"values":{values(lead)}' if nodes and looked else f"{events}}}"

        looked, _ = looked_at(self._program, *nodes)
        return plan

    def _asked_rule(self, rule: p.Rule) -> Plan:
        """Ask the reference about a rule."""
        needed = self._needed(rule)

        def plan(lead: NotedLead, points: Any, _: Any) -> str | None:
            evidence = lead.evidence(needed)
            score = score_rule(evidence.reading, rule)
            if score is None or not self._are(points, score.points):
                return None
            return canonical_json(evidence.of_rule(rule, score))

        return plan

    def _persona(self, persona: p.Persona) -> Plan:
        needed = self._needed(persona)

        def plan(lead: NotedLead, points: Any, _: Any) -> str | None:
            evidence = lead.evidence(needed)
            share = persona.points * score_persona(evidence.reading, persona)
            if not self._are(points, rounded(share, self._program.precision)):
                return None
            return canonical_json(evidence.of_persona(persona))

        return plan

    def _are(self, points: Any, found: Fraction) -> bool:
        return self._units(points) == found * self._decimals.scale

    def _needed(self, node: p.Node) -> tuple[Defined, ...]:
        """Name the definitions that the reference needs to answer a node, but for those that these read."""
        reads = ((read.kind, read.name) for read in node.find(p.DefinitionRead) if read.kind not in _NOTED)
        return tuple(dict.fromkeys(reads))

    # ------------------------------------------------------------------ values

    def _values(self, nodes: Sequence[p.Node]) -> ValuePlan:
        """Write all that conditions and values look at, by its text, and the end of the evidence."""
        looked, cut = looked_at(self._program, *nodes)
        end = f"}},{canonical_json(CUT)[1:]}" if cut else "}}"
        parts = [(f"{canonical_json(text)}:", self._value(node)) for text, node in looked.items()]
        if len(parts) == 1:
            ((key, only),) = parts
            return lambda lead: f"{{{key}{only(lead)}{end}"
        return lambda lead: f"{{{','.join([key + write(lead) for key, write in parts])}{end}"

    def _value(self, node: Read) -> ValuePlan:
        """Write what is looked at, however often; what stands twice in the rules is of one plan."""
        if node not in self._values_of:
            self._values_of[node] = self._written(node)
        return self._values_of[node]

    def _written(self, node: Read) -> ValuePlan:
        match node:
            case p.FieldRead(field) | p.MomentWithin(p.FieldRead(field)):
                return self._field(field)
            case p.Was(ladder):
                return lambda lead: canonical_json(lead.held(ladder))
            case p.Count(selection):
                return self._counted(node, selection, lambda _, events: str(len(events)))
            case p.Happened(selection) if not asked_of_events(selection.filter):
                return self._counted(node, selection, lambda _, events: _happened(events))
            case p.Elapsed("days", direction, p.Aggregate("first" | "last" as edge, p.PropertyRead("at"), selection)):
                return self._counted(node, selection, functools.partial(_days, direction, edge))
            case _:
                return self._asked_value(node)

    def _field(self, field: Field) -> ValuePlan:
        index, _, read = self.noted.fields[field.name]
        if field.name not in self._fields:
            self._fields[field.name] = text_reader(read, field.type.kind, exact=not field.unknown)
        text = self._fields[field.name]
        if not field.pii:
            return lambda lead: text(lead.values[index])

        def masked(lead: NotedLead) -> str:
            found = text(lead.values[index])
            return found if lead.pii or found == "null" else _MASK

        return masked

    def _counted(self, node: Read, selection: p.Selection, written: Counted) -> ValuePlan:
        asked = self._asked_value(node)
        try:
            selected = self.events.selected(selection)
        except Unplanned:
            return asked

        def value(lead: NotedLead) -> str:
            return written(lead, selected(lead))

        return value

    def _asked_value(self, node: Read) -> ValuePlan:
        """Ask the reference about a value."""
        needed = self._needed(node)
        return lambda lead: canonical_json(lead.evidence(needed).of_read(node))


def _nothing(*_: Any) -> str:
    return "{}"


def _happened(events: Sequence[Event]) -> str:
    if not events:
        return '{"events":0}'
    return f'{{"events":{len(events)},"latest":{moment_text(events[-1][AT])}}}'


def _days(direction: str, edge: str, lead: NotedLead, events: Sequence[Event]) -> str:
    if not events:
        return "null"
    at = events[0 if edge == "first" else -1][AT]
    return str((lead.now - at if direction == "since" else at - lead.now).days)
