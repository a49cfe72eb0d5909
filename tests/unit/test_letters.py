"""Texts as rules compare them: white space, accents and words, of one version of Unicode on every Python."""

import datetime as dt
import hashlib
import re
import unicodedata
from types import SimpleNamespace
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadrules import Ruleset, characters
from leadrules.characters import VERSION, spaced, unassigned, unmarked, words_between
from leadrules.letters import (
    ACCENTED,
    EDGE,
    UNACCENTED,
    folded,
    sought,
    stands_as_words,
    unaccented,
    why_no_words,
    worded,
)
from leadrules.sdk import criterion

EVERY = [
    chr(code)
    for code in (*range(0x20000), *range(0x2F800, 0x2FB00), *range(0xE0000, 0xE0200))
    if not 0xD800 <= code < 0xE000
]  # beyond these, no version has anything but ideographs
LATER = "\ua7cb"  # a letter since version 16
OF_THE_VERSION = unicodedata.unidata_version == VERSION
FORMS = pytest.mark.parametrize("letters", [ACCENTED, UNACCENTED], ids=["with accents", "without"])
SPELLED = st.text(st.sampled_from(f"aIzŁłĄćßæŉİ\u0131ẞ \u00a0\t\n\u0301\u0323\u0327\u0345\u0328が\u3099ी्{LATER}*-"))


def digest(parts):
    found = hashlib.sha256()
    for part in parts:
        found.update(part.encode() + b"\n")
    return found.hexdigest()[:16]


@pytest.fixture(params=[True, False], ids=["own tables", "told apart"])
def _tables(request, monkeypatch):
    """Tell characters apart also on the Python that need not."""
    if not request.param:
        monkeypatch.setattr(characters, "_IS_THE_ONE", False)


# ------------------------------------------------------------- every character


@pytest.mark.usefixtures("_tables")
def test_every_character_is_taken_for_the_same_on_every_python():
    """The digests were made by the tables of version 14; another Python must come to the same."""
    assert digest(map(UNACCENTED.folded, EVERY)) == "a9b5aea296aaf675"
    assert digest(map(UNACCENTED.plain, EVERY)) == "a567f64cb971e3f9"
    assert digest(words_between(c, "|") for c in EVERY) == "ca49ded27ba8ed4f"
    assert digest(unmarked(f"a{c}\u0301{c}") for c in EVERY) == "5aa6d7b8c6a8003a"


def test_white_space_is_what_python_takes_off_around_a_text():
    assert [c for c in EVERY if spaced(c) == " "] == [c for c in EVERY if not c.strip()]


def test_words_are_made_of_letters_their_marks_and_digits():
    parts = [c for c in EVERY if words_between(c, EDGE) != c]
    if OF_THE_VERSION:
        assert parts == [c for c in EVERY if unicodedata.category(c)[0] in "LMN"]
    else:
        assert not any(unassigned(c) for c in parts)


def test_every_latin_letter_that_is_another_with_something_is_that_one_without_accents():
    """`LATIN SMALL LETTER L WITH STROKE` is `l`; what is decomposed into a letter and marks is, too."""
    named = re.compile(r"LATIN (SMALL|CAPITAL) LETTER ([A-Z]) WITH (?!SMALL LETTER)")
    found = [(c, named.match(unicodedata.name(c, ""))) for c in EVERY if not unassigned(c)]
    told = [(c, name[2].lower() if name[1] == "SMALL" else name[2]) for c, name in found if name]
    assert len(told) > 700
    assert [(c, letter, unaccented(c)) for c, letter in told if unaccented(c)[0] != letter] == []


@FORMS
def test_folding_ends(letters):
    assert [c for c in EVERY if letters.folded(letters.folded(c)) != letters.folded(c)] == []


def test_what_patterns_see_is_what_is_compared_but_for_case():
    assert [c for c in EVERY if UNACCENTED.folded(UNACCENTED.plain(c)) != UNACCENTED.folded(c)] == []


# ------------------------------------------------------------------ all texts


@FORMS
@given(text=SPELLED)
def test_folding_a_text_ends(letters, text):
    assert letters.folded(letters.folded(text)) == letters.folded(text)
    assert letters.folded(letters.plain(text)) == letters.folded(text)
    assert letters.plain(letters.plain(text)) == letters.plain(text)
    assert EDGE not in letters.folded(text)


@given(text=st.text())
def test_the_fast_way_folds_as_the_slow_one(text):
    plain = text.encode("ascii", "ignore").decode()
    assert folded(plain) == characters.casefolded(spaced(plain)) == re.sub(r"\s+", " ", plain).lower()
    assert UNACCENTED.folded(plain) == folded(plain)


