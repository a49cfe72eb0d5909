"""Bad input: each has its own message and exit status, and nothing already written is lost."""

import sys
from pathlib import Path

import pytest

from leadrules import Ruleset, RulesetError

SCORE = ("score", "acme.leadrules", "leads.csv", "--as-of", "2026-11-21")
OLD = "the results of last week\n"


@pytest.fixture
def output(here) -> Path:
    here.joinpath("scored.csv").write_text(OLD, "utf-8")
    return here / "scored.csv"


def make(path: Path, content: bytes | str | None) -> None:
    path.unlink()
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content == "folder":
        path.mkdir()
    elif content is not None:
        path.write_text(content, "utf-8", newline="")


@pytest.mark.parametrize("command", ["score", "check", "explain"])
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"email_open +5 # \xff\n", "error LR001: the file is not UTF-8: found the byte 0xFF"),
        ("email_open +5\n".encode("utf-16"), "error LR001: the file is UTF-16, expected UTF-8"),
        (b"", "error LR003: "),
        ("folder", "error LR010: this is a folder, not a rule file"),
        (None, "error LR010: there is no such file"),
        ("email_opn +5\n", "error LR303: there is no `email_opn`"),
    ],
)
def test_a_rule_file_that_cannot_be_used(command, content, said, output, here, leadrules):
    make(here / "acme.leadrules", content)
    more = {"score": ("leads.csv", "-o", "scored.csv"), "explain": ("leads.csv", "--lead", "1"), "check": ()}[command]
    run = leadrules(command, "acme.leadrules", *more)
    assert run.exit_code == 1
    assert said in run.output
    assert "1 error" in run.output
    assert output.read_text("utf-8") == OLD


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("name,email\nAda,a@b.example\n", "`leads.csv` has no column `id` for the id of the lead; its columns are"),
        ("Lead ID,email\n1,a@b.example\n", "is it `Lead ID`? name the column with --id-column"),
        (
            "id!email\n1!a@b.example\n",
            "`leads.csv` has no column `id` for the id of the lead; its columns are `id!email`",
        ),
        ("", "`leads.csv` is empty"),
        ("\n \n", "`leads.csv` is empty"),
        (b"id,email\n1,\xff\n", "`leads.csv` is not UTF-8: line 2"),
        (b"\x1f\x8b\x08" + b"\0" * 9, "`leads.csv` is packed with gzip, and its end is missing"),
        ("folder", "`leads.csv` is a folder without a file that can be read"),
        (None, "`leads.csv` does not exist"),
    ],
)
def test_leads_that_cannot_be_used_at_all(content, said, output, here, leadrules):
    make(here / "leads.csv", content)
    run = leadrules(*SCORE, "-o", "scored.csv")
    assert run.exit_code == 2
    assert said in run.stderr
    assert output.read_text("utf-8") == OLD


def test_a_wrong_delimiter(output, leadrules):
    run = leadrules(*SCORE, "--delimiter", ";", "-o", "scored.csv")
    assert run.exit_code == 2
    assert "it looks separated by `,`: give that as the delimiter" in run.stderr
    assert output.read_text("utf-8") == OLD


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("id,email\n1,a@b.example\n1,c@d.example\n", "row 3 has the id `1` of row 2"),
        ("id,email\n1,a@b.example\n2\n", "row 3 has 1 value, the header has 2 columns"),
        ("id,email\n1,a@b.example\n2,c@d.example,3\n", "row 3 has 3 values, the header has 2 columns"),
        ('id,email\n1,a@b.example\n2,"open\n', "row 3 has a quote, opened on line 3 or below, that is never closed"),
    ],
)
def test_some_leads_that_cannot_be_read(content, said, output, here, leadrules):
    make(here / "leads.csv", content)
    run = leadrules(*SCORE, "-o", "scored.csv")
    assert run.exit_code == 3
    assert said in run.stderr
    assert [line.split(",")[0] for line in output.read_text("utf-8").splitlines()] == ["id", "1"]


def test_a_byte_order_mark_is_welcome(here, leadrules):
    for name in ("acme.leadrules", "leads.csv"):
        here.joinpath(name).write_bytes(b"\xef\xbb\xbf" + here.joinpath(name).read_bytes())
    assert leadrules(*SCORE).exit_code == 0


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            "2026-11-21T10:00:00",
            "`2026-11-21T10:00:00` does not say in which time zone\n  help: write 2026-11-21T10:00:00Z",
        ),
        ("2026-11-21 10:00:00", "does not say in which time zone"),
        ("yesterday", "--as-of: `yesterday` is not a datetime"),
        ("2026-02-30", "--as-of: `2026-02-30` does not exist in the calendar"),
        ("", "--as-of: an empty value is not a datetime"),
    ],
)
@pytest.mark.parametrize("command", ["score", "explain"])
def test_a_time_that_is_none(command, given, said, output, leadrules):
    more = {"score": ("-o", "scored.csv"), "explain": ("--lead", "1")}[command]
    run = leadrules(command, "acme.leadrules", "leads.csv", "--as-of", given, *more)
    assert run.exit_code == 2
    assert said in run.stderr
    assert output.read_text("utf-8") == OLD


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--as-of-column", "when"), "--as-of and --as-of-column both say the time of scoring"),
        (("-o", "scored.docx"), "`scored.docx` ends in `.docx`, which is no known format for results"),
        (("-o", "scored"), "`scored` has no suffix"),
        (("-o", "leads.csv"), "`leads.csv` is also read: writing it would destroy the input"),
        (("-o", "nowhere/scored.csv"), "`nowhere/scored.csv` cannot be written: there is no folder `nowhere`"),
        (("-o", "a.csv", "--audit", "a.csv"), "two outputs have the same name"),
        (("--audit", "a.json"), "which is no known format for the audit"),
        (("--events", "none.csv"), "`none.csv` does not exist"),
        (("--event-columns", "lead=who"), "there is none"),
        (("--events", "events.csv", "--event-columns", "who"), "`who` does not say where a part of an event stands"),
        (("--events", "events.csv", "--event-columns", "lead=who"), "has no column `who` for the id of the lead"),
        (("--param", "mql_at"), "--param: `mql_at` is not a name and a value"),
        (("--param", "a=1", "--param", "a=2"), "--param: `a` is given twice"),
        (("--delimiter", "abc"), "cannot be split at `abc`"),
    ],
)
@pytest.mark.usefixtures("output")
def test_options_that_cannot_be_meant(options, said, here, leadrules):
    before = sorted(path.name for path in here.iterdir())
    run = leadrules(*SCORE, *options)
    assert run.exit_code == 2
    assert said in run.stderr
    assert sorted(path.name for path in here.iterdir()) == before


