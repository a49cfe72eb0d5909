"""Times taken in turn, so that a slow spell of the machine hits all that is compared.

A pass does every task once, by turns; a ratio is taken of each pass, and the median of them is told.
"""

from __future__ import annotations

import functools
import gc
import random
import statistics
import time
from collections.abc import Callable, Mapping, Sequence

Step = Callable[[], float]
"""Does something, and tells the seconds that it took."""

Seconds = Sequence[float]
"""What a task took in each pass."""

_LEADS_PER_STEP = 500  # tens of milliseconds: shorter than a slow spell, longer than it takes to warm up


def timed(task: Callable[[], object], clock: Callable[[], float] = time.process_time) -> Step:
    """Give a step that does a task, timed by the processor's time of this process: what else runs does not count."""

    def seconds() -> float:
        start = clock()
        task()
        return clock() - start

    return seconds


def every(leads: Sequence[object], task: Callable[..., object]) -> Sequence[Step]:
    """Give the steps of doing a task for each lead."""

    def loop(some: Sequence[object]) -> None:
        for lead in some:
            task(lead)

    starts = range(0, len(leads), _LEADS_PER_STEP)
    return [timed(functools.partial(loop, leads[start : start + _LEADS_PER_STEP])) for start in starts]


def in_turn(tasks: Mapping[str, Sequence[Step]], passes: int) -> dict[str, Seconds]:
    """Do every task once per pass, after a pass that does not count.

    Tasks are of equally many steps and take turns after each, in another order in every pass, every
    task being the first about as often as the others: one that follows a task about other leads
    finds its own where the processor does not have them at hand. The garbage collector runs as
    usual, but not over what was there before.
    """
    _pass(tasks, 0)
    gc.collect()
    gc.freeze()
    try:
        rounds = [_pass(tasks, number) for number in range(passes)]
    finally:
        gc.unfreeze()
    return {name: [taken[name] for taken in rounds] for name in tasks}


def _pass(tasks: Mapping[str, Sequence[Step]], number: int) -> dict[str, float]:
    gc.collect()
    names = list(tasks)
    random.Random(number).shuffle(names)
    taken = dict.fromkeys(names, 0.0)
    for place, steps in enumerate(zip(*(tasks[name] for name in names), strict=True)):
        turn = (place + number) % len(names)
        one_each = list(zip(names, steps, strict=True))
        for name, step in one_each[turn:] + one_each[:turn]:
            taken[name] += step()
    return taken


def median(seconds: Seconds) -> float:
    """Give the median."""
    return statistics.median(seconds)


def ratio(above: Seconds, below: Seconds) -> float:
    """Give the median of the ratios of each pass."""
    return statistics.median(_ratios(above, below))


def spread(above: Seconds, below: Seconds) -> tuple[float, float]:
    """Give the quartiles between which the middle half of the ratios lies."""
    low, _, high = statistics.quantiles(_ratios(above, below), n=4, method="inclusive")
    return low, high


def _ratios(above: Seconds, below: Seconds) -> list[float]:
    return [a / b for a, b in zip(above, below, strict=True)]
