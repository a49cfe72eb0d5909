r"""What rules do to leads, and what examples say about rules.

>>> from leadrules import Ruleset
>>> rules = Ruleset.from_text('budget +5\nexample "rich"\n  given budget = true\n  expect score = 5')
>>> examples = run_examples(rules)
>>> [example.passed for example in examples], measure_coverage(rules, examples).percent
([True], 50)
>>> [survivor.change for survivor in mutate(rules, examples).survivors]
[]
"""

from leadrules.insights.coverage import Coverage, measure_coverage
from leadrules.insights.examples import ExampleReport, Unmet, run_examples
from leadrules.insights.goals import Goal
from leadrules.insights.mutation import Mutation, Survivor, mutate

__all__ = [
    "Coverage",
    "ExampleReport",
    "Goal",
    "Mutation",
    "Survivor",
    "Unmet",
    "measure_coverage",
    "mutate",
    "run_examples",
]
