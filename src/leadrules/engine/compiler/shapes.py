"""How deep and how large what a program says is, so that code stays shallow and short.

Python compiles deep brackets by recursion, on the stack of whoever happens to evaluate first, and
takes its time over long functions. What is deeper or larger than people write is left to the reference.
"""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from leadrules import program as p
from leadrules.nodes import Node

_DEEPEST = 12
"""How many levels of nodes below each other become one expression."""

_LARGEST = 200
"""How many nodes a criterion may have that is written out wherever a filter names it, those behind it included."""

_APART = (p.Selection, p.SinceEvent)
"""What has expressions of its own."""


@attrs.frozen
class Shapes:
    """The nodes of a program that are too deep for code, and the criteria too large to be written out."""

    _deep: frozenset[int]
    _large: frozenset[str]

    @classmethod
    def of(cls, program: p.Program) -> Shapes:
        """Measure a program."""
        roots: list[Node] = [*program.criteria, *program.segments, *program.requirements, *program.dimensions]
        roots += [*program.grades, *program.ladders, *program.marks]
        return cls(frozenset(_deep(roots)), frozenset(_large(program)))

    def is_deep(self, node: Node) -> bool:
        """Tell whether a node of the program is too deep to become one expression."""
        return id(node) in self._deep

    def is_large(self, criterion: str) -> bool:
        """Tell whether a criterion is too large to be written out where it is named."""
        return criterion in self._large


def _deep(roots: Iterable[Node]) -> Iterable[int]:
    """Give the identities of the nodes that have more levels below them than code may have."""
    levels: dict[int, int] = {}
    for root in roots:
        for node in reversed([*root.walk()]):
            below = max((levels[id(part)] for part in node.children()), default=0)
            levels[id(node)] = 0 if isinstance(node, _APART) else 1 + below
    return (node for node, below in levels.items() if below > _DEEPEST)


def _large(program: p.Program) -> Iterable[str]:
    """Name the criteria that have too many nodes, or too many levels, once all that they read is written out."""
    sizes: dict[str, tuple[int, int]] = {}
    for kind, name in program.order:
        criterion = program.definitions.get((kind, name))
        if isinstance(criterion, p.Criterion):
            nodes = [*criterion.body.walk()]
            behind = [sizes.get(node.name, (0, 0)) for node in nodes if isinstance(node, p.DefinitionRead)]
            sizes[name] = len(nodes) + sum(size for size, _ in behind), 1 + max((d for _, d in behind), default=0)
    return (name for name, (size, depth) in sizes.items() if size > _LARGEST or depth > _DEEPEST)
