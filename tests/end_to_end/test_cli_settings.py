"""`leadrules.toml`: options that stand in a file, found by itself, and what is told of its mistakes."""

import inspect
import tomllib
from importlib import resources
from pathlib import Path
from typing import get_args

import pytest

from leadrules.cli.app import app
from leadrules.cli.configured import commands_of
from leadrules.cli.settings import SettingsWrong, find_settings, read_settings, settings_of

COMMANDS = commands_of(app)
OPTIONS = [(command, option) for command, options in COMMANDS.items() for option in options]
VALUES = {"switch": True, "number": 5, "path": "folder/file.csv", "text": "x"}

SETTINGS = """\
rules = "acme.leadrules"
leads = "leads.csv"
events = "events.csv"
as-of = 2026-11-21

[score]
top = 1
"""


@pytest.fixture
def settings(here):
    """Write the settings of the folder, and give a way to write others."""

    def write(text: str, name: str = "leadrules.toml") -> None:
        path = here / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    write(SETTINGS)
    return write


def given(here: Path, text: str, command: str = "score") -> dict:
    path = here / "some.toml"
    path.write_text(text, "utf-8")
    return settings_of(read_settings(path), command, COMMANDS)


def mistakes(here: Path, text: str) -> list[str]:
    with pytest.raises(SettingsWrong) as wrong:
        given(here, text)
    return [
        f"{message.removeprefix(str(here) + '/some.toml:')}; {advice}" if advice else message
        for message, advice in wrong.value.mistakes
    ]


# ---------------------------------------------------- what may stand in the file


def test_every_command_that_reads_rules_or_leads_takes_settings():
    for info in app.registered_commands:
        names = set(inspect.signature(info.callback).parameters)
        name = info.name or info.callback.__name__
        assert (name in COMMANDS) == bool(names & {"rules", "leads"}), name


@pytest.mark.parametrize(("command", "option"), OPTIONS, ids=[f"{name}-{option.key}" for name, option in OPTIONS])
@pytest.mark.parametrize("form", ["{key} = {value}\n", "[{command}]\n{key} = {value}\n"], ids=["common", "section"])
def test_every_option_may_stand_in_the_file(here, command, option, form):
    value = option.choices[-1] if option.choices else VALUES[option.kind]
    written = str(value).lower() if isinstance(value, (bool, int)) else f'"{value}"'
    found = given(here, form.format(command=command, key=option.key, value=written), command)
    expected = str(here / value) if option.kind == "path" else value
    assert found == {option.name: [expected] if option.several else expected}


def test_names_are_those_of_the_command_line():
    help_of = {name: {option.key for option in options} for name, options in COMMANDS.items()}
    assert {"rules", "leads", "events", "as-of", "id-column", "output", "keep-formulas", "param"} <= help_of["score"]
    assert {"rules", "lead", "why-not", "pii", "format"} <= help_of["explain"]
    assert {"old", "new", "leads", "fail-on"} <= help_of["diff"]


def test_whatever_names_files_is_relative_to_the_file():
    """So that no option for a file is taken for a text: these are all that the commands have."""
    files = {"rules", "leads", "events", "output", "audit", "rejects", "against", "old", "new"}
    assert files <= {option.key for _, option in OPTIONS if option.kind == "path"}
    for info in app.registered_commands:
        for parameter in getattr(info.callback, "configured", inspect.Signature()).parameters.values():
            annotation, typed = get_args(parameter.annotation)[:2]
            if "Path" in str(annotation) or "FILE" in (typed.metavar or ""):
                kinds = {one.kind for _, one in OPTIONS if one.name == parameter.name}
                assert kinds == {"path"}, parameter.name


def test_the_file_that_init_writes_says_only_what_there_is(here):
    text = resources.files("leadrules.cli").joinpath("templates/leadrules.toml.tmpl").read_text("utf-8")
    assert given(here, text) == {"rules": str(here / "rules.leadrules"), "leads": [str(here / "leads.csv")]}
    lines = [line.removeprefix("# ") if " = " in line and "`" not in line else line for line in text.splitlines()]
    whole = tomllib.loads("\n".join(lines))
    assert len(whole) > 8
    assert {"output", "top"} <= set(whole["score"])
    assert given(here, "\n".join(lines))["top"] == 20


# ------------------------------------------------------------------- taking them


def test_a_command_without_arguments_does_the_work(leadrules, settings):  # noqa: ARG001 - they are there
    run = leadrules("score")
    assert run.exit_code == 0
    assert run.stderr == "note: leadrules.toml gives rules, leads, events, as-of, top\n"
    assert "4 leads scored as of 2026-11-21 00:00 UTC" in run.stdout
    assert "Kestrel" in run.stdout
    assert "Amber" not in run.stdout
    same = leadrules(
        *("score", "--no-settings", "acme.leadrules", "leads.csv", "--events", "events.csv"),
        *("--as-of", "2026-11-21", "--top", "1"),
    )
    assert (same.exit_code, same.stderr, same.stdout) == (0, "", run.stdout)


