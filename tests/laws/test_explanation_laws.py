"""Laws of an explanation: it is the result, its columns add up, and every rule says why."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadrules import Ruleset
from leadrules.canonical import canonical_json
from leadrules.testing import Case, cases

pytestmark = pytest.mark.no_cover  # it runs again what the corpus and the rule laws are counted for

AS_OF = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
RULES = Ruleset.from_text(
    """
timezone "Europe/Warsaw"
param mql_at = 20
field email: text pii
field consent: bool
field region: list of text
field signed: date
event page_view[url: text, seconds: number]
events content = blog_view | webinar_attended
criterion big = employees >= 1000 or annual_revenue >= 5_000_000
criterion quiet_days = days since activity
segment target = big and industry in {"transport", "logistics"}
require consent is known before scoring because "no answer about consent"
require email is known
dimension fit max 40 min -5
  target +20
  employees >= 1000 +30 | >= 200 +20 | >= 50 +10 | else -5
  at least 2 of (budget, authority, need) +10 when country = "PL"
  annual_revenue is known +(annual_revenue / employees) max 15 points
  not (budget and authority) and region contains "north" -3 until 2026-06-30
  always +1
dimension engagement max 60 within 365 days half-life 30 days
  email_open +1.5 max 1 per day
  page_view[url contains "/pricing"] +4 max 2 every 3 days max 3 times max 9 points when big
  quiet_days > 60 -25
  blog_view followed by webinar_attended within 7 days +7
  page_view not followed by email_open within 7 days -2
  count(page_view since email_open) >= 3 +3
  signed within 90 days +4
  group media max 12 min 1
    content +5 max 6 points per week no decay from 2026-03-01
    page_view[seconds > 30] +(seconds / 7)
persona shipper -10 in fit
  industry = "transport" weight 3
  employees between 50 and 500 weight 2
  country = "PL" weight 1
total = 0.4 * fit + engagement / 3 + 2 max 50
grade profile = fit: A >= 30, B >= 10, C
grade interest = engagement: "1" >= 20, "2"
grade cell = profile, interest
stages lead < mql < sql exit lost forward only
  score >= mql_at -> mql
  profile >= B and score > 30 and need -> sql
  was sql and quiet_days > 300 -> lost
  hold mql while score between 5 and 50
stages heat: cold < warm
  interest = "1" or big -> warm
