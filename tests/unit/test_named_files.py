"""The files that a rule file names, and itself: what is read, what is refused, what is never shown."""

import datetime as dt
import os
import sys
from pathlib import Path

import pytest

from leadrules import RuleCheckError, Ruleset, RulesetError
from leadrules.ruleset import program_of
from leadrules.syntax import files
from leadrules.syntax.parser import Limits

NOON = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)
LINE = "DB=hunter2\n"

posix = pytest.mark.skipif(sys.platform == "win32", reason="links and pipes of POSIX")


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def mistakes(text: str, **options) -> list[str]:
    Path("main.leadrules").write_text(f"{text}\nneed +1\n", "utf-8")
    with pytest.raises(RulesetError) as caught:
        Ruleset.from_file("main.leadrules", **options)
    return [f"{d.span.line} {d.code} {d.message} / {d.help or ''}" for d in caught.value.diagnostics]


@pytest.mark.parametrize("name", [".env", "env", "notes.txt", "a.leadrules.bak", ".leadrules/x", "data.json"])
def test_only_rule_files_are_included(here, name):
    (here / name).parent.mkdir(exist_ok=True)
    (here / name).write_text(LINE, "utf-8")
    (told,) = mistakes(f'include "{name}"')
    assert told.startswith(f"1 LR611 `{name}` is not read: the name of an included file ends in `.leadrules` /")
    assert "hunter" not in told


@pytest.mark.parametrize("name", [".env", "main.leadrules", "data.json", "key.pem"])
def test_only_csv_and_text_files_are_lists(here, name):
    (here / name).write_text(LINE, "utf-8")
    (told,) = mistakes(f'list l from "{name}" column "z"')
    assert told.startswith(
        f"1 LR610 `{name}` is not read: the name of a list ends in `.csv` or `.txt` or `.tsv` "
        "or `.xlsx` or `.xls` or `.ods` /"
    )
    assert "hunter" not in told


def test_whether_a_file_of_another_kind_is_there_is_not_told(here):
    absent = mistakes('include "env"')
    (here / "env").write_text(LINE, "utf-8")
    assert mistakes('include "env"') == absent


def test_a_list_that_was_read_is_no_rule_file(here):
    (here / "l.csv").write_text("need +1\n", "utf-8")
    (told,) = mistakes('list l from "l.csv"\ninclude "l.csv"')
    assert "the name of an included file ends in `.leadrules`" in told


def test_a_rule_file_may_be_meant_without_its_suffix(here):
    (here / "more.leadrules").write_text("need +1\n", "utf-8")
    (told,) = mistakes('include "more"')
    assert told.endswith("/ did you mean `more.leadrules`?")


def test_text_files_and_tables_are_lists(here):
    for name in ("l.csv", "l.txt", "l.tsv"):
        (here / name).write_text("Poland\n", "utf-8")
        (here / "ok.leadrules").write_text(f'list l from "{name}"\ncountry in l +1\n', "utf-8")
        assert Ruleset.from_file("ok.leadrules").evaluate({"id": "1", "attributes": {"country": "Poland"}}, as_of=NOON)


@posix
@pytest.mark.parametrize(
    ("text", "code"), [('include "x.leadrules"', "LR611"), ('list l from "x.csv"\ncountry in l +1', "LR610")]
)
def test_a_pipe_or_a_device_is_no_file(here, text, code):
    name = text.split('"')[1]
    os.mkfifo(here / name)
    assert mistakes(text) == [f"1 {code} `{name}` is no ordinary file / "]
    (here / name).unlink()
    (here / name).mkdir()
    assert mistakes(text) == [f"1 {code} `{name}` is a folder, not a file / "]


@posix
@pytest.mark.parametrize(
    ("text", "code"), [('include "x.leadrules"', "LR611"), ('list l from "x.csv"\ncountry in l +1', "LR610")]
)
def test_links_in_a_circle_are_told(here, text, code):
    name = text.split('"')[1]
    (here / name).symlink_to(name)
    (told,) = mistakes(text)
    assert told.startswith(f"1 {code} `{name}` cannot be read: ")


@pytest.mark.parametrize(
    ("text", "code"), [('include "{}.leadrules"', "LR611"), ('list l from "{}.csv"\ncountry in l +1', "LR610")]
)
@pytest.mark.usefixtures("here")
def test_a_name_that_is_too_long_is_told(text, code):
    (told,) = mistakes(text.format("x" * 300))
    assert told.startswith(f"1 {code} ")


def test_a_file_of_gigabytes_is_not_read(here):
    for name in ("huge.leadrules", "main.leadrules"):
        with (here / name).open("wb") as file:
            file.truncate(6 << 30)
    with pytest.raises(RulesetError, match="LR004: the file has 6442450944 bytes, more than 1048576"):
        Ruleset.from_file("main.leadrules")
    (told,) = mistakes('include "huge.leadrules"')
    assert told == "1 LR611 `huge.leadrules` has 6,442,450,944 bytes, more than 1,048,576 / "


def test_the_size_of_what_is_read_is_a_limit(here):
    (here / "more.leadrules").write_text("need +1\n" * 100, "utf-8")
    (told,) = mistakes('include "more.leadrules"', limits=Limits(file_bytes=700))
    assert told == "1 LR611 `more.leadrules` has 800 bytes, more than 700 / "


@posix
@pytest.mark.usefixtures("here")
def test_a_device_without_end_is_no_rule_file():
    with pytest.raises(RulesetError, match="LR004: the file has more bytes than 1048576"):
        Ruleset.from_file("/dev/zero")


@posix
@pytest.mark.usefixtures("here")
def test_rules_may_come_from_a_pipe():
    reader, writer = os.pipe()
    os.write(writer, b"need +1\n")
    os.close(writer)
    assert program_of(Ruleset.from_file(f"/dev/fd/{reader}")).dimensions
    os.close(reader)


@pytest.mark.usefixtures("here")
def test_a_list_in_a_pack_that_is_not_t_stands_beside_the_other_mistakes():
    told = mistakes('list l from "pack:nope/x.csv"\ncountri = "PL" +1')
    assert [line[:7] for line in told] == ["1 LR621", "2 LR303"]
    assert "there is no pack `nope`" in told[0]
    with pytest.raises(RuleCheckError):
        Ruleset.from_file("main.leadrules")


@posix
def test_a_folder_that_is_gone_has_no_rule_file(here):
    (here / "gone").mkdir()
    os.chdir(here / "gone")
    (here / "gone").rmdir()
    try:
        with pytest.raises(RulesetError, match="LR010: there is no such file"):
            Ruleset.from_file("main.leadrules")
    finally:
        os.chdir(here)


def test_the_file_of_a_list_has_an_end(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "LIST_LINES", 3)
    monkeypatch.setattr(files, "LIST_BYTES", 40)
    main = tmp_path / "rules.leadrules"
    main.write_text('list x from "x.csv"\ncountry in x +1')
    for text, told in (
        ("a\nb\n\nc\n", None),
        ("a\nb\nc\nd\n", "`x.csv` has more than 3 lines: a criterion in Python can look up more"),
        ("a" * 41, "`x.csv` has 41 bytes, more than 40"),
    ):
        (tmp_path / "x.csv").write_text(text)
        if told is None:
            Ruleset.from_file(main)
            continue
        with pytest.raises(RulesetError) as caught:
            Ruleset.from_file(main)
        (found,) = caught.value.diagnostics
        assert (found.code, found.message) == ("LR610", told)
