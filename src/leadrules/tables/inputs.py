"""What records are read from: a file, or a stream that comes once, such as standard input.

A reader of a format looks at the `start` of an input to see what it is, and opens it from its beginning
once. Whether that is a file or a stream is nothing to it, nor whether it is packed; where it asks for text,
that comes as UTF-8, whatever the encoding was.
"""

from __future__ import annotations

import contextlib
import io
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from leadrules.decoding.encodings import ENOUGH, UTF8, Encoding, named, recognised
from leadrules.tables.packed import SUFFIXES as PACKED
from leadrules.tables.packed import Unpacked, packing_of
from leadrules.tables.problems import FileProblem, refuse_system_error
from leadrules.tables.transcoded import Transcoded, transcoded_start

Given = Path | str | BinaryIO
"""What a caller may give: the path of a file, or a stream of bytes that is open."""

MOST_KEPT = 1 << 32
"""How many bytes of a stream, or of what is unpacked, are kept on disk at most: 4 GiB."""
_START = 1 << 16
_PIECE = 1 << 20
_STDIN = 0


class Input:
    """An input. `path` is that of a file or pipe, None for a stream; `name` is what people call it.

    `start` has its first 64 KiB, unpacked, and `is_whole` tells whether that is all. `packing` is what it is
    packed with, None for nothing. `encoding` is that of its text, once `as_text` was asked.
    """

    def __init__(self, given: Given, *, may_be_pipe: bool = False) -> None:
        """Look at the start of an input; a pipe is opened only where it `may_be_pipe`. Raises FileProblem."""
        self.path: Path | None = Path(given) if isinstance(given, Path | str) else None
        self.name: str = str(self.path) if self.path is not None else _name_of(given)
        self._stream: BinaryIO | None = None if isinstance(given, Path | str) else given
        self._is_read = False
        self._before = b""  # the start as it was before it was taken for text
        self.encoding: Encoding = UTF8
        self.start: bytes
        self.is_whole: bool
        try:
            if self.path is None or _is_pipe(self.path, may_be=may_be_pipe):
                self._stream = self._stream or self._pipe()
                self.start, self.is_whole = _start_of(self._stream)
            else:
                with self.path.open("rb") as file:
                    self.start, self.is_whole = _start_of(file)
        except OSError as error:
            self.refuse(error)
        self.packing = packing_of(self.start)
        if self.packing is not None:
            self._look_inside()

    def _look_inside(self) -> None:
        """Take the start from what is packed; a stream gives what is unpacked from now on."""
        assert self.packing is not None
        if self._stream is not None:
            packed = io.BufferedReader(_Rejoined(self.start, self._stream))
            self._stream = io.BufferedReader(Unpacked(packed, self.packing, self.problem))
            self.start, self.is_whole = _start_of(self._stream)
        else:
            with self.opened() as file:
                self.start, self.is_whole = _start_of(file)

    @property
    def suffix(self) -> str:
        """The suffix that names its format, in lower case; that of packing is passed over."""
        return "" if self.path is None else suffix_of(self.path)

    @property
    def called(self) -> str:
        """How a sentence names it: the path in backticks, or `standard input` without."""
        return self.name if self.path is None else f"`{self.name}`"

    @property
    def is_stream(self) -> bool:
        """Tell whether it can be read once alone, from its beginning to its end."""
        return self._stream is not None

    @property
    def is_plain(self) -> bool:
        """Tell whether it is a file that holds its bytes as they are."""
        return self._stream is None and self.packing is None

    def problem(self, problem: str, advice: str | None = None) -> FileProblem:
        """Make a problem of this input, to be raised; the sentence goes on after its name."""
        sentence = problem if self.path is not None else f"{self.name} {problem}"
        return FileProblem(self.path, sentence, advice)

    def refuse(self, error: OSError) -> NoReturn:
        """Raise what the system said as a FileProblem."""
        if self.path is not None:
            refuse_system_error(self.path, error)
        raise self.problem(f"cannot be read: {(error.strerror or str(error)).lower()}") from None

    def as_text(self, asked: str | None, *, pages: bool = True) -> None:
        """Take it for text from now on: recognise the encoding, unless one is asked for. Raises FileProblem."""
        if asked is not None:
            try:
                self.encoding = named(asked)
            except LookupError:
                advice = "such as `utf-8`, `windows-1250`, `windows-1252`, `iso-8859-2` or `utf-16`"
                raise self.problem(f"cannot be read as `{asked}`, which is no encoding", advice) from None
        else:
            self.encoding = self._recognised(pages=pages)
        if not self.encoding.is_utf8:
            self._before = self.start
            self.start = transcoded_start(self.start, self.encoding, is_whole=self.is_whole)

    def _recognised(self, *, pages: bool) -> Encoding:
        start, is_whole = self.start, self.is_whole
        if not is_whole and not self.is_stream:
            with self.opened() as file:
                start = file.read(ENOUGH)
                is_whole = len(start) < ENOUGH
        # Where it cannot be told it is taken for UTF-8, and whoever reads it says where it is not.
        return recognised(start, is_whole=is_whole, pages=pages) or UTF8

    @contextlib.contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """Open it from its beginning: unpacked, and text as UTF-8. A stream can be opened once."""
        with self._opened() as file:
            stream: BinaryIO = file
            if self.packing is not None and self._stream is None:
                stream = io.BufferedReader(Unpacked(stream, self.packing, self.problem))
            if not self.encoding.is_utf8:
                stream = io.BufferedReader(Transcoded(stream, self.encoding, self.problem))
            yield stream

    @contextlib.contextmanager
    def seekable(self) -> Iterator[BinaryIO]:
        """Open it so that one may go to its end and back; what is packed, or a stream, is kept on disk meanwhile."""
        if self.is_plain:
            with self._opened() as file:
                yield file
            return
        with tempfile.TemporaryFile() as kept, self.opened() as file:
            while piece := file.read(_PIECE):
                if kept.tell() + len(piece) > MOST_KEPT:
                    advice = "unpack it, and give the file" if self.packing else "write it to a file first"
                    raise self.problem(f"is larger than {MOST_KEPT:,} bytes", advice)
                kept.write(piece)
            kept.seek(0)
            yield kept

    @contextlib.contextmanager
    def _opened(self) -> Iterator[BinaryIO]:
        if self._stream is None:
            assert self.path is not None
            with self.path.open("rb") as file:
                yield file
            return
        assert not self._is_read, "a stream comes once"
        self._is_read = True
        try:
            yield io.BufferedReader(_Rejoined(self._before or self.start, self._stream))
        finally:
            if self.path is not None:
                self._stream.close()

    def _pipe(self) -> BinaryIO:
        assert self.path is not None
        return self.path.open("rb")


