"""Rule files whose examples cover all that can be asked of them: nothing is asked that no example can show.

The first line of each says how many goals it has, so that none is lost either.
"""

from pathlib import Path

import pytest

from leadrules import Ruleset
from leadrules.insights import measure_coverage, run_examples

FILES = sorted(Path(__file__).with_name("coverage").glob("*.leadrules"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_examples_cover_all_that_is_asked(path):
    rules = Ruleset.from_file(path)
    examples = run_examples(rules)
    assert [(example.name, example.problem, example.unmet) for example in examples if not example.passed] == []
    coverage = measure_coverage(rules, examples)
    assert [(goal.line, goal.text, goal.wanted) for goal in coverage.uncovered] == []
    assert coverage.percent == 100
    assert path.read_text("utf-8").splitlines()[0] == f"# {len(coverage.goals)} goals"
