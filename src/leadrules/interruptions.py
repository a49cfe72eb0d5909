"""What interrupts the work from outside, told apart from what fails in it."""

from __future__ import annotations

import signal
import types


def raise_if_from_outside(problem: BaseException) -> None:
    """Raise on what interrupted a plugin, or a value that was asked for something, and is no failure of theirs.

    That is the user's interruption, and whatever the handler of a signal raised, such as a SystemExit
    of the host. All else that a plugin raises is its own failure, of whatever kind: a panic of compiled
    code is no Exception either.
    """
    if isinstance(problem, KeyboardInterrupt):
        raise problem
    handlers = {code for number in signal.valid_signals() if (code := _code_of(signal.getsignal(number))) is not None}
    trace = problem.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code in handlers:
            raise problem
        trace = trace.tb_next


def _code_of(handler: object) -> types.CodeType | None:
    """Give the code of a signal's handler: a function, a method or an object that is called."""
    if not callable(handler) or isinstance(handler, signal.Handlers):
        return None
    function = getattr(handler, "func", handler)  # of functools.partial
    function = getattr(function, "__func__", function)
    code = getattr(function, "__code__", None) or getattr(vars(type(function)).get("__call__"), "__code__", None)
    return code if isinstance(code, types.CodeType) else None
