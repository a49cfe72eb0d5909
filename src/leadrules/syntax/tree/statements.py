"""Statements and their modifiers: the lines of a rule file, and the file."""

from __future__ import annotations

import attrs

from leadrules.syntax.tree.expressions import (
    Condition,
    Date,
    Duration,
    Literal,
    Name,
    Node,
    Number,
    Operand,
    Selection,
    Set,
    Since,
    Text,
    Within,
)

# ----------------------------------------------------------------- modifiers


@attrs.frozen(eq=False, repr=False)
class Max(Node):
    """`max 100` on a dimension, group or total; on a rule it is written `max N times`."""

    bound: Number | Name


@attrs.frozen(eq=False, repr=False)
class Min(Node):
    """`min -20` on a dimension, group or total."""

    bound: Number | Name


@attrs.frozen(eq=False, repr=False)
class MaxTimes(Node):
    """`max N [times]`, `once`. `bare` says that it is a number without a word."""

    times: Number | Name
    bare: bool = attrs.field(default=False, eq=False)


@attrs.frozen(eq=False, repr=False)
class MaxPer(Node):
    """`max N per BUCKET`. A plain `hour day week month` is a calendar bucket, any other name a property."""

    times: Number | Name
    bucket: Name
    calendar: bool


@attrs.frozen(eq=False, repr=False)
class MaxEvery(Node):
    """`max N every D`."""

    times: Number | Name
    every: Duration | Name


@attrs.frozen(eq=False, repr=False)
class MaxPoints(Node):
    """`max P points [per BUCKET]`."""

    points: Number | Name
    bucket: Name | None = None
    calendar: bool = False


@attrs.frozen(eq=False, repr=False)
class When(Node):
    """`when CONDITION`."""

    condition: Condition


@attrs.frozen(eq=False, repr=False)
class Because(Node):
    """`because "…"`."""

    reason: Text


@attrs.frozen(eq=False, repr=False)
class From(Node):
    """`from DATE`, or `from NAME` of a param."""

    day: Date | Name


@attrs.frozen(eq=False, repr=False)
class Until(Node):
    """`until DATE`, or `until NAME` of a param."""

    day: Date | Name


@attrs.frozen(eq=False, repr=False)
class HalfLife(Node):
    """`half-life D`."""

    duration: Duration | Name


@attrs.frozen(eq=False, repr=False)
class FadesOver(Node):
    """`fades over D`."""

    duration: Duration | Name


@attrs.frozen(eq=False, repr=False)
class Drops(Node):
    """`drops P% every D`."""

    percent: Number | Name
    every: Duration | Name


@attrs.frozen(eq=False, repr=False)
class NoDecay(Node):
    """`no decay`."""


Modifier = (
    Max
    | Min
    | MaxTimes
    | MaxPer
    | MaxEvery
    | MaxPoints
    | When
    | Because
    | From
    | Until
    | HalfLife
    | FadesOver
    | Drops
    | NoDecay
    | Within
    | Since
)


# ---------------------------------------------------------------- statements


@attrs.frozen(eq=False, repr=False)
class Ruleset(Node):
    """`ruleset NAME version "…"`."""

    name: Name
    version: Text | None


@attrs.frozen(eq=False, repr=False)
class Timezone(Node):
    """`timezone "Europe/Warsaw"`."""

    name: Text


@attrs.frozen(eq=False, repr=False)
class Precision(Node):
    """`precision 2`."""

    digits: Number


@attrs.frozen(eq=False, repr=False)
class AccentsIgnored(Node):
    """`accents ignored`."""


@attrs.frozen(eq=False, repr=False)
class Param(Node):
    """`param NAME = literal`."""

    name: Name
    value: Literal


@attrs.frozen(eq=False, repr=False)
class ListDeclaration(Node):
    """`list NAME = {…}` (then `items`), or `list NAME from "file" [column "x"]` (then `path`)."""

    name: Name
    items: Set | None
    path: Text | None = None
    column: Text | None = None


@attrs.frozen(eq=False, repr=False)
class TypeSpec(Node):
    """A type as written: number, text, bool, date, datetime, `list of text`, or `one of` with choices."""

    kind: str
    choices: tuple[Text, ...] = ()


