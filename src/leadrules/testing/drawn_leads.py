"""Generate leads for a ruleset: what its rules read, in every form that input may have, and more beside."""

from __future__ import annotations

import datetime as dt
import math
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any

import attrs
from hypothesis import strategies as st

from leadrules import program as p
from leadrules.letters import folded, unaccented
from leadrules.program import Program
from leadrules.ruleset import Ruleset, program_of
from leadrules.testing.chance import Chance, Draw
from leadrules.testing.words import TEXTS
from leadrules.testing.written import written_number, written_time
from leadrules.values import DAY, Zone, decimal_of, instant_of, moment_of, plain_name
from leadrules.vocabulary import DATETIME, EventType, Field, Property, Type

RawLead = dict[str, Any]
"""A lead as a mapping: id, attributes, events and stages, of which only the id must be there."""

_SCALES = (Fraction(1), Fraction(0), Fraction("2.5"), Fraction(-3), Fraction(100), Fraction(10**26), Fraction("0.001"))
_UNREADABLE = ("n.d.", "ok. 40", [["?"]], {"a": 1})
_ODD = ("Żółw", "n/a", "", None, 7, True, 2.5, "2026-01-01", ["a"], {"a": [None]})


@st.composite
def leads(draw: Draw, rules: Ruleset | Program, *, as_of: dt.datetime, max_events: int = 10) -> RawLead:
    """Generate leads that the rules can read, as mappings.

    Values are likely to be those that the rules ask for, or close to them, in any form that input
    may have (a number as text, a float or a `Decimal`; a time with an offset, without one, or by the
    field's pattern), or unknown. Events are likely to stand at the edges of the rules' windows
    before `as_of`, at one moment with others, with the id of another, after `as_of`, or of a type
    that nobody knows. Attributes, events and properties that no rule reads come along.
    """
    return _Maker(Chance(draw), _program(rules), instant_of(as_of)).lead(max_events)


@st.composite
def invalid_leads(draw: Draw, rules: Ruleset | Program, *, as_of: dt.datetime) -> RawLead:
    """Generate leads with one mistake: each is refused with an `InputError`."""
    chance, program = Chance(draw), _program(rules)
    lead = _Maker(chance, program, instant_of(as_of)).lead(4)
    lead.pop("changes", None)  # which would take the place of what is spoiled
    return chance.pick(_spoilers(chance, program, instant_of(as_of)))(lead)


def _program(rules: Ruleset | Program) -> Program:
    return program_of(rules) if isinstance(rules, Ruleset) else rules


# ---------------------------------------------------------------- what rules say


@attrs.frozen
class Hints:
    """What the rules of a program ask for: its constants by kind, and its spans of time in microseconds."""

    numbers: tuple[Fraction, ...]
    texts: tuple[str, ...]
    days: tuple[dt.date, ...]
    spans: tuple[int, ...]

    @classmethod
    def of(cls, program: Program) -> Hints:
        """Collect them."""
        found: dict[type, dict[Any, None]] = {Fraction: {}, str: {}, dt.date: {}, int: {DAY: None}}
        for value in _constants(program):
            found[type(value)][value] = None
        return cls(*(tuple(part) for part in found.values()))


def _constants(program: Program) -> Iterator[Fraction | str | dt.date | int]:
    """Give the constants and the spans, in microseconds, anywhere in a program."""
    for node in program.walk():
        match node:
            case p.Constant(value=Fraction() | str() | dt.date() as value):
                yield value
            case p.Rule():
                yield from (day for day in (node.first_day, node.last_day) if day is not None)
                if node.decay is not None:
                    yield node.decay.duration.microseconds
            case p.Selection(within=int(span)) | p.Relation(within=int(span)) | p.MomentWithin(within=span):
                yield span
            case p.MaxEvery(every=span):
                yield span
            case _:
                pass


# ------------------------------------------------------------------------- leads


