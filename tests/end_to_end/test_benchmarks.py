"""The benchmarks run, as their page tells to run them, and time nothing where the two forms of the rules differ."""

import json
import os
import re
import shlex
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/explanation/performance.md").read_text("utf-8")
TABLES = [block.splitlines() for block in re.findall(r"^```text\n(\w+: .*?)^```$", PAGE, re.MULTILINE | re.DOTALL)]
COMMANDS = re.findall(r"^python -m benchmarks.*$", PAGE, re.MULTILINE)


@pytest.fixture(scope="module", autouse=True)
def _root_on_the_path():
    """The benchmarks are a package at the root, where they are run; they are not installed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT))
        yield


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    """Run the first command of the page, in its quick form; give what it printed and wrote."""
    file = tmp_path_factory.mktemp("benchmarks") / "figures.json"
    _, *arguments = shlex.split(COMMANDS[0])
    environment = {**os.environ, "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, *arguments, "--quick", "--json", file],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout, json.loads(file.read_text("utf-8"))


def measurements():
    return import_module("benchmarks.measurements").MEASUREMENTS


def rows(quick, name):
    return [row for table in quick[1]["measurements"][name] for row in table["rows"]]


def test_every_measurement_is_there(quick):
    printed, written = quick
    assert list(written["measurements"]) == list(measurements())
    for name in measurements():
        assert rows(quick, name), name
        assert f"\n{name}: " in printed


def test_every_ratio_and_every_time_is_a_positive_number(quick):
    for name in measurements():
        figures = [value for row in rows(quick, name) for value in row.values() if isinstance(value, float)]
        assert all(figure > 0 for figure in figures), name
    for name in ("engine", "use", "constructs", "events", "start"):
        assert all(row["ratio"] > 0 for row in rows(quick, name)), name


def test_sizes_grow(quick):
    for name, size in (("engine", "rules"), ("rules", "rules"), ("events", "events")):
        sizes = [row[size] for row in rows(quick, name)]
        assert sizes == sorted(sizes), name
        assert len(set(sizes)) > 1, name


def test_the_machine_is_told_without_names_and_paths(quick):
    printed, written = quick
    assert set(written["machine"]) == {"leadrules", "python", "platform", "cpu", "cores"}
    assert f"{written['machine']['python']}, " in printed.splitlines()[0]
    assert str(ROOT) not in json.dumps(written["machine"]) + printed.replace(written["command"], "")


def test_the_page_tells_of_every_measurement_in_commands_that_work(monkeypatch, capsys):
    command = import_module("benchmarks.command")
    assert COMMANDS[0] == "python -m benchmarks"
    assert [name for name in measurements() if f"`{name}`" not in PAGE] == []
    monkeypatch.setattr(command, "_measured", lambda *_, **__: {})
    for line in COMMANDS:
        arguments = shlex.split(line, comments=True)[3:]
        assert command.main([argument for argument in arguments if argument not in {"--json", "figures.json"}]) == 0
    assert capsys.readouterr().err == ""


def test_the_tables_of_the_page_are_those_of_a_run(quick):
    """The figures are another run's; columns and what is compared are the same."""
    measured = [(name, table["rows"]) for name, tables in quick[1]["measurements"].items() for table in tables]
    assert len(measured) == len(TABLES)
    for (name, rows_), (title, _, heads, _, *lines) in zip(measured, TABLES, strict=True):
        assert title.startswith(f"{name}: ")
        columns = re.split(r"  +", heads.strip())
        assert len(columns) == len(rows_[0])
        assert name == "first" or columns == list(rows_[0])
        for row, line in zip(rows_, lines, strict=False):
            (first, *_) = row.values()
            assert not isinstance(first, str) or line.startswith(f"{first}  ")


# -------------------------------------------------------------- a comparison that fails


def altered(contest, change):
    """Give a contest whose hand-written counterpart says something else."""
    attrs = import_module("attrs")
    plain, audited = contest.hand_written
    both = tuple(lambda lead, as_of, score=score: change(*score(lead, as_of)) for score in (plain, audited))
    return attrs.evolve(contest, hand_written=both)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda score, stage, fired: (score + 1, stage, fired), "its score is"),
        (lambda score, _, fired: (score, "no stage", fired), "its stage is"),
        (lambda score, stage, fired: (score, stage, fired[:-1]), "its audit is"),
    ],
    ids=["score", "stage", "audit"],
)
def test_a_mismatch_fails_the_run_before_anything_is_timed(change, said, monkeypatch, capsys):
    contest, engine = import_module("benchmarks.contest"), import_module("benchmarks.measurements.engine")
    monkeypatch.setattr(engine, "contest_of", lambda *plan: altered(contest.contest_of(*plan), change))
    monkeypatch.setattr(engine, "in_turn", lambda *_: pytest.fail("something was timed"))
    assert import_module("benchmarks.command").main(["--only", "engine", "--quick"]) == 1
    error = capsys.readouterr().err
    assert error.startswith(
        "benchmarks: stopped before timing, because the two forms of the small rules differ about lead 1"
    )
    assert said in error


@pytest.mark.parametrize("name", ["small", "medium", "large"])
def test_both_forms_agree_about_many_leads(name):
    contest, leads = import_module("benchmarks.contest"), import_module("benchmarks.workload.leads")
    made_up = list(leads.made_up_leads(80, seed=2))
    both = contest.contest_of(name, contest.PLANS[name])
    contest.compare(both, made_up)
    stages = {contest.scored(both.rules, lead, leads.AS_OF)[1] for lead in made_up}
    assert stages == {"lead", "mql", "sql"}


def test_leads_and_rules_are_the_same_every_time():
    leads, plan = import_module("benchmarks.workload.leads"), import_module("benchmarks.workload.plan")
    assert list(leads.made_up_leads(3)) == list(leads.made_up_leads(5))[:3]
    assert plan.plan_of(300).rules[:50] == plan.plan_of(50).rules


def test_without_the_extra_the_command_is_left_out(monkeypatch):
    start = import_module("benchmarks.measurements.start")
    monkeypatch.setattr(start, "find_spec", lambda _: None)
    monkeypatch.setattr(start, "_output", lambda *_: "1.5")
    _, commands = start.measure(quick=True)
    assert [row["command"] for row in commands.rows] == ["python -c pass"]
    assert "leadrules --help needs the extra `cli`" in str(commands)


# ------------------------------------------------------------------------ wrong options


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--only", "speed"], "argument --only: invalid choice: 'speed'"),
        (["--json", "no/such/folder/figures.json"], "figures.json is in no folder that there is"),
        (["--json", "."], ". is a folder"),
        (["--fast"], "unrecognized arguments: --fast"),
    ],
)
def test_a_wrong_option_is_told_in_a_sentence(arguments, said, capsys):
    with pytest.raises(SystemExit) as caught:
        import_module("benchmarks.command").main(arguments)
    assert caught.value.code == 2
    assert said in capsys.readouterr().err


def test_the_rules_and_their_counterpart_can_be_looked_at(capsys):
    assert import_module("benchmarks.command").main(["--show", "small"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("dimension part_1 max 60")
    assert "\ndef score(lead, as_of):\n" in shown
