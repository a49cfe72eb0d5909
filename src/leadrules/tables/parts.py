"""Files that are being written, beside the names that they will have, and what is left of them.

Such a file is `.NAME.RANDOM.part`. It is locked as long as a process writes it, and the system takes the
lock away with the process; so one that can be locked was left by a run that was killed, and goes.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import sys
from pathlib import Path

if sys.platform != "win32":  # where a file that is open cannot be removed anyhow
    import fcntl

_BINARY = getattr(os, "O_BINARY", 0)  # of Windows
_RANDOM = 6  # bytes
_LONGEST_NAME = 60


def new_part(target: Path) -> tuple[int, Path]:
    """Open a new file beside a target, locked, and give its descriptor and path."""
    while True:
        path = target.with_name(f"{_prefix(target)}{secrets.token_hex(_RANDOM)}.part")
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o666)
        _lock(file, wait=True)
        if _is_there(path, file):
            return file, path
        os.close(file)  # another run took it for left over, before it was locked


def remove_leftovers(target: Path) -> None:
    """Remove what runs that were killed have left beside a target; what is written just now stays."""
    form = re.compile(re.escape(_prefix(target)) + f"[0-9a-f]{{{2 * _RANDOM}}}" + r"\.part")
    with contextlib.suppress(OSError):  # of a folder that may not be read
        for path in [entry for entry in target.parent.iterdir() if form.fullmatch(entry.name)]:
            with contextlib.suppress(OSError):  # of another user, or removed by another run
                _remove(path)


def _prefix(target: Path) -> str:
    return f".{target.name[:_LONGEST_NAME]}."


def _remove(path: Path) -> None:
    if sys.platform == "win32":
        path.unlink()
        return
    file = os.open(path, os.O_WRONLY | os.O_NOFOLLOW)
    try:
        if _lock(file, wait=False):
            path.unlink()
    finally:
        os.close(file)


def _lock(file: int, *, wait: bool) -> bool:
    """Lock a file; False where another process has it, or the file system knows no locks."""
    if sys.platform == "win32":
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _is_there(path: Path, file: int) -> bool:
    try:
        return path.stat().st_ino == os.fstat(file).st_ino
    except FileNotFoundError:
        return False
