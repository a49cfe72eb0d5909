"""In which order the definitions of a file are answered, so that each comes after all it reads.

A circle is a mistake, reported with its path. `was` is how a rule may look back at a ladder: it
reads the lead's record, and makes no circle.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import dropwhile

import attrs

from leadrules.check.names import DEFINITIONS, IMPLICIT_DIMENSION, IMPLICIT_LADDER, Names
from leadrules.errors import Span
from leadrules.nodes import Node
from leadrules.syntax import tree
from leadrules.syntax.report import Report, path_of

Key = tuple[str, str]
"""A kind and a name; `gate` and `requirements` are the answers to all `require` lines together."""

_MOST_CIRCLES = 100
"""How many circles that hang together are reported: each is as long as the path, and there may be very many."""

GATE: Key = ("gate", "")
REQUIREMENTS: Key = ("requirements", "")
SCORE: Key = ("score", "score")


@attrs.define
class Graph:
    """What each definition reads, and where it says so."""

    names: Names
    reads: dict[Key, dict[Key, tree.Node]] = attrs.field(factory=dict)

    def add(self, key: Key) -> None:
        """Add a definition that reads nothing yet."""
        self.reads.setdefault(key, {})

    def link(self, key: Key, to: Key, at: tree.Node) -> None:
        """Say that a definition reads another."""
        self.add(key)
        self.add(to)
        self.reads[key].setdefault(to, at)

    def mentions(self, key: Key, node: object, hidden: frozenset[str] = frozenset()) -> None:
        """Say that a definition reads whatever an expression mentions; properties of the event are `hidden`."""
        self.add(key)
        for name in mentioned(node, self.names, hidden):
            kind = self.names.kind(name.name)
            if kind in DEFINITIONS:
                self.link(key, (str(kind), name.name), name)


def mentioned(node: object, names: Names, hidden: frozenset[str] = frozenset()) -> Iterator[tree.Name]:
    """Give the names in an expression that could be definitions, from left to right.

    The `hidden` names are properties of the event at hand, which come first. A stack stands in for
    recursion, which a thread with a small stack would not survive.
    """
    waiting: list[tuple[object, frozenset[str]]] = [(node, hidden)]
    while waiting:
        node, hidden = waiting.pop()
        if isinstance(node, tree.Name):
            if node.name not in hidden:
                yield node
        else:
            waiting += reversed(_parts(node, names, hidden))


def _parts(node: object, names: Names, hidden: frozenset[str]) -> list[tuple[object, frozenset[str]]]:
    """Give the parts of an expression that may mention names, each with the names that are hidden in it."""
    if isinstance(node, tuple):
        return [(part, hidden) for part in node]
    if isinstance(node, (tree.Selection, tree.Since)):
        filter_: object = () if node.filter is None else node.filter
        name = (node.name, hidden)  # `renewal within 5 days`, where a criterion is a date
        others = (getattr(node, "spans", ()), getattr(node, "relations", ()))
        return [name, (filter_, _properties(names, node.name)), (others, frozenset())]
    if isinstance(node, tree.Answer):
        filter_ = () if node.filter is None else node.filter
        return [(node.name, hidden), (filter_, _properties(names, node.name))]
    if isinstance(node, tree.Aggregate):
        return [(node.selection, frozenset())]
    if isinstance(node, tree.Call):
        return [(argument.value, hidden) for argument in node.arguments]
    if isinstance(node, (tree.Compare, tree.In, tree.Between)):
        return _beside(node, names, hidden)
    if isinstance(node, tree.Node) and not isinstance(node, (tree.Was, tree.MaxPer, tree.MaxPoints)):
        return [(child, hidden) for child in node.children()]
    return []


def _properties(names: Names, event: tree.Name) -> frozenset[str]:
    """Name the properties of an event or a group; nothing else has any."""
    if event.name in names.events or event.name in names.groups:
        return frozenset(names.property_names(names.types_of(event.name)))
    return frozenset()


def _at_hand(condition: tree.Condition | None, names: Names) -> frozenset[str]:
    """Name the properties of the event that a per-event rule's points are about."""
    while isinstance(condition, tree.Group):
        condition = condition.inner
    event = condition.name if isinstance(condition, tree.Selection) else condition
    return _properties(names, event) if isinstance(event, tree.Name) else frozenset()


