"""Scoring event by event: what a host can rely on, and what is kept of the past."""

import copy
import datetime as dt
import json
import pickle
import time
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

import pytest

from leadrules import AsOfError, Event, InputError, Lead, LeadError, Limits, Ruleset
from leadrules.engine.incremental import log
from leadrules.engine.incremental.memory import Memories
from leadrules.ruleset import program_of

START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
NO_TIME = dt.timedelta(0)


def at(days: float) -> dt.datetime:
    return START + dt.timedelta(days=days)


def opened(days: float, id_: str | None = None) -> dict[str, object]:
    event = {"type": "email_open", "at": at(days)}
    return event if id_ is None else event | {"id": id_}


# ------------------------------------------------------------------ its face


def test_a_state_scores_what_it_was_started_with_and_what_came_in():
    rules = Ruleset.from_text("email_open +5\nneed +3\nscore > 7 -> warm")
    lead = {"id": "42", "attributes": {"need": True}, "events": [opened(1)], "stages": {"stage": "warm"}}
    state = rules.start(lead)
    state.add(opened(3))
    state.add(Event(type="email_open", at="2026-01-03T00:00:00Z"))
    whole = {**lead, "events": [opened(1), opened(3), opened(2)]}
    assert state.result(as_of=NOW).to_json() == rules.evaluate(whole, as_of=NOW).to_json()
    assert state.result(as_of=NOW).score == 18
    assert (state.id, state.as_of, state.kept, state.fingerprint) == ("42", NOW, 3, rules.fingerprint)
    assert repr(state) == "<LeadState '42' as of 2026-06-01T00:00:00Z, 3 events kept>"


@dataclass
class Visitor:
    id: str
    attributes: dict = field(default_factory=dict)
    events: tuple = ()
    stages: dict = field(default_factory=dict)


@pytest.mark.parametrize("lead", [{"id": 42}, Lead(id="42"), Visitor("42")], ids=["mapping", "model", "object"])
def test_leads_come_in_any_shape(lead):
    state = Ruleset.from_text("email_open +5").start(lead)
    state.add(opened(1))
    assert state.result(as_of=NOW).to_dict()["lead"] == "42"


def test_attributes_and_labels_change_and_can_become_unknown():
    rules = Ruleset.from_text("need +3\ncountry is known +1\nstages a < b forward only\nscore > 3 -> b")
    state = rules.start({"id": "1", "attributes": {"need": True, "unread": object()}})
    state.update({"country": "PL"})
    assert (state.result(as_of=NOW).score, state.result(as_of=NOW).stage) == (4, "b")
    state.update({"need": None})
    state.update(stages={"stage": "b"})
    assert (state.result(as_of=NOW).score, state.result(as_of=NOW).stage) == (1, "b")
    state.update(stages={"stage": None})
    assert state.result(as_of=NOW).stage == "a"


def test_what_a_result_says_does_not_change_with_the_state():
    rules = Ruleset.from_text("need and country is known +3\nemail_open +1 max 2\nwas b +1\nstages a < b")
    state = rules.start({"id": "1", "attributes": {"need": True, "country": "PL"}, "stages": {"stage": "b"}})
    state.add(opened(1))
    expected = state.result(as_of=NOW).to_json()
    result = state.result(as_of=NOW)
    state.update({"country": None}, stages={"stage": "a"})
    for day in range(200):
        state.add(opened(day / 2))
    state.result(as_of=NOW)
    assert result.to_json() == expected


def test_events_after_the_moment_wait_for_theirs():
    state = Ruleset.from_text("email_open +5").start({"id": "1"}, remember=NO_TIME)
    for days in range(100):
        state.add(opened(days))
    assert state.result(as_of=at(9.5)).score == 50
    assert state.result(as_of=at(99)).score == 500


def waits(state, moment: dt.datetime) -> list[str]:
    """Give the types of events that wait in what is written of a state, and of those that do not."""
    state.advance(as_of=moment)
    found = json.loads(state.to_json())
    return [*found["events"], "|", *found["waiting"]]


