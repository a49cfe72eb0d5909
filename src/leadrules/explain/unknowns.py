"""What the fields that a lead does not supply could still change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs

from leadrules import program as p
from leadrules.engine.reference.conditions import Reading
from leadrules.explain.reasons import truth_of_rule
from leadrules.values import decimal_of, rounded


def unknown_points(reading: Reading) -> dict[str, Decimal]:
    """Give the points that hang on each unsupplied field, largest first, then by name.

    A scoring rule counts for a field where its whole condition (`when` and the days of `from` and
    `until` included) is unknown and mentions the field, through criteria and segments too. It
    counts with its literal points, the largest in size among alternatives; a line of a persona with
    its share of the persona's points. Expressions, clamps and totals are left out, and so are
    fields on which no points hang. Shares are added exactly and rounded once, to the file's
    precision.
    """
    mentions = _Mentions(reading.program)
    sums: dict[str, Fraction] = {}
    for points, conditions in _open(reading):
        for name in mentions.of(conditions):
            if reading.facts.attributes[name] is None:
                sums[name] = sums.get(name, Fraction(0)) + points
    found = {name: rounded(points, reading.program.precision) for name, points in sums.items()}
    order = sorted((-points, name) for name, points in found.items() if points)
    return {name: decimal_of(-points) for points, name in order}


def _open(reading: Reading) -> Iterator[tuple[Fraction, tuple[p.Node | None, ...]]]:
    """Give the points of each rule and persona line that is unknown, and the conditions it hangs on."""
    for dimension in reading.program.dimensions:
        for item in dimension.items:
            if isinstance(item, p.Persona):
                yield from _open_lines(reading, item)
                continue
            for rule in item.rules if isinstance(item, p.PointsGroup) else (item,):
                if truth_of_rule(reading, rule) is None:
                    yield (
                        _largest(reading, rule),
                        (rule.when, rule.selection, *(a.condition for a in rule.alternatives)),
                    )


def _open_lines(reading: Reading, persona: p.Persona) -> Iterator[tuple[Fraction, tuple[p.Node, ...]]]:
    whole = sum((line.weight for line in persona.lines), Fraction(0))
    for line in persona.lines:
        if reading.truth(line.condition) is None:
            yield abs(persona.points) * line.weight / whole, (line.condition,)


def _is_literal(node: p.ValueNode) -> bool:
    """Tell whether points are a number as it stands in the file, neither a param nor an expression."""
    return isinstance(node, p.Constant) and node.param is None


def _largest(reading: Reading, rule: p.Rule) -> Fraction:
    """Give the largest size of the points that are written as a number; 0 where none are."""
    written = [reading.value(a.points) for a in rule.alternatives if _is_literal(a.points)]
    return max((abs(points) for points in written if type(points) is Fraction), default=Fraction(0))


@attrs.frozen
class _Mentions:
    """Finds the fields that expressions name, in filters and behind criteria and segments too."""

    program: p.Program
    _known: dict[p.DefinitionRead, Mapping[str, None]] = attrs.field(factory=dict)

    def of(self, node: Any) -> Mapping[str, None]:
        """Name the fields, each once."""
        if isinstance(node, tuple):
            return {name: None for part in node for name in self.of(part)}
        if isinstance(node, (p.FieldRead, p.FieldWithin, p.SinceField)):
            return {node.field.name: None}
        if isinstance(node, p.DefinitionRead):
            if node not in self._known:
                self._known[node] = self.of(self._behind(node))
            return self._known[node]
        if isinstance(node, p.Node):
            return {n: None for a in attrs.fields(type(node)) for n in self.of(getattr(node, a.name))}
        return {}

    def _behind(self, read: p.DefinitionRead) -> p.Node | None:
        if read.kind == "criterion":
            return next(c.body for c in self.program.criteria if c.name == read.name)
        if read.kind == "segment":
            return next(s.condition for s in self.program.segments if s.name == read.name)
        return None
