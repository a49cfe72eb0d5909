"""What is other in a scored file than in an earlier one: who rose, who fell, who is new, who is gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

import attrs

from leadrules.families import RESULT_LISTS
from leadrules.tables.standings import ScoredFile, Standing, Value

NEW, GONE = "(new)", "(gone)"
"""Where a lead comes from that the earlier file does not have, and where one goes that the later file does not have."""

Same = Literal["same", "other"] | None
"""Whether both files say the same; None where one of them does not say."""


@attrs.frozen
class Difference:
    """A lead that both files have, and about which something is other.

    `values` gives by the name of the column what stood there and what stands there; `reasons` the words for what gave
    other points, and how many more, largest first, where both files have reasons.
    """

    lead: str
    before: Decimal
    after: Decimal
    values: Mapping[str, tuple[Value | None, Value | None]]
    reasons: tuple[tuple[str, Decimal], ...] = ()

    @property
    def points(self) -> Decimal:
        """How much the score changed."""
        return self.after - self.before


@attrs.frozen
class Comparison:
    """Two scored files, compared by the ids of leads.

    `differences` are the leads of both about which something is other, in the order of the later file; `new` and `gone`
    those that one file has alone, with their standing. `same` counts the leads about which nothing is other. `labels`
    counts leads by label before and after, for each column of labels; `(new)` and `(gone)` stand for none.
    """

    last: ScoredFile
    now: ScoredFile
    differences: tuple[Difference, ...]
    new: Mapping[str, Standing]
    gone: Mapping[str, Standing]
    same: int
    labels: Mapping[str, Counter[tuple[str, str]]]

    @property
    def rules(self) -> Same:
        """Tell whether the same rules made both."""
        return _same(self.last.fingerprint, self.now.fingerprint)

    @property
    def moment(self) -> Same:
        """Tell whether both are as of the same moment."""
        return _same(self.last.as_of, self.now.as_of)

    @property
    def rose(self) -> list[Difference]:
        """The leads with a higher score, those first that rose most."""
        return sorted((one for one in self.differences if one.points > 0), key=lambda one: (-one.points, one.lead))

    @property
    def fell(self) -> list[Difference]:
        """The leads with a lower score, those first that fell most."""
        return sorted((one for one in self.differences if one.points < 0), key=lambda one: (one.points, one.lead))

    @property
    def level(self) -> list[Difference]:
        """The leads with the same score about which something else is other."""
        return [one for one in self.differences if not one.points]

    def to_dict(self, most: int | None = None) -> dict[str, Any]:
        """Give it as plain data, with at most so many leads of each kind."""
        return {
            "last": str(self.last.path),
            "now": str(self.now.path),
            "rules": self.rules,
            "as_of": {"last": self.last.as_of, "now": self.now.as_of},
            "leads": {
                "same": self.same,
                "rose": len(self.rose),
                "fell": len(self.fell),
                "level": len(self.level),
                "new": len(self.new),
                "gone": len(self.gone),
            },
            "labels": {
                name: [{"before": b, "after": a, "leads": count} for (b, a), count in sorted(table.items())]
                for name, table in self.labels.items()
            },
            **{kind: [_as_dict(one) for one in getattr(self, kind)[:most]] for kind in ("rose", "fell", "level")},
            **{
                kind: [
                    {"lead": name, "score": standing.score, "values": dict(standing.values)}
                    for name, standing in list(getattr(self, kind).items())[:most]
                ]
                for kind in ("new", "gone")
            },
        }


def compare_scored(last: ScoredFile, now: ScoredFile) -> Comparison:
    """Compare two scored files, which `leadrules.tables.read_scored` read, lead by lead."""
    differences = []
    same = 0
    for name, standing in now.leads.items():
        before = last.leads.get(name)
        if before is None:
            continue
        found = _difference(name, before, standing, last, now)
        same += found is None
        if found is not None:
            differences.append(found)
    new = {name: standing for name, standing in now.leads.items() if name not in last.leads}
    gone = {name: standing for name, standing in last.leads.items() if name not in now.leads}
    return Comparison(last, now, tuple(differences), new, gone, same, _labels(last, now))


def _difference(name: str, before: Standing, after: Standing, last: ScoredFile, now: ScoredFile) -> Difference | None:
    both = [column for column in now.columns if column in last.columns]
    values = {
        column: (before.values.get(column), after.values.get(column))
        for column in both
        if before.values.get(column) != after.values.get(column)
    }
    if before.score == after.score and not values:
        return None
    reasons: tuple[tuple[str, Decimal], ...] = ()
    if last.has_reasons and now.has_reasons:
        words = dict.fromkeys((*after.points, *before.points))
        moved = ((w, after.points.get(w, Decimal(0)) - before.points.get(w, Decimal(0))) for w in words)
        reasons = tuple(sorted(((w, p) for w, p in moved if p), key=lambda one: (-abs(one[1]), one[0])))
    return Difference(name, before.score, after.score, values, reasons)


def _labels(last: ScoredFile, now: ScoredFile) -> dict[str, Counter[tuple[str, str]]]:
    """Count leads by label before and after: of columns in which every lead has a text, one of a few."""
    found = {}
    for column in now.columns:
        if column not in last.columns or column in _LISTS:
            continue
        texts = [one.values.get(column) for file in (last, now) for one in file.leads.values()]
        if not texts or not all(isinstance(text, str) and text for text in texts) or len({*texts}) > _MOST_LABELS:
            continue
        table: Counter[tuple[str, str]] = Counter()
        for name, standing in now.leads.items():
            before = last.leads.get(name)
            table[NEW if before is None else str(before.values[column]), str(standing.values[column])] += 1
        for name, standing in last.leads.items():
            if name not in now.leads:
                table[str(standing.values[column]), GONE] += 1
        found[column] = table
    return found


_LISTS = {*RESULT_LISTS, "unreadable"}
_MOST_LABELS = 60
"""A column of more texts than this is an output that differs from lead to lead, and no label."""


def _same(one: str | None, other: str | None) -> Same:
    if one is None or other is None:
        return None
    return "same" if one == other else "other"


def _as_dict(one: Difference) -> dict[str, Any]:
    return {
        "lead": one.lead,
        "before": one.before,
        "after": one.after,
        "values": {name: {"before": before, "after": after} for name, (before, after) in one.values.items()},
        "reasons": [{"why": why, "points": points} for why, points in one.reasons],
    }
