"""When labels change if nothing else happens."""

from __future__ import annotations

import datetime as dt
import itertools
import pickle
from decimal import Decimal
from fractions import Fraction

import pytest

from leadrules import InputError, LeadrulesError, Ruleset
from leadrules.engine.reference.conditions import arithmetic
from leadrules.engine.spans import search
from leadrules.engine.spans.outcome import outcomes
from leadrules.engine.spans.possible import Range, bits_of, calculated, maybe_unknown
from leadrules.sdk import LeadView, criterion

NOW = dt.datetime(2026, 10, 26, tzinfo=dt.UTC)


def lead(*events, **attributes):
    return {"id": "1", "attributes": attributes, "events": [{"type": t, "at": at} for t, at in events]}


def changes(text, given, days=90, now=NOW):
    found = Ruleset.from_text(text).forecast(given, as_of=now, days=days).changes
    return [(c.at.isoformat(), c.name, c.before, c.after) for c in found if c.kind == "stage"]


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


@pytest.mark.parametrize(
    ("condition", "opened", "closed"),
    [
        ("hour(now) = 2", "2026-10-25T00:00:00+00:00", "2026-10-25T02:00:00+00:00"),  # the hour that comes twice
        ("weekday(today) >= 6", "2026-10-30T23:00:00+00:00", "2026-11-01T23:00:00+00:00"),
        ("now > renewal", "2026-11-04T13:00:00.000001+00:00", None),
        ("month(now) = month(renewal)", "2026-10-31T23:00:00+00:00", None),
        ("months since renewal >= 0", "2026-11-03T23:00:00+00:00", None),
        ("minutes until renewal <= 90", "2026-11-04T11:29:00.000001+00:00", None),
    ],
)
def test_each_hour_day_and_month_that_matters_is_foreseen(condition, opened, closed):
    text = f'timezone "Europe/Warsaw"\nfield renewal: datetime\nstages closed < open\n{condition} -> open\n'
    start = dt.datetime(2026, 10, 24, 23, 30, tzinfo=dt.UTC)
    found = changes(text, lead(renewal="2026-11-04T13:00:00Z"), 20, start)
    moments = {after: at for at, _, _, after in reversed(found)}
    expected = {"open": opened, "closed": closed or moments.get("closed")}
    if condition.startswith("weekday"):
        expected["closed"] = "2026-10-25T23:00:00+00:00"  # a Sunday to begin with
    assert {after: at for after, at in expected.items() if at} == moments


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
        "Lead 1: 5 points, b\nIf nothing else happens\n  only points change until 2027-01-24\n  2027-01-24  5 points"
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
    stages = [change for change in found.changes if change.kind == "stage"]
    assert [(c.name, c.before, c.after) for c in stages] == [change[1:] for change in slowly]
    for change, (moment, *_) in zip(stages, slowly, strict=True):
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
        "kind": "stage",
        "name": "stage",
        "before": "warm",
        "after": "cold",
        "rule": "cools",
        "score": Decimal(0),
        "causes": [{"what": "email_open within 7 days", "before": True, "after": False}],
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
    stages = [change for change in found.changes if change.kind == "stage"]
    assert [(c.name, c.before, c.after) for c in stages] == [change[1:] for change in slowly]
    for change, (moment, *_) in zip(stages, slowly, strict=True):
        assert moment - dt.timedelta(minutes=30) < change.at <= moment


# ------------------------------------------------------------------ what is told


def told(text, given, days=90):
    found = Ruleset.from_text(text).forecast(given, as_of=NOW, days=days).changes
    return [(change.day.isoformat(), change.text, change.causes and change.causes[0].text) for change in found]


