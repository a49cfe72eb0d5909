"""Labels that leads hold and rules do not have, such as those of former rules: counted, and told in a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from leadrules.conversions import shown
from leadrules.lead import LeadReader
from leadrules.ruleset import Ruleset, program_of

_MOST_NAMED = 5


@attrs.define
class StrangeLabels:
    """Counts the leads that hold a label which the rules do not have; `whose` are these rules, for people."""

    reader: LeadReader
    whose: str = "the rules"
    leads: int = 0
    _named: dict[tuple[str, str], None] = attrs.field(factory=dict)

    @classmethod
    def of(cls, rules: Ruleset, whose: str = "the rules") -> StrangeLabels:
        """Begin to count."""
        return cls(LeadReader(program_of(rules).scope), whose)

    def add(self, lead: dict[str, Any]) -> None:
        """Take one more lead, which the rules could read."""
        if (stages := lead["stages"]) and (found := self.reader.strange_labels(stages)):
            self.leads += 1
            for label in found.items():
                if len(self._named) < _MOST_NAMED:
                    self._named[label] = None

    def sentences(self) -> Iterator[str]:
        """Say how many leads hold such a label, and the first few; nothing where none does."""
        held = f"a label that {self.whose} do not have"
        named = ", ".join(f"{shown(label)} of `{ladder}`" for ladder, label in self._named)
        if self.leads == 1:
            yield f"1 lead holds {held}, and counts as a lead without one: {named}"
        elif self.leads:
            yield f"{self.leads:,} leads hold {held}, and count as leads without one: {named}"
