"""Refuses a file that declares far more of something than anyone needs, before that is multiplied.

Every event has the properties of `any_event`, a group holds all events of the groups in it, `was`
holds for all higher labels: what is small for a thousand is not for a million.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from leadrules.syntax import tree
from leadrules.syntax.report import Report

_MOST: dict[type[tree.Node], tuple[int, str]] = {
    tree.EventDeclaration: (2_000, "events"),
    tree.EventGroup: (2_000, "groups of events"),
    tree.Use: (100, "plugins"),
}
_MOST_PROPERTIES = 500
_MOST_LABELS = 2_000


def is_too_large(statements: Sequence[tree.Statement], report: Report) -> bool:
    """Tell whether a file declares too much of something (`LR012`), and report what."""
    counts: Counter[type[tree.Node]] = Counter()
    outcomes: set[str] = set()
    found = False
    for node in statements:
        counts[type(node)] += 1
        most, what = _MOST.get(type(node), (0, ""))
        if most and counts[type(node)] == most + 1:
            found = _refuse(report, node, f"the file declares more than {most:,} {what}")
        if isinstance(node, tree.EventDeclaration) and len(node.properties) > _MOST_PROPERTIES:
            found = _refuse(report, node.name, f"`{node.name.name}` has more than {_MOST_PROPERTIES} properties")
        if isinstance(node, tree.Grade | tree.Stages) and _labels(node) > _MOST_LABELS:
            found = _refuse(report, node, f"there are more than {_MOST_LABELS:,} labels here")
        if isinstance(node, tree.Outcome) and node.kind == "label":
            outcomes.add(node.target.name if isinstance(node.target, tree.Name) else node.target.value)
            if len(outcomes) == _MOST_LABELS + 1:
                found = _refuse(report, node.target, f"the rules lead to more than {_MOST_LABELS:,} labels")
    return found


def _labels(node: tree.Grade | tree.Stages) -> int:
    return len(node.bands) if isinstance(node, tree.Grade) else len(node.labels) + len(node.exits)


def _refuse(report: Report, node: tree.Node, message: str) -> bool:
    report.add("LR012", message, node)
    return True
