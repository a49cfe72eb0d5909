"""The parts of a program that stand beside conditions, written as in the rule file; params as their values."""

from __future__ import annotations

from fractions import Fraction

from leadrules import program as p
from leadrules.values import DAY, HOUR, MINUTE, Duration, text_of_number


def signed(number: Fraction) -> str:
    """Write a number with its sign: `+40`, `-2.5`."""
    return ("+" if number >= 0 else "") + text_of_number(number)


def event_limits(caps: p.Caps) -> tuple[str, ...]:
    """Write what keeps selected events from counting, in the order in which it works."""
    every = [] if caps.every is None else [f"max {caps.every.times} every {_span(caps.every.every)}"]
    per = [f"max {cap.times} per {_bucket(cap.bucket)}" for cap in caps.per]
    times = [] if caps.times is None else ["once" if caps.times == 1 else f"max {caps.times} times"]
    return (*every, *per, *times)


def points_limits(caps: p.Caps) -> tuple[str, ...]:
    """Write what bounds the sum of a rule, in the order in which it works."""
    per = [] if caps.points_per is None else [f"{_most(caps.points_per[0])} per {_bucket(caps.points_per[1])}"]
    return (*per, *([] if caps.points is None else [_most(caps.points)]))


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


def grade_text(grade: p.Grade | p.GradePair) -> str:
    """Write what a grade is made of: `fit: A >= 45, B`, or `profile, interest`."""
    if isinstance(grade, p.GradePair):
        return f"{grade.first}, {grade.second}"
    return f"{grade.subject.text}: {', '.join(map(band_text, grade.bands))}"


def band_text(band: p.Band) -> str:
    """Write one label of a grade: `A >= 45`."""
    return band.label if band.threshold is None else f"{band.label} >= {text_of_number(band.threshold)}"


def _most(points: Fraction) -> str:
    return f"max {text_of_number(points)} {'point' if points == 1 else 'points'}"


def _bucket(bucket: p.Bucket) -> str:
    return bucket.calendar if bucket.property is None else bucket.property.text  # type: ignore[return-value]


def _span(microseconds: int) -> str:
    for unit, size in (("days", DAY), ("hours", HOUR)):
        if microseconds % size == 0:
            return str(Duration(microseconds // size, unit))
    return str(Duration(microseconds // MINUTE, "minutes"))
