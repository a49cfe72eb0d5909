"""The registry of measurements. A new one is a module beside this file, and a line in `MEASUREMENTS`.

A module has one function `measure(quick)`, which gives tables. It compares before it times, takes
the times with `timing.in_turn`, and takes seconds where it is asked to be quick.
"""

from collections.abc import Callable, Mapping

import attrs

from benchmarks.measurements import constructs, engine, events, first, incremental, memory, rules, start, use
from benchmarks.report import Table


@attrs.frozen
class Measurement:
    """What is measured, in a few words, and the function that does it; its argument asks to be quick."""

    about: str
    measure: Callable[[bool], tuple[Table, ...]]


MEASUREMENTS: Mapping[str, Measurement] = {
    "engine": Measurement("against hand-written Python that scores the same", engine.measure),
    "first": Measurement("what the first leads cost, until the engine is warm", first.measure),
    "use": Measurement("what the form of a lead costs, and what each thing asked of a result", use.measure),
    "constructs": Measurement("what rules of each kind cost", constructs.measure),
    "rules": Measurement("how cost grows with the number of rules", rules.measure),
    "events": Measurement("how cost grows with the number of events of a lead", events.measure),
    "incremental": Measurement("what the next event costs where a lead is scored event by event", incremental.measure),
    "start": Measurement("import leadrules, and the start of the command", start.measure),
    "memory": Measurement("peak memory of loading rules and of scoring a stream of leads", memory.measure),
}
"""All measurements by name, in the order in which they are run."""
