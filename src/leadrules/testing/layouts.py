"""Write statements as people do: comments, lines that go on, spaces, and other spellings of the same."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from leadrules.syntax import tree
from leadrules.syntax.formatter import text_of
from leadrules.syntax.lines import Token, tokens_of
from leadrules.syntax.words import STATEMENT_WORDS
from leadrules.testing.chance import Chance
from leadrules.values import UNITS

_COMMENTS = ("# why", "# email_open +5", '# "', "# (", "#")
_SPACES = (" ", " ", " ", "  ", "\t")
_GOES_ON = frozenset({"and", "or", "not", ",", "|", "=", "<", "->", "of", "by"})
_OPEN, _CLOSE = frozenset("([{"), frozenset(")]}")
_UNITS = frozenset({*UNITS, *(unit.removesuffix("s") for unit in UNITS)})


def laid_out(chance: Chance, statements: Sequence[tree.Statement]) -> str:
    """Give the text of a file, each statement on a line of its own, or on several."""
    if not chance.uses("layout", 40):
        return "".join(text_of(statement) + "\n" for statement in statements)
    lines: list[str] = []
    for statement in statements:
        if chance.happens(15):
            lines.append(chance.pick(("", "  ", *_COMMENTS)))
        lines.append(chance.pick(("", "", "  ", "\t")) + _line(chance, text_of(statement)))
    text = "\n".join(lines) + ("\n" if chance.happens(80) else "")
    if chance.happens(10):
        text = text.replace("\n", "\r\n")
    return "\ufeff" + text if chance.happens(5) else text


def _line(chance: Chance, text: str) -> str:
    if not chance.happens(50):
        return text + ("  " + chance.pick(_COMMENTS) if chance.happens(10) else "")
    tokens = list(tokens_of(text))
    parts: list[str] = [tokens[0].text]
    depth = 0
    for before, token in pairwise(tokens):
        depth += (before.text in _OPEN) - (before.text in _CLOSE)
        space = text[before.end : token.start]
        parts.append(_space(chance, before, token, depth) if space and chance.happens(25) else space)
        parts.append(_respelled(chance, before, token))
    return "".join(parts)


def _space(chance: Chance, before: Token, after: Token, depth: int) -> str:
    """Give white space between two tokens, a new line where the statement goes on."""
    goes_on = depth > 0 or (before.kind in {"word", "sign"} and before.text in _GOES_ON)
    if not goes_on or after.text in STATEMENT_WORDS or chance.happens(60):
        return chance.pick(_SPACES)
    # A comment would part the words of `list of text` and `is unknown`.
    breaks: tuple[str, ...] = ("\n    ", "\n\n")
    return chance.pick((*breaks, " # so\n  ") if before.kind == "sign" else breaks)


def _respelled(chance: Chance, before: Token, token: Token) -> str:
    """Give another spelling of a token, or the same."""
    if not chance.happens(25):
        return token.text
    if token.text in _UNITS and before.kind == "number":
        return token.text.removesuffix("s") + chance.pick(("", "s"))
    if token.text == "once" and token.kind == "word":
        return chance.pick(("max 1", "max 1 times", "max 1 time"))
    if token.kind == "string" and "\\u{" not in token.text:
        return "".join(f"\\u{{{ord(c):x}}}" if c in "eao" and chance.happens(50) else c for c in token.text)
    if token.kind == "number" and token.text.isdecimal() and len(token.text) > 3:
        return f"{token.text[:-3]}_{token.text[-3:]}"
    return token.text
