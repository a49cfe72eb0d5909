"""The data files are in order, and what stands in them is what is read."""

import collections
from importlib import resources
from typing import get_args

import pytest
from leadrules_title.answers import Function, Level
from leadrules_title.data import LANGUAGES, abbreviations, changes, levels, ranks, subjects, table, titles
from leadrules_title.reading import read
from leadrules_title.spelling import corrected
from leadrules_title.words import fold, words_of

ROWS = [
    pytest.param(row, language, id=f"{row['level']}{place}-{language}")
    for place, row in enumerate(table("titles")["title"])
    for language in LANGUAGES
    if language in row
]


def is_plain(text):
    return not set("*?") & set(text)


def test_levels_rise():
    assert list(levels().values()) == sorted(set(levels().values()))
    assert min(levels().values()) >= 0
    assert max(levels().values()) == 100
    assert set(changes()) == set(table("words")["change"])


def test_the_closed_answers_are_those_of_the_data():
    assert get_args(Level) == tuple(levels())
    assert set(get_args(Function)) == {*(row["name"] for row in table("functions")["function"]), "management"}


@pytest.mark.parametrize(("row", "language"), ROWS)
def test_every_title_has_its_level(row, language):
    expected = levels()[row["level"]] + row.get("more", 0) - row.get("less", 0)
    wrong = {text: read(text).seniority for text in row[language] if is_plain(text)}
    assert {text: found for text, found in wrong.items() if found != expected} == {}


@pytest.mark.parametrize(("row", "language"), ROWS)
def test_case_and_accents_do_not_matter(row, language):
    texts = [text for text in row[language] if is_plain(text)]
    for text in texts:
        assert read(text.upper()) == read(text.title()) == read(fold(text)) == read(text), text


def test_every_word_of_a_function_leads_to_one():
    for row in table("functions")["function"]:
        for language in LANGUAGES:
            for text in filter(is_plain, row.get(language, ())):
                assert [found.meaning for found in subjects().found_in(words_of(text))] == [row["name"]], text


def test_no_title_stands_in_two_levels():
    levels_of = collections.defaultdict(set)
    for row in table("titles")["title"]:
        for language in LANGUAGES:
            for text in row.get(language, ()):
                levels_of[fold(text)].add((row["level"], row.get("is"), row.get("more", 0), row.get("less", 0)))
    assert {text: found for text, found in levels_of.items() if len(found) > 1} == {}


def test_no_title_stands_twice_in_a_language():
    for language in LANGUAGES:
        texts = [fold(text) for row in table("titles")["title"] for text in row.get(language, ())]
        assert [text for text, count in collections.Counter(texts).items() if count > 1] == []


def test_known_words_are_not_corrected():
    known = sorted(titles() | subjects().words)
    assert corrected(known) == known


def test_words_that_are_right_stand_in_order_and_are_left_alone():
    text = resources.files("leadrules_title").joinpath("data", "right.txt").read_text("utf-8")
    words = [word for line in text.splitlines() if not line.startswith("#") for word in line.split()]
    assert words == sorted(set(words))
    assert [word for word in words if fold(word) != word] == []
    assert corrected(words) == words


def test_every_abbreviation_is_read_as_its_word():
    for word, texts in abbreviations().items():
        for text in texts:
            if word in titles() and ranks().knows(word) and read(word).seniority is not None:
                assert read(text).seniority is not None, text
    assert read("managing dir").seniority == read("managing director").seniority == 95


def test_a_letter_too_many_is_forgiven():
    asked, missed = 0, []
    for word in sorted(titles()):
        middle = len(word) // 2
        wrong = f"{word[:middle]}{word[middle]}{word[middle:]}"
        if len(word) >= 9 and not any(known.knows(wrong) for known in (ranks(), subjects())):  # one of the "*leiter"
            asked += 1
            missed += [] if read(wrong).seniority == read(word).seniority else [word]
    assert asked > 600
    assert missed == ["direction"]  # "direcction" is "dirección", too
