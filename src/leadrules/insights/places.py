"""Which file a part of a program stands in: a line means little where rules come from several files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs

from leadrules import program as p
from leadrules.ruleset import Ruleset, statements_of
from leadrules.syntax import tree

_KINDS: Mapping[type[Any], str] = {
    tree.Criterion: "criterion",
    tree.Segment: "segment",
    tree.Dimension: "dimension",
    tree.PointsGroup: "group",
    tree.Persona: "persona",
    tree.Grade: "grade",
    tree.GradePair: "grade",
    p.Criterion: "criterion",
    p.Segment: "segment",
    p.Dimension: "dimension",
    p.PointsGroup: "group",
    p.Persona: "persona",
    p.Grade: "grade",
    p.GradePair: "grade",
    p.Ladder: "ladder",
}
Place = tuple[int, int]
"""A file, the main one being 0, and a line in it. Places are in the order of the files."""


@attrs.frozen
class Places:
    """The files that the parts of a program stand in. `files` are their names, the main one's first."""

    files: tuple[str, ...]
    _named: Mapping[tuple[str, str], str]

    @classmethod
    def of(cls, rules: Ruleset) -> Places:
        """Look where everything of a ruleset stands."""
        return cls.in_program(rules.program, statements_of(rules))

    @classmethod
    def in_program(cls, program: p.Program, statements: Sequence[tree.Statement]) -> Places:
        """Look where everything of a program stands, by the statements that it was made of."""
        files = tuple(dict.fromkeys(node.span.file for node in statements))
        named = {key: node.span.file for node in statements if (key := _key(node)) is not None}
        outer = {("rule", rule.id): file for rule in _rules(program) if (file := _file_of(rule)) is not None}
        return cls(files, named | outer)

    def file(self, part: object) -> str | None:
        """Name the file of a part of the program; None for the main file, and for what nobody wrote."""
        return self._included(self._named.get(_key(part) or ("", "")) or _file_of(part))

    def file_of_entry(self, kind: str, rule: str) -> str | None:
        """Name the file of what an entry of an audit is about: a rule, or else what is clamped or weighed."""
        kinds = ["rule", "persona"] if kind == "points" else ["rule", "group", "dimension"]
        if kind in {"weight", "constant"} or rule == "total":
            kinds = ["total"]
        found = (self._named.get((name, rule)) for name in kinds)
        return self._included(next((file for file in found if file is not None), None))

    def _included(self, file: str | None) -> str | None:
        return file if file in self.files[1:] else None

    def place(self, file: str | None, line: int) -> Place:
        """Give what puts lines of several files in order."""
        return (0 if file is None else self.files.index(file), line)


def _key(node: object) -> tuple[str, str] | None:
    """Give what a part is known by, if it has a name that nothing else of its kind has."""
    if isinstance(node, (tree.Total, p.Total)):
        return "total", "total"
    if isinstance(node, tree.Stages):
        return "ladder", "stage" if node.name is None else node.name.name
    kind = _KINDS.get(type(node))
    if kind is None:
        return None
    name: Any = getattr(node, "name")  # noqa: B009 - all of these kinds have one
    return kind, name.name if isinstance(name, tree.Name) else name


def _rules(program: p.Program) -> Iterator[p.Rule]:
    for dimension in program.dimensions:
        for item in dimension.items:
            if isinstance(item, p.Rule):
                yield item
            elif isinstance(item, p.PointsGroup):
                yield from item.rules


def _file_of(part: object) -> str | None:
    """Name the file of a part by the first of its expressions."""
    if isinstance(part, p.Node):
        return None if part.span is None else part.span.file
    if isinstance(part, p.Rule):
        first = part.alternatives[0]
        return _file_of(first.condition or first.points)
    if isinstance(part, p.Example):
        return _file_of(part.expectations[0])
    return _file_of(part.condition) if hasattr(part, "condition") else None
