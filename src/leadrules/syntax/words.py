"""The words that are reserved somewhere in a rule file, by the place where they are."""

from __future__ import annotations

import re

from leadrules import values
from leadrules.characters import unassigned
from leadrules.families import MARKS, TEXT_TESTS

STATEMENT_WORDS = frozenset(
    {
        "criterion", "dimension", "event", "events", "example", "expect", "field", "given", "grade", "group", "hold",
        "ignore", "include", "list", "output", "param", "persona", "precision", "require", "rule", "ruleset", "segment",
        "stages", "table", "timezone", "total", "use",
    }
)  # fmt: skip
"""Open a statement, at the start of a line."""

OPERAND_WORDS = frozenset({"always", "and", "count", "days", "false", "no", "not", "or", "true", "was"})
"""Reserved where an operand starts."""

TARGET_WORDS = frozenset(MARKS)
"""Reserved after `->`."""

TAIL_WORDS = frozenset({"between", "else", "in", *(name for name in TEXT_TESTS if " " not in name)})
"""Open a test without its left side, or the last alternative, after `|`."""

UNITS = tuple(values.UNITS)
"""Units of a duration, as a rule file writes them."""

PLAIN_NAME = re.compile(r"[^\W\d]\w*")
"""What a name without backticks looks like; see also `is_plain`."""


def is_plain(name: str) -> bool:
    """Tell whether a name can be written without backticks: a letter or `_`, then letters, digits, `_`."""
    return bool(PLAIN_NAME.fullmatch(name)) and (
        name.isascii()
        or (
            not unassigned(name)
            and ((name[0].isalpha() or name[0] == "_") and all(c.isalpha() or c.isdecimal() or c == "_" for c in name))
        )
    )
