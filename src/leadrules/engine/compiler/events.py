"""What the rules ask of the events, collected, and the pass over the events in code.

Rules ask for counts, moments, ages, decayed sums and columns of properties of a selection; each is
worked out once, whoever asks. A selection of several types adds up, or strings together, what its
types give. A block is left out where the lead has no event of its type, so everything asked starts
as 0 or empty.
"""

from __future__ import annotations

import ast
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import attrs

from leadrules import program as p
from leadrules.conversions import reader_of_moment, reader_of_property
from leadrules.engine.compiler import code, normalisation, runtime
from leadrules.engine.compiler.blocks import TypeBlock
from leadrules.engine.compiler.captured import CapturedType, PlacesOf, is_kept_raw
from leadrules.engine.compiler.code import Block, Expr, Names, Stmt
from leadrules.engine.compiler.conditions import NONE, Conditions
from leadrules.engine.compiler.event_context import (
    EventContext,
    EventQuestion,
    LeadContext,
    TypeCode,
    ages_in,
    context_in,
    key_in,
    sum_of,
)
from leadrules.engine.compiler.fields import Readers
from leadrules.engine.compiler.operands import Moment
from leadrules.engine.compiler.relations import Answered
from leadrules.engine.compiler.runtime import absent_is_unknown
from leadrules.engine.compiler.totals import NO_TOTALS, AccumulatedTotals
from leadrules.naming import Naming
from leadrules.values import instant_of, key_of


