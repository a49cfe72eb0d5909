"""RE2 in one place: what `matches` compiles, and which version of the library does it.

Nothing else names the library, so that a platform without google-re2 needs only another module with
these three names. Patterns are part of the meaning: whatever stands here must be RE2.
"""

from __future__ import annotations

import functools
from typing import Any

import re2  # type: ignore[import-untyped, unused-ignore]


class PatternError(ValueError):
    """A pattern that does not compile; the message says why, in the library's words."""


@functools.lru_cache(maxsize=10_000)
def pattern(text: str) -> Any:
    """Compile a pattern that ignores case and is not anchored: its `search` takes a text. Raises PatternError."""
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    try:
        return re2.compile(text, options)
    except re2.error as problem:
        raise PatternError(_reason(problem)) from problem


def version() -> str:
    """Give the version of the library, which is part of a ruleset's environment."""
    from importlib import metadata

    return metadata.version("google-re2")


def _reason(problem: Exception) -> str:
    return problem.args[0].decode("utf-8", "replace") if isinstance(problem.args[0], bytes) else str(problem)
