"""Criteria of plugins in rules: wherever values stand, with whatever arguments, and when they fail."""

# ruff: noqa: ARG001, ARG002 - some criteria are about something else than their arguments

import datetime as dt
import decimal
import functools
import itertools
import pickle
import re
import signal
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from types import ModuleType
from typing import Literal

import pytest
from hypothesis import given
from hypothesis.strategies import integers

from leadrules import PluginError, RuleCheckError, Ruleset, RulesetError
from leadrules.sdk import LeadView, Written, criterion
from leadrules.testing import engines_agree, incremental_agrees, leads

NOON = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)


def small(most: Decimal) -> None:
    if most > 10:
        raise ValueError("at most 10")


def unsure(text: str) -> None:
    raise KeyError(text)


def in_order(written: Mapping[str, Written]) -> None:
    low, high = written["low"], written.get("high")
    if high is None:
        raise ValueError(f"`{low.text}` has no end")
    if low.value is not ... and high.value is not ... and low.value > high.value:
        raise ValueError(f"`{low.text}` is above `{high.text}`")
    if low.text == "surprise":
        raise KeyError(low.text)


@criterion(together=in_order)
def between(text: str, low: Decimal, high: Decimal | None = None) -> bool:
    """Tell whether a text has so many letters."""
    return low <= len(text) <= (high or low)


@criterion(version="3", checks={"most": small})
def length(text: str, most: Decimal = Decimal(5)) -> Decimal:
    """Count letters."""
    return min(Decimal(len(text)), most)


@criterion
def either(first: str | None, second: str | None = None) -> str | None:
    """Give the first that is known."""
    return first or second


@criterion
def sure(given: bool, day: dt.date | None = None) -> bool:
    """Give what is given."""
    return given


@criterion
def joined(texts: list[str]) -> str:
    """Join texts."""
    return "+".join(texts)


@criterion
def split(text: str) -> list[str]:
    """Split a text."""
    return text.split("-")


@criterion
def later(when: dt.datetime, days: Decimal) -> dt.datetime:
    """Give a later time."""
    return when + dt.timedelta(days=int(days))


@criterion
def same_moment(one: dt.datetime, other: dt.datetime) -> bool:
    """Compare moments."""
    return one == other


@criterion
def day_after(day: dt.date, days: Decimal = Decimal(1)) -> dt.date:
    """Give a later day."""
    return day + dt.timedelta(days=int(days))


@criterion
def size(employees: Decimal) -> Literal["small", "large"]:
    """Give a size."""
    return "large" if employees >= 100 else "small"


@criterion
def sizes(employees: Decimal) -> list[Literal["small", "large"]]:
    """Give all sizes."""
    return ["small", "large"] if employees >= 100 else ["small"]


@criterion
def repeated(text: str, unit: Literal["once", "Twice"] = "once") -> str:
    """Repeat a text."""
    return {"once": text, "Twice": text * 2}[unit]


@criterion
def listed(units: list[Literal["once", "Twice"]]) -> str:
    """Join units."""
    return "+".join(units)


@criterion
def misnamed(text: str) -> Literal["a", "b"]:
    """Give what it does not say."""
    return text


@criterion
def worded(days: Decimal = Decimal(1), count: Decimal = Decimal(1), true: bool = False, was: str = "") -> Decimal:
    """Multiply, its parameters named by words of the language."""
    return days * count * (2 if true else 1) + len(was)


@criterion(events={"activity": {}}, fields={"company": str, "email": str})
def activity(lead: LeadView, weight: Decimal = Decimal(1)) -> Decimal:
    """Count what happened."""
    return len(lead.events) * weight


@criterion(fields={"company": str}, events={"signed": {"note": str}})
def note(lead: LeadView) -> str | None:
    """Give the note of the last event."""
    return lead.events[-1].properties["note"] if lead.events else None


@criterion(fields={"plan": str}, events={})
def plan(lead: LeadView) -> str | None:
    """Give a field that few files have."""
    return lead.attributes["plan"]


@criterion(fields={"fleet": Decimal, "kind": Literal["car", "van"]}, events={"page_view": {"seconds": Decimal}})
def drives(lead: LeadView) -> bool:
    """Look at numbers."""
    fleet = lead.attributes["fleet"] or 0
    return fleet + sum(event.properties["seconds"] or 0 for event in lead.events) > 5


@criterion(fields={}, events={"content": {"url": str}})
def read(lead: LeadView) -> list[str]:
    """Look at a group, of which not every event has the property."""
    assert all(set(event.properties) == {"url"} for event in lead.events)
    return [event.properties["url"] or "?" for event in lead.events]


@criterion(fields={"company": str}, events={"page_view": {}})
def peeps(lead: LeadView, field: bool) -> bool:
    """Look at what it does not name."""
    return (lead.attributes["fleet"] if field else lead.events[0].properties["url"]) is None


@criterion(fields={"company": str}, events={"page_view": {}})
def looks_up(lead: LeadView, field: bool) -> bool:
    """Look up what it does not name."""
    return (lead.attributes.get("fleet") if field else lead.events[0].properties.get("url")) is None


@criterion(fields={"company": str}, events={"page_view": {}})
def has_a_default(lead: LeadView) -> bool:
    """Say what stands for what it does not name."""
    fleet, url = lead.attributes.get("fleet", 7), lead.events[0].properties.get("url", None)
    return fleet == 7 and url is None and lead.attributes.get("company") is None


@criterion(checks={"text": unsure})
def checked(text: str) -> bool:
    """Check badly."""
    return True


@criterion(checks={"text": str.isupper})
def shouts(text: str) -> bool:
    """Be asked in capitals."""
    return True