@given(before=SPELLED, word=SPELLED, after=SPELLED)
def test_a_word_is_found_where_nothing_of_a_word_stands_beside_it(before, word, after):
    """The test that is compiled, beside one that goes from place to place."""
    whole, part = folded(before + word + after), folded(word)
    assert stands_as_words(whole, part) is found_at_places(whole, part)


def found_at_places(whole, part):
    open_end = part.endswith("*")
    core = part.removesuffix("*")
    for place in range(len(whole) - len(core) + 1):
        before, after = whole[:place][-1:], whole[place + len(core) :][:1]
        begins = not (in_word(core[:1]) and in_word(before))
        ends = open_end or not (in_word(core[-1:]) and in_word(after))
        if whole.startswith(core, place) and begins and ends:
            return True
    return False


def in_word(letter):
    return worded(letter) != letter


# -------------------------------------------------------------------- examples


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("Łódź", "lodz"),
        ("SÃO  PAULO", "sao paulo"),
        ("Ærøskøbing", "aeroskobing"),
        ("Œuvre Þór Straße ŊĲ", "oeuvre thor strasse nij"),
        ("İSTANBUL \u0131stanbul", "istanbul istanbul"),
        ("Đà Nẵng", "da nang"),
        ("Ελλάδα ᾯσμα", "ελλαδα ωσμα"),
        ("Ёлка й", "елка и"),
        ("שָׁלוֹם", "שלום"),
        ("नेही", "नेही"),
        ("ห่า", "ห่า"),
        ("がカ\u3099", "がガ"),
        ("한국", "한국"),
        (f"e\u0301{LATER}\u0301", f"e{LATER}"),
    ],
)
def test_texts_without_accents(text, form):
    assert UNACCENTED.folded(text) == form


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("vp", None),
        ("dyrektor*", None),
        ("c++*", None),
        (" vp* ", None),
        ("*", "no letter"),
        ("&", "no letter"),
        (LATER, "no letter"),
        ("*vp", "not stand at its end"),
        ("head* of", "not stand at its end"),
        ("vp**", "not stand at its end"),
    ],
)
def test_what_can_be_meant_as_words(text, problem):
    found = why_no_words(text)
    assert found is None if problem is None else problem in found


def test_a_star_lets_a_word_go_on():
    assert (sought("vp"), sought("vp*"), sought("c++*")) == ("\nvp\n", "\nvp", "\nc\n++")


def test_the_line_of_the_head_is_part_of_the_fingerprint():
    plain, ignoring = Ruleset.from_text('city = "a" +1\n'), Ruleset.from_text('accents ignored\ncity = "a" +1\n')
    assert plain.fingerprint != ignoring.fingerprint
    assert plain.state_fingerprint != ignoring.state_fingerprint


# ------------------------------------------------------------ across the engines

RULES = """
accents ignored
event visit[page: text]
city = "Łódź" +1
visit[page contains word "cennik*"] +2 max 1 per page
distinct(page of visit) >= 2 +4
"""
VISITS = ["Cennik  2026", "cennik\u00a02026", "Kontakt", "KONTAKT", "Cénnik główny"]


def test_a_state_keeps_what_the_whole_history_gives():
    rules = Ruleset.from_text(RULES)
    days = [dt.datetime(2026, 6, 1 + day, tzinfo=dt.UTC) for day in range(len(VISITS))]
    visits = [{"type": "visit", "at": at, "properties": {"page": p}} for at, p in zip(days, VISITS, strict=True)]
    state = rules.start({"id": "1", "attributes": {"city": "lodz"}})
    for visit in visits:
        state.add(visit)
    as_of = dt.datetime(2026, 6, 30, tzinfo=dt.UTC)
    whole = rules.evaluate({"id": "1", "attributes": {"city": "lodz"}, "events": visits}, as_of=as_of)
    assert (whole.score, state.result(as_of=as_of).to_json()) == (1 + 2 * 2 + 4, whole.to_json())
    assert rules.explain({"id": "1", "attributes": {"city": "lodz"}, "events": visits}, as_of=as_of).result == whole


@criterion
def is_near(city: Literal["Łódź", "Radom"]) -> bool:
    """Tell whether a city is near."""
    return city == "Łódź"


def test_a_criterion_is_given_its_own_spelling():
    text = 'accents ignored\nuse geo\nfield city: one of {"Lodz", "Radom"}\ngeo.is_near(city) +5\n'
    rules = Ruleset.from_text(text, criteria={"geo": SimpleNamespace(is_near=is_near)})
    lead = {"id": "1", "attributes": {"city": "LODŹ"}}
    assert rules.evaluate(lead, as_of=dt.datetime(2026, 6, 30, tzinfo=dt.UTC)).score == 5
