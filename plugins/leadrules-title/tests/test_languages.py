"""One title, one answer, in every language; and however it is written."""

import csv
import re
from pathlib import Path

import leadrules_title
import pytest
from leadrules_title.data import LANGUAGES
from leadrules_title.words import fold

HOME = Path(__file__).parents[1]


def rows_of(file):
    lines = (line for line in file.read_text("utf-8").splitlines() if line and not line.startswith("#"))
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


SAME = rows_of(Path(__file__).with_name("same_title.tsv"))
TITLES = sorted(
    {row["job_title"] for row in rows_of(HOME / "cases" / "titles.tsv")}
    | {row["job_title"] for row in rows_of(Path(__file__).with_name("held_out.tsv"))}
    | {text for row in SAME for language in LANGUAGES for text in row[language].split("; ")}
)


def answers(title):
    return leadrules_title.seniority(title), leadrules_title.functions(title)


@pytest.mark.parametrize("row", SAME, ids=lambda row: row["en"])
def test_a_title_has_one_seniority_in_every_language(row):
    titles = [text for language in LANGUAGES for text in row[language].split("; ")]
    expected = int(row["seniority"])
    assert {text: leadrules_title.seniority(text) for text in titles} == dict.fromkeys(titles, expected)
    assert {leadrules_title.is_decision_maker(text) for text in titles} == {expected >= 70}


@pytest.mark.parametrize("row", [row for row in SAME if row["function"]], ids=lambda row: row["en"])
def test_a_title_has_one_function_in_every_language(row):
    titles = [text for language in LANGUAGES for text in row[language].split("; ")]
    assert {text: leadrules_title.function(text) for text in titles} == dict.fromkeys(titles, row["function"])


def without_accents(title):
    return re.sub(r"\w+", lambda word: fold(word[0]), title)


WAYS = {
    "capitals": str.upper,
    "small letters": str.lower,
    "no accents": without_accents,
    "wide spaces": lambda title: f"  {title.replace(' ', '   ')} ",
    "no-break spaces": lambda title: title.replace(" ", "\u00a0"),
    "a full stop": lambda title: f"{title}.",
}


@pytest.mark.parametrize("way", WAYS)
def test_the_way_of_writing_changes_no_answer(way):
    changed = {title: WAYS[way](title) for title in TITLES}
    assert {changed[title]: answers(changed[title]) for title in TITLES} == {
        changed[title]: answers(title) for title in TITLES
    }