@criterion(checks={"text": len})
def numbers(text: str) -> bool:
    """Check with what is no check."""
    return True


@criterion(formerly=["breadth"], renamed={"at_most": "most"})
def width(text: str, most: Decimal = Decimal(5)) -> Decimal:
    """Have had other names."""
    return min(Decimal(len(text)), most)


@criterion(deprecated="write `crm.width(…)`")
def ending(text: str) -> Decimal:
    """Go away."""
    return Decimal(len(text))


@criterion
def unknown(text: str) -> Decimal | None:
    """Never know."""
    return None


MODULE = ModuleType("crm")
vars(MODULE).update({name: value for name, value in globals().items() if hasattr(value, "__leadrules_criterion__")})


def load(text: str, **more) -> Ruleset:
    return Ruleset.from_text(f"use crm\n{text}\n", criteria={"crm": MODULE}, **more)


def score(text: str, events=(), **attributes) -> Decimal:
    lead = {"id": "1", "attributes": attributes, "events": list(events)}
    rules = load(text)
    engines_agree(rules, lead, NOON)
    incremental_agrees(rules, lead, NOON)
    return rules.evaluate(lead, as_of=NOON).score


def mistakes(text: str) -> list[str]:
    with pytest.raises(RuleCheckError) as caught:
        load(text)
    return [f"{d.code} {d.message} / {d.help or ''}" for d in caught.value.diagnostics]


OPEN = {"type": "email_open", "at": "2026-11-01T10:00:00Z", "id": "e1"}


# ----------------------------------------------------------- where values stand


@pytest.mark.parametrize(
    ("arguments", "value"),
    [
        ("days: 3", 3),
        ("count: 4, days: 5", 20),
        ("true: true, `days`: 3", 6),
        ("was : company, true: employees > 5", 6),
        ("count: count(email_open), days: days since first(at of email_open)", 20),
    ],
)
def test_the_name_of_a_parameter_may_be_any_word(arguments, value):
    text = f"crm.worded({arguments}) = {value} +1"
    assert score(text, [OPEN], company="Acme", employees=9) == 1


def test_the_name_of_a_parameter_is_written_without_backticks():
    rules = load("crm.worded(`days`: 3, `true`: true) = 6 +1")
    assert rules.evaluate({"id": "1"}, as_of=NOON).audit[0].rule == "crm.worded(days: 3, true: true) = 6"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("crm.length(company) >= 4 +10", 10),
        ("crm.length(company, 3) = 3 +10", 10),
        ("crm.length(company, most: 3) = 3 +10", 10),
        ("crm.length(most: 3, text: company) = 3 +10", 10),
        ("crm.length(crm.joined(crm.split(company))) = 4 +10", 10),
        ('crm.sure(country = "PL") +10', 10),
        ('not crm.sure(country = "PL") +10 | else -10', -10),
        ("crm.sure(true) and crm.length(company) between 3 and 5 +10", 10),
        ("always +(crm.length(company) * 2)", 8),
        ("crm.length(company) >= 9 +1 | >= 4 +2 | else +3", 2),
        ("at least 2 of (crm.sure(true), crm.length(company) = 4, need) +10", 10),
        ("email_open +1 when crm.length(company) = 4", 2),
        ("criterion c = crm.length(company)\nc = 4 +10", 10),
        ("criterion c = crm.sure(true)\nc +10", 10),
        ("segment s = crm.sure(true)\ns +10", 10),
        ("dimension d\ncompany is known +10\npersona p +6 in d\ncrm.length(company) = 4 weight 2\nneed weight 1", 14),
        ("param least = 4\ncrm.length(company, most: least) = 4 +10", 10),
        ("email_open[crm.length(company) = 4] +1", 2),
        ("page_view[crm.length(url) = 3] +1", 1),
        ("page_view +(crm.length(url))", 8),
        ("count(page_view[crm.length(url, most: 10) > 4]) = 1 +10", 10),
        ("crm.length(first(url of page_view)) = 3 +10", 10),
        ('crm.either(industry, company) = "acme" +10', 10),
        ('crm.either(company) = "ACME" +10', 10),
        ('crm.joined({"a", "b"}) = "a+b" +10', 10),
        ('list ab = {"a", "b"}\ncrm.joined(ab) = "a+b" +10', 10),
        ('crm.split("a-b") contains "B" +10', 10),
        ('grade g = points: A >= 1, B\nalways +1\ncrm.length(g) = 1 -> tag "one"', 1),
        ("crm.later(created, 10) > created +10", 10),
        ("use crm as other\nother.length(company) = 4 and crm.length(company) = 4 +10", 10),
        ("crm.activity() = 4 +10", 10),
        ("crm.activity(weight: 0.5) = 2 +10", 10),
        ("use `crm` as `two words`\n`two words`.sure(true) +1", 1),
    ],
)
def test_a_criterion_stands_where_values_and_conditions_do(text, expected):
    events = [
        OPEN,
        {**OPEN, "id": "e2"},
        {"type": "page_view", "at": "2026-11-02T10:00:00Z", "properties": {"url": "abc"}},
        {"type": "page_view", "at": "2026-11-03T10:00:00Z", "properties": {"url": "abcdef"}},
    ]
    lead = {"company": "Acme", "country": "PL", "created": "2026-11-01T00:00:00Z"}
    assert score(text, events, **lead) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('crm.size(employees) = "LARGE" +1', 1),
        ('crm.size(employees) != "small" +1', 1),
        ('criterion s = crm.size(employees)\ns in {"large"} +1', 1),
        ('crm.size(employees) contains "arg" +1', 1),
        ('crm.sizes(employees) contains "Large" +1', 1),
        ('crm.repeated(company, unit: "twice") = "acmeacme" +1', 1),
        ("crm.repeated(company) = company +1", 1),
        ('param how = "TWICE"\ncrm.repeated(company, how) = "acmeacme" +1', 1),
        ('field how: one of {"twice"}\ncrm.repeated(company, how) = "acmeacme" +1', 1),
        ('crm.listed({"once", "twice"}) = "once+twice" +1', 1),
        ('page_view[crm.size(seconds) = "small"] +1', 1),
    ],
)
def test_a_closed_answer_or_parameter_is_one_of_its_texts_whatever_their_case(text, expected):
    view = {"type": "page_view", "at": "2026-11-20T23:30:00Z", "id": "e2", "properties": {"seconds": 5}}
    assert score(text, [view], employees=200, company="Acme", how="Twice") == expected


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('crm.size(employees) = "lagre" +1', 'LR407 `crm.size(employees)` is never "lagre" / did you mean "large"?'),
        ('crm.size(employees) in {"big"} +1', 'LR407 `crm.size(employees)` is never "big" / it is one of "small", "'),
        ('criterion s = crm.size(age)\ns = "big" +1', 'LR407 `s` is never "big" / it is one of "small", "large"'),
        ('crm.sizes(employees) contains "lagre" +1', 'LR407 `crm.sizes(employees)` never contains "lagre" / did you'),
        ('list l = {"large", "xs"}\ncrm.sizes(employees) contains l +1', "LR407 `crm.sizes(employees)` never contains"),
        (
            'crm.repeated(company, unit: "Twise") = "a" +1',
            'LR407 `unit` of `repeated` is never "Twise" / did you mean "Twice"?',
        ),
        ('param how = "thrice"\ncrm.repeated(company, how) = "a" +1', 'LR407 `unit` of `repeated` is never "thrice"'),
        ('crm.listed({"once", "never"}) = "a" +1', 'LR407 `units` of `listed` is never "never"'),
        (
            'field how: one of {"once", "often"}\ncrm.repeated(company, how) = "a" +1',
            'LR407 `unit` of `repeated` is never "often" / it is one of "once", "Twice"',
        ),
        (
            'crm.repeated(company, industry) = "a" +1',
            'LR401 `unit` of `repeated` is one of {"once", "Twice"}, and `industry` may be any text / write one of',
        ),
    ],
)
def test_what_a_closed_answer_or_parameter_can_never_be_is_a_mistake(text, told):
    (found,) = mistakes(text)
    assert found.startswith(told)