score >= 30 and target -> tag "call"
content -> recommend "case study"
"""
)

ATTRIBUTES = {
    "email": st.sampled_from(["a@example.com", ""]),
    "consent": st.booleans(),
    "region": st.lists(st.sampled_from(["north", "south"]), max_size=2),
    "signed": st.sampled_from(["2026-11-01", "2020-01-01"]),
    "employees": st.sampled_from([0, 20, 60, 300, 2000]),
    "annual_revenue": st.sampled_from([100, 900, 6_000_000]),
    "industry": st.sampled_from(["transport", "retail"]),
    "country": st.sampled_from(["PL", "FR"]),
    "budget": st.booleans(),
    "authority": st.booleans(),
    "need": st.booleans(),
}
events = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["page_view", "page_view", "email_open", "blog_view", "webinar_attended", "tv_spot"]),
        "at": st.integers(0, 400 * 24).map(lambda hours: (AS_OF - dt.timedelta(hours=hours)).isoformat()),
    },
    optional={
        "properties": st.fixed_dictionaries(
            {}, optional={"url": st.sampled_from(["/pricing", "/"]), "seconds": st.integers(0, 90)}
        )
    },
)
leads = st.fixed_dictionaries(
    {"id": st.just("1"), "attributes": st.fixed_dictionaries({}, optional=ATTRIBUTES)},
    optional={
        "events": st.lists(events, max_size=12),
        "stages": st.fixed_dictionaries({}, optional={"stage": st.sampled_from(["lead", "mql", "sql", "lost"])}),
    },
)


worked = leads.map(lambda lead: Case("", lead, AS_OF, RULES))
# -------------------------------------------------------------------- the laws


def it_holds_the_result_itself(case, explanation):
    for pii in (False, True):
        result = case.rules.evaluate(case.lead, as_of=case.as_of, pii=pii)
        found = case.rules.explain(case.lead, as_of=case.as_of, pii=True) if pii else explanation
        assert found.result.to_json() == result.to_json()


def a_rule_fired_where_the_audit_has_its_points(_, explanation):
    fired = [(r.id, r.points) for r in explanation.rules if r.kind in {"scoring", "persona"} and r.fired]
    assert fired == [(e.rule, e.points) for e in explanation.result.audit if e.kind == "points"]


def a_rule_that_did_not_fire_says_why(_, explanation):
    for rule in explanation.rules:
        if rule.fired is False and not explanation.gate:
            assert any(part.truth is False for part in rule.unmet), rule
        if rule.kind == "output":  # what it rests on is told, be it known or not
            assert rule.fired or rule.outcome == "unknown"
            assert not rule.unmet
        elif rule.fired is None:
            truths = {part.truth for part in rule.unmet}
            assert truths == {None} or (rule.kind == "persona" and None in truths), rule


def the_columns_add_up_to_the_score(_, explanation):
    for dimension in (step for step in explanation.sums if step.kind == "dimension"):
        counted = [r for r in explanation.rules if r.fired and r.points is not None and r.part == dimension.name]
        groups = [step for step in explanation.sums if step.kind == "group" and step.part == dimension.name]
        points = sum((r.points + (r.cap or 0) for r in counted), Decimal(0))
        assert points + sum(step.after - step.before for step in groups) == dimension.before
        assert dimension.after == explanation.result.dimensions[dimension.name]
    changes = sum(step.after - step.before for step in explanation.sums if step.kind in {"weight", "constant", "total"})
    assert sum(explanation.result.dimensions.values()) + changes == explanation.result.score


def the_texts_are_at_most_100_columns_and_the_data_is_plain(_, explanation):
    answers = [explanation.why_not(label) for ladder in explanation.ladders for label in ladder.labels + ladder.exits]
    for text in (str(explanation), *map(str, answers)):
        assert max(map(len, text.split("\n"))) <= 100
    assert canonical_json([explanation.to_dict(), *(answer.to_dict() for answer in answers)])


LAWS = (
    it_holds_the_result_itself,
    a_rule_fired_where_the_audit_has_its_points,
    a_rule_that_did_not_fire_says_why,
    the_columns_add_up_to_the_score,
    the_texts_are_at_most_100_columns_and_the_data_is_plain,
)


@settings(max_examples=max(100, settings().max_examples))
@given(case=worked | cases())
def test_every_law_holds(case, asked):
    """Of the worked rule file, which has every construct that an explanation tells apart, and of generated ones."""
    explanation = case.rules.explain(case.lead, as_of=case.as_of)
    (laws,) = asked(LAWS)
    for law in laws:
        law(case, explanation)


# ------------------------------------------------------- of the worked rule file


@given(leads)
def test_unknown_fields_are_not_supplied_and_the_largest_come_first(lead):
    unknown = RULES.explain(lead, as_of=AS_OF).unknown
    assert all(lead["attributes"].get(name) in (None, "", []) for name in unknown)
    assert list(unknown.items()) == sorted(unknown.items(), key=lambda item: (-item[1], item[0]))
    assert all(points > 0 for points in unknown.values())


@given(leads, st.sampled_from(["lead", "mql", "sql", "lost", "cold", "warm"]))
def test_why_not_is_reached_where_the_lead_has_the_label(lead, label):
    explanation = RULES.explain(lead, as_of=AS_OF)
    answer = explanation.why_not(label)
    assert answer.reached == (label in explanation.result.stages.values())
    assert [len(rule.unmet) for rule in answer.rules] == sorted(len(rule.unmet) for rule in answer.rules)
    if not answer.reached and not answer.missing and answer.exit is None and answer.ladder.label == "lead":
        assert all(rule.unmet for rule in answer.rules)
