"""The parts of a rule that stand beside its condition, written as in the rule file."""

from __future__ import annotations

from leadrules.engine import program as p
from leadrules.values import DAY, HOUR, MINUTE, Duration, text_of_number


def points_text(node: p.ValueNode) -> str:
    """Write points: `+5`, `-2.5`, `+(amount / 100)`."""
    written = (isinstance(node, p.Constant) and node.param is None) or node.text.startswith("-(")
    return node.text if written else f"+({node.text})"


def limits_of(caps: p.Caps) -> tuple[str, ...]:
    """Write what keeps events of a per-event rule from counting, in the order in which it works."""
    found = []
    if caps.every is not None:
        found.append(f"max {caps.every.times} every {span_text(caps.every.every)}")
    found += [f"max {cap.times} per {_bucket(cap.bucket)}" for cap in caps.per]
    if caps.times is not None:
        found.append("once" if caps.times == 1 else f"max {caps.times} times")
    return (*found, *_points_limits(caps))


def _points_limits(caps: p.Caps) -> list[str]:
    found = []
    if caps.points_per is not None:
        found.append(f"max {_points(caps.points_per[0])} per {_bucket(caps.points_per[1])}")
    if caps.points is not None:
        found.append(f"max {_points(caps.points)}")
    return found
