"""The settings file, `leadrules.toml`: options of commands, written down once beside the rules.

What may stand in it is what the commands declare, under the name of the option: there is no second
list. Keys above all sections hold for every command that has the option, those of `[score]` for
`leadrules score` alone. The file is found in the working folder, or above it up to the folder that
holds the whole project.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import attrs

from leadrules.errors import close_names, closest

NAME = "leadrules.toml"
"""The name by which the file is found."""

RIVALS = (("as_of", "as_of_column"), ("forecast", "why_not"))
"""Parameters that answer one question in two ways: where one is given nearer by, the other does not hold."""

_ROOTS = (".git", ".hg", "pyproject.toml")
_PLACE = re.compile(r" \(at line (\d+), column \d+\)$")

Kind = Literal["text", "path", "number", "switch"]


@attrs.frozen
class Option:
    """What may stand under a key: the parameter `name` of a command, and what values it takes.

    With `several` it takes a list. `least` and `most` bound a number, both included.
    """

    key: str
    name: str
    kind: Kind
    several: bool = False
    choices: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None


Commands = Mapping[str, Sequence[Option]]
"""The options of each command that takes settings."""


@attrs.frozen
class SettingsFile:
    """What a settings file says. `called` is its name as a person would write it here."""

    path: Path
    called: str
    text: str
    values: Mapping[str, Any]


class SettingsWrong(Exception):
    """A settings file says what cannot be: each mistake in a sentence, and what to do about it."""

    def __init__(self, mistakes: Sequence[tuple[str, str | None]]) -> None:
        self.mistakes = mistakes
        super().__init__("\n".join(message for message, _ in mistakes))


def find_settings(folder: Path) -> Path | None:
    """Find the settings file of a folder: in it, or above it up to the root of its project, if it has one."""
    here = folder.resolve()
    ways = [here, *here.parents]
    root = next((place for place, way in enumerate(ways) if any((way / name).exists() for name in _ROOTS)), 0)
    for place in range(root + 1):
        if (ways[place] / NAME).is_file():
            return folder.joinpath(*[".."] * place, NAME)
    return None


def read_settings(path: Path) -> SettingsFile:
    """Read a settings file. Raises SettingsWrong."""
    called = path.as_posix()
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SettingsWrong([(f"`{called}` is not UTF-8 text", "save it as UTF-8")]) from None
    except OSError as problem:
        reason = "it is not there" if isinstance(problem, FileNotFoundError) else (problem.strerror or "").lower()
        raise SettingsWrong([(f"the settings file `{called}` cannot be read: {reason}", None)]) from None
    text = text.replace("\r\n", "\n")
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise SettingsWrong([_unreadable(called, text, str(problem))]) from None
    return SettingsFile(path, called, text, values)


def _unreadable(called: str, text: str, reason: str) -> tuple[str, str]:
    place = _PLACE.search(reason)
    line = int(place[1]) if place else text.count("\n") + 1
    said = _PLACE.sub("", reason).removesuffix(" (at end of document)")
    advice = 'a line is `name = value`; texts stand in quotes, lists in brackets: leads = "leads.csv"'
    return f"{called}:{line}: this is not TOML: {said[:1].lower()}{said[1:]}", advice


def settings_of(file: SettingsFile, command: str, commands: Commands) -> dict[str, Any]:
    """Give the values that a file has for a command, by the names of its parameters.

    Paths are relative to the file. What is said for all commands gives way to what the command's own
    section says. Raises SettingsWrong, with every mistake of the whole file.
    """
    mistakes = sorted(_mistakes(file, command, commands))
    if mistakes:
        raise SettingsWrong(
            [(f"{file.called}:{line}: {message}", advice or None) for line, message, advice in mistakes]
        )
    section = file.values.get(command)
    own = dict(section) if isinstance(section, Mapping) else {}
    options = {option.key: option for option in commands[command]}
    nearer = {options[key].name for key in own}
    hidden = {other for pair in RIVALS for other, one in (pair, pair[::-1]) if one in nearer}
    shared = {
        key: value
        for key, value in file.values.items()
        if key in options and not isinstance(value, Mapping) and options[key].name not in hidden
    }
    return {options[key].name: _given(value, options[key], file.path.parent) for key, value in (shared | own).items()}


# ------------------------------------------------------------------- mistakes


def _mistakes(file: SettingsFile, command: str, commands: Commands) -> Iterator[tuple[int, str, str]]:
    """Give each mistake: its line, what is wrong, what to do about it."""
    own = {option.key for option in commands[command]}
    every = [option for name, those in commands.items() for option in those if name == command or option.key not in own]
    for key, value in file.values.items():
        if not isinstance(value, Mapping):
            yield from _mistakes_of(file, (key,), value, every, commands)
        elif key in commands:
            for inner, one in value.items():
                yield from _mistakes_of(file, (key, inner), one, commands[key], commands)
        elif any(option.key == key for option in every):
            yield _line_of(file, (key,)), f"`{key}` is an option, not a section", f"write it as {key} = …"
        else:
            yield _line_of(file, (key,)), f"there is no command `{key}` that takes settings", _sections(key, commands)


def _sections(name: str, commands: Commands) -> str:
    near = closest(name, commands)
    return f"did you mean `[{near}]`?" if near else f"the sections are {', '.join(f'[{one}]' for one in commands)}"


def _mistakes_of(
    file: SettingsFile, path: tuple[str, ...], value: Any, options: Sequence[Option], commands: Commands
) -> Iterator[tuple[int, str, str]]:
    key = path[-1]
    named = [option for option in options if option.key == key]
    if not named:
        yield _line_of(file, path), *_unknown(path, options, commands)
        return
    # An option of this name may be another thing in each command: it is enough that one takes the value.
    wrong = [_wrong(value, option) for option in named]
    if all(wrong):
        yield _line_of(file, path), f"`{key}` {wrong[0]}", f"write {key} = {_example(value, named[0])}"


def _unknown(path: tuple[str, ...], options: Sequence[Option], commands: Commands) -> tuple[str, str]:
    *section, key = path
    where = f"`leadrules {section[0]}` has no option" if section else "there is no option"
    known = {option.key for option in options}
    near = next(iter(close_names(key.replace("_", "-").removeprefix("--"), known, 1)), None)
    having = [command for command, those in commands.items() if any(option.key == key for option in those)]
    if near:
        advice = f"did you mean `{near}`?"
    elif having:
        advice = f"it is one of {', '.join(f'[{command}]' for command in having)}"
    else:
        advice = f"leadrules {section[0] if section else 'score'} --help lists them"
    return f"{where} `{key}`", advice


def _wrong(value: Any, option: Option) -> str:
    """Say why a value is none of an option; nothing where it is."""
    if isinstance(value, list):
        if not option.several:
            return "takes one value, not a list"
        return next((wrong for one in value if (wrong := _wrong_one(one, option))), "")
    return _wrong_one(value, option)


def _wrong_one(value: Any, option: Option) -> str:
    match option.kind:
        case "switch":
            return "" if isinstance(value, bool) else "is true or false, without quotes"
        case "number":
            return _wrong_number(value, option)
        case "path":
            return "" if isinstance(value, str) and value and "\0" not in value else "is the name of a file, in quotes"
        case "text":
            if option.choices:
                return "" if value in option.choices else f"is one of {', '.join(map(_quoted, option.choices))}"
            return "" if isinstance(value, str) or _is_moment(value) else "is a text, in quotes"


def _wrong_number(value: Any, option: Option) -> str:
    if isinstance(value, bool) or not isinstance(value, int):
        return "is a whole number, without quotes"
    if option.least is not None and value < option.least:
        return f"is at least {option.least}"
    if option.most is not None and value > option.most:
        return f"is at most {option.most}"
    return ""


def _example(value: Any, option: Option) -> str:
    """Write a value that an option takes: the one that was meant, if that can be told."""
    match option.kind:
        case "switch":
            return "false" if str(value).lower() in {"false", "no", "off", "0"} else "true"
        case "number":
            bounds = [bound for bound in (option.least, option.most) if bound is not None]
            meant = str(value).strip()
            is_meant = isinstance(value, str) and meant.isdecimal() and not _wrong_number(int(meant), option)
            return meant if is_meant else str(bounds[0] if bounds else 10)
        case "path" | "text":
            if option.choices:
                return _quoted(closest(str(value), option.choices) or option.choices[0])
            single = value[0] if isinstance(value, list) and value else value
            is_plain = isinstance(single, (str, int, float)) and single != ""
            return _quoted(str(single).lower() if isinstance(single, bool) else str(single)) if is_plain else '"…"'


def _quoted(text: str) -> str:
    return f'"{text}"'


def _is_moment(value: Any) -> bool:
    return isinstance(value, (dt.date, dt.datetime))


def _line_of(file: SettingsFile, path: Sequence[str]) -> int:
    """Find the line that sets a key: the one after the longest beginning of the file that lacks it."""
    lines = file.text.splitlines()
    begin = 0
    for end in range(1, len(lines) + 1):
        try:
            values: Any = tomllib.loads("\n".join(lines[:end]) + "\n")
        except tomllib.TOMLDecodeError:  # in the midst of a list, or of a text of several lines
            continue
        for key in path:
            values = values.get(key) if isinstance(values, Mapping) else None
        if values is not None:
            return begin + 1
        begin = end
    return 1


# --------------------------------------------------------------------- values


def _given(value: Any, option: Option, folder: Path) -> Any:
    """Give a value as the command line would."""
    if option.several:
        return [_given_one(one, option, folder) for one in (value if isinstance(value, list) else [value])]
    return _given_one(value, option, folder)


def _given_one(value: Any, option: Option, folder: Path) -> Any:
    if _is_moment(value):
        return value.isoformat()
    if option.kind == "path" and value != "-":
        return str(folder / value)
    return value
