"""Patterns for texts without accents: what they find, and what would mean something else is refused."""

import pytest
import re2
from hypothesis import assume, given
from hypothesis import strategies as st

from leadrules.letters import UNACCENTED
from leadrules.patterns import PatternError, Patterns
from leadrules.plain_patterns import plain_pattern


@pytest.mark.parametrize(
    ("pattern", "plain"),
    [
        ("^kraków|dąb", "^krakow|dab"),
        ("[żó]łw", "[zo]lw"),
        ("[^ą-]", "[^a-]"),
        ("[]ł]x", "[]l]x"),
        ("[^]ł]x", "[^]l]x"),
        ("[[:alpha:]ł]", "[[:alpha:]l]"),
        (r"[\]ł]", r"[\]l]"),
        ("[a-zł]", "[a-zl]"),
        ("[ł-]", "[l-]"),
        ("[-ł]", "[-l]"),
        ("æ", "ae"),
        ("æ+œ?ß{2}þ*", "(?:ae)+(?:oe)?(?:ss){2}(?:th)*"),
        (r"\Qł.ó\E", r"\Ql.o\E"),
        (r"\Qł", r"\Ql"),
        ("(?P<łąka>ł)", "(?P<łąka>l)"),
        (r"\p{Greek}\PLł", r"\p{Greek}\PLl"),
        (r"\x{44}\x41\101\d\.", r"\x{44}\x41\101\d\."),
        (r"\x{436}", r"\x{436}"),
        ("ж", "ж"),
        (r"plain\s+[a-z]", r"plain\s+[a-z]"),
    ],
)
def test_a_pattern_without_accents(pattern, plain):
    assert plain_pattern(pattern) == plain
    re2.compile(plain)


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("[a-ż]", "`ż` is no end of a range in `[a-ż]`"),
        ("[ą-ż]", "`ą` is no end of a range"),
        ("x[^0-9ą-z]", "`ą` is no end of a range"),
        ("[æø]", "`æ` in `[æø]` is several letters without accents: write `(?:ae|…)`"),
        (r"\x{105}", r"`\x{105}` is `ą`, which no text has since accents are ignored: write `a`"),
        (r"\xf3", "write `o`"),
        (r"\363", "write `o`"),
        (r"[\x{142}]", "write `l`"),
        (r"\x{301}", "write `without it`"),
        ("q\u0301", "a mark by itself, U+0301"),
        ("[\u0301]", "a mark by itself, U+0301"),
        (r"\Qæ\E+", "cannot be repeated"),
    ],
)
def test_what_would_mean_something_else_is_refused(pattern, words):
    with pytest.raises(PatternError) as caught:
        plain_pattern(pattern)
    assert words in str(caught.value)


LETTERS = st.sampled_from("aąlłoóAĄŁ")
ATOMS = LETTERS | st.sampled_from([".", "[ąa]", "[lł]", "(?:ł|ó)", "æ", "ß", r"\Qó\E"])
PATTERNS = st.lists(st.builds("{}{}".format, ATOMS, st.sampled_from(["", "", "?", "+", "{2}"])), max_size=4).map(
    "".join
)


@given(pattern=PATTERNS, text=st.text(st.sampled_from("aąlłoóÆæßŁ"), max_size=5))
def test_what_a_pattern_finds_it_finds_without_accents(pattern, text):
    """Of patterns that rule nothing out: `[^ó]` finds an `o` that is none without accents."""
    try:
        plain = plain_pattern(pattern)
    except PatternError:
        assume(False)
    found = Patterns(2)
    if found[pattern].search(text):
        assert found[plain].search(UNACCENTED.plain(text))
