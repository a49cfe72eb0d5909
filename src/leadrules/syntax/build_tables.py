"""Rewrite the saved parse tables: `python -m leadrules.syntax.build_tables`, after a change of the grammar.

This is the only module that knows lark, which finds out how the grammar is read; `leadrules.syntax.lalr`
reads by what it found. lark and `interegular`, with which it checks strictly that no two terminals
collide, are part of the extra `test`. The tables are the same on every run.
"""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Any

import lark

from leadrules.syntax.builder import Builder
from leadrules.syntax.lalr import END

_FOLDER = "leadrules.grammar"


def main() -> None:
    """Write `leadrules.lalr` beside the grammar."""
    folder = Path(str(resources.files(_FOLDER)))
    grammar = folder.joinpath("leadrules.lark").read_text("utf-8")
    folder.joinpath("leadrules.lalr").write_bytes(build_tables(grammar))


def build_tables(grammar: str) -> bytes:
    """Give the tables of a grammar as saved in `leadrules.lalr`: JSON, a line for each part.

    Raises lark's own errors for a grammar that is not strictly LALR(1), and ValueError for a rule
    without a callback.
    """
    built: Any = lark.Lark(grammar, parser="lalr", keep_all_tokens=True, maybe_placeholders=False, strict=True)
    table = built.parser.parser._parse_table  # noqa: SLF001 - lark names it nowhere else
    lexers = _Numbered()
    rules = _Numbered()
    numbers = _numbers_of(table)
    states: list[Any] = [None] * len(numbers)
    for state, number in numbers.items():
        does = {}
        for symbol, (action, what) in sorted(table.states[state].items()):
            shifts = action.name == "Shift"
            does[str(symbol)] = numbers[what] if shifts else -1 - rules.number(_rule(what))
        if state in table.end_states.values():
            does[END] = 0  # any will do: nothing is read after the end
        states[number] = [lexers.number(_lexer(built.parser.lexer.lexers[state])), does]
    saved = {
        "terminals": {terminal.name: terminal.pattern.to_regexp() for terminal in sorted(built.terminals, key=_name)},
        "ignored": [str(name) for name in built.ignore_tokens],
        "lexers": lexers.found,
        "rules": rules.found,
        "states": states,
    }
    return ("{" + ",\n".join(f"{json.dumps(part)}:{_lines(value)}" for part, value in saved.items()) + "}\n").encode()


def _lines(value: Any) -> str:
    """Write a list with a line for each member, so that a change of the grammar can be read in the difference."""
    if not isinstance(value, list):
        return json.dumps(value, separators=(",", ":"))
    return "[\n" + ",\n".join(json.dumps(member, separators=(",", ":")) for member in value) + "]"


class _Numbered:
    """Different things, numbered in the order in which they are met."""

    def __init__(self) -> None:
        self.found: list[Any] = []

    def number(self, one: Any) -> int:
        if one not in self.found:
            self.found.append(one)
        return self.found.index(one)


def _numbers_of(table: Any) -> dict[int, int]:
    """Number the states as they are reached from the first one: lark numbers them anew on each run."""
    (start,) = table.start_states.values()
    numbers = {start: 0}
    for state in (reached := [start]):
        for _, (action, to) in sorted(table.states[state].items(), key=lambda item: str(item[0])):
            if action.name == "Shift" and to not in numbers:
                numbers[to] = len(numbers)
                reached.append(to)
    return numbers


def _name(terminal: Any) -> str:
    return str(terminal.name)


def _lexer(lexer: Any) -> list[Any]:
    """Give the terminals of a state in the order in which they are tried, and the keywords that look like others."""
    tried = lexer.scanner.terminals
    keywords = {
        str(name): {keyword.pattern.value: str(keyword.name) for keyword in unless.scanner.terminals}
        for name, unless in sorted(lexer.callback.items())
    }
    return [[str(terminal.name) for terminal in tried], keywords]


def _rule(rule: Any) -> list[Any]:
    """Give a rule as it is saved. Raises ValueError where nothing takes its children."""
    name = str(rule.origin.name)
    callback = str(rule.alias or name)
    inlined = [place for place, symbol in enumerate(rule.expansion) if not symbol.is_term and symbol.name[0] == "_"]
    only_child = bool(rule.options.expand1 and not rule.alias)
    if not hasattr(Builder, callback):
        if name[0] != "_" and not (only_child and len(rule.expansion) == 1 and not inlined):
            raise ValueError(f"the builder has no callback `{callback}`")
        callback = ""
    return [name, callback or None, len(rule.expansion), inlined, only_child]


if __name__ == "__main__":
    main()