def _beside(
    node: tree.Compare | tree.In | tree.Between, names: Names, hidden: frozenset[str]
) -> list[tuple[object, frozenset[str]]]:
    """Hide the names that are labels of the grade or ladder beside them."""
    sides = node.children()
    if isinstance(node, tree.Compare) and not _is_scale(sides[0], names, hidden, beside=sides[1]):
        sides.reverse()
    subject, *others = sides
    labels = frozenset(names.labels_of(subject.name)) if isinstance(subject, tree.Name) else frozenset()
    if isinstance(subject, tree.Name) and subject.name in hidden:
        labels = frozenset()
    return [(subject, hidden), *((other, hidden | labels) for other in others)]


def _is_scale(node: Node, names: Names, hidden: frozenset[str], *, beside: Node) -> bool:
    """Tell whether the left side of a comparison is the grade or ladder, rather than a label of the other side."""
    if not isinstance(node, tree.Name) or node.name in hidden or names.kind(node.name) not in {"grade", "ladder"}:
        return False
    if not isinstance(beside, tree.Name) or beside.name in names.labels_of(node.name):
        return True
    return node.name not in names.labels_of(beside.name)


_NOWHERE = tree.Name("", span=Span("", 0, 0, 1, 1))


def graph_of(statements: Sequence[tree.Statement], names: Names) -> Graph:
    """Find what each definition of a file reads."""
    graph = Graph(names)
    for key in (GATE, REQUIREMENTS, SCORE):
        graph.add(key)
    holders = _Holders(graph)
    for node in statements:
        holders.scoring(node)
        match node:
            case tree.Criterion():
                graph.mentions(("criterion", node.name.name), node.body)
            case tree.Segment():
                graph.mentions(("segment", node.name.name), node.body)
            case tree.Require():
                graph.mentions(GATE if node.before_scoring else REQUIREMENTS, node.condition)
                graph.mentions(REQUIREMENTS, node.condition)
            case tree.Grade():
                graph.mentions(("grade", node.name.name), node.subject)
            case tree.GradeCell():
                for grade in node.grades:
                    graph.link(("grade", node.name.name), ("grade", grade.name), grade)
            case tree.Stages():
                name = node.name.name if node.name else IMPLICIT_LADDER
                graph.link(("ladder", name), REQUIREMENTS, node)
            case tree.Outcome() | tree.Hold():
                _outcome(graph, names, node)
            case _:
                pass  # scores, declares vocabulary, or tests
    if names.holds(IMPLICIT_DIMENSION, None):
        _scored(graph, ("dimension", IMPLICIT_DIMENSION), _NOWHERE)
        graph.link(SCORE, ("dimension", IMPLICIT_DIMENSION), _NOWHERE)
    graph.link(SCORE, GATE, _NOWHERE)
    return graph