def test_each_command_takes_what_it_has(leadrules, settings):  # noqa: ARG001
    assert leadrules("check").stderr == "note: leadrules.toml gives rules\n"
    explained = leadrules("explain", "--lead", "1")
    assert explained.stderr == "note: leadrules.toml gives rules, leads, events, as-of\n"
    assert "demo_request" in explained.stdout
    assert leadrules("test").stderr == "note: leadrules.toml gives rules\n"
    assert leadrules("fmt", "--check").stderr.startswith("note: leadrules.toml gives rules\n")
    assert leadrules("infer").stderr.startswith("note: leadrules.toml gives leads, events\n")


def test_check_asks_for_no_leads_since_the_file_names_events(leadrules, settings):  # noqa: ARG001
    assert leadrules("check").exit_code == 0
    against = leadrules("check", "--against", "leads.csv")
    assert (against.exit_code, against.stderr) == (0, "note: leadrules.toml gives rules, events\n")
    assert leadrules("check", "--events", "events.csv").exit_code == 2


def test_the_command_line_wins(leadrules, settings):  # noqa: ARG001
    run = leadrules("score", "--top", "3", "--as-of", "2026-12-24")
    assert run.stderr == "note: leadrules.toml gives rules, leads, events\n"
    assert "as of 2026-12-24" in run.stdout
    assert "Amber" in run.stdout


def test_a_list_on_the_command_line_stands_in_place_of_that_of_the_file(here, leadrules, settings):  # noqa: ARG001
    settings(SETTINGS + 'param = ["mql_at=70"]\n')
    assert ",mql," not in leadrules("score", "-o", "-").stdout
    assert ",mql," in leadrules("score", "-o", "-", "--param", "mql_at=1").stdout


def test_a_switch_of_the_file_is_taken_back(here, leadrules, settings):
    (here / "pii.leadrules").write_text('email = "ada@kestrel.example" +5\n', "utf-8")
    settings('rules = "pii.leadrules"\nleads = "leads.csv"\nas-of = 2026-11-21\n[explain]\npii = true\n')
    run = leadrules("explain", "--lead", "1")
    assert run.stderr.endswith(" gives rules, leads, as-of, pii\n")
    assert "email = ada@kestrel.example" in run.stdout
    back = leadrules("explain", "--lead", "1", "--no-pii")
    assert back.stderr.endswith(" gives rules, leads, as-of\n")
    assert "email = ada@kestrel.example" not in back.stdout


def test_of_two_answers_to_one_question_the_nearer_holds(here, leadrules, settings):
    (here / "dated.csv").write_text("id,on,budget\n1,2026-11-20,yes\n", "utf-8")
    run = leadrules("score", "acme.leadrules", "dated.csv", "--as-of-column", "on")
    assert run.exit_code == 0
    assert "as-of" not in run.stderr
    settings(SETTINGS + 'as-of-column = "on"\nleads = "dated.csv"\n')
    inner = leadrules("score")
    assert inner.exit_code == 0
    assert "as of its `on`" in inner.stdout
    assert inner.stderr.startswith("note: leadrules.toml gives rules, leads, events, as-of-column, top\n")


def test_a_section_comes_before_what_is_said_for_all(here):
    text = 'id-column = "a"\ndelimiter = ";"\n[score]\nid-column = "b"\n'
    assert given(here, text) == {"id_column": "b", "delimiter": ";"}
    assert given(here, text, "infer") == {"id_column": "a", "delimiter": ";"}


def test_moments_and_lists(here):
    assert given(here, "as-of = 2026-11-21") == {"as_of": "2026-11-21"}
    assert given(here, "as-of = 2026-11-21T10:00:00Z") == {"as_of": "2026-11-21T10:00:00+00:00"}
    assert given(here, 'param = "a=1"') == {"param": ["a=1"]}
    assert given(here, 'rules = ["a.leadrules", "-"]', "test") == {"rules": [str(here / "a.leadrules"), "-"]}


# ------------------------------------------------------------------ finding them


def test_the_file_of_a_project_is_found_from_below(here, leadrules, settings, monkeypatch):  # noqa: ARG001
    below = here / "deep" / "er"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert leadrules("score").exit_code == 2
    (here / ".git").mkdir()
    run = leadrules("score", "-o", "out.csv")
    assert run.exit_code == 0
    assert run.stderr.startswith("note: ../../leadrules.toml gives rules, leads, events, as-of, top\n")
    assert (below / "out.csv").exists()


def test_nothing_is_looked_for_above_a_project(here, settings):  # noqa: ARG001
    project = here / "project"
    project.mkdir()
    (project / "pyproject.toml").touch()
    assert find_settings(project) is None
    (here / ".git").mkdir()
    assert find_settings(project) is None
    (project / "pyproject.toml").unlink()
    assert find_settings(project).resolve() == here / "leadrules.toml"


