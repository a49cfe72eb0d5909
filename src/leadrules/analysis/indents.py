"""Lines whose indentation suggests another heading than the one that they count under.

Indentation means nothing in the language: a group or dimension goes on until another one begins. A
reader takes a line that is set back for one outside, and `fmt` would show that it is not.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby

from leadrules.analysis.findings import Findings
from leadrules.analysis.points import Outline
from leadrules.syntax import tree
from leadrules.syntax.blocks import Block, blocks_of

_TAB = 8


def check_indents(_: Outline, findings: Findings) -> None:
    """Warn of the first line of a group or dimension that is set back behind the lines before it (LR227)."""
    written = [node for node in findings.statements if not isinstance(node, tree.Boundary)]
    for _, nodes in groupby(written, key=lambda node: node.span.file):
        _check_file(list(nodes), findings)


def _check_file(statements: list[tree.Statement], findings: Findings) -> None:
    blocks = blocks_of(statements)
    texts = findings.report.texts
    steps: dict[int, int] = {}
    told: set[int] = set()
    for i, node in enumerate(statements):
        header = blocks[i].header
        if header < 0 or header in told or not isinstance(node, tree.Rule | tree.PointsGroup):
            continue
        heading = statements[header]
        if not isinstance(heading, tree.Dimension | tree.PointsGroup):
            continue
        indent = _indent(node, texts)
        first = steps.setdefault(header, indent)
        if indent < first or (indent <= _indent(heading, texts) and _is_indented(header, statements, blocks, texts)):
            told.add(header)
            _warn(node, heading, findings)


def _is_indented(i: int, statements: list[tree.Statement], blocks: list[Block], texts: Mapping[str, str]) -> bool:
    """Tell whether a statement is set in from its own heading: then its writer means something by indentation."""
    header = blocks[i].header
    return header >= 0 and _indent(statements[i], texts) > _indent(statements[header], texts)


def _indent(node: tree.Statement, texts: Mapping[str, str]) -> int:
    text = texts[node.span.file]
    line = text[text.rfind("\n", 0, node.span.start) + 1 : node.span.start]
    return len(line.expandtabs(_TAB))


def _warn(node: tree.Rule | tree.PointsGroup, heading: tree.Dimension | tree.PointsGroup, findings: Findings) -> None:
    name, is_group = heading.name.name, isinstance(heading, tree.PointsGroup)
    message = f"this line counts into the {'group' if is_group else 'dimension'} `{name}`, though it is set back"
    place = f"above `group {name}`" if is_group else "to where it belongs"
    findings.warn("LR227", message, node, f"indent it like the other lines of `{name}`, or move it {place}")
