"""The laws of a plugin's criterion: `check_criterion` asks it everything that a rule file could.

A criterion is total, pure and constant: it answers whatever it is asked, changes nothing, and gives
the same answer to the same question at any time, in any order and in any process.
"""

from __future__ import annotations

import copy
import inspect
import os
import pickle
import random
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Context, localcontext
from fractions import Fraction
from time import monotonic, thread_time
from typing import Any

import attrs
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Flaky, HypothesisWarning

from leadrules.annotations import fits
from leadrules.criteria import DIGITS, Criterion, Origin, named, to_python, verified
from leadrules.engine.reference.calls import answer_of
from leadrules.errors import PluginError
from leadrules.interruptions import raise_if_from_outside
from leadrules.sdk import LeadView, mark_of
from leadrules.testing.arguments import plain_views, questions, varied
from leadrules.testing.elsewhere import ELSEWHERE
from leadrules.testing.purity import Surroundings, watched
from leadrules.testing.recorded import calls_in_cases
from leadrules.values import Value

__tracebackhide__ = True  # pytest shows the criterion's own lines and what to mend, none of these

Arguments = Mapping[str, Any]
_MOST_SHOWN = 400
_MOST_ELSEWHERE = 200
_PATIENCE = 2.0
"""Seconds of the processor that one answer may take."""
_WAITING = 3.0
"""Seconds beside these that it may wait, as on a busy machine anything may."""
_MOST_VARIED = 5
_FEW = 20
_EXACT = Context(prec=5_000)


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
    criterion = _verified(function)
    _found_by_name(criterion)
    known = [one for example in examples for one in _by_name(criterion, example)]
    known += [call for call in calls_in_cases(criterion.function) if call not in known]
    asking = _Asking(criterion)
    try:
        for one in known:
            asking.ask(one)
        for one in _evenly(known, _MOST_VARIED):
            for other in varied(criterion, one):
                asking.ask(other)
        asking.known_before = asking.known
        _generated(asking, criterion, known, max_examples)
        asking.ask_in_other_orders()
    except _TooSlow as problem:
        raise AssertionError(str(problem)) from None
    asking.refuse_traces()
    asking.refuse_ignorance()
    if elsewhere:
        _ask_elsewhere(asking)


def _verified(function: Callable[..., Any]) -> Criterion:
    mark = mark_of(function)
    name = getattr(function, "__name__", repr(function))
    if mark is None:
        raise AssertionError(f"`{name}` is not marked: write `@criterion` above it")
    try:
        return verified(Origin(getattr(function, "__module__", "?")), mark.name or name, function, mark)
    except PluginError as problem:
        raise AssertionError(str(problem)) from None


def _found_by_name(criterion: Criterion) -> None:
    """Assert that the function can be sent to another process, as its name."""
    try:
        found = pickle.loads(pickle.dumps(criterion.function))  # noqa: S301 - made in this very line
    except Exception as problem:  # noqa: BLE001 - pickle raises what it likes
        raise _wrong(criterion, f"it cannot be pickled: {problem}", None, "define it at the top of a module") from None
    if found != criterion.function:
        raise _wrong(criterion, "its name leads to another function", None, "give it a name of its own in its module")


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
        raise _wrong(criterion, f"an example does not fit it: {problem}", None, "mend the example") from None
    for parameter in criterion.parameters:
        value = found.get(parameter.name)
        if value is not None and parameter.type is not None and not fits(value, parameter.type):
            said = f"an example gives {value!r:.60} for `{parameter.name}`, which is no {parameter.type}"
            raise _wrong(criterion, said, None, "mend the example")
    return [found]


# ------------------------------------------------------------------ one question


class _TooSlow(BaseException):
    """One answer took too long. No `Exception`, since hypothesis would look for a simpler question for hours."""


