"""The names in a lead that rules do not know, and its times without offset: what `evaluate` takes in silence, told.

A lead may hold more than the rules read, so a name that nobody knows is no mistake by itself; one that
is nearly that of a field is one in most cases. A time without offset is read in the zone of the rules, which
need not be what the host meant.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import attrs

from leadrules.conversions import asked, listed, plain_moment, shown, told
from leadrules.errors import Mistake, Slips
from leadrules.foreign import Unreadable, natural
from leadrules.shape import Flawed, Shape, parts_of_change, parts_of_event, plain_mapping
from leadrules.values import plain_name
from leadrules.vocabulary import DATETIME, EventType, Field

MOST_TOLD = 1_000
"""So many names of one lead are told; whoever sends more has made a mistake of another kind."""

_MORE = Mistake(
    "too_many_unknown",
    f"the lead has more than {MOST_TOLD:,} names that the rules do not know; the rest of it was not looked at",
    "lead",
    expected=f"at most {MOST_TOLD:,}",
)


@attrs.frozen
class Known:
    """All names that a rule file has for what a lead brings: its own and the standard ones; and its timezone."""

    fields: Mapping[str, Field]
    events: Mapping[str, EventType]
    ladders: Mapping[str, tuple[str, ...]]
    timezone: str
    held_in: frozenset[str] = frozenset()
    _slips: Slips = attrs.field(factory=Slips, eq=False, init=False)

    @cached_property
    def _types(self) -> Mapping[str, str]:
        """The declared names of the types that the data has under others."""
        return {plain_name(type_.strip()): name for name, event in self.events.items() for type_ in event.types}

    def unknown_in(self, shape: Shape) -> tuple[Mistake, ...]:
        """Tell each name of a lead that is unknown, once: of attributes, labels, events and their properties.

        So are datetimes without offset, once for each field and type of event. After the first 1,000 the last
        mistake says that there are more, and no further ones are looked for.
        """
        found = itertools.chain(
            self._attributes(shape.attributes),
            self._ladders(shape.stages),
            self._changes(shape.changes),
            self._events(shape.events),
        )
        told = tuple(itertools.islice(found, MOST_TOLD))
        return told if next(found, None) is None else (*told, _MORE)

    def _changes(self, changes: Sequence[object]) -> Iterator[Mistake]:
        """Tell the names of changes that are neither of an attribute nor of a ladder."""
        names: dict[str, None] = {}
        for change in changes:
            with contextlib.suppress(Unreadable):
                part = asked(parts_of_change, change)
                name = None if part is None else asked(lambda part: natural(part("name")), part)
                if type(name) is str and name.strip() and plain_name(name.strip()) not in self.ladders:
                    names[name] = None
        yield from self._attributes({name.strip(): None for name in names})

    def _attributes(self, given: object) -> Iterator[Mistake]:
        times = {field.key: field for field in self.fields.values() if field.type == DATETIME}
        for name in _names(given):
            if (field := times.get(_plain(name))) and _is_without_offset(_value(given, name)):
                yield self._without_offset(f"field `{field.name}`", field.name)
        columns = {field.name: field.key for field in self.fields.values()}
        keys = dict.fromkeys(columns.values())
        others = {key for field in self.fields.values() for key in field.keys} | self.held_in
        others |= {key.partition(".")[0] for key in others}
        for name in _names(given):
            if _plain(name) not in keys and _plain(name) not in others:
                near = columns.get(_plain(name)) or self._near(name, keys)
                yield _unknown("unknown_field", name, "field", told(name), near)

    def _ladders(self, given: object) -> Iterator[Mistake]:
        for name in _names(given):
            labels = self.ladders.get(_plain(name))
            if labels is None:
                yield _unknown("unknown_ladder", name, "ladder", told(name), self._near(name, self.ladders))
            elif (label := _text(given, name)) and plain_name(label) not in labels:
                near, known = self._near(label, labels), listed(labels)
                help_ = f"did you mean `{near}`?" if near else f"its labels are {known}"
                message = f"`{told(name)}` has no label {shown(label)} ({help_}), and the lead counts as without one"
                yield Mistake("unknown_label", message, told(name), value=told(label), expected=f"one of {known}")

    def _events(self, events: Sequence[object]) -> Iterator[Mistake]:
        found: dict[tuple[str | None, str | None], Mistake] = {}
        for index, event in enumerate(events):
            new: list[Mistake] = []
            with contextlib.suppress(Unreadable, Flawed):  # what cannot be read is told as such
                for mistake in asked(self._event, event, index):
                    if (mistake.field, mistake.value) not in found:
                        found[mistake.field, mistake.value] = mistake
                        new.append(mistake)
            yield from new

    def _event(self, event: object, index: int) -> list[Mistake]:
        part = parts_of_event(event)
        raw = natural(part("type"))
        if type(raw) is not str or not raw.strip():
            return []
        given = plain_name(raw.strip())
        type_ = self.events.get(given) or self.events.get(self._types.get(given, ""))
        if type_ is None:
            return [_unknown("unknown_event_type", raw, "event", "type", self._near(raw, self.events), index)]
        event_, properties, known = f"event `{type_.name}`", part("properties"), {q.name: q for q in type_.properties}
        times = [(f"{event_}: `at`", "at")] if _is_without_offset(part("at")) else []
        times += [
            (f"{event_}: property `{known[_plain(name)].name}`", _plain(name))
            for name in _names(properties)
            if _plain(name) in known
            and known[_plain(name)].type == DATETIME
            and _is_without_offset(_value(properties, name))
        ]
        return [self._without_offset(place, f"{type_.name}.{name}", index) for place, name in times] + [
            _unknown(
                "unknown_property",
                name,
                f"property of `{type_.name}`",
                f"{type_.name}.{told(name)}",
                self._near(name, known),
                index,
            )
            for name in _names(properties)
            if _plain(name) not in known
        ]

    def _without_offset(self, place: str, field: str, event: int | None = None) -> Mistake:
        message = (
            f"{place} has no offset, and is read in {self.timezone}, the timezone of the rules (give it a `tzinfo`)"
        )
        return Mistake("no_offset", message, field, event, expected="a datetime with a time zone")

    def _near(self, name: object, known: Iterable[str]) -> str | None:
        return self._slips.closest(_plain(name), known) if isinstance(name, str) else None


def _names(given: object) -> tuple[Any, ...]:
    """Give the names of a mapping; those of what is none, or cannot be asked, are told elsewhere."""
    try:
        return tuple(plain_mapping(given) or ())
    except Unreadable:
        return ()


def _text(given: Any, name: Any) -> str:
    """Give the text that stands under a name; empty for what is none, or cannot be asked, which is told elsewhere."""
    try:
        found = asked(natural, _value(given, name))
    except Unreadable:
        return ""
    return found.strip() if type(found) is str else ""


def _value(given: Any, name: Any) -> Any:
    return (plain_mapping(given) or {}).get(name)


def _is_without_offset(raw: Any) -> bool:
    """Tell whether a value is a datetime that says nothing of its time zone; a text, as files have it, is none."""
    try:
        found = asked(natural, raw)
        return issubclass(type(found), dt.datetime) and asked(plain_moment(found).utcoffset) is None
    except Unreadable:
        return False


def _plain(name: object) -> str:
    return plain_name(name) if isinstance(name, str) else ""


def _unknown(code: str, name: object, what: str, field: str, near: str | None, event: int | None = None) -> Mistake:
    help_ = f" (did you mean `{near}`?)" if near else ""
    return Mistake(
        code, f"the rules know no {what} {shown(name)}{help_}", field, event, value=told(name), expected=near
    )
