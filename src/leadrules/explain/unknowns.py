"""What the fields that a lead does not supply could still change."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

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
        for name in {name for condition in conditions for name in mentions.of(condition)}:
            if reading.facts.attributes[name] is None:
                sums[name] = sums.get(name, Fraction(0)) + points
    found = {name: rounded(points, reading.program.precision) for name, points in sums.items()}
    order = sorted((-points, name) for name, points in found.items() if points)
    return {name: decimal_of(-points) for points, name in order}


def _open(reading: Reading) -> Iterator[tuple[Fraction, tuple[p.Node, ...]]]:
    """Give the points of each rule and persona line that is unknown, and the conditions it hangs on."""
    for rule in reading.program.rules:
        if truth_of_rule(reading, rule) is None:
            asked = (rule.when, rule.selection, *rule.conditions)
            yield _largest(reading, rule), tuple(part for part in asked if part is not None)
    for persona in reading.program.personas:
        yield from _open_lines(reading, persona)


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
    """Finds the fields that expressions name, in filters and behind criteria and segments too.

    Fields are bits of a number: of thousands of criteria each may name all that those before it do.
    """

    program: p.Program
    _bits: dict[str, int] = attrs.field(factory=dict)
    _known: dict[tuple[str, str], int] = attrs.field(factory=dict)

    def of(self, node: p.Node) -> list[str]:
        """Name the fields."""
        found = self._of(node)
        return [name for name, bit in self._bits.items() if bit & found]

    def _of(self, node: p.Node) -> int:
        found = 0
        for one in node.find(p.FieldRead, p.SinceField, p.DefinitionRead):
            found |= self._behind(one) if isinstance(one, p.DefinitionRead) else self._bit(one.field.name)
        return found

    def _bit(self, field: str) -> int:
        return self._bits.setdefault(field, 1 << len(self._bits))

    def _behind(self, read: p.DefinitionRead) -> int:
        if not self._known:
            for kind, name in self.program.order:  # each comes after all that it reads
                one = self.program.definitions.get((kind, name))
                self._known[kind, name] = 0
                if isinstance(one, p.Criterion | p.Segment):
                    self._known[kind, name] = self._of(one)
        return self._known.get((read.kind, read.name), 0)
