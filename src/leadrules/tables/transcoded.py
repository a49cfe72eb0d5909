"""Give a text of another encoding as UTF-8, so that whoever reads text reads one encoding."""

from __future__ import annotations

import codecs
import io
from collections.abc import Callable
from typing import Any, BinaryIO

from leadrules.decoding.encodings import Encoding
from leadrules.tables.problems import FileProblem

_PIECE = 1 << 16

Say = Callable[[str, str | None], FileProblem]


class Transcoded(io.RawIOBase):
    """A stream of text in some encoding, as UTF-8. Reading raises FileProblem where bytes are no letters of it."""

    def __init__(self, stream: BinaryIO, encoding: Encoding, say: Say) -> None:
        self._stream = stream
        self._encoding = encoding
        self._say = say
        self._decoder = codecs.getincrementaldecoder(encoding.codec)()
        self._line = 1
        self._ready = memoryview(b"")
        self._is_over = False

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def readinto(self, buffer: Any, /) -> int:
        """Fill a buffer, or a part of it, and give how much; 0 at the end. Raises FileProblem."""
        room = memoryview(buffer).cast("B")
        while not self._ready and not self._is_over:
            self._ready = memoryview(self._more())
        count = min(len(self._ready), len(room))
        room[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count

    def _more(self) -> bytes:
        piece = self._stream.read(_PIECE)
        self._is_over = not piece
        try:
            text = self._decoder.decode(piece, final=not piece)
        except UnicodeDecodeError as error:
            line = self._line + piece[: error.start].count(b"\n")
            problem = (
                f"is not {self._encoding.name} throughout: line {line:,} or near it has a byte that is no letter of it"
            )
            raise self._say(problem, "name its encoding with `encoding=…`") from None
        self._line += text.count("\n")
        return text.encode("utf-8", "surrogatepass")


def transcoded_start(start: bytes, encoding: Encoding, *, is_whole: bool) -> bytes:
    """Give the start of a text as UTF-8; a letter that its end has cut is left out, and what cannot be read too."""
    text = codecs.getincrementaldecoder(encoding.codec)("ignore").decode(start, final=is_whole)
    return text.encode("utf-8", "surrogatepass")
