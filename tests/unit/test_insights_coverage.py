"""What examples cover: which goals a rule file has, and which of them an example meets."""

from decimal import Decimal
from types import ModuleType

import pytest

from leadrules import Ruleset
from leadrules.analysis.prover import Prover
from leadrules.insights import measure_coverage, run_examples
from leadrules.ruleset import program_of
from leadrules.sdk import criterion

EXAMPLES = """
example "big"
  given employees = 100
  expect score = 10
"""


@criterion
def sure(number: Decimal = Decimal(2)) -> Decimal:
    """Give a number."""
    return number


@criterion
def unsure(number: Decimal = Decimal(2)) -> Decimal | None:
    """Give a number, or not."""
    return number or None


@criterion
def either(number: Decimal | None) -> bool:
    """Take what is unknown, too."""
    return number is None


def coverage(text):
    rules = Ruleset.from_text(text)
    return measure_coverage(rules, run_examples(rules))


def goals(text):
    return [(goal.kind, goal.text, goal.wanted) for goal in coverage(text).goals]


def outcomes(condition):
    text = f"field answered: bool default false\nfield other: number default 0\n{condition} +1"
    program = program_of(Ruleset.from_text(text))
    (rule,) = program.dimensions[0].items
    return Prover.of(program).answers(rule.alternatives[0].condition)


# ------------------------------------------------------------ possible outcomes


@pytest.mark.parametrize(
    "condition",
    ["budget", "employees > 5", 'industry in {"a"}', "not budget", "email_open and budget", "days since page_view > 3",
     "employees between 1 and 5", "at least 2 of (budget, need, email_open)", "created within 5 days",
     "max(amount of purchase) > 5", "(1 / other) > 0", "budget or need"],
)  # fmt: skip
def test_a_condition_on_what_may_be_unknown_has_three_outcomes(condition):
    assert outcomes(condition) == (True, False, None)


@pytest.mark.parametrize(
    "condition",
    ["answered", "other > 5", "employees is known", "employees is unknown", "no email_open", "count(page_view) > 2",
     "sum(amount of purchase) > 5", "distinct(day of page_view) > 5", "budget is known and budget",
     "employees is unknown or employees < 5", "email_open followed by purchase within 2 days", "(1 / 2) > other",
     "employees is known and need is known and (employees > 5 or need)"],
)  # fmt: skip
def test_a_condition_on_what_is_always_known_has_two_outcomes(condition):
    assert outcomes(condition) == (True, False)


def test_what_a_plugin_says_of_its_answers_is_believed():
    host = ModuleType("host")
    host.sure, host.unsure, host.either = sure, unsure, either
    text = "use host\nhost.sure() > 1 +1\nhost.sure(employees) > 1 +1\nhost.unsure() > 1 +1\nhost.either(employees) +1"
    program = program_of(Ruleset.from_text(text, criteria={"host": host}))
    found = [Prover.of(program).answers(rule.conditions[0]) for rule in program.rules]
    assert found == [(True, False), (True, False, None), (True, False, None), (True, False)]


def test_always_is_true():
    assert outcomes("always") == (True,)


def test_a_criterion_hides_nothing():
    text = "criterion sized = employees > 5\nsegment big = sized and email is known\nbig +1"
    program = program_of(Ruleset.from_text(text))
    (rule,) = program.dimensions[0].items
    assert None in Prover.of(program).answers(rule.conditions[0])


# ------------------------------------------------------------------------ goals


def test_a_rule_fires_and_its_condition_has_three_outcomes():
    assert goals("employees >= 100 +10") == [
        ("rule", "employees >= 100", "fires"),
        ("outcome", "employees >= 100", "is true"),
        ("outcome", "employees >= 100", "is false"),
        ("outcome", "employees >= 100", "is unknown"),
    ]


def test_each_alternative_counts_with_else():
    found = goals("employees >= 100 +10 | >= 50 +5 | else -1")
    assert [text for kind, text, _ in found if kind == "alternative"] == ["employees >= 100", "employees >= 50", "else"]


def test_a_combination_is_true_and_false_and_only_its_tests_are_unknown():
    found = goals("budget and employees >= 100 +10")
    assert [wanted for _, text, wanted in found if text == "budget and employees >= 100"] == [
        "fires", "is true", "is false",
    ]  # fmt: skip
    assert ("outcome", "budget", "is unknown") in found
    assert ("outcome", "employees >= 100", "is unknown") in found


