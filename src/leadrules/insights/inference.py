"""The declarations that fit a data file: fields from its columns, events from what the leads did."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from leadrules.characters import normalised
from leadrules.conversions import shown
from leadrules.errors import Span
from leadrules.families import RESULT_LISTS
from leadrules.insights.columns import Column, Guess, reads
from leadrules.insights.guesses import guess, guess_of_moments, labels_of, new_column
from leadrules.insights.header_names import is_identifier, standard_field, words_of
from leadrules.insights.ladder_labels import ladder_of
from leadrules.insights.soundness import is_name, without_mistakes
from leadrules.spellings import Twice, plainly
from leadrules.syntax import tree
from leadrules.syntax.formatter import text_of
from leadrules.syntax.layout import format_file
from leadrules.syntax.parser import parse
from leadrules.syntax.words import OPERAND_WORDS, STATEMENT_WORDS, TAIL_WORDS, TARGET_WORDS
from leadrules.values import plain_name
from leadrules.vocabulary import DATE, DATETIME, OWN_PROPERTIES, STANDARD_EVENTS, STANDARD_FIELDS, TEXT, Type

_OWN = frozenset(own.name for own in OWN_PROPERTIES)
_SHOWN = 80
_MOST_NAMED = 8
_NOWHERE = Span("", 0, 0, 1, 1)
_TAKEN = frozenset(
    (
        *STATEMENT_WORDS,
        *OPERAND_WORDS,
        *TARGET_WORDS,
        *TAIL_WORDS,
        "score",
        "any_event",
        "stage",
        "points",
        *(name for name, one in RESULT_LISTS.items() if one.expected),
        "as_of",
    )
)
"""Names that mean something already, or open a statement."""

MOST_NAMES = 2_000
"""Columns, types of events, and properties of a type that are looked at; in JSON each record may have its own."""

_STANDARD_PROPERTIES = {one.name: one.type for event in STANDARD_EVENTS.values() for one in event.properties}
_STANDARD_EVENTS = {"".join(words_of(name)): name for name in STANDARD_EVENTS}


@attrs.define
class Inference:
    """Collects leads, then says what a rule file that reads them declares.

    Memory does not grow with the leads: of each column and property a limited number of values is remembered.
    """

    id_column: str = "id"
    columns: dict[str, Column] = attrs.field(factory=dict)
    events: dict[str, dict[str, Column]] = attrs.field(factory=dict)
    moments: Column = attrs.field(factory=lambda: Column("at", guess_of_moments))
    counts: Counter[str] = attrs.field(factory=Counter)
    unnamed: dict[str, None] = attrs.field(factory=dict)
    doubled: dict[tuple[str | None, str], Twice] = attrs.field(factory=dict)
    properties: dict[str, None] = attrs.field(factory=dict)
    leads: int = 0
    passed: int = 0

    def add_columns(self, columns: Iterable[str], properties: Iterable[str] = ()) -> None:
        """Take the columns that the leads have, and the properties that events have: also where no row has a value."""
        for name, twice in plainly(dict.fromkeys(columns)).items():
            if twice is None and name != plain_name(self.id_column) and len(self.columns) < MOST_NAMES:
                self.columns.setdefault(name, new_column(name))
        self.properties |= dict.fromkeys(map(plain_name, properties))

    def add(self, lead: Mapping[str, Any]) -> None:
        """Take one lead, in the shape of a mapping with attributes and events."""
        self.leads += 1
        for name, value in self._named(lead.get("attributes")):
            if name != plain_name(self.id_column):
                self._add(self.columns, name, value)
        for event in lead.get("events") or ():
            self._event(event)

    def _add(self, columns: dict[str, Column], name: str, value: Any) -> None:
        column = columns.get(name)
        if column is None:
            if len(columns) >= MOST_NAMES:
                self.passed += 1
                return
            column = columns[name] = new_column(name)
        column.add(value)

    def _event(self, event: Mapping[str, Any]) -> None:
        name = plain_name(str(event.get("type") or "").strip())
        if not name:
            return
        if name not in self.events:
            if len(self.events) >= MOST_NAMES:
                self.passed += 1
                return
            if not self._can_be_named(name):
                return
        self.moments.add(event.get("at"))
        self.counts[name] += 1
        properties = self.events.setdefault(name, {})
        for column, value in self._named(event.get("properties"), name):
            if column in properties or (column not in _OWN and self._can_be_named(column)):
                self._add(properties, column, value)

    def _named(self, given: Mapping[Any, Any] | None, event: str | None = None) -> Iterator[tuple[str, Any]]:
        """Give values by name; remember names that are one name to rules, of which neither can be read."""
        for name, value in plainly(given or {}).items():
            if type(value) is Twice:
                self.doubled.setdefault((event, name), value)
            else:
                yield name, value

    def _can_be_named(self, name: str) -> bool:
        """Tell whether rules can write a name of the data; remember it where they cannot."""
        if name in self.unnamed:
            return False
        if is_name(name):
            return True
        if len(self.unnamed) < MOST_NAMES:
            self.unnamed[name] = None
        return False

    def text(self) -> str:
        """Write the declarations as a rule file: each line a declaration, a comment where values left a doubt."""
        leads = "1 lead" if self.leads == 1 else f"{self.leads:,} leads"
        lines = [f"# Declarations for {leads}. Add rules below: employees >= 200 +10"]
        fields = {text_of(declaration): notes for declaration, notes in self._fields()}
        events = {text_of(declaration): notes for declaration, notes in self._events()}
        kept = set(without_mistakes([*fields, *events]))
        lost = [*self.unnamed, *(line for line in (*fields, *events) if line not in kept)]
        if self.doubled:
            twice = next(iter(self.doubled.values()))
            lines.append(f"# Left out: {_in_comment(str(twice))}{_more(len(self.doubled) - 1)}")
        if lost:
            lines.append(f"# Left out, since rules cannot name it: {_in_comment(lost[0])}{_more(len(lost) - 1)}")
        if self.passed:
            lines.append(f"# Left out: names past the first {MOST_NAMES:,}, met {self.passed:,} times")
        if empty := self._empty_properties():
            said = ", ".join(f"`{_in_comment(name)}`" for name in empty[:_MOST_NAMED])
            lines.append(f"# No event has a value of: {said}{_more(len(empty) - _MOST_NAMED)}")
        declared = [
            [_with_notes(line, notes) for line, notes in block.items() if line in kept] for block in (fields, events)
        ]
        if declared[1] and (odd := self._odd_moment()) is not None:
            declared[1].insert(0, f"# The times of these events are not read yet: {odd}; write 2026-11-21T10:00:00Z")
        for block in (declared[0], list(self._ladders()), declared[1]):
            if block:
                lines += ["", *block]
        return _laid_out("\n".join(lines) + "\n")

    # ---------------------------------------------------------------- fields

    def _fields(self) -> Iterable[tuple[tree.FieldDeclaration, tuple[str, ...]]]:
        guesses = {
            column.name: guess(column)
            for column in self.columns.values()
            if (None, column.name) not in self.doubled and (column.name.strip() or column.known)
        }
        names = _standard_names(guesses)
        taken = {*self._groups(), *_TAKEN, *names.values()}
        for column, found in guesses.items():
            standard = names.get(column)
            name = standard or _name_of(column, taken)
            taken.add(name)
            fitting = found if standard is None else _as_standard(found, standard)
            yield _field(name, column, fitting), fitting.notes

    # --------------------------------------------------------------- ladders

    def _ladders(self) -> Iterator[str]:
        """Write, as comments, the ladders whose labels columns hold."""
        for number, column in enumerate(column for column in self.columns.values() if labels_of(column)):
            name = None if number == 0 else f"{_name_of(column.name, set())}_ladder"
            ladder = ladder_of(name, labels_of(column), column.name)
            if number == 0:
                yield "# Where each lead stands already: put the labels in their order, and take away the #"
            yield f"# {ladder}"

    # ---------------------------------------------------------------- events

    def _groups(self) -> dict[str, list[str]]:
        """Put the types that are one event together, `Demo Request` and `demo_request`, under a name for rules."""
        alike: dict[str, list[str]] = {}
        for type_ in self.events:
            alike.setdefault("".join(words_of(type_)) or type_, []).append(type_)
        groups: dict[str, list[str]] = {}
        for key, types in alike.items():
            plain = [type_ for type_ in types if _is_plain(type_)]
            name = _STANDARD_EVENTS.get(key) or min(plain, key=lambda type_: type_ != type_.lower(), default=None)
            groups[name or _name_of(types[0], {*groups, *_TAKEN})] = types
        return groups

    def _events(self) -> Iterable[tuple[tree.EventDeclaration, tuple[str, ...]]]:
        groups = self._groups()
        guesses = {name: self._properties(types) for name, types in groups.items()}
        shared = self._shared(guesses)
        moments = guess_of_moments(self.moments) if self._odd_moment() is None else Guess(DATETIME)
        if shared or moments.forms:
            yield _event("any_event", shared, forms=moments.forms), moments.notes
        for name, types in groups.items():
            properties = {key: found for key, found in guesses[name].items() if key not in shared}
            missing = STANDARD_EVENTS[name].properties if name in STANDARD_EVENTS else ()
            properties |= {one.name: Guess(one.type) for one in missing if one.name not in {*properties, *shared}}
            others = [type_ for type_ in types if type_ != name]
            notes = (note for found in properties.values() for note in found.notes if note.startswith("cannot"))
            yield _event(name, properties, types=others), (*notes, *self._identity(types))

    def _empty_properties(self) -> list[str]:
        """Name the properties that no event has a value for."""
        known = {name for properties in self.events.values() for name, column in properties.items() if column.known}
        met = [*self.properties, *(name for properties in self.events.values() for name in properties)]
        return [name for name in dict.fromkeys(met) if name.strip() and name not in known]

    def _properties(self, types: Sequence[str]) -> dict[str, Guess]:
        """Guess the properties of an event by its types together, in the order in which they are met."""
        doubled = {name for event, name in self.doubled if event in types}
        names = dict.fromkeys(key for type_ in types for key in self.events[type_] if key not in doubled)
        merged = {key: _together(key, [self.events[type_] for type_ in types]) for key in names}
        return {key: _guess_of_property(column) for key, column in merged.items() if column.known}

    def _shared(self, guesses: Mapping[str, Mapping[str, Guess]]) -> dict[str, Guess]:
        """Find the properties that every type of event has, with one type."""
        if len(guesses) < 2:
            return {}
        first, *others = guesses.values()
        common = [key for key in first if all(key in other for other in others)]
        every = list(self.events.values())
        found = {key: _guess_of_property(_together(key, every)) for key in common}
        return {key: one for key, one in found.items() if _STANDARD_PROPERTIES.get(key, one.type) == one.type}

    def _identity(self, types: Sequence[str]) -> Iterator[str]:
        """Ask whether a property tells the events of a type apart: an order number that never comes twice."""
        count = sum(self.counts[type_] for type_ in types)
        for key in dict.fromkeys(key for type_ in types for key in self.events[type_]):
            column = _together(key, [self.events[type_] for type_ in types])
            once = column.decided is None and column.known == count == len(column.seen) > 1
            if once and is_identifier(key) and _is_plain(key) and guess(column).type.kind in ("text", "number"):
                yield f"does {key} identify it? add: id {key}"
                return

    def _odd_moment(self) -> str | None:
        """Show a moment of an event that cannot be read, if there is one."""
        read = guess_of_moments(self.moments).reader
        if self.moments.empty or self.moments.lost:
            return shown(None) if self.moments.empty else "many have forms of their own"
        return next((shown(raw) for _, raw in self.moments.values() if not reads(read, raw)), None)


def _together(key: str, places: Iterable[Mapping[str, Column]]) -> Column:
    """Put the values of a property of several types together."""
    columns = [properties[key] for properties in places if key in properties]
    if len(columns) == 1:
        return columns[0]
    merged = new_column(key)
    for column in columns:
        merged.merge(column)
    return merged


def _standard_names(guesses: Mapping[str, Guess]) -> dict[str, str]:
    """Give each standard field the column that is it by its name and its values, the one of the nearest name first."""
    found: dict[str, tuple[int, str]] = {}
    for column, what in guesses.items():
        name = standard_field(column)
        exact = column in STANDARD_FIELDS
        if exact or (name is not None and _fits(what, name)):
            name = column if exact else name or ""
            distance = 0 if exact else 1 if words_of(column) == words_of(name) else 2
            found[name] = min(found.get(name, (3, "")), (distance, column), key=lambda one: one[0])
    return {column: name for name, (_, column) in found.items()}


def _fits(found: Guess, standard: str) -> bool:
    type_ = STANDARD_FIELDS[standard].type
    return found.is_open or found.type.kind == type_.kind or (type_ == DATETIME and found.type == DATE)


def _as_standard(found: Guess, standard: str) -> Guess:
    """Give a guess the type of the standard field, so that standard rules read it; another type stays where it is."""
    field = STANDARD_FIELDS[standard]
    if not _fits(found, standard):
        return attrs.evolve(found, pii=found.pii or field.pii)
    notes = () if found.is_open and field.type != TEXT else found.notes
    return attrs.evolve(found, type=field.type, pii=found.pii or field.pii, notes=notes)


def _guess_of_property(column: Column) -> Guess:
    """Say what a property can: one with words of its own is text, and so is a closed list.

    Tomorrow's page has another address. What is text in the standard events is so in all, since rules may ask
    for it in a group of them. Words for unknown are what cannot be read.
    """
    found = guess(column)
    if found.true_words or found.type.choices or _STANDARD_PROPERTIES.get(column.name) == TEXT:
        found = attrs.evolve(guess(column, as_text=True), notes=())
    lenient = found.lenient or bool(found.unknown and found.type.kind not in ("text", "list of text"))
    return attrs.evolve(found, lenient=lenient, unknown=())


def _laid_out(text: str) -> str:
    file, mistakes = parse(text, "inferred")
    return text if mistakes else format_file(file)


def _with_notes(line: str, notes: Iterable[str]) -> str:
    said = "; ".join(notes)
    return f"{line}  # {_in_comment(said)}" if said else line


def _in_comment(text: str) -> str:
    """Give a text as a comment may hold it: what ends the line, or turns the writing, becomes a space."""
    text = normalised(text)
    cut = text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1].rstrip()}…"
    return "".join(c if c.isprintable() else " " for c in cut).strip()


def _more(number: int) -> str:
    return f", and {number:,} more" if number > 0 else ""


def _name(text: str) -> tree.Name:
    return tree.Name(text, span=_NOWHERE)


def _text(text: str) -> tree.Text:
    return tree.Text(text, span=_NOWHERE)


def _texts(texts: Iterable[str]) -> tuple[tree.Text, ...]:
    return tuple(map(_text, texts))


def _set(texts: Sequence[str]) -> tree.Set | None:
    return tree.Set(_texts(texts), span=_NOWHERE) if texts else None


def _spec(type_: Type) -> tree.TypeSpec:
    if type_.choices:
        return tree.TypeSpec("one of", _texts(type_.choices), span=_NOWHERE)
    return tree.TypeSpec(type_.kind, span=_NOWHERE)


def _field(name: str, column: str, found: Guess) -> tree.FieldDeclaration:
    return tree.FieldDeclaration(
        _name(name),
        _spec(found.type),
        columns=(_text(column),) if name != column else (),
        forms=_texts(found.forms),
        split=_texts(found.split),
        lenient=found.lenient,
        unknown=_set(found.unknown),
        true_words=_set(found.true_words),
        false_words=_set(found.false_words),
        pii=found.pii,
        span=_NOWHERE,
    )


def _event(
    name: str, properties: Mapping[str, Guess], *, types: Iterable[str] = (), forms: Iterable[str] = ()
) -> tree.EventDeclaration:
    declared = tuple(
        tree.Property(
            _name(key),
            _spec(found.type),
            forms=_texts(found.forms),
            split=_texts(found.split),
            lenient=found.lenient,
            pii=found.pii,
            span=_NOWHERE,
        )
        for key, found in properties.items()
    )
    return tree.EventDeclaration(_name(name), declared, forms=_texts(forms), types=_texts(types), span=_NOWHERE)


def _is_plain(name: str) -> bool:
    return name.isidentifier() and plain_name(name) == name


def _name_of(column: str, taken: set[str]) -> str:
    """Give a column a name that needs no backticks and that nothing else has."""
    plain = unicodedata.normalize("NFC", column.strip())
    name = plain if plain.isidentifier() else re.sub(r"\W+", "_", plain.lower()).strip("_")
    if not name or name[0].isdigit():
        name = f"column_{name}" if name else "column"
    name = plain_name(name)[:190]
    if name in taken:
        name = f"{name}_field" if f"{name}_field" not in taken else name
    base = name.rstrip("0123456789_")
    numbered = (f"{base}_{number}" for number in itertools.count(2))
    return name if name not in taken else next(other for other in numbered if other not in taken)
