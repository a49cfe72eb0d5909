"""How few and how many points a program can give: bounds that no lead passes.

A bound of None is none: there a lead may have any number. The bounds are safe, not the narrowest.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import attrs

from leadrules import program as p

ZERO = Fraction(0)


@attrs.frozen
class Reach:
    """The least and the most a sum can be, both included; None where there is no such bound."""

    least: Fraction | None = ZERO
    most: Fraction | None = ZERO

    def plus(self, other: Reach) -> Reach:
        """Add two sums."""
        return Reach(_added(self.least, other.least), _added(self.most, other.most))

    def times(self, factor: Fraction) -> Reach:
        """Multiply a sum by a number."""
        ends = [None if end is None else end * factor for end in (self.least, self.most)]
        return Reach(*(ends if factor >= 0 else ends[::-1]))

    def within(self, bounds: p.Bounds) -> Reach:
        """Clamp a sum."""
        least = bounds.low if self.least is None else bounds.clamp(self.least)
        most = bounds.high if self.most is None else bounds.clamp(self.most)
        return Reach(least, most)

    def passes(self, threshold: Fraction) -> bool:
        """Tell whether the sum can be above a number."""
        return self.most is None or self.most > threshold

    def falls_below(self, threshold: Fraction) -> bool:
        """Tell whether the sum can be below a number."""
        return self.least is None or self.least < threshold


def reach_of_rule(rule: p.Rule) -> Reach:
    """Bound what a rule gives: it may give nothing, too."""
    ends = [_points(a.points, rule) for a in rule.alternatives]
    leasts, mosts = [end.least for end in ends], [end.most for end in ends]
    least = None if None in leasts else min([ZERO, *(end for end in leasts if end is not None)])
    most = None if None in mosts else max([ZERO, *(end for end in mosts if end is not None)])
    if rule.caps.points is None:
        return Reach(least, most)
    size = rule.caps.points
    return Reach(-size if least is None else max(-size, least), size if most is None else min(size, most))


def reach_of_items(items: Iterable[p.Rule | p.PointsGroup | p.Persona]) -> Reach:
    """Bound the sum of rules, groups and personas."""
    total = Reach()
    for item in items:
        total = total.plus(_item(item))
    return total


def reach_of_dimension(dimension: p.Dimension) -> Reach:
    """Bound the value of a dimension, after its own clamp."""
    return reach_of_items(dimension.items).within(dimension.bounds)


def reach_of_terms(program: p.Program) -> Reach:
    """Bound the score before the clamp of `total`."""
    reaches = {dimension.name: reach_of_dimension(dimension) for dimension in program.dimensions}
    terms = program.total.terms
    if terms is None:
        terms = tuple(p.Term(Fraction(1), name, text=name) for name in reaches)
    total = Reach()
    for term in terms:
        weighed = Reach(term.factor, term.factor) if term.dimension is None else reaches[term.dimension]
        total = total.plus(weighed if term.dimension is None else weighed.times(term.factor))
    return total


def _item(item: p.Rule | p.PointsGroup | p.Persona) -> Reach:
    if isinstance(item, p.Rule):
        return reach_of_rule(item)
    if isinstance(item, p.Persona):
        return Reach(min(ZERO, item.points), max(ZERO, item.points))
    return reach_of_items(item.rules).within(item.bounds)


def _points(node: p.ValueNode, rule: p.Rule) -> Reach:
    if not isinstance(node, p.Constant) or not isinstance(node.value, Fraction):
        return Reach(None, None)
    if rule.selection is None:
        return Reach(node.value, node.value)
    if rule.caps.times is None:
        return Reach(ZERO, None) if node.value >= 0 else Reach(None, ZERO)
    return Reach(min(ZERO, node.value * rule.caps.times), max(ZERO, node.value * rule.caps.times))


def _added(one: Fraction | None, other: Fraction | None) -> Fraction | None:
    return None if one is None or other is None else one + other
