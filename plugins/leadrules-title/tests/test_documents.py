"""What the README, the examples and the cases say is true."""

import re
from pathlib import Path

import leadrules_title
from leadrules_title.data import levels

from leadrules.testing import check_documents

HOME = Path(__file__).parents[1]
README = (HOME / "README.md").read_text("utf-8")


def test_documents_are_true():
    check_documents(leadrules_title, HOME, cases=20)


def test_hard_titles_are_read_as_the_readme_says():
    rows = re.findall(r"^\| ([^|`]+?) \| (\d+|unknown) \| [a-z]", README, re.MULTILINE)
    assert len(rows) == 13
    for title, said in rows:
        assert said == str(leadrules_title.seniority(title) or "unknown"), title


def test_the_levels_are_those_of_the_readme():
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \| (.*) \|$", README, re.MULTILINE)
    assert {name: int(number) for name, number, _ in rows} == levels()
    for name, _, examples in rows:
        for title in re.split("[,;] ", examples.replace(" and EVP are 88", "")):
            assert leadrules_title.level_of(title.removesuffix(" …")) == name, title
