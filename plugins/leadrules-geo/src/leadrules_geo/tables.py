"""What the package brings as data, and the versions of what it takes from others."""

from __future__ import annotations

import difflib
import re
import tomllib
import unicodedata
from collections.abc import Collection
from importlib import metadata, resources
from typing import Any

_ABBREVIATION = re.compile(r"(?:\w\. ?)+\w?")  # "U.S.A.", "U. K."; "n/a" is none
_LETTERS = str.maketrans(
    {
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
        "&": " and ",
    }
)
"""Letters that Unicode does not take apart into a plain one and an accent."""


def versioned(own: str, *distributions: str) -> str:
    """Give the version of a criterion whose answers depend on other distributions, too.

    With their versions in the criterion's, a ruleset's fingerprint tells two environments apart that
    may answer differently.

    >>> versioned("1")
    '1'
    >>> versioned("1", "tzdata").startswith("1 (tzdata ")
    True
    """
    names = ", ".join(f"{name} {metadata.version(name)}" for name in distributions)
    return f"{own} ({names})" if names else own


def table(name: str) -> dict[str, Any]:
    """Read a data file of the package."""
    return tomllib.loads(resources.files("leadrules_geo").joinpath("data", name).read_text("utf-8"))


def plain(text: str) -> str:
    """Write a name without case, accents and punctuation, so that its spellings become one.

    >>> plain("Côte d’Ivoire"), plain("U.S.A."), plain("Łotwa")
    ('cote d ivoire', 'usa', 'lotwa')
    """
    letters = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(letter for letter in letters if not unicodedata.combining(letter)).translate(_LETTERS)
    if _ABBREVIATION.fullmatch(kept):
        return re.sub(r"\W", "", kept)
    return " ".join("".join(letter if letter.isalnum() else " " for letter in kept).split())


def meant(text: str, known: Collection[str]) -> str:
    """Say which of the known names was meant by a wrong one, or what there is."""
    near = difflib.get_close_matches(text, known, n=1)
    return f"did you mean `{near[0]}`?" if near else f"give one of {', '.join(known)}"