def test_an_event_that_waits_is_written_apart_until_its_moment():
    rules = Ruleset.from_text("""
        email_open +5
        page_view[seconds > 2] +1 max 1 per day
        page_view +9 half-life 30 days
        any_event +1
    """)
    events = [opened(1, "a"), opened(2), {"type": "page_view", "at": at(3), "id": "b", "properties": {"seconds": 5}}]
    later = {"type": "page_view", "at": at(20), "id": "c", "properties": {"seconds": 3}}
    state = rules.start({"id": "1"}, remember=dt.timedelta(days=900))

    def agrees(moment: dt.datetime) -> None:
        expected = rules.evaluate({"id": "1", "events": events}, as_of=moment).to_json()
        assert state.result(as_of=moment).to_json() == expected

    for event in events:
        state.add(event)
    events.append(later)
    state.add(later)
    assert waits(state, at(2.5)) == ["email_open", "|", "page_view"]
    for moment in (2.5, 3, 4, 19.999):
        state = rules.resume(state.to_json())
        agrees(at(moment))
    assert waits(state, at(19.999)) == ["email_open", "page_view", "|", "page_view"]
    state.add(later)  # as it is
    state.add(later | {"at": at(21)})  # and later, which does not count
    assert state.kept == 4
    events.append(later | {"at": at(20), "properties": {"seconds": 1}})  # this one comes first
    state.add(events[-1])
    state = rules.resume(state.to_json())
    agrees(at(19.999))
    events.append(later | {"at": at(19.9999)})
    state.add(events[-1])
    agrees(at(19.9999))
    events.append(opened(30, "d"))
    state.add(events[-1])
    state = rules.resume(state.to_json())
    for moment in (20, 21, 29.9, 30, 90):
        state = rules.resume(state.to_json())
        agrees(at(moment))
    assert waits(state, at(90)) == ["email_open", "page_view", "|"]
    assert state.kept == 5


def test_one_event_that_waits_does_not_make_all_others_be_read():
    rules = Ruleset.from_text("email_open +1\npage_view[seconds > 3] +1")
    state = rules.start({"id": "1"}, remember=dt.timedelta(days=900))
    for days in range(50):
        state.add({"type": "page_view", "at": at(days), "properties": {"seconds": 7}})
    state.add(opened(200, "later"))
    expected = state.result(as_of=at(60)).to_json()
    again = rules.resume(state.to_json())
    assert again._log._events == []
    assert len(again._log._waiting) == 1
    assert again.result(as_of=at(60)).to_json() == expected
    text = state.to_json()
    for either in (state, again):
        either.add(opened(200, "later"))
        assert either.to_json() == text
        assert either.kept == 51
        assert either.result(as_of=at(300)).score == 51


def test_a_copy_goes_its_own_way():
    rules = Ruleset.from_text("email_open +5\nneed +3")
    state = rules.start({"id": "1"})
    state.add(opened(1))
    for copied in copy.copy(state), copy.deepcopy(state):
        copied.add(opened(2))
        copied.update({"need": True})
        assert copied.result(as_of=NOW).score == 13
    assert state.as_of is None
    assert state.result(as_of=NOW).score == 5


def test_a_state_is_written_rather_than_pickled():
    state = Ruleset.from_text("email_open +5").start({"id": "1"})
    with pytest.raises(TypeError, match="write it with `to_json`"):
        pickle.dumps(state)


@pytest.mark.parametrize("nothing", ["0", "2_000_000", "0.004"])
def test_events_are_counted_whatever_another_rule_gives_for_them(nothing):
    rules = Ruleset.from_text(f"param given = {nothing}\nemail_open +(given)\nemail_open +1")
    state = rules.start({"id": "1"}, remember=NO_TIME)
    for days in range(100):
        state.add(opened(days))
    state = rules.resume(state.to_json())
    state.advance(as_of=NOW)
    state = rules.resume(state.to_json())
    assert state.kept == 20
    assert state.result(as_of=NOW).score == 100


