"""The cases of a condition: the ways in which it is true, false and unknown. Those of conditions that are joined."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from leadrules.analysis.sets import ANYHOW, MOST_EXACT, Ways, both, either


@attrs.frozen
class Cases:
    """The ways in which a condition is true, those in which it is false, and those in which it is unknown."""

    true: Ways
    false: Ways
    unknown: Ways

    def opposite(self) -> Cases:
        """Give the cases of `not`."""
        return Cases(self.false, self.true, self.unknown)

    def where(self, known: Ways, unknown: Ways) -> Cases:
        """Give the cases where it has an answer in some ways only, and none in others."""
        return Cases(both([self.true, known]), both([self.false, known]), both([self.unknown, unknown]))

    @property
    def not_true(self) -> Ways:
        """What holds where it is false or unknown."""
        return either([self.false, self.unknown])

    @property
    def is_always_true(self) -> bool:
        """Tell that it is neither false nor unknown for any lead."""
        return not self.false and not self.unknown


def all_of(cases: Sequence[Cases]) -> Cases:
    """Give the cases of `and`."""
    return Cases(both(c.true for c in cases), either(c.false for c in cases), _some_unknown(cases))


def _some_unknown(cases: Sequence[Cases]) -> Ways:
    """Give the ways in which one of some conditions is unknown and none is false.

    For many conditions the answer is wider: that none is false is all that is kept.
    """
    if not any(c.unknown for c in cases):
        return ()
    not_false = [either([c.true, c.unknown]) for c in cases]
    if len(cases) > MOST_EXACT:
        return both(not_false)
    true = [c.true for c in cases]
    return either(both([*true[:i], one.unknown, *not_false[i + 1 :]]) for i, one in enumerate(cases) if one.unknown)


def any_of(cases: Sequence[Cases]) -> Cases:
    """Give the cases of `or`."""
    return all_of([c.opposite() for c in cases]).opposite()


def some_of(count: int, cases: Sequence[Cases]) -> Cases:
    """Give the cases of `at least … of`, by how many are true and how many unknown; of very many, that it may be."""
    if count == 1:
        return any_of(cases)
    if count == len(cases):
        return all_of(cases)
    if len(cases) > MOST_EXACT:
        enough_true = sum(bool(c.true) for c in cases) >= count
        enough_false = sum(bool(c.false) for c in cases) > len(cases) - count
        some_unknown = any(c.unknown for c in cases)
        return Cases(*(ANYHOW if may_be else () for may_be in (enough_true, enough_false, some_unknown)))
    tallies: dict[tuple[int, int], Ways] = {(0, 0): ANYHOW}
    for one in cases:
        parts: dict[tuple[int, int], list[Ways]] = {}
        for (true, unknown), ways in tallies.items():
            parts.setdefault((true + 1, unknown), []).append(both([ways, one.true]))
            parts.setdefault((true, unknown + 1), []).append(both([ways, one.unknown]))
            parts.setdefault((true, unknown), []).append(both([ways, one.false]))
        tallies = {tally: either(found) for tally, found in parts.items() if any(found)}
    return Cases(
        either(ways for (true, _), ways in tallies.items() if true >= count),
        either(ways for (true, unknown), ways in tallies.items() if true + unknown < count),
        either(ways for (true, unknown), ways in tallies.items() if true < count <= true + unknown),
    )