def test_an_answer_that_its_annotation_does_not_name_is_an_error_of_the_plugin():
    with pytest.raises(PluginError, match=r'`misnamed` .*: it gives "x", which its annotation does not name'):
        score('crm.misnamed("x") = "a" +1')


# Warsaw is an hour ahead of UTC: the 21st begins there at 23:00 of the 20th.
WARSAW = 'timezone "Europe/Warsaw"\nfield signed: date\n'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("crm.same_moment(signed, created) +1", 1),
        ("crm.same_moment(2026-11-21, other: created) +1", 1),
        ("crm.same_moment(crm.day_after(2026-11-20), created) +1", 1),
        ("param opening = 2026-11-21\ncrm.same_moment(opening, created) +1", 1),
        ("crm.same_moment(first(day of page_view), created) +1", 1),
        ("page_view[crm.same_moment(day, created)] +1", 1),
        ("crm.day_after(created) = 2026-11-22 +1", 1),
        ("crm.day_after(first(at of page_view)) = 2026-11-22 +1", 1),
        ("page_view[crm.day_after(at) = 2026-11-22] +1", 1),
        ("crm.day_after(crm.later(created, 1)) = 2026-11-23 +1", 1),
        ("crm.day_after(first(at of email_open)) is unknown +1", 1),
        ("crm.same_moment(crm.day_after(first(day of email_open)), created) is unknown +1", 1),
    ],
)
def test_a_date_is_its_local_midnight_for_a_criterion_and_a_datetime_its_local_day(text, expected):
    view = {"type": "page_view", "at": "2026-11-20T23:30:00Z", "id": "e2"}
    created = "2026-11-20T23:00:00Z"
    assert score(WARSAW + text, [view], signed="2026-11-21", created=created) == expected


def test_the_audit_shows_what_a_criterion_was_asked_after_conversion():
    lead = {"id": "1", "attributes": {"created": "2026-11-20T23:00:00Z", "signed": "2026-11-21"}}
    rules = load(WARSAW + "crm.same_moment(signed, created) +1\ncrm.day_after(created) > 2026-01-01 +1")
    first, second = rules.evaluate(lead, as_of=NOON).audit
    asked = first.evidence["values"]["crm.same_moment(signed, created)"]
    assert asked["arguments"] == {"one": "2026-11-20T23:00:00Z", "other": "2026-11-20T23:00:00Z"}
    asked = second.evidence["values"]["crm.day_after(created)"]
    assert asked["arguments"] == {"day": "2026-11-21"}


@pytest.mark.parametrize(
    ("signed", "expected"), [("2026-11-20", 1), ("2026-11-16", 1), ("2026-11-15", 0), ("2026-11-21", 0), (None, 0)]
)
def test_a_criterion_that_is_a_date_lies_within_the_last_days(signed, expected):
    text = "criterion renewal = crm.day_after(signed)\nrenewal within 5 days +1 | not renewal within 5 days +0"
    assert score(WARSAW + text, signed=signed) == expected
    lead = {"id": "1", "attributes": {"signed": signed} if signed else {}}
    audit = load(WARSAW + text).evaluate(lead, as_of=NOON).audit
    assert len(audit) == (signed is not None)
    for entry in audit:
        day_after = str(dt.date.fromisoformat(signed) + dt.timedelta(days=1))
        assert entry.evidence["values"]["renewal within 5 days"] == day_after
        assert entry.evidence["values"]["crm.day_after(signed)"]["arguments"] == {"day": signed}


