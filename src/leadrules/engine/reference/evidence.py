"""What points and answers rest on, as plain data for audits and explanations.

Numbers become decimals (or `"1/3"` where their decimals do not end), instants UTC text, days ISO
text. Values of `pii` fields and properties become `[pii]` unless the caller asks for them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import attrs

from leadrules import program as p
from leadrules.audit import MASK, MOST_LISTED, MOST_VALUES
from leadrules.engine.reference.conditions import Reading, Total
from leadrules.engine.reference.scoring import RuleScore
from leadrules.occurrences import Occurrence
from leadrules.program.personal import revealing_criteria, reveals
from leadrules.values import Value, decimal_of, text_of_instant, text_of_number

CUT: dict[str, Any] = {"more": True}
"""Says behind values that there are more than are shown."""


class Evidence:
    """Writes down what a reading found; `show_pii` lifts the mask."""

    def __init__(self, reading: Reading, show_pii: bool = False, revealing: frozenset[str] | None = None) -> None:
        self.reading = reading
        self.show_pii = show_pii
        self._params: dict[int, tuple[tuple[p.ValueNode, ...], list[p.Constant]]] = {}
        self._revealing = revealing_criteria(reading.program) if revealing is None else revealing

    def of_rule(self, rule: p.Rule, score: RuleScore) -> dict[str, Any]:
        """Give what a rule that fired rests on: `events` of a per-event rule, else `values`."""
        found = {} if rule.selection is None else self._contributions(rule, score)
        values = self._looked_at(*basis(rule, score.alternative))
        return found | values if values["values"] or rule.selection is None else found

    def _contributions(self, rule: p.Rule, score: RuleScore) -> dict[str, Any]:
        """List the latest events that gave points, and add up the earlier ones; the latest of all where none did."""
        shown, asked = properties_shown(rule), asked_of_events(*about_events(rule))
        giving = [c for c in score.kept if c.points] or score.kept[-1:]
        listed, before = giving[-MOST_LISTED:], giving[:-MOST_LISTED]
        assert rule.selection is not None
        events = [
            self._event(c.event, shown, asked)
            | self._answers(rule.selection, c.event)
            | {"points": decimal_of(c.points)}
            for c in listed
        ]
        earlier = Total(len(before), sum((c.points for c in before), Fraction(0))).plus(score.earlier)
        if not earlier.count:
            return {"events": events}
        return {"events": events, "earlier": {"events": earlier.count, "points": decimal_of(earlier.sum)}}

    def of_persona(self, persona: p.Persona) -> dict[str, Any]:
        """Give the lines of a persona that are true with their weights, and all the weight there is."""
        true = [line for line in persona.lines if self.reading.truth(line.condition) is True]
        return {
            "weight": plain_number(sum((line.weight for line in true), Fraction(0))),
            "of": plain_number(sum((line.weight for line in persona.lines), Fraction(0))),
            "lines": [line.condition.text for line in true],
        } | self._looked_at(*(line.condition for line in true))

    def of_condition(self, condition: p.Condition) -> dict[str, Any]:
        """Give every value that a condition reads, by its text in the rule file."""
        return self._values(condition)

    def of_value(self, node: p.ValueNode) -> dict[str, Any]:
        """Give a value, and all that it is made of, by their texts in the rule file."""
        return self._values(node)

    def of_params(self, node: p.Node) -> dict[str, Any]:
        """Give the params that an expression names, with their values."""
        return {str(param.param): plain(param.value, param.type.kind) for param in self._params_in(node)}

    def _params_in(self, node: p.Node) -> Iterator[p.Constant]:
        """Give the params in a node, left to right; a list that many rules ask is looked through once."""
        for part in node.walk(closed=(p.OneOf, p.TextTest)):
            if isinstance(part, p.Constant) and part.param is not None:
                yield part
            elif isinstance(part, p.OneOf | p.TextTest):
                yield from self._params_in(part.value if isinstance(part, p.OneOf) else part.subject)
                choices = part.choices
                if id(choices) not in self._params:
                    found = (one for choice in choices for one in choice.find(p.Constant))
                    self._params[id(choices)] = choices, [one for one in found if one.param is not None]
                yield from self._params[id(choices)][1]

    def of_selections(self, *selections: p.Selection) -> dict[str, Any]:
        """Give how many events selections select and when the latest was, by their names."""
        return {selection.name: self._events(selection) for selection in selections}

    def _values(self, *nodes: p.Node) -> dict[str, Any]:
        values: dict[str, Any] = self._looked_at(*nodes)["values"]
        return values

    def _looked_at(self, *nodes: p.Node) -> dict[str, Any]:
        looked, cut = looked_at(self.reading.program, *nodes)
        return {"values": {text: self.of_read(node) for text, node in looked.items()}} | (CUT if cut else {})

    def of_read(self, node: Read) -> Any:
        """Give what is found where a condition looks."""
        if isinstance(node, p.Was):
            return self.reading.facts.held.get(node.ladder)
        if isinstance(node, p.MomentWithin):
            return self._value(node.moment)
        if isinstance(node, p.Happened):
            return self._events(node.selection)
        if isinstance(node, p.CallNode) and node.plugin is not None:
            return self._answer(node)
        return self._value(node)

    def _answer(self, node: p.CallNode, event: Occurrence | None = None) -> dict[str, Any]:
        """Give what a plugin's criterion answered, to what, and its versions; about an event, where one is at hand."""
        criterion = self.reading.program.functions[str(node.plugin), node.function]
        given = zip(node.names, node.arguments, strict=True)
        arguments = {name: self._value(value, event) for name, value in given}
        origin = criterion.origin
        return {
            "value": self._value(node, event),
            "arguments": arguments,
            "criterion": f"{origin.plugin}.{criterion.name}",
            "version": criterion.version,
            "distribution": None if origin.distribution is None else f"{origin.distribution} {origin.version}",
        }

    def _events(self, selection: p.Selection) -> dict[str, Any]:
        events = self.reading.select(selection)
        if not events:
            return {"events": self.reading.count(selection)}
        found = {"events": self.reading.count(selection), "latest": text_of_instant(events[-1].at)}
        asked = asked_of_events(selection.filter)
        if not asked and not selection.relations:
            return found
        shown = properties_of(selection.filter, *shared(selection))
        listed = [self._event(one, shown, asked) | self._answers(selection, one) for one in events[-MOST_LISTED:]]
        return found | {"listed": listed}

    def _answers(self, selection: p.Selection, event: Occurrence) -> dict[str, Any]:
        """Give the events that answer a selected one, relation by relation; nothing where none had to."""
        found = [
            self._event(one, properties_of(answer.filter, *answer.same), asked_of_events(answer.filter))
            for relation in selection.relations
            if not relation.negated
            for answer, one in zip(relation.answers, self.reading.related(relation).answers(event) or (), strict=True)
        ]
        return {"answered_by": found} if found else {}

    def _value(self, node: p.ValueNode, event: Occurrence | None = None) -> Any:
        value = self.reading.value(node, event)
        if value is not None and not self.show_pii and reveals(node, self.reading.program, self._revealing):
            return MASK
        return plain(value, node.type.kind)

    def _event(
        self, event: Occurrence, shown: Sequence[p.PropertyRead], asked: Mapping[str, p.CallNode]
    ) -> dict[str, Any]:
        """Give an event: the properties that are looked at, and what plugins' criteria said of it."""
        found: dict[str, Any] = {"type": event.type, "at": text_of_instant(event.at)}
        if event.id is not None:
            found["id"] = event.id
        properties = {
            node.name: MASK if node.pii and not self.show_pii else plain(value, node.type.kind)
            for node in shown
            if (value := self.reading.property(node, event)) is not None
        }
        values = {text: self._answer(node, event) for text, node in asked.items()}
        return found | ({"properties": properties} if properties else {}) | ({"values": values} if values else {})


