"""What commands print: plain in a pipe, in colour on a terminal, in ASCII where the terminal has no more."""

from __future__ import annotations

import contextlib
import io
import itertools
import os
import re
import textwrap
from collections.abc import Iterable, Sequence
from typing import TextIO

from rich.cells import cell_len, chop_cells
from rich.console import Console
from rich.text import Text

from leadrules.characters import printable
from leadrules.cli.streams import standard_stream
from leadrules.errors import Diagnostic

_PIPE_WIDTH = 100
_LEAST_ROOM = 40
_EIGHTHS = " ▏▎▍▌▋▊▉"
_PLAIN = str.maketrans({"·": "-", "→": "->", "–": "-", "’": "'", "×": "x", "−": "-", "…": "..."})
_IN_MARGIN = re.compile(r" *\d* \| ")
_MARKED = re.compile(r"`[^`\n]+`")

_PARAMETER = re.compile(
    r'`(id_column|as_of_column|alias_column|event_columns|input_format|encoding|sheet|by)=(?:…|\{"(\w+)": …\})`'
)
"""How messages of tables name what Python passes, and the command line has as an option."""


def in_options(message: str) -> str:
    """Name parameters of Python as the options of the same names.

    >>> in_options('name it with `event_columns={"at": …}`')
    'name it with --event-columns at=…'
    """
    return _PARAMETER.sub(
        lambda found: f"--{found[1].replace('_', '-')}" + (f" {found[2]}=…" if found[2] else ""), message
    )


class Screen:
    """One of the two streams of the process.

    `width` is in cells, `unicode` tells whether the stream can show more than ASCII, `colour`
    whether it may show colours. Whatever comes from a file passes `printable` first, so that no
    value of a lead can control the terminal.
    """

    def __init__(self, *, stderr: bool = False) -> None:
        stream = standard_stream(stderr=stderr)
        if isinstance(stream, io.TextIOWrapper):
            with contextlib.suppress(ValueError, OSError):
                stream.reconfigure(errors="replace")
        self.console = Console(file=stream, highlight=False, markup=False, emoji=False, width=_width_of(stream))
        self.unicode = (self.console.encoding or "ascii").lower().replace("_", "-").startswith("utf")
        self.colour = self.console.is_terminal and not self.console.no_color
        self.width = self.console.width

    def line(self, *parts: str | tuple[str, str]) -> None:
        """Print a line: texts, or pairs of a text and its style; on a terminal, what does not fit goes below it."""
        text = self.styled(*parts)
        self.sentence(text, len(text.plain) - len(text.plain.lstrip(" ")) + 4)

    def put(self, text: Text) -> None:
        """Print a text and a line end. It is never wrapped or cut."""
        text.rstrip()
        self.console.print(text if self.unicode else _in_ascii(text), soft_wrap=True, crop=False, overflow="ignore")

    def styled(self, *parts: str | tuple[str, str]) -> Text:
        """Make one text of texts and pairs of a text and its style; names of files may stand in them."""
        plain = ((part, "") if isinstance(part, str) else part for part in parts)
        return Text.assemble(*((printable(text, lines=True), style) for text, style in plain))

    def problem(self, message: str, advice: str | None = None) -> None:
        """Say what is wrong, and what to do about it."""
        self.sentence(Text.assemble(("error: ", "bold red"), _with_marks(printable(message, lines=True))))
        self.advise(advice)

    def note(self, message: str) -> None:
        """Say something that is good to know."""
        self.sentence(Text.assemble(("note: ", "bold blue"), _with_marks(printable(in_options(message)))))

    def warn(self, message: str, advice: str | None = None) -> None:
        """Say what went wrong in part."""
        self.sentence(Text.assemble(("warning: ", "bold yellow"), _with_marks(printable(message))))
        self.advise(advice)

    def advise(self, advice: str | None) -> None:
        """Say what to do about it, if there is something."""
        if advice:
            self.sentence(Text.assemble(("  help: ", "cyan"), printable(advice)), 4)

    def diagnostics(self, diagnostics: Sequence[Diagnostic]) -> None:
        """Draw diagnostics, a blank line after each, and say how many there are."""
        for diagnostic in diagnostics:
            self.diagnostic(diagnostic)
            self.line()
        self.line((tally(diagnostics), "bold"))

    def diagnostic(self, diagnostic: Diagnostic) -> None:
        """Draw a diagnostic; on a terminal, what is no line of a file goes to further lines where it does not fit."""
        for line in drawn(diagnostic).split("\n"):
            if _IN_MARGIN.match(line.plain):
                self.put(line)
            else:
                self.sentence(line, 4)

    def sentence(self, text: Text, indent: int = 2) -> None:
        """Print a text; on a terminal, what does not fit goes to further lines, indented and with whole words."""
        for line in text.split("\n"):
            if self.console.is_terminal and cell_len(line.plain) > self.width:
                self._indented(line, Text(), indent)
            else:
                self.put(line)

    def prose(self, text: str) -> None:
        """Print a paragraph in lines of at most 100 cells, or as wide as the stream is."""
        for line in _with_marks(" ".join(text.split())).wrap(self.console, min(self.width, _PIPE_WIDTH)):
            self.put(line)

    def item(self, sentence: str) -> None:
        """Print a sentence of a list, indented; on a terminal, what does not fit goes to further lines."""
        text = "  " + printable(sentence)
        if self.console.is_terminal:
            wrapped = textwrap.wrap(
                text, max(self.width, 20), subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
            )
            text = "\n".join(wrapped)
        self.put(Text(text))

    def hanging(self, head: Text, body: Text) -> None:
        """Print a head and what follows it; on a terminal, further lines of that stand below its first one."""
        room = self.width - cell_len(head.plain)
        if not self.console.is_terminal or cell_len(body.plain) <= room:
            self.put(head + body)
            return
        if room >= _LEAST_ROOM:
            self._indented(body, head, len(head.plain))
        else:
            head.rstrip()
            self._indented(head, Text(), 4)
            self._indented(body, Text(" " * 6), 6)

    def wrapped(self, text: Text, first: int, others: int) -> None:
        """Print a text in lines of at most 100 cells, or as wide as the stream is; the first and others indented."""
        for line in text.wrap(self.console, max(min(self.width, _PIPE_WIDTH) - max(first, others), 20)):
            self.put(Text(" " * first) + line)
            first = others

    def _indented(self, text: Text, before: Text, indent: int) -> None:
        for line in text.wrap(self.console, max(self.width - indent, 20)):
            self.put(before + line)
            before = Text(" " * indent)

    def bar(self, share: float, width: int) -> str:
        """Draw a share of 1 as a bar of at most `width` cells, filled up with spaces."""
        share = min(max(share, 0.0), 1.0)
        if not self.unicode:
            return ("#" * round(share * width)).ljust(width)
        whole, eighths = divmod(round(share * width * 8), 8)
        return ("█" * whole + _EIGHTHS[eighths].strip()).ljust(width)

    def fitted(self, text: str, width: int) -> str:
        """Give a text of exactly `width` cells: cut at its end, or filled up with spaces."""
        text = printable(text)
        if cell_len(text) > width:
            mark = "…" if self.unicode else ".."
            room = width - len(mark)
            text = (chop_cells(text, room)[0].rstrip() if room > 0 else "") + mark
        return text + " " * (width - cell_len(text))


