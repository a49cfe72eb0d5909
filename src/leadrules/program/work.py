"""How much work it is to score a lead, as far as the rules say: known before a lead is looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

import attrs

from leadrules.families import TEXT_TESTS
from leadrules.nodes import Node
from leadrules.program.expressions import Aggregate, Constant, Selection, SinceEvent, TextTest
from leadrules.program.statements import Program, Rule
from leadrules.vocabulary import MOST_CHARACTERS, MOST_CODE, Scope
from leadrules.work import Work

_MOST_SEARCHED = 1_000_000_000
"""Characters, times steps of the patterns that look through them; so many took some seconds, at the worst."""


def with_work(program: Program, most: int, pattern_steps: Mapping[str, int], most_code: int = MOST_CODE) -> Program:
    """Give a program whose scopes say what it takes to score a lead, of which `most` is the limit.

    They say as well how long a text may be: a pattern may take as many steps for each character as it
    has, so the more patterns are asked the less. `pattern_steps` has the size of each. Of the code that a program
    would be compiled to, `most_code` is written; what is past that is left to the reference.
    """
    work = work_of(program, most)
    asked = sum(pattern_steps.get(text, 0) for text in _patterns(program))
    characters = min(MOST_CHARACTERS, _MOST_SEARCHED // max(asked, 1))

    def known(scope: Scope) -> Scope:
        return attrs.evolve(scope, work=work, most_characters=characters, most_code=most_code)

    tested = None if program.tested is None else known(program.tested)
    return attrs.evolve(program, scope=known(program.scope), tested=tested)


def _patterns(program: Program) -> Iterator[str]:
    """Give the patterns that the rules look for, each as often as it is asked."""
    for test in program.find(TextTest):
        if TEXT_TESTS[test.kind].is_pattern:
            yield from (str(choice.value) for choice in test.choices if isinstance(choice, Constant))


def work_of(program: Program, most: int) -> Work:
    """Count the parts that are looked at for every lead, and for each event of a type.

    An event takes a step by itself, one for each part of each selection that asks for its type, and one for each
    aggregate of them. Where a rule
    scores each event, that includes its points and caps. What two rules ask alike counts for both.
    """
    once, each = 0, Counter([*program.scope.read])
    for node in _parts(program):
        once += 1 + node.inward()[1]
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
    """Give what is looked at, but ends; that an event is there is no question of its own where a rule scores each."""
    for node in program.walk(closed=(Rule,), ends=False):
        yield node
        if isinstance(node, Rule):
            whole = [*node.alternatives] if node.selection is None else [node.selection, *_of_each_event(node)]
            for part in (*whole, node.when):
                yield from () if part is None else part.walk(ends=False)


def _of_each_event(rule: Rule) -> Iterator[Node]:
    yield from (alternative.points for alternative in rule.alternatives)
    yield rule.caps


def _size(node: Node) -> int:
    return sum(1 + one.inward()[1] for one in node.walk(ends=False))
