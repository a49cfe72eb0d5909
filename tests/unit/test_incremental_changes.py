"""What else a host does with a state: explain it, take events out, merge two, use it where it must not."""

import copy
import datetime as dt
import json
import threading
from decimal import Decimal

import attrs
import pytest

from leadrules import InputError, Ruleset, StateError

START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
RULES = Ruleset.from_text("""
    email_open                   +1   max 1 per day  half-life 30 days
    count(page_view) >= 3        +10
    page_view[seconds > 5]       +(seconds)
    page_view                    +2   max 5
    distinct(url of page_view) > 2  +3
    need                         +4
    stages new < warm
    score > 10 -> warm
""")


def at(days: float) -> dt.datetime:
    return START + dt.timedelta(days=days)


def viewed(days: float, id_: str, seconds: int = 7) -> dict[str, object]:
    return {"type": "page_view", "at": at(days), "id": id_, "properties": {"seconds": seconds, "url": f"/{seconds}"}}


def opened(days: float, id_: str) -> dict[str, object]:
    return {"type": "email_open", "at": at(days), "id": id_}


def state_with(events, *, id_="1", attributes=None, remember=7, asked=()):
    state = RULES.start({"id": id_, "attributes": attributes or {}}, remember=dt.timedelta(days=remember))
    for event in events:
        state.add(event)
    for days in asked:
        state._most = 0
        state.advance(as_of=at(days))
    return state


def gives_what(state, events, attributes=None, *, days=100.0, id_="1", stages=None):
    lead = {"id": id_, "attributes": attributes or {}, "events": events, "stages": stages or {}}
    for either in (state, RULES.resume(state.to_json())):
        assert either.result(as_of=at(days)).to_json() == RULES.evaluate(lead, as_of=at(days)).to_json()


EVENTS = [viewed(n / 2, f"v{n}", n) for n in range(80)] + [opened(n / 3, f"o{n}") for n in range(90)]


# ------------------------------------------------------------------- explain


def said(rule):
    """Give what an explanation says of a rule, but for how many events caps left out."""
    return attrs.evolve(rule, selected=None, kept=None)


def test_a_state_is_explained_as_all_that_was_taken_in():
    state = state_with(EVENTS, attributes={"need": True}, asked=(40, 60))
    assert state.kept < len(EVENTS)
    lead = {"id": "1", "attributes": {"need": True}, "events": EVENTS}
    expected = RULES.explain(lead, as_of=at(61))
    found = state.explain(as_of=at(61))
    assert found.result.to_json() == expected.result.to_json()
    assert [said(rule) for rule in found.rules] == [said(rule) for rule in expected.rules]
    assert (found.sums, found.ladders, found.unknown) == (expected.sums, expected.ladders, expected.unknown)
    assert str(found.why_not("new")) == str(expected.why_not("new"))
    assert state.as_of == at(61)
    assert {(rule.selected, rule.kept) for rule in found.rules} == {(None, None)}
    assert "events, latest" in str(found)
    whole = state_with(EVENTS)
    assert str(whole.explain(as_of=at(61))) == str(RULES.explain({**lead, "attributes": {}}, as_of=at(61)))


# -------------------------------------------------------------------- remove


def test_an_event_that_is_remembered_is_taken_out():
    for stored in (False, True):
        state = state_with(EVENTS, asked=(40,))
        state.add(viewed(41, "wrong", 1_000))
        state.add(viewed(50, "later", 900))
        state.add(viewed(42, "right", 30))
        state.advance(as_of=at(43))
        state = RULES.resume(state.to_json()) if stored else state
        before = state.result(as_of=at(43))
        seen = before.to_json()
        state.remove("page_view", "wrong")
        state.remove(" PAGE_VIEW ".strip().lower(), "later")
        assert before.to_json() == seen
        gives_what(state, [*EVENTS, viewed(42, "right", 30)])
        state.add(viewed(41, "wrong", 10))  # as it should have been
        gives_what(state, [*EVENTS, viewed(42, "right", 30), viewed(41, "wrong", 10)], days=101)


