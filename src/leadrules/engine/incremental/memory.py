"""What scoring event by event has to keep for a rule, in the long run."""

from __future__ import annotations

from collections.abc import Mapping

from leadrules import program as p
from leadrules.engine.incremental.uses import Memory, uses_of_part

RANKS: Mapping[Memory, int] = {"bounded": 0, "distinct": 1, "events": 2}
"""The classes of memory, the least first."""

MEANINGS: Mapping[Memory, str] = {
    "bounded": "a bounded number of events",
    "distinct": "more with every distinct value or period",
    "events": "the events themselves, however old",
}
"""What is kept for a rule of each class, for people."""
REMEMBERS = "events that came in within the last 7 days, to know repeats (`remember` of `Ruleset.start`)"
"""What is kept whatever the rules are, for people."""


class Memories:
    """Tells what is needed for the rules and conditions of a program."""

    def __init__(self, program: p.Program) -> None:
        self._program = program

    def of(self, node: p.Node) -> Memory:
        """Tell what a rule or condition needs, with the criteria and segments that it is made of.

        Dimensions, scores and labels are made by rules of their own.
        """
        worst: Memory = "bounded"
        pending = [node]
        for one in pending:
            worst = max(
                (worst, *(use.memory for use in uses_of_part(one, self._program))), key=lambda memory: RANKS[memory]
            )
            behind = (self._program.behind(read) for read in one.find(p.DefinitionRead))
            pending += [body for body in behind if body is not None and body not in pending]
        return worst
