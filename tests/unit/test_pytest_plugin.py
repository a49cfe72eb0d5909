"""Examples of rule files as tests of pytest: only of files that are asked for, failures as the command tells them."""

import subprocess
import sys

import pytest

RULES = """email_open +5 max 3 times
demo_request +30
score >= 30 -> mql

example "a demo"
  given demo_request
  expect score = 30 and stage = mql
"""
WRONG = """
example "mails are not enough"
  given email_open
  given email_open
  expect score = 20
"""
BROKEN = "email_open +5\nfoo bar\n"


@pytest.fixture
def project(tmp_path):
    (tmp_path / "pytest.ini").write_text("[pytest]\nleadrules_files = rules/*.leadrules\n")
    for folder in ("rules", "foreign"):
        (tmp_path / folder).mkdir()
    (tmp_path / "rules/acme.leadrules").write_text(RULES)
    return tmp_path


def run_pytest(folder, *arguments):
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_each_example_of_the_files_that_are_asked_for_is_a_test(project):
    (project / "foreign/other.leadrules").write_text(BROKEN)
    run = run_pytest(project, "-vv")
    assert run.returncode == 0, run.stdout
    assert "rules/acme.leadrules::a demo PASSED" in run.stdout
    assert "1 passed" in run.stdout


def test_without_the_option_only_files_that_are_named_are_collected(project):
    (project / "pytest.ini").write_text("[pytest]\n")
    assert run_pytest(project).returncode == 5  # nothing collected
    assert "1 passed" in run_pytest(project, "rules/acme.leadrules").stdout


def test_a_failure_is_told_as_the_command_tells_it(project):
    path = project / "rules/acme.leadrules"
    path.write_text(RULES + WRONG)
    run = run_pytest(project)
    command = [sys.executable, "-m", "leadrules", "test", str(path)]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    told = said[said.index("failed  line 9") : said.index("stage unqualified")]
    assert run.returncode == 1
    assert f"{path}:9\n\n{told}" in run.stdout
    assert "acme.leadrules::mails are not enough - expected score = 20" in run.stdout
    assert "1 failed, 1 passed" in run.stdout
    assert "Traceback" not in run.stdout


def test_mistakes_of_a_file_are_errors_of_collection(project):
    (project / "rules/broken.leadrules").write_text(BROKEN)
    run = run_pytest(project)
    assert run.returncode == 2
    assert "broken.leadrules:2:5: error LR101: expected points" in run.stdout
    assert " 2 | foo bar\n   |     ^^^\n" in run.stdout
    assert "Traceback" not in run.stdout


def test_an_example_of_an_included_file_stands_there(project):
    (project / "foreign/part.leadrules").write_text(WRONG)
    (project / "rules/part.leadrules").write_text(WRONG)
    (project / "rules/acme.leadrules").write_text(RULES + 'include "part.leadrules"\n')
    run = run_pytest(project, "rules/acme.leadrules")
    assert f"{project / 'rules/part.leadrules'}:2\n" in run.stdout
    assert "1 failed, 1 passed" in run.stdout


def test_a_project_says_how_its_files_are_loaded(project):
    text = "param least = 50\n" + RULES.replace(">= 30", ">= least")
    (project / "rules/acme.leadrules").write_text(text)
    assert "1 failed" in run_pytest(project).stdout
    (project / "conftest.py").write_text(
        "from leadrules import Ruleset\n\n"
        "def pytest_leadrules_rules(path):\n"
        "    return Ruleset.from_file(path, params={'least': 30}, plugins=[])\n"
    )
    assert "1 passed" in run_pytest(project).stdout
    (project / "conftest.py").write_text("def pytest_leadrules_rules(path):\n    return 7\n")
    assert "pytest_leadrules_rules gave no ruleset, but 7" in run_pytest(project).stdout
