"""What the frameworks answer: a rule that looks for any other state is told so."""

from __future__ import annotations

from typing import Literal

# fmt: off
Bant = Literal[
    "budget: yes", "budget: no", "budget: unknown", "authority: yes", "authority: no", "authority: unknown",
    "need: yes", "need: no", "need: unknown", "timing: yes", "timing: no", "timing: unknown",
]

Meddic = Literal[
    "metrics: yes", "metrics: no", "metrics: unknown", "economic buyer: yes", "economic buyer: no",
    "economic buyer: unknown", "decision criteria: yes", "decision criteria: no", "decision criteria: unknown",
    "decision process: yes", "decision process: no", "decision process: unknown", "identified pain: yes",
    "identified pain: no", "identified pain: unknown", "champion: yes", "champion: no", "champion: unknown",
]

Meddpicc = Literal[
    "metrics: yes", "metrics: no", "metrics: unknown", "economic buyer: yes", "economic buyer: no",
    "economic buyer: unknown", "decision criteria: yes", "decision criteria: no", "decision criteria: unknown",
    "decision process: yes", "decision process: no", "decision process: unknown", "paper process: yes",
    "paper process: no", "paper process: unknown", "identified pain: yes", "identified pain: no",
    "identified pain: unknown", "champion: yes", "champion: no", "champion: unknown", "competition: yes",
    "competition: no", "competition: unknown",
]

Champ = Literal[
    "challenges: yes", "challenges: no", "challenges: unknown", "authority: yes", "authority: no",
    "authority: unknown", "money: yes", "money: no", "money: unknown", "prioritization: yes", "prioritization: no",
    "prioritization: unknown",
]

Anum = Literal[
    "authority: yes", "authority: no", "authority: unknown", "need: yes", "need: no", "need: unknown",
    "urgency: yes", "urgency: no", "urgency: unknown", "money: yes", "money: no", "money: unknown",
]

GpctbaCi = Literal[
    "goals: yes", "goals: no", "goals: unknown", "plans: yes", "plans: no", "plans: unknown", "challenges: yes",
    "challenges: no", "challenges: unknown", "timeline: yes", "timeline: no", "timeline: unknown", "budget: yes",
    "budget: no", "budget: unknown", "authority: yes", "authority: no", "authority: unknown", "consequences: yes",
    "consequences: no", "consequences: unknown", "implications: yes", "implications: no", "implications: unknown",
]

Faint = Literal[
    "funds: yes", "funds: no", "funds: unknown", "authority: yes", "authority: no", "authority: unknown",
    "interest: yes", "interest: no", "interest: unknown", "need: yes", "need: no", "need: unknown", "timing: yes",
    "timing: no", "timing: unknown",
]
