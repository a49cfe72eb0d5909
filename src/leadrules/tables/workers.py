"""Share work among processes: chunks go out in turn, results come back in order, memory stays bounded.

A pool of our own, since what matters here is how it ends: at once when the run is interrupted, by itself
when the parent process is killed, and with a sentence when a worker is.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import queue
import signal
import sys
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from leadrules.errors import LeadrulesError

if TYPE_CHECKING:
    from multiprocessing.context import SpawnContext, SpawnProcess

_AHEAD = 3
"""Chunks that each worker has before its results are waited for."""
_PATIENCE = 5.0

Task = Callable[[Any], Any]
Start = Callable[[bytes], Task]


class WorkerLost(LeadrulesError):
    """A process that shared the work ended, or could not begin."""


def in_order(start: Start, given: bytes, chunks: Iterable[Any], workers: int) -> Iterator[Any]:
    """Give the result of each chunk, in their order.

    In each worker `start(given)` makes the function that takes chunks; it is a function of a module.
    Workers begin as chunks come, at most `workers` of them. What the function raises is raised here.
    Raises WorkerLost.
    """
    # Not forked: a progress bar draws in a thread, and threads do not survive a fork.
    pool = _Pool(multiprocessing.get_context("spawn"), start, given, workers)
    waiting: deque[_Worker] = deque()
    try:
        for chunk in chunks:
            waiting.append(pool.give(chunk))
            if len(waiting) >= workers * _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.end()


class _Pool:
    """The workers that have begun; each gets a chunk in its turn."""

    def __init__(self, context: SpawnContext, start: Start, given: bytes, most: int) -> None:
        self._context, self._start, self._given, self._most = context, start, given, most
        self._workers: list[_Worker] = []
        self._turn = 0

    def give(self, chunk: Any) -> _Worker:
        """Give a chunk to the worker whose turn it is."""
        place = self._turn % self._most
        self._turn += 1
        if place == len(self._workers):
            self._workers.append(self._begun(place + 1))
        self._workers[place].give(chunk)
        return self._workers[place]

    def _begun(self, number: int) -> _Worker:
        try:
            ours, theirs = self._context.Pipe()
            # A daemon: where the host ends without ending this iterator, it does not wait for workers.
            process = self._context.Process(
                target=_work, args=(theirs, self._start, self._given), name=f"leadrules worker {number}", daemon=True
            )
            process.start()
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise WorkerLost(f"worker {number} of {self._most:,} cannot begin: {reason}; ask for fewer") from None
        theirs.close()
        return _Worker(process, ours)

    def end(self) -> None:
        """End all workers, whatever they do."""
        for worker in self._workers:
            worker.process.kill()
            worker.connection.close()
        for worker in self._workers:
            worker.process.join(_PATIENCE)


class _Worker:
    """A process, and our end of the pipe to it."""

    def __init__(self, process: SpawnProcess, connection: Connection) -> None:
        self.process = process
        self.connection = connection

    def give(self, chunk: Any) -> None:
        """Send a chunk. Raises WorkerLost."""
        try:
            self.connection.send(chunk)
        except OSError:
            raise self._lost() from None

    def result(self) -> Any:
        """Wait for the next result. Raises WorkerLost, and what the work raised."""
        try:
            is_result, found = self.connection.recv()
        except (EOFError, OSError):
            raise self._lost() from None
        if is_result:
            return found
        raise found

    def _lost(self) -> WorkerLost:
        self.process.join(_PATIENCE)
        status = self.process.exitcode
        if status is None or status >= 0:
            return WorkerLost("a worker ended before its work was done")
        try:
            name = signal.Signals(-status).name
        except ValueError:  # one without a name
            name = f"signal {-status}"
        why = ", as systems do when memory runs out: ask for fewer workers" if name == "SIGKILL" else ""
        return WorkerLost(f"a worker was killed by {name}{why}")


# --------------------------------------------------------------- in the worker


def _work(connection: Connection, start: Start, given: bytes) -> None:
    """Answer chunks until the parent has no more, or is gone.

    An interrupt is for the parent, which then ends its workers. What plugins print goes to standard
    error: standard output is for results.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _divert_output()
    chunks: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(connection, chunks), daemon=True).start()
    task: Task | None = None
    while True:
        chunk = chunks.get()
        try:
            if task is None:
                task = start(given)
            answer = (True, task(chunk))
        except Exception as problem:  # noqa: BLE001 - raised by the parent
            problem.add_note(f"in a worker: {traceback.format_exc()}")
            answer = (False, _portable(problem))
        with contextlib.suppress(OSError):  # of a parent that is gone: the other thread ends this process
            connection.send(answer)


def _receive(connection: Connection, chunks: queue.SimpleQueue[Any]) -> None:
    """Take chunks as they come, so that the parent never waits to send one; end the process with the parent."""
    while True:
        try:
            chunks.put(connection.recv())
        except (EOFError, OSError):
            os._exit(0)


def _divert_output() -> None:
    if sys.stdout is None or sys.stderr is None:
        return
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
        os.dup2(sys.stderr.fileno(), 1)
    sys.stdout = sys.stderr


def _portable(problem: Exception) -> Exception:
    """Give an exception that reaches the parent whole."""
    try:
        pickle.loads(pickle.dumps(problem))  # noqa: S301 - our own
    except Exception:  # noqa: BLE001 - told by its words then
        return RuntimeError(f"{type(problem).__name__}: {problem}")
    return problem
