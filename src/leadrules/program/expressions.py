"""Expressions of a program: values, selections of events, conditions."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import attrs

from leadrules import nodes
from leadrules.errors import Span
from leadrules.families.comparisons import Operator
from leadrules.values import Value
from leadrules.vocabulary import Field, Type


@attrs.frozen(eq=False, repr=False)
class Node(nodes.Node):
    """Anything that a program is made of, and where it stands; None where the language implies it."""

    span: Span | None = attrs.field(eq=False, kw_only=True, default=None)

    @property
    def line(self) -> int:
        """The line where it stands; 1 where it is implied."""
        return 1 if self.span is None else self.span.line

    @property
    def place(self) -> dict[str, Any]:
        """The `line` and the `file` where it stands; both None for what is implied."""
        return {"line": None, "file": None} if self.span is None else {"line": self.span.line, "file": self.span.file}


@attrs.frozen(eq=False, repr=False)
class Expression(Node):
    """A value, a selection or a condition, and its canonical text for people."""

    text: str = attrs.field(eq=False, kw_only=True, default="")


# -------------------------------------------------------------------- values


@attrs.frozen(eq=False, repr=False)
class Constant(Expression):
    """A literal, or a param's value (then `param` names it, for explanations)."""

    is_end: ClassVar[bool] = True

    value: Value
    type: Type
    param: str | None = attrs.field(default=None, eq=False)


@attrs.frozen(eq=False, repr=False)
class FieldRead(Expression):
    """The value of a field of the lead."""

    field: Field

    @property
    def type(self) -> Type:
        """The type of the field."""
        return self.field.type


@attrs.frozen(eq=False, repr=False)
class PropertyRead(Expression):
    """The value of a property of the event at hand; unknown where its type of event has no such property."""

    name: str
    type: Type
    pii: bool = False


DefinitionKind = Literal[
    "criterion", "segment", "dimension", "group", "persona", "score", "grade", "ladder",
    "tags", "recommendations", "missing",
]  # fmt: skip


@attrs.frozen(eq=False, repr=False)
class DefinitionRead(Expression):
    """The value of something that is answered once for a lead.

    `tags`, `recommendations` and `missing` are lists of text, and only an expectation reads them.
    """

    kind: DefinitionKind
    name: str
    type: Type


@attrs.frozen(eq=False, repr=False)
class Count(Expression):
    """How many events a selection selects: never unknown."""

    selection: Selection
    type: Type


@attrs.frozen(eq=False, repr=False)
class Aggregate(Expression):
    """One value of a selection's events; `function` is one of `families.AGGREGATES`."""

    function: str
    property: PropertyRead
    selection: Selection
    type: Type


@attrs.frozen(eq=False, repr=False)
class Elapsed(Expression):
    """Whole units of time from a moment to `as_of` (since) or from `as_of` to a moment (until), floored.

    `unit` is one of `families.ELAPSED`. For a date, days and weeks are those of the calendar; months and years
    always are. Unknown where the moment is.
    """

    unit: str
    direction: Literal["since", "until"]
    moment: ValueNode
    type: Type


@attrs.frozen(eq=False, repr=False)
class AsOf(Expression):
    """The moment of scoring, `now`, or its local day, `today`, as `type` says; never unknown."""

    type: Type


@attrs.frozen(eq=False, repr=False)
class LocalPart(Expression):
    """A part of the local time of a date or datetime: `part` is one of `families.LOCAL_TIMES`."""

    part: str
    moment: ValueNode
    type: Type


@attrs.frozen(eq=False, repr=False)
class Arithmetic(Expression):
    """`left op right`, exact; division by zero is unknown."""

    op: Literal["+", "-", "*", "/"]
    left: ValueNode
    right: ValueNode
    type: Type


@attrs.frozen(eq=False, repr=False)
class Negative(Expression):
    """`-x`."""

    operand: ValueNode
    type: Type


@attrs.frozen(eq=False, repr=False)
class CallNode(Expression):
    """A function of values: built in where `plugin` is None, else a plugin's criterion.

    `names` are the parameters that `arguments` go to, in that order. A criterion that wants the
    whole lead is shown `fields` and events of the types `events`, of each its `properties`.
    """

    plugin: str | None
    function: str
    names: tuple[str, ...]
    arguments: tuple[ValueNode, ...]
    type: Type
    fields: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    properties: tuple[tuple[str, ...], ...] = ()


@attrs.frozen(eq=False, repr=False)
class Converted(Expression):
    """A date as the local midnight that starts it, or a datetime as its local day, as `type` says."""

    value: ValueNode
    type: Type


@attrs.frozen(eq=False, repr=False)
class ConditionValue(Expression):
    """A condition where a value is wanted (an argument, a criterion): a bool."""

    condition: Condition
    type: Type


@attrs.frozen(eq=False, repr=False)
class Lookup(Expression):
    """What a table of the program has in a column under a key; unknown where the key is, and where it has none such.

    `contents` is the digest of the column: two columns of one name that hold other values are not the same.
    """

    table: str
    column: str
    key: ValueNode
    type: Type
    contents: str


@attrs.frozen(eq=False, repr=False)
class Branch(Node):
    """A value and the condition under which it counts."""

    value: ValueNode
    condition: Condition


@attrs.frozen(eq=False, repr=False)
class Conditional(Expression):
    """The value of the first branch whose condition is true.

    `otherwise` where all conditions are false; unknown where neither is so, and where there is none.
    """

    branches: tuple[Branch, ...]
    otherwise: ValueNode | None
    type: Type

    @property
    def values(self) -> tuple[ValueNode, ...]:
        """All values that it chooses among, in order."""
        values = tuple(branch.value for branch in self.branches)
        return values if self.otherwise is None else (*values, self.otherwise)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """The conditions of its branches, in order."""
        return tuple(branch.condition for branch in self.branches)


