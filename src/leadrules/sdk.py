"""What the author of a plugin imports: `@criterion` and `LeadView`.

A criterion is a pure, annotated function. The decorator only marks it; `leadrules.plugins` verifies
the mark when a rule file asks for the plugin, and freezes what it finds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any, TypeVar, overload

import attrs

__all__ = ["EventView", "LeadView", "Scalar", "criterion", "mark_of"]

Scalar = bool | Decimal | str | dt.datetime | dt.date | list[str]
"""What a criterion takes and gives; `None` stands for unknown where a type says so."""

Function = TypeVar("Function", bound=Callable[..., Any])
_MARK = "__leadrules_criterion__"


@attrs.frozen
class EventView:
    """One event of a lead, as a criterion sees it.

    `at` is in UTC. `properties` has every declared property of the event's type by name; None is
    unknown. Nothing of it can be changed.
    """

    type: str
    at: dt.datetime
    id: str | None
    properties: Mapping[str, Any]


@attrs.frozen
class LeadView:
    """A lead, as a criterion sees it that asks for the whole of it.

    `attributes` has the fields by name, None where unknown; protected fields are left out. `events`
    are in order of time, without repeats, none later than `as_of`, which is in UTC. `timezone` is
    that of the ruleset, by its IANA name. Nothing of it can be changed.
    """

    id: str | None
    attributes: Mapping[str, Any]
    events: tuple[EventView, ...]
    as_of: dt.datetime
    timezone: str


@attrs.frozen
class Mark:
    """What `@criterion` says of a function, not yet verified.

    `checks` has, by parameter, a function that raises ValueError for a literal that makes no sense.
    `fields` and `events` narrow what a `LeadView` holds; None is everything in scope. `vectorised`
    takes a column per parameter and gives a column, None for unknown in both.
    """

    version: str
    name: str | None = None
    checks: Mapping[str, Callable[[Any], object]] = attrs.field(factory=dict)
    fields: tuple[str, ...] | None = None
    events: tuple[str, ...] | None = None
    vectorised: Callable[..., Sequence[Any]] | None = None


@overload
def criterion(function: Function, /) -> Function: ...
@overload
def criterion(
    *,
    version: str = "1",
    name: str | None = None,
    checks: Mapping[str, Callable[[Any], object]] | None = None,
    fields: Iterable[str] | None = None,
    events: Iterable[str] | None = None,
    vectorised: Callable[..., Sequence[Any]] | None = None,
) -> Callable[[Function], Function]: ...
def criterion(
    function: Function | None = None,
    /,
    *,
    version: str = "1",
    name: str | None = None,
    checks: Mapping[str, Callable[[Any], object]] | None = None,
    fields: Iterable[str] | None = None,
    events: Iterable[str] | None = None,
    vectorised: Callable[..., Sequence[Any]] | None = None,
) -> Function | Callable[[Function], Function]:
    """Mark a function as a criterion that rule files can call.

    Its parameters are annotated with `bool`, `Decimal`, `str`, `datetime`, `date`, `list[str]`, or
    `LeadView` for the whole lead; its result with one of the first six. `X | None` as a parameter
    takes unknown as None; any other unknown argument makes the result unknown without a call. `| None`
    as a result may be unknown. The docstring is its reference page.

    `version` is the criterion's own, and changes whenever its answers may. `checks` refuses literals
    when a rule file is checked: by parameter, a function that raises ValueError with a sentence.
    `fields` and `events` name what a `LeadView` is to hold (all in scope where None; groups of
    events count too). `vectorised` is the same criterion over columns.

    >>> @criterion(version="2")
    ... def initials(first_name: str, last_name: str) -> str:
    ...     "Give the initials of a person."
    ...     return first_name[:1] + last_name[:1]
    >>> initials("Made", "Up")
    'MU'
    """

    def marked(function: Function) -> Function:
        mark = Mark(
            version,
            name,
            MappingProxyType(dict(checks or {})),
            None if fields is None else tuple(fields),
            None if events is None else tuple(events),
            vectorised,
        )
        setattr(function, _MARK, mark)
        return function

    return marked if function is None else marked(function)


def mark_of(function: object) -> Mark | None:
    """Give the mark that `@criterion` left on a function, or None."""
    found = getattr(function, _MARK, None)
    return found if isinstance(found, Mark) else None
