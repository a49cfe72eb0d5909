"""Time zones of the IANA database as packaged in `tzdata`, whatever the machine itself has."""

from __future__ import annotations

import functools
import zoneinfo
from collections.abc import Mapping
from importlib import resources


@functools.cache
def zone(name: str) -> zoneinfo.ZoneInfo | None:
    """Give a time zone by its IANA name, or None. Case matters no more than in rule files."""
    known = _names().get(name.casefold())
    if known is None:
        return None
    with resources.files("tzdata").joinpath("zoneinfo", *known.split("/")).open("rb") as file:
        return zoneinfo.ZoneInfo.from_file(file, key=known)


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
