"""Time since an event that may never have happened: unknown there, and so neither many nor few."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

import attrs

from leadrules import program as p
from leadrules.analysis.findings import Findings, Root, alternatives_of, parts_behind, roots_of
from leadrules.analysis.points import Outline
from leadrules.errors import Span
from leadrules.families import COMPARISONS
from leadrules.values import UNITS, text_of_number

_LATE, _EARLY = frozenset({">", ">="}), frozenset({"<", "<="})


def check_ages(outline: Outline, findings: Findings) -> None:
    """Warn of `days since E > n`, and of `else` after `days since E <= n`: not true where there never was an E (LR223).

    Where the same condition bounds the days above, or asks what else a lead did, its author means those who did it.
    """
    program = outline.program
    for root in roots_of(program):
        _check_condition(program, root, findings)
    for several in alternatives_of(program, findings):
        if several.has_else and several.otherwise is not None:
            _check_else(program, several.conditions, several.otherwise, findings)


@attrs.frozen
class _Age:
    """A test of the time since the latest event of a selection, as it is wanted: `op` and `asked` of a unit."""

    test: p.Condition
    op: str
    selection: p.Selection
    unit: str
    asked: Fraction


def _check_condition(program: p.Program, root: Root, findings: Findings) -> None:
    ages = list(_ages(root.condition, program))
    bounded = {age.selection for age in ages if age.op in _EARLY}
    for age in ages:
        if age.op not in _LATE or age.selection in bounded or _asks(root.condition, program):
            continue
        event, shown = age.selection.name, age.test.text
        message = f"where there never was `{event}`, `{shown}` is not true but unknown"
        help_ = f"write `{event} and {shown}` where that is meant"
        if age.unit in UNITS:
            window = f"{text_of_number(age.asked)} {age.unit}"
            help_ = f"`no {event} within {window}` holds there too; if not meant, write `{event} and {shown}`"
        findings.warn("LR223", message, age.test, help_)


def _check_else(program: p.Program, conditions: Sequence[p.Condition], otherwise: Span, findings: Findings) -> None:
    ages = [age for condition in conditions for age in _ages(condition, program)]
    for age in ages[:1]:
        if any(_asks(condition, program) for condition in conditions):
            continue
        event = age.selection.name
        message = f"`else` does not count where there never was `{event}`, only where all before it is false"
        findings.warn("LR223", message, otherwise, f"ask for them before it: `no {event}`")


def _asks(condition: p.Condition, program: p.Program) -> bool:
    """Tell whether a condition asks besides what a lead did, or was, or made of it: then a past is meant."""
    return any(
        isinstance(part, p.Happened | p.Count | p.Was | p.IsKnown)
        or (isinstance(part, p.DefinitionRead) and part.kind not in {"criterion", "segment"})
        for part in parts_behind(condition, program)
    )


def _ages(condition: p.Condition, program: p.Program) -> Iterator[_Age]:
    """Give the tests of time since an event, each as it must be for the condition to hold."""
    waiting: list[tuple[p.Condition, bool]] = [(condition, True)]
    while waiting:
        node, wanted = waiting.pop()
        match node:
            case p.Not(member):
                waiting.append((member, not wanted))
            case p.And(members) | p.Or(members) | p.AtLeast(_, members):
                waiting += [(member, wanted) for member in reversed(members)]
            case p.Compare(op, left, p.Constant(Fraction() as asked)):
                yield from _age(node, op if wanted else COMPARISONS[op].opposite, left, asked, program)
            case p.Compare(op, p.Constant(Fraction() as asked), right):
                turned = COMPARISONS[op].turned
                yield from _age(node, turned if wanted else COMPARISONS[turned].opposite, right, asked, program)
            case p.Between(value, _, p.Constant(Fraction() as asked)):
                yield from _age(node, "<=" if wanted else ">", value, asked, program)
            case _:
                pass


def _age(test: p.Condition, op: str, value: p.ValueNode, asked: Fraction, program: p.Program) -> Iterator[_Age]:
    seen: set[p.ValueNode] = set()
    while isinstance(value, p.DefinitionRead) and value not in seen:
        seen.add(value)
        behind = program.behind(value)
        if value.kind != "criterion" or behind is None:
            return
        value = behind  # type: ignore[assignment]
    if isinstance(value, p.Elapsed) and value.direction == "since" and isinstance(value.moment, p.Aggregate):
        moment = value.moment
        if moment.function == "last" and moment.selection.within is None:
            yield _Age(test, op, moment.selection, value.unit, asked)
