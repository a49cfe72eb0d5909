"""Events of which nobody can tell when they were: lenient rules read a lead without them, and each is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

import attrs

from leadrules.errors import InputError, Mistake
from leadrules.lead import LATEST, LeadReader
from leadrules.tables.leads import Row
from leadrules.tables.rejects import Reject

_T = TypeVar("_T")


def _is_of_time(mistake: Mistake) -> bool:
    """Tell whether a mistake is that the time of an event is missing or cannot be read."""
    return mistake.field is not None and mistake.field.endswith(".at")


def without_timeless(row: Row, error: InputError) -> tuple[Row, tuple[Reject, ...]] | None:
    """Give a lead without the events that have no time to be read, and these; None where something else is wrong."""
    mistakes = {one.event: one for one in error.mistakes if one.event is not None and _is_of_time(one)}
    if not mistakes or any(one.event not in mistakes for one in error.mistakes):
        return None
    events = row.lead["events"]
    inline = len(events) - len(row.event_rows)
    left = [place for place in range(len(events)) if place not in mistakes]
    lead = {**row.lead, "events": [events[place] for place in left]}
    rows = row.event_rows.only([place - inline for place in left if place >= inline])
    rejects = tuple(_reject(row, place - inline, mistakes[place]) for place in sorted(mistakes))
    return attrs.evolve(row, lead=lead, event_rows=rows), rejects


def _reject(row: Row, place: int, mistake: Mistake) -> Reject:
    """Say that an event is left out: by its own row, or that of the lead that holds it."""
    name, reason = row.lead["id"], row.placed(mistake)
    if place >= 0:
        number, file = row.event_rows.row(place)
        return Reject("event", number, name, reason, mistakes=(mistake,), file=file)
    return Reject("event", row.number, name, f"{row.called}: {reason}", mistakes=(mistake,), file=row.file)


def read_leniently(row: Row, read: Callable[[Row], _T], *, lenient: bool) -> tuple[_T, tuple[Reject, ...]]:
    """Read a lead; where rules are `lenient`, without the events that have no time. Raises what `read` raises."""
    try:
        return read(row), ()
    except InputError as error:
        found = without_timeless(row, error) if lenient else None
        if found is None:
            raise
    rest, rejects = found
    return read(rest), rejects


def with_times(row: Row, readers: Iterable[LeadReader]) -> tuple[Row, tuple[Reject, ...]]:
    """Give a lead without the events whose time one of the readers cannot read, and these; whatever else is wrong."""
    left_out: tuple[Reject, ...] = ()
    for reader in readers:
        try:
            reader.read(row.lead, LATEST)
        except InputError as error:
            row, more = without_timeless(row, error) or (row, ())
            left_out += more
    return row, left_out