def _width_of(stream: TextIO) -> int:
    """Give the width that `COLUMNS` says, else that of the stream's own terminal, else that of a pipe."""
    said = os.environ.get("COLUMNS", "")
    if said.isdecimal() and int(said):
        return int(said)
    with contextlib.suppress(OSError, ValueError):  # no terminal
        return os.get_terminal_size(stream.fileno()).columns or _PIPE_WIDTH
    return _PIPE_WIDTH


def _in_ascii(text: Text) -> Text:
    """Replace the typographic signs that we print ourselves. What else cannot be shown becomes `?`."""
    if text.plain.isascii():
        return text
    parts = [Text(part.plain.translate(_PLAIN), part.style) for part in _runs(text)]
    return Text.assemble(*parts)


def _runs(text: Text) -> Iterable[Text]:
    """Split a text where its styles change."""
    places = sorted({0, len(text.plain), *(place for span in text.spans for place in (span.start, span.end))})
    for start, end in itertools.pairwise(places):
        styles = [str(span.style) for span in text.spans if span.start <= start and end <= span.end]
        yield Text(text.plain[start:end], " ".join(styles))


def joined(parts: Iterable[Text]) -> Text:
    """Join texts with a faint dot between them."""
    text = Text()
    for part in parts:
        if text.plain:
            text.append(" · ", "dim")
        text.append_text(part)
    return text


def drawn(diagnostic: Diagnostic) -> Text:
    """Draw a diagnostic: exactly the text of `render`, coloured."""
    colour = "red" if diagnostic.severity == "error" else "yellow"
    head, *rest = diagnostic.render().split("\n")
    place, _, said = head.partition(f": {diagnostic.severity} ")
    kind, message = f"{diagnostic.severity} {diagnostic.code}", said.partition(": ")[2]
    text = Text.assemble((place, "bold"), ": ", (kind, f"bold {colour}"), ": ", _with_marks(message))
    for line in rest:
        text.append("\n")
        text.append_text(_margin_line(line, colour))
    return text


def _margin_line(line: str, colour: str) -> Text:
    if line.startswith("  help: "):
        return Text.assemble(("  help:", "cyan"), line.removeprefix("  help:"))
    margin, bar, rest = line.partition("| ")
    is_caret = not margin.strip()
    return Text.assemble((margin + bar, "dim"), (rest, f"bold {colour}" if is_caret else ""))


def _with_marks(sentence: str) -> Text:
    """Make what stands in backticks stand out."""
    text = Text(sentence)
    for found in _MARKED.finditer(sentence):
        text.stylize("bold", found.start(), found.end())
    return text


def tally(diagnostics: Iterable[Diagnostic]) -> str:
    """Count diagnostics: `2 errors, 1 warning`; `no mistakes` where there are none."""
    kinds = [diagnostic.severity for diagnostic in diagnostics]
    counts = [counted(kinds.count(kind), kind) for kind in ("error", "warning") if kind in kinds]
    return ", ".join(counts) or "no mistakes"


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """Write a number and its noun.

    >>> counted(1, "lead"), counted(1200, "lead"), counted(2, "entry", "entries")
    ('1 lead', '1,200 leads', '2 entries')
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
