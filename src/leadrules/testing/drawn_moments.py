"""Generate the moments at which clocks and calendars go wrong."""

from __future__ import annotations

import datetime as dt
import zoneinfo

from hypothesis import strategies as st

from leadrules.testing.chance import Chance, Draw

EDGES = (
    "2026-06-15T12:00:00+00:00",
    "2026-11-21T00:00:00+00:00",
    "2026-03-29T01:00:00+00:00",  # Warsaw springs forward
    "2025-10-26T00:30:00+00:00",  # Warsaw has 02:30 twice
    "2025-10-26T01:00:00+00:00",
    "2026-03-08T07:00:00+00:00",  # New York springs forward
    "2025-11-02T06:00:00+00:00",
    "2026-04-04T15:00:00+00:00",  # Lord Howe goes back by half an hour
    "2011-12-30T10:00:00+00:00",  # Apia leaves out a day
    "2018-11-04T03:00:00+00:00",  # Sao Paulo has no midnight
    "2024-02-29T23:59:59.999999+00:00",
    "2025-12-31T23:00:00+00:00",  # Warsaw has the new year
    "2025-12-29T00:00:00+00:00",  # a week begins, of another year
)
"""Instants at which summer time begins or ends, or a day, week or year."""

_OFFSETS = (dt.UTC, dt.timezone(dt.timedelta(hours=5, minutes=45)), dt.timezone(dt.timedelta(hours=-11)))
_ZONES = ("Europe/Warsaw", "America/New_York", "Australia/Lord_Howe")
_MICROSECOND = dt.timedelta(microseconds=1)
_FIRST, _LAST = dt.datetime(1971, 1, 1, tzinfo=dt.UTC), dt.datetime(2090, 1, 1, tzinfo=dt.UTC)


@st.composite
def moments(draw: Draw) -> dt.datetime:
    """Generate timezone-aware datetimes from 1971 to 2089, many at an edge of a day or of summer time."""
    return moment(Chance(draw))


def moment(chance: Chance) -> dt.datetime:
    """Give a timezone-aware datetime."""
    if chance.happens(15):
        found = _FIRST + chance.whole(0, (_LAST - _FIRST) // _MICROSECOND) * _MICROSECOND
    else:
        found = dt.datetime.fromisoformat(chance.pick(EDGES)) + chance.pick((0, -1, 1)) * _MICROSECOND
    if chance.happens(20):
        return found.astimezone(zoneinfo.ZoneInfo(chance.pick(_ZONES)))
    return found.astimezone(chance.pick(_OFFSETS)) if chance.happens(20) else found
