"""What the names in an expression stand for: properties, params, fields, definitions, events, labels.

The resolver notes what the rules read of a lead, and which names are used.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from itertools import chain
from typing import NoReturn, TypedDict, cast

import attrs

from leadrules import program as p
from leadrules.check.names import AS_OF, DEFINITIONS, Names, Param
from leadrules.check.reads import Reads
from leadrules.criteria import Criterion
from leadrules.errors import Span
from leadrules.families import CALENDARS, RESULT_LISTS
from leadrules.program import DefinitionKind
from leadrules.syntax import tree
from leadrules.syntax.formatter import text_of
from leadrules.syntax.report import Refused, Report, listed
from leadrules.values import Duration
from leadrules.vocabulary import NUMBER, TEXTS


@attrs.frozen
class Place:
    """Where an expression stands, which decides what its names mean.

    `event` holds the event types whose properties come first, in a filter and in the points of a
    per-event rule. A `filter` reads no selections. `within` and `since` are a dimension's defaults
    for selections that give neither. In a `result`, what an example expects, the lists of the
    result have names too. A `bucket` is what `per` names: a property, where no calendar unit was meant.
    """

    event: tuple[str, ...] | None = None
    filter: bool = False
    result: bool = False
    bucket: bool = False
    within: int | None = None
    since: tuple[p.SinceEvent | p.SinceField, ...] = ()


ANYWHERE = Place()

CALENDAR_UNITS = " or ".join(", ".join(CALENDARS).rsplit(", ", 1))
"""What `per` takes besides properties, as a help says it."""

EXPECTED_LISTS = frozenset(name for name, one in RESULT_LISTS.items() if one.expected)
"""What an expectation may look at besides everything that a condition may."""


class Told(TypedDict):
    """What every expression of the program is told: its canonical text and its place."""

    text: str
    span: Span


def told(node: tree.Node) -> Told:
    """Give the canonical text and the place of a node of the tree."""
    return {"text": text_of(node), "span": node.span}


@attrs.define
class Resolver:
    """Resolves names against those of a file, and notes what they read of a lead."""

    names: Names
    report: Report
    reads: Reads = attrs.field(factory=Reads)
    plain_criteria: set[str] = attrs.field(factory=set)
    used: set[str] = attrs.field(factory=set)
    functions: dict[tuple[str, str], Criterion] = attrs.field(factory=dict)
    columns: dict[tuple[str, str], None] = attrs.field(factory=dict)

    @contextmanager
    def apart(self) -> Iterator[Reads]:
        """Note what is read within by itself, and not as what the rules read."""
        whole, self.reads = self.reads, Reads()
        try:
            yield self.reads
        finally:
            self.reads = whole

    # ---------------------------------------------------------------- values

    def named(self, node: tree.Name, place: Place) -> p.ValueNode:
        """Give what a name stands for where a value is wanted."""
        if place.event is not None:
            found = self.names.property(place.event, node.name, node)
            if found is not None:
                self._hides(node)
                self.note(place.event, node.name)
                return p.PropertyRead(found.name, found.type, found.pii, **told(node))
        kind = self.names.kind(node.name)
        if kind == "param":
            self.used.add(node.name)
            param = self.names.params.get(node.name)
            if param is None:
                raise Refused
            if param.type is None:
                self.report.refuse("LR401", f"`{node.name}` is a duration, and a value is wanted here", node)
            return p.Constant(param.value, param.type, param=param.name, **told(node))
        if kind == "field":
            return self._field(node)
        if kind is None and node.name in AS_OF:
            return p.AsOf(AS_OF[node.name], **told(node))
        if kind is None and place.result and node.name in EXPECTED_LISTS:
            return p.DefinitionRead(cast("DefinitionKind", node.name), "", TEXTS, **told(node))
        if kind in DEFINITIONS:
            return self._definition(node, cast(DefinitionKind, kind), place)
        self._no_value(node, kind, place)

    def _field(self, node: tree.Name) -> p.FieldRead:
        self.used.add(node.name)
        field = self.names.fields.get(node.name)
        if field is None:
            raise Refused
        if field.protected:
            guard = self.names.guards.get(node.name, node.name)
            of = "" if guard == node.name else f" by the field `{guard}`, which reads the same column"
            whose = "its declaration" if guard == node.name else f"that of `{guard}`"
            help_ = f"leave it out, or take `protected` from {whose} if the law lets you"
            message = f"`{node.name}` is protected{of}: no rule, criterion or stage may read it"
            self.report.refuse("LR312", message, node, help_)
        self.reads.fields[node.name] = None
        return p.FieldRead(field, **told(node))

    def _definition(self, node: tree.Name, kind: DefinitionKind, place: Place) -> p.DefinitionRead:
        self.used.add(node.name)
        if kind == "criterion":
            self.reads.criteria[node.name] = None
        if place.filter and not (kind == "criterion" and node.name in self.plain_criteria):
            self.report.refuse(
                "LR409",
                f"a filter reads properties and fields, and `{node.name}` is a {kind}"
                + (" that reads events or scores" if kind == "criterion" else ""),
                node,
                "ask for it beside the selection, with `when` or `and`",
            )
        if kind == "criterion" and node.name not in self.names.criteria:
            raise Refused
        return p.DefinitionRead(kind, node.name, self.names.type_of(kind, node.name), **told(node))

    def _hides(self, node: tree.Name) -> None:
        self.used.add(node.name)
        declared = self.names.declared.get(node.name)
        if declared is not None and declared.kind == "field":
            self.report.warn(
                "LR202",
                f"`{node.name}` is the event's property here and hides the field of that name",
                node,
                "rename the field, with `from` for its column, if you mean it",
            )

    def _no_value(self, node: tree.Name, kind: str | None, place: Place) -> NoReturn:
        text = text_of(node)
        if kind in {"event", "events"}:
            self.report.refuse("LR402", f"`{text}` is an event, not a value", node, f"write `count({text})`")
        if kind == "table":
            self.used.add(node.name)
            columns = self.names.tables[node.name].names if node.name in self.names.tables else []
            asked = f"{text}.{columns[-1]}(…)" if columns else f"{text}(…)"
            self.report.refuse("LR402", f"`{text}` is a table, not a value", node, f"look a key up in it: `{asked}`")
        if kind == "list":
            self.used.add(node.name)
            self.report.refuse("LR402", f"`{text}` is a list", node, "lists stand after `in` and the tests of text")
        self.unknown(node, place)

    def unknown(self, node: tree.Name, place: Place = ANYWHERE, declaration: str = "field {name}: text") -> NoReturn:
        """Refuse a name that is not in scope, with a suggestion or the declaration to add."""
        if node.name in self.report.excused:
            raise Refused
        if self.names.kind(node.name) == "plugin":
            advice = "call one of its criteria, or give the plugin another name: `use … as …`"
            self.report.refuse("LR402", f"`{text_of(node)}` is a plugin, not a value", node, advice)
        properties = () if place.event is None else self.names.property_names(place.event)
        calendars = CALENDARS if place.bucket else ()
        near = self.report.suggest(node.name, chain(self.names.known(), properties, calendars, AS_OF))
        if place.bucket and near in CALENDARS:
            self.report.refuse("LR303", f"there is no `{node.name}`", node, f"did you mean `{near}`?")
        if place.event is not None and len(place.event) == 1 and declaration.startswith("field"):
            declaration = f"event {place.event[0]}[{declaration.removeprefix('field ')}]"
        to_add = f"declare it: `{declaration.format(name=text_of(node))}`"
        other = f"write {CALENDAR_UNITS}, or {to_add}" if place.bucket else to_add
        help_ = f"did you mean `{near}`? Or {to_add}" if near else other
        self.report.refuse("LR303", f"there is no `{node.name}`", node, help_)

    # ---------------------------------------------------------------- events

    def is_event(self, name: tree.Name, place: Place = ANYWHERE) -> bool:
        """Tell whether a name is an event or a group of events where it stands."""
        if place.event is not None and name.name in self.names.property_names(place.event):
            return False
        return self.names.kind(name.name) in {"event", "events"}

    def event_types(self, name: tree.Name) -> tuple[str, ...]:
        """Give the event types behind a name, which must be an event or a group, and note them as read."""
        kind = self.names.kind(name.name)
        if kind is None:
            self.unknown(name, declaration="event {name}")
        if kind not in {"event", "events"}:
            article = "an" if kind in {"event", "events"} else "a"
            self.report.refuse("LR402", f"an event is wanted here, and `{name.name}` is {article} {kind}", name)
        self.used.add(name.name)
        if name.name not in self.names.events and name.name not in self.names.groups:
            raise Refused
        types = self.names.types_of(name.name)
        if (types, "") not in self.reads.noted:
            self.reads.noted.add((types, ""))
            for type_ in types:
                self.reads.events.setdefault(type_, set())
        return types

    def note(self, types: tuple[str, ...], name: str) -> None:
        """Note that a property of some event types is read."""
        if (types, name) in self.reads.noted:
            return
        self.reads.noted.add((types, name))
        for type_ in types:
            if self.names.events[type_].property(name) is not None:
                self.reads.events.setdefault(type_, set()).add(name)

    # ---------------------------------------------------------------- labels

    def scale(self, node: tree.Node, place: Place) -> str | None:
        """Name the grade or ladder that a side of a comparison is, if it is one."""
        while isinstance(node, tree.Group):
            node = node.inner
        if not isinstance(node, tree.Name) or self.names.kind(node.name) not in {"grade", "ladder"}:
            return None
        hidden = place.event is not None and node.name in self.names.property_names(place.event)
        return None if hidden else node.name

    def ladder_label(self, node: tree.Name | tree.Text) -> tuple[str, str]:
        """Give the ladder and the label that a word after `->`, `hold` or `was` names."""
        label = node.name if isinstance(node, tree.Name) else node.value
        ladder = self.names.labels.get(label)
        if ladder is None:
            near = self.report.suggest(label, self.names.labels)
            known = listed(self.names.labels) or "none"
            help_ = f"did you mean `{near}`?" if near else f"the labels are {known}; `stages` declares them"
            self.report.refuse("LR305", f"no ladder has the label `{label}`", node, help_)
        return ladder, label

    # ---------------------------------------------------------- bare numbers

    def duration(self, node: tree.Duration | tree.Name) -> Duration:
        """Give a duration, or that of a param."""
        if isinstance(node, tree.Duration):
            return Duration(node.count, node.unit)
        param = self._param(node, "a duration such as `30 days`")
        if param.type is not None:
            self.report.refuse("LR401", f"`{node.name}` is a {param.type.kind}, and a duration is wanted", node)
        assert isinstance(param.value, Duration)
        return param.value

    def literal_number(self, node: tree.Number | tree.Name, wanted: str) -> Fraction:
        """Give a number, or that of a param."""
        if isinstance(node, tree.Number):
            return node.value
        param = self._param(node, wanted)
        if param.type != NUMBER:
            kind = "duration" if param.type is None else param.type.kind
            self.report.refuse("LR401", f"`{node.name}` is a {kind}, and a number is wanted", node)
        assert isinstance(param.value, Fraction)
        return param.value

    def whole(self, node: tree.Number | tree.Name, what: str, *, least: int) -> int:
        """Give a whole number that is at least `least`."""
        value = self.literal_number(node, what)
        if value.denominator != 1 or value < least:
            self.report.refuse("LR411", f"{what} is a whole number from {least}, not {text_of(node)}", node)
        return int(value)

    def _param(self, node: tree.Name, wanted: str) -> Param:
        kind = self.names.kind(node.name)
        if kind == "param":
            self.used.add(node.name)
            if node.name in self.names.params:
                return self.names.params[node.name]
            raise Refused
        if kind is None:
            self.unknown(node, declaration="param {name} = …")
        self.report.refuse("LR402", f"{wanted} or a param is wanted here, and `{node.name}` is a {kind}", node)
