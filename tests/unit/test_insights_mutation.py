"""Which small changes of a rule file its examples notice."""

from importlib import resources

import pytest

from leadrules import Ruleset
from leadrules.engine.reference.interpreter import run
from leadrules.insights import mutate, run_examples
from leadrules.insights.mutants import mutants_of
from leadrules.insights.replay import Dependencies, Replay
from leadrules.ruleset import program_of

WHOLE = """
param least = 20
criterion keen = count(page_view within 20 days) >= 2
segment big = employees >= 50
require email is known because "no address"
require budget is known before scoring
dimension fit max 50 min -10
  big +20 | employees >= 10 +10 | else -5
  industry in {"transport", "logistics"} +15
  persona owner +20
    country = "PL" weight 2
    authority weight 1
dimension engagement max 60 within 90 days half-life 30 days
  page_view[url contains "/pricing" and seconds > 5] +10 max 2 per day
  keen and fit >= 20 +7
  email_open +1 max 3 times when need
  email_click +2 max 1 every 7 days from 2025-12-01 until 2026-01-31
  group money max 15
    purchase[amount > 100] +(amount / 100) max 10 points
    demo_request followed by purchase within 7 days +9
total = 0.5 * fit + engagement max 80
grade g = fit: A >= 30, B >= 10, C
grade i = engagement: "1" >= 20, "2"
grade both = g, i
stages lead < mql < sql exit out forward only
  score >= least -> mql
  at least 2 of (budget, need, g >= B) -> sql
  unsubscribe -> out
  hold mql while score >= 5
score >= least and big -> tag "call"
money > 5 -> recommend "offer"

example "one"
  given employees = 60, industry = "transport", country = "PL", budget = true, email = "a@example.com", need = true
  given page_view[url = "/pricing", seconds = 9] 2 days ago 3 times, email_open 1 day ago 4 times
  given purchase[amount = 150] 3 days ago 2 times, demo_request 5 days ago, email_click 2 days ago 2 times
  expect score = 44.5 or score > 40
  expect stage = sql and tags contains "call"
example "two"
  given budget = false, country = "DE", employees = 10, page_view 30 days ago
  given stage = mql
  expect fit = 10 and stage = mql and missing contains "no address"
example "three"
  given unsubscribe
  expect stage = out and score = 0
"""


def rules_of(text):
    rules = Ruleset.from_text(text)
    return rules, run_examples(rules)


def changes(text):
    return [survivor.change for survivor in mutate(*rules_of(text)).survivors]


def example(given, expect):
    return f'\nexample "x"\n  given {given}\n  expect {expect}\n'


# ---------------------------------------------------------------------- changes


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("employees >= 50 +10", ["`+10` could be `+9`", "`employees >= 50` could be `employees > 50`",
                                 "`employees >= 50` could be `employees >= 55`",
                                 "`employees >= 50` could be `employees >= 45`"]),
        ("count(email_open) >= 3 +10", ["`+10` could be `+9`",
                                        "`count(email_open) >= 3` could be `count(email_open) >= 4`",
                                        "`count(email_open) >= 3` could be `count(email_open) >= 2`"]),
        ('industry in {"a", "b"} -1', ["`-1` could be `+0`", '`"a"` could be left out', '`"b"` could be left out']),
        ('country = "PL" +0', ["`+0` could be `+1`", '`country = "PL"` could be `country = "…"`']),
        ('job_title contains word "vp*" +0', ["`+0` could be `+1`", "`contains word` could be `contains`",
                                                    '`"vp*"` could be `"…"`']),
        ("budget and need +0.5", ["`+0.5` could be `+0`", "`budget` could be left out", "`need` could be left out"]),
        ("email_open within 30 days +2 once", ["`+2` could be `+1`", "`within 30 days` could be `within 33 days`",
                                               "`within 30 days` could be `within 27 days`",
                                               "`once` could be `max 2 times`"]),
        ("email_open +2 max 3 per day half-life 24 hours",
         ["`half-life 24 hours` could be left out", "`half-life 24 hours` could be `half-life 26 hours`",
          "`half-life 24 hours` could be `half-life 22 hours`", "`+2` could be `+1`",
          "`max 3 per day` could be `max 4 per day`", "`max 3 per day` could be `max 2 per day`"]),
        ("purchase +(amount / 20) max 30 points",
         ["`20` could be `22`", "`20` could be `18`", "`max 30 points` could be `max 33 points`",
          "`max 30 points` could be `max 27 points`"]),
        ("email_open +2 drops 95% every 30 days until 9999-12-31",
         ["`drops 95% every 30 days` could be left out", "`drops 95% every 30 days` could be `drops 95% every 33 days`",
          "`drops 95% every 30 days` could be `drops 95% every 27 days`",
          "`drops 95% every 30 days` could be `drops 85% every 30 days`",
          "`+2` could be `+1`", "`until 9999-12-31` could be `until 9999-12-30`"]),
    ],
)  # fmt: skip
def test_without_examples_every_change_survives(rule, expected):
    assert changes(rule) == expected


