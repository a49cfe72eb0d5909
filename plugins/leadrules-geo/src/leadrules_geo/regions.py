"""The regions of the world, as the United Nations divide it for their statistics (M49)."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import Any, get_args

from leadrules.sdk import criterion, versioned
from leadrules_geo.answers import Continent, Region, Subregion
from leadrules_geo.countries import found_country
from leadrules_geo.tables import meant, plain, table

_VERSION = versioned("2", "pycountry")
_REGIONS = frozenset(get_args(Region))
_CONTINENTS = frozenset(get_args(Continent))


def _an_area(text: str) -> None:
    if plain(text) not in _members():
        raise ValueError(meant(text, list(table("areas.toml"))))


@criterion(version=_VERSION)
def region(country: str) -> Region | None:
    """Give the region of the world that a country is in.

    One of `Africa`, `Americas`, `Asia`, `Europe`, `Oceania`. `country` is any name or code that the
    criterion `country` knows. Unknown where it is not to be told, and for Antarctica.

    Source: the United Nations' M49, in `data/areas.toml` of this package. By it, Russia is in Europe,
    and Türkiye, Cyprus and the Caucasus are in Asia.
    """
    return _the_one(country, _REGIONS)


@criterion(version=_VERSION)
def subregion(country: str) -> Subregion | None:
    """Give the smallest area of the world that the United Nations put a country into.

    One of 22, such as `Eastern Europe`, `Western Europe`, `Northern America`, `Central America`,
    `Western Africa`, `South-eastern Asia`; Poland and Czechia are in Eastern Europe. `country` is any
    name or code that the criterion `country` knows. Unknown where it is not to be told, and for
    Antarctica.

    Source: the United Nations' M49, in `data/areas.toml` of this package.
    """
    return _the_one(country, _smallest())


@criterion(version=_VERSION)
def continent(country: str) -> Continent | None:
    """Give the continent that a country is on, of seven.

    One of `Africa`, `Antarctica`, `Asia`, `Europe`, `North America`, `Oceania`, `South America`.
    Central America and the Caribbean are in North America; countries on two continents are where M49
    has them, see `region`. `country` is any name or code that the criterion `country` knows. Unknown
    where it is not to be told.

    Source: the United Nations' M49, in `data/areas.toml` of this package.
    """
    return _the_one(country, _CONTINENTS)


@criterion(version=_VERSION, checks={"area": _an_area})
def is_in(country: str, area: str) -> bool | None:
    """Tell whether a country is in an area of the world.

    `area` is a name of M49 of any size, such as `Europe`, `Latin America and the Caribbean`,
    `Sub-Saharan Africa`, `Western Asia`, or its code (`150`); or a continent. Regions that every
    company draws otherwise, such as EMEA or APAC, are not among them. `country` is any name or code
    that the criterion `country` knows. Unknown where it is not to be told.

    By M49 Cyprus, Türkiye, Armenia, Azerbaijan and Georgia are in Asia and all of Russia is in Europe:
    Cyprus is a member of the EU (`is_member`), and not in `Europe`.

    Source: the United Nations' M49, in `data/areas.toml` of this package.
    """
    code, members = found_country(country), _members().get(plain(area))
    return None if code is None or members is None else code in members


def _the_one(country: str, names: frozenset[str]) -> str | None:
    code = found_country(country)
    return None if code is None else next((name for name in sorted(names) if code in _members()[plain(name)]), None)


@functools.cache
def _members() -> Mapping[str, frozenset[str]]:
    """Give the countries of every area, by its plain name and by its code."""
    areas = table("areas.toml")
    found: dict[str, frozenset[str]] = {}
    for name, area in areas.items():
        countries = frozenset(_countries(name, areas))
        found[plain(name)] = found[area["code"]] = countries
    return found


def _countries(name: str, areas: Mapping[str, Any]) -> Iterator[str]:
    yield from areas[name].get("countries", "").split()
    parts = areas[name].get("of", [part for part, area in areas.items() if area.get("in") == name])
    for part in parts:
        yield from _countries(part, areas)


@functools.cache
def _smallest() -> frozenset[str]:
    return frozenset(name for name, area in table("areas.toml").items() if "countries" in area and "in" in area)
