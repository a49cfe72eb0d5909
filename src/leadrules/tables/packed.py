"""Unpack what is packed with gzip or zstd, a little at a time, so that what swells costs no memory."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from typing import Any, BinaryIO

from leadrules.tables.problems import FileProblem

SUFFIXES = {".gz": "gzip", ".zst": "zstd"}
"""The suffixes of packed files; before them stands the suffix that says what is packed."""

_MAGIC = {b"\x1f\x8b\x08": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
_LARGEST_WINDOW = 1 << 27
"""How far back zstd may refer: 128 MiB, as its own program has it unless asked for more."""
_PIECE = {"gzip": 1 << 16, "zstd": 1 << 9}
"""How much is unpacked at once. zstd can make 128 KiB of four bytes, and gives all that it makes."""
_AT_MOST = 1 << 20

Say = Callable[[str, str | None], FileProblem]


def packing_of(start: bytes) -> str | None:
    """Tell what a file is packed with, by how it begins: `gzip` or `zstd`; None for neither."""
    return next((name for magic, name in _MAGIC.items() if start.startswith(magic)), None)


class Unpacked(io.RawIOBase):
    """What is packed in a stream, as a stream. Reading raises FileProblem where it is damaged or not whole."""

    def __init__(self, packed: BinaryIO, packing: str, say: Say) -> None:
        self._packed = packed
        self._packing = packing
        self._say = say
        self._new = _unpacker(packing, say)
        self._unpacker: Any = self._new()
        self._has_begun = False
        self._ready = memoryview(b"")

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def readinto(self, buffer: Any, /) -> int:
        """Fill a buffer, or a part of it, and give how much; 0 at the end. Raises FileProblem."""
        room = memoryview(buffer).cast("B")
        while not self._ready:
            more = self._more()
            if more is None:
                return 0
            self._ready = memoryview(more)
        count = min(len(self._ready), len(room))
        room[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count

    def _more(self) -> bytes | None:
        """Unpack the next piece, maybe to nothing; None at the end."""
        held = getattr(self._unpacker, "unconsumed_tail", b"")
        rest = self._unpacker.unused_data if self._unpacker.eof else b""
        if self._unpacker.eof:
            self._unpacker, self._has_begun = self._new(), False
        piece = held or rest or self._packed.read(_PIECE[self._packing])
        if not self._has_begun:
            piece = piece.lstrip(b"\0")  # what some programs fill the last block with
        if not piece:
            self._check_end()
            return None
        try:
            found: bytes = (
                self._unpacker.decompress(piece, _AT_MOST)
                if self._packing == "gzip"
                else self._unpacker.decompress(piece)
            )
        except Exception as error:
            if isinstance(error, MemoryError | OSError):
                raise
            said = "refers back too far" if "emory" in str(error) or "window" in str(error) else "is damaged"
            raise self._say(f"{said} where it is packed with {self._packing}", "pack it again") from None
        self._has_begun = True
        return found

    def _check_end(self) -> None:
        if self._has_begun and not self._unpacker.eof:
            raise self._say(f"is packed with {self._packing}, and its end is missing", "was it copied as a whole?")


def _unpacker(packing: str, say: Say) -> Callable[[], Any]:
    if packing == "gzip":
        return lambda: zlib.decompressobj(wbits=31)
    try:
        import zstandard
    except ImportError:
        raise say(
            "is packed with zstd, which needs zstandard", "install it with: pip install 'leadrules[tables]'"
        ) from None
    return zstandard.ZstdDecompressor(max_window_size=_LARGEST_WINDOW).decompressobj
