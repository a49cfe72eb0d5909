"""The text of a rule file: from bytes to text, and from offsets to lines and columns.

The first stage of the parser. Everything after it counts in characters of `Source.text`, which is
NFC and whose lines end in a line feed.
"""

from __future__ import annotations

import codecs
import re
from bisect import bisect_right
from functools import cached_property

import attrs

from leadrules.characters import normalised
from leadrules.errors import Diagnostic, Severity, Span

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_NOT_TEXT = re.compile("[\0\ud800-\udfff]")


@attrs.frozen
class Source:
    """A rule file's name and text, and where its lines are."""

    name: str
    text: str

    @classmethod
    def normalised(cls, text: str, name: str) -> Source:
        """Drop a byte-order mark, make every line end a line feed, and compose the text to NFC."""
        text = text.removeprefix("\ufeff")
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        return cls(name, normalised(text))

    @cached_property
    def line_starts(self) -> list[int]:
        """Give the offset of the first character of every line."""
        return [0, *(m.end() for m in re.finditer("\n", self.text))]

    def span(self, start: int, end: int) -> Span:
        """Give the span of the characters from `start` up to but without `end`."""
        line = bisect_right(self.line_starts, start)
        return Span(self.name, start, end, line, start - self.line_starts[line - 1] + 1)

    @cached_property
    def _lines(self) -> dict[int, str]:
        """Keep the lines that were asked for: a thousand mistakes of one long line share its text."""
        return {}

    def line(self, number: int) -> str:
        """Give a line's text, without its end. Lines count from 1."""
        if number not in self._lines:
            starts = self.line_starts
            end = starts[number] - 1 if number < len(starts) else len(self.text)
            self._lines[number] = self.text[starts[number - 1] : end]
        return self._lines[number]

    def diagnostic(
        self, code: str, message: str, start: int, end: int, advice: str | None = None, severity: Severity = "error"
    ) -> Diagnostic:
        """Say something about the characters from `start` to `end`, with the line they begin on."""
        span = self.span(start, end)
        return Diagnostic(code, message, span, advice, severity, self.line(span.line))

    def not_text(self) -> Diagnostic | None:
        """Find a character that no text file has: a NUL or half of a surrogate pair."""
        found = _NOT_TEXT.search(self.text)
        if found is None:
            return None
        what = "a NUL character" if found[0] == "\0" else f"the lone surrogate U+{ord(found[0]):04X}"
        # The line is left out of the diagnostic: it cannot be printed.
        message = f"this is not a text file: it holds {what}"
        return Diagnostic("LR002", message, self.span(*found.span()), "save the file as UTF-8 text")


def decode(data: bytes, name: str) -> str | tuple[Diagnostic, ...]:
    """Read a rule file's bytes as UTF-8, with or without a byte-order mark.

    Gives the text, or else the diagnostics (`LR001`, `LR002`) that say why there is none, at the
    line and column of the first byte that is not UTF-8.
    """
    if data.startswith(_UTF16):
        span = Span(name, 0, 0, 1, 1)
        return (Diagnostic("LR001", "the file is UTF-16, expected UTF-8", span, "save the file as UTF-8 text"),)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        data = error.object  # without the byte-order mark
        good = Source.normalised(data[: error.start].decode("utf-8", "replace"), name)
        end = len(good.text)
        rest = data[error.start :].decode("utf-8", "replace").splitlines()[0]
        message = f"the file is not UTF-8: found the byte 0x{data[error.start]:02X}"
        span = good.span(end, end + 1)
        line = good.line(span.line) + rest
        return (Diagnostic("LR001", message, span, "save the file as UTF-8 text", "error", line),)
    bad = Source.normalised(text, name).not_text()
    return text if bad is None else (bad,)
