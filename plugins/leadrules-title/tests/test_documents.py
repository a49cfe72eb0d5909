"""What the README and the examples say is true."""

import re
from pathlib import Path

import leadrules_title
import pytest
from leadrules_title.data import levels

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
    assert sorted(re.findall(r"^\| `(\w+)\(", README, re.MULTILINE)) == leadrules_title.__all__


@pytest.mark.parametrize("name", leadrules_title.__all__)
def test_a_criterion_has_at_least_20_cases(name):
    assert (HOME / "cases" / f"{name}.toml").read_text("utf-8").count("[[criterion]]") >= 20


def test_hard_titles_are_read_as_the_readme_says():
    rows = re.findall(r"^\| ([^|`]+?) \| (\d+|unknown) \| [a-z]", README, re.MULTILINE)
    assert len(rows) == 9
    for title, said in rows:
        assert said == str(leadrules_title.seniority(title) or "unknown"), title


def test_the_levels_are_those_of_the_readme():
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \| (.*) \|$", README, re.MULTILINE)
    assert {name: int(number) for name, number, _ in rows} == levels()
    for name, _, examples in rows:
        for title in re.split("[,;] ", examples.replace(" and EVP are 88", "")):
            assert leadrules_title.level_of(title.removesuffix(" …")) == name, title
