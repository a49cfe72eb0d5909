"""`leadrules test`: examples, coverage, changes that nobody notices."""

import json
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden"
RULES = """\
dimension fit max 30
  employees >= 1000 +28 | >= 200 +20 | else -5
  country = "PL"  +5  because "near us"

dimension engagement
  email_open            +1   max 3 times
  page_view[url contains "/pricing"] +10

total = fit + engagement

stages lead < mql
  score >= 20 and email is known -> mql

score >= 30 -> tag "call today"
"""
FAILING = """
example "a large company that reads"
  given employees = 1000, country = "PL", email = "ada@kestrel.example"
  given email_open 2 days ago 4 times
  expect fit = 33 and engagement = 3 and stage = lead
  expect tags contains "call today" or industry = "transport"

example "a small company"
  given employees = 20, email_open 2 days ago
  expect score = -4 and stage = lead
"""
PASSING = """
param least = 5
employees >= least +10

example "on the border"
  given employees = 5
  expect score = 10
example "below it"
  given employees = 4
  expect score = 0
example "who knows"
  expect score = 0
"""


@pytest.fixture(autouse=True)
def rules(here):
    (here / "failing.leadrules").write_text(RULES + FAILING, "utf-8")
    (here / "passing.leadrules").write_text(PASSING, "utf-8")
    (here / "bad.leadrules").write_text("employes > 50 +10\n", "utf-8")
    return here


def test_failed_examples_with_their_audit_and_what_is_not_covered(leadrules, golden):
    run = leadrules("test", "failing.leadrules", "--verbose")
    assert (run.exit_code, run.stderr) == (1, "")
    golden(GOLDEN / "test_failing.txt", run.stdout)
    uncovered, failed = (run.stdout.index(words) for words in ("Not covered by any example", "failed  line"))
    assert uncovered < failed


def test_what_fails_is_not_lost_in_what_is_not_covered(leadrules):
    told = leadrules("test", "failing.leadrules").stdout
    assert "Not covered" not in told
    assert "failed  line" in told
    assert told.splitlines()[-1] == "what no example covers is listed when all pass, or with --verbose"


def test_changes_that_no_example_notices(rules, leadrules, golden):
    (rules / "weak.leadrules").write_text(
        RULES
        + FAILING.replace("fit = 33", "fit = 30").replace(
            "lead\n  expect tags contains", "mql\n  expect tags contains"
        ),
        "utf-8",
    )
    run = leadrules("test", "weak.leadrules", "--mutate")
    assert (run.exit_code, run.stderr) == (0, "")
    golden(GOLDEN / "test_mutate.txt", run.stdout)


def test_all_is_well(leadrules):
    run = leadrules("test", "passing.leadrules", "--min-coverage", "100", "--mutate")
    assert (run.exit_code, run.stderr) == (0, "")
    assert run.stdout == (
        "passing.leadrules\n"
        "3 examples passed\n"
        "100 % covered: 1 of 1 rule, 3 of 3 outcomes of conditions\n"
        "4 of 4 small changes noticed\n"
    )


def test_several_files_of_which_one_is_wrong(leadrules, golden):
    run = leadrules("test", "passing.leadrules", "failing.leadrules", "bad.leadrules", "absent.leadrules")
    assert (run.exit_code, run.stderr) == (1, "")
    golden(GOLDEN / "test_several.txt", run.stdout)


def test_low_coverage_fails(rules, leadrules):
    text = PASSING.replace('example "who knows"\n  expect score = 0\n', "")
    (rules / "passing.leadrules").write_text(text, "utf-8")
    assert leadrules("test", "passing.leadrules", "--min-coverage", "75").exit_code == 0
    run = leadrules("test", "passing.leadrules", "--min-coverage", "76")
    assert run.exit_code == 1
    assert run.stdout.endswith("75 % covered: 1 of 1 rule, 2 of 3 outcomes of conditions\n"
                               "too little: --min-coverage asks for 76 %\n")  # fmt: skip


def test_no_examples_yet(rules, leadrules):
    (rules / "rules.leadrules").write_text("budget +5\n", "utf-8")
    run = leadrules("test", "rules.leadrules", "--mutate")
    assert run.exit_code == 0
    assert run.stdout == (
        "rules.leadrules\n"
        'no examples yet; begin one with: example "what it shows"\n'
        "0 % covered: 0 of 1 rule, 0 of 3 outcomes of conditions\n"
    )
    assert leadrules("test", "rules.leadrules", "--min-coverage", "1").exit_code == 1


def test_params_of_the_host(leadrules):
    run = leadrules("test", "passing.leadrules", "--param", "least=6")
    assert run.exit_code == 1
    assert "2 examples passed, 1 failed\n" in run.stdout


