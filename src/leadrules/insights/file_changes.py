"""What changed in the files of lists and tables that two rule files read, where both name them alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, TypeGuard

from leadrules.check.checker import read_from_files
from leadrules.insights.changes import Change, Element
from leadrules.ruleset import Ruleset, program_of, statements_of
from leadrules.syntax import tree
from leadrules.syntax.formatter import text_of

_MOST_TOLD = 5


def file_changes(before: Ruleset, after: Ruleset) -> Iterator[Change]:
    """Give a change for each list or table of a file that holds other values, and is declared as it was."""
    old, new = (read_from_files(program_of(rules).canonical) for rules in (before, after))
    declared = {node.name.name: text_of(node) for node in statements_of(before) if _is_of_file(node)}
    for node in statements_of(after):
        if not _is_of_file(node) or declared.get(node.name.name) != text_of(node):
            continue
        name, kind = node.name.name, "list" if isinstance(node, tree.ListDeclaration) else "table"
        gone, came = _differing(old.get(name), new.get(name))
        if gone or came:
            assert node.path is not None
            sides = [_told(node.path.value, each, other) for each, other in ((gone, came), (came, gone))]
            yield Change(*(Element(kind, "", name, text, node.span.line) for text in sides))


def _is_of_file(node: tree.Statement) -> TypeGuard[tree.ListDeclaration | tree.TableDeclaration]:
    return isinstance(node, tree.ListDeclaration | tree.TableDeclaration) and node.path is not None


def _differing(old: Any, new: Any) -> tuple[list[str], list[str]]:
    """Give what stands in one of two and not in the other, in words."""
    one, other = _words(old), _words(new)
    return [text for text in one if text not in other], [text for text in other if text not in one]


def _words(found: Any) -> dict[str, None]:
    if isinstance(found, Mapping):
        columns = found.items()
        return {f'{column}("{key}") = {_value(value)}': None for column, rows in columns for key, value in rows}
    return dict.fromkeys(_value(value) for value in found or ())


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f'"{value}"' if isinstance(value, str) else str(next(iter(value.values())))


def _told(path: str, texts: list[str], others: list[str]) -> str:
    """Write the first of some texts; that there are none on this side is told, too."""
    more = f", and {len(texts) - _MOST_TOLD:,} more" if len(texts) > _MOST_TOLD else ""
    told = ", ".join(islice(texts, _MOST_TOLD)) or f"nothing in place of {len(others):,}"
    return f"{path}: {told}{more}"
