"""Checks `followed by` and `preceded by`: the events that answer those of a selection."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from leadrules import program as p
from leadrules.check.resolver import Resolver, told
from leadrules.syntax import tree
from leadrules.syntax.formatter import text_of
from leadrules.syntax.report import listed

Types = tuple[str, ...]
FilterOf = Callable[[tree.Condition, Types], p.Condition]
"""Checks the filter of events of some types."""


def relations_of(
    checker: Resolver, filter_of: FilterOf, nodes: Sequence[tree.Relation], name: tree.Name, types: Types
) -> tuple[p.Relation, ...]:
    """Check the relations of a selection by that name. Two that go one way read like a chain, and are none: refused."""
    asked: dict[str, tree.Relation] = {}
    for node in nodes:
        first = asked.setdefault(node.direction, node)
        if first is not node and not (first.negated or node.negated):
            one, other = (text_of(relation.answers[0].name) for relation in (first, node))
            chain = [text_of(name), one, other] if node.direction == "followed" else [other, one, text_of(name)]
            checker.report.refuse(
                "LR433",
                f"two `{node.direction} by` read like a chain, and both would be about `{text_of(name)}`",
                node,
                f"write `{chain[0]} followed by {chain[1]} then {chain[2]}`",
            )
        if not node.negated:
            asked[node.direction] = node
    return tuple(_relation_of(checker, filter_of, node, name, types) for node in nodes)


def _relation_of(
    checker: Resolver, filter_of: FilterOf, node: tree.Relation, name: tree.Name, types: Types
) -> p.Relation:
    """Check what answers the events, of some types, of a selection by that name."""
    if node.direction == "preceded" and len(node.answers) > 1:
        first, *others = (text_of(answer.name) for answer in node.answers)
        checker.report.refuse(
            "LR432",
            "`then` goes forward in time, and `preceded by` looks back",
            node.answers[1],
            f"begin with what came first: `{first} followed by {' then '.join([*others, text_of(name)])}`",
        )
    within = None if node.within is None else checker.duration(node.within.duration).microseconds
    answers = tuple(_answer_of(checker, filter_of, answer, (types, name)) for answer in node.answers)
    return p.Relation(node.direction, answers, within, node.negated, **told(node))


def _answer_of(checker: Resolver, filter_of: FilterOf, node: tree.Answer, asked: tuple[Types, tree.Name]) -> p.Answer:
    types = checker.event_types(node.name)
    filter_ = None if node.filter is None else filter_of(node.filter, types)
    same = tuple(_same_of(checker, name, asked, (types, node.name)) for name in node.same)
    return p.Answer(node.name.name, types, filter_, same, **told(node))


def _same_of(checker: Resolver, node: tree.Name, *sides: tuple[Types, tree.Name]) -> p.PropertyRead:
    """Check a property that both an event and its answer must have, and of one type."""
    for types, event in sides:
        if checker.names.property(types, node.name, node) is None:
            known = checker.names.property_names(types)
            near = checker.report.suggest(node.name, known)
            checker.report.refuse(
                "LR303",
                f"`{text_of(event)}` has no property `{text_of(node)}`, so none can be the same",
                node,
                f"did you mean `{near}`?" if near else f"it has {listed(sorted(known))}",
            )
        checker.note(types, node.name)
    found = checker.names.property(tuple(dict.fromkeys((*sides[0][0], *sides[1][0]))), node.name, node)
    assert found is not None
    return p.PropertyRead(found.name, found.type, found.pii, **told(node))
