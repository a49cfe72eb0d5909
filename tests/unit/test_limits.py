"""A limit is called by one name wherever it is told."""

import datetime as dt

import pytest

from leadrules import Ruleset
from leadrules.insights.goals import goals_of
from leadrules.insights.mutants import mutants_of
from leadrules.ruleset import program_of
from leadrules.syntax.layout import format_file
from leadrules.syntax.parser import parse

AS_OF = dt.datetime(2026, 11, 29, tzinfo=dt.UTC)
EVENT = "event visit[month: text, url: text, `e-mail`: text, count: number]\n"
LIMITS = [
    "max 1 every 1 minute",
    "max 2 every 36 hours",
    "max 2 every 3 days",
    "max 1 per day",
    "max 2 per quarter",
    "max 2 per url",
    "max 2 per `month`",
    "max 2 per `e-mail`",
    "max 2 per count",
    "once",
    "max 2 times",
    "max 1 point",
    "max 1.5 points",
    "max 1 point per hour",
    "max 3 points per `month`",
]


@pytest.mark.parametrize("limit", LIMITS)
def test_layout_explanations_coverage_and_mutation_write_a_limit_alike(limit):
    text = f"{EVENT}visit +2 {limit}\n"
    rules = Ruleset.from_text(text)
    explained = next(rule for rule in rules.explain({"id": "1"}, as_of=AS_OF).rules if rule.kind == "scoring")
    assert format_file(parse(text, "rules")[0]).splitlines()[-1].split(maxsplit=2)[2] == limit
    assert (*explained.event_limits, *explained.points_limits) == (limit,)
    assert [check.goal.text for check in goals_of(program_of(rules)) if check.goal.kind == "limit"] == [
        f"visit {limit}"
    ]
    changes = [mutant.change.split("` could be `") for mutant in mutants_of(program_of(rules))]
    was = [change[0].removeprefix("`") for change in changes]
    assert set(was) == {"+2", limit}
