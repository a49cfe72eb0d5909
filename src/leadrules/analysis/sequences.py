"""Sequences that score each event, in files that may have been written when they scored once."""

from __future__ import annotations

from leadrules import program as p
from leadrules.analysis.findings import Findings
from leadrules.analysis.points import Outline
from leadrules.syntax import tree

_CHOOSING = (tree.MaxTimes, tree.MaxPer, tree.MaxEvery, tree.HalfLife, tree.FadesOver, tree.Drops, tree.NoDecay)
"""What could not be said of a rule that scores once."""


def check_sequences(outline: Outline, findings: Findings) -> None:
    """Warn of a rule that could be written before, when `A followed by B within D` was a condition (LR241)."""
    for rule in outline.program.rules:
        selection, written = rule.selection, findings.statement(rule, tree.Rule)
        if selection is None or written is None or not _was_condition(selection):
            continue
        if any(isinstance(modifier, _CHOOSING) for modifier in written.modifiers):
            continue
        condition = rule.alternatives[0].condition
        assert condition is not None
        findings.warn(
            "LR241",
            f"this scores each `{selection.name}`; before sequences could be counted, it scored once",
            condition,
            "write `once` for one, or `max 3 times`; `# ok: LR241` says that each is meant",
        )


def _was_condition(selection: p.Selection) -> bool:
    if len(selection.relations) != 1:
        return False
    (relation,) = selection.relations
    is_short = len(relation.answers) == 1 and not relation.answers[0].same
    return is_short and relation.direction == "followed" and relation.within is not None
