"""Write the tree back as text: one canonical text for every tree.

Reading the text again gives an equal tree. The text of a condition stands in the audit of every
result, so a change here changes results: it must be marked in the changelog.

Parts of conditions are written in lists and by no iterator, which would take a part of the thread's
own stack for each level: a condition may be 200 levels deep, and a stack 64 KiB.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import Any, get_args

from leadrules.families import AGGREGATES, CALENDARS, ELAPSED
from leadrules.syntax import tree
from leadrules.syntax.words import (
    OPERAND_WORDS,
    STATEMENT_WORDS,
    TAIL_WORDS,
    TARGET_WORDS,
    is_plain,
)
from leadrules.values import signed, text_of_number

_NEVER_FIRST = STATEMENT_WORDS | {"AND", "OR"}
_FIRST_WORD = re.compile(r"[^\W\d]\w*")
_WOULD_GO_ON = re.compile(r"(?<!\w)(and|or|not|of|by)$")
_AFTER_NOT = re.compile(r"((?:not )*)([^\W\d]\w*)")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}
_PRECEDENCE: dict[type[tree.Node], int] = {tree.Conditional: 0, tree.Or: 1, tree.And: 2, tree.Not: 3}
_TEST, _SUM, _PRODUCT, _SIGN, _PRIMARY = 4, 5, 6, 7, 8
_TESTS = (tree.Compare, tree.Between, tree.In, tree.TextTest, tree.IsKnown, tree.NoneOf, tree.AtLeast)


def text_of(node: tree.Node) -> str:
    """Give the canonical text of a node: a condition, an operand, points, a modifier or a whole statement.

    A statement stands on one line, with single spaces; a name is in backticks only where it must be.
    """
    if type(node) in _STATEMENTS:
        return _ended(_WRITERS[type(node)](node))
    if type(node) not in _NESTING:
        return _WRITERS[type(node)](node)
    found = _recent.get(id(node))
    if found is None or found[0] is not node:
        if len(_recent) >= _MOST_RECENT:
            _recent.clear()
        found = _recent[id(node)] = (node, _WRITERS[type(node)](node))
    return found[1]


_STATEMENTS = frozenset(get_args(tree.Statement))
_NESTING = frozenset(
    {tree.Group, tree.Call, tree.Arithmetic, tree.And, tree.Or, tree.Not, tree.AtLeast, tree.Conditional, tree.Branch}
)
_recent: dict[int, tuple[tree.Node, str]] = {}
"""The texts asked for last: whoever asks for the text of every part, from the inside out, gets each written once."""
_MOST_RECENT = 256


def columns_of(node: tree.Statement) -> tuple[str, ...]:
    """Give the parts of a statement that a layout may set apart; joined with single spaces they are its text.

    Of a rule: its condition, its points, then each modifier; of a rule with alternatives all of them
    stand in the first part. Of a persona's line: condition and weight; of an outcome: condition,
    target and reason. Bounds, exits and reasons of other statements are parts too.
    """
    columns: tuple[str, ...]
    match node:
        case tree.Rule():
            columns = _rule_columns(node)
        case tree.Outcome():
            columns = (_head(node.name, node.condition), f"-> {_target(node)}", _option("because", node.because))
        case tree.PersonaLine():
            columns = (_opening(node.condition), f"weight {_place(node.weight)}")
        case tree.Require():
            needs = "before scoring" if node.before_scoring else _option("for", node.label)
            columns = (_words("require", text_of(node.condition), needs), _option("because", node.because))
        case tree.Ignore():
            columns = (_words("ignore", text_of(node.selection)), _option("because", node.because))
        case tree.Total():
            columns = (f"total = {text_of(node.formula)}", *map(text_of, node.modifiers))
        case tree.Stages():
            columns = _stages_columns(node)
        case _:
            columns = (text_of(node),)
    *others, last = filter(None, columns)
    return (*others, _ended(last))


def _ended(text: str) -> str:
    """Put a statement's last name into backticks, where it would join the next line to this one."""
    ending = _WOULD_GO_ON.search(text)
    return f"{text[: ending.start()]}`{ending[0]}`" if ending else text


def _joined_columns(node: tree.Statement) -> str:
    return " ".join(columns_of(node))


# ------------------------------------------------------------------------------- names and literals


def _plain(name: tree.Name) -> str:
    """Write a name where no word is reserved."""
    return name.name if is_plain(name.name) else f"`{name.name}`"


