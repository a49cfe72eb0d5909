"""Run a command: whatever goes wrong becomes a sentence for a person, and an exit status."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from leadrules.cli.screen import Screen

OK = 0
RULES_WRONG = 1
USAGE = 2
SOME_REJECTED = 3
OUR_MISTAKE = 70
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


def run(command: Callable[[], int]) -> int:
    """Run a command and give its exit status. No traceback leaves here, unless `LEADRULES_DEBUG=1` asks for it."""
    try:
        with _terminated_in_order():
            status = command()
            sys.stdout.flush()
    except KeyboardInterrupt:
        _say("\ninterrupted: no file was changed" if _on_terminal() else "interrupted: no file was changed")
        return INTERRUPTED
    except BrokenPipeError:
        _close_quietly()
        return PIPE_CLOSED
    except Exception as error:  # noqa: BLE001 - the last line of defence: said in a sentence, with a way to see it all
        return _told(error)
    return status


def _told(error: Exception) -> int:
    from leadrules.cli.screen import Screen
    from leadrules.errors import InputError, PluginError, RulesetError
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
            screen.problem(error.sentence, error.advice)
            return USAGE
        case InputError() | PluginError():
            screen.problem(str(error))
            return USAGE
        case _:
            return _told_unexpected(error, screen)


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


def _close_quietly() -> None:
    """Let nothing be written to a closed pipe when the interpreter flushes at its end."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


@contextlib.contextmanager
def _terminated_in_order() -> Iterator[None]:
    """Let a termination signal unwind the command, so that half-written files are removed."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        sys.exit(TERMINATED)

    try:
        before = signal.signal(signal.SIGTERM, stop)
    except ValueError:  # not in the main thread, where signals cannot be handled
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
