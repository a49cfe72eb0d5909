"""What a host holds for a lead that is scored event by event."""

from __future__ import annotations

import copy
import datetime as dt
import functools
import threading
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar, cast

import attrs

from leadrules.as_of import read_as_of
from leadrules.audit import RulesetIdentity, ScoredLead
from leadrules.conversions import shown, told
from leadrules.engine.compiler import TOTALS, Evaluate, compile_program
from leadrules.engine.incremental.columns import PENDING
from leadrules.engine.incremental.compiled import KeptEventCode
from leadrules.engine.incremental.identity import layout_of, question_of, state_fingerprint
from leadrules.engine.incremental.log import EventLog, LogReader, events_of
from leadrules.engine.incremental.retention import Retention
from leadrules.engine.incremental.storage import NOTHING_FORGOTTEN, Forgotten, Stored, read_state, text_of
from leadrules.engine.incremental.streams import StreamPlan
from leadrules.engine.incremental.totals import Totals, TotalsReading, totals_of
from leadrules.engine.reference.conditions import NOTHING, Total
from leadrules.engine.spans.foresight import Foresight
from leadrules.errors import AsOfError, StateError
from leadrules.history import ATTRIBUTES, STAGES, Change
from leadrules.history import as_of as values_as_of
from leadrules.lead import LeadReader
from leadrules.leadlike import Eventlike
from leadrules.occurrences import first_of_each_id, in_canonical_order
from leadrules.stack import with_room
from leadrules.values import moment_of, text_of_instant

if TYPE_CHECKING:
    from leadrules.engine.spans.search import Course
    from leadrules.explain.explanation import Explanation
    from leadrules.explain.forecast import Forecast

_FEW = 32
"""So many events are kept without a look at whether they are needed."""
_MICROSECOND = dt.timedelta(microseconds=1)


@attrs.frozen
class Scorer:
    """What the states of one ruleset share. `environment` has the versions of tables that are part of the meaning.

    `foresight` knows what time moves, `foresee` makes a forecast, `account` an explanation.
    """

    identity: RulesetIdentity
    retention: Retention
    environment: Mapping[str, str]
    foresight: Foresight
    foresee: Callable[[Course, int], Forecast]
    account: Callable[..., Explanation]

    @property
    def reader(self) -> LeadReader:
        """Reads leads and events."""
        return self.retention.reader

    @functools.cached_property
    def most_events(self) -> int:
        """How many events the rules take at a time."""
        return self.retention.program.scope.most_events

    @functools.cached_property
    def most_at_once(self) -> int:
        """How many of them are kept before those that are no longer needed are forgotten."""
        return min(self.most_events, max(0, self.reader.work.safe))

    @functools.cached_property
    def compiled(self) -> tuple[Evaluate, StreamPlan]:
        """The engine for leads that bring a log of events and what forgotten ones came to, and its plan of the log."""
        return with_room(self._compile)

    def _compile(self) -> tuple[Evaluate, StreamPlan]:
        program, uses = self.retention.program, self.retention.uses
        plan = StreamPlan(program.scope.zone)
        events = functools.partial(KeptEventCode, plan=plan)
        totals = totals_of(program, uses)
        evaluate = compile_program(program, self.identity, self.log_reader, totals, events, self.foresight.valid_until)
        return evaluate, plan

    @functools.cached_property
    def log_reader(self) -> LogReader:
        """Reads leads that bring a log of events."""
        return LogReader(self.retention.program.scope)

    @functools.cached_property
    def fingerprint(self) -> str:
        """The sha256 of what states keep."""
        return state_fingerprint(self.retention.program, self.retention.uses)

    @functools.cached_property
    def questions(self) -> tuple[str, ...]:
        """What the questions need of the past, in their order."""
        return tuple(question_of(use, self.precision) for use in self.retention.uses)

    @property
    def precision(self) -> int:
        """How many decimals points have."""
        return self.retention.program.precision

    def totals(self, by_number: Mapping[int, Total]) -> Totals:
        """Give what was added up, in the order of the questions."""
        uses, places, found = self.retention.uses, self.places, [NOTHING] * len(self.questions)
        for number, total in by_number.items():
            for place in places.get(number, ()):
                found[place] = uses[place].restored(total, self.precision)
        return found

    def by_number(self, totals: Totals) -> Mapping[int, Total]:
        """Give what was added up by the numbers of the questions, where that is anything."""
        numbered, questions = self.numbered, self.questions
        return {numbered[questions[place]]: total for place, total in enumerate(totals) if total.count or total.sum}

    @functools.cached_property
    def places(self) -> Mapping[int, Sequence[int]]:
        """The places of the questions that have a number."""
        found: dict[int, list[int]] = {}
        for place, question in enumerate(self.questions):
            found.setdefault(self.numbered[question], []).append(place)
        return found

    @functools.cached_property
    def numbered(self) -> Mapping[str, int]:
        """The numbers of these in what is written: their places among all of them, sorted."""
        return {question: number for number, question in enumerate(sorted({*self.questions}))}

    @functools.cached_property
    def layout(self) -> str:
        """What tells apart states whose streams are others, or stand in another order."""
        return layout_of(self.compiled[1].streams)

    def start(self, lead: Any, remember: dt.timedelta, received: dt.datetime | None) -> LeadState:
        """Begin with what is known of a lead, whose events came in at a moment. Raises LeadError."""
        if not isinstance(remember, dt.timedelta):
            raise TypeError("`remember` is a span of time, e.g. timedelta(days=7)")
        if remember < dt.timedelta(0):
            raise ValueError("events are remembered for 0 days or more")
        plain, span = self.reader.plain_lead(lead), remember // _MICROSECOND
        read = functools.partial(self.log_reader.plain_events, plain["id"])
        events = [*first_of_each_id(in_canonical_order(plain["events"]))]
        for event in events:
            if event.occurrence.id is not None:
                event.came = _arrival(received)
        log = EventLog(self.compiled[1], read, span, events)
        return LeadState(self, plain, log, [NOTHING] * len(self.retention.uses), span)

    def resume(self, text: str | bytes | Mapping[str, Any]) -> LeadState:
        """Go on with a state that was written. Raises StateError for one of other rules, and for what is no state."""
        stored = read_state(text, self.identity.fingerprint, self.fingerprint)
        (_, plan), mark = self.compiled, stored.mark
        read = functools.partial(self.log_reader.plain_events, stored.lead["id"])
        if stored.environment == self.environment and stored.layout == self.layout:
            log = EventLog.of(plan, read, stored.remember, stored.events, stored.waiting, stored.streams, mark)
        else:  # other tables, or rules that ask otherwise, may sort events otherwise
            events = [*events_of(stored.events, read), *events_of(stored.waiting, read)]
            log = EventLog(plan, read, stored.remember, events, mark)
        totals = self.totals(stored.totals)
        lead = {**stored.lead, "changes": stored.changes}
        return LeadState(self, lead, log, totals, stored.remember, stored.most, stored.again, stored.forgotten)


