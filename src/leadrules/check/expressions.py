"""Turns conditions and values of the tree into typed nodes of the program.

Every name is resolved here and every type checked. What cannot mean anything is reported and given
up at the smallest part that still leaves the rest to be checked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, NoReturn, TypeVar, cast

import attrs

from leadrules import program as p
from leadrules.check.agreement import among_members, comparable
from leadrules.check.calls import plugin_call
from leadrules.check.conditionals import agreed
from leadrules.check.constants import constant, refuse_empty
from leadrules.check.lookups import lookup
from leadrules.check.names import AS_OF, FUNCTIONS
from leadrules.check.omitted import completed
from leadrules.check.relations import relations_of
from leadrules.check.resolver import ANYWHERE, Place, Resolver, told
from leadrules.families import AGGREGATES, FIELD_TYPES, LOCAL_TIMES, TEXT_TESTS
from leadrules.letters import why_no_words
from leadrules.patterns import PatternError, PatternSteps, PatternTooLarge
from leadrules.plain_patterns import plain_pattern
from leadrules.syntax import tree
from leadrules.syntax.formatter import text_of
from leadrules.syntax.report import Refused, listed
from leadrules.vocabulary import BOOL, DATETIME, NUMBER, TEXTS, Type

_T = TypeVar("_T")
_KINDS = {tree.Number: "number", tree.Date: "date", tree.Flag: "bool"}
"""The type of field that a literal is compared with."""


@attrs.define
class Expressions(Resolver):
    """Checks expressions against the names of a file."""

    patterns: PatternSteps = attrs.field(factory=PatternSteps)
    _fitting: set[tuple[str, str, Type]] = attrs.field(factory=set)
    _held: dict[str, tuple[str, ...]] = attrs.field(factory=dict)

    # ------------------------------------------------------------ conditions

    def condition(self, node: tree.Condition, place: Place = ANYWHERE) -> p.Condition:
        """Check a condition. Raises Refused, reported, where it means nothing."""
        method = self._CONDITIONS.get(type(node))
        if method is not None:
            return method(self, node, place)
        return self._truth(node, place)

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
        return p.Or(self.members(node.members, place), **told(node))

    def _and(self, node: tree.And, place: Place) -> p.Condition:
        return p.And(self.members(node.members, place), **told(node))

    def _not(self, node: tree.Not, place: Place) -> p.Condition:
        return self._negated(self.condition(node.member, place), node)

    def _negated(self, member: p.Condition, node: tree.Node) -> p.Condition:
        return p.Not(member, **told(node))

    def _group(self, node: tree.Group, place: Place) -> p.Condition:
        inner = self.condition(node.inner, place)
        return attrs.evolve(inner, text=text_of(node))

    def _always(self, node: tree.Always, _: Place) -> NoReturn:
        self.report.refuse(
            "LR504", "`always` stands alone, as the whole condition of a scoring rule", node, "write `always +5`"
        )

    def _at_least(self, node: tree.AtLeast, place: Place) -> p.Condition:
        count = self.whole(node.count, "how many must be true", least=1)
        members = self.members(node.members, place)
        if count > len(members):
            self.report.refuse(
                "LR412", f"{count} of {len(members)} conditions can never be true", node.count, "lower the number"
            )
        return p.AtLeast(count, members, **told(node))

    def _compare(self, node: tree.Compare, place: Place) -> p.Condition:
        left, right = self._two_sides(node.left, node.right, place)
        order = comparable(self.names, node.op, left, right, node)
        return p.Compare(node.op, left, right, order, **told(node))

    def _between(self, node: tree.Between, place: Place) -> p.Condition:
        scale = self.scale(node.subject, place)
        if isinstance(node.subject, tree.Name) and not self._in_scope(node.subject, place):
            self.unknown(node.subject, place, f"field {{name}}: {_KINDS.get(type(node.low), 'text')}")
        value = self.value(node.subject, place)
        low = self._beside(scale, node.low, place)
        high = self._beside(scale, node.high, place)
        order = comparable(self.names, ">=", value, low, node)
        comparable(self.names, "<=", value, high, node)
        found = p.Between(value, low, high, order, **told(node))
        return self._negated(found, node) if node.negated else found

    def _in(self, node: tree.In, place: Place) -> p.Condition:
        scale = self.scale(node.subject, place)
        value = self.value(node.subject, place)

        def check(choice: p.ValueNode, written: tree.Node) -> None:
            if not isinstance(choice, p.Constant):
                self.report.refuse("LR404", "only literals, params and labels stand in a set", written)
            comparable(self.names, "=", value, choice, written)

        choices = self._each_choice(node.choices, scale, place, ("in", value.type), check)
        found = p.OneOf(value, cast(tuple[p.Constant, ...], choices), **told(node))
        return self._negated(found, node) if node.negated else found

    def _text_test(self, node: tree.TextTest, place: Place) -> p.Condition:
        subject = self.value(node.subject, place)
        if subject.type.kind == "list of text":
            if not TEXT_TESTS[node.kind].for_lists:
                self.report.refuse("LR403", f"`{node.kind}` is for texts; a list only `contains`", node.subject)
        elif subject.type.kind != "text":
            self.report.refuse(
                "LR401",
                f"`{node.kind}` is for texts, and `{text_of(node.subject)}` is a {subject.type.kind}",
                node.subject,
            )

        def check(choice: p.ValueNode, written: tree.Node) -> None:
            if choice.type.kind != "text":
                self.report.refuse(
                    "LR401", f"`{node.kind}` looks for text, and {choice.text} is a {choice.type.kind}", written
                )
            if TEXT_TESTS[node.kind].is_pattern:
                self._compiles(choice, written)
            if TEXT_TESTS[node.kind].of_words and isinstance(choice, p.Constant):
                self._words(choice, written)
            among_members(self.names, subject, choice, written)

        choices = self._each_choice(node.choices, None, place, (node.kind, subject.type), check)
        if TEXT_TESTS[node.kind].is_pattern and self.names.letters.accents_ignored:
            choices = tuple(
                attrs.evolve(c, value=plain_pattern(str(c.value))) for c in cast(tuple[p.Constant, ...], choices)
            )
        found = p.TextTest(node.kind, subject, choices, **told(node))
        return self._negated(found, node) if node.negated else found

    def _compiles(self, choice: p.ValueNode, written: tree.Node) -> None:
        if not isinstance(choice, p.Constant):
            self.report.refuse("LR408", "a pattern is a literal, a param or a list", written)
        try:
            self.patterns.add(self._pattern(choice, written))
        except PatternTooLarge as problem:
            advice = "write `contains` with a list of words, or shorter repetitions"
            self.report.add("LR013", str(problem), written, advice)
        except PatternError as problem:
            message = f"the pattern {choice.text} does not compile: {problem}"
            self.report.refuse("LR408", message, written, "the syntax is that of RE2")

    def _pattern(self, choice: p.Constant, written: tree.Node) -> str:
        """Give a pattern as it is searched for; it says whether there are accents in what it searches."""
        if not self.names.letters.accents_ignored:
            return str(choice.value)
        try:
            return plain_pattern(str(choice.value))
        except PatternError as problem:
            message = f"the pattern {choice.text} cannot be read without accents: {problem}"
            self.report.refuse(
                "LR408", message, written, "this file says `accents ignored`, which holds for patterns too"
            )

    def _words(self, choice: p.Constant, written: tree.Node) -> None:
        problem = why_no_words(str(choice.value))
        if problem is not None:
            help_ = "`contains` finds signs and parts of words; two words with several ends are two tests, with `and`"
            self.report.refuse("LR418", f"{choice.text} {problem}, so it is no word to look for", written, help_)

    def _is_known(self, node: tree.IsKnown, place: Place) -> p.Condition:
        found = p.IsKnown(self.value(node.subject, place), **told(node))
        return self._negated(found, node) if node.negated else found

    def _no(self, node: tree.NoneOf, place: Place) -> p.Condition:
        happened = p.Happened(self.selection(node.selection, place), **told(node.selection))
        return self._negated(happened, node)

    def _same(self, node: tree.Same, _: Place) -> NoReturn:
        self.report.refuse(
            "LR431",
            "`same` compares an event with the one that it answers",
            node,
            "write it by itself in the brackets behind `followed by` or `preceded by`: "
            "`email_sent followed by email_open[same campaign]`",
        )

    def _was(self, node: tree.Was, place: Place) -> p.Condition:
        if place.filter:
            self.report.refuse(
                "LR409",
                "a filter reads properties and fields, not the record",
                node,
                "ask beside it, with `when` or `and`",
            )
        ladder, label = self.ladder_label(node.label)
        if label not in self._held:  # shared: a long ladder's may be asked for in every rule
            labels = self.names.ladders[ladder]
            self._held[label] = labels[labels.index(label) :] if label in labels else (label,)
        return p.Was(ladder, self._held[label], **told(node))

    def _selection_condition(self, node: tree.Selection, place: Place) -> p.Condition:
        if self.is_event(node.name):
            return p.Happened(self.selection(node, place), **told(node))
        value = self.value(node.name, place)
        if not isinstance(value, (p.FieldRead, p.DefinitionRead)) or not value.type.is_time:
            name = node.name.name
            advice = "`within`, `since` and `[…]` belong to events; `within` also to a date or datetime of the lead"
            if node.filter is not None and value.type == TEXTS:
                advice = f"members of a list are texts; what has parts is an event: `event {name}[…]`, with a time `at`"
            self.report.refuse("LR402", f"`{name}` is no event", node.name, advice)
        if node.relations:
            message = f"`{node.relations[0].direction} by` stands behind an event, and `{node.name.name}` is none"
            self.report.refuse("LR402", message, node)
        if node.filter is not None or len(node.spans) != 1 or not isinstance(node.spans[0], tree.Within):
            what = "field" if isinstance(value, p.FieldRead) else "criterion"
            self.report.refuse("LR402", f"a {what} has only one `within`, and `{node.name.name}` is a {what}", node)
        within = self.duration(node.spans[0].duration).microseconds
        return p.MomentWithin(value, within, **told(node))

    def _truth(self, node: tree.Condition, place: Place) -> p.Condition:
        if isinstance(node, tree.Name) and self.is_event(node, place):
            return p.Happened(self.selection(node, place), **told(node))
        if isinstance(node, tree.Name) and not self._in_scope(node, place):
            self.unknown(node, place, "field {name}: bool" if place.filter else "event {name}` or `field {name}: bool")
        value = self.value(node, place)
        if value.type != BOOL:
            self._ask(node, value)
        if isinstance(value, p.ConditionValue):
            return value.condition
        return p.Truth(value, **told(node))

    def _ask(self, node: tree.Node, value: p.ValueNode) -> NoReturn:
        """Refuse a value that stands where a condition is wanted, and say how to ask."""
        text, kind = text_of(node), value.type.kind
        if kind == "label":
            label = next(iter(self.names.labels_of(value.type.scale or "")), "…")
            help_ = f"write `{text} = {label}`"
        else:
            help_ = f"write `{str(FIELD_TYPES[kind].ask).format(text)}`, or `{text} is known`"
        self.report.refuse("LR410", f"`{text}` is a {kind}, not a condition", node, help_)

    # ---------------------------------------------------------------- values

    def value(self, node: tree.Condition | tree.Set, place: Place = ANYWHERE) -> p.ValueNode:
        """Check a value. Raises Refused, reported, where it means nothing."""
        match node:
            case tree.Name():
                return self.named(node, place)
            case tree.Number() | tree.Date() | tree.Flag():
                return constant(node)
            case tree.Text():
                refuse_empty(self.report, node)
                return constant(node)
            case tree.Group(inner):
                return attrs.evolve(self.value(inner, place), text=text_of(node))
            case tree.Count(selection):
                return self._count(node, selection, place)
            case tree.Aggregate():
                return self._aggregate(node, place)
            case tree.Elapsed():
                moment = self._moment(node.moment, place, node.unit)
                return p.Elapsed(node.unit, node.direction, moment, NUMBER, **told(node))
            case tree.Arithmetic():
                return self._arithmetic(node, place)
            case tree.Minus(operand):
                number = self._number(operand, place)
                return p.Negative(number, NUMBER, **told(node))
            case tree.Call():
                return self._call(node, place)
            case tree.Conditional():
                return self._conditional(node, place)
            case tree.Set():
                self.report.refuse("LR404", "a set stands only after `in` or a test of text", node)
            case tree.Omitted():
                self.report.refuse(
                    "LR505",
                    "there is no left side here to take over",
                    node,
                    "the first condition of the rule must be one test, such as `employees >= 1000`",
                )
            case _:
                return p.ConditionValue(self.condition(node, place), BOOL, **told(node))

    def _conditional(self, node: tree.Conditional, place: Place) -> p.Conditional:
        """Check a value with conditions; every mistake in it is reported."""
        first = node.branches[0].condition
        found: list[p.Branch | None] = []
        for branch in node.branches:
            value = self._tried(self._branch_value, branch.value, place)
            condition = self._tried(self.condition, completed(branch.condition, first), place)
            if value is None or condition is None:
                found.append(None)
            else:
                found.append(p.Branch(value, condition, span=branch.span))
        otherwise = None if node.otherwise is None else self._tried(self._branch_value, node.otherwise, place)
        branches = tuple(branch for branch in found if branch is not None)
        if len(branches) < len(found) or (otherwise is None) is not (node.otherwise is None):
            raise Refused
        return p.Conditional(branches, otherwise, agreed(self.report, branches, otherwise), **told(node))

    def _tried(self, check: Callable[[tree.Condition, Place], _T], node: tree.Condition, place: Place) -> _T | None:
        """Check a part; None, reported, where it means nothing."""
        try:
            return check(node, place)
        except Refused:
            return None

    def _branch_value(self, node: tree.Condition, place: Place) -> p.ValueNode:
        """Check one of the values of a conditional; that an event happened is one."""
        inner = node
        while isinstance(inner, tree.Group):
            inner = inner.inner
        if isinstance(inner, tree.Name) and self.is_event(inner, place):
            return p.ConditionValue(self.condition(node, place), BOOL, **told(node))
        return self.value(node, place)

    def number(self, node: tree.Condition, place: Place = ANYWHERE) -> p.ValueNode:
        """Check a value that must be a number."""
        return self._number(node, place)

    def _number(self, node: tree.Condition, place: Place) -> p.ValueNode:
        found = self.value(node, place)
        if found.type.kind != "number":
            self.report.refuse("LR401", f"a number is wanted here, and `{text_of(node)}` is a {found.type.kind}", node)
        return found

    def _arithmetic(self, node: tree.Arithmetic, place: Place) -> p.ValueNode:
        chain: list[tree.Arithmetic] = []
        left: tree.Operand = node
        while isinstance(left, tree.Arithmetic):
            chain.append(left)
            left = left.left
            if len(chain) > 100:
                self.report.refuse(
                    "LR006",
                    "too many operators in one expression (at most 100)",
                    node,
                    "name its parts with `criterion`",
                )
        found = self._number(left, place)
        for link in reversed(chain):
            right = self._number(link.right, place)
            found = p.Arithmetic(link.op, found, right, NUMBER, **told(link))
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
        self.note(selection.types, node.property.name)
        read = p.PropertyRead(found.name, found.type, found.pii, **told(node.property))
        aggregate = AGGREGATES[node.function]
        if aggregate.numbers and found.type != NUMBER:
            self.report.refuse(
                "LR401",
                f"`{node.function}` is for numbers, and `{node.property.name}` is a {found.type.kind}",
                node.property,
            )
        type_ = found.type if aggregate.gives_value else NUMBER
        return p.Aggregate(node.function, read, selection, type_, **told(node))

    def _moment(self, node: tree.Selection | tree.Name | tree.Aggregate, place: Place, unit: str) -> p.ValueNode:
        """Check what `days since` counts from: a date or datetime, or the latest event of a selection."""
        if isinstance(node, tree.Selection) or (isinstance(node, tree.Name) and self.is_event(node, place)):
            selection = self.selection(node, place)
            at = p.PropertyRead("at", DATETIME)
            return p.Aggregate("last", at, selection, DATETIME, **told(node))
        found = self.value(node, place) if not isinstance(node, tree.Name) or self._in_scope(node, place) else None
        if found is None:
            assert isinstance(node, tree.Name)
            self.unknown(node, place, "field {name}: date")
        if not found.type.is_time:
            self.report.refuse(
                "LR401",
                f"{unit} are counted from an event or a date, and `{text_of(node)}` is a {found.type.kind}",
                node,
            )
        return found

    def _in_scope(self, node: tree.Name, place: Place) -> bool:
        properties = self.names.property_names(place.event) if place.event is not None else ()
        return node.name in properties or self.names.kind(node.name) is not None or node.name in AS_OF

    def _count(self, node: tree.Count, counted: tree.Selection | tree.Name, place: Place) -> p.ValueNode:
        """Count the events of a selection, or the members of a list."""
        if isinstance(counted, tree.Name) and self._is_value(counted, place):
            members = self.value(counted, place)
            if members.type.kind != "list of text":
                message = f"`count` takes events or a list, and `{text_of(counted)}` is a {members.type.kind}"
                self.report.refuse("LR401", message, counted)
            return p.CallNode(None, "count", ("",), (members,), NUMBER, **told(node))
        return p.Count(self.selection(counted, place), NUMBER, **told(node))

    def _is_value(self, name: tree.Name, place: Place) -> bool:
        """Tell whether a name is that of a value: a field, a criterion, or a property of the events at hand."""
        if place.event is not None and name.name in self.names.property_names(place.event):
            return True
        return self.names.kind(name.name) in {"field", "criterion"}

    def _call(self, node: tree.Call, place: Place) -> p.ValueNode:
        name = node.function.name
        if self.names.kind(name if node.plugin is None else node.plugin.name) == "table":
            return lookup(self, node, place)
        if node.plugin is not None:
            return plugin_call(self, node, place)
        if name in LOCAL_TIMES:
            return self._local_part(node, place)
        if name not in FUNCTIONS:
            known = listed([*FUNCTIONS, *LOCAL_TIMES])
            near = self.report.suggest(name, (*FUNCTIONS, *LOCAL_TIMES, *self.names.tables))
            help_ = f"did you mean `{near}`?" if near else f"there are {known}; a plugin's are `plugin.name(…)`"
            self.report.refuse("LR303", f"there is no function or table `{name}`", node.function, help_)
        wanted = FUNCTIONS[name]
        if any(argument.name is not None for argument in node.arguments):
            self.report.refuse("LR413", f"`{name}` takes plain arguments, without names", node)
        if wanted is not None and len(node.arguments) != wanted:
            self.report.refuse("LR413", f"`{name}` takes one argument, here are {len(node.arguments)}", node)
        if wanted is None and len(node.arguments) < 2:
            self.report.refuse("LR413", f"`{name}` takes two arguments or more", node)
        arguments = tuple(self._number(cast(tree.Condition, argument.value), place) for argument in node.arguments)
        return p.CallNode(None, name, ("",) * len(arguments), arguments, NUMBER, **told(node))

    def _local_part(self, node: tree.Call, place: Place) -> p.ValueNode:
        """Check `hour(t)`, `weekday(d)` and their like, of a date or datetime."""
        name = node.function.name
        if len(node.arguments) != 1 or node.arguments[0].name is not None:
            self.report.refuse("LR413", f"`{name}` takes one date or datetime", node, f"write `{name}(now)`")
        (argument,) = node.arguments
        if isinstance(argument.value, tree.Name) and self.is_event(argument.value, place):
            asked = text_of(argument.value)
            help_ = f"write `{name}(last(at of {asked}))`, or inside its brackets `{asked}[{name}(at) = 1]`"
            self.report.refuse("LR402", f"`{asked}` is an event, and `{name}` takes a moment", argument, help_)
        moment = self.value(argument.value, place)
        kind = moment.type.kind
        if not moment.type.is_time or (LOCAL_TIMES[name].of_clock and kind == "date"):
            wanted = "datetime" if LOCAL_TIMES[name].of_clock else "date or datetime"
            message = f"`{name}` is of a {wanted}, and `{text_of(argument.value)}` is a {kind}"
            self.report.refuse("LR401", message, argument, f"a day has no {name}" if kind == "date" else None)
        return p.LocalPart(name, moment, NUMBER, **told(node))

    # ------------------------------------------------------------ selections

    def selection(self, node: tree.Selection | tree.Name, place: Place) -> p.Selection:
        """Check a selection of events, a dimension's defaults included."""
        name = node.name if isinstance(node, tree.Selection) else node
        if place.filter:
            self.report.refuse("LR409", "a filter reads properties and fields, not events", node)
        types = self.event_types(name)
        written, spans = (node.filter, node.spans) if isinstance(node, tree.Selection) else (None, ())
        condition = None if written is None else self._filter(written, types)
        related = node.relations if isinstance(node, tree.Selection) else ()
        relations = relations_of(self, self._filter, related, name, types)
        if not spans:
            inherited = place.within is not None or place.since != ()
            window = place.within, place.since, relations
            return p.Selection(name.name, types, condition, *window, inherited=inherited, **told(node))
        windows = [self.duration(s.duration).microseconds for s in spans if isinstance(s, tree.Within)]
        if len(windows) > 1:
            self.report.refuse("LR414", "one `within` is enough: the shorter counts", spans[1])
        since = tuple(self.since(s) for s in spans if isinstance(s, tree.Since))
        window = (windows[0] if windows else None), since, relations
        return p.Selection(name.name, types, condition, *window, **told(node))

    def since(self, node: tree.Since) -> p.SinceEvent | p.SinceField:
        """Check `since X`: an event with or without a filter, or a date or datetime field."""
        if self.is_event(node.name):
            types = self.event_types(node.name)
            condition = None if node.filter is None else self._filter(node.filter, types)
            return p.SinceEvent(types, condition, span=node.span)
        if self.names.kind(node.name.name) is None:
            self.unknown(node.name, declaration="event {name}")
        found = self.value(node.name)
        if not isinstance(found, p.FieldRead) or not found.type.is_time or node.filter is not None:
            help_ = f"test it in the filter: `email_open[at > {text_of(node.name)}]`" if found.type.is_time else None
            self.report.refuse(
                "LR402", f"`since` takes an event or a date field, and `{node.name.name}` is neither", node.name, help_
            )
        return p.SinceField(found.field, span=node.span)

    def _filter(self, node: tree.Condition, types: tuple[str, ...]) -> p.Condition:
        return self.condition(node, Place(event=types, filter=True))

    # ------------------------------------------------------- labels and types

    def _two_sides(self, left: tree.Operand, right: tree.Operand, place: Place) -> tuple[p.ValueNode, p.ValueNode]:
        failed = False
        sides: list[p.ValueNode] = []
        one, two = self._scales(left, right, place)
        for side, other, own, beside in ((left, right, one, two), (right, left, two, one)):
            try:
                if isinstance(side, tree.Name) and beside is None and not self._in_scope(side, place):
                    self.unknown(side, place, f"field {{name}}: {_KINDS.get(type(other), 'text')}")
                sides.append(self._beside(None if own else beside, side, place))
            except Refused:
                failed = True
        if failed:
            raise Refused
        return sides[0], sides[1]

    def _scales(self, left: tree.Operand, right: tree.Operand, place: Place) -> tuple[str | None, str | None]:
        """Name the grades or ladders that the sides are; beside one of them, its label is not another."""
        one, other = self.scale(left, place), self.scale(right, place)
        if one and other and isinstance(right, tree.Name) and other in self.names.labels_of(one):
            return one, None
        if one and other and isinstance(left, tree.Name) and one in self.names.labels_of(other):
            return None, other
        return one, other

    def _beside(self, scale: str | None, node: tree.Condition, place: Place) -> p.ValueNode:
        """Check a value beside a grade or ladder, where a name or text is one of its labels."""
        if scale is None or not isinstance(node, (tree.Name, tree.Text)):
            return self.value(node, place)
        label = node.name if isinstance(node, tree.Name) else node.value
        if not self.names.has_label(scale, label):
            labels = self.names.labels_of(scale)
            near = self.report.suggest(label, labels)
            self.report.refuse(
                "LR305",
                f"`{scale}` has no label `{label}`",
                node,
                f"did you mean `{near}`?" if near else f"it has {listed(labels)}",
            )
        return p.Constant(label, Type("label", scale=scale), **told(node))

    def _each_choice(
        self,
        node: tree.Set | tree.Condition,
        scale: str | None,
        place: Place,
        test: tuple[str, Type],
        check: Callable[[p.ValueNode, tree.Node], None],
    ) -> tuple[p.ValueNode, ...]:
        """Check every choice for a test; those of a declared list once, however many rules test for it."""
        name = self._list(node, place, asked=test[0])
        if name is None or (name, *test) not in self._fitting:
            choices = self.choices(node, scale, place, asked=test[0])
            for choice, written in choices:
                check(choice, written)
            if name is None:
                return tuple(choice for choice, _ in choices)
            self._fitting.add((name, *test))
        return self.names.lists[name]

    def _list(self, node: tree.Set | tree.Condition, place: Place, asked: str) -> str | None:
        """Name the list that stands after a test; where a text may stand too, a property of that name comes first."""
        if not isinstance(node, tree.Name) or self.names.kind(node.name) != "list":
            return None
        hidden = asked != "in" and place.event is not None and node.name in self.names.property_names(place.event)
        return None if hidden else node.name

    def choices(
        self, node: tree.Set | tree.Condition, scale: str | None, place: Place, asked: str = "in"
    ) -> list[tuple[p.ValueNode, tree.Node]]:
        """Check what stands after `in` or a test of text: a set, a list, or one value."""
        name = self._list(node, place, asked)
        if name is not None:
            self.used.add(name)
            if name not in self.names.lists:
                raise Refused
            return [(choice, node) for choice in self.names.lists[name]]
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

    _CONDITIONS: ClassVar[dict[type, Callable[..., p.Condition]]] = {
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
        tree.Same: _same,
        tree.Was: _was,
        tree.Selection: _selection_condition,
    }