def test_a_window_of_a_dimension_is_changed_once_for_all_its_rules():
    text = "dimension d within 30 days\n  email_open +1\n  page_view +1\n  count(email_click) > 1 +1\n"
    found = [change for change in changes(text) if "within" in change]
    assert found == ["`within 30 days` could be `within 33 days`", "`within 30 days` could be `within 27 days`"]


def test_a_window_of_its_own_is_changed_in_its_rule_whatever_its_filter_says():
    rule = 'page_view[url contains "x followed by y"] within 3 days followed by email_click within 7 days +5'
    found = mutate(*rules_of(f"dimension d within 365 days\n  {rule}\n  email_open +1\n")).survivors
    assert [one.line for one in found if "`within 3 days`" in one.change] == [2, 2]
    assert [one.line for one in found if "`within 365 days`" in one.change] == [1, 1]


def test_an_example_on_the_border_and_one_below_it_notice_all():
    at = example("employees = 50", "score = 10")
    below = example("employees = 49", "score = 0").replace('"x"', '"y"')
    assert changes("employees >= 50 +10" + at + below) == []
    assert changes("employees >= 50 +10" + at) == ["`employees >= 50` could be `employees >= 45`"]


def test_only_what_an_example_found_true_counts():
    assert "`+10` could be `+9`" in changes("employees >= 50 +10" + example("employees = 50", "score = 11"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("employees > 10 and employees < 5 +10",
         ["`employees > 10` could be left out", "`employees < 5` could be left out"]),
        ("dimension d max 100\n  budget +10", ["`+10` could be `+9`"]),
        ("dimension d max 9\n  budget +10", ["`max 9` could be `max 10`", "`max 9` could be `max 8`",
                                             "`+10` could be `+9`"]),
        ("email_open +0 max 3 times", ["`+0` could be `+1`"]),
        ("require not budget before scoring\nbudget +10 | need +5",
         ["the line could be left out", "`+5` could be `+4`"]),
    ],
)  # fmt: skip
def test_a_change_that_no_lead_shows_is_not_counted(text, expected):
    mutation = mutate(*rules_of(text))
    assert [survivor.change for survivor in mutation.survivors] == expected
    assert mutation.tried == len(expected)


def test_survivors_name_the_rule_and_its_line():
    survivor = mutate(*rules_of("# why\nrule sized: employees >= 50 +10")).survivors[0]
    assert (survivor.line, survivor.rule) == (2, "sized: employees >= 50")


def test_progress_is_told():
    told = []
    mutation = mutate(*rules_of("budget +10"), progress=lambda done, of: told.append((done, of)))
    assert told == [(1, 1)]
    assert (mutation.tried, mutation.noticed) == (1, 0)


# ----------------------------------------------------------------------- replay


def result(evaluation):
    definitions = {key: value for key, value in evaluation.reading.definitions.items() if key[0] != "tags"}
    lists = (evaluation.marks("tag"), evaluation.marks("recommend"), evaluation.segments(), evaluation.missing)
    return {key: definitions.get(key) for key in evaluation.program.order}, lists


def texts():
    folder = resources.files("leadrules.cli").joinpath("templates")
    return [WHOLE, *(folder.joinpath(f"{name}.leadrules").read_text("utf-8") for name in ("ecommerce", "polski"))]


@pytest.mark.parametrize("text", texts(), ids=["whole", "ecommerce", "polski"])
def test_a_replay_answers_as_the_whole_changed_program_does(text):
    rules, examples = rules_of(text)
    dependencies = Dependencies(program_of(rules))
    replays = [Replay(found.evaluation, dependencies) for found in examples[:6]]
    mutants = list(mutants_of(program_of(rules)))
    assert len(mutants) > 80
    for mutant in mutants:
        changed = mutant.applied(program_of(rules))
        for replay in replays:
            reading = replay.evaluation.reading
            whole = run(changed, reading.facts, reading.as_of)
            again = replay.changed(mutant) or replay.evaluation
            assert result(again) == result(whole), mutant


def test_the_examples_of_templates_notice_nearly_all_changes():
    folder = resources.files("leadrules.cli").joinpath("templates")
    files = [file for file in folder.iterdir() if file.name.endswith(".leadrules")]
    assert len(files) > 5
    for file in files:
        mutation = mutate(*rules_of(file.read_text("utf-8")))
        assert len(mutation.survivors) <= 1, (file.name, mutation.survivors)


def test_each_branch_of_a_value_is_changed_and_so_is_the_key_of_a_table():
    text = 'table t = {"a": 1}\noutput x = 5 if employees > 3 | t(source) if need | else 7\n'
    changes = {mutant.change for mutant in mutants_of(program_of(Ruleset.from_text(text)))}
    assert {
        "`5 if employees > 3` could be left out",
        "`t(source) if need` could be left out",
        "`else 7` could be left out",
        "`7` could be `8`",
        "`employees > 3` could be `employees >= 3`",
        "`5` could be `6`",
    } <= changes, sorted(changes)
