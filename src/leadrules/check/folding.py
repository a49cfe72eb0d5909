"""Values that no lead can change: what a check of literals looks at, though it is no bare literal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Protocol

import attrs

from leadrules import program as p
from leadrules.check.names import Names
from leadrules.check.resolver import ANYWHERE, Place
from leadrules.syntax import tree
from leadrules.values import bounded

_PLAIN = (tree.Number, tree.Text, tree.Date, tree.Flag, tree.Minus, tree.Arithmetic, tree.Group, tree.Set)
_ARITHMETIC: Mapping[str, Callable[[Fraction, Fraction], Fraction]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
}


class Values(Protocol):
    """What checks the values of a tree."""

    names: Names

    def value(self, node: tree.Condition | tree.Set, place: Place) -> p.ValueNode:
        """Check a value."""
        ...


def constant_of(node: p.ValueNode, values: Values) -> p.Constant | None:
    """Give what a value always is: a literal, a calculation of literals, or a criterion that is such; else None."""
    match node:
        case p.Constant():
            return node
        case p.Negative(operand):
            return _calculated(node, "-", [Fraction(0), _number(operand, values)])
        case p.Arithmetic(op, left, right):
            return _calculated(node, op, [_number(left, values), _number(right, values)])
        case p.DefinitionRead("criterion", name):
            found = values.names.declared[name].node.body
            if not all(isinstance(part, _PLAIN) for part in found.walk()):
                return None
            inner = constant_of(values.value(found, ANYWHERE), values)
            return None if inner is None else attrs.evolve(inner, text=node.text)
        case _:
            return None


def _number(node: p.ValueNode, values: Values) -> Fraction | None:
    found = constant_of(node, values)
    return found.value if found is not None and isinstance(found.value, Fraction) else None


def _calculated(node: p.ValueNode, op: str, operands: list[Fraction | None]) -> p.Constant | None:
    left, right = operands
    if left is None or right is None:
        return None
    if op == "/" and right == 0:
        return None
    found = bounded(_ARITHMETIC[op](left, right))
    return None if found is None else p.Constant(found, node.type, text=node.text, span=node.span)
