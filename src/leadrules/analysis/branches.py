"""When each value of a conditional is the one, and what it may be at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import attrs

from leadrules import program as p
from leadrules.analysis.cases import Cases, any_of
from leadrules.analysis.sets import NO_MEMBERS, NO_NUMBERS, Members, Values, Ways, both, either, united


@attrs.frozen
class Chosen:
    """All that a conditional may be, the ways in which it is known, and those in which it is not."""

    node: p.Conditional
    values: Values
    known: Ways
    unknown: Ways

    def presence(self, key: object) -> tuple[Ways, Ways]:
        """Give the ways in which it is known and unknown, with what it is then itself, under its key."""
        nothing = Values(NO_MEMBERS if isinstance(self.values.known, Members) else NO_NUMBERS, unknown=True)
        known = both([self.known, ({key: Values(self.values.known)},)])
        return known, both([self.unknown, ({key: nothing},)])


def chosen_of(
    node: p.Conditional,
    cases: Sequence[Cases],
    values_of: Callable[[p.ValueNode], Values],
    presence_of: Callable[[p.ValueNode], tuple[Ways, Ways]],
) -> Chosen:
    """Say when each value is the one, by the cases of the conditions of the branches.

    The first true one counts; `else` where all are false; else it is unknown.
    """
    whole = any_of(cases)
    ways = [both([*(earlier.not_true for earlier in cases[:at]), one.true]) for at, one in enumerate(cases)]
    nothing = whole.not_true if node.otherwise is None else whole.unknown
    if node.otherwise is not None:
        ways.append(whole.false)
    possible = [(way, value) for way, value in zip(ways, node.values, strict=True) if way]
    presences = [(way, *presence_of(value)) for way, value in possible]
    sets = [values_of(value) for _, value in possible] or [values_of(value) for value in node.values]
    found = united(sets)
    return Chosen(
        node,
        Values(found.known, found.unknown or bool(nothing) or not possible),
        either(both([way, known]) for way, known, _ in presences),
        either([nothing, *(both([way, unknown]) for way, _, unknown in presences)]),
    )