@pytest.mark.parametrize("type_", ["order", "Nowe zamówienie"])
@pytest.mark.parametrize("id_", ["0042", 42, Decimal("42.0"), "o1"])
def test_an_event_is_taken_out_under_the_names_that_the_data_has(type_, id_):
    rules = Ruleset.from_text('event order[number: number] from "Nowe zamówienie" id number\norder +1')
    state = rules.start({"id": 1}, remember=dt.timedelta(days=9))
    number = {} if id_ == "o1" else {"properties": {"number": "042"}}
    state.add({"type": "Nowe zamówienie", "at": at(1), "id": "o1", **number})
    assert state.result(as_of=at(2)).score == 1
    state.remove(type_, id_)
    assert state.result(as_of=at(2)).score == 0


@pytest.mark.parametrize(("type_", "id_"), [("page_view", "v1"), ("page_view", "none"), ("unknown", "v1")])
def test_an_event_that_is_not_remembered_cannot_be_taken_out(type_, id_):
    state = state_with(EVENTS, asked=(40, 60))
    before = state.to_json()
    with pytest.raises(StateError) as error:
        state.remove(type_, id_)
    assert str(error.value) == (
        f"lead `1`: no event `{type_}` with id `{id_}` is remembered (start again with all events but this one)"
    )
    assert error.value.code == "event_forgotten"
    assert state.to_json() == before


def test_a_repeat_goes_with_its_event():
    state = state_with([viewed(3, "a"), viewed(2, "a"), viewed(4, "a"), viewed(1, "b")])
    state.remove("page_view", "a")
    gives_what(state, [viewed(1, "b")])


# --------------------------------------------------------------------- merge


@pytest.mark.parametrize("asked", [((), ()), ((40,), ()), ((40, 60), (30, 50)), ((), (40, 60))])
@pytest.mark.parametrize("stored", [False, True])
def test_two_states_give_together_what_all_their_events_do(asked, stored):
    mine, theirs = EVENTS[::2], EVENTS[1::2]
    state = state_with(mine, asked=asked[0])
    other = state_with(theirs, id_="2", attributes={"need": True}, asked=asked[1])
    if stored:
        state, other = (RULES.resume(either.to_json()) for either in (state, other))
    text = other.to_json()
    state.merge(other)
    assert other.to_json() == text
    assert state.id == "1"
    gives_what(state, EVENTS, {"need": True})
    later = [viewed(101, "x", 50), viewed(101, "y", 60)]
    for event in later:
        state.add(event)
    gives_what(state, [*EVENTS, *later], {"need": True}, days=102)


def test_an_event_of_both_counts_once_while_both_remember_it():
    state = state_with([viewed(3, "a", 10), viewed(4, "b", 20)], asked=(5,))
    other = state_with([viewed(2, "a", 30), viewed(4, "c", 40)], asked=(6,))
    state.merge(other)
    gives_what(state, [viewed(2, "a", 30), viewed(4, "b", 20), viewed(4, "c", 40)], days=7)
    state.add(viewed(2, "a", 30))
    gives_what(state, [viewed(2, "a", 30), viewed(4, "b", 20), viewed(4, "c", 40)], days=8)


def test_what_this_lead_knows_stays_and_what_it_lacks_is_filled():
    state = state_with([], attributes={"need": False})
    other = state_with([], attributes={"need": True})
    other.update(stages={"stage": "warm"})
    state.merge(other)
    gives_what(state, [], {"need": False}, stages={"stage": "warm"})
    empty = state_with([])
    empty.merge(other)
    gives_what(empty, [], {"need": True}, stages={"stage": "warm"})


def test_the_span_remembered_is_the_shorter_and_the_moment_the_later():
    state, other = state_with([], remember=7, asked=(3,)), state_with([], remember=2, asked=(5,))
    state.merge(other)
    assert (state.remember, state.as_of) == (dt.timedelta(days=2), at(5))


def test_states_of_rules_that_keep_other_things_do_not_merge():
    state, other = state_with(EVENTS), Ruleset.from_text("email_open +1").start({"id": "2"})
    before = state.to_json()
    with pytest.raises(StateError, match="the other state is of rules that keep other things of a lead") as error:
        state.merge(other)
    assert error.value.code == "state_of_other_rules"
    assert state.to_json() == before


def test_a_state_merges_with_its_own_copy():
    state = state_with(EVENTS)
    state.merge(copy.copy(state))
    gives_what(state, EVENTS)


# -------------------------------------------------------------- what it takes


