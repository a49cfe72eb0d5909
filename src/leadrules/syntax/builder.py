"""Make the tree: one callback per rule and terminal of the grammar.

The parser hands over the children of a rule, in order, none left out: a :class:`Token` where the
grammar has a sign or a keyword, a node where it has anything else. A node's span runs from its first
child to its last. What the grammar cannot say (a duration of 0, an option given twice) is noted as a
mistake of the statement.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Protocol, TypeVar, cast

import attrs

from leadrules.errors import Diagnostic, Span
from leadrules.families import CALENDARS, MARKS
from leadrules.syntax import tree
from leadrules.syntax.literals import date_of, name_of, number_of, plural, text_of_literal
from leadrules.syntax.source import Source


class Token(Protocol):
    """A sign, a keyword or a literal, as the lexer gives it; positions count from the statement's start."""

    type: str
    start_pos: int
    end_pos: int

    def __str__(self) -> str: ...


@attrs.frozen
class _Part(tree.Node):
    """A piece of a statement that is no node of the tree by itself."""

    kind: str
    value: Any


Child = Token | tree.Node
Children = Sequence[Child]
N = TypeVar("N", bound=tree.Node)


class Place(threading.local):
    """Where the statement stands that this thread is reading, the mistakes found in it, and its further parts."""

    source: Source
    offset: int
    mistakes: list[Diagnostic]
    parts: int