class _Maker:
    """Makes one lead for a program."""

    def __init__(self, chance: Chance, program: Program, as_of: int) -> None:
        self.chance = chance
        self.scope = program.scope
        self.hints = Hints.of(program)
        self.as_of = as_of

    @property
    def zone(self) -> Zone:
        return self.scope.zone

    def lead(self, max_events: int) -> RawLead:
        """Give a lead of the parts that there are, empty ones sometimes left out."""
        found: RawLead = {
            "attributes": self._attributes(),
            "events": self._events(max_events),
            "stages": self._stages(),
            "changes": self._changes() if self.chance.happens(15) else [],
        }
        given = {part: value for part, value in found.items() if value or self.chance.happens(50)}
        return {"id": self.chance.pick(("42", 42, " A-1 ", "Żółw")), **given}

    def _attributes(self) -> dict[str, Any]:
        chance, found = self.chance, dict[str, Any]()
        for field in self.scope.fields.values():
            for key in field.keys if chance.happens(50) else field.keys[:1]:
                if not chance.happens(15):
                    found |= self._placed(key, self._field(field), found)
        if chance.happens(30):
            extra = (name for name in ("unread", "class", "Größe 2") if not self._is_read(name))
            found |= {name: chance.pick(_ODD) for name in extra}
        return dict(chance.shuffled(list(found.items())))

    def _spelled(self, name: str) -> str:
        """Write a name in another form now and then: with its first letter of full width."""
        first = ord(name[0])
        return chr(first + 0xFEE0) + name[1:] if 0x21 <= first < 0x7F and self.chance.happens(4) else name

    def _placed(self, key: str, value: Any, given: Mapping[str, Any]) -> dict[str, Any]:
        """Put a value under its name, or, with a point in it, sometimes into an object."""
        outer, _, inner = key.partition(".")
        if not inner or outer in given or self.chance.happens(40):
            return {self._spelled(key): value}
        return {outer: {inner: value}}

    def _is_read(self, name: str) -> bool:
        return any(plain_name(key) == plain_name(name) for field in self.scope.fields.values() for key in field.keys)

    def _field(self, field: Field) -> Any:
        if self.chance.happens(12):
            return self.chance.pick((None, "", "  ", *field.unknown))
        if field.lenient and self.chance.happens(15):
            return self.chance.pick(_UNREADABLE)
        if field.split and self.chance.happens(50):
            return self.chance.pick(field.split).join(self._text() for _ in range(self.chance.whole(1, 3)))
        if field.type.kind == "bool" and field.true_words:
            return self.chance.pick((True, False, *sorted(field.true_words | field.false_words)))
        if field.forms and self.chance.happens(50):
            return self._in_form(field.type, field.forms)
        return self.value(field.type)

    def _changes(self) -> list[dict[str, Any]]:
        """Give changes of attributes and labels, no two of one name at one moment."""
        chance, found = self.chance, dict[tuple[str, int], dict[str, Any]]()
        fields = [field for field in self.scope.fields.values() if "." not in field.key]
        ladders = [*self.scope.ladders]
        for _ in range(chance.whole(1, 4) if fields or ladders else 0):
            at = self._near([self._instant()])
            if ladders and (not fields or chance.happens(25)):
                name = chance.pick(ladders)
                value: Any = chance.pick((*self.scope.ladders[name], None))
            else:
                field = chance.pick(fields)
                name, value = chance.pick(field.keys), self._field(field)
            found[name, at] = {"at": self.moment(at), "name": name, "value": value}
        return [*{(one["name"], str(one["at"])): one for one in found.values()}.values()]

    def _stages(self) -> dict[str, Any]:
        chance, found = self.chance, dict[str, Any]()
        for ladder, labels in self.scope.ladders.items():
            if chance.happens(60):
                label = chance.pick(labels if chance.happens(80) else (None, "", " ", *_FORMER_LABELS))
                found[self._spelled(ladder)] = label
        return found | ({"unread": "whatever"} if "unread" not in self.scope.ladders and chance.happens(10) else {})

    # ---------------------------------------------------------------- events

    def _events(self, most: int) -> list[dict[str, Any]]:
        chance, scope = self.chance, self.scope
        read = list(scope.read)
        unread = [event for event in scope.events if event not in scope.read][:3]
        around = [self._instant() for _ in range(chance.whole(1, 3))]
        found = []
        for _ in range(chance.whole(0, most)):
            if not read or chance.happens(8):
                found.append(self._stray(around, unread))
            elif found and chance.happens(25):
                found.append(self._alike(chance.pick(found)))
            else:
                found.append(self._event(scope.events[chance.pick(read)], around))
        return found

    def _event(self, event: EventType, around: list[int]) -> dict[str, Any]:
        chance = self.chance
        at = self.moment(self._near(around))
        if event.forms and chance.happens(50):
            at = self._in_form(DATETIME, event.forms)
        found: dict[str, Any] = {"type": self._spelled(chance.pick((event.name, *event.types))), "at": at}
        if chance.happens(30):
            found["id"] = chance.pick(("a", "b", 7, "7", "", None))
        properties = {self._spelled(q.name): self._property(q) for q in event.properties if not chance.happens(25)}
        if chance.happens(10):
            properties["unread"] = chance.pick(_ODD)
        return found | ({"properties": properties} if properties else {})

    def _alike(self, other: dict[str, Any]) -> dict[str, Any]:
        """Give an event that stands beside another in the order of events, or takes its place."""
        chance, read = self.chance, list(self.scope.read)
        kind = chance.whole(0, 3)
        if kind < 2:
            return {**other, "id": chance.pick(("a", "b", "c", None))}
        if kind == 2 and other["type"] in self.scope.read:
            return {**self._event(self.scope.events[chance.pick(read)], [self.as_of]), "at": other["at"]}
        return {part: value for part, value in other.items() if part != "properties"}

    def _property(self, property_: Property) -> Any:
        return None if self.chance.happens(8) else self._field(property_.field)

    def _stray(self, around: list[int], unread: list[str]) -> dict[str, Any]:
        """Give an event that no rule reads; of a type that nobody knows it may be anything."""
        if not unread or self.chance.happens(50):
            return {"type": self.chance.pick(("nobody knows", "Email_Open", "__class__x")), "at": "whenever"}
        return {"type": self.chance.pick(unread), "at": self.moment(self._near(around))}

    def _instant(self) -> int:
        """Give an instant close to where the answer of a rule changes."""
        kind = self.chance.whole(0, 3)
        if kind == 0:
            return self.as_of - self.chance.pick(self.hints.spans)
        if kind == 1:
            return self.as_of - self.chance.whole(0, 60) * DAY // 2
        if kind == 2 and self.hints.days:
            return self.zone.midnight(self.chance.pick(self.hints.days))
        return self.zone.midnight(self.zone.day(self.as_of))

    def _near(self, around: list[int]) -> int:
        """Give one of some instants, or one a span after it, or one beside, the future now and then."""
        chance = self.chance
        if chance.happens(5):
            return self.as_of + chance.pick((1, DAY, 0))
        found = chance.pick(around)
        if chance.happens(30):
            found += chance.pick(self.hints.spans)
        if chance.happens(20):
            found -= chance.whole(0, 400) * DAY // 4
        return found + (chance.pick((-1, 1)) if chance.happens(30) else 0)

    # ---------------------------------------------------------------- values

    def value(self, type_: Type) -> Any:
        """Give a raw value of a type, in some form that it may have."""
        if type_.choices:
            return self._cased(self.chance.pick(type_.choices))
        makers: dict[str, Callable[[], Any]] = {
            "number": self._number,
            "text": self._text,
            "bool": lambda: self.chance.pick((True, False, 1, 0, "yes", "No", "TRUE", " false ", "1", 0.0, Decimal(1))),
            "date": self._date,
            "datetime": lambda: self.moment(self._near([self._instant()])),
            "list of text": self._texts,
        }
        return makers[type_.kind]()

    def _number(self) -> Any:
        chance = self.chance
        value = chance.pick(self.hints.numbers or _SCALES) if chance.happens(60) else chance.pick(_SCALES)
        if chance.happens(40):
            value += chance.pick((Fraction(1), Fraction(-1), Fraction("0.01")))
        exact = decimal_of(value)
        if value.denominator == 1 and chance.happens(50):
            return int(value)
        plain = format(exact, "f")
        as_float = float(plain)
        is_exact = math.isfinite(as_float) and Fraction(as_float.__repr__()) == value
        return chance.pick((as_float if is_exact else plain, exact, plain, f" {plain} ", f"{plain}e0"))

    def _text(self) -> str:
        chance = self.chance
        text = chance.pick(self.hints.texts) if self.hints.texts and chance.happens(65) else chance.pick(TEXTS)
        if chance.happens(15):
            text = chance.pick(("x", "(", " ", "x ")) + text + chance.pick(("x", "\n", "", ", x"))
        if chance.happens(10):
            text = unaccented(text)
        return self._cased(text)

    def _cased(self, text: str) -> str:
        """Give a text that compares equal, mostly by being the same."""
        if not self.chance.happens(25):
            return text
        apart = unicodedata.normalize("NFD", text)
        other = self.chance.pick((text.upper(), text.lower(), apart, f" {text}\t", text.replace(" ", "\u2003\n")))
        return other if folded(other.strip()) == folded(text) else text

    def _texts(self) -> Any:
        members = [self._text() for _ in range(self.chance.whole(0, 3))]
        return self.chance.pick((members, tuple(members), [*members, None, ""], "; ".join(members), ",".join(members)))

    def _date(self) -> Any:
        day = self.zone.day(self._near([self._instant()]))
        if self.hints.days and self.chance.happens(30):
            day = self.chance.pick(self.hints.days)
        if self.chance.happens(20):
            return self.moment(self._instant())
        return day if self.chance.happens(50) else day.isoformat()

    def moment(self, instant: int) -> Any:
        """Write an instant in some form that is read as a time."""
        chance, moment = self.chance, moment_of(instant)
        local = self.zone.local(instant)
        kind = chance.whole(0, 7)
        if kind < 2:
            return moment if kind else moment.isoformat().replace("+00:00", "Z")
        if kind == 2:
            return moment.astimezone(dt.timezone(dt.timedelta(hours=-3, minutes=-30)))
        if kind == 3:
            return moment.astimezone(dt.timezone(dt.timedelta(hours=9))).isoformat(" ")
        if kind == 4:
            return local
        return local.date() if kind == 5 else local.isoformat() if kind == 6 else moment

    def _in_form(self, type_: Type, forms: tuple[str, ...]) -> str:
        """Write a value in one of the forms of its column."""
        form = self.chance.pick(forms)
        if type_.kind == "number":
            numbers = self.hints.numbers or _SCALES
            return written_number(self.chance, self.chance.pick(numbers if self.chance.happens(60) else _SCALES), form)
        instant = self._near([self._instant()])
        zone = self.zone.tzinfo if self.chance.happens(50) else dt.timezone(dt.timedelta(hours=9))
        return written_time(moment_of(instant).astimezone(zone), form)


