"""How deep and how large what a program says is, so that code stays shallow and short.

Python compiles deep brackets by recursion, on the stack of whoever happens to evaluate first, and
takes its time over long functions. What is deeper or larger than people write is left to the reference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import attrs

from leadrules import program as p
from leadrules.nodes import Node

_DEEPEST = 12
"""How many levels of nodes below each other become one expression."""

_LARGEST = 200
"""How many nodes a criterion may have that is written out wherever a filter names it, those behind it included."""

LONG_CODE = 80_000
"""How much is no longer written as one function."""

_OF_DEFINITION = 10
_OF_PART = 8
_OF_SELECTION = 8
_OF_TYPE = 4
_OF_FILTER = 6
_OF_FILTERS_NODE = 2
_OF_COLUMN = 50
"""How much is written of a definition, of a rule or condition besides its nodes, and of a selection; and, for each type
of event in it, of that type, of the filter, and of a property that is read."""

_APART = (p.Selection, p.SinceEvent)
"""What has expressions of its own."""


@attrs.frozen
class Shapes:
    """The nodes of a program that are too deep for code, or too many, and the criteria too large to be written out.

    What is read of events is written whoever asks for it: `is_too_much` says that this alone is more than may be.
    """

    is_long: bool
    is_too_much: bool
    _left: frozenset[int]
    _large: frozenset[str]

    @classmethod
    def of(cls, program: p.Program) -> Shapes:
        """Measure a program."""
        parts = [_Part.of(node) for node in _parts(program)]
        asked = {key: size for part in parts for key, size in part.asked.items()}
        size = sum(part.base for part in parts) + sum(asked.values()) + _OF_DEFINITION * len(program.definitions)
        columns = _OF_COLUMN * sum(map(len, program.scope.read.values()))
        most = program.scope.most_code
        left = [id(part.node) for part in _too_many(parts, most)] if size > most else []
        deep = (node for part in parts for node in part.deep)
        return cls(size > LONG_CODE, columns > most, frozenset((*left, *deep)), frozenset(_large(program)))

    def is_left(self, node: Node) -> bool:
        """Tell whether a rule, condition or value of the program is too deep for code, or one too many."""
        return id(node) in self._left

    def is_large(self, criterion: str) -> bool:
        """Tell whether a criterion is too large to be written out where it is named."""
        return criterion in self._large


def _parts(program: p.Program) -> Iterator[Node]:
    """Give the rules, conditions and values of a program, each of which is written or left by itself."""
    yield from program.rules
    for criterion in program.criteria:
        yield criterion.body.condition if isinstance(criterion.body, p.ConditionValue) else criterion.body
    yield from (segment.condition for segment in program.segments)
    yield from (requirement.condition for requirement in program.requirements)
    yield from (mark.condition for mark in program.marks)
    yield from (line.condition for persona in program.personas for line in persona.lines)
    for ladder in program.ladders:
        yield from (rule.condition for rule in ladder.rules)
        yield from (hold.condition for hold in ladder.holds)
    yield from (grade.subject for grade in program.grades if isinstance(grade, p.Grade))


@attrs.frozen
class _Part:
    """A part of a program, how much is written of it by itself, and the nodes in it that are too deep.

    `asked` are the questions that it asks of events, each with how much is written of it: what is
    asked twice is written once.
    """

    node: Node
    base: int
    asked: dict[object, int]
    deep: tuple[int, ...]

    @classmethod
    def of(cls, node: Node) -> _Part:
        """Measure a part."""
        walked: list[tuple[Node, list[Node]]] = []
        waiting = [node]
        while waiting:
            one = waiting.pop()
            parts = one.inward()[0] if isinstance(one, p.OneOf) else one.children()  # its choices are one constant
            walked.append((one, parts))
            waiting += parts
        levels: dict[int, int] = {}
        deep: list[int] = []
        selections: list[p.Selection | p.SinceEvent] = []
        reads: set[str] = set()
        for one, parts in reversed(walked):
            if isinstance(one, _APART):
                levels[id(one)] = 0
                selections.append(one)
                continue
            below = levels[id(one)] = 1 + max([levels[id(part)] for part in parts], default=0)
            if below > _DEEPEST and not isinstance(one, p.Rule):
                deep.append(id(one))
            if isinstance(one, p.PropertyRead):
                reads.add(one.name)
        asked: dict[object, int] = {}
        for selection in selections:
            asked |= _asked(selection, reads)
        return cls(node, _OF_PART + len(walked), asked, tuple(deep))

    @property
    def size(self) -> int:
        """How much is written of it where nothing else is."""
        return self.base + sum(self.asked.values())


def _asked(selection: p.Selection | p.SinceEvent, reads: Iterable[str]) -> dict[object, int]:
    """Measure what is asked of the events of a selection, where properties are read: code for each type of event."""
    types = selection.types
    in_filter = 0 if selection.filter is None else _OF_FILTER + _OF_FILTERS_NODE * len([*selection.filter.walk()])
    within = selection.within if isinstance(selection, p.Selection) else None
    found: dict[object, int] = {(types, name): _OF_COLUMN * len(types) for name in reads}
    found[types, selection.filter, within] = _OF_SELECTION + (in_filter or _OF_TYPE) * len(types)
    return found


def _too_many(parts: Iterable[_Part], most: int) -> Iterator[_Part]:
    """Give the parts that are left where there is too much of all: what is largest is left first."""
    written: set[object] = set()
    for part in sorted(parts, key=lambda part: part.size):
        size = part.base + sum(size for key, size in part.asked.items() if key not in written)
        if size > most:
            yield part
        else:
            most -= size
            written |= part.asked.keys()


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
