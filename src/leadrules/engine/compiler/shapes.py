"""Leads in other shapes than plain dicts: the same values, in the shape that compiled code walks.

Values are not looked at here, and nothing deeper than an event is copied.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from leadrules.values import plain_name
from leadrules.vocabulary import Scope

_ABSENT = object()


def plain_lead(lead: object, scope: Scope) -> dict[str, Any] | None:
    """Give a lead as a dict with id, attributes, events and stages; None where it has no such shape."""
    attributes, events = _part(lead, "attributes"), _part(lead, "events")
    if not isinstance(attributes, Mapping | None) or not isinstance(events, list | tuple | None):
        return None
    shaped = [_plain_event(event, scope) for event in events or ()]
    if any(event is None for event in shaped):
        return None
    return {
        "id": _part(lead, "id"),
        "attributes": attributes if type(attributes) is dict else dict(attributes or {}),
        "events": shaped,
        "stages": _part(lead, "stages"),
    }


def _plain_event(event: object, scope: Scope) -> Mapping[str, Any] | None:
    type_ = _part(event, "type")
    if not isinstance(type_, str):
        return None
    if type_ not in scope.events and plain_name(type_.strip()) in scope.events:
        type_ = plain_name(type_.strip())
    elif type(event) is dict:
        return event
    found = {"type": type_, "at": _part(event, "at"), "properties": _part(event, "properties")}
    name = _part(event, "id")
    return found if name is None else found | {"id": name}


def _part(of: object, name: str) -> Any:
    if isinstance(of, Mapping):
        return of.get(name)
    return getattr(of, name, None)
