"""Limits of rules that never change what the rule gives, and why."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Literal

import attrs

from leadrules import program as p
from leadrules.analysis.counts import in_all, least, lies_within, most_events, per_bucket
from leadrules.analysis.points import Outline, points_range, rule_range, times
from leadrules.analysis.ranges import NOTHING

CapName = tuple[Literal["every", "per", "times", "points_per", "points"], int]
"""A limit of a rule: its attribute of `Caps`, and its index among those of its kind."""


@attrs.frozen
class IdleCap:
    """A limit that never binds: at most so much comes that far, or the limit `after` it keeps no more anyway."""

    name: CapName
    most: Fraction | int | None = None
    after: CapName | None = None


def idle_caps(outline: Outline, rule: p.Rule) -> Iterator[IdleCap]:
    """Give the limits of a rule that never bind."""
    caps = rule.caps
    if rule.selection is not None:
        yield from _idle_counts(rule)
    one = points_range(outline.meaning, rule.alternatives[0].points).join(NOTHING)
    if caps.points_per is not None:
        size, bucket = caps.points_per
        most = times(one, least(per_bucket(rule, bucket), most_events(rule))).size
        if most is not None and most <= size:
            yield IdleCap(("points_per", 0), most)
    most = rule_range(outline.meaning, rule).size
    if caps.points is not None and most is not None and most <= caps.points:
        yield IdleCap(("points", 0), most)


def _idle_counts(rule: p.Rule) -> Iterator[IdleCap]:
    caps = rule.caps
    for index, cap in enumerate(caps.per):
        before = per_bucket(rule, cap.bucket, index)
        if before is not None and before <= cap.times:
            yield IdleCap(("per", index), before)
            continue
        following = _next_cap(rule, index)
        if following is not None and following[0] <= cap.times:
            yield IdleCap(("per", index), after=following[1])
    most = in_all(rule)
    if caps.times is not None and most is not None and most <= caps.times:
        yield IdleCap(("times", 0), most)


def _next_cap(rule: p.Rule, index: int) -> tuple[int, CapName] | None:
    """Give the cap that works right after a `per`, where the buckets of that lie inside its own.

    It keeps the largest of what the `per` kept; where it keeps no more than that, the `per` changes
    nothing. With another cap between the two it might.
    """
    caps = rule.caps
    if index + 1 < len(caps.per):
        following = caps.per[index + 1]
        inside = lies_within(caps.per[index].bucket, following.bucket)
        return (following.times, ("per", index + 1)) if inside else None
    return None if caps.times is None else (caps.times, ("times", 0))


def binding_caps(outline: Outline, rule: p.Rule) -> frozenset[CapName]:
    """Name the limits of a rule that may take effect: those that neither are idle nor hidden by a later one."""
    caps = rule.caps
    names: list[CapName] = [("every", 0)] if caps.every is not None else []
    names += [("per", index) for index in range(len(caps.per))]
    names += [(name, 0) for name in ("times", "points_per", "points") if getattr(caps, name) is not None]
    points = points_range(outline.meaning, rule.alternatives[0].points)
    if rule.selection is not None and points == NOTHING:
        return frozenset()
    idle = {cap.name for cap in idle_caps(outline, rule)}
    constant = points.low if rule.selection is not None and rule.decay is None and points.low == points.high else None
    return frozenset(name for name in names if name not in idle and not (constant and _hidden(caps, name, constant)))


def _hidden(caps: p.Caps, name: CapName, points: Fraction) -> bool:
    """Tell whether a later limit takes all that one would, where each event gives the same points.

    A limit that binds leaves so many events, at least. Where a later limit allows no more events or
    points than these are, the rule gives the same with the earlier limit and without it.
    """
    kind, index = name
    if kind == "points":
        return False
    if kind == "points_per":
        assert caps.points_per is not None
        return caps.points is not None and caps.points_per[0] >= caps.points
    later = caps.per if kind == "every" else caps.per[index + 1 :] if kind == "per" else ()
    if later:
        return False
    cap = caps.per[index] if kind == "per" else caps.every
    left = caps.times if kind == "times" or cap is None else cap.times
    assert left is not None
    given = left * abs(points)
    if caps.points_per is not None:
        size, bucket = caps.points_per
        return kind == "per" and lies_within(caps.per[index].bucket, bucket) and given >= size
    return (caps.points is not None and given >= caps.points) or (
        kind != "times" and caps.times is not None and caps.times <= left
    )
