"""Which statements of a rule file stand together, so that a layout can indent and part them.

Indentation means nothing in the language; a block is what a reader takes for one. It reaches from
the line that opens it to the last statement that belongs to it, and whatever is between stands in it.
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from leadrules.syntax import tree


@attrs.frozen
class Block:
    """Where a statement stands.

    `depth` counts the blocks around it, `header` is the place of the statement that opens the
    innermost one (-1: none). `stands_apart` says that a block begins with this statement, or that one
    ended before it, at the outermost level.
    """

    depth: int
    header: int
    stands_apart: bool


def blocks_of(statements: Sequence[tree.Statement]) -> list[Block]:
    """Say of each statement where it stands."""
    reach = _reach(statements)
    depths = [0] * len(statements)
    headers = [-1] * len(statements)
    apart: set[int] = set()
    for header, last in sorted(reach.items()):
        if not depths[header]:
            apart |= {header, last + 1}
        for i in range(header + 1, last + 1):
            depths[i] += 1
            headers[i] = header
    return [Block(depths[i], headers[i], i in apart) for i in range(len(statements))]


def _reach(statements: Sequence[tree.Statement]) -> dict[int, int]:
    """Find the blocks: the place of each header, and of the last statement that belongs to it."""
    opened = _Opened()
    for i, statement in enumerate(statements):
        opened.read(i, statement)
    return opened.reach


@attrs.define
class _Opened:
    """The blocks that are open at some place of the file, each known by the place of its header.

    What ends a dimension or a group is what ends it for the checker.
    """

    dimension: int | None = None
    group: int | None = None
    persona: int | None = None
    ladder: int | None = None
    example: int | None = None
    labels: frozenset[str] = frozenset()
    reach: dict[int, int] = attrs.field(factory=dict)
    around: dict[int, int] = attrs.field(factory=dict)

    def read(self, i: int, node: tree.Statement) -> None:
        """Take the next statement: close what it ends, note what it belongs to, open what it opens."""
        if not isinstance(node, tree.PersonaLine):
            self.persona = None
        if isinstance(node, _ENDS_ALL):
            self.dimension = self.group = self.ladder = self.example = None
        elif isinstance(node, tree.PointsGroup | tree.Persona):
            self.ladder = self.example = None
        self._belongs(i, self._home(node))
        self._open(i, node)

    def _home(self, node: tree.Statement) -> int | None:
        """Give the block that a statement belongs to, wherever it stands."""
        match node:
            case tree.Rule():
                return self.dimension if self.group is None else self.group
            case tree.PointsGroup() | tree.Persona(dimension=None):
                return self.dimension
            case tree.PersonaLine():
                return self.persona
            case tree.Given() | tree.Expect():
                return self.example
            case tree.Outcome(kind="label", target=label) | tree.Hold(label=label):
                return self.ladder if _label(label) in self.labels else None
            case _:
                return None

    def _belongs(self, i: int, home: int | None) -> None:
        """Let a block, and those around it, reach to a statement."""
        if home is not None:
            self.around[i] = home
        while home is not None:
            self.reach[home] = i
            home = self.around.get(home)

    def _open(self, i: int, node: tree.Statement) -> None:
        match node:
            case tree.Dimension():
                self.dimension = i
            case tree.PointsGroup():
                self.group = i
            case tree.Persona():
                self.persona = i
            case tree.Stages():
                self.ladder = i
                self.labels = frozenset(map(_label, (*node.labels, *node.exits)))
            case tree.Example():
                self.example = i
            case _:
                pass


_ENDS_ALL = (tree.Dimension, tree.Total, tree.Grade, tree.GradeCell, tree.Stages, tree.Segment, tree.Example)


def _label(label: tree.Name | tree.Text) -> str:
    return label.name if isinstance(label, tree.Name) else label.value
