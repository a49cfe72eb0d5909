"""What a change of rules does to leads: scores, stages, and which rules are behind it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import attrs

from leadrules.audit import ScoredLead
from leadrules.insights.changes import Change

NO_STAGE = "-"


@attrs.frozen
class Cause:
    """A rule (or clamp, or weight) that gives a lead other points than before, and by how much."""

    rule: str
    points: Decimal


@attrs.frozen
class Move:
    """A lead whose score or stage changed; `causes` are largest first, and their points add up to `points`.

    `rules` are the ids of the rules that led to the stage before and now, None where none did.
    """

    lead: str | None
    before: Decimal
    after: Decimal
    stage_before: str
    stage_after: str
    rules: tuple[str | None, str | None]
    causes: tuple[Cause, ...]

    @property
    def points(self) -> Decimal:
        """How much the score changed."""
        return self.after - self.before


@attrs.define
class Impact:
    """What a change does to the leads seen so far.

    `stages` counts leads by the stage before and after, `scores` holds each lead's scores before and
    after, `rejected` counts leads that only one of the two rule files can score, or neither.
    """

    changes: tuple[Change, ...]
    leads: int = 0
    rejected: Counter[str] = attrs.field(factory=Counter)
    stages: Counter[tuple[str, str]] = attrs.field(factory=Counter)
    scores: list[tuple[Decimal, Decimal]] = attrs.field(factory=list)
    moves: list[Move] = attrs.field(factory=list)
    by_rule: dict[str, list[Decimal]] = attrs.field(factory=lambda: defaultdict(list))
    _same: dict[str, str] = attrs.field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        self._same = {
            str(change.before.rule): str(change.after.rule)
            for change in self.changes
            if change.before and change.after and change.before.rule and change.after.rule
        }

    def add(self, before: ScoredLead, after: ScoredLead) -> None:
        """Take a lead's results under both rule files."""
        self.leads += 1
        stages = before.stage or NO_STAGE, after.stage or NO_STAGE
        self.stages[stages] += 1
        self.scores.append((before.score, after.score))
        if before.score == after.score and stages[0] == stages[1]:
            return
        causes = self._causes(before, after)
        for cause in causes:
            self.by_rule[cause.rule].append(cause.points)
        rules = _stage_rule(before), _stage_rule(after)
        self.moves.append(Move(after.lead, before.score, after.score, *stages, rules, causes))

    def _causes(self, before: ScoredLead, after: ScoredLead) -> tuple[Cause, ...]:
        """Compare two audits entry by entry; what an edited rule gave before counts for its new text."""
        points: dict[str, Decimal] = defaultdict(Decimal)
        for entry in after.audit:
            points[_said(entry.kind, entry.rule)] += entry.points
        for entry in before.audit:
            points[_said(entry.kind, self._same.get(entry.rule, entry.rule))] -= entry.points
        causes = [Cause(rule, change) for rule, change in points.items() if change]
        return tuple(sorted(causes, key=lambda cause: (-abs(cause.points), cause.rule)))

    # --------------------------------------------------------------- figures

    @property
    def stage_moves(self) -> int:
        """Count the leads whose stage changed."""
        return sum(count for (before, after), count in self.stages.items() if before != after)

    @property
    def score_changes(self) -> int:
        """Count the leads whose score changed."""
        return sum(before != after for before, after in self.scores)

    def most_moved(self, most: int) -> list[Move]:
        """Give the leads that moved most: by points, those whose stage changed first among equals."""
        return sorted(self.moves, key=lambda m: (-abs(m.points), m.stage_before == m.stage_after, str(m.lead)))[:most]

    def quantiles(self) -> tuple[list[Decimal], list[Decimal]]:
        """Give the least, lower quartile, median, upper quartile and greatest score, before and after."""
        return _quantiles([before for before, _ in self.scores]), _quantiles([after for _, after in self.scores])

    def to_dict(self, most: int = 10) -> dict[str, Any]:
        """Give it all as plain data."""
        before, after = self.quantiles()
        return {
            "leads": self.leads,
            "rejected": dict(self.rejected),
            "changes": [
                {
                    "what": change.what,
                    "kind": change.kind,
                    "before": change.before.text if change.before else None,
                    "after": change.after.text if change.after else None,
                }
                for change in self.changes
            ],
            "scores": {"changed": self.score_changes, "before": before, "after": after},
            "stages": {
                "moved": self.stage_moves,
                "table": [{"before": b, "after": a, "leads": count} for (b, a), count in sorted(self.stages.items())],
            },
            "rules": {
                rule: {"leads": len(points), "points": sum(points, Decimal(0))}
                for rule, points in sorted(self.by_rule.items(), key=lambda item: (-len(item[1]), item[0]))
            },
            "moves": [_move_as_dict(move) for move in self.most_moved(most)],
        }


def _move_as_dict(move: Move) -> dict[str, Any]:
    return {
        "lead": move.lead,
        "before": move.before,
        "after": move.after,
        "stage_before": move.stage_before,
        "stage_after": move.stage_after,
        "causes": [{"rule": cause.rule, "points": cause.points} for cause in move.causes],
    }


def _said(kind: str, rule: str) -> str:
    return rule if kind == "points" else f"{kind} of {rule}"


def _stage_rule(result: ScoredLead) -> str | None:
    return next((t.rule for t in result.transitions if t.ladder == next(iter(result.stages), None)), None)


def _quantiles(scores: Sequence[Decimal]) -> list[Decimal]:
    ordered = sorted(scores)
    if not ordered:
        return []
    return [ordered[round(part * (len(ordered) - 1) / 4)] for part in range(5)]


# --------------------------------------------------------------------- limits


_LIMIT = re.compile(
    r"(?P<what>stage moves|score changes|rejected)\s*(?P<op>>=|>|<=|<|=)\s*"
    r"(?P<number>[0-9]+(?:\.[0-9]+)?)\s*(?P<unit>%?)"
)
_OPERATORS = {
    ">": Decimal.__gt__,
    ">=": Decimal.__ge__,
    "<": Decimal.__lt__,
    "<=": Decimal.__le__,
    "=": Decimal.__eq__,
}


_SUCH_AS = '"stage moves > 5%", "score changes > 100" or "rejected > 0"'


@attrs.frozen
class Limit:
    """A condition under which a change is too much: `stage moves > 5%`, `score changes > 100`, `rejected > 0`."""

    text: str
    what: str
    operator: str
    number: Decimal
    percent: bool

    @classmethod
    def of(cls, text: str) -> Limit:
        """Read a condition. Raises ValueError with a sentence for people."""
        found = _LIMIT.fullmatch(text.strip())
        if not found:
            raise ValueError(f"`{text}` is no such condition: write {_SUCH_AS}")
        return cls(text.strip(), found["what"], found["op"], Decimal(found["number"]), found["unit"] == "%")

    def exceeded(self, impact: Impact) -> bool:
        """Tell whether the condition holds. A share is one of all leads, those that could not be read included."""
        rejected = sum(impact.rejected.values())
        counts: Mapping[str, int] = {
            "stage moves": impact.stage_moves,
            "score changes": impact.score_changes,
            "rejected": rejected,
        }
        value = Decimal(counts[self.what])
        if self.percent:
            everyone = impact.leads + rejected
            value = value * 100 / everyone if everyone else Decimal(0)
        return bool(_OPERATORS[self.operator](value, self.number))


def exceeded(limits: Iterable[Limit], impact: Impact) -> list[Limit]:
    """Give the limits that a change exceeds."""
    return [limit for limit in limits if limit.exceeded(impact)]
