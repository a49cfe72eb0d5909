"""What depends on `as_of` alone: made once for each `as_of`, since most leads are scored as of one moment."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs

from leadrules.lead import read_as_of
from leadrules.values import Zone, moment_of

Part = tuple[str, Any]

_FIRST_YEAR = 1000
"""Before this year of `as_of` there is no `now`: leads with events are left to the reference."""


@attrs.define
class Clock:
    """What depends on `as_of` alone; made once per `as_of`."""

    zone: Zone
    parts: tuple[Part, ...]
    last: list[tuple[Any, ...]] = attrs.field(factory=list)

    def tick(self, as_of: dt.datetime) -> tuple[Any, ...]:
        """Prepare a moment, and remember it as the last. Raises InputError for what is no moment."""
        instant = read_as_of(as_of)
        made = (as_of, *(self._part(kind, detail, instant, as_of) for kind, detail in self.parts))
        if type(as_of) is dt.datetime:
            self.last[:] = [made]
        return made

    def _part(self, kind: str, detail: Any, instant: int, as_of: dt.datetime) -> Any:
        if kind == "instant":
            return instant
        if kind == "now":
            return moment_of(instant) if as_of.year >= _FIRST_YEAR else None
        if kind == "today":
            return self.zone.day(instant)
        try:
            return moment_of(instant - detail)
        except OverflowError:
            return dt.datetime.min.replace(tzinfo=dt.UTC)
