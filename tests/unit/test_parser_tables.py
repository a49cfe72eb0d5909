"""The grammar is strictly LALR(1), and the tables that are shipped are made from it."""

import json
from importlib import resources
from pathlib import Path

import pytest

from leadrules.syntax import build_tables as command
from leadrules.syntax import parser
from leadrules.syntax.builder import Builder
from leadrules.syntax.parser import parse

CORPUS = Path(__file__).parents[1] / "corpus"
SAVED = resources.files("leadrules.grammar").joinpath("leadrules.lalr")


@pytest.fixture
def without_tables(monkeypatch):
    """Forget the tables of this process, before and after."""
    monkeypatch.setattr(parser, "_loaded", [])


@pytest.fixture(scope="module")
def built():
    """Build the tables: strictly, so that this fails where the grammar is ambiguous or two terminals collide."""
    return json.loads(parser.build_tables())


def test_the_saved_tables_are_fresh(built):
    saved = json.loads(SAVED.read_bytes())
    assert saved["key"] == built["key"], "run `python -m leadrules.syntax.build_tables`"
    assert len(saved["memo"]["#"]) == len(built["memo"]["#"])


@pytest.mark.usefixtures("without_tables")
def test_the_saved_tables_are_used(monkeypatch):
    monkeypatch.setattr(parser, "_build", lambda *_: pytest.fail("built anew"))
    assert parse("a +1", "x")[1] == ()


@pytest.mark.parametrize("damage", ["absent", "other lark", "not JSON"])
@pytest.mark.usefixtures("without_tables")
def test_without_saved_tables_they_are_built(damage, monkeypatch, tmp_path):
    (tmp_path / "leadrules.lark").write_text(parser._grammar_text(), "utf-8")
    if damage == "other lark":
        (tmp_path / "leadrules.lalr").write_text('{"key": "of another version"}', "utf-8")
    elif damage == "not JSON":
        (tmp_path / "leadrules.lalr").write_bytes(b"\x80\x04")
    monkeypatch.setattr(parser.resources, "files", lambda _: tmp_path)
    assert parser._load(Builder()) is None
    text = (CORPUS / "syntax/rules.leadrules").read_text("utf-8")
    assert parse(text, "x")[1] == ()


def test_the_command_writes_what_is_loaded(monkeypatch, tmp_path, built):
    (tmp_path / "leadrules.lark").write_text(parser._grammar_text(), "utf-8")
    monkeypatch.setattr(parser.resources, "files", lambda _: tmp_path)
    command.main()
    assert json.loads((tmp_path / "leadrules.lalr").read_bytes())["key"] == built["key"]
    assert parser._load(Builder()) is not None
