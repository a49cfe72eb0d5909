"""What moved where a part of a result changes: the conditions, values and rules that it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import attrs

from leadrules import program as p
from leadrules.audit import MASK
from leadrules.document import Document
from leadrules.engine.reference.evidence import plain
from leadrules.engine.spans.outcome import Outcome
from leadrules.engine.spans.possible import only, values_of
from leadrules.engine.spans.reading import Memory, SpanReading
from leadrules.families import MARKS
from leadrules.frozen import frozen, thawed
from leadrules.nodes import Node
from leadrules.program.personal import revealing_criteria, reveals
from leadrules.values import decimal_of

_VALUES = (p.Count, p.Aggregate, p.Elapsed, p.AsOf, p.LocalPart, p.CallNode)
_LEAVES = (p.Count, p.Aggregate, p.Elapsed, p.AsOf, p.LocalPart, p.Happened, p.MomentWithin, p.Was)
"""What is told as it stands, not part by part."""


@attrs.frozen
class Cause(Document):
    """What moved: a condition or value as it is written, or the id of a rule; before the change, and from it on.

    Of a condition that is whether it is true (None: unknown), of a value the value, of a rule its points.
    Values of `pii` fields and properties stand as `[pii]`.
    """

    what: str
    before: Any = attrs.field(converter=frozen)
    after: Any = attrs.field(converter=frozen)

    @property
    def text(self) -> str:
        """The cause in words."""
        if isinstance(self.after, bool) or isinstance(self.before, bool):
            return f"{self.what}: {'is' if self.after else 'is no longer'} so"
        return f"{self.what}: {_shown(self.before)} -> {_shown(self.after)}"

    def to_dict(self) -> dict[str, Any]:
        """Give the cause as plain data: what, before, after."""
        return {"what": self.what, "before": thawed(self.before), "after": thawed(self.after)}


def _shown(value: Any) -> str:
    if value is None:
        return "unknown"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def causes_of(
    memory: Memory, part: tuple[str, str], before: tuple[int, Mapping[str, str]], after: tuple[int, Mapping[str, str]]
) -> tuple[Cause, ...]:
    """Say what moved between two moments, each with the labels held then, of what a part of the result rests on.

    A part is named as in `outcomes`; of a list, by the text that comes or goes.
    """
    was, is_ = (Outcome(SpanReading(memory, at, at, held)) for at, held in (before, after))
    for side in (was, is_):
        side.all()
    return (*_Comparison(memory.program, was, is_).causes(part),)


@attrs.define
class _Comparison:
    program: p.Program
    before: Outcome
    after: Outcome
    _told: set[str] = attrs.field(factory=set, init=False)
    _opened: set[tuple[str, str]] = attrs.field(factory=set, init=False)

    def causes(self, part: tuple[str, str]) -> Iterator[Cause]:
        """Give what moved, outer before inner, each once."""
        waiting: list[Node] = [*self._roots(*part)][::-1]
        while waiting:
            node = waiting.pop()
            inner: list[Node] = node.children()
            if isinstance(node, p.Rule):
                inner = []
                units = self.before.rule(node), self.after.rule(node)
                if units[0] != units[1]:
                    yield from self._told_once(node.id, *(self._points(ends[0]) for ends in units))
            elif isinstance(node, p.DefinitionRead):
                inner = self._behind(node.kind, node.name)
            elif isinstance(node, _LEAVES) or self._is_asked(node):
                inner = []
                yield from self._leaf(node)
            waiting += inner[::-1]

    def _roots(self, kind: str, name: str) -> Iterator[Node]:
        """Give what a part of a result rests on."""
        marks = {one.name: word for word, one in MARKS.items()}
        if kind in {"ladder", "grade"}:
            yield from self._parts(kind, name)
        elif kind == "output":
            yield from self._parts("criterion", name)
        elif kind == "segments":
            yield from (one.condition for one in self.program.segments if one.name == name)
        elif kind in marks:
            found = (one for one in self.program.marks if (one.kind, one.value) == (marks[kind], name))
            yield from (one.condition for one in found)
        else:
            yield from (one.condition for one in self.program.requirements if one.reason == name)
        if kind not in {"missing", "output"}:
            ladder = self.program.definitions.get((kind, name))
            yield from (
                one.condition
                for one in self.program.requirements
                if (ladder.needs(one) if isinstance(ladder, p.Ladder) else one.before_scoring)
            )

    def _parts(self, kind: str, name: str) -> list[Node]:
        one = self.program.definitions.get((kind, name))
        match one:
            case None:  # the score
                return [*self.program.dimensions]
            case p.GradeCell():
                return [node for part in one.grades for node in self._parts("grade", part)]
            case p.Ladder():
                return [*(rule.condition for rule in one.rules), *(hold.condition for hold in one.holds)]
            case _:
                return one.children()

    def _behind(self, kind: str, name: str) -> list[Node]:
        """Give what a name stands for, where that is another than before, and was not looked at."""
        key = (kind, name)
        if key in self._opened:
            return []
        self._opened.add(key)
        before, after = (side.reading.definitions.get(key) for side in (self.before, self.after))
        return [] if before == after else self._parts(*key)

    def _is_asked(self, node: Node) -> bool:
        return isinstance(node, p.CallNode) and node.plugin is not None

    def _leaf(self, node: Any) -> Iterator[Cause]:
        found = [self._answer(side, node) for side in (self.before, self.after)]
        if None in found or found[0] == found[1]:
            return
        (before,), (after,) = found
        if isinstance(node, _VALUES):
            if reveals(node, self.program, revealing_criteria(self.program)):
                before, after = MASK, MASK
            else:
                before, after = plain(before, node.type.kind), plain(after, node.type.kind)
        yield from self._told_once(node.text, before, after)

    def _answer(self, side: Outcome, node: Any) -> Any:
        reading = side.reading
        return only(reading.value(node) if isinstance(node, _VALUES) else values_of(reading.truth(node)))

    def _points(self, units: int) -> Decimal:
        return decimal_of(self.before.points(units))

    def _told_once(self, what: str, before: Any, after: Any) -> Iterator[Cause]:
        if what not in self._told:
            self._told.add(what)
            yield Cause(what, before, after)
