"""Which edits of a rule file throw the states away that there are, and which do not."""

import datetime as dt
import json

import pytest

from leadrules import Ruleset, StateError

NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
RULES = """\
ruleset acme version "1"
field region: text
event page_view[url: text, seconds: number]
list posts = {"/a", "/b"}
table worth = {"/a": 1, "/b": 2}
param big = 50

dimension interest
email_open                              +5   because "they read"
page_view[url in posts]                 +2   max 3
page_view[seconds > 10]                 +(seconds / 10)
page_view[worth(url) >= 2]              +1   max 4
email_click                             +4   half-life 30 days
count(page_view within 30 days) >= 3    +10
dimension fit
region = "north"                        +7
employees > (big)                       +8

stages new < warm < hot
score > 10 -> warm
unsubscribe -> tag "gone"
require region is known because "no region"
grade size = interest: A >= 20, B
"""


def edited(old: str, new: str) -> Ruleset:
    assert old in RULES
    return Ruleset.from_text(RULES.replace(old, new))


KEEPS = {
    "a comment": ("dimension fit", "# who they are\ndimension fit"),
    "a reason": ('because "they read"', 'because "they read us"'),
    "a tag's text": ('tag "gone"', 'tag "lost"'),
    "the version": ('version "1"', 'version "2"'),
    "the name": ("ruleset acme", "ruleset acme_gmbh"),
    "an unused field": ("field region", "field unread: number\nfield region"),
    "an unused event": ("list posts", "event unread[x: text]\nlist posts"),
    "pii": ("field region: text", "field region: text pii"),
    "points that are fixed": ("email_open                              +5", "email_open +6"),
    "fixed points with a cap": ("page_view[url in posts]                 +2", "page_view[url in posts] -3.5"),
    "a cap on the sum of points": ('because "they read"', 'max 50 points because "they read"'),
    "a rule's name": ("email_open   ", "rule opens: email_open"),
    "a list's name": ("posts", "pages"),
    "a table's name": ("worth", "value_of"),
    "a table in another order": ('{"/a": 1, "/b": 2}', '{"/b": 2, "/a": 1}'),
    "an output": ("param big", "output far = region is unknown\nparam big"),
    "a list in another order": ('{"/a", "/b"}', '{"/b", "/a"}'),
    "a rule about a field": ('region = "north"', 'region = "south"'),
    "a param of a rule about a field": ("param big = 50", "param big = 60"),
    "a number that is compared with": (">= 3    +10", ">= 4    +10"),
    "a threshold": ("score > 10", "score > 12"),
    "bounds of a dimension": ("dimension fit", "dimension fit max 10"),
    "a grade": ("A >= 20, B", "A >= 30, B"),
    "a requirement's reason": ('"no region"', '"region?"'),
    "the same rule once more": ("dimension fit", "email_open +1\ndimension fit"),
    "a label": ("warm < hot", "warm < hot < gone"),
    "another name of a label": ("stages new", "stages fresh"),
    "a rule less about a field that another reads": ('require region is known because "no region"\n', ""),
}

CHANGES = {
    "another event": ("unsubscribe ->", "spam_complaint ->"),
    "one event more": ("dimension fit", "email_reply +1\ndimension fit"),
    "one event less": ("email_click                             +4   half-life 30 days\n", ""),
    "one field more": ("dimension fit", "dimension fit\ncountry is known +1"),
    "a field's type": ("field region: text", 'field region: one of {"north"}'),
    "a field's column": ("field region: text", 'field region: text from "Region"'),
    "a property's type": ("seconds: number", "seconds: number, more: text"),
    "a filter": ("seconds > 10]", "seconds > 11]"),
    "a list that filters": ('{"/a", "/b"}', '{"/a", "/b", "/c"}'),
    "a table that filters": ('{"/a": 1, "/b": 2}', '{"/a": 2, "/b": 2}'),
    "a cap on events": ("max 3", "max 4"),
    "a decay": ("half-life 30 days", "half-life 31 days"),
    "points that fade": ("+4   half-life", "+5   half-life"),
    "points of a property": ("seconds / 10)", "seconds / 11)"),
    "a window": ("within 30 days", "within 31 days"),
    "a timezone": ("ruleset acme", 'timezone "Europe/Warsaw"\nruleset acme'),
    "the precision": ("ruleset acme", "precision 1\nruleset acme"),
    "another ladder": ("stages new", "stages life: a < b\nstages new"),
    "points that are none": ("email_open                              +5", "email_open +0"),
    "a season": ('because "they read"', 'from 2026-02-01 because "they read"'),
}


def state_of(rules: Ruleset):
    state = rules.start({"id": "1", "attributes": {"region": "north", "employees": 70}}, remember=dt.timedelta(0))
    for event in EVENTS[:150]:
        state.add(event)
    state.advance(as_of=NOW - dt.timedelta(days=50))
    assert state.kept < 150
    return state


EVENTS = [
    {
        "type": ("email_open", "page_view", "email_click")[n % 3],
        "at": NOW - dt.timedelta(days=200 - n, hours=n),
        "properties": {"url": "/abc"[: 1 + n % 2], "seconds": n % 30} if n % 3 == 1 else {},
    }
    for n in range(190)
]
LEAD = {"id": "1", "attributes": {"region": "north", "employees": 70}, "events": EVENTS}


@pytest.mark.parametrize("edit", KEEPS.values(), ids=KEEPS)
def test_edits_that_leave_what_is_kept_as_it_is_keep_states(edit):
    before, after = Ruleset.from_text(RULES), edited(*edit)
    assert after.state_fingerprint == before.state_fingerprint
    state = after.resume(state_of(before).to_json())
    for event in EVENTS[150:]:
        state.add(event)
    assert state.result(as_of=NOW).to_json() == after.evaluate(LEAD, as_of=NOW).to_json()
    found = json.loads(state.to_json())
    assert (found["fingerprint"], found["state_fingerprint"]) == (after.fingerprint, after.state_fingerprint)


@pytest.mark.parametrize("edit", CHANGES.values(), ids=CHANGES)
def test_edits_that_change_what_is_kept_refuse_states(edit):
    before, after = Ruleset.from_text(RULES), edited(*edit)
    assert after.state_fingerprint != before.state_fingerprint
    with pytest.raises(StateError, match="made by rules that keep other things of a lead") as error:
        after.resume(state_of(before).to_json())
    assert (error.value.field, error.value.expected) == ("state_fingerprint", after.state_fingerprint)


def test_rules_in_another_order_go_on_with_states():
    lines = RULES.splitlines()
    first = lines.index("dimension interest") + 1
    last = lines.index("dimension fit")
    moved = [*lines[:first], *lines[first:last][::-1], *lines[last:]]
    before, after = Ruleset.from_text(RULES), Ruleset.from_text("\n".join(moved))
    assert after.fingerprint != before.fingerprint
    state = after.resume(state_of(before).to_json())
    for event in EVENTS[150:]:
        state.add(event)
    assert state.result(as_of=NOW).to_json() == after.evaluate(LEAD, as_of=NOW).to_json()


def test_a_state_fingerprint_is_the_same_in_every_process():
    found = Ruleset.from_text("email_open[day > 2026-01-01] +5").state_fingerprint
    assert found == "sha256:0c8a3bf890a057a0318fda57b01f3d404bcec0dff8ee8d1cd47d907685f5cccd"
