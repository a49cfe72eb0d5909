"""What may be given to be scored, for type checkers: a mapping, or an object of the shape of a lead or event.

An object is only read, so its parts may be fields, properties, or columns of an object-relational mapper. Not all
type checkers see the value behind such a column: so a part must be there, and what it is shows when it is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, TypeAlias


class EventShape(Protocol):
    """An object of the shape of an event; it may have an `id`, too, so that a repeat is recognised."""

    @property
    def type(self) -> object:
        """The type of event, by its name in the rules."""

    @property
    def at(self) -> object:
        """When it happened: a datetime, a date (its local midnight) or RFC 3339 text."""

    @property
    def properties(self) -> object:
        """What else is known of it: a mapping by name, or None."""


class LeadShape(Protocol):
    """An object of the shape of a lead; it may have `stages`, too: the labels that the lead holds."""

    @property
    def id(self) -> object:
        """What tells the lead apart: a text, a whole number or a UUID."""

    @property
    def attributes(self) -> object:
        """What is known of it: a mapping by name, or None."""

    @property
    def events(self) -> object:
        """What it did: a list, anything else that can be gone through, or related rows that give such by `all()`."""


Eventlike: TypeAlias = EventShape | Mapping[str, Any]
"""An event: an `Event`, or any mapping or object of its shape."""
Leadlike: TypeAlias = LeadShape | Mapping[str, Any]
"""A lead: a `Lead`, or any mapping or object of its shape."""
