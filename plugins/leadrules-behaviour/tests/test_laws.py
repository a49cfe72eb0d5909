"""Every criterion keeps the laws of criteria, and those that its docstring states."""

import datetime as dt
from decimal import Decimal

import leadrules_behaviour as behaviour
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from leadrules_behaviour.automation import counted
from leadrules_behaviour.windows import local_day

from leadrules.sdk import EventView, LeadView
from leadrules.testing import check_criterion

NOON = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
SETTINGS = settings(max_examples=50, deadline=None, derandomize=True, database=None)


def lead(*ages, type_="page_view", zone="UTC"):
    events = [EventView(type_, NOON - dt.timedelta(seconds=age)) for age in sorted(ages, reverse=True)]
    return LeadView("1", {}, events, as_of=NOON, timezone=zone)


LEADS = [lead(), lead(0), lead(0, 0, 0, 0, 0), lead(1, 2, 3, 60, 86_400, 604_800), lead(86_400, zone="Asia/Kathmandu")]
NUMBERS = [Decimal(number) for number in ("-1", "0", "0.5", "28", "1E+30")]
CUTS = (Decimal(7), Decimal(30), Decimal(90), Decimal(180))
EXAMPLES = {
    "active_days": [(one, number) for one in LEADS for number in NUMBERS],
    "bot_bursts": [(one, number, Decimal(10)) for one in LEADS for number in NUMBERS],
    "bot_events": [(one, Decimal(5), number) for one in LEADS for number in NUMBERS],
    "frequency": [(one, *CUTS, number) for one in LEADS for number in [*NUMBERS, None]],
    "human_events": [(one, Decimal(5), number) for one in LEADS for number in NUMBERS],
    "longest_session": [(one, number) for one in LEADS for number in NUMBERS],
    "longest_streak": [(one, unit) for one in LEADS for unit in ("day", "week")],
    "monetary": [(one, *CUTS) for one in LEADS],
    "purchase_frequency": [(one, *CUTS, number) for one in LEADS for number in [*NUMBERS, None]],
    "purchase_recency": [(one, *CUTS) for one in LEADS],
    "recency": [(one, *CUTS, bots) for one in LEADS for bots in (True, False)],
    "sessions": [(one, number, number) for one in LEADS for number in NUMBERS],
    "streak": [(one, unit) for one in LEADS for unit in ("day", "week")],
    "trend": [(one, number) for one in LEADS for number in NUMBERS],
    "velocity": [(one, number) for one in LEADS for number in NUMBERS],
}


def test_every_criterion_is_asked():
    assert sorted(EXAMPLES) == behaviour.__all__


@pytest.mark.parametrize("name", behaviour.__all__)
def test_criterion_keeps_the_laws(name):
    check_criterion(getattr(behaviour, name), examples=EXAMPLES[name], max_examples=60)


ASKED = {
    "velocity": lambda days: (days,),
    "trend": lambda days: (days,),
    "sessions": lambda days: (Decimal(30), days),
    "longest_session": lambda days: (Decimal(30), days),
    "active_days": lambda days: (days,),
    "streak": lambda _: ("day",),
    "longest_streak": lambda _: ("week",),
    "recency": lambda _: CUTS,
    "frequency": lambda days: (*CUTS, days),
}
"""The arguments of the criteria that can leave bots out, for a window of so many days."""

ages = st.lists(st.integers(0, 100) | st.integers(0, 10_000_000), max_size=30)
days = st.integers(1, 100).map(Decimal)


@SETTINGS
@given(ages, st.integers(1, 8).map(Decimal), st.integers(0, 100).map(Decimal))
def test_bots_and_people_are_everyone(ages, clicks, seconds):
    one = lead(*ages)
    assert behaviour.bot_events(one, clicks, seconds) + behaviour.human_events(one, clicks, seconds) == len(ages)
    assert max(clicks, 2) * behaviour.bot_bursts(one, clicks, seconds) <= behaviour.bot_events(one, clicks, seconds)


@SETTINGS
@given(ages, days)
def test_without_bots_counts_what_people_did(ages, days):
    one = lead(*ages)
    rest = counted(one, without_bots=True)
    assert len(rest.events) == behaviour.human_events(one)
    for name, arguments in ASKED.items():
        asked = getattr(behaviour, name)
        assert asked(one, *arguments(days), without_bots=True) == asked(rest, *arguments(days)), name


def test_other_events_are_never_bots():
    events = [EventView("purchase", NOON) for _ in range(6)] + [EventView("page_view", NOON) for _ in range(4)]
    one = LeadView("1", {}, events, as_of=NOON)
    assert counted(one, without_bots=True) == one


@SETTINGS
@given(ages, days)
def test_the_trend_is_that_of_velocities(ages, days):
    one = lead(*ages)
    recent, both = behaviour.velocity(one, days), behaviour.velocity(one, 2 * days)
    trend = behaviour.trend(one, days)
    assert trend is None if both == 0 else abs(trend - (recent / both - 1)) < Decimal("1E-20")


@SETTINGS
@given(ages, st.integers(0, 200).map(Decimal), st.integers(0, 200).map(Decimal))
def test_a_longer_pause_never_makes_more_sessions(ages, gap, more):
    one = lead(*ages)
    assert behaviour.sessions(one, gap + more) <= behaviour.sessions(one, gap) <= len(ages)
    assert behaviour.longest_session(one, gap) <= behaviour.longest_session(one, gap + more)


@SETTINGS
@given(ages)
def test_a_streak_is_at_most_the_longest_and_that_at_most_all_days(ages):
    one = lead(*ages)
    for unit in ("day", "week"):
        assert behaviour.streak(one, unit) <= behaviour.longest_streak(one, unit) <= behaviour.active_days(one)


@SETTINGS
@given(ages, st.permutations(CUTS))
def test_cut_offs_may_come_in_any_order(ages, cuts):
    one = lead(*ages)
    assert behaviour.recency(one, *cuts) == behaviour.recency(one, *CUTS)
    assert behaviour.frequency(one, *cuts) == behaviour.frequency(one, *CUTS)


def test_time_zones_are_those_of_the_package_tzdata():
    moment = dt.datetime(2026, 3, 29, 22, 30, tzinfo=dt.UTC)
    assert local_day(moment, lead(zone="Europe/Warsaw")) == local_day(moment, lead()) + 1