# ---------------------------------------------------------------------- mistakes

_Spoiler = Callable[[RawLead], RawLead]
_NEVER: Mapping[str, tuple[Any, ...]] = {
    "number": ("many", float("nan"), float("inf"), True, [1], "1,5", "1" * 31, Decimal("NaN"), {}),
    "text": (2.5, True, ["a"], "a\0b", "\ud800", b"x"),
    "bool": ("maybe", 2, [], 0.5),
    "date": ("soon", 20260101, "2026-02-30", "01/02", True),
    "datetime": ("soon", 0, "2026-01-01T25:00:00Z", "2026-02-30", "0001-01-01"),
    "list of text": (7, [["a"]], {"a": 1}, [True]),
}
_NO_ID = (None, "", "  ", 1.5, True, [1])
_NO_MAPPING = ("a", [1], 7)
_NO_EVENTS: tuple[Any, ...] = ("a", {"type": "x"}, 7, [7], ["x"], [{}], [{"type": None}], [{"type": " "}])
_NO_TIME = (None, "soon", True, "")
_NO_LABEL = (7, True, ["a"], "a\0b", "\ud800")
_FORMER_LABELS = ("nowhere", " Nowhere ", "no where", "nigdzie ł", "ⅳ", "-1")
"""Such as other rules gave."""