@pytest.mark.parametrize("param", ["mql_at=many", "mql_ad=3"])
def test_a_param_that_the_rules_refuse(param, leadrules):
    run = leadrules(*SCORE, "--param", param)
    assert run.exit_code == 1
    assert param.split("=")[0] in run.stderr


def test_two_columns_of_one_name(here, leadrules):
    (here / "acme.leadrules").write_text("dimension tags\n  email_open +1\n", "utf-8")
    run = leadrules(*SCORE, "-o", "scored.csv")
    assert run.exit_code == 2
    assert "the results would have two columns named `tags`" in run.stderr


def test_an_unexpected_error_is_one_sentence(leadrules, monkeypatch):
    monkeypatch.setattr("leadrules.cli.score.load_rules", lambda *_: 1 / 0)
    run = leadrules(*SCORE)
    assert run.exit_code == 70
    assert "Traceback" not in run.output
    assert run.stderr.startswith("error: something went wrong inside leadrules: this is our mistake")
    assert "LEADRULES_DEBUG=1" in run.stderr


def test_a_developer_sees_the_traceback(leadrules, monkeypatch):
    monkeypatch.setattr("leadrules.cli.score.load_rules", lambda *_: 1 / 0)
    monkeypatch.setenv("LEADRULES_DEBUG", "1")
    with pytest.raises(AssertionError, match="division by zero"):
        leadrules(*SCORE)


@pytest.mark.parametrize("arguments", [(), ("--help",), ("score", "--help"), ("--version",)])
def test_help_and_version(arguments, leadrules):
    run = leadrules(*arguments)
    assert run.exit_code == (0 if arguments else 2)
    assert "leadrules" in run.stdout


def test_a_command_that_does_not_exist(leadrules):
    run = leadrules("scroe")
    assert run.exit_code == 2
    assert "score" in run.stderr


ODD = "a\x1b[31m\x9b1m\u202eb"


@pytest.mark.skipif(sys.platform == "win32", reason="names that Windows does not take")
def test_names_of_files_cannot_control_the_terminal(here, leadrules):
    rules = here / f"{ODD}.leadrules"
    rules.write_text("budget +5\n", "utf-8")
    (here / f"{ODD}.csv").write_text("id,budget\n1,maybe\n", "utf-8")
    (here / "wrong.leadrules").write_text(f'job_title = "{ODD}" +\n', "utf-8")
    told = [
        leadrules("check", rules.name),
        leadrules("check", rules.name, "--against", f"{ODD}.csv"),
        leadrules("check", "wrong.leadrules"),
        leadrules("score", rules.name, f"{ODD}.csv", "-o", f"out{ODD}.csv", "--rejects", f"rejects{ODD}.csv"),
        leadrules("score", rules.name, f"no{ODD}.csv"),
        leadrules("infer", f"{ODD}.csv", "--id-column", ODD),
        leadrules("test", rules.name),
        leadrules("fmt", rules.name),
        leadrules("fmt", "--check", rules.name),
        leadrules("init", f"new{ODD}"),
        leadrules("plugins", "new", "trucks", "--dir", f"new{ODD}"),
        leadrules("demo", "--save", f"demo{ODD}"),
        leadrules("explain", rules.name, f"{ODD}.csv", "--lead", "1"),
        leadrules("diff", rules.name, rules.name, f"{ODD}.csv"),
        leadrules("plugins", "needed", rules.name),
    ]
    assert sum(bool(run.stdout + run.stderr) for run in told) >= len(told) - 2
    for run in told:
        assert not {"\x1b", "\x9b", "\u202e"} & {*run.stdout, *run.stderr}, run.stdout + run.stderr
    with pytest.raises(RulesetError) as caught:
        Ruleset.from_file(here / "wrong.leadrules")
    assert not {"\x1b", "\x9b", "\u202e"} & {*str(caught.value)}
    assert "job_title" in str(caught.value)


ORDER = "  help: the rules come first, then the leads: leadrules score rules.leadrules leads.csv\n"


@pytest.mark.parametrize(
    "command", [("score", "leads.csv", "acme.leadrules"), ("check", "leads.csv"), ("test", "leads.csv")]
)
def test_leads_where_rules_are_wanted(leadrules, command):
    run = leadrules(*command)
    assert (run.exit_code, run.stdout) == (2, "")
    assert run.stderr == f"error: `leads.csv` is a file of data by its name, and no rules\n{ORDER}"


@pytest.mark.parametrize("command", [("score", "acme.leadrules", "acme.leadrules"), ("infer", "acme.leadrules")])
def test_rules_where_leads_are_wanted(leadrules, command):
    run = leadrules(*command)
    assert (run.exit_code, run.stdout) == (2, "")
    assert run.stderr == f"error: `acme.leadrules` is a rule file by its name, and no file of leads\n{ORDER}"
