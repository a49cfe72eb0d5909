"""`leadrules fmt`: rule files laid out in the one way that all share."""

from __future__ import annotations

import codecs
import difflib
from collections.abc import Iterator, Sequence
from pathlib import Path

import attrs

from leadrules.characters import printable
from leadrules.cli.running import OK, RULES_WRONG, USAGE
from leadrules.cli.screen import Screen, counted
from leadrules.cli.streams import standard_input, standard_output
from leadrules.errors import Diagnostic
from leadrules.syntax.files import read_bytes
from leadrules.syntax.layout import format_file
from leadrules.syntax.parser import parse
from leadrules.syntax.source import decode
from leadrules.tables import FileProblem, OutputFile

STANDARD_INPUT = Path("-")


@attrs.frozen
class _Written:
    """A rule file as it is and as it should be. How it is encoded stays: byte-order mark, line ends."""

    mark: bytes
    before: str
    after: str

    @property
    def changes(self) -> bool:
        """Tell whether the layout changes anything."""
        return self.before != self.after

    @property
    def data(self) -> bytes:
        """The bytes of the file as it should be."""
        return self.mark + self.after.encode()


def fmt(paths: Sequence[Path], *, check: bool) -> int:
    """Lay rule files out where they stand, or only say what would change, and give the exit status.

    `-` reads standard input and prints the result. A file with mistakes is left as it is, with what
    is wrong with it, and the others are done all the same.
    """
    screen, problems = Screen(), Screen(stderr=True)
    would_change = 0
    status = OK
    for path in paths:
        found = _read(path)
        if not isinstance(found, _Written):
            problems.diagnostics(found)
            status = max(status, RULES_WRONG)
        elif check:
            _show(path, found, screen)
            would_change += found.changes
        else:
            status = max(status, _write(path, found, screen, problems))
    if would_change:
        them = "it" if would_change == 1 else "them"
        problems.line((f"{counted(would_change, 'file')} would change; `leadrules fmt` changes {them}", "bold"))
        status = max(status, RULES_WRONG)
    return status


def _read(path: Path) -> _Written | Sequence[Diagnostic]:
    """Read a rule file and lay it out, or say what is wrong with it."""
    name = "standard input" if path == STANDARD_INPUT else str(path)
    data = standard_input().read() if path == STANDARD_INPUT else read_bytes(path, name)
    text = decode(data, name) if isinstance(data, bytes) else data
    if not isinstance(text, str):
        return text
    file, diagnostics = parse(text, name)
    wrong = [diagnostic for diagnostic in diagnostics if diagnostic.severity == "error"]
    if wrong:
        return wrong
    mark = codecs.BOM_UTF8 if isinstance(data, bytes) and data.startswith(codecs.BOM_UTF8) else b""
    after = format_file(file)
    first, _, rest = text.partition("\n")
    return _Written(mark, text, after.replace("\n", "\r\n") if rest and first.endswith("\r") else after)


def _write(path: Path, found: _Written, screen: Screen, problems: Screen) -> int:
    """Write the file as it should be, where that changes anything, and give the exit status."""
    if path == STANDARD_INPUT:
        with standard_output() as file:
            file.write(found.data.decode())
    elif found.changes:
        try:
            with OutputFile(path) as output:
                output.binary.write(found.data)
        except FileProblem as problem:
            problems.problem(problem.sentence, problem.advice)
            return USAGE
        screen.line("formatted ", (str(path), "bold"))
    return OK


def _show(path: Path, found: _Written, screen: Screen) -> None:
    """Print what would change, as a unified diff."""
    styles = {"+": "green", "-": "red", "@": "cyan"}
    for line in _diff(path, found):
        style = styles.get(line[:1], "") if line[:3] not in {"+++", "---"} else "bold"
        screen.put(screen.styled((printable(line), style)))


def _diff(path: Path, found: _Written) -> Iterator[str]:
    before, after = (text.removesuffix("\n").split("\n") for text in (found.before, found.after))
    yield from difflib.unified_diff(before, after, str(path), f"{path} (formatted)", lineterm="")
