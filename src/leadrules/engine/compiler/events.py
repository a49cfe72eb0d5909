"""Events in code: one pass that sorts them by type, then a block per type for what the rules ask of it.

Rules ask for counts, moments, ages, decayed sums and columns of properties of a selection; each is
worked out once, whoever asks. A selection of several types adds up, or strings together, what its
types give. A block is left out where the lead has no event of its type, so everything asked starts
as 0 or empty.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Protocol

import attrs

from leadrules.conversions import reader_of
from leadrules.engine import program as p
from leadrules.engine.compiler import code, runtime
from leadrules.engine.compiler.code import Block, Expr, Names
from leadrules.engine.compiler.conditions import NONE, Conditions, Place, instant_part
from leadrules.engine.compiler.fields import Readers, operand_of
from leadrules.engine.compiler.operands import Day, Moment, Operand, Text, Unknown, Unsupported
from leadrules.engine.compiler.subjects import TextRead, only_text, properties_in
from leadrules.values import DAY, HOUR
from leadrules.vocabulary import DATETIME, EventType, Field, Property


Span = tuple[p.Condition | None, int | None]
"""A filter and a window."""


class LeadPlace(Place, Protocol):
    """The lead as a whole, before its events are looked at."""

    def day_of(self) -> Expr:
        """Write the function from a moment to its local day."""

    def datetime_of(self, field: Field) -> Expr:
        """Read a date or datetime field as a datetime in UTC, or None."""


@attrs.define
class Asked:
    """Something asked of the events of some types under a filter and a window, and the variable it goes to."""

    kind: str
    detail: Any
    variable: str
    several: bool


Windows = dict[int | None, list[Asked]]
"""What is asked under one filter, by window."""


@attrs.define
class TypeCode:
    """What is asked of the events of one type, and the variables that hold them."""

    type: EventType
    read: tuple[str, ...]
    events: str
    moments: str
    columns: dict[str, str]
    comparable: bool = False
    asked: dict[Span, list[Asked]] = attrs.field(factory=dict)

    def property(self, name: str) -> Property | None:
        """Give a property that is read of this type."""
        return self.type.property(name) if name in self.read else None


@attrs.define
class EventPlace:
    """Inside a list of events: properties stand in variables, the rest is what is known before events are.

    `columns` gives the variable of each property that has one; `used` collects those that were read.
    A filter is `early`: nothing but fields is known yet.
    """

    lead: LeadPlace
    columns: dict[str, str]
    moment: str
    names: Names
    conditions: Conditions
    readers: Readers
    early: bool = True
    used: dict[str, p.PropertyRead] = attrs.field(factory=dict)
    shares: bool = False

    def answer(self, read: TextRead, node: p.Condition, *, wanted: bool) -> Expr | None:
        if isinstance(read, p.FieldRead):
            return self.lead.answer(read, node, wanted=wanted)
        if read.name not in self.columns:
            return None
        answer = self._of_text(read, ("true" if wanted else "false", node))
        return code.every(code.name(self._column(read)), answer)

    def _of_text(self, read: p.PropertyRead, asked: tuple[str, p.Condition | None]) -> Expr:
        place = self.readers.about(read).place(asked)
        return code.item(code.name(self._column(read)), code.const(place))

    def _column(self, read: p.PropertyRead) -> str:
        self.used[read.name] = read
        return self.columns[read.name]

    def field(self, field: Field) -> Operand:
        return self.lead.field(field)

    def property(self, node: p.PropertyRead) -> Operand:
        if node.name == "at":
            return Moment(instant_part(self.names, code.name(self.moment)))
        if node.name == "day":
            return Day(code.call(self.lead.day_of(), code.name(self.moment)))
        if node.name not in self.columns:
            return Unknown()
        if node.type.kind == "text":
            return Text(self._of_text(node, ("folded", None)), self._of_text(node, ("text", None)), optional=True)
        return operand_of(node.type.kind, code.name(self._column(node)), self.names)

    def definition(self, node: p.DefinitionRead) -> Operand:
        """Read a definition; a criterion in a filter is made of fields and literals only."""
        if not self.early:
            return self.lead.definition(node)
        if node.kind != "criterion":
            raise Unsupported("nothing is scored yet")
        body = next(c.body for c in self.conditions.program.criteria if c.name == node.name)
        return self.conditions.value(body, self)

    def clock(self, part: str, detail: object = None) -> Expr:
        return self.lead.clock(part, detail)

    def held(self, ladder: str) -> Expr:
        return self.lead.held(ladder)

    def count(self, selection: p.Selection) -> Expr:
        return self._later().count(selection)

    def moments(self, selection: p.Selection) -> Expr:
        return self._later().moments(selection)

    def aggregate(self, node: p.Aggregate) -> Operand:
        return self._later().aggregate(node)

    def keep(self, expr: Expr) -> Expr:
        return self._later().keep(expr)

    def borrowed_truth(self, node: p.Condition) -> Expr:
        raise Unsupported("the reference is asked about the lead, not about one event")

    def _later(self) -> Place:
        if self.early:
            raise Unsupported("no events are looked at inside a filter")
        return self.lead


@attrs.define
class Events:
    """Collects what is asked of the events, and writes the code that answers."""

    lead: LeadPlace
    names: Names
    conditions: Conditions
    readers: Readers
    types: dict[str, TypeCode] = attrs.field(factory=dict)
    after: Block = attrs.field(factory=list)
    _checked: set[p.Selection] = attrs.field(factory=set)
    _variables: dict[object, str] = attrs.field(factory=dict)
    _zeros: list[str] = attrs.field(factory=list)
    _empties: list[str] = attrs.field(factory=list)
    _lists: list[str] = attrs.field(factory=list)

    def __attrs_post_init__(self) -> None:
        scope = self.conditions.program.scope
        for name, properties in scope.read.items():
            type_ = scope.events[name]
            read = runtime.readers_of(type_, properties)
            columns = {prop: self.names.fresh("c") for prop in read}
            self.types[name] = TypeCode(type_, read, self.names.fresh("e"), self.names.fresh("a"), columns)
            self._empties += [self.types[name].moments, *columns.values()]

    # ---------------------------------------------------------------- asking

    def count(self, selection: p.Selection) -> Expr:
        """Count the events of a selection."""
        if selection.since:
            return code.call(code.name("len"), self.moments(selection))
        return code.name(self._ask("count", None, selection))

    def some(self, selection: p.Selection) -> Expr:
        """Give something that is true where there are events."""
        if selection.since or len(selection.types) > 1 or selection.filter or selection.within is not None:
            return self.count(selection)
        return code.name(self.types[selection.types[0]].moments)

    def moments(self, selection: p.Selection, *, comparable: bool = True) -> Expr:
        """List when the events of a selection were, in no order."""
        if comparable or selection.since:
            self._comparable(selection.types)
        if selection.since:
            return code.name(self._since(selection, None))
        return code.name(self._ask("moments", None, selection))

    def column(self, selection: p.Selection, read: p.PropertyRead) -> Expr:
        """List a property of the events of a selection, in the order of `moments`."""
        if selection.since:
            return code.name(self._since(selection, read))
        return code.name(self._ask("column", read, selection))

    def decayed(self, selection: p.Selection, table: Expr, unit: int) -> Expr:
        """Add up what a table says of the ages of a selection's events, in days or hours."""
        assert isinstance(table, code.ast.Name)
        if selection.since:
            ages = self._ages(self.moments(selection), unit)
            age = self.names.fresh("x")
            return _sum(code.item(table, code.name(age)), age, ages)
        return code.name(self._ask("decayed", (table.id, unit), selection))

    def ages(self, selection: p.Selection, unit: int) -> Expr:
        """List the ages of a selection's events, in days or hours."""
        if selection.since:
            return self._ages(self.moments(selection), unit)
        return code.name(self._ask("ages", unit, selection))

    def edge(self, selection: p.Selection, which: str) -> Expr:
        """Give when the latest (`max`) or earliest (`min`) event of a selection was, or None."""
        return code.name(self._edge(selection, which))

    def _edge(self, selection: p.Selection, which: str) -> str:
        key = (which, selection)
        if key not in self._variables:
            moments = self.moments(selection)
            found = self._variables[key] = self.names.fresh("w")
            latest = code.choose(moments, code.call(code.name(which), moments), NONE)
            self.after.append(code.assign(found, latest))
        return self._variables[key]

    def _check(self, selection: p.Selection) -> None:
        """Raise Unsupported now where a filter cannot be written later."""
        if selection.filter is not None and selection not in self._checked:
            for type_ in selection.types:
                self.conditions.true(selection.filter, self._place(self.types[type_]))
            self._checked.add(selection)

    def _ask(self, kind: str, detail: Any, selection: p.Selection) -> str:
        self._check(selection)
        span = (selection.filter, selection.within)
        key = (kind, detail, selection.types, span)
        if key not in self._variables:
            several = len(selection.types) != 1
            if not several and span == (None, None) and kind == "moments":
                return self.types[selection.types[0]].moments
            variable = self._variables[key] = self.names.fresh("n")
            numbers = kind in {"count", "decayed"}
            (self._zeros if numbers else self._lists if several else self._empties).append(variable)
            for type_ in selection.types:
                if type_ in self.types:
                    asked = self.types[type_].asked.setdefault(span, [])
                    asked.append(Asked(kind, detail, variable, several))
        return self._variables[key]

    def _comparable(self, types: Sequence[str]) -> None:
        for type_ in types:
            if type_ in self.types:
                self.types[type_].comparable = True

    def _since(self, selection: p.Selection, read: p.PropertyRead | None) -> str:
        key = ("since", selection, read)
        if key not in self._variables:
            plain = attrs.evolve(selection, since=())
            moments = self.moments(plain)
            column = moments if read is None else self.column(plain, read)
            starts = [self._start(since) for since in selection.since]
            found = self._variables[key] = self.names.fresh("n")
            at, value = self.names.fresh("x"), self.names.fresh("x")
            tests = [
                code.some(code.compare(start, "is", NONE), code.compare(code.name(at), ">", start)) for start in starts
            ]
            if read is None:
                kept = code.collected(code.name(at), [at], moments, *tests)
            else:
                kept = code.collected(code.name(value), [at, value], code.zipped([moments, column]), *tests)
            self.after.append(code.assign(found, kept))
        return self._variables[key]

    def _start(self, since: p.SinceEvent | p.SinceField) -> Expr:
        if isinstance(since, p.SinceEvent):
            return self.edge(p.Selection("", since.types, since.filter), "max")
        key = ("start", since)
        if key not in self._variables:
            self._variables[key] = self.names.fresh("w")
            self.after.append(code.assign(self._variables[key], self.lead.datetime_of(since.field)))
        return code.name(self._variables[key])

    # --------------------------------------------------------------- writing

    def written(self) -> Block:
        """Write the pass over the events, a block per type, and what follows from all of them."""
        blocks = [self._block(type_) for type_ in self.types.values()]
        return [*self._beginnings(), *self._sorting(), *blocks, *self.after]

    def _beginnings(self) -> Block:
        found: Block = []
        if self._zeros:
            found.append(code.assign_all(self._zeros, code.const(0)))
        if self._empties:
            found.append(code.assign_all(self._empties, code.const(())))
        return found + [code.assign(variable, code.list_of([])) for variable in self._lists]

    def _sorting(self) -> Block:
        """Write the pass over the events. Types that no rule looks at are passed over."""
        program = self.conditions.program
        event, type_ = code.name("event"), code.name("type_")
        read = self.names.value(frozenset(program.scope.read), "read")
        passed = runtime.PassedOver(program.scope)
        body: Block = [
            code.assign("type_", code.item(event, code.const("type"))),
            *code.chain(
                [
                    (
                        code.compare(type_, "in", code.name("by")),
                        [code.do(code.call(code.attribute(code.item(code.name("by"), type_), "append"), event))],
                    ),
                    (
                        code.compare(type_, "in", read),
                        [code.put_item("by", type_, code.list_of([event]))],
                    ),
                    (
                        code.compare(type_, "not in", self.names.value(passed)),
                        [code.do(code.call(self.names.value(passed.meet, "meet"), type_))],
                    ),
                ],
                [],
            ),
        ]
        return [code.assign("by", code.ast.Dict([], [])), code.each("event", code.name("events"), body)]

    def _block(self, type_: TypeCode) -> code.ast.stmt:
        body: Block = [
            code.assign(type_.events, code.item(code.name("by"), code.const(type_.type.name))),
            *self._timed(type_),
            *self._read(type_),
        ]
        by_filter: dict[p.Condition | None, Windows] = {}
        for (filter_, window), asked in type_.asked.items():
            by_filter.setdefault(filter_, {})[window] = asked
        of_text: dict[str, list[tuple[p.Condition, Windows]]] = {}
        for filter_, windows in by_filter.items():
            read = None if filter_ is None else only_text(filter_)
            if filter_ is not None and isinstance(read, p.PropertyRead) and read.name in type_.columns:
                of_text.setdefault(read.name, []).append((filter_, windows))
            else:
                body += self._filtered(type_, filter_, windows)
        for name, filters in of_text.items():
            body += self._filtered_by_text(type_, name, filters)
        return code.when(code.compare(code.const(type_.type.name), "in", code.name("by")), body)

    def _timed(self, type_: TypeCode) -> Block:
        """Write the list of moments: at once where all are plain, past, and without ids."""
        event, at = self.names.fresh("x"), self.names.fresh("x")
        moment = code.name(at)
        bound = code.bind(at, code.item(code.name(event), code.const("at")))
        tests = [code.compare(code.call(code.name("type"), bound), "is", self.names.value(dt.datetime, "datetime"))]
        if type_.comparable:
            tests.append(code.compare(code.attribute(moment, "tzinfo"), "is", self.names.value(dt.UTC, "UTC")))
        tests.append(
            code.within(self.names.value(runtime.EARLIEST, "earliest"), "<", moment, "<=", self.lead.clock("now"))
        )
        tests.append(code.compare(code.const("id"), "not in", code.name(event)))
        plain = code.collected(moment, [event], code.name(type_.events), code.every(*tests))
        sifting = runtime.Sifting(
            reader_of(DATETIME, self.conditions.program.scope.zone),
            tuple(_Lazy(self.readers, prop).pair() for prop in map(type_.property, type_.read) if prop),
        )
        sifted = code.call(self.names.value(sifting), code.name(type_.events), self.lead.clock("now"))
        length = code.name("len")
        return [
            code.attempt(
                [code.assign(type_.moments, plain)],
                [code.name("TypeError")],
                [code.assign(type_.moments, code.const(()))],
            ),
            code.when(
                code.compare(
                    code.call(length, code.name(type_.moments)), "!=", code.call(length, code.name(type_.events))
                ),
                [code.assign([type_.events, type_.moments], sifted)],
            ),
        ]

    def _read(self, type_: TypeCode) -> Block:
        """Write the columns of the properties that are read."""
        quick: Block = []
        careful: Block = []
        given = self.names.fresh("x")
        event = self.names.fresh("x")
        properties = code.item(code.name(event), code.const("properties"))
        many = len(type_.read) > 1
        if many:
            quick.append(code.assign(given, code.collected(properties, [event], code.name(type_.events))))
        for name in type_.read:
            prop = type_.property(name)
            assert prop is not None
            one = self.names.fresh("x")
            value = code.item(code.name(one) if many else properties, code.const(name))
            source, variable = (code.name(given), one) if many else (code.name(type_.events), event)
            column = type_.columns[name]
            quick.append(code.assign(column, code.collected(self.readers.property(prop, value), [variable], source)))
            known = self.readers.known_property(prop)
            column_of = self.names.value(runtime.column, "column")
            careful.append(
                code.assign(column, code.call(column_of, code.name(type_.events), code.const(name), known))
            )
        if not all(name.isascii() for name in type_.read):
            return careful
        return [code.attempt(quick, [code.name("KeyError"), code.name("TypeError")], careful)] if quick else []

    def _filtered(
        self, type_: TypeCode, filter_: p.Condition | None, windows: Windows
    ) -> Block:
        if filter_ is None:
            return self._windows(type_, code.name(type_.moments), [], windows)
        place = self._place(type_)
        test = self.conditions.true(filter_, place)
        if code.fails(test):
            return []
        kept = self.names.fresh("m")
        moments = self._collected(type_, code.name(place.moment), place, [test])
        inner = self._windows(type_, code.name(kept), [(place, test)], windows)
        return [code.assign(kept, moments), code.when(code.name(kept), inner)]

    def _filtered_by_text(
        self, type_: TypeCode, name: str, filters: Sequence[tuple[p.Condition, Windows]]
    ) -> Block:
        """Write filters on one text: first the events that pass any of them, which are few, then each filter."""
        if len(filters) == 1:
            return self._filtered(type_, *filters[0])
        some, one = self.names.fresh("m"), self.names.fresh("x")
        answers = code.item(code.name(one), code.const(1))
        pairs = code.zipped([code.name(type_.moments), code.name(type_.columns[name])])
        inner: Block = []
        for filter_, windows in filters:
            read = only_text(filter_)
            assert isinstance(read, p.PropertyRead)
            place = self.readers.about(read).place(("true", filter_))
            kept = self.names.fresh("m")
            moment = code.item(code.name(one), code.const(0))
            passing = code.collected(moment, [one], code.name(some), code.item(answers, code.const(place)))
            within = self._place(type_)
            test = self.conditions.true(filter_, within)
            body = self._windows(type_, code.name(kept), [(within, test)], windows)
            inner += [code.assign(kept, passing), code.when(code.name(kept), body)]
        return [
            code.assign(some, code.collected(code.name(one), [one], pairs, answers)),
            code.when(code.name(some), inner),
        ]

    def _place(self, type_: TypeCode) -> EventPlace:
        variables = {name: self.names.fresh("x") for name in type_.read}
        return EventPlace(self.lead, variables, self.names.fresh("x"), self.names, self.conditions, self.readers)

    def _collected(self, type_: TypeCode, element: Expr, place: EventPlace, tests: Sequence[Expr]) -> Expr:
        """List an element of the events of a type that pass, over the columns that are used."""
        variables = [place.moment, *(place.columns[name] for name in place.used)]
        sources = [code.name(type_.moments), *(code.name(type_.columns[name]) for name in place.used)]
        return code.collected(element, variables, code.zipped(sources), code.every(*tests))

    def _windows(
        self,
        type_: TypeCode,
        moments: Expr,
        filters: Sequence[tuple[EventPlace, Expr]],
        windows: Windows,
    ) -> Block:
        body: Block = []
        for window, asked in windows.items():
            inside = moments
            if window is not None:
                at = self.names.fresh("x")
                test = code.compare(code.name(at), ">=", self.lead.clock("cut", window))
                inside = code.collected(code.name(at), [at], moments, test)
                if len(asked) > 1 or asked[0].kind != "count":
                    kept = self.names.fresh("m")
                    body.append(code.assign(kept, inside))
                    inside = code.name(kept)
            body += self._answers(type_, inside, filters, window, asked)
        return body

    def _answers(
        self,
        type_: TypeCode,
        moments: Expr,
        filters: Sequence[tuple[EventPlace, Expr]],
        window: int | None,
        asked: Sequence[Asked],
    ) -> Block:
        body: Block = []
        ages: dict[int, str] = {}
        for one in asked:
            unit = one.detail if one.kind == "ages" else one.detail[1] if one.kind == "decayed" else 0
            if unit and unit not in ages:
                ages[unit] = self.names.fresh("m")
                body.append(code.assign(ages[unit], self._ages(moments, unit)))
            if one.kind == "count":
                value = code.call(code.name("len"), moments)
            elif one.kind == "moments":
                value = moments
            elif one.kind == "ages":
                value = code.name(ages[unit])
            elif one.kind == "decayed":
                age = self.names.fresh("x")
                value = _sum(code.item(code.name(one.detail[0]), code.name(age)), age, code.name(ages[unit]))
            else:
                value = self._column(type_, moments, one.detail, filters, window)
            body.append(code.add(one.variable, value) if one.several else code.assign(one.variable, value))
        return body

    def _column(
        self,
        type_: TypeCode,
        moments: Expr,
        read: p.PropertyRead,
        filters: Sequence[tuple[EventPlace, Expr]],
        window: int | None,
    ) -> Expr:
        """Write a column of the events that pass; unknown throughout where the type has no such property."""
        if read.name not in type_.columns:
            absent: Expr = NONE
            if read.type.kind == "text":
                absent = code.item(self.readers.about(read).known, NONE)
            times = code.call(code.name("len"), moments)
            return code.operation(code.list_of([absent]), "*", times)
        if not filters and window is None:
            return code.name(type_.columns[read.name])
        place, *tests = filters[0] if filters else (self._place(type_),)
        assert isinstance(place, EventPlace)
        used = dict(place.used)
        place.used[read.name] = read
        if window is not None:
            tests = [*tests, code.compare(code.name(place.moment), ">=", self.lead.clock("cut", window))]
        column = self._collected(type_, code.name(place.columns[read.name]), place, tests)  # type: ignore[arg-type]
        place.used = used
        return column

    def _ages(self, moments: Expr, unit: int) -> Expr:
        at = self.names.fresh("x")
        elapsed = code.operation(self.lead.clock("now"), "-", code.name(at))
        if unit == DAY:
            return code.collected(code.attribute(elapsed, "days"), [at], moments)
        assert unit == HOUR
        hour = self.names.value(dt.timedelta(hours=1), "hour")
        return code.collected(code.operation(elapsed, "//", hour), [at], moments)


@attrs.frozen
class _Lazy:
    """The reader of a property, for events that do not count."""

    readers: Readers
    property: Property

    def pair(self) -> tuple[str, Any]:
        return self.property.name, self.readers.reader_of_property(self.property)


def _sum(element: Expr, variable: str, source: Expr) -> Expr:
    return code.call(code.name("sum"), code.collected(element, [variable], source))


def properties_of(selection: p.Selection, *nodes: Any) -> list[p.PropertyRead]:
    """Give the properties, each once, that nodes about a selection's events read; `at` and `day` left out."""
    assert selection is not None
    found = {name: read for node in nodes if node is not None for name, read in properties_in(node).items()}
    return [read for name, read in found.items() if name not in {"at", "day"}]
