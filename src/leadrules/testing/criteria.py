"""The laws of a plugin's criterion: `check_criterion` asks it everything that a rule file could.

A criterion is total, pure and constant: it answers whatever it is asked, changes nothing, and gives
the same answer to the same question at any time, in any order and in any process.
"""

from __future__ import annotations

import inspect
import os
import pickle
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Flaky, HypothesisWarning

from leadrules.annotations import fits
from leadrules.criteria import Criterion, named
from leadrules.interruptions import raise_if_from_outside
from leadrules.testing.arguments import plain_views, questions, varied
from leadrules.testing.asking import Arguments, Asking, TooSlow, copied, fault, verified_criterion
from leadrules.testing.elsewhere import ELSEWHERE
from leadrules.testing.recorded import calls_in_cases

__tracebackhide__ = True  # pytest shows the criterion's own lines and what to mend, none of these

_MOST_ELSEWHERE = 200
_MOST_VARIED = 5


def check_criterion(
    function: Callable[..., Any],
    *,
    examples: Iterable[Sequence[Any] | Arguments | Any] = (),
    max_examples: int = 100,
    elsewhere: bool = True,
) -> None:
    """Assert that a function marked by `@criterion` keeps the laws of criteria.

    It is asked `max_examples` generated questions (unknowns, odd Unicode, huge numbers, long texts,
    far dates, whole leads), the same ones on every run, and those of `examples`: arguments as a
    tuple or by name, or the only argument by itself (a lead may be left out), and those of the plugin's
    `cases`; some of them also with one argument at a time changed to something odd. Generated texts and
    numbers stay close to them, too. With `elsewhere`, it is asked again in another process, under
    another hash seed, time zone and locale.

    Raises AssertionError that says what to mend, with the arguments that show it: an answer of a
    wrong type, any exception at all, seconds of work, changed arguments or globals, the clock, chance,
    files, the environment, the network or other programs asked, a print, the whole of a binary float,
    other answers to the same question, a literal check that fails, a function that cannot be found by
    its name, or hardly any answer that is known.
    """
    criterion = verified_criterion(function)
    _found_by_name(criterion)
    known = [one for example in examples for one in _by_name(criterion, example)]
    known += [call for call in calls_in_cases(criterion.function) if call not in known]
    asking = Asking(criterion)
    try:
        for one in known:
            asking.ask(one)
        for one in _evenly(known, _MOST_VARIED):
            for other in varied(criterion, one):
                asking.ask(other)
        asking.known_before = asking.known
        _generated(asking, criterion, known, max_examples)
        asking.ask_in_other_orders()
    except TooSlow as problem:
        raise AssertionError(str(problem)) from None
    asking.refuse_traces()
    asking.refuse_ignorance()
    if elsewhere:
        _ask_elsewhere(asking)


def _found_by_name(criterion: Criterion) -> None:
    """Assert that the function can be sent to another process, as its name."""
    try:
        found = pickle.loads(pickle.dumps(criterion.function))  # noqa: S301 - made in this very line
    except Exception as problem:  # noqa: BLE001 - pickle raises what it likes
        raise fault(criterion, f"it cannot be pickled: {problem}", None, "define it at the top of a module") from None
    if found != criterion.function:
        raise fault(criterion, "its name leads to another function", None, "give it a name of its own in its module")


