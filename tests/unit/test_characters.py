"""Texts are normalised and folded by one version of Unicode, whichever this Python has."""

import datetime as dt
import hashlib
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadrules import Ruleset, RuleSyntaxError, characters
from leadrules.characters import VERSION, casefolded, normalised, unassigned
from leadrules.letters import folded
from leadrules.syntax.parser import parse
from leadrules.syntax.words import is_plain
from leadrules.values import plain_name

EVERY = [
    chr(code)
    for code in (*range(0x20000), *range(0x2F800, 0x2FB00), *range(0xE0000, 0xE0200))
    if not 0xD800 <= code < 0xE000
]  # beyond these, no version has anything but ideographs that are never changed
LATER = "\ua7cb"  # a capital letter since version 16, of which "\u0264" is the small one
MARK = "\u0897"  # a mark of class 230 since version 16


def digest(parts):
    found = hashlib.sha256()
    for part in parts:
        found.update(part.encode() + b"\n")
    return found.hexdigest()[:16]


def test_every_character_is_folded_as_it_is_on_every_python():
    """The digests were made by the tables of version 14 themselves; another Python must come to the same."""
    assert digest(map(casefolded, EVERY)) == "4cde80fb7f0c6f7d"
    assert digest(map(folded, EVERY)) == "ff2ff79bfda35d84"
    assert digest(map(plain_name, EVERY)) == "1d62d5886230f5a4"


def test_marks_behind_every_character_are_ordered_as_they_are_on_every_python():
    assert digest(normalised(f"a{c}\u0301\u0323{c}") for c in EVERY) == "2adfadd9abd3599a"


def test_the_oldest_python_has_the_version_itself():
    if unicodedata.unidata_version == VERSION:
        assert not any(unassigned(c) for c in EVERY if unicodedata.category(c) != "Cn")
        assert all(unassigned(c) for c in EVERY if unicodedata.category(c) == "Cn")
    else:
        assert unicodedata.unidata_version > VERSION


HELD_BACK = {"14.0.0": 0, "15.0.0": 4_489, "15.1.0": 5_116, "16.0.0": 10_301}
"""How many characters a Python knows beyond version 14, by its own version: those of 3.11 to 3.14."""


def test_what_later_versions_have_assigned_is_held_back():
    known = sum(unicodedata.category(chr(code)) != "Cn" for code in range(0x110000))
    held = sum(
        len(run[0]) - sum(unicodedata.category(c) == "Cn" for c in run[0])
        for run in unassigned("".join(chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000))
    )
    assert held == HELD_BACK.get(unicodedata.unidata_version, held)
    assert known == 284_278 + held


@pytest.fixture(autouse=True, params=[True, False], ids=["own tables", "told apart"])
def tables(request, monkeypatch):
    """Tell characters apart also on the Python that need not."""
    if not request.param:
        monkeypatch.setattr(characters, "_IS_THE_ONE", False)


@given(st.text())
def test_only_characters_that_are_not_assigned_make_a_difference(text):
    if not unassigned(text):
        assert normalised(text) == unicodedata.normalize("NFC", text)
        assert normalised(text, "NFKC") == unicodedata.normalize("NFKC", text)
        nfc = unicodedata.normalize("NFC", text)
        assert casefolded(text) == unicodedata.normalize("NFC", nfc.casefold())


@given(st.text(st.sampled_from(f"aÄ\u0301\u0323\u0308{LATER}{MARK}e\u0345ς")))
def test_folding_ends(text):
    assert folded(folded(text)) == folded(text)
    assert normalised(normalised(text)) == normalised(text)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        (LATER, LATER),
        (f"É{LATER}É", f"é{LATER}é"),
        (f"e\u0301{LATER}e\u0301", f"é{LATER}é"),
        (f"a\u0323{MARK}\u0301", f"ạ{MARK}\u0301"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
    ],
)
def test_what_is_not_assigned_is_inert(text, form):
    assert folded(text) == form


def test_the_same_file_and_lead_score_alike_on_every_python():
    rules = Ruleset.from_text('city = "\u0264" +5\n')
    lead = {"id": "1", "attributes": {"city": LATER}}
    assert rules.evaluate(lead, as_of=dt.datetime(2026, 1, 1, tzinfo=dt.UTC)).score == 0
    assert rules.environment["unicode"] == VERSION


@pytest.mark.parametrize("text", ["\U00010d50x +5", "x\U00010d50 +5", "x +5\U00010d40"])
def test_names_have_no_characters_that_are_not_assigned(text):
    with pytest.raises(RuleSyntaxError) as caught:
        Ruleset.from_text(text)
    assert caught.value.diagnostics[0].code == "LR121"
    assert "unexpected character U+10D" in caught.value.diagnostics[0].message


@pytest.mark.parametrize("name", [LATER, "a\U00031350", "\U00010d50x"])
def test_a_name_has_no_such_characters_in_backticks_either(name):
    assert not is_plain(name)
    assert is_plain("żółw")
    file, (mistake,) = parse(f"`{name}` +0", "x")
    assert (file.statements, mistake.code) == ((), "LR123")
