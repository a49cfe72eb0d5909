"""Notice what a pure function must not do: ask the clock or chance, or leave something behind.

Only what shows is noticed; a criterion that is out to hide is a matter of trust, not of tests.
"""

from __future__ import annotations

import contextlib
import copy
import datetime as dt
import decimal
import gc
import inspect
import locale
import os
import random
import sys
from collections.abc import Callable, Iterator, Mapping
from types import FrameType, ModuleType
from typing import Any

_CLOCK = frozenset({"now", "utcnow", "today"})
_MODULES: Mapping[str, str] = {"time": "the clock", "posix": "chance", "nt": "chance", "_socket": "the network"}
_NAMES = frozenset(
    {"time", "time_ns", "localtime", "gmtime", "monotonic", "perf_counter", "process_time", "urandom", "getrandom"}
)
_NETWORK = frozenset({"connect", "getaddrinfo", "gethostbyname", "create_connection"})
_EXCUSED = frozenset({"importlib", "logging"})
_PLAIN = (
    type(None),
    bool,
    int,
    float,
    str,
    bytes,
    decimal.Decimal,
    dt.date,
    tuple,
    list,
    dict,
    set,
    frozenset,
    bytearray,
)


@contextlib.contextmanager
def watched() -> Iterator[set[str]]:
    """Collect what the code of the block asks beside its arguments: `the clock`, `chance`, `the network`.

    What importing and logging ask for themselves does not count.
    """
    asked: set[str] = set()

    def notice(frame: FrameType, event: str, argument: Any) -> None:
        source = _source_of(argument) if event == "c_call" else None
        if source is not None and not _is_excused(frame):
            asked.add(source)

    before, collects = sys.getprofile(), gc.isenabled()
    gc.disable()  # who measures the collector asks the clock
    sys.setprofile(notice)
    try:
        yield asked
    finally:
        sys.setprofile(before)
        if collects:
            gc.enable()


def _source_of(function: Any) -> str | None:
    """Say what a built-in function asks, if it is one that a pure function cannot ask."""
    name, owner = getattr(function, "__name__", ""), getattr(function, "__self__", None)
    if isinstance(owner, type) and issubclass(owner, dt.date):
        return "the clock" if name in _CLOCK else None
    if owner is getattr(random.random, "__self__", random):
        return "chance"
    if isinstance(owner, ModuleType) and owner.__name__ in _MODULES and name in _NAMES | _NETWORK:
        return _MODULES[owner.__name__]
    return "the network" if name in _NETWORK and type(owner).__name__ == "socket" else None


def _is_excused(frame: FrameType | None) -> bool:
    while frame is not None:
        module = str(frame.f_globals.get("__name__", ""))
        if module.startswith("leadrules.testing"):  # from here on it is our own
            return False
        if frame.f_code.co_filename.startswith("<frozen importlib") or module.partition(".")[0] in _EXCUSED:
            return True
        frame = frame.f_back
    return False


class Surroundings:
    """What a function could change without returning it, as it was at one moment.

    The plain data in the globals of its module, its defaults, and the settings of the process.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        self._before = self._now(copied=True)

    def changes(self) -> list[str]:
        """Name what is no longer as it was."""
        now = self._now(copied=False)
        return sorted(name for name in self._before.keys() | now.keys() if not _same(self._before, now, name))

    def _now(self, *, copied: bool) -> dict[str, Any]:
        plain = inspect.unwrap(self._function)
        plain = getattr(plain, "__func__", plain)
        found: dict[str, Any] = {
            "the environment variables": dict(os.environ),
            "the working directory": os.getcwd(),  # noqa: PTH109 - compared, not used
            "the locale": locale.setlocale(locale.LC_ALL),
            "its defaults": (getattr(plain, "__defaults__", None), getattr(plain, "__kwdefaults__", None)),
        }
        for name, value in getattr(plain, "__globals__", {}).items():
            if isinstance(value, _PLAIN) and not name.startswith("__"):
                found[f"the global `{name}`"] = value
        return {name: _copied(value) for name, value in found.items()} if copied else found


_NOT_COPIED = object()


def _copied(value: Any) -> Any:
    try:
        return copy.deepcopy(value)
    except Exception:  # noqa: BLE001 - what cannot be copied cannot be compared
        return _NOT_COPIED


def _same(before: Mapping[str, Any], now: Mapping[str, Any], name: str) -> bool:
    if name not in before or name not in now or before[name] is _NOT_COPIED:
        return before.get(name) is _NOT_COPIED
    try:
        return bool(before[name] == now[name])
    except Exception:  # noqa: BLE001 - as above
        return True
