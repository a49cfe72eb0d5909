"""What scoring event by event has to keep for a rule, in the long run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from leadrules import program as p
from leadrules.engine.incremental.uses import Memory, uses_in

RANKS: Mapping[Memory, int] = {"bounded": 0, "distinct": 1, "events": 2}
"""The classes of memory, the least first."""

MEANINGS: Mapping[Memory, str] = {
    "bounded": "a bounded number of events",
    "distinct": "more with every distinct value or period",
    "events": "the events themselves, however old",
}
"""What is kept for a rule of each class, for people."""


class Memories:
    """Tells what is needed for the rules and conditions of a program."""

    def __init__(self, program: p.Program) -> None:
        self._bodies: dict[tuple[str, str], Any] = {("criterion", c.name): c.body for c in program.criteria}
        self._bodies |= {("segment", s.name): s.condition for s in program.segments}

    def of(self, node: p.Node) -> Memory:
        """Tell what a rule or condition needs, with the criteria and segments that it is made of.

        Dimensions, scores and labels are made by rules of their own.
        """
        worst: Memory = "bounded"
        seen: set[tuple[str, str]] = set()
        pending = [node]
        while pending:
            one = pending.pop()
            worst = max((worst, *(use.memory for use in uses_in(one))), key=lambda memory: RANKS[memory])
            for read in one.find(p.DefinitionRead):
                key = (read.kind, read.name)
                if key in self._bodies and key not in seen:
                    seen.add(key)
                    pending.append(self._bodies[key])
        return worst
