"""README.md tells the truth: its examples run, its commands are those that every change must pass."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from leadrules import Ruleset

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("text", blocks("leadrules"), ids=lambda text: text.splitlines()[0])
def test_rule_files_load(text):
    assert Ruleset.from_text(text).fingerprint.startswith("sha256:")


@pytest.mark.parametrize("code", blocks("python"), ids=lambda code: code.splitlines()[0])
def test_python_runs(code):
    namespace: dict[str, object] = {}
    exec(compile(code, "<README.md>", "exec"), namespace)  # noqa: S102 - our own page
    assert "result" in namespace


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_the_checks_of_a_change_run_the_commands_of_the_readme():
    commands = [block.strip() for block in blocks("sh") if "venv .venv" in block]
    run = subprocess.run(
        ["bash", ROOT / ".ci/run", "--commands"], cwd=ROOT.parent, capture_output=True, text=True, check=True
    )
    assert len(commands) == 2
    assert run.stdout.splitlines() == commands