def test_all_labels_and_lists_are_told_with_what_moved():
    text = (
        "dimension interest\nemail_open +20 half-life 30 days\ngrade heat = interest: A >= 10, B\n"
        "segment quiet = no email_open within 7 days\nstages a < b\nquiet -> b\n"
        'heat = "B" -> tag "cooled"\nquiet -> recommend "call"\nrequire email_open within 3 days because "stale"\n'
    )
    assert told(text, lead(("email_open", "2026-10-25T00:00:00Z"))) == [
        ("2026-10-28", "missing requirement stale begins", "email_open within 3 days: is no longer so"),
        ("2026-11-01", "segment quiet begins", "email_open within 7 days: is no longer so"),
        ("2026-11-01", "recommendation call begins", "email_open within 7 days: is no longer so"),
        ("2026-11-25", "heat: A -> B", "interest: email_open: 10 -> 9.77"),
        ("2026-11-25", "tag cooled begins", "interest: email_open: 10 -> 9.77"),
    ]


def test_a_cause_masks_what_is_personal():
    text = "field born: date pii\nstages a < b\ndays since born >= 3 -> b\n"
    (change,) = Ruleset.from_text(text).forecast(lead(born="2026-10-24"), as_of=NOW).changes
    assert [cause.to_dict() for cause in change.causes] == [
        {"what": "days since born", "before": "[pii]", "after": "[pii]"}
    ]


def test_a_stage_that_follows_from_the_one_just_reached_is_told():
    text = "stages a < b\nwas a -> b\n"
    (change,) = Ruleset.from_text(text).forecast(lead(), as_of=NOW).changes
    assert (change.at, change.before, change.after) == (NOW + dt.timedelta(microseconds=1), "a", "b")
    assert [cause.text for cause in change.causes] == ["was a: is so"]


def test_a_ladder_that_never_rests_is_named():
    text = "stages a < b\nnot was b -> b\nstages heat: cold < warm\nemail_open within 3 days -> warm\n"
    found = Ruleset.from_text(text).forecast(lead(("email_open", "2026-10-25T00:00:00Z")), as_of=NOW)
    assert found.restless == ("stage",)
    assert [(c.name, c.before, c.after) for c in found.changes] == [("stage", "b", "a"), ("heat", "warm", "cold")]
    assert str(found).splitlines()[-1] == (
        "  the rules of `stage` move the lead on from every label: it was followed no further"
    )


def test_the_score_of_a_change_is_the_score_from_then_on():
    text = "stages a < b\nscore >= 3 -> b\nemail_open within 7 days +3\npage_view within 9 days +2\n"
    given = lead(("email_open", "2026-10-25T00:00:00Z"), ("page_view", "2026-10-25T00:00:00Z"))
    found = Ruleset.from_text(text).forecast(given, as_of=NOW)
    assert [(c.before, c.after, c.score) for c in found.changes] == [("b", "a", 2)]
    assert found.then.score == 0


@pytest.mark.parametrize("days", ["3", -1, 0, 1.5, True, None, 10**7, 10**30])
def test_days_that_are_no_days_are_refused(days):
    with pytest.raises(InputError, match="is not a whole number of days from 1 to ") as caught:
        Ruleset.from_text("email_open +1\n").forecast(lead(), as_of=NOW, days=days)
    assert (caught.value.code, caught.value.field) == ("bad_days", "days")


def test_the_last_year_ends_without_an_overflow():
    rules = Ruleset.from_text("stages a < b\nemail_open within 9 days -> b\nfield d: date\ndays since d > 3 +1\n")
    given = lead(("email_open", "9998-12-30T00:00:00Z"), d="9998-12-30")
    now = dt.datetime(9998, 12, 30, tzinfo=dt.UTC)
    assert rules.forecast(given, as_of=now, days=1).changes == ()
    assert rules.next_change(given, as_of=now) is None
    assert (
        rules.next_change(given, as_of=now.replace(day=31, hour=23, minute=59, second=59, microsecond=999_999)) is None
    )
    with pytest.raises(InputError, match="the year 9998 ends"):
        rules.forecast(given, as_of=now, days=2)


