"""Turns conditions and values of the tree into typed nodes of the program.

Every name is resolved here and every type checked. What cannot mean anything is reported and given
up at the smallest part that still leaves the rest to be checked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import NoReturn, cast

import attrs
import re2  # type: ignore[import-untyped, unused-ignore]

from leadrules.engine import program as p
from leadrules.engine.conditions import pattern
from leadrules.lang import tree
from leadrules.lang.formatter import text_of
from leadrules.lang.constants import constant, refuse_empty
from leadrules.lang.names import DEFINITIONS, Names
from leadrules.lang.report import Refused, Report, listed
from leadrules.values import Duration, folded
from leadrules.vocabulary import BOOL, DATETIME, NUMBER, TEXT, Type

ORDERED = frozenset({"number", "date", "datetime", "label"})
_ARITHMETIC_HELP = "put it in parentheses: `(visits + 2) > 5`"
BUILT_IN = {"floor": 1, "ceil": 1, "abs": 1, "least": None, "greatest": None}
"""The built-in functions and how many arguments they take; None is two or more."""


@attrs.frozen
class Place:
    """Where an expression stands, which decides what its names mean.

    `event` holds the event types whose properties come first, in a filter and in the points of a
    per-event rule. A `filter` reads no selections. `within` and `since` are a dimension's defaults
    for selections that give neither.
    """

    event: tuple[str, ...] | None = None
    filter: bool = False
    within: int | None = None
    since: tuple[p.SinceEvent | p.SinceField, ...] = ()


ANYWHERE = Place()


@attrs.define
class Expressions:
    """Checks expressions against the names of a file, and notes what they read of a lead."""

    names: Names
    report: Report
    fields_read: dict[str, None] = attrs.field(factory=dict)
    read: dict[str, set[str]] = attrs.field(factory=dict)
    plain_criteria: set[str] = attrs.field(factory=set)
    used: set[str] = attrs.field(factory=set)

    # ------------------------------------------------------------ conditions

    def condition(self, node: tree.Condition, place: Place = ANYWHERE) -> p.Condition:
        """Check a condition. Raises Refused, reported, where it means nothing."""
        method = self._CONDITIONS.get(type(node))
        if method is not None:
            return method(self, node, place)
        return self._truth(node, place)

    def _told(self, node: tree.Node) -> dict[str, object]:
        return {"text": text_of(node), "line": node.span.line}

    def members(self, nodes: Sequence[tree.Condition], place: Place) -> tuple[p.Condition, ...]:
        """Check several conditions, each on its own, so that every mistake is reported."""
        found: list[p.Condition] = []
        failed = False
        for node in nodes:
            try:
                found.append(self.condition(node, place))
            except Refused:
                failed = True
        if failed:
            raise Refused
        return tuple(found)

    def _or(self, node: tree.Or, place: Place) -> p.Condition:
        return p.Or(self.members(node.members, place), **self._told(node))  # type: ignore[arg-type]

    def _and(self, node: tree.And, place: Place) -> p.Condition:
        return p.And(self.members(node.members, place), **self._told(node))  # type: ignore[arg-type]

    def _not(self, node: tree.Not, place: Place) -> p.Condition:
        return self._negated(self.condition(node.member, place), node)

    def _negated(self, member: p.Condition, node: tree.Node) -> p.Condition:
        return p.Not(member, text=text_of(node), line=node.span.line)

    def _group(self, node: tree.Group, place: Place) -> p.Condition:
        inner = self.condition(node.inner, place)
        return attrs.evolve(inner, text=text_of(node))

    def _always(self, node: tree.Always, place: Place) -> NoReturn:
        self.report.refuse("LR504", "`always` stands alone, as the whole condition of a scoring rule", node)

    def _at_least(self, node: tree.AtLeast, place: Place) -> p.Condition:
        count = self.whole(node.count, "how many must be true", least=1)
        members = self.members(node.members, place)
        if count > len(members):
            self.report.refuse(
                "LR412", f"{count} of {len(members)} conditions can never be true", node.count, "lower the number"
            )
        return p.AtLeast(count, members, **self._told(node))  # type: ignore[arg-type]

    def _compare(self, node: tree.Compare, place: Place) -> p.Condition:
        left, right = self._two_sides(node.left, node.right, place)
        order = self._comparable(node.op, left, right, node)
        return p.Compare(node.op, left, right, order, **self._told(node))  # type: ignore[arg-type]

    def _between(self, node: tree.Between, place: Place) -> p.Condition:
        scale = self._scale(node.subject)
        value = self.value(node.subject, place)
        low = self._beside(scale, node.low, place)
        high = self._beside(scale, node.high, place)
        order = self._comparable(">=", value, low, node)
        self._comparable("<=", value, high, node)
        found = p.Between(value, low, high, order, **self._told(node))  # type: ignore[arg-type]
        return self._negated(found, node) if node.negated else found

    def _in(self, node: tree.In, place: Place) -> p.Condition:
        scale = self._scale(node.subject)
        value = self.value(node.subject, place)
        choices = self._choices(node.choices, scale, place)
        for choice, written in choices:
            if not isinstance(choice, p.Constant):
                self.report.refuse("LR404", "only literals, params and labels stand in a set", written)
            self._comparable("=", value, choice, written)
        constants = tuple(cast(p.Constant, choice) for choice, _ in choices)
        found = p.OneOf(value, constants, **self._told(node))  # type: ignore[arg-type]
        return self._negated(found, node) if node.negated else found

    def _text_test(self, node: tree.TextTest, place: Place) -> p.Condition:
        subject = self.value(node.subject, place)
        if subject.type.kind == "list of text":
            if node.kind != "contains":
                self.report.refuse("LR403", f"`{node.kind}` is for texts; a list only `contains`", node.subject)
        elif subject.type.kind != "text":
            self._not_a(node.subject, subject, "text", node.kind)
        choices = self._choices(node.choices, None, place)
        for choice, written in choices:
            if choice.type.kind != "text":
                self.report.refuse(
                    "LR401", f"`{node.kind}` looks for text, and {choice.text} is a {choice.type.kind}", written
                )
            if node.kind == "matches":
                self._compiles(choice, written)
        found = p.TextTest(node.kind, subject, tuple(c for c, _ in choices), **self._told(node))  # type: ignore[arg-type]
        return self._negated(found, node) if node.negated else found

    def _compiles(self, choice: p.ValueNode, written: tree.Node) -> None:
        if not isinstance(choice, p.Constant):
            self.report.refuse("LR408", "a pattern is a literal, a param or a list", written)
        try:
            pattern(str(choice.value))
        except re2.error as problem:
            reason = problem.args[0] if problem.args else ""
            reason = reason.decode() if isinstance(reason, bytes) else str(reason)
            self.report.refuse(
                "LR408", f"the pattern {choice.text} does not compile: {reason}", written, "the syntax is that of RE2"
            )

    def _is_known(self, node: tree.IsKnown, place: Place) -> p.Condition:
        found = p.IsKnown(self.value(node.subject, place), **self._told(node))  # type: ignore[arg-type]
        return self._negated(found, node) if node.negated else found

    def _no(self, node: tree.NoneOf, place: Place) -> p.Condition:
        happened = p.Happened(self.selection(node.selection, place), text=text_of(node.selection), line=node.span.line)
        return self._negated(happened, node)

    def _followed_by(self, node: tree.FollowedBy, place: Place) -> p.Condition:
        first = self.selection(node.first, place)
        then = self.selection(node.then, attrs.evolve(place, within=None, since=()))
        within = self.duration(node.within).microseconds
        return p.FollowedBy(first, then, within, node.negated, **self._told(node))  # type: ignore[arg-type]

    def _was(self, node: tree.Was, place: Place) -> p.Condition:
        ladder, label = self.ladder_label(node.label)
        labels = self.names.ladders[ladder]
        held = labels[labels.index(label) :] if label in labels else (label,)
        return p.Was(ladder, held, **self._told(node))  # type: ignore[arg-type]

    def _selection_condition(self, node: tree.Selection, place: Place) -> p.Condition:
        if self.is_event(node.name):
            return p.Happened(self.selection(node, place), **self._told(node))  # type: ignore[arg-type]
        value = self.value(node.name, place)
        if not isinstance(value, p.FieldRead) or value.type.kind not in {"date", "datetime"}:
            self.report.refuse(
                "LR402",
                f"`{node.name.name}` is no event",
                node.name,
                "`within`, `since` and `[…]` belong to events; `within` also to a date or datetime field",
            )
        if node.filter is not None or len(node.spans) != 1 or not isinstance(node.spans[0], tree.Within):
            self.report.refuse("LR402", f"a field has only one `within`, and `{node.name.name}` is a field", node)
        within = self.duration(node.spans[0].duration).microseconds
        return p.FieldWithin(value.field, within, **self._told(node))  # type: ignore[arg-type]

    def _truth(self, node: tree.Condition, place: Place) -> p.Condition:
        if isinstance(node, tree.Name) and self.is_event(node, place):
            return p.Happened(self.selection(node, place), **self._told(node))  # type: ignore[arg-type]
        value = self.value(node, place)
        if value.type != BOOL:
            self._ask(node, value)
        if isinstance(value, p.ConditionValue):
            return value.condition
        return p.Truth(value, **self._told(node))  # type: ignore[arg-type]

    def _ask(self, node: tree.Node, value: p.ValueNode) -> NoReturn:
        """Refuse a value that stands where a condition is wanted, and say how to ask."""
        text, kind = text_of(node), value.type.kind
        if kind == "number":
            help_ = f"write `{text} >= 10`, or `{text} is known`"
        elif kind == "text":
            help_ = f'write `{text} = "…"`, or `{text} is known`'
        elif kind == "label":
            label = next(iter(self.names.labels_of(value.type.scale or "")), "…")
            help_ = f"write `{text} = {label}`"
        elif kind == "list of text":
            help_ = f'write `{text} contains "…"`, or `{text} is known`'
        else:
            help_ = f"write `{text} within 30 days`, or `{text} is known`"
        self.report.refuse("LR410", f"`{text}` is a {kind}, not a condition", node, help_)

    # ---------------------------------------------------------------- values

    def value(self, node: tree.Condition | tree.Set, place: Place = ANYWHERE) -> p.ValueNode:
        """Check a value. Raises Refused, reported, where it means nothing."""
        match node:
            case tree.Name():
                return self._named(node, place)
            case tree.Number() | tree.Date() | tree.Flag():
                return constant(node)
            case tree.Text():
                refuse_empty(self.report, node)
                return constant(node)
            case tree.Group(inner):
                return attrs.evolve(self.value(inner, place), text=text_of(node))
            case tree.Count(selection):
                found = self.selection(selection, place)
                return p.Count(found, NUMBER, **self._told(node))  # type: ignore[arg-type]
            case tree.Aggregate():
                return self._aggregate(node, place)
            case tree.Days():
                moment = self._moment(node.moment, place)
                return p.DaysBetween(node.direction, moment, NUMBER, **self._told(node))  # type: ignore[arg-type]
            case tree.Arithmetic():
                return self._arithmetic(node, place)
            case tree.Minus(operand):
                number = self._number(operand, place)
                return p.Negative(number, NUMBER, **self._told(node))  # type: ignore[arg-type]
            case tree.Call():
                return self._call(node, place)
            case tree.Set():
                self.report.refuse("LR404", "a set stands only after `in` or a test of text", node)
            case tree.Omitted():
                self.report.refuse(
                    "LR505",
                    "there is no left side here to take over",
                    node,
                    "the first condition of the rule must be one test, such as `employees >= 1000`",
                )
        found_condition = self.condition(node, place)
        return p.ConditionValue(found_condition, BOOL, **self._told(node))  # type: ignore[arg-type]

    def number(self, node: tree.Condition, place: Place = ANYWHERE) -> p.ValueNode:
        """Check a value that must be a number."""
        return self._number(node, place)

    def _number(self, node: tree.Condition, place: Place) -> p.ValueNode:
        found = self.value(node, place)
        if found.type.kind != "number":
            self._not_a(node, found, "number", "arithmetic")
        return found

    def _not_a(self, node: tree.Node, found: p.ValueNode, wanted: str, what: str) -> NoReturn:
        self.report.refuse(
            "LR401", f"`{what}` is for {wanted}s, and `{text_of(node)}` is a {found.type.kind}", node
        ) if what != "arithmetic" else self.report.refuse(
            "LR401", f"a number is wanted here, and `{text_of(node)}` is a {found.type.kind}", node
        )

    def _named(self, node: tree.Name, place: Place) -> p.ValueNode:
        told = {"text": text_of(node), "line": node.span.line}
        if place.event is not None:
            found = self.names.property(place.event, node.name, node)
            if found is not None:
                self._hides(node)
                self._reads(place.event, node.name)
                return p.PropertyRead(found.name, found.type, found.pii, **told)  # type: ignore[arg-type]
        kind = self.names.kind(node.name)
        if kind == "param":
            self.used.add(node.name)
            param = self.names.params.get(node.name)
            if param is None:
                raise Refused
            if param.type is None:
                self.report.refuse("LR401", f"`{node.name}` is a duration, and a value is wanted here", node)
            return p.Constant(param.value, param.type, param=param.name, **told)  # type: ignore[arg-type]
        if kind == "field":
            return self._field(node, told)
        if kind in DEFINITIONS:
            return self._definition(node, cast(str, kind), place, told)
        self._no_value(node, kind, place)

    def _field(self, node: tree.Name, told: dict[str, object]) -> p.FieldRead:
        self.used.add(node.name)
        field = self.names.fields.get(node.name)
        if field is None:
            raise Refused
        if field.protected:
            self.report.refuse(
                "LR312",
                f"`{node.name}` is protected: no rule, criterion or stage may read it",
                node,
                "leave it out, or take `protected` from its declaration if the law lets you",
            )
        self.fields_read[node.name] = None
        return p.FieldRead(field, **told)  # type: ignore[arg-type]

    def _definition(self, node: tree.Name, kind: str, place: Place, told: dict[str, object]) -> p.DefinitionRead:
        self.used.add(node.name)
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
        return p.DefinitionRead(kind, node.name, self.names.type_of(kind, node.name), **told)  # type: ignore[arg-type]

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
        if kind == "list":
            self.used.add(node.name)
            self.report.refuse("LR402", f"`{text}` is a list", node, "lists stand after `in` and the tests of text")
        self.unknown(node, place)

    def unknown(self, node: tree.Name, place: Place = ANYWHERE, declaration: str = "field {name}: text") -> NoReturn:
        """Refuse a name that is not in scope, with a suggestion or the declaration to add."""
        candidates = list(self.names.known())
        if place.event is not None:
            candidates += sorted(self.names.property_names(place.event))
        near = self.report.suggest(node.name, candidates)
        to_add = f"`{declaration.format(name=text_of(node))}`"
        help_ = f"did you mean `{near}`? Or declare it: {to_add}" if near else f"declare it: {to_add}"
        self.report.refuse("LR303", f"there is no `{node.name}`", node, help_)

    def _arithmetic(self, node: tree.Arithmetic, place: Place) -> p.ValueNode:
        chain: list[tree.Arithmetic] = []
        left: tree.Operand = node
        while isinstance(left, tree.Arithmetic):
            chain.append(left)
            left = left.left
            if len(chain) > 100:
                self.report.refuse("LR006", "too many operators in one expression (at most 100)", node, "name its parts with `criterion`")
        found = self._number(left, place)
        for link in reversed(chain):
            right = self._number(link.right, place)
            found = p.Arithmetic(link.op, found, right, NUMBER, **self._told(link))  # type: ignore[arg-type]
        return found

    def _aggregate(self, node: tree.Aggregate, place: Place) -> p.ValueNode:
        selection = self.selection(node.selection, place)
        found = self.names.property(selection.types, node.property.name, node.property)
        if found is None:
            known = self.names.property_names(selection.types)
            near = self.report.suggest(node.property.name, known)
            self.report.refuse(
                "LR303",
                f"`{selection.name}` has no property `{node.property.name}`",
                node.property,
                f"did you mean `{near}`?" if near else f"it has {listed(sorted(known))}",
            )
        self._reads(selection.types, node.property.name)
        read = p.PropertyRead(found.name, found.type, found.pii, text=text_of(node.property), line=node.span.line)
        if node.function in {"sum", "average", "min", "max"} and found.type.kind != "number":
            self.report.refuse(
                "LR401", f"`{node.function}` is for numbers, and `{node.property.name}` is a {found.type.kind}", node.property
            )
        type_ = found.type if node.function in {"first", "last"} else NUMBER
        return p.Aggregate(node.function, read, selection, type_, **self._told(node))  # type: ignore[arg-type]

    def _moment(self, node: tree.Selection | tree.Name | tree.Aggregate, place: Place) -> p.ValueNode:
        """Check what `days since` counts from: a date or datetime, or the latest event of a selection."""
        if isinstance(node, tree.Selection) or (isinstance(node, tree.Name) and self.is_event(node, place)):
            selection = self.selection(node, place)
            at = p.PropertyRead("at", DATETIME)
            return p.Aggregate("last", at, selection, DATETIME, **self._told(node))  # type: ignore[arg-type]
        found = self.value(node, place) if not isinstance(node, tree.Name) or self._in_scope(node, place) else None
        if found is None:
            assert isinstance(node, tree.Name)
            self.unknown(node, place, "field {name}: date")
        if found.type.kind not in {"date", "datetime"}:
            self.report.refuse(
                "LR401", f"days are counted from an event or a date, and `{text_of(node)}` is a {found.type.kind}", node
            )
        return found

    def _in_scope(self, node: tree.Name, place: Place) -> bool:
        properties = self.names.property_names(place.event) if place.event is not None else ()
        return node.name in properties or self.names.kind(node.name) is not None

    def _call(self, node: tree.Call, place: Place) -> p.ValueNode:
        name = node.function.name
        if node.plugin is not None:
            self.report.refuse(
                "LR620", f"`{node.plugin.name}.{name}` is a plugin's criterion, and plugins arrive in a later version", node
            )
        if name not in BUILT_IN:
            near = self.report.suggest(name, BUILT_IN)
            help_ = f"did you mean `{near}`?" if near else f"there are {listed(BUILT_IN)}; a plugin's are `plugin.name(…)`"
            self.report.refuse("LR303", f"there is no function `{name}`", node.function, help_)
        wanted = BUILT_IN[name]
        if any(argument.name is not None for argument in node.arguments):
            self.report.refuse("LR413", f"`{name}` takes plain arguments, without names", node)
        if wanted is not None and len(node.arguments) != wanted:
            self.report.refuse("LR413", f"`{name}` takes one argument, here are {len(node.arguments)}", node)
        if wanted is None and len(node.arguments) < 2:
            self.report.refuse("LR413", f"`{name}` takes two arguments or more", node)
        if place.filter:
            self._filter_only_reads(node)
        arguments = tuple(self._number(cast(tree.Condition, argument.value), place) for argument in node.arguments)
        return p.CallNode(None, name, ("",) * len(arguments), arguments, NUMBER, **self._told(node))  # type: ignore[arg-type]

    def _filter_only_reads(self, node: tree.Call) -> None:
        for argument in node.arguments:
            if isinstance(argument.value, tree.Set):
                self.report.refuse("LR404", "a set stands only after `in` or a test of text", argument)

    # ------------------------------------------------------------ selections

    def is_event(self, name: tree.Name, place: Place = ANYWHERE) -> bool:
        """Tell whether a name is an event or a group of events where it stands."""
        if place.event is not None and name.name in self.names.property_names(place.event):
            return False
        return self.names.kind(name.name) in {"event", "events"}

    def selection(self, node: tree.Selection | tree.Name, place: Place) -> p.Selection:
        """Check a selection of events, a dimension's defaults included."""
        name = node.name if isinstance(node, tree.Selection) else node
        if place.filter:
            self.report.refuse("LR409", "a filter reads properties and fields, not events", node)
        types = self._event_types(name)
        if isinstance(node, tree.Name):
            return p.Selection(name.name, types, None, place.within, place.since)
        condition = None if node.filter is None else self._filter(node.filter, types)
        spans = node.spans
        windows = [self.duration(s.duration).microseconds for s in spans if isinstance(s, tree.Within)]
        if len(windows) > 1:
            self.report.refuse("LR414", "one `within` is enough: the shorter counts", spans[1])
        since = tuple(self.since(s) for s in spans if isinstance(s, tree.Since))
        if not spans:
            return p.Selection(name.name, types, condition, place.within, place.since)
        return p.Selection(name.name, types, condition, windows[0] if windows else None, since)

    def since(self, node: tree.Since) -> p.SinceEvent | p.SinceField:
        """Check `since X`: an event with or without a filter, or a date or datetime field."""
        if self.is_event(node.name):
            types = self._event_types(node.name)
            return p.SinceEvent(types, None if node.filter is None else self._filter(node.filter, types))
        if self.names.kind(node.name.name) is None:
            self.unknown(node.name, declaration="event {name}")
        found = self.value(node.name)
        if not isinstance(found, p.FieldRead) or found.type.kind not in {"date", "datetime"} or node.filter is not None:
            self.report.refuse(
                "LR402", f"`since` takes an event or a date field, and `{node.name.name}` is neither", node.name
            )
        return p.SinceField(found.field)

    def _filter(self, node: tree.Condition, types: tuple[str, ...]) -> p.Condition:
        return self.condition(node, Place(event=types, filter=True))

    def _event_types(self, name: tree.Name) -> tuple[str, ...]:
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
        for type_ in types:
            self.read.setdefault(type_, set())
        return types

    def _reads(self, types: tuple[str, ...], name: str) -> None:
        for type_ in types:
            if self.names.events[type_].property(name) is not None:
                self.read.setdefault(type_, set()).add(name)

    # ------------------------------------------------------- labels and types

    def _scale(self, node: tree.Node) -> str | None:
        """Name the grade or ladder that a side of a comparison is, if it is one."""
        while isinstance(node, tree.Group):
            node = node.inner
        if isinstance(node, tree.Name) and self.names.kind(node.name) in {"grade", "ladder"}:
            return node.name
        return None

    def _two_sides(self, left: tree.Operand, right: tree.Operand, place: Place) -> tuple[p.ValueNode, p.ValueNode]:
        failed = False
        sides: list[p.ValueNode] = []
        for side, other in ((left, right), (right, left)):
            try:
                sides.append(self._beside(None if self._scale(side) else self._scale(other), side, place))
            except Refused:
                failed = True
        if failed:
            raise Refused
        return sides[0], sides[1]

    def _beside(self, scale: str | None, node: tree.Operand, place: Place) -> p.ValueNode:
        """Check a value beside a grade or ladder, where a name or text is one of its labels."""
        if scale is None or not isinstance(node, (tree.Name, tree.Text)):
            return self.value(node, place)
        label = node.name if isinstance(node, tree.Name) else node.value
        labels = self.names.labels_of(scale)
        if label not in labels:
            near = self.report.suggest(label, labels)
            self.report.refuse(
                "LR305",
                f"`{scale}` has no label `{label}`",
                node,
                f"did you mean `{near}`?" if near else f"it has {listed(labels)}",
            )
        return p.Constant(label, Type("label", scale=scale), **self._told(node))  # type: ignore[arg-type]

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

    def _choices(
        self, node: tree.Set | tree.Operand, scale: str | None, place: Place
    ) -> list[tuple[p.ValueNode, tree.Node]]:
        """Check what stands after `in` or a test of text: a set, a list, or one value."""
        if isinstance(node, tree.Name) and self.names.kind(node.name) == "list":
            self.used.add(node.name)
            if node.name not in self.names.lists:
                raise Refused
            return [(choice, node) for choice in self.names.lists[node.name]]
        if not isinstance(node, tree.Set):
            return [(self._beside(scale, node, place), node)]
        if not node.items:
            self.report.refuse("LR404", "the set is empty", node, 'write what it holds: `{"a", "b"}`')
        found: list[tuple[p.ValueNode, tree.Node]] = []
        failed = False
        for item in node.items:
            try:
                found.append((self._beside(scale, item, place), item))
            except Refused:
                failed = True
        if failed:
            raise Refused
        return found

    def _comparable(self, op: str, left: p.ValueNode, right: p.ValueNode, node: tree.Node) -> tuple[str, ...]:
        """Check that two values can be compared so; gives the order of labels where one is asked."""
        kinds = {left.type.kind, right.type.kind}
        ordering = op not in {"=", "!="}
        if kinds == {"date", "datetime"}:
            if not ordering:
                self.report.refuse(
                    "LR401", "a date and a datetime are never equal", node, "compare with `<`, `<=`, `>` or `>=`"
                )
            return ()
        if len(kinds) > 1 or left.type.scale != right.type.scale:
            self._disagree(left, right, node)
        kind = left.type.kind
        if kind == "list of text":
            self.report.refuse("LR401", "lists are not compared", node, f'write `{left.text} contains "…"`')
        if ordering and kind not in ORDERED:
            self.report.refuse("LR401", f"a {kind} has no order, so `{op}` says nothing", node, "compare with `=` or `!=`")
        self._among_choices(left, right, node)
        self._among_choices(right, left, node)
        return self._order(left.type.scale, node) if ordering and left.type.scale else ()

    def _disagree(self, left: p.ValueNode, right: p.ValueNode, node: tree.Node) -> NoReturn:
        help_ = None
        for one, other in ((left, right), (right, left)):
            if one.type.kind == "text" and isinstance(other, p.Constant) and other.type.kind in {"number", "date"}:
                help_ = f'`{one.text}` is text: write `"{other.text}"`'
            if one.type == BOOL and isinstance(other, p.Constant):
                help_ = f"write `{one.text}`, or `not {one.text}`"
            if one.type.kind in {"date", "datetime"} and isinstance(other, p.Constant) and other.type == TEXT:
                help_ = "write the date without quotes: `2026-11-21`"
        self.report.refuse(
            "LR401",
            f"`{left.text}` is a {left.type} and `{right.text}` is a {right.type}: they cannot be compared",
            node,
            help_,
        )

    def _among_choices(self, one: p.ValueNode, other: p.ValueNode, node: tree.Node) -> None:
        if not one.type.choices or not isinstance(other, p.Constant):
            return
        if folded(str(other.value)) not in {folded(choice) for choice in one.type.choices}:
            near = self.report.suggest(str(other.value), one.type.choices)
            allowed = ", ".join(f'"{choice}"' for choice in one.type.choices)
            self.report.refuse(
                "LR407",
                f"`{one.text}` is never {other.text}",
                node,
                f'did you mean "{near}"?' if near else f"it is one of {allowed}",
            )

    def _order(self, scale: str, node: tree.Node) -> tuple[str, ...]:
        if scale in self.names.pairs:
            self.report.refuse(
                "LR401", f"the labels of `{scale}` are pairs and have no order", node, "compare with `=` or `in {…}`"
            )
        if scale in self.names.ladders:
            return self.names.ladders[scale]
        return tuple(reversed(self.names.grades[scale]))

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

    def _param(self, node: tree.Name, wanted: str) -> object:
        kind = self.names.kind(node.name)
        if kind == "param":
            self.used.add(node.name)
            if node.name in self.names.params:
                return self.names.params[node.name]
            raise Refused
        if kind is None:
            self.unknown(node, declaration="param {name} = …")
        self.report.refuse("LR402", f"{wanted} or a param is wanted here, and `{node.name}` is a {kind}", node)

    _CONDITIONS: dict[type, Callable[..., p.Condition]] = {
        tree.Or: _or,
        tree.And: _and,
        tree.Not: _not,
        tree.Group: _group,
        tree.Always: _always,
        tree.AtLeast: _at_least,
        tree.Compare: _compare,
        tree.Between: _between,
        tree.In: _in,
        tree.TextTest: _text_test,
        tree.IsKnown: _is_known,
        tree.NoneOf: _no,
        tree.FollowedBy: _followed_by,
        tree.Was: _was,
        tree.Selection: _selection_condition,
    }
