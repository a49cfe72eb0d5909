"""Small changes to an expression, each as a reader of the rule file would say it.

A number, a duration or a date moves by a tenth, at least by one, up and down; `>=` becomes `>`; a
member of a set, of `and`, `or` and `at least` is left out. So examples on both sides of a border,
and on it, notice all of them.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, TypeVar

import attrs

from leadrules.engine import program as p
from leadrules.values import DAY, HOUR, MINUTE, Duration, Value, text_of_number

_N = TypeVar("_N", bound=p.Node)
_T = TypeVar("_T")
Variant = tuple[_N, str]
"""A changed node, and the change in words."""

MOST_MEMBERS = 20
"""A set of more members is data rather than rules: its members are not left out in turn."""

_NO_TEXT = "\ue000"  # of private use: no text of a lead has it
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"|`[^`]*`')
_FILTER = re.compile(r"\[.*?\]", re.DOTALL)
_WITHIN = re.compile(r"\bwithin\b")
_FOLLOWED = re.compile(r"\b(?:not )?followed by\b")
_BORDERS = {">=": ">", ">": ">=", "<=": "<", "<": "<="}


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
    unit = next(unit for unit in (DAY, HOUR, MINUTE, 1) if microseconds % unit == 0)
    count = microseconds // unit
    step = max(1, round(count / 10)) * unit
    return microseconds + step, microseconds - step if microseconds > step else microseconds // 2


def text_of_span(microseconds: int) -> str:
    """Write a duration in the largest unit that is whole.

    >>> text_of_span(36 * HOUR)
    '36 hours'
    """
    for unit, word in ((DAY, "days"), (HOUR, "hours"), (MINUTE, "minutes")):
        if microseconds % unit == 0:
            return str(Duration(microseconds // unit, word))
    return f"{text_of_number(Fraction(microseconds, MINUTE))} minutes"


# --------------------------------------------------------------- conditions


def of_condition(node: p.Condition) -> Iterator[Variant[p.Condition]]:
    """Give every small change of a condition."""
    match node:
        case p.Or(members) | p.And(members):
            yield from _without_members(node, members)
            yield from _in_members(node, members)
        case p.AtLeast(count, members):
            for other in (count + 1, count - 1):
                if 1 <= other <= len(members):
                    yield attrs.evolve(node, count=other), could_be(f"at least {count}", f"at least {other}")
            yield from _in_members(node, members)
        case p.Not(member):
            for changed, change in of_condition(member):
                yield attrs.evolve(node, member=changed), change
        case p.Compare():
            yield from _of_comparison(node)
        case p.Between():
            yield from _of_between(node)
        case p.OneOf(_, choices):
            yield from _in_value(node, "value")
            yield from _without_choices(node, choices)
        case p.TextTest(_, _, choices):
            yield from _in_value(node, "subject")
            yield from _without_choices(node, choices)
        case p.IsKnown() | p.Truth():
            yield from _in_value(node, "value")
        case p.Happened(selection):
            for changed, change in of_selection(selection, node.text):
                yield attrs.evolve(node, selection=changed), change
        case p.FollowedBy(first, then):
            for changed, change in of_selection(first, _FOLLOWED.split(node.text)[0]):
                yield attrs.evolve(node, first=changed), change
            for changed, change in of_selection(then, node.text):
                yield attrs.evolve(node, then=changed), change
            yield from _in_span(node, node.within)
        case p.FieldWithin():
            yield from _in_span(node, node.within)
        case p.Was() | p.Always():
            return


def _without_members(node: p.Or | p.And, members: tuple[p.Condition, ...]) -> Iterator[Variant[p.Condition]]:
    for place, member in enumerate(members):
        rest = members[:place] + members[place + 1 :]
        yield (rest[0] if len(rest) == 1 else attrs.evolve(node, members=rest)), left_out(member.text)


def _in_members(
    node: p.Or | p.And | p.AtLeast, members: tuple[p.Condition, ...]
) -> Iterator[Variant[p.Condition]]:
    for place, member in enumerate(members):
        for changed, change in of_condition(member):
            yield attrs.evolve(node, members=(*members[:place], changed, *members[place + 1 :])), change


def _of_comparison(node: p.Compare) -> Iterator[Variant[p.Condition]]:
    if node.op in _BORDERS and not _next_to_border(node):
        other = _BORDERS[node.op]
        changed = attrs.evolve(node, op=other)
        yield changed, could_be(_comparison(node), _comparison(changed))
    for side in ("left", "right"):
        value = getattr(node, side)
        found = list(of_value(value))
        if isinstance(value, p.Constant) and node.op in {"=", "!="}:
            found = found[:1]  # any other value will do
        for other_value, change in found:
            moved = attrs.evolve(node, **{side: other_value})
            is_constant = isinstance(value, p.Constant)
            yield moved, could_be(_comparison(node), _comparison(moved)) if is_constant else change


def _comparison(node: p.Compare) -> str:
    return f"{node.left.text} {node.op} {node.right.text}"


def _of_between(node: p.Between) -> Iterator[Variant[p.Condition]]:
    yield from _in_value(node, "value")
    for end in ("low", "high"):
        value = getattr(node, end)
        for other, change in of_value(value):
            moved = attrs.evolve(node, **{end: other})
            is_constant = isinstance(value, p.Constant)
            yield moved, could_be(_range(node), _range(moved)) if is_constant else change


def _range(node: p.Between) -> str:
    return f"between {node.low.text} and {node.high.text}"


def _next_to_border(node: p.Compare) -> bool:
    """Tell whether moving a whole number by one does what moving the border would."""
    is_whole = isinstance(node.left, (p.Count, p.DaysBetween)) or (
        isinstance(node.left, p.Aggregate) and node.left.function == "distinct"
    )
    right = node.right
    return is_whole and isinstance(right, p.Constant) and _moves_by_one(right.value)


def _moves_by_one(value: object) -> bool:
    return isinstance(value, Fraction) and abs(moved_numbers(value)[0] - value) == 1


def _without_choices(
    node: p.OneOf | p.TextTest, choices: tuple[p.ValueNode, ...]
) -> Iterator[Variant[p.Condition]]:
    if len(choices) == 1:
        for changed, change in of_value(choices[0]):
            yield attrs.evolve(node, choices=(changed,)), change
    elif len(choices) <= MOST_MEMBERS:
        for place, choice in enumerate(choices):
            yield attrs.evolve(node, choices=choices[:place] + choices[place + 1 :]), left_out(choice.text)


def _in_value(node: p.Condition, name: str) -> Iterator[Variant[p.Condition]]:
    for changed, change in of_value(getattr(node, name)):
        yield attrs.evolve(node, **{name: changed}), change


def _in_span(node: p.FollowedBy | p.FieldWithin, within: int) -> Iterator[Variant[p.Condition]]:
    for span in moved_spans(within):
        yield attrs.evolve(node, within=span), could_be(f"within {text_of_span(within)}", f"within {text_of_span(span)}")


# ------------------------------------------------------- values, selections


def of_value(node: p.ValueNode) -> Iterator[Variant[p.ValueNode]]:
    """Give every small change of a value."""
    match node:
        case p.Constant():
            yield from _of_constant(node)
        case p.Count() | p.Aggregate():
            for selection, change in of_selection(node.selection, node.text):
                yield attrs.evolve(node, selection=selection), change
        case p.DaysBetween():
            for moment, change in of_value(node.moment):
                yield attrs.evolve(node, moment=moment), change
        case p.Arithmetic():
            for left, change in of_value(node.left):
                yield attrs.evolve(node, left=left), change
            for right, change in of_value(node.right):
                yield attrs.evolve(node, right=right), change
        case p.Negative():
            for operand, change in of_value(node.operand):
                yield attrs.evolve(node, operand=operand), change
        case p.CallNode(_, _, _, arguments):
            for place, argument in enumerate(arguments):
                for changed, change in of_value(argument):
                    yield attrs.evolve(node, arguments=(*arguments[:place], changed, *arguments[place + 1 :])), change
        case p.ConditionValue():
            for condition, change in of_condition(node.condition):
                yield attrs.evolve(node, condition=condition), change
        case p.FieldRead() | p.PropertyRead() | p.DefinitionRead():
            return


def _of_constant(node: p.Constant) -> Iterator[Variant[p.ValueNode]]:
    for value, text in _other_values(node):
        yield attrs.evolve(node, value=value, text=text), could_be(node.text, text)


def _other_values(node: p.Constant) -> Iterator[tuple[Value, str]]:
    value = node.value
    if isinstance(value, bool):
        yield not value, "false" if value else "true"
    elif isinstance(value, Fraction):
        yield from ((number, text_of_number(number)) for number in moved_numbers(value))
    elif isinstance(value, dt.date):
        for days in (1, -1):
            day = value + dt.timedelta(days=days)
            yield day, day.isoformat()
    elif isinstance(value, str) and node.type.kind == "text":
        yield _NO_TEXT, '"…"'


def of_selection(node: p.Selection, text: str) -> Iterator[Variant[p.Selection]]:
    """Give every small change of a selection; its window only where `text`, as written, has one."""
    if node.filter is not None:
        yield attrs.evolve(node, filter=None), left_out(f"[{node.filter.text}]")
        for changed, change in of_condition(node.filter):
            yield attrs.evolve(node, filter=changed), change
    if node.within is not None and has_own_window(text):
        for span in moved_spans(node.within):
            yield attrs.evolve(node, within=span), could_be(
                f"within {text_of_span(node.within)}", f"within {text_of_span(span)}"
            )


# ----------------------------------------------------- windows of dimensions


def has_own_window(text: str) -> bool:
    """Tell whether a selection, as written, has its own `within`, or takes that of its dimension.

    >>> has_own_window('page_view[url contains "within"]')
    False
    """
    return _WITHIN.search(_FILTER.sub("", _QUOTED.sub("", text))) is not None


def default_windows(node: object, text: str = "") -> set[int]:
    """Find the windows that selections inside a node take from their dimension, in microseconds."""
    if isinstance(node, p.Selection):
        return set() if node.within is None or has_own_window(text) else {node.within}
    return {window for part, written in _parts(node, text) for window in default_windows(part, written)}


def with_default_window(node: _T, window: int, text: str = "") -> _T:
    """Give a node whose selections take another window from their dimension."""
    if isinstance(node, tuple):
        return type(node)(with_default_window(part, window, text) for part in node)
    if isinstance(node, p.Selection):
        takes = node.within is not None and not has_own_window(text)
        return attrs.evolve(node, within=window) if takes else node
    changed = {}
    for name, part, written in _attributes(node, text):
        other = with_default_window(part, window, written)
        if other is not part:
            changed[name] = other
    return attrs.evolve(node, **changed) if changed else node


def _parts(node: object, text: str) -> Iterator[tuple[object, str]]:
    if isinstance(node, tuple):
        return ((part, text) for part in node)
    return ((part, written) for _, part, written in _attributes(node, text))


def _attributes(node: object, text: str) -> Iterator[tuple[str, Any, str]]:
    """Give the parts of a node that may hold selections, each with the text that it is written in."""
    if not isinstance(node, (p.Node, p.Rule, p.Alternative)):
        return
    written = getattr(node, "text", "") or text
    for attribute in attrs.fields(type(node)):
        part = getattr(node, attribute.name)
        if isinstance(part, (tuple, p.Node, p.Alternative)):
            is_first = isinstance(node, p.FollowedBy) and attribute.name == "first"
            yield attribute.name, part, _FOLLOWED.split(written)[0] if is_first else written
