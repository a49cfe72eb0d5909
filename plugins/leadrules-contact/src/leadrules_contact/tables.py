"""What the package brings as data."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources


def lines_of(name: str) -> Iterator[str]:
    """Give the lines of a data file, without comments and empty ones."""
    text = resources.files("leadrules_contact").joinpath("data", name).read_text("utf-8")
    for line in text.splitlines():
        told = line.partition("#")[0].strip()
        if told:
            yield told