def _evenly(found: Sequence[Arguments], most: int) -> Sequence[Arguments]:
    """Give some of many, from all parts of them."""
    step = max(1, -(-len(found) // most))
    return found[::step]


def _by_name(criterion: Criterion, example: Any) -> list[Arguments]:
    """Give an example's arguments by parameter. Raises AssertionError for one that fits no call.

    Where it gives no lead to a criterion that wants one, there are two: one of which nothing is known, and
    one that has something of everything.
    """
    view = next((q.name for q in criterion.parameters if q.type is None), None)
    if view is not None and isinstance(example, Mapping) and view not in example:
        return [one for lead in plain_views(criterion) for one in _by_name(criterion, {view: lead, **example})]
    if isinstance(example, Mapping):
        positional, by_name = (), dict(example)
    else:
        positional, by_name = tuple(example) if isinstance(example, tuple) else (example,), {}
    try:
        found = dict(inspect.signature(criterion.function).bind(*positional, **by_name).arguments)
    except TypeError as problem:
        raise fault(criterion, f"an example does not fit it: {problem}", None, "mend the example") from None
    for parameter in criterion.parameters:
        value = found.get(parameter.name)
        if value is not None and parameter.type is not None and not fits(value, parameter.type):
            said = f"an example gives {value!r:.60} for `{parameter.name}`, which is no {parameter.type}"
            raise fault(criterion, said, None, "mend the example")
    return [found]


# ------------------------------------------------------------------ many questions


def _generated(asking: Asking, criterion: Criterion, known: Sequence[Arguments], most: int) -> None:
    """Ask generated questions; the simplest one that is answered wrongly is told."""

    @settings(
        max_examples=most,
        derandomize=True,
        database=None,
        deadline=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
    )
    @given(questions(criterion, known))
    def ask(question: dict[str, Any]) -> None:
        asking.ask(question)
        for parameter in criterion.given:
            _check_literal_check(asking, parameter.name, question)

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", HypothesisWarning)  # that a long text is long
            ask()
    except Flaky:
        problem = "it answers differently, or only sometimes, to the same question"
        raise asking.wrong(problem, None, "let the answer depend on the arguments alone") from None
    except AssertionError as problem:
        raise AssertionError(str(problem)) from problem.__cause__  # without the notes of hypothesis


def _check_literal_check(asking: Asking, parameter: str, question: Arguments) -> None:
    """Assert that the check of a literal says yes, or a sentence."""
    check = asking.criterion.mark.checks.get(parameter)
    if check is None or question.get(parameter) is None:
        return
    try:
        found = check(copied(question)[parameter])
    except ValueError as problem:
        if str(problem):
            return
        said = "refuses without a word"
    except BaseException as problem:  # noqa: BLE001 - told as what the check does
        raise_if_from_outside(problem)
        said = f"raises {named(problem)}"
    else:
        if found is not False:
            return
        said = "gives False, which refuses nothing"
    advice = "raise ValueError with a sentence for whoever wrote the rule"
    raise asking.wrong(f"its check of `{parameter}` {said}", {parameter: question[parameter]}, advice)


# ------------------------------------------------------------------ elsewhere

_PROGRAM = """
import os, pickle, sys
channel = os.fdopen(os.dup(1), "wb")  # what the criterion prints goes elsewhere
os.dup2(2, 1)
from leadrules.testing.asking import answers_of
function, questions = pickle.load(sys.stdin.buffer)
channel.write(pickle.dumps(answers_of(function, questions)))
channel.close()
"""


def _ask_elsewhere(asking: Asking) -> None:
    """Assert that another process gives the same answers."""
    batch = asking.asked[:_MOST_ELSEWHERE]
    asked = [arguments for arguments, _ in batch]
    run = subprocess.run(  # noqa: S603 - this very Python, and a program of ours
        [sys.executable, "-P", "-c", _PROGRAM],  # none of the modules that may lie in the working directory
        input=pickle.dumps((asking.criterion.function, asked)),
        env={**os.environ, **ELSEWHERE, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        cwd=tempfile.gettempdir(),
        capture_output=True,
        check=False,
    )
    if run.returncode:
        last = run.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        advice = "put it into a module that can be imported from anywhere, and read files by importlib.resources"
        raise asking.wrong(f"it fails in another process: {last}", None, advice)
    for (arguments, answer), there in zip(batch, pickle.loads(run.stdout), strict=True):  # noqa: S301 - our own child
        if there != answer:
            problem = f"it answers {asking.shown(answer)}, and {asking.shown(there)} in another process"
            advice = "do not depend on the order of sets, `hash`, the time zone, the locale or the working directory"
            raise asking.wrong(problem, arguments, advice)
