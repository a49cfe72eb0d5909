"""Every criterion keeps the laws of criteria, near what people really write and far from it."""

import datetime as dt
from decimal import Decimal

import leadrules_geo
import pytest

from leadrules.sdk import LeadView
from leadrules.testing import check_criterion

COUNTRIES = (
    "PL",
    "616",
    "Polska",
    "U.S.A.",
    "Österreich",
    "Kosovo",
    "日本",
    "n/a",
    "AQ",
    "+48",
    "PL - Poland",
    "🇵🇱",
    "Deutchland",
)
MONDAY = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
LEADS = tuple(LeadView("1", as_of=moment, timezone="Europe/Warsaw") for moment in (MONDAY, MONDAY.replace(year=9998)))

EXAMPLES = {
    "continent": COUNTRIES,
    "country": COUNTRIES,
    "is_in": [(country, area) for country in COUNTRIES for area in ("Europe", "419", "nowhere")],
    "is_member": [(lead, country, group) for lead in LEADS for country in COUNTRIES for group in ("EU", "V4", "none")],
    "is_working_time": [
        (lead, country, opens, Decimal(17), days)
        for lead in LEADS
        for country in COUNTRIES
        for opens in (Decimal("8.5"), Decimal(18))
        for days in ("Mon-Fri", "Sat-Mon", "never")
    ],
    "is_working_time_in": [
        (lead, zone) for lead in LEADS for zone in ("Europe/Warsaw", "utc", "(UTC+01:00) Warsaw", "PST", "Mars/Olympus")
    ],
    "region": COUNTRIES,
    "subregion": COUNTRIES,
    "timezone": COUNTRIES,
    "timezones": COUNTRIES,
    "was_member": [
        (country, group, day)
        for country in COUNTRIES
        for group in ("EU", "DACH", "none")
        for day in (dt.date(2020, 1, 31), dt.date(2, 1, 1), dt.date(9998, 12, 31))
    ],
}


def test_every_criterion_is_asked():
    assert sorted(EXAMPLES) == leadrules_geo.__all__


@pytest.mark.parametrize("name", leadrules_geo.__all__)
def test_criterion_keeps_the_laws(name):
    check_criterion(getattr(leadrules_geo, name), examples=EXAMPLES[name])
