"""Turns the examples of a rule file into leads and expectations."""

from __future__ import annotations

import datetime as dt
from typing import Any, NoReturn

import attrs

from leadrules import program as p
from leadrules.check.expressions import Expressions
from leadrules.check.resolver import Place
from leadrules.check.sizes import MOST_TIMES
from leadrules.conversions import reader_of, reader_of_field, reader_of_property
from leadrules.foreign import Unreadable
from leadrules.syntax import tree
from leadrules.syntax.formatter import text_of
from leadrules.syntax.report import Refused, Report, line_of, listed
from leadrules.values import Duration, Zone, decimal_of, instant_of, moment_of
from leadrules.vocabulary import DATETIME, OWN_PROPERTIES, Type

DEFAULT_AS_OF = instant_of(dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC))
"""The moment of an example that gives none: 2026-01-01T12:00Z."""

RESULT = Place(result=True)


@attrs.define
class _Writing:
    """An example while its lines are being read."""

    node: tree.Example
    as_of: int = DEFAULT_AS_OF
    attributes: dict[str, Any] = attrs.field(factory=dict)
    columns: dict[str, str] = attrs.field(factory=dict)
    events: list[tuple[tree.GivenEvent, dict[str, Any]]] = attrs.field(factory=list)
    held: dict[str, str] = attrs.field(factory=dict)
    expectations: list[p.Expectation] = attrs.field(factory=list)
    lines: int = 0


