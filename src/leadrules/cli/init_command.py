"""`leadrules init`: a rule file to begin with, its examples included, and the settings beside it.

A template is a rule file of the package; its first comment line says what it is for.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

from leadrules.cli.called import program, show_commands
from leadrules.cli.running import OK, Stop
from leadrules.cli.screen import Screen
from leadrules.cli.settings import NAME as SETTINGS
from leadrules.errors import closest
from leadrules.tables import FileProblem, OutputFile

NAME = "rules.leadrules"
"""The rule file that is written."""

_SUFFIX = ".leadrules"
_FIRST = "minimal"


def templates() -> dict[str, str]:
    """Give the text of every template by its name: the simplest first, the others by name."""
    folder = resources.files("leadrules.cli").joinpath("templates")
    found = {
        file.name.removesuffix(_SUFFIX): file.read_text(encoding="utf-8")
        for file in folder.iterdir()
        if file.name.endswith(_SUFFIX)
    }
    return {name: found[name] for name in sorted(found, key=lambda name: (name != _FIRST, name))}


def purpose(text: str) -> str:
    """Give the first comment line of a template."""
    return text.partition("\n")[0].removeprefix("#").strip()


def show_templates() -> int:
    """List the templates, each with what it is for, and give the exit status."""
    screen = Screen()
    found = templates()
    width = max(map(len, found))
    for name, text in found.items():
        screen.line((f"{name:<{width}}", "bold cyan"), f"  {purpose(text)}")
    screen.line()
    screen.line("write one with: ", (f"{program()} init --template NAME", "cyan"))
    return OK


def init(folder: Path, template: str) -> int:
    """Write a template and settings to a folder, made if need be, and give the exit status.

    Raises Stop and FileProblem.
    """
    text = _template(template)
    files = {folder / NAME: text, folder / SETTINGS: _settings()}
    for path in files:
        if path.exists() or path.is_symlink():
            raise Stop(f"`{path}` is there already, and is kept as it is", "name another folder: leadrules init DIR")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = "it is a file" if isinstance(error, FileExistsError) else (error.strerror or "no access").lower()
        raise Stop(f"the folder `{folder}` cannot be made: {reason}") from None
    _write(files)
    _tell(Screen(), folder, text)
    return OK


def _write(files: Mapping[Path, str]) -> None:
    """Write all files, or none. Raises FileProblem."""
    written: list[Path] = []
    try:
        for path, text in files.items():
            with OutputFile(path, new=True) as output:
                output.text.write(text)
            written.append(path)
    except FileProblem:
        for path in written:
            path.unlink()
        raise


def _settings() -> str:
    return resources.files("leadrules.cli").joinpath("templates", f"{SETTINGS}.tmpl").read_text(encoding="utf-8")


def _template(name: str) -> str:
    found = templates()
    if name not in found:
        near = closest(name.lower(), found)
        advice = f"did you mean `{near}`?" if near else f"there are {', '.join(f'`{known}`' for known in found)}"
        raise Stop(f"--template: there is no template `{name}`", advice)
    return found[name]


def _tell(screen: Screen, folder: Path, text: str) -> None:
    screen.line("wrote ", (str(folder / NAME), "bold"), f": {purpose(text)}")
    screen.line("wrote ", (str(folder / SETTINGS), "bold"), ": which files the command reads here")
    screen.line()
    screen.line(("What to do next", "bold"))
    steps = [
        ("leadrules test", "run the examples of the rules; they say what the rules do"),
        ("leadrules check", "after each change: find every mistake"),
        ("leadrules score", f"score your own leads: as leads.csv, or named in {SETTINGS}"),
    ]
    if folder != Path():
        steps.insert(0, (f"cd {shlex.quote(folder.as_posix())}", "go there"))
    show_commands(screen, steps)
