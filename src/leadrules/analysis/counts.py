"""How many events the caps of a per-event rule let count: at most, whatever a lead does.

A calendar in a timezone has short days and clock changes. Every bound here leaves a whole day of room
for them, so that it is never too small.
"""

from __future__ import annotations

import math

from leadrules import program as p
from leadrules.families import CALENDARS
from leadrules.values import DAY


def buckets_touched(window: int, calendar: str) -> int:
    """Give the most calendar buckets that events of a window (microseconds, ends in) may lie in."""
    unit = CALENDARS[calendar]
    room = 0 if unit.of_day is None else DAY
    return math.ceil((window + room) / unit.shortest) + 1


def window_of(rule: p.Rule) -> int | None:
    """Give the length of the time in which a rule's events lie, in microseconds; None where it has no end."""
    found = [] if rule.selection is None or rule.selection.within is None else [rule.selection.within]
    if rule.first_day is not None and rule.last_day is not None:
        found.append(max(0, (rule.last_day - rule.first_day).days + 2) * DAY)
    return min(found, default=None)


def most_every(cap: p.MaxEvery, window: int | None) -> int | None:
    """Give how many events `max N every D` lets count within a window."""
    return None if window is None else cap.times * (window // cap.every + 1)


def least(*bounds: int | None) -> int | None:
    """Give the least bound; None is no bound."""
    return min((bound for bound in bounds if bound is not None), default=None)


def buckets_of(rule: p.Rule, bucket: p.Bucket) -> int | None:
    """Give how many buckets the events of a rule may lie in, unknown being one of them."""
    window = window_of(rule)
    day = "day" if bucket.property is not None and bucket.property.name == "day" else None  # each event has its day
    if calendar := bucket.calendar or day:
        return None if window is None else buckets_touched(window, calendar)
    assert bucket.property is not None
    if bucket.property.type.choices:
        return len(bucket.property.type.choices) + 1
    return 3 if bucket.property.type.kind == "bool" else None


def per_bucket(rule: p.Rule, bucket: p.Bucket, before: int | None = None) -> int | None:
    """Give how many events may count in one bucket, by `every` and the first `before` caps `per` (None: all)."""
    caps = rule.caps
    found: list[int | None] = []
    if caps.every is not None and bucket.calendar is not None:
        found.append(most_every(caps.every, CALENDARS[bucket.calendar].longest))
    for cap in caps.per[:before]:
        times = _buckets_within(cap.bucket, bucket)
        found.append(None if times is None else cap.times * times)
    return least(*found, in_all(rule, before))


def in_all(rule: p.Rule, before: int | None = None) -> int | None:
    """Give how many events may count in all, by `every` and the first `before` caps `per` (None: all)."""
    caps = rule.caps
    found: list[int | None] = []
    if caps.every is not None:
        found.append(most_every(caps.every, window_of(rule)))
    for cap in caps.per[:before]:
        buckets = buckets_of(rule, cap.bucket)
        found.append(None if buckets is None else cap.times * buckets)
    return least(*found)


def most_events(rule: p.Rule) -> int | None:
    """Give how many events of a rule may count after all caps."""
    return least(in_all(rule), rule.caps.times)


def _buckets_within(inner: p.Bucket, outer: p.Bucket) -> int | None:
    """Give how many buckets of one kind one bucket of another may touch; None where there is no telling."""
    if inner == outer:
        return 1
    if inner.calendar is None or outer.calendar is None:
        return None
    unit = CALENDARS[outer.calendar]
    if outer.calendar in CALENDARS[inner.calendar].parts:
        return 1
    return unit.parts.get(inner.calendar) or buckets_touched(unit.longest, inner.calendar)


def lies_within(inner: p.Bucket, outer: p.Bucket) -> bool:
    """Tell whether every bucket of one kind lies inside one bucket of another."""
    parts = CALENDARS[outer.calendar].parts if outer.calendar is not None else {}
    return inner == outer or inner.calendar in parts
