"""Evidence is complete: what criteria answered, what filters read and which events followed stands in it.

The same bytes in every engine, bounded, and masked where it is personal.
"""

import datetime as dt
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from leadrules import Ruleset
from leadrules.sdk import criterion
from leadrules.testing import engines_agree, incremental_agrees

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


class Lab:
    """Criteria of a host."""

    @staticmethod
    @criterion(version="1")
    def f(text: str) -> bool:
        """Tell whether a text is long."""
        return len(text) > 3

    @staticmethod
    @criterion(version="2")
    def n(text: str) -> Decimal:
        """Count characters."""
        return Decimal(len(text))

    @staticmethod
    @criterion(version="3")
    def t(text: str) -> str:
        """Give the text once more."""
        return f"{text}{text}"

    @staticmethod
    @criterion(version="4")
    def renewal(signed: date) -> date:
        """Give the day of renewal."""
        return signed


DECLARED = """use lab
field company: text
field signed: date
event page_view[url: text]
event purchase[url: text]
criterion due = lab.renewal(signed)
"""


def event(type_, at, url, **more):
    return {"type": type_, "at": at, "properties": {"url": url}, **more}


VIEW = event("page_view", "2026-11-01T00:00:00Z", "/price", id="v1")
SHORT = event("page_view", "2026-11-03T00:00:00Z", "/")
SALE = event("purchase", "2026-11-01T01:00:00Z", "Acme")
LEAD = {
    "id": "1",
    "attributes": {"company": "Acme", "signed": "2026-01-01"},
    "events": [SHORT, SALE, VIEW, event("purchase", "2026-11-01T00:30:00Z", "")],
}


def answer(name, version, value, **arguments):
    told = {"value": value, "arguments": arguments, "criterion": f"lab.{name}", "version": version}
    return told | {"distribution": None}


LONG = {"lab.f(url)": answer("f", "1", value=True, text="/price")}
COMPANY = {"lab.f(company)": answer("f", "1", value=True, text="Acme"), "company": "Acme"}
DUE = {"due": "2026-01-01", "lab.renewal(signed)": answer("renewal", "4", "2026-01-01", signed="2026-01-01")}
DUE |= {"signed": "2026-01-01"}
SHOWN = {"type": "page_view", "at": "2026-11-01T00:00:00Z", "id": "v1", "properties": {"url": "/price"}}
LISTED = {"events": 1, "latest": "2026-11-01T00:00:00Z", "listed": [SHOWN | {"values": LONG}]}
PLAIN = {"type": "page_view", "at": "2026-11-03T00:00:00Z"}

CASES = [
    ("page_view[lab.f(url)] +5", {"events": [SHOWN | {"values": LONG, "points": 5}]}),
    (
        'page_view[url contains "p"] +(lab.n(url))',
        {"events": [SHOWN | {"values": {"lab.n(url)": answer("n", "2", 6, text="/price")}, "points": 6}]},
    ),
    (
        "page_view[lab.f(company)] +5 max 1",
        {"events": [PLAIN | {"points": 5}], "values": COMPANY},
    ),
    ("page_view[url != company] +1 max 1", {"events": [PLAIN | {"properties": {"url": "/"}, "points": 1}]}),
    ("page_view +(days since due) max 1", {"events": [PLAIN | {"points": 324}], "values": {"days since due": 324}}),
    ("count(page_view[lab.f(url)]) >= 1 +5", {"values": {"count(page_view[lab.f(url)])": 1}}),
    ("page_view[lab.f(url)] and company is known +5", {"values": {"page_view[lab.f(url)]": LISTED, "company": "Acme"}}),
    ('last(url of page_view[lab.f(url)]) = "/price" +3', {"values": {"last(url of page_view[lab.f(url)])": "/price"}}),
    ("days since due > 5 +5", {"values": {"days since due": 324} | DUE}),
    ("days since last(at of page_view[lab.f(company)]) > 1 +4", {"values": COMPANY}),
    ("purchase since page_view[lab.f(url)] +5 max 1", {"values": {"page_view[lab.f(url)]": LISTED}}),
    (
        "page_view followed by purchase[url = company] within 2 hours +7",
        {"events": ..., "values": {"company": "Acme"}},
    ),
]