def test_json_for_programs(leadrules):
    run = leadrules("test", "failing.leadrules", "bad.leadrules", "--mutate", "--format", "json")
    assert run.exit_code == 1
    found = json.loads(run.stdout)
    assert (found["ok"], [file["file"] for file in found["files"]]) == (False, ["failing.leadrules", "bad.leadrules"])
    failing, bad = found["files"]
    assert list(failing) == list(bad) == [
        "file", "ok", "diagnostics", "fingerprint", "passed", "failed", "examples", "coverage", "mutation",
    ]  # fmt: skip
    assert (failing["passed"], failing["failed"]) == (1, 1)
    assert failing["examples"][0]["unmet"][0] == {
        "expected": "fit = 33", "line": 19, "truth": "false", "found": {"fit": 30},
    }  # fmt: skip
    audit = failing["examples"][0]["result"]["audit"]
    assert sum(entry["points"] for entry in audit) == failing["examples"][0]["result"]["score"]
    assert failing["coverage"]["covered"] + len(failing["coverage"]["uncovered"]) == failing["coverage"]["goals"]
    assert failing["mutation"]["noticed"] + len(failing["mutation"]["survivors"]) == failing["mutation"]["tried"]
    assert [diagnostic["code"][:2] for diagnostic in bad["diagnostics"]] == ["LR"]
    assert (bad["ok"], bad["examples"], bad["coverage"], bad["mutation"]) == (False, [], None, None)


@pytest.mark.parametrize("options", [("--min-coverage", "101"), ("--min-coverage", "most"), ("--format", "xml")])
def test_usage(leadrules, options):
    assert leadrules("test", "passing.leadrules", *options).exit_code == 2


def test_names_cannot_control_the_terminal(rules, leadrules):
    text = 'budget +5\nexample "\\u{1b}[31mred"\n  expect score = 1\n'
    (rules / "odd.leadrules").write_text(text, "utf-8")
    run = leadrules("test", "odd.leadrules")
    assert "\x1b" not in run.stdout
    assert "[31mred" in run.stdout


def test_lines_of_included_files_are_named_with_their_file(here, leadrules):
    (here / "base.leadrules").write_text(
        "rule big: employees >= 1000 +20  max 15 points\n"
        "grade size = score: A >= 10, B\n"
        "employees >= 5 -> mql\n"
        'example "small"\n  given employees = 10\n  expect score = 1\n',
        "utf-8",
    )
    (here / "main.leadrules").write_text(
        'include "base.leadrules"\nstages lead < mql\nneed +5\n'
        'example "both"\n  given employees = 2000, need = true\n  expect score = 21\n',
        "utf-8",
    )
    told = leadrules("test", "--mutate", "--verbose", "main.leadrules").stdout
    assert "failed  base.leadrules, line 4  small\n" in told
    assert "failed  line 4  both\n" in told
    assert "+20  big  base.leadrules, line 1\n" in told
    assert "-5  limit of big  base.leadrules, line 1\n" in told
    assert "+5  need  line 3\n" in told
    uncovered = told.partition("Not covered by any example\n")[2].partition("\n\n")[0]
    places = [line.strip() for line in uncovered.splitlines() if "line " in line]
    assert places == sorted(places, key=lambda place: place.startswith("base.leadrules"))
    assert "base.leadrules, line 3  employees >= 5" in places
    assert "base.leadrules, line 3  employees >= 5 -> mql" in told
    found = json.loads(leadrules("test", "main.leadrules", "--format", "json").stdout)["files"][0]
    assert {goal["file"] for goal in found["coverage"]["uncovered"]} == {None, "base.leadrules"}


def test_what_a_pack_leaves_uncovered_is_only_counted(here, leadrules, distribute):
    files = {"frame/__init__.py": "", "frame/bant.leadrules": "need +1\nauthority +2\n"}
    distribute("frame", files, points="[leadrules.packs]\nframe = frame\n")
    (here / "main.leadrules").write_text(
        'include "pack:frame/bant.leadrules"\nbudget +5\nexample "some"\n  given budget = true\n  expect score = 5\n',
        "utf-8",
    )
    told = leadrules("test", "main.leadrules").stdout
    assert "  line 2  budget\n" in told
    assert "  pack:frame/bant.leadrules  6 outcomes; --format json lists them\n" in told
    assert "authority" not in told
    (found,) = json.loads(leadrules("test", "main.leadrules", "--format", "json").stdout)["files"]
    of_pack = [goal for goal in found["coverage"]["uncovered"] if goal["file"] == "pack:frame/bant.leadrules"]
    assert len(of_pack) == 6
