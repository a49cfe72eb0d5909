"""Laws of the layout of whole files: the same program, the same comments at the same statements, and once is enough."""

from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadrules import Ruleset
from leadrules.syntax import layout, tree, wrapping
from leadrules.syntax.formatter import columns_of, text_of
from leadrules.syntax.layout import format_file
from leadrules.syntax.parser import parse
from leadrules.testing import rule_files

pytestmark = pytest.mark.no_cover  # it runs again what the corpus and the rule laws are counted for

CORPUS = Path(__file__).parents[1] / "corpus"
COMMENTS = ["", "why", "#", "! no", "  set in", "email_open +5", '"', "(", "日本", "a # b", "# ok: LR204"]


def read(text: str) -> tree.File:
    file, diagnostics = parse(text, "any.leadrules")
    assert [d.render() for d in diagnostics if d.severity == "error"] == []
    return file


def is_laid_out_well(file: tree.File) -> None:
    text = format_file(file)
    again = read(text)
    assert again.statements == file.statements
    assert (again.comments, again.trailing, again.tail) == (file.comments, file.trailing, file.tail)
    assert format_file(again) == text
    assert not any(line != line.rstrip() for line in text.split("\n"))
    assert "\n\n\n" not in text
    assert not text.startswith("\n")
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


# -------------------------------------------------------------------- files that mean something


@given(rule_files())
def test_the_fingerprint_stays(text):
    is_laid_out_well(read(text))
    assert Ruleset.from_text(format_file(read(text))).fingerprint == Ruleset.from_text(text).fingerprint


@st.composite
def commented(draw: st.DrawFn) -> tree.File:
    """Draw a file with comments at the ends of lines and between them, where they leave its statements alone."""
    text = draw(rule_files(max_rules=4))
    file = read(text)
    for _ in range(draw(st.integers(1, 6))):
        lines = text.split("\n")
        at = draw(st.integers(0, len(lines) - 1))
        comment = f"{draw(st.sampled_from(['#', '# ', '#  ']))}{draw(st.sampled_from(COMMENTS))}"
        if draw(st.booleans()):
            lines[at] += "  " + comment
        else:
            lines.insert(at, draw(st.sampled_from(["", "    ", "\n"])) + comment + draw(st.sampled_from(["", "\n"])))
        changed, mistakes = parse("\n".join(lines), "commented.leadrules")
        if changed.statements == file.statements and not any(d.severity == "error" for d in mistakes):
            text, file = "\n".join(lines), changed
    return file


@given(commented())
def test_comments_stay_with_their_statements(file):
    is_laid_out_well(file)


# ------------------------------------------------------------------------------ files of any kind


def pieces() -> list[str]:
    """Give every statement of the corpus, as written."""
    texts = [path.read_text("utf-8") for path in sorted(CORPUS.glob("*/*.leadrules"))]
    files = [parse(text, "corpus")[0] for text in texts]
    return sorted({file.text[s.span.start : s.span.end] for file in files for s in file.statements})


WEIRD = [
    "a -> `of`", "segment x = `by`", "email_open +1 max `not`", "a in `or` -> b",
    "use `and`", "`AND` +1", "`OR` and b +1 max 2 per `not`", "require not `or`",
    "at least 2 of (list, group, total, use, dimension) +1", "given a = 1, list = group, `use`[rule = 1]",
    'x in {"é", "日本語", "👩‍👩‍👧", "\\u{301}"} +1', "stages list < group < use exit rule, total",
]  # fmt: skip
statements = st.sampled_from(pieces() + WEIRD)
separators = st.sampled_from(["\n", "\n\n", "\n\n\n", "\n  ", "\n# above\n", "\n\n# apart\n\n", "\n# two\n# lines\n\n"])
endings = st.sampled_from(["", "", "  # at the end", "#"])


@st.composite
def patchworks(draw: st.DrawFn) -> str:
    """Draw a file of statements from anywhere; it means nothing, but can be read."""
    parts = draw(st.lists(st.tuples(separators, statements, endings), min_size=1, max_size=12))
    return "".join(separator + text + ending for separator, text, ending in parts) + draw(separators)


@settings(max_examples=200)
@given(patchworks())
def test_any_statements_are_laid_out_together(text):
    is_laid_out_well(read(text))


@given(st.lists(st.sampled_from(WEIRD) | statements, max_size=8))
def test_the_texts_of_statements_make_a_file(texts):
    file = read("".join(f"{text}\n" for text in ["need +1", *texts]))
    assert read("".join(f"{text_of(statement)}\n" for statement in file.statements)).statements == file.statements


@settings(max_examples=200)
@given(patchworks(), st.sampled_from([10, 30, 60]))
def test_narrow_layouts_hold_the_same(text, width):
    with mock.patch.object(layout, "WIDTH", width), mock.patch.object(wrapping, "WIDTH", width):
        is_laid_out_well(read(text))


@pytest.mark.slow
@settings(max_examples=10_000, derandomize=False)
@given(patchworks(), st.sampled_from([10, 30, 60, 120]))
def test_any_layouts_hold_at_length(text, width):
    with mock.patch.object(layout, "WIDTH", width), mock.patch.object(wrapping, "WIDTH", width):
        is_laid_out_well(read(text))


def test_the_parts_of_a_statement_make_its_text():
    for text in pieces() + WEIRD:
        (statement,) = read(text).statements
        assert " ".join(columns_of(statement)) == text_of(statement)
