"""How the state of an element is written: `budget: yes`, `budget: no` or `budget: unknown`.

A list of these goes from the criterion of a framework to those that ask something of it. It is plain
text, so that an audit shows it as a salesperson would note it, and any list of texts has a meaning.
"""

from __future__ import annotations

from collections.abc import Iterable

_WORDS = {True: "yes", False: "no", None: "unknown"}
_STATES = {"yes": True, "no": False}


def written(elements: Iterable[tuple[str, bool | None]]) -> list[str]:
    """Write elements with their states, in their order.

    >>> written([("budget", True), ("need", None)])
    ['budget: yes', 'need: unknown']
    """
    return [f"{name}: {_WORDS[state]}" for name, state in elements]


def read(elements: Iterable[str]) -> list[tuple[str, bool | None]]:
    """Read elements with their states, in their order; what ends in no state is an unknown element.

    >>> read(["budget: yes", "need: unknown", "a plan: B"])
    [('budget', True), ('need', None), ('a plan: B', None)]
    """
    return [_read(element) for element in elements]


def _read(element: str) -> tuple[str, bool | None]:
    name, separator, word = element.rpartition(": ")
    state = word.casefold()
    if separator and state in {"yes", "no", "unknown"}:
        return name, _STATES.get(state)
    return element, None
