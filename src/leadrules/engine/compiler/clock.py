"""What depends on time alone: on `as_of`, made once for each, and on an event's age, made once for each age.

Most leads are scored as of one moment. What is asked of an event's age in whole days stands in one row.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import attrs

from leadrules.as_of import read_as_of
from leadrules.engine.compiler.runtime import Decayed
from leadrules.values import DAY, Zone, moment_of

Part = tuple[str, Any]

_FIRST_YEAR = 1000
"""Before this year of `as_of` there is no `now`: leads with events are left to the reference."""
_MOST_ROWS = 20_000


@attrs.define
class Clock:
    """What depends on `as_of` alone; made once per `as_of`."""

    zone: Zone
    parts: tuple[Part, ...]
    last: list[tuple[Any, ...]] = attrs.field(factory=list)

    def tick(self, as_of: dt.datetime) -> tuple[Any, ...]:
        """Prepare a moment, and remember it as the last. Raises InputError for what is no moment."""
        instant = read_as_of(as_of)
        made = (as_of, *[self._part(kind, detail, instant, as_of) for kind, detail in self.parts])
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


@attrs.frozen
class AgeColumn:
    """Whether an age lies within a window (microseconds, whole days), as 0 or 1, or decayed points within it."""

    window: int | None
    points: Decayed | None

    def of(self, days: int, *, exact: bool) -> int:
        """Give the value for an age of whole days, exactly so or of some time more."""
        if self.window is not None:
            most = self.window // DAY
            if days > most or (days == most and not exact):
                return 0
        return 1 if self.points is None else self.points[days]


@attrs.frozen
class AgeRows:
    """The rows of some columns by age: one value each, or, of a single column, the value itself.

    `rows` holds those for ages that are not exactly whole days, made as they are met.
    """

    columns: tuple[AgeColumn, ...]
    rows: dict[int, Any] = attrs.field(factory=dict)
    _exact: dict[int, Any] = attrs.field(factory=dict)

    def rows_of(self, moments: Sequence[dt.datetime], now: dt.datetime) -> list[Any]:
        """Give the rows of moments not later than now, and remember them."""
        return [self._row(now - at) for at in moments]

    def exact(self, age: dt.timedelta) -> Any:
        """Give the remembered row of an age within the first second of a day. Raises KeyError where there is none."""
        return self.rows[age.days] if age.microseconds else self._exact[age.days]

    def _row(self, age: dt.timedelta) -> Any:
        days, exact = age.days, not (age.seconds or age.microseconds)
        known = self._exact if exact else self.rows
        if days in known:
            return known[days]
        found = tuple(column.of(days, exact=exact) for column in self.columns)
        row = found if len(found) > 1 else found[0]
        if len(known) < _MOST_ROWS:
            known[days] = row
        return row