# ------------------------------------------------------------------ refusals


def message(error) -> str:
    return str(error.value)


def test_an_earlier_moment_is_refused_and_the_state_goes_on():
    state = Ruleset.from_text("email_open +5").start({"id": "42"})
    state.advance(as_of=NOW)
    with pytest.raises(AsOfError) as error:
        state.result(as_of=NOW - dt.timedelta(microseconds=1))
    assert error.value.code == "as_of_in_the_past"
    assert message(error) == (
        "lead `42`: as_of: `2026-05-31 23:59:59.999999+00:00` is earlier than 2026-06-01T00:00:00Z, "
        "which this state was asked for already"
    )
    assert state.result(as_of=NOW).score == 0


def test_a_moment_without_a_zone_is_refused():
    state = Ruleset.from_text("email_open +5").start({"id": "42"})
    with pytest.raises(InputError, match="as_of needs a timezone"):
        state.result(as_of=dt.datetime(2026, 1, 1))  # noqa: DTZ001 - what is refused
    assert state.as_of is None


def test_events_are_not_remembered_for_less_than_no_time():
    with pytest.raises(ValueError, match="for 0 days or more"):
        Ruleset.from_text("email_open +5").start({"id": "1"}, remember=dt.timedelta(days=-1))


def test_events_are_remembered_for_a_span_of_time():
    with pytest.raises(TypeError, match=r"`remember` is a span of time, e\.g\. timedelta\(days=7\)"):
        Ruleset.from_text("email_open +5").start({"id": "1"}, remember=7)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda s: s.add({"type": "page_view"}), "lead `42`: event `page_view` has no time (`at` is missing)"),
        (
            lambda s: s.add({"type": "page_view", "at": at(1), "properties": {"seconds": "long"}}),
            (
                "lead `42`: event `page_view`: property `seconds`: `long` is not a number "
                "(write digits such as 250 or 12.5)"
            ),
        ),
        (
            lambda s: s.add("page_view"),
            "lead `42`: events: `page_view` is not an event (give an object with type, at, id and properties)",
        ),
        (
            lambda s: s.update({"employees": "many", "country": "PL"}),
            "lead `42`: field `employees`: `many` is not a number (write digits such as 250 or 12.5)",
        ),
        (
            lambda s: s.update({"country": "PL"}, stages={"stage": 7}),
            "lead `42`: stages: `7` is not a label of `stage` (its labels are `a`, `b`)",
        ),
        (lambda s: s.update([1]), "lead `42`: attributes: a list is not an object of names and values"),
    ],
)
def test_what_cannot_be_read_is_refused_and_changes_nothing(change, said):
    rules = Ruleset.from_text(
        "page_view +(seconds)\nemployees > 1 +1\ncountry is known +1\nstages a < b\nscore > 3 -> b"
    )
    state = rules.start({"id": "42", "attributes": {"employees": 5}})
    before = state.to_json()
    with pytest.raises(InputError) as error:
        change(state)
    assert message(error) == said
    assert state.to_json() == before


def test_all_mistakes_are_told_at_once_and_as_evaluate_tells_them():
    rules = Ruleset.from_text("page_view +(seconds)\nemployees > 1 +1\nbudget +1\nstages a < b\nscore > 3 -> b")
    events = [{"type": "page_view", "at": "soon", "id": 1.5, "properties": {"seconds": "x"}}, {"type": "page_view"}]
    lead = {"id": "42", "attributes": {"employees": "x", "budget": 7}, "events": events, "stages": {"stage": 7}}
    with pytest.raises(LeadError) as evaluated:
        rules.evaluate(lead, as_of=NOW)
    with pytest.raises(LeadError) as started:
        rules.start(lead)
    codes = ["wrong_type", "wrong_type", "wrong_type", "wrong_type", "wrong_type", "missing_time", "wrong_type"]
    assert [mistake.code for mistake in evaluated.value.mistakes] == codes
    assert {*started.value.mistakes} == {*evaluated.value.mistakes}
    state = rules.start({"id": "42"})
    with pytest.raises(LeadError) as added:
        state.add(events[0])
    assert [(one.field, one.event, one.value) for one in added.value.mistakes] == [
        ("page_view.at", None, "soon"),
        ("page_view.id", None, "1.5"),
        ("page_view.seconds", None, "x"),
    ]
    with pytest.raises(LeadError) as updated:
        state.update(lead["attributes"], stages=lead["stages"])
    assert [one.field for one in updated.value.mistakes] == ["employees", "budget", "stage"]


