"""Which events of a selection are answered, or were not: `followed by` and `preceded by` in code.

Code hands over lists: when events were, and what they must share. Moments do not tell events apart; so it is
noted of each event whether it is itself among those that may answer. Chains whose events may be the same are left to
the reference.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import Any

import attrs

from leadrules import program as p
from leadrules.engine.compiler.operands import Unsupported
from leadrules.engine.compiler.runtime import span_of

Moments = Sequence[dt.datetime]
Keys = Iterable[tuple[Any, ...]]
"""What each event shares with its answers; a part that is None is unknown."""

_FIRST = dt.datetime.min.replace(tzinfo=dt.UTC)
_LAST = dt.datetime.max.replace(tzinfo=dt.UTC)


@attrs.frozen
class Answered:
    """Tells of each event of a selection whether a relation holds."""

    direction: str
    negated: bool
    waits: bool
    span: dt.timedelta | None

    @classmethod
    def of(cls, relation: p.Relation, types: Sequence[str]) -> Answered:
        """Prepare a relation of events of some types. Raises Unsupported."""
        if len(relation.answers) > 1:
            all_types = [*types, *(type_ for answer in relation.answers for type_ in answer.types)]
            if len({*all_types}) < len(all_types):
                raise Unsupported("some events may stand in several places of a chain")
        span = None if relation.within is None else span_of(relation.within)
        return cls(relation.direction, relation.negated, relation.waits, span)

    def __call__(
        self, now: dt.datetime, moments: Moments, themselves: Sequence[Any] | None, *sides: tuple[Moments, Keys, Keys]
    ) -> list[bool]:
        """Answer for each of some moments. `themselves` says which of the events may answer, too; None: none.

        Each side has the moments of those that may answer, what they share, and what the events share with them.
        """
        groups = [_in_order(times, keys) for times, keys, _ in sides]
        keys = zip(*(asked for _, _, asked in sides), strict=False) if moments else ()
        found = []
        for at, key, itself in zip(moments, keys, themselves or repeat(False), strict=False):
            parts = [group.get(one, ()) for group, one in zip(groups, key, strict=True)]
            answered = self._between(at, parts[0], int(bool(itself))) if len(parts) == 1 else self._chain(at, parts)
            is_over = not self.waits or self.span is None or self.span <= now - at
            found.append(is_over and not answered if self.negated else answered)
        return found

    def _between(self, at: dt.datetime, times: Moments, itself: int) -> bool:
        if self.direction == "followed":
            end = _LAST if self.span is None or self.span >= _LAST - at else at + self.span
            return bisect_right(times, end) - bisect_left(times, at) > itself
        start = _FIRST if self.span is None or self.span >= at - _FIRST else at - self.span
        return bisect_right(times, at) - bisect_left(times, start) > itself

    def _chain(self, at: dt.datetime, parts: Sequence[Moments]) -> bool:
        moment = at
        for times in parts:
            index = bisect_left(times, moment)
            if index == len(times):
                return False
            moment = times[index]
        return self.span is None or moment - at <= self.span


def _in_order(moments: Moments, keys: Keys) -> dict[tuple[Any, ...], list[dt.datetime]]:
    """Put moments in order by what their events share; those of which a part is unknown are left out."""
    found: defaultdict[tuple[Any, ...], list[dt.datetime]] = defaultdict(list)
    for at, key in zip(moments, keys, strict=False):
        if None not in key:
            found[key].append(at)
    for times in found.values():
        times.sort()
    return {**found}