def _name(name: tree.Name) -> str:
    """Write a name where an operand may start."""
    return f"`{name.name}`" if name.name in OPERAND_WORDS else _plain(name)


def _place(node: tree.Node) -> str:
    """Write a name where none is reserved, or anything else."""
    return _plain(node) if isinstance(node, tree.Name) else text_of(node)


def text_of_bucket(name: str, *, calendar: bool) -> str:
    """Write what events are counted per: a unit of the calendar, or a property that is not to be taken for one."""
    return f"`{name}`" if (not calendar and name in CALENDARS) or not is_plain(name) else name


def _text(value: str) -> str:
    """Write a text in quotation marks. What cannot be seen, or would join the sign before it, is escaped."""
    parts: list[str] = []
    bare = False  # whether the character before stands for itself
    for c in value:
        if c in _ESCAPES:
            parts.append(_ESCAPES[c])
            bare = False
        elif not c.isprintable() or (unicodedata.combining(c) and not bare):
            parts.append(f"\\u{{{ord(c):x}}}")
            bare = False
        else:
            parts.append(c)
            bare = True
    return f'"{"".join(parts)}"'


def _amount(count: tree.Number | tree.Name, unit: str) -> str:
    """Write a number and its unit, singular for one."""
    one = isinstance(count, tree.Number) and count.value == 1
    return f"{_place(count)} {unit.removesuffix('s') if one else unit}"


def _duration(node: tree.Duration) -> str:
    return f"{node.count} {node.unit.removesuffix('s') if node.count == 1 else node.unit}"


def _set(items: Iterable[tree.Node]) -> str:
    return "{" + ", ".join([text_of(item) for item in items]) + "}"


# ------------------------------------------------------------------------- operands and conditions


def _level(node: tree.Node) -> int:
    """Tell how tightly a node holds together, from a value with conditions (0) and `or` (1) to a name (8)."""
    if isinstance(node, tree.Arithmetic):
        return _SUM if node.op in "+-" else _PRODUCT
    if isinstance(node, tree.Minus):
        return _SIGN
    return _PRECEDENCE.get(type(node), _TEST if isinstance(node, _TESTS) else _PRIMARY)


def _tight(node: tree.Node, level: int) -> str:
    """Write a part of an expression. The parser's trees have their parentheses; any other gets the ones it needs."""
    return text_of(node) if _level(node) >= level else f"({text_of(node)})"


def _joined(members: tuple[tree.Condition, ...], word: str, level: int) -> str:
    return f" {word} ".join([_tight(member, level) for member in members])


def _test(subject: tree.Node, rest: str) -> str:
    return rest if isinstance(subject, tree.Omitted) else f"{_tight(subject, _SUM)} {rest}"


def _not(negated: bool) -> str:
    return "not " if negated else ""


def _choices(node: tree.Node) -> str:
    return _place(node) if isinstance(node, tree.Name | tree.Set) else _tight(node, _SUM)


def _arithmetic(node: tree.Arithmetic) -> str:
    level = _level(node)
    return f"{_tight(node.left, level)} {node.op} {_tight(node.right, level + 1)}"


def _selection(node: tree.Selection) -> str:
    name = _name(node.name)
    if node.name.name in ELAPSED and node.filter is None and node.spans and isinstance(node.spans[0], tree.Since):
        name = f"`{node.name.name}`"  # else it would be `hours since X`
    return " ".join([name + _filter(node.filter), *map(text_of, (*node.spans, *node.relations))])


def _relation(node: tree.Relation) -> str:
    answers = " then ".join(map(text_of, node.answers))
    within = "" if node.within is None else f" {text_of(node.within)}"
    return f"{_not(node.negated)}{node.direction} by {answers}{within}"


def _answer(node: tree.Answer) -> str:
    parts = [f"same {_plain(name)}" for name in node.same] + ([] if node.filter is None else [text_of(node.filter)])
    return _name(node.name) + (f"[{', '.join(parts)}]" if parts else "")


def _filter(condition: tree.Condition | None) -> str:
    return "" if condition is None else f"[{text_of(condition)}]"


def _call(node: tree.Call) -> str:
    arguments = ", ".join([text_of(argument) for argument in node.arguments])
    if node.plugin is not None:
        return f"{_name(node.plugin)}.{_plain(node.function)}({arguments})"
    function = f"`{node.function.name}`" if node.function.name in AGGREGATES else _name(node.function)
    return f"{function}({arguments})"


