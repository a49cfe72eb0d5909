"""A result tells what was scored: whatever is changed in place of a lead afterwards, its audit stays the same."""

import copy
import datetime as dt
import numbers
from collections import OrderedDict, UserDict
from dataclasses import dataclass, field
from types import MappingProxyType, SimpleNamespace
from typing import Any

import attrs
import pytest

from leadrules import Event, Lead, Ruleset
from leadrules.engine.compiler import normalisation
from leadrules.sdk import criterion

AS_OF = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)

RULES = Ruleset.from_text(
    """
field tags: list of text
field born: date
event page_view[url: text, seconds: number, topics: list of text, until: date, seen: datetime, paid: bool]
event blog_view[url: text pii]
events content = page_view | blog_view
stages lead < mql < sql
  score >= 5 -> mql
  was sql -> sql
dimension fit
  employees > 5 and email is known +1
  tags contains {"vip"} +2
  days since born > 30 +1
  was mql +1
dimension interest
  page_view[url contains "p"] +1 max 2 per day
  page_view[seconds > 5 and paid] +1
  page_view[topics contains {"a"} or until > 2026-01-01] +1
  page_view[seen > 2026-01-01] +1 half-life 30 days
  page_view[url is unknown] +1
  content[url contains "x"] +1
  page_view +(seconds / 10) max 9 points
  page_view +1 max 1 per url
  email_open +1 max 2
  email_open followed by page_view[url contains "p"] within 3 days +1
  count(page_view[url contains "p"] since email_open) >= 0 +1
  last(url of page_view) contains "p" +1
  days since email_open >= 0 +1
"""
)


def lead() -> dict[str, Any]:
    """Give a lead, all of it its own."""
    properties = {"seconds": 20, "paid": True, "topics": ["a", "b"], "until": "2026-02-02", "seen": AS_OF - DAY}
    return {
        "id": "1",
        "attributes": {"employees": 9, "email": "a@b.pl", "tags": ["vip", "x"], "born": "2000-01-01"},
        "events": [
            {"type": "email_open", "at": AS_OF - 6 * DAY},
            {"type": "page_view", "at": AS_OF - 5 * DAY, "properties": {**copy.deepcopy(properties), "url": "/p/x"}},
            {"type": "page_view", "at": AS_OF - 3 * DAY, "properties": {**copy.deepcopy(properties), "url": "/home"}},
            {"type": "blog_view", "at": AS_OF - 2 * DAY, "properties": {"url": "/x"}},
            {"type": "page_view", "at": AS_OF - 1 * DAY, "properties": copy.deepcopy(properties)},
        ],
        "stages": {"stage": "mql"},
    }


def with_ids(given):
    for number, event in enumerate(given["events"]):
        event["id"] = f"e{number}"
    return given


def with_some_ids(given):
    for number in (2, 0, 4):
        given["events"][number]["id"] = f"e{number}"
    return given


def with_times_as_text(given):
    for event in given["events"]:
        event["at"] = event["at"].isoformat()
    return given


def newest_first(given):
    given["events"].reverse()
    return given


def of_one_moment(given):
    for event in given["events"]:
        event["at"] = AS_OF - DAY
    return given


def with_a_repeat(given):
    first = {"type": "page_view", "at": AS_OF - 20 * DAY, "id": "e1", "properties": {"url": "/p/first"}}
    given["events"].append(first)
    return with_some_ids(with_ids(given))


def without_stages(given):
    del given["stages"]
    return given


FORMS = (
    copy.deepcopy, with_ids, with_some_ids, with_times_as_text, newest_first, of_one_moment, with_a_repeat,
    without_stages,
)  # fmt: skip


def properties_of(given):
    return next(event["properties"] for event in given["events"] if "paid" in event.get("properties", {}))


def of_each(what: str, value: Any):
    def change(given):
        for event in given["events"]:
            event[what] = value

    return change


def of_each_property(name: str, value: Any):
    def change(given):
        for event in given["events"]:
            event.setdefault("properties", {})[name] = value

    return change