@attrs.define
class _Asking:
    """A criterion with all that it was asked so far, and what it answered."""

    criterion: Criterion
    asked: list[tuple[Arguments, Value | None]] = attrs.field(factory=list)
    surroundings: Surroundings | None = None
    known_before: int = 0

    @property
    def known(self) -> int:
        """How many answers there were that are known."""
        return sum(answer is not None for _, answer in self.asked)

    def ask(self, arguments: Arguments) -> None:
        """Ask a question twice, and remember its answer. Raises AssertionError."""
        if self._has_unknown(arguments):
            self.asked.append((arguments, None))
            return
        answer = self._answer(arguments)
        if self.surroundings is None:  # what is loaded with the first question may stay
            self.surroundings = Surroundings(self.criterion.function)
        with watched(self.criterion.function) as sources:
            again = self._answer(arguments)
        self._same(arguments, answer, again, "asked twice")
        if sources:
            advice = "take the moment from `LeadView.as_of`, and everything else from the arguments"
            if sources == {"to print"}:
                advice = "take the `print` out; what is to be told belongs into the answer"
            done = [f"tries {one}" if one.startswith("to ") else f"asks {one}" for one in sorted(sources)]
            raise self.wrong(f"it {' and '.join(done)}", arguments, advice)
        self._refuse_floats(arguments, answer)
        self.asked.append((arguments, answer))

    def ask_in_other_orders(self) -> None:
        """Ask everything again, backwards and in a random order. Raises AssertionError."""
        shuffled = list(reversed(self.asked))
        for _ in range(2):
            for arguments, answer in shuffled:
                if not self._has_unknown(arguments):
                    self._same(arguments, answer, self._answer(arguments), "asked in another order")
            random.Random(0).shuffle(shuffled)  # noqa: S311 - any order will do

    def refuse_ignorance(self) -> None:
        """Assert that more than the way to unknown was seen. Raises AssertionError."""
        asked = [answer for arguments, answer in self.asked if not self._has_unknown(arguments)]
        unknown = asked.count(None)
        if len(asked) >= _FEW and not self.known_before and unknown > len(asked) * 0.95:
            problem = f"{unknown} of {len(asked)} answers were unknown, so hardly anything was tried"
            raise self.wrong(problem, None, "give examples that it answers, here or in `cases`: `examples=[…]`")

    def _refuse_floats(self, arguments: Arguments, answer: Value | None) -> None:
        """Assert that a number has no more digits than criteria calculate with. Raises AssertionError."""
        if isinstance(answer, Fraction):
            shown = to_python(answer, "number")
            if len(shown.normalize(_EXACT).as_tuple().digits) > DIGITS.prec and answer.denominator > 1:
                advice = "round it first: `round(Decimal(x), 6)`; the last digits of a float differ between machines"
                raise self.wrong(f"it gives {shown:.34f}…, the whole of a binary float", arguments, advice)

    def refuse_traces(self) -> None:
        """Assert that nothing was left behind. Raises AssertionError."""
        changed = self.surroundings.changes() if self.surroundings else []
        if changed:
            advice = "keep nothing between calls; `functools.lru_cache` may keep answers"
            raise self.wrong(f"it changes {' and '.join(changed)}", None, advice)

    def _has_unknown(self, arguments: Arguments) -> bool:
        parameters = self.criterion.given
        return any(arguments.get(q.name, ...) is None and not q.optional for q in parameters)

    def _answer(self, arguments: Arguments) -> Value | None:
        shown = _copied(arguments)
        begun, begun_waiting = thread_time(), monotonic()
        try:
            with localcontext(DIGITS):
                found = self.criterion.function(**shown)
        except BaseException as problem:
            raise_if_from_outside(problem)
            raise self.wrong(f"it raises {named(problem)}", arguments, self._way_out(problem)) from problem
        took = max(thread_time() - begun, monotonic() - begun_waiting - _WAITING)
        if took > _PATIENCE:
            advice = "bound the work: look at the first 300 characters, say, and tell so in its docstring"
            raise _TooSlow(str(self.wrong(f"one answer takes it {took:.0f} seconds", arguments, advice)))
        if shown != arguments:
            raise self.wrong("it changes its arguments", arguments, "work on a copy")
        try:
            return answer_of(self.criterion, found)
        except PluginError as problem:
            said = str(problem).rpartition(": it ")[2] if ": it " in str(problem) else str(problem)
            raise self.wrong(f"it {said}", arguments, "give what the annotation says") from None

    def _way_out(self, problem: BaseException) -> str:
        """Say what to do about an exception."""
        answer = "answer every question: give None where there is no answer, and say so with `| None`"
        if isinstance(problem, KeyError) and "name it in `fields`" in str(problem):
            return "name what it looks at, with its type, in `fields` or `events` of `@criterion`"
        return answer

    def _same(self, arguments: Arguments, answer: Value | None, again: Value | None, how: str) -> None:
        if again != answer:
            problem = f"it answers {self.shown(answer)}, and {how} {self.shown(again)}"
            raise self.wrong(problem, arguments, "let the answer depend on the arguments alone")

    def shown(self, answer: Value | None) -> str:
        """Show an answer as Python would."""
        return _shown(to_python(answer, self.criterion.returns.kind))

    def wrong(self, problem: str, arguments: Arguments | None, advice: str) -> AssertionError:
        """Make the error that says what to mend."""
        return _wrong(self.criterion, problem, arguments, advice)


def _copied(arguments: Arguments) -> dict[str, Any]:
    return {
        name: pickle.loads(pickle.dumps(value)) if isinstance(value, LeadView) else copy.copy(value)  # noqa: S301
        for name, value in arguments.items()
    }


def _wrong(criterion: Criterion, problem: str, arguments: Arguments | None, advice: str) -> AssertionError:
    lines = [f"criterion `{criterion.name}`: {problem}"]
    if arguments is not None:
        shown = ", ".join(f"{name}={_shown(value)}" for name, value in arguments.items())
        lines.append(f"  asked:   {criterion.function.__name__}({shown})")
    return AssertionError("\n".join([*lines, f"  to mend: {advice}"]))


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}… ({len(text):,} characters)"


# ------------------------------------------------------------------ many questions


def _generated(asking: _Asking, criterion: Criterion, known: Sequence[Arguments], most: int) -> None:
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


def _check_literal_check(asking: _Asking, parameter: str, question: Arguments) -> None:
    """Assert that the check of a literal says yes, or a sentence."""
    check = asking.criterion.mark.checks.get(parameter)
    if check is None or question.get(parameter) is None:
        return
    try:
        found = check(_copied(question)[parameter])
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
from leadrules.testing.criteria import answers_of
function, questions = pickle.load(sys.stdin.buffer)
channel.write(pickle.dumps(answers_of(function, questions)))
channel.close()
"""


def _ask_elsewhere(asking: _Asking) -> None:
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


def answers_of(function: Callable[..., Any], questions: Iterable[Arguments]) -> list[Value | None]:
    """Ask a criterion everything in this process. Raises AssertionError."""
    asking = _Asking(_verified(function))
    for question in questions:
        asking.ask(question)
    return [answer for _, answer in asking.asked]
