"""Time zones of the IANA database as packaged in `tzdata`, whatever the machine itself has."""

from __future__ import annotations

import datetime as dt
import functools
import re
import zoneinfo
from collections.abc import Mapping
from importlib import resources

from leadrules_geo.tables import plain, table

_OFFSET = re.compile(
    r"(?:(?:UTC|GMT)\s*)?(?:(?P<sign>[+\-\u2212])\s*(?P<hours>\d{1,2})(?::?(?P<minutes>\d\d))?)", re.IGNORECASE
)
_SHOWN = re.compile(r"\(\s*(?P<offset>(?:UTC|GMT)[^)]*)\)\s*(?P<places>.+)", re.IGNORECASE)
_FARTHEST = 14 * 60
"""No clock is farther from UTC, in minutes."""
_SEASON = re.compile(r"\b(?:standard|daylight|summer) time\b")


@functools.cache
def zone(name: str) -> zoneinfo.ZoneInfo | None:
    """Give a time zone by its IANA name, or None. Case matters no more than in rule files."""
    known = _names().get(name.casefold())
    if known is None:
        return None
    with resources.files("tzdata").joinpath("zoneinfo", *known.split("/")).open("rb") as file:
        return zoneinfo.ZoneInfo.from_file(file, key=known)


@functools.lru_cache(maxsize=1_024)
def zone_meant(text: str) -> dt.tzinfo | None:
    """Give the time zone that a text means, or None.

    A name of the IANA database, a name that programs show, an abbreviation, an offset from UTC, or an
    offset with places (`(UTC+01:00) Warsaw`), of which the first that has this offset in winter counts.

    >>> str(zone_meant("(UTC+01:00) Sarajevo, Skopje, Warsaw, Zagreb")), str(zone_meant("GMT+5:30"))
    ('Europe/Sarajevo', 'UTC+05:30')
    """
    found = _offset(text) or zone(text.strip()) or _named(text)
    if found is not None:
        return found
    shown = _SHOWN.fullmatch(text.strip())
    if shown is None:
        return None
    offset = _offset(shown["offset"])
    return None if offset is None else _place(shown["places"], offset) or offset


def _named(text: str) -> dt.tzinfo | None:
    """Give the zone of a name that people or programs have for one: `Central European Time`, `PST`."""
    names, key = table("zone_names.toml"), plain(text)
    for known in (names["windows"], names["english"]):
        by_name = {plain(name): value for name, value in known.items()}
        for spelling in (key, _SEASON.sub("time", key)):
            if spelling in by_name:
                return zone(by_name[spelling])
    hours = {plain(name): value for name, value in names["offsets"].items()}.get(key)
    return None if hours is None else dt.timezone(dt.timedelta(hours=hours))


def _offset(text: str) -> dt.timezone | None:
    """Read an offset from UTC: `UTC+01:00`, `GMT-5`, `+0530`, `UTC`.

    East of Greenwich is `+`, as people write it; `Etc/GMT+1` of the IANA database is west of it.
    """
    if text.strip().upper() in {"UTC", "GMT", "Z"}:
        return dt.UTC
    found = _OFFSET.fullmatch(text.strip())
    if found is None:
        return None
    minutes = 60 * int(found["hours"]) + int(found["minutes"] or 0)
    if minutes > _FARTHEST or int(found["minutes"] or 0) > 59:
        return None
    return dt.timezone(dt.timedelta(minutes=minutes if found["sign"] == "+" else -minutes))


def _place(places: str, offset: dt.timezone) -> dt.tzinfo | None:
    """Give the zone of the first place that is at an offset in winter, its own or by a name people have for it."""
    for piece in re.split("[,;(]", places):
        for found in (_named(piece), _cities().get(plain(piece))):
            if found is not None and min(_offsets(found)) == offset.utcoffset(None):
                return found
    return None


def _offsets(where: dt.tzinfo) -> list[dt.timedelta]:
    """Give the offsets of a zone in January and in July; the smaller one is that of its winter."""
    moments = (dt.datetime(2026, month, 1, tzinfo=where) for month in (1, 7))
    return [offset for moment in moments if (offset := moment.utcoffset()) is not None]


@functools.cache
def _cities() -> Mapping[str, zoneinfo.ZoneInfo]:
    """Give the zones by the city that the IANA database calls them by."""
    names = (name for zones in zones_of_countries().values() for name in zones)
    found = ((plain(name.rpartition("/")[2].replace("_", " ")), zone(name)) for name in names)
    return {city: where for city, where in found if where is not None}


@functools.cache
def zones_of_countries() -> Mapping[str, tuple[str, ...]]:
    """Give the zones of every country that has any, in order of the table: the important ones rather first."""
    found: dict[str, tuple[str, ...]] = {}
    text = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text("utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            code, _, name, *_ = line.split("\t")
            found[code] = (*found.get(code, ()), name)
    return found


@functools.cache
def _names() -> Mapping[str, str]:
    names = resources.files("tzdata").joinpath("zones").read_text("utf-8").split()
    return {name.casefold(): name for name in names}