def _spoilers(chance: Chance, program: Program, as_of: int) -> list[_Spoiler]:
    """Give the ways to spoil a lead that hold for a program."""
    scope, at = program.scope, moment_of(as_of)
    found: list[_Spoiler] = [
        partial(_with, part="id", value=chance.pick(_NO_ID)),
        partial(_with, part="attributes", value=chance.pick(_NO_MAPPING)),
        partial(_with, part="events", value=chance.pick(_NO_EVENTS)),
        partial(_with, part="stages", value=chance.pick(_NO_MAPPING)),
    ]
    found += [partial(_with, part="stages", value={ladder: chance.pick(_NO_LABEL)}) for ladder in scope.ladders]
    found += [
        partial(_with_attribute, name=field.key, value=chance.pick(_wrong(field)))
        for field in scope.fields.values()
        if not field.lenient
    ]
    for event, names in scope.read.items():
        found.append(partial(_with_event, event=event, at=chance.pick(_NO_TIME), properties={}))
        read = [q for q in scope.events[event].properties if q.name in names and not q.lenient]
        wrong = [{q.name: chance.pick(_wrong(q.field))} for q in read]
        found += [partial(_with_event, event=event, at=at, properties=properties) for properties in wrong]
    return found


def _wrong(field: Field) -> tuple[Any, ...]:
    """Give what a field never reads: a form reads more, and so only texts that are none at all are left."""
    never = _NEVER["text" if field.type.choices else field.type.kind]
    return ("soon", "many", [1]) if field.forms else never


def _with(lead: RawLead, *, part: str, value: Any) -> RawLead:
    return {**lead, part: value}


def _with_attribute(lead: RawLead, *, name: str, value: Any) -> RawLead:
    return {**lead, "attributes": {**lead.get("attributes", {}), name: value}}


def _with_event(lead: RawLead, *, event: str, at: Any, properties: dict[str, Any]) -> RawLead:
    spoiled = {"type": event, "at": at, "id": "spoiled", "properties": properties}
    return {**lead, "events": [*lead.get("events", []), spoiled]}
