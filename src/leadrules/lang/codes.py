"""The codes of everything that can be said about a rule file, each with a short title.

A code is stable: once released it keeps its meaning, and is never given to something else. `LR0xx`
are about the file as a whole, `LR1xx` about what cannot be read, the others about what can.
"""

from __future__ import annotations

SYNTAX_CODES: dict[str, str] = {
    # The file as a whole.
    "LR001": "not UTF-8",
    "LR002": "not a text file",
    "LR003": "no statements",
    "LR004": "file too large",
    "LR005": "too many rules",
    "LR006": "nested too deeply",
    "LR007": "name too long",
    "LR008": "too many mistakes",
    # What cannot be read.
    "LR101": "unexpected word or sign",
    "LR102": "unfinished statement",
    "LR103": "rule without points or arrow",
    "LR104": "points without a condition",
    "LR105": "text after the end of a statement",
    "LR106": "arithmetic outside parentheses",
    "LR107": "unknown statement",
    "LR108": "reserved word used as a name",
    "LR109": "written as in another language",
    "LR110": "text not closed",
    "LR111": "unknown escape in a text",
    "LR112": "wrong quotation marks",
    "LR113": "bracket not closed",
    "LR114": "bracket that does not match",
    "LR115": "malformed number",
    "LR116": "too many digits",
    "LR117": "malformed date",
    "LR118": "duration without a unit",
    "LR119": "unknown unit of time",
    "LR120": "duration of nothing",
    "LR121": "unexpected character",
    "LR122": "invisible character",
    "LR123": "malformed name in backticks",
    "LR124": "malformed points",
    "LR125": "malformed modifier",
    "LR126": "`always` with something else",
    "LR127": "test without its left side",
    "LR128": "option given twice",
    # What can be read, and is suspicious.
    "LR201": "name of mixed scripts",
}

CODES: dict[str, str] = {**SYNTAX_CODES}
