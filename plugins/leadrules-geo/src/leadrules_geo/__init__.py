"""Criteria about where a lead is: its country, the region, what the country belongs to, and what time it is there.

All of them are pure and work offline. What they know comes with pycountry, with tzdata and with the
data files of this package; the versions of the libraries are part of each criterion's own.
"""

from leadrules_geo.clock import is_working_time, is_working_time_in, timezone, timezones
from leadrules_geo.countries import country
from leadrules_geo.groups import is_member, was_member
from leadrules_geo.regions import continent, is_in, region, subregion

__all__ = [
    "continent",
    "country",
    "is_in",
    "is_member",
    "is_working_time",
    "is_working_time_in",
    "region",
    "subregion",
    "timezone",
    "timezones",
    "was_member",
]
