"""The shape of a lead and of an event: their parts, and what is wrong with them, all of it.

A lead is a mapping or an object, of parts of fixed names; what stands in them is read by :mod:`leadrules.lead`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, ParamSpec, TypeVar

import attrs

from leadrules.conversions import Unreadable, shown, text_from, told
from leadrules.errors import LeadError, Mistake

NOTHING: Mapping[str, Any] = MappingProxyType({})


# --------------------------------------------------------------------- parts


Parts = Callable[[str], Any]


def parts_of(lead: object) -> Parts:
    """Give access to the parts of a lead by name, None where absent. Raises LeadError."""
    if isinstance(lead, Mapping):
        return lead.get
    if lead is None or not hasattr(lead, "id"):
        expected = "a Lead, or an object with id, attributes, events and stages"
        reason = f"{shown(lead)} is not a lead (give {expected})"
        raise LeadError(reason, code="not_a_lead", value=told(lead), expected=expected)
    return lambda name: getattr(lead, name, None)


def parts_of_event(event: object) -> Parts:
    """Give access to the parts of an event by name, None where absent. Raises Flawed."""
    if type(event) is dict or isinstance(event, Mapping):
        return event.get
    if event is None or not hasattr(event, "type"):
        expected = "an object with type, at, id and properties"
        tail = f": {shown(event)} is not an event (give {expected})"
        raise Flawed(Flaw("not_an_event", "events", tail, "events", told(event), expected))
    return lambda name: getattr(event, name, None)


def mapping_of(raw: object, name: str) -> Mapping[str, Any]:
    """Give a part that holds names and values. Raises LeadError."""
    if raw is None:
        return NOTHING
    if isinstance(raw, Mapping):
        return raw
    expected = "an object of names and values"
    reason = f"{name}: {shown(raw)} is not {expected}"
    raise LeadError(reason, code="not_an_object", field=name, value=told(raw), expected=expected)


def events_of(raw: object, most: int) -> Sequence[object]:
    """Give the events of a lead. Raises LeadError for what is no list, and for more than `most`."""
    if raw is None:
        return ()
    if not isinstance(raw, list | tuple):
        reason = f"events: {shown(raw)} is not a list of events"
        raise LeadError(reason, code="not_a_list", field="events", value=told(raw), expected="a list")
    if len(raw) > most:
        reason = f"has {len(raw):,} events, and the limit is {most:,}"
        raise LeadError(reason, code="too_many_events", field="events", expected=f"at most {most:,} events")
    return raw


# ------------------------------------------------------------------- mistakes


T = TypeVar("T")
P = ParamSpec("P")


@attrs.define
class Mistakes:
    """What is found to be wrong with one lead."""

    found: list[Mistake] = attrs.field(factory=list)

    def unless(self, read: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        """Read something; where that raises LeadError note its mistakes, and give None."""
        try:
            return read(*args, **kwargs)
        except LeadError as error:
            self.found += error.mistakes
            return None

    def refuse(self, lead: str | None) -> None:
        """Raise LeadError with all that was noted, if anything was."""
        if self.found:
            raise LeadError(mistakes=self.found, lead=lead) from None


@attrs.frozen
class Flaw:
    """A mistake of an event, before its place among the events is told.

    Its sentence is `head`, the place, and `tail`.
    """

    code: str
    head: str
    tail: str
    field: str
    value: str | None = None
    expected: str | None = None


NO_TYPE = Flaw("missing_type", "an event", " has no type", "type", expected="text")


class Flawed(Exception):
    """An event with flaws."""

    def __init__(self, *flaws: Flaw) -> None:
        super().__init__(flaws)
        self.flaws = flaws

    def mistakes(self, event: object, index: int | None = None, count: int = 1) -> list[Mistake]:
        """Give the mistakes of an event, which is the one at `index` of `count`."""
        name = _id_of(event)
        number = "" if index is None or count == 1 else f" (number {index + 1:,} of {count:,})"
        place = f" with id `{told(name)}`" if name else number
        return [
            Mistake(flaw.code, f"{flaw.head}{place}{flaw.tail}", flaw.field, index, name, flaw.value, flaw.expected)
            for flaw in self.flaws
        ]


def _id_of(event: object) -> str | None:
    """Give the id of an event that may not be one."""
    try:
        return text_from(parts_of_event(event)("id"))
    except (Unreadable, Flawed):
        return None
