"""What answers an event: the meaning of `followed by`, `then` and `preceded by` of the language."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

import attrs

from leadrules import program as p
from leadrules.occurrences import Occurrence

Key = tuple[object, ...]
"""What an event and its answer must share."""
KeyOf = Callable[[Sequence[p.PropertyRead], Occurrence], Key | None]
"""Gives of an event what its answer must share; None where that is unknown."""


@attrs.frozen
class Answers:
    """Events of one key that may answer, in canonical order, and when they were."""

    events: list[Occurrence] = attrs.field(factory=list)
    moments: list[int] = attrs.field(factory=list)

    def following(self, moment: int, others: Sequence[Occurrence]) -> Occurrence | None:
        """Give the earliest from a moment on, which is none of the others."""
        for index in range(bisect_left(self.moments, moment), len(self.events)):
            if not any(self.events[index] is other for other in others):
                return self.events[index]
        return None

    def preceding(self, moment: int, others: Sequence[Occurrence]) -> Occurrence | None:
        """Give the latest up to a moment, which is none of the others."""
        for index in reversed(range(bisect_right(self.moments, moment))):
            if not any(self.events[index] is other for other in others):
                return self.events[index]
        return None


class Related:
    """A relation between the events of a selection and those that may answer, given in canonical order.

    It takes the nearest answer each time, so that all that is looked for is found by halving.
    """

    def __init__(self, relation: p.Relation, answers: Iterable[Iterable[Occurrence]], key_of: KeyOf) -> None:
        self.relation = relation
        self._key_of = key_of
        self._by_key: list[dict[Key, Answers]] = []
        for answer, events in zip(relation.answers, answers, strict=True):
            by_key: defaultdict[Key, Answers] = defaultdict(Answers)
            for event in events:
                key = key_of(answer.same, event)
                if key is not None:
                    by_key[key].events.append(event)
                    by_key[key].moments.append(event.at)
            self._by_key.append({**by_key})

    def holds(self, event: Occurrence, as_of: int) -> bool:
        """Tell whether the relation holds of an event: it is answered, or had its time and was not."""
        within = self.relation.within
        is_over = not self.relation.waits or within is None or event.at + within <= as_of
        return is_over and self.is_as_asked(event)

    def is_as_asked(self, event: Occurrence) -> bool:
        """Tell whether an event is answered, or not, as the relation has it; whether its time is over is not asked."""
        return (self.answers(event) is None) is self.relation.negated

    def answers(self, event: Occurrence) -> tuple[Occurrence, ...] | None:
        """Give the events that answer one, in their order; None where it is not answered.

        Each is another event. Those that follow come one after the other, at the same moment or later, all of
        them within the time that is counted from the event itself.
        """
        found = [event]
        for answer, by_key in zip(self.relation.answers, self._by_key, strict=True):
            key = self._key_of(answer.same, event)
            candidates = None if key is None else by_key.get(key)
            if candidates is None:
                return None
            look = candidates.following if self.relation.direction == "followed" else candidates.preceding
            one = look(found[-1].at, found)
            within = self.relation.within
            if one is None or (within is not None and abs(one.at - event.at) > within):
                return None
            found.append(one)
        return tuple(found[1:])
