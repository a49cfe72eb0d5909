"""Commands that are proposed begin as the one that was called, and so they work when they are copied."""

import sys
from pathlib import Path

import pytest

from leadrules.cli.called import program


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """An environment with the command, on the path or not."""
    folder = tmp_path / ".venv/bin"
    folder.mkdir(parents=True)
    for name in ("leadrules", "python"):
        (folder / name).touch(mode=0o755)
    monkeypatch.setattr(sys, "executable", str(folder / "python"))
    monkeypatch.chdir(tmp_path)

    def call(argv: str, *original: str, activated: bool) -> str:
        monkeypatch.setattr(sys, "argv", [argv])
        monkeypatch.setattr(sys, "orig_argv", list(original))
        monkeypatch.setenv("PATH", str(folder if activated else tmp_path))
        return program()

    return call


@pytest.mark.skipif(sys.platform == "win32", reason="files that can be run by their mode")
def test_the_program_is_named_as_it_was_called(installed, tmp_path):
    assert installed(".venv/bin/leadrules", activated=False) == ".venv/bin/leadrules"
    assert installed(".venv/bin/leadrules", activated=True) == "leadrules"
    assert installed(str(tmp_path / ".venv/bin/leadrules"), activated=True) == "leadrules"
    module = "/site-packages/leadrules/__main__.py"
    assert installed(module, "python3", "-m", "leadrules", activated=False) == "python3 -m leadrules"
    assert installed(module, "python3", "-m", "leadrules", activated=True) == "leadrules"
    assert installed("/usr/bin/pytest", activated=False) == "leadrules"


@pytest.mark.skipif(sys.platform == "win32", reason="quotes of POSIX")
def test_another_command_of_that_name_is_not_meant(installed, tmp_path):
    other = Path(tmp_path / "my env/leadrules")
    other.parent.mkdir()
    other.touch(mode=0o755)
    assert installed(str(other), activated=True) == f"'{other}'"