@attrs.define
class _Holders:
    """Which dimension, group and persona hold what comes next in the file."""

    graph: Graph
    dimension: Key = ("dimension", IMPLICIT_DIMENSION)
    holder: Key = ("dimension", IMPLICIT_DIMENSION)
    persona: Key = ("dimension", IMPLICIT_DIMENSION)
    defaults: tuple[tree.Name, ...] = ()
    left: list[tuple[Key, Key, tuple[tree.Name, ...]]] = attrs.field(factory=list)

    def scoring(self, node: tree.Statement) -> None:
        """Link what a statement scores to what holds it; other statements change nothing."""
        graph = self.graph
        match node:
            case tree.Boundary(True):
                self.left.append((self.dimension, self.holder, self.defaults))
            case tree.Boundary():
                self.dimension, self.holder, self.defaults = self.left.pop()
            case tree.Dimension():
                self.holder = self.dimension = ("dimension", node.name.name)
                _scored(graph, self.dimension, node)
                graph.link(SCORE, self.dimension, node)
                self.defaults = tuple({name.name: name for name in mentioned(node.modifiers, graph.names)}.values())
                graph.mentions(self.dimension, self.defaults)
            case tree.PointsGroup():
                self.holder = ("group", node.name.name)
                _scored(graph, self.holder, node)
                graph.mentions(self.holder, self.defaults)
                graph.link(self.dimension, self.holder, node)
            case tree.Persona():
                self.persona = ("persona", node.name.name)
                home = self.dimension if node.dimension is None else ("dimension", node.dimension.name)
                _scored(graph, self.persona, node)
                graph.link(home, self.persona, node)
            case tree.PersonaLine():
                graph.mentions(self.persona, node.condition)
            case tree.Rule():
                self._rule(node)
            case _:
                pass  # scores nothing

    def _rule(self, node: tree.Rule) -> None:
        for alternative in node.alternatives:
            hidden = _at_hand(alternative.condition, self.graph.names) if len(node.alternatives) == 1 else frozenset()
            self.graph.mentions(self.holder, alternative.condition)
            self.graph.mentions(self.holder, alternative.points, hidden)
        self.graph.mentions(self.holder, node.modifiers)


def _scored(graph: Graph, key: Key, node: tree.Node) -> None:
    graph.link(key, GATE, node)


def _outcome(graph: Graph, names: Names, node: tree.Outcome | tree.Hold) -> None:
    if isinstance(node, tree.Outcome) and node.kind != "label":
        return
    word = node.target if isinstance(node, tree.Outcome) else node.label
    ladder = names.labels.get(word.name if isinstance(word, tree.Name) else word.value)
    if ladder is not None:
        graph.mentions(("ladder", ladder), node.condition)
        graph.link(("ladder", ladder), REQUIREMENTS, node)


def order_of(graph: Graph, report: Report) -> tuple[Key, ...]:
    """Order the definitions, each after all it reads; reports every circle once, by its path."""
    done: dict[Key, None] = {}
    for start in graph.reads:
        if start not in done:
            _visit(graph.reads, start, done, report)
    return tuple(done)


def _visit(reads: Mapping[Key, Mapping[Key, tree.Node]], start: Key, done: dict[Key, None], report: Report) -> None:
    path = {start: iter(reads[start])}
    circles = 0
    while path:
        key = next(reversed(path))
        following = next((k for k in path[key] if k not in done), None)
        if following is None:
            done[key] = None
            path.popitem()
        elif following not in path:
            path[following] = iter(reads[following])
        elif circles < _MOST_CIRCLES:
            circles += 1
            _circle([*dropwhile(lambda k: k != following, path)], reads, report)  # noqa: B023 - read at once


def _place_of(path: Sequence[Key], reads: Mapping[Key, Mapping[Key, tree.Node]]) -> tree.Node:
    """Give the last mention in a circle, before statements that merely hold one another."""
    links = [reads[here][there] for here, there in zip(path, (*path[1:], path[0]), strict=True)]
    written = [link for link in links if link is not _NOWHERE]
    return [*links, *written, *(link for link in written if isinstance(link, tree.Name))][-1]


def _circle(path: Sequence[Key], reads: Mapping[Key, Mapping[Key, tree.Node]], report: Report) -> None:
    words = {GATE: "require … before scoring", REQUIREMENTS: "require"}
    shown = [words.get(key, f"`{key[1]}`") for key in (*path, path[0])]
    at = _place_of(path, reads)
    if any(told.code == "LR304" and told.span == at.span for told in report.diagnostics):
        return  # one mention may close several circles
    help_ = "take one of them out of the circle"
    if any(kind == "ladder" for kind, _ in path):
        help_ = "to look at the label that the lead held before, write `was LABEL`"
    if GATE in path:
        help_ = "what must hold before scoring cannot read what is scored; leave out `before scoring`"
    report.add("LR304", f"a definition reads itself: {path_of(shown)}", at, help_)
