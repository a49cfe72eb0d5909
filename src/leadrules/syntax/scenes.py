"""What explanations of mistakes look at: a statement up to the word that does not fit, and what they find."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import attrs

from leadrules.syntax.expectations import Expected
from leadrules.syntax.lines import Token


class Finding(NamedTuple):
    """A mistake: its code, its message, the tokens it covers (indices, half-open), and the help."""

    code: str
    message: str
    first: int
    end: int
    advice: str | None = None


@attrs.frozen
class Scene:
    """A statement's tokens, the index of the first one that does not fit, and what would have."""

    tokens: Sequence[Token]
    at: int
    expected: Expected

    def text(self, offset: int = 0) -> str:
        """Give the text of the token `offset` places from the one found; empty beyond the statement."""
        index = self.at + offset
        return self.tokens[index].text if 0 <= index < len(self.tokens) else ""

    def kind(self, offset: int = 0) -> str:
        """Give the kind of the token `offset` places from the one found; empty beyond the statement."""
        index = self.at + offset
        return self.tokens[index].kind if 0 <= index < len(self.tokens) else ""

    def touches(self, offset: int) -> bool:
        """Tell whether no white space stands between the token at `offset` and the next one."""
        first, second = self.at + offset, self.at + offset + 1
        return first >= 0 and second < len(self.tokens) and self.tokens[first].end == self.tokens[second].start

    @property
    def at_end(self) -> bool:
        """Tell whether the statement ends too early."""
        return self.at == len(self.tokens)

    @property
    def found(self) -> str:
        """Name what was found."""
        return "the end of the statement" if self.at_end else quoted(self.text())


def quoted(text: str) -> str:
    """Write a word of the statement in a sentence; of a long one, its beginning."""
    text = text if len(text) <= 40 else text[:39] + "…"
    return f"the name {text}" if text.startswith("`") else f"`{text}`"


def in_backticks(word: str) -> str:
    """Advise how a reserved word is written as a name."""
    return f"if it is meant as a name, put it in backticks: `` `{word}` ``"


def spot(scene: Scene, code: str, message: str, advice: str | None = None) -> Finding:
    """Find a mistake in the word that does not fit."""
    return Finding(code, message, scene.at, scene.at + 1, advice)