def test_a_criterion_that_sees_the_clock_is_asked_at_midnight():
    @criterion(version="1", events={"email_open": {}})
    def waits(lead: LeadView) -> bool:
        """Tell that three days have gone by.

        >>> waits(LeadView(events=[]))
        False
        """
        return any(lead.as_of - event.at > dt.timedelta(days=3) for event in lead.events)

    rules = Ruleset.from_text("use c\nstages a < b\nc.waits() -> b\n", criteria={"c": {"waits": waits}})
    found = rules.forecast(lead(("email_open", "2026-10-25T09:30:00Z")), as_of=NOW)
    assert [(change.at, change.after) for change in found.changes] == [(dt.datetime(2026, 10, 29, tzinfo=dt.UTC), "b")]
    assert found.open_ended == ("c.waits",)


def test_the_end_is_as_the_last_change_made_it():
    """Where that is at the very end, the lead goes on from it only then."""
    text = "stages a < b < c\nsignup within 30 days -> b\nwas b -> c\nfield signup: date\n"
    rules = Ruleset.from_text(text)
    given = lead(signup=NOW.date() + dt.timedelta(days=2))
    found = rules.forecast(given, as_of=NOW, days=2)
    assert [(change.at, change.after) for change in found.changes] == [(found.until, "b")]
    assert found.then.to_json() == rules.evaluate({**given, "stages": {"stage": "a"}}, as_of=found.until).to_json()


# ----------------------------------------------------------------------- next change


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("email_open +5\n", None),
        ("email_open within 7 days +5\n", "2026-11-01T00:00:00.000001+00:00"),
        ("email_open within 4000 days +5\n", "2037-10-07T00:00:00.000001+00:00"),
        ("email_open +20 half-life 30 days\n", "2026-10-27T00:00:00+00:00"),
        ("dimension interest max 10\nemail_open +20 half-life 30 days\n", "2026-11-25T00:00:00+00:00"),
        ("email_open within 7 days +5\npage_view within 7 days +5\n", "2026-11-01T00:00:00.000001+00:00"),
        ('timezone "Europe/Warsaw"\nemail_open +5\nbudget +1 until 2027-03-28\n', "2027-03-28T22:00:00+00:00"),
        ("stages a < b\nwas a -> b\n", None),
    ],
)
def test_a_result_is_valid_until_its_next_change(text, until):
    given = lead(("email_open", "2026-10-25T00:00:00Z"), ("page_view", "2026-10-25T12:00:00Z"), budget=True)
    found = Ruleset.from_text(text).next_change(given, as_of=NOW)
    assert (None if found is None else found.isoformat()) == until


SETTLED = [
    "(days since signup / nothing) > 3",
    "(count(email_open within 7 days) / nothing) > 3",
    "(days since signup / (nothing * days since signup)) > 3",
    "((rate / (days since signup - days since signup)) / nothing) > 3",
    "(nothing / days until signup) > 3",
    "(days since signup * nothing) > 3",
    "(nothing * (rate / (days since signup - 1))) > 3",
    "sum(seconds of page_view within 9 days) > 3",
]


@pytest.mark.parametrize("condition", SETTLED)
def test_what_one_operand_settles_needs_few_looks(condition, monkeypatch):
    """Whatever the other one can be: a span in which the answer cannot move is not parted."""
    looks = []

    def counted(*given):
        looks.append(given)
        assert len(looks) <= 100
        return outcomes(*given)

    monkeypatch.setattr(search, "outcomes", counted)
    text = f"stages a < b\nfield nothing: number\nfield rate: number\nfield signup: date\n{condition} -> b\n"
    given = lead(("email_open", "2026-10-25T09:30:00Z"), signup="2026-10-01", nothing=0, rate=7)
    views = [NOW - dt.timedelta(minutes=minutes) for minutes in range(2_000)]
    given["events"] += [{"type": "page_view", "at": at} for at in views]
    rules = Ruleset.from_text(text)
    assert rules.forecast(given, as_of=NOW, days=3_000).changes == ()
    assert rules.next_change(given, as_of=NOW) is None
    assert len(looks) >= 2


