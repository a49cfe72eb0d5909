"""The declarations that fit a data file: fields from its columns, events from what the leads did."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from leadrules.conversions import reader_of, shown
from leadrules.errors import Span
from leadrules.families import RESULT_LISTS
from leadrules.foreign import Unreadable
from leadrules.insights.columns import Column, Guess, guess
from leadrules.insights.soundness import is_name, without_mistakes
from leadrules.spellings import Twice, plainly
from leadrules.syntax import tree
from leadrules.syntax.formatter import text_of
from leadrules.syntax.words import OPERAND_WORDS, STATEMENT_WORDS, TAIL_WORDS, TARGET_WORDS
from leadrules.values import plain_name, zone
from leadrules.vocabulary import DATETIME, OWN_PROPERTIES, Type

_OWN = frozenset(own.name for own in OWN_PROPERTIES)
_SHOWN = 80
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


@attrs.define
class Inference:
    """Collects leads, then says what a rule file that reads them declares."""

    id_column: str = "id"
    columns: dict[str, Column] = attrs.field(factory=dict)
    events: dict[str, dict[str, Column]] = attrs.field(factory=dict)
    unnamed: dict[str, None] = attrs.field(factory=dict)
    doubled: dict[tuple[str | None, str], Twice] = attrs.field(factory=dict)
    odd_time: str | None = None
    leads: int = 0

    def add(self, lead: Mapping[str, Any]) -> None:
        """Take one lead, in the shape of a mapping with attributes and events."""
        self.leads += 1
        for name, value in self._named(lead.get("attributes")):
            if name != plain_name(self.id_column):
                self.columns.setdefault(name, Column(name)).add(value)
        for event in lead.get("events") or ():
            self._event(event)

    def _event(self, event: Mapping[str, Any]) -> None:
        name = plain_name(str(event.get("type") or "").strip())
        if not name:
            return
        if name not in self.events and not self._can_be_named(name):
            return
        if self.odd_time is None and not _is_time(event.get("at")):
            self.odd_time = shown(event.get("at"))
        properties = self.events.setdefault(name, {})
        for column, value in self._named(event.get("properties"), name):
            if column in properties or (column not in _OWN and self._can_be_named(column)):
                properties.setdefault(column, Column(column)).add(value)

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
        self.unnamed[name] = None
        return False

    def text(self) -> str:
        """Write the declarations as a rule file: each line a declaration, a comment where values left a doubt."""
        lines = [f"# Declarations for {self.leads:,} leads. Add rules below: employees >= 200 +10"]
        fields = {text_of(declaration): note for declaration, note in self._fields()}
        events = [text_of(declaration) for declaration in self._events()]
        kept = set(without_mistakes([*fields, *events]))
        lost = [*self.unnamed, *(line for line in (*fields, *events) if line not in kept)]
        if self.doubled:
            twice = next(iter(self.doubled.values()))
            lines.append(f"# Left out: {_in_comment(str(twice))}{_more(len(self.doubled) - 1)}")
        if lost:
            lines.append(f"# Left out, since rules cannot name it: {_in_comment(lost[0])}{_more(len(lost) - 1)}")
        events = [line for line in events if line in kept]
        if events and self.odd_time is not None:
            odd = _in_comment(self.odd_time)
            events.insert(0, f"# The times of these events are not read yet: {odd}; write 2026-11-21T10:00:00Z")
        for block in ([_with_note(line, note) for line, note in fields.items() if line in kept], events):
            if block:
                lines += ["", *block]
        return "\n".join(lines) + "\n"

    # ---------------------------------------------------------------- fields

    def _fields(self) -> Iterable[tuple[tree.FieldDeclaration, str | None]]:
        taken = set(self.events) | _TAKEN
        for column in self.columns.values():
            if (None, column.name) in self.doubled:
                continue
            found = guess(column)
            name = _name_of(column.name, taken)
            taken.add(name)
            yield _field(name, column.name, found), found.note

    # ---------------------------------------------------------------- events

    def _events(self) -> Iterable[tree.EventDeclaration]:
        guesses = {
            name: {
                key: guess(column)
                for key, column in properties.items()
                if (column.seen or column.kinds) and (name, key) not in self.doubled
            }
            for name, properties in self.events.items()
        }
        shared = self._shared(guesses)
        if shared:
            yield _event("any_event", shared)
        for name, properties in guesses.items():
            yield _event(name, {key: found for key, found in properties.items() if key not in shared})

    def _shared(self, guesses: Mapping[str, Mapping[str, Guess]]) -> dict[str, Guess]:
        """Find the properties that every type of event has, with one type."""
        if len(guesses) < 2:
            return {}
        first, *others = guesses.values()
        found: dict[str, Guess] = {}
        for key in first:
            together = self._together(key)
            if all(key in other for other in others):
                found[key] = guess(together)
        return found

    def _together(self, key: str) -> Column:
        """Put the values of a property over all events together."""
        column = Column(key)
        for properties in self.events.values():
            if key in properties:
                one = properties[key]
                column.seen.update(one.seen)
                column.kinds |= one.kinds
                column.rows += one.rows
                column.overflowed |= one.overflowed
        return column


def _is_time(raw: object) -> bool:
    try:
        return reader_of(DATETIME, zone("UTC"))(raw) is not None
    except Unreadable:
        return False


def _with_note(line: str, note: str | None) -> str:
    return line if note is None else f"{line}  # {_in_comment(note)}"


def _in_comment(text: str) -> str:
    """Give a text as a comment may hold it: what ends the line, or turns the writing, becomes a space."""
    return "".join(c if c.isprintable() else " " for c in text[:_SHOWN])


def _more(number: int) -> str:
    return f", and {number:,} more" if number else ""


def _name(text: str) -> tree.Name:
    return tree.Name(text, span=_NOWHERE)


def _text(text: str) -> tree.Text:
    return tree.Text(text, span=_NOWHERE)


def _set(texts: Iterable[str]) -> tree.Set:
    return tree.Set(tuple(_text(text) for text in texts), span=_NOWHERE)


def _spec(type_: Type) -> tree.TypeSpec:
    if type_.choices:
        return tree.TypeSpec("one of", tuple(_text(choice) for choice in type_.choices), span=_NOWHERE)
    return tree.TypeSpec(type_.kind, span=_NOWHERE)


def _field(name: str, column: str, found: Guess) -> tree.FieldDeclaration:
    return tree.FieldDeclaration(
        _name(name),
        _spec(found.type),
        columns=(_text(column),) if name != column else (),
        forms=(_text(found.pattern),) if found.pattern else (),
        unknown=_set(found.unknown) if found.unknown else None,
        true_words=_set([found.true_word]) if found.true_word else None,
        false_words=_set([found.false_word]) if found.false_word else None,
        pii=found.pii,
        span=_NOWHERE,
    )


def _event(name: str, properties: Mapping[str, Guess]) -> tree.EventDeclaration:
    """Declare an event.

    What a property cannot say (a pattern, words of its own) leaves it text, and so does a closed list:
    tomorrow's page has another address.
    """
    declared = tuple(
        tree.Property(
            _name(key),
            _spec(
                Type("text") if found.pattern or found.true_word or found.unknown or found.type.choices else found.type
            ),
            pii=found.pii,
            span=_NOWHERE,
        )
        for key, found in properties.items()
    )
    return tree.EventDeclaration(_name(name), declared, span=_NOWHERE)


def _name_of(column: str, taken: set[str]) -> str:
    """Give a column a name that needs no backticks and that nothing else has."""
    plain = unicodedata.normalize("NFC", column.strip())
    name = plain if plain.isidentifier() else re.sub(r"\W+", "_", plain.lower()).strip("_")
    if not name or name[0].isdigit():
        name = f"column_{name}" if name else "column"
    name = plain_name(name)[:190]
    if name in taken:
        name = f"{name}_field" if f"{name}_field" not in taken else name
    number = 2
    while name in taken:
        name, number = f"{name.rstrip('0123456789_')}_{number}", number + 1
    return name
