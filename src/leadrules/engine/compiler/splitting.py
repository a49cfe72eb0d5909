"""Cuts a function that is very long into parts, each a function of its own.

Python takes more than twice the time over a function of twice the length. A part takes the variables
that stand elsewhere too as arguments, and gives back those that it sets, so that what runs is the same.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Sequence

import attrs

from leadrules.engine.compiler import code
from leadrules.engine.compiler.code import Block, Names

PART = 400
"""How many statements a part has, about; one that holds more is cut by itself."""


def split(function: ast.FunctionDef, names: Names) -> list[ast.FunctionDef]:
    """Give a function, and the parts that were cut out of it.

    Every variable that it shares with a part is set at its beginning, to None: it must set each before
    it reads it, and not rely on one that is not set.
    """
    found: Counter[str] = Counter()
    variables = {argument.arg for argument in function.args.args}
    for node in ast.walk(function):
        if isinstance(node, ast.Name):
            found[node.id] += 1
            if isinstance(node.ctx, ast.Store):
                variables.add(node.id)
    parameters = [argument.arg for argument in function.args.args]
    cut = _Cut(names, PART, Counter(parameters) + found, frozenset(variables))
    body = cut.block(function.body)
    shared = sorted(cut.shared.difference(parameters))
    function.body[:] = [*([code.assign_all(shared, code.const(None))] if shared else []), *body]
    return [function, *cut.parts]


@attrs.define
class _Cut:
    """One function that is cut: how often each name stands in it, and which are variables."""

    names: Names
    part: int
    found: Counter[str]
    variables: frozenset[str]
    parts: list[ast.FunctionDef] = attrs.field(factory=list)
    shared: set[str] = attrs.field(factory=set)

    def block(self, block: Block) -> Block:
        """Give a block in which what is long is called."""
        written: Block = []
        waiting: Block = []
        size = 0
        for statement in block:
            count, returns = _held(statement)
            if count > self.part or returns:
                written += self._apart(waiting, size)
                waiting, size = [], 0
                if count > self.part:
                    self._inside(statement)
                written.append(statement)
                continue
            waiting.append(statement)
            size += count
            if size >= self.part:
                written += self._apart(waiting, size)
                waiting, size = [], 0
        return written + self._apart(waiting, size)

    def _inside(self, statement: ast.stmt) -> None:
        """Cut what a statement holds; a loop is left whole, since there is one and it is short."""
        if isinstance(statement, (ast.If, ast.Try)):
            statement.body[:] = self.block(statement.body)
            statement.orelse[:] = self.block(statement.orelse)

    def _apart(self, block: Block, size: int) -> Block:
        """Give the call of a part that is made of statements; a few are left where they are."""
        if size < max(self.part // 2, 1):
            return block
        nodes = [node for statement in block for node in ast.walk(statement) if isinstance(node, ast.Name)]
        here = Counter(node.id for node in nodes)
        taken = sorted(name for name in here.keys() & self.variables if here[name] < self.found[name])
        given = sorted({node.id for node in nodes if isinstance(node.ctx, ast.Store)}.intersection(taken))
        self.shared.update(taken)
        called = self.names.fresh("part")
        returned = [code.return_(_all_of(given))] if given else []
        self.parts.append(code.function_def(called, taken, [*block, *returned]))
        call = code.call(code.name(called), *map(code.name, taken))
        return [code.assign(given, call) if given else code.expression(call)]


def _held(statement: ast.stmt) -> tuple[int, bool]:
    """Count a statement and those that it holds, and tell whether one of them returns."""
    count, returns = 1, isinstance(statement, ast.Return)
    blocks = [getattr(statement, name, ()) for name in ("body", "orelse")]
    blocks += [handler.body for handler in getattr(statement, "handlers", ())]
    for held in (one for block in blocks for one in block):
        inner, returning = _held(held)
        count, returns = count + inner, returns or returning
    return count, returns


def _all_of(variables: Sequence[str]) -> code.Expr:
    return ast.Tuple([code.name(variable) for variable in variables], ast.Load())