@attrs.frozen(eq=False, repr=False)
class FieldDeclaration(Node):
    """`field NAME: TYPE` and its options; an option not given is None or empty or False.

    `lenient` is `else unknown`.
    """

    name: Name
    type: TypeSpec
    columns: tuple[Text, ...] = ()
    forms: tuple[Text, ...] = ()
    split: tuple[Text, ...] = ()
    lenient: bool = False
    unknown: Set | None = None
    default: Literal | None = None
    true_words: Set | None = None
    false_words: Set | None = None
    pii: bool = False
    protected: bool = False


@attrs.frozen(eq=False, repr=False)
class Property(Node):
    """One property of an event, and its options as those of a field."""

    name: Name
    type: TypeSpec
    forms: tuple[Text, ...] = ()
    split: tuple[Text, ...] = ()
    lenient: bool = False
    pii: bool = False


@attrs.frozen(eq=False, repr=False)
class Pair(Node):
    """`"PL": "+48"`, a line of a table that is written in the file."""

    key: Text
    value: Literal


@attrs.frozen(eq=False, repr=False)
class TableDeclaration(Node):
    """`table NAME = {"key": value, …}` (then `pairs`), or `table NAME from "file" key "Column" [prop: type, …]`."""

    name: Name
    pairs: tuple[Pair, ...] = ()
    path: Text | None = None
    key: Text | None = None
    columns: tuple[Property, ...] = ()


@attrs.frozen(eq=False, repr=False)
class EventDeclaration(Node):
    """`event NAME[prop: type, …] at as "…" from "…" id prop`; an option not given is None or empty."""

    name: Name
    properties: tuple[Property, ...] = ()
    forms: tuple[Text, ...] = ()
    types: tuple[Text, ...] = ()
    identity: Name | None = None


@attrs.frozen(eq=False, repr=False)
class EventGroup(Node):
    """`events NAME = A | B`."""

    name: Name
    members: tuple[Name, ...]


@attrs.frozen(eq=False, repr=False)
class Criterion(Node):
    """`criterion NAME = condition or value`; with `output` for its first word it stands in every result."""

    name: Name
    body: Condition
    output: bool = False


@attrs.frozen(eq=False, repr=False)
class Segment(Node):
    """`segment NAME = condition`."""

    name: Name
    body: Condition


@attrs.frozen(eq=False, repr=False)
class Require(Node):
    """`require c [before scoring | for LABEL] [because "…"]`."""

    condition: Condition
    before_scoring: bool = False
    because: Text | None = None
    label: Name | Text | None = None


@attrs.frozen(eq=False, repr=False)
class Ignore(Node):
    """`ignore E [because "…"]`."""

    selection: Selection | Name
    because: Text | None = None


@attrs.frozen(eq=False, repr=False)
class Dimension(Node):
    """`dimension NAME` with bounds, defaults of selections and a default decay."""

    name: Name
    modifiers: tuple[Modifier, ...] = ()


@attrs.frozen(eq=False, repr=False)
class PointsGroup(Node):
    """`group NAME [max] [min]`."""

    name: Name
    modifiers: tuple[Modifier, ...] = ()


@attrs.frozen(eq=False, repr=False)
class Points(Node):
    """`+5`, `-2.5`, `+( … )`, `-( … )`. A literal keeps its sign in `value`; an expression has `negative`."""

    value: Operand
    negative: bool = False


@attrs.frozen(eq=False, repr=False)
class Persona(Node):
    """`persona NAME +W [in DIMENSION]`."""

    name: Name
    points: Points
    dimension: Name | None = None


@attrs.frozen(eq=False, repr=False)
class PersonaLine(Node):
    """`condition weight N`, a line of the persona above it."""

    condition: Condition
    weight: Number | Name


@attrs.frozen(eq=False, repr=False)
class Total(Node):
    """`total = formula [max] [min]`."""

    formula: Operand
    modifiers: tuple[Modifier, ...] = ()


@attrs.frozen(eq=False, repr=False)
class Band(Node):
    """`LABEL >= threshold`; the last band of a grade has no threshold."""

    label: Name | Text
    threshold: Number | Name | None = None


@attrs.frozen(eq=False, repr=False)
class Grade(Node):
    """`grade NAME = SUBJECT: A >= 45, …, D`."""

    name: Name
    subject: Name
    bands: tuple[Band, ...]