# ------------------------------------------------------------------- repeats


def test_repeats_are_recognised_while_they_are_remembered():
    rules = Ruleset.from_text("count(email_open) > 0 +(count(email_open))")
    state = rules.start({"id": "1"}, remember=dt.timedelta(days=7))
    state.add(opened(0, "a"))
    state.add(opened(10, "b"))
    state.add(opened(10, "b"))
    state = forgetful(state, at(12))
    state.add(opened(10, "b"))
    state.add(opened(11, "b"))
    assert state.result(as_of=at(12)).score == 2
    state.add(opened(20, "c"))
    state = rules.resume(forgetful(state, at(30)).to_json())
    state.add(opened(0, "a"))
    assert state.result(as_of=at(30)).score == 4  # `a` was forgotten with its id
    state.add(opened(20, "c"))
    assert state.result(as_of=at(30)).score == 4  # `c` was kept: it is the latest


@pytest.mark.parametrize("late", [1, 20, 33, 40, 200])
@pytest.mark.parametrize("stored", [False, True])
def test_late_events_are_remembered_from_when_they_came_in(late, stored):
    rules = Ruleset.from_text("email_open +5")
    state = rules.start({"id": "1"})
    events = [opened(n / 1_000, f"e{n}") for n in range(late)]
    for days in (100, 101, 106.9):
        for event in events:
            state.add(event)
        state = rules.resume(state.to_json()) if stored else state
        assert state.result(as_of=at(days)).score == 5 * late
    state.advance(as_of=at(107))
    for event in events:
        state.add(event)
    assert state.result(as_of=at(108)).score == 10 * late  # now they are remembered no more


def test_what_is_said_of_when_an_event_came_in_counts():
    rules = Ruleset.from_text("email_open +5")
    state = rules.start({"id": "1", "events": [opened(0, "a")]}, received=at(90))
    state.add(opened(1, "b"), received=at(95))
    state.add(opened(98, "c"), received=at(95))  # from when it happened, which is later
    state.advance(as_of=at(100))
    state = rules.resume(state.to_json())
    for event in (opened(0, "a"), opened(1, "b"), opened(98, "c")):
        state.add(event)
    assert state.result(as_of=at(100)).score == 20  # `a` came again after 10 days
    state.advance(as_of=at(104))
    state.add(opened(1, "b"))
    state.add(opened(98, "c"))
    assert state.result(as_of=at(104)).score == 25
    with pytest.raises(InputError, match="received needs a timezone") as error:
        state.add(opened(1), received=dt.datetime(2026, 1, 1))  # noqa: DTZ001 - what is refused
    assert error.value.field == "received"


def test_an_event_comes_in_at_the_moment_that_is_asked_for_next_also_where_it_was_written_before():
    rules = Ruleset.from_text("email_open +5")
    state = rules.start({"id": "1"})
    state.advance(as_of=at(50))
    state.add(opened(1, "a"))
    state.add(opened(60, "b"))  # of the future
    state = rules.resume(state.to_json())
    other = copy.copy(state)
    state.advance(as_of=at(80))
    other.advance(as_of=at(70))
    for asked, days, score in ((state, 86, 10), (other, 78, 20)):
        either = rules.resume(asked.to_json())
        either.advance(as_of=at(days))
        either.add(opened(1, "a"))
        either.add(opened(60, "b"))
        assert either.result(as_of=at(days)).score == score


