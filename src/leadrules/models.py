"""What a caller may build to be scored: `Lead` and `Event`, guarded by pydantic.

A mapping of the same shape does as well, and then pydantic is not loaded.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Strict


def _digits(value: object) -> object:
    """Take an integer where an id stands; pydantic refuses what else is no text."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Id = Annotated[str, BeforeValidator(_digits)]
Moment = Annotated[dt.datetime, Strict()] | Annotated[dt.date, Strict()] | Annotated[str, Strict()]


class Event(BaseModel):
    """Something a lead did.

    `at` is a datetime, a date (its local midnight) or RFC 3339 text; a time without offset is read
    in the ruleset's timezone. Of several events of one type with the same `id` the first counts.

    >>> Event(type="page_view", at="2026-11-01T10:00:00Z", properties={"url": "/pricing"}).type
    'page_view'
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid")

    type: str
    at: Moment
    id: Id | None = None
    properties: dict[str, Any] = {}

    if TYPE_CHECKING:  # what it takes is more than what it holds

        def __init__(
            self,
            *,
            type: str,  # noqa: A002 - the names of the parts
            at: dt.datetime | dt.date | str,
            id: str | int | None = None,  # noqa: A002
            properties: Mapping[str, Any] = ...,
        ) -> None: ...


class ValueChange(BaseModel):
    """What an attribute or a label of a lead was from a moment on.

    `name` is the attribute's name in the data, or a ladder's; None is unknown. `at` is as an event's.

    >>> ValueChange(at="2026-11-01T10:00:00Z", name="employees", value=300).name
    'employees'
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: Moment
    name: str
    value: Any = None


class Lead(BaseModel):
    """A person or company to score: attributes, events, and the labels it holds of each ladder.

    `changes` says since when what was so: as of a moment, an attribute or label that changed is what its
    latest change not after that moment says, and unknown where all are after it.

    Values are checked when the lead is scored, against the rules that read them.

    >>> lead = Lead(
    ...     id="42",
    ...     attributes={"country": "PL", "employees": 300},
    ...     events=[Event(type="email_open", at="2026-11-01T10:00:00Z")],
    ...     stages={"stage": "mql"},
    ... )
    >>> lead.attributes["country"]
    'PL'
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid")

    id: Id
    attributes: dict[str, Any] = {}
    events: tuple[Event, ...] = ()
    stages: dict[str, str] = {}
    changes: tuple[ValueChange, ...] = ()

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            id: str | int,  # noqa: A002
            attributes: Mapping[str, Any] = ...,
            events: Iterable[Event | dict[str, Any]] = ...,
            stages: Mapping[str, str] = ...,
            changes: Iterable[ValueChange | dict[str, Any]] = ...,
        ) -> None: ...
