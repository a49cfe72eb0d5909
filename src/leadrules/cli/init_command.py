"""`leadrules init`: a rule file to begin with, its examples included.

A template is a rule file of the package; its first comment line says what it is for.
"""

from __future__ import annotations

import shlex
from importlib import resources
from pathlib import Path

from leadrules.cli.running import OK, Stop
from leadrules.cli.screen import Screen
from leadrules.errors import closest
from leadrules.tables import OutputFile

NAME = "rules.leadrules"
"""The file that is written."""

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
    screen.line("write one with: ", ("leadrules init --template NAME", "cyan"))
    return OK


def init(folder: Path, template: str) -> int:
    """Write a template to a folder, made if need be, and give the exit status. Raises Stop and FileProblem."""
    text = _template(template)
    path = folder / NAME
    if path.exists() or path.is_symlink():
        raise Stop(f"`{path}` is there already, and is kept as it is", "name another folder: leadrules init DIR")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = "it is a file" if isinstance(error, FileExistsError) else (error.strerror or "no access").lower()
        raise Stop(f"the folder `{folder}` cannot be made: {reason}") from None
    with OutputFile(path, new=True) as output:
        output.text.write(text)
    _tell(Screen(), path, text)
    return OK


def _template(name: str) -> str:
    found = templates()
    if name not in found:
        near = closest(name.lower(), found)
        advice = f"did you mean `{near}`?" if near else f"there are {', '.join(f'`{known}`' for known in found)}"
        raise Stop(f"--template: there is no template `{name}`", advice)
    return found[name]


def _tell(screen: Screen, path: Path, text: str) -> None:
    quoted = shlex.quote(path.as_posix())
    screen.line("wrote ", (str(path), "bold"), f": {purpose(text)}")
    screen.line()
    screen.line(("What to do next", "bold"))
    for command, what in (
        (f"leadrules test {quoted}", "run its examples; they say what the rules do"),
        (f"leadrules check {quoted}", "after each change: find every mistake"),
        (f"leadrules score {quoted} leads.csv", "score your own leads"),
    ):
        screen.line()
        screen.line((f"  # {what}", "dim"))
        screen.line("  ", (command, "cyan"))
