"""Values with conditions: all that they choose among is of one type."""

from __future__ import annotations

from collections.abc import Sequence

from leadrules import program as p
from leadrules.syntax.report import Report
from leadrules.vocabulary import Type


def agreed(report: Report, branches: Sequence[p.Branch], otherwise: p.ValueNode | None) -> Type:
    """Give the type that the values of a conditional have in common. Raises Refused, reported, where they have none.

    Of texts that are all literals, or of a closed list, it is closed to these.
    """
    first, *others = [*(branch.value for branch in branches), *([] if otherwise is None else [otherwise])]
    kind, scale = first.type.kind, first.type.scale
    for other in others:
        if (other.type.kind, other.type.scale) != (kind, scale):
            message = f"`{first.text}` is a {_named(first.type)} and `{other.text}` is a {_named(other.type)}"
            assert other.span is not None
            report.refuse("LR401", f"{message}: a value has one type", other.span, _help(first, other))
    if kind != "text":
        return first.type
    closed: dict[str, None] = {}
    for value in (first, *others):
        if isinstance(value, p.Constant):
            closed[str(value.value)] = None
        elif value.type.choices:
            closed |= dict.fromkeys(value.type.choices)
        else:
            return Type("text")
    return Type("text", tuple(closed))


def _named(type_: Type) -> str:
    return f"label of `{type_.scale}`" if type_.scale else type_.kind


def _help(first: p.ValueNode, other: p.ValueNode) -> str | None:
    for one, beside in ((first, other), (other, first)):
        if one.type.kind == "text" and isinstance(beside, p.Constant) and beside.type.kind in {"number", "date"}:
            return f'as a text it stands in quotes: `"{beside.text}"`'
    return None
