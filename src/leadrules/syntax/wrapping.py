"""Break a long statement into lines, where the language lets a line go on.

That is before `|`, `and` and `or`, after a comma, `<` and `->`, and anywhere within brackets. The
break that parts the statement's outermost members is taken first.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise

import attrs

from leadrules.errors import cells_of
from leadrules.syntax.lines import MAX_LINES, Token, tokens_of
from leadrules.syntax.words import STATEMENT_WORDS

WIDTH = 120
"""How many cells of a terminal a line takes at most, where it can be helped."""

_HANGING = 4
_BEFORE = {"|": 0, "or": 1, "and": 2}
_AFTER = {",": 3, "<": 5, "->": 5}
_SUM = 4


def wrapped(text: str, indent: int, *, apart: bool) -> str:
    """Write a statement's text on several lines, the first `indent` spaces in and the others four more.

    With `apart`, each alternative of a rule or value has a line of its own. A bracket stays open for 50 lines
    only, so a statement that would need more has wider ones.
    """
    tokens = list(tokens_of(text))
    statement = _Statement(text, tokens, _widths(text, tokens), _breaks(text, tokens), apart)
    width = WIDTH
    while True:
        starts = statement.line_starts(indent, width)
        is_open = any(statement.breaks[at].depth for at in starts[1:])
        if len(starts) <= MAX_LINES or not is_open:
            return statement.written(starts, indent)
        width *= 2


@attrs.frozen(order=True)
class _Break:
    """How well a line is broken before a token: the lower, the better."""

    depth: int
    rank: int


def _widths(text: str, tokens: Sequence[Token]) -> list[int]:
    """Give the cells before each token, and those of the whole text."""
    ends = [0, *(token.start for token in tokens), len(text)]
    pieces = (text[start:end] for start, end in pairwise(ends))
    return list(accumulate(map(cells_of, pieces)))


def _breaks(text: str, tokens: Sequence[Token]) -> dict[int, _Break]:
    """Find the tokens that a line may begin with, by their place."""
    found: dict[int, _Break] = {}
    between = [False]
    for at, token in enumerate(tokens):
        depth = len(between) - 1
        rank = None
        if token.text == "and" and between[-1]:
            between[-1] = False
        elif at:
            rank = _rank(text, tokens[at - 1], token, depth)
        if rank is not None:
            found[at] = _Break(depth, rank)
        if token.kind == "sign" and token.text in "([{":
            between.append(False)
        elif token.kind == "sign" and token.text in ")]}":
            between.pop()
        elif token.kind == "word" and token.text == "between":
            between[-1] = True
    return found


def _rank(text: str, before: Token, token: Token, depth: int) -> int | None:
    """Tell how well a line may be broken between two tokens; None: not at all."""
    if before.kind == "sign" and before.text in _AFTER:
        return _AFTER[before.text]
    if token.kind in {"sign", "word"} and token.text in _BEFORE:
        return _BEFORE[token.text]
    is_binary = token.text in {"+", "-"} and text[token.end : token.end + 1] == " "
    return _SUM if depth and is_binary else None


@attrs.frozen
class _Statement:
    """A statement's text, its tokens and the cells before each, and where a line may begin."""

    text: str
    tokens: Sequence[Token]
    widths: Sequence[int]
    breaks: dict[int, _Break]
    apart: bool

    def line_starts(self, indent: int, width: int) -> list[int]:
        """Find the tokens that lines begin with."""
        starts = [0]
        while (following := self._next(starts[-1], width - indent - _HANGING * (len(starts) > 1))) is not None:
            starts.append(following)
        return starts

    def _next(self, start: int, room: int) -> int | None:
        """Find the token that the line after this one begins with; None where the rest fits, or cannot be broken."""
        best: tuple[_Break, int] | None = None
        for at in range(start + 1, len(self.tokens)):
            here = self.breaks.get(at)
            if here is not None:
                if self.apart and here == _Break(0, _BEFORE["|"]):
                    return at
                if best is None or here <= best[0]:
                    best = here, at
            if best is not None and self._cells(start, at) > room:
                return best[1]
        return None

    def _cells(self, start: int, at: int) -> int:
        """Count the cells from one token to the end of another."""
        space = self.tokens[at + 1].start - self.tokens[at].end if at + 1 < len(self.tokens) else 0
        return self.widths[at + 1] - self.widths[start] - space

    def written(self, starts: Sequence[int], indent: int) -> str:
        """Write the lines that begin with some tokens."""
        lines = []
        for start, end in zip(starts, (*starts[1:], len(self.tokens)), strict=True):
            first, last = self.tokens[start], self.tokens[end - 1]
            line = self.text[first.start : last.end]
            if start and first.kind == "word" and first.text in STATEMENT_WORDS:  # a name, which would end a bracket
                line = f"`{first.text}`{self.text[first.end : last.end]}"
            lines.append(" " * (indent + _HANGING * (start > 0)) + line)
        return "\n".join(lines)
