"""What the README and the examples say is true."""

import re
from pathlib import Path

import leadrules_frameworks
import pytest

from leadrules import Ruleset

HOME = Path(__file__).parents[1]
README = (HOME / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"^```leadrules\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
EXAMPLES = sorted((HOME / "examples").glob("*.leadrules"))


def failures(rules):
    results = rules.run_examples()
    assert results
    return [result.example.name for result in results if not result.passed]


@pytest.mark.parametrize("text", BLOCKS, ids=range(len(BLOCKS)))
def test_a_rule_file_of_the_readme_is_good(text):
    assert failures(Ruleset.from_text(text)) == []


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_of_a_file_pass(path):
    assert failures(Ruleset.from_file(path)) == []


def test_the_readme_names_every_criterion():
    assert sorted(re.findall(r"^\| `(\w+)\(", README, re.MULTILINE)) == leadrules_frameworks.__all__


def test_the_readme_names_every_pack():
    named = re.findall(r"^\| [\w/&]+ \| `(\w+)` \| `(\w+)`", README, re.MULTILINE)
    packs = sorted(path.stem for path in Path(leadrules_frameworks.__file__).parent.glob("*.leadrules"))
    assert sorted(name for names in named for name in names) == packs


@pytest.mark.parametrize("name", leadrules_frameworks.__all__)
def test_a_criterion_has_at_least_20_cases(name):
    assert (HOME / "cases" / f"{name}.toml").read_text("utf-8").count("[[criterion]]") >= 20
