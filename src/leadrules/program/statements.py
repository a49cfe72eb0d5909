"""Statements of a program: rules, dimensions, grades, ladders, examples, and the program that holds them."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Container, Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

import attrs

from leadrules.criteria import Criterion as PluginCriterion
from leadrules.families import TEXT_TESTS, Decay
from leadrules.families.result_lists import Mark as MarkWord
from leadrules.frozen import frozen
from leadrules.patterns import Patterns
from leadrules.program.expressions import (
    Answer,
    Condition,
    Constant,
    DefinitionRead,
    Node,
    PropertyRead,
    Selection,
    SinceEvent,
    TextTest,
    ValueNode,
)
from leadrules.program.tables import Table
from leadrules.values import Duration, Value
from leadrules.vocabulary import EventType, Field, Scope

Key = tuple[str, str]
"""The kind and the name of a definition."""


def reads_in(node: Node, *, closed: tuple[type, ...] = ()) -> Iterator[Key]:
    """Find the definitions that are read anywhere in a part of a program, but for what stands in `closed` kinds."""
    return ((read.kind, read.name) for read in node.find(DefinitionRead, closed=closed))


# --------------------------------------------------------------------- rules


@attrs.frozen(eq=False, repr=False)
class Bounds(Node):
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


@attrs.frozen(eq=False, repr=False)
class Bucket(Node):
    """What events are counted per: a unit of `families.CALENDARS`, or a property (then `property`)."""

    calendar: str | None
    property: PropertyRead | None = None


@attrs.frozen(eq=False, repr=False)
class MaxPer(Node):
    """Keep the `times` largest of each bucket."""

    times: int
    bucket: Bucket


@attrs.frozen(eq=False, repr=False)
class MaxEvery(Node):
    """From the oldest on, an event counts when fewer than `times` counted ones are less than `every` µs older."""

    times: int
    every: int


@attrs.frozen(eq=False, repr=False)
class Caps(Node):
    """What a per-event rule keeps, in the order in which it works: every, per (file order), times; then points."""

    every: MaxEvery | None = None
    per: tuple[MaxPer, ...] = ()
    times: int | None = None
    points_per: tuple[Fraction, Bucket] | None = None
    points: Fraction | None = None


@attrs.frozen(eq=False, repr=False)
class Alternative(Node):
    """A condition and its points; `condition` is None for `else`. `text` is how a rule file writes the points."""

    condition: Condition | None
    points: ValueNode
    text: str = attrs.field(eq=False, kw_only=True, default="")

    @property
    def condition_text(self) -> str:
        """The canonical text of its condition; `else` where it has none."""
        return "else" if self.condition is None else self.condition.text


@attrs.frozen(eq=False, repr=False)
class Rule(Node):
    """A scoring rule.

    `id` names it in every audit; `name` is the name it was given, if any; `text` is its canonical
    condition, of alternatives all of theirs. With `selection` it
    scores each selected event by the points of its only alternative, else once. `first_day` and
    `last_day` are local days, both included: of the event, or of `as_of`.
    """

    id: str
    name: str | None
    text: str
    selection: Selection | None
    alternatives: tuple[Alternative, ...]
    when: Condition | None = None
    because: str | None = None
    first_day: dt.date | None = None
    last_day: dt.date | None = None
    caps: Caps = Caps()
    decay: Decay | None = None

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """The conditions of its alternatives in order, `else` left out."""
        return tuple(a.condition for a in self.alternatives if a.condition is not None)

    def told(self, alternative: int) -> str | None:
        """Give the text of an alternative by its index, where there are several."""
        return None if len(self.alternatives) == 1 else self.alternatives[alternative].condition_text


@attrs.frozen(eq=False, repr=False)
class PersonaLine(Node):
    """A condition and its weight."""

    condition: Condition
    weight: Fraction


@attrs.frozen(eq=False, repr=False)
class Persona(Node):
    """`points` times the share of the weights of the lines that are true; the share is its value."""

    name: str
    points: Fraction
    lines: tuple[PersonaLine, ...]


@attrs.frozen(eq=False, repr=False)
class PointsGroup(Node):
    """Rules whose sum is clamped inside their dimension."""

    name: str
    rules: tuple[Rule, ...]
    bounds: Bounds


@attrs.frozen(eq=False, repr=False)
class Dimension(Node):
    """Rules, groups and personas whose sum is clamped. `items` are in order of declaration."""

    name: str
    items: tuple[Rule | PointsGroup | Persona, ...]
    bounds: Bounds

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Its scoring rules, those of its groups in their place."""
        groups = ((item,) if isinstance(item, Rule) else getattr(item, "rules", ()) for item in self.items)
        return tuple(rule for rules in groups for rule in rules)


@attrs.frozen(eq=False, repr=False)
class Term(Node):
    """`factor × dimension`, or the number `factor` where there is no dimension."""

    factor: Fraction
    dimension: str | None
    text: str = attrs.field(kw_only=True)


