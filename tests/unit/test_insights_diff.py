"""What changed between two rule files, and what that does to leads."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from leadrules import Ruleset
from leadrules.insights.changes import changes_between, elements_of
from leadrules.insights.impact import Impact, Limit, exceeded
from leadrules.ruleset import statements_of

NOW = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)
OLD = """
dimension fit max 60
employees >= 1000 +30 | >= 200 +20
industry = "transport" +15
dimension engagement
email_open +1 max 1 per day
stages lead < mql
score >= 20 -> mql
"""


def changed(old, new):
    before, after = (elements_of(statements_of(Ruleset.from_text(text))) for text in (old, new))
    return [
        (c.what, c.kind, c.before.text if c.before else None, c.after.text if c.after else None)
        for c in changes_between(before, after)
    ]


def impact(old, new, *leads):
    before, after = Ruleset.from_text(old), Ruleset.from_text(new)
    found = Impact(changes_between(elements_of(statements_of(before)), elements_of(statements_of(after))))
    for lead in leads:
        found.add(before.evaluate(lead, as_of=NOW), after.evaluate(lead, as_of=NOW))
    return found


def test_layout_comments_and_order_are_no_change():
    new = OLD.replace('industry = "transport" +15', 'industry   =  "transport"   +15  # in our trade')
    lines = new.strip().split("\n")
    lines[1], lines[2] = lines[2], lines[1]
    assert changed(OLD, "\n".join(lines)) == []


def test_points_of_a_rule():
    assert changed(OLD, OLD.replace('"transport" +15', '"transport" +10')) == [
        ("changed", "rule", 'industry = "transport" +15', 'industry = "transport" +10')
    ]


def test_an_edited_condition_is_the_same_rule_edited():
    assert changed(OLD, OLD.replace('"transport"', '"logistics"')) == [
        ("changed", "rule", 'industry = "transport" +15', 'industry = "logistics" +15')
    ]


def test_what_came_and_what_went():
    new = OLD.replace('industry = "transport" +15\n', "") + 'country = "PL" -> tag "near"\n'
    assert changed(OLD, new) == [
        ("added", "tag", None, 'country = "PL" -> tag "near"'),
        ("removed", "rule", 'industry = "transport" +15', None),
    ]


def test_examples_are_no_part_of_the_meaning():
    assert changed(OLD, OLD + 'example "x"\ngiven employees = 300\nexpect fit = 20\n') == []


def test_a_move_names_the_rules_behind_it_and_their_points_add_up():
    lead = {"id": "7", "attributes": {"employees": 300, "industry": "transport"}}
    new = OLD.replace(">= 200 +20", ">= 200 +5").replace('"transport"', '"Transport"')
    (move,) = impact(OLD, new, lead).moves
    assert (move.before, move.after, move.stage_before, move.stage_after) == (Decimal(35), Decimal(20), "mql", "mql")
    assert [(c.rule, c.points) for c in move.causes] == [("fit: employees >= 1000 | >= 200", Decimal(-15))]
    assert sum(c.points for c in move.causes) == move.points


def test_stage_moves_are_counted_in_a_table():
    leads = [{"id": str(n), "attributes": {"employees": n}} for n in (100, 200, 1000)]
    found = impact(OLD, OLD.replace("score >= 20", "score >= 25"), *leads)
    assert dict(found.stages) == {("lead", "lead"): 1, ("mql", "lead"): 1, ("mql", "mql"): 1}
    assert (found.stage_moves, found.score_changes) == (1, 0)


@pytest.mark.parametrize(
    ("limit", "over"),
    [
        ("stage moves > 33%", True),
        ("stage moves > 34%", False),
        ("stage moves >= 1", True),
        ("stage moves > 1", False),
        ("score changes = 0", True),
        ("rejected > 0", False),
    ],
)
def test_limits(limit, over):
    leads = [{"id": str(n), "attributes": {"employees": n}} for n in (100, 200, 1000)]
    found = impact(OLD, OLD.replace("score >= 20", "score >= 25"), *leads)
    assert bool(exceeded([Limit.of(limit)], found)) is over


def test_a_limit_that_is_none():
    with pytest.raises(ValueError, match=r'`moves > 5` is no such condition: write "stage moves > 5%"'):
        Limit.of("moves > 5")


def test_quantiles_of_the_scores():
    leads = [{"id": str(n), "attributes": {"employees": n}} for n in (100, 200, 1000)]
    before, after = impact(OLD, OLD.replace("+20", "+10"), *leads).quantiles()
    assert before in ([0, 0, 20, 30, 30], [0, 20, 20, 20, 30])
    assert after[2] == 10
