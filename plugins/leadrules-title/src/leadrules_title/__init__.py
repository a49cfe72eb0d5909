"""Criteria about job titles: how senior they are, and what the job is about.

English, Polish, German, French and Spanish, mixed as they are in real lists, abbreviated, misspelt,
and combined. What is known stands in readable files, `data/*.toml`; nothing is asked of the network.
"""

from leadrules_title.criteria import (
    function,
    functions,
    is_decision_maker,
    level,
    level_of,
    seniority,
)

__all__ = ["function", "functions", "is_decision_maker", "level", "level_of", "seniority"]
