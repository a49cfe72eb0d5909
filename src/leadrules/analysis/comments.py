"""Warnings that the file's author has answered: `# ok: LR211` on a statement silences that code there."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence

import attrs

from leadrules.errors import Diagnostic
from leadrules.syntax import tree
from leadrules.syntax.lines import lines_of

_ANSWER = re.compile(r"(?:^|[\s#])ok:\s*(LR2\d\d(?:\s*,\s*LR2\d\d)*)")


def silence(
    diagnostics: Iterable[Diagnostic], statements: Sequence[tree.Statement], texts: Mapping[str, str]
) -> tuple[Diagnostic, ...]:
    """Leave out the warnings whose code an `# ok: LR2xx` names, on one of the statement's lines or right above it.

    `texts` gives each file's text by the name that spans use. Errors are never left out.
    """
    answers = {name: found for name, text in texts.items() if "ok:" in text and (found := _answers(text))}
    if not answers:
        return tuple(diagnostics)
    own_lines = {name: _StatementLines.of(name, statements, texts[name]) for name in answers}
    return tuple(d for d in diagnostics if not _is_answered(d, answers, own_lines))


def _is_answered(
    d: Diagnostic, answers: Mapping[str, Mapping[int, set[str]]], own_lines: Mapping[str, _StatementLines]
) -> bool:
    if d.severity == "error" or d.span.file not in answers:
        return False
    lines = answers[d.span.file]
    return any(d.code in lines.get(line, ()) for line in own_lines[d.span.file].lines(d.span.start, d.span.line))


def _answers(text: str) -> dict[int, set[str]]:
    """Give the codes that the comment of each line names."""
    found: dict[int, set[str]] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        if "ok:" not in line:
            continue
        comments = [one.comment for one in lines_of(line) if one.comment is not None]
        for answer in (match for comment in comments for match in _ANSWER.findall(comment)):
            found.setdefault(number, set()).update(code.strip() for code in answer.split(","))
    return found


@attrs.frozen
class _StatementLines:
    """The statements of one file: where each starts, and the lines that are its own."""

    starts: list[int]
    own: list[range]

    @classmethod
    def of(cls, file: str, statements: Sequence[tree.Statement], text: str) -> _StatementLines:
        """Give each statement its lines, and the comment lines above it, down from the end of the one before."""
        starts, own = [], []
        before = 0
        for node in statements:
            if node.span.file != file or isinstance(node, tree.Boundary):
                continue
            last = node.span.line + text.count("\n", node.span.start, node.span.end)
            starts.append(node.span.start)
            own.append(range(before + 1, last + 1))
            before = last
        return cls(starts, own)

    def lines(self, offset: int, line: int) -> range:
        """Give the lines of the statement that an offset stands in, or its own line alone."""
        index = bisect_right(self.starts, offset) - 1
        if index >= 0 and line in self.own[index]:
            return self.own[index]
        return range(line, line + 1)
