"""Streams and sums of fading events give what adding them up anew gives, whatever comes in and leaves."""

import datetime as dt
from bisect import bisect_left
from collections import defaultdict
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadrules.engine.compiler.runtime import Decayed
from leadrules.engine.incremental.streams import FadingKey, FadingSum, LatestPer, Steps, Stream
from leadrules.families.calendars import CALENDARS
from leadrules.families.decays import Decay
from leadrules.values import DAY, HOUR, Duration, instant_of, zone

START = instant_of(dt.datetime(2026, 10, 20, tzinfo=dt.UTC))
DECAYS = [
    Decay("half-life", Duration(2, "days")),
    Decay("half-life", Duration(36, "hours")),
    Decay("fades", Duration(9, "days")),
    Decay("drops", Duration(3, "days"), Fraction(20)),
]
ago = st.integers(0, 12 * 24).map(lambda hours: hours * HOUR) | st.integers(0, 12 * DAY)
later = st.sampled_from([0, 1, HOUR, 5 * HOUR, 23 * HOUR, DAY - 1, DAY, DAY + 1, 4 * DAY])
courses = st.lists(st.tuples(st.lists(ago, max_size=4), later), min_size=1, max_size=12)


def key_of(decay: Decay, within: int | None) -> FadingKey:
    table = Decayed(decay, Fraction(50, 3), 3)
    return FadingKey(0, within, decay.unit, "table", table, Steps(table))


def anew(moments, key: FadingKey, now: int) -> int:
    inside = [at for at in moments if key.within is None or at >= now - key.within]
    return sum(key.table[(now - at) // key.unit] for at in inside)


@given(st.sampled_from(DECAYS), st.sampled_from([None, 2 * DAY, 5 * DAY + HOUR]), courses)
def test_a_sum_of_fading_events_is_that_of_all_of_them(decay, within, course):
    key = key_of(decay, within)
    stream = Stream()
    total, now, taken = FadingSum(stream, key), START, []
    for ages, step in course:
        now += step
        for age in ages:
            stream.take(now - age)
            taken.append(now - age)
        assert total.at(now) == anew(taken, key, now)
        assert total.at(now) == anew(taken, key, now)
    assert [*stream] == sorted(taken)


@given(
    st.sampled_from(["Europe/Warsaw", "America/St_Johns", "Pacific/Apia"]),
    st.sampled_from(sorted(CALENDARS)),
    st.integers(1, 3),
    st.sampled_from([None, 3 * DAY]),
    courses,
)
def test_of_each_calendar_unit_the_latest_are_kept(name, calendar, times, within, course):
    where, key = zone(name), key_of(DECAYS[0], within)
    stream = LatestPer(calendar, times, where)
    total, now, taken = FadingSum(stream, key), START, []
    for ages, step in course:
        now += step
        for age in ages:
            stream.take(now - age)
            taken.append(now - age)
        units = defaultdict(list)
        for at in sorted(taken):
            units[CALENDARS[calendar].number(at, where)].append(at)
        latest = sorted(at for unit in units.values() for at in unit[-times:])
        assert [*stream] == latest
        assert total.at(now) == anew(latest, key, now)


@pytest.mark.parametrize("instant", ["2006-10-29T02:31Z", "2006-10-29T01:31Z"])
def test_a_day_that_comes_back_for_a_minute_is_one_unit(instant):
    """At 00:01 of that Sunday clocks went back to 23:01 of Saturday."""
    where, at = zone("America/St_Johns"), instant_of(dt.datetime.fromisoformat(instant))
    stream = LatestPer("day", 1, where)
    for minutes in range(0, 180, 7):
        stream.take(at + minutes * 60_000_000)
    days = {CALENDARS["day"].number(at + minutes * 60_000_000, where) for minutes in range(0, 180, 7)}
    assert len(stream) == len(days)


@given(st.sampled_from(DECAYS), st.sampled_from([None, 2 * DAY]), st.lists(ago, min_size=60, max_size=90), later)
def test_events_of_one_age_are_worth_the_same(decay, within, ages, step):
    key = key_of(decay, within)
    stream = Stream()
    for age in [*ages, 0, DAY, 2 * DAY]:
        stream.take(START - age)
    now = START + step
    assert FadingSum(stream, key).at(now) == anew(stream, key, now)


def test_no_more_is_looked_at_than_what_grows_older():
    key = key_of(DECAYS[0], None)
    looked: list[int] = []

    class Counted(dict):
        def __missing__(self, age: int) -> int:
            looked.append(age)
            return key.table[age] - key.table[age - 1]

    stream = Stream()
    stream.extend(START - hours * HOUR for hours in range(480, 0, -1))
    total = FadingSum(stream, FadingKey(0, None, DAY, "table", key.table, Counted()))
    for moment in (START, START + 1, START + HOUR):
        assert total.at(moment) == anew(stream, key, moment)
    assert len(looked) == 20
    assert bisect_left(stream, START) == 480