@pytest.mark.parametrize("signed", ["2026-11-21", "2026-11-15", "2026-11-14", "2026-11-13", "2026-11-22", None])
def test_a_criterion_lies_within_the_last_days_as_its_field_does(signed):
    of_criterion = score(WARSAW + "criterion that_day = signed\nthat_day within 7 days +1\n", signed=signed)
    assert of_criterion == score(WARSAW + "signed within 7 days +1", signed=signed)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "days since crm.day_after(signed) > 5 +1",
            "name it with `criterion`: `criterion that_day = crm.day_after(…)`",
        ),
        ("days until crm.day_after(signed) > 5 +1", "then `days until that_day`"),
        ("days since floor(employees) > 5 +1", "name it with `criterion`"),
        ("crm.day_after(signed) within 5 days +1", "then write `that_day within 5 days`"),
        ("criterion d = crm.day_after(signed)\nemail_open since d +1", "in the filter: `email_open[at > d]`"),
    ],
)
def test_where_a_criterion_needs_a_name_the_help_gives_it_one(text, told):
    with pytest.raises(RulesetError) as caught:
        load(WARSAW + text)
    (found,) = caught.value.diagnostics
    assert told in str(found.help)


def test_a_requirement_a_stage_and_a_tag_may_ask_a_criterion():
    rules = load(
        'require crm.sure(need) because "no need"\nstages a < b\n'
        'crm.length(company) = 4 -> b\ncrm.sure(true) -> tag "t"'
    )
    known = rules.evaluate({"id": "1", "attributes": {"company": "Acme", "need": True}}, as_of=NOON)
    assert (known.stage, known.missing, known.tags) == ("b", (), ("t",))
    needless = rules.evaluate({"id": "1", "attributes": {"company": "Acme"}}, as_of=NOON)
    assert (needless.stage, needless.missing) == ("a", ("no need",))


def test_an_example_may_expect_what_a_criterion_gives():
    rules = load('always +1\nexample "four"\n  given company = "Acme"\n  expect crm.length(company) = 4 and score = 1')
    assert rules.run_examples()[0].passed


# ------------------------------------------------------------------- unknown


def test_an_unknown_argument_makes_the_answer_unknown_unless_the_parameter_takes_it():
    assert score("crm.length(company) < 100 +1 | else -1") == 0
    assert score("crm.length(company) is unknown +1") == 1
    assert score("crm.either(company, industry) is unknown +1") == 1
    assert score("crm.either(company, industry) is known +1", industry="x") == 1
    assert score("crm.length(company, employees) is unknown +1", company="Acme") == 1  # a default is no optional


def test_an_answer_may_be_unknown_where_the_criterion_says_so():
    assert score('crm.unknown("x") is unknown +1') == 1
    assert score('not (crm.unknown("x") > 1) +1 | crm.unknown("x") <= 1 +2 | else +3') == 0


# ------------------------------------------------------------------ mistakes


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("crm.lenght(company) > 1 +1", "LR303 the plugin `crm` has no criterion `lenght` / did you mean `crm.length`?"),
        (
            "other.length(company) > 1 +1",
            "LR303 no plugin `other` is in use / say so at the top of the file: `use other`",
        ),
        (
            "crm.length(employees) > 1 +1",
            "LR401 `text` of `length` is a text, and `employees` is a number / it is `crm.length(",
        ),
        (
            "crm.length() > 1 +1",
            "LR413 `length` also needs `text` / it is `crm.length(text: text, most: number = 5) number`",
        ),
        ("crm.length(company, 1, 2) > 1 +1", "LR413 `length` takes 2 arguments"),
        ("crm.length(company, moost: 1) > 1 +1", "LR413 `length` has no parameter `moost` / did you mean `most`?"),
        ("crm.length(company, text: company) > 1 +1", "LR413 `text` is given twice"),
        ("crm.length(company, most = 3) > 1 +1", "LR413 `most` is given by a colon, not by `=` / write `most: 3`"),
        ("param most = 3\ncrm.sure(most = 3) +1\ncrm.sure(moost = 3) +1", "LR303 there is no `moost`"),
        ("crm.length(company) +1", "LR4"),
        ("crm = 5 +1", "LR402 `crm` is a plugin, not a value / call one of its criteria, or give the plugin another"),
        ("crm.length(company, most: 11) > 1 +1", "LR622 `length` refuses 11: at most 10"),
        ("crm.length(company, most: 5 + 6) > 1 +1", "LR622 `length` refuses 5 + 6: at most 10"),
        ("crm.length(company, most: (2 * 11) / 2) > 1 +1", "LR622 `length` refuses (2 * 11) / 2: at most 10"),
        ("criterion z = 11\ncrm.length(company, most: z) > 1 +1", "LR622 `length` refuses z: at most 10"),
        ("crm.length(company, most: z) > 1 +1\ncriterion z = 12 - 1", "LR622 `length` refuses z: at most 10"),
        ('crm.shouts("abc") +1', 'LR622 `shouts` refuses "abc" / '),
        (
            'crm.numbers("abc") +1',
            "LR621 plugin `crm`, criterion `numbers` version 1: its check of `text` gives neither",
        ),
        ("param top = 11\ncrm.length(company, most: top) > 1 +1", "LR622 `length` refuses top: at most 10"),
        (
            'crm.checked("x") +1',
            "LR621 plugin `crm`, criterion `checked` version 1: its check of `text` failed with KeyError: 'x'",
        ),
        ("email_open[crm.activity() > 1] +1", "LR409 a filter reads properties and fields, and `activity` asks for"),
        (
            'crm.plan() = "gold" +1',
            "LR623 `plan` reads the field `plan`, which this file does not declare / declare it",
        ),
        (
            "field plan: text protected\ncrm.plan() is known +1",
            "LR623 `plan` reads the field `plan`, which is protected",
        ),
        (
            "crm.note() is known +1",
            "LR623 `note` reads the event `signed`, which this file does not declare / declare it",
        ),
    ],
)
def test_a_call_that_makes_no_sense_is_a_mistake_of_the_rule_file(text, told):
    found = mistakes(text)
    assert any(one.startswith(told) for one in found), found


