"""Bounds and caps that never bind, windows that outlast the points, and rules that give none."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from typing import TypeVar

from leadrules import program as p
from leadrules.analysis.caps import CapName, idle_caps
from leadrules.analysis.findings import Findings
from leadrules.analysis.points import Outline, points_range
from leadrules.analysis.ranges import NOTHING, Range
from leadrules.families import Decay
from leadrules.syntax import tree
from leadrules.syntax.formatter import text_of
from leadrules.values import HOUR, text_of_number

M = TypeVar("M", bound=tree.Node)

_FINEST = 6
"""The most decimals that a file may ask for."""


def check_bounds(outline: Outline, findings: Findings) -> None:
    """Warn of `max` and `min` of dimensions, groups and the total that never bind (LR205)."""
    for dimension in outline.program.dimensions:
        _bounds(outline.sums["dimension", dimension.name], dimension, findings)
    for group in outline.program.groups:
        _bounds(outline.sums["group", group.name], group, findings)
    _bounds(outline.total, outline.program.total, findings)


def _bounds(found: Range, part: p.Dimension | p.PointsGroup | p.Total, findings: Findings) -> None:
    """Compare the bounds with what is inside them; one that states exactly what the rules give is no mistake."""
    bounds = part.bounds
    modifiers: Sequence[tree.Modifier] = getattr(findings.statement(part, tree.Node), "modifiers", ())
    if bounds.high is not None and found.high is not None and found.high < bounds.high:
        at = _one(modifiers, tree.Max)
        if at is not None:
            message = f"`{text_of(at)}` never binds: the rules give at most {text_of_number(found.high)}"
            findings.warn("LR205", message, at, "lower it, or leave it out")
    if bounds.low is not None and found.low is not None and found.low > bounds.low:
        at_ = _one(modifiers, tree.Min)
        if at_ is not None:
            message = f"`{text_of(at_)}` never binds: the rules give at least {text_of_number(found.low)}"
            findings.warn("LR205", message, at_, "raise it, or leave it out")


def _one(modifiers: Sequence[tree.Modifier], kind: type[M]) -> M | None:
    return next((m for m in modifiers if isinstance(m, kind)), None)


# ---------------------------------------------------------------------- caps


def check_caps(outline: Outline, findings: Findings) -> None:
    """Warn of caps of rules that never bind (LR214), are likely meant in points (LR220), and of no points (LR222)."""
    for rule in outline.program.rules:
        if len(rule.alternatives) == 1 and points_range(outline.meaning, rule.alternatives[0].points) == NOTHING:
            points = rule.alternatives[0].points
            findings.warn("LR222", f"this rule gives no points: `{points.text}`", points, "give it points")
        elif rule.caps != p.Caps() and outline.rules[rule.id] != NOTHING:
            written = findings.statement(rule, tree.Rule)
            if written is not None:
                _caps(outline, rule, written, findings)


def _caps(outline: Outline, rule: p.Rule, written: tree.Rule, findings: Findings) -> None:
    for cap in idle_caps(outline, rule):
        modifier = _written_cap(written, cap.name)
        if cap.after is not None:
            why = f"`{text_of(_written_cap(written, cap.after))}` keeps no more anyway"
        elif isinstance(modifier, tree.MaxPoints):
            why = f"there are at most {text_of_number(Fraction(cap.most or 0))} points"
        else:
            why = f"at most {cap.most} come that far"
        findings.warn("LR214", f"`{text_of(modifier)}` never binds: {why}", modifier, "lower it, or leave it out")
    times_ = _one(written.modifiers, tree.MaxTimes)
    points = rule.alternatives[0].points
    if times_ is not None and isinstance(points, p.Constant) and _means_points(rule, points, times_):
        message = f"`max {text_of(times_.times)}` counts events, so it allows {_most(rule, points)} points"
        findings.warn(
            "LR220", message, times_, f"write `max {rule.caps.times} points`, or `max {rule.caps.times} times`"
        )


def _most(rule: p.Rule, points: p.Constant) -> str:
    assert rule.caps.times is not None
    assert isinstance(points.value, Fraction)
    return text_of_number(abs(points.value) * rule.caps.times)


def _means_points(rule: p.Rule, points: p.Constant, modifier: tree.MaxTimes) -> bool:
    """Tell whether a bare `max N` looks like an amount of points: large, and a multiple of what an event gives."""
    size, times_ = points.value, rule.caps.times
    if not isinstance(size, Fraction) or times_ is None or not isinstance(modifier.times, tree.Number):
        return False
    return modifier.bare and times_ >= 20 and abs(size) >= 2 and times_ % abs(size) == 0


def _written_cap(written: tree.Rule, name: CapName) -> tree.Modifier:
    """Give a limit as it is written."""
    kind, index = name
    if kind in {"points", "points_per"}:
        points = (m for m in written.modifiers if isinstance(m, tree.MaxPoints))
        return next(m for m in points if (m.bucket is None) == (kind == "points"))
    wanted = {"every": tree.MaxEvery, "per": tree.MaxPer, "times": tree.MaxTimes}[kind]
    return [m for m in written.modifiers if isinstance(m, wanted)][index]


# -------------------------------------------------------------------- decays


def check_windows(outline: Outline, findings: Findings) -> None:
    """Warn of windows that reach further back than the decay gives points (LR213)."""
    for dimension in outline.program.dimensions:
        written = findings.statement(dimension, tree.Dimension)
        default = None if written is None else _one(written.modifiers, tree.Within)
        inherited: list[p.Rule] = []
        for rule in dimension.rules:
            if rule.selection is None or rule.selection.within is None:
                continue
            if rule.selection.inherited:
                inherited.append(rule)
            elif (end := _last_age(outline, rule)) is not None and end < rule.selection.within:
                _outlasts(_own_window(rule, findings), rule.decay, end, findings)
        if default is not None and inherited and not _also_read(dimension, inherited):
            ends = [_last_age(outline, rule) for rule in inherited]
            known = [end for end in ends if end is not None]
            window = inherited[0].selection.within if inherited[0].selection else None
            if len(known) == len(ends) and window is not None and max(known) < window:
                decay = inherited[known.index(max(known))].decay
                _outlasts(default, decay, max(known), findings)


def check_fading(outline: Outline, findings: Findings) -> None:
    """Warn of points that are all there or gone at the file's precision, so that their decay never shows (LR224)."""
    precision = outline.program.precision
    for rule in outline.program.rules:
        decay = rule.decay
        if decay is None or (decay.kind == "drops" and decay.percent >= 100):
            continue
        for alternative in rule.alternatives:
            points = alternative.points
            smallest = Fraction(1, 10**precision)
            if isinstance(points, p.Constant) and points.value in {smallest, -smallest}:
                end = _ages_until_nothing(decay, smallest, precision)
                unit = "hour" if decay.unit == HOUR else "day"
                gone = f"it stays whole, and is gone after {end} {unit}{'s' if end != 1 else ''}"
                finer = "" if precision == _FINEST else f"write `precision {precision + 1}`, or "
                message = f"`{points.text}` does not fade at `precision {precision}`: {gone}"
                findings.warn("LR224", message, points, f"{finer}give more points")


