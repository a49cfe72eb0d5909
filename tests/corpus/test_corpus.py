"""Every worked case of the corpus says the truth, and every mistaken file is refused for what is wrong with it."""

import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from leadrules import Ruleset

HERE = Path(__file__).parent
CASES = sorted([*HERE.glob("scoring/*.toml"), *HERE.glob("checks/*.toml")])
EXAMPLES = sorted(HERE.glob("examples/*.leadrules"))
MISTAKEN = sorted(HERE.glob("checks/*.leadrules"))
TABLES = "rewrites the tables below.\n\n"


def test_scoring(case, check_case):
    check_case(case)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples(path):
    results = Ruleset.from_file(path).run_examples()
    assert [r.name for r in results if r.passed == r.name.startswith("fails:")] == []
    assert {r.passed for r in results} == {True, False}


def test_checks(mistaken, check_mistakes):
    check_mistakes(mistaken.read_text("utf-8"))


def test_the_readme_says_where_each_sentence_is_shown(golden):
    text = (HERE / "README.md").read_text("utf-8")
    golden(HERE / "README.md", text.split(TABLES)[0] + TABLES + "\n".join(tables()) + "\n")


def tables() -> Iterator[str]:
    """Write which files show each place of the page, and what each mistaken file is about."""
    shown: dict[str, Counter[str]] = {}
    for path in CASES:
        for case in tomllib.loads(path.read_text("utf-8"))["case"]:
            shown.setdefault(case["page"], Counter())[f"{path.parent.name}/{path.name}"] += 1
    yield from ("| place of the page | cases |", "|---|---|")
    for page in sorted(shown, key=lambda page: (int(page[1:].split()[0]), page)):
        yield f"| {page} | {', '.join(f'{number} in {file}' for file, number in shown[page].items())} |"
    yield from ("", "| rule file | what it is about |", "|---|---|")
    for path in [*MISTAKEN, *EXAMPLES]:
        about = path.read_text("utf-8").split("\n", 1)[0].removeprefix("# ")
        yield f"| {path.parent.name}/{path.name} | {about} |"
