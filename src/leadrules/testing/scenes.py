"""What is in scope at a place of a rule file that is being generated: names and their types."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import TypeVar

import attrs

from leadrules.errors import Span
from leadrules.syntax import tree
from leadrules.vocabulary import DATE, DATETIME, Type

N = TypeVar("N", bound=tree.Node)
NOWHERE = Span("generated", 0, 0, 1, 1)
OWN = {"at": DATETIME, "day": DATE}
"""What every event has."""


def made(kind: Callable[..., N], *parts: object, **options: object) -> N:
    """Make a node that stands nowhere yet."""
    return kind(*parts, **options, span=NOWHERE)


def name(text: str) -> tree.Name:
    """Make a name."""
    return made(tree.Name, text)


@attrs.frozen
class Scale:
    """The labels of a grade or ladder. `steps` are those that have an order, lowest first."""

    labels: tuple[str, ...]
    steps: tuple[str, ...]


@attrs.define
class Scene:
    """What the rules may read so far.

    `events` are the types and their properties, `groups` their groups, and `asked` those of both
    that rules name; `params` are by name, a duration's type being None, and `amounts` has the
    numbers among them; `tables` are those that the file holds, with the type of
    their values; `criteria` includes the `plain` ones, which filters may read; `truths` are
    segments; `numbers` are dimensions, groups, personas and the score.
    """

    fields: dict[str, Type] = attrs.field(factory=dict)
    events: dict[str, dict[str, Type]] = attrs.field(factory=dict)
    groups: dict[str, tuple[str, ...]] = attrs.field(factory=dict)
    asked: list[str] = attrs.field(factory=list)
    params: dict[str, Type | None] = attrs.field(factory=dict)
    amounts: dict[str, Fraction] = attrs.field(factory=dict)
    lists: dict[str, Type] = attrs.field(factory=dict)
    tables: dict[str, Type] = attrs.field(factory=dict)
    criteria: dict[str, Type] = attrs.field(factory=dict)
    plain: set[str] = attrs.field(factory=set)
    truths: list[str] = attrs.field(factory=list)
    numbers: list[str] = attrs.field(factory=list)
    scales: dict[str, Scale] = attrs.field(factory=dict)
    ladder_labels: list[str] = attrs.field(factory=list)
    taken: set[str] = attrs.field(factory=lambda: {"score", "points", "stage", "any_event", "activity"})
    extra: list[tree.Condition] = attrs.field(factory=list)

    def types_of(self, event: str) -> tuple[str, ...]:
        """Give the event types behind an event or a group."""
        return self.groups.get(event, (event,))

    def properties(self, types: Iterable[str]) -> dict[str, Type]:
        """Give the properties that some event types may be asked for: those of one type among them."""
        found: dict[str, set[Type]] = {}
        for type_ in types:
            for property_, kind in self.events[type_].items():
                found.setdefault(property_, set()).add(kind)
        return OWN | {property_: kinds.pop() for property_, kinds in found.items() if len(kinds) == 1}

    def property_names(self, types: Iterable[str]) -> set[str]:
        """Name the properties of some event types, also those that cannot be asked for."""
        return set(OWN) | {property_ for type_ in types for property_ in self.events[type_]}


def of_kind(names: Mapping[str, Type | None], wanted: Type) -> list[str]:
    """Name what has values of a type. A closed text serves where an open one is wanted."""
    if wanted.kind == "text" and not wanted.choices:
        return [n for n, type_ in names.items() if type_ is not None and type_.kind == "text"]
    return [n for n, type_ in names.items() if type_ == wanted]
