"""What runs on GitHub is what runs here, on each Python that the package says it supports."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
WORKFLOW = (ROOT / ".github/workflows/checks.yml").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def minor_versions(texts: list[str]) -> list[int]:
    """Give N of every `3.N`."""
    return [int(found[1]) for text in texts if (found := re.search(r"\b3\.(\d+)$", text))]


def test_the_matrix_has_every_python_that_is_supported_and_at_most_the_next():
    (listed,) = re.findall(r"^ +python: \[(.*)\]$", WORKFLOW, re.MULTILINE)
    tested = minor_versions([version.strip('" ') for version in listed.split(",")])
    (least,) = minor_versions([PROJECT["requires-python"]])
    promised = minor_versions(PROJECT["classifiers"])
    assert promised == list(range(least, promised[-1] + 1))
    assert tested in (promised, [*promised, promised[-1] + 1])  # the next is promised once it has passed


def test_it_runs_the_checks_of_a_change_and_may_only_read():
    assert re.findall(r"^ +- run: (.*)$", WORKFLOW, re.MULTILINE) == [".ci/run"]
    assert re.search(r"^permissions:\n  contents: read\n\n", WORKFLOW, re.MULTILINE)
    assert "secrets" not in WORKFLOW


def test_actions_are_named_with_their_major_version():
    used = re.findall(r"uses: (.*)$", WORKFLOW, re.MULTILINE)
    assert used
    assert [action for action in used if not re.fullmatch(r"actions/[a-z-]+@v\d+", action)] == []
