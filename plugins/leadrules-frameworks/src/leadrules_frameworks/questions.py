"""What can be asked of the states of a framework's elements, whichever framework it is."""

from __future__ import annotations

from decimal import Decimal

from leadrules.sdk import criterion
from leadrules_frameworks.states import read


@criterion(version="1")
def completeness(elements: list[str]) -> Decimal:
    """Give the share of a framework's elements that are known, met or not: 0 to 1.

    `elements` comes from the framework: `frameworks.completeness(frameworks.bant(budget, authority,
    need, timing))`. A share whose decimals do not end is rounded to 28 digits, half to even.
    """
    states = read(elements)
    return _share(sum(state is not None for _, state in states), len(states))


@criterion(version="1")
def met(elements: list[str]) -> Decimal:
    """Give the number of a framework's elements that are met (`yes`), a whole number from 0."""
    return Decimal(sum(state is True for _, state in read(elements)))


@criterion(version="1")
def gaps(elements: list[str]) -> list[str] | None:
    """Give the names of the elements that are not met, by a no or because nobody has asked.

    In the framework's order. Unknown when all are met: in leadrules an empty list is.
    """
    return [name for name, state in read(elements) if state is not True] or None


@criterion(version="1")
def next_gap(elements: list[str]) -> str | None:
    """Give the name of the first element that is not met, by a no or because nobody has asked.

    First in the framework's order, which is that of the conversation. Unknown when all are met. No closed
    list, as that of `next_question` is none.
    """
    return next((name for name, state in read(elements) if state is not True), None)


@criterion(version="1")
def unasked(elements: list[str]) -> list[str] | None:
    """Give the names of the elements that are not known, in the framework's order. Unknown when all are."""
    return [name for name, state in read(elements) if state is None] or None


@criterion(version="1")
def next_question(elements: list[str]) -> str | None:
    """Give the name of the first element that is not known: what to ask next. Unknown when all are known.

    No closed list, and a misspelt name in a rule goes unnoticed: a `checklist` has names of its own.
    """
    return next((name for name, state in read(elements) if state is None), None)


def _share(part: int, whole: int) -> Decimal:
    return Decimal(part) / whole if whole else Decimal(0)
