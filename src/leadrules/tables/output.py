"""Write a file as a whole or not at all."""

from __future__ import annotations

import contextlib
import io
import os
import secrets
import stat
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from leadrules.tables.problems import FileProblem, refuse_system_error


class OutputFile:
    """A file that appears under its name only when the `with` block ends well.

    It is written beside its target and renamed over it, so whoever reads the target finds the old
    content or the new, never half. Where the block fails, also by an interrupt, the target stays as
    it was. A target that is no ordinary file (`/dev/stdout`, a pipe) is written directly. `inputs`
    are files that must not be overwritten. Raises FileProblem.
    """

    def __init__(self, path: Path, *, inputs: Iterable[Path] = ()) -> None:
        self.path = path
        self._target = path.resolve()
        self._direct = path.exists() and not path.is_file() and not path.is_dir()
        self._temporary: Path | None = None
        self._binary: BinaryIO | None = None
        self._text: io.TextIOWrapper | None = None
        self._check(inputs)

    @property
    def binary(self) -> BinaryIO:
        """The open file, for bytes."""
        assert self._binary is not None, "only inside the with block"
        return self._binary

    @property
    def text(self) -> io.TextIOWrapper:
        """The open file, for text: UTF-8, line ends as written. Not to be mixed with `binary`."""
        if self._text is None:
            self._text = io.TextIOWrapper(self.binary, encoding="utf-8", newline="", write_through=True)
        return self._text

    def __enter__(self) -> Self:
        """Open the file that will become the target."""
        try:
            if self._direct:
                self._binary = self.path.open("wb")
            else:
                self._open_beside()
        except OSError as error:
            refuse_system_error(self.path, error)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Put the file in place, or remove it where the block failed."""
        try:
            self._finish(keep=kind is None)
        except OSError as problem:
            with contextlib.suppress(OSError):  # what it still holds cannot be written
                self.binary.close()
            self._remove()
            error = error or problem
        if isinstance(error, OSError) and error.filename is None:  # no name: what failed is the writing itself
            refuse_system_error(self.path, error)

    def _check(self, inputs: Iterable[Path]) -> None:
        if self._direct:
            return
        if self._target.is_dir():
            raise FileProblem(self.path, "is a folder, not a file", "give the name of a file to write")
        if not self._target.parent.is_dir():
            raise FileProblem(self.path, f"cannot be written: there is no folder `{self.path.parent}`")
        for other in inputs:
            if other.resolve() == self._target or (
                other.exists() and self._target.exists() and other.samefile(self._target)
            ):
                raise FileProblem(self.path, "is also read: writing it would destroy the input", "choose another name")

    def _open_beside(self) -> None:
        temporary = self._target.with_name(f".{self._target.name[:100]}.{secrets.token_hex(6)}.part")
        self._binary = temporary.open("xb")
        self._temporary = temporary
        if self._target.exists():
            temporary.chmod(stat.S_IMODE(self._target.stat().st_mode))

    def _finish(self, *, keep: bool) -> None:
        if self._text is not None:
            self._text.flush()
        self.binary.flush()
        if keep and self._temporary is not None:
            os.fsync(self.binary.fileno())
        self.binary.close()
        if keep and self._temporary is not None:
            self._temporary.replace(self._target)
            self._temporary = None
            _sync_folder(self._target.parent)
        self._remove()

    def _remove(self) -> None:
        if self._temporary is not None:
            with contextlib.suppress(OSError):
                self._temporary.unlink()
            self._temporary = None


def _sync_folder(folder: Path) -> None:
    """Make the new name last through a power cut, where the system can do that."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
