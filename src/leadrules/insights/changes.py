"""What changed between two rule files: rule by rule, not line by line.

Order, layout and comments are no change. A rule is known by its name, or by its condition within its
dimension; one whose condition was edited is told from one that went and one that came by how alike
their texts are.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import attrs

from leadrules.check.names import DECLARATIONS
from leadrules.syntax import tree
from leadrules.syntax.formatter import text_of

_ALIKE = 0.6
_MOST_PAIRS = 40_000


@attrs.frozen
class Element:
    """A part of a rule file: what it is, where it belongs, what it is known by, and its text.

    `home` names the dimension and the group that a scoring rule counts into, or the persona of a line. `rule` is the
    id that audits know a scoring rule by, None for all else.
    """

    kind: str
    home: str
    key: str
    text: str
    line: int
    rule: str | None = None

    @property
    def place(self) -> tuple[str, str, str]:
        """What the same part of another version is found by."""
        return self.kind, self.home, self.key


@attrs.frozen
class Change:
    """A part that was added (`before` is None), removed (`after` is None) or changed."""

    before: Element | None
    after: Element | None

    @property
    def what(self) -> Literal["added", "removed", "changed", "moved"]:
        """Say what happened to it; what is as it was, and counts elsewhere, has moved."""
        if self.before is None:
            return "added"
        if self.after is None:
            return "removed"
        return "changed" if self.before.text != self.after.text else "moved"

    @property
    def kind(self) -> str:
        """Say what part it is: rule, stage rule, dimension, field, ..."""
        element = self.after or self.before
        assert element is not None
        return element.kind


_KINDS: Mapping[type[tree.Node], str] = {
    **DECLARATIONS,
    tree.Ruleset: "header",
    tree.Timezone: "header",
    tree.Precision: "header",
    tree.AccentsIgnored: "header",
    tree.Total: "total",
    tree.Use: "plugin",
}
_NO_PART = (tree.Example, tree.Given, tree.Expect, tree.Boundary, tree.Include)


def elements_of(statements: Sequence[tree.Statement]) -> list[Element]:
    """Take a rule file apart. Examples are no part of what it means."""
    seen: Counter[object] = Counter()

    def numbered(name: str, place: object) -> str:
        seen[place] += 1
        return name if seen[place] == 1 else f"{name}~{seen[place]}"

    found = []
    for element in _elements(statements):
        rule = None if element.rule is None else numbered(element.rule, ("rule", element.rule))
        found.append(attrs.evolve(element, key=numbered(element.key, element.place), rule=rule))
    return found


@attrs.define
class _Homes:
    """Where what a statement gives counts: what begins and ends it is what does for the checker."""

    dimension: str = ""
    group: str = ""
    persona: str = ""
    left: list[tuple[str, str]] = attrs.field(factory=list)

    def read(self, node: tree.Statement) -> None:
        """Take the next statement: note what it begins and what it ends."""
        match node:
            case tree.Dimension():
                self.dimension, self.group = node.name.name, ""
            case tree.PointsGroup():
                self.group = node.name.name
            case tree.Persona():
                self.persona = node.name.name
            case tree.Boundary(opens=True):
                self.left.append((self.dimension, self.group))
                self.dimension = self.group = ""
            case tree.Boundary():
                self.dimension, self.group = self.left.pop()
            case tree.Total() | tree.Grade() | tree.GradeCell() | tree.Stages() | tree.Segment() | tree.Example():
                self.dimension = self.group = ""
            case _:
                pass

    @property
    def of_rule(self) -> str:
        """Name the home of a scoring rule."""
        group = f"group {self.group}" if self.group else ""
        return ", ".join(part for part in (self.dimension, group) if part)


def _elements(statements: Sequence[tree.Statement]) -> Iterator[Element]:
    has_dimensions = any(isinstance(node, tree.Dimension) for node in statements)
    homes = _Homes()
    for node in statements:
        homes.read(node)
        match node:
            case tree.Rule():
                first = text_of(node.alternatives[0].condition or node)
                name = node.name.name if node.name else None
                whole = " | ".join("else" if a.condition is None else text_of(a.condition) for a in node.alternatives)
                rule = name or (f"{homes.dimension}: {whole}" if has_dimensions else whole)
                yield Element("rule", homes.of_rule, name or first, text_of(node), node.span.line, rule)
            case tree.Outcome():
                kind = "stage rule" if node.kind == "label" else node.kind
                key = node.name.name if node.name else f"{text_of(node.condition)} -> {text_of(node.target)}"
                yield Element(kind, "", key, text_of(node), node.span.line)
            case tree.PersonaLine():
                yield Element("persona line", homes.persona, text_of(node.condition), text_of(node), node.span.line)
            case tree.Require() | tree.Hold():
                kind = "requirement" if isinstance(node, tree.Require) else "hold"
                yield Element(kind, "", text_of(node.condition), text_of(node), node.span.line)
            case tree.Stages():
                yield Element("stages", "", node.name.name if node.name else "stage", text_of(node), node.span.line)
            case tree.PointsGroup():
                yield _named(node, homes.dimension)
            case tree.Persona():
                yield _named(node, node.dimension.name if node.dimension else homes.dimension)
            case tree.Criterion(output=True):
                yield attrs.evolve(_named(node), kind="output")
            case _ if type(node) in _KINDS:
                yield _named(node)
            case _:
                assert isinstance(node, _NO_PART)


def _named(node: tree.Statement, home: str = "") -> Element:
    kind = _KINDS[type(node)]
    name = getattr(node, "name", None)
    key = name.name if isinstance(name, tree.Name) and kind != "header" else type(node).__name__
    rule = key if isinstance(node, tree.Persona) else None
    return Element(kind, home, key, text_of(node), node.span.line, rule)


def changes_between(before: Sequence[Element], after: Sequence[Element]) -> tuple[Change, ...]:
    """Compare two rule files; changes are in the order of the newer one, what went at the end."""
    old = {element.place: element for element in before}
    new = {element.place: element for element in after}
    gone = [element for place, element in old.items() if place not in new]
    pairs = _edited(gone, [element for place, element in new.items() if place not in old])
    found = []
    for place, element in new.items():
        earlier = old.get(place) or pairs.get(place)
        if earlier is None or (earlier.home, earlier.text) != (element.home, element.text):
            found.append(Change(earlier, element))
    paired = {earlier.place for earlier in pairs.values()}
    return (*found, *(Change(element, None) for element in gone if element.place not in paired))


def _edited(gone: Sequence[Element], came: Sequence[Element]) -> dict[tuple[str, str, str], Element]:
    """Pair what went with what came in its place, the most alike first."""
    if len(gone) * len(came) > _MOST_PAIRS:
        return {}
    scored = [
        (difflib.SequenceMatcher(None, one.text, other.text).ratio(), index, one, other)
        for index, (one, other) in enumerate((one, other) for one in gone for other in came)
        if one.kind == other.kind
        and (one.home == other.home or one.text == other.text)
        and one.kind not in {"field", "event", "param", "list", "table"}
    ]
    pairs: dict[tuple[str, str, str], Element] = {}
    used: set[tuple[str, str, str]] = set()
    for ratio, _, one, other in sorted(scored, key=lambda pair: (-pair[0], pair[1])):
        if ratio >= _ALIKE and one.place not in used and other.place not in pairs:
            used.add(one.place)
            pairs[other.place] = one
    return pairs
