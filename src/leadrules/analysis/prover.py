"""What leads can come to: the questions that coverage and mutation ask of a settled program.

Only what no lead does is ruled out; what cannot be decided counts as possible.
"""

from __future__ import annotations

from fractions import Fraction

import attrs

from leadrules import program as p
from leadrules.analysis.caps import CapName, binding_caps
from leadrules.analysis.cases import Cases
from leadrules.analysis.points import Outline, possible_bands, reachable_labels, reaches, settle
from leadrules.analysis.ranges import Range
from leadrules.analysis.sets import ANYHOW, Ways, both

Truth = bool | None


@attrs.frozen
class Prover:
    """Proves what no lead does: for all leads, and for those that are scored since they pass the `gate`."""

    leads: Outline
    scored: Outline
    gate: Ways

    @classmethod
    def of(cls, program: p.Program) -> Prover:
        """Settle a program."""
        leads = settle(program)
        before = [r.condition for r in program.requirements if r.before_scoring]
        scored = settle(program, scored=True) if before else leads
        return cls(leads, scored, both(scored.meaning.cases(condition).true for condition in before))

    def answers(self, condition: p.Condition, *, scored: bool = False) -> tuple[Truth, ...]:
        """Give the answers that a condition may have, in the order true, false, unknown.

        >>> from leadrules.ruleset import Ruleset, program_of
        >>> program = program_of(Ruleset.from_text("employees is known and employees > 9 +5"))
        >>> Prover.of(program).answers(program.rules[0].conditions[0])
        (True, False)
        """
        found = self._cases(condition, scored=scored)
        gate = self.gate if scored else ANYHOW
        ways = ((True, found.true), (False, found.false), (None, found.unknown))
        return tuple(answer for answer, one in ways if both([one, gate]))

    def _cases(self, condition: p.Condition, *, scored: bool) -> Cases:
        return (self.scored if scored else self.leads).meaning.cases(condition)

    # ---------------------------------------------------------------- rules

    def fires(self, rule: p.Rule) -> bool:
        """Tell whether a scoring rule may give points."""
        return any(self.counts(rule))

    def counts(self, rule: p.Rule) -> tuple[bool, ...]:
        """Tell of each alternative of a rule whether it may count."""
        meaning = self.scored.meaning
        asked = [self.gate] if rule.when is None else [self.gate, meaning.cases(rule.when).true]
        if rule.first_day is not None and rule.last_day is not None and rule.first_day > rule.last_day:
            asked = [()]
        return tuple(bool(both([reach.counts, *asked])) for reach in reaches(meaning, rule.alternatives))

    def chooses(self, node: p.Conditional) -> tuple[bool, ...]:
        """Tell of each value of a conditional whether it may be the one; `else` is the last."""
        alternatives = [p.Alternative(branch.condition, branch.value) for branch in node.branches]
        if node.otherwise is not None:
            alternatives.append(p.Alternative(None, node.otherwise))
        return tuple(bool(reach.counts) for reach in reaches(self.leads.meaning, alternatives))

    def caps(self, rule: p.Rule) -> frozenset[CapName]:
        """Name the limits of a rule that may take effect."""
        return binding_caps(self.scored, rule) if self.fires(rule) else frozenset()

    def effect(self, rule: p.Rule) -> p.Rule | None:
        """Give a rule without what never has an effect; None where all of it has none."""
        counts = self.counts(rule)
        if not any(counts):
            return None
        caps, binding = rule.caps, self.caps(rule)
        kept = {name: getattr(caps, name) for name, _ in binding if name != "per"}
        per = tuple(cap for index, cap in enumerate(caps.per) if ("per", index) in binding)
        alternatives = tuple(one for one, may in zip(rule.alternatives, counts, strict=True) if may)
        return attrs.evolve(rule, alternatives=alternatives, caps=p.Caps(per=per, **kept))

    # ----------------------------------------------------- sums and labels

    def bounds(self, part: p.Dimension | p.PointsGroup | p.Total) -> p.Bounds:
        """Give the bounds of a sum that may take effect."""
        if not self.gate:
            return p.Bounds()
        low, high = part.bounds.low, part.bounds.high
        found = self._sum(part)
        return p.Bounds(
            low if low is not None and (found.low is None or found.low < low) else None,
            high if high is not None and (found.high is None or found.high > high) else None,
        )

    def _sum(self, part: p.Dimension | p.PointsGroup | p.Total) -> Range:
        if isinstance(part, p.Total):
            return self.scored.total
        return self.scored.sums["dimension" if isinstance(part, p.Dimension) else "group", part.name]

    def bands(self, grade: p.Grade) -> tuple[tuple[str, Fraction | None], ...]:
        """Give the labels of a grade that may be given, with their thresholds."""
        return tuple((band.label, band.threshold) for band in possible_bands(self.leads.meaning, grade))

    def labels(self, ladder: p.Ladder) -> tuple[str, ...]:
        """Give the labels of a ladder that may be reached."""
        return reachable_labels(self.leads.meaning, ladder)
