"""What the README and the example say is true: every rule file in them loads, and their examples pass."""

import re
from pathlib import Path

import leadrules_geo
import pytest

from leadrules import Ruleset

HOME = Path(__file__).parents[1]
README = (HOME / "README.md").read_text("utf-8")
EXAMPLES = sorted((HOME / "examples").glob("*.leadrules"))
LEAD = {
    "attributes": {"country": "Polska", "office_zone": "America/New_York"},
    "events": [{"type": "purchase", "at": "2026-05-01T12:00:00Z"}],
}
OUTCOMES = [
    (15, ("call now",)),
    (0, ()),
    (0, ("call now", "call now, Gulf", "call the capital")),
]


def rule_files():
    return re.findall(r"^```leadrules\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize(("text", "outcome"), list(zip(rule_files(), OUTCOMES, strict=True)))
def test_a_rule_file_of_the_readme_does_what_it_says(text, outcome, noon):
    result = Ruleset.from_text(text).evaluate({"id": "1", **LEAD}, as_of=noon)
    assert (result.score, result.tags) == outcome


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_of_a_file_pass(path):
    results = Ruleset.from_file(path).run_examples()
    assert results
    assert [result.example.name for result in results if not result.passed] == []


def test_the_readme_names_every_criterion():
    assert sorted(re.findall(r"^\| `(\w+)\(", README, re.MULTILINE)) == leadrules_geo.__all__


@pytest.mark.parametrize("name", leadrules_geo.__all__)
def test_a_criterion_has_at_least_20_cases(name):
    cases = (HOME / "cases" / f"{name}.toml").read_text("utf-8")
    assert cases.count("[[criterion]]") >= 20