class _Rejoined(io.RawIOBase):
    """A stream from its beginning, of which the start was read already. Closing it leaves the stream open."""

    def __init__(self, start: bytes, rest: BinaryIO) -> None:
        self._start = memoryview(start)
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        room = memoryview(buffer).cast("B")
        found = self._start or memoryview(self._rest.read(len(room)))
        count = min(len(found), len(room))
        room[:count] = found[:count]
        self._start = self._start[count:]
        return count


def suffix_of(path: Path) -> str:
    """Give the suffix that names the format of a file, in lower case; that of packing is passed over."""
    name = path.with_suffix("") if path.suffix.lower() in PACKED else path
    return name.suffix.lower()


def _start_of(stream: BinaryIO) -> tuple[bytes, bool]:
    found = b""
    while len(found) <= _START:
        more = stream.read(_START + 1 - len(found))
        if not more:
            return found, True
        found += more
    return found, False


def _name_of(stream: Any) -> str:
    with contextlib.suppress(OSError, ValueError, AttributeError):  # no stream of the system
        if stream.fileno() == _STDIN:
            return "standard input"
    return "the stream"


def _is_pipe(path: Path, *, may_be: bool) -> bool:
    """Tell whether a path leads to a pipe. Raises FileProblem where it may not, and for a device: it may never end."""
    mode = path.stat().st_mode
    is_pipe = stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)
    if is_pipe and not may_be:
        advice = "say what comes through it with `input_format=…`, or write that to a file first"
        raise FileProblem(path, "is a pipe, not a file", advice)
    if stat.S_ISCHR(mode) or stat.S_ISBLK(mode):
        raise FileProblem(path, "is a device, not a file", "write what comes from it to a file first")
    return is_pipe