Read = p.ValueNode | p.Was | p.MomentWithin | p.Happened
"""What a condition finally looks at."""
_CLOSED = (
    *(p.FieldRead, p.DefinitionRead, p.Count, p.Aggregate, p.Elapsed, p.AsOf, p.LocalPart),
    *(p.Happened, p.MomentWithin, p.Was),
)


_OF_LEAD = (p.Count, p.Aggregate, p.Happened)
"""What asks about the lead, even where an event is at hand."""


def reads(node: p.Node) -> Iterator[Read]:
    """Give what a condition looks at or a value is made of, from left to right.

    Literals are left out, and what differs from event to event inside a filter or its points.
    """
    found: Iterator[Any] = node.find(p.CallNode, p.Lookup, *_CLOSED, closed=_CLOSED)
    return (read for read in found if not is_of_event(read))


def is_of_event(node: p.Node) -> bool:
    """Tell whether a value hangs on the event at hand."""
    return next(node.find(p.PropertyRead, closed=_OF_LEAD), None) is not None


def asked_of_events(*nodes: p.Node | None) -> dict[str, p.CallNode]:
    """Give by their texts the plugins' criteria that filters or points ask about the event at hand."""
    calls = (call for node in nodes if node is not None for call in node.find(p.CallNode, closed=_OF_LEAD))
    return {call.text: call for call in calls if call.plugin is not None and is_of_event(call)}