class Builder:
    """The callbacks, named like the rules, aliases and terminals of the grammar."""

    def __init__(self) -> None:
        self.place = Place()

    # ------------------------------------------------------------------------------- helpers

    def begin(self, source: Source, offset: int) -> None:
        """Say where the next statement of this thread stands."""
        self.place.source = source
        self.place.offset = offset
        self.place.mistakes = []
        self.place.parts = 0

    def _together(self, members: Sequence[N]) -> tuple[N, ...]:
        """Give what stands together in one statement, and count it but for the first."""
        self.place.parts += len(members) - 1
        return tuple(members)

    def _span(self, children: Children) -> Span:
        first, last = children[0], children[-1]
        offset = self.place.offset
        start = first.span.start if isinstance(first, tree.Node) else first.start_pos + offset
        end = last.span.end if isinstance(last, tree.Node) else last.end_pos + offset
        return self.place.source.span(start, end)

    def _complain(self, code: str, message: str, span: Span, advice: str) -> None:
        self.place.mistakes.append(self.place.source.diagnostic(code, message, span.start, span.end, advice))

    # ------------------------------------------------------------------------------ terminals

    def _number(self, token: Token) -> tree.Number:
        return tree.Number(number_of(str(token)), span=self._span((token,)))

    def _text(self, token: Token) -> tree.Text:
        return tree.Text(text_of_literal(str(token)), span=self._span((token,)))

    def _date(self, token: Token) -> tree.Date:
        return tree.Date(date_of(str(token)), span=self._span((token,)))

    def _flag(self, token: Token) -> tree.Flag:
        return tree.Flag(str(token) == "true", span=self._span((token,)))

    def _name(self, token: Token) -> tree.Name:
        text = str(token)
        return tree.Name(name_of(text), quoted=text[0] == "`", span=self._span((token,)))

    NUMBER = _number
    STRING = _text
    DATE = _date
    BOOL = _flag
    NAME = _name
    ONAME = _name
    ANAME = _name

    # ------------------------------------------------------------------------------- operands

    def duration(self, c: Children) -> tree.Duration:
        span = self._span(c)
        count, unit = cast("tree.Number", c[0]).value, plural(str(c[1]))
        if count.denominator != 1 or count < 1:
            text = self.place.source.text[span.start : span.end]
            advice = "write a whole number from 1, such as `30 days`"
            self._complain("LR120", f"`{text}` is not a duration", span, advice)
            count = Fraction(1)
        return tree.Duration(int(count), unit, span=span)

    def set(self, c: Children) -> tree.Set:
        return tree.Set(tuple(_nodes(c)), span=self._span(c))

    def sign(self, c: Children) -> tree.Node:
        """Fold a sign into the literal after it, or make a `Minus`; a plus changes nothing."""
        operand = _nodes(c)[0]
        negative = str(c[0]) == "-"
        if isinstance(operand, tree.Number) and operand.value >= 0:
            return tree.Number(-operand.value if negative else operand.value, span=self._span(c))
        return tree.Minus(cast("tree.Operand", operand), span=self._span(c)) if negative else operand

    def arithmetic(self, c: Children) -> tree.Node:
        left = c[0]
        for at in range(1, len(c), 2):
            span = self._span((left, c[at + 1]))
            left = tree.Arithmetic(_word(c[at]), cast("tree.Operand", left), cast("tree.Operand", c[at + 1]), span=span)
        return cast("tree.Node", left)

    def parentheses(self, c: Children) -> tree.Group:
        return tree.Group(*_nodes(c), span=self._span(c))

    def conditional(self, c: Children) -> tree.Conditional:
        nodes = _nodes(c)
        branches = self._together([node for node in nodes if isinstance(node, tree.Branch)])
        return tree.Conditional(branches, *nodes[len(branches) :], span=self._span(c))

    def branch(self, c: Children) -> tree.Branch:
        return tree.Branch(*_nodes(c), span=self._span(c))

    def count(self, c: Children) -> tree.Count:
        return tree.Count(*_nodes(c), span=self._span(c))

    def aggregate(self, c: Children) -> tree.Aggregate:
        prop, selection = _nodes(c)
        return tree.Aggregate(_word(c[0]), prop, selection, span=self._span(c))

    def elapsed(self, c: Children) -> tree.Elapsed:
        unit, direction = _word(c[0]).split()
        return tree.Elapsed(unit, direction, *_nodes(c), span=self._span(c))

    def call(self, c: Children) -> tree.Call:
        function, *rest = _nodes(c)
        return tree.Call(None, function, _value(rest), span=self._span(c))

    def plugin_call(self, c: Children) -> tree.Call:
        plugin, function, *rest = _nodes(c)
        return tree.Call(plugin, function, _value(rest), span=self._span(c))

    def arguments(self, c: Children) -> _Part:
        return self._part("arguments", tuple(_nodes(c)), c)

    def argument(self, c: Children) -> tree.Argument:
        name, value = _nodes(c) if len(c) > 1 else (None, *_nodes(c))
        return tree.Argument(name, value, span=self._span(c))

    def selected(self, c: Children) -> tree.Selection:
        name, *rest = _nodes(c)
        condition = rest.pop(0).value if rest and isinstance(rest[0], _Part) else None
        spans = tuple(part for part in rest if not isinstance(part, tree.Relation))
        return tree.Selection(name, condition, spans, tuple(rest[len(spans) :]), span=self._span(c))

    def relation(self, c: Children) -> tree.Relation:
        answers, spans = _parted(_nodes(c), tree.Answer)
        direction: Any = str(c[0]).removeprefix("not").split()[0]
        return tree.Relation(direction, answers, spans[0] if spans else None, _negated(c[0]), span=self._span(c))

    def answer(self, c: Children) -> tree.Answer:
        """Take what is the same out of what stands between the brackets, so that it is written one way only."""
        name, *conditions = _nodes(c)
        parts = [part for one in conditions for part in (one.members if isinstance(one, tree.And) else [one])]
        same, others = _parted(parts, tree.Same)
        alone = len(others) == 1
        members = [o if alone or not isinstance(o, tree.Or) else tree.Group(o, span=o.span) for o in others]
        joined = tree.And(self._together(members), span=self._span(c)) if len(members) > 1 else None
        names = tuple(one.property for one in same)
        return tree.Answer(name, names, joined or (members[0] if members else None), span=self._span(c))

    def same(self, c: Children) -> tree.Same:
        return tree.Same(*_nodes(c), span=self._span(c))

    def filter(self, c: Children) -> _Part:
        return self._part("filter", c[1], c)

    def within(self, c: Children) -> tree.Within:
        return tree.Within(*_nodes(c), span=self._span(c))

    def since(self, c: Children) -> tree.Since:
        name, *rest = _nodes(c)
        return tree.Since(name, rest[0].value if rest else None, span=self._span(c))

    # ----------------------------------------------------------------------------- conditions

    def or_(self, c: Children) -> tree.Or:
        return tree.Or(self._together(_nodes(c)), span=self._span(c))

    def and_(self, c: Children) -> tree.And:
        return tree.And(self._together(_nodes(c)), span=self._span(c))

    def not_(self, c: Children) -> tree.Not:
        return tree.Not(*_nodes(c), span=self._span(c))

    def compare(self, c: Children) -> tree.Compare:
        left, right = _nodes(c)
        return tree.Compare(_word(c[1]), left, right, span=self._span(c))

    def between(self, c: Children) -> tree.Between:
        subject, low, high = _nodes(c)
        return tree.Between(subject, low, high, _negated(c[1]), span=self._span(c))

    def in_(self, c: Children) -> tree.In:
        subject, choices = _nodes(c)
        return tree.In(subject, choices, _negated(c[1]), span=self._span(c))

    def text_test(self, c: Children) -> tree.TextTest:
        subject, choices = _nodes(c)
        kind: Any = " ".join(str(c[1]).split()).removeprefix("not ")
        return tree.TextTest(kind, subject, choices, _negated(c[1]), span=self._span(c))

    def is_known(self, c: Children) -> tree.IsKnown:
        (subject,) = _nodes(c)
        return tree.IsKnown(subject, str(c[1]).endswith("unknown"), span=self._span(c))

    def tail_compare(self, c: Children) -> tree.Compare:
        return self.compare((self._omitted(c), *c))

    def tail_between(self, c: Children) -> tree.Between:
        return self.between((self._omitted(c), *c))

    def tail_in(self, c: Children) -> tree.In:
        return self.in_((self._omitted(c), *c))

    def tail_text(self, c: Children) -> tree.TextTest:
        return self.text_test((self._omitted(c), *c))

    def tail_known(self, c: Children) -> tree.IsKnown:
        return self.is_known((self._omitted(c), *c))

    def _omitted(self, c: Children) -> tree.Omitted:
        start = self._span(c).start
        return tree.Omitted(span=self.place.source.span(start, start))

    def none_of(self, c: Children) -> tree.NoneOf:
        return tree.NoneOf(*_nodes(c), span=self._span(c))

    def at_least(self, c: Children) -> tree.AtLeast:
        count, *members = _nodes(c)
        return tree.AtLeast(count, self._together(members), span=self._span(c))

    def was(self, c: Children) -> tree.Was:
        return tree.Was(*_nodes(c), span=self._span(c))

    def always(self, c: Children) -> tree.Always:
        return tree.Always(span=self._span(c))

    # ------------------------------------------------------------------------------ modifiers

    def max(self, c: Children) -> tree.Max:
        return tree.Max(*_nodes(c), span=self._span(c))

    def min(self, c: Children) -> tree.Min:
        return tree.Min(*_nodes(c), span=self._span(c))

    def max_times(self, c: Children) -> tree.MaxTimes:
        return tree.MaxTimes(_nodes(c)[0], bare=_last_type(c) != "TIMES", span=self._span(c))

    def once(self, c: Children) -> tree.MaxTimes:
        span = self._span(c)
        return tree.MaxTimes(tree.Number(number_of("1"), span=span), span=span)

    def max_per(self, c: Children) -> tree.MaxPer:
        times, bucket = _nodes(c)
        return tree.MaxPer(times, bucket, _is_calendar(bucket), span=self._span(c))

    def max_every(self, c: Children) -> tree.MaxEvery:
        return tree.MaxEvery(*_nodes(c), span=self._span(c))

    def max_points(self, c: Children) -> tree.MaxPoints:
        points, *bucket = _nodes(c)
        if not bucket:
            return tree.MaxPoints(points, span=self._span(c))
        return tree.MaxPoints(points, bucket[0], _is_calendar(bucket[0]), span=self._span(c))

    def when(self, c: Children) -> tree.When:
        return tree.When(*_nodes(c), span=self._span(c))

    def because(self, c: Children) -> tree.Because:
        return tree.Because(*_nodes(c), span=self._span(c))

    def from_day(self, c: Children) -> tree.From:
        return tree.From(*_nodes(c), span=self._span(c))

    def until_day(self, c: Children) -> tree.Until:
        return tree.Until(*_nodes(c), span=self._span(c))

    def half_life(self, c: Children) -> tree.HalfLife:
        return tree.HalfLife(*_nodes(c), span=self._span(c))

    def fades_over(self, c: Children) -> tree.FadesOver:
        return tree.FadesOver(*_nodes(c), span=self._span(c))

    def drops(self, c: Children) -> tree.Drops:
        return tree.Drops(*_nodes(c), span=self._span(c))

    def no_decay(self, c: Children) -> tree.NoDecay:
        return tree.NoDecay(span=self._span(c))

    # ----------------------------------------------------------------------------- statements

    def ruleset(self, c: Children) -> tree.Ruleset:
        name, *version = _nodes(c)
        return tree.Ruleset(name, version[0] if version else None, span=self._span(c))

    def timezone(self, c: Children) -> tree.Timezone:
        return tree.Timezone(*_nodes(c), span=self._span(c))

    def precision(self, c: Children) -> tree.Precision:
        return tree.Precision(*_nodes(c), span=self._span(c))

    def accents(self, c: Children) -> tree.AccentsIgnored:
        return tree.AccentsIgnored(span=self._span(c))

    def param(self, c: Children) -> tree.Param:
        return tree.Param(*_nodes(c), span=self._span(c))

    def list_values(self, c: Children) -> tree.ListDeclaration:
        return tree.ListDeclaration(*_nodes(c), span=self._span(c))

    def list_file(self, c: Children) -> tree.ListDeclaration:
        name, path, *column = _nodes(c)
        return tree.ListDeclaration(name, None, path, column[0] if column else None, span=self._span(c))

    def table_values(self, c: Children) -> tree.TableDeclaration:
        name, *pairs = _nodes(c)
        return tree.TableDeclaration(name, tuple(pairs), span=self._span(c))

    def table_file(self, c: Children) -> tree.TableDeclaration:
        name, path, key, *columns = _nodes(c)
        return tree.TableDeclaration(name, (), path, key, tuple(columns), span=self._span(c))

    def pair(self, c: Children) -> tree.Pair:
        return tree.Pair(*_nodes(c), span=self._span(c))

    def include(self, c: Children) -> tree.Include:
        return tree.Include(*_nodes(c), span=self._span(c))

    def use(self, c: Children) -> tree.Use:
        return tree.Use(*_nodes(c), span=self._span(c))

    def field(self, c: Children) -> tree.FieldDeclaration:
        name, kind, *options = _nodes(c)
        return tree.FieldDeclaration(name, kind, **self._options(options), span=self._span(c))

    def _options(self, options: Sequence[_Part]) -> dict[str, Any]:
        """Give the options of a declaration by name."""
        values: dict[str, Any] = {}
        for option in options:
            if option.kind in values:
                word = self.place.source.text[option.span.start : option.span.end].split()[0]
                several = option.kind in {"forms", "columns", "types", "split"}
                advice = f'write several with `or`: `{word} "…" or "…"`' if several else "keep one of them"
                self._complain("LR128", f"`{word}` is given twice", option.span, advice)
            values[option.kind] = option.value
        return values

    def field_option(self, c: Children) -> _Part:
        if isinstance(c[0], tree.Flag):
            return self._part("true_words" if c[0].value else "false_words", c[1], c)
        word = str(c[0])
        kind = {"from": "columns", "as": "forms", "else": "lenient"}.get(word, word)
        if word in {"from", "as", "split"}:
            return self._part(kind, _texts(c[1]), c)
        return self._part(kind, c[1] if isinstance(c[-1], tree.Node) else True, c)

    property_option = field_option

    def texts(self, c: Children) -> _Part:
        return self._part("texts", tuple(_nodes(c)), c)

    def type(self, c: Children) -> tree.TypeSpec:
        return tree.TypeSpec(" ".join(str(c[0]).split()), tuple(_nodes(c)), span=self._span(c))

    def event(self, c: Children) -> tree.EventDeclaration:
        name, *rest = _nodes(c)
        properties = tuple(node for node in rest if isinstance(node, tree.Property))
        options = self._options(rest[len(properties) :])
        return tree.EventDeclaration(name, properties, **options, span=self._span(c))

    def event_option(self, c: Children) -> _Part:
        kind = {"at": "forms", "from": "types", "id": "identity"}[str(c[0])]
        return self._part(kind, c[1] if kind == "identity" else _texts(c[-1]), c)

    def property(self, c: Children) -> tree.Property:
        name, kind, *options = _nodes(c)
        return tree.Property(name, kind, **self._options(options), span=self._span(c))

    def events(self, c: Children) -> tree.EventGroup:
        name, *members = _nodes(c)
        return tree.EventGroup(name, tuple(members), span=self._span(c))

    def criterion(self, c: Children) -> tree.Criterion:
        name, body = _nodes(c)
        return tree.Criterion(name, body, _type(c[0]) == "OUTPUT", span=self._span(c))

    def segment(self, c: Children) -> tree.Segment:
        return tree.Segment(*_nodes(c), span=self._span(c))

    def require(self, c: Children) -> tree.Require:
        condition, *others = _nodes(c)
        words = [_type(child) for child in c]
        label = others.pop(0) if "FOR" in words else None
        because = others[0] if others else None
        return tree.Require(condition, "BEFORE_SCORING" in words, because, label, span=self._span(c))

    def ignore(self, c: Children) -> tree.Ignore:
        return tree.Ignore(*_nodes(c), span=self._span(c))

    def dimension(self, c: Children) -> tree.Dimension:
        name, *modifiers = _nodes(c)
        return tree.Dimension(name, tuple(modifiers), span=self._span(c))

    def group(self, c: Children) -> tree.PointsGroup:
        name, *modifiers = _nodes(c)
        return tree.PointsGroup(name, tuple(modifiers), span=self._span(c))

    def persona(self, c: Children) -> tree.Persona:
        return tree.Persona(*_nodes(c), span=self._span(c))

    def persona_line(self, c: Children) -> tree.PersonaLine:
        return tree.PersonaLine(*_nodes(c), span=self._span(c))

    def total(self, c: Children) -> tree.Total:
        formula, *modifiers = _nodes(c)
        return tree.Total(formula, tuple(modifiers), span=self._span(c))

    def grade(self, c: Children) -> tree.Grade:
        name, subject, *bands = _nodes(c)
        return tree.Grade(name, subject, tuple(bands), span=self._span(c))

    def grade_cell(self, c: Children) -> tree.GradeCell:
        name, *grades = _nodes(c)
        return tree.GradeCell(name, tuple(grades), span=self._span(c))

    def band(self, c: Children) -> tree.Band:
        return tree.Band(*_nodes(c), span=self._span(c))

    last_band = band

    def stages(self, c: Children) -> tree.Stages:
        labels = _nodes(c)
        name = labels.pop(0) if _type(c[2] if len(c) > 2 else c[0]) == "COLON" else None
        columns: tuple[tree.Text, ...] = ()
        if any(_type(child) == "FROM" for child in c):
            columns = _texts(labels.pop())
        exits = _value([part for part in labels if isinstance(part, _Part)])
        labels = [label for label in labels if not isinstance(label, _Part)]
        forward_only = any(_type(child) == "FORWARD_ONLY" for child in c)
        return tree.Stages(name, tuple(labels), exits, forward_only, columns, span=self._span(c))

    def exits(self, c: Children) -> _Part:
        return self._part("exits", tuple(_nodes(c)), c)

    def hold(self, c: Children) -> tree.Hold:
        return tree.Hold(*_nodes(c), span=self._span(c))

    # ----------------------------------------------------------------------- rules and outcomes

    def rule(self, c: Children) -> tree.Rule:
        name, rest = _rule_name(_nodes(c))
        alternatives = self._together([node for node in rest if isinstance(node, tree.Alternative)])
        return tree.Rule(name, alternatives, tuple(rest[len(alternatives) :]), span=self._span(c))

    def first(self, c: Children) -> tree.Alternative:
        return tree.Alternative(*_nodes(c), span=self._span(c))

    alternative = first

    def otherwise(self, c: Children) -> tree.Alternative:
        return tree.Alternative(None, *_nodes(c), span=self._span(c))

    def points(self, c: Children) -> tree.Points:
        value = _nodes(c)[0]
        negative = str(c[0]) == "-"
        if len(c) > 2:
            return tree.Points(cast("tree.Operand", value), negative, span=self._span(c))
        return tree.Points(cast("tree.Number", self.sign(c)), span=self._span(c))

    def outcome(self, c: Children) -> tree.Outcome:
        arrow = next(at for at, child in enumerate(c) if _type(child) == "ARROW")
        name = cast("tree.Name", c[1]) if arrow == 4 else None
        kind = str(c[arrow + 1]) if _type(c[arrow + 1]) in _MARKS else "label"
        target, *because = _nodes(c[arrow + 1 :])
        reason = because[0] if because else None
        return tree.Outcome(name, cast("tree.Condition", c[arrow - 1]), kind, target, reason, span=self._span(c))

    # -------------------------------------------------------------------------------- examples

    def example(self, c: Children) -> tree.Example:
        return tree.Example(*_nodes(c), span=self._span(c))

    def given(self, c: Children) -> tree.Given:
        return tree.Given(tuple(_nodes(c)), span=self._span(c))

    def given_field(self, c: Children) -> tree.GivenField:
        name, *value = _nodes(c)
        return tree.GivenField(name, value[0] if value else None, span=self._span(c))

    def given_event(self, c: Children) -> tree.GivenEvent:
        name, *rest = _nodes(c)
        properties = tuple(node for node in rest if isinstance(node, tree.GivenField))
        ago = next((node.value for node in rest if isinstance(node, _Part)), None)
        times = next((node for node in rest if isinstance(node, tree.Number)), None)
        return tree.GivenEvent(name, properties, ago, times, span=self._span(c))

    def ago(self, c: Children) -> _Part:
        return self._part("ago", self.duration(c[:2]), c)

    def expect(self, c: Children) -> tree.Expect:
        return tree.Expect(*_nodes(c), span=self._span(c))

    def _part(self, kind: str, value: Any, c: Children) -> _Part:
        return _Part(kind, value, span=self._span(c))


