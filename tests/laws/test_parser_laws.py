"""Laws of reading and writing rule files: whatever the text, diagnostics; whatever the tree, its text is read back."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadrules.characters import unassigned
from leadrules.errors import Diagnostic
from leadrules.syntax import tree
from leadrules.syntax.codes import SYNTAX_CODES
from leadrules.syntax.formatter import text_of
from leadrules.syntax.lines import tokens_of
from leadrules.syntax.parser import decode, parse
from leadrules.syntax.words import OPERAND_WORDS, STATEMENT_WORDS

CORPUS = Path(__file__).parents[1] / "corpus"
ACCEPTED = [path.read_text("utf-8") for path in sorted(CORPUS.glob("syntax/*.leadrules"))]
LINES = sorted({line.strip() for text in ACCEPTED for line in text.splitlines() if line.strip()})
MISTAKES = """AND == && ' “ % ; $ \u200b 2,5 30days 21.11.2026 "\\q" " ` if then months => ! é ﬁ 0 99999999999999999"""
TOKENS = [
    *sorted({token.text for text in ACCEPTED for token in tokens_of(text)}),
    *MISTAKES.split(),
    "\t",
    "\u00a0",
    "\r",
]
GRAMMAR = (Path(__file__).parents[2] / "grammar/leadrules.lark").read_text("utf-8")
TERMINALS = frozenset(re.findall(r"^([A-Z_]+)[. ]", GRAMMAR, re.MULTILINE)) | {"$END"}

few = settings(max_examples=300)
many = settings(max_examples=10_000, derandomize=False)


# --------------------------------------------------------------------------- whatever the text


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """Draw a few lines of good rule files, with some of their tokens dropped, doubled, swapped or replaced."""
    lines = draw(st.lists(st.sampled_from(LINES), min_size=1, max_size=4))
    words = [word for line in lines for word in (*(t.text for t in tokens_of(line)), "\n")]
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(words) - 1))
        match draw(st.sampled_from(["drop", "double", "swap", "replace", "insert", "cut"])):
            case "drop" if len(words) > 1:
                del words[at]
            case "double":
                words.insert(at, words[at])
            case "swap":
                other = draw(st.integers(0, len(words) - 1))
                words[at], words[other] = words[other], words[at]
            case "replace":
                words[at] = draw(st.sampled_from(TOKENS))
            case "insert":
                words.insert(at, draw(st.sampled_from(TOKENS) | st.characters()))
            case _:
                words[at] = words[at][: draw(st.integers(0, len(words[at])))]
    return draw(st.sampled_from([" ", ""])).join(words) if draw(st.booleans()) else " ".join(words)


any_text = st.text() | st.lists(st.sampled_from(TOKENS)).map(" ".join) | mutated()


def is_told_well(diagnostic: Diagnostic, text: str) -> None:
    assert diagnostic.code in SYNTAX_CODES
    assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(text)
    assert text[: diagnostic.span.start].count("\n") + 1 == diagnostic.span.line
    assert diagnostic.render()
    for said in (diagnostic.message, diagnostic.help or "."):
        assert not said[0].isupper()
    assert not diagnostic.message.endswith(".") or diagnostic.message.endswith("….")
    own = re.sub(r"`[^`]*`", "", diagnostic.message + (diagnostic.help or ""))
    assert not TERMINALS & set(re.findall(r"[$A-Z_]{2,}", own))
    assert "None" not in own


def is_read(text: str) -> None:
    file, diagnostics = parse(text, "any.leadrules")
    for diagnostic in diagnostics:
        is_told_well(diagnostic, file.text)
    assert len(file.statements) == len(file.comments) == len(file.trailing)
    assert file.statements or any(d.severity == "error" for d in diagnostics)
    for statement in file.statements:
        is_written_back(statement)


def is_written_back(statement: tree.Statement) -> None:
    text = text_of(statement)
    again, diagnostics = parse(text, "again.leadrules")
    assert [d for d in diagnostics if d.severity == "error"] == []
    assert again.statements == (statement,)
    assert text_of(again.statements[0]) == text


@few
@given(any_text)
def test_any_text_is_read(text):
    is_read(text)


@pytest.mark.slow
@many
@given(any_text)
def test_any_text_is_read_at_length(text):
    is_read(text)


def are_decoded(data: bytes) -> None:
    text = decode(data, "any.leadrules")
    if isinstance(text, str):
        is_read(text)
    else:
        assert [d.code for d in text] in (["LR001"], ["LR002"])
        assert text[0].render()


any_bytes = st.binary() | st.builds(
    lambda text, at, byte: text[:at] + bytes([byte]) + text[at:],
    mutated().map(lambda text: text.encode("utf-8", "replace")),
    st.integers(0, 100),
    st.integers(0, 255),
)


@few
@given(any_bytes)
def test_any_bytes_are_decoded(data):
    are_decoded(data)


@pytest.mark.slow
@many
@given(any_bytes)
def test_any_bytes_are_decoded_at_length(data):
    are_decoded(data)


@few
@given(any_text)
def test_a_line_that_opens_a_statement_is_read_whatever_stands_before_it(text):
    text = text.replace("\0", "")
    file, _ = parse(f"{text}\nprecision 2\n", "any.leadrules")
    assert isinstance(file.statements[-1], tree.Precision)


# --------------------------------------------------------------------------- whatever the tree


