"""Collects what the checker has to say about a file."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import NoReturn

import attrs

from leadrules.errors import Diagnostic, Severity, Span
from leadrules.lang.tree import Node


class Refused(Exception):
    """A part of the tree means nothing; why has been reported. Never leaves the checker."""


@attrs.define
class Report:
    """The diagnostics of a check.

    `texts` gives each file's text, for the source lines shown. `excused` are words of statements
    that could not be read: they may well declare a name that is missing elsewhere.
    """

    texts: Mapping[str, str]
    excused: frozenset[str] = frozenset()
    diagnostics: list[Diagnostic] = attrs.field(factory=list)
    _lines: dict[str, list[str]] = attrs.field(factory=dict, init=False)
    _comparisons: int = attrs.field(default=50_000, init=False)

    def add(
        self, code: str, message: str, at: Node | Span, help: str | None = None, *, severity: Severity = "error"
    ) -> None:
        """Report a mistake and go on."""
        span = at if isinstance(at, Span) else at.span
        self.diagnostics.append(Diagnostic(code, message, span, help, severity, self._source(span)))

    def warn(self, code: str, message: str, at: Node | Span, help: str | None = None) -> None:
        """Report something that is allowed but hardly meant."""
        self.add(code, message, at, help, severity="warning")

    def refuse(self, code: str, message: str, at: Node | Span, help: str | None = None) -> NoReturn:
        """Report a mistake and give up the part of the tree that is being checked."""
        self.add(code, message, at, help)
        raise Refused

    def suggest(self, name: str, known: Iterable[str]) -> str | None:
        """Give the known name that a name is probably a slip of, or None where none is close.

        A file with very many mistakes gets suggestions for its first ones only.
        """
        candidates = sorted(set(known))
        self._comparisons -= len(candidates)
        if self._comparisons < 0:
            return None
        folded = {candidate.casefold(): candidate for candidate in reversed(candidates)}
        found = difflib.get_close_matches(name, candidates, n=1, cutoff=0.75)
        return folded.get(name.casefold()) or (found[0] if found else None)

    def _source(self, span: Span) -> str:
        if span.file not in self._lines:
            self._lines[span.file] = self.texts.get(span.file, "").split("\n")
        lines = self._lines[span.file]
        return lines[span.line - 1] if span.line <= len(lines) else ""


def listed(names: Iterable[str], most: int = 8) -> str:
    """Write names for a sentence: `a`, `b` and 3 more."""
    all_names = [f"`{name}`" for name in names]
    if len(all_names) > most:
        return ", ".join(all_names[:most]) + f" and {len(all_names) - most} more"
    return " and ".join([", ".join(all_names[:-1]), all_names[-1]]) if len(all_names) > 1 else "".join(all_names)
