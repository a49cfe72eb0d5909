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
import io
import locale
import os
import random
import sys
from collections.abc import Callable, Iterator, Mapping
from types import FrameType, ModuleType
from typing import Any

from leadrules.testing.outside import listening

_CLOCK = frozenset({"now", "utcnow", "today"})
_TIMES = frozenset(
    {"time", "time_ns", "localtime", "gmtime", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns"}
    | {"process_time", "process_time_ns", "thread_time", "clock_gettime", "clock_gettime_ns", "ctime", "asctime"}
    | {"strftime", "sleep"}
)
_SYSTEM: Mapping[str, str] = {
    **dict.fromkeys(("urandom", "getrandom"), "chance"),
    **dict.fromkeys(("uname", "getpid", "getppid", "getlogin", "cpu_count", "getloadavg", "times"), "the machine"),
}
_PLATFORM = frozenset({"node", "uname", "platform", "version", "release"})
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
def watched(function: Callable[..., Any]) -> Iterator[set[str]]:
    """Collect what the code of the block asks beside its arguments: the clock, chance, files, the network.

    What importing and logging ask for themselves does not count.
    """
    asked: set[str] = set()

    def notice(frame: FrameType, event: str, argument: Any) -> None:
        source = _source_of(argument) if event == "c_call" else _source_of_frame(frame) if event == "call" else None
        if source is not None and not _is_excused(frame) and not _is_ours(frame):
            asked.add(source)

    before, collects = sys.getprofile(), gc.isenabled()
    gc.disable()  # who measures the collector asks the clock
    printed, drawn = io.StringIO(), _state_of_numpy()
    try:
        with listening(asked, function, _is_excused), contextlib.redirect_stdout(printed):
            sys.setprofile(notice)
            yield asked
    finally:
        sys.setprofile(before)
        if collects:
            gc.enable()
    if printed.getvalue():
        asked.add("to print")
    if _state_of_numpy() != drawn:
        asked.add("chance")


def _state_of_numpy() -> object:
    """Give the state of numpy's generator of chance, where it is loaded: it is no built-in function."""
    numpy = sys.modules.get("numpy.random")
    return None if numpy is None else repr(numpy.get_state()[1:3])


def _source_of_frame(frame: FrameType) -> str | None:
    is_platform = frame.f_globals.get("__name__") == "platform" and frame.f_code.co_name in _PLATFORM
    return "the machine" if is_platform else None


def _source_of(function: Any) -> str | None:
    """Say what a built-in function asks, if it is one that a pure function cannot ask."""
    name, owner = getattr(function, "__name__", ""), getattr(function, "__self__", None)
    if isinstance(owner, type) and issubclass(owner, dt.date):
        return "the clock" if name in _CLOCK else None
    if owner is getattr(random.random, "__self__", random):
        return "chance"
    if isinstance(owner, ModuleType):
        match owner.__name__:
            case "time":
                return "the clock" if name in _TIMES else None
            case "posix" | "nt":
                return _SYSTEM.get(name)
            case "_socket":
                return "the network" if name in _NETWORK else None
            case _:
                return None
    return "the network" if name in _NETWORK and type(owner).__name__ == "socket" else None


def _is_ours(frame: FrameType) -> bool:
    """Tell whether the very code that asks is of the test, which measures time."""
    return str(frame.f_globals.get("__name__", "")).startswith("leadrules.testing")


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
        module = getattr(plain, "__module__", None)
        for name, value in getattr(plain, "__globals__", {}).items():
            if name.startswith("__"):
                continue
            if isinstance(value, _PLAIN):
                found[f"the global `{name}`"] = value
            elif module in {getattr(value, "__module__", ""), type(value).__module__}:
                found |= _attributes(name, value)
        return {name: _copied(value) for name, value in found.items()} if copied else found


def _attributes(name: str, value: Any) -> dict[str, Any]:
    """Give the plain data that a class or an object of the module keeps."""
    own = getattr(value, "__dict__", {})
    return {
        f"`{name}.{attribute}`": kept
        for attribute, kept in dict(own).items()
        if isinstance(kept, _PLAIN) and not attribute.startswith("__")
    }


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
