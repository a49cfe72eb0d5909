"""What changed between two rule files, and what that does to leads."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from leadrules import Ruleset
from leadrules.errors import InputError
from leadrules.insights import Limit, diff_rules, exceeded
from leadrules.insights.changes import changes_between, elements_of
from leadrules.insights.impact import Impact, limit_names
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
    return diff_rules(Ruleset.from_text(old), Ruleset.from_text(new), leads, as_of=NOW)


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
    assert (move.before, move.after, move.labels) == (Decimal(35), Decimal(20), ())
    assert [(c.rule, c.points) for c in move.causes] == [("fit: employees >= 1000 | >= 200", Decimal(-15))]
    assert sum(c.points for c in move.causes) == move.points


def test_stage_moves_are_counted_in_a_table():
    leads = [{"id": str(n), "attributes": {"employees": n}} for n in (100, 200, 1000)]
    found = impact(OLD, OLD.replace("score >= 20", "score >= 25"), *leads)
    assert dict(found.stages["stage"]) == {("lead", "lead"): 1, ("mql", "lead"): 1, ("mql", "mql"): 1}
    assert (found.moved("stage"), found.score_changes) == (1, 0)


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


GROUPED = """
dimension fit
city = "X" +15
group place max 10
country = "PL" +8
dimension interest
persona buyer +20
  authority weight 1
total = fit
"""


@pytest.mark.parametrize(
    ("moved", "to", "what", "kind", "homes"),
    [
        ('city = "X" +15\n', "group place max 10\n", "moved", "rule", ("fit", "fit, group place")),
        ('country = "PL" +8\n', "dimension interest\n", "moved", "rule", ("fit, group place", "interest")),
        ("persona buyer +20\n  authority weight 1\n", "dimension fit\n", "moved", "persona", ("interest", "fit")),
        ('group place max 10\ncountry = "PL" +8\n', "dimension interest\n", "moved", "group", ("fit", "interest")),
    ],
)
def test_what_counts_elsewhere_has_moved(moved, to, what, kind, homes):
    new = GROUPED.replace(moved, "").replace(to, to + moved)
    before, after = (elements_of(statements_of(Ruleset.from_text(text))) for text in (GROUPED, new))
    found = [(c.what, c.kind, (c.before.home, c.after.home)) for c in changes_between(before, after) if c.kind == kind]
    assert found == [(what, kind, homes)]


def test_a_rule_that_is_moved_and_edited_is_told_as_one_that_went_and_one_that_came():
    new = GROUPED.replace('city = "X" +15\n', "").replace("max 10\n", 'max 10\ncity = "X" +12\n')
    assert [(what, before, after) for what, _, before, after in changed(GROUPED, new)] == [
        ("added", None, 'city = "X" +12'),
        ("removed", 'city = "X" +15', None),
    ]


WIDE = """
field region: text
email_open +5
stages state: a < b
  score >= 5 -> b
stages owner: nobody < Kowalski < Nowak
  region = "x" -> Kowalski
