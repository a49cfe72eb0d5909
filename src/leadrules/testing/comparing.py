"""How laws compare: what is answered as canonical JSON, or what kept it from being answered."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import Any

from leadrules.canonical import canonical_json
from leadrules.errors import LeadrulesError


def outcome(answer: Callable[..., Any], *given: Any, **options: Any) -> str:
    """Give the canonical JSON of an answer, or what kept it from being given."""
    try:
        found = answer(*given, **options)
    except LeadrulesError as error:
        return f"{type(error).__name__}: {error}"
    return canonical_json(found.to_dict())


def same(what: str, before: str, after: str) -> None:
    """Assert that two texts are equal, and show where they are not."""
    if before == after:
        return
    one, other = (text.replace(',"', ',\n"').splitlines() for text in (before, after))
    shown = "\n".join(difflib.unified_diff(one, other, "before", "after", lineterm="", n=2))
    raise AssertionError(f"{what}:\n{shown}")