@attrs.frozen(eq=False, repr=False)
class GradeCell(Node):
    """`grade NAME = g1, g2, …`: two grades or more."""

    name: Name
    grades: tuple[Name, ...]


@attrs.frozen(eq=False, repr=False)
class Stages(Node):
    """`stages [NAME:] a < b [exit x, y] [forward only] [from "…" or "…"]`."""

    name: Name | None
    labels: tuple[Name | Text, ...]
    exits: tuple[Name | Text, ...] = ()
    forward_only: bool = False
    columns: tuple[Text, ...] = ()


@attrs.frozen(eq=False, repr=False)
class Hold(Node):
    """`hold LABEL while c`."""

    label: Name | Text
    condition: Condition


@attrs.frozen(eq=False, repr=False)
class Alternative(Node):
    """A condition and its points; `condition` is None for `else`."""

    condition: Condition | None
    points: Points


@attrs.frozen(eq=False, repr=False)
class Rule(Node):
    """A scoring rule: one alternative or more, and modifiers."""

    name: Name | None
    alternatives: tuple[Alternative, ...]
    modifiers: tuple[Modifier, ...] = ()


@attrs.frozen(eq=False, repr=False)
class Outcome(Node):
    """`c -> LABEL`, `c -> tag "…"`, `c -> recommend "…"`; `kind` is label, tag or recommend."""

    name: Name | None
    condition: Condition
    kind: str
    target: Name | Text
    because: Text | None = None


@attrs.frozen(eq=False, repr=False)
class Example(Node):
    """`example "name"`."""

    name: Text


@attrs.frozen(eq=False, repr=False)
class GivenField(Node):
    """`field = literal`, or `field is unknown` where `value` is None; also `stage = label`, `as_of = DATE`."""

    name: Name
    value: Literal | Name | Set | None


@attrs.frozen(eq=False, repr=False)
class GivenEvent(Node):
    """`event[prop = literal, …] [N UNIT ago] [N times]`; properties are a condition of `=` and `and`."""

    name: Name
    properties: tuple[GivenField, ...] = ()
    ago: Duration | None = None
    times: Number | None = None


@attrs.frozen(eq=False, repr=False)
class Given(Node):
    """`given …, …`, a line of the example above it."""

    items: tuple[GivenField | GivenEvent, ...]


@attrs.frozen(eq=False, repr=False)
class Expect(Node):
    """`expect condition`, a line of the example above it."""

    condition: Condition


@attrs.frozen(eq=False, repr=False)
class Include(Node):
    """`include "path"`."""

    path: Text


@attrs.frozen(eq=False, repr=False)
class Boundary(Node):
    """Where the statements of an included file begin (`opens`) and end. Never written in a file."""

    opens: bool


@attrs.frozen(eq=False, repr=False)
class Use(Node):
    """`use NAME [as ALIAS]`."""

    name: Name
    alias: Name | None = None


Statement = (
    Ruleset
    | Timezone
    | Precision
    | AccentsIgnored
    | Param
    | ListDeclaration
    | TableDeclaration
    | FieldDeclaration
    | EventDeclaration
    | EventGroup
    | Criterion
    | Segment
    | Require
    | Ignore
    | Dimension
    | PointsGroup
    | Persona
    | PersonaLine
    | Total
    | Grade
    | GradeCell
    | Stages
    | Hold
    | Rule
    | Outcome
    | Example
    | Given
    | Expect
    | Include
    | Boundary
    | Use
)


@attrs.frozen
class File:
    """A whole rule file.

    `statements` are in order of the file. `comments[i]` are the comment lines directly above
    statement i, without `#` and the space after it; `trailing[i]` is the comment at the end of its
    last line, or None; `tail` are the comments after the last statement. `blanks[i]` says where blank
    lines stand above statement i, as the number of its comment lines before each; the last member is
    about the tail. `text` is the source, NFC, its lines ended by line feeds.
    """

    name: str
    text: str
    statements: tuple[Statement, ...]
    comments: tuple[tuple[str, ...], ...] = ()
    trailing: tuple[str | None, ...] = ()
    tail: tuple[str, ...] = ()
    blanks: tuple[tuple[int, ...], ...] = ()
