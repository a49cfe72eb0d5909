"""Sales frameworks for leadrules: criteria that ask how far a lead is, and packs of editable rules.

A framework's criterion (`bant`, `meddic`, …) takes what is known of its elements and gives their
states; `completeness`, `met`, `gaps`, `next_gap`, `unasked` and `next_question` ask something of
those. The rule files of the packs stand beside this module.
"""

from leadrules_frameworks.elements import anum, bant, champ, checklist, faint, gpctba_ci, meddic, meddpicc
from leadrules_frameworks.questions import completeness, gaps, met, next_gap, next_question, unasked

__all__ = [
    "anum",
    "bant",
    "champ",
    "checklist",
    "completeness",
    "faint",
    "gaps",
    "gpctba_ci",
    "meddic",
    "meddpicc",
    "met",
    "next_gap",
    "next_question",
    "unasked",
]
