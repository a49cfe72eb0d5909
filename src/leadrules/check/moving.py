"""Refuses `now` where a value would change with every microsecond, and no result could be said to hold until later."""

from __future__ import annotations

from leadrules import program as p
from leadrules.syntax import tree
from leadrules.syntax.report import Report


def refuse_moving(report: Report, value: p.ValueNode, written: tree.Node) -> None:
    """Refuse a value that is, or may be, the moment of scoring itself (LR435). Raises Refused, reported."""
    waiting = [value]
    while waiting:
        node = waiting.pop()
        if isinstance(node, p.AsOf) and node.type.kind == "datetime":
            help_ = "compare with it, or write `today`, `hour(now)` or `hours since X`"
            report.refuse("LR435", "`now` by itself is another value at every moment", written, help_)
        if isinstance(node, p.Conditional):
            waiting += node.values
