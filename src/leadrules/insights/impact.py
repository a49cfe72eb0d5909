"""What a change of rules does to leads: scores, labels, marks, and which rules are behind it."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal

import attrs

from leadrules.as_of import read_as_of
from leadrules.audit import ScoredLead
from leadrules.errors import InputError, PluginError, closest
from leadrules.families import RESULT_LISTS
from leadrules.insights.changes import Change, changes_between, elements_of
from leadrules.insights.file_changes import file_changes
from leadrules.outputs import OutputValue, plain_outputs
from leadrules.program import GradeCell
from leadrules.ruleset import Ruleset, program_of, statements_of

NO_LABEL = "-"
"""The label of a ladder or grade that one of the rule files does not have."""


@attrs.frozen
class Cause:
    """A rule (or clamp, or weight) that gives a lead other points than before, and by how much."""

    rule: str
    points: Decimal


@attrs.frozen
class Shift:
    """What else is other about a lead: `name` of `kind`, before and now.

    Of a `stage` or `grade` these are labels, `-` where a rule file has no such ladder or grade; of a `dimension`
    points, of an `output` what it is, None where a rule file has none of the name. Of `segments`, `tags`,
    `recommendations` and `missing` `name` is the member, and before and now tell whether the lead had it.
    """

    kind: str
    name: str
    before: OutputValue
    after: OutputValue

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain data."""
        sides = plain_outputs({"before": self.before, "after": self.after})
        return {"kind": self.kind, "name": self.name, **sides}


@attrs.frozen
class Move:
    """A lead about which something is other than before, and its `score` before and after.

    `shifts` are in the order of a result: dimensions, grades, stages, outputs, lists. `causes` are largest first, and
    their points add up to `points`.
    """

    lead: str | None
    before: Decimal
    after: Decimal
    shifts: tuple[Shift, ...]
    causes: tuple[Cause, ...]

    @property
    def points(self) -> Decimal:
        """How much the score changed."""
        return self.after - self.before

    @property
    def labels(self) -> tuple[Shift, ...]:
        """The stages and grades that are other."""
        return tuple(shift for shift in self.shifts if shift.kind in _LABELS)

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain data."""
        return {
            "lead": self.lead,
            "before": self.before,
            "after": self.after,
            "shifts": [shift.to_dict() for shift in self.shifts],
            "causes": [{"rule": cause.rule, "points": cause.points} for cause in self.causes],
        }


_LABELS = ("stage", "grade")
Table = Counter[tuple[str, str]]
"""Leads by the label before and after."""


@attrs.define
class Impact:
    """What a change of rules does to the leads seen so far.

    `changes` are those of the rules. `scores` holds each lead's scores before and after; `stages` and `grades` count
    leads by the label before and after, for each ladder and grade of either rule file; `dimensions` counts the leads
    with other points, by name, and `outputs` those of which an output is another. `lists` counts by the name of a list
    (`segments`, `tags`, `recommendations`, `missing`) and its member the leads that have `gained` and `lost` it.
    `moves` are all leads about which something is other. `rejected` counts leads that only one of the two rule files
    can score, or neither.
    """

    changes: tuple[Change, ...]
    leads: int = 0
    rejected: Counter[str] = attrs.field(factory=Counter)
    stages: dict[str, Table] = attrs.field(factory=dict)
    grades: dict[str, Table] = attrs.field(factory=dict)
    dimensions: Counter[str] = attrs.field(factory=Counter)
    outputs: Counter[str] = attrs.field(factory=Counter)
    lists: dict[str, dict[str, Counter[Literal["gained", "lost"]]]] = attrs.field(factory=dict)
    scores: list[tuple[Decimal, Decimal]] = attrs.field(factory=list)
    moves: list[Move] = attrs.field(factory=list)
    by_rule: dict[str, list[Decimal]] = attrs.field(factory=lambda: defaultdict(list))
    _moved: Counter[str] = attrs.field(factory=Counter, init=False)
    _same: dict[str, str] = attrs.field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        self.lists |= {name: {} for name in RESULT_LISTS if name not in self.lists}
        self._same = {
            str(change.before.rule): str(change.after.rule)
            for change in self.changes
            if change.before and change.after and change.before.rule and change.after.rule
        }

    @classmethod
    def of(cls, before: Ruleset, after: Ruleset) -> Impact:
        """Begin with what changed between two rule files, and with no lead."""
        changes = changes_between(elements_of(statements_of(before)), elements_of(statements_of(after)))
        return cls((*changes, *file_changes(before, after)))

    def score(self, before: Ruleset, after: Ruleset, lead: Any, as_of: Callable[[], dt.datetime]) -> bool:
        """Score a lead with both and take the results; tell whether both could. `as_of` may raise InputError."""
        failed, results = [], []
        for name, rules in (("the old rules", before), ("the new rules", after)):
            try:
                results.append(rules.evaluate(lead, as_of=as_of()))
            except (InputError, PluginError):
                failed.append(name)
        if failed:
            self.rejected["by both" if len(failed) == 2 else f"only by {failed[0]}"] += 1
        else:
            self.add(*results)
        return not failed

    def add(self, before: ScoredLead, after: ScoredLead) -> None:
        """Take a lead's results under both rule files."""
        self.leads += 1
        self.scores.append((before.score, after.score))
        for tables, old, new in (
            (self.stages, before.stages, after.stages),
            (self.grades, before.grades, after.grades),
        ):
            for name in {**old, **new}:
                tables.setdefault(name, Counter())[old.get(name, NO_LABEL), new.get(name, NO_LABEL)] += 1
        shifts = tuple(_shifts(before, after))
        if before.score == after.score and not shifts:
            return
        self._count(shifts)
        causes = self._causes(before, after)
        for cause in causes:
            self.by_rule[cause.rule].append(cause.points)
        self.moves.append(Move(after.lead, before.score, after.score, shifts, causes))

    def _count(self, shifts: Sequence[Shift]) -> None:
        for shift in shifts:
            if shift.kind == "dimension":
                self.dimensions[shift.name] += 1
            elif shift.kind == "output":
                self.outputs[shift.name] += 1
            elif shift.kind in self.lists:
                members = self.lists[shift.kind].setdefault(shift.name, Counter())
                members["gained" if shift.after else "lost"] += 1
        self._moved.update({shift.kind for shift in shifts})

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
    def score_changes(self) -> int:
        """Count the leads whose score changed."""
        return sum(before != after for before, after in self.scores)

    def moved(self, kind: str) -> int:
        """Count the leads of which something of a kind is other: `stage`, `grade`, `dimension`, `output`, `tags`."""
        return self._moved[kind]

    def most_moved(self, most: int) -> list[Move]:
        """Give the leads that moved most: by points, those with another label first among equals."""
        return sorted(self.moves, key=lambda m: (-abs(m.points), not m.labels, not m.shifts, str(m.lead)))[:most]

    def quantiles(self) -> tuple[list[Decimal], list[Decimal]]:
        """Give the least, lower quartile, median, upper quartile and greatest score, before and after."""
        return _quantiles([before for before, _ in self.scores]), _quantiles([after for _, after in self.scores])

    def to_dict(self, most: int = 10) -> dict[str, Any]:
        """Give it all as plain data, with at most so many of the leads that move."""
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
                    "home_before": change.before.home if change.before else None,
                    "home_after": change.after.home if change.after else None,
                }
                for change in self.changes
            ],
            "scores": {"changed": self.score_changes, "before": before, "after": after},
            "dimensions": {name: {"changed": count} for name, count in self.dimensions.items()},
            "grades": {name: _table_as_dict(table) for name, table in self.grades.items()},
            "stages": {name: _table_as_dict(table) for name, table in self.stages.items()},
            "outputs": {name: {"changed": count} for name, count in self.outputs.items()},
            **{
                name: {
                    "changed": self.moved(name),
                    "members": {m: {"gained": c["gained"], "lost": c["lost"]} for m, c in members.items()},
                }
                for name, members in self.lists.items()
            },
            "rules": {
                rule: {"leads": len(points), "points": sum(points, Decimal(0))}
                for rule, points in sorted(self.by_rule.items(), key=lambda item: (-len(item[1]), item[0]))
            },
            "moves": [move.to_dict() for move in self.most_moved(most)],
        }