def test_a_repeat_that_takes_the_place_of_an_event_leaves_earlier_ones_of_its_id_that_are_remembered_no_more():
    rules = Ruleset.from_text("count(page_view) > 0 +(count(page_view))\npage_view +(seconds)")
    event = {"type": "page_view", "at": at(20), "id": "a", "properties": {"seconds": 100}}
    for stored in (False, True):
        state = rules.start({"id": "1"})
        state.add(event)
        state.advance(as_of=at(20))
        state.advance(as_of=at(40))
        state.add(event)
        state = rules.resume(state.to_json()) if stored else state
        state.advance(as_of=at(41))
        state = rules.resume(state.to_json()) if stored else state
        state.add({**event, "at": at(19), "properties": {"seconds": 10}})
        assert state.result(as_of=at(41)).score == 112
        assert state.kept == 2


def test_events_that_are_only_remembered_are_forgotten_once_most_of_them_need_not_be():
    rules = Ruleset.from_text("email_open +5")
    events = [opened(n / 10, f"e{n}") for n in range(1_000)]
    state = rules.start({"id": "1", "events": events})
    for days, kept in ((100, 1_000), (106.9, 1_000), (107, 20), (108, 20)):
        state = rules.resume(state.to_json())
        assert state.result(as_of=at(days)).score == 5_000
        assert state.kept == kept


VIEW = {"type": "page_view", "at": at(1), "id": "e 1"}


@pytest.mark.parametrize(
    ("repeat", "score"),
    [
        ({"at": at(1), "properties": {"seconds": 3}}, 3),
        ({"at": at(1), "properties": {"seconds": 4}}, 3),
        ({"at": at(1), "properties": {"seconds": 2}}, 2),
        ({"at": at(1)}, 0),
        ({"at": at(2), "properties": {"seconds": 1}}, 3),
        ({"at": at(0), "properties": {"seconds": 5}}, 5),
    ],
)
@pytest.mark.parametrize("stored", [False, True])
def test_of_repeats_the_first_in_order_counts_also_where_it_was_stored(repeat, score, stored):
    rules = Ruleset.from_text("page_view +(seconds)\ncount(page_view) > 1 +100")
    state = rules.start({"id": "1"}, remember=dt.timedelta(days=900))
    state.add({**VIEW, "properties": {"seconds": 3}})
    state.add({"type": "page_view", "at": at(1), "id": "e"})
    state.add({"type": "email_open", "at": at(1), "id": "e 1"})
    assert state.result(as_of=at(2)).score == 103
    state = rules.resume(state.to_json()) if stored else state
    state.add({**VIEW, **repeat})
    assert state.result(as_of=at(3)).score == 100 + score
    assert rules.resume(state.to_json()).result(as_of=at(3)).score == 100 + score


def test_repeats_of_stored_events_cost_little_whatever_is_kept():
    rules = Ruleset.from_text("page_view +(seconds)")
    state = rules.start({"id": "1"}, remember=dt.timedelta(days=900))
    events = [{"type": "page_view", "at": at(n / 100), "id": n, "properties": {"seconds": n}} for n in range(3_000)]
    for event in events:
        state.add(event)
    expected = state.result(as_of=NOW)
    text = state.to_json()
    begun = time.process_time()
    again = rules.resume(text)
    for event in events:
        again.add(event)
    spent = time.process_time() - begun
    begun = time.process_time()
    anew = rules.start({"id": "1"})
    for event in events:
        anew.add(event)
    assert spent < 50 * (time.process_time() - begun)
    assert again.result(as_of=NOW).to_json() == expected.to_json()
    assert again.kept == 3_000


