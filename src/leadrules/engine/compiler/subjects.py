"""What conditions read, as far as it decides how they are compiled.

A condition that reads one text and constants only is a function of that text: its answer is worked
out once per text and remembered. Nothing here writes code.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from leadrules import program as p

TextRead = p.FieldRead | p.PropertyRead
_ELSEWHERE = (p.DefinitionRead, p.Count, p.Aggregate, p.CallNode, p.Happened, p.FollowedBy, p.FieldWithin, p.Was)


def only_text(node: p.Condition) -> TextRead | None:
    """Give the text field or property that is all a condition reads; None where there is no such."""
    found = set(_reads(node))
    if len(found) != 1:
        return None
    (read,) = found
    if isinstance(read, (p.FieldRead, p.PropertyRead)) and read.type.kind == "text":
        return None if isinstance(read, p.PropertyRead) and read.name in {"at", "day"} else read
    return None


def _reads(node: Any) -> Iterator[Any]:
    """Give what a condition reads; anything but fields, properties and constants as it stands."""
    if isinstance(node, (p.FieldRead, p.PropertyRead, *_ELSEWHERE)):
        yield node
    else:
        for part in parts_of(node):
            yield from _reads(part)


def parts_of(node: Any) -> Iterator[p.Node]:
    """Give the nodes directly below a node."""
    if isinstance(node, p.Node):
        for attribute in attrs.fields(type(node)):
            value = getattr(node, attribute.name)
            for part in value if isinstance(value, tuple) else (value,):
                if isinstance(part, p.Node):
                    yield part


def definitions_in(node: Any) -> dict[tuple[str, str], p.DefinitionRead]:
    """Give the definitions that a node reads anywhere below it, each once."""
    found: dict[tuple[str, str], p.DefinitionRead] = {}
    pending = list(node) if isinstance(node, tuple) else [node]
    while pending:
        one = pending.pop()
        if isinstance(one, p.DefinitionRead):
            found[one.kind, one.name] = one
        pending += parts_of(one)
    return found


def properties_in(node: Any) -> dict[str, p.PropertyRead]:
    """Give the properties of the event at hand that a node reads, by name; `at` and `day` included."""
    found: dict[str, p.PropertyRead] = {}
    pending = [node]
    while pending:
        one = pending.pop(0)
        if isinstance(one, p.PropertyRead):
            found[one.name] = one
        elif not isinstance(one, (p.Count, p.Aggregate, p.Happened, p.FollowedBy)):
            pending += parts_of(one)
    return found


def calls_plugin(node: Any) -> bool:
    """Tell whether a node calls a plugin's criterion anywhere below it."""
    pending = list(node) if isinstance(node, tuple) else [node]
    while pending:
        one = pending.pop()
        if isinstance(one, p.CallNode) and one.plugin is not None:
            return True
        pending += parts_of(one)
    return False