grade fit = score: A >= 3, B
segment big = employees > 10
budget -> tag "money"
budget -> recommend "call"
"""
LEADS = (
    {"id": "1", "attributes": {"region": "x", "budget": True}},
    {"id": "2", "attributes": {"region": "x"}, "events": [{"type": "email_open", "at": "2026-11-20"}]},
    {"id": "3", "attributes": {"region": "y", "employees": 20, "authority": True}},
)


@pytest.mark.parametrize(
    ("old", "new", "limit", "shifts"),
    [
        ("-> Kowalski", "-> Nowak", "owner moves > 1", {("1", "stage", "owner"), ("2", "stage", "owner")}),
        ("-> Kowalski", "-> Nowak", "stage moves > 5%", {("1", "stage", "owner"), ("2", "stage", "owner")}),
        ("A >= 3", "A >= 6", "fit moves = 1", {("2", "grade", "fit")}),
        ("A >= 3", "A >= 6", "grade changes = 1", {("2", "grade", "fit")}),
        ("> 10", "> 30", "segment changes = 1", {("3", "segments", "big")}),
        ('tag "money"', 'tag "rich"', "tag changes = 1", {("1", "tags", "money"), ("1", "tags", "rich")}),
        ('"call"', '"write"', "recommendation changes = 1", {("1", "recommendations", w) for w in ("call", "write")}),
        (
            "segment big",
            'require need because "why?"\nsegment big',
            "missing requirement changes = 3",
            {("1", "stage", "owner"), ("2", "stage", "owner"), ("2", "stage", "state")}
            | {(lead, "missing", "why?") for lead in "123"},
        ),
    ],
)
def test_everything_in_a_result_is_compared(old, new, limit, shifts):
    found = impact(WIDE, WIDE.replace(old, new), *LEADS)
    assert {(move.lead, shift.kind, shift.name) for move in found.moves for shift in move.shifts} == shifts
    assert exceeded([Limit.of(limit, ["owner", "fit"])], found)
    assert not exceeded([Limit.of("score changes > 0")], found)


def test_dimensions_are_compared_where_the_total_stays():
    found = impact(GROUPED, GROUPED.replace("buyer +20", "buyer +10"), {"id": "1", "attributes": {"authority": True}})
    (move,) = found.moves
    assert [(s.kind, s.name, s.before, s.after) for s in move.shifts] == [("dimension", "interest", 20, 10)]
    assert found.score_changes == 0
    assert exceeded([Limit.of("interest changes > 0", ["fit", "interest"])], found)


def test_a_ladder_that_one_of_the_files_does_not_have():
    found = impact(WIDE, WIDE.replace("stages state:", "stages status:"), *LEADS)
    assert found.stages["state"] == {("a", "-"): 2, ("b", "-"): 1}
    assert found.stages["status"] == {("-", "a"): 2, ("-", "b"): 1}


def test_a_limit_about_something_that_is_not_there_suggests_what_is_close():
    rules = Ruleset.from_text(WIDE)
    with pytest.raises(ValueError, match=r"`ownr` in `ownr moves > 0` is no ladder, .*: did you mean `owner`\?"):
        Limit.of("ownr moves > 0", limit_names(rules, rules))


def test_leads_that_cannot_be_scored_are_counted_by_who_could_not():
    old, new = Ruleset.from_text("employees > 5 +5"), Ruleset.from_text("budget +5")
    found = diff_rules(old, new, [{"id": "1", "attributes": {"employees": "many"}}, {"id": "2"}], as_of=NOW)
    assert (found.leads, dict(found.rejected)) == (1, {"only by the old rules": 1})


def test_the_moment_of_a_comparison_has_a_time_zone():
    rules = Ruleset.from_text("budget +5")
    with pytest.raises(InputError, match="timezone"):
        diff_rules(rules, rules, [], as_of=NOW.replace(tzinfo=None))


def test_quantiles_of_the_scores():
    leads = [{"id": str(n), "attributes": {"employees": n}} for n in (100, 200, 1000)]
    before, after = impact(OLD, OLD.replace("+20", "+10"), *leads).quantiles()
    assert before in ([0, 0, 20, 30, 30], [0, 20, 20, 20, 30])
    assert after[2] == 10


# ------------------------------------------------- files that rules read

LISTED = 'list cities from "cities.csv" column "city"\ncity in cities +5\n'
IN_A_TABLE = """
table reps from "reps.csv" key "Region" [Quota: number]
reps.Quota(region) > 10 +5
reps.Owner(region) is known +1
"""


def files_differ(text, name, before, after):
    found = Impact.of(*(Ruleset.from_text(text, files={name: each}) for each in (before, after)))
    return [(one.kind, one.what, one.before.text, one.after.text) for one in found.changes]


def test_another_list_beside_the_same_rules_is_a_change():
    changes = files_differ(LISTED, "cities.csv", "city\nOpole\nKielce\n", "city\nKielce\nRadom\n")
    assert changes == [("list", "changed", 'cities.csv: "Opole"', 'cities.csv: "Radom"')]
    more = "city\n" + "".join(f"c{number}\n" for number in range(8))
    (change,) = files_differ(LISTED, "cities.csv", "city\nc0\n", more)
    assert change[2:] == ("cities.csv: nothing in place of 7", 'cities.csv: "c1", "c2", "c3", "c4", "c5", and 2 more')


def test_another_table_beside_the_same_rules_is_a_change_where_it_is_asked():
    rows = "Region,Owner,Quota,Note\nłódzkie,Nowak,{0},{1}\n"
    changes = files_differ(IN_A_TABLE, "reps.csv", rows.format(10, "x"), rows.format(12.5, "y"))
    sides = ('reps.csv: Quota("łódzkie") = 10', 'reps.csv: Quota("łódzkie") = 12.5')
    assert changes == [("table", "changed", *sides)]
    assert files_differ(IN_A_TABLE, "reps.csv", rows.format(10, "x"), rows.format(10, "y")) == []


def test_a_declaration_that_is_another_is_told_once():
    other = LISTED.replace("cities.csv", "towns.csv")
    before = Ruleset.from_text(LISTED, files={"cities.csv": "city\nOpole\n"})
    after = Ruleset.from_text(other, files={"towns.csv": "city\nRadom\n"})
    assert [one.after.text for one in Impact.of(before, after).changes if one.after] == [other.split("\n", 1)[0]]