@pytest.mark.parametrize("aggregate", ["sum", "average", "median", "min", "max", "distinct"])
def test_an_aggregate_over_a_window_is_looked_at_where_it_crosses(aggregate, monkeypatch):
    """Events leave from the oldest on, so that all that it can be is known of any span."""
    looks = []
    monkeypatch.setattr(search, "outcomes", lambda *given: looks.append(given) or outcomes(*given))
    text = f"stages a < b\n{aggregate}(seconds of page_view within 20 days) >= 700 -> b\n"
    events = [
        {"type": "page_view", "at": NOW - dt.timedelta(minutes=minute), "properties": {"seconds": minute}}
        for minute in range(1_000)
    ]
    rules = Ruleset.from_text(text)
    found = rules.forecast({"id": "1", "events": events}, as_of=NOW, days=30)
    assert len(looks) <= 50
    for change in found.changes:
        before, after = (
            rules.evaluate({"id": "1", "events": events}, as_of=change.at - dt.timedelta(microseconds=one)).stage
            for one in (1, 0)
        )
        assert (before, after) == (change.before, change.after)
    last = rules.evaluate({"id": "1", "events": events, "stages": found.now.stages}, as_of=found.until)
    assert last.stage == found.then.stage


@pytest.mark.parametrize("operator", ["+", "-", "*", "/"])
def test_a_set_of_results_holds_all_that_arithmetic_gives(operator):
    """Long numbers, unknown ones and divisors on both sides of 0 among them."""
    huge = Fraction(10**700 + 1, 3)
    ends = [*map(Fraction, (-7, -1, 0, 1, 3)), Fraction(1, 3), huge, -huge, Fraction(7, 10**600)]
    for left, right in itertools.product(itertools.combinations_with_replacement(ends, 2), repeat=2):
        sides = [Range(min(s), max(s), s == (1, 3), max(map(bits_of, s))) for s in (left, right)]
        found = calculated(operator, *sides)
        members = [[*{*side}, *([None] if one.unknown else [])] for side, one in zip((left, right), sides, strict=True)]
        for a, b in itertools.product(*members):
            value = arithmetic(operator, a, b)
            if value is None:
                assert maybe_unknown(found)
            else:
                assert found.low <= value <= found.high
                assert bits_of(value) <= found.bits


def results(rules, given, as_of=NOW):
    """Give the results of all engines about one lead."""
    state = rules.start({"id": "1"} | {name: part for name, part in given.items() if name != "events"})
    for event in given["events"]:
        state.add(event)
    found = [rules.evaluate(given, as_of=as_of), rules.explain(given, as_of=as_of).result]
    found += [*rules.score_many([given], as_of=as_of), state.result(as_of=as_of), state.explain(as_of=as_of).result]
    return [*found, found[0].without_audit()]


def test_every_engines_results_say_until_when_they_are_valid():
    rules = Ruleset.from_text("stages a < b\nwas b -> b\nemail_open within 7 days -> b\npage_view[seconds > 3] +1\n")
    given = lead(("email_open", "2026-10-25T00:00:00Z"), ("page_view", "2026-10-20T00:00:00Z"))
    until = dt.datetime(2026, 11, 1, 0, 0, 0, 1, tzinfo=dt.UTC)
    assert {one.valid_until for one in results(rules, given)} == {until}
    assert {one.valid_until for one in results(rules, {**given, "stages": {"stage": "b"}})} == {None}


def test_a_result_is_of_the_lead_that_was_given_whatever_a_state_takes_in_later():
    rules = Ruleset.from_text("email_open within 7 days +5\n")
    state = rules.start(lead(("email_open", "2026-10-25T00:00:00Z")))
    result = state.result(as_of=NOW)
    state.add({"type": "email_open", "at": "2026-10-19T12:00:00Z"})
    assert result.valid_until == dt.datetime(2026, 11, 1, 0, 0, 0, 1, tzinfo=dt.UTC)
    assert state.result(as_of=NOW).valid_until == dt.datetime(2026, 10, 26, 12, 0, 0, 1, tzinfo=dt.UTC)


