"""Run parse tables: read a text with the lexer that fits each state, and hand what was read to callbacks.

The tables are made from the grammar by `leadrules.syntax.build_tables`, and saved as JSON:

- `terminals`: a regular expression for each, by name; `ignored` are those that leave no token.
- `lexers`: what may stand somewhere: names of terminals in the order in which they are tried, and for
  those that keywords look like, the keywords: `{"NAME": {"and": "AND"}}`.
- `rules`: for each its name, the callback it is handed to (None: its children are its parent's), how
  many symbols it has, which of them have children to take over, and whether an only child stands for it.
- `states`: for each its lexer, and by symbol what to do: go to a state from 0 on, or make the rule `-1 - n`.
  Reading begins in state 0.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

END = "$END"
"""The terminal that stands for the end of the text."""


class Token(str):
    """A sign, a keyword or a literal: its text, and the name of its terminal. Positions count from the text's start."""

    __slots__ = ("end_pos", "start_pos", "type")

    type: str
    start_pos: int
    end_pos: int


class Refused(Exception):
    """A text that is not of the language: where it stops being so, and the terminals that could have stood there."""

    def __init__(self, at: int, expected: frozenset[str]) -> None:
        self.at = at
        self.expected = expected
        super().__init__(at, expected)


class _Lexer:
    """Cuts off the next token, where only some terminals may stand. Its expression is made when it is first needed."""

    __slots__ = ("_find", "_keywords", "_names", "_terminals")

    def __init__(self, names: Sequence[str], keywords: Mapping[str, Mapping[str, str]], terminals: Mapping[str, str]):
        self._names = names
        self._keywords = keywords
        self._terminals = terminals
        self._find: Callable[[str, int], re.Match[str] | None] | None = None

    def match(self, text: str, at: int) -> Token | None:
        """Give the token at a place; None where there is none."""
        find = self._find
        if find is None:
            find = re.compile("|".join(f"(?P<{name}>{self._terminals[name]})" for name in self._names)).match
            self._find = find
        found = find(text, at)
        if found is None:
            return None
        token = Token(found[0])
        kind = found.lastgroup
        assert kind is not None
        keywords = self._keywords.get(kind)
        token.type = keywords.get(token, kind) if keywords else kind
        token.start_pos, token.end_pos = found.span()
        return token


_Make = Callable[[list[Any]], Any]


class Tables:
    """The tables with callbacks. Immutable, so threads may share them.

    `callbacks` has a method for each rule, which takes its children; and may have some named like
    terminals, which take a token.
    """

    def __init__(self, saved: Mapping[str, Any], callbacks: object) -> None:
        terminals = saved["terminals"]
        lexers = [_Lexer(names, keywords, terminals) for names, keywords in saved["lexers"]]
        self._states: list[tuple[_Lexer, dict[str, int]]] = [(lexers[lexer], does) for lexer, does in saved["states"]]
        self._rules: list[tuple[str, int, _Make]] = [
            (name, size, _maker(callback and getattr(callbacks, callback), inlined, only_child=only_child))
            for name, callback, size, inlined, only_child in saved["rules"]
        ]
        self._shifted = {name: getattr(callbacks, name) for name in terminals if hasattr(callbacks, name)}
        self._ignored = frozenset(saved["ignored"])

    def parse(self, text: str) -> Any:
        """Give what the callbacks make of a text. Raises Refused."""
        stack = [0]
        values: list[Any] = []
        at, kind = 0, ""
        while kind != END:
            token = self._token(stack, text, at)
            at, kind = token.end_pos, token.type
            self._reduce(stack, values, token)
            stack.append(self._states[stack[-1]][1][kind])
            shifted = self._shifted.get(kind)
            values.append(token if shifted is None else shifted(token))
        return values[0]

    def _token(self, stack: list[int], text: str, at: int) -> Token:
        """Give the next token that leaves one. Raises Refused where none fits that may stand there."""
        lexer = self._states[stack[-1]][0]
        while at < len(text):
            token = lexer.match(text, at)
            if token is None:
                raise Refused(at, self._accepted(stack))
            if token.type not in self._ignored:
                return token
            at = token.end_pos
        end = Token()
        end.type, end.start_pos, end.end_pos = END, at, at
        return end

    def _reduce(self, stack: list[int], values: list[Any], token: Token) -> None:
        """Make all rules that end before a token. Raises Refused where it cannot stand there."""
        before = stack.copy()
        while True:
            action = self._states[stack[-1]][1].get(token.type)
            if action is None:
                raise Refused(token.start_pos, self._accepted(before))
            if action >= 0:
                return
            name, size, make = self._rules[~action]
            values[-size:] = [make(values[-size:])]
            del stack[-size:]
            stack.append(self._states[stack[-1]][1][name])

    def _accepted(self, stack: list[int]) -> frozenset[str]:
        """Give the terminals that could stand next."""
        return frozenset(
            kind for kind in self._states[stack[-1]][1] if kind.isupper() and self._is_accepted(stack.copy(), kind)
        )

    def _is_accepted(self, stack: list[int], kind: str) -> bool:
        while (action := self._states[stack[-1]][1].get(kind)) is not None:
            if action >= 0:
                return True
            name, size, _ = self._rules[~action]
            del stack[-size:]
            stack.append(self._states[stack[-1]][1][name])
        return False


def _maker(callback: _Make | None, inlined: Sequence[int], *, only_child: bool) -> _Make:
    def make(children: list[Any]) -> Any:
        if inlined:
            children = _flat(children, inlined)
        if callback is None or (only_child and len(children) == 1):
            return children[0] if only_child else children
        return callback(children)

    return make


def _flat(children: list[Any], inlined: Sequence[int]) -> list[Any]:
    """Put the children of children in their place. A list that stands first is not copied: it grows with each item."""
    flat: list[Any] = children[0] if 0 in inlined else [children[0]]
    for place, child in enumerate(children[1:], start=1):
        if place in inlined:
            flat += child
        else:
            flat.append(child)
    return flat
