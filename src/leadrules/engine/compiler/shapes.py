"""Leads in other shapes than plain dicts: the same values, in the shape that compiled code walks.

Values are not looked at here, and nothing deeper than an event is copied.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def plain_lead(lead: object) -> dict[str, Any] | None:
    """Give a lead as a dict with id, attributes, events and stages; None where it has no such shape."""
    attributes, events = _part(lead, "attributes"), _part(lead, "events")
    if not isinstance(attributes, Mapping | None) or not isinstance(events, list | tuple | None):
        return None
    shaped = [_plain_event(event) for event in events or ()]
    return {
        "id": _part(lead, "id"),
        "attributes": attributes if type(attributes) is dict else dict(attributes or {}),
        "events": shaped,
        "stages": _part(lead, "stages"),
    }


def _plain_event(event: object) -> Mapping[str, Any]:
    if type(event) is dict:
        return event
    found = {name: _part(event, name) for name in ("type", "at", "properties")}
    name = _part(event, "id")
    return found if name is None else found | {"id": name}


def _part(of: object, name: str) -> Any:
    if isinstance(of, Mapping):
        return of.get(name)
    return getattr(of, name, None)
