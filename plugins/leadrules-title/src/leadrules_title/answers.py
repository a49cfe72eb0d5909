"""What the criteria answer, where that is a closed list: a rule that compares with anything else is told so."""

from __future__ import annotations

from typing import Literal

# fmt: off
Level = Literal[
    "intern", "assistant", "specialist", "senior", "lead", "manager", "head", "director", "vp", "executive", "owner",
]

Function = Literal[
    "sales", "marketing", "finance", "hr", "it", "engineering", "product", "operations", "logistics", "purchasing",
    "legal", "customer_service", "quality", "administration", "management",
]
