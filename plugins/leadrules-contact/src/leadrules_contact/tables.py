"""What the package brings as data, and the versions of what it takes from others."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import metadata, resources


def versioned(own: str, *distributions: str) -> str:
    """Give the version of a criterion whose answers depend on other distributions, too.

    Their lists and number plans change with their releases. With their versions in the criterion's,
    a ruleset's fingerprint tells two environments apart that may answer differently.

    >>> versioned("1")
    '1'
    >>> versioned("1", "idna").startswith("1 (idna ")
    True
    """
    names = ", ".join(f"{name} {metadata.version(name)}" for name in distributions)
    return f"{own} ({names})" if names else own


def lines_of(name: str) -> Iterator[str]:
    """Give the lines of a data file, without comments and empty ones."""
    text = resources.files("leadrules_contact").joinpath("data", name).read_text("utf-8")
    for line in text.splitlines():
        told = line.partition("#")[0].strip()
        if told:
            yield told