def diff_rules(before: Ruleset, after: Ruleset, leads: Iterable[Any], *, as_of: dt.datetime) -> Impact:
    """Tell what changed between two rule files, and what that does to leads.

    `leads` are what `Ruleset.evaluate` takes, looked at one by one; `as_of` is timezone-aware. One that only one of
    the rule files can score, or neither, counts under `rejected`. Raises InputError for an `as_of` without time zone.

    >>> now = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)
    >>> from leadrules import Ruleset
    >>> old, new = Ruleset.from_text("budget +5"), Ruleset.from_text("budget +8")
    >>> found = diff_rules(old, new, [{"id": 7, "attributes": {"budget": True}}], as_of=now)
    >>> [change.what for change in found.changes], found.score_changes
    (['changed'], 1)
    """
    read_as_of(as_of)
    found = Impact.of(before, after)
    for lead in leads:
        found.score(before, after, lead, lambda: as_of)
    return found


def label_orders(before: Ruleset, after: Ruleset) -> dict[str, list[str]]:
    """Give the labels of each ladder and grade in their order, those of the newer rules first."""
    found: dict[str, dict[str, None]] = {}
    for program in (program_of(after), program_of(before)):
        for ladder in program.ladders:
            found.setdefault(ladder.name, {}).update(dict.fromkeys((*ladder.labels, *ladder.exits)))
        for grade in program.grades:
            bands = () if isinstance(grade, GradeCell) else (band.label for band in grade.bands)
            found.setdefault(grade.name, {}).update(dict.fromkeys(bands))
    return {name: list(labels) for name, labels in found.items()}


