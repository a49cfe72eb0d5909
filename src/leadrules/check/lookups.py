"""Checks what is looked up in a table: `reps.owner(region)`, `dial(country)`."""

from __future__ import annotations

from typing import Protocol, cast

from leadrules import program as p
from leadrules.check.names import Names
from leadrules.check.resolver import Place, told
from leadrules.check.tables import KnownTable
from leadrules.syntax import tree
from leadrules.syntax.formatter import text_of
from leadrules.syntax.report import Refused, Report, listed


class Expressions(Protocol):
    """What a lookup needs of whoever checks its key."""

    names: Names
    report: Report
    used: set[str]
    columns: dict[tuple[str, str], None]

    def value(self, node: tree.Condition | tree.Set, place: Place) -> p.ValueNode:
        """Check a value."""
        ...


def lookup(expressions: Expressions, node: tree.Call, place: Place) -> p.Lookup:
    """Check a look into a table of the file. Raises Refused, reported."""
    name = node.function.name if node.plugin is None else node.plugin.name
    expressions.used.add(name)
    if name not in expressions.names.tables:
        raise Refused  # why it cannot be read is said where it is declared
    table = expressions.names.tables[name]
    column = _column(expressions.report, name, table, node)
    if len(node.arguments) != 1 or node.arguments[0].name is not None:
        usage = f"write `{_called(node)}(…)` with one text in the brackets"
        expressions.report.refuse("LR413", f"the table `{name}` is asked by one key", node, usage)
    key = expressions.value(node.arguments[0].value, place)
    if key.type.kind not in {"text", "label"}:
        message = f"the keys of `{name}` are texts, and `{key.text}` is a {key.type.kind}"
        expressions.report.refuse("LR401", message, node.arguments[0])
    expressions.columns[name, column] = None
    found = table.column(column)
    return p.Lookup(name, column, key, found.type, found.digest, **told(node))


def _column(report: Report, name: str, table: KnownTable, node: tree.Call) -> str:
    """Name the column that is asked for; the only one of a table without columns has no name."""
    names = table.names
    if node.plugin is None:
        if not names:
            return ""
        help_ = f"write `{text_of(node.function)}.{names[-1]}(…)`; its columns are {listed(names)}"
        report.refuse("LR303", f"the table `{name}` has columns, and none is named here", node.function, help_)
    column = node.function.name
    if not names:
        help_ = f"write `{text_of(node.plugin)}(…)`"
        report.refuse("LR303", f"the table `{name}` has no columns", node.function, help_)
    if column in table.repeated:
        message = f"the table `{name}` has two columns `{column}`"
        report.refuse("LR303", message, node.function, "give one of them another name")
    if column not in table.columns:
        near = report.suggest(column, names)
        help_ = f"did you mean `{near}`?" if near else f"its columns are {listed(names)}"
        report.refuse("LR303", f"the table `{name}` has no column `{column}`", node.function, help_)
    return column


def _called(node: tree.Call) -> str:
    text = text_of(cast(tree.Node, node))
    return text[: text.index("(")]
