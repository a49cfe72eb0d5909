"""Countries by any name or code."""

from __future__ import annotations

import functools
import gettext
import re
import unicodedata
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
_SHORTEST_SLIP = 7
"""Shorter names are too near to others: Niger and Nigeria, Iran and Iraq."""
_LONGEST_SLIP = 60
_LETTERS = " abcdefghijklmnopqrstuvwxyz"
_BETWEEN = re.compile(
    r"[()\[\]/|,;:]|(?<!\w)[-\u2013\u2014]|[-\u2013\u2014](?!\w)"  # a hyphen in a name is none: Timor-Leste
)
_WITH_CODE = re.compile(
    r"\s*(?:([A-Za-z]{2,3})\s*[-\u2013\u2014:/|]\s*(.+?)|(.+?)\s*[(\[]\s*([A-Za-z]{2,3})\s*[)\]])\s*"
)
_DIALLING_CODE = re.compile(r"\s*(?:\+\s*\d|00\s*\d\d)")  # 004 is Afghanistan
_FLAG = re.compile("(?P<flag>[\U0001f1e6-\U0001f1ff]{2})|\U0001f3f4(?P<part>[\U000e0061-\U000e007a]{4,6})\U000e007f")
Names = dict[str, frozenset[str]]


@criterion(version=versioned("2", "pycountry"))
def country(name: str) -> Country | None:
    """Give the country that a name or code means: two capital letters, as in ISO 3166-1.

    Takes the codes of ISO 3166-1 (`PL`, `pol`, `616`), and names: short, official and usual ones in
    English, the other languages of the European Union, Norwegian, Catalan, Russian, Ukrainian,
    Turkish, Arabic, Hebrew, Chinese, Japanese and Korean (`Poland`, `Polska`, `Republik Polen`).
    Case, accents and punctuation do not matter. `UK` and `EL` (Greece) are known, parts of the United
    Kingdom are `GB`, and Kosovo is `XK`. Two of them together count where they agree (`PL - Poland`,
    `Polska (PL)`), and so do flags. A name of seven letters or more may have one slip, a letter swapped,
    changed, left out or put in, the first one right, where only one country can be meant (`Deutchland`).

    A code comes first: `no` is Norway, whatever it was meant for. The figures of ISO 3166-1 are three:
    `48` and `+48` are no country, but a dialling code. Unknown for what is neither, for a name that
    several countries have, and for cities and regions.

    Source: ISO 3166-1 and its translations by Debian's iso-codes, in `pycountry`; the Unicode CLDR, in
    `data/cldr_names.toml`; what else people write, in `data/aliases.toml` of this package.
    """
    found = found_country(name)
    return found if found in _COUNTRIES else None


@functools.lru_cache(maxsize=4_096)
def found_country(name: str) -> str | None:
    """Give the country that a name or code means, or None."""
    if len(name) > _LONGEST_NAME:
        return None
    text = _without_flags(name)
    found = named(text)
    if found is None:
        found = _agreed(text)
    if found is None:
        found = _meant(plain(text))
    return found or None


def named(text: str) -> str | None:
    """Give the country that one name or code means; empty where several are called so, None where none is.

    >>> named("Polska"), named("Congo, Democratic Republic of the"), named("Warszawa")
    ('PL', 'CD', None)
    """
    if _DIALLING_CODE.match(text):
        return None
    keys = [plain(text)]
    if text.count(",") == 1:
        keys.append(plain(" ".join(reversed(text.split(",")))))
    for names in (_codes(), _aliases(), _english(), _translated("name"), _cldr(), _translated("official_name")):
        for spelling in (spelling for key in keys for spelling in (key, key.removeprefix("the "))):
            found = names.get(spelling)
            if found is not None:
                return next(iter(found)) if len(found) == 1 else ""
    return None


def _agreed(text: str) -> str | None:
    """Give the country that a code and a name, or several of them, all mean; None where they do not agree."""
    pair = _WITH_CODE.fullmatch(text)
    for pieces in ([piece for piece in pair.groups() if piece] if pair else [], _BETWEEN.split(text)):
        found = [named(piece) for piece in pieces if plain(piece)]
        if len(found) > 1 and len(set(found)) == 1:
            return found[0]
    return None


def _meant(key: str) -> str | None:
    """Give the country whose name is one slip away, where there is one, and nothing else is meant."""
    is_name = _SHORTEST_SLIP <= len(key) <= _LONGEST_SLIP and not any(letter.isdigit() for letter in key)
    if not is_name or key in _not_meant():
        return None
    found = {
        code
        for near in _near(key)
        for names in (_aliases(), _english(), _translated("name"), _cldr())
        if len(near) >= _SHORTEST_SLIP
        for code in names.get(near, ())
    }
    return found.pop() if len(found) == 1 else None


def _near(key: str) -> Iterator[str]:
    """Give everything that is one slip away from a name: its first letter is right."""
    letters = _LETTERS if key.isascii() else ""
    for at in range(1, len(key)):
        before, rest = key[:at], key[at + 1 :]
        yield before + rest
        if rest:
            yield before + rest[0] + key[at] + rest[1:]
        for letter in letters:
            yield before + letter + rest
            yield before + letter + key[at:]
    yield from (key + letter for letter in letters)


def _without_flags(text: str) -> str:
    """Write flags as the letters that Unicode makes them of: two of a country, or of a part of one (`gbeng`)."""

    def letters(found: re.Match[str]) -> str:
        first = 0x1F1E6 if found["flag"] else 0xE0061
        return f" ({''.join(chr(ord(letter) - first + ord('a')) for letter in (found['flag'] or found['part'])[:2])}) "

    return _FLAG.sub(letters, unicodedata.normalize("NFKC", text)).strip().removesuffix("\N{VARIATION SELECTOR-16}")


@functools.cache
def all_countries() -> tuple[str, ...]:
    """Give the codes of all countries: those of ISO 3166-1, and XK."""
    return tuple(sorted([*(found.alpha_2 for found in pycountry.countries), "XK"]))


@functools.cache
def _codes() -> Names:
    return _by_name(
        (code, found.alpha_2) for found in pycountry.countries for code in (found.alpha_2, found.alpha_3, found.numeric)
    )


@functools.cache
def _aliases() -> Names:
    return _by_name((name, code) for code, names in table("aliases.toml").items() for name in names)


@functools.cache
def _cldr() -> Names:
    return _by_name((name, code) for code, names in table("cldr_names.toml").items() for name in names)


@functools.cache
def _not_meant() -> frozenset[str]:
    """Give the names that are one slip from a country's, and mean something else."""
    return frozenset(plain(name) for names in table("not_countries.toml").values() for name in names)


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
