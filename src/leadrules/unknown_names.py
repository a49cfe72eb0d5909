"""The names in a lead that rules do not know: what `evaluate` passes over, told to whoever asks.

A lead may hold more than the rules read, so a name that nobody knows is no mistake by itself; one that
is nearly that of a field is one in most cases.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from leadrules.conversions import shown, told
from leadrules.errors import Mistake, closest
from leadrules.shape import Flawed, Shape, parts_of_event
from leadrules.values import plain_name
from leadrules.vocabulary import EventType, Field


@attrs.frozen
class Known:
    """All names that a rule file has for what a lead brings: those that it declares, and the standard ones."""

    fields: Mapping[str, Field]
    events: Mapping[str, EventType]
    ladders: Mapping[str, tuple[str, ...]]

    def unknown_in(self, shape: Shape) -> tuple[Mistake, ...]:
        """Tell each name of a lead that is unknown, once: of attributes, labels, events and their properties."""
        return (*self._attributes(shape.attributes), *self._ladders(shape.stages), *self._events(shape.events))

    def _attributes(self, given: object) -> Iterator[Mistake]:
        keys = {plain_name(field.key): field.key for field in self.fields.values()}
        columns = {field.name: field.key for field in self.fields.values()}
        for name in _names(given):
            if _plain(name) not in keys:
                near = columns.get(_plain(name)) or _near(name, keys.values())
                yield _unknown("unknown_field", name, "field", told(name), near)

    def _ladders(self, given: object) -> Iterator[Mistake]:
        for name in _names(given):
            if _plain(name) not in self.ladders:
                yield _unknown("unknown_ladder", name, "ladder", told(name), _near(name, self.ladders))

    def _events(self, events: Any) -> Iterator[Mistake]:
        met: set[tuple[str, str]] = set()
        for index, event in enumerate(events):
            try:
                part = parts_of_event(event)
            except Flawed:
                continue
            raw = part("type")
            if not isinstance(raw, str) or not raw.strip():
                continue
            type_ = self.events.get(plain_name(raw.strip()))
            if type_ is None:
                if (raw, "") not in met:
                    yield _unknown("unknown_event_type", raw, "event", "type", _near(raw, self.events), index)
                met.add((raw, ""))
                continue
            known = {prop.name for prop in type_.properties}
            for name in _names(part("properties")):
                if _plain(name) not in known and (type_.name, told(name)) not in met:
                    met.add((type_.name, told(name)))
                    what, field = f"property of `{type_.name}`", f"{type_.name}.{told(name)}"
                    yield _unknown("unknown_property", name, what, field, _near(name, known), index)


def _names(given: object) -> Iterator[Any]:
    return iter(given) if isinstance(given, Mapping) else iter(())


def _plain(name: object) -> str:
    return plain_name(name) if isinstance(name, str) else ""


def _near(name: object, known: Any) -> str | None:
    return closest(name, known) if isinstance(name, str) else None


def _unknown(code: str, name: object, what: str, field: str, near: str | None, event: int | None = None) -> Mistake:
    help_ = f" (did you mean `{near}`?)" if near else ""
    return Mistake(
        code, f"the rules know no {what} {shown(name)}{help_}", field, event, value=told(name), expected=near
    )