CHANGES = {
    "a text": lambda given: properties_of(given).update(url="/p/other"),
    "a text that passes no more": lambda given: properties_of(given).update(url="/"),
    "a number": of_each_property("seconds", 21),
    "a bool": of_each_property("paid", value=False),
    "a day": of_each_property("until", "2026-03-03"),
    "a moment": of_each_property("seen", AS_OF),
    "a member of a list of an event": lambda given: properties_of(given)["topics"].append("c"),
    "a property less": lambda given: properties_of(given).pop("paid"),
    "no properties": lambda given: properties_of(given).clear(),
    "what properties are": of_each("properties", None),
    "times": of_each("at", AS_OF - 2 * DAY),
    "times of another form": of_each("at", "2026-05-30T00:00:00Z"),
    "ids": of_each("id", "other"),
    "types": of_each("type", "email_open"),
    "what stands beside": of_each("beside", 1),
    "an emptied event": lambda given: given["events"][1].clear(),
    "one event more": lambda given: given["events"].append({"type": "page_view", "at": AS_OF}),
    "one event less": lambda given: given["events"].pop(1),
    "another event": lambda given: given["events"].__setitem__(1, given["events"][2]),
    "no events": lambda given: given["events"].clear(),
    "the order of events": lambda given: given["events"].reverse(),
    "an attribute": lambda given: given["attributes"].update(employees=10, email="c@d.pl", born="2001-01-01"),
    "an attribute less": lambda given: given["attributes"].pop("employees"),
    "a member of a list": lambda given: given["attributes"]["tags"].append("y"),
    "a label": lambda given: given.get("stages", {}).update(stage="lead"),
    "no labels": lambda given: given.get("stages", {}).clear(),
    "the id": lambda given: given.update(id="2"),
    "everything": lambda given: given.clear(),
}


def evaluated(given):
    return RULES.evaluate(given, as_of=AS_OF)


def asked_for_pii(given):
    return RULES.evaluate(given, as_of=AS_OF, pii=True)


def of_many(given):
    return next(iter(RULES.score_many([given], as_of=AS_OF)))


def explained(given):
    return RULES.explain(given, as_of=AS_OF).result


def forecast(given):
    return RULES.forecast(given, as_of=AS_OF, days=1).now


def of_a_state(given):
    return RULES.start(given).result(as_of=AS_OF)


ASKED = [
    *((answer, form) for answer in (evaluated, asked_for_pii, of_many, of_a_state) for form in FORMS),
    *((answer, with_some_ids) for answer in (explained, forecast)),
]


@pytest.mark.parametrize(("answer", "form"), ASKED)
def test_no_change_of_a_lead_changes_what_was_said_of_it(answer, form):
    expected = answer(form(lead()))
    for name, change in CHANGES.items():
        given = form(lead())
        first, second = answer(given), answer(given)
        change(given)
        assert first.to_json() == expected.to_json(), name
        assert [entry.to_dict() for entry in second.audit] == [entry.to_dict() for entry in expected.audit], name


@pytest.mark.parametrize("form", FORMS)
def test_what_is_told_is_what_the_reference_tells(form):
    for answer in (evaluated, of_many):
        assert answer(form(lead())).to_json() == explained(form(lead())).to_json()


# ---------------------------------------------------------------- other leads


@dataclass
class Visit:
    """An event of a host."""

    at: dt.datetime
    properties: dict[str, Any]
    type: str = "page_view"


@dataclass
class Person:
    """A lead of a host."""

    id: str
    attributes: dict[str, Any]
    events: list[Any]
    stages: dict[str, str] = field(default_factory=dict)


@attrs.define
class Contact:
    """A lead of another host."""

    id: str
    attributes: dict[str, Any]
    events: list[Any]


def visit(**properties):
    return {"type": "page_view", "at": AS_OF - DAY, "properties": {"url": "/p/old", "seconds": 20} | properties}


def of_a_mapping(event):
    inside = {"id": "1", "attributes": {"tags": ["vip"]}, "events": [event]}
    return MappingProxyType(inside)


HOSTS = {
    "a mapping": lambda: of_a_mapping(visit()),
    "a mapping of mappings": lambda: UserDict(id="1", attributes=UserDict(tags=["vip"]), events=[UserDict(visit())]),
    "another dict": lambda: OrderedDict(of_a_mapping(OrderedDict(visit()))),
    "a dict of a mapping": lambda: {"id": "1", "attributes": {"tags": ["vip"]}, "events": [UserDict(visit())]},
    "a dataclass": lambda: Person("1", {"tags": ["vip"]}, [Visit(AS_OF - DAY, visit()["properties"])]),
    "attrs": lambda: Contact("1", {"tags": ["vip"]}, [SimpleNamespace(**visit())]),
    "a Lead": lambda: Lead(id="1", attributes={"tags": ["vip"]}, events=[Event(**visit())]),
}


def part(of, name):
    return getattr(of, name) if hasattr(of, name) else of[name]


@pytest.mark.parametrize("host", HOSTS)
def test_leads_of_any_kind_may_be_changed(host):
    expected = evaluated(HOSTS[host]()).to_json()
    given = HOSTS[host]()
    result = evaluated(given)
    (event,) = part(given, "events")
    part(event, "properties")["url"] = "/p/new"
    part(given, "attributes")["tags"].append("new")
    assert '"/p/old"' in expected
    assert result.to_json() == expected
    assert '"/p/new"' in evaluated(given).to_json()


RULES_OF_NUMBERS = Ruleset.from_text(
    'field tags: list of text\nemployees > 5 +1\njob_title = "7" +1\ntags contains {"a"} +1\npage_view[seconds > 5] +1'
)


