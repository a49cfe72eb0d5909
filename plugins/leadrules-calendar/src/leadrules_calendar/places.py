"""Whose public holidays: a country and perhaps a region of it, as people write them.

`holidays` loads a country when it is first asked for; what is read here of it are its documented names
(`subdivisions`, `subdivisions_aliases`, `start_year`, `end_year`), nothing that a language could change.
"""

from __future__ import annotations

import difflib
import functools
import threading
import warnings
from collections.abc import Iterable, Mapping
from typing import Any

import holidays
import pycountry
from leadrules_geo.countries import found_country
from leadrules_geo.tables import plain

from leadrules.sdk import Written

_LONGEST_NAME = 200
_ALONE = threading.Lock()
"""Filters of warnings are those of the whole process, so one thread at a time changes them."""


def a_country(text: str) -> None:
    """Refuse a literal country whose holidays are not known, with the names that are close."""
    if country_of(text) is None:
        names = [*_codes(), *(found.name for found in pycountry.countries if found.alpha_2 in _codes())]
        close = _close(text, names)
        raise ValueError(f'give a country by its two letters or its name, such as "PL" or "Poland"{close}')


def a_region_of_it(arguments: Mapping[str, Written]) -> None:
    """Refuse a literal region that the literal country does not have, and a day that closes before it opens."""
    country, region = (_text(arguments, name) for name in ("country", "region"))
    code = country_of(country) if country else None
    if code is None or not region or region_of(code, region) is not None:
        return
    names = _regions(code)
    if not names:
        raise ValueError(f"`holidays` tells no regions of {code} apart: leave `region` out")
    codes = ", ".join(sorted(set(names.values())))
    close = _close(region, [*names.values(), *getattr(holidays, code).subdivisions_aliases])
    raise ValueError(f"`{region:.60}` is no region of {code}{close or f': it has {codes:.300}'}")


@functools.lru_cache(maxsize=1_024)
def country_of(text: str) -> str | None:
    """Give the two letters of a country whose holidays are known, by its code or name; None for what is none.

    >>> country_of("Polska"), country_of("uk"), country_of("Neverland")
    ('PL', 'GB', None)
    """
    code = found_country(text)
    return code if code in _codes() else None


@functools.lru_cache(maxsize=1_024)
def region_of(country: str, text: str) -> str | None:
    """Give a region as `holidays` calls it, by its code, its name, or its code of ISO 3166-2; empty for none.

    >>> region_of("DE", "Bayern"), region_of("DE", "de-by"), region_of("DE", ""), region_of("DE", "Atlantis")
    ('BY', 'BY', '', None)
    """
    if not text or len(text) > _LONGEST_NAME:
        return None if text else ""
    names = _regions(country)
    return names.get(plain(text)) or names.get(plain(text.strip().upper().removeprefix(f"{country}-")))


def holidays_of(country: str, region: str, year: int) -> holidays.HolidayBase | None:
    """Give the public holidays of a year; None where they are not known, all or some, of which `holidays` warns.

    The language is the country's own, since `holidays` asks the environment for one otherwise.
    """
    if not may_be_known(country, year, year):
        return None
    language = getattr(holidays, country).default_language
    with _ALONE, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what is deprecated says nothing of holidays
        warnings.simplefilter("error", UserWarning)
        try:
            return holidays.country_holidays(country, region or None, years=year, expand=False, language=language)
        except UserWarning:
            return None


def may_be_known(country: str, first: int, last: int) -> bool:
    """Tell whether all these years are between those that a country has; `first` is at most `last`."""
    known = getattr(holidays, country)
    return bool(known.start_year <= first and last <= known.end_year)


def last_known(country: str) -> int:
    """Give the last year whose holidays are known."""
    return int(getattr(holidays, country).end_year)


@functools.cache
def _codes() -> frozenset[str]:
    return frozenset(holidays.registry.EntityLoader.get_country_codes(include_aliases=False))


@functools.cache
def _regions(country: str) -> dict[str, str]:
    """Give the regions of a country by what they are called, plainly written."""
    known = getattr(holidays, country)
    names = {**known.subdivisions_aliases, **{code: code for code in known.subdivisions}}
    return {plain(name): code for name, code in names.items()}


def _text(arguments: Mapping[str, Written], name: str) -> str:
    value: Any = arguments[name].value if name in arguments else ""
    return value if isinstance(value, str) else ""


def _close(text: str, names: Iterable[str]) -> str:
    """Ask whether a name that is close to a text was meant, at the end of a sentence; empty where none is."""
    known = {plain(name): name for name in names}
    found = difflib.get_close_matches(plain(text[:_LONGEST_NAME]), known, 3, 0.7)
    return f": did you mean {' or '.join(f'`{known[name]}`' for name in found)}?" if found else ""
