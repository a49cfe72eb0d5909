"""A look into a table in code: a dict for each form that a value of the column is needed in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from leadrules.engine.compiler import code
from leadrules.engine.compiler.code import Expr, Names
from leadrules.engine.compiler.operands import (
    Day,
    Flag,
    Label,
    Moment,
    Number,
    Operand,
    Text,
    Texts,
    Unknown,
    Unsupported,
)
from leadrules.letters import Letters
from leadrules.program.tables import TableColumn

_FALSE = code.const(value=False)


def looked_up(column: TableColumn, name: tuple[str, str], key: Operand, names: Names, letters: Letters) -> Operand:
    """Write what a column has under a key, unknown where that is, or where it has none such."""
    match key:
        case Unknown():
            return key
        case Text(folded):
            asked = folded
        case Label(expr):
            fold = names.value(_folded_or_none(letters), ("folded key", letters))
            asked = code.call(fold, expr)
        case _:
            raise Unsupported("a key that is no text")

    def found(form: str, make: Callable[[Any], Any] = lambda value: value) -> Expr:
        made: Mapping[str, Any] = {key: make(value) for key, value in column.values.items()}
        get: Any = made.get
        return code.call(names.value(get, ("table", *name, form)), asked)

    match column.type.kind:
        case "number":
            return Number(found("number", _whole), optional=True)
        case "text":
            return Text(found("folded", letters.folded), found("text"), optional=True)
        case "bool":
            value = found("bool")
            return Flag(code.compare(value, "is", code.const(value=True)), code.compare(value, "is", _FALSE))
        case "date":
            return Day(found("date"), optional=True)
        case "datetime":
            return Moment(found("datetime"), optional=True)
        case "list of text":
            return Texts(found("folded", lambda value: frozenset(map(letters.folded, value))), found("texts"))
        case "label":
            raise Unsupported("a column of labels")


def _whole(value: Any) -> Any:
    return value.numerator if value.denominator == 1 else value


def _folded_or_none(letters: Letters) -> Callable[[str | None], str | None]:
    return lambda text: None if text is None else letters.folded(text)