@pytest.mark.parametrize("stored", [False, True])
@pytest.mark.parametrize("asked", [at(0), at(45), at(200)])
def test_repeats_that_come_before_what_is_known_are_put_in_its_place(asked, stored, monkeypatch):
    rules = Ruleset.from_text("""
        page_view +(seconds) half-life 20 days
        page_view[seconds > 3] +1 max 1 per day
        page_view[seconds < 9] within 30 days +1
    """)
    views_ = [{"type": "page_view", "at": at(n), "id": n, "properties": {"seconds": n}} for n in range(60)]
    moved = [event | {"at": event["at"] - dt.timedelta(hours=30), "properties": {"seconds": 5}} for event in views_]
    moved += [event | {"at": event["at"] - dt.timedelta(hours=1), "properties": {"seconds": 6}} for event in moved[::9]]
    state = rules.start({"id": "1", "events": views_}, remember=dt.timedelta(days=900))
    state.advance(as_of=asked)
    state = rules.resume(state.to_json()) if stored else state
    filled = []
    fill = log.EventLog._fill
    monkeypatch.setattr(log.EventLog, "_fill", lambda *args: filled.append(1) or fill(*args))
    for event in moved:
        state.add(event)
        state.add(event)
    assert filled == []
    assert state.kept == 60
    for later in range(0, 90, 30):
        moment = asked + dt.timedelta(days=later)
        expected = rules.evaluate({"id": "1", "events": views_ + moved}, as_of=moment).to_json()
        assert copy.copy(state).result(as_of=moment).to_json() == expected
        state = rules.resume(state.to_json()) if later else state
        assert state.result(as_of=moment).to_json() == expected
    assert state.kept == 60


def test_an_event_that_waits_is_moved_without_a_look_at_the_past(monkeypatch):
    rules = Ruleset.from_text("email_open +5 half-life 9 days")
    events = [*(opened(n, f"{n}") for n in range(20)), opened(90, "x")]
    state = rules.start({"id": "1", "events": events}, remember=dt.timedelta(days=900))
    state.advance(as_of=at(30))
    monkeypatch.setattr(log.EventLog, "_fill", lambda *_: pytest.fail("all events are sorted anew"))
    for days in (80, 25):
        state.add(opened(days, "x"))
        events.append(opened(days, "x"))
        assert state.kept == 21
        expected = rules.evaluate({"id": "1", "events": events}, as_of=at(30)).to_json()
        assert state.result(as_of=at(30)).to_json() == expected


def test_the_text_of_a_state_does_not_hang_on_the_order_in_which_events_came():
    rules = Ruleset.from_text("page_view[seconds > 3] within 90 days +1\nemail_open +5 half-life 9 days max 1 per week")
    events = [{"type": "page_view", "at": at(days), "properties": {"seconds": 7}} for days in range(9)]
    events += [opened(days) for days in range(9)]
    texts = set()
    for some in (events, events[::-1], events[5:] + events[:5]):
        state = rules.start({"id": "1"})
        for event in some:
            state.add(event)
        state.advance(as_of=at(20))
        texts.add(state.to_json())
    (text,) = texts
    assert rules.resume(text).to_json() == text


# ----------------------------------------------------------- what is kept

HEAD = 'timezone "Europe/Warsaw"\nfield site: text\n'
MEMORY = {
    "email_open +1": "bounded",
    "page_view +(seconds / 7)": "bounded",
    "page_view +1 max 3": "bounded",
    "page_view +(seconds) max 3": "bounded",
    "page_view +1 max 9 points": "bounded",
    "page_view +1 half-life 10 days": "bounded",
    "page_view +(seconds) fades over 30 days max 2 per day": "bounded",
    "page_view within 30 days +1 max 1 per url": "bounded",
    "page_view[url = site] within 30 days +(seconds)": "bounded",
    "page_view within 30 days +1 max 1 every 2 days": "bounded",
    "count(page_view) >= 10 +1": "bounded",
    "page_view[seconds > 3] +1 when no email_open": "bounded",
    "sum(seconds of page_view) > 5 +1": "bounded",
    "average(seconds of page_view) > 5 +1": "bounded",
    "min(seconds of page_view) > 5 +1": "bounded",
    "first(url of page_view) = last(url of page_view) +1": "bounded",
    "days since activity > 3 +1": "bounded",
    "distinct(url of page_view) > 5 +1": "bounded",
    "page_view +1 max 1 per day": "distinct",
    "distinct(day of page_view) > 5 +1": "distinct",
    "page_view +1 max 1 every 2 days": "events",
    "page_view +1 max 9 points per day": "events",
    "page_view[url = site] +1": "events",
    "page_view since demo_request +1": "events",
    "page_view followed by email_open within 2 days +1": "events",
}
FEW_VALUES = {"distinct(url of page_view) > 5 +1"}


