"""Tests of text: what stands in a text, and where."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from types import MappingProxyType

import attrs


@attrs.frozen
class TextTest:
    """One test of a text, written `subject NAME choice`.

    `holds` answers it for two texts in the form of comparison; None for one whose choice is a
    pattern, compiled when the file is checked. `method` is the method of str that answers the same
    for one choice or for any of a tuple; `is_in` says that `choice in subject` of Python does.
    `for_lists` says that a list of text may stand as subject: the choice is then one of its members.
    """

    name: str
    holds: Callable[[str, str], bool] | None
    method: str | None = None
    is_in: bool = False
    for_lists: bool = False

    @property
    def is_pattern(self) -> bool:
        """Tell whether its choices are patterns."""
        return self.holds is None


TEXT_TESTS: Mapping[str, TextTest] = MappingProxyType(
    {
        test.name: test
        for test in (
            TextTest("contains", operator.contains, is_in=True, for_lists=True),
            TextTest("starts with", str.startswith, "startswith"),
            TextTest("ends with", str.endswith, "endswith"),
            TextTest("matches", None),
        )
    }
)
"""By name."""