letters = st.characters(codec="utf-8", exclude_categories=("C", "Z", "M"), exclude_characters="`\uff40\u1fef").filter(
    lambda c: not unassigned(c)  # a later Python has more
)
words = st.sampled_from(
    [*sorted(OPERAND_WORDS | STATEMENT_WORDS), "max", "in", "else", "tag", "of", "day", "a", "b", "Ä"]
)
names = (words | st.text(letters, min_size=1, max_size=5)).map(lambda name: f"`{name}`") | st.sampled_from("abcdef")
numbers = st.from_regex(r"(0|[1-9][0-9]{0,8})(\.[0-9]{1,4})?", fullmatch=True)
strings = st.text(st.characters(codec="utf-8"), max_size=8).map(
    lambda text: '"' + "".join(f"\\u{{{ord(c):x}}}" if c in '"\\\n\r\0' else c for c in text) + '"'
)
dates = st.dates().map(str)
literals = numbers | strings | dates | st.sampled_from(["true", "false", "-1", "+2"])
spans = names | st.builds("{} {}".format, st.integers(1, 999), st.sampled_from(["minute", "hours", "day", "weeks"]))
sets = st.lists(literals | names, max_size=3).map(lambda items: "{" + ", ".join(items) + "}")
comparisons = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
text_tests = st.sampled_from(
    [
        "contains",
        "not contains",
        "contains word",
        "not contains word",
        "starts with",
        "ends with",
        "matches",
        "not matches",
    ]
)


def selections(conditions: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    filters = st.just("") | conditions.map("[{}]".format)
    since = st.builds(" since {}{}".format, names, filters) | spans.map(" within {}".format)
    return st.builds(
        lambda name, inside, parts: name + inside + "".join(parts), names, filters, st.lists(since, max_size=2)
    )


def operands(conditions: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    chosen = selections(conditions)
    functions = st.sampled_from(["sum", "average", "min", "max", "distinct", "first", "last"])
    return st.one_of(
        literals,
        chosen,
        conditions.map("({})".format),
        st.builds("({} {} {})".format, literals | names, st.sampled_from("+-*/"), names),
        st.builds("(-{} * -({} + 1))".format, names, names),
        chosen.map("count({})".format),
        st.builds("{}({} of {})".format, functions, names, chosen),
        st.builds("days {} {}".format, st.sampled_from(["since", "until"]), chosen),
        st.builds("{}.{}({}, {}: {})".format, names, names, conditions, names, sets),
    )


def compared(conditions: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operand, chosen = operands(conditions), selections(conditions)
    return st.one_of(
        operand,
        st.builds("{} {} {}".format, operand, comparisons, operand),
        st.builds("{} {}between {} and {}".format, operand, st.sampled_from(["", "not "]), operand, operand),
        st.builds("{} {}in {}".format, operand, st.sampled_from(["", "not "]), sets | names),
        st.builds("{} {} {}".format, operand, text_tests, operand | sets),
        st.builds("{} is {}known".format, operand, st.sampled_from(["", "un"])),
        chosen.map("no {}".format),
        st.builds("{} {}followed by {} within {}".format, chosen, st.sampled_from(["", "not "]), names, spans),
        st.builds("at least {} of ({}, {})".format, numbers | names, conditions, conditions),
        st.builds("was {}".format, names | strings),
        st.builds("not {}".format, conditions.map("({})".format)),
        st.builds("{} {} {}".format, operand, st.sampled_from(["and", "or"]), operand),
    )


conditions = st.recursive(names, compared, max_leaves=8)
points = numbers.map("+{}".format) | numbers.map("-{}".format) | st.builds("+({} * {})".format, names, names)
tails = st.builds("{} {}".format, comparisons, literals) | sets.map("not in {}".format)
modifiers = st.one_of(
    st.builds("max {}".format, numbers | names),
    st.builds("max {} {}".format, numbers | names, st.sampled_from(["times", "points", "per day", "per `day`"])),
    st.builds("max {} every {}".format, numbers | names, spans),
    st.builds("drops {}% every {}".format, numbers | names, spans),
    st.builds("when {}".format, conditions),
    st.builds("because {}".format, strings),
    st.builds("from {} until {}".format, dates | names, dates | names),
    st.sampled_from(["once", "no decay", "half-life 3 days", "fades over w"]),
)
statements = st.one_of(
    st.builds("{} {}".format, conditions, points),
    st.builds("{} {} | {} {} {}".format, conditions, points, conditions | tails, points, modifiers),
    st.builds("rule {}: {} {} | else {} {}".format, names, conditions, points, points, modifiers),
    st.builds("{} -> {}".format, conditions, names | strings),
    st.builds("{} -> tag {}".format, conditions, strings),
    st.builds("criterion {} = {}".format, names, conditions),
    st.builds("segment {} = {}".format, names, conditions),
    st.builds("require {} because {}".format, conditions, strings),
    st.builds("{} weight {}".format, conditions, numbers | names),
    st.builds("hold {} while {}".format, names | strings, conditions),
    st.builds("param {} = {}".format, names, literals),
    st.builds("given {} = {}, {} 2 days ago".format, names, literals | sets | names, names),
    st.builds("stages {}: {} < {} exit {}".format, names, names, strings, names),
    st.builds("grade {} = {}: {} >= {}, {}".format, names, names, names, numbers, strings),
)


def is_accepted(text: str) -> None:
    file, diagnostics = parse(text, "made.leadrules")
    assert [d for d in diagnostics if d.severity == "error"] == []
    (statement,) = file.statements
    is_written_back(statement)


@few
@given(statements)
def test_any_statement_is_read_and_written_back(text):
    is_accepted(text)


@pytest.mark.slow
@many
@given(statements)
def test_any_statement_is_read_and_written_back_at_length(text):
    is_accepted(text)