def limit_names(before: Ruleset, after: Ruleset) -> list[str]:
    """Name the ladders, grades, dimensions and outputs of two rule files, which a Limit may be about."""
    found: dict[str, None] = {}
    for program in (program_of(after), program_of(before)):
        parts = (*program.ladders, *program.grades, *program.dimensions, *program.outputs)
        found |= dict.fromkeys(part.name for part in parts)
    return list(found)


def moves_in(table: Table) -> int:
    """Count the leads whose label is another one."""
    return sum(count for (before, after), count in table.items() if before != after)


def _table_as_dict(table: Table) -> dict[str, Any]:
    rows = [{"before": before, "after": after, "leads": count} for (before, after), count in sorted(table.items())]
    return {"moved": moves_in(table), "table": rows}


def _shifts(before: ScoredLead, after: ScoredLead) -> Iterator[Shift]:
    """Tell what is other about a lead, the score left out."""
    for kind, old, new, none in (
        ("dimension", before.dimensions, after.dimensions, None),
        ("grade", before.grades, after.grades, NO_LABEL),
        ("stage", before.stages, after.stages, NO_LABEL),
        ("output", before.outputs, after.outputs, None),
    ):
        for name in {**old, **new}:
            if (one := old.get(name, none)) != (other := new.get(name, none)):
                yield Shift(kind, name, one, other)
    for kind in RESULT_LISTS:
        had, has = getattr(before, kind), getattr(after, kind)
        for member in dict.fromkeys((*had, *has)):
            if (member in had) != (member in has):
                yield Shift(kind, member, member in had, member in has)


def _said(kind: str, rule: str) -> str:
    return rule if kind == "points" else f"{kind} of {rule}"


def _quantiles(scores: Sequence[Decimal]) -> list[Decimal]:
    ordered = sorted(scores)
    if not ordered:
        return []
    return [ordered[round(part * (len(ordered) - 1) / 4)] for part in range(5)]


# --------------------------------------------------------------------- limits


_LIMIT = re.compile(
    r"(?P<what>rejected|.+?\s+(?:moves|changes))\s*(?P<op>>=|>|<=|<|=)\s*"
    r"(?P<number>[0-9]+(?:\.[0-9]+)?)\s*(?P<unit>%?)"
)
_OPERATORS = {
    ">": Decimal.__gt__,
    ">=": Decimal.__ge__,
    "<": Decimal.__lt__,
    "<=": Decimal.__le__,
    "=": Decimal.__eq__,
}
_LIST_OF_NOUN = {one.noun: name for name, one in RESULT_LISTS.items()}
_NOUNS = ("score", "stage", "grade", "dimension", "output", *_LIST_OF_NOUN)
_SUCH_AS = '"stage moves > 5%", "score changes > 100", "tag changes > 0" or "rejected > 0"'


@attrs.frozen
class Limit:
    """A condition under which a change is too much: `stage moves > 5%`, `tag changes > 0`, `rejected > 0`.

    `what` is `rejected`; or `score`, `stage`, `grade`, `dimension`, `output`, `segment`, `tag`, `recommendation` or
    `missing requirement`, for any of these; or the name of one ladder, grade, dimension or output.
    """

    text: str
    what: str
    operator: str
    number: Decimal
    percent: bool

    @classmethod
    def of(cls, text: str, names: Iterable[str] = ()) -> Limit:
        """Read a condition; `names` are those of ladders, grades, dimensions and outputs. Raises ValueError, told."""
        found = _LIMIT.fullmatch(text.strip())
        if not found:
            raise ValueError(f"`{text}` is no such condition: write {_SUCH_AS}")
        what = found["what"] if found["what"] == "rejected" else found["what"].rsplit(maxsplit=1)[0]
        known = list(dict.fromkeys((*_NOUNS, *names)))
        if what != "rejected" and what not in known:
            near = closest(what, known)
            hint = f"did you mean `{near}`?" if near else f"it may be {', '.join(f'`{name}`' for name in known)}"
            raise ValueError(f"`{what}` in `{text}` is no ladder, grade, dimension or output of these rules: {hint}")
        return cls(text.strip(), what, found["op"], Decimal(found["number"]), found["unit"] == "%")

    def exceeded(self, impact: Impact) -> bool:
        """Tell whether the condition holds. A share is one of all leads, those that could not be read included."""
        value = Decimal(self._count(impact))
        if self.percent:
            everyone = impact.leads + sum(impact.rejected.values())
            value = value * 100 / everyone if everyone else Decimal(0)
        return bool(_OPERATORS[self.operator](value, self.number))

    def _count(self, impact: Impact) -> int:
        if self.what == "rejected":
            return sum(impact.rejected.values())
        if self.what == "score":
            return impact.score_changes
        if self.what in _NOUNS:
            return impact.moved(_LIST_OF_NOUN.get(self.what, self.what))
        tables: Mapping[str, Table] = {**impact.grades, **impact.stages}
        counts = impact.dimensions | impact.outputs
        return moves_in(tables[self.what]) if self.what in tables else counts[self.what]


def exceeded(limits: Iterable[Limit], impact: Impact) -> list[Limit]:
    """Give the limits that a change exceeds."""
    return [limit for limit in limits if limit.exceeded(impact)]