def test_a_state_is_resumed_from_what_a_database_read():
    state = state_with(EVENTS, attributes={"need": True}, asked=(40, 60))
    found = json.loads(state.to_json())
    before = copy.deepcopy(found)
    again = RULES.resume(found)
    assert again.to_json() == state.to_json()
    assert again.result(as_of=at(61)) == state.result(as_of=at(61))
    assert found == before
    for odd in ({}, {"state": 3}, {"state": object()}, {1: 2}):
        with pytest.raises(StateError, match="this is not a state of a lead"):
            RULES.resume(odd)


def test_events_to_start_with_come_from_anything_that_can_be_gone_through():
    lead = {"id": "1", "events": (event for event in EVENTS)}
    assert (
        RULES.start(lead).result(as_of=at(100)).score == RULES.evaluate({**lead, "events": EVENTS}, as_of=at(100)).score
    )


@pytest.mark.parametrize("moment", ["0002-01-01T00:00:00+23:59", "9998-12-31T23:00:00-23:00", "9998-12-31T23:59:59Z"])
def test_moments_at_the_edges_of_time_are_taken_by_states_too(moment):
    rules = Ruleset.from_text("email_open +5\ndays since email_open < 99999999 +1\nemail_open[day > 2026-01-01] +1")
    lead = {"id": "1", "events": [{"type": "email_open", "at": moment, "id": "a"}]}
    state = rules.start(lead, remember=dt.timedelta(0))
    for as_of in (START, dt.datetime(9998, 12, 31, 23, 59, 59, tzinfo=dt.UTC)):
        state = rules.resume(state.to_json())
        state._most = 0
        assert state.result(as_of=as_of).to_json() == rules.evaluate(lead, as_of=as_of).to_json()
        assert str(state.explain(as_of=as_of)) == str(rules.explain(lead, as_of=as_of))


# -------------------------------------------------------------------- tables


def test_a_state_says_by_which_tables_forgotten_events_were_judged(monkeypatch):
    state = state_with(EVENTS)
    assert state.judged_by == {}
    state = state_with(EVENTS, asked=(40, 60))
    assert state.judged_by == {name: (version,) for name, version in RULES.environment.items()}
    text, before = state.to_json(), RULES.environment["tzdata"]
    monkeypatch.setattr(Ruleset, "environment", RULES.environment | {"tzdata": "2050a"})
    later = Ruleset.from_text(str(RULES._files.texts[""])).resume(text)
    assert later.judged_by == state.judged_by
    for n in range(200):
        later.add(viewed(61 + n / 10, f"later {n}", 1))
    for days in (90, 99):
        later._most = 0
        later.advance(as_of=at(days))
    again = Ruleset.from_text(str(RULES._files.texts[""])).resume(later.to_json())
    assert again.judged_by["tzdata"] == tuple(sorted(["2050a", before]))
    fresh = state_with(EVENTS)
    fresh.merge(state)
    assert fresh.judged_by == state.judged_by


# ------------------------------------------------------------------- threads


def test_two_threads_at_once_are_refused():
    state = state_with(EVENTS)
    inside, go_on = threading.Event(), threading.Event()

    class Slow:
        type = "page_view"
        at = START
        properties = None

        @property
        def id(self):
            inside.set()
            assert go_on.wait(10)
            return "slow"

    thread = threading.Thread(target=state.add, args=(Slow(),))
    thread.start()
    assert inside.wait(10)
    calls = (
        lambda: state.add(opened(1, "x")),
        lambda: state.update({"need": True}),
        lambda: state.advance(as_of=at(1)),
        lambda: state.result(as_of=at(1)),
        lambda: state.explain(as_of=at(1)),
        lambda: state.remove("page_view", "v1"),
        lambda: state.merge(state_with([])),
        lambda: copy.copy(state),
        state.to_json,
    )
    for call in calls:
        with pytest.raises(StateError, match="this state is in use by another thread") as error:
            call()
        assert error.value.code == "state_in_use"
    go_on.set()
    thread.join()
    gives_what(state, [*EVENTS, {"type": "page_view", "at": START, "id": "slow"}])


def test_what_is_refused_leaves_the_state_free():
    state = state_with(EVENTS)
    for _ in range(2):
        with pytest.raises(InputError, match="has no time"):
            state.add({"type": "page_view"})
    gives_what(state, EVENTS)