@attrs.frozen(eq=False, repr=False)
class Total(Node):
    """How the score is made of the dimensions. Without a formula `terms` is None: their sum."""

    terms: tuple[Term, ...] | None
    bounds: Bounds


# ---------------------------------------------------------- grades and stages


@attrs.frozen(eq=False, repr=False)
class Band(Node):
    """A label and the least value that has it; the last band has no threshold."""

    label: str
    threshold: Fraction | None


@attrs.frozen(eq=False, repr=False)
class Grade(Node):
    """A label by thresholds that descend; unknown and everything below get the last label."""

    name: str
    subject: ValueNode
    bands: tuple[Band, ...]


@attrs.frozen(eq=False, repr=False)
class GradeCell(Node):
    """The labels of two grades or more, written together."""

    name: str
    grades: tuple[str, ...]


@attrs.frozen(eq=False, repr=False)
class LabelRule(Node):
    """A rule that leads to a label."""

    id: str
    name: str | None
    label: str
    condition: Condition
    because: str | None


@attrs.frozen(eq=False, repr=False)
class Hold(Node):
    """A held label that stays while its condition is true."""

    label: str
    condition: Condition


@attrs.frozen(eq=False, repr=False)
class Ladder(Node):
    """A ladder of labels, lowest first, its exits, and the rules that lead to them, in order of the file."""

    name: str
    labels: tuple[str, ...]
    exits: tuple[str, ...]
    forward_only: bool
    rules: tuple[LabelRule, ...]
    holds: tuple[Hold, ...]

    def needs(self, requirement: Requirement) -> bool:
        """Tell whether a label of the ladder needs what a requirement asks."""
        return requirement.label is None or requirement.label in self.labels

    def highest(self, unmet: Iterable[Requirement]) -> int:
        """Give the rank of the highest label that is left where requirements are not met."""
        needing = (one.label for one in unmet if self.needs(one))
        ranks = (0 if label is None else self.labels.index(label) - 1 for label in needing)
        return min(ranks, default=len(self.labels) - 1)


@attrs.frozen(eq=False, repr=False)
class Mark(Node):
    """A rule that gives a member of a list of the result; `kind` is one of `families.MARKS`."""

    id: str
    kind: MarkWord
    value: str
    condition: Condition
    because: str | None


@attrs.frozen(eq=False, repr=False)
class Requirement(Node):
    """What must be true; `reason` goes to `missing` where it is not.

    Of a ladder, only `label` and those above it need it; None: every label but the first, of every ladder.
    """

    condition: Condition
    reason: str
    before_scoring: bool
    label: str | None = None


@attrs.frozen(eq=False, repr=False)
class Ignore(Node):
    """Events that nothing else sees; `reason` says why. It is answered over all events, other ignores aside."""

    selection: Selection
    reason: str

    @property
    def is_settled(self) -> bool:
        """Tell whether an event alone says whether it is ignored, apart from what its filter reads."""
        selection = self.selection
        return selection.within is None and not selection.looks_around


@attrs.frozen(eq=False, repr=False)
class Criterion(Node):
    """A condition or value named once. Its value is a bool for a condition; an `output` stands in every result."""

    name: str
    body: ValueNode
    output: bool = False


@attrs.frozen(eq=False, repr=False)
class Segment(Node):
    """A condition named once, and an output."""

    name: str
    condition: Condition


# ------------------------------------------------------------------ examples


@attrs.frozen(eq=False, repr=False)
class Expectation(Node):
    """What an example expects of its result."""

    condition: Condition
    text: str


@attrs.frozen(eq=False, repr=False)
class Example(Node):
    """A lead as the file gives it, in the shape that every lead has, and what is expected of it."""

    name: str
    as_of: int
    lead: Mapping[str, Any] = attrs.field(converter=frozen)
    expectations: tuple[Expectation, ...]


# ------------------------------------------------------------------- program


