"""What the package brings as data, and how it reads names."""

from __future__ import annotations

import difflib
import re
import tomllib
import unicodedata
from collections.abc import Collection
from importlib import resources
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
