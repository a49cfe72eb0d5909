"""The data files as lexicons: what each entry means, read once."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Any, Literal

import attrs

from leadrules_title.lexicon import Lexicon
from leadrules_title.words import fold

Kind = Literal[
    "title",  # a title that is held
    "support",  # a title that works for the holder of another
    "learner",  # a title that is not held yet
    "oblique",  # somebody's title, in the form that says whose
    "change",  # senior, deputy, …
    "former",
    "learning",  # what a learner does: held by who does it, and the field of who sees to it
    "retired",
    "void",  # what stands beside it is not held
    "other",  # from here on it is about somebody else
    "acting",
    "field",  # from here on it is about the field
    "noise",
    "degree",
    "joiner",
]
LANGUAGES = ("en", "pl", "de", "fr", "es")
_OTHERS = ("it",)
"""Of these only words are told that must not be taken for ours."""

_OF_LANGUAGES: Mapping[str, Kind] = {
    "former": "former",
    "retired": "retired",
    "void": "void",
    "other": "other",
    "acting": "acting",
    "before_field": "field",
    "noise": "noise",
    "degrees": "degree",
    "joiners": "joiner",
}


@attrs.frozen
class Meaning:
    """What an entry of titles.toml or words.toml means.

    `value` is the seniority of a title; `change` what a word changes. `whole` counts only where
    nothing else stands between the commas; `first` before any other title of its part, and `last` only
    without any other. Who holds one that is `partial` runs a part of a company, and not all of it.
    """

    kind: Kind
    language: str
    value: int | None = None
    change: str | None = None
    whole: bool = False
    text: str = ""
    first: bool = False
    last: bool = False
    partial: bool = False


def table(name: str) -> dict[str, Any]:
    """Read a data file."""
    return tomllib.loads(_file(f"{name}.toml"))


def _file(name: str) -> str:
    return resources.files("leadrules_title").joinpath("data", name).read_text("utf-8")


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
    joiners = (text for text, meaning in rows if meaning.kind == "joiner")
    return Lexicon(first.items(), apart=joiners, abbreviations=abbreviations())


@functools.cache
def titles() -> frozenset[str]:
    """Give the words of titles that are held: those that a misspelt one may mean."""
    return Lexicon((text, meaning) for text, meaning in _titles() if meaning.kind != "oblique").words


@functools.cache
def correct() -> frozenset[str]:
    """Give the words that are near to one of a title or a field, and mean something else."""
    told = Lexicon((text, True) for _, text in _texts(table("words")["correct"])).words
    lines = _file("right.txt").splitlines()
    return told.union(*(line.split() for line in lines if not line.startswith("#")))


@functools.cache
def abbreviations() -> Mapping[str, tuple[str, ...]]:
    """Give the ways to abbreviate a word, by the word."""
    return {fold(word): tuple(map(fold, texts)) for word, texts in table("words")["abbreviated"].items()}


@functools.cache
def cared_for() -> frozenset[str]:
    """Give the titles of those who see to learners: the learner in front of one is whom they see to."""
    return frozenset(text for _, text in _texts(table("words")["cares_for_learners"]))


@functools.cache
def subjects() -> Lexicon[str]:
    """Give the functions by the words for them."""
    rows = ((text, row["name"]) for row in table("functions")["function"] for _, text in _texts(row))
    return Lexicon(rows, abbreviations=abbreviations())


def _titles() -> Iterator[tuple[str, Meaning]]:
    for row in table("titles")["title"]:
        value = levels()[row["level"]] + row.get("more", 0) - row.get("less", 0)
        for language, text in _texts(row):
            flags = {name: row.get(name, False) for name in ("whole", "first", "last", "partial")}
            yield text, Meaning(row.get("is", "title"), language, value, text=text, **flags)
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
    for language in (*LANGUAGES, *_OTHERS):
        for text in row.get(language, ()):
            yield language, text
