"""Say in the words of the language what the grammar would have taken.

The terminals of the grammar are named here and in `builder`, nowhere else; no message has their names.
"""

from __future__ import annotations

from collections.abc import Callable

from leadrules.families import ELAPSED, FIELD_TYPES, TEXT_TESTS
from leadrules.syntax.words import UNITS

Expected = frozenset[str]
"""The terminals that could have stood where a statement stopped being one; `$END` is its end."""

_WORDS = {
    "AGO": "ago", "AND": "and", "AS": "as", "AT_LEAST": "at least", "BECAUSE": "because",
    "BEFORE_SCORING": "before scoring", "BETWEEN": "between", "COLUMN": "column", "COUNT": "count",
    "DEFAULT": "default", "DROPS": "drops", "ELSE": "else", "EVERY": "every", "EXIT": "exit",
    "FADES_OVER": "fades over", "FOR": "for", "FORWARD_ONLY": "forward only", "FROM": "from",
    "HALF_LIFE": "half-life", "KEY": "key", "IF": "if", "IN": "in", "IN_DIMENSION": "in", "IS_KNOWN": "is known",
    "IS_UNKNOWN": "is unknown", "MAX": "max", "MIN": "min", "NO": "no", "NOT": "not", "NO_DECAY": "no decay",
    "OF": "of", "ONCE": "once",
    "ONE_OF": "one of", "OR": "or", "PER": "per", "PII": "pii", "POINTS": "points", "PROTECTED": "protected",
    "RECOMMEND": "recommend", "SINCE": "since", "TAG": "tag", "THEN": "then", "TIMES": "times", "UNKNOWN": "unknown",
    "UNTIL": "until", "VERSION": "version", "WAS": "was", "WEIGHT": "weight", "WHEN": "when", "WHILE": "while",
    "WITHIN": "within",
}  # fmt: skip
_SEVERAL = {
    "BOOL": ("true", "false"),
    "ELAPSED": tuple(f"{unit} since" for unit in ELAPSED),
    "RELATION": ("followed by", "preceded by"),
    "TEXT_TEST": tuple(TEXT_TESTS),
    "TYPE": tuple(FIELD_TYPES),
    "UNIT": UNITS,
}

_MODIFIERS = frozenset({"MAX", "WHEN", "ONCE", "FROM", "UNTIL", "NO_DECAY"})


def takes_operand(expected: Expected) -> bool:
    """Tell whether an operand could have started here."""
    return {"ONAME", "STRING", "COUNT"} <= expected


def takes_condition(expected: Expected) -> bool:
    """Tell whether a condition could have started here."""
    return "NOT" in expected


def follows_operand(expected: Expected) -> bool:
    """Tell whether an operand stands before this place, so that it could have been compared."""
    return "CMP" in expected and not takes_operand(expected)


def takes_points(expected: Expected) -> bool:
    """Tell whether points could have stood here; a sign is no arithmetic in a rule's own condition."""
    return "SIGN" in expected and not expected & {"STAR", "NUMBER", "ONAME"}


def takes_modifier(expected: Expected) -> bool:
    """Tell whether a rule is complete here, up to its modifiers."""
    return expected >= _MODIFIERS


def keywords(expected: Expected) -> list[str]:
    """Give the words that could have stood here, for a look at close ones."""
    found = [_WORDS[terminal] for terminal in sorted(expected) if terminal in _WORDS]
    return found + [word for terminal in sorted(expected) if terminal in _SEVERAL for word in _SEVERAL[terminal]]


_PHRASES: tuple[tuple[Callable[[Expected], bool], str], ...] = (
    (lambda e: "DIMENSION" in e, "a statement such as `email_open +5`"),
    (lambda e: takes_condition(e) and "DIMENSION" not in e, "a condition"),
    (lambda e: takes_operand(e) and not takes_condition(e), "a value"),
    (lambda e: "ONAME" in e and not takes_operand(e) and "STRING" in e, "a value"),
    (lambda e: "ONAME" in e and "STRING" not in e, "a name"),
    (lambda e: e == {"STRING", "NAME", "TAG", "RECOMMEND"}, 'a label, `tag "…"` or `recommend "…"`'),
    (lambda e: {"NAME", "STRING"} <= e and "TAG" not in e, "a label"),
    (lambda e: "NAME" in e and "STRING" not in e and not e & {"NUMBER", "DATE"}, "a name"),
    (lambda e: "TYPE" in e, "a type such as `number` or `text`"),
    (lambda e: "UNIT" in e, "a unit of time such as `days`"),
    (lambda e: e == {"NUMBER", "LPAR"}, "points such as `+5`"),
    (lambda e: "NUMBER" in e and not e & {"ONAME", "STRING", "LPAR", "EQ"}, "a number"),
    (lambda e: "DATE" in e and not e & {"ONAME", "STRING"}, "a date such as `2026-11-21`"),
    (lambda e: "STRING" in e and not e & {"ONAME", "NAME", "NUMBER"}, 'a text such as `"…"`'),
    (lambda e: "STRING" in e and "NUMBER" in e and "ONAME" not in e, 'a literal such as `5` or `"…"`'),
    (takes_points, "points such as `+5`"),
    (lambda e: "ARROW" in e, "an arrow `->`"),
    (lambda e: "WEIGHT" in e and "SIGN" not in e, "`weight`"),
    (lambda e: "LPAR" in e and not e & {"ONAME", "CMP", "NUMBER", "AND"}, "`(`"),
    (lambda e: "LBRACE" in e and "ONAME" not in e, 'a set such as `{"a", "b"}`'),
    (lambda e: "RPAR" in e, "`)`"),
    (lambda e: "RBRACKET" in e, "`]`"),
    (lambda e: "RBRACE" in e, "`}`"),
    (follows_operand, "a comparison such as `>= 5`"),
    (lambda e: "COLON" in e, "`:`"),
    (lambda e: "EQ" in e, "`=`"),
    (lambda e: "GE" in e, "`>=`"),
    (lambda e: "LT" in e, "`<`"),
    (lambda e: "COMMA" in e and "ONAME" not in e, "`,`"),
    (lambda e: "PERCENT" in e, "`%`"),
    (lambda e: "PIPE" in e and not takes_modifier(e), "`|`"),
    (takes_modifier, "a modifier such as `max 5 times`"),
    (lambda e: e >= {"FROM", "AS", "PII"}, 'an option such as `default "…"`'),
    (lambda e: e == {"LBRACKET", "$END"}, "`[`"),
    (lambda e: "$END" in e, "the end of the line"),
)
_LISTED = ("OF", "KEY", "WHILE", "AGO", "TIMES", "PER", "EVERY", "COLUMN", "WITHIN", "MAX", "BECAUSE", "AND")


def phrases(expected: Expected, *, limit: int = 3) -> str:
    """Say what could have stood here: `points such as `+5`, an arrow `->` or a comparison such as `>= 5``."""
    found = [phrase for holds, phrase in _PHRASES if holds(expected)]
    if not (expected & {"CMP", "ONAME", "OR"} or takes_modifier(expected)):
        found += [f"`{_WORDS[terminal]}`" for terminal in _LISTED if terminal in expected]
    found = found[:limit] or [f"`{word}`" for word in keywords(expected)[:limit]] or ["something else"]
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} or {found[-1]}"
