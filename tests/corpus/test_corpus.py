"""Every worked case of the corpus says the truth, and every mistaken file is refused for what is wrong with it."""

from pathlib import Path

HERE = Path(__file__).parent
CASES = sorted([*HERE.glob("scoring/*.toml"), *HERE.glob("checks/*.toml")])
MISTAKEN = sorted(HERE.glob("checks/*.leadrules"))


def test_scoring(case, check_case):
    check_case(case)


def test_checks(mistaken, check_mistakes):
    check_mistakes(mistaken.read_text("utf-8"))