@pytest.mark.parametrize(
    ("call", "told"),
    [
        ("crm.breadth(company)", ("`crm.breadth` is now `width`", "write `crm.width`")),
        ("crm.width(company, at_most: 3)", ("`at_most` of `width` is now `most`", "write `most: 3`")),
        ("crm.ending(company)", ("`crm.ending` is going away", "write `crm.width(…)`")),
    ],
)
def test_what_has_changed_still_works_and_is_told(call, told):
    rules = load(f"{call} >= 3 +1")
    assert rules.evaluate({"id": "1", "attributes": {"company": "Acme"}}, as_of=NOON).score == 1
    assert [(d.code, d.message, d.help) for d in rules.warnings] == [("LR240", *told)]
    assert load("crm.width(company, most: 3) >= 3 +1").warnings == ()


DRIVES = 'field fleet: number\nfield kind: one of {"van"}\n'


def test_what_a_criterion_is_shown_has_the_types_that_it_names():
    view = {"type": "page_view", "at": "2026-11-20T23:30:00Z", "properties": {"seconds": 3, "url": "/"}}
    assert score(DRIVES + "crm.drives() +1", [view], fleet=3, kind="van") == 1
    assert score(DRIVES + "event page_view[seconds: number]\ncrm.drives() +1", [view], fleet=2) == 0
    content = "events content = page_view | email_open\ncrm.read() contains {0} +1"
    assert score(content.format('"/"'), [view, OPEN]) == score(content.format('"?"'), [view, OPEN]) == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "field kind: text\ncrm.drives() +1",
            "`drives` reads the field `fleet`, which this file does not declare / declare it: `field fleet: number`",
        ),
        (
            "field fleet: text\ncrm.drives() +1",
            (
                "`drives` reads the field `fleet` as number, and it is declared as text / "
                "declare it: `field fleet: number`"
            ),
        ),
        (
            "field fleet: number\nfield kind: text\ncrm.drives() +1",
            (
                'reads the field `kind` as one of {"car", "van"}, and it '
                'is declared as text / declare it: `field kind: one of {"car", "van"}`'
            ),
        ),
        (
            'field fleet: number\nfield kind: one of {"bus"}\ncrm.drives() +1',
            'reads the field `kind` as one of {"car", "van"}',
        ),
        (
            DRIVES + "event page_view[url: text]\ncrm.drives() +1",
            (
                "`drives` reads the property `seconds` of `page_view`, which "
                "this file does not declare / declare it: `event page_view[url: text, seconds: number]`"
            ),
        ),
        (
            DRIVES + "event page_view[seconds: text]\ncrm.drives() +1",
            (
                "`drives` reads the property `seconds` of `page_view` as "
                "number, and it is declared as text / declare it: `event page_view[seconds: number]`"
            ),
        ),
        (
            "event a\nevent b\nevents content = a | b\ncrm.read() is known +1",
            "`read` reads the property `url` of `content`",
        ),
        (
            "event a[url: number]\nevents content = a\ncrm.read() is known +1",
            "reads the property `url` of `content` as text",
        ),
    ],
)
def test_what_a_criterion_is_to_be_shown_is_checked_with_the_file(text, told):
    (found,) = mistakes(text)
    assert found.startswith("LR623 ")
    assert told in found


@pytest.mark.parametrize("looks", ["peeps", "looks_up"])
@pytest.mark.parametrize(("which", "name"), [("true", "fleet"), ("false", "url")])
def test_what_a_criterion_does_not_name_it_is_told_to_name(looks, which, name):
    view = {"type": "page_view", "at": "2026-11-20T23:30:00Z", "properties": {"url": "/"}}
    with pytest.raises(PluginError, match=f"`{name}` is not shown: name it in `fields` or `events` of `@criterion`"):
        score(f"field fleet: number\nfleet > 100 +1\ncrm.{looks}({which}) +1", [view], fleet=1)


def test_a_default_stands_for_what_a_criterion_does_not_name():
    view = {"type": "page_view", "at": "2026-11-20T23:30:00Z", "properties": {"url": "/"}}
    rules = "field fleet: number\nfleet > 100 +1\ncrm.has_a_default() +10"
    assert score(rules, [view], fleet=1) == 10


def test_a_refused_literal_is_shown_where_it_stands():
    with pytest.raises(RuleCheckError) as caught:
        load("crm.length(company, most: 11) > 1 +1")
    assert [(d.span.line, d.span.column) for d in caught.value.diagnostics] == [(2, 21)]


# ------------------------------------------------------------------- failing

counter = itertools.count()


@criterion
def raises(text: str) -> bool:
    """Fail for some."""
    if text == "bad":
        raise KeyError(text)
    return True


