"""Room on the stack for those who stand deep in a host's calls.

What a rule file says is at most some hundred levels deep, and so is what works on it. A caller who
has fewer levels left than that is served on a thread of its own, which begins with all that Python allows.
"""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def with_room(work: Callable[[], T]) -> T:
    """Do a piece of work, and do it again with room where the caller's stack ends; it has no effect but its answer."""
    try:
        return work()
    except RecursionError:
        return _apart(work)


def _apart(work: Callable[[], T]) -> T:
    """Do a piece of work on another thread, in the same context, and raise what it raises."""
    context = contextvars.copy_context()
    answers: list[T] = []
    raised: list[BaseException] = []

    def run() -> None:
        try:
            answers.append(context.run(work))
        except BaseException as error:  # noqa: BLE001 - raised to the caller below
            raised.append(error)

    thread = threading.Thread(target=run, name="leadrules", daemon=True)
    thread.start()
    thread.join()
    if raised:
        raise raised[0]
    return answers[0]
