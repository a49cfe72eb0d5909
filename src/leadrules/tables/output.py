"""Write a file as a whole or not at all."""

from __future__ import annotations

import contextlib
import io
import os
import stat
import sys
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from leadrules.tables.parts import new_part, remove_leftovers
from leadrules.tables.problems import FileProblem, refuse_system_error

_WRITABLE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH
_BINARY = getattr(os, "O_BINARY", 0)  # of Windows


class _Descriptor(io.FileIO):
    """Writes bytes. What cannot be written is told with the name of the file that it was for."""

    def __init__(self, file: int, path: Path) -> None:
        super().__init__(file, "wb")
        self._path = path

    def write(self, data: Any, /) -> int:
        """Write bytes. Raises FileProblem."""
        try:
            return super().write(data)
        except OSError as error:
            raise FileProblem(self._path, f"cannot be written: {(error.strerror or str(error)).lower()}") from None


class _Text(io.TextIOWrapper):
    """Writes text. A letter that the encoding does not have is told with the name of the file that it was for."""

    def __init__(self, file: BinaryIO, encoding: str, path: Path) -> None:
        super().__init__(file, encoding=encoding, newline="", write_through=True)
        self._path = path

    def write(self, text: str, /) -> int:
        """Write a text. Raises FileProblem."""
        try:
            return super().write(text)
        except UnicodeEncodeError as error:
            letter = error.object[error.start]
            problem = f"cannot be written as {error.encoding}, which has no `{letter}`"
            raise FileProblem(self._path, problem, "write it as utf-8, or utf-8-sig for Excel") from None


def resolved(path: Path) -> Path:
    """Give the place that a path leads to. Raises FileProblem."""
    try:
        return path.resolve()
    except RuntimeError:  # of Python before 3.13
        raise FileProblem(path, "cannot be used: its links lead in a circle") from None
    except OSError as error:  # of a working folder that is gone
        refuse_system_error(path, error)


class OutputFile:
    """A file that appears under its name only when the `with` block ends well.

    It is written beside its target and renamed over it, so whoever reads the target finds the old
    content or the new, never half. Where the block fails, also by an interrupt, the target stays as
    it was. A new file has the mode of the old one, and its owner and group where this user may give
    them. A target that is no ordinary file (`/dev/stdout`, a pipe) is written directly. `inputs` are
    files that must not be overwritten; a `new` file must not be there. What a run that was killed left
    beside the target is removed. Raises FileProblem.
    """

    def __init__(self, path: Path, *, inputs: Iterable[Path] = (), new: bool = False) -> None:
        self.path = path
        self._is_new = new
        self._target = resolved(path)
        self._temporary: Path | None = None
        self._binary: BinaryIO | None = None
        self._text: io.TextIOWrapper | None = None
        try:
            self._direct = path.exists() and not path.is_file() and not path.is_dir()
            self._check(inputs)
        except OSError as error:
            refuse_system_error(path, error)

    @property
    def binary(self) -> BinaryIO:
        """The open file, for bytes."""
        assert self._binary is not None, "only inside the with block"
        return self._binary

    @property
    def text(self) -> io.TextIOWrapper:
        """The open file, for text: UTF-8, line ends as written. Not to be mixed with `binary`."""
        return self.text_in("utf-8")

    def text_in(self, encoding: str) -> io.TextIOWrapper:
        """Give the open file, for text in an encoding: always the same one. A letter that it lacks is a FileProblem."""
        if self._text is None:
            self._text = _Text(self.binary, encoding, self.path)
        return self._text

    def __enter__(self) -> Self:
        """Open the file that will become the target."""
        try:
            self._refuse_present()
            if self._direct:
                self._binary = self._opened(os.open(self.path, os.O_WRONLY | _BINARY))
            else:
                self._open_beside()
        except OSError as error:
            self._remove()
            refuse_system_error(self.path, error)
        except BaseException:  # such as an interrupt
            self._remove()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Put the file in place, or remove it where the block failed."""
        try:
            self._finish(keep=kind is None)
        except OSError as problem:
            refuse_system_error(self.path, problem)
        finally:
            with contextlib.suppress(OSError, FileProblem):  # what it still holds cannot be written
                self.binary.close()
            self._remove()

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
        if self._target.exists() and not (self._target.stat().st_mode & _WRITABLE and os.access(self._target, os.W_OK)):
            raise FileProblem(self.path, "is write-protected", "allow to write it, or choose another name")

    def _refuse_present(self) -> None:
        if self._is_new and (self.path.exists() or self.path.is_symlink()):
            raise FileProblem(self.path, "is there already, and is kept as it is")

    def _open_beside(self) -> None:
        remove_leftovers(self._target)
        file, self._temporary = new_part(self._target)
        self._binary = self._opened(file)
        if not self._target.exists():
            return
        before = self._target.stat()
        if hasattr(os, "chown"):
            with contextlib.suppress(OSError):  # not everyone may give files away
                os.chown(self._temporary, before.st_uid, before.st_gid)
        self._temporary.chmod(stat.S_IMODE(before.st_mode))

    def _opened(self, file: int) -> BinaryIO:
        return io.BufferedWriter(_Descriptor(file, self.path))

    def _finish(self, *, keep: bool) -> None:
        if not keep and self._temporary is not None:
            return
        if self._text is not None:
            self._text.flush()
        self.binary.flush()
        if self._temporary is None:
            return
        os.fsync(self.binary.fileno())
        self._refuse_present()
        if sys.platform == "win32":  # elsewhere it stays locked until it has its name, so that no run takes it away
            self.binary.close()
        self._temporary.replace(self._target)
        self._temporary = None
        _sync_folder(self._target.parent)

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
