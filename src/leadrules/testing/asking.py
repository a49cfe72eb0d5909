"""One criterion, asked one question after the other: what it must not do, and all that it answered.

Without hypothesis: another process, which asks the same questions again, loads little.
"""

from __future__ import annotations

import copy
import pickle
import random
from collections.abc import Callable, Iterable, Mapping
from decimal import Context, localcontext
from fractions import Fraction
from time import monotonic, thread_time
from typing import Any

import attrs

from leadrules.criteria import DIGITS, Criterion, Origin, named, to_python, verified
from leadrules.engine.reference.calls import answer_of
from leadrules.errors import PluginError
from leadrules.interruptions import raise_if_from_outside
from leadrules.sdk import LeadView, mark_of
from leadrules.testing.purity import Surroundings, watched
from leadrules.values import Value

__tracebackhide__ = True  # pytest shows the criterion's own lines and what to mend, none of these

Arguments = Mapping[str, Any]
_MOST_SHOWN = 400
_PATIENCE = 2.0
"""Seconds of the processor that one answer may take."""
_WAITING = 3.0
"""Seconds beside these that it may wait, as on a busy machine anything may."""
_FEW = 20
_EXACT = Context(prec=5_000)


def verified_criterion(function: Callable[..., Any]) -> Criterion:
    """Give the criterion that a marked function is. Raises AssertionError."""
    mark = mark_of(function)
    name = getattr(function, "__name__", repr(function))
    if mark is None:
        raise AssertionError(f"`{name}` is not marked: write `@criterion` above it")
    try:
        return verified(Origin(getattr(function, "__module__", "?")), mark.name or name, function, mark)
    except PluginError as problem:
        raise AssertionError(str(problem)) from None


class TooSlow(BaseException):
    """One answer took too long. No `Exception`, since hypothesis would look for a simpler question for hours."""


@attrs.define
class Asking:
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
        if self.has_unknown(arguments):
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
                if not self.has_unknown(arguments):
                    self._same(arguments, answer, self._answer(arguments), "asked in another order")
            random.Random(0).shuffle(shuffled)  # noqa: S311 - any order will do

    def refuse_ignorance(self) -> None:
        """Assert that more than the way to unknown was seen. Raises AssertionError."""
        asked = [answer for arguments, answer in self.asked if not self.has_unknown(arguments)]
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

    def has_unknown(self, arguments: Arguments) -> bool:
        """Tell whether something is unknown of which the criterion wants to know: then it is not asked."""
        parameters = self.criterion.given
        return any(arguments.get(q.name, ...) is None and not q.optional for q in parameters)

    def _answer(self, arguments: Arguments) -> Value | None:
        shown = copied(arguments)
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
            raise TooSlow(str(self.wrong(f"one answer takes it {took:.0f} seconds", arguments, advice)))
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
        return fault(self.criterion, problem, arguments, advice)


def copied(arguments: Arguments) -> dict[str, Any]:
    """Copy arguments, so that a criterion may do with them what it likes."""
    return {
        name: pickle.loads(pickle.dumps(value)) if isinstance(value, LeadView) else copy.copy(value)  # noqa: S301
        for name, value in arguments.items()
    }


def fault(criterion: Criterion, problem: str, arguments: Arguments | None, advice: str) -> AssertionError:
    """Make the error that says what is wrong with a criterion, what shows it, and what to mend."""
    lines = [f"criterion `{criterion.name}`: {problem}"]
    if arguments is not None:
        shown = ", ".join(f"{name}={_shown(value)}" for name, value in arguments.items())
        lines.append(f"  asked:   {criterion.function.__name__}({shown})")
    return AssertionError("\n".join([*lines, f"  to mend: {advice}"]))


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}… ({len(text):,} characters)"


def answers_of(function: Callable[..., Any], questions: Iterable[Arguments]) -> list[Value | None]:
    """Ask a criterion everything in this process. Raises AssertionError."""
    asking = Asking(verified_criterion(function))
    for question in questions:
        asking.ask(question)
    return [answer for _, answer in asking.asked]
