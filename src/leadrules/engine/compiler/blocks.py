"""The block of one type of event in code: what is asked of its events, from their plain form.

Most leads have few events of a type, so what costs is each list that is made. Counts within windows
and decayed sums are functions of an event's age alone: they stand together in one row per age, and
a block adds up rows. Filters on one text keep the events that pass any of them first, which are few.
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from leadrules import program as p
from leadrules.engine.compiler import code, normalisation, runtime
from leadrules.engine.compiler.captured import PlacesOf, is_ranked
from leadrules.engine.compiler.clock import AgeColumn, AgeRows
from leadrules.engine.compiler.code import Block, Expr, Names, Stmt
from leadrules.engine.compiler.conditions import FALSE, NONE, TRUE, Conditions
from leadrules.engine.compiler.event_context import (
    EventContext,
    EventQuestion,
    LeadContext,
    TypeCode,
    Windows,
    ages_in,
    context_in,
    sum_of,
)
from leadrules.engine.compiler.fields import Readers, named_plainly
from leadrules.engine.compiler.operands import only_text
from leadrules.values import DAY
from leadrules.vocabulary import Property

Windowed = tuple[int | None, EventQuestion]
Filter = tuple[p.Condition, Windows]

_OF_MOMENTS = {"count", "decayed", "moments", "ages"}


@attrs.define
class TypeBlock:
    """Writes the block of one type.

    Of all events, `counts` asks for their number, `rows` for what hangs on ages alone (`alone`, where
    that is one count), `plain` for all else. `by_text` are the filters on one text by its property,
    `filters` the others. `listed` are the columns that are needed as such, and `pairs` the variables
    of the events that pass a filter on a text, each behind its moment and the answers, before the text. `captures`
    says that evidence is told what is noted here; then the moments are all there is where no property is read.
    """

    type: TypeCode
    lead: LeadContext
    names: Names
    conditions: Conditions
    readers: Readers
    tables: dict[str, runtime.Decayed]
    captures: bool
    places_of: PlacesOf
    rows: list[Windowed] = attrs.field(factory=list)
    alone: Windowed | None = None
    counts: list[EventQuestion] = attrs.field(factory=list)
    plain: Windows = attrs.field(factory=dict)
    by_text: dict[str, list[Filter]] = attrs.field(factory=dict)
    filters: list[Filter] = attrs.field(factory=list)
    listed: set[str] = attrs.field(factory=set)
    pairs: dict[str, str] = attrs.field(factory=dict)

    def __attrs_post_init__(self) -> None:
        for (filter_, window), asked in self.type.asked.items():
            self.listed |= {one.detail.name for one in asked if one.kind == "column"}
            if filter_ is None:
                self._sort(window, asked)
        filters: dict[p.Condition, Windows] = {}
        for (filter_, window), asked in self.type.asked.items():
            if filter_ is not None:
                filters.setdefault(filter_, {})[window] = asked
        for filter_, windows in filters.items():
            read = only_text(filter_)
            kinds = {one.kind for asked in windows.values() for one in asked}
            if isinstance(read, p.PropertyRead) and read.name in self.type.columns and kinds <= _OF_MOMENTS:
                self.by_text.setdefault(read.name, []).append((filter_, windows))
            else:
                self.filters.append((filter_, windows))

        if [one.kind for _, one in self.rows] == ["count"]:
            self.alone = self.rows.pop()

    def _sort(self, window: int | None, asked: Sequence[EventQuestion]) -> None:
        for one in asked:
            in_days = window is None or window % DAY == 0
            decays = one.kind == "decayed" and self.tables[one.detail].unit == DAY
            if in_days and (decays or (one.kind == "count" and window is not None)):
                self.rows.append((window, one))
            elif one.kind == "count" and window is None:
                self.counts.append(one)
            else:
                self.plain.setdefault(window, []).append(one)

    def written(self) -> Block:
        """Write the block, which is passed over where there is no event of the type."""
        filtered = [part for filter_, windows in self.filters for part in self._filtered(filter_, windows)]
        plain = self._windows(code.name(self.type.moments), None, self.plain)
        columns = self._columns()
        body: Block = [
            *self._beginning(),
            *self._places(),
            *self._alone(),
            *self._rows(),
            *columns,
            *plain,
            *filtered,
        ]
        for name, filters in self.by_text.items():
            body += self._passing(name, filters)
        is_any = code.compare(code.const(self.type.type.name), "in", code.name("by"))
        return [code.if_(code.name(self.type.given) if self.captures else is_any, body)] if body else []

    # ----------------------------------------------------------------- times

    def _beginning(self) -> Block:
        """Write the list of events where there is one, and that of their moments."""
        events, moments = self.type.events, self.type.moments
        if self.captures and not self.type.read:
            return []
        event = self.names.fresh("event")
        at = code.subscript(code.name(event), code.const("at"))
        listed = code.assign(moments, code.list_comp(at, [event], code.name(events)))
        if self.captures:
            return [listed]
        return [code.assign(events, code.subscript(code.name("by"), code.const(self.type.type.name))), listed]

    def _places(self) -> Block:
        """Write the places of events of one moment, where the properties that are noted do not say enough."""
        read, type_ = self.type.read, self.type
        type_.is_ranked = self.captures and (is_ranked(type_.type, read) or (len(read) > 1 and bool(type_.passing)))
        if not type_.is_ranked:
            return []
        places_of = self.names.named(self.places_of, "places_of")
        places = code.call(places_of, code.name(type_.events), code.name(type_.moments))
        return [code.if_(code.name("unordered"), [code.assign(type_.places, places)])]

    def _alone(self) -> Block:
        """Write how many there are; and the one count within a window, where nothing else hangs on ages."""
        found = [_given(one, _length(self.type.moments)) for one in self.counts]
        if self.alone is not None:
            window, one = self.alone
            at = self.names.fresh("at")
            test = code.compare(code.name(at), ">=", self.lead.clock("cut", window))
            inside = code.list_comp(code.name(at), [at], code.name(self.type.moments), test)
            found.append(_given(one, code.call(code.name("len"), inside)))
        return found

    def _rows(self) -> Block:
        """Write the rows of all ages, and add them up."""
        if not self.rows:
            return []
        columns = (
            AgeColumn(window, self.tables[one.detail] if one.kind == "decayed" else None) for window, one in self.rows
        )
        table = AgeRows(tuple(columns))
        rows, at, age = (self.names.fresh(word) for word in ("rows", "at", "age"))
        elapsed = code.named_expr(age, code.binop(self.lead.clock("now"), "-", code.name(at)))
        by_days = code.subscript(self.names.value(table.rows), code.attribute(code.name(age), "days"))
        exact = code.call(self.names.value(table.exact, (id(table), "exact")), code.name(age))
        row = code.if_else(code.attribute(elapsed, "seconds"), by_days, exact)
        moments, now = code.name(self.type.moments), self.lead.clock("now")
        made = code.call(self.names.value(table.rows_of, (id(table), "rows_of")), moments, now)
        found = code.try_(
            [code.assign(rows, code.list_comp(row, [at], moments))],
            [code.name("KeyError")],
            [code.assign(rows, made)],
        )
        self.names.keep(table)
        return [found, *self._added_up(rows)]

    def _added_up(self, rows: str) -> Block:
        asked = [one for _, one in self.rows]
        if len(asked) == 1:
            return [_given(asked[0], code.call(code.name("sum"), code.name(rows)))]
        variables = [self.names.fresh("sum") if one.several else one.variable for one in asked]
        summed = code.call(code.name("map"), code.name("sum"), code.call(code.name("zip"), code.starred(rows)))
        adding = [
            code.add_to(one.variable, code.name(v)) for one, v in zip(asked, variables, strict=True) if one.several
        ]
        alone = [code.assign(variables, code.subscript(code.name(rows), code.const(0))), *adding]
        return code.if_chain(
            [
                (code.compare(_length(rows), "=", code.const(1)), alone),
                (code.name(rows), [code.assign(variables, summed), *adding]),
            ],
            [],
        )

    # --------------------------------------------------------------- columns

    def _columns(self) -> Block:
        """Write the columns of the properties that are read, and the events that pass filters on a text.

        Texts and times are taken as they are first: evidence tells them so. Of other properties what was read will do.
        """
        events, given = code.name(self.type.events), self.names.fresh("given")
        quick: Block = []
        careful: Block = []
        derived: Block = []
        for prop in self.type.properties:
            if self._only_passes(prop):
                passing, with_care = self._only_passing(prop, given)
                quick.append(passing)
                careful.append(with_care)
                continue
            is_raw, event = prop.name in self.type.raws, self.names.fresh("event")
            column = self.type.raws[prop.name] if is_raw else self.type.columns[prop.name]
            value = self._value(event, prop)
            reading = value if is_raw else self.readers.property(prop, value)
            quick.append(code.assign(column, code.list_comp(reading, [event], events)))
            careful.append(code.assign(column, self._column_with_care(prop, given, is_raw=is_raw)))
            if is_raw:
                derived += self._derived(prop, code.name(column))
        if not quick:
            return []
        named = code.call(self.names.value(normalisation.properties_of, "properties_of"), events)
        refused = [code.name("KeyError"), code.name("TypeError"), self.names.value(runtime.Irregular, "Irregular")]
        return [code.try_(quick, refused, [code.assign(given, named), *careful]), *derived]

    def _value(self, event: str, prop: Property) -> Expr:
        """Read a property of an event, the first one with a look at all of them.

        A `defaultdict` is left to those who read with care, as it would make one up where it is absent. So are names
        that may be the form of others.
        """
        properties = code.subscript(code.name(event), code.const("properties"))
        if prop is not self.type.properties[0]:
            return code.subscript(properties, code.const(prop.name))
        given = self.names.fresh("given")
        is_dict = code.compare(
            code.call(code.name("type"), code.named_expr(given, properties)), "is", code.name("dict")
        )
        declared = [one.name for one in self.type.type.properties]
        is_named_plainly = named_plainly(code.name(given), self.type.read, declared, self.names)
        refused = code.call(self.names.value(runtime.irregular, "irregular"))
        value = code.subscript(code.name(given), code.const(prop.name))
        return code.if_else(code.and_(is_dict, is_named_plainly), value, refused)

    def _column_with_care(self, prop: Property, given: str, *, is_raw: bool) -> Expr:
        properties = self.names.fresh("properties")
        value = _value_if_any(properties, prop)
        reading = value if is_raw else self.readers.property(prop, value)
        return code.list_comp(reading, [properties], code.name(given))

    def _derived(self, prop: Property, raws: Expr) -> Block:
        """Write what follows from a column of texts or times as they were given; all are read, whoever asks."""
        if prop.name in self.by_text:
            pairs = self.pairs[prop.name] = self.names.fresh("passing", f"{self.type.type.name} {prop.name}")
            found: Block = [code.assign(pairs, self._passing_among(prop, raws))]
            if prop.name not in self.listed:
                return found
        else:
            found = []
        column = code.mapped(self.readers.known_property(prop), raws)
        return [*found, code.assign(self.type.columns[prop.name], column)]

    # ------------------------------------------------------ texts that pass filters

    def _only_passes(self, prop: Property) -> bool:
        """Tell whether nothing asks for a text but filters, of which an unknown one passes none.

        Then the texts that pass are all that is kept; who asks the reference may ask for others.
        """
        if prop.name not in self.by_text or prop.name in self.listed:
            return False
        read = p.PropertyRead(prop.name, prop.type)
        filters = [filter_ for filter_, _ in self.by_text[prop.name]]
        return not self.captures or not (
            self.lead.asks or any(self.readers.holds_of_unknown(read, filter_) for filter_ in filters)
        )

    def _only_passing(self, prop: Property, given: str) -> tuple[Stmt, Stmt]:
        """Write the events of which a text passes any filter, each behind its moment and the answers about the text."""
        event, answers, raw = (self.names.fresh(word) for word in ("event", "answers", "raw"))
        pairs = self.pairs[prop.name] = self.names.fresh("passing", f"{self.type.type.name} {prop.name}")
        self.type.passing[prop.name] = pairs
        known = self.readers.about(p.PropertyRead(prop.name, prop.type), self.type.type.name).known
        value = code.named_expr(raw, self._value(event, prop))
        passes = code.named_expr(answers, code.subscript(known, value))
        at = code.subscript(code.name(event), code.const("at"))
        row = code.tuple_of([at, *map(code.name, (answers, event, raw))])
        quick = code.list_comp(row, [event], code.name(self.type.events), passes)
        careful = self._passing_among(prop, self._column_with_care(prop, given, is_raw=True))
        return code.assign(pairs, quick), code.assign(pairs, careful)

    def _passing_among(self, prop: Property, raws: Expr) -> Expr:
        about = self.readers.about(p.PropertyRead(prop.name, prop.type), self.type.type.name)
        passing = self.names.value(runtime.passing, "passing")
        known = code.attribute(about.known, "__getitem__")
        return code.call(passing, code.name(self.type.events), code.name(self.type.moments), raws, known)

    # --------------------------------------------------------------- filters

    def _passing(self, name: str, filters: Sequence[Filter]) -> Block:
        """Write filters on one text, each over the events that pass any."""
        inner: Block = []
        for filter_, windows in filters:
            read = only_text(filter_)
            assert isinstance(read, p.PropertyRead)
            index = self.readers.about(read, self.type.type.name).index(("true", filter_))
            moment, answers, kept = (self.names.fresh(word) for word in ("at", "answers", "kept"))
            at, row = code.name(moment), [moment, answers, "_", "_"]
            tests = [code.subscript(code.name(answers), code.const(index))]
            ((window, asked), *others) = windows.items()
            if not others and [one.kind for one in asked] == ["count"]:
                if window is not None:
                    tests.append(code.compare(at, ">=", self.lead.clock("cut", window)))
                passing = code.list_comp(at, row, code.name(self.pairs[name]), code.and_(*tests))
                inner.append(_given(asked[0], code.call(code.name("len"), passing)))
                continue
            passing = code.list_comp(at, row, code.name(self.pairs[name]), *tests)
            inner.append(code.assign(kept, passing))
            inner.append(code.if_(code.name(kept), self._windows(code.name(kept), None, windows)))
        return [code.if_(code.name(self.pairs[name]), inner)]

    def _filtered(self, filter_: p.Condition, windows: Windows) -> Block:
        context = self._context()
        test = self.conditions.true(filter_, context)
        self.listed |= set(context.used)
        if code.is_false(test):
            return []
        kept = self.names.fresh("kept")
        moments = self._collected(code.name(context.moment), context, [test])
        inner = self._windows(code.name(kept), (context, test), windows)
        return [code.assign(kept, moments), code.if_(code.name(kept), inner)]

    def _collected(self, element: Expr, context: EventContext, tests: Sequence[Expr]) -> Expr:
        """List an element of the events that pass, over the columns that are used."""
        variables = [context.moment, *(context.columns[name] for name in context.used)]
        sources = [code.name(self.type.moments), *(code.name(self.type.columns[name]) for name in context.used)]
        return code.list_comp(element, variables, code.zipped(sources), code.and_(*tests))

    # --------------------------------------------------------------- answers

    def _windows(self, moments: Expr, passing: tuple[EventContext, Expr] | None, windows: Windows) -> Block:
        body: Block = []
        for window, asked in windows.items():
            inside = moments
            if window is not None:
                at = self.names.fresh("at")
                test = code.compare(code.name(at), ">=", self.lead.clock("cut", window))
                inside = code.list_comp(code.name(at), [at], moments, test)
                if len(asked) > 1 or asked[0].kind != "count":
                    kept = self.names.fresh("kept")
                    body.append(code.assign(kept, inside))
                    inside = code.name(kept)
            body += self._answers(inside, passing, window, asked)
        return body

    def _answers(
        self,
        moments: Expr,
        passing: tuple[EventContext, Expr] | None,
        window: int | None,
        asked: Sequence[EventQuestion],
    ) -> Block:
        body: Block = []
        ages: dict[int, str] = {}
        for one in asked:
            unit = one.detail if one.kind == "ages" else self.tables[one.detail].unit if one.kind == "decayed" else 0
            if unit and unit not in ages:
                ages[unit] = self.names.fresh("ages")
                body.append(code.assign(ages[unit], ages_in(moments, unit, self.lead, self.names)))
            body.append(_given(one, self._answer(one, moments, ages.get(unit, ""), passing, window)))
        return body

    def _answer(
        self,
        one: EventQuestion,
        moments: Expr,
        ages: str,
        passing: tuple[EventContext, Expr] | None,
        window: int | None,
    ) -> Expr:
        if one.kind == "count":
            return code.call(code.name("len"), moments)
        if one.kind == "moments":
            return moments
        if one.kind == "ages":
            return code.name(ages)
        if one.kind == "decayed":
            age = self.names.fresh("age")
            return sum_of(code.subscript(code.name(one.detail), code.name(age)), age, code.name(ages))
        if one.kind == "flag":
            return self._flag_of(one.detail, moments, passing, window)
        return self._column_of(one.detail, moments, passing, window)

    def _flag_of(
        self, answer: p.Answer, moments: Expr, passing: tuple[EventContext, Expr] | None, window: int | None
    ) -> Expr:
        """Write of the events that pass whether each may answer, too."""
        always = self.type.type.name in answer.types
        if not always or answer.filter is None:
            events = code.name(self.type.moments) if passing is None and window is None else moments
            return code.binop(code.list_of([code.const(always)]), "*", code.call(code.name("len"), events))
        context, test = passing or (self._context(), code.const(value=True))
        tests = [test, *self._inside(context, window)]
        used = dict(context.used)
        is_one = code.if_else(self.conditions.true(answer.filter, context), TRUE, FALSE)
        self.listed |= set(context.used)
        flags = self._collected(is_one, context, tests)
        context.used = used
        return flags

    def _context(self) -> EventContext:
        return context_in(self.type, self.lead, self.conditions, self.readers)

    def _inside(self, context: EventContext, window: int | None) -> list[Expr]:
        if window is None:
            return []
        return [code.compare(code.name(context.moment), ">=", self.lead.clock("cut", window))]

    def _column_of(
        self, read: p.PropertyRead, moments: Expr, passing: tuple[EventContext, Expr] | None, window: int | None
    ) -> Expr:
        """Write a column of the events that pass; unknown throughout where the type has no such property."""
        all_of_them = passing is None and window is None
        if read.name not in self.type.columns:
            absent: Expr = NONE
            if read.type.kind == "text":
                absent = code.subscript(self.readers.about(read).known, NONE)
            events = code.name(self.type.moments) if all_of_them else moments
            return code.binop(code.list_of([absent]), "*", code.call(code.name("len"), events))
        if all_of_them:
            return code.name(self.type.columns[read.name])
        context, test = passing or (self._context(), code.const(value=True))
        tests = [test, *self._inside(context, window)]
        used = dict(context.used)
        context.used[read.name] = read
        column = self._collected(code.name(context.columns[read.name]), context, tests)
        context.used = used
        return column


def _length(variable: str) -> Expr:
    return code.call(code.name("len"), code.name(variable))


def _value_if_any(properties: str, prop: Property) -> Expr:
    return code.call(code.attribute(code.name(properties), "get"), code.const(prop.name))


def _given(one: EventQuestion, value: Expr) -> Stmt:
    return code.add_to(one.variable, value) if one.several else code.assign(one.variable, value)
