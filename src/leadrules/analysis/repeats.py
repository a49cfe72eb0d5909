"""Conditions that stand twice where once would do."""

from __future__ import annotations

from collections.abc import Iterable

from leadrules import program as p
from leadrules.analysis.findings import Findings
from leadrules.analysis.points import Outline
from leadrules.syntax.report import line_of


def check_repeats(outline: Outline, findings: Findings) -> None:
    """Warn of the same condition scored twice, and of the same rule written twice (LR210)."""
    program = outline.program
    for dimension in program.dimensions:
        _scored(dimension, findings)
        for item in dimension.items:
            if isinstance(item, p.Persona):
                _told([(line.condition, line.condition) for line in item.lines], "is weighed", findings)
    for ladder in program.ladders:
        rules = [((rule.label, rule.condition), rule.condition) for rule in ladder.rules]
        _told(rules, "leads to the same label", findings)
    marks = [((mark.kind, mark.value, mark.condition), mark.condition) for mark in program.marks]
    _told(marks, "gives the same", findings)
    asked = [((r.before_scoring, r.label, r.condition), r.condition) for r in program.requirements]
    _told(asked, "is required", findings)


def _scored(dimension: p.Dimension, findings: Findings) -> None:
    """Compare what rules ask, not what they give: two with other caps or another decay are two rules."""
    found: list[tuple[object, p.Condition]] = []
    for rule in dimension.rules:
        conditions = tuple(a.condition for a in rule.alternatives)
        asked = (conditions, rule.when, rule.first_day, rule.last_day, rule.caps, rule.decay)
        if conditions[0] is not None:
            found.append((asked, conditions[0]))
    _told(found, "is scored", findings)


def _told(found: Iterable[tuple[object, p.Condition]], does: str, findings: Findings) -> None:
    seen: dict[object, p.Condition] = {}
    for key, condition in found:
        first = seen.setdefault(key, condition)
        if first is not condition and first.span is not None and condition.span is not None:
            message = f"`{condition.text}` {does} a second time"
            place = line_of(first.span, condition.span)
            findings.warn("LR210", message, condition, f"it stands in {place} already; keep one of them")
