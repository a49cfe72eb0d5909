"""RE2 in one place: what `matches` compiles, and which version of the library does it.

Nothing else names the library, so that a platform without google-re2 needs only another module with
these names. Patterns are part of the meaning: whatever stands here must be RE2.

A pattern takes memory twice: for its program, and for the states that a search has met, up to a bound
of its own; past that bound it searches more slowly, with the same answers. Both are bounded for all
patterns of a ruleset together, and given back with it.
"""

from __future__ import annotations

from importlib import metadata
from typing import Any

import re2  # type: ignore[import-untyped, unused-ignore]

MOST_STEPS = 200_000
"""How large the patterns of a ruleset may be together, in steps of their programs; a word has about as many
as letters. A text of 1,000 characters is searched by so many steps in about two seconds, at the worst."""

MOST_CHARACTERS = 10_000
"""How long one pattern may be: RE2 reads the whole of it before it looks at any bound."""

_STEPS_OF_CLASS = 100
"""What a class of Unicode costs at least, such as `\\p{L}`: to read one takes as long as that many steps."""
_WHOLE_MEMORY = 64 * 1024 * 1024
_MOST_MEMORY = 8 * 1024 * 1024
_LEAST_MEMORY = 64 * 1024


class PatternError(ValueError):
    """A pattern that does not compile; the message says why, in the library's words."""


class PatternTooLarge(PatternError):
    """A pattern that takes more than patterns may, by itself or with the others; the message says so in a sentence."""


def steps_of(text: str) -> int:
    """Give how many steps the program of a pattern has. Raises PatternError for what does not compile."""
    return int(_compiled(text, _MOST_MEMORY).programsize)


class PatternSteps:
    """Adds up the steps of patterns, each once, which together may have no more than `most`.

    What is refused costs no more than what is not: when there are too many, nothing more is compiled.
    """

    def __init__(self, most: int = MOST_STEPS) -> None:
        self.most = most
        self.of: dict[str, int] = {}
        self._taken = 0

    def add(self, text: str) -> None:
        """Count a pattern. Raises PatternError, and PatternTooLarge once for all that are too many together."""
        if text in self.of or self._taken > self.most:
            return
        if len(text) > MOST_CHARACTERS:
            raise PatternTooLarge(f"this pattern has {len(text):,} characters, more than {MOST_CHARACTERS:,}")
        at_least = _STEPS_OF_CLASS * (text.count("\\p") + text.count("\\P"))
        self._taken += at_least
        if self._taken <= self.most:
            self.of[text] = self._steps(text)
            self._taken += max(self.of[text] - at_least, 0)
        if self._taken > self.most:
            raise PatternTooLarge(f"the patterns of the rules are too large: more than {self.most:,} steps together")

    def _steps(self, text: str) -> int:
        try:
            return steps_of(text)
        except PatternTooLarge:
            self._taken = self.most + 1
            raise


class Patterns:
    """The patterns of one ruleset, compiled when they are first asked for.

    `count` is how many there are, which share the memory. Threads may share it: where two compile the
    same pattern, one of the two is kept.
    """

    def __init__(self, count: int) -> None:
        self._memory = max(_LEAST_MEMORY, min(_MOST_MEMORY, _WHOLE_MEMORY // max(count, 1)))
        self._found: dict[str, Any] = {}

    def __getitem__(self, text: str) -> Any:
        """Give a pattern that ignores case and is not anchored: its `search` takes a text. Raises PatternError."""
        found = self._found.get(text)
        return self._found.setdefault(text, self._made(text)) if found is None else found

    def _made(self, text: str) -> Any:
        try:
            return _compiled(text, self._memory)
        except PatternError:
            return _compiled(text, _MOST_MEMORY)


def _compiled(text: str, memory: int) -> Any:
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = memory
    try:
        return re2.compile(text, options)
    except re2.error as problem:
        reason = _reason(problem)
        if "too large" in reason:
            raise PatternTooLarge("this pattern is too large by itself") from problem
        raise PatternError(reason) from problem
    finally:
        re2.purge()  # what it compiled last it keeps, whether anybody needs it or not


def version() -> str:
    """Give the version of the library, which is part of a ruleset's environment."""
    return metadata.version("google-re2")


def _reason(problem: Exception) -> str:
    return problem.args[0].decode("utf-8", "replace") if isinstance(problem.args[0], bytes) else str(problem)
