"""A lead, and the only place where one is validated.

A caller gives a mapping, or a :class:`leadrules.models.Lead`. :class:`LeadReader` turns either into
:class:`Facts`: typed values of exactly the fields, events and properties that the rules read, in
canonical order; :mod:`leadrules.occurrences` reads one event. Every engine works on facts alone, so
nothing after this module can depend on how, or in what order, a lead was written down.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any

import attrs

from leadrules.conversions import (
    YEARS,
    asked,
    listed,
    reader_of,
    reader_of_field,
    shown,
    text_from,
    told,
    trimmed,
)
from leadrules.errors import LeadError, Mistake
from leadrules.foreign import Unreadable, natural
from leadrules.history import ATTRIBUTES, EARLIEST, STAGES, Change, changes_of
from leadrules.history import as_of as values_as_of
from leadrules.interruptions import raise_if_from_outside
from leadrules.naming import Naming, beginnings, found_under
from leadrules.occurrences import (
    MASK,
    NAMED_TWICE,
    EventReader,
    F,
    Found,
    Occurrence,
    PlainEvent,
    first_of_each_id,
    in_canonical_order,
    plain_of,
)
from leadrules.shape import (
    NO_TYPE,
    NOTHING,
    Flaw,
    Flawed,
    Mistakes,
    Shape,
    failing,
    mapping_of,
    parts_of_event,
    shape_of,
)
from leadrules.spellings import Twice
from leadrules.values import Value, instant_of, plain_name
from leadrules.vocabulary import DATETIME, Field, Scope
from leadrules.work import Work

if TYPE_CHECKING:
    from leadrules.models import Lead

LATEST = instant_of(dt.datetime(YEARS.stop, 1, 1, tzinfo=dt.UTC))
"""An instant after all that is read."""


@attrs.frozen
class Facts:
    """All that the rules can know of a lead.

    `attributes` has every field of the scope by name, in the scope's order; None is unknown.
    `events` are in canonical order, without repeats, none later than `as_of`, only of types that the
    rules look at. `held` has the ladders of which the lead holds a label: also one that the ladder does
    not have, such as one of former rules, which no rule asks for. `ignored` counts the events whose type
    is not in scope. `unreadable` names the fields and properties with a value that cannot be read where
    the rules allow that.
    """

    lead: str | None
    attributes: Mapping[str, Value | None]
    events: tuple[Occurrence, ...]
    held: Mapping[str, str]
    ignored: int
    unreadable: tuple[str, ...] = ()


class LeadReader:
    """Reads leads against one scope. Immutable once made, so threads may share it.

    >>> from leadrules.values import zone
    >>> from leadrules.vocabulary import STANDARD_FIELDS
    >>> reader = LeadReader(Scope({"employees": STANDARD_FIELDS["employees"]}, {}, {}, {}, zone("UTC")))
    >>> reader.read({"id": 42, "attributes": {"employees": "many"}}, as_of=0)
    Traceback (most recent call last):
    leadrules.errors.LeadError: lead `42`: field `employees`: `many` is not a number (write digits such as 250 or 12.5)
    """

    __slots__ = (
        *("_deciding", "_events", "_fields", "_ladders", "_named", "_naming", "_through"),
        *("lenient", "most_events", "read_at", "work"),
    )
    _years: Container[int] = YEARS

    def __init__(self, scope: Scope) -> None:
        fields = scope.fields.values()
        self._fields = tuple((one, reader_of_field(one, scope.zone, scope.most_characters)) for one in fields)
        self._events = {
            name: EventReader(event, scope.read[name], scope, self._years) if name in scope.read else None
            for name, event in scope.events.items()
        }
        self._ladders = scope.ladders
        self._naming = Naming.of(scope)
        self._named = {key: field.name for field in fields for key in field.keys}
        self._through = _by_beginning({key: [key] for key in self._named})
        columns = self._naming.columns
        self._deciding = _by_beginning({ladder: [ladder, *columns.get(ladder, ())] for ladder in self._ladders})
        self.lenient = lenient_properties(scope)
        self.read_at = reader_of(DATETIME, scope.zone)
        self.most_events: int = scope.most_events
        self.work: Work = scope.work

    def read(self, lead: Lead | Mapping[str, Any] | object, as_of: int) -> Facts:
        """Give the facts of a lead at an instant: a `Lead`, or a mapping or object of its shape.

        Raises LeadError with every mistake of it.
        """
        shape = shape_of(lead, self.most_events)
        mistakes = Mistakes([*shape.mistakes])
        name = mistakes.unless(read_id, shape.id)
        given = mistakes.unless(mapping_of, shape.attributes, "attributes") or NOTHING
        later = Mistakes()
        labels = later.unless(mapping_of, shape.stages, "stages") or NOTHING
        changes = changes_of(shape.changes, self.read_at, later)
        given, labels = values_as_of(given, changes, as_of), values_as_of(labels, changes, as_of)
        attributes, unreadable = self._attributes(self._naming.attributes(given), mistakes)
        mistakes.found += shape.of_events
        events = mistakes.unless(self.affordable, shape.events) or ()
        occurrences, ignored = self._occurrences(events, as_of, mistakes)
        mistakes.found += later.found
        held = self._held(self._naming.stages(labels, given), mistakes)
        mistakes.refuse(name)
        of_events = {name for one in occurrences for name in one.unreadable}
        unreadable += [name for name in self.lenient if name in of_events]
        return Facts(name, attributes, occurrences, held, ignored, tuple(unreadable))

    def affordable(self, events: Sequence[object]) -> Sequence[object]:
        """Give the events of a lead. Raises LeadError where it takes more work to score them than the limit allows.

        Whenever they were, and repeats among them: that they are passed over is found out by looking at them.
        """
        if len(events) > self.work.safe:
            self.work.refuse(Counter(type_ for type_ in map(self._type_at, events) if type_ is not None))
        return events

    def _type_at(self, event: object) -> str | None:
        """Name the type of an event, where that can be told."""
        try:
            return self._type_in_scope(parts_of_event(event)("type"))
        except Exception as error:  # noqa: BLE001 - whatever an event raises is told when it is read
            raise_if_from_outside(error)
            return None

    def mistakes_of(self, shape: Shape) -> tuple[Mistake, ...]:
        """Give every mistake of a lead, events and changes of any time included."""
        found: dict[Mistake, None] = {}
        ways: list[Callable[[Shape], object]] = [partial(self.read, as_of=LATEST)]
        for read in [*ways, self.plain_lead] if shape.changes else ways:
            try:
                read(shape)
            except LeadError as error:
                found |= dict.fromkeys(error.mistakes)
        return tuple(found)

    def plain_lead(self, lead: Lead | Mapping[str, Any] | object) -> dict[str, Any]:
        """Give what the rules read of a lead, in the plainest form that reads the same. Raises LeadError."""
        shape = shape_of(lead, self.most_events)
        mistakes = Mistakes([*shape.mistakes])
        name = mistakes.unless(read_id, shape.id)
        found: dict[str, Any] = {"id": name, "attributes": {}, "stages": {}}
        given = mistakes.unless(mapping_of, shape.attributes, ATTRIBUTES) or NOTHING
        labels = mistakes.unless(mapping_of, shape.stages, STAGES) or NOTHING
        changes = changes_of(shape.changes, self.read_at, mistakes)
        given, labels = (values_as_of(part, changes, EARLIEST) for part in (given, labels))
        parts = self._changes(given, labels, mistakes)
        found["changes"] = self._known_changes(given, labels, changes, mistakes)
        mistakes.found += shape.of_events
        found["events"] = self._plain_events(mistakes.unless(self.affordable, shape.events) or (), mistakes)
        mistakes.refuse(name)
        return found | parts

    def plain_events(self, lead: str, events: Iterable[object]) -> list[PlainEvent]:
        """Give those events that the rules look at, each in its plainest form. Raises LeadError."""
        mistakes = Mistakes()
        found = self._plain_events([*events], mistakes)
        mistakes.refuse(lead)
        return found

    def type_and_ids(self, type_: str, id_: object) -> tuple[str, list[str]]:
        """Name an event's type as declared, and what may identify it: the property that does, and its id."""
        plain = plain_name(type_.strip())
        name = self._declared(plain) or plain
        reader = self._events.get(name)
        by_property = None if reader is None else reader.identity_read(id_)
        if by_property is None:
            return name, [read_id(id_)]
        return name, [by_property, str(id_).strip()]

    def plain_event(self, lead: str, event: object) -> PlainEvent | None:
        """Give what the rules read of an event in its plainest form; None where none looks at it. Raises LeadError."""
        try:
            return self._plain_event(event)
        except Exception as error:  # noqa: BLE001 - whatever an event raises is a mistake of it
            mistakes = _mistakes_of(error, event, None, 1)
        raise LeadError(mistakes=mistakes, lead=lead)

    def _plain_events(self, events: Sequence[object], mistakes: Mistakes) -> list[PlainEvent]:
        found = []
        for index, event in enumerate(events):
            try:
                one = self._plain_event(event)
            except Exception as error:  # noqa: BLE001 - as above
                mistakes.found += _mistakes_of(error, event, index, len(events))
            else:
                if one is not None:
                    found.append(one)
        return found

    def _plain_event(self, event: object) -> PlainEvent | None:
        part = parts_of_event(event)
        type_ = self._type_in_scope(part("type"))
        reader = None if type_ is None else self._events[type_]
        return None if reader is None else reader.plain(event, part)

    def _known_changes(
        self, given: Mapping[str, Any], labels: Mapping[str, Any], changes: Iterable[Change], mistakes: Mistakes
    ) -> tuple[Change, ...]:
        """Give what changes of what the rules read, with plain values: under the names that they read, no path.

        `given` and `labels` are the lead's before all of `changes`, which are in order of time.
        """
        current, held, wrong = dict(given), dict(labels), Mistakes()
        found: list[Change] = []
        for at, together in groupby(changes, key=lambda change: change.at):
            changed = {change.name: change.value for change in together}
            current |= changed
            held |= changed
            keys = dict.fromkeys(key for name in changed for key in self._through.get(name, ()))
            self._attributes(self._naming.attributes(current), wrong, {self._named[key] for key in keys})
            found += [Change(at, key, plain_of(value), ATTRIBUTES) for key, value in found_under(current, [*keys])]
            ladders = {ladder for name in changed for ladder in self._deciding.get(name, ())}
            if ladders:
                named = self._naming.stages(held, current)
                told = {ladder: named.get(ladder) for ladder in sorted(ladders)}
                self._held(told, wrong)
                found += [Change(at, ladder, plain_of(_label_of(raw)), STAGES) for ladder, raw in told.items()]
        mistakes.found[:] = dict.fromkeys([*mistakes.found, *wrong.found])
        return tuple(found)

    def plain_update(self, lead: dict[str, Any], attributes: object, stages: object) -> dict[str, dict[str, Any]]:
        """Change a plain lead, and give what changed; what is given as None becomes unknown.

        Raises LeadError, and then changes nothing.
        """
        mistakes = Mistakes()
        given = mistakes.unless(mapping_of, attributes, ATTRIBUTES) or NOTHING
        labels = mistakes.unless(mapping_of, stages, STAGES) or NOTHING
        changes = self._changes(given, labels, mistakes)
        mistakes.refuse(lead["id"])
        lead.update({name: {**lead[name], **changed} for name, changed in changes.items()})
        return changes

    def _changes(
        self, given: Mapping[str, Any], labels: Mapping[str, Any], mistakes: Mistakes
    ) -> dict[str, dict[str, Any]]:
        """Give those of some attributes and labels that the rules know, in their plainest form."""
        self._attributes(self._naming.attributes(given), mistakes)
        named = self._naming.stages(labels, given)
        held = self._held(named, mistakes)
        if mistakes.found:
            return {}
        return {
            ATTRIBUTES: {
                key: plain_of(value) for field, _ in self._fields for key, value in found_under(given, field.keys)
            },
            STAGES: {
                ladder: held.get(ladder)
                for ladder in self._ladders
                if ladder in named or found_under(given, self._naming.columns.get(ladder, ()))
            },
        }

    def _attributes(
        self, given: Mapping[str, Any], mistakes: Mistakes, wanted: Container[str] | None = None
    ) -> tuple[dict[str, Value | None], list[str]]:
        """Read the fields, or those that are wanted; name those that cannot be read where the rules allow that."""
        values: dict[str, Value | None] = {}
        unreadable: list[str] = []
        for field, read in self._fields:
            if wanted is not None and field.name not in wanted:
                continue
            raw = given.get(field.key)
            if type(raw) is Twice:
                mistakes.found.append(Mistake(NAMED_TWICE, f"{_place_of(field)}: {raw}", field.name))
                continue
            try:
                values[field.name] = read(raw)
            except Unreadable as error:
                if field.lenient:
                    values[field.name] = field.default
                    unreadable.append(field.name)
                else:
                    mistakes.found.append(_mistake_in(field, raw, error))
        return values, unreadable

    def _occurrences(
        self, given: Sequence[object], as_of: int, mistakes: Mistakes
    ) -> tuple[tuple[Occurrence, ...], int]:
        """Read the events, in canonical order, and count those whose type is not in scope."""
        found: list[Found] = []
        ignored = 0
        for index, event in enumerate(given):
            try:
                part = event.get if type(event) is dict else parts_of_event(event)
                type_ = self._type_in_scope(part("type"))
                if type_ is None:
                    ignored += 1
                elif (reader := self._events[type_]) and (one := reader.read(event, part, as_of)):
                    found.append(one)
            except Exception as error:  # noqa: BLE001 - whatever an event raises is a mistake of it
                mistakes.found += _mistakes_of(error, event, index, len(given))
        return tuple(one.occurrence for one in self._counting(in_canonical_order(found))), ignored

    def _counting(self, ordered: list[F]) -> Iterable[F]:
        """Give the events that count: of those of one type and id the first."""
        return first_of_each_id(ordered)

    def _type_in_scope(self, raw: object) -> str | None:
        """Name an event's type as declared; None where it is not in scope."""
        if not isinstance(raw, str):
            if raw is None:
                raise Flawed(NO_TYPE)
            tail = f": `type`: {shown(raw)} is not a text"
            raise Flawed(Flaw("wrong_type", "an event", tail, "type", told(raw), "text"))
        if raw in self._events:
            return raw
        name = plain_name(raw.strip())
        if not name:
            raise Flawed(NO_TYPE)
        return self._declared(name)

    def _declared(self, plain: str) -> str | None:
        """Name a type as declared, by the form in which names are compared; None where it is not in scope."""
        return plain if plain in self._events else self._naming.types.get(plain)

    def _held(self, given: Mapping[str, Any], mistakes: Mistakes) -> dict[str, str]:
        """Read the label of each ladder. One that the ladder does not have is kept: no rule will ask for it."""
        held = {}
        for ladder, labels in self._ladders.items():
            raw = _label_of(given.get(ladder))
            if type(raw) is Twice:
                mistakes.found.append(Mistake(NAMED_TWICE, f"stages: {raw}", ladder))
                continue
            if raw is None:
                continue
            try:
                if type(raw) is not str:
                    raise Unreadable("is not a label", code="wrong_type")
                label = plain_name(trimmed(raw))
            except Unreadable as error:
                known = listed(labels)
                what = f"is not a label of `{ladder}` (its labels are {known})" if type(raw) is not str else error
                reason, expected = f"stages: {shown(raw)} {what}", f"one of {known}"
                mistakes.found.append(Mistake(error.code, reason, ladder, value=told(raw), expected=expected))
                continue
            if label:
                held[ladder] = label
        return held

    def strange_labels(self, stages: object) -> dict[str, str]:
        """Give those labels that a lead holds and its ladders do not have, by ladder. Raises LeadError."""
        held = self._held(mapping_of(stages, "stages"), Mistakes())
        return {ladder: label for ladder, label in held.items() if label not in self._ladders[ladder]}


