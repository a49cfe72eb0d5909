"""How much work it is to score a lead, as far as the rules say: known before a lead is looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import attrs

from leadrules.nodes import Node
from leadrules.program.expressions import Aggregate, Selection, SinceEvent
from leadrules.program.statements import Program, Rule
from leadrules.vocabulary import Scope
from leadrules.work import Work


def with_work(program: Program, most: int) -> Program:
    """Give a program whose scopes say what it takes to score a lead, of which `most` is the limit."""
    work = work_of(program, most)

    def known(scope: Scope) -> Scope:
        return attrs.evolve(scope, work=work)

    tested = None if program.tested is None else known(program.tested)
    return attrs.evolve(program, scope=known(program.scope), tested=tested)


def work_of(program: Program, most: int) -> Work:
    """Count the parts that are looked at for every lead, and for each event of a type.

    An event takes a step by itself, one for each part of each selection that asks for its type, and one for each
    aggregate of them. Where a rule
    scores each event, that includes its points and caps. What two rules ask alike counts for both.
    """
    once, each = 0, Counter([*program.scope.read])
    for node in _parts(program):
        once += 1
        match node:
            case Selection(types=types) | SinceEvent(types=types):
                each.update(dict.fromkeys(types, _size(node)))
            case Aggregate(selection=Selection(types=types)):
                each.update(dict.fromkeys(types, 1))
            case Rule(selection=Selection(types=types)):
                each.update(dict.fromkeys(types, sum(map(_size, _of_each_event(node)))))
            case _:
                pass
    return Work(most, once, dict(each))


def _parts(program: Program) -> Iterator[Node]:
    """Give all that is looked at; that an event is there is no question of its own where a rule scores each."""
    for node in program.walk(closed=(Rule,)):
        yield node
        if isinstance(node, Rule):
            whole = [*node.alternatives] if node.selection is None else [node.selection, *_of_each_event(node)]
            for part in (*whole, node.when):
                yield from () if part is None else part.walk()


def _of_each_event(rule: Rule) -> Iterator[Node]:
    yield from (alternative.points for alternative in rule.alternatives)
    yield rule.caps


def _size(node: Node) -> int:
    return sum(1 for _ in node.walk())