@attrs.define
class EventCode:
    """Collects what is asked of the events, and writes the code that answers.

    The code `captures` all that evidence may tell of the events, which are the host's, who may change them.
    """

    lead: LeadContext
    names: Names
    conditions: Conditions
    readers: Readers
    totals: AccumulatedTotals = NO_TOTALS
    types: dict[str, TypeCode] = attrs.field(factory=dict)
    tables: dict[str, runtime.Decayed] = attrs.field(factory=dict)
    after: Block = attrs.field(factory=list)
    compares: bool = False
    _checked: set[p.Selection] = attrs.field(factory=set)
    _variables: dict[object, str] = attrs.field(factory=dict)
    _zeros: list[str] = attrs.field(factory=list)
    _empties: list[str] = attrs.field(factory=list)
    _lists: list[str] = attrs.field(factory=list)
    captures: ClassVar[bool] = True

    def __attrs_post_init__(self) -> None:
        scope = self.conditions.program.scope
        for name, properties in scope.read.items():
            type_ = scope.events[name]
            read = normalisation.readers_of(type_, properties)
            kept_raw = [prop.name for prop in type_.properties if prop.name in read and is_kept_raw(prop.type)]
            columns = {prop: self.names.fresh("column", f"{name} {prop}") for prop in read}
            raws = {prop: self.names.fresh("raw", f"{name} {prop}") for prop in kept_raw}
            events, moments, places = (self.names.fresh(word, name) for word in ("events", "moments", "places"))
            self.types[name] = TypeCode(type_, read, events, moments, columns, raws, places)
            self._empties += columns.values()

    # ---------------------------------------------------------------- asking

    def count(self, selection: p.Selection) -> Expr:
        """Count the events of a selection."""
        if self._narrows(selection):
            found = code.call(code.name("len"), self.moments(selection))
            before = self.totals.count(selection)
            return found if before is None else code.binop(found, "+", before)
        return code.name(self._ask("count", None, selection))

    def some(self, selection: p.Selection) -> Expr:
        """Give something that is true where there are events."""
        if self._narrows(selection) or len(selection.types) > 1 or selection.filter or selection.within is not None:
            return self.count(selection)
        self.types[selection.types[0]].listed = True
        return code.name(self.types[selection.types[0]].moments)

    def moments(self, selection: p.Selection, *, compare: bool = True) -> Expr:
        """List when the events of a selection were, in no order; `compare` makes them comparable with each other."""
        self.compares = self.compares or compare
        if self._narrows(selection):
            return code.name(self._narrowed(selection, None))
        return code.name(self._ask("moments", None, selection))

    def column(self, selection: p.Selection, read: p.PropertyRead) -> Expr:
        """List a property of the events of a selection, in the order of `moments`."""
        if self._narrows(selection):
            return code.name(self._narrowed(selection, read))
        return code.name(self._ask("column", read, selection))

    def decayed(self, selection: p.Selection, known: runtime.Decayed, table: Expr) -> Expr:
        """Add up what a table, written as `table`, says of the ages of a selection's events."""
        unit = known.unit
        assert isinstance(table, code.Name)
        self.tables[table.id] = known
        if self._narrows(selection):
            ages = ages_in(self.moments(selection), unit, self.lead, self.names)
            age = self.names.fresh("age")
            return sum_of(code.subscript(table, code.name(age)), age, ages)
        return code.name(self._ask("decayed", table.id, selection))

    def ages(self, selection: p.Selection, unit: int) -> Expr:
        """List the ages of a selection's events, in days or hours."""
        if self._narrows(selection):
            return ages_in(self.moments(selection), unit, self.lead, self.names)
        return code.name(self._ask("ages", unit, selection))

    def edge(self, selection: p.Selection, which: str) -> Expr:
        """Give when the latest (`max`) or earliest (`min`) event of a selection was, or None."""
        return code.name(self._edge(selection, which))

    def edge_moment(self, selection: p.Selection, which: str) -> Moment:
        """Give the same as a value."""
        edge = self.edge(selection, which)
        instant = code.call(self.names.value(instant_of, "instant_of"), edge)
        return Moment(code.if_else(code.compare(edge, "is", NONE), NONE, instant), optional=True, at=edge)

    def count_per(self, selection: p.Selection, cap: p.MaxPer) -> Expr | None:
        """Count the events that a cap keeps; None where rules must ask for the events themselves."""
        return None

    def decayed_per(
        self, selection: p.Selection, cap: p.MaxPer, known: runtime.Decayed, table: Expr
    ) -> tuple[Expr, Expr] | None:
        """Tell whether there are events, and add up the latest that a cap keeps; None as in `count_per`."""
        return None

    def latest_ages(self, selection: p.Selection, cap: p.MaxPer | None, times: int, unit: int) -> Expr | None:
        """List the ages of the latest events that caps keep, in days or hours; None as in `count_per`."""
        return None

    def _edge(self, selection: p.Selection, which: str) -> str:
        key = (which, selection)
        if key not in self._variables:
            moments = self.moments(selection)
            found = self._variables[key] = self.names.fresh("edge", " ".join(selection.types))
            latest = code.if_else(moments, code.call(code.name(which), moments), NONE)
            self.after.append(code.assign(found, latest))
        return self._variables[key]

    def _check(self, selection: p.Selection) -> None:
        """Raise Unsupported now where a filter cannot be written later."""
        if selection.filter is not None and selection not in self._checked:
            for type_ in selection.types:
                context = context_in(self.types[type_], self.lead, self.conditions, self.readers)
                self.conditions.true(selection.filter, context)
            self._checked.add(selection)

    def _ask(self, kind: str, detail: Any, selection: p.Selection) -> str:
        self._check(selection)
        span = (selection.filter, selection.within)
        key = (kind, detail, selection.types, span)
        if key not in self._variables:
            several = len(selection.types) != 1
            if not several and span == (None, None) and kind == "moments":
                self.types[selection.types[0]].listed = True
                return self.types[selection.types[0]].moments
            variable = self._variables[key] = self.names.fresh(kind, " ".join(selection.types))
            before = self.totals.count(selection) if kind == "count" else None
            if before is not None:
                self.after.append(code.add_to(variable, before))
            numbers = kind in {"count", "decayed"}
            (self._zeros if numbers else self._lists if several else self._empties).append(variable)
            for type_ in selection.types:
                if type_ in self.types:
                    asked = self.types[type_].asked.setdefault(span, [])
                    asked.append(EventQuestion(kind, detail, variable, several))
        return self._variables[key]

    def _narrowed(self, selection: p.Selection, read: p.PropertyRead | None) -> str:
        """List moments or a property of those events that come after the `since`, and of which all relations hold."""
        key = ("narrowed", selection, read)
        if key not in self._variables:
            plain = attrs.evolve(selection, since=(), relations=(), sees_all=True)
            starts = [self._start(since) for since in selection.since]
            answered = [self._answered(plain, relation) for relation in selection.relations]
            answered += [self._seen(plain, ignore) for ignore in self.conditions.program.ignoring(selection)]
            sources = [self.moments(plain), *([] if read is None else [self.column(plain, read)]), *answered]
            found = self._variables[key] = self.names.fresh("narrowed", " ".join(selection.types))
            at, *others = (self.names.fresh(word) for word in ("at", *["value"] * (len(sources) - 1)))
            tests = self._after(at, starts)
            tests += map(code.name, others[len(others) - len(answered) :])
            kept = code.list_comp(
                code.name(at if read is None else others[0]), [at, *others], code.zipped(sources), *tests
            )
            self.after.append(code.assign(found, kept))
        return self._variables[key]

    def _narrows(self, selection: p.Selection) -> bool:
        """Tell whether more than an event itself and its age decides whether it is selected."""
        return selection.looks_around or bool(self.conditions.program.ignoring(selection))

    def _seen(self, plain: p.Selection, ignore: p.Ignore) -> Expr:
        """List of each event of a selection, in the order of `moments`, whether an `ignore` leaves it."""
        key = ("seen", plain, ignore.selection)
        if key not in self._variables:
            gone = ignore.selection
            may_be = self._ask("flag", p.Answer(gone.name, gone.types, gone.filter, sees_all=True), plain)
            answered = [self._answered(plain, relation) for relation in gone.relations]
            starts = [self._start(since) for since in gone.since]
            at, *others = (self.names.fresh(word) for word in ("at", *["value"] * (len(answered) + 1)))
            tests = [*map(code.name, others), *self._after(at, starts)]
            if gone.within is not None:
                tests.append(code.compare(code.name(at), ">=", self.lead.clock("cut", gone.within)))
            sources = code.zipped([self.moments(plain), code.name(may_be), *answered])
            self._variables[key] = self.names.fresh("seen", " ".join(plain.types))
            left = code.list_comp(code.not_(code.and_(*tests)), [at, *others], sources)
            self.after.append(code.assign(self._variables[key], left))
        return code.name(self._variables[key])

    def _after(self, at: str, starts: Sequence[Expr]) -> list[Expr]:
        """Write that a moment is after some others, where there are such."""
        return [code.or_(code.compare(start, "is", NONE), code.compare(code.name(at), ">", start)) for start in starts]

    def _answered(self, plain: p.Selection, relation: p.Relation) -> Expr:
        """List of each event of a selection, in the order of `moments`, whether a relation holds."""
        key = ("answered", plain, relation)
        if key not in self._variables:
            answered = self.names.value(Answered.of(relation, plain.types), ("answered", relation, plain.types))
            sides = []
            for answer in relation.answers:
                answers = p.Selection(answer.name, answer.types, answer.filter, sees_all=answer.sees_all)
                keys, asked = (self._keys(one, answer.same) for one in (answers, plain))
                sides.append(code.tuple_of([self.moments(answers), keys, asked]))
            themselves = self._themselves(plain, relation.answers[0])
            found = code.call(answered, self.lead.clock("now"), self.moments(plain), themselves, *sides)
            self._variables[key] = self.names.fresh("answered", " ".join(plain.types))
            self.after.append(code.assign(self._variables[key], found))
        return code.name(self._variables[key])

    def _themselves(self, selection: p.Selection, answer: p.Answer) -> Expr:
        """List of each event whether it may be an answer itself; None where none may."""
        if not {*selection.types} & {*answer.types}:
            return NONE
        return code.name(self._ask("flag", answer, selection))

    def _keys(self, selection: p.Selection, reads: Sequence[p.PropertyRead]) -> Expr:
        """List what the events of a selection must share with others, in the order of `moments`."""
        variables = {read.name: self.names.fresh("shared", read.name) for read in reads}
        at = self.names.fresh("at")
        context = EventContext(self.lead, variables, at, self.names, self.conditions, self.readers, early=False)
        parts = [self._key(read, context) for read in reads]
        columns = [self.column(selection, read) for read in context.used.values()]
        targets = [at, *(variables[name] for name in context.used)]
        return code.list_comp(code.tuple_of(parts), targets, code.zipped([self.moments(selection), *columns]))

    def _key(self, read: p.PropertyRead, context: EventContext) -> Expr:
        key = key_in(context.property(read))
        return code.call(self.names.value(key_of, "key_of"), key) if read.type.kind == "number" else key

    def _start(self, since: p.SinceEvent | p.SinceField) -> Expr:
        if isinstance(since, p.SinceEvent):
            return self.edge(p.Selection("", since.types, since.filter, sees_all=since.sees_all), "max")
        key = ("start", since)
        if key not in self._variables:
            self._variables[key] = self.names.fresh("start", since.field.name)
            self.after.append(code.assign(self._variables[key], self.lead.datetime_of(since.field)))
        return code.name(self._variables[key])

    # --------------------------------------------------------------- writing

    def is_plain(self) -> Expr:
        """Write a test that the events have the shape that is walked."""
        return code.compare(code.call(code.name("type"), code.name("events")), "is", code.name("list"))

    def functions(self) -> list[ast.FunctionDef]:
        """Write the functions that go with the code; they are given to `connect` once they are compiled."""
        return []

    def connect(self, namespace: Mapping[str, Any]) -> None:
        """Take the compiled functions."""

    def written(self) -> Block:
        """Write the pass over the events, a block per type, and what follows from all of them."""
        blocks = [part for type_ in self.types.values() for part in self.block(type_)]
        listed = [type_.moments for type_ in self.types.values() if type_.listed]
        seen = [variable for type_ in self.types.values() for variable in type_.captured]
        self._empties = [*dict.fromkeys([*self._empties, *listed, *seen])]
        captured = code.tuple_of(map(code.name, ["by", "ids", *seen]))
        held = [type_.given for type_ in self._in_places]
        unpacked = [code.assign(held, code.name("by"))] if held else []
        return [
            *self._beginnings(),
            code.assign("by", code.const(())),
            code.assign("ids", NONE),
            code.if_(code.name("events"), [*self._sorting(), *unpacked, *blocks]),
            code.assign("seen", captured),
            *self.after,
        ]

    def block(self, type_: TypeCode) -> Block:
        """Write the block of a type."""
        parts = (self.lead, self.names, self.conditions, self.readers, self.tables)
        return TypeBlock(type_, *parts, self.captures, self._places_of).written()

    def captured(self) -> tuple[CapturedType, ...]:
        """Say what stands in `seen` once it is written, behind what is there of all types."""
        places = {type_.type.name: place for place, type_ in enumerate(self._in_places)}
        return tuple(
            CapturedType(name, places[name], type_.read, frozenset(type_.passing), type_.is_ranked)
            for name, type_ in self.types.items()
        )

    @property
    def _in_places(self) -> list[TypeCode]:
        """Give the types in the order of their places: first those of which no property is read."""
        return sorted(self.types.values(), key=lambda type_: bool(type_.read))

    def _beginnings(self) -> Block:
        found: Block = []
        if self._zeros:
            found.append(code.assign_all(self._zeros, code.const(0)))
        if self._empties:
            found.append(code.assign_all(self._empties, code.const(())))
        return found + [code.assign(variable, code.list_of([])) for variable in self._lists]

    def _sorting(self) -> Block:
        """Write the pass over the events: those that count go into a list by their type.

        Where one is not in the plainest form, all are read with care instead. Moments of UTC compare
        fast with each other; others do so only where nothing compares them with each other. Events that
        are each later than the one before are `unordered` no more, and no two of one moment.
        """
        now, at = self.lead.clock("now"), code.name("at")
        plain = [code.compare(code.call(code.name("type"), at), "is", self.names.value(dt.datetime, "datetime"))]
        if self.compares:
            utc = self.names.value(dt.UTC, "UTC")
            plain.append(code.compare(code.attribute(at, "tzinfo"), "is", utc))
        early, late = (self.names.value(m, n) for m, n in ((runtime.EARLIEST, "earliest"), (runtime.LATEST, "latest")))
        event, size, by, place = (code.name(name) for name in ("event", "size", "by", "place"))
        type_, has_id = code.subscript(event, code.const("type")), code.compare(code.const("id"), "in", event)
        named = code.tuple_of([type_, code.subscript(event, code.const("id"))])
        no_properties = code.compare(code.const("properties"), "not in", event)
        # A type, a moment and perhaps properties: so many keys, and no other is looked for.
        is_unusual = code.and_(
            code.compare(size, "!=", code.const(2)),
            code.or_(code.compare(size, "!=", code.const(3)), no_properties),
        )
        counts: Block = [
            code.assign("last", at),
            _sized(),
            code.if_(is_unusual, [self._has_keys(3), code.append("ids", named)]),
            code.assign("kept", code.subscript(by, place)),
            code.if_(
                code.not_(code.name("kept")),
                [code.assign("kept", code.list_of([])), code.set_item("by", place, code.name("kept"))],
            ),
            code.append("kept", self._noted(event, at)),
        ]
        is_found = code.named_expr("unordered", code.const(value=True))
        is_early = code.and_(code.between(early, "<", at, "<=", now), is_found)
        in_time = code.or_(code.between(code.name("last"), "<", at, "<=", now), is_early)
        is_later = code.and_(*plain, code.between(now, "<", at, "<", late), code.not_(has_id))
        places = normalisation.Places(self.conditions.program.scope, [one.type.name for one in self._in_places])
        met = code.call(self.names.value(places.meet, "meet"), type_)
        body: Block = [
            code.try_(
                [code.assign("place", code.subscript(self.names.named(places.by_name, "places"), type_))],
                [code.name("KeyError")],
                [code.assign("place", met)],
            ),
            code.if_(code.compare(place, "<", code.const(0)), [code.continue_()]),
            code.assign("at", code.subscript(event, code.const("at"))),
            *code.if_chain(
                [
                    (code.and_(*plain, in_time), counts),
                    (is_later, [_sized(), self._has_keys(2)]),
                ],
                [code.raise_(code.name("TypeError"))],
            ),
        ]
        given = [*map(code.name, ("ids", "by", "events")), now]
        ids_of_all = code.call(self.names.value(places.ids_of_all, "ids_of_all"), *given)
        read = [
            code.for_("event", code.name("events"), body),
            code.if_(code.name("ids"), [code.assign("ids", ids_of_all)]),
        ]
        errors = [code.name("KeyError"), code.name("TypeError"), self.names.value(runtime.Irregular, "Irregular")]
        normalised = code.call(self.names.value(self._normaliser()), code.name("events"), now)
        careful = code.assign(["by", "ids", "unordered"], normalised)
        if any(type_.type.identity is not None for type_ in self.types.values()):
            return [careful]
        none = code.list_of([code.const(())])
        return [
            code.assign("by", code.binop(none, "*", code.const(len(self.types)))),
            code.assign("ids", code.list_of([])),
            code.assign("last", early),
            code.assign("unordered", code.const(value=False)),
            code.try_(read, errors, [careful]),
        ]

    def _has_keys(self, others: int) -> ast.stmt:
        """Write the refusal of an event in which something stands beside its parts, `others` of which it has."""
        event = code.name("event")
        has_properties = code.compare(code.const("properties"), "in", event)
        most = code.if_else(has_properties, code.const(others + 1), code.const(others))
        return code.if_(code.compare(code.name("size"), "!=", most), [code.raise_(code.name("TypeError"))])

    def _noted(self, event: Expr, at: Expr) -> Expr:
        """Write what stands for an event in the list of its type: its moment, unless properties of it are read."""
        unread = [name for name, type_ in self.types.items() if not type_.read]
        if len(unread) == len(self.types):
            return at
        is_read = code.compare(code.name("place"), ">=", code.const(len(unread)))
        return code.if_else(is_read, event, at) if unread else event

    @property
    def _places_of(self) -> PlacesOf:
        return PlacesOf(self.conditions.program.scope)

    def _normaliser(self) -> normalisation.EventNormaliser:
        scope = self.conditions.program.scope
        properties = {
            name: tuple((prop.name, self.readers.reader_of_property(prop)) for prop in type_.properties)
            for name, type_ in self.types.items()
        }
        read_at = {name: reader_of_moment(type_.type.forms, scope.zone) for name, type_ in self.types.items()}
        named = ((name, type_.type.property(type_.type.identity or "")) for name, type_ in self.types.items())
        identities = {
            name: (prop.name, absent_is_unknown(reader_of_property(prop, scope.zone)))
            for name, prop in named
            if prop is not None
        }
        looked_at = [type_.type.name for type_ in self._in_places]
        return normalisation.EventNormaliser(scope, looked_at, read_at, properties, identities, Naming.of(scope).types)


def _sized() -> Stmt:
    return code.assign("size", code.call(code.name("len"), code.name("event")))


def properties_of(*nodes: p.Node | None) -> list[p.PropertyRead]:
    """Give the properties, each once, that nodes about one event read; `at` and `day` left out."""
    elsewhere = (p.Count, p.Aggregate, p.Happened)
    reads = [read for node in nodes if node is not None for read in node.find(p.PropertyRead, closed=elsewhere)]
    return list({read.name: read for read in reads if read.name not in {"at", "day"}}.values())
