"""Tests of text: what stands in a text, and where."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from types import MappingProxyType

import attrs

from leadrules.letters import EDGE, sought, stands_as_words, worded


@attrs.frozen
class TextTest:
    """One test of a text, written `subject NAME choice`.

    `holds` answers it for two texts in the form of comparison; None for one whose choice is a
    pattern, compiled when the file is checked. `method` is the method of str that answers the same
    for one choice or for any of a tuple; `is_in` says that `choice in subject` of Python does, of what
    `prepared` makes of both where it is given: of the subject first, then of the choice. `for_lists`
    says that a list of text may stand as subject: the choice is then one of its members. `of_words`
    says that words are looked for, `at_start` and `at_end` where it looks alone.
    """

    name: str
    holds: Callable[[str, str], bool] | None
    method: str | None = None
    is_in: bool = False
    prepared: tuple[Callable[[str], str], Callable[[str], str]] | None = None
    for_lists: bool = False
    of_words: bool = False
    at_start: bool = False
    at_end: bool = False

    @property
    def is_pattern(self) -> bool:
        """Tell whether its choices are patterns."""
        return self.holds is None

    def implies(self, part: str, other: TextTest, wanted: str) -> bool:
        """Tell whether every text that has a part, as this test says, surely has a wanted one, as another one does.

        Both are folded. What stands at the edge of a part may be the middle of a word.

        >>> word, contains = TEXT_TESTS["contains word"], TEXT_TESTS["contains"]
        >>> word.implies("vp sales", contains, "vp"), contains.implies("vp sales", word, "vp")
        (True, False)
        """
        if other is self and not self.of_words:
            return self.holds is not None and self.holds(part, wanted)
        if not other.is_in:
            return False
        surely = self._surely(part)
        return other.choice(wanted) in (surely if other.of_words else surely.replace(EDGE, ""))

    def _surely(self, part: str) -> str:
        """Give what stands in every text that has a part, with the edges of words where there surely are some."""
        if self.of_words:
            return sought(part)
        found = worded(part) if self.at_start else worded(part).removeprefix(EDGE)
        return found if self.at_end else found.removesuffix(EDGE)

    def choice(self, text: str) -> str:
        """Give what is looked for in a prepared subject."""
        return text if self.prepared is None else self.prepared[1](text)


TEXT_TESTS: Mapping[str, TextTest] = MappingProxyType(
    {
        test.name: test
        for test in (
            TextTest("contains", operator.contains, is_in=True, for_lists=True),
            TextTest("contains word", stands_as_words, is_in=True, prepared=(worded, sought), of_words=True),
            TextTest("starts with", str.startswith, "startswith", at_start=True),
            TextTest("ends with", str.endswith, "endswith", at_end=True),
            TextTest("matches", None),
        )
    }
)
"""By name."""
