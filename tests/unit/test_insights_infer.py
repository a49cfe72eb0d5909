"""What a column of values is, and the declarations that fit a file."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import example, given
from hypothesis.strategies import dictionaries, lists, sampled_from, text, tuples

from leadrules import Ruleset
from leadrules.insights.columns import Column, guess
from leadrules.insights.inference import Inference
from leadrules.syntax import tree
from leadrules.syntax.parser import parse


def guessed(values, name="column"):
    column = Column(name)
    for value in values:
        column.add(value)
    found = guess(column)
    return str(found.type), found.pattern, found.unknown


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["1", "20", "3.5"], ("number", None, ())),
        (["1", "20", "N/A"], ("number", None, ("N/A",))),
        (["yes", "No"], ("bool", None, ())),
        (["0", "1", "1"], ("bool", None, ())),
        (["2026-01-31", "2025-12-01"], ("date", None, ())),
        (["2026-01-31T10:00:00Z"], ("datetime", None, ())),
        (["31.1.2026", "1.12.2025"], ("date", "D.M.YYYY", ())),
        (["1/31/2026", "12/1/2025"], ("date", "M/D/YYYY", ())),
        (["31/1/2026"], ("date", "D/M/YYYY", ())),
        (["20260131", "20251201"], ("date", "YYYYMMDD", ())),
        (["31.1.2026 10:05"], ("datetime", "D.M.YYYY h:m", ())),
        (["00123", "00456"], ("text", None, ())),
        (["+48 123", "+48 456"], ("text", None, ())),
        ([["a", "b"]], ("list of text", None, ())),
        (["", None], ("text", None, ())),
        (["warm"] * 5 + ["cold"] * 5 + ["Select"], ('one of {"cold", "warm"}', None, ("Select",))),
        (["a", "b", "c"], ("text", None, ())),
        ([12, 13.5], ("number", None, ())),
        ([True, False], ("bool", None, ())),
    ],
)
def test_a_guess(values, expected):
    assert guessed(values) == expected


def test_words_of_a_bool():
    column = Column("consent")
    for value in ("Tak", "nie", "tak"):
        column.add(value)
    found = guess(column)
    assert (found.type.kind, found.true_word, found.false_word) == ("bool", "tak", "nie")


def test_a_day_that_could_be_a_month_is_doubtful():
    column = Column("day")
    column.add("1/2/2026")
    assert guess(column).note == "M/D/YYYY fits as well: check which it is"


def test_personal_values_are_marked():
    column = Column("contact")
    column.add("a@example.com")
    assert guess(column).pii


def test_declarations_read_every_lead_they_were_made_of():
    leads = [
        {
            "id": str(n),
            "attributes": {
                "id": str(n),
                "Lead Source": ["Web", "Fair"][n % 2],
                "score": n,
                "Umsatz €": "12.5",
                "rule": "x",
            },
            "events": [
                {"type": "Web Visit", "at": "2026-01-01T00:00:00Z", "properties": {"url": "/a", "seconds": "5"}},
                {"type": "call", "at": "2026-01-01T00:00:00Z", "properties": {"url": "/b"}},
            ],
        }
        for n in range(12)
    ]
    inference = Inference()
    for lead in leads:
        inference.add(lead)
    text = inference.text()
    assert text == (
        "# Declarations for 12 leads. Add rules below: employees >= 200 +10\n"
        "\n"
        'field lead_source: one of {"Fair", "Web"} from "Lead Source"\n'
        'field score_field: number from "score"\n'
        'field umsatz: number from "Umsatz €"\n'
        'field rule_field: text from "rule"\n'
        "\n"
        "event any_event[url: text]\n"
        "event `Web Visit`[seconds: number]\n"
        "event call\n"
    )
    Ruleset.from_text(text + "`Web Visit`[seconds > 1] +1\nlead_source is known +1\n")


# ---------------------------------------------------------- hostile headers

EVIL = "x`\nuse evil\nevil.pr(city) +100\nevent `y"
HEADER = "p`: text]\nneed +1000\nevent y[`q"
PARTS = (
    *("`", "\n", "\r", "\x85", "\u2028", "\u2029", "\x0b", "\x0c", "\0", "\x1b[31m", "\u202e", "\u200b", "\ufeff"),
    *('"', "\\", "#", "use evil", "event y", "need +1000", ": text]", "[", "]", "{", "}", " ", ".", "any_event"),
    *("score", "fit", "text", "id", "m\u00b2", "m2", "\ufb00", "\uff11", "\u00a0", "Lead Source", "stage", "not", "of"),
    *("activity", "email", "type"),
)
NAMES = lists(sampled_from(PARTS), min_size=1, max_size=4).map("".join) | text(max_size=6)
MOMENT = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)


@given(dictionaries(NAMES, NAMES, max_size=4), lists(tuples(NAMES, dictionaries(NAMES, NAMES, max_size=2))))
@example({}, [(EVIL, {})])
@example({HEADER: "1"}, [("page", {HEADER: "1"})])
@example({"m\u00b2": "1", "m2": "2"}, [("a", {"ﬀ": "1", "ff": "2"})])
def test_whatever_a_file_holds_becomes_declarations_alone_that_read_it(columns, events):
    inference = Inference()
    lead = {
        "id": "1",
        "attributes": columns,
        "events": [{"type": name, "at": "2026-01-01", "properties": found} for name, found in events if name.strip()],
    }
    inference.add(lead)
    written = inference.text()
    file, mistakes = parse(written, "inferred")
    assert not file.statements or not [mistake for mistake in mistakes if mistake.severity == "error"]
    assert all(isinstance(s, tree.FieldDeclaration | tree.EventDeclaration) for s in file.statements)
    rules = Ruleset.from_text(f"{written}\nalways +1\n")
    assert rules.evaluate(lead, as_of=MOMENT).score == 1


def test_what_is_one_name_to_rules_is_left_out_and_told():
    inference = Inference("Lead ID")
    for more in ({}, {"n2": 1}):
        attributes = {"Lead\u00a0ID": 1, "m²": 5, "x²": 1, "x2": 2}
        event = {"type": "visit", "at": "2026-01-01", "properties": {"m²": 5, "n²": 6, **more}}
        inference.add({"id": "1", "attributes": attributes, "events": [event]})
    assert inference.text() == (
        "# Declarations for 2 leads. Add rules below: employees >= 200 +10\n"
        "# Left out: `x2` and `x²` are one name (keep one of them), and 1 more\n"
        "\n"
        "field m2: number\n"
        "\n"
        "event visit[m2: number]\n"
    )


def test_what_rules_cannot_name_is_left_out_and_told():
    inference = Inference()
    properties = {HEADER: "1", "seconds": "2"}
    for name in (EVIL, "page"):
        inference.add({"id": "1", "events": [{"type": name, "at": "2026-01-01", "properties": properties}]})
    assert inference.text() == (
        "# Declarations for 2 leads. Add rules below: employees >= 200 +10\n"
        "# Left out, since rules cannot name it: x` use evil evil.pr(city) +100 event `y, and 1 more\n"
        "\n"
        "event page[seconds: number]\n"
    )
