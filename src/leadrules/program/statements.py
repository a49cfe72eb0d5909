"""Statements of a program: rules, dimensions, grades, ladders, examples, and the program that holds them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Literal

import attrs

from leadrules.criteria import Criterion as PluginCriterion
from leadrules.program.expressions import Condition, Constant, PropertyRead, Selection, ValueNode
from leadrules.values import Decay
from leadrules.vocabulary import EventType, Field, Scope

# --------------------------------------------------------------------- rules


@attrs.frozen
class Bounds:
    """Closed bounds of a sum; None where there is none."""

    low: Fraction | None = None
    high: Fraction | None = None

    def clamp(self, value: Fraction) -> Fraction:
        """Give the nearest value within the bounds; `min` wins where they cross."""
        if self.high is not None and value > self.high:
            value = self.high
        if self.low is not None and value < self.low:
            value = self.low
        return value


@attrs.frozen
class Bucket:
    """What events are counted per: a calendar unit, or a property (then `property`)."""

    calendar: Literal["hour", "day", "week", "month"] | None
    property: PropertyRead | None = None


@attrs.frozen
class MaxPer:
    """Keep the `times` largest of each bucket."""

    times: int
    bucket: Bucket


@attrs.frozen
class MaxEvery:
    """From the oldest on, an event counts when fewer than `times` counted ones are less than `every` µs older."""

    times: int
    every: int


@attrs.frozen
class Caps:
    """What a per-event rule keeps, in the order in which it works: every, per (file order), times; then points."""

    every: MaxEvery | None = None
    per: tuple[MaxPer, ...] = ()
    times: int | None = None
    points_per: tuple[Fraction, Bucket] | None = None
    points: Fraction | None = None


@attrs.frozen
class Alternative:
    """A condition and its points; `condition` is None for `else`."""

    condition: Condition | None
    points: ValueNode


@attrs.frozen
class Rule:
    """A scoring rule.

    `id` names it in every audit; `name` is the name it was given, if any. With `selection` it
    scores each selected event by the points of its only alternative, else once. `first_day` and
    `last_day` are local days, both included: of the event, or of `as_of`.
    """

    id: str
    name: str | None
    line: int
    text: str
    selection: Selection | None
    alternatives: tuple[Alternative, ...]
    when: Condition | None = None
    because: str | None = None
    first_day: dt.date | None = None
    last_day: dt.date | None = None
    caps: Caps = Caps()
    decay: Decay | None = None


@attrs.frozen
class PersonaLine:
    """A condition and its weight."""

    condition: Condition
    weight: Fraction
    line: int


@attrs.frozen
class Persona:
    """`points` times the share of the weights of the lines that are true; the share is its value."""

    name: str
    line: int
    points: Fraction
    lines: tuple[PersonaLine, ...]


@attrs.frozen
class PointsGroup:
    """Rules whose sum is clamped inside their dimension."""

    name: str
    line: int
    rules: tuple[Rule, ...]
    bounds: Bounds


@attrs.frozen
class Dimension:
    """Rules, groups and personas whose sum is clamped. `items` are in order of declaration."""

    name: str
    line: int
    items: tuple[Rule | PointsGroup | Persona, ...]
    bounds: Bounds


@attrs.frozen
class Term:
    """`factor × dimension`, or the number `factor` where there is no dimension."""

    factor: Fraction
    dimension: str | None
    line: int
    text: str


@attrs.frozen
class Total:
    """How the score is made of the dimensions. Without a formula `terms` is None: their sum."""

    terms: tuple[Term, ...] | None
    bounds: Bounds
    line: int = 0


# ---------------------------------------------------------- grades and stages


@attrs.frozen
class Band:
    """A label and the least value that has it; the last band has no threshold."""

    label: str
    threshold: Fraction | None


@attrs.frozen
class Grade:
    """A label by thresholds that descend; unknown and everything below get the last label."""

    name: str
    line: int
    subject: ValueNode
    bands: tuple[Band, ...]


@attrs.frozen
class GradePair:
    """Two grades' labels written together."""

    name: str
    line: int
    first: str
    second: str


@attrs.frozen
class LabelRule:
    """A rule that leads to a label."""

    id: str
    name: str | None
    line: int
    label: str
    condition: Condition
    because: str | None


@attrs.frozen
class Hold:
    """A held label that stays while its condition is true."""

    label: str
    condition: Condition
    line: int


@attrs.frozen
class Ladder:
    """A ladder of labels, lowest first, its exits, and the rules that lead to them, in order of the file."""

    name: str
    line: int
    labels: tuple[str, ...]
    exits: tuple[str, ...]
    forward_only: bool
    rules: tuple[LabelRule, ...]
    holds: tuple[Hold, ...]


@attrs.frozen
class Mark:
    """A rule that gives a tag or a recommendation."""

    id: str
    kind: Literal["tag", "recommend"]
    line: int
    value: str
    condition: Condition
    because: str | None


@attrs.frozen
class Requirement:
    """What must be true; `reason` goes to `missing` where it is not."""

    condition: Condition
    reason: str
    before_scoring: bool
    line: int


@attrs.frozen
class Criterion:
    """A condition or value named once. Its value is a bool for a condition."""

    name: str
    line: int
    body: ValueNode


@attrs.frozen
class Segment:
    """A condition named once, and an output."""

    name: str
    line: int
    condition: Condition


# ------------------------------------------------------------------ examples


@attrs.frozen
class Expectation:
    """What an example expects of its result."""

    condition: Condition
    text: str
    line: int


@attrs.frozen
class Example:
    """A lead as the file gives it, in the shape that every lead has, and what is expected of it."""

    name: str
    line: int
    as_of: int
    lead: Mapping[str, Any]
    expectations: tuple[Expectation, ...]


# ------------------------------------------------------------------- program


@attrs.frozen
class Program:
    """A whole rule file, checked.

    Every tuple is in order of declaration. `order` names all definitions (criteria, segments,
    groups, personas, dimensions, the score, grades, ladders) so that each comes after all it reads.
    `canonical` is the text that the fingerprint is taken of; examples are no part of it. `tested` is
    the scope that examples are read with: that of the rules, and what is expected besides. `functions` are the plugins'
    criteria that the file uses, by (plugin, criterion).
    """

    name: str | None
    version: str | None
    timezone: str
    precision: int
    params: Mapping[str, Constant]
    fields: Mapping[str, Field]
    events: Mapping[str, EventType]
    scope: Scope
    criteria: tuple[Criterion, ...]
    segments: tuple[Segment, ...]
    requirements: tuple[Requirement, ...]
    dimensions: tuple[Dimension, ...]
    total: Total
    grades: tuple[Grade | GradePair, ...]
    ladders: tuple[Ladder, ...]
    marks: tuple[Mark, ...]
    order: tuple[tuple[str, str], ...]
    canonical: str
    examples: tuple[Example, ...] = ()
    tested: Scope | None = None
    functions: Mapping[tuple[str, str], PluginCriterion] = attrs.field(factory=dict, eq=False)