@attrs.frozen(eq=False, repr=False)
class Program(Node):
    """A whole rule file, checked.

    Every tuple is in order of declaration. `order` names all definitions (criteria, segments,
    groups, personas, dimensions, the score, grades, ladders) so that each comes after all it reads.
    `canonical` is the text that the fingerprint is taken of; examples are no part of it. `tested` is
    the scope that examples are read with: that of the rules, and what is expected besides. `asked` are
    the criteria that the rules ask, themselves or through others; None: all of them. `functions` are the
    plugins' criteria that the file uses, by (plugin, criterion), and `identities` what tells each plugin
    apart. `files` names the files that it stands in, the main one first. `values` are those of all params,
    durations too; `declared` has the names that the files declare themselves. `tables` are those of the
    file; of their columns, those that are read are part of the canonical text.
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
    grades: tuple[Grade | GradeCell, ...]
    ladders: tuple[Ladder, ...]
    marks: tuple[Mark, ...]
    order: tuple[tuple[str, str], ...]
    canonical: str
    tables: Mapping[str, Table] = attrs.field(factory=dict, eq=False)
    ignores: tuple[Ignore, ...] = ()
    examples: tuple[Example, ...] = attrs.field(eq=False, default=())
    tested: Scope | None = attrs.field(eq=False, default=None)
    asked: frozenset[str] | None = attrs.field(eq=False, default=None)
    functions: Mapping[tuple[str, str], PluginCriterion] = attrs.field(factory=dict, eq=False)
    identities: Mapping[str, Mapping[str, Any]] = attrs.field(factory=dict, eq=False)
    files: tuple[str, ...] = attrs.field(eq=False, default=())
    values: Mapping[str, Value | Duration] = attrs.field(factory=dict, eq=False)
    declared: frozenset[str] = attrs.field(default=frozenset(), eq=False)

    @functools.cached_property
    def answered(self) -> tuple[tuple[str, str], ...]:
        """The definitions in their `order`, without criteria that nothing asks: these reject no lead."""
        asked = self.asked
        return self.order if asked is None else tuple(k for k in self.order if k[0] != "criterion" or k[1] in asked)

    def file_of(self, node: Node) -> str | None:
        """Name the file that a node stands in; None for the main one, and for what is implied."""
        return None if node.span is None or node.span.file not in self.files[1:] else node.span.file

    def position(self, node: Node) -> tuple[int, int]:
        """Give what puts nodes in order of the files, and of the lines in each."""
        file = self.file_of(node)
        return (0 if file is None else self.files.index(file), node.line)

    def ignoring(self, selection: Selection | SinceEvent | Answer) -> tuple[Ignore, ...]:
        """Give what may take events from a selection, or from what answers it."""
        types = () if selection.sees_all else selection.types
        return tuple(one for one in self.ignores if not {*types}.isdisjoint(one.selection.types))

    @functools.cached_property
    def outputs(self) -> tuple[Criterion, ...]:
        """The criteria that stand in every result."""
        return tuple(criterion for criterion in self.criteria if criterion.output)

    @functools.cached_property
    def rules(self) -> tuple[Rule, ...]:
        """All scoring rules."""
        return tuple(rule for dimension in self.dimensions for rule in dimension.rules)

    @functools.cached_property
    def groups(self) -> tuple[PointsGroup, ...]:
        """All groups of rules."""
        return tuple(item for d in self.dimensions for item in d.items if isinstance(item, PointsGroup))

    @functools.cached_property
    def personas(self) -> tuple[Persona, ...]:
        """All personas."""
        return tuple(item for d in self.dimensions for item in d.items if isinstance(item, Persona))

    @functools.cached_property
    def definitions(self) -> Mapping[tuple[str, str], Definition]:
        """What is declared under each kind and name, as `order` and `DefinitionRead` say them."""
        kinds: tuple[tuple[str, tuple[Definition, ...]], ...] = (
            ("criterion", self.criteria),
            ("segment", self.segments),
            ("group", self.groups),
            ("persona", self.personas),
            ("dimension", self.dimensions),
            ("grade", self.grades),
            ("ladder", self.ladders),
        )
        return {(kind, one.name): one for kind, members in kinds for one in members}

    @functools.cached_property
    def patterns(self) -> Patterns:
        """The patterns that its tests of text look for."""
        tests = (test for test in self.find(TextTest) if TEXT_TESTS[test.kind].is_pattern)
        return Patterns(len({choice for test in tests for choice in test.choices}))

    def needed(self, keys: Iterable[Key], known: Container[Key], *, closed: tuple[type, ...] = ()) -> list[Key]:
        """Give keys, and those of the definitions that these read, each after all that it reads.

        Left out are those that are `known`, with what they read, and what stands in nodes of the
        `closed` kinds. A stack stands in for recursion: definitions build on each other thousands deep.
        """
        found: dict[Key, None] = {}
        for key in keys:
            path = {} if key in known or key in found else {key: self._read_by(key, closed)}
            while path:
                last = next(reversed(path))
                following = next((k for k in path[last] if k not in known and k not in found), None)
                if following is None:
                    found[last] = None
                    path.popitem()
                else:
                    path[following] = self._read_by(following, closed)
        return list(found)

    def _read_by(self, key: Key, closed: tuple[type, ...]) -> Iterator[Key]:
        one = self.definitions.get(key)
        return reads_in(one, closed=closed) if one else iter(())

    def behind(self, read: DefinitionRead) -> ValueNode | Condition | None:
        """Give the expression that a name stands for: of a criterion or a segment; None for all else."""
        match self.definitions.get((read.kind, read.name)):
            case Criterion(body=body):
                return body
            case Segment(condition=condition):
                return condition
            case _:
                return None


Definition = Criterion | Segment | PointsGroup | Persona | Dimension | Grade | GradeCell | Ladder
