"""The command as it was called, so that what it proposes works when it is copied."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from leadrules.cli.screen import Screen

_NAME = "leadrules"


def program() -> str:
    """Give the words that call leadrules here: its name where that finds it, else what was called just now.

    `.venv/bin/leadrules` stays that as long as its environment is not activated, and so does
    `python -m leadrules`.
    """
    called = Path(sys.argv[0])
    is_module = called.name == "__main__.py" and called.parent.name == _NAME
    if not is_module and called.stem != _NAME:
        return _NAME  # part of another program
    found = shutil.which(_NAME)
    folder = Path(sys.executable).parent if is_module else called.parent
    if found is not None and os.path.realpath(Path(found).parent) == os.path.realpath(folder):
        return _NAME
    return f"{_quoted(sys.orig_argv[0])} -m {_NAME}" if is_module else _quoted(sys.argv[0])


def _quoted(path: str) -> str:
    return f'"{path}"' if os.name == "nt" and " " in path else path if os.name == "nt" else shlex.quote(path)


def show_commands(screen: Screen, commands: Iterable[tuple[str, str]]) -> None:
    """Print commands to copy, each below what it does. They are never wrapped."""
    for command, what in commands:
        text = program() + command.removeprefix(_NAME) if command.startswith(f"{_NAME} ") else command
        screen.line()
        screen.line((f"  # {what}", "dim"))
        screen.put(screen.styled("  ", (text, "cyan")))