def _argument(node: tree.Argument) -> str:
    return text_of(node.value) if node.name is None else f"{_plain(node.name)}: {text_of(node.value)}"


def _conditional(node: tree.Conditional) -> str:
    first, *others = [text_of(branch) for branch in node.branches]
    if node.otherwise is not None:
        return " | ".join([first, *map(_after_pipe, others), f"else {_tight(node.otherwise, 1)}"])
    return " | ".join([first, *map(_after_pipe, others)])


def _after_pipe(text: str) -> str:
    """Write a branch after `|`, where `else` opens the last one."""
    first = _FIRST_WORD.match(text)
    return f"`else`{text[4:]}" if first and first[0] == "else" else text


def _branch(node: tree.Branch) -> str:
    condition = f"({text_of(node.condition)})" if _level(node.condition) < 1 else _tail(node.condition)
    return f"{_tight(node.value, 1)} if {condition}"


def _at_least(node: tree.AtLeast) -> str:
    return f"at least {_place(node.count)} of ({', '.join([text_of(member) for member in node.members])})"


# ----------------------------------------------------------------------------------------- modifiers


def _max_times(node: tree.MaxTimes) -> str:
    if isinstance(node.times, tree.Number) and node.times.value == 1:
        return "once"
    return f"max {_place(node.times)} times"


def _max_per(node: tree.MaxPer) -> str:
    return f"max {_place(node.times)} per {text_of_bucket(node.bucket.name, calendar=node.calendar)}"


def _max_points(node: tree.MaxPoints) -> str:
    bucket = "" if node.bucket is None else f" per {text_of_bucket(node.bucket.name, calendar=node.calendar)}"
    return f"max {_amount(node.points, 'points')}{bucket}"


def _points(node: tree.Points) -> str:
    if isinstance(node.value, tree.Number) and not node.negative:
        return signed(node.value.value)
    return f"{'-' if node.negative else '+'}({text_of(node.value)})"


# ---------------------------------------------------------------------------------------- statements


def _words(*parts: str | tree.Node | None) -> str:
    """Join what there is with single spaces."""
    written = ["" if part is None else part if isinstance(part, str) else _place(part) for part in parts]
    return " ".join(filter(None, written))


def _options(word: str, values: Sequence[tree.Node]) -> str:
    """Write texts of which the first that fits counts."""
    return f"{word} {' or '.join(map(text_of, values))}" if values else ""


def _option(word: str, value: tree.Node | None) -> str:
    return "" if value is None else f"{word} {text_of(value)}"


def _list(node: tree.ListDeclaration) -> str:
    if node.path is None:
        return _words("list", node.name, "=", node.items)
    return _words("list", node.name, "from", node.path, _option("column", node.column))


def _table(node: tree.TableDeclaration) -> str:
    if node.path is None:
        return _words("table", node.name, "=", _set(node.pairs))
    columns = f"[{', '.join(map(text_of, node.columns))}]" if node.columns else ""
    return _words("table", node.name, "from", node.path, _option("key", node.key), columns)


def _type(node: tree.TypeSpec) -> str:
    return f"{node.kind} {_set(node.choices)}" if node.kind == "one of" else node.kind


def _field(node: tree.FieldDeclaration) -> str:
    return _words(
        "field",
        f"{_plain(node.name)}: {_type(node.type)}",
        _options("from", node.columns),
        _options("as", node.forms),
        _options("split", node.split),
        _option("true", node.true_words),
        _option("false", node.false_words),
        _option("unknown", node.unknown),
        "else unknown" if node.lenient else "",
        _option("default", node.default),
        "pii" if node.pii else "",
        "protected" if node.protected else "",
    )


def _property(node: tree.Property) -> str:
    return _words(
        f"{_plain(node.name)}: {_type(node.type)}",
        _options("as", node.forms),
        _options("split", node.split),
        "else unknown" if node.lenient else "",
        "pii" if node.pii else "",
    )


def _event(node: tree.EventDeclaration) -> str:
    properties = f"[{', '.join(map(text_of, node.properties))}]" if node.properties else ""
    return _words(
        f"event {_plain(node.name)}{properties}",
        _options("from", node.types),
        _options("at as", node.forms),
        _option("id", node.identity),
    )


def _opening(condition: tree.Condition) -> str:
    """Write a condition that opens a line, where words that open a statement or join lines are reserved."""
    text = text_of(condition)
    first = _FIRST_WORD.match(text)
    return f"`{first[0]}`{text[first.end() :]}" if first and first[0] in _NEVER_FIRST else text


