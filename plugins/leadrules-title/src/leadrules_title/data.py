"""The data files as lexicons: what each entry means, read once."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Any, Literal

import attrs

from leadrules_title.lexicon import Lexicon

Kind = Literal[
    "title",  # a title that is held
    "support",  # a title that works for the holder of another
    "learner",  # a title that is not held yet
    "oblique",  # somebody's title, in the form that says whose
    "change",  # senior, deputy, …
    "former",
    "retired",
    "other",  # from here on it is about somebody else
    "acting",
    "field",  # from here on it is about the field
    "noise",
    "joiner",
]
LANGUAGES = ("en", "pl", "de", "fr", "es")
_OF_LANGUAGES: Mapping[str, Kind] = {
    "former": "former",
    "retired": "retired",
    "other": "other",
    "acting": "acting",
    "before_field": "field",
    "noise": "noise",
    "joiners": "joiner",
}


@attrs.frozen
class Meaning:
    """What an entry of titles.toml or words.toml means.

    `value` is the seniority of a title; `change` what a word changes. `whole` counts only where
    nothing else stands between the commas.
    """

    kind: Kind
    language: str
    value: int | None = None
    change: str | None = None
    whole: bool = False
    text: str = ""


def table(name: str) -> dict[str, Any]:
    """Read a data file."""
    return tomllib.loads(resources.files("leadrules_title").joinpath("data", f"{name}.toml").read_text("utf-8"))


@functools.cache
def levels() -> Mapping[str, int]:
    """Give the levels by name, from the lowest to the highest."""
    return dict(table("levels")["levels"])


@functools.cache
def changes() -> Mapping[str, int]:
    """Give what a word beside a title adds to its level."""
    return dict(table("levels")["changes"])


@functools.cache
def ranks() -> Lexicon[Meaning]:
    """Give the titles, and the words that decide what they say."""
    rows = [*_titles(), *_changes(), *_words()]
    first: dict[str, Meaning] = {}
    for text, meaning in rows:  # the same word in two languages: the first one counts
        first.setdefault(text.casefold(), meaning)
    return Lexicon(first.items(), apart=(text for text, meaning in rows if meaning.kind == "joiner"))


@functools.cache
def titles() -> frozenset[str]:
    """Give the words of titles that are held: those that a misspelt one may mean."""
    return Lexicon((text, meaning) for text, meaning in _titles() if meaning.kind != "oblique").words


@functools.cache
def correct() -> frozenset[str]:
    """Give the words that are near to one of a title, and mean something else."""
    return Lexicon((text, True) for _, text in _texts(table("words")["correct"])).words


@functools.cache
def subjects() -> Lexicon[str]:
    """Give the functions by the words for them."""
    return Lexicon((text, row["name"]) for row in table("functions")["function"] for _, text in _texts(row))


def _titles() -> Iterator[tuple[str, Meaning]]:
    for row in table("titles")["title"]:
        value = levels()[row["level"]] + row.get("more", 0) - row.get("less", 0)
        for language, text in _texts(row):
            yield text, Meaning(row.get("is", "title"), language, value, whole=row.get("whole", False), text=text)
    for level, texts in table("words")["oblique"].items():
        for text in texts:
            yield text, Meaning("oblique", "pl", levels()[level], text=text)


def _changes() -> Iterator[tuple[str, Meaning]]:
    words = table("words")
    inside = words["inside"]
    for change, row in words["change"].items():
        for language, text in _texts(row):
            level = inside.get(text.casefold())
            yield text, Meaning("change", language, levels()[level] if level else None, change, text=text)


def _words() -> Iterator[tuple[str, Meaning]]:
    words = table("words")
    for name, kind in _OF_LANGUAGES.items():
        for language, text in _texts(words[name]):
            yield text, Meaning(kind, language, text=text)


def _texts(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for language in LANGUAGES:
        for text in row.get(language, ()):
            yield language, text
