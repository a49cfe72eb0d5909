"""What the README and the example say is true: every rule file in them loads, and their examples pass."""

import re
from pathlib import Path

import leadrules_contact
import pytest

from leadrules import Ruleset

HOME = Path(__file__).parents[1]
README = (HOME / "README.md").read_text("utf-8")
EXAMPLES = sorted((HOME / "examples").glob("*.leadrules"))
LEAD = {
    "email": "office@example.com",
    "website": "www.example.com",
    "phone": "512 345 678",
    "country": "PL",
    "Tax ID": "PL 856-734-62-15",
    "register_id": "192598184",
}
SCORES = [35, 15, 20, 8]


def rule_files():
    return re.findall(r"^```leadrules\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize(("text", "score"), list(zip(rule_files(), SCORES, strict=True)))
def test_a_rule_file_of_the_readme_scores(text, score, noon):
    assert Ruleset.from_text(text).evaluate({"id": "1", "attributes": LEAD}, as_of=noon).score == score


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_of_a_file_pass(path):
    results = Ruleset.from_file(path).run_examples()
    assert results
    assert [result.example.name for result in results if not result.passed] == []


def test_the_readme_names_every_criterion():
    assert sorted(re.findall(r"^\| `(\w+)\(", README, re.MULTILINE)) == leadrules_contact.__all__


@pytest.mark.parametrize("name", leadrules_contact.__all__)
def test_a_criterion_has_at_least_20_cases(name):
    cases = (HOME / "cases" / f"{name}.toml").read_text("utf-8")
    assert cases.count("[[criterion]]") >= 20
