"""Time zones of countries, and whether people work there at the moment for which a lead is scored."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, cast, get_args

from leadrules.sdk import LeadView, criterion, versioned
from leadrules_geo.answers import TimeZone
from leadrules_geo.countries import found_country
from leadrules_geo.opening import an_hour, days_of_week, some_days
from leadrules_geo.tables import table
from leadrules_geo.zones import zone_meant, zones_of_countries

_VERSION = versioned("2", "pycountry", "tzdata")
_TIME_ZONES = frozenset(get_args(TimeZone))
_NINE, _SEVENTEEN = Decimal(9), Decimal(17)


def _a_zone(text: str) -> None:
    if zone_meant(text) is None:
        raise ValueError('give a name of the IANA time zone database, such as "Europe/Warsaw", or "UTC+01:00"')


_HOURS: Mapping[str, Callable[[Any], object]] = {"opens": an_hour, "closes": an_hour, "workdays": some_days}


@criterion(version=_VERSION)
def timezone(country: str) -> TimeZone | None:
    """Give the time zone of a country's capital: a name of the IANA database, such as `Europe/Warsaw`.

    It is the only one of most countries; ask `timezones` for all of them. `country` is any name or
    code that the criterion `country` knows. Unknown where the country is not to be told, and for
    places without a capital or people.

    Source: `zone.tab` of the IANA time zone database in `tzdata`; for countries with several zones,
    `data/capital_zones.toml` of this package.
    """
    code = found_country(country)
    if code is None:
        return None
    zones = zones_of_countries().get(code, ())
    capital = _capital_zones().get(code) or (zones[0] if len(zones) == 1 else None)
    return cast("TimeZone", capital) if capital in _TIME_ZONES else None


@criterion(version=_VERSION)
def timezones(country: str) -> list[TimeZone] | None:
    """Give all time zones of a country: names of the IANA database, in the order of its table.

    Zones count that differ, or did since 1970: Germany has `Europe/Berlin` and `Europe/Busingen`,
    which have shown the same time for long. `country` is any name or code that the criterion
    `country` knows. Unknown where the country is not to be told, or has none.

    Source: `zone.tab` of the IANA time zone database in `tzdata`.
    """
    code = found_country(country)
    zones = () if code is None else _zones(code)
    return [cast("TimeZone", zone) for zone in zones if zone in _TIME_ZONES] or None


@criterion(version=_VERSION, checks=_HOURS, fields={}, events={})
def is_working_time(
    lead: LeadView, country: str, opens: Decimal = _NINE, closes: Decimal = _SEVENTEEN, workdays: str = "Mon-Fri"
) -> bool | None:
    """Tell whether people in a country are at work at the moment for which the lead is scored.

    They are from the hour `opens` to before the hour `closes` of their own clock, on `workdays`:
    hours of the day, 8.5 is half past eight; days in English, as in `Mon-Fri`, `Sun-Thu`, `Mon,Wed,Fri`.
    Public holidays are not known. Hours that do not follow each other give unknown.

    In a country with several time zones it is true where all of it is at work, false where none is,
    and else unknown: at 15:00 UTC nobody can say it of the United States. Where the lead's own zone
    is known, ask `is_working_time_in`; for the capital's, `is_working_time_in(timezone(country))`.

    Source: the rules of the IANA time zone database in `tzdata`.
    """
    code = found_country(country)
    zones = () if code is None else _zones(code)
    answers = {_at_work(lead.as_of, name, opens, closes, workdays) for name in zones}
    return answers.pop() if len(answers) == 1 else None


@criterion(version=_VERSION, checks={**_HOURS, "timezone": _a_zone}, fields={}, events={})
def is_working_time_in(
    lead: LeadView, timezone: str, opens: Decimal = _NINE, closes: Decimal = _SEVENTEEN, workdays: str = "Mon-Fri"
) -> bool | None:
    """Tell whether people in a time zone are at work at the moment for which the lead is scored.

    `timezone` is a name of the IANA database, such as `Europe/Warsaw`; what Windows and people call a zone
    (`Central European Standard Time`, `Eastern Time`); an offset (`UTC+01:00`, `GMT-5`); or one with places
    (`(UTC+01:00) Warsaw`), of which the first that is known counts. An offset is the same in summer and
    winter, and so are `EST`, `MST`, `HST` (by the IANA database), `PST`, `EDT` and the like (by RFC 5322):
    where New York is meant, say `America/New_York`. `CET`, `EET` and `WET` go by summer time. Unknown for
    anything else, and for abbreviations of several zones, such as `IST`. For the rest see `is_working_time`.

    Source: the rules of the IANA time zone database in `tzdata`; names by the Unicode CLDR, in
    `data/zone_names.toml` of this package.
    """
    return _at_work(lead.as_of, timezone, opens, closes, workdays)


def _at_work(as_of: dt.datetime, name: str, opens: Decimal, closes: Decimal, workdays: str) -> bool | None:
    where, at_work = zone_meant(name), days_of_week(workdays)
    if where is None or at_work is None or not 0 <= opens < closes <= 24:
        return None
    local = as_of.astimezone(where)
    seconds = local.hour * 3_600 + local.minute * 60 + local.second
    return local.weekday() in at_work and opens * 3_600 <= seconds < closes * 3_600


def _zones(code: str) -> tuple[str, ...]:
    capital = _capital_zones().get(code)
    return zones_of_countries().get(code) or (() if capital is None else (capital,))


@functools.cache
def _capital_zones() -> Mapping[str, str]:
    return table("capital_zones.toml")