def _own_window(rule: p.Rule, findings: Findings) -> tree.Within:
    """Give the `within` that stands on the selection of a rule that scores each event."""
    written = findings.statement(rule, tree.Rule)
    assert written is not None
    selection = next(written.find(tree.Selection))
    return next(span for span in selection.spans if isinstance(span, tree.Within))


def _also_read(dimension: p.Dimension, inherited: Sequence[p.Rule]) -> bool:
    """Tell whether anything but the selections of these rules takes the dimension's window."""
    takers = {id(rule.selection) for rule in inherited}
    found = (selection for rule in dimension.rules for selection in rule.find(p.Selection))
    return any(selection.inherited and id(selection) not in takers for selection in found)


def _last_age(outline: Outline, rule: p.Rule) -> int | None:
    """Give how old an event is, in microseconds, from which on it gives no points; None where there is no such age."""
    decay = rule.decay
    if decay is None:
        return None
    size = points_range(outline.meaning, rule.alternatives[0].points).size
    if not size:
        return None
    return _ages_until_nothing(decay, size, outline.program.precision) * decay.unit


@lru_cache(maxsize=1_000)
def _ages_until_nothing(decay: Decay, size: Fraction, precision: int) -> int:
    """Count the days or hours after which points round to 0; points only ever fade, so halving the search is exact."""
    low, high = 0, 1
    while decay.applied(size, high, precision) != 0:
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        if decay.applied(size, middle, precision) == 0:
            high = middle
        else:
            low = middle
    return high


def _outlasts(at: tree.Within, decay: Decay | None, end: int, findings: Findings) -> None:
    assert decay is not None
    unit = "hour" if decay.unit == HOUR else "day"
    count = end // decay.unit
    age = f"{count} {unit}{'s' if count != 1 else ''}"
    message = f"`{text_of(at)}` reaches further back than points do: with `{decay}` nothing is left after {age}"
    findings.warn("LR213", message, at, f"write `within {age}`, or let points fade more slowly")
