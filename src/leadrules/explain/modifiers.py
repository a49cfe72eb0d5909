"""The parts of a program that stand beside conditions, written as in the rule file; params as their values."""

from __future__ import annotations

from fractions import Fraction

from leadrules import program as p
from leadrules.syntax.formatter import text_of_bucket
from leadrules.values import text_of_number, text_of_span


def event_limits(caps: p.Caps) -> tuple[str, ...]:
    """Write what keeps selected events from counting, in the order in which it works."""
    every = [] if caps.every is None else [every_text(caps.every)]
    times = [] if caps.times is None else [times_text(caps.times)]
    return (*every, *map(per_text, caps.per), *times)


def points_limits(caps: p.Caps) -> tuple[str, ...]:
    """Write what bounds the sum of a rule, in the order in which it works."""
    per = [] if caps.points_per is None else [points_per_text(*caps.points_per)]
    return (*per, *([] if caps.points is None else [points_text(caps.points)]))


def every_text(cap: p.MaxEvery) -> str:
    """Write a limit for each stretch of time: `max 2 every 3 days`."""
    return f"max {cap.times} every {text_of_span(cap.every)}"


def per_text(cap: p.MaxPer) -> str:
    """Write a limit for each bucket: `max 2 per day`."""
    return f"max {cap.times} per {_bucket(cap.bucket)}"


def times_text(times: int) -> str:
    """Write a limit of all events: `once`, `max 2 times`."""
    return "once" if times == 1 else f"max {times} times"


def points_per_text(points: Fraction, bucket: p.Bucket) -> str:
    """Write a limit of the points of each bucket: `max 5 points per day`."""
    return f"{points_text(points)} per {_bucket(bucket)}"


def points_text(points: Fraction) -> str:
    """Write a limit of the points of a rule: `max 1 point`."""
    return f"max {text_of_number(points)} {'point' if points == 1 else 'points'}"


def season_text(rule: p.Rule) -> str | None:
    """Write the days between which a rule counts, None where it always does."""
    first = "" if rule.first_day is None else f"from {rule.first_day.isoformat()}"
    last = "" if rule.last_day is None else f"until {rule.last_day.isoformat()}"
    return " ".join(part for part in (first, last) if part) or None


def bounds_text(bounds: p.Bounds) -> str:
    """Write bounds: `max 60`, `max 100 min -20`; empty where there are none."""
    high = "" if bounds.high is None else f"max {text_of_number(bounds.high)}"
    low = "" if bounds.low is None else f"min {text_of_number(bounds.low)}"
    return " ".join(part for part in (high, low) if part)


def grade_text(grade: p.Grade | p.GradeCell) -> str:
    """Write what a grade is made of: `fit: A >= 45, B`, or `profile, interest`."""
    if isinstance(grade, p.GradeCell):
        return ", ".join(grade.grades)
    return f"{grade.subject.text}: {', '.join(map(band_text, grade.bands))}"


def band_text(band: p.Band) -> str:
    """Write one label of a grade: `A >= 45`."""
    return band.label if band.threshold is None else f"{band.label} >= {text_of_number(band.threshold)}"


def _bucket(bucket: p.Bucket) -> str:
    name = bucket.calendar if bucket.property is None else bucket.property.name
    assert name is not None
    return text_of_bucket(name, calendar=bucket.property is None)
