"""`leadrules plugins new`: a plugin to begin with, which passes its own tests at once."""

from __future__ import annotations

import re
import secrets
import shlex
import shutil
from collections.abc import Mapping
from importlib import metadata, resources
from pathlib import Path

from leadrules.cli.called import show_commands
from leadrules.cli.running import OK, Stop
from leadrules.cli.screen import Screen
from leadrules.plugins import CRITERIA, brought_by, installed_points
from leadrules.syntax.words import OPERAND_WORDS, STATEMENT_WORDS
from leadrules.vocabulary import STANDARD_EVENTS, STANDARD_FIELDS, STANDARD_GROUPS

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_TAKEN = frozenset(
    {*STATEMENT_WORDS, *OPERAND_WORDS, *STANDARD_FIELDS, *STANDARD_EVENTS, *STANDARD_GROUPS}
    | {"any_event", "points", "score", "message"}  # the last one is a field of the example
)
"""What a rule file could not call a plugin, or only by losing a field or event of that name."""
_FILES: Mapping[str, str] = {
    ".gitignore": "gitignore.tmpl",
    "pyproject.toml": "pyproject.toml.tmpl",
    "LICENSE": "LICENSE.tmpl",
    "MANIFEST.in": "MANIFEST.in.tmpl",
    "README.md": "README.md.tmpl",
    ".github/workflows/tests.yml": "tests.yml.tmpl",
    "example.leadrules": "example.leadrules.tmpl",
    "src/{module}/__init__.py": "init.py.tmpl",
    "src/{module}/py.typed": "",
    "cases/criteria.toml": "criteria.toml.tmpl",
    "tests/test_criteria.py": "test_criteria.py.tmpl",
}
"""The files of a plugin, and the template of each; one without a template is empty."""


def new(name: str, folder: Path | None) -> int:
    """Write a plugin to a folder of its own, and give the exit status. Raises Stop."""
    name = _checked(name)
    module = f"leadrules_{name}"
    distribution = module.replace("_", "-")
    target = (folder or Path()) / distribution
    values = {
        "name": name,
        "module": module,
        "distribution": distribution,
        "leadrules": metadata.version("leadrules"),
    }
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise Stop(f"`{target}` is there already, and is kept as it is", "name another folder with --dir")
    files = {path.format(module=module): _filled(template, values) for path, template in _FILES.items()}
    try:
        _write(target, files)
    except OSError as error:
        raise Stop(f"`{target}` cannot be written: {(error.strerror or 'no access').lower()}") from None
    _tell(Screen(), target, name)
    return OK


def _write(target: Path, files: Mapping[str, str]) -> None:
    """Write a folder as a whole or not at all: beside its name, then renamed."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.{secrets.token_hex(6)}.part")
    try:
        for name, text in files.items():
            file = part / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8", newline="\n")
        if target.is_dir():
            target.rmdir()  # it is empty
        part.rename(target)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def _checked(given: str) -> str:
    """Give the name of a plugin as rule files write it. Raises Stop."""
    name = given.strip().lower().removeprefix("leadrules-").removeprefix("leadrules_").replace("-", "_")
    if not _NAME.fullmatch(name):
        raise Stop(f"`{given}` is no name for a plugin", "begin with a letter, go on with letters, digits and _")
    if name in _TAKEN:
        raise Stop(f"`{name}` means something else in rule files", "choose another name")
    taken = [brought_by(point) for point in installed_points(CRITERIA) if point.name == name]
    if taken:
        raise Stop(
            f"there is a plugin `{name}` already, from {taken[0]}", "two of one name cannot be used: choose another"
        )
    return name


def _filled(template: str, values: Mapping[str, str]) -> str:
    if not template:
        return ""
    text = resources.files("leadrules.cli").joinpath("scaffold", template).read_text("utf-8")
    for key, value in values.items():
        text = text.replace("{{" + key + "}}", value)
    return text


def _tell(screen: Screen, target: Path, name: str) -> None:
    quoted = shlex.quote(target.as_posix())
    screen.line("wrote ", (str(target), "bold"), f": a plugin `{name}` with one criterion, `{name}.words`")
    screen.line()
    screen.line(("What to do next", "bold"))
    commands = (
        (f"cd {quoted} && pip install -e '.[test]'", "install it where leadrules is; rule files find it then"),
        ("pytest", "run its cases and tests"),
        ("leadrules test example.leadrules", "use it in a rule file"),
    )
    show_commands(screen, commands)
