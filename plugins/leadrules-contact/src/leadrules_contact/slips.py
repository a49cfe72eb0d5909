"""Slips of the keyboard in the names of large mail providers: gmail.co, hotmial.com, outlok.com."""

from __future__ import annotations

import functools

from leadrules_contact.domains import registered
from leadrules_contact.tables import lines_of

_SHORTEST = 6
"""Of shorter names no letter may be missing: too many other names are a letter shorter."""


def is_slip(host: str) -> bool:
    """Tell whether an ASCII domain is meant to be that of a large provider: its name under any suffix, or near it."""
    domain = registered(host)
    if domain is None:
        name, _, suffix = host.rpartition(".")
        return name in _names() and bool(suffix)
    name, _, suffix = domain.partition(".")
    return name in _names() or (name, suffix) in _misspelt()


@functools.cache
def _names() -> frozenset[str]:
    """Give the names that no other company has under any suffix."""
    return frozenset(line.removesuffix(".*") for line in lines_of("often_misspelt.txt") if line.endswith(".*"))


@functools.cache
def _misspelt() -> frozenset[tuple[str, str]]:
    """Give the slips, each with the suffix of the provider, or the one that most have."""
    found: set[tuple[str, str]] = set()
    for line in lines_of("often_misspelt.txt"):
        name, _, suffix = line.partition(".")
        found |= {(slip, "com" if suffix == "*" else suffix) for slip in _slips(name)}
    return frozenset(found)


def _slips(name: str) -> set[str]:
    """Give a name with two letters swapped, one doubled, or one left out; the first letter is right.

    >>> sorted(_slips("gmail"))[:4]
    ['gamil', 'ggmail', 'gmaail', 'gmaiil']
    """
    swapped = {name[:at] + name[at + 1] + name[at] + name[at + 2 :] for at in range(1, len(name) - 1)}
    doubled = {name[:at] + name[at] + name[at:] for at in range(len(name))}
    left_out = {name[:at] + name[at + 1 :] for at in range(1, len(name))} if len(name) >= _SHORTEST else set()
    return (swapped | doubled | left_out) - {name}
