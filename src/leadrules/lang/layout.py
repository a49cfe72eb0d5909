"""Lay a whole rule file out: blocks indented, columns aligned, comments kept, long statements on several lines.

Only white space, and the backticks that a name at a line's edge needs, stand between the layout and
the canonical text of each statement: reading it again gives the same statements and comments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import attrs

from leadrules.errors import cells_of
from leadrules.lang import tree
from leadrules.lang.blocks import Block, blocks_of
from leadrules.lang.formatter import columns_of
from leadrules.lang.wrapping import WIDTH, wrapped

_STEP = 2
_WIDEST_CONDITION = 60
"""A condition that is wider stands out of its column, so that it does not push the others far away."""
_WIDEST_POINTS = 16
_ALIGNED = (tree.Rule, tree.Outcome, tree.PersonaLine)
_WOULD_GO_ON = re.compile(r"(?<!\w)(and|or|not|of|by)$")


def format_file(file: tree.File) -> str:
    """Give the text of a file as it should be laid out.

    The file must have been read without an error: what could not be read is no part of it, and would
    be lost. Lines end in a line feed.
    """
    pages = _Layout(file)
    return "".join(f"{line.rstrip()}\n" for line in pages.lines())


@attrs.frozen
class _Columns:
    """Where the second and third columns of aligned rows begin, counted from the first; 0: not aligned."""

    second: int = 0
    third: int = 0


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
        """Give the lines, some with a line feed inside."""
        for i in range(len(self.statements)):
            yield from self._above(i)
            yield self._statement(i)
        yield from self._above(len(self.statements))

    def _depth(self, i: int) -> int:
        return self.blocks[i].depth if 0 <= i < len(self.statements) else 0

    # ------------------------------------------------------------------------- blanks and comments

    def _gaps(self, i: int, blanks: set[int]) -> set[int]:
        """Say before which comments above statement i a blank line belongs; its own place is after them all."""
        if i == 0 or (i < len(self.statements) and self.blocks[i].header == i - 1):
            return blanks - {0}
        parts = i < len(self.statements) and self.blocks[i].begins_part
        return {0} if parts and not blanks else blanks

    def _above(self, i: int) -> Iterator[str]:
        """Give the blank lines and comments above a statement, or at the file's end.

        Comments that follow a line directly and are set apart from the next statement belong to what
        is above them, such as a rule that is commented out at the end of its block.
        """
        comments, gaps = self.comments[i], self.gaps[i]
        depth = self._depth(i)
        first = min(gaps, default=len(comments) if i == len(self.statements) else 0)
        for at, comment in enumerate(comments):
            if at in gaps:
                yield ""
            yield " " * _STEP * (max(depth, self._depth(i - 1)) if at < first else depth) + _comment(comment)
        if len(comments) in gaps and i < len(self.statements):
            yield ""

    # ---------------------------------------------------------------------------------- statements

    def _statement(self, i: int) -> str:
        text = self._text(i)
        ending = _WOULD_GO_ON.search(text)
        if ending:
            text = f"{text[: ending.start()]}`{ending[0]}`"
        comment = self.trailing[i]
        return text if comment is None else f"{text}  {_comment(comment)}"

    def _text(self, i: int) -> str:
        indent = self._depth(i) * _STEP
        columns = self.columns[i]
        row = self.rows[i]
        aligned = _aligned_text(row, columns)
        if indent + cells_of(aligned) <= WIDTH:
            return " " * indent + aligned
        statement = self.statements[i]
        *body, last = row
        reason = ""
        if body and last.startswith("because "):  # a text cannot be broken: it may stand out
            row, reason = tuple(body), f"  {last}"
        apart = isinstance(statement, tree.Rule)
        return wrapped(_aligned_text(row, _Columns()), indent, apart=apart) + reason

    def _aligned(self) -> list[_Columns]:
        """Give each statement its columns: those of the rows of its kind in its block.

        Outside all blocks, the rows between two blank lines make one.
        """
        sections: dict[tuple[int, int, type], list[int]] = {}
        paragraph = 0
        for i, statement in enumerate(self.statements):
            paragraph += bool(self.gaps[i])
            if isinstance(statement, _ALIGNED) and not _has_alternatives(statement):
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


def _has_alternatives(statement: tree.Statement) -> bool:
    return isinstance(statement, tree.Rule) and len(statement.alternatives) > 1


# ------------------------------------------------------------------------------------------- columns


def _columns(rows: Sequence[Sequence[str]]) -> _Columns:
    """Find the columns of the rows of a section. A row alone needs none."""
    if len(rows) == 1:
        return _Columns()
    firsts = [width for row in rows if (width := cells_of(row[0])) <= _WIDEST_CONDITION]
    seconds = [width for row in rows if len(row) > 2 and (width := cells_of(row[1])) <= _WIDEST_POINTS]
    return _Columns(max(firsts, default=0) + 2, max(seconds, default=0) + 2)


def _aligned_text(row: Sequence[str], columns: _Columns) -> str:
    """Write the parts of a row in their columns; without columns, points stand one space after the condition."""
    first, *rest = row
    if not rest:
        return first
    if columns.second:
        text = _padded(first, columns.second) + rest[0]
        rest = [_padded(rest[0], columns.third), *rest[1:]] if len(rest) > 1 else rest
        text = _padded(first, columns.second) + rest[0]
    elif _is_close(rest[0]):
        text = f"{first} {rest[0]}"
    else:
        text = f"{first}  {rest[0]}"
    return text
