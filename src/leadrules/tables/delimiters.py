"""Read the delimiter that someone asks for."""

from __future__ import annotations

from leadrules.tables.inputs import Input

_NAMES = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}


def read_delimiter(of: Input, given: str) -> str:
    """Read a delimiter that was asked for: one character, or `tab`. Raises FileProblem."""
    mark = _NAMES.get(given.lower(), given)
    if len(mark) != 1 or mark in '"\r\n\0 ' or mark.isalnum():
        raise of.problem(f"cannot be split at `{given}`", "a delimiter is one mark, such as `,`, `;`, `|` or `tab`")
    return mark
