"""Literals of the tree as typed constants of the program, and a host's values for params."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any

from leadrules import program as p
from leadrules.letters import Letters
from leadrules.syntax import tree
from leadrules.syntax.formatter import text_of
from leadrules.syntax.report import Report, quoted
from leadrules.values import UNITS, Duration, number_of
from leadrules.vocabulary import BOOL, DATE, NUMBER, TEXT, Type


def constant(node: tree.Number | tree.Text | tree.Date | tree.Flag) -> p.Constant:
    """Give a literal as a constant of its own type."""
    kind = {tree.Number: NUMBER, tree.Text: TEXT, tree.Date: DATE, tree.Flag: BOOL}[type(node)]
    return p.Constant(node.value, kind, text=text_of(node), span=node.span)


def refuse_empty(report: Report, node: tree.Node) -> None:
    """Refuse an empty text literal."""
    if isinstance(node, tree.Text) and not node.value.strip():
        report.refuse("LR405", "an empty text equals nothing, since empty means unknown", node, "write `is unknown`")


def typed(report: Report, node: tree.Node, wanted: Type, letters: Letters) -> p.Constant:
    """Give a literal as a constant of a wanted type; refuses one that does not fit."""
    if not isinstance(node, (tree.Number, tree.Text, tree.Date, tree.Flag)):
        report.refuse("LR401", f"a {wanted.kind} is wanted here", node)
    refuse_empty(report, node)
    found = constant(node)
    if wanted.kind == "list of text" and found.type == TEXT:
        return p.Constant((str(found.value),), wanted, text=found.text)
    if found.type.kind != wanted.kind:
        report.refuse("LR401", f"a {wanted.kind} is wanted here, and {found.text} is a {found.type.kind}", node)
    if wanted.choices and letters.folded(str(found.value)) not in wanted.folded_choices(letters):
        near = report.suggest(str(found.value), wanted.choices)
        allowed = quoted(wanted.choices)
        report.refuse(
            "LR407",
            f"{found.text} is none of the values of this field",
            node,
            f'did you mean "{near}"?' if near else f"it is one of {allowed}",
        )
    return found


def override(type_: Type | None, value: Any) -> Any:
    """Read a host's value for a param of a type (None: a duration).

    Raises ValueError with a sentence for people.
    """
    if type_ is None:
        return _duration(value)
    if type_ == BOOL and isinstance(value, bool):
        return value
    if type_ == TEXT and isinstance(value, str) and value.strip():
        return value
    if type_ == DATE and isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    if type_ == DATE and isinstance(value, str):
        return dt.date.fromisoformat(value)
    if type_ == NUMBER and isinstance(value, (int, float, Decimal, str)) and not isinstance(value, bool):
        return _number(value)
    raise ValueError(f"a {type_.kind} is wanted, as in the file")


def _number(value: float | Decimal | str) -> Fraction:
    try:
        return number_of(str(value).strip())
    except ValueError:
        raise ValueError(f"`{value}` is not a number") from None


_SECOND = dt.timedelta(seconds=1)


def _duration(value: Any) -> Duration:
    if isinstance(value, dt.timedelta) and value >= _SECOND and not value % _SECOND:
        return Duration.of(value // dt.timedelta(microseconds=1))
    if isinstance(value, str):
        count, _, unit = value.strip().partition(" ")
        unit = unit.strip().removesuffix("s") + "s"
        if count.isdecimal() and count.isascii() and int(count) >= 1 and unit in UNITS:
            return Duration(int(count), unit)
    raise ValueError('a duration is wanted, such as "30 days"')
