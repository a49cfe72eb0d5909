"""Operands and conditions: what rules ask, down to names and literals."""

from __future__ import annotations

import datetime as dt
import typing as t
from fractions import Fraction

import attrs

from leadrules import nodes
from leadrules.errors import Span
from leadrules.families.comparisons import Operator


@attrs.frozen(eq=False, repr=False)
class Node(nodes.Node):
    """Anything that stands in a rule file. Equality ignores where it stands."""

    span: Span = attrs.field(eq=False, repr=False, kw_only=True)


# ------------------------------------------------------------------ operands


@attrs.frozen(eq=False, repr=False)
class Name(Node):
    """A name after NFKC. `quoted` says it stood in backticks."""

    name: str
    quoted: bool = attrs.field(default=False, eq=False)


@attrs.frozen(eq=False, repr=False)
class Number(Node):
    """A number literal; the sign of `-5` is part of it."""

    value: Fraction


@attrs.frozen(eq=False, repr=False)
class Text(Node):
    """A string literal, escapes resolved, NFC."""

    value: str


@attrs.frozen(eq=False, repr=False)
class Date(Node):
    """A date literal."""

    value: dt.date


@attrs.frozen(eq=False, repr=False)
class Flag(Node):
    """`true` or `false`."""

    value: bool


@attrs.frozen(eq=False, repr=False)
class Duration(Node):
    """A duration literal. `unit` is one of seconds, minutes, hours, days, weeks (always the plural)."""

    count: int
    unit: str


@attrs.frozen(eq=False, repr=False)
class Set(Node):
    """`{…}`: literals and names."""

    items: tuple[Operand, ...]


@attrs.frozen(eq=False, repr=False)
class Group(Node):
    """Parentheses around a condition or arithmetic."""

    inner: Condition


@attrs.frozen(eq=False, repr=False)
class Within(Node):
    """`within 30 days`, or `within NAME` of a param."""

    duration: Duration | Name


@attrs.frozen(eq=False, repr=False)
class Since(Node):
    """`since NAME[filter]`: an event, an event group, or a date or datetime field."""

    name: Name
    filter: Condition | None = None


@attrs.frozen(eq=False, repr=False)
class Same(Node):
    """`same p`: an answer's property is that of the event which it answers."""

    property: Name


@attrs.frozen(eq=False, repr=False)
class Answer(Node):
    """`event[same p, filter]`, as it stands after `followed by`, `preceded by` and `then`."""

    name: Name
    same: tuple[Name, ...] = ()
    filter: Condition | None = None


@attrs.frozen(eq=False, repr=False)
class Relation(Node):
    """`[not] followed by B then C within D`; `direction` is followed or preceded."""

    direction: t.Literal["followed", "preceded"]
    answers: tuple[Answer, ...]
    within: Within | None = None
    negated: bool = False


@attrs.frozen(eq=False, repr=False)
class Selection(Node):
    """`event[filter] within D since X followed by B within D`. With nothing but its name it is a plain `Name`."""

    name: Name
    filter: Condition | None = None
    spans: tuple[Within | Since, ...] = ()
    relations: tuple[Relation, ...] = ()


@attrs.frozen(eq=False, repr=False)
class Count(Node):
    """`count(E)`."""

    selection: Selection | Name


@attrs.frozen(eq=False, repr=False)
class Aggregate(Node):
    """`sum(p of E)` and its like; `function` is sum, average, min, max, distinct, first or last."""

    function: str
    property: Name
    selection: Selection | Name


@attrs.frozen(eq=False, repr=False)
class Elapsed(Node):
    """`days since X`, `months until X` and their like; `direction` is since or until."""

    unit: str
    direction: t.Literal["since", "until"]
    moment: Selection | Name | Aggregate


@attrs.frozen(eq=False, repr=False)
class Argument(Node):
    """One argument of a call, by position where `name` is None."""

    name: Name | None
    value: Condition | Set


@attrs.frozen(eq=False, repr=False)
class Call(Node):
    """`plugin.function(…)`, or a built-in function where `plugin` is None."""

    plugin: Name | None
    function: Name
    arguments: tuple[Argument, ...]


@attrs.frozen(eq=False, repr=False)
class Arithmetic(Node):
    """`left op right`; `op` is one of + - * /."""

    op: t.Literal["+", "-", "*", "/"]
    left: Operand
    right: Operand


@attrs.frozen(eq=False, repr=False)
class Minus(Node):
    """`-x` where x is not a literal."""

    operand: Operand


@attrs.frozen(eq=False, repr=False)
class Omitted(Node):
    """The left side that a test after `|` leaves out."""


@attrs.frozen(eq=False, repr=False)
class Branch(Node):
    """`value if condition`."""

    value: Condition
    condition: Condition


@attrs.frozen(eq=False, repr=False)
class Conditional(Node):
    """`0.92 if currency = "USD" | 0.23 if currency = "PLN" | else 1`; `otherwise` is None without `else`."""

    branches: tuple[Branch, ...]
    otherwise: Condition | None = None


# ---------------------------------------------------------------- conditions


@attrs.frozen(eq=False, repr=False)
class Or(Node):
    """`a or b or …`: two members or more."""

    members: tuple[Condition, ...]


@attrs.frozen(eq=False, repr=False)
class And(Node):
    """`a and b and …`: two members or more."""

    members: tuple[Condition, ...]


@attrs.frozen(eq=False, repr=False)
class Not(Node):
    """`not a`."""

    member: Condition


@attrs.frozen(eq=False, repr=False)
class Compare(Node):
    """`left op right`; `op` is one of = != < <= > >=."""

    op: Operator
    left: Operand
    right: Operand


@attrs.frozen(eq=False, repr=False)
class Between(Node):
    """`x [not] between low and high`."""

    subject: Operand
    low: Operand
    high: Operand
    negated: bool = False


@attrs.frozen(eq=False, repr=False)
class In(Node):
    """`x [not] in {…}` or `x [not] in LIST`."""

    subject: Operand
    choices: Set | Name
    negated: bool = False


@attrs.frozen(eq=False, repr=False)
class TextTest(Node):
    """`x [not] contains …`; `kind` is contains, `starts with`, `ends with` or matches."""

    kind: str
    subject: Operand
    choices: Operand | Set
    negated: bool = False


@attrs.frozen(eq=False, repr=False)
class IsKnown(Node):
    """`x is known`, and `x is unknown` where `negated`."""

    subject: Operand
    negated: bool = False


@attrs.frozen(eq=False, repr=False)
class NoneOf(Node):
    """`no E`."""

    selection: Selection | Name


@attrs.frozen(eq=False, repr=False)
class AtLeast(Node):
    """`at least N of (…)`. `count` is a number or the name of a param."""

    count: Number | Name
    members: tuple[Condition, ...]


@attrs.frozen(eq=False, repr=False)
class Was(Node):
    """`was LABEL`."""

    label: Name | Text


@attrs.frozen(eq=False, repr=False)
class Always(Node):
    """`always`."""


Literal = Number | Text | Date | Flag | Duration
Operand = (
    Name
    | Number
    | Text
    | Date
    | Flag
    | Group
    | Selection
    | Count
    | Aggregate
    | Elapsed
    | Call
    | Arithmetic
    | Minus
    | Omitted
    | Conditional
)
Condition = (
    Or | And | Not | Compare | Between | In | TextTest | IsKnown | NoneOf | Same | AtLeast | Was | Always | Operand
)
