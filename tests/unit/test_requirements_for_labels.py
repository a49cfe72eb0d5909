"""`require … for LABEL` in explanations, why-not, forecasts, mutations and warnings."""

from __future__ import annotations

import datetime as dt

import pytest

from leadrules import Ruleset
from leadrules.insights import mutate, run_examples

RULES = """
stages lead < mql < sql < customer
email_open -> mql
need -> sql
budget -> customer
require phone is known for sql because "nobody can call"
require authority for customer
"""
AS_OF = dt.datetime(2026, 6, 30, 12, tzinfo=dt.UTC)


@pytest.fixture
def rules():
    return Ruleset.from_text(RULES)


def _lead(events=(), **attributes):
    found = [{"type": kind, "at": at} for kind, at in events]
    return {"id": "1", "attributes": attributes, "events": found}


def test_an_explanation_says_which_label_needs_it(rules):
    told = rules.explain(_lead(need=True), as_of=AS_OF)
    assert [(r.outcome, r.part) for r in told.rules if r.kind == "requirement"] == [
        ("nobody can call", "for sql"),
        ("authority", "for customer"),
    ]
    assert told.gate == ()
    assert told.ladders[0].decided == "requirement"
    text = str(told)
    assert "nobody can call (for sql)" in text
    assert "authority (for customer)" in text
    assert "true, but a requirement is missing" in text
    assert "Nothing was scored" not in text


@pytest.mark.parametrize(
    ("attributes", "decided"),
    [({}, "start"), ({"budget": True}, "requirement"), ({"need": True, "phone": "1"}, "rule")],
)
def test_a_requirement_decides_only_what_it_keeps_back(rules, attributes, decided):
    assert rules.explain(_lead(**attributes), as_of=AS_OF).ladders[0].decided == decided


@pytest.mark.parametrize(
    ("label", "missing"), [("mql", []), ("sql", ["for sql"]), ("customer", ["for sql", "for customer"])]
)
def test_why_not_names_what_the_label_needs(rules, label, missing):
    told = rules.explain(_lead(), as_of=AS_OF).why_not(label)
    assert [rule.part for rule in told.missing] == missing


def test_a_forecast_knows_when_what_is_required_passes():
    rules = Ruleset.from_text("""
stages lead < mql < sql
need -> sql
need -> mql
require email_open within 7 days for sql because "quiet"
""")
    lead = _lead([("email_open", "2026-06-28T12:00:00Z")], need=True)
    changes = rules.forecast(lead, as_of=AS_OF, days=30).changes
    assert [(c.kind, c.before, c.after) for c in changes if c.kind == "stage"] == [("stage", "sql", "mql")]
    assert changes[0].at.date() == dt.date(2026, 7, 5)


def test_another_label_is_a_change_that_examples_can_notice():
    text = RULES.replace("need ->", "not need ->")
    assert _other_labels(text) == {"`for sql` could be `for mql`", "`for sql` could be `for customer`"}
    covered = """
example "no phone"
  given need = false, email_open 1 day ago, budget = true, authority = true
  expect stage = mql
example "no phone, and no customer"
  given need = false
  expect stage = lead
"""
    assert _other_labels(text + covered) == set()


def _other_labels(text):
    rules = Ruleset.from_text(text)
    survivors = mutate(rules, run_examples(rules)).survivors
    return {one.change for one in survivors if one.rule.endswith("for sql") and "`for" in one.change}
