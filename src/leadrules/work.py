"""How much work it is to score a lead, counted before it is done: the same on every engine and every machine."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import attrs

from leadrules.errors import LeadError

MOST_WORK = 1_000_000_000
"""So many steps one lead may take, unless the host says otherwise."""


@attrs.frozen
class Work:
    """What it takes to score a lead, in steps: `once` whatever its events, and for `each` event so many by its type.

    A step is one part of a rule that is looked at for one event, or once for the lead. So it says how much there may
    be to do, and not how long that takes. `most` is the limit of one lead.
    """

    most: int = MOST_WORK
    once: int = 0
    each: Mapping[str, int] = attrs.field(factory=dict)

    @cached_property
    def safe(self) -> int:
        """So many events, whatever their types, take no more than the limit; -1 where none are too much already."""
        heaviest = max(self.each.values(), default=1)
        return max(-1, (self.most - self.once) // heaviest)

    def of(self, counts: Mapping[str, int]) -> int:
        """Add up what a lead takes that has so many events of each type."""
        return self.once + sum(self.each.get(type_, 0) * count for type_, count in counts.items())

    def refuse(self, counts: Mapping[str, int]) -> None:
        """Raise LeadError where a lead with so many events of each type takes more than the limit."""
        needed = self.of(counts)
        if needed <= self.most:
            return
        asked = sorted(type_ for type_ in counts if type_ in self.each)
        heaviest = max(asked, key=lambda type_: self.each[type_] * counts[type_], default=None)
        share = "" if heaviest is None else f", {self.each[heaviest]:,} for each of {counts[heaviest]:,} `{heaviest}`"
        reason = (
            f"to score it takes {needed:,} steps of work{share}; the limit is {self.most:,} "
            "(give fewer events, or raise the limit `work`)"
        )
        expected = f"at most {self.most:,} steps"
        raise LeadError(reason, code="too_much_work", field="events", value=str(needed), expected=expected)


@attrs.define
class Spending:
    """What is spent on one lead that is looked at again and again, `each` time the same."""

    work: Work
    lead: str | None
    each: int
    spent: int = 0

    def spend(self) -> None:
        """Look once more. Raises LeadError where all looks together take more than the limit of the lead."""
        self.spent += self.each
        if self.spent > self.work.most:
            reason = (
                f"to look ahead takes more than {self.work.most:,} steps of work, the limit, {self.each:,} for each "
                "moment looked at (ask for fewer days, give fewer events, or raise the limit `work`)"
            )
            expected = f"at most {self.work.most:,} steps"
            raise LeadError(reason, code="too_much_work", lead=self.lead, field="events", expected=expected)