@attrs.define
class Examples:
    """Collects the examples of a file, statement by statement."""

    expressions: Expressions
    zone: Zone
    written: dict[str, _Writing] = attrs.field(factory=dict)
    _current: _Writing | None = None

    @property
    def report(self) -> Report:
        """Where mistakes are reported."""
        return self.expressions.report

    def read(self, node: tree.Statement) -> None:
        """Take the next statement of the file; anything but `given` and `expect` ends an example."""
        match node:
            case tree.Example():
                self._open(node)
            case tree.Given():
                for item in node.items:
                    self._given(item, self._writing(node, "given"))
            case tree.Expect():
                self._expect(node)
            case _:
                self._current = None

    def built(self) -> tuple[p.Example, ...]:
        """Give the examples, in order of the file."""
        found = []
        for number, writing in enumerate(self.written.values(), start=1):
            if not writing.lines:
                self.report.add(
                    "LR522", "the example expects nothing", writing.node, "add a line such as `expect score = 10`"
                )
            lead = {
                "id": f"example {number}",
                "attributes": writing.attributes,
                "events": [
                    event for node, given in writing.events for event in self._event(node, given, writing.as_of)
                ],
                "stages": writing.held,
            }
            name = writing.node.name.value
            found.append(p.Example(name, writing.as_of, lead, tuple(writing.expectations), span=writing.node.span))
        return tuple(found)

    def _open(self, node: tree.Example) -> None:
        name = node.name.value
        self._current = _Writing(node)
        if name in self.written:
            first = line_of(self.written[name].node.span, node.name.span)
            self.report.add("LR307", f'two examples are named "{name}"', node.name, f"the first is in {first}")
            return
        self.written[name] = self._current

    def _writing(self, node: tree.Node, word: str) -> _Writing:
        if self._current is None:
            self.report.refuse(
                "LR521", f"`{word}` belongs below an example", node, 'begin one: `example "what it shows"`'
            )
        return self._current

    def _expect(self, node: tree.Expect) -> None:
        writing = self._writing(node, "expect")
        writing.lines += 1
        condition = self.expressions.condition(node.condition, RESULT)
        writing.expectations.append(p.Expectation(condition, text_of(node.condition), span=node.span))

    # ----------------------------------------------------------------- given

    def _given(self, item: tree.GivenField | tree.GivenEvent, writing: _Writing) -> None:
        try:
            name = item.name.name
            kind = self.expressions.names.kind(name)
            if isinstance(item, tree.GivenEvent) or kind in {"event", "events"}:
                self._given_event(item, writing)
            elif kind == "ladder":
                self._given_label(item, writing)
            elif name == "as_of" and kind is None:
                writing.as_of = self._moment(item)
            else:
                self._given_field(item, writing)
        except Refused:
            return  # reported; the other items of the line are still read

    def _given_field(self, item: tree.GivenField, writing: _Writing) -> None:
        name = item.name.name
        kind = self.expressions.names.kind(name)
        if kind is None:
            self.expressions.unknown(item.name)
        if kind != "field" or name not in self.expressions.names.fields:
            self.report.refuse(
                "LR402", f"an example gives fields, events and stages, and `{name}` is a {kind}", item.name
            )
        self.expressions.used.add(name)
        field = self.expressions.names.fields[name]
        raw = self._raw(item)
        try:
            reader_of_field(field, self.zone)(raw)
        except Unreadable as problem:
            self._unreadable(item, field.type, problem)
        other = writing.columns.setdefault(field.key, name)
        if other != name and writing.attributes.get(field.key) != raw:
            self.report.refuse("LR523", f"`{name}` and `{other}` read one column, which has one value", item)
        writing.attributes[field.key] = raw

    def _given_label(self, item: tree.GivenField, writing: _Writing) -> None:
        ladder = item.name.name
        label = item.value
        if not isinstance(label, tree.Name | tree.Text):
            self.report.refuse("LR305", f"a label of `{ladder}` is wanted here", item)
        text = label.name if isinstance(label, tree.Name) else label.value
        if not self.expressions.names.has_label(ladder, text):
            labels = self.expressions.names.labels_of(ladder)
            near = self.report.suggest(text, labels)
            help_ = f"did you mean `{near}`?" if near else f"it has {listed(labels)}"
            self.report.refuse("LR305", f"`{ladder}` has no label `{text}`", label, help_)
        writing.held[ladder] = text

    def _given_event(self, item: tree.GivenField | tree.GivenEvent, writing: _Writing) -> None:
        names, name = self.expressions.names, item.name
        if isinstance(item, tree.GivenField):
            self.report.refuse(
                "LR402", f"`{name.name}` is an event, and has no value", item, f"write `given {name.name}`"
            )
        if names.kind(name.name) is None:
            self.expressions.unknown(name, declaration="event {name}")
        if name.name not in names.events:
            self.report.refuse(
                "LR402", f"`{name.name}` is no event that happens by itself", name, "name one event, not a group"
            )
        self.expressions.used.add(name.name)
        event = names.events[name.name]
        properties: dict[str, Any] = {}
        for given in item.properties:
            found = event.property(given.name.name)
            if found is None:
                known = [q.name for q in event.properties]
                near = self.report.suggest(given.name.name, known)
                own = any(q.name == given.name.name for q in OWN_PROPERTIES)
                help_ = f"did you mean `{near}`?" if near else f"it has {listed(known) or 'no properties'}"
                help_ = "write when it happened: `2 days ago`" if own else help_
                self.report.refuse("LR303", f"`{name.name}` has no property `{given.name.name}`", given.name, help_)
            properties[given.name.name] = raw = self._raw(given)
            try:
                reader_of_property(found, self.zone)(raw)
            except Unreadable as problem:
                self._unreadable(given, found.type, problem)
        writing.events.append((item, properties))

    def _event(self, node: tree.GivenEvent, properties: dict[str, Any], as_of: int) -> list[dict[str, Any]]:
        ago = Duration(node.ago.count, node.ago.unit).microseconds if node.ago else 0
        times = int(node.times.value) if node.times else 1
        try:
            at = moment_of(as_of - ago)
        except OverflowError:
            self.report.add("LR524", "this is before the calendar begins", node)
            return []
        if times > MOST_TIMES:
            self.report.add("LR524", f"an event happens at most {MOST_TIMES:,} times in an example", node)
            return []
        return [{"type": node.name.name, "at": at, "properties": properties}] * times

    # ---------------------------------------------------------------- values

    def _raw(self, item: tree.GivenField) -> Any:
        """Give a literal as a host would hold it."""
        match item.value:
            case None:
                return None
            case tree.Number(value):
                return decimal_of(value)
            case tree.Text(value) | tree.Date(value) | tree.Flag(value):
                return value
            case tree.Set(items):
                if all(isinstance(member, tree.Text) for member in items):
                    return [member.value for member in items if isinstance(member, tree.Text)]
            case tree.Name(name):
                self.report.refuse("LR401", f"`{name}` is not a value", item.value, f'put a text in quotes: `"{name}"`')
            case _:
                pass
        self.report.refuse("LR401", "a number, text, date, true or false is wanted here", item)

    def _unreadable(self, item: tree.GivenField, type_: Type, problem: Unreadable) -> NoReturn:
        assert item.value is not None
        self.report.refuse("LR401", f"`{item.name.name}` is a {type_.kind}: {text_of(item.value)} {problem}", item)

    def _moment(self, item: tree.GivenField) -> int:
        raw = self._raw(item)
        if isinstance(raw, str | dt.date):
            try:
                found = reader_of(DATETIME, self.zone)(raw)
            except Unreadable as problem:
                self._unreadable(item, DATETIME, problem)
            if isinstance(found, int):
                return found
        self.report.refuse("LR401", '`as_of` is a date, or a time as in `"2026-03-01T10:00:00Z"`', item)
