"""Countries by any name or code."""

from __future__ import annotations

import functools
import gettext
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import get_args

import pycountry

from leadrules.sdk import criterion, versioned
from leadrules_geo.answers import Country
from leadrules_geo.tables import plain, table

LANGUAGES = (
    *("ar", "bg", "ca", "cs", "da", "de", "el", "es", "et", "fi", "fr", "ga", "he", "hr", "hu", "it", "ja", "ko", "lt"),
    *("lv", "mt", "nb_NO", "nl", "nn", "pl", "pt", "pt_BR", "ro", "ru", "sk", "sl", "sv", "tr", "uk", "zh_CN", "zh_TW"),
)
"""The languages, beside English, in which countries are known by name; codes as in pycountry."""

_COUNTRIES = frozenset(get_args(Country))
_LONGEST_NAME = 200
Names = dict[str, frozenset[str]]


@criterion(version=versioned("1", "pycountry"))
def country(name: str) -> Country | None:
    """Give the country that a name or code means: two capital letters, as in ISO 3166-1.

    Takes the codes of ISO 3166-1 (`PL`, `pol`, `616`), and names: short, official and usual ones in
    English, the other languages of the European Union, Norwegian, Catalan, Russian, Ukrainian,
    Turkish, Arabic, Hebrew, Chinese, Japanese and Korean (`Poland`, `Polska`, `Republik Polen`).
    Case, accents and punctuation do not matter. `UK` and `EL` (Greece) are known, parts of the United
    Kingdom are `GB`, and Kosovo is `XK`.

    A code comes first: `no` is Norway, whatever it was meant for. Unknown for what is neither, for a
    name that several countries have, and for cities and regions.

    Source: ISO 3166-1 and its translations by Debian's iso-codes, in `pycountry`; what else people
    write, in `data/aliases.toml` of this package.
    """
    found = found_country(name)
    return found if found in _COUNTRIES else None


@functools.lru_cache(maxsize=4_096)
def found_country(name: str) -> str | None:
    """Give the country that a name or code means, or None."""
    key = plain(name[: _LONGEST_NAME + 1])
    if not key or len(name) > _LONGEST_NAME:
        return None
    for names in (_codes(), _aliases(), _english(), _translated("name"), _translated("official_name")):
        for spelling in (key, key.removeprefix("the ")):
            found = names.get(spelling)
            if found is not None:
                return next(iter(found)) if len(found) == 1 else None
    return None


@functools.cache
def all_countries() -> tuple[str, ...]:
    """Give the codes of all countries: those of ISO 3166-1, and XK."""
    return tuple(sorted([*(found.alpha_2 for found in pycountry.countries), "XK"]))


@functools.cache
def _codes() -> Names:
    return _by_name(
        (code, found.alpha_2)
        for found in pycountry.countries
        for code in (found.alpha_2, found.alpha_3, found.numeric, found.numeric.lstrip("0"))
    )


@functools.cache
def _aliases() -> Names:
    return _by_name((name, code) for code, names in table("aliases.toml").items() for name in names)


@functools.cache
def _english() -> Names:
    return _by_name(_official_texts(("name", "common_name", "official_name")))


@functools.cache
def _translated(attribute: str) -> Names:
    """Give the names in all the other languages. Official names are apart: more of them are mistaken."""
    attributes = (attribute, "common_name") if attribute == "name" else (attribute,)
    known = tuple(_official_texts(attributes))
    return _by_name(pair for language in LANGUAGES for pair in _in_language(language, known))


def _in_language(language: str, known: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    words = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=[language])
    return ((words.gettext(text), code) for text, code in known)


def _official_texts(attributes: Iterable[str]) -> Iterator[tuple[str, str]]:
    for found in pycountry.countries:
        for attribute in attributes:
            text = getattr(found, attribute, None)
            if text:
                yield text, found.alpha_2


def _by_name(pairs: Iterable[tuple[str, str]]) -> Names:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for name, code in pairs:
        found[plain(name)].add(code)
    return {name: frozenset(codes) for name, codes in found.items()}
