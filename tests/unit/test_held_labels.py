"""Labels of former rules: a lead that holds one is scored as one that holds none, and everybody says so."""

import datetime as dt
import json

import pytest

from leadrules import Ruleset, Transition
from leadrules.tables import score_files
from leadrules.testing import a_state_foresees_the_same, engines_agree, forecast_comes_true, incremental_agrees

NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
STAGES = """
stages lead < mql < customer exit lost forward only
employees > 5 -> mql
was mql -> tag "known before"
hold customer while country = "PL"
"""
RULES = Ruleset.from_text(STAGES)
LEAD = {"id": "1", "attributes": {"employees": 7, "country": "PL"}}


def held(label) -> dict:
    return {**LEAD, "stages": {"stage": label}}


@pytest.mark.parametrize("label", ["sql", "SQL ", "zażółć", "\u2163", "mql!", "x" * 300])
def test_the_lead_counts_as_one_that_holds_none(label):
    none, found = RULES.evaluate(LEAD, as_of=NOW), RULES.evaluate(held(label), as_of=NOW)
    assert (found.stages, found.tags) == (none.stages, none.tags) == ({"stage": "mql"}, ())
    assert found.transitions[0].before == RULES.explain(held(label), as_of=NOW).ladders[0].held
    engines_agree(RULES, held(label), NOW)
    incremental_agrees(RULES, held(label), NOW, seed=1)


def test_the_transition_tells_the_label_that_was_held():
    assert RULES.evaluate(held("sql"), as_of=NOW).transitions == (Transition("stage", "sql", "mql", "employees > 5"),)
    assert RULES.evaluate(held("mql"), as_of=NOW).transitions == ()
    text = str(RULES.explain(held("sql"), as_of=NOW))
    assert "stage: mql (sql before, which is none of its labels)" in text


def test_what_time_will_change_is_told_of_such_a_lead_too():
    rules = Ruleset.from_text("""
stages lead < mql < customer forward only
email_open within 7 days -> mql
hold customer while was customer
""")
    events = [{"type": "email_open", "at": NOW}]
    for label in ("sql", "customer", "mql"):
        lead = {"id": "1", "events": events, "stages": {"stage": label}}
        result = rules.evaluate(lead, as_of=NOW)
        assert result.valid_until == rules.next_change(lead, as_of=NOW)
        forecast_comes_true(rules, lead, NOW, seed=1)
        a_state_foresees_the_same(rules, lead, NOW, seed=1)
    assert rules.evaluate({**lead, "stages": {"stage": "sql"}}, as_of=NOW).stage == "mql"


def test_a_state_goes_on_under_rules_that_have_renamed_a_label():
    state = RULES.start({**LEAD, "stages": {"stage": "customer"}})
    state.advance(as_of=NOW)
    renamed = Ruleset.from_text(STAGES.replace("customer", "client"))
    later = renamed.resume(state.to_json())
    assert later.result(as_of=NOW).to_json() == renamed.evaluate(held("customer"), as_of=NOW).to_json()
    later.update(stages={"stage": "client"})
    assert later.result(as_of=NOW).stage == "client"
    assert json.loads(later.to_json())["stages"] == {"stage": "client"}


@pytest.mark.parametrize("workers", [None, 2])
def test_files_are_scored_and_say_how_many_leads_hold_such_a_label(tmp_path, workers):
    labels = ["sql", "mql", "sql", "won", None, " ", "lost"]
    leads = [{"id": str(n), "attributes": {"employees": n}, "stages": {"stage": v}} for n, v in enumerate(labels)]
    path = tmp_path / "leads.jsonl"
    path.write_text("\n".join(map(json.dumps, leads)), "utf-8")
    summary = score_files(RULES, leads=path, as_of=NOW, workers=workers)
    assert (summary.scored, summary.strange_labels) == (7, 3)
    (said,) = summary.remarks
    assert said.startswith("3 leads hold a label that the rules do not have, and count as leads without one: ")
    assert said.endswith(": `sql` of `stage`, `won` of `stage`")
