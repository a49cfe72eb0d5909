"""Events in relation and ignored events, beyond what the corpus shows: growth, memory, time that passes."""

import datetime as dt
from decimal import Decimal

import pytest

from leadrules import Ruleset
from leadrules.engine.incremental.memory import Memories
from leadrules.engine.reference import relations
from leadrules.engine.reference.conditions import Reading
from leadrules.insights.mutants import mutants_of
from leadrules.lead import LeadReader
from leadrules.ruleset import program_of
from leadrules.sdk import LeadView, criterion
from leadrules.testing import engines_agree, incremental_agrees, next_change_is_the_first
from leadrules.values import instant_of

UTC = dt.UTC
ANSWERS = relations.Answers
NOON = dt.datetime(2026, 6, 30, 12, tzinfo=UTC)
HOUR = dt.timedelta(hours=1)

IN_RELATION = [
    "page_view followed by email_click within 1 day +1 max 3 times",
    "page_view not followed by page_view[same url] within 1 hour +1",
    "count(page_view followed by page_view then page_view within 1 day) >= 1 +1",
    "page_view not preceded by page_view[same url] within 1 hour +1",
    "ignore page_view preceded by page_view[same url] within 1 minute\npage_view +1",
]


def event(type_, at, **properties):
    return {"type": type_, "at": at, "properties": properties}


def lead(*events):
    return {"id": "1", "events": list(events)}


