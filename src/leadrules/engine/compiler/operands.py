"""What a value of the language is in code, and when it is known.

Each kind has its own form: numbers are whole or exact, divided by a `scale` that is known when the
code is made; moments are microseconds; texts come folded. `optional` says that the expression may
be None, for unknown.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import attrs

from leadrules import program as p
from leadrules.engine.compiler import code
from leadrules.engine.compiler.code import Expr, Names

TextRead = p.FieldRead | p.PropertyRead
_READS = (
    p.FieldRead,
    p.PropertyRead,
    p.DefinitionRead,
    p.Count,
    p.Aggregate,
    p.CallNode,
    p.Elapsed,
    p.AsOf,
    p.Happened,
    p.MomentWithin,
    p.Was,
)


class Unsupported(Exception):
    """This part of a program is left to the reference."""


class Plugged(Unsupported):
    """A plugin is called here, which may fail: it must be called exactly where the reference calls it."""


@attrs.frozen
class Unknown:
    """A value that is never known."""


@attrs.frozen
class Number:
    """A number: `expr / scale`. `value` is it where it is a constant."""

    expr: Expr
    scale: int = 1
    optional: bool = False
    value: Fraction | None = None


@attrs.frozen
class Text:
    """A text: as it is compared, as it was written, and where they stand ready, as patterns see it and with its words.

    `value` is it where it is a constant.
    """

    folded: Expr
    text: Expr
    optional: bool = False
    value: str | None = None
    plain: Expr | None = None
    worded: Expr | None = None


@attrs.frozen
class Moment:
    """An instant in microseconds; `at` is a variable that holds it as a datetime in UTC, where there is one."""

    expr: Expr
    optional: bool = False
    at: Expr | None = None


@attrs.frozen
class Day:
    """A calendar day, as a date."""

    expr: Expr
    optional: bool = False


@attrs.frozen
class Flag:
    """A bool: whether it is true, whether it is false; neither where it is unknown."""

    true: Expr
    false: Expr


@attrs.frozen
class Label:
    """A label of a grade or ladder; `value` is it where it is a constant."""

    expr: Expr
    labels: tuple[str, ...]
    value: str | None = None
    optional: bool = False


@attrs.frozen
class Texts:
    """A list of text: its members folded, and as they were written."""

    members: Expr
    texts: Expr
    optional: bool = True


Operand = Unknown | Number | Text | Moment | Day | Flag | Label | Texts


def number(value: Fraction) -> Number:
    """Write a constant number."""
    return Number(code.const(value.numerator), value.denominator, value=value)


def known(expr: Expr, names: Names, *, optional: bool) -> tuple[Expr, Expr]:
    """Give a test that a value is known, and the value as it may be used after that test."""
    if not optional:
        return code.const(value=True), expr
    if isinstance(expr, code.Name):
        return code.compare(expr, "is not", code.const(None)), expr
    variable = names.fresh("known")
    return code.compare(code.named_expr(variable, expr), "is not", code.const(None)), code.name(variable)


def times(expr: Expr, factor: int) -> Expr:
    """Multiply by a whole number."""
    if factor == 1:
        return expr
    if isinstance(expr, code.Literal):
        return code.const(expr.value * factor)  # type: ignore[operator]
    return code.binop(expr, "*", code.const(factor))


def compared(left: Number, op: str, right: Number, holds: Callable[[Fraction, Fraction], bool]) -> Expr:
    """Compare two known numbers, on one scale."""
    if left.value is not None and right.value is not None:
        return code.const(holds(left.value, right.value))
    shared = math.gcd(left.scale, right.scale)
    return code.compare(times(left.expr, right.scale // shared), op, times(right.expr, left.scale // shared))


def only_text(node: p.Condition) -> TextRead | None:
    """Give the text field or property that is all a condition reads; None where there is no such.

    Such a condition is a function of that text: its answer is worked out once per text and remembered.
    """
    found = set(node.find(*_READS, closed=_READS))
    if len(found) != 1:
        return None
    (read,) = found
    if isinstance(read, (p.FieldRead, p.PropertyRead)) and read.type.kind == "text":
        return None if isinstance(read, p.PropertyRead) and read.name in {"at", "day"} else read
    return None


def calls_plugin(node: p.Node) -> bool:
    """Tell whether a node calls a plugin's criterion anywhere below it."""
    return any(call.plugin is not None for call in node.find(p.CallNode))
