"""Lists of text that stand in every result."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

import attrs

Mark = Literal["tag", "recommend"]
"""The words behind an arrow that give a member of a list."""


@attrs.frozen
class ResultList:
    """One list.

    `word` gives its members behind the arrow of a rule, as in `-> tag "…"`; None where they come about
    otherwise. `noun` names one of them in sentences. `expected` says that an `expect` line may ask of it.
    """

    name: str
    noun: str
    word: Mark | None = None
    expected: bool = True


RESULT_LISTS: Mapping[str, ResultList] = MappingProxyType(
    {
        one.name: one
        for one in (
            ResultList("segments", "segment", expected=False),
            ResultList("tags", "tag", "tag"),
            ResultList("recommendations", "recommendation", "recommend"),
            ResultList("missing", "missing requirement"),
        )
    }
)
"""By name, in the order in which results have them."""

MARKS = MappingProxyType({one.word: one for one in RESULT_LISTS.values() if one.word is not None})
"""Those that rules give, by the word behind the arrow."""