def test_another_file(here, leadrules, settings):
    settings('rules = "../acme.leadrules"\nleads = "../leads.csv"\n', "clients/a.toml")
    run = leadrules("score", "--settings", "clients/a.toml", "--as-of", "2026-11-21")
    assert (run.exit_code, run.stderr.partition("\n")[0]) == (0, "note: clients/a.toml gives rules, leads")
    missing = leadrules("score", "--settings", "clients/b.toml")
    assert missing.exit_code == 2
    assert missing.stderr == "error: the settings file `clients/b.toml` cannot be read: it is not there\n"
    assert leadrules("score", "--settings", "clients/a.toml", "--no-settings").exit_code == 2
    assert leadrules("score", "--no-settings", "--settings", "clients/a.toml").exit_code == 2
    assert here


# ---------------------------------------------------------------------- mistakes


def test_every_mistake_is_told_with_its_line_and_what_was_meant(leadrules, settings):
    settings(
        'as_of = "2026-11-21"\n'
        "leads = 3\n"
        'param = [\n  "a=1",\n  2,\n]\n'
        'format = "JSON"\n'
        "[scor]\n"
        "top = 1\n"
        "[score]\n"
        'top = "12"\n'
        "workers = 0\n"
        "keep-formulas = 'yes'\n"
        "output = ['a.csv']\n"
        "[explain]\n"
        'output = "a.csv"\n'
        'wy-not = "mql"\n'
        "[delimiter]\n"
        "x = 1\n"
    )
    run = leadrules("score")
    assert (run.exit_code, run.stdout) == (2, "")
    assert run.stderr == (
        "error: leadrules.toml:1: there is no option `as_of`\n"
        "  help: did you mean `as-of`?\n"
        "error: leadrules.toml:2: `leads` is the name of a file, in quotes\n"
        '  help: write leads = "3"\n'
        "error: leadrules.toml:3: `param` is a text, in quotes\n"
        '  help: write param = "a=1"\n'
        'error: leadrules.toml:7: `format` is one of "text", "json"\n'
        '  help: write format = "json"\n'
        "error: leadrules.toml:8: there is no command `scor` that takes settings\n"
        "  help: did you mean `[score]`?\n"
        "error: leadrules.toml:11: `top` is a whole number, without quotes\n"
        "  help: write top = 12\n"
        "error: leadrules.toml:12: `workers` is at least 1\n"
        "  help: write workers = 1\n"
        "error: leadrules.toml:13: `keep-formulas` is true or false, without quotes\n"
        "  help: write keep-formulas = true\n"
        "error: leadrules.toml:14: `output` takes one value, not a list\n"
        '  help: write output = "a.csv"\n'
        "error: leadrules.toml:16: `leadrules explain` has no option `output`\n"
        "  help: it is one of [score]\n"
        "error: leadrules.toml:17: `leadrules explain` has no option `wy-not`\n"
        "  help: did you mean `why-not`?\n"
        "error: leadrules.toml:18: `delimiter` is an option, not a section\n"
        "  help: write it as delimiter = …\n"
    )


def test_a_list_for_some_commands_is_no_value_for_another(here, leadrules, settings):
    settings('rules = ["acme.leadrules", "other.leadrules"]\nleads = "leads.csv"\n')
    (here / "other.leadrules").write_text("budget +1\n", "utf-8")
    assert leadrules("test").exit_code == 0
    run = leadrules("score")
    assert run.exit_code == 2
    assert run.stderr == (
        'error: leadrules.toml:1: `rules` takes one value, not a list\n  help: write rules = "acme.leadrules"\n'
    )


def test_what_is_no_toml(here):
    (told,) = mistakes(here, 'rules = "a"\nleads = leads.csv\n')
    assert told == (
        "2: this is not TOML: invalid value; "
        'a line is `name = value`; texts stand in quotes, lists in brackets: leads = "leads.csv"'
    )
    assert mistakes(here, 'top = 1\nleads = [\n"a"\n')[0].startswith("4: this is not TOML: unclosed array; ")
    assert mistakes(here, "top = 1\ntop = 2\n")[0].startswith("2: this is not TOML: cannot overwrite a value; ")


def test_a_text_of_several_lines_hides_no_line(here):
    assert mistakes(here, 'as-of = """\nnope = 1\n"""\nnope = 2\n')[0].startswith("4: there is no option `nope`")


def test_the_byte_order_mark_and_line_ends_of_windows(here):
    (here / "some.toml").write_bytes('﻿top = 3\r\ndelimiter = ";"\r\n'.encode())
    assert settings_of(read_settings(here / "some.toml"), "score", COMMANDS) == {"top": 3, "delimiter": ";"}


def test_a_file_that_is_no_utf8(here):
    (here / "some.toml").write_bytes('leads = "łąka.csv"'.encode("windows-1250"))
    with pytest.raises(SettingsWrong, match="is not UTF-8 text"):
        read_settings(here / "some.toml")