@criterion
def exits(text: str) -> bool:
    """Leave."""
    sys.exit(text)


class Panic(BaseException):
    """What compiled code may raise."""


class Curse(Exception):
    """What ends the process of whoever asks for its words."""

    def __str__(self) -> str:
        raise SystemExit(0)


class Hidden:
    """What ends the process of whoever looks at it."""

    def __repr__(self) -> str:
        raise SystemExit(0)


@criterion
def panics(text: str) -> bool:
    """Fail as compiled code does."""
    raise Panic(text)


@criterion
def ends(text: str) -> bool:
    """Fail as a generator does that is closed."""
    raise GeneratorExit


@criterion
def curses(text: str) -> bool:
    """Fail without words."""
    raise Curse


@criterion
def hides(text: str) -> str:
    """Give what cannot be shown."""
    return Hidden()


@criterion
def lies(text: str) -> Decimal:
    """Give an int."""
    return len(text)


@criterion
def silent(text: str) -> bool:
    """Give nothing."""


@criterion
def naive(text: str) -> dt.datetime:
    """Give a time without a zone."""
    return dt.datetime(2026, 1, 1)  # noqa: DTZ001


@criterion
def huge(text: str) -> Decimal:
    """Give more digits than there may be."""
    return Decimal("1E+5000")


@criterion
def long(text: str) -> Decimal:
    """Give a million digits, which to calculate with takes a minute."""
    return Decimal("1." + "1" * 1_000_000)


@criterion
def tiny(text: str) -> Decimal:
    """Give more decimals than there may be."""
    return Decimal("1." + "1" * 1_001)


@criterion
def thousand(text: str) -> Decimal:
    """Give as many digits and decimals as there may be."""
    return Decimal("0." + "0" * 499 + "1" * 501) if text == "bad" else Decimal("1" * 1_000)


@criterion
def endless(text: str) -> Decimal:
    """Give no number."""
    return Decimal("NaN")


@criterion
def torn(text: str) -> str:
    """Give half a letter."""
    return "\ud800"


@criterion
def fickle(text: str) -> Decimal:
    """Count calls."""
    return Decimal(next(counter))


fickle.configuration = None  # a lie: it keeps a count


@criterion
def grabs(texts: list[str]) -> bool:
    """Change an argument."""
    texts.append("mine")
    return True


@criterion(fields={"company": str}, events={})
def breaks_in(lead: LeadView) -> bool:
    """Change its view, by force."""
    object.__setattr__(lead, "id", "mine")
    return True


@criterion(fields={"company": str}, events={})
def pries(lead: LeadView) -> bool:
    """Try to change its view."""
    lead.attributes["company"] = "mine"
    return True


FAILING = {name: value for name, value in globals().items() if hasattr(value, "__leadrules_criterion__")}


def test_an_answer_of_a_thousand_digits_is_a_number():
    rules = Ruleset.from_text("use bad\nbad.thousand(company) > 0 +1\n", criteria={"bad": FAILING})
    for company in ("bad", "good"):
        assert rules.evaluate({"id": "42", "attributes": {"company": company}}, as_of=NOON).score == 1


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("raises(company)", "it failed with KeyError: 'bad'"),
        ("exits(company)", "it failed with SystemExit: bad"),
        ("panics(company)", "it failed with Panic: bad"),
        ("ends(company)", "it failed with GeneratorExit"),
        ("curses(company)", "it failed with Curse"),
        ("hides(company) is known", "it gives a Hidden, which is no text"),
        ("lies(company) > 1", "it gives 3 (int), which is no number: give a Decimal"),
        ("silent(company)", "it gives None, and does not say that it may (`-> … | None`)"),
        ("naive(company) is known", "which is no datetime with a time zone"),
        ("huge(company) is known", "it gives Decimal('1E+5000') (Decimal), which is no number of at most 1,000 digits"),
        ("long(company) is known", "(Decimal), which is no number of at most 1,000 digits"),
        ("tiny(company) is known", "(Decimal), which is no number of at most 1,000 digits"),
        ("endless(company) is known", "it gives Decimal('NaN') (Decimal), which is no number"),
        ("torn(company) is known", "it gives a text that is not Unicode"),
        ('grabs({"a"})', "it changes its argument `texts`, which is only to be read"),
        ("pries()", "it failed with TypeError: '_Shown' object does not support item assignment"),
    ],
)
def test_a_criterion_that_fails_is_named_with_its_lead(call, words):
    rules = Ruleset.from_text(f"use bad\nbad.{call} +1\n", criteria={"bad": FAILING})
    with pytest.raises(PluginError) as caught:
        rules.evaluate({"id": "42", "attributes": {"company": "bad"}}, as_of=NOON)
    name = call.partition("(")[0]
    assert str(caught.value).startswith(f"plugin `bad`, criterion `{name}` version 1, lead `42`: ")
    assert words in str(caught.value)
    for error in (caught.value, pickle.loads(pickle.dumps(caught.value))):  # noqa: S301 - our own bytes
        assert (error.plugin, error.distribution, error.criterion, error.lead) == ("bad", None, name, "42")
        raised = re.search(r"failed with \w+(?:: (.*))?", words)
        assert error.said == (raised[1] if raised else None)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("fickle(company) >= 0", "it answers differently to the same question"),
        ("breaks_in()", "it changes what it was shown of the lead, which is only to be read"),
    ],
)
def test_of_a_sample_of_leads_a_criterion_is_asked_twice(call, words):
    rules = Ruleset.from_text(f"use bad\nbad.{call} +1\n", criteria={"bad": FAILING})
    asked = [{"id": str(number), "attributes": {"company": "bad"}} for number in range(160)]

    def failing(ask) -> list[str]:
        told = {lead["id"]: _refusal(ask, lead) for lead in asked}
        assert all(words in said for said in told.values() if said)
        return [lead for lead, said in told.items() if said]

    found = failing(lambda lead: rules.evaluate(lead, as_of=NOON))
    assert 3 <= len(found) <= 25
    assert found == failing(lambda lead: rules.evaluate(lead, as_of=NOON))
    assert found == failing(lambda lead: rules.explain(lead, as_of=NOON))
    assert found == failing(lambda lead: rules.start(lead).result(as_of=NOON))