def test_a_criterion_counts_where_it_is_declared_and_once():
    found = coverage("criterion big = employees >= 100\nbig +10\nbig and budget +5").goals
    lines = [goal.line for goal in found if goal.text in {"employees >= 100", "big"} and goal.kind == "outcome"]
    assert lines == [1, 1, 1]


def test_filters_pass_events_and_turn_them_away():
    found = goals('page_view[url contains "/pricing"] +10')
    assert ("event", 'url contains "/pricing"', "passes an event") in found
    assert ("event", 'url contains "/pricing"', "turns an event away") in found


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("dimension d max 10\n  budget +10", []),
        ("dimension d max 10\n  budget +11", ["dimension d max"]),
        ("dimension d max 10\n  email_open +1", ["dimension d max"]),
        ("dimension d max 10\n  email_open +1 max 10 times", ["email_open max 10 times"]),
        ("dimension d min -10\n  budget +10", []),
        ("dimension d min -10\n  budget -11", ["dimension d min"]),
        ("dimension d\n  group g max 5\n    budget +6", ["group g max"]),
        ("dimension d\n  persona p +6\n    budget weight 1\ntotal = 2 * d max 12", []),
        ("dimension d\n  persona p +6\n    budget weight 1\ntotal = 2 * d + 1 max 12", ["total max"]),
        ("purchase +(amount) max 5 points", ["purchase max 5 points"]),
        ("budget +3 max 5 points", []),
        ("email_open +1 once", ["email_open once"]),
    ],
)
def test_a_limit_counts_where_it_can_take_effect(text, limits):
    assert [found for kind, found, _ in goals(text) if kind == "limit"] == limits


def test_a_band_counts_where_points_reach_it():
    text = "dimension d\n  budget +10\ntotal = d\ngrade g = d: A >= 11, B >= 10, C >= 0, D"
    assert [found for kind, found, _ in goals(text) if kind == "label"] == ["g B", "g C"]


def test_a_label_counts_where_a_rule_leads_there():
    text = "stages a < b < c exit x\nbudget -> b\nhold c while need"
    assert [found for kind, found, _ in goals(text) if kind == "label"] == ["stage a", "stage b", "stage c"]


# --------------------------------------------------------------------- coverage


def test_percent_is_rounded_down():
    found = coverage("employees >= 100 +10\nbudget +1\nneed +1" + EXAMPLES)
    assert (found.covered, len(found.goals), found.percent) == (4, 12, 33)


def test_the_first_example_that_meets_a_goal_is_named():
    found = coverage("employees >= 100 +10" + EXAMPLES + EXAMPLES.replace("big", "again"))
    assert found.covered_by == ("big", "big", None, None)


def test_no_goals_are_all_covered():
    assert coverage("param x = 5").percent == 100


def test_a_limit_is_covered_when_it_changes_the_points():
    text = 'email_open +1 max 2 per day\nexample "x"\n  given email_open {} times\n  expect score > 0'
    assert [goal.kind for goal in coverage(text.format(2)).uncovered] == ["outcome", "limit"]
    assert [goal.kind for goal in coverage(text.format(3)).uncovered] == ["outcome"]


def test_a_lead_that_is_not_scored_covers_no_rule():
    text = 'require need before scoring\nbudget +5\nexample "x"\n  given budget = true\n  expect score = 0'
    assert [(goal.text, goal.wanted) for goal in coverage(text).uncovered] == [
        ("need", "is true"), ("need", "is false"),
        ("budget", "fires"), ("budget", "is true"), ("budget", "is false"), ("budget", "is unknown"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("condition", "wanted", "advice"),
    [
        ("employees > 50", "is true", "add an example with `employees = 51`"),
        ("employees > 50", "is false", "add an example with `employees = 50`"),
        ("employees > 50", "is unknown", "add an example without `employees`"),
        ('industry in {"a", "b"}', "is true", 'add an example with `industry = "a"`'),
        ('industry in {"a", "b"}', "is false", "add an example with another `industry`"),
        ('job_title contains word {"dyr*", "vp"}', "is true", 'add an example with `job_title = "dyr"`'),
        ("not budget", "is true", "add an example with `budget = false`"),
        ("demo_request", "is true", "add an example with `demo_request`"),
        ("demo_request", "is false", "add an example without `demo_request`"),
        ("email is known", "is true", "add an example with `email`"),
        ("days since demo_request > 3", "is unknown", "add an example without `demo_request`"),
    ],
)
def test_what_to_add_is_said_in_the_words_of_the_language(condition, wanted, advice):
    (found,) = [g for g in coverage(f"{condition} +5").goals if g.wanted == wanted and g.kind == "outcome"]
    assert found.advice == advice
