"""What type checkers say of what hosts write: a sample that is run here, and read by those that are installed."""

import importlib.util
import json
import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

import leadrules
import leadrules.sdk
import leadrules.tables

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "tests/typing/hosts.py"
CHECKERS = {"mypy": ["mypy", "--strict", str(SAMPLE)], "basedpyright": ["basedpyright"]}


def checked(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    if importlib.util.find_spec(name) is None:
        pytest.skip(f"{name} is not installed: it is part of the extra `dev`")
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-m", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_the_sample_runs():
    assert runpy.run_path(str(SAMPLE))["SCORED"].score == 2


@pytest.mark.slow
@pytest.mark.parametrize("name", CHECKERS)
def test_the_sample_is_right_and_wrong_where_it_says_so(name):
    run = checked(name, *CHECKERS[name])
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.slow
def test_the_type_of_everything_public_is_known():
    run = checked("basedpyright", "basedpyright", "--verifytypes", "leadrules", "--ignoreexternal", "--outputjson")
    symbols = json.loads(run.stdout)["typeCompleteness"]["symbols"]
    modules = (leadrules, leadrules.sdk, leadrules.tables)
    named = [(getattr(module, name), name) for module in modules for name in module.__all__]
    public = [f"{found.__module__}.{name}" for found, name in named if hasattr(found, "__qualname__")]
    found = [one for one in symbols if any(f"{one['name']}.".startswith(f"{name}.") for name in public)]
    assert len(found) > 500
    assert [one["name"] for one in found if not one["isTypeKnown"] or one["isTypeAmbiguous"]] == []
