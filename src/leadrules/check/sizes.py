"""Refuses a file that declares far more of something than anyone needs, before that is multiplied.

Every event has the properties of `any_event`, a group holds all events of the groups in it, a grade of
grades has a label for every two of theirs, `1000 times` are a thousand events: what is small for a
thousand is not for a million.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from leadrules.syntax import tree
from leadrules.syntax.report import Report
from leadrules.vocabulary import STANDARD_EVENTS

_ONE_EVENT = "declare one event with a property that tells them apart: `event visit[page: text]`"
_MOST: dict[type[tree.Node], tuple[int, str, str | None]] = {
    tree.EventDeclaration: (2_000, "events", _ONE_EVENT),
    tree.EventGroup: (2_000, "groups of events", _ONE_EVENT),
    tree.Use: (100, "plugins", None),
}
_MOST_PROPERTIES = 500
_MOST_PROPERTIES_OF_ALL = 100_000
_OF_FEWER = "declare it of the events that have it"
_MOST_LABELS = 2_000
_MOST_CELLS = 10_000
_FEWER = "a grade of grades has a label for every way to put theirs together: give these fewer labels"
_MOST_GIVEN = 100_000
_LESS_OFTEN = "show the same with fewer: `10 times` in place of `1000 times`"
MOST_TIMES = 1_000
"""How often an event may happen by one `given`."""


def is_too_large(statements: Sequence[tree.Statement], report: Report) -> bool:
    """Tell whether a file declares too much of something (`LR012`), and report what."""
    counts: Counter[type[tree.Node]] = Counter()
    outcomes: set[str] = set()
    found = False
    for node in statements:
        counts[type(node)] += 1
        most, what, help_ = _MOST.get(type(node), (0, "", None))
        if most and counts[type(node)] == most + 1:
            found = _refuse(report, node, f"the file declares more than {most:,} {what}", help_)
        if isinstance(node, tree.EventDeclaration) and len(node.properties) > _MOST_PROPERTIES:
            found = _refuse(report, node.name, f"`{node.name.name}` has more than {_MOST_PROPERTIES} properties")
        if isinstance(node, tree.Grade | tree.Stages) and _labels(node) > _MOST_LABELS:
            found = _refuse(report, node, f"there are more than {_MOST_LABELS:,} labels here")
        if isinstance(node, tree.Outcome) and node.kind == "label":
            outcomes.add(node.target.name if isinstance(node.target, tree.Name) else node.target.value)
            if len(outcomes) == _MOST_LABELS + 1:
                found = _refuse(report, node.target, f"the rules lead to more than {_MOST_LABELS:,} labels")
    found = _has_many_properties(statements, report) or found
    return _has_many_cells(statements, report) or _has_many_given(statements, report) or found


def _has_many_properties(statements: Sequence[tree.Statement], report: Report) -> bool:
    """Tell whether events have too many properties, all together: those of `any_event` are properties of each."""
    events = [node for node in statements if isinstance(node, tree.EventDeclaration)]
    shared = [node for node in events if node.name.name == "any_event"]
    each = len({item.name.name for node in shared for item in node.properties})
    own = sum(len(node.properties) for node in events)
    if own + each * (len(events) + len(STANDARD_EVENTS)) <= _MOST_PROPERTIES_OF_ALL:
        return False
    at = max(shared or events, key=lambda node: len(node.properties))
    return _refuse(report, at.name, f"events have more than {_MOST_PROPERTIES_OF_ALL:,} properties", _OF_FEWER)


def _has_many_cells(statements: Sequence[tree.Statement], report: Report) -> bool:
    """Tell whether grades of grades have too many labels, all together, and report the first that is too much."""
    labels = {node.name.name: len(node.bands) for node in statements if isinstance(node, tree.Grade)}
    cells = 0
    for node in statements:
        if isinstance(node, tree.GradeCell):
            cells += math.prod(labels.get(grade.name, 0) for grade in node.grades)
            if cells > _MOST_CELLS:
                return _refuse(report, node, f"grades of grades have more than {_MOST_CELLS:,} labels", _FEWER)
    return False


def _has_many_given(statements: Sequence[tree.Statement], report: Report) -> bool:
    """Tell whether examples have too many events, all together, and report the first that is too much."""
    given = 0
    items = (item for node in statements if isinstance(node, tree.Given) for item in node.items)
    for item in items:
        if isinstance(item, tree.GivenEvent):
            given += min(MOST_TIMES, int(item.times.value)) if item.times else 1
            if given > _MOST_GIVEN:
                return _refuse(report, item, f"examples have more than {_MOST_GIVEN:,} events", _LESS_OFTEN)
    return False


def _labels(node: tree.Grade | tree.Stages) -> int:
    return len(node.bands) if isinstance(node, tree.Grade) else len(node.labels) + len(node.exits)


def _refuse(report: Report, node: tree.Node, message: str, help_: str | None = None) -> bool:
    report.add("LR012", message, node, help_)
    return True
