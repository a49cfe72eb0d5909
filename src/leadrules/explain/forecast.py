"""When a lead's labels will change if nothing else happens: from decay, windows and dates alone.

The moments are found by `engine.spans`; here they are told.
"""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import attrs

from leadrules.audit import ScoredLead
from leadrules.conversions import YEARS, shown, told
from leadrules.document import Document
from leadrules.engine.spans.causes import Cause, causes_of
from leadrules.engine.spans.outcome import LABELS
from leadrules.engine.spans.search import LAST, Course, Part, Search
from leadrules.errors import InputError
from leadrules.explain.wording import WIDTH, Line, Role, paragraph
from leadrules.families import RESULT_LISTS
from leadrules.outputs import in_words
from leadrules.terms import ChangeKind
from leadrules.values import DAY, instant_of, moment_of, text_of_instant

_KINDS: Mapping[str, Any] = {
    "ladder": "stage",
    "grade": "grade",
    "output": "output",
    **{one.name: one.noun for one in RESULT_LISTS.values()},
}

_DATED = 14
"""Where what follows a day begins."""

_MOST_CAUSES = 3
"""So many causes of a change are told in lines."""
_MOST_STEPS = 100
"""Labels that have not come to rest after so many steps are taken for such as never do."""


@attrs.frozen
class Change(Document):
    """What will change: the moment in UTC, its calendar day in the ruleset's timezone, and the score then.

    `kind` is `stage`, `grade`, `output`, `segment`, `tag`, `recommendation` or `missing requirement`. Of a stage,
    grade or output, `name` is that of the ladder, grade or output, `before` and `after` are labels, or what the output
    is in words; outputs that are numbers are not followed, as points are not. Of the others `name` is the text that
    comes, then `before` is None, or that goes, then `after` is None. `rule` is the id of the first true rule to a new
    stage, where a rule leads there. `causes` says what moved.
    """

    at: dt.datetime
    day: dt.date
    kind: ChangeKind
    name: str
    before: str | None
    after: str | None
    rule: str | None
    score: Decimal
    causes: tuple[Cause, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Give the change as plain data: at, day, kind, name, before, after, rule, score, causes."""
        return {
            "at": text_of_instant(instant_of(self.at)),
            "day": self.day.isoformat(),
            "kind": self.kind,
            "name": self.name,
            "before": self.before,
            "after": self.after,
            "rule": self.rule,
            "score": self.score,
            "causes": [cause.to_dict() for cause in self.causes],
        }

    @property
    def text(self) -> str:
        """The change in words."""
        if self.before is None or self.after is None:
            return f"{self.kind} {self.name} {'begins' if self.before is None else 'ends'}"
        name = "" if (self.kind, self.name) == ("stage", "stage") else f"{self.name}: "
        return f"{name}{self.before} -> {self.after}"


@attrs.frozen
class Forecast(Document):
    """What will change about a lead until `until` if nothing else happens, in order of time.

    `now` is the result to begin with, `then` the one at the end. Each stage reached is held from then on.
    `open_ended` names criteria of plugins that see the clock: they are asked at every local midnight
    only. `restless` names ladders whose rules move a lead on from every label they give it: changes of
    these are told until that is seen, and not from then on.
    """

    now: ScoredLead
    then: ScoredLead
    changes: tuple[Change, ...]
    until: dt.datetime
    open_ended: tuple[str, ...] = ()
    restless: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[Line, ...]:
        """The text for people, line by line, each with its role, in 100 columns."""
        return self.laid_out(WIDTH)

    def laid_out(self, width: int) -> tuple[Line, ...]:
        """Give the text for people, line by line, each with its role, in so many columns."""
        return tuple(found for role, text in self._told() for found in paragraph(role, text, width, indent=_DATED))

    def _told(self) -> Iterator[tuple[Role, str]]:
        lead = f"Lead {self.now.lead}" if self.now.lead is not None else "The lead"
        stages = ", ".join(self.now.stages.values()) or "no stage"
        yield "title", f"{lead}: {self.now.score:f} points, {stages}"
        yield "heading", "If nothing else happens"
        for change in self.changes:
            yield "sum", f"  {change.day}  {change.text}, at {change.score:f} points"
            for cause in change.causes[:_MOST_CAUSES]:
                yield "note", f"{' ' * _DATED}{cause.text}"
        if not self.changes:
            yield "note", f"  only points change until {self.until:%Y-%m-%d}"
        yield "note", f"  {self.until:%Y-%m-%d}  {self.then.score:f} points"
        for criterion in self.open_ended:
            yield "note", f"  {criterion} sees the clock: it was asked at each midnight only"
        for ladder in self.restless:
            yield "note", f"  the rules of `{ladder}` move the lead on from every label: it was followed no further"

    def to_dict(self) -> dict[str, Any]:
        """Give the forecast as plain data: lead, as_of, until, score, stages, changes, then, open_ended, restless."""
        return {
            "lead": self.now.lead,
            "as_of": text_of_instant(instant_of(self.now.as_of)),
            "until": text_of_instant(instant_of(self.until)),
            "score": self.now.score,
            "stages": dict(self.now.stages),
            "changes": [change.to_dict() for change in self.changes],
            "then": {"score": self.then.score, "stages": dict(self.then.stages)},
            "open_ended": list(self.open_ended),
            "restless": list(self.restless),
        }

    def __str__(self) -> str:
        return "\n".join(line.text for line in self.lines)


def forecast(course: Course, days: int) -> Forecast:
    """Follow a lead through the coming days. Each label reached is held from then on.

    Raises InputError where `days` is no whole number, 1 or more, or reaches beyond the last year.
    """
    end = course.as_of + read_days(days, course.as_of) * DAY
    now = course.evaluate(course.as_of, course.held)
    followed = _Followed(course, Search(course, frozenset(LABELS), now, now.stages))
    changes = [*followed.changes(end)]
    then = followed.search.result if followed.latest == end else course.evaluate(end, followed.search.held)
    clocks = course.memory.movement.clocks
    return Forecast(now, then, tuple(changes), moment_of(end), tuple(clocks), tuple(followed.restless))


def read_days(raw: object, as_of: int) -> int:
    """Give a number of days. Raises InputError for anything but a whole number from 1 to the last day there is."""
    most = (LAST - as_of) // DAY
    try:
        days = 0 if isinstance(raw, bool) else operator.index(raw)  # type: ignore[arg-type]
    except TypeError:
        days = 0
    if 1 <= days <= most:
        return days
    expected = f"a whole number of days from 1 to {most:,}"
    given = f'the text "{told(raw)}"' if isinstance(raw, str) else shown(raw)
    reason = f"days: {given} is not {expected}, when the year {YEARS[-1]} ends"
    raise InputError(reason, code="bad_days", field="days", value=told(raw), expected=expected)


@attrs.define
class _Followed:
    """A lead that is followed from change to change."""

    course: Course
    search: Search
    restless: dict[str, None] = attrs.field(factory=dict)
    latest: int = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.latest = self.course.as_of

    def changes(self, end: int) -> Iterator[Change]:
        """Give the changes until `end`, and go on from each: `latest` is when the last of them was."""
        held_then = self.course.held
        for at, result in self.search.moments(self.latest + 1, end):
            held, moved = self.search.held, self.search.differing(result)
            is_next = at == self.latest + 1
            before = (self.latest, held_then) if is_next else (at - 1, held)
            for part, (old, new) in moved.items():
                yield from self._told(part, old, new, at=at, result=result, before=before)
            if is_next:
                self._look_for_rest(at, result)
            self.latest, held_then = at, held
            self.search.go_on(result, {**result.stages, **{ladder: held[ladder] for ladder in self.restless}})

    def _told(
        self, part: Part, old: Any, new: Any, *, at: int, result: ScoredLead, before: tuple[int, Mapping[str, str]]
    ) -> Iterator[Change]:
        """Give the changes that a part of a result comes to: one of a label, one for each text that comes or goes."""
        kind, name = part
        changes: list[tuple[str, str | None, str | None]] = [(name, old, new)]
        if kind == "output":
            changes = [(name, in_words(old), in_words(new))]
        if kind in RESULT_LISTS:
            changes = [(text, text, None) for text in old if text not in new]
            changes += [(text, None, text) for text in new if text not in old]
        memory = self.course.memory
        rules = {transition.ladder: transition.rule for transition in result.transitions}
        for named, was, is_ in changes:
            yield Change(
                moment_of(at),
                memory.still.zone.day(at),
                _KINDS[kind],
                named,
                was,
                is_,
                rules.get(name) if kind == "ladder" else None,
                result.score,
                causes_of(memory, (kind, named), before, (at, self.search.held)),
            )

    def _look_for_rest(self, at: int, result: ScoredLead) -> None:
        """Find ladders that move on for ever though time stands still."""
        seen = [dict(result.stages)]
        while len(seen) < _MOST_STEPS:
            stages = dict(self.course.evaluate(at, seen[-1]).stages)
            if stages in seen:
                seen = seen[seen.index(stages) :]
                break
            seen.append(stages)
        for ladder, label in seen[0].items():
            if any(each[ladder] != label for each in seen):
                self.restless[ladder] = None
                self.search.ignored.add(("ladder", ladder))