def busy(count):
    """Give a lead with many events, a good part of them of one moment."""
    views = [event("page_view", NOON - HOUR * (i // 7), url=f"/{i % 5}") for i in range(count)]
    clicks = [event("email_click", NOON - HOUR * (i // 3)) for i in range(count)]
    return lead(*views, *clicks)


def looks(rules, given, monkeypatch):
    """Count the events that the reference looks at to find what answers others."""
    program = program_of(rules)
    counted = 0

    class Counting(list):
        def __getitem__(self, index):
            nonlocal counted
            counted += 1
            return super().__getitem__(index)

    monkeypatch.setattr(relations, "Answers", lambda: ANSWERS(Counting(), Counting()))
    reading = rules_reading(program, given)
    for selection in selections_of(program):
        reading.select(selection)
    return counted


def selections_of(program):
    return [*(i.selection for i in program.ignores), *(rule.selection for rule in program.rules if rule.selection)]


def rules_reading(program, given):
    instant = instant_of(NOON)
    return Reading(program, LeadReader(program.scope).read(given, instant), instant)


@pytest.mark.parametrize("text", [text for text in IN_RELATION if not text.startswith("count")])
def test_ten_times_the_events_take_little_more_than_ten_times_the_work(text, monkeypatch):
    rules = Ruleset.from_text(text)
    few, many = (looks(rules, busy(count), monkeypatch) for count in (300, 3_000))
    assert few > 0
    assert many < 25 * few


def test_compiled_code_compares_no_pairs(monkeypatch):
    from leadrules.engine.compiler import relations as compiled

    counted = 0
    for name in ("bisect_left", "bisect_right"):
        search = getattr(compiled, name)

        def counting(*given, search=search):
            nonlocal counted
            counted += 1
            return search(*given)

        monkeypatch.setattr(compiled, name, counting)
    rules = Ruleset.from_text("page_view not preceded by page_view[same url] within 1 hour +1")
    rules.evaluate(busy(3_000), as_of=NOON)
    assert 3_000 <= counted <= 4 * 3_000


@pytest.mark.parametrize("text", IN_RELATION)
def test_engines_agree_on_many_events_of_one_moment(text):
    engines_agree(Ruleset.from_text(text), busy(60), NOON)


@pytest.mark.parametrize("text", IN_RELATION)
def test_states_agree_whatever_comes_late(text):
    for seed in range(3):
        incremental_agrees(Ruleset.from_text(text), busy(12), NOON, seed=seed)


@pytest.mark.parametrize(
    ("text", "memory"),
    [
        ("page_view followed by email_click within 1 day +1", "events"),
        ("page_view within 30 days followed by email_click +1", "bounded"),
        ("page_view within 30 days preceded by email_click within 1 day +1", "bounded"),
        ("page_view within 30 days preceded by email_click +1", "events"),
        ('ignore page_view[url = "/a"]\npage_view +1', "bounded"),
        ("ignore page_view[url = website]\npage_view +1", "events"),
        ("ignore page_view[url = website]\npage_view within 9 days +1", "bounded"),
        ("ignore page_view followed by email_click\nemail_click +1", "bounded"),
    ],
)
def test_what_a_state_keeps(text, memory):
    program = program_of(Ruleset.from_text(text))
    assert Memories(program).of(program.rules[0]) == memory


def test_a_state_forgets_what_is_ignored_for_good_and_counts_it():
    rules = Ruleset.from_text('ignore page_view[url = "/a"] because "careers"\npage_view +1')
    state = rules.start({"id": "1"}, remember=dt.timedelta(0))
    for hour in range(200):
        state.add(event("page_view", NOON - 300 * HOUR + hour * HOUR, url="/a" if hour % 2 else "/b"))
        state.result(as_of=NOON - 100 * HOUR)
    assert state.result(as_of=NOON).score == 100
    assert state.kept < 100
    assert dict(state.explain(as_of=NOON).ignored_by) == {"careers": 100}


def test_a_state_takes_points_back_when_what_ignores_comes_late():
    rules = Ruleset.from_text("ignore email_click preceded by email_open within 10 seconds\nemail_click +5")
    state = rules.start(lead(event("email_click", NOON - HOUR)))
    assert state.result(as_of=NOON).score == 5
    state.add(event("email_open", NOON - HOUR - dt.timedelta(seconds=10)))
    assert state.result(as_of=NOON).score == 0


def test_a_forecast_knows_when_waiting_is_over():
    rules = Ruleset.from_text(
        "stages lead < lost\ntrial_start not followed by purchase within 14 days -> lost\n"
        "no email_open followed by email_click +1"
    )
    given = lead(event("trial_start", NOON - 24 * HOUR))
    (change,) = rules.forecast(given, as_of=NOON, days=30).changes
    assert (change.name, change.after, change.at) == ("stage", "lost", NOON + 13 * 24 * HOUR)
    assert rules.next_change(given, as_of=NOON) == NOON + 13 * 24 * HOUR


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ignore page_view not followed by email_click within 1 day\npage_view +1", NOON + 23 * HOUR),
        ("ignore page_view within 5 hours\npage_view +1", NOON + 4 * HOUR + dt.timedelta(microseconds=1)),
        ("ignore page_view not followed by email_click within 1 day\nblog_view since page_view +1", NOON + 23 * HOUR),
        (
            "ignore page_view not followed by email_click within 1 day\nblog_view preceded by page_view +1",
            NOON + 23 * HOUR,
        ),
        (  # what ignores asks for a criterion that stands further down
            (
                "ignore page_view[pressing and at < 2100-01-01] within 5 hours\n"
                "criterion pressing = employees is unknown\npage_view since page_view[created within 1 hour] +1"
            ),
            NOON + 4 * HOUR + dt.timedelta(microseconds=1),
        ),
    ],
)
def test_a_forecast_knows_when_an_event_is_ignored(text, expected):
    rules = Ruleset.from_text(text)
    given = lead(
        event("page_view", NOON - HOUR), event("blog_view", NOON - HOUR / 2), event("blog_view", NOON - 2 * HOUR)
    )
    assert rules.next_change(given, as_of=NOON) == expected
    next_change_is_the_first(rules, given, NOON)


def test_an_explanation_counts_what_was_ignored_by_reason():
    rules = Ruleset.from_text(
        'ignore page_view[url = "/a"] because "careers"\nignore page_view[url = "/b"] because "careers"\n'
        "ignore email_open\nignore demo_request\npage_view +1"
    )
    views = [event("page_view", NOON - HOUR, url=url) for url in ("/a", "/b", "/c")]
    found = rules.explain(lead(*views, event("email_open", NOON - HOUR)), as_of=NOON)
    assert dict(found.ignored_by) == {"careers": 2, "email_open": 1}
    assert "2 events ignored: careers" in str(found)
    assert found.to_dict()["ignored_by"] == {"careers": 2, "email_open": 1}


class Lab:
    """Criteria of a host."""

    @staticmethod
    @criterion(events={"page_view": {"url": str}})
    def seen(lead: LeadView) -> Decimal:
        """Count the events that are seen."""
        return Decimal(len(lead.events))


@pytest.mark.parametrize(
    ("ignored", "until"),
    [('page_view[url = "/a"]', None), ("page_view not followed by page_view within 1 hour", NOON + HOUR)],
)
def test_a_criterion_that_sees_the_lead_sees_nothing_that_is_ignored(ignored, until):
    rules = Ruleset.from_text(f"use lab\nignore {ignored}\nlab.seen() = 1 +5", criteria={"lab": Lab})
    given = lead(event("page_view", NOON - 3 * HOUR, url="/a"), event("page_view", NOON, url="/b"))
    assert rules.evaluate(given, as_of=NOON).score == 5
    engines_agree(rules, given, NOON)
    if until is not None:
        assert rules.next_change(given, as_of=NOON) == until


MUTATED = """
email_click preceded by email_open[same campaign] within 10 seconds +1
email_click followed by demo_request then purchase[amount > 5] within 7 days +5
event email_click[campaign: text]
event email_open[campaign: text]
example "nothing"
  given budget = true
  expect score = 0
"""


def test_a_mutation_changes_relations():
    program = program_of(Ruleset.from_text(MUTATED))
    changes = {mutant.change for mutant in mutants_of(program)}
    assert {
        "`preceded by email_open[same campaign] within 10 seconds` could be left out",
        "`same campaign` could be left out",
        "`then purchase[amount > 5]` could be left out",
        "`[amount > 5]` could be left out",
        "`within 7 days` could be `within 8 days`",
        "`within 10 seconds` could be `within 11 seconds`",
    } <= changes
