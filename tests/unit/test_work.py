"""How much work a lead may take: counted before it is done, and the same on every engine."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from leadrules import LeadError, Limits, Ruleset
from leadrules.engine.spans import search
from leadrules.lead import LeadReader
from leadrules.ruleset import program_of
from leadrules.tables import score_files

NOW = dt.datetime(2026, 10, 26, tzinfo=dt.UTC)
TEXT = """page_view +1
count(email_open within 7 days) > 3 +1
stages a < b
page_view[seconds > 3] followed by email_open within 1 day -> b
"""


def lead(**counts):
    """Give a lead with so many events of each type, half of them later than now."""
    events = [
        {"type": type_, "at": NOW + dt.timedelta(minutes=index - number // 2)}
        for type_, number in counts.items()
        for index in range(number)
    ]
    return {"id": "42", "attributes": {}, "events": events}


def work(text=TEXT):
    return program_of(Ruleset.from_text(text)).scope.work


def limited(most, text=TEXT):
    return Ruleset.from_text(text, limits=Limits(work=most))


def refusal(score, *given, **named):
    with pytest.raises(LeadError) as caught:
        score(*given, **named)
    return str(caught.value), caught.value.code


def test_every_part_of_a_rule_counts_for_the_events_that_it_looks_at():
    found = work("page_view[seconds > 3] +1 max 2 per day\ncount(email_open) > 3 -> b\n")
    assert found.each["email_open"] == 2  # the event, and the selection
    assert found.each["page_view"] > work("page_view +1 max 2 per day\n").each["page_view"] > 2
    twice = "page_view[seconds > 3] +1 max 2 per day\npage_view[seconds > 3] +2 max 2 per day\n"
    assert work(twice).each["page_view"] == 2 * found.each["page_view"] - 1
    assert "email_click" not in found.each
    assert work("sum(seconds of page_view) > 3 -> b\n").each == {"page_view": 3}
    assert work('page_view[url in {"a", "b", "c"}] +1\n').each["page_view"] == (
        work('page_view[url in {"a", "b"}] +1\n').each["page_view"] + 1
    )


@pytest.mark.parametrize("counts", [{"page_view": 40, "email_open": 7}, {"email_open": 40, "email_click": 900}])
def test_the_limit_is_the_last_that_is_scored_on_every_engine(counts):
    needed, given = work().of(counts), lead(**counts)
    rules = limited(needed)
    expected = rules.evaluate(given, as_of=NOW).to_json()
    assert expected == Ruleset.from_text(TEXT).evaluate(given, as_of=NOW).to_json()
    assert rules.explain(given, as_of=NOW).result.to_json() == expected
    assert rules.start(given).result(as_of=NOW).to_json() == expected
    rules = limited(needed - 1)
    told = refusal(rules.evaluate, given, as_of=NOW)
    assert told[1] == "too_much_work"
    assert told[0].startswith(f"lead `42`: to score it takes {needed:,} steps of work, ")
    assert told[0].endswith(f"the limit is {needed - 1:,} (give fewer events, or raise the limit `work`)")
    assert refusal(rules.explain, given, as_of=NOW) == told
    assert refusal(rules.start, given) == told
    assert refusal(LeadReader(program_of(rules).scope).read, given, 0) == told
    assert refusal(rules.forecast, given, as_of=NOW) == refusal(rules.next_change, given, as_of=NOW) == told
    assert [(str(error), error.code) for error in rules.score_many([given], as_of=NOW, on_error="yield")] == [told]
    assert [mistake.code for mistake in rules.check_lead(given)] == ["too_much_work"]


def test_the_refusal_names_what_takes_most():
    told, _ = refusal(limited(100).evaluate, lead(page_view=40, email_open=7), as_of=NOW)
    each = work().each["page_view"]
    assert f", {each} for each of 40 `page_view`; " in told


def test_rules_that_are_too_much_for_any_lead_say_so():
    rules = limited(3)
    assert work().once > 3
    told = refusal(rules.evaluate, {"id": "42", "attributes": {}, "events": []}, as_of=NOW)
    assert told[0].startswith(f"lead `42`: to score it takes {work().once} steps of work; the limit is 3 ")
    assert refusal(rules.explain, {"id": "42"}, as_of=NOW) == told


def test_leads_of_any_shape_are_weighed():
    counts = {"page_view": 40}
    rules, given = limited(work().of(counts) - 1), lead(**counts)
    told = refusal(rules.evaluate, given, as_of=NOW)
    odd = [{**event, "type": " page_view "} for event in given["events"]]
    assert refusal(rules.evaluate, {"id": "42", "events": iter(odd)}, as_of=NOW) == told
    assert refusal(rules.evaluate, {"id": "42", "events": odd}, as_of=NOW) == told


def test_a_state_is_weighed_by_the_events_that_it_keeps():
    text = "count(email_open within 7 days) > 3 +1\n"
    each = work(text).each["email_open"]
    rules = limited(work(text).once + 100 * each, text)
    state = rules.start({"id": "42"}, remember=dt.timedelta(0))
    for day in range(300):
        state.add({"type": "email_open", "at": NOW - dt.timedelta(days=300 - day)})
    assert state.result(as_of=NOW).score == 1
    for minute in range(101):
        state.add({"type": "email_open", "at": NOW + dt.timedelta(minutes=minute)})
    told, code = refusal(state.result, as_of=NOW + dt.timedelta(days=1))
    assert code == "too_much_work"
    assert told.startswith("lead `42`: to score it takes ")
    assert refusal(state.explain, as_of=NOW + dt.timedelta(days=1)) == (told, code)
    state.advance(as_of=NOW + dt.timedelta(days=30))
    assert state.result(as_of=NOW + dt.timedelta(days=30)).score == 0


def test_looking_ahead_is_bounded_by_the_same_limit(monkeypatch):
    looks = []
    found = search.outcomes
    monkeypatch.setattr(search, "outcomes", lambda *given: looks.append(given) or found(*given))
    text = "field a: date\nfield b: date\nstages x < y\n(days since a - days since b) > 1 -> y\n"
    given = {"id": "42", "attributes": {"a": "2026-01-01", "b": "2026-01-01"}}
    once = work(text).once
    rules = limited(50 * once, text)
    told, code = refusal(rules.next_change, given, as_of=NOW)
    assert code == "too_much_work"
    assert told == (
        f"lead `42`: to look ahead takes more than {50 * once:,} steps of work, the limit, {once} for each "
        "moment looked at (ask for fewer days, give fewer events, or raise the limit `work`)"
    )
    assert len(looks) == 50
    result = rules.evaluate(given, as_of=NOW)
    assert refusal(lambda: result.valid_until) == (told, code)
    assert refusal(rules.forecast, given, as_of=NOW, days=90) == (told, code)
    assert rules.forecast(given, as_of=NOW, days=2).changes == ()


def test_a_lead_that_is_too_much_goes_to_the_rejects(tmp_path):
    leads = tmp_path / "leads.jsonl"
    big = {"id": "big", "events": [{"type": "page_view", "at": "2026-10-01T00:00:00Z"}] * 40}
    leads.write_text(f'{{"id": "small"}}\n{json.dumps(big)}\n', "utf-8")
    rules = limited(work().of({"page_view": 39}))
    summary = score_files(rules, leads=leads, as_of=NOW, output=tmp_path / "out.csv", rejects=tmp_path / "rejects.csv")
    assert (summary.scored, summary.rejected) == (1, 1)
    assert "steps of work" in (tmp_path / "rejects.csv").read_text("utf-8")


def test_the_limit_is_far_beyond_honest_use():
    rule = 'page_view[url contains "/pricing" and seconds > 3] within 30 days +2 max 3 per day half-life 30 days\n'
    assert work(rule * 200).of({"page_view": 100_000}) < Limits().work
