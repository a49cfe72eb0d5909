"""Which values can be compared with which, and how."""

from __future__ import annotations

from typing import NoReturn

from leadrules import program as p
from leadrules.check.names import Names
from leadrules.families import ORDERED
from leadrules.syntax import tree
from leadrules.syntax.report import Report, quoted
from leadrules.vocabulary import BOOL, TEXT


def comparable(names: Names, op: str, left: p.ValueNode, right: p.ValueNode, node: tree.Node) -> tuple[str, ...]:
    """Check that two values can be compared so; gives the order of labels where one is asked."""
    kinds = {left.type.kind, right.type.kind}
    ordering = op not in {"=", "!="}
    if kinds == {"date", "datetime"}:
        if not ordering:
            names.report.refuse(
                "LR401", "a date and a datetime are never equal", node, "compare with `<`, `<=`, `>` or `>=`"
            )
        return ()
    if len(kinds) > 1 or left.type.scale != right.type.scale:
        _disagree(names.report, left, right, node)
    kind = left.type.kind
    if kind == "list of text":
        names.report.refuse("LR401", "lists are not compared", node, f'write `{left.text} contains "…"`')
    if ordering and kind not in ORDERED:
        names.report.refuse("LR401", f"a {kind} has no order, so `{op}` says nothing", node, "compare with `=` or `!=`")
    _among_choices(names, left, right, node)
    _among_choices(names, right, left, node)
    return _order(names, left.type.scale, node) if ordering and left.type.scale else ()


def _disagree(report: Report, left: p.ValueNode, right: p.ValueNode, node: tree.Node) -> NoReturn:
    help_ = None
    for one, other in ((left, right), (right, left)):
        if one.type.kind == "text" and isinstance(other, p.Constant) and other.type.kind in {"number", "date"}:
            help_ = f'`{one.text}` is text: write `"{other.text}"`'
            if isinstance(one, p.Lookup) and one.column:
                declared = f"[{one.column}: {other.type.kind}]"
                help_ = f"columns are text unless they are declared: write `{declared}` behind the key of `{one.table}`"
        if one.type.kind == "list of text" and other.type == TEXT:
            help_ = f"write `{one.text} contains {other.text}`"
        if one.type == BOOL and isinstance(other, p.Constant):
            help_ = f"write `{one.text}`, or `not {one.text}`"
        if one.type.is_time and isinstance(other, p.Constant) and other.type == TEXT:
            help_ = "write the date without quotes: `2026-11-21`"
    report.refuse(
        "LR401",
        f"`{left.text}` is a {left.type} and `{right.text}` is a {right.type}: they cannot be compared",
        node,
        help_,
    )


def among_members(names: Names, one: p.ValueNode, other: p.ValueNode, node: tree.Node) -> None:
    """Check that a list of closed texts can have a member (LR407)."""
    if one.type.kind == "list of text":
        _among_choices(names, one, other, node, "never contains")


def _among_choices(
    names: Names, one: p.ValueNode, other: p.ValueNode, node: tree.Node, never: str = "is never"
) -> None:
    if not one.type.choices or not isinstance(other, p.Constant):
        return
    report, letters = names.report, names.letters
    if letters.folded(str(other.value)) not in one.type.folded_choices(letters):
        near = report.suggest(str(other.value), one.type.choices)
        allowed = quoted(one.type.choices)
        report.refuse(
            "LR407",
            f"`{one.text}` {never} {other.text}",
            node,
            f'did you mean "{near}"?' if near else f"it is one of {allowed}",
        )


def _order(names: Names, scale: str, node: tree.Node) -> tuple[str, ...]:
    if scale in names.cells:
        names.report.refuse(
            "LR401",
            f"the labels of `{scale}` are of several grades and have no order",
            node,
            "compare with `=` or `in {…}`",
        )
    if scale in names.ladders:
        return names.ladders[scale]
    return tuple(reversed(names.grades[scale]))
