"""What `check_lead` tells: all that is wrong with a lead, and the names in it that no rule knows."""

import datetime as dt

import pytest

from leadrules import Ruleset

RULES = Ruleset.from_text("""
    field size: number from "Company Size"
    field owner: text
    field `Żądło`: text
    event visit[url: text, seconds: number]
    size > 5 +5
    visit[url contains "/pricing"] +1
    stages stage: lead < mql
      score >= 5 -> mql
""")


def told(lead):
    return [(one.code, one.field, one.event, one.message) for one in RULES.check_lead({"id": "1", **lead})]


def test_nothing_is_told_of_what_the_rules_know():
    attributes = {"Company Size": 7, "owner": "x", "z\u0307a\u0328dło": "", "country": "PL", "\u017b\u0105dło": ""}
    attributes.pop("z\u0307a\u0328dło")
    events = [{"type": "visit", "at": "2026-01-01", "properties": {"url": "/", "seconds": 2}}]
    events += [{"type": " email_open ", "at": "2026-01-01"}]
    assert told({"attributes": attributes, "events": events, "stages": {"stage": "mql"}}) == []
    assert told({}) == []


@pytest.mark.parametrize(
    ("attribute", "said"),
    [
        ("company size", "the rules know no field `company size` (did you mean `Company Size`?)"),
        ("size", "the rules know no field `size` (did you mean `Company Size`?)"),
        ("ownr", "the rules know no field `ownr` (did you mean `owner`?)"),
        ("fleet", "the rules know no field `fleet`"),
        (5, "the rules know no field `5`"),
    ],
)
def test_an_attribute_that_no_rule_knows(attribute, said):
    assert told({"attributes": {attribute: 1}}) == [("unknown_field", str(attribute), None, said)]


def test_events_properties_and_labels_that_no_rule_knows_each_once():
    events = [
        {"type": "vist", "at": "2026-01-01"},
        {"type": "visit", "at": "2026-01-01", "properties": {"URL": "/", "seconds": 1}},
        {"type": "visit", "at": "2026-01-02", "properties": {"URL": "/"}},
        {"type": "vist", "at": "never"},
        {"type": "webhook"},
    ]
    assert told({"events": events, "stages": {"stages": "mql"}}) == [
        ("unknown_ladder", "stages", None, "the rules know no ladder `stages` (did you mean `stage`?)"),
        ("unknown_event_type", "type", 0, "the rules know no event `vist` (did you mean `visit`?)"),
        ("unknown_property", "visit.URL", 1, "the rules know no property of `visit` `URL` (did you mean `url`?)"),
        ("unknown_event_type", "type", 4, "the rules know no event `webhook`"),
    ]


def test_mistakes_are_told_too_and_those_of_later_events():
    events = [{"type": "visit", "at": "2400-01-01", "properties": {"url": ["/"]}}, 7]
    found = told({"attributes": {"Company Size": "x", "fleet": 1}, "events": events})
    assert [(code, field) for code, field, _, _ in found] == [
        ("wrong_type", "size"),
        ("wrong_type", "visit.url"),
        ("not_an_event", "events"),
        ("unknown_field", "fleet"),
    ]
    assert [one.code for one in RULES.check_lead(7)] == ["not_a_lead"]
    assert [one.code for one in RULES.check_lead({"id": "1", "employees": 7})] == ["unknown_key"]


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("mqll", "`stage` has no label `mqll` (did you mean `mql`?), and the lead counts as without one"),
        ("won", "`stage` has no label `won` (its labels are `lead`, `mql`), and the lead counts as without one"),
    ],
)
def test_a_label_that_its_ladder_does_not_have(label, said):
    assert told({"stages": {"stage": label}}) == [("unknown_label", "stage", None, said)]


def test_a_datetime_without_offset_is_told_once_of_each_place():
    rules = Ruleset.from_text("""
        timezone "Europe/Warsaw"
        field renewal: datetime from "Renewal Date" pii
        field birthday: date
        event visit[until: datetime, day_of: date]
        renewal > 2026-01-01 +1
        visit[until > 2026-01-01] +1
    """)
    aware = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
    naive = aware.replace(tzinfo=None)
    properties = {"until": naive, "day_of": dt.date(2026, 1, 1)}
    event = {"type": "visit", "at": naive, "properties": properties}
    attributes = {"Renewal\u00a0Date": naive, "birthday": naive}
    told = rules.check_lead({"id": "1", "attributes": attributes, "events": [event, event]})
    read = "has no offset, and is read in Europe/Warsaw, the timezone of the rules (give it a `tzinfo`)"
    assert [(one.code, one.field, one.event, one.message) for one in told] == [
        ("no_offset", "renewal", None, f"field `renewal` {read}"),
        ("no_offset", "visit.at", 0, f"event `visit`: `at` {read}"),
        ("no_offset", "visit.until", 0, f"event `visit`: property `until` {read}"),
    ]
    plain = {"type": "visit", "at": "2026-01-01T12:00:00", "properties": {"until": aware}}
    assert rules.check_lead({"id": "1", "attributes": {"Renewal Date": "2026-01-01"}, "events": [plain]}) == ()


@pytest.mark.parametrize("many", ["attributes", "properties", "types"])
def test_of_very_many_unknown_names_the_first_thousand_are_told(many):
    def lead(count):
        names = {f"none{n}": 1 for n in range(count)}
        if many == "attributes":
            return {"id": "1", "attributes": names}
        event = {"type": "page_view", "at": "2026-11-20T10:00:00Z"}
        events = [event | {"properties": names}] if many == "properties" else [event | {"type": n} for n in names]
        return {"id": "1", "events": events}

    rules = Ruleset.from_text("employees > 5 +1\npage_view +1")
    assert {mistake.code for mistake in rules.check_lead(lead(1_000))} == {UNKNOWN[many]}
    found = rules.check_lead(lead(5_000))
    assert [mistake.code for mistake in found] == [UNKNOWN[many]] * 1_000 + ["too_many_unknown"]
    assert found[-1].message == (
        "the lead has more than 1,000 names that the rules do not know; the rest of it was not looked at"
    )


UNKNOWN = {"attributes": "unknown_field", "properties": "unknown_property", "types": "unknown_event_type"}