ValueNode = (
    Constant
    | FieldRead
    | PropertyRead
    | DefinitionRead
    | Count
    | Aggregate
    | Elapsed
    | AsOf
    | LocalPart
    | Arithmetic
    | Negative
    | CallNode
    | Converted
    | ConditionValue
    | Lookup
    | Conditional
)


# ---------------------------------------------------------------- selections


@attrs.frozen(eq=False, repr=False)
class SinceEvent(Expression):
    """Strictly after the latest event of these types that passes the filter; all where there is none."""

    types: tuple[str, ...]
    filter: Condition | None
    sees_all: bool = attrs.field(kw_only=True, default=False)


@attrs.frozen(eq=False, repr=False)
class SinceField(Expression):
    """Strictly after the moment in a date or datetime field; all where it is unknown."""

    field: Field


@attrs.frozen(eq=False, repr=False)
class Answer(Expression):
    """Events that may answer another: of these types, passing the filter, with the `same` properties as that.

    `name` is the event or group as written. A property that is unknown is the same as none.
    """

    name: str = attrs.field(eq=False)
    types: tuple[str, ...]
    filter: Condition | None = None
    same: tuple[PropertyRead, ...] = ()
    sees_all: bool = attrs.field(kw_only=True, default=False)


@attrs.frozen(eq=False, repr=False)
class Relation(Expression):
    """`[not] followed by B then C within D`, or `[not] preceded by B within D`, of the events of a selection.

    `within` is in microseconds, from the event on or back from it; None: any time up to `as_of`.
    """

    direction: Literal["followed", "preceded"]
    answers: tuple[Answer, ...]
    within: int | None
    negated: bool

    @property
    def waits(self) -> bool:
        """Tell whether it holds of an event only once the time is over in which it could be answered."""
        return self.negated and self.direction == "followed" and self.within is not None


@attrs.frozen(eq=False, repr=False)
class Selection(Expression):
    """Events of a lead: of these types, passing the filter, within the window, after the `since`, in these relations.

    `name` is the event or group as written. `within` is in microseconds. `since` has one entry
    per written `since`; an event must be after all of them. `inherited` tells that both are those of
    the dimension, which hold for selections that are written without either. Of the `relations` all must hold.
    It `sees_all` events where it says what to ignore; else those that are not ignored.
    """

    name: str = attrs.field(eq=False)
    types: tuple[str, ...]
    filter: Condition | None = None
    within: int | None = None
    since: tuple[SinceEvent | SinceField, ...] = ()
    relations: tuple[Relation, ...] = ()
    sees_all: bool = attrs.field(kw_only=True, default=False)
    inherited: bool = attrs.field(eq=False, kw_only=True, default=False)

    @property
    def looks_around(self) -> bool:
        """Tell whether more than an event itself and its age decides whether it is selected."""
        return bool(self.since or self.relations)


# ---------------------------------------------------------------- conditions


@attrs.frozen(eq=False, repr=False)
class Always(Expression):
    """True."""


@attrs.frozen(eq=False, repr=False)
class Or(Expression):
    """True when one is true; false when all are false; else unknown."""

    members: tuple[Condition, ...]


@attrs.frozen(eq=False, repr=False)
class And(Expression):
    """False when one is false; true when all are true; else unknown."""

    members: tuple[Condition, ...]


@attrs.frozen(eq=False, repr=False)
class Not(Expression):
    """The opposite; of unknown, unknown."""

    member: Condition


@attrs.frozen(eq=False, repr=False)
class AtLeast(Expression):
    """True when `count` are true, false when fewer than `count` are not false, else unknown."""

    count: int
    members: tuple[Condition, ...]


@attrs.frozen(eq=False, repr=False)
class Compare(Expression):
    """A comparison of two values of agreeing types; unknown where one is.

    `order` ranks labels, lowest first, where an ordering of labels is asked; a label outside it
    (an exit) makes every ordering false. A date against a datetime counts as its local midnight.
    """

    op: Operator
    left: ValueNode
    right: ValueNode
    order: tuple[str, ...] = ()


@attrs.frozen(eq=False, repr=False)
class Between(Expression):
    """`value >= low and value <= high`."""

    value: ValueNode
    low: ValueNode
    high: ValueNode
    order: tuple[str, ...] = ()


@attrs.frozen(eq=False, repr=False)
class OneOf(Expression):
    """The value equals one of the choices; unknown where it is unknown."""

    value: ValueNode
    choices: tuple[Constant, ...]


@attrs.frozen(eq=False, repr=False)
class TextTest(Expression):
    """Some choice stands in the subject as `kind`, one of `families.TEXT_TESTS`, says; a list `contains` its members.

    Choices of `matches` are RE2 patterns, all constants.
    """

    kind: str
    subject: ValueNode
    choices: tuple[ValueNode, ...]


@attrs.frozen(eq=False, repr=False)
class IsKnown(Expression):
    """Never unknown itself."""

    value: ValueNode


@attrs.frozen(eq=False, repr=False)
class Truth(Expression):
    """A bool value as a condition."""

    value: ValueNode


@attrs.frozen(eq=False, repr=False)
class Happened(Expression):
    """A selection is not empty."""

    selection: Selection


@attrs.frozen(eq=False, repr=False)
class MomentWithin(Expression):
    """`as_of - within <= moment <= as_of` (microseconds) of a date or datetime: a field's, or a criterion's.

    A date counts as its local midnight.
    """

    moment: FieldRead | DefinitionRead
    within: int


@attrs.frozen(eq=False, repr=False)
class Was(Expression):
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
    | MomentWithin
    | Was
)