def lenient_properties(scope: Scope) -> tuple[str, ...]:
    """Name the properties that rules read and that need not be readable, as `event.property`, in their order."""
    return tuple(
        f"{name}.{prop.name}"
        for name, read in scope.read.items()
        for prop in scope.events[name].properties
        if prop.lenient and prop.name in read
    )


def _by_beginning(keys: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Give what stands under some keys by each attribute that a key may begin with."""
    found: dict[str, list[str]] = {}
    for name, of_name in keys.items():
        for beginning in dict.fromkeys(one for key in of_name for one in beginnings(key)):
            found.setdefault(beginning, []).append(name)
    return found


def _label_of(raw: object) -> object:
    """Give a label as Python has it; one that cannot be asked for what it is stays as it is, and is none."""
    try:
        return asked(natural, raw)
    except Unreadable:
        return raw


def read_id(raw: object) -> str:
    """Read a lead's id: a text, trimmed and in NFC, or an integer. Raises LeadError where there is none.

    >>> read_id(" A-1 "), read_id(42)
    ('A-1', '42')
    """
    try:
        name = None if raw is None else text_from(raw)
    except Unreadable as error:
        reason = f"id: {shown(raw)} {error}"
        raise LeadError(reason, code=error.code, field="id", value=told(raw), expected="text") from None
    if name is None:
        raise LeadError("the lead has no id", code="missing_id", field="id", expected="text")
    return name


def _mistakes_of(error: Exception, event: object, place: int | None, count: int) -> Sequence[Mistake]:
    """Tell what is wrong with an event that raised an error when it was read; raise on what comes from elsewhere."""
    if isinstance(error, Flawed):
        return error.mistakes(event, place, count)
    raise_if_from_outside(error)
    return failing(error).mistakes(event, place, count)


def _mistake_in(field: Field, raw: object, error: Unreadable) -> Mistake:
    """Say what is wrong with the value of a field."""
    sentence = f"{_place_of(field)}: {MASK if field.pii else shown(raw)} {error}"
    value = "[pii]" if field.pii else told(raw)
    return Mistake(error.code, sentence, field.name, value=value, expected=str(field.type))


def _place_of(field: Field) -> str:
    return f"field `{field.name}`" + (f" (column `{field.columns[0]}`)" if field.columns else "")
