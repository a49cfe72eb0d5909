"""Lay a whole rule file out: blocks indented, columns aligned, comments kept, long statements on several lines.

Only white space, and the backticks that a name at a line's edge needs, make the layout differ from
the canonical text of each statement: reading it gives the same statements and comments again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import attrs

from leadrules.errors import cells_of
from leadrules.syntax import tree
from leadrules.syntax.blocks import blocks_of
from leadrules.syntax.formatter import columns_of
from leadrules.syntax.wrapping import WIDTH, wrapped

_STEP = 2
_GAP = 2
_WIDEST_CONDITION = 60
"""A condition that is wider stands out of its column, so that it does not push the others far away."""
_WIDEST_POINTS = 6
_IN_COLUMNS = (tree.Rule, tree.Outcome, tree.PersonaLine)


def format_file(file: tree.File) -> str:
    """Give the text of a file as it should be laid out; lines end in a line feed.

    The file must have been read without an error: what could not be read is no part of it, and would
    be lost.
    """
    return "".join(f"{line}\n" for line in _Layout(file).lines())


@attrs.frozen
class _Columns:
    """The widths of a row's first and second part, and the spaces between them."""

    first: int = 0
    second: int = 0
    gap: int = _GAP


class _Layout:
    """A file while it is laid out. Statements are known by their place in it."""

    def __init__(self, file: tree.File) -> None:
        self.statements = file.statements
        count = len(self.statements)
        self.comments = (*(file.comments or ((),) * count), file.tail)
        self.trailing = file.trailing or (None,) * count
        self.blocks = blocks_of(self.statements)
        blanks = file.blanks or ((),) * (count + 1)
        self.gaps = [self._gaps(i, set(blanks[i])) for i in range(count + 1)]
        self.rows = [columns_of(statement) for statement in self.statements]
        self.columns = self._aligned()

    def lines(self) -> Iterator[str]:
        """Give the lines; a long statement's are joined by line feeds."""
        for i in range(len(self.statements)):
            yield from self._above(i)
            yield self._statement(i)
        yield from self._above(len(self.statements))

    def _depth(self, i: int) -> int:
        return self.blocks[i].depth if 0 <= i < len(self.statements) else 0

    # ------------------------------------------------------------------------ blanks and comments

    def _gaps(self, i: int, blanks: set[int]) -> set[int]:
        """Say where blank lines belong above a statement: the number of its comments before each.

        The writer's stay, one at a time, but for those at the beginning of the file or a block; two
        blocks are always set apart.
        """
        if i == 0 or (i < len(self.statements) and self.blocks[i].header == i - 1):
            return blanks - {0}
        apart = i < len(self.statements) and self.blocks[i].stands_apart
        return blanks or ({0} if apart else set())

    def _above(self, i: int) -> Iterator[str]:
        """Give the blank lines and comments above a statement, or at the file's end.

        Comments that follow a line directly, and are set apart from the next statement, go with what
        is above them: they are a rule put out of use, say, at the end of its block.
        """
        comments, gaps, depth = self.comments[i], self.gaps[i], self._depth(i)
        at_end = i == len(self.statements)
        first_gap = min(gaps, default=len(comments) if at_end else 0)
        for at, comment in enumerate(comments):
            if at in gaps:
                yield ""
            above = max(depth, self._depth(i - 1)) if at < first_gap else depth
            yield " " * (_STEP * above) + _comment(comment)
        if len(comments) in gaps and not at_end:
            yield ""

    # --------------------------------------------------------------------------------- statements

    def _statement(self, i: int) -> str:
        text, comment = self._text(i), self.trailing[i]
        return text if comment is None else f"{text}  {_comment(comment)}"

    def _text(self, i: int) -> str:
        """Write a statement: in columns where it fits, else on one line, else on several.

        A reason may stand out, since a text cannot be broken.
        """
        indent, row = self._depth(i) * _STEP, self.rows[i]
        has_reason = len(row) > 1 and row[-1].startswith("because ")
        counted = row[:-1] if has_reason else row
        close = _Columns(gap=self.columns[i].gap)
        for columns in (self.columns[i], close):
            if indent + cells_of(_spread(counted, columns)) <= WIDTH:
                return " " * indent + _spread(row, columns)
        text = wrapped(_spread(counted, close), indent, apart=_is_of_alternatives(self.statements[i]))
        return f"{text}{' ' * _GAP}{row[-1]}" if has_reason else text

    def _aligned(self) -> list[_Columns]:
        """Give each statement its columns: those of the rows of its kind in its block.

        Outside all blocks, the rows between two blank lines make one.
        """
        sections: dict[tuple[int, int, type], list[int]] = {}
        paragraph = 0
        for i, statement in enumerate(self.statements):
            paragraph += bool(self.gaps[i])
            if isinstance(statement, _IN_COLUMNS) and not _has_alternatives(statement):
                header = self.blocks[i].header
                sections.setdefault((header, paragraph if header < 0 else 0, type(statement)), []).append(i)
        found = [_Columns()] * len(self.statements)
        for members in sections.values():
            columns = _columns([self.rows[i] for i in members])
            for i in members:
                found[i] = columns
        return found


def _comment(text: str) -> str:
    return f"#{text}" if not text or text[0] in "#!" else f"# {text}"


def _is_of_alternatives(statement: tree.Statement) -> bool:
    """Tell whether each alternative, or each value with its condition, has a line of its own where one is too short."""
    is_choice = isinstance(statement, tree.Criterion) and isinstance(statement.body, tree.Conditional)
    return isinstance(statement, tree.Rule) or is_choice


def _has_alternatives(statement: tree.Statement) -> bool:
    return isinstance(statement, tree.Rule) and len(statement.alternatives) > 1


# ------------------------------------------------------------------------------------------ columns


def _columns(rows: Sequence[Sequence[str]]) -> _Columns:
    """Find the columns of a section's rows. A row alone needs none."""
    if len(rows) == 1:
        return _Columns(gap=1)
    first = (width for row in rows if (width := cells_of(row[0])) <= _WIDEST_CONDITION)
    second = (width for row in rows if len(row) > 2 and (width := cells_of(row[1])) <= _WIDEST_POINTS)
    return _Columns(max(first, default=0), max(second, default=0))


def _spread(row: Sequence[str], columns: _Columns) -> str:
    """Write a row's parts in their columns, two spaces between those that have none."""
    widths = [columns.first, columns.second]
    gaps = [columns.gap]
    text = row[0]
    for at, (before, part) in enumerate(pairwise(row)):
        padding = max(0, widths[at] - cells_of(before)) if at < len(widths) else 0
        gap = gaps[at] if at < len(gaps) else _GAP
        if before.startswith("from ") and part.startswith("until "):
            padding, gap = 0, 1
        text += " " * (padding + gap) + part
    return text