def _refusal(ask, lead) -> str:
    try:
        ask(lead)
    except PluginError as problem:
        return str(problem)
    return ""


CALLS = []


@criterion
def noting(number: Decimal) -> Decimal:
    """Note what it is asked."""
    CALLS.append(number)
    return number / 2


@pytest.mark.parametrize(
    ("rules", "questions"),
    [
        ("lab.noting(employees) >= 100 +3 | >= 50 +2 | >= 1 +1", 1),
        ("lab.noting(employees) >= 1 +3\nlab.noting(employees) >= 3 +(lab.noting(employees))", 1),
        ("criterion c = lab.noting(employees)\nc >= 1 +3\nlab.noting(number: employees) >= 2 +3", 1),
        ("page_view[lab.noting(employees) >= 1] +1", 1),
        ("page_view[lab.noting(seconds) >= 1] +1", 5),
        ("employees > 100 and lab.noting(employees) >= 1 +3", 1),
    ],
)
def test_each_question_is_asked_once_for_a_lead(rules, questions):
    loaded = Ruleset.from_text(f"use lab\n{rules}\n", criteria={"lab": {"noting": noting}})
    events = [
        {"type": "page_view", "at": f"2026-11-1{place}T10:00:00Z", "properties": {"seconds": place}}
        for place in range(5)
    ]
    lead = {"id": "1", "attributes": {"employees": 10}, "events": events}
    state = loaded.start(lead)
    for ask in (lambda: loaded.evaluate(lead, as_of=NOON), lambda: state.result(as_of=NOON)):
        CALLS.clear()
        result = ask()
        assert len(CALLS) == questions
        assert result.audit is not None
        assert len(CALLS) <= 2 * questions  # the evidence of the audit is gathered when it is read


class Handler:
    """Handles a signal as an object."""

    def __call__(self, number: int, frame: object) -> None:
        sys.exit(7)

    def method(self, number: int, frame: object) -> None:
        raise Panic(number)


def by_function(number: int, frame: object) -> None:
    raise TimeoutError


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize(
    ("handler", "raised"),
    [
        (by_function, TimeoutError),
        (Handler(), SystemExit),
        (Handler().method, Panic),
        (functools.partial(by_function), TimeoutError),
        (signal.default_int_handler, KeyboardInterrupt),
    ],
)
def test_what_the_handler_of_a_signal_raises_is_no_failure_of_the_criterion_that_runs(handler, raised):
    @criterion
    def waits(text: str) -> bool:
        """Be interrupted."""
        signal.raise_signal(signal.SIGUSR1)
        return True

    rules = Ruleset.from_text("use m\nm.waits(company) +1", criteria={"m": {"waits": waits}})
    before = signal.signal(signal.SIGUSR1, handler)
    try:
        with pytest.raises(raised):
            rules.evaluate({"id": "1", "attributes": {"company": "Acme"}}, as_of=NOON)
    finally:
        signal.signal(signal.SIGUSR1, before)


def test_other_leads_are_not_affected():
    rules = Ruleset.from_text("use bad\nbad.raises(company) +1\n", criteria={"bad": FAILING})
    found = []
    for name in ("good", "bad", "fine"):
        try:
            found.append(rules.evaluate({"id": name, "attributes": {"company": name}}, as_of=NOON).score)
        except PluginError:
            found.append(None)
    assert found == [1, None, 1]


def test_a_criterion_calculates_alike_in_every_host_and_changes_nothing_there():
    @criterion
    def third(number: Decimal) -> Decimal:
        """Give a third."""
        found = number / 3
        decimal.getcontext().prec = 3
        return found

    rules = Ruleset.from_text("use m\nprecision 6\nalways +(m.third(employees))", criteria={"m": {"third": third}})
    lead = {"id": "1", "attributes": {"employees": 10}}
    with decimal.localcontext(prec=4):
        assert rules.evaluate(lead, as_of=NOON).score == Decimal("3.333333")
        assert decimal.getcontext().prec == 4


def test_threads_may_share_rules_with_plugins():
    rules = load("crm.length(company, most: 10) = 4 +10\ncrm.activity() = 1 +1")
    leads = [{"id": str(n), "attributes": {"company": "x" * (n % 8)}, "events": [OPEN]} for n in range(200)]
    alone = [rules.evaluate(lead, as_of=NOON).to_json() for lead in leads]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda lead: rules.evaluate(lead, as_of=NOON).to_json(), leads)) == alone


# ----------------------------------------------------------------- personal


def values_of(text: str, *, pii: bool = False, events=(), **attributes):
    lead = {"id": "1", "attributes": attributes, "events": list(events)}
    return load(text).evaluate(lead, as_of=NOON, pii=pii).audit[0].evidence["values"]


def test_personal_arguments_and_what_tells_them_are_masked():
    call = "crm.joined(crm.split(email))"
    masked = values_of(f"{call} is known +1", email="ada@example.com")
    assert masked[call]["value"] == "[pii]"
    assert masked["crm.split(email)"]["value"] == "[pii]"
    assert masked["email"] == "[pii]"
    assert values_of(f"{call} is known +1", pii=True, email="ada@example.com")[call]["value"] == "ada@example.com"