def load(text, more=""):
    return Ruleset.from_text(f"{DECLARED}{more}{text}", criteria={"lab": Lab})


def within(part, whole):
    """Tell whether plain data holds all of another, objects in part."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(key in whole and within(one, whole[key]) for key, one in part.items())
    return part in (..., whole)


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text for text, _ in CASES])
def test_what_points_rest_on_is_told(text, expected):
    rules = load(text)
    entry = rules.evaluate(LEAD, as_of=NOON).audit[0]
    assert within(expected, entry.evidence), entry.evidence_json()
    engines_agree(rules, LEAD, NOON)
    incremental_agrees(rules, LEAD, NOON)


def test_fields_that_filters_read_are_told():
    evidence = load("page_view[url != company] +1 max 1").evaluate(LEAD, as_of=NOON).audit[0].evidence
    assert evidence["values"] == {"company": "Acme"}
    counted = load("count(page_view[url != company]) > 1 +1").evaluate(LEAD, as_of=NOON).audit[0].evidence
    assert counted["values"] == {"count(page_view[url != company])": 2, "company": "Acme"}


def test_criteria_that_are_counted_are_told_with_the_events():
    evidence = load("count(page_view[lab.f(url)]) >= 1 +5").evaluate(LEAD, as_of=NOON).audit[0].evidence
    assert evidence["values"]["page_view[lab.f(url)]"] == LISTED


# ---------------------------------------------------------------- followed by


def selected(text, lead=LEAD):
    (entry,) = load(f"{text} +7").evaluate(lead, as_of=NOON).audit
    return entry.evidence["events"]


def test_each_event_is_shown_with_what_answered_it_first():
    views = [event("page_view", f"2026-11-0{day}T00:00:00Z", "/p", id=f"v{day}") for day in (1, 2, 5)]
    sales = [event("purchase", f"2026-11-02T{hour:02}:00:00Z", "/s", id=f"s{hour}") for hour in (3, 1)]
    found = selected("page_view followed by purchase within 2 days", {"id": "1", "events": [*sales, *views]})
    answer_ = {"type": "purchase", "at": "2026-11-02T01:00:00Z", "id": "s1"}
    assert [(one["id"], one["answered_by"]) for one in found] == [("v1", [answer_]), ("v2", [answer_])]


def test_what_came_before_an_event_is_shown_with_what_is_the_same():
    views = [event("page_view", f"2026-11-01T0{hour}:00:00Z", "/P" if hour % 2 else "/p") for hour in range(3)]
    (first, second) = selected("page_view preceded by page_view[same url]", {"id": "1", "events": views})
    assert first["answered_by"] == [
        {"type": "page_view", "at": "2026-11-01T00:00:00Z", "properties": {"url": "/p"}},
    ]
    assert second["answered_by"][0]["at"] == "2026-11-01T01:00:00Z"


def test_a_chain_shows_all_that_came_after():
    views = [event("page_view", f"2026-11-01T0{hour}:00:00Z", "/") for hour in range(4)]
    found = selected("page_view followed by page_view then page_view", {"id": "1", "events": views})
    hours = [[one["at"][11:13] for one in event["answered_by"]] for event in found]
    assert hours == [["01", "02"], ["02", "03"]]


def test_what_nothing_answered_is_shown_alone():
    (found,) = selected('page_view[url contains "/"] not followed by purchase[lab.f(url)] within 2 hours')
    assert found == {
        "type": "page_view", "at": "2026-11-03T00:00:00Z", "properties": {"url": "/"}, "points": 7,
    }  # fmt: skip


@pytest.mark.parametrize("asked", ["{} and no unsubscribe", "count({}) >= 1"])
def test_a_condition_lists_what_was_answered_too(asked):
    text = "page_view followed by page_view within 3 days"
    (entry,) = load(f"{asked.format(text)} +7").evaluate(LEAD, as_of=NOON).audit
    found = entry.evidence["values"][text]
    assert (found["events"], found["latest"]) == (1, "2026-11-01T00:00:00Z")
    assert [one["at"] for one in found["listed"][0]["answered_by"]] == ["2026-11-03T00:00:00Z"]


def test_criteria_asked_in_a_sequence_are_told():
    (found,) = selected("page_view[lab.f(url)] followed by purchase[lab.f(url)] within 2 hours")
    assert found == SHOWN | {"values": LONG, "points": 7, "answered_by": found["answered_by"]}
    assert found["answered_by"][0]["values"] == {"lab.f(url)": answer("f", "1", value=True, text="Acme")}


def test_explanations_say_which_events_followed():
    lines = str(load("page_view followed by purchase within 2 hours +7").explain(LEAD, as_of=NOON))
    assert "1 event on 2026-11-01, then purchase on" in " ".join(lines.split())


# -------------------------------------------------------------------- bounded


@pytest.mark.parametrize("text", ["page_view[lab.f(url)] +1", "count(page_view[lab.f(url)]) > 1 +1"])
def test_at_most_the_latest_twenty_events_are_listed(text):
    start = datetime(2026, 9, 1, tzinfo=UTC)
    views = [event("page_view", start + dt.timedelta(days=day), f"/page-{day}") for day in range(50)]
    rules, lead = load(text), {"id": "1", "events": views}
    evidence = rules.evaluate(lead, as_of=NOON).audit[0].evidence
    listed = evidence.get("events") or evidence["values"]["page_view[lab.f(url)]"]["listed"]
    assert [one["properties"]["url"] for one in listed] == [f"/page-{day}" for day in range(30, 50)]
    incremental_agrees(rules, lead, NOON)


# ------------------------------------------------------------------- personal

SECRET = "hush-hush"  # noqa: S105
DAY = "1987-06-05"
PERSONAL = """field email: text pii
field born: date pii
event chat[said: text pii, on: date pii]
event bought[said: text pii]
criterion birthday = lab.renewal(born)
criterion twice = lab.t(email)
"""
ASKED = [
    *("lab.f(said)", "lab.n(said) > 1", "lab.t(said) is known", "said is known", "said != email", "said != twice"),
    *("lab.f(email)", "lab.t(email) is known", "on <= born", "days since on > 1", "days since birthday > 1"),
    *("lab.f(lab.t(said))", "twice is known", "lab.renewal(on) <= 2026-01-01", "lab.renewal(on) = birthday"),
]
PLACES = [
    "chat[{}] +1",
    "chat[{}] +(days since birthday)",
    "chat[{}] +(lab.n(lab.t(said))) max 1 per said",
    "count(chat[{}]) > 0 +1",
    "chat[{}] and birthday is known +1",
    "last(said of chat[{}]) != twice +1",
    "last(on of chat[{}]) is known +1",
    "days since last(on of chat[{}]) > 1 +1",
    "days since first(at of chat[{}]) > 1 +1",
    "bought since chat[{}] +1",
    "chat[{}] followed by bought[lab.t(said) != email] within 1 day +1",
    "chat[{}] not followed by bought[said != email] within 1 hour +1",
    "bought not followed by chat[{}] within 1 hour +1",
    "page_view[url = email] or chat[{}] +1 | else +1",
]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("asked", ASKED)
def test_nothing_personal_is_told_anywhere(place, asked):
    text = place.format(asked)
    said = {"said": f"{SECRET} said", "on": DAY}
    events = [
        {"type": "chat", "at": "2026-11-01T00:00:00Z", "properties": said},
        {"type": "bought", "at": "2026-11-01T02:00:00Z", "properties": {"said": SECRET}},
    ]
    lead = {"id": "1", "attributes": {"email": SECRET, "born": DAY}, "events": events}
    rules = load(text, PERSONAL)
    for score in (rules.evaluate, rules.explain):
        told = str(score(lead, as_of=NOON).to_dict()).replace(rules.fingerprint, "")  # any digits may stand in it
        assert SECRET not in told
        assert "1987" not in told
    assert SECRET not in str(rules.explain(lead, as_of=NOON))
    assert rules.evaluate(lead, as_of=NOON).audit
    if "lab." in asked and "not followed by chat" not in place:
        shown = rules.evaluate(lead, as_of=NOON, pii=True).to_json()
        assert SECRET in shown or DAY in shown
    engines_agree(rules, lead, NOON)
