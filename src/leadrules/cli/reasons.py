"""The rules that moved a lead's score most, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

import attrs

from leadrules import program as p
from leadrules.audit import AuditEntry
from leadrules.canonical import canonical_json
from leadrules.characters import printable
from leadrules.explain.sentences import Sentences, plainly


@attrs.frozen
class _Origin:
    """Where points come from: a rule, None for a persona, and how much a point of it counts in the score."""

    rule: p.Rule | None
    weight: Fraction


@attrs.frozen
class Reason:
    """Points that a rule or persona gave in the end, and why, in words."""

    points: Decimal
    words: str


class Reasons:
    """Finds and words the strongest entries of an audit."""

    def __init__(self, program: p.Program) -> None:
        self._origins = dict(_origins(program))
        self._sentences = Sentences(program)
        self._needs = {need.reason for need in program.requirements if need.reason == need.condition.text}

    def strongest(self, audit: Sequence[AuditEntry]) -> list[Reason]:
        """Give what rules and personas gave, those first that changed the score most.

        What a rule's own `max` took is off already. Points are weighed here as the total weighs
        their dimension.
        """
        taken = {entry.rule: entry.points for entry in audit if is_cap_of_rule(entry, audit)}
        given = [entry for entry in audit if entry.kind == "points"]
        net = [(entry.points + taken.get(entry.rule, 0), entry) for entry in given]
        found = [(abs(Fraction(points) * self._weight(entry)), points, entry) for points, entry in net if points]
        return [Reason(points, self._words(entry)) for _, points, entry in sorted(found, key=lambda one: -one[0])]

    def lacking(self, missing: Sequence[str]) -> list[str]:
        """Word the requirements that are not met: the reason given in the rules, else what is needed."""
        return [printable(f"needs {plainly(reason)}" if reason in self._needs else reason) for reason in missing]

    def _words(self, entry: AuditEntry) -> str:
        return printable(self._sentences.reason(entry))

    def _weight(self, entry: AuditEntry) -> Fraction:
        origin = self._origins.get(entry.rule)
        return Fraction(1) if origin is None else origin.weight


def is_cap_of_rule(entry: AuditEntry, audit: Sequence[AuditEntry]) -> bool:
    """Tell whether an entry is what a rule's own `max` took, not that of a group, dimension or total."""
    return entry.kind == "cap" and any(
        other.kind == "points" and (other.rule, other.file, other.line) == (entry.rule, entry.file, entry.line)
        for other in audit
    )


def _origins(program: p.Program) -> Iterator[tuple[str, _Origin]]:
    for dimension in program.dimensions:
        weight = _weight(program.total, dimension.name)
        yield from ((persona.name, _Origin(None, weight)) for persona in dimension.find(p.Persona))
        yield from ((rule.id, _Origin(rule, weight)) for rule in dimension.rules)


def _weight(total: p.Total, dimension: str) -> Fraction:
    if total.terms is None:
        return Fraction(1)
    return sum((term.factor for term in total.terms if term.dimension == dimension), Fraction(0))


def points_text(points: Decimal) -> tuple[str, str]:
    """Write points with their sign, and the style that tells more from less."""
    sign = "+" if points >= 0 else ""
    return sign + canonical_json(points), "green" if points > 0 else "red" if points < 0 else "dim"
