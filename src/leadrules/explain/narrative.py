"""An explanation as a text for people: how the score adds up, what did not count, what decided the labels."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

import attrs

from leadrules.audit import ScoredLead
from leadrules.explain.answers import LadderExplanation, RuleExplanation, SumExplanation
from leadrules.explain.wording import WIDTH, Line, Role, Row, Words, line, paragraph, plural, shown, table
from leadrules.outputs import in_words
from leadrules.terms import BEFORE_SCORING
from leadrules.values import instant_of, zone

_MOST_UNKNOWN = 12


@attrs.frozen
class Narrative:
    """Tells an explanation, section by section."""

    result: ScoredLead
    rules: tuple[RuleExplanation, ...]
    sums: tuple[SumExplanation, ...]
    ladders: tuple[LadderExplanation, ...]
    unknown: Mapping[str, Decimal]
    ignored: int
    ignored_by: Mapping[str, int]
    timezone: str
    width: int = WIDTH

    @functools.cached_property
    def words(self) -> Words:
        """The words, with days of the ruleset's timezone."""
        return Words(zone(self.timezone))

    @functools.cached_property
    def decimals(self) -> int:
        """The most decimals that any points of this lead need."""
        points = [e.points for e in self.result.audit] + [*self.result.dimensions.values(), self.result.score]
        return max(map(_decimals, points))

    @property
    def gated(self) -> bool:
        """Tell that nothing was scored, for want of a requirement."""
        return any(rule.part == BEFORE_SCORING and rule.fired is not True for rule in self._of("requirement"))

    def lines(self) -> Iterator[Line]:
        """Give the text, line by line; an empty line between sections."""
        sections = [self._header(), self._missing(), *self._scoring(), self._score(), *self._stages(), self._rest()]
        sections += [self._unknown(), self._unreadable(), self._ignored()]
        told = [section for section in map(list, sections) if section]
        for index, section in enumerate(told):
            if index:
                yield line("note", "")
            yield from section

    def _of(self, *kinds: str) -> Iterator[RuleExplanation]:
        return (rule for rule in self.rules if rule.kind in kinds)

    def _table(self, rows: Sequence[Row], *, right: bool = False) -> list[Line]:
        return table(rows, width=self.width, right=right)

    def _said(self, role: Role, text: str) -> list[Line]:
        return paragraph(role, text, self.width)

    # ---------------------------------------------------------------- header

    def _header(self) -> Iterator[Line]:
        result = self.result
        labels = "".join(f", {label}" for label in result.stages.values())
        yield from self._said("title", f"Lead {result.lead}: {plural(result.score, 'point')}{labels}")
        when = zone(self.timezone).local(instant_of(result.as_of)).isoformat(" ", "minutes")
        by = " ".join(part for part in (result.ruleset.name, result.ruleset.version) if part)
        yield from self._said("note", f"as of {when} ({self.timezone})" + (f", by {by}" if by else ""))
        grades = ", ".join(f"{name} {label}" for name, label in result.grades.items())
        marks = (("grades", grades), ("segments", ", ".join(result.segments)), ("tags", ", ".join(result.tags)))
        outputs = ((name, in_words(value)) for name, value in result.outputs.items())
        for name, told in (*marks, ("recommended", ", ".join(result.recommendations)), *outputs):
            if told:
                yield from self._said("note", f"{name}: {told}")

    def _missing(self) -> Iterator[Line]:
        unmet = [rule for rule in self._of("requirement") if rule.fired is not True]
        if unmet:
            yield from self._said("heading", "Nothing was scored; this is missing" if self.gated else "Missing")
        rows = [Row("missing", "-", self.words.required(rule), self.words.requirement(rule)) for rule in unmet]
        yield from self._table(rows)

    # --------------------------------------------------------------- scoring

    def _scoring(self) -> Iterator[Iterator[Line]]:
        counted: dict[tuple[str | None, str | None], list[RuleExplanation]] = {}
        for rule in self._of("scoring", "persona"):
            if rule.fired:
                counted.setdefault((rule.part, rule.group), []).append(rule)
        groups: dict[str | None, list[SumExplanation]] = {}
        for step in self.sums:
            if step.kind == "group":
                groups.setdefault(step.part, []).append(step)
        dimensions = (step for step in self.sums if step.kind == "dimension")
        return (self._dimension(step, groups.get(step.name, []), counted) for step in dimensions)

    def _dimension(
        self,
        dimension: SumExplanation,
        groups: Sequence[SumExplanation],
        counted: Mapping[tuple[str | None, str | None], Sequence[RuleExplanation]],
    ) -> Iterator[Line]:
        yield from self._said("heading", dimension.name)
        rows = [row for rule in counted.get((dimension.name, None), ()) for row in self._points(rule)]
        for group in groups:
            rows += [row for rule in counted.get((dimension.name, group.name), ()) for row in self._points(rule)]
            rows.append(self._cap(group))
        rows.append(self._cap(dimension))
        yield from self._added(rows, dimension.after, dimension.name)

    def _points(self, rule: RuleExplanation) -> Iterator[Row | None]:
        assert rule.points is not None
        yield Row("points", self._signed(rule.points), _counted_text(rule), self.words.rule(rule))
        if rule.cap is not None:
            limit = ", ".join(rule.points_limits)
            yield Row("cap", self._signed(rule.cap), limit, f"from {shown(rule.points)}")

    def _cap(self, step: SumExplanation) -> Row | None:
        change = step.after - step.before
        if not change:
            return None
        name = "total" if step.kind == "total" else step.name
        return Row("cap", self._signed(change), f"{name} {step.how}", f"from {shown(step.before)}")

    def _score(self) -> Iterator[Line]:
        dimensions = [step for step in self.sums if step.kind == "dimension"]
        steps = [step for step in self.sums if step.kind in {"weight", "constant"}]
        if len(dimensions) < 2 and not steps:
            return
        yield from self._said("heading", "score")
        weights: dict[str, list[SumExplanation]] = {}
        for step in steps:
            if step.kind == "weight":
                weights.setdefault(step.name, []).append(step)
        rows: list[Row | None] = []
        for dimension in dimensions:
            rows.append(Row("points", self._signed(dimension.after), dimension.name))
            rows += map(self._weight, weights.get(dimension.name, ()))
        rows += [Row("points", self._signed(step.after), "constant") for step in steps if step.kind == "constant"]
        rows += [self._cap(step) for step in self.sums if step.kind == "total"]
        yield from self._added(rows, self.result.score, "score")

    def _weight(self, step: SumExplanation) -> Row | None:
        if step.after == step.before:
            return None
        return Row("cap", self._signed(step.after - step.before), f"{step.name} {step.how}", f"= {shown(step.after)}")

    def _added(self, rows: list[Row | None], total: Decimal, name: str) -> list[Line]:
        """Lay out a column of points with its sum."""
        told = [row for row in rows if row is not None]
        sum_ = Row("sum", self._aligned(total), name, "" if told else "nothing counted")
        width = max(len(row.first) for row in (*told, sum_))
        ruler = [Row("ruler", "-" * width, "")] if told else []
        return self._table([*told, *ruler, sum_], right=True)

    def _signed(self, points: Decimal) -> str:
        return ("+" if points >= 0 else "") + self._aligned(points)

    def _aligned(self, points: Decimal) -> str:
        return format(points, f".{self.decimals}f")

    # ---------------------------------------------------------------- stages

    def _stages(self) -> Iterator[Iterator[Line]]:
        return (self._ladder(ladder) for ladder in self.ladders)

    def _ladder(self, ladder: LadderExplanation) -> Iterator[Line]:
        before = "no label before" if ladder.held is None else f"{ladder.held} before"
        if ladder.held not in (None, *ladder.labels, *ladder.exits):
            before += ", which is none of its labels"
        held = "as before" if ladder.held == ladder.label else before
        yield from self._said("heading", f"{ladder.name}: {ladder.label} ({held})")
        rows = [Row("points", ladder.label, *self._deciding(ladder))]
        if ladder.decided != "exit" and not self.gated:
            above = ladder.labels[ladder.labels.index(ladder.label) + 1 :]
            rows += [self._higher(rule) for label in above for rule in self._to(ladder, label)]
        yield from self._table(rows)

    def _deciding(self, ladder: LadderExplanation) -> tuple[str, str]:
        rule = next((r for r in self._of("stage", "hold") if r.part == ladder.name and r.id == ladder.by), None)
        if rule is not None:
            text = f"held while {rule.text}" if rule.kind == "hold" else rule.text
            return text, self.words.found(rule)
        if ladder.decided == "requirement":
            return "a requirement is missing, see above", ""
        return ("it never goes back" if ladder.decided == "forward only" else "no rule leads higher"), ""

    def _to(self, ladder: LadderExplanation, label: str) -> Iterator[RuleExplanation]:
        return (r for r in self._of("stage") if r.part == ladder.name and r.outcome == label)

    def _higher(self, rule: RuleExplanation) -> Row:
        why = self.words.reasons(rule.unmet, rule.text) or "true, but a requirement is missing"
        return Row("unmet", f"not {rule.outcome}", rule.text, why)

    # ------------------------------------------------------------- what did not

    def _rest(self) -> Iterator[Line]:
        if self.gated:
            return
        rows = [
            self._not_counted(r) for r in self._of("scoring", "persona", "tag", "recommend", "segment") if not r.fired
        ]
        if rows:
            yield from self._said("heading", "What did not count")
        yield from self._table(rows)

    def _not_counted(self, rule: RuleExplanation) -> Row:
        if rule.kind in {"scoring", "persona"}:
            text = _whole_text(rule)
            return Row("unmet", rule.group or rule.part or "", text, self.words.reasons(rule.unmet, _own(rule)))
        outcome = rule.outcome if rule.kind == "segment" else f'"{rule.outcome}"'
        return Row("unmet", rule.kind, f"{outcome}: {rule.text}", self.words.reasons(rule.unmet, rule.text))

    def _unknown(self) -> Iterator[Line]:
        if not self.unknown or self.gated:
            return
        yield from self._said(
            "heading", "Not known yet, and up to how many points hang on it, before limits and weights"
        )
        places = max(map(_decimals, self.unknown.values()))
        rows = [Row("unknown", format(points, f".{places}f"), name) for name, points in self.unknown.items()]
        yield from self._table(rows[:_MOST_UNKNOWN], right=True)
        if len(rows) > _MOST_UNKNOWN:
            yield from self._said("unknown", f"  and {len(rows) - _MOST_UNKNOWN} more fields")

    def _unreadable(self) -> Iterator[Line]:
        """Name what could not be read, each on a line of its own."""
        if self.result.unreadable:
            yield line("heading", "Could not be read, so unknown")
            yield from (line("unknown", f"  {name}") for name in self.result.unreadable)

    def _ignored(self) -> Iterator[Line]:
        for reason, count in self.ignored_by.items():
            yield from self._said("note", f"{plural(count, 'event')} ignored: {reason}")
        if self.ignored:
            verb = "was" if self.ignored == 1 else "were"
            yield from self._said(
                "note", f"{plural(self.ignored, 'event')} of types that the rules do not know {verb} left out."
            )


def _decimals(number: Decimal) -> int:
    return -int(number.as_tuple().exponent)


# ------------------------------------------------------------- texts of rules


def _own(rule: RuleExplanation) -> str:
    """Give the text that a part of a rule has where it is the whole condition."""
    return " | ".join(a.text for a in rule.alternatives if a.text != "else")


def _named(rule: RuleExplanation, text: str) -> str:
    """Put a rule's name before it, where it was given one, and `when` after it."""
    name = "" if rule.name is None else f"{rule.name}: "
    return f"{name}{text}" + ("" if rule.when is None else f" when {rule.when}")


def _counted_text(rule: RuleExplanation) -> str:
    """Write the alternative that counted; its points only where they are not those in the column."""
    counted = rule.alternatives[(rule.alternative or 1) - 1]
    shows = rule.scores == "each" or counted.points[1] == "("
    return _named(rule, f"{counted.text} {counted.points}" if shows else counted.text)


def _whole_text(rule: RuleExplanation) -> str:
    """Write a rule with all its alternatives."""
    return _named(rule, " | ".join(f"{a.text} {a.points}" for a in rule.alternatives))
