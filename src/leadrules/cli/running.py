"""Run a command: whatever goes wrong becomes a sentence for a person, and an exit status."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import TYPE_CHECKING

from leadrules.cli.streams import PipeClosed, StdoutLost, prints_diverted, standard_stream

if TYPE_CHECKING:
    from leadrules.cli.screen import Screen

OK = 0
RULES_WRONG = 1
USAGE = 2
SOME_REJECTED = 3
OUR_MISTAKE = 70
HUNG_UP = 129
INTERRUPTED = 130
PIPE_CLOSED = 141
TERMINATED = 143

_DEBUG = "LEADRULES_DEBUG"


class Stop(Exception):
    """End the command with a sentence. `status` is the exit status, `advice` what to do about it."""

    def __init__(self, message: str, advice: str | None = None, *, status: int = USAGE) -> None:
        self.message = message
        self.advice = advice
        self.status = status
        super().__init__(message)


class _Terminated(BaseException):
    """The system asks the process to end. No Exception, nor SystemExit, which a plugin may catch or raise itself."""

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__(status)


def run(command: Callable[[], int]) -> int:
    """Run a command and give its exit status. No traceback leaves here, unless `LEADRULES_DEBUG=1` asks for it."""
    try:
        with _terminated_in_order(), prints_diverted():
            status = command()
            standard_stream().flush()
    except KeyboardInterrupt:
        _say("\ninterrupted: no file was changed" if _on_terminal() else "interrupted: no file was changed")
        return INTERRUPTED
    except _Terminated as ended:
        return ended.status
    except PipeClosed:
        return PIPE_CLOSED
    except Exception as error:  # noqa: BLE001 - the last line of defence: said in a sentence, with a way to see it all
        return _told(error)
    return status


def _told(error: Exception) -> int:
    from leadrules.cli.screen import Screen, in_options
    from leadrules.errors import LeadrulesError, PluginError, RulesetError
    from leadrules.tables import FileProblem

    screen = Screen(stderr=True)
    match error:
        case Stop():
            screen.problem(error.message, error.advice)
            return error.status
        case RulesetError():
            screen.diagnostics(error.diagnostics)
            return RULES_WRONG
        case FileProblem():
            screen.problem(error.sentence, error.advice and in_options(error.advice))
        case PluginError():
            screen.problem(str(error), error.help)
        case LeadrulesError():
            screen.problem(str(error))
        case StdoutLost():
            screen.problem(f"standard output cannot be written: {error}")
        case MemoryError():
            screen.problem("there is not enough memory for this", "give it more, or less to do: fewer leads at a time")
        case OSError() if error.strerror:
            named = f"`{error.filename}` cannot be used: " if error.filename is not None else "the system refuses: "
            screen.problem(named + error.strerror.lower())
        case _:
            return _told_unexpected(error, screen)
    return USAGE


def _told_unexpected(error: Exception, screen: Screen) -> int:
    if os.environ.get(_DEBUG, "") not in {"", "0"}:
        raise error
    screen.problem(
        "something went wrong inside leadrules: this is our mistake, not one of your files'",
        f"please report it, with what the same command shows after `{_DEBUG}=1`",
    )
    return OUR_MISTAKE


def _say(sentence: str) -> None:
    with contextlib.suppress(OSError):
        sys.stderr.write(sentence + "\n")


def _on_terminal() -> bool:
    with contextlib.suppress(ValueError):
        return sys.stderr.isatty()
    return False


@contextlib.contextmanager
def _terminated_in_order() -> Iterator[None]:
    """Let a signal that ends the process unwind the command, so that half-written files are removed.

    One that is ignored stays ignored: `nohup` has asked for that.
    """
    before = {}
    for name, status in (("SIGTERM", TERMINATED), ("SIGHUP", HUNG_UP)):
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is None or signal.getsignal(number) == signal.SIG_IGN:
            continue
        with contextlib.suppress(ValueError):  # not in the main thread, where signals cannot be handled
            before[number] = signal.signal(number, _stop_with(status))
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop_with(status: int) -> Callable[[int, FrameType | None], None]:
    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise _Terminated(status)

    return stop