def test_a_result_whose_lead_was_changed_says_until_when_what_was_scored_is_valid():
    rules = Ruleset.from_text("email_open within 7 days +5\n")
    event = {"type": "email_open", "at": NOW}
    result = rules.evaluate({"id": "1", "attributes": {}, "events": [event]}, as_of=NOW)
    event["at"] = NOW - dt.timedelta(days=30)
    assert result.valid_until == NOW + dt.timedelta(days=7, microseconds=1)


def test_a_pickled_result_knows_its_lead_no_more():
    result = Ruleset.from_text("email_open within 7 days +5\n").evaluate(lead(), as_of=NOW)
    with pytest.raises(LeadrulesError, match="does not say until when it is valid"):
        _ = pickle.loads(pickle.dumps(result)).valid_until  # noqa: S301 - its own bytes


def test_nothing_is_looked_for_before_it_is_asked(monkeypatch):
    looks = []
    monkeypatch.setattr(search, "outcomes", lambda *given: looks.append(given) or outcomes(*given))
    rules = Ruleset.from_text("email_open within 7 days +5\n")
    result = rules.evaluate(lead(("email_open", "2026-10-25T00:00:00Z")), as_of=NOW)
    result.to_json()
    assert not looks
    assert result.valid_until
    assert looks


def test_what_may_move_every_day_is_looked_at_for_twenty_years():
    rules = Ruleset.from_text("field a: date\nfield b: date\nstages x < y\n(days since a - days since b) > 1 -> y\n")
    given = lead(a="2026-01-01", b="2026-01-01")
    assert rules.next_change(given, as_of=NOW) == NOW + dt.timedelta(days=7_305)


def test_criteria_that_see_the_clock_are_asked_each_midnight_of_a_year():
    asked = []

    @criterion(version="1")
    def old(lead: LeadView) -> bool:
        """Tell whether it is 2029.

        >>> old(LeadView())
        False
        """
        asked.append(lead.as_of)
        return lead.as_of.year >= 2029

    rules = Ruleset.from_text("use c\nstages a < b\nc.old() -> b\n", criteria={"c": {"old": old}})
    result = rules.evaluate(lead(), as_of=NOW)
    asked.clear()
    assert result.valid_until == NOW + dt.timedelta(days=366)
    assert len(asked) <= 370
    later = dt.datetime(2028, 10, 26, 12, tzinfo=dt.UTC)
    assert rules.evaluate(lead(), as_of=later).valid_until == dt.datetime(2029, 1, 1, tzinfo=dt.UTC)


def test_many_are_forecast_in_their_order():
    rules = Ruleset.from_text("stages a < b\nemail_open within 3 days -> b\n")
    leads = [lead(("email_open", "2026-10-25T00:00:00Z")), lead()]
    assert [len(found.changes) for found in rules.forecast_many(leads, as_of=NOW, days=7)] == [1, 0]


# ------------------------------------------------------------------------ of a state


def test_a_state_forecasts_and_stays_as_it_is():
    text = "stages a < b\nemail_open within 3 days -> b\nemail_click +1\n"
    rules = Ruleset.from_text(text)
    given = lead(("email_open", "2026-10-25T00:00:00Z"), ("email_click", "2026-09-01T00:00:00Z"))
    state = rules.start({"id": "1"}, remember=dt.timedelta(0))
    for event in given["events"]:
        state.add(event)
    state.add({"type": "email_open", "at": NOW + dt.timedelta(days=1)})
    state.advance(as_of=NOW - dt.timedelta(days=1))
    before = state.to_json()
    found = state.forecast(as_of=NOW, days=30)
    assert found.to_dict() == rules.forecast(given, as_of=NOW, days=30).to_dict()
    assert [(change.day.isoformat(), change.after) for change in found.changes] == [("2026-10-28", "a")]
    assert state.next_change(as_of=NOW) == dt.datetime(2026, 10, 28, 0, 0, 0, 1, tzinfo=dt.UTC)
    assert (state.as_of, state.to_json()) == (NOW - dt.timedelta(days=1), before)
    assert state.result(as_of=NOW + dt.timedelta(days=4)).stage == "b"
    with pytest.raises(InputError, match="is earlier than"):
        state.forecast(as_of=NOW)
