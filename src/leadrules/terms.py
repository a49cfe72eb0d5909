"""The closed sets of words in which results, explanations and forecasts are told."""

from __future__ import annotations

from typing import Literal

EntryKind = Literal["points", "cap", "weight", "constant"]
"""What an entry of an audit is of."""
RuleKind = Literal[
    "requirement", "scoring", "persona", "grade", "stage", "hold", "tag", "recommend", "segment", "output"
]
"""What a rule gives."""
Scores = Literal["each", "once"]
"""Whether a scoring rule counts each event, or once."""
BEFORE_SCORING = "before scoring"
"""The part of an explanation that a `require … before scoring` belongs to."""


def needed_for(label: str) -> str:
    """Name the part of an explanation that a `require … for LABEL` belongs to."""
    return f"for {label}"


SumKind = Literal["group", "dimension", "weight", "constant", "total"]
"""A step on the way from points of rules to the score."""
Deciding = Literal["rule", "hold", "exit", "requirement", "forward only", "start"]
"""What decided the label of a ladder."""
GapUnit = Literal["points", "events"]
"""What a gap is counted in."""
ReplayReasonKind = Literal["rules", "plugins", "leadrules", "tables", "lead", "unknown"]
"""Why another result came out than the one that is stored."""
DifferingPart = Literal[
    "lead",
    "score",
    "dimension",
    "grade",
    "stage",
    "output",
    "segments",
    "tags",
    "recommendations",
    "missing",
    "unreadable",
    "transition",
    "audit",
]
"""Which part of a result is another now."""
ChangeKind = Literal["stage", "grade", "output", "segment", "tag", "recommendation", "missing requirement"]
"""What changes in a forecast."""