def _inside(node: p.Node, program: p.Program) -> Iterator[Read]:
    """Give what stands behind a name, in the filters of selections, and behind the moment that time is counted from.

    Where criteria are asked about the events of a selection, these are looked at, too.
    """
    match node:
        case p.DefinitionRead():
            behind = program.behind(node)
            return iter(()) if behind is None else reads(behind)
        case p.Elapsed(_, _, p.Aggregate() as moment):
            return _inside(moment, program)
        case p.Elapsed(_, _, moment) | p.LocalPart(_, moment) if not isinstance(moment, p.FieldRead):
            return reads(moment)
        case p.MomentWithin(moment) if not isinstance(moment, p.FieldRead):
            return reads(moment)
        case p.Count(selection) | p.Aggregate(_, _, selection) | p.Happened(selection):
            return _of_selection(selection)
        case _:
            return iter(())


def _of_selection(selection: p.Selection, *, shown: bool = False) -> Iterator[Read]:
    """Give what the filters of a selection look at; `shown` says that its events are shown already."""
    if not shown and (selection.relations or asked_of_events(selection.filter)):
        yield p.Happened(selection, text=selection.text)
    filters = [selection.filter, *(one.filter for relation in selection.relations for one in relation.answers)]
    for filter_ in filters:
        yield from () if filter_ is None else reads(filter_)
    for since in selection.since:
        if isinstance(since, p.SinceEvent) and since.filter is not None:
            named = p.Selection(" | ".join(since.types), since.types, since.filter)
            yield from _of_selection(attrs.evolve(named, text=f"{named.name}[{since.filter.text}]"))


def looked_at(program: p.Program, *nodes: p.Node) -> tuple[dict[str, Read], bool]:
    """Give by its text what nodes look at, and after it what that is made of, each opened once.

    Of a selection that is what its filters look at. The first `MOST_VALUES` of them; the second answer
    tells whether there are more. A stack stands in for recursion: definitions may build on each other
    thousands deep.
    """
    found: dict[str, Read] = {}
    for one in nodes:
        opened: set[p.Node] = set()
        open_ = [_of_selection(one, shown=True) if isinstance(one, p.Selection) else reads(one)]
        while open_:
            node = next(open_[-1], None)
            if node is None:
                open_.pop()
                continue
            if len(found) == MOST_VALUES and node.text not in found:
                return found, True
            found[node.text] = node
            if node not in opened:
                opened.add(node)
                open_.append(_inside(node, program))
    return found, False


def basis(rule: p.Rule, alternative: int) -> list[p.Node]:
    """Give what the points of a rule rest on besides events.

    That is the conditions that decided (the alternative's, all of them for `else`, and `when`), what
    selects events, and points that are calculated.
    """
    chosen = rule.alternatives[alternative]
    found: list[p.Node] = []
    if rule.selection is not None:
        found.append(rule.selection)
    else:
        found += rule.conditions if chosen.condition is None else [chosen.condition]
    found += [] if rule.when is None else [rule.when]
    return found if isinstance(chosen.points, p.Constant) else [*found, chosen.points]


def about_events(rule: p.Rule) -> list[p.Node]:
    """Give what a per-event rule asks about each event: its filter, its points and what its caps go by."""
    assert rule.selection is not None
    nodes = [rule.selection.filter, rule.alternatives[0].points, *(cap.bucket.property for cap in rule.caps.per)]
    return [node for node in (*nodes, *shared(rule.selection)) if node is not None]


def shared(selection: p.Selection) -> list[p.PropertyRead]:
    """Give the properties that events and their answers must share."""
    return [read for relation in selection.relations for answer in relation.answers for read in answer.same]


def properties_shown(rule: p.Rule) -> list[p.PropertyRead]:
    """Give the properties that a per-event rule looks at, each once, `at` and `day` left out."""
    return properties_of(*about_events(rule))


def properties_of(*nodes: p.Node | None) -> list[p.PropertyRead]:
    """Give the properties of the event at hand that nodes look at, each once, `at` and `day` left out."""
    found = (read for node in nodes if node is not None for read in node.find(p.PropertyRead, closed=_OF_LEAD))
    return list(dict.fromkeys(read for read in found if read.name not in {"at", "day"}))


# --------------------------------------------------------------- plain data


def plain(value: Value | None, kind: str) -> Any:
    """Give a value as plain data; `kind` tells an instant from a number."""
    if isinstance(value, Fraction):
        return plain_number(value)
    if kind == "datetime" and isinstance(value, int):
        return text_of_instant(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(value)
    return value


def plain_number(value: Fraction) -> Any:
    """Give a number as a decimal, or as text such as `1/3` where its decimals do not end."""
    try:
        return decimal_of(value)
    except ValueError:
        return text_of_number(value)
