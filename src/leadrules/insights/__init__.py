r"""What rules do to leads, and what examples say about rules.

>>> from leadrules import Ruleset
>>> rules = Ruleset.from_text('budget +5\nexample "rich"\n  given budget = true\n  expect score = 5')
>>> examples = run_examples(rules)
>>> [example.passed for example in examples], measure_coverage(rules, examples).percent
([True], 50)
>>> [survivor.change for survivor in mutate(rules, examples).survivors]
[]
"""

from leadrules.insights.changes import Change, Element
from leadrules.insights.comparison import Comparison, Difference, compare_scored
from leadrules.insights.coverage import Coverage, measure_coverage
from leadrules.insights.examples import ExampleReport, Unmet, run_examples
from leadrules.insights.goals import Goal
from leadrules.insights.impact import Cause, Impact, Limit, Move, Shift, diff_rules, exceeded
from leadrules.insights.mutation import Mutation, Survivor, mutate

__all__ = [
    "Cause",
    "Change",
    "Comparison",
    "Coverage",
    "Difference",
    "Element",
    "ExampleReport",
    "Goal",
    "Impact",
    "Limit",
    "Move",
    "Mutation",
    "Shift",
    "Survivor",
    "Unmet",
    "compare_scored",
    "diff_rules",
    "exceeded",
    "measure_coverage",
    "mutate",
    "run_examples",
]
