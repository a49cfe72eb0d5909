"""The left side that a test after `|` leaves out is that of the first test before it."""

from __future__ import annotations

import attrs

from leadrules.syntax import tree


def completed(node: tree.Condition, first: tree.Condition | None) -> tree.Condition:
    """Put the left side of the rule's first test where a test after `|` leaves its own out."""
    while isinstance(first, tree.Group):
        first = first.inner
    subject: tree.Operand | None = None
    if isinstance(first, tree.Compare):
        subject = first.left
    elif isinstance(first, (tree.Between, tree.In, tree.TextTest, tree.IsKnown)):
        subject = first.subject
    if subject is None or isinstance(subject, tree.Omitted):
        return node
    return _filled(node, subject)


def _filled(node: tree.Condition, subject: tree.Operand) -> tree.Condition:
    if isinstance(node, tree.Compare) and isinstance(node.left, tree.Omitted):
        return attrs.evolve(node, left=subject)
    if isinstance(node, (tree.Between, tree.In, tree.TextTest, tree.IsKnown)) and isinstance(
        node.subject, tree.Omitted
    ):
        return attrs.evolve(node, subject=subject)
    if isinstance(node, (tree.And, tree.Or)):
        return attrs.evolve(node, members=tuple(_filled(member, subject) for member in node.members))
    return node
