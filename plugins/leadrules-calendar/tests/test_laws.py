"""Every criterion keeps the laws of criteria, and those that its docstring states."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import holidays
import leadrules_calendar
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from leadrules_calendar import due, is_working_day, working_days_since, working_hours_since
from leadrules_calendar.places import country_of

from leadrules import Ruleset
from leadrules.sdk import LeadView, mark_of
from leadrules.testing import check_criterion

MONDAY = dt.datetime(2026, 5, 4, 10, tzinfo=dt.UTC)
SETTINGS = settings(max_examples=100, deadline=None, derandomize=True, database=None)
SECOND, HOUR, DAY = dt.timedelta(seconds=1), dt.timedelta(hours=1), dt.timedelta(days=1)


def lead(as_of=MONDAY, zone="Europe/Warsaw"):
    return LeadView("1", as_of=as_of, timezone=zone)


LEADS = (lead(), lead(MONDAY.replace(year=9998)), lead(zone="Asia/Kathmandu"))
PLACES = (("PL", ""), ("Polska", "14"), ("DE", "Bayern"), ("US", "CA"), ("DE", "Atlantis"), ("n/a", ""))
WEEKENDS = ("", "none", "Fri-Sat", "never")
STARTS = (MONDAY, MONDAY - 9 * DAY, MONDAY + 2 * DAY, MONDAY.replace(year=2024), dt.datetime(1, 1, 1, tzinfo=dt.UTC))
HOURS = tuple(Decimal(hours) for hours in ("0.000001", "4", "1000", "1E+30", "-1"))
OPENING = ((Decimal(9), Decimal(17)), (Decimal(0), Decimal(24)), (Decimal("8.5"), Decimal(8)))
EXAMPLES = {
    "due": [
        (one, start, hours, *place, *opening)
        for one in LEADS
        for start in STARTS
        for hours in HOURS
        for place in PLACES
        for opening in OPENING
    ],
    "is_working_day": [(start.date(), *place, free) for start in STARTS for place in PLACES for free in WEEKENDS],
    "working_days_since": [
        (one, start.date(), *place, free) for one in LEADS for start in STARTS for place in PLACES for free in WEEKENDS
    ],
    "working_hours_since": [
        (one, start, *place, *opening) for one in LEADS for start in STARTS for place in PLACES for opening in OPENING
    ],
}


def test_every_criterion_is_asked():
    assert sorted(EXAMPLES) == leadrules_calendar.__all__


@pytest.mark.parametrize("name", leadrules_calendar.__all__)
def test_criterion_keeps_the_laws(name):
    check_criterion(getattr(leadrules_calendar, name), examples=EXAMPLES[name], max_examples=40)


# ------------------------------------------------------------------ days and hours

# Years with odd days of every zone: clocks that change, at midnight too, and in Apia a day that there was not.
MOMENTS = st.integers(0, 426 * 86_400 * 10**6).map(
    lambda at: dt.datetime(2010, 12, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=at)
)
ZONES = st.sampled_from(
    (
        "UTC",
        "Europe/Warsaw",
        "America/New_York",
        "America/Sao_Paulo",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
        "Pacific/Apia",
    )
)
COUNTRIES = st.sampled_from(("PL", "US", "DE", "IL", "CN", "WS"))
WAITS = st.integers(1, 300_000_000).map(lambda millionths: Decimal(millionths).scaleb(-6))
CLOCK = st.lists(st.integers(0, 96), min_size=2, max_size=2, unique=True).map(
    lambda quarters: tuple(Decimal(quarter) / 4 for quarter in sorted(quarters))
)


@SETTINGS
@given(MOMENTS, WAITS, COUNTRIES, CLOCK, ZONES)
def test_as_many_hours_have_passed_when_it_is_due_and_no_sooner(start, hours, country, clock, zone):
    found = due(lead(zone=zone), start, hours, country, "", *clock)
    assume(found is not None)
    assert working_hours_since(lead(found, zone), start, country, "", *clock) == hours
    before = found - dt.timedelta(microseconds=1)
    assert working_hours_since(lead(before, zone), start, country, "", *clock) < hours


@SETTINGS
@given(MOMENTS, WAITS, COUNTRIES, CLOCK)
def test_it_is_due_on_a_working_day_within_hours_or_as_they_end(start, hours, country, clock):
    found = due(lead(zone="UTC"), start, hours, country, "", *clock)
    assume(found is not None)
    assert found > start
    last = found - dt.timedelta(microseconds=1)
    midnight = last.replace(hour=0, minute=0, second=0, microsecond=0)
    assert is_working_day(last.date(), country)
    opens, closes = (Decimal(int((last - midnight) / dt.timedelta(microseconds=1))) / 3_600_000_000, clock)
    assert closes[0] <= opens < closes[1]


@SETTINGS
@given(MOMENTS, MOMENTS, MOMENTS, COUNTRIES, ZONES)
def test_hours_and_days_add_up(first, second, third, country, zone):
    one, two, three = sorted((first, second, third))

    def hours(since, until):
        return working_hours_since(lead(until, zone), since, country)

    def days(since, until):
        return working_days_since(lead(until, zone), since.date(), country)

    assert abs(hours(one, two) + hours(two, three) - hours(one, three)) <= Decimal("0.000001")
    assert hours(one, three) >= max(hours(one, two), hours(two, three)) >= 0
    assert hours(three, one) == -hours(one, three)
    assert days(one, three) >= days(one, two)


@SETTINGS
@given(MOMENTS, WAITS, WAITS, COUNTRIES, ZONES)
def test_later_starts_and_more_hours_are_due_no_sooner(start, hours, more, country, zone):
    asked = lead(zone=zone)
    found = due(asked, start, hours, country)
    assert due(asked, start, hours + more, country) > found
    assert due(asked, start + HOUR, hours, country) >= found
    assert due(lead(start, zone), start, hours, country) == found


@SETTINGS
@given(MOMENTS, st.integers(0, 60), COUNTRIES, st.sampled_from(WEEKENDS[:3]))
def test_working_days_are_counted_one_by_one(start, length, country, weekend):
    days = [start.date() + at * DAY for at in range(1, length + 1)]
    expected = sum(is_working_day(day, country, "", weekend) for day in days)
    assert working_days_since(lead(start + length * DAY, "UTC"), start.date(), country, "", weekend) == expected


@pytest.mark.parametrize("zone", ["Europe/Warsaw", "America/Sao_Paulo", "Australia/Lord_Howe", "Pacific/Apia"])
@pytest.mark.parametrize(("opens", "closes"), [(0, 24), (9, 17), (0, 1)])
def test_hours_are_those_at_which_the_clock_shows_them(zone, opens, closes):
    quarters = [dt.datetime(2011, 1, 1, tzinfo=dt.UTC) + at * HOUR / 4 for at in range(366 * 24 * 4)]
    local = [moment.astimezone(ZoneInfo(zone)) for moment in quarters]
    free = {day: not is_working_day(day, "PL", "", "none") for day in {moment.date() for moment in local}}
    expected = sum(opens <= moment.hour < closes and not free[moment.date()] for moment in local)
    asked = lead(quarters[-1] + HOUR / 4, zone)
    found = working_hours_since(asked, quarters[0], "PL", "", Decimal(opens), Decimal(closes), "none")
    assert found == Decimal(expected) / 4


def test_hours_that_the_clock_jumps_over_are_no_hours():
    night = dt.datetime(2026, 3, 29, tzinfo=dt.UTC)
    asked = lead(night + 3 * HOUR)
    assert working_hours_since(asked, night, "PL", "", Decimal("2.25"), Decimal("2.75"), "none") == 0
    assert working_hours_since(asked, night, "PL", "", Decimal("2.5"), Decimal("3.5"), "none") == Decimal("0.5")
    assert due(asked, night, Decimal("0.5"), "PL", "", Decimal("2.5"), Decimal(4), "none") == night + 1.5 * HOUR


def test_the_least_of_hours_is_due_after_the_start_and_hours_that_are_none_are_unknown():
    assert due(lead(), MONDAY, Decimal("1E-20"), "PL") == MONDAY + dt.timedelta(microseconds=1)
    assert due(lead(), MONDAY, Decimal("1E-20"), "PL", "", Decimal(9), Decimal("9.000000000001")) is None
    assert working_hours_since(lead(), MONDAY, "PL", "", Decimal(9), Decimal("9.000000000001")) is None


# ------------------------------------------------------------------ holidays


def test_every_country_that_is_known_has_its_years():
    for code, regions in holidays.list_supported_countries(include_aliases=False).items():
        assert country_of(code) == code
        known = getattr(holidays, code)
        inside, after = dt.date(2026, 6, 1), dt.date(known.end_year + 1, 6, 1)
        for region in ("", *regions[:1]):
            assert is_working_day(inside, code, region) is not None, code
            assert is_working_day(after, code, region) is None, code


@pytest.mark.parametrize("year", [2021, 2022, 2026])
@pytest.mark.parametrize("country", ["PL", "US", "GB", "CN", "HU", "IL"])
def test_days_are_those_of_the_library(country, year):
    known = holidays.country_holidays(country, years=range(year - 2, year + 3))
    days = [dt.date(year, 1, 1) + at * DAY for at in range(365)]
    assert [is_working_day(day, country) for day in days] == [known.is_working_day(day) for day in days]


@pytest.mark.parametrize("name", leadrules_calendar.__all__)
def test_the_release_of_the_holidays_is_part_of_a_criterion(name):
    assert f"holidays {holidays.__version__}" in mark_of(getattr(leadrules_calendar, name)).version


@pytest.mark.parametrize("year", [2000, 2036])
def test_a_year_of_which_the_library_warns_is_unknown(year):
    inside, outside = (2001, 2000) if year == 2000 else (2035, 2036)
    assert is_working_day(dt.date(inside, 6, 1), "IN") is not None
    assert is_working_day(dt.date(outside, 6, 1), "IN") is None
    now = lead(dt.datetime(outside, 6, 1, tzinfo=dt.UTC))
    assert working_days_since(now, dt.date(inside, 6, 1), "IN") is None
    assert working_hours_since(now, dt.datetime(inside, 6, 1, tzinfo=dt.UTC), "IN") is None
    assert due(now, dt.datetime(outside, 6, 1, tzinfo=dt.UTC), Decimal(4), "IN") is None


def test_a_forecast_tells_what_was_asked_at_midnight_only():
    late = 'calendar.working_hours_since(created, "PL") >= 4 -> tag "late"\n'
    rules = Ruleset.from_text(f'timezone "Europe/Warsaw"\nuse calendar\n{late}')
    known = {"id": "1", "attributes": {"created": "2026-05-04"}}
    found = rules.forecast(known, as_of=MONDAY.replace(hour=1), days=3)
    assert [(change.after, str(change.day)) for change in found.changes] == [("late", "2026-05-05")]
    assert found.open_ended == ("calendar.working_hours_since",)
    assert rules.next_change(known, as_of=MONDAY.replace(hour=1)) == dt.datetime(2026, 5, 4, 22, tzinfo=dt.UTC)
