"""What of a program can move by time alone: all else is answered once for a lead."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import attrs

from leadrules import nodes
from leadrules import program as p

_MOVES = (p.AsOf, p.Elapsed, p.MomentWithin, p.Was)
"""What answers otherwise as time goes by, or once a label is held."""


@attrs.define
class Movement:
    """Tells what can move. Answers are remembered by the identity of nodes, which the program keeps."""

    program: p.Program
    clocks: dict[str, None] = attrs.field(factory=dict)
    tables: dict[str, dict[Fraction, Any]] = attrs.field(factory=dict)
    ignores: tuple[p.Ignore, ...] = ()
    touched: frozenset[str] = frozenset()
    _known: dict[int, bool] = attrs.field(factory=dict)
    _definitions: dict[tuple[str, str], bool] = attrs.field(factory=dict)

    def __attrs_post_init__(self) -> None:
        self.ignores = tuple(one for one in self.program.ignores if self.of(one))
        self.touched = frozenset(type_ for one in self.ignores for type_ in one.selection.types)
        for key in self.program.answered:
            match self.program.definitions.get(key):
                case p.Criterion(body=part) | p.Segment(condition=part):
                    self._definitions[key] = self.of(part)
                case _:
                    pass
        seeing = (node for node in self.program.find(p.CallNode) if self.sees_the_clock(node))
        self.clocks = dict.fromkeys(f"{node.plugin}.{node.function}" for node in seeing)

    def of(self, node: nodes.Node | None) -> bool:
        """Tell whether an expression or a rule can answer otherwise later."""
        if node is None:
            return False
        found = self._known.get(id(node))
        if found is None:
            found = self._known[id(node)] = any(map(self._moves, node.walk(ends=False)))
        return found

    def sees_the_clock(self, node: p.CallNode) -> bool:
        """Tell whether a call shows the lead, and with it `as_of`, to a criterion."""
        return node.plugin is not None and self.program.functions[node.plugin, node.function].wants_lead

    def may_be_ignored(self, node: p.Selection | p.SinceEvent | p.Answer) -> bool:
        """Tell whether events that it selects may be ignored later, or no longer."""
        return not (node.sees_all or self.touched.isdisjoint(node.types))

    def _moves(self, node: nodes.Node) -> bool:
        match node:
            case p.Selection(within=within):
                return within is not None or self.may_be_ignored(node)
            case p.SinceEvent() | p.Answer():
                return self.may_be_ignored(node)
            case p.Relation():
                return node.waits
            case p.CallNode(events=events):
                return self.sees_the_clock(node) or not self.touched.isdisjoint(events)
            case p.DefinitionRead(kind=kind, name=name):
                return self._definitions.get((kind, name), True)
            case p.Rule(selection=selection, decay=decay, first_day=first, last_day=last):
                return decay is not None or (selection is None and not (first is None and last is None))
            case _:
                return isinstance(node, _MOVES)