def test_values_of_number_libraries_are_told_as_they_were():
    np = pytest.importorskip("numpy")
    tags = np.array(["a", "b"])
    attributes = {"tags": tags, "employees": np.int64(7), "job_title": np.int64(7)}
    given = {"id": "1", "attributes": attributes, "events": [visit(seconds=np.int64(7))]}
    result = RULES_OF_NUMBERS.evaluate(given, as_of=AS_OF)
    expected = RULES_OF_NUMBERS.explain(given, as_of=AS_OF).result.to_json()
    tags[1] = "c"
    assert result.to_json() == expected


class Changing:
    """A whole number, of no library, that can become another."""

    value = 7

    def __int__(self) -> int:
        return self.value


numbers.Integral.register(Changing)


@pytest.mark.parametrize("place", ["employees", "job_title", "seconds"])
def test_a_number_that_can_become_another_is_told_as_it_was(place):
    number = Changing()
    seconds, attributes = (number, {}) if place == "seconds" else (9, {place: number})
    given = {"id": "1", "attributes": attributes, "events": [visit(seconds=seconds)]}
    result = RULES_OF_NUMBERS.evaluate(given, as_of=AS_OF)
    expected = RULES_OF_NUMBERS.explain(given, as_of=AS_OF).result.to_json()
    number.value = 8
    assert result.to_json() == expected
    assert result.score == (2 if attributes else 1)


# ------------------------------------------------------------- what is in order


@pytest.mark.parametrize("days", [-3, -1, 1])
def test_what_no_rule_reads_puts_events_of_one_moment_in_order_as_it_did_then(days):
    rules = Ruleset.from_text('event page_view[url: text, author: text]\npage_view[url contains "p"] +1 max 1')
    first, second = (
        {"type": "page_view", "at": AS_OF - DAY, "properties": {"url": url, "author": author}}
        for url, author in (("/p/1", "b"), ("/p/2", "a"))
    )
    given = {"id": "1", "attributes": {}, "events": [first, second, {"type": "page_view", "at": AS_OF + days * DAY}]}
    result = rules.evaluate(given, as_of=AS_OF)
    expected = rules.explain(given, as_of=AS_OF).result.to_json()
    first["properties"]["author"], second["properties"]["author"] = "a", "b"
    assert result.to_json() == expected
    assert rules.evaluate(given, as_of=AS_OF).to_json() != expected


@pytest.mark.parametrize("texts", [("z", "m"), ("m", "z")])
def test_a_text_that_passes_no_filter_puts_events_of_one_moment_in_order(texts):
    text = 'event page_view[campaign: text, url: text]\npage_view[url contains "p"] +1\npage_view[campaign = "m"] +1'
    rules = Ruleset.from_text(text)
    events = [
        {"type": "page_view", "at": AS_OF - DAY, "properties": {"campaign": campaign, "url": f"/p/{campaign}"}}
        for campaign in texts
    ]
    given = {"id": "1", "attributes": {}, "events": events}
    assert rules.evaluate(given, as_of=AS_OF).to_json() == rules.explain(given, as_of=AS_OF).result.to_json()


class Lab:
    """A criterion of a host, which only the reference asks."""

    @staticmethod
    @criterion(version="1")
    def long(text: str) -> bool:
        """Tell whether a text is long."""
        return len(text) > 4


@pytest.mark.parametrize("other", ["url is unknown", "lab.long(url)"])
def test_texts_that_pass_no_filter_are_kept_for_who_asks_for_them(other):
    text = f'use lab\npage_view[url contains "p"] +1\npage_view[{other}] +1\ncount(page_view[{other}]) > 0 +1'
    rules = Ruleset.from_text(text, criteria={"lab": Lab})
    urls = ("/p", "/home", "/", None)
    events = [visit(url=url) | {"at": AS_OF - day * DAY} for day, url in enumerate(urls, start=1)]
    given = {"id": "1", "attributes": {}, "events": events}
    result, expected = rules.evaluate(given, as_of=AS_OF), rules.explain(given, as_of=AS_OF).result.to_json()
    assert len(result.audit) == 3
    for event in events:
        event["properties"]["url"] = "changed"
    assert result.to_json() == expected


def test_events_each_later_than_the_one_before_are_not_looked_at_again(monkeypatch):
    def nobody(*_: object) -> None:
        raise AssertionError("events were read with care")

    monkeypatch.setattr(normalisation.EventNormaliser, "__call__", nobody)
    monkeypatch.setattr("leadrules.engine.compiler.captured.has_ties", nobody)
    rules = Ruleset.from_text('page_view[url contains "p"] +1')
    events = [visit() | {"at": AS_OF - days * DAY} for days in (3, 2, 1)]
    assert rules.evaluate({"id": "1", "attributes": {}, "events": events}, as_of=AS_OF).score == 3
