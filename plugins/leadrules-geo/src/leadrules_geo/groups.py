"""What a country belonged to on a day: EU, EEA, Schengen, the euro area and others."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping, Sequence
from typing import Any

from leadrules.sdk import LeadView, criterion, versioned
from leadrules_geo.countries import found_country
from leadrules_geo.tables import meant, plain, table
from leadrules_geo.zones import zone

Days = tuple[dt.date, dt.date]
"""The first and the last day of a membership, both included."""

_VERSION = versioned("2", "pycountry")
_VERSION_AS_OF = versioned("2", "pycountry", "tzdata")


def _a_group(text: str) -> None:
    if plain(text) not in _groups():
        raise ValueError(meant(text, list(table("groups.toml"))))


@criterion(version=_VERSION_AS_OF, checks={"group": _a_group}, fields={}, events={})
def is_member(lead: LeadView, country: str, group: str) -> bool | None:
    """Tell whether a country belongs to a group of countries, on the day for which the lead is scored.

    `country` is any name or code that the criterion `country` knows. `group` is one of `EU`, `EEA`,
    `EFTA`, `Schengen`, `Eurozone`, `DACH`, `Benelux`, `Visegrád`, `Nordics`, `Baltics`, `G7`, `G20`,
    `OECD`. The day is that of `as_of` in the time zone of the ruleset. Inside a filter, and for
    another day, ask `was_member`.

    Territories count with their state where the group's rules hold in them: Réunion and Åland belong
    to the EU, Greenland and the Faroe Islands do not. Unknown where the country is not to be told.

    Source: `data/groups.toml` of this package, with a reference for every group and the dates.
    """
    local = lead.as_of.astimezone(zone(lead.timezone) or dt.UTC)
    return _belonged(country, group, local.date())


@criterion(version=_VERSION, checks={"group": _a_group})
def was_member(country: str, group: str, on: dt.date) -> bool | None:
    """Tell whether a country belonged to a group of countries on a day.

    `geo.was_member("UK", "EU", on: 2020-01-31)` is true, and on 2020-02-01 it is false: first and
    last day of a membership are both included. For `country` and `group` see `is_member`. What is
    decided for days to come is known as of the release of this package.

    Source: `data/groups.toml` of this package, with a reference for every group and the dates.
    """
    return _belonged(country, group, on)


def _belonged(country: str, group: str, day: dt.date) -> bool | None:
    code, members = found_country(country), _groups().get(plain(group))
    if code is None or members is None:
        return None
    return any(first <= day <= last for first, last in members.get(code, ()))


@functools.cache
def _groups() -> Mapping[str, Mapping[str, Sequence[Days]]]:
    """Give, by every name of a group, when each country was in it."""
    found: dict[str, Mapping[str, Sequence[Days]]] = {}
    for name, group in table("groups.toml").items():
        members = _members(group["members"])
        found |= {plain(spelling): members for spelling in (name, *group.get("also", ()))}
    return found


def _members(rows: Sequence[Mapping[str, Any]]) -> Mapping[str, Sequence[Days]]:
    found: dict[str, list[Days]] = {}
    for row in rows:
        days = row.get("from", dt.date.min), row.get("until", dt.date.max)
        for code in row["countries"].split():
            found.setdefault(code, []).append(days)
    return found