def forgetful(state, moment: dt.datetime):
    """Let a state look through its events now."""
    state._most = 0
    state.advance(as_of=moment)
    return state


def views(state, days: range) -> int:
    """Take in four page views and an opened mail a day, and give how many events are kept in the end."""
    for day in days:
        for hour in range(4):
            properties = {"url": f"/{hour}", "seconds": hour}
            state.add({"type": "page_view", "at": at(day + hour / 24), "properties": properties})
        state.add(opened(day))
        state.advance(as_of=at(day + 1))
    return forgetful(state, at(days[-1] + 1)).kept


@pytest.mark.parametrize("text", MEMORY)
def test_memory_is_as_check_says(text):
    rules = Ruleset.from_text(HEAD + text)
    (rule,) = program_of(rules).dimensions[0].items
    claimed = Memories(program_of(rules)).of(rule)
    assert claimed == ("distinct" if text in FEW_VALUES else MEMORY[text])
    state = rules.start({"id": "1", "attributes": {"site": "/1"}}, remember=NO_TIME)
    kept = views(state, range(150)), views(state, range(150, 300)), views(state, range(300, 600))
    if MEMORY[text] == "bounded":
        assert kept[0] == kept[1] == kept[2] < 4 * 150
    elif MEMORY[text] == "distinct":
        assert kept[0] < kept[1] < kept[2] <= 600 + 1
    else:
        assert kept == (4 * 150 + (kept[0] - 600), *kept[1:])
        assert all(later >= 2 * earlier for earlier, later in pairwise(kept))


def test_the_work_for_an_event_does_not_grow_with_the_history():
    rules = Ruleset.from_text("""
        email_open +1 max 30 points
        page_view[seconds > 2] +2 max 3
        page_view within 30 days +1 max 2 per day
        email_open +5 half-life 3 days
        count(page_view) >= 10 +(sum(seconds of page_view))
    """)
    state = rules.start({"id": "1"}, remember=NO_TIME)
    spent = []
    for first in range(0, 1_200, 300):
        begun = time.process_time()
        for day in range(first, first + 300):
            state.add(opened(day + 0.5))
            state.add({"type": "page_view", "at": at(day + 0.6), "properties": {"seconds": 3}})
            state.result(as_of=at(day + 1))
        spent.append(time.process_time() - begun)
    assert spent[-1] < 3 * min(spent[1:])
    assert state.kept < 400


def test_nothing_is_kept_for_a_criterion_that_no_rule_reads():
    sequence = "criterion quick = page_view followed by email_open within 2 days\ncriterion both = quick and need\n"
    state = Ruleset.from_text(f"{sequence}email_open +1").start({"id": "1"}, remember=NO_TIME)
    assert views(state, range(50)) == 20
    state = Ruleset.from_text(f"{sequence}both -> warm").start({"id": "1"}, remember=NO_TIME)
    assert views(state, range(50)) == 250


def test_rules_that_need_nothing_more_forget_what_was_kept_for_a_window():
    state = Ruleset.from_text("page_view within 1 days +1").start({"id": "1"}, remember=NO_TIME)
    views(state, range(10))
    state = forgetful(state, at(100))
    assert state.kept == 0
    assert state.result(as_of=at(100)).score == 0


def test_only_events_that_are_kept_count_towards_the_limit():
    rules = Ruleset.from_text("email_open within 1 days +1", limits=Limits(events=100))
    state = rules.start({"id": "1"}, remember=NO_TIME)
    for days in range(10):
        for minute in range(80):
            state.add(opened(days + minute / 1440))
        assert state.result(as_of=at(days + 0.5)).score == 80
    assert state.kept <= 160


