"""A value with conditions in code: the form of each kind, chosen by tests in order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from leadrules.engine.compiler import code
from leadrules.engine.compiler.code import Expr
from leadrules.engine.compiler.operands import (
    Day,
    Flag,
    Label,
    Moment,
    Number,
    Operand,
    Text,
    Texts,
    Unknown,
    Unsupported,
)

_O = TypeVar("_O", Number, Text, Texts, Flag, Moment, Day, Label)
_NONE = code.const(None)
_FALSE = code.const(value=False)


def chosen(tests: Sequence[Expr], operands: Sequence[Operand], plain_number: Callable[[Operand], Expr]) -> Operand:
    """Write the operand of the first test that holds, unknown where none does; all are of one kind."""
    known = [operand for operand in operands if not isinstance(operand, Unknown)]
    if not known:
        return Unknown()

    def first(parts: Sequence[Expr], none: Expr = _NONE) -> Expr:
        found, left = none, [*parts]
        for test, operand in reversed([*zip(tests, operands, strict=True)]):
            found = code.if_else(test, none if isinstance(operand, Unknown) else left.pop(), found)
        return found

    if numbers := _all(known, Number):
        return Number(first([plain_number(one) for one in numbers]), optional=True)
    if texts := _all(known, Text):
        return Text(first([one.folded for one in texts]), first([one.text for one in texts]), optional=True)
    if lists := _all(known, Texts):
        return Texts(first([one.members for one in lists]), first([one.texts for one in lists]))
    if flags := _all(known, Flag):
        return Flag(first([one.true for one in flags], _FALSE), first([one.false for one in flags], _FALSE))
    if moments := _all(known, Moment):
        return Moment(first([one.expr for one in moments]), optional=True)
    if days := _all(known, Day):
        return Day(first([one.expr for one in days]), optional=True)
    if labels := _all(known, Label):
        possible = dict.fromkeys(label for one in labels for label in one.labels)
        return Label(first([one.expr for one in labels]), tuple(possible), optional=True)
    raise Unsupported("a choice among values of two forms")


def _all(operands: Sequence[Operand], kind: type[_O]) -> list[_O]:
    """Give the operands where all are of a form, else none."""
    found: list[_O] = [operand for operand in operands if isinstance(operand, kind)]
    return found if len(found) == len(operands) else []
