"""The names in a lead that rules do not know: what `evaluate` passes over, told to whoever asks.

A lead may hold more than the rules read, so a name that nobody knows is no mistake by itself; one that
is nearly that of a field is one in most cases.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from leadrules.conversions import asked, listed, shown, told
from leadrules.errors import Mistake, Slips
from leadrules.foreign import Unreadable, natural
from leadrules.shape import Flawed, Shape, parts_of_event, plain_mapping
from leadrules.values import plain_name
from leadrules.vocabulary import EventType, Field


@attrs.frozen
class Known:
    """All names that a rule file has for what a lead brings: those that it declares, and the standard ones."""

    fields: Mapping[str, Field]
    events: Mapping[str, EventType]
    ladders: Mapping[str, tuple[str, ...]]
    _slips: Slips = attrs.field(factory=Slips, eq=False, init=False)

    def unknown_in(self, shape: Shape) -> tuple[Mistake, ...]:
        """Tell each name of a lead that is unknown, once: of attributes, labels, events and their properties."""
        return (*self._attributes(shape.attributes), *self._ladders(shape.stages), *self._events(shape.events))

    def _attributes(self, given: object) -> Iterator[Mistake]:
        columns = {field.name: field.key for field in self.fields.values()}
        keys = dict.fromkeys(columns.values())
        for name in _names(given):
            if _plain(name) not in keys:
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
            with contextlib.suppress(Unreadable, Flawed):  # what cannot be read is told as such
                for mistake in asked(self._event, event, index):
                    found.setdefault((mistake.field, mistake.value), mistake)
        yield from found.values()

    def _event(self, event: object, index: int) -> list[Mistake]:
        part = parts_of_event(event)
        raw = natural(part("type"))
        if type(raw) is not str or not raw.strip():
            return []
        type_ = self.events.get(plain_name(raw.strip()))
        if type_ is None:
            return [_unknown("unknown_event_type", raw, "event", "type", self._near(raw, self.events), index)]
        known = {prop.name for prop in type_.properties}
        return [
            _unknown(
                "unknown_property",
                name,
                f"property of `{type_.name}`",
                f"{type_.name}.{told(name)}",
                self._near(name, known),
                index,
            )
            for name in _names(part("properties"))
            if _plain(name) not in known
        ]

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
        found = asked(natural, (plain_mapping(given) or {}).get(name))
    except Unreadable:
        return ""
    return found.strip() if type(found) is str else ""


def _plain(name: object) -> str:
    return plain_name(name) if isinstance(name, str) else ""


def _unknown(code: str, name: object, what: str, field: str, near: str | None, event: int | None = None) -> Mistake:
    help_ = f" (did you mean `{near}`?)" if near else ""
    return Mistake(
        code, f"the rules know no {what} {shown(name)}{help_}", field, event, value=told(name), expected=near
    )