def _nodes(children: Children) -> list[Any]:
    """Keep the nodes among a rule's children. The grammar says what they are."""
    return [child for child in children if isinstance(child, tree.Node)]


def _parted(nodes: Sequence[Any], kind: type[N]) -> tuple[tuple[N, ...], tuple[Any, ...]]:
    """Part nodes into those of a kind and the others."""
    return tuple(n for n in nodes if isinstance(n, kind)), tuple(n for n in nodes if not isinstance(n, kind))


def _word(token: Child) -> Any:
    """Give a token's text. The grammar says which words it may be."""
    return str(token)


def _texts(child: Child) -> tuple[tree.Text, ...]:
    """Give the texts that stand with `or` between them."""
    return (child,) if isinstance(child, tree.Text) else cast("_Part", child).value


def _value(parts: Sequence[Any]) -> Any:
    """Give the value of the one part there may be."""
    return parts[0].value if parts else ()


_MARKS = frozenset(word.upper() for word in MARKS)
"""The terminals of the words behind an arrow."""


def _type(child: Child) -> str:
    """Name the terminal of a token. A node has none."""
    return "" if isinstance(child, tree.Node) else child.type


def _last_type(children: Children) -> str:
    return _type(children[-1])


def _negated(token: Child) -> bool:
    return str(token).startswith("not")


def _is_calendar(bucket: tree.Name) -> bool:
    return bucket.name in CALENDARS and not bucket.quoted


def _rule_name(nodes: list[Any]) -> tuple[tree.Name | None, list[Any]]:
    return (nodes[0], nodes[1:]) if isinstance(nodes[0], tree.Name) else (None, nodes)
