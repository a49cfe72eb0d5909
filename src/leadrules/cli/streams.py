"""The streams of the process: standard output is for what a command prints, and for nothing else.

What plugins print, and what libraries in C write, goes to standard error. What cannot be written is
told apart: whoever reads may have read enough, or the disk may be full.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO, TextIO

STDIN = 0
STDOUT = 1
STDERR = 2


class PipeClosed(Exception):
    """Whoever reads standard output reads no more."""


class StdoutLost(Exception):
    """Standard output cannot be written; the text says why."""


class _Descriptor(io.FileIO):
    """Writes to a file descriptor; what cannot be written is told once, and dropped from then on.

    Its errors are no OSErrors, which libraries take for a sign to end the process with status 1.
    """

    _lost = False

    def write(self, data: Any, /) -> int:
        """Write bytes. Raises PipeClosed and StdoutLost."""
        if self._lost:  # what buffers still hold when the process ends
            return memoryview(data).nbytes
        try:
            return super().write(data)
        except BrokenPipeError:
            self._lost = True
            raise PipeClosed from None
        except OSError as error:
            self._lost = True
            raise StdoutLost((error.strerror or str(error)).lower()) from None


def take_streams() -> None:
    """Keep standard output for this process's commands; from now on descriptor 1 leads to standard error.

    Raises StdoutLost where it is closed: then the next file that is opened would be taken for it.
    """
    if os.environ.get("COLUMNS", "").strip("0") == "":
        os.environ.pop("COLUMNS", None)  # a width of 0 is what some hosts say of a terminal that they have not
    if sys.stdout is None:
        raise StdoutLost("it is closed")
    _fill_closed()
    try:
        if sys.stdout.fileno() != STDOUT or (sys.platform == "win32" and sys.stdout.isatty()):
            return
    except (OSError, ValueError):  # no stream of the system
        return
    sys.stdout.flush()
    is_terminal = sys.stdout.isatty()
    buffer = io.BufferedWriter(_Descriptor(os.dup(STDOUT), "wb"))
    kept = io.TextIOWrapper(buffer, sys.stdout.encoding, sys.stdout.errors, line_buffering=is_terminal)
    os.dup2(STDERR, STDOUT)
    sys.stdout = kept


def _fill_closed() -> None:
    """Open what is closed of standard input and standard error, so that no other file gets their numbers."""
    while (number := os.open(os.devnull, os.O_RDWR)) <= STDERR:
        if number == STDERR:
            sys.stderr = open(STDERR, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - for good
    os.close(number)
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - for good


_kept: TextIO | None = None


def standard_stream(*, stderr: bool = False) -> TextIO:
    """Give the stream that commands print to."""
    return sys.stderr if stderr else _kept or sys.stdout


@contextlib.contextmanager
def prints_diverted() -> Iterator[None]:
    """While the block runs, `print` writes to standard error; commands print to `standard_stream`."""
    global _kept
    before, _kept = _kept, _kept or sys.stdout
    sys.stdout = sys.stderr
    try:
        yield
    finally:
        sys.stdout, _kept = _kept, before


def standard_input() -> BinaryIO:
    """Give standard input, for bytes; it is empty where it is closed."""
    return sys.stdin.buffer if sys.stdin is not None else os.fdopen(STDIN, "rb", closefd=False)


@contextlib.contextmanager
def standard_output(encoding: str = "utf-8") -> Iterator[TextIO]:
    """Give standard output as UTF-8, or as asked for, with line ends as written, whatever the terminal's encoding."""
    stream = standard_stream()
    stream.flush()
    file = io.TextIOWrapper(stream.buffer, encoding=encoding, newline="", write_through=False)
    try:
        yield file
        file.flush()
    finally:
        with contextlib.suppress(OSError, PipeClosed, StdoutLost):  # told already
            file.detach()
