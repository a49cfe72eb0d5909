"""What the tests of the command line share: a folder with rules and leads, and a way to run a command."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

Run = Callable[..., Result]

RULES = """\
ruleset acme version "1"
param mql_at = 20
field employees: number

require email is known or phone is known because "no way to reach them"

dimension fit max 30
  employees >= 1000 +28 | >= 200 +20 | else -5   because "the size of the company"
  country = "PL"                                 +5

dimension engagement
  email_open                                     +1   max 3 times
  demo_request                                   +25  because "asked for a demo"

stages lead < mql < sql  exit disqualified
  score >= mql_at             -> mql
  demo_request and budget     -> sql
  spam_complaint              -> disqualified

demo_request -> tag "call today"
budget       -> tag "has money"
"""
LEADS = """\
id,company,email,phone,employees,country,budget
1,Kestrel Haulage,ada@kestrel.example,,1200,PL,yes
2,Amber Cargo,bruno@amber.example,,250,DE,
3,Łódź Freight,,,40,PL,no
4,Polar Stores,dario@polar.example,,5000,PL,yes
"""
EVENTS = """\
lead_id,type,at,id
1,demo_request,2026-11-01T10:00:00Z,e1
1,email_open,2026-11-02T10:00:00Z,e2
2,email_open,2026-11-03T10:00:00Z,e3
4,spam_complaint,2026-11-03T10:00:00Z,e4
4,demo_request,2026-11-04T10:00:00Z,e5
"""
AS_OF = ("--as-of", "2026-11-21T00:00:00Z")


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with rules, leads and events, in which commands run."""
    monkeypatch.chdir(tmp_path)
    for name, text in (("acme.leadrules", RULES), ("leads.csv", LEADS), ("events.csv", EVENTS)):
        tmp_path.joinpath(name).write_text(text, "utf-8", newline="")
    return tmp_path


@pytest.fixture
def leadrules(here, monkeypatch) -> Run:  # noqa: ARG001 - the commands run there
    """Run a command in this process, in the folder with the rules, as in a pipe of 100 columns."""
    for name in ("FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE", "LEADRULES_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "100")

    def run(*arguments: str, columns: int | None = None) -> Result:
        from leadrules.cli.app import app

        if columns is not None:
            monkeypatch.setenv("COLUMNS", str(columns))
        result = CliRunner().invoke(app, list(arguments))
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return run


@pytest.fixture
def process():
    """Start a command as a process of its own; its streams are pipes, unless told otherwise."""
    started: list[subprocess.Popen[bytes]] = []

    def start(*arguments: str, cwd: Path, env: dict[str, str] | None = None, **streams) -> subprocess.Popen[bytes]:
        hidden = ("COLUMNS", "FORCE_COLOR", "NO_COLOR", "LEADRULES_DEBUG", "PYTHONIOENCODING")
        environment = {name: value for name, value in os.environ.items() if name not in hidden} | (env or {})
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | streams
        command = [sys.executable, "-m", "leadrules", *arguments]
        started.append(subprocess.Popen(command, cwd=cwd, env=environment, **pipes))
        return started[-1]

    yield start
    for child in started:
        child.kill()
        child.communicate()
