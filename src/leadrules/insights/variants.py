"""Small changes to an expression, each as a reader of the rule file would say it.

A number, a duration or a date moves by a tenth, at least by one, up and down; `>=` becomes `>`, `contains
word` becomes `contains`; a member of a set, of `and`, `or` and `at least` is left out. So examples on both
sides of a border, and on it, notice all of them.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from typing import TypeVar

import attrs

from leadrules import program as p
from leadrules.families import AGGREGATES, COMPARISONS, TEXT_TESTS
from leadrules.letters import REST
from leadrules.nodes import Node
from leadrules.values import DAY, HOUR, MINUTE, SECOND, Value, text_of_number, text_of_span

_N = TypeVar("_N", bound=p.Node)
_A = TypeVar("_A")
_B = TypeVar("_B")
Variant = tuple[_N, str]
"""A changed node, and the change in words."""

MOST_MEMBERS = 20
"""A set of more members is data rather than rules: its members are not left out in turn."""

_NO_TEXT = "\ue000"  # of private use: no text of a lead has it


def could_be(was: str, is_: str) -> str:
    """Say a change.

    >>> could_be("50", "55")
    '`50` could be `55`'
    """
    return f"`{was}` could be `{is_}`"


def left_out(text: str) -> str:
    """Say that a part is left out."""
    return f"`{text}` could be left out"


# --------------------------------------------------------------- quantities


def moved_numbers(value: Fraction) -> tuple[Fraction, ...]:
    """Move a number by a tenth up and down: whole numbers stay whole and move by one at least.

    >>> [str(number) for number in moved_numbers(Fraction(200)) + moved_numbers(Fraction(5))]
    ['220', '180', '6', '4']
    """
    step = abs(value) / 10
    if value.denominator == 1:
        step = Fraction(max(1, round(step)))
    return value + step, value - step


def moved_spans(microseconds: int) -> tuple[int, ...]:
    """Move a duration by a tenth of its largest even unit, by one unit at least."""
    unit = next(unit for unit in (DAY, HOUR, MINUTE, SECOND, 1) if microseconds % unit == 0)
    count = microseconds // unit
    step = max(1, round(count / 10)) * unit
    return microseconds + step, microseconds - step if microseconds > step else microseconds // 2


def moved_days(day: dt.date) -> tuple[dt.date, ...]:
    """Move a date by a day, where the calendar has one more."""
    later = () if day == dt.date.max else (day + dt.timedelta(days=1),)
    return later if day == dt.date.min else (*later, day - dt.timedelta(days=1))


# --------------------------------------------------------------- conditions


def of_condition(node: p.Condition) -> Iterator[Variant[p.Condition]]:
    """Give every small change of a condition."""
    match node:
        case p.Or(members) | p.And(members):
            for index, member in enumerate(members):
                rest = members[:index] + members[index + 1 :]
                yield (rest[0] if len(rest) == 1 else attrs.evolve(node, members=rest)), left_out(member.text)
            yield from _in_each(members, of_condition, lambda others: attrs.evolve(node, members=others))
        case p.AtLeast(count, members):
            for other in (count + 1, count - 1):
                if 1 <= other <= len(members):
                    yield attrs.evolve(node, count=other), could_be(f"at least {count}", f"at least {other}")
            yield from _in_each(members, of_condition, lambda others: attrs.evolve(node, members=others))
        case p.Not(member):
            yield from _inside(of_condition(member), lambda other: attrs.evolve(node, member=other))
        case p.Compare() | p.Between() | p.OneOf() | p.TextTest() | p.IsKnown() | p.Truth():
            yield from _of_test(node)
        case p.Happened() | p.MomentWithin():
            yield from _of_window(node)
        case p.Was() | p.Always():
            return


def _of_test(
    node: p.Compare | p.Between | p.OneOf | p.TextTest | p.IsKnown | p.Truth,
) -> Iterator[Variant[p.Condition]]:
    match node:
        case p.Compare():
            yield from _of_comparison(node)
        case p.Between(value, low, high):
            yield from _inside(of_value(value), lambda other: attrs.evolve(node, value=other))
            yield from _of_side(node, low, lambda other: attrs.evolve(node, low=other))
            yield from _of_side(node, high, lambda other: attrs.evolve(node, high=other))
        case p.OneOf(value, choices):
            yield from _inside(of_value(value), lambda other: attrs.evolve(node, value=other))
            yield from _of_choices(choices, _of_constant, lambda others: attrs.evolve(node, choices=others))
        case p.TextTest(kind, subject, choices):
            yield from _inside(of_value(subject), lambda other: attrs.evolve(node, subject=other))
            if TEXT_TESTS[kind].of_words and not subject.type.choices:  # of a closed list it may be all the same
                yield attrs.evolve(node, kind="contains", choices=_parts(choices)), could_be(kind, "contains")
            yield from _of_choices(choices, of_value, lambda others: attrs.evolve(node, choices=others))
        case p.IsKnown(value) | p.Truth(value):
            yield from _inside(of_value(value), lambda other: attrs.evolve(node, value=other))


def _parts(words: Sequence[p.ValueNode]) -> tuple[p.ValueNode, ...]:
    """Give what `contains` finds where whole words are looked for, and more."""
    return tuple(
        attrs.evolve(word, value=str(word.value).removesuffix(REST)) if isinstance(word, p.Constant) else word
        for word in words
    )


def _of_window(node: p.Happened | p.MomentWithin) -> Iterator[Variant[p.Condition]]:
    match node:
        case p.Happened(selection):
            yield from _inside(of_selection(selection), lambda other: attrs.evolve(node, selection=other))
        case p.MomentWithin():
            yield from _inside(_of_span(node.within), lambda other: attrs.evolve(node, within=other))


def _of_comparison(node: p.Compare) -> Iterator[Variant[p.Condition]]:
    border = COMPARISONS[node.op].border
    if border is not None and not _next_to_border(node):
        changed = attrs.evolve(node, op=border)
        yield changed, could_be(_written(node), _written(changed))
    once = node.op in {"=", "!="}  # any other value will do
    yield from _of_side(node, node.left, lambda other: attrs.evolve(node, left=other), once=once)
    yield from _of_side(node, node.right, lambda other: attrs.evolve(node, right=other), once=once)


def _next_to_border(node: p.Compare) -> bool:
    """Tell whether moving a whole number by one does what moving the border would."""
    left, right = node.left, node.right
    is_distinct = isinstance(left, p.Aggregate) and AGGREGATES[left.function].is_known
    if not (is_distinct or isinstance(left, (p.Count, p.Elapsed, p.LocalPart))) or not isinstance(right, p.Constant):
        return False
    return isinstance(right.value, Fraction) and abs(moved_numbers(right.value)[0] - right.value) == 1


_Ordered = p.Compare | p.Between


def _of_side(
    node: _Ordered, side: p.ValueNode, make: Callable[[p.ValueNode], _Ordered], *, once: bool = False
) -> Iterator[Variant[p.Condition]]:
    """Change one side of a comparison; where it is a literal, the whole comparison is told."""
    if not isinstance(side, p.Constant):
        yield from _inside(of_value(side), make)
        return
    for other, _ in itertools.islice(of_value(side), 1 if once else None):
        changed = make(other)
        yield changed, could_be(_written(node), _written(changed))


def _written(node: _Ordered) -> str:
    if isinstance(node, p.Between):
        return f"between {node.low.text} and {node.high.text}"
    return f"{node.left.text} {node.op} {node.right.text}"


_C = TypeVar("_C", bound=p.ValueNode)


def _of_choices(
    choices: tuple[_C, ...],
    change_one: Callable[[_C], Iterator[Variant[_C]]],
    make: Callable[[tuple[_C, ...]], p.Condition],
) -> Iterator[Variant[p.Condition]]:
    """Leave each member of a set out; the only one becomes another."""
    if len(choices) == 1:
        yield from _inside(change_one(choices[0]), lambda other: make((other,)))
    elif len(choices) <= MOST_MEMBERS:
        for index, choice in enumerate(choices):
            yield make(choices[:index] + choices[index + 1 :]), left_out(choice.text)


def _of_span(within: int) -> Iterator[tuple[int, str]]:
    for span in moved_spans(within):
        yield span, could_be(f"within {text_of_span(within)}", f"within {text_of_span(span)}")


def _inside(found: Iterable[tuple[_A, str]], make: Callable[[_A], _B]) -> Iterator[tuple[_B, str]]:
    """Give the changes of a part as changes of the whole."""
    return ((make(part), change) for part, change in found)


def _in_each(
    parts: tuple[_A, ...],
    change_one: Callable[[_A], Iterator[tuple[_A, str]]],
    make: Callable[[tuple[_A, ...]], _B],
) -> Iterator[tuple[_B, str]]:
    """Give the changes of each of several parts as changes of the whole."""
    for index, part in enumerate(parts):
        for other, change in change_one(part):
            yield make((*parts[:index], other, *parts[index + 1 :])), change


# ------------------------------------------------------- values, selections


def of_value(node: p.ValueNode) -> Iterator[Variant[p.ValueNode]]:
    """Give every small change of a value."""
    match node:
        case p.Constant():
            yield from _of_constant(node)
        case p.Count(selection) | p.Aggregate(_, _, selection):
            yield from _inside(of_selection(selection), lambda other: attrs.evolve(node, selection=other))
        case p.Elapsed(_, _, moment) | p.LocalPart(_, moment):
            yield from _inside(of_value(moment), lambda other: attrs.evolve(node, moment=other))
        case p.Arithmetic(_, left, right):
            yield from _inside(of_value(left), lambda other: attrs.evolve(node, left=other))
            yield from _inside(of_value(right), lambda other: attrs.evolve(node, right=other))
        case p.Negative(operand):
            yield from _inside(of_value(operand), lambda other: attrs.evolve(node, operand=other))
        case p.CallNode(_, _, _, arguments):
            yield from _in_each(arguments, of_value, lambda others: attrs.evolve(node, arguments=others))
        case p.Converted(value):
            yield from _inside(of_value(value), lambda other: attrs.evolve(node, value=other))
        case p.ConditionValue(condition):
            yield from _inside(of_condition(condition), lambda other: attrs.evolve(node, condition=other))
        case p.Lookup(key=key):
            yield from _inside(of_value(key), lambda other: attrs.evolve(node, key=other))
        case p.Conditional():
            yield from _of_branches(node)
        case p.AsOf() | p.FieldRead() | p.PropertyRead() | p.DefinitionRead():
            return


def _of_branches(node: p.Conditional) -> Iterator[Variant[p.ValueNode]]:
    """Leave a branch out, or change its value or its condition; so with `else`."""

    def with_branches(others: tuple[p.Branch, ...]) -> p.ValueNode:
        return attrs.evolve(node, branches=others)

    for index, branch in enumerate(node.branches):
        if len(node.branches) > 1:
            others = (*node.branches[:index], *node.branches[index + 1 :])
            yield with_branches(others), left_out(f"{branch.value.text} if {branch.condition.text}")
    yield from _in_each(node.branches, _of_branch, with_branches)
    if node.otherwise is not None:
        yield attrs.evolve(node, otherwise=None), left_out(f"else {node.otherwise.text}")
        yield from _inside(of_value(node.otherwise), lambda other: attrs.evolve(node, otherwise=other))


def _of_branch(branch: p.Branch) -> Iterator[tuple[p.Branch, str]]:
    yield from _inside(of_value(branch.value), lambda other: attrs.evolve(branch, value=other))
    yield from _inside(of_condition(branch.condition), lambda other: attrs.evolve(branch, condition=other))


def _of_constant(node: p.Constant) -> Iterator[Variant[p.Constant]]:
    for value, text in _other_values(node):
        yield attrs.evolve(node, value=value, text=text), could_be(node.text, text)


def _other_values(node: p.Constant) -> Iterator[tuple[Value, str]]:
    value = node.value
    if isinstance(value, bool):
        yield not value, "false" if value else "true"
    elif isinstance(value, Fraction):
        yield from ((number, text_of_number(number)) for number in moved_numbers(value))
    elif isinstance(value, dt.date):
        yield from ((day, day.isoformat()) for day in moved_days(value))
    elif isinstance(value, str) and node.type.kind == "text":
        yield _NO_TEXT, '"…"'


def of_selection(node: p.Selection) -> Iterator[Variant[p.Selection]]:
    """Give every small change of a selection; a window that it takes from its dimension is changed there."""
    if node.filter is not None:
        yield attrs.evolve(node, filter=None), left_out(f"[{node.filter.text}]")
        yield from _inside(of_condition(node.filter), lambda other: attrs.evolve(node, filter=other))
    if node.within is not None and not node.inherited:
        yield from _inside(_of_span(node.within), lambda other: attrs.evolve(node, within=other))
    for index, relation in enumerate(node.relations):
        rest = node.relations[:index] + node.relations[index + 1 :]
        yield attrs.evolve(node, relations=rest), left_out(relation.text)
    yield from _in_each(node.relations, _of_relation, lambda others: attrs.evolve(node, relations=others))


def _of_relation(node: p.Relation) -> Iterator[Variant[p.Relation]]:
    for index, answer in enumerate(node.answers[1:], 1):
        rest = node.answers[:index] + node.answers[index + 1 :]
        yield attrs.evolve(node, answers=rest), left_out(f"then {answer.text}")
    yield from _in_each(node.answers, _of_answer, lambda others: attrs.evolve(node, answers=others))
    if node.within is not None:
        yield from _inside(_of_span(node.within), lambda other: attrs.evolve(node, within=other))


def _of_answer(node: p.Answer) -> Iterator[Variant[p.Answer]]:
    for index, read in enumerate(node.same):
        yield attrs.evolve(node, same=node.same[:index] + node.same[index + 1 :]), left_out(f"same {read.text}")
    if node.filter is not None:
        yield attrs.evolve(node, filter=None), left_out(f"[{node.filter.text}]")
        yield from _inside(of_condition(node.filter), lambda other: attrs.evolve(node, filter=other))


# ----------------------------------------------------- windows of dimensions


def inherited_windows(rules: Iterable[p.Rule]) -> set[int]:
    """Find the windows that selections of some rules take from their dimension, in microseconds."""
    selections = (selection for rule in rules for selection in rule.find(p.Selection))
    return {one.within for one in selections if one.inherited and one.within is not None}


def with_inherited_window(rule: p.Rule, window: int) -> p.Rule:
    """Give a rule whose selections take another window from their dimension; the same rule where none takes one."""

    def changed(node: Node) -> Node:
        if isinstance(node, p.Selection) and node.inherited and node.within is not None:
            return attrs.evolve(node, within=window)
        return node

    found: p.Rule = rule.replace(changed)
    return found
