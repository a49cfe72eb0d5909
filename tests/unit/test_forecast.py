"""When labels change if nothing else happens."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from leadrules import Ruleset

NOW = dt.datetime(2026, 10, 26, tzinfo=dt.UTC)


def lead(*events, **attributes):
    return {"id": "1", "attributes": attributes, "events": [{"type": t, "at": at} for t, at in events]}


def changes(text, given, days=90, now=NOW):
    found = Ruleset.from_text(text).forecast(given, as_of=now, days=days).changes
    return [(c.at.isoformat(), c.ladder, c.before, c.after) for c in found]


def every_half_hour(text, given, days, now=NOW):
    """Find the changes the slow way: by scoring every half hour."""
    rules = Ruleset.from_text(text)
    result = rules.evaluate(given, as_of=now)
    found = []
    for step in range(1, days * 48 + 1):
        at = now + dt.timedelta(minutes=30 * step)
        result = rules.evaluate({**given, "stages": dict(result.stages)}, as_of=at)
        found += [(at, t.ladder, t.before, t.after) for t in result.transitions]
    return found


def test_an_event_leaves_its_window_a_microsecond_after_its_edge():
    text = "stages cold < warm\npricing_view within 14 days -> warm\n"
    given = lead(("pricing_view", "2026-10-25T09:30:00Z"))
    assert changes(text, given) == [("2026-11-08T09:30:00.000001+00:00", "stage", "warm", "cold")]


def test_points_fade_until_the_threshold_is_lost():
    text = "stages cold < warm\nscore >= 10 -> warm\nemail_open +20 half-life 30 days\n"
    given = lead(("email_open", "2026-10-20T11:00:00Z"))
    assert changes(text, given) == [("2026-11-20T11:00:00+00:00", "stage", "warm", "cold")]


def test_a_held_label_stays_and_then_goes():
    text = "stages cold < warm\nscore >= 18 -> warm\nhold warm while score >= 10\nemail_open +20 half-life 30 days\n"
    given = lead(("email_open", "2026-10-26T00:00:00Z"))
    assert changes(text, given) == [("2026-11-26T00:00:00+00:00", "stage", "warm", "cold")]


def test_silence_is_counted_in_days():
    text = "stages warm < quiet\ncriterion silent = days since activity\nsilent > 20 -> quiet\n"
    given = lead(("email_open", "2026-10-20T11:00:00Z"))
    assert changes(text, given) == [("2026-11-10T11:00:00+00:00", "stage", "warm", "quiet")]


def test_a_date_comes_at_local_midnight():
    text = 'timezone "Europe/Warsaw"\nfield signed: date\nstages a < b\ndays until signed <= 3 -> b\n'
    given = lead(signed="2026-11-21")
    assert changes(text, given) == [("2026-11-17T23:00:00+00:00", "stage", "a", "b")]


def test_an_answer_that_does_not_come_becomes_due():
    text = "stages a < b\ntrial_start not followed by purchase within 14 days -> b\n"
    given = lead(("trial_start", "2026-10-25T10:00:00Z"))
    assert changes(text, given) == [("2026-11-08T10:00:00+00:00", "stage", "a", "b")]


def test_a_season_ends_at_midnight():
    text = "stages a < b\nscore >= 5 -> b\nbudget +5 until 2026-10-31\n"
    given = lead(budget=True)
    assert changes(text, given) == [("2026-11-01T00:00:00+00:00", "stage", "b", "a")]


def test_nothing_changes_without_time():
    text = "stages a < b\nscore >= 5 -> b\nemail_open +5\n"
    found = Ruleset.from_text(text).forecast(lead(("email_open", "2026-10-20T11:00:00Z")), as_of=NOW)
    assert found.changes == ()
    assert str(found) == (
        "Lead 1: 5 points, b\nIf nothing else happens\n  no stage changes until 2027-01-24\n  2027-01-24  5 points"
    )


def test_the_future_of_the_record_does_not_happen():
    text = "stages a < b\nemail_open -> b\n"
    assert changes(text, lead(("email_open", "2026-10-27T00:00:00Z"))) == []


RICH = """
stages cold < warm < hot
stages interest: low < high
email_open +10 half-life 5 days
pricing_view within 14 days +20 max 1 per day
page_view +4 fades over 10 days
call_answered +7 drops 25% every 2 days
days since activity between 10 and 15 -5
score >= 20 -> warm
score >= 40 -> hot
count(page_view within 7 days) >= 2 -> high
hold warm while score >= 10
"""


@pytest.mark.parametrize("seed", range(4))
def test_a_forecast_is_what_scoring_every_half_hour_finds(seed):
    types = ("email_open", "pricing_view", "page_view", "call_answered")
    at = [NOW - dt.timedelta(hours=(seed * 7 + n * 13) % 300, minutes=n) for n in range(8)]
    given = lead(*[(types[(seed + n) % 4], moment.isoformat()) for n, moment in enumerate(at)])
    found = Ruleset.from_text(RICH).forecast(given, as_of=NOW, days=30)
    slowly = every_half_hour(RICH, given, 30)
    assert [(c.ladder, c.before, c.after) for c in found.changes] == [change[1:] for change in slowly]
    for change, (moment, *_) in zip(found.changes, slowly, strict=True):
        assert moment - dt.timedelta(minutes=30) < change.at <= moment


def test_the_forecast_says_the_score_and_the_rule():
    text = (
        "stages cold < warm\nrule cools: no email_open within 7 days -> cold\n"
        "email_open within 7 days +3\nscore >= 3 -> warm\n"
    )
    found = Ruleset.from_text(text).forecast(lead(("email_open", "2026-10-25T00:00:00Z")), as_of=NOW)
    (change,) = found.changes
    assert (change.score, change.rule, change.day) == (Decimal(0), "cools", dt.date(2026, 11, 1))
    assert str(found).splitlines()[2] == "  2026-11-01  warm -> cold, at 0 points"
    assert found.to_dict()["changes"][0] | {"at": ""} == {
        "at": "",
        "day": "2026-11-01",
        "ladder": "stage",
        "before": "warm",
        "after": "cold",
        "rule": "cools",
        "score": Decimal(0),
    }


@pytest.mark.parametrize(
    "text",
    [
        "stages a < b\ncriterion recent = count(email_open within 3 days)\nrecent < 1 -> b\n",
        "stages a < b\ncriterion recent = count(email_open within 3 days)\ncriterion none = recent < 1\nnone -> b\n",
        "stages a < b\ncriterion recent = count(email_open within 3 days)\nrecent between 0 and (1 - 1) -> b\n",
        (
            "stages a < b < c\ncriterion age_days = days since created\ncriterion doubled = age_days * 2\n"
            "age_days > 60 -> b\ndoubled > 10 -> c\n"
        ),
        (
            "stages a < b < c\ncriterion age_days = days since created\ndoubled > 10 -> c\nage_days > 60 -> b\n"
            "criterion doubled = age_days * 2\n"
        ),
        "stages a < b\ncriterion age_days = days since created\nage_days in {4, 6} -> b\n",
        "stages a < b\n5 < days since created -> b\n",
        "stages a < b\nemail_open[days since at > 3] +1\nscore > 0 -> b\n",
        "stages a < b\nemail_open[days since at > 3] +9 half-life 10 days\nscore > 4 -> b\n",
        "stages a < b\nevent email_open[sent: date]\ncount(email_open[days since at between 2 and 5]) > 0 -> b\n",
        "stages a < b\nemail_open +(days since at)\nscore >= 7 -> b\n",
        "stages a < b\nsegment quiet = no email_open within 2 days\nquiet -> b\n",
    ],
)
def test_whatever_moves_a_label_by_time_alone_is_foreseen(text):
    given = lead(("email_open", "2026-10-25T19:00:00Z"), created="2026-10-24T08:00:00Z")
    slowly = every_half_hour(text, given, 14)
    found = Ruleset.from_text(text).forecast(given, as_of=NOW, days=14)
    assert slowly
    assert [(c.ladder, c.before, c.after) for c in found.changes] == [change[1:] for change in slowly]
    for change, (moment, *_) in zip(found.changes, slowly, strict=True):
        assert moment - dt.timedelta(minutes=30) < change.at <= moment
