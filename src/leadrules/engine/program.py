"""The checked, resolved, engine-neutral form of a rule file.

Every name has found its meaning, every type agrees, every default of a dimension has reached the
selections it holds for. An engine needs this module and the values below it, and never the tree.
Two nodes are equal when they mean the same: text and place are no part of equality, so that an
engine may compute what rules share once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Literal

import attrs

from leadrules.criteria import Criterion as PluginCriterion
from leadrules.errors import Span
from leadrules.values import Decay, Value
from leadrules.vocabulary import EventType, Field, Scope, Type


@attrs.frozen
class Node:
    """An expression: its canonical text for people, and the line and place where it stands."""

    text: str = attrs.field(eq=False, kw_only=True, default="", repr=False)
    line: int = attrs.field(eq=False, kw_only=True, default=0, repr=False)
    span: Span | None = attrs.field(eq=False, kw_only=True, default=None, repr=False)


# -------------------------------------------------------------------- values


@attrs.frozen
class Constant(Node):
    """A literal, or a param's value (then `param` names it, for explanations)."""

    value: Value
    type: Type
    param: str | None = attrs.field(default=None, eq=False)


@attrs.frozen
class FieldRead(Node):
    """The value of a field of the lead."""

    field: Field

    @property
    def type(self) -> Type:
        """The type of the field."""
        return self.field.type


@attrs.frozen
class PropertyRead(Node):
    """The value of a property of the event at hand; unknown where its type of event has no such property."""

    name: str
    type: Type
    pii: bool = False


DefinitionKind = Literal[
    "criterion", "segment", "dimension", "group", "persona", "score", "grade", "ladder",
    "tags", "recommendations", "missing",
]  # fmt: skip


@attrs.frozen
class DefinitionRead(Node):
    """The value of something that is answered once for a lead.

    `tags`, `recommendations` and `missing` are lists of text, and only an expectation reads them.
    """

    kind: DefinitionKind
    name: str
    type: Type


@attrs.frozen
class Count(Node):
    """How many events a selection selects: never unknown."""

    selection: Selection
    type: Type


@attrs.frozen
class Aggregate(Node):
    """One value of a selection's events; `function` is sum, average, min, max, distinct, first or last."""

    function: Literal["sum", "average", "min", "max", "distinct", "first", "last"]
    property: PropertyRead
    selection: Selection
    type: Type


@attrs.frozen
class DaysBetween(Node):
    """Whole days from a moment to `as_of` (since) or from `as_of` to a moment (until), floored.

    For a date they are calendar days. Unknown where the moment is.
    """

    direction: Literal["since", "until"]
    moment: ValueNode
    type: Type


@attrs.frozen
class Arithmetic(Node):
    """`left op right`, exact; division by zero is unknown."""

    op: Literal["+", "-", "*", "/"]
    left: ValueNode
    right: ValueNode
    type: Type


@attrs.frozen
class Negative(Node):
    """`-x`."""

    operand: ValueNode
    type: Type


@attrs.frozen
class CallNode(Node):
    """A function of values: built in where `plugin` is None, else a plugin's criterion.

    `names` are the parameters that `arguments` go to, in that order. A criterion that wants the
    whole lead is shown `fields` and events of the types `events`.
    """

    plugin: str | None
    function: str
    names: tuple[str, ...]
    arguments: tuple[ValueNode, ...]
    type: Type
    fields: tuple[str, ...] = ()
    events: tuple[str, ...] = ()


@attrs.frozen
class ConditionValue(Node):
    """A condition where a value is wanted (an argument, a criterion): a bool."""

    condition: Condition
    type: Type


ValueNode = (
    Constant
    | FieldRead
    | PropertyRead
    | DefinitionRead
    | Count
    | Aggregate
    | DaysBetween
    | Arithmetic
    | Negative
    | CallNode
    | ConditionValue
)


# ---------------------------------------------------------------- selections


@attrs.frozen
class SinceEvent(Node):
    """Strictly after the latest event of these types that passes the filter; all where there is none."""

    types: tuple[str, ...]
    filter: Condition | None


@attrs.frozen
class SinceField(Node):
    """Strictly after the moment in a date or datetime field; all where it is unknown."""

    field: Field


@attrs.frozen
class Selection(Node):
    """Events of a lead: of these types, passing the filter, within the window, after the `since`.

    `name` is the event or group as written. `within` is in microseconds. `since` has one entry
    per written `since`; an event must be after all of them.
    """

    name: str = attrs.field(eq=False)
    types: tuple[str, ...]
    filter: Condition | None = None
    within: int | None = None
    since: tuple[SinceEvent | SinceField, ...] = ()


# ---------------------------------------------------------------- conditions


@attrs.frozen
class Always(Node):
    """True."""


@attrs.frozen
class Or(Node):
    """True when one is true; false when all are false; else unknown."""

    members: tuple[Condition, ...]


@attrs.frozen
class And(Node):
    """False when one is false; true when all are true; else unknown."""

    members: tuple[Condition, ...]


@attrs.frozen
class Not(Node):
    """The opposite; of unknown, unknown."""

    member: Condition


@attrs.frozen
class AtLeast(Node):
    """True when `count` are true, false when fewer than `count` are not false, else unknown."""

    count: int
    members: tuple[Condition, ...]


@attrs.frozen
class Compare(Node):
    """A comparison of two values of agreeing types; unknown where one is.

    `order` ranks labels, lowest first, where an ordering of labels is asked; a label outside it
    (an exit) makes every ordering false. A date against a datetime counts as its local midnight.
    """

    op: Literal["=", "!=", "<", "<=", ">", ">="]
    left: ValueNode
    right: ValueNode
    order: tuple[str, ...] = ()


@attrs.frozen
class Between(Node):
    """`value >= low and value <= high`."""

    value: ValueNode
    low: ValueNode
    high: ValueNode
    order: tuple[str, ...] = ()


@attrs.frozen
class OneOf(Node):
    """The value equals one of the choices; unknown where it is unknown."""

    value: ValueNode
    choices: tuple[Constant, ...]


@attrs.frozen
class TextTest(Node):
    """Some choice stands in the subject as `kind` says; a list of text `contains` its members.

    Choices of `matches` are RE2 patterns, all constants.
    """

    kind: Literal["contains", "starts with", "ends with", "matches"]
    subject: ValueNode
    choices: tuple[ValueNode, ...]


@attrs.frozen
class IsKnown(Node):
    """Never unknown itself."""

    value: ValueNode


@attrs.frozen
class Truth(Node):
    """A bool value as a condition."""

    value: ValueNode


@attrs.frozen
class Happened(Node):
    """A selection is not empty."""

    selection: Selection


@attrs.frozen
class FollowedBy(Node):
    """A and B with `A.at <= B.at <= A.at + within` (microseconds).

    `negated`: some A with `A.at + within <= as_of` and no such B.
    """

    first: Selection
    then: Selection
    within: int
    negated: bool


@attrs.frozen
class FieldWithin(Node):
    """`as_of - within <= field <= as_of` (microseconds) of a date or datetime field."""

    field: Field
    within: int


@attrs.frozen
class Was(Node):
    """The lead's record held the label or a higher one of its ladder; an exit: that exit.

    `labels` are the held labels that satisfy it.
    """

    ladder: str
    labels: tuple[str, ...]


Condition = (
    Always
    | Or
    | And
    | Not
    | AtLeast
    | Compare
    | Between
    | OneOf
    | TextTest
    | IsKnown
    | Truth
    | Happened
    | FollowedBy
    | FieldWithin
    | Was
)


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
