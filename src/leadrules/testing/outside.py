"""Notice files, processes, databases, the network and the environment, where a criterion asks them.

Python tells of these by audit events. A hook for them cannot be taken out again, so there is one for
the whole process, which listens only while a criterion is watched.
"""

from __future__ import annotations

import contextlib
import inspect
import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import Any

import attrs

_EVENTS: Mapping[str, str] = {
    "subprocess.Popen": "another program",
    "os.system": "another program",
    "os.exec": "another program",
    "os.posix_spawn": "another program",
    "os.spawn": "another program",
    "os.fork": "another program",
    "os.startfile": "another program",
    "sqlite3.connect": "a database",
    "socket.connect": "the network",
    "socket.getaddrinfo": "the network",
    "socket.gethostbyname": "the network",
    "socket.gethostname": "the machine",
    "urllib.Request": "the network",
    "os.remove": "to remove a file",
    "os.rename": "to rename a file",
    "os.mkdir": "to make a folder",
    "os.truncate": "to change a file",
}
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_TRUNC


@attrs.define
class _Listener:
    """Who listens: what was asked so far, the folders that may be read, whose calls are excused."""

    asked: set[str]
    roots: tuple[Path, ...]
    is_excused: Callable[[FrameType | None], bool]
    thread: int = attrs.field(factory=threading.get_ident)


_listeners: list[_Listener] = []
_installed: list[bool] = []


@contextlib.contextmanager
def listening(
    asked: set[str], function: Callable[..., Any], is_excused: Callable[[FrameType | None], bool]
) -> Iterator[None]:
    """Add to `asked` what the code of the block asks outside of the process.

    Files of its own package and of what is installed may be read.
    """
    if not _installed:
        sys.addaudithook(_hook)
        _installed.append(True)
    _listeners.append(_Listener(asked, _roots(function), is_excused))
    before = type(os.environ)
    os.environ.__class__ = _Environment
    try:
        yield
    finally:
        os.environ.__class__ = before
        _listeners.pop()


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if not _listeners or threading.get_ident() != _listeners[-1].thread:
        return
    source = _EVENTS.get(event)
    if event in {"open", "os.listdir", "os.scandir"}:
        source = _file(event, arguments, _listeners[-1].roots)
    if source is not None:
        _note(source, sys._getframe(1))  # noqa: SLF001 - who it was


def _note(source: str, frame: FrameType | None) -> None:
    listener = _listeners[-1] if _listeners else None
    if listener is not None and not listener.is_excused(frame):
        listener.asked.add(source)


def _file(event: str, arguments: tuple[Any, ...], roots: tuple[Path, ...]) -> str | None:
    """Say which file is asked; None where it is one that may be read, or where it is no file."""
    if not arguments or not isinstance(arguments[0], (str, bytes, os.PathLike)):
        return None
    path = Path(os.path.abspath(os.fsdecode(arguments[0])))  # noqa: PTH100 - without following links
    writes = event == "open" and isinstance(arguments[2], int) and bool(arguments[2] & _WRITES)
    if writes:
        return f"to write the file `{path}`"
    return None if any(path.is_relative_to(root) for root in roots) else f"the file `{path}`"


def _roots(function: Callable[..., Any]) -> tuple[Path, ...]:
    own = inspect.getsourcefile(inspect.unwrap(function))
    found = [sys.prefix, sys.base_prefix, *sys.path, "/usr/share/zoneinfo", *([str(Path(own).parent)] if own else [])]
    return tuple(Path(os.path.abspath(path)) for path in dict.fromkeys(found) if path)  # noqa: PTH100 - as above


class _Environment(os._Environ):  # type: ignore[type-arg] # noqa: SLF001 - the class of `os.environ`
    """The environment variables, which tell who reads them."""

    def __getitem__(self, name: Any) -> Any:
        _note("the environment variables", sys._getframe(1))  # noqa: SLF001 - as above
        return super().__getitem__(name)