def _tail(condition: tree.Condition) -> str:
    """Write a condition after `|`, where the words that open a test without a left side are reserved."""
    text = text_of(condition)
    first = _AFTER_NOT.match(text)
    if first and first[2] in TAIL_WORDS and not _is_omitted(condition):
        return f"{first[1]}`{first[2]}`{text[first.end() :]}"
    return text


def _is_omitted(condition: tree.Condition) -> bool:
    left = condition.left if isinstance(condition, tree.Compare) else getattr(condition, "subject", None)
    return isinstance(left, tree.Omitted)


def _head(name: tree.Name | None, condition: tree.Condition | None) -> str:
    if name is not None:
        return _words(f"rule {_plain(name)}:", "" if condition is None else text_of(condition))
    return "" if condition is None else _opening(condition)


def _rule_columns(node: tree.Rule) -> tuple[str, ...]:
    first, *others = node.alternatives
    columns: tuple[str, ...] = (_head(node.name, first.condition), text_of(first.points))
    if others:
        columns = (" | ".join((" ".join(columns), *map(text_of, others))),)
    return (*columns, *map(text_of, node.modifiers))


def _alternative(node: tree.Alternative) -> str:
    return _words("else" if node.condition is None else _tail(node.condition), node.points)


def _target(node: tree.Outcome) -> str:
    kind = "" if node.kind == "label" else node.kind
    reserved = isinstance(node.target, tree.Name) and node.target.name in TARGET_WORDS
    target = f"`{node.target.name}`" if reserved and isinstance(node.target, tree.Name) else _place(node.target)
    return _words(kind, target)


def _stages_columns(node: tree.Stages) -> tuple[str, ...]:
    opening = "stages" if node.name is None else f"stages {_plain(node.name)}:"
    return (
        f"{opening} {' < '.join(map(_place, node.labels))}",
        "exit " + ", ".join(map(_place, node.exits)) if node.exits else "",
        "forward only" if node.forward_only else "",
        _options("from", node.columns),
    )


def _given_field(node: tree.GivenField) -> str:
    # A value is read like an operand: there a few words are reserved.
    return _words(node.name, "is unknown" if node.value is None else f"= {text_of(node.value)}")


def _given_event(node: tree.GivenEvent) -> str:
    properties = f"[{', '.join(map(text_of, node.properties))}]" if node.properties else ""
    ago = "" if node.ago is None else f"{text_of(node.ago)} ago"
    return _words(_plain(node.name) + properties, ago, "" if node.times is None else _amount(node.times, "times"))


def _grade(node: tree.Grade) -> str:
    return f"grade {_plain(node.name)} = {_plain(node.subject)}: {', '.join(map(text_of, node.bands))}"


def _band(node: tree.Band) -> str:
    return _words(node.label, "" if node.threshold is None else f">= {_place(node.threshold)}")


