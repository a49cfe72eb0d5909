"""How long it takes until leadrules is there: the import beside that of pydantic, and the command.

Every process finds its bytecode, as installed packages do: a first one writes it, into a folder that
is thrown away in the end.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from benchmarks.report import Table, compared
from benchmarks.timing import Step, in_turn, timed

PYDANTIC = "from pydantic import BaseModel"
IMPORTS = ("import leadrules", "from leadrules import Ruleset", "import pydantic", PYDANTIC)
NOTHING = "python -c pass"
TWO_LINES = "email_open +5\nbudget and authority -> qualified\n"


def measure(quick: bool) -> tuple[Table, ...]:
    """Measure imports inside a process each, and commands as a whole."""
    passes = 1 if quick else 21
    with tempfile.TemporaryDirectory() as folder:
        return _imports(folder, passes), _commands(folder, passes)


def _imports(folder: str, passes: int) -> Table:
    taken = in_turn({statement: [importing(statement, folder)] for statement in IMPORTS}, passes)
    note = f"ratio: to the last line, pydantic {metadata.version('pydantic')}; processes of each: {passes}"
    return Table("start: an import, in a new process", compared("import", taken, PYDANTIC, "ms", 1e3), note)


def _commands(folder: str, passes: int) -> Table:
    commands = {NOTHING: [running(folder, "-c", "pass")]}
    note = f"ratio: to the first line; processes of each: {passes}"
    if find_spec("typer") and find_spec("rich"):
        commands["leadrules --help"] = [running(folder, "-m", "leadrules", "--help")]
        rules = Path(folder) / "two.leadrules"
        rules.write_text(TWO_LINES, "utf-8")
        commands["leadrules check, two lines"] = [running(folder, "-m", "leadrules", "check", str(rules))]
    else:
        note += "; leadrules --help needs the extra `cli`, which is not installed"
    taken = in_turn(commands, passes)
    return Table("start: a whole process", compared("command", taken, NOTHING, "ms", 1e3), note)


def importing(statement: str, folder: str) -> Step:
    """Give a step that runs a statement in a process of its own, and is timed there; `folder` keeps bytecode."""
    code = f"import time; start = time.perf_counter(); {statement}; print(time.perf_counter() - start)"
    return lambda: float(_output(folder, "-c", code))


def running(folder: str, *arguments: str) -> Step:
    """Give a step that runs a process, from its start to its end; `folder` keeps bytecode."""
    return timed(lambda: _output(folder, *arguments), time.perf_counter)


def _output(folder: str, *arguments: str) -> str:
    variables = {**os.environ, "PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": folder}
    command = [sys.executable, *arguments]
    return subprocess.run(command, env=variables, capture_output=True, text=True, check=True).stdout
