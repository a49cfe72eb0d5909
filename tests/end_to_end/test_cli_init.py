"""`leadrules init`: a rule file to begin with, and that each is a good beginning."""

from pathlib import Path

import pytest

from leadrules.cli.init_command import templates
from leadrules.ruleset import program_of
from leadrules.tables import output

NAMES = ["minimal", "b2b-saas", "bant", "champ", "ecommerce", "meddic", "polski", "temperature"]


def test_the_templates():
    assert list(templates()) == NAMES


def test_list(leadrules):
    run = leadrules("init", "--list")
    assert (run.exit_code, run.stderr) == (0, "")
    lines = run.stdout.splitlines()
    assert [line.split()[0] for line in lines[: len(NAMES)]] == NAMES
    assert lines[0] == "minimal      A first rule file: points for who they are and what they did, and one stage."
    assert lines[-1] == "write one with: leadrules init --template NAME"


def test_a_first_file_and_what_to_do_next(here, leadrules):
    run = leadrules("init", "new folder")
    assert (run.exit_code, run.stderr) == (0, "")
    assert run.stdout == (
        "wrote new folder/rules.leadrules: A first rule file: points for who they are and what they did, and one"
        " stage.\n"
        "wrote new folder/leadrules.toml: which files the command reads here\n"
        "\n"
        "What to do next\n"
        "\n"
        "  # go there\n"
        "  cd 'new folder'\n"
        "\n"
        "  # run the examples of the rules; they say what the rules do\n"
        "  leadrules test\n"
        "\n"
        "  # after each change: find every mistake\n"
        "  leadrules check\n"
        "\n"
        "  # score your own leads: as leads.csv, or named in leadrules.toml\n"
        "  leadrules score\n"
    )
    assert (here / "new folder/rules.leadrules").read_text("utf-8") == templates()["minimal"]


def test_a_file_that_is_there_is_kept(here, leadrules):
    (here / "rules.leadrules").write_text("budget +5\n", "utf-8")
    run = leadrules("init")
    assert (run.exit_code, run.stdout) == (2, "")
    assert run.stderr == (
        "error: `rules.leadrules` is there already, and is kept as it is\n"
        "  help: name another folder: leadrules init DIR\n"
    )
    assert (here / "rules.leadrules").read_text("utf-8") == "budget +5\n"


def test_settings_that_are_there_are_kept_and_no_rules_are_written(here, leadrules):
    (here / "leadrules.toml").write_text('rules = "acme.leadrules"\n', "utf-8")
    run = leadrules("init")
    assert (run.exit_code, run.stdout) == (2, "")
    assert "`leadrules.toml` is there already" in run.stderr
    assert not (here / "rules.leadrules").exists()


def test_what_to_do_next_works_in_the_folder(here, leadrules, monkeypatch):
    assert leadrules("init", "new").exit_code == 0
    monkeypatch.chdir(here / "new")
    (here / "new/leads.csv").write_text("id,employees,job_title\n1,80,Owner\n", "utf-8")
    for command in ("test", "check", "score"):
        run = leadrules(command)
        assert run.exit_code == 0
        assert run.stderr.splitlines()[0] == (
            f"note: leadrules.toml gives {'rules, leads' if command == 'score' else 'rules'}"
        )
    assert "1 lead scored" in run.stdout


def test_rules_alone_are_not_left_where_the_settings_cannot_be_written(here, leadrules, monkeypatch):
    write = output._Descriptor.write

    def write_rules_only(file: object, data: bytes) -> int:
        if b"Settings" in bytes(data):
            raise output.FileProblem(file._path, "cannot be written: no space left on device")
        return write(file, data)

    monkeypatch.setattr(output._Descriptor, "write", write_rules_only)
    assert leadrules("init", "new").exit_code == 2
    assert list((here / "new").iterdir()) == []


def test_a_link_to_nowhere_is_kept_too(here, leadrules):
    (here / "rules.leadrules").symlink_to("nowhere.leadrules")
    assert leadrules("init").exit_code == 2
    assert not (here / "nowhere.leadrules").exists()


def test_a_folder_that_is_a_file(leadrules):
    run = leadrules("init", "leads.csv")
    assert run.exit_code == 2
    assert run.stderr == "error: the folder `leads.csv` cannot be made: it is a file\n"


def test_a_template_that_does_not_exist(leadrules):
    assert leadrules("init", "--template", "BANT").stderr == (
        "error: --template: there is no template `BANT`\n  help: did you mean `bant`?\n"
    )
    run = leadrules("init", "--template", "miller")
    assert run.exit_code == 2
    assert "`minimal`, `b2b-saas`, `bant`" in run.stderr


@pytest.mark.parametrize("name", NAMES)
def test_a_template_is_a_good_beginning(leadrules, name):
    assert leadrules("init", "--template", name, "new").exit_code == 0
    check = leadrules("check", "new/rules.leadrules")
    assert check.exit_code == 0
    assert check.stdout.startswith("new/rules.leadrules is good: "), check.stdout
    assert leadrules("fmt", "--check", "new/rules.leadrules").exit_code == 0
    tested = leadrules("test", "--min-coverage", "100", "new/rules.leadrules")
    assert tested.exit_code == 0, tested.stdout
    assert "100 % covered" in tested.stdout


def test_the_polish_template_has_polish_names_only():
    from leadrules import Ruleset
    from leadrules.vocabulary import STANDARD_EVENTS, STANDARD_FIELDS

    scope = program_of(Ruleset.from_text(templates()["polski"])).scope
    assert not set(scope.fields) & set(STANDARD_FIELDS)
    assert not set(scope.read) & set(STANDARD_EVENTS)


@pytest.fixture
def full_disk(monkeypatch):
    """Let the disk be full once a few small files have been written."""
    left = [5]

    def write(path: Path, *_, **__) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(28, "No space left on device")
        path.touch()

    def write_output(file: object, _data: bytes) -> None:
        raise output.FileProblem(file._path, "cannot be written: no space left on device")

    monkeypatch.setattr(Path, "write_text", write)
    monkeypatch.setattr(output._Descriptor, "write", write_output)


@pytest.mark.usefixtures("full_disk")
@pytest.mark.parametrize("command", [("init", "made"), ("plugins", "new", "trucks", "--dir", "made")])
def test_a_full_disk_leaves_no_half_of_anything(here, leadrules, command):
    run = leadrules(*command)
    assert run.exit_code == 2
    assert run.stdout == ""
    assert "no space left on device" in run.stderr
    assert run.stderr.count("\n") == 1
    assert list((here / "made").iterdir()) == []
