"""The grammar is strictly LALR(1), the saved tables are made from it, and they read as lark does."""

import random
import subprocess
import sys
import time
from importlib import resources
from pathlib import Path

import lark
import pytest

from leadrules.syntax import build_tables as command
from leadrules.syntax.build_tables import build_tables
from leadrules.syntax.builder import Builder
from leadrules.syntax.lalr import END, Refused
from leadrules.syntax.lines import chunks_of
from leadrules.syntax.literals import mistakes_in
from leadrules.syntax.parser import _grammar, _without_comments
from leadrules.syntax.source import Source

CORPUS = Path(__file__).parents[1] / "corpus"
FOLDER = resources.files("leadrules.grammar")
GRAMMAR = FOLDER.joinpath("leadrules.lark").read_text("utf-8")
SAVED = FOLDER.joinpath("leadrules.lalr").read_bytes()


def statements_of(text: str) -> list[str]:
    """Cut a text into the statements that the pre-pass lets through to the grammar."""
    source = Source.normalised(text, "x")
    chunks = chunks_of(source, max_nesting=100, max_tokens=1_000)
    whole = (chunk for chunk in chunks if chunk.tokens and not chunk.mistakes)
    good = (chunk for chunk in whole if not [*mistakes_in(source, chunk.tokens, max_name=200)])
    return [_without_comments(source, chunk) for chunk in good]


def statements() -> list[str]:
    """Give the statements of the corpus; and of each, one with a word gone, doubled or strange, and one cut short."""
    files = (path.read_text("utf-8") for path in sorted(CORPUS.rglob("*.leadrules")))
    found = sorted({statement for text in files for statement in statements_of(text)})
    chance = random.Random(1)  # noqa: S311 - any texts will do, the same on each run
    words = sorted({word for text in found for word in text.split()})
    for text in tuple(found):
        parts = text.split(" ")
        at = chance.randrange(len(parts))
        instead = chance.choice(([], [parts[at]] * 2, [chance.choice(words)]))
        found += statements_of(" ".join([*parts[:at], *instead, *parts[at + 1 :]]))
        found += statements_of(" ".join(parts[:at]))
    return found


class Lark:
    """The grammar as lark itself reads it."""

    def __init__(self) -> None:
        self.builder = Builder()
        options = {"parser": "lalr", "keep_all_tokens": True, "maybe_placeholders": False}
        self.tables = lark.Lark(GRAMMAR, transformer=self.builder, **options)

    def parse(self, text: str) -> object:
        self.builder.begin(Source.normalised(text, "x"), 0)
        try:
            return self.tables.parse(text)
        except lark.UnexpectedInput:
            return self.refusal(text)

    def refusal(self, text: str) -> tuple[int, set[str]]:
        reader = self.tables.parse_interactive(text)
        tokens = reader.lexer_thread.lex(reader.parser_state)
        while True:
            try:
                token = next(tokens, None)
            except lark.UnexpectedInput as error:
                return error.pos_in_stream, reader.accepts()
            if token is None:
                return len(text), reader.accepts()
            before = reader.copy(deepcopy_values=False)
            try:
                reader.feed_token(token)
            except lark.UnexpectedInput:
                return token.start_pos, before.accepts()


def test_a_statement_is_read_as_lark_reads_it():
    reference, grammar = Lark(), _grammar()
    refused = 0
    for text in statements():
        grammar.builder.begin(Source.normalised(text, "x"), 0)
        try:
            found = grammar.tables.parse(text)
        except Refused as error:
            found = error.at, error.expected
            refused += 1
        assert found == reference.parse(text), text
    assert refused > 500


def test_a_long_list_is_read_in_time_that_grows_with_its_length():
    def seconds(length: int) -> float:
        grammar, text = _grammar(), "list l = {" + ", ".join(['"a"'] * length) + "}"
        grammar.builder.begin(Source.normalised(text, "x"), 0)
        start = time.process_time()
        assert len(grammar.tables.parse(text).items.items) == length
        return time.process_time() - start

    assert seconds(80_000) < 24 * min(seconds(10_000) for _ in range(3))  # 64 times, if each item copied those before


def test_the_saved_tables_are_fresh():
    assert build_tables(GRAMMAR) == SAVED, "run `python -m leadrules.syntax.build_tables`"


def test_reading_rules_needs_no_lark():
    code = "import sys, leadrules; leadrules.Ruleset.from_text('email_open +1'); print('lark' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"


@pytest.mark.parametrize(
    ("grammar", "problem"),
    [
        ("?start: set\nset: A | B\nA: /a+/\nB: /a{1,3}/", "Collision"),
        ('?start: set | sign\nset: A\nsign: A\nA: "a"', "Reduce/Reduce"),
        ('?start: strange\nstrange: "a"', "the builder has no callback `strange`"),
    ],
)
def test_a_grammar_that_is_not_sound_is_refused(grammar, problem):
    with pytest.raises((lark.exceptions.LarkError, ValueError), match=problem):
        build_tables(grammar)


def test_the_command_writes_what_is_read(monkeypatch, tmp_path):
    (tmp_path / "leadrules.lark").write_text(GRAMMAR, "utf-8")
    monkeypatch.setattr(command.resources, "files", lambda _: tmp_path)
    command.main()
    assert (tmp_path / "leadrules.lalr").read_bytes() == SAVED


def test_the_end_may_be_expected():
    grammar = _grammar()
    grammar.builder.begin(Source.normalised("a +1 +", "x"), 0)
    with pytest.raises(Refused) as caught:
        grammar.tables.parse("a +1 +")
    assert (caught.value.at, END in caught.value.expected) == (5, True)
