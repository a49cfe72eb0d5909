"""Collects what the checker has to say about a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NoReturn

import attrs

from leadrules.errors import Diagnostic, MissingFile, Severity, Slips, Span
from leadrules.syntax.tree import Node


class Refused(Exception):
    """A part of the tree means nothing; why has been reported. Never leaves the checker."""


@attrs.define
class Report:
    """The diagnostics of a check.

    `texts` gives each file's text, for the source lines shown. `excused` are words of statements
    that could not be read: they may well declare a name that is missing elsewhere. At most `most`
    diagnostics of each severity are kept.
    """

    texts: Mapping[str, str]
    excused: frozenset[str] = frozenset()
    most: int = 1_000
    diagnostics: list[Diagnostic] = attrs.field(factory=list)
    _lines: dict[str, list[str]] = attrs.field(factory=dict, init=False)
    _slips: Slips = attrs.field(factory=Slips, init=False)
    _counts: Counter[str] = attrs.field(factory=Counter, init=False)

    def add(
        self, code: str, message: str, at: Node | Span, help: str | None = None, *, severity: Severity = "error"
    ) -> None:
        """Report a mistake and go on. Of very many, the first are kept, and the last one says so."""
        span = at if isinstance(at, Span) else at.span
        self._counts[severity] += 1
        if self._counts[severity] == self.most + 1:
            code, message, help = "LR008", f"too many {severity}s; the others are not shown", None
        elif self._counts[severity] > self.most:
            return
        self.diagnostics.append(Diagnostic(code, message, span, help, severity, self._source(span)))

    def warn(self, code: str, message: str, at: Node | Span, help: str | None = None) -> None:
        """Report something that is allowed but hardly meant."""
        self.add(code, message, at, help, severity="warning")

    def refuse(self, code: str, message: str, at: Node | Span, help: str | None = None) -> NoReturn:
        """Report a mistake and give up the part of the tree that is being checked."""
        self.add(code, message, at, help)
        raise Refused

    def near(self, name: str, problem: ValueError) -> str | None:
        """Give help about a file that is not there, where its suffix was left out or its name is a slip."""
        if not isinstance(problem, MissingFile) or not problem.known:
            return None
        whole = f"{name}.leadrules"
        near = whole if whole in problem.known else self.suggest(name, problem.known)
        return f"did you mean `{near}`?" if near else None

    def suggest(self, name: str, known: Iterable[str]) -> str | None:
        """Give the known name that a name is probably a slip of, or None where none is close.

        A file with very many mistakes gets suggestions for its first ones only.
        """
        return self._slips.closest(name, known)

    def _source(self, span: Span) -> str:
        if span.file not in self._lines:
            self._lines[span.file] = self.texts.get(span.file, "").split("\n")
        lines = self._lines[span.file]
        return lines[span.line - 1] if span.line <= len(lines) else ""


def line_of(place: Span, seen_from: Span) -> str:
    """Name a line in what is said of another place: `line 3`, or `a.leadrules, line 3` where that is another file."""
    line = f"line {place.line}"
    return line if place.file == seen_from.file else f"{place.file}, {line}"


def path_of(steps: Sequence[str]) -> str:
    """Write a path, the middle of a long one left out: a -> b -> a."""
    shown = steps if len(steps) <= 12 else [*steps[:6], "…", *steps[-5:]]
    return " -> ".join(shown)


def quoted(texts: Sequence[str], most: int = 20) -> str:
    """Write texts for a sentence: "a", "b" and 3 more."""
    more = f" and {len(texts) - most} more" if len(texts) > most else ""
    return ", ".join(f'"{text}"' for text in texts[:most]) + more


def listed(names: Iterable[str], most: int = 8) -> str:
    """Write names for a sentence: `a`, `b` and 3 more."""
    found = list(names)
    shown = [f"`{name}`" for name in found[:most]]
    if len(found) > most:
        return ", ".join(shown) + f" and {len(found) - most} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)