def _together(one: Mapping[str, Sequence[str]], other: Mapping[str, Sequence[str]]) -> Mapping[str, Sequence[str]]:
    """Give the versions of both, by name."""
    names = sorted({*one, *other})
    return {name: tuple(sorted({*one.get(name, ()), *other.get(name, ())})) for name in names}


def _arrival(received: dt.datetime | None) -> int:
    """Give the instant at which events came in: as it is said, else the one that is asked for next."""
    return PENDING if received is None else read_as_of(received, "received")


Method = TypeVar("Method", bound=Callable[..., Any])


def _alone(method: Method) -> Method:
    """Refuse a call while another one is under way, in another thread: a state may be left half changed."""

    @functools.wraps(method)
    def guarded(self: LeadState, *given: Any, **named: Any) -> Any:
        if not self._lock.acquire(False):
            raise _in_use(self)
        try:
            return method(self, *given, **named)
        finally:
            self._lock.release()

    return cast("Method", guarded)


def _in_use(state: LeadState) -> StateError:
    reason = "this state is in use by another thread (use it from one at a time)"
    return StateError(reason, code="state_in_use", lead=state.id)


class LeadState:
    """A lead that is scored as its events come in; made by `Ruleset.start` and `Ruleset.resume`.

    Of the past it keeps what the rules can still see: events of their windows, the ones that caps
    keep, those whose points have not yet faded. Of all others it keeps what they came to. A state
    belongs to one thread at a time.

    >>> from leadrules import Ruleset
    >>> state = Ruleset.from_text("email_open +5 max 3").start({"id": "42"})
    >>> state.add({"type": "email_open", "at": "2026-11-01T10:00:00Z"})
    >>> state.result(as_of=dt.datetime(2026, 11, 21, tzinfo=dt.UTC)).score
    Decimal('5')
    """

    __slots__ = (
        *("_again", "_changes", "_judged", "_lead", "_lock", "_log", "_most", "_remember", "_scorer", "_unreadable"),
    )

    def __init__(
        self,
        scorer: Scorer,
        lead: dict[str, Any],
        log: EventLog,
        totals: Totals,
        remember: int,
        most: int = _FEW,
        again: int | None = None,
        forgotten: Forgotten = NOTHING_FORGOTTEN,
    ) -> None:
        self._lock = threading.Lock()
        self._judged = forgotten.judged
        self._unreadable = forgotten.unreadable
        self._changes: tuple[Change, ...] = lead.pop("changes", ())
        self._scorer = scorer
        self._lead = lead | {"events": log, TOTALS: totals}
        self._log = log
        self._remember = remember
        self._most = most
        self._again = again

    @property
    def id(self) -> str:
        """The id of the lead."""
        found: str = self._lead["id"]
        return found

    @property
    def as_of(self) -> dt.datetime | None:
        """The latest moment that the state was asked for, in UTC; None before the first."""
        return None if self._log.mark is None else moment_of(self._log.mark)

    @property
    def kept(self) -> int:
        """How many events are kept as they are."""
        return len(self._log)

    @property
    def remember(self) -> dt.timedelta:
        """How long events and their ids are remembered as they are, from when they came in."""
        return self._remember * _MICROSECOND

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the rules that the state belongs to."""
        return self._scorer.identity.fingerprint

    @property
    def judged_by(self) -> Mapping[str, Sequence[str]]:
        """The versions of tables by which events were judged that are kept no more, by the names in `environment`.

        Where there are several of one, or others than there are now, results may differ from those of
        `evaluate` on all events in what the tables changed. Empty while nothing was forgotten.
        """
        return MappingProxyType(dict(self._judged))

    def add(self, event: Eventlike, *, received: dt.datetime | None = None) -> None:
        """Take in an event: an `Event`, or a mapping or object of its shape, in any order of time.

        Raises LeadError for one that the rules cannot read; then the state is as before. An event
        with the type and id of one that is remembered counts once. An event is remembered for
        `remember` from the moment at which it came in, or at which it happened if that is later;
        one that comes again after that counts again. It came in at the moment that is asked for
        next, unless `received` says when.
        """
        if not self._lock.acquire(False):  # what `_alone` does, without its cost at every event
            raise _in_use(self)
        try:
            came = _arrival(received)
            plain = self._scorer.reader.plain_event(self.id, event)
            if plain is not None:
                self._log.take(plain, came)
        finally:
            self._lock.release()

    @_alone
    def update(
        self, attributes: Mapping[str, Any] | None = None, *, stages: Mapping[str, str | None] | None = None
    ) -> None:
        """Change attributes, and labels held, to those given; the others stay. None makes one unknown.

        Raises LeadError for a value that the rules cannot read; then the state is as before.
        """
        changed = self._scorer.reader.plain_update(self._lead, attributes, stages)
        gone = {(part, name) for part, names in changed.items() for name in names}
        self._changes = tuple(change for change in self._changes if (change.part, change.name) not in gone)

    @_alone
    def remove(self, type_: str, id_: str | float | Decimal, /) -> None:
        """Take the event of a type and id out, as if it had never come in: one that was wrong, or must be erased.

        The type is as the rules or the data name it; where a property identifies such events, the id is its value.
        Raises StateError for one that is not remembered: what it came to cannot be taken apart any
        more. Then the state is as before, and to start anew without the event is the way.
        """
        name, ids = self._scorer.reader.type_and_ids(type_, id_)
        if not any(self._log.remove(name, one) for one in ids):
            reason = (
                f"no event {shown(type_)} with id {shown(id_)} is remembered (start again with all events but this one)"
            )
            raise StateError(reason, code="event_forgotten", lead=self.id, field=type_, value=told(id_))

    @_alone
    def merge(self, other: LeadState) -> None:
        """Take in all that another state knows, of a lead that turned out to be the same.

        Where both know an attribute or label, this one's stays; `update` changes it. Of an event that
        came to both, the first counts while both remember it. The moment asked for is the later of
        both, the span remembered the shorter; the other state stays as it is. Raises StateError for a
        state of rules that keep other things.
        """
        if other is self:
            return  # which knows all of it already
        scorer, log, their_lead, remember, judged = (theirs_ := copy.copy(other))._inside()  # noqa: SLF001 - its own kind
        if scorer.fingerprint != self._scorer.fingerprint:
            advice = "merge states of one `state_fingerprint`, or start again with all events"
            reason = f"the other state is of rules that keep other things of a lead ({advice})"
            raise StateError(reason, code="state_of_other_rules", lead=self.id, field="state_fingerprint")
        marks = [mark for mark in (self._log.mark, log.mark) if mark is not None]
        for either in (self._log, log):
            if marks and either.mark != max(marks):
                either.advance(max(marks))
        self._remember = min(self._remember, remember)
        self._log.join(log, self._remember)
        lead, theirs = self._lead, scorer.by_number(their_lead[TOTALS])
        ours = self._scorer.by_number(lead[TOTALS])
        added = {number: ours.get(number, NOTHING).plus(total) for number, total in theirs.items()}
        lead[TOTALS] = self._scorer.totals({**ours, **added})
        known_: dict[str, dict[str, Any]] = {}
        for part in (ATTRIBUTES, STAGES):
            known_[part] = {name: value for name, value in lead[part].items() if value is not None}
            lead[part] = {**their_lead[part], **known_[part]}
        self._judged = _together(self._judged, judged)
        self._unreadable |= theirs_._unreadable  # noqa: SLF001
        ours_ = {(change.part, change.name) for change in self._changes}
        ours_ |= {(part, name) for part, names in known_.items() for name in names}
        new = (change for change in theirs_._changes if (change.part, change.name) not in ours_)  # noqa: SLF001
        self._changes = tuple(sorted((*self._changes, *new), key=lambda change: change.at))
        self._most, self._again = _FEW, None

    def _inside(self) -> tuple[Scorer, EventLog, dict[str, Any], int, Mapping[str, Sequence[str]]]:
        return self._scorer, self._log, self._lead, self._remember, self._judged

    @_alone
    def advance(self, *, as_of: dt.datetime) -> None:
        """Say that no result will be asked for before `as_of`, so that what is older may be forgotten.

        `result` does so itself. Raises AsOfError for a moment before the latest one.
        """
        self._advance(as_of)

    def _advance(self, as_of: dt.datetime) -> None:
        instant, log = read_as_of(as_of), self._log
        if log.mark is not None and instant < log.mark:
            latest = text_of_instant(log.mark)
            raise AsOfError(
                f"as_of: {shown(as_of)} is earlier than {latest}, which this state was asked for already",
                code="as_of_in_the_past",
                lead=self.id,
                field="as_of",
                value=told(as_of),
                expected=f"{latest} or later",
            )
        log.advance(instant)
        is_due = self._again is not None and instant >= self._again
        kept = len(log)
        if is_due or kept > self._most or kept > self._scorer.most_at_once:
            self._forget(instant)

    def result(self, *, as_of: dt.datetime, pii: bool = False) -> ScoredLead:
        """Score the lead: the same bytes as `Ruleset.evaluate` on all that was taken in.

        Raises AsOfError for a naive `as_of` and for one before the latest, and what `evaluate` raises;
        the moment then counts as asked for all the same.
        """
        if not self._lock.acquire(False):  # as in `add`
            raise _in_use(self)
        try:
            return self._result(as_of, pii=pii)
        finally:
            self._lock.release()

    def _result(self, as_of: dt.datetime, *, pii: bool) -> ScoredLead:
        self._advance(as_of)
        evaluate, _ = self._scorer.compiled
        lead = self._now(as_of) if self._changes else self._lead
        found = with_room(functools.partial(evaluate, lead, as_of, pii))
        names = self._unreadable_names() if self._scorer.reader.lenient else []
        if not names:
            return found
        fields = [name for name in found.unreadable if name not in self._scorer.reader.lenient]
        return found._with_unreadable((*fields, *names))  # noqa: SLF001 - a result of its own making

    def _now(self, as_of: dt.datetime) -> dict[str, Any]:
        """Give the lead with its attributes and labels as they are at a moment."""
        if not self._changes:
            return self._lead
        lead, instant = self._lead, read_as_of(as_of)
        return lead | {
            part: dict(values_as_of(lead[part], [one for one in self._changes if one.part == part], instant))
            for part in (ATTRIBUTES, STAGES)
        }

    def _unreadable_names(self) -> list[str]:
        """Name the properties of events that could not be read."""
        reader = self._scorer.reader
        if not reader.lenient:
            return []
        found = self._unreadable.union(*(event.occurrence.unreadable for event in self._log.events()))
        return [name for name in reader.lenient if name in found]

    def forecast(self, *, as_of: dt.datetime, days: int = 90) -> Forecast:
        """Say when the lead's labels will change: what `Ruleset.forecast` says of all that was taken in.

        The state stays as it is: the moment does not count as asked for. Raises AsOfError for one before the latest.
        """
        return with_room(lambda: self._scorer.foresee(self.__copy__()._follow(as_of), days))  # noqa: SLF001 - its own copy

    def next_change(self, *, as_of: dt.datetime) -> dt.datetime | None:
        """Say until when the result is valid: what `Ruleset.next_change` says of all that was taken in.

        The state stays as it is: the moment does not count as asked for. Raises AsOfError for one before the latest.
        """
        from leadrules.engine.spans.search import next_moment

        return with_room(lambda: next_moment(self.__copy__()._follow(as_of)))  # noqa: SLF001 - its own copy

    def _follow(self, as_of: dt.datetime) -> Course:
        """Follow the lead from now on, as it is known at a moment."""
        from leadrules.engine.spans.reading import Memory
        from leadrules.engine.spans.search import Course

        self.advance(as_of=as_of)
        self._log.forget_waiting()
        self._lead, self._changes = self._now(as_of), ()
        lead, reading = self._lead, self._reading(read_as_of(as_of))

        def score(at: int, held: Mapping[str, str]) -> ScoredLead:
            lead["stages"] = dict(held)
            return self.result(as_of=moment_of(at))

        return Course(Memory(self._scorer.foresight.movement, reading), score)

    @_alone
    def explain(self, *, as_of: dt.datetime, pii: bool = False) -> Explanation:
        """Explain every rule's answer, as `Ruleset.explain` does on all that was taken in.

        Once events were forgotten, `selected` and `kept`, which count a rule's events, are None; `ignored` is 0.
        Raises as `result` does; the moment counts as asked for.
        """
        self._advance(as_of)
        return self._scorer.account(self._reading(read_as_of(as_of)), pii=pii, at_hand=not self._judged)

    def _reading(self, instant: int) -> TotalsReading:
        scorer, lead = self._scorer, self._now(moment_of(instant))
        totals = dict(zip(scorer.retention.uses, lead[TOTALS], strict=True))
        return TotalsReading(scorer.retention.program, scorer.log_reader.read(lead, instant), instant, totals=totals)

    @_alone
    def to_json(self) -> str:
        """Write the state as JSON, for `Ruleset.resume`. It holds attributes and events as they were given."""
        totals = self._scorer.by_number(self._lead[TOTALS])
        scorer, (events, waiting, streams), mark = self._scorer, self._log.packed(), self._log.mark
        stored = Stored(
            self.fingerprint,
            scorer.fingerprint,
            scorer.layout,
            scorer.environment,
            self._lead,
            events,
            waiting,
            streams,
            totals,
            mark,
            self._remember,
            self._most,
            self._again,
            Forgotten(self._judged, self._unreadable),
            self._changes,
        )
        return text_of(stored)

    def _forget(self, mark: int) -> None:
        """Forget what is no longer needed.

        Work is done again only once there are twice as many events, or half of them, which are kept since they
        are remembered, are no longer.
        """
        log, retention, (_, plan) = self._log, self._scorer.retention, self._scorer.compiled
        events, totals, final = log.events(), self._lead[TOTALS], mark - self._remember
        kept, self._lead[TOTALS] = with_room(lambda: retention.forget(events, totals, mark, final, plan))
        if len(kept) < len(events):
            gone = {id(event) for event in events} - {id(event) for event in kept}
            self._unreadable = self._unreadable.union(
                *(event.occurrence.unreadable for event in events if id(event) in gone)
            )
            self._judged = _together(self._judged, {name: (one,) for name, one in self._scorer.environment.items()})
        log.keep(kept)
        self._most = max(_FEW, 2 * len(log))
        remembered = sorted(event.since for event in kept if event.since > final)
        is_most = len(remembered) > max(_FEW, len(kept) // 2)
        self._again = remembered[len(remembered) // 2] + self._remember if is_most else None

    @_alone
    def __copy__(self) -> LeadState:
        lead, log = self._lead | {"changes": self._changes}, self._log.copy()
        forgotten = Forgotten(self._judged, self._unreadable)
        return LeadState(self._scorer, lead, log, lead[TOTALS], self._remember, self._most, self._again, forgotten)

    def __deepcopy__(self, memo: Any) -> LeadState:
        return self.__copy__()  # events and values do not change once they are taken in

    def __reduce__(self) -> NoReturn:
        raise TypeError("a state is not pickled; write it with `to_json`, and go on with `Ruleset.resume`")

    def __repr__(self) -> str:
        until = "" if self._log.mark is None else f" as of {text_of_instant(self._log.mark)}"
        return f"<LeadState {self.id!r}{until}, {self.kept} events kept>"