def test_a_number_or_a_yes_about_something_personal_is_told():
    found = values_of("crm.length(email) > 1 +1", email="ada@example.com")["crm.length(email)"]
    assert (found["value"], found["arguments"]) == (5, {"text": "[pii]"})


def test_a_text_from_a_lead_with_personal_properties_is_masked():
    text = "event signed[note: text pii]\ncrm.note() is known +1"
    events = [{"type": "signed", "at": "2026-11-01T10:00:00Z", "properties": {"note": "by Ada"}}]
    assert values_of(text, events=events)["crm.note()"]["value"] == "[pii]"
    assert values_of(text.replace(" pii", ""), events=events)["crm.note()"]["value"] == "by Ada"


# --------------------------------------------------------------------- laws

LAWFUL = load("""\
field tags: list of text
dimension d half-life 30 days
  crm.length(company, most: 10) >= 3   +(crm.length(company) / 3)
  crm.either(industry, country) in {"PL", "retail"}  +3 | crm.sure(budget) +2 | else -1
  email_open[crm.length(company) > 2]  +1 max 3 times
  page_view[crm.length(url) > 2]  +(crm.length(url))  when not crm.sure(need)
  at least 1 of (crm.joined(tags) contains "a", crm.later(created, employees / 100000) < created) +4
persona p +10 in d
  crm.sure(authority)  weight 2
  crm.activity() > 1  weight 1
require crm.either(email, phone) is known
stages lead < mql
crm.activity(weight: 2) >= 4 and score > 3 -> mql
crm.length(stage) = 3 -> tag "qualified"
""")


@given(leads(LAWFUL, as_of=NOON), integers(0, 1_000))
def test_the_engines_agree_on_rules_with_criteria(lead, seed):
    engines_agree(LAWFUL, lead, NOON)
    incremental_agrees(LAWFUL, lead, NOON, seed=seed)


# ---------------------------------------------------------------- answers that lie


class LyingNumber(Decimal):
    def is_finite(self):
        return True

    def adjusted(self):
        return 0


class LyingText(str):
    __slots__ = ()

    def strip(self, *_):
        return 5


class LyingTime(dt.datetime):
    def utcoffset(self):
        return dt.timedelta(0)


class BrokenTime(dt.datetime):
    @property
    def year(self):
        raise RuntimeError("no")


@criterion
def numbered(company: str) -> Decimal:
    """Give a number that lies."""
    return LyingNumber(company)


@criterion
def written(company: str) -> str:
    """Give a text that lies."""
    return LyingText(f" {company} ")


@criterion
def lying_texts(company: str) -> list[str]:
    """Give texts that lie."""
    return [LyingText(f" {company} ")]


@criterion
def timed(company: str) -> dt.datetime:
    """Give a time that lies, or is broken."""
    return (BrokenTime if company == "broken" else LyingTime)(2026, 1, 1)


LYING = {"lying": {"numbered": numbered, "written": written, "lying_texts": lying_texts, "timed": timed}}


@pytest.mark.parametrize(
    ("rule", "company", "evidence"),
    [
        ("written(company) is known +1", "x", "x"),
        ('lying_texts(company) contains "x" +1', "x", ["x"]),
        ("numbered(company) > 2 +1", "3", 3),
    ],
)
def test_an_answer_of_a_subclass_is_what_it_is_made_of(rule, company, evidence):
    rules = Ruleset.from_text(f"use lying\nlying.{rule}", criteria=LYING)
    result = rules.evaluate({"id": "1", "attributes": {"company": company}}, as_of=NOON)
    (answer,) = (found for name, found in result.audit[0].evidence["values"].items() if name.startswith("lying."))
    assert answer["value"] == evidence


@pytest.mark.parametrize(
    ("rule", "company", "said"),
    [
        ("numbered(company) > 2 +1", "NaN", "which is no number"),
        ("timed(company) is known +1", "x", "which is no datetime with a time zone"),
        ("timed(company) is known +1", "broken", "which cannot be read: asking it failed with RuntimeError"),
    ],
)
def test_an_answer_that_lies_is_an_error_of_the_plugin(rule, company, said):
    rules = Ruleset.from_text(f"use lying\nlying.{rule}", criteria=LYING)
    with pytest.raises(PluginError, match=said):
        rules.evaluate({"id": "1", "attributes": {"company": company}}, as_of=NOON)


# ------------------------------------------------------- arguments that bear on each other


@pytest.mark.parametrize("call", ["crm.between(company, 1, 5)", "crm.between(company, high: 5, low: 1)"])
def test_arguments_that_go_together_are_taken(call):
    assert score(f"{call} +5", company="Acme") == 5


def test_arguments_that_only_a_lead_tells_are_the_criterions_own_affair():
    assert score("field size: number\ncrm.between(company, size, 5) +5", company="Acme", size=9) == 0


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        ("crm.between(company, 5, 1)", "`5` is above `1`"),
        ("crm.between(company, high: 1, low: 5)", "`5` is above `1`"),
        ("crm.between(company, 5)", "`5` has no end"),
    ],
)
def test_arguments_that_do_not_go_together_are_refused(call, reason):
    assert mistakes(f"{call} +5") == [f"LR622 `between` refuses these arguments: {reason} / "]


def test_a_check_of_all_arguments_that_fails_is_named():
    (found,) = mistakes("field surprise: number\ncrm.between(company, surprise, 5) +5")
    assert found.startswith("LR621 ")
    assert "its check of all arguments failed with KeyError: 'surprise'" in found
