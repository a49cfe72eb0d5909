"""How often the plugin is right on titles that it was not tuned to, see the head of held_out.tsv."""

import collections
import csv
from pathlib import Path

import leadrules_title
import pytest
from leadrules_title.data import LANGUAGES, levels, table

FILE = Path(__file__).with_name("held_out.tsv")
ROWS = list(
    csv.DictReader(
        (line for line in FILE.read_text("utf-8").splitlines() if line and not line.startswith("#")),
        delimiter="\t",
        quoting=csv.QUOTE_NONE,
    )
)
ASKED = {"level": leadrules_title.level_of, "function": leadrules_title.function}
"""What is measured, by the column of its labels."""

# Shares of the titles of a language, in hundredths, as measured: what is right may not fall, what is wrong not rise.
FLOOR = {
    "en": {"level": 94, "function": 96},
    "pl": {"level": 84, "function": 98},
    "de": {"level": 87, "function": 93},
    "fr": {"level": 85, "function": 95},
    "es": {"level": 88, "function": 91},
}
MOST_WRONG = {"level": 1.3, "function": 2.4}


def verdict(row, column):
    """Say whether an answer is one of the labels ("right"), none where there is one ("open"), or another ("wrong")."""
    answer = ASKED[column](row["job_title"]) or "-"
    if answer in row[column].split(","):
        return "right"
    return "open" if answer == "-" else "wrong"


def shares(rows, column):
    found = collections.Counter(verdict(row, column) for row in rows)
    return {each: 100 * count / found.total() for each, count in found.items()}


def test_there_are_enough():
    assert collections.Counter(row["language"] for row in ROWS) == dict.fromkeys(LANGUAGES, 126)


def test_labels_are_answers_that_can_be_given():
    named = {row["name"] for row in table("functions")["function"]}
    assert {label for row in ROWS for label in row["level"].split(",")} == {*levels(), "-"}
    assert {label for row in ROWS for label in row["function"].split(",")} == {*named, "-"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("column", ASKED)
def test_enough_are_right(language, column):
    assert shares([row for row in ROWS if row["language"] == language], column)["right"] >= FLOOR[language][column]


@pytest.mark.parametrize("column", ASKED)
def test_few_are_wrong(column):
    assert shares(ROWS, column)["wrong"] <= MOST_WRONG[column]
