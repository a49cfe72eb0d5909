"""What the answers of a plugin can depend on, as a hash: the files of its source, or its functions and what they hold.

An installed plugin is its package, a module its file. What a host hands over as an object or a mapping is the
text of its functions and its configuration: what they hold of values beside their text. What an author names
as `configuration` stands for all that is held.
"""

from __future__ import annotations

import datetime as dt
import enum
import functools
import hashlib
import inspect
import json
import re
import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

NAMED = "configuration"
"""The attribute, or method, by which an object or function names what its answers depend on beside its text."""

_BLOCK = 2**20
_LOOKED_AT = 8_000
"""Bytes of a file that show whether it is a text, as git decides it."""
_MOST_FILES = 10_000
_DEEPEST = 50


class Untellable(Exception):
    """Something is held that cannot be told apart from another of its kind; the text says what."""


def hash_of_source(found: Any, home: types.ModuleType | None, functions: Mapping[str, Callable[..., Any]]) -> str:
    """Hash what a plugin's answers can depend on: its package's files, its module's, or its functions' text.

    Line ends of texts do not count, and neither does what tools leave beside the source.
    """
    digest = hashlib.sha256()
    files = list(_files_of(home)) or list(_files_of(found))
    try:
        for name, path in files:
            digest.update(f"{name}\0{_hash_of(path)}\0".encode())
    except OSError:  # a package that is not made of files, such as one in an archive
        files = []
    if not files:
        for name, function in functions.items():
            digest.update(f"{name}\0{_text_of(function)}\0".encode())
    return "sha256:" + digest.hexdigest()


def _files_of(module: object) -> Iterator[tuple[str, Path]]:
    """Give the files of a package, or the one of a module, by their names in it."""
    file = getattr(module, "__file__", None) if isinstance(module, types.ModuleType) else None
    if file is None:
        return
    if Path(file).stem != "__init__":
        yield Path(file).name, Path(file)
        return
    folder = Path(file).parent
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        left_out = any(part.startswith((".", "__pycache__")) for part in inside.parts) or path.suffix == ".pyc"
        if path.is_file() and not left_out:
            yield inside.as_posix(), path


def _hash_of(path: Path) -> str:
    """Hash a file; one that is as it was is not read again. Raises OSError."""
    stat = path.stat()
    return _hash_of_version(str(path), stat.st_ino, stat.st_size, stat.st_mtime_ns)


@functools.lru_cache(maxsize=_MOST_FILES)
def _hash_of_version(path: str, *_: int) -> str:
    """Hash a file, block by block."""
    digest = hashlib.sha256()
    with Path(path).open("rb") as file:
        is_text = b"\0" not in file.read(_LOOKED_AT)
        file.seek(0)
        blocks = iter(functools.partial(file.read, _BLOCK), b"")
        for block in _with_plain_line_ends(blocks) if is_text else blocks:
            digest.update(block)
    return digest.hexdigest()