_WRITERS: dict[type[tree.Node], Callable[[Any], str]] = {
    tree.Name: _name,
    tree.Number: lambda n: text_of_number(n.value),
    tree.Text: lambda n: _text(n.value),
    tree.Date: lambda n: n.value.isoformat(),
    tree.Flag: lambda n: "true" if n.value else "false",
    tree.Duration: _duration,
    tree.Set: lambda n: _set(n.items),
    tree.Group: lambda n: f"({text_of(n.inner)})",
    tree.Within: lambda n: f"within {_place(n.duration)}",
    tree.Since: lambda n: f"since {_name(n.name)}{_filter(n.filter)}",
    tree.Selection: _selection,
    tree.Relation: _relation,
    tree.Answer: _answer,
    tree.Count: lambda n: f"count({text_of(n.selection)})",
    tree.Aggregate: lambda n: f"{n.function}({_plain(n.property)} of {text_of(n.selection)})",
    tree.Elapsed: lambda n: f"{n.unit} {n.direction} {text_of(n.moment)}",
    tree.Argument: _argument,
    tree.Call: _call,
    tree.Arithmetic: _arithmetic,
    tree.Minus: lambda n: f"-{_tight(n.operand, _SIGN)}",
    tree.Omitted: lambda _: "",
    tree.Conditional: _conditional,
    tree.Branch: _branch,
    tree.Or: lambda n: _joined(n.members, "or", 2),
    tree.And: lambda n: _joined(n.members, "and", 3),
    tree.Not: lambda n: f"not {_tight(n.member, 3)}",
    tree.Compare: lambda n: _test(n.left, f"{n.op} {_tight(n.right, _SUM)}"),
    tree.Between: lambda n: _test(
        n.subject, f"{_not(n.negated)}between {_tight(n.low, _SUM)} and {_tight(n.high, _SUM)}"
    ),
    tree.In: lambda n: _test(n.subject, f"{_not(n.negated)}in {_choices(n.choices)}"),
    tree.TextTest: lambda n: _test(n.subject, f"{_not(n.negated)}{n.kind} {_tight(n.choices, _SUM)}"),
    tree.IsKnown: lambda n: _test(n.subject, "is unknown" if n.negated else "is known"),
    tree.NoneOf: lambda n: f"no {text_of(n.selection)}",
    tree.Same: lambda n: f"same {_plain(n.property)}",
    tree.AtLeast: _at_least,
    tree.Was: lambda n: f"was {_place(n.label)}",
    tree.Always: lambda _: "always",
    tree.Max: lambda n: f"max {_place(n.bound)}",
    tree.Min: lambda n: f"min {_place(n.bound)}",
    tree.MaxTimes: _max_times,
    tree.MaxPer: _max_per,
    tree.MaxEvery: lambda n: f"max {_place(n.times)} every {_place(n.every)}",
    tree.MaxPoints: _max_points,
    tree.When: lambda n: f"when {text_of(n.condition)}",
    tree.Because: lambda n: f"because {text_of(n.reason)}",
    tree.From: lambda n: f"from {_place(n.day)}",
    tree.Until: lambda n: f"until {_place(n.day)}",
    tree.HalfLife: lambda n: f"half-life {_place(n.duration)}",
    tree.FadesOver: lambda n: f"fades over {_place(n.duration)}",
    tree.Drops: lambda n: f"drops {_place(n.percent)}% every {_place(n.every)}",
    tree.NoDecay: lambda _: "no decay",
    tree.Ruleset: lambda n: _words("ruleset", n.name, _option("version", n.version)),
    tree.Timezone: lambda n: _words("timezone", n.name),
    tree.Precision: lambda n: _words("precision", n.digits),
    tree.AccentsIgnored: lambda _: "accents ignored",
    tree.Param: lambda n: _words("param", n.name, "=", n.value),
    tree.ListDeclaration: _list,
    tree.TableDeclaration: _table,
    tree.Pair: lambda n: f"{text_of(n.key)}: {text_of(n.value)}",
    tree.TypeSpec: _type,
    tree.FieldDeclaration: _field,
    tree.Property: _property,
    tree.EventDeclaration: _event,
    tree.EventGroup: lambda n: _words("events", n.name, "=", " | ".join(map(_plain, n.members))),
    tree.Criterion: lambda n: f"{'output' if n.output else 'criterion'} {_plain(n.name)} = {text_of(n.body)}",
    tree.Segment: lambda n: f"segment {_plain(n.name)} = {text_of(n.body)}",
    tree.Require: _joined_columns,
    tree.Ignore: _joined_columns,
    tree.Dimension: lambda n: _words("dimension", n.name, *n.modifiers),
    tree.PointsGroup: lambda n: _words("group", n.name, *n.modifiers),
    tree.Points: _points,
    tree.Persona: lambda n: _words(
        "persona", n.name, n.points, "" if n.dimension is None else f"in {_plain(n.dimension)}"
    ),
    tree.PersonaLine: _joined_columns,
    tree.Total: _joined_columns,
    tree.Band: _band,
    tree.Grade: _grade,
    tree.GradeCell: lambda n: f"grade {_plain(n.name)} = {', '.join(map(_plain, n.grades))}",
    tree.Stages: _joined_columns,
    tree.Hold: lambda n: _words("hold", n.label, "while", text_of(n.condition)),
    tree.Alternative: _alternative,
    tree.Rule: _joined_columns,
    tree.Outcome: _joined_columns,
    tree.Example: lambda n: f"example {text_of(n.name)}",
    tree.GivenField: _given_field,
    tree.GivenEvent: _given_event,
    tree.Given: lambda n: f"given {', '.join(map(text_of, n.items))}",
    tree.Expect: lambda n: f"expect {text_of(n.condition)}",
    tree.Include: lambda n: f"include {text_of(n.path)}",
    tree.Use: lambda n: _words("use", n.name, "" if n.alias is None else f"as {_plain(n.alias)}"),
}