def test_a_state_of_many_events_that_was_asked_for_nothing_is_read_again():
    rules = Ruleset.from_text("email_open +1", limits=Limits(events=100))
    state = rules.start({"id": "1"}, remember=NO_TIME)
    for days in range(150):
        state.add(opened(days))
    assert rules.resume(state.to_json()).result(as_of=NOW).score == 150


# ------------------------------------------------------------------ evidence


def test_evidence_lists_the_latest_events_and_adds_up_the_earlier_ones():
    rules = Ruleset.from_text("page_view +(seconds / 2)")
    views_ = [{"type": "page_view", "at": at(n), "properties": {"seconds": n}} for n in range(26)]
    (entry,) = rules.evaluate({"id": "1", "events": views_}, as_of=NOW).audit
    assert [event["points"] for event in entry.evidence["events"]] == [Decimal(n) / 2 for n in range(6, 26)]
    assert entry.evidence["earlier"] == {"events": 5, "points": Decimal("7.5")}
    (few,) = rules.evaluate({"id": "1", "events": views_[:21]}, as_of=NOW).audit
    assert len(few.evidence["events"]) == 20
    assert "earlier" not in few.evidence


def test_events_that_give_nothing_are_no_evidence_but_for_the_latest_where_none_gives_any():
    rules = Ruleset.from_text("page_view +(seconds) half-life 1 days")
    views_ = [{"type": "page_view", "at": at(n), "properties": {"seconds": 1}} for n in (0, 20, 149)]
    (entry,) = rules.evaluate({"id": "1", "events": views_}, as_of=NOW).audit
    assert [event["at"] for event in entry.evidence["events"]] == ["2026-05-30T00:00:00Z"]
    (entry,) = rules.evaluate({"id": "1", "events": views_[:2]}, as_of=NOW).audit
    assert entry.points == 0
    assert entry.evidence["events"] == [
        {"type": "page_view", "at": "2026-01-21T00:00:00Z", "properties": {"seconds": 1}, "points": 0}
    ]


@pytest.mark.parametrize(
    "condition", ["count(email_open within 7 days) = 1", "email_open within 7 days", "no email_open"]
)
@pytest.mark.parametrize("late", [dt.timedelta(0), dt.timedelta(microseconds=1)])
def test_a_window_ends_where_that_of_evaluate_does(condition, late, monkeypatch):
    monkeypatch.setattr("leadrules.engine.incremental.state._FEW", 0)  # forget whatever can be forgotten, at once
    rules = Ruleset.from_text(f"{condition} +3\nemail_open within 7 days +5  max 2 times")
    lead = {"id": "42", "events": [opened(1), opened(3)]}
    state = rules.start(lead)
    state._most = 0
    state.result(as_of=at(4))
    moment = at(8) + late
    state._most = 0
    state.result(as_of=moment)
    state = rules.resume(state.to_json())
    assert state.result(as_of=moment).to_json() == rules.evaluate(lead, as_of=moment).to_json()
    assert (state.result(as_of=moment).score >= 10) is (late == NO_TIME)


def test_a_moment_of_an_odd_offset_is_stored_as_the_instant_that_it_is():
    amsterdam = dt.timezone(dt.timedelta(minutes=19, seconds=32))
    rules = Ruleset.from_text("email_open +1\ncreated >= 2026-02-01 +5")
    events = [{"type": "email_open", "at": at(days).astimezone(amsterdam)} for days in (1, 40)]
    lead = {"id": "42", "events": events, "attributes": {"created": at(40).astimezone(amsterdam)}}
    text = rules.start(lead).to_json()
    assert "19:32" not in text
    resumed = rules.resume(text)
    assert resumed.result(as_of=NOW).to_json() == rules.evaluate(lead, as_of=NOW).to_json()
    assert resumed.result(as_of=NOW).score == 7
