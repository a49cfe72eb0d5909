"""Puts the statements of included files where they are included.

A file counts once, however often it is included, and so does a plugin that several files bring in
under one name. What stands between two boundaries comes from another file: it starts outside any
dimension and leaves the including file's as it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

import attrs

from leadrules.errors import Diagnostic, PluginError
from leadrules.syntax import tree
from leadrules.syntax.files import MAIN, Files
from leadrules.syntax.parser import Extent, Limits, parse
from leadrules.syntax.report import Refused, Report
from leadrules.values import plain_name

HEAD_WORDS: Mapping[type[tree.Node], str] = {
    tree.Ruleset: "ruleset",
    tree.Timezone: "timezone",
    tree.Precision: "precision",
    tree.AccentsIgnored: "accents ignored",
}
"""The statements that say what a whole file is, each once and in the main file alone, by their words."""


@attrs.frozen
class Expanded:
    """The statements of a rule file and all that it includes, in order, with boundaries between files.

    `texts` gives each file's text by the name that spans use; `broken` says that a statement of
    some file could not be read; `lost` that a whole file is missing, which may have declared anything.
    """

    statements: tuple[tree.Statement, ...]
    texts: dict[str, str]
    diagnostics: tuple[Diagnostic, ...]
    main: tree.File | None = None
    lost: bool = False

    @property
    def words_of_the_broken(self) -> frozenset[str]:
        """Give the words on the lines of what could not be read; they may name what it would declare."""
        if self.lost:
            return AnyWord()
        lines = {d.source for d in self.diagnostics if d.severity == "error"}
        return frozenset(plain_name(word) for line in lines for word in re.findall(r"\w+", line))

    @property
    def broken(self) -> bool:
        """Tell whether some statement could not be read."""
        return any(d.severity == "error" for d in self.diagnostics)


class AnyWord(frozenset[str]):
    """Every word: what a file that is missing may have declared."""

    def __contains__(self, word: object) -> bool:
        return True


def expand(files: Files, limits: Limits) -> Expanded:
    """Parse a rule file and everything it includes."""
    text = files.main()
    if not isinstance(text, str):
        return Expanded((), {}, text)
    expansion = _Expansion(files, limits)
    main = expansion.parse(MAIN, text)
    statements = tuple(expansion.statements(main, (MAIN,)))
    return Expanded(
        statements, expansion.texts, (*expansion.diagnostics, *expansion.report.diagnostics), main, expansion.lost
    )


class _Expansion:
    def __init__(self, files: Files, limits: Limits) -> None:
        self.files = files
        self.limits = limits
        self.texts: dict[str, str] = {}
        self.report = Report(self.texts)
        self.diagnostics: list[Diagnostic] = []
        self.seen: set[str] = set()
        self.used: set[tuple[str, str]] = set()
        self.extent = Extent()
        self.lost = False

    def parse(self, key: str, text: str) -> tree.File:
        file, diagnostics = parse(text, self.files.shown(key), limits=self.limits, extent=self.extent)
        self.texts[file.name] = file.text
        self.diagnostics += diagnostics
        self.seen.add(key)
        return file

    def statements(self, file: tree.File, path: tuple[str, ...]) -> Iterator[tree.Statement]:
        """Give a file's statements, those of included files in their place; `path` leads to the file."""
        for node in file.statements:
            if len(path) > 1 and type(node) in HEAD_WORDS:
                word = HEAD_WORDS[type(node)]
                self.report.add("LR612", f"an included file has no `{word}`", node, "it stands in the main file")
            elif isinstance(node, tree.Include):
                yield from self._included(node, path)
            elif not (isinstance(node, tree.Use) and self._is_used(node)):
                yield node

    def _is_used(self, node: tree.Use) -> bool:
        """Tell whether a statement before this one brings in the same plugin under the same name."""
        use = (node.name.name, (node.alias or node.name).name)
        before = use in self.used
        self.used.add(use)
        return before

    def _included(self, node: tree.Include, path: tuple[str, ...]) -> Iterator[tree.Statement]:
        try:
            found = self._file(node, path)
        except Refused:
            self.lost = True
            return
        if found is not None:
            key, file = found
            yield tree.Boundary(True, span=node.span)
            yield from self.statements(file, (*path, key))
            yield tree.Boundary(False, span=node.span)

    def _file(self, node: tree.Include, path: tuple[str, ...]) -> tuple[str, tree.File] | None:
        """Read an included file; None for one that was included before. Past the limits no more are read."""
        if self.extent.excess(self.limits):
            raise Refused
        written = node.path.value
        try:
            key = self.files.beside(node.span.file, written)
            key = MAIN if self._is_main(key) else key
            if key in path:
                names = [PurePosixPath(self.files.shown(k)).name for k in (*path[path.index(key) :], key)]
                self.report.refuse("LR613", f"the file includes itself: {' -> '.join(names)}", node.path)
            if key in self.seen:
                return None
            text = self.files.text(key, written)
        except ValueError as problem:
            self.report.refuse("LR611", str(problem), node.path, self.report.near(written, problem))
        except PluginError as problem:
            self.report.refuse("LR621", str(problem), node.path, problem.help)
        if len(path) > self.limits.nesting:
            self.report.refuse("LR006", f"files include each other more than {self.limits.nesting} deep", node.path)
        return key, self.parse(key, text)

    def _is_main(self, key: str) -> bool:
        return key == PurePosixPath(self.files.name.replace("\\", "/")).name