def _with_plain_line_ends(blocks: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for block in blocks:
        text = rest + block
        rest = b"\r" if text.endswith(b"\r") else b""  # its line feed may begin the next block
        yield text[: len(text) - len(rest)].replace(b"\r\n", b"\n")
    yield rest


# -------------------------------------------------------------- configuration


def configuration_of(found: Any, functions: Mapping[str, Callable[..., Any]]) -> str | None:
    """Hash what a plugin holds that is no module: None where it holds nothing. Raises Untellable.

    That is the values of an object's attributes, of variables that functions close over, of their defaults, and
    of the globals that they read.
    """
    if isinstance(found, types.ModuleType):
        return None
    telling = _Telling()
    held = {name: telling.function(function, name) for name, function in functions.items()}
    held = {name: one for name, one in held.items() if one}
    if not isinstance(found, Mapping | types.FunctionType):
        own = telling.object(found, "it")
        held |= {"": own} if own else {}
    return "sha256:" + hashlib.sha256(_written(held).encode()).hexdigest() if held else None


class _Telling:
    """Tells values apart: what is equal, and only that, is told in the same JSON."""

    def __init__(self) -> None:
        self._within: list[Any] = []

    def value(self, value: Any, name: str) -> Any:
        """Tell a value that stands under a name."""
        match value:
            case None | bool() | str() if type(value) in _PLAIN:
                return value
            case int() | float() | Decimal() | Fraction() | bytes() | range() if type(value) in _PLAIN:
                return [type(value).__name__, repr(value)]
            case dt.datetime() | dt.date() | dt.time() | dt.timedelta() | dt.timezone() | ZoneInfo():
                return [type(value).__name__, str(value)]
            case enum.Enum():
                return [_name_of(type(value)), value.name]
            case re.Pattern():
                return ["pattern", self.value(value.pattern, name), value.flags]
            case types.ModuleType() | types.BuiltinFunctionType():
                return [type(value).__name__, _name_of(value)]
            case type():
                return ["class", _name_of(value), _text_of(value)]
            case _:
                return self._deeper(value, name)

    def _deeper(self, value: Any, name: str) -> Any:
        if any(value is one for one in self._within):
            return ["again", [value is one for one in self._within].index(True)]
        if len(self._within) > _DEEPEST:
            raise Untellable(f"`{name}` holds values within values without end")
        self._within.append(value)
        try:
            return self._made_of(value, name)
        finally:
            self._within.pop()

    def _made_of(self, value: Any, name: str) -> Any:
        kind = _name_of(type(value))
        if isinstance(value, tuple | list):
            return [kind, *(self.value(one, name) for one in value)]
        if isinstance(value, set | frozenset):
            return [kind, *sorted((self.value(one, name) for one in value), key=_written)]
        if isinstance(value, Mapping):
            pairs = [[self.value(key, name), self.value(one, name)] for key, one in value.items()]
            return [kind, *sorted(pairs, key=_written)]
        if isinstance(value, types.FunctionType):
            return ["function", _text_of(value), self.function(value, name)]
        if isinstance(value, types.MethodType):
            return ["method", _text_of(value), self.function(value, name), self.value(value.__self__, name)]
        if hasattr(value, NAMED) or (_has_plain_attributes(value)):
            return [kind, _text_of(type(value)), self.object(value, name)]
        raise Untellable(f"`{name}` holds a `{kind}`, which cannot be told apart from another")

    def object(self, value: Any, name: str) -> Any:
        """Tell what an object holds: what it names as its configuration, else the values of its attributes."""
        if hasattr(value, NAMED):
            return self._named(value, name)
        of = value if isinstance(value, type) else type(value)
        kinds = [kind for kind in of.__mro__ if kind.__module__ != "builtins"]
        texts = [_text_of(kind) for kind in kinds]
        return [texts, {key: self.value(one, key) for key, one in sorted(_attributes(value, kinds).items())}]

    def function(self, function: Callable[..., Any], name: str) -> Any:
        """Tell what a function holds beside its text; None where that is nothing."""
        if hasattr(function, NAMED) and not isinstance(function, types.MethodType):
            return self._named(function, name)
        if isinstance(function, types.MethodType):
            return self.function(function.__func__, name)
        if not isinstance(function, types.FunctionType):
            wrapped = getattr(function, "__wrapped__", None)  # such as one whose answers are remembered
            return self.value(wrapped, name) if wrapped is not None else self.object(function, name)
        held = {key: self.value(one, key) for key, one in sorted(_held_by(function).items())}
        return held or None

    def _named(self, value: Any, name: str) -> Any:
        named = getattr(value, NAMED)
        return self.value(named() if callable(named) else named, f"{NAMED} of {name}")


_PLAIN = frozenset({type(None), bool, str, int, float, Decimal, Fraction, bytes, range})


def _held_by(function: types.FunctionType) -> dict[str, Any]:
    """Give the values that a function reads and that are no part of its text, by name."""
    code = function.__code__
    found: dict[str, Any] = {}
    for name, cell in zip(code.co_freevars, function.__closure__ or (), strict=True):
        try:
            found[name] = cell.cell_contents
        except ValueError:  # nothing was put there
            found[name] = None
    defaults = function.__defaults__ or ()
    names = code.co_varnames[: code.co_argcount]
    found |= dict(zip(names[len(names) - len(defaults) :], defaults, strict=True))
    found |= function.__kwdefaults__ or {}
    globals_ = function.__globals__
    for name in sorted({*_names_in(code)} & globals_.keys()):
        value = globals_[name]
        if not isinstance(value, type | types.ModuleType | types.BuiltinFunctionType):
            found.setdefault(name, value)
    return found


def _names_in(code: types.CodeType) -> Iterable[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _names_in(constant)


def _attributes(value: Any, kinds: Iterable[type]) -> dict[str, Any]:
    """Give the values of an object's attributes by name: its own, and those of its classes that are no functions."""
    found: dict[str, Any] = {}
    for kind in kinds:
        for name, one in vars(kind).items():
            if not name.startswith("__") and not callable(one) and not hasattr(one, "__get__"):
                found.setdefault(name, one)
    if isinstance(value, type):
        return found
    slots = (name for kind in kinds for name in _slots(kind) if hasattr(value, name))
    return found | {name: getattr(value, name) for name in slots} | getattr(value, "__dict__", {})


def _slots(kind: type) -> tuple[str, ...]:
    slots = vars(kind).get("__slots__", ())
    names = (slots,) if isinstance(slots, str) else tuple(slots)
    return tuple(name for name in names if name not in {"__dict__", "__weakref__"})


def _has_plain_attributes(value: Any) -> bool:
    """Tell whether all that an object is stands in its attributes: its classes are written in Python."""
    return all(hasattr(kind, "__dict__") and _is_written(kind) for kind in type(value).__mro__[:-1])


def _is_written(kind: type) -> bool:
    try:
        inspect.getsource(kind)
    except (OSError, TypeError):
        return False
    return True


def _text_of(value: Any) -> str:
    """Give the source of a function or class; where there is none, its name and what it compiled to."""
    value = inspect.unwrap(value) if callable(value) else value
    try:
        text = inspect.getsource(value)
        if _name_of(value).endswith("<lambda>"):  # of which several may stand in a line
            text += _compiled(value.__code__)
    except (OSError, TypeError):
        code = getattr(value, "__code__", None)
        return _name_of(value) + ("" if code is None else _compiled(code))
    return text


def _compiled(code: types.CodeType) -> str:
    constants = " ".join(map(_constant, code.co_consts))
    return f"({code.co_code.hex()} {code.co_names} {constants})"


def _constant(value: Any) -> str:
    if isinstance(value, types.CodeType):
        return _compiled(value)
    return repr(sorted(map(repr, value))) if isinstance(value, frozenset) else repr(value)


def _name_of(value: Any) -> str:
    module = getattr(value, "__module__", None) or ""
    name = getattr(value, "__qualname__", None) or getattr(value, "__name__", None) or type(value).__qualname__
    return name if module == "builtins" else f"{module}.{name}"


_written = json.JSONEncoder(sort_keys=True, ensure_ascii=True, separators=(",", ":")).encode
