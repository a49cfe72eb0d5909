"""From the tree of a rule file to its program: every mistake reported, or a program that means something.

The stages: collect names, order definitions, check each statement, put the parts together.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs

from leadrules import program as p
from leadrules.check.examples import Examples
from leadrules.check.expressions import Expressions
from leadrules.check.moving import refuse_moving
from leadrules.check.names import DEFAULT_TIMEZONE, Names, declare
from leadrules.check.order import Graph, graph_of, order_of
from leadrules.check.outcomes import Ladders, cell_of, declare_labels, grade_of, ignore_of, requirement_of, total_of
from leadrules.check.reads import Reads
from leadrules.check.resolver import told
from leadrules.check.rules import Scoring
from leadrules.check.sizes import is_too_large
from leadrules.check.tables import NOTHING_BESIDE, Beside
from leadrules.errors import Diagnostic, in_order
from leadrules.nodes import Node
from leadrules.patterns import PatternSteps
from leadrules.plugins import Catalogue
from leadrules.program.work import with_work
from leadrules.syntax import tree
from leadrules.syntax.formatter import text_of
from leadrules.syntax.includes import HEAD_WORDS
from leadrules.syntax.parser import DEFAULT_LIMITS, Limits
from leadrules.syntax.report import Refused, Report, line_of
from leadrules.values import text_of_number, zone
from leadrules.vocabulary import BOOL, Scope

DEFAULT_PRECISION = 2
_CONDITIONS = (
    tree.Or, tree.And, tree.Not, tree.Compare, tree.Between, tree.In, tree.TextTest, tree.IsKnown, tree.NoneOf,
    tree.AtLeast, tree.Was, tree.Selection, tree.Same,
)  # fmt: skip
_TESTS = (tree.Example, tree.Given, tree.Expect)


@attrs.frozen
class Checked:
    """What a check gives: the program where there is no error, and all diagnostics in order.

    `statements` and `texts` are what was checked. `remarks` say how files were read that are named there.
    """

    program: p.Program | None
    diagnostics: tuple[Diagnostic, ...]
    statements: tuple[tree.Statement, ...] = attrs.field(default=(), repr=False)
    texts: Mapping[str, str] = attrs.field(factory=dict, repr=False)
    remarks: tuple[str, ...] = ()


def check(
    statements: tuple[tree.Statement, ...],
    texts: Mapping[str, str],
    *,
    params: Mapping[str, Any] | None = None,
    beside: Beside = NOTHING_BESIDE,
    excused: frozenset[str] = frozenset(),
    catalogue: Catalogue | None = None,
    limits: Limits = DEFAULT_LIMITS,
    lenient: bool = False,
) -> Checked:
    """Check the statements of a file, in order, with those that it includes.

    `texts` gives the text of each file by the name that spans use. `params` are the host's values;
    `beside` reads lists and tables from files; `excused` are words of statements that could not be
    read; `catalogue` has the plugins that the file may use. `lenient` reads every field and property as if it said
    `else unknown`.
    """
    report = Report(texts, excused)
    if is_too_large(statements, report):
        return Checked(None, in_order(report.diagnostics))
    names = declare(
        statements,
        report,
        params=params or {},
        beside=beside,
        catalogue=catalogue or Catalogue(),
    )
    if lenient:
        names.read_leniently()
    declare_labels(statements, names)
    graph = graph_of(statements, names)
    order = order_of(graph, report)
    checking = _Checking(statements, names, report, graph, order)
    program = checking.program(limits)
    failed = any(d.severity == "error" for d in report.diagnostics)
    return Checked(None if failed else program, in_order(report.diagnostics))


@attrs.define
class _Checking:
    """One check of one file, statement by statement."""

    statements: tuple[tree.Statement, ...]
    names: Names
    report: Report
    graph: Graph
    order: tuple[tuple[str, str], ...]
    header: dict[str, Any] = attrs.field(factory=dict)
    criteria: dict[str, p.Criterion] = attrs.field(factory=dict)
    reads: dict[str, Reads] = attrs.field(factory=dict)
    segments: list[p.Segment] = attrs.field(factory=list)
    requirements: list[p.Requirement] = attrs.field(factory=list)
    ignores: list[p.Ignore] = attrs.field(factory=list)
    grades: list[p.Grade | p.GradeCell] = attrs.field(factory=list)
    total: p.Total = attrs.field(factory=lambda: p.Total(None, p.Bounds()))

    def program(self, limits: Limits) -> p.Program:
        """Check everything, and put the program together."""
        self._header()
        rule_names = self._rule_names()
        expressions = Expressions(self.names, self.report, patterns=PatternSteps(limits.pattern_steps))
        self._criteria(expressions)
        dimensions = tuple(s for s in self.statements if isinstance(s, tree.Dimension))
        scoring = Scoring(expressions, self.header["precision"], rule_names, dimensions)
        ladders = Ladders(expressions, rule_names)
        for node in self.statements:
            try:
                scoring.read(node)
                self._statement(node, expressions, scoring, ladders)
            except Refused:
                continue
        for node in self._declared(tree.Criterion):
            if node.output:
                expressions.reads.criteria[node.name.name] = None
        built = scoring.built()
        tests = Expressions(
            self.names,
            self.report,
            plain_criteria=expressions.plain_criteria,
            patterns=expressions.patterns,
        )
        examples = self._examples(tests)
        scope = self._scope(expressions.reads, limits.events)
        if len(scope.fields) > limits.fields:
            message = f"the rules read {len(scope.fields)} fields, and {limits.fields} is the limit"
            self.report.add("LR009", message, self.statements[0])
        program = p.Program(
            name=self.header["name"],
            version=self.header["version"],
            timezone=self.header["timezone"],
            precision=self.header["precision"],
            params=self._params(),
            fields=dict(self.names.fields),
            events=dict(self.names.events),
            scope=scope,
            criteria=tuple(
                self.criteria[n.name.name] for n in self._declared(tree.Criterion) if n.name.name in self.criteria
            ),
            segments=tuple(self.segments),
            requirements=tuple(self.requirements),
            ignores=tuple(self.ignores),
            dimensions=built,
            total=self.total,
            grades=tuple(self.grades),
            ladders=ladders.built(self.statements),
            marks=tuple(ladders.marks),
            order=self.order,
            canonical=canonical_text(self.statements, self.names, expressions.columns),
            tables=self._tables(expressions.columns | tests.columns),
            examples=examples,
            asked=frozenset(expressions.reads.with_criteria(self.reads).criteria),
            tested=self._scope(expressions.reads, limits.events, tests.reads),
            functions=expressions.functions | tests.functions,
            identities={plugin.origin.plugin: plugin.identity for plugin in expressions.names.plugins.values()},
            files=tuple(dict.fromkeys(node.span.file for node in self.statements)),
            declared=frozenset(self.names.declared),
            values={name: param.value for name, param in self.names.params.items()},
        )
        return with_work(program, limits.work, expressions.patterns.of, limits.code)

    def _scope(self, rules: Reads, most_events: int, tests: Reads | None = None) -> Scope:
        """Give what the rules read of a lead, and, where given, what the tests read besides.

        What only criteria read that nothing asks is read by nobody.
        """
        found = [part.with_criteria(self.reads) for part in (rules, tests) if part is not None]
        read: dict[str, set[str]] = {}
        for type_, properties in (item for part in found for item in part.events.items()):
            read.setdefault(type_, set()).update(properties)
        fields = dict.fromkeys(name for part in found for name in part.fields)
        return Scope(
            fields={name: self.names.fields[name] for name in fields},
            events=dict(self.names.events),
            read={name: frozenset(properties) for name, properties in read.items()},
            ladders={name: labels + self.names.exits[name] for name, labels in self.names.ladders.items()},
            zone=zone(self.header["timezone"]),
            letters=self.names.letters,
            most_events=most_events,
            held_in={name: columns for name, columns in self.names.held_in.items() if columns},
        )

    def _examples(self, expressions: Expressions) -> tuple[p.Example, ...]:
        examples = Examples(expressions, zone(self.header["timezone"]))
        for node in self.statements:
            try:
                examples.read(node)
            except Refused:
                continue
        return examples.built()

    def _declared(self, kind: type[Any]) -> list[Any]:
        """Give the statements of a kind that hold their name; a second of that name is an error already."""
        return [s for s in self.statements if isinstance(s, kind) and self.names.holds(s.name.name, s)]

    # ---------------------------------------------------------------- header

    def _header(self) -> None:
        self.header = {"name": None, "version": None, "timezone": DEFAULT_TIMEZONE, "precision": DEFAULT_PRECISION}
        seen: set[type] = set()
        for node in self.statements:
            if isinstance(node, (tree.Ruleset, tree.Timezone, tree.Precision, tree.AccentsIgnored)):
                if type(node) in seen:
                    self.report.add("LR517", f"`{HEAD_WORDS[type(node)]}` stands twice", node, "keep one of them")
                seen.add(type(node))
                self._head(node)

    def _head(self, node: tree.Ruleset | tree.Timezone | tree.Precision | tree.AccentsIgnored) -> None:
        if isinstance(node, tree.AccentsIgnored):
            return  # known before names are declared
        if isinstance(node, tree.Ruleset):
            self.header |= {"name": node.name.name, "version": node.version.value if node.version else None}
        elif isinstance(node, tree.Timezone):
            try:
                zone(node.name.value)
                self.header["timezone"] = node.name.value
            except ValueError:
                self._no_timezone(node.name)
        elif node.digits.value.denominator != 1 or not 0 <= node.digits.value <= 6:
            self.report.add("LR411", "`precision` is a whole number of decimals from 0 to 6", node.digits)
        else:
            self.header["precision"] = int(node.digits.value)

    def _no_timezone(self, node: tree.Text) -> None:
        from leadrules.values import zone_names

        near = self.report.suggest(node.value, zone_names())
        help_ = f'did you mean "{near}"?' if near else 'write it as "Europe/Warsaw" or "UTC"'
        self.report.add("LR518", f'there is no timezone "{node.value}"', node, help_)

    def _rule_names(self) -> frozenset[str]:
        seen: dict[str, tree.Name] = {}
        for node in self.statements:
            if isinstance(node, (tree.Rule, tree.Outcome)) and node.name is not None:
                first = seen.setdefault(node.name.name, node.name)
                if first is not node.name:
                    message = f"two rules are named `{node.name.name}`"
                    place = line_of(first.span, node.name.span)
                    help_ = f"the first is in {place}; an audit must be able to tell them apart"
                    self.report.add("LR307", message, node.name, help_)
        return frozenset(seen)

    # ------------------------------------------------------------ definitions

    def _criteria(self, expressions: Expressions) -> None:
        """Check criteria in the order of what they read, so that the type of each is known in time."""
        written = {node.name.name: node for node in self._declared(tree.Criterion)}
        for kind, name in self.order:
            if kind == "criterion" and name in written:
                try:
                    with expressions.apart() as self.reads[name]:
                        self._criterion(written[name], expressions)
                except Refused:
                    continue

    def _criterion(self, node: tree.Criterion, expressions: Expressions) -> None:
        body = node.body
        while isinstance(body, tree.Group):
            body = body.inner
        is_condition = isinstance(body, _CONDITIONS) or (isinstance(body, tree.Name) and expressions.is_event(body))
        if is_condition:
            condition = expressions.condition(node.body)
            value: p.ValueNode = p.ConditionValue(condition, BOOL, **told(node.body))
        else:
            value = expressions.value(node.body)
        refuse_moving(self.report, value, node.body)
        name = node.name.name
        self.names.criteria[name] = value.type
        self.criteria[name] = p.Criterion(name, value, node.output, span=node.span)
        if self._is_plain(node, expressions):
            expressions.plain_criteria.add(name)

    def _is_plain(self, node: tree.Criterion, expressions: Expressions) -> bool:
        """Tell whether a criterion is made of fields, params, lists and literals only."""
        reads = self.graph.reads[("criterion", node.name.name)]
        plain = all(kind == "criterion" and name in expressions.plain_criteria for kind, name in reads)
        return plain and not _looks_at_events(node.body, expressions)

    def _statement(self, node: tree.Statement, expressions: Expressions, scoring: Scoring, ladders: Ladders) -> None:
        match node:
            case tree.Segment():
                self.segments.append(p.Segment(node.name.name, expressions.condition(node.body), span=node.span))
            case tree.Require():
                self.requirements.append(requirement_of(node, expressions))
            case tree.Ignore():
                self.ignores.append(ignore_of(node, expressions))
            case tree.Total():
                self._total(node, scoring)
            case tree.Grade():
                self.grades.append(grade_of(node, expressions))
            case tree.GradeCell():
                self.grades.append(cell_of(node, expressions))
            case tree.Outcome():
                ladders.outcome(node)
            case tree.Hold():
                ladders.hold(node)
            case _:
                pass  # read by the stages before, or by `scoring`

    def _total(self, node: tree.Total, scoring: Scoring) -> None:
        if self.total.terms is not None:
            self.report.refuse("LR517", "`total` stands twice", node, "keep one of them")
        self.total = total_of(node, scoring)

    def _tables(self, asked: Iterable[tuple[str, str]]) -> dict[str, p.Table]:
        """Give the tables with the columns that are asked."""
        found: dict[str, dict[str, p.TableColumn]] = {}
        for table, column in asked:
            found.setdefault(table, {})[column] = self.names.tables[table].column(column)
        return {name: p.Table(name, columns) for name, columns in found.items()}

    def _params(self) -> dict[str, p.Constant]:
        return {
            name: p.Constant(param.value, param.type, param=name)
            for name, param in self.names.params.items()
            if param.type is not None
        }


def _looks_at_events(node: Node, expressions: Expressions) -> bool:
    if isinstance(node, tree.Name):
        return expressions.is_event(node)
    if isinstance(node, tree.Selection) and not expressions.is_event(node.name):
        return False
    if isinstance(node, (tree.Selection, tree.Aggregate, tree.NoneOf, tree.Was)):
        return True
    if isinstance(node, tree.Call) and node.plugin is not None and _wants_lead(node, expressions):
        return True
    return any(_looks_at_events(child, expressions) for child in node.children())


def _wants_lead(node: tree.Call, expressions: Expressions) -> bool:
    assert node.plugin is not None
    plugin = expressions.names.plugins.get(node.plugin.name)
    criterion = plugin.criteria.get(node.function.name) if plugin else None
    return criterion is not None and criterion.wants_lead


_LENIENT = "else unknown"
"""The line that says so of all fields and properties: no statement reads like it."""


def canonical_text(statements: Sequence[tree.Statement], names: Names, columns: Iterable[tuple[str, str]] = ()) -> str:
    """Write what the fingerprint is taken of: statements, params' values, members of lists, plugins.

    Of tables these are the `columns` that are read, by key.
    """
    lines = [_line(statement) for statement in statements if not isinstance(statement, _TESTS)]
    params = {name: _written(param.value) for name, param in names.params.items()}
    lists: dict[str, Any] = {name: [_written(c.value) for c in constants] for name, constants in names.lists.items()}
    for table, column in sorted(columns):
        values = sorted(names.tables[table].column(column).values.items())
        lists.setdefault(table, {})[column] = [[key, _written(value)] for key, value in values]
    lines = [*([_LENIENT] if names.lenient else []), *lines]
    parts: list[Any] = [params, lists]
    if names.plugins:
        parts.append({alias: plugin.identity for alias, plugin in names.plugins.items()})
    return "\n".join([*lines, json.dumps(parts, ensure_ascii=True, separators=(",", ":"))])


def read_from_files(canonical: str) -> dict[str, Any]:
    """Give from a canonical text the members of lists, and of tables the columns that are asked, by their names."""
    found: dict[str, Any] = json.loads(canonical.rpartition("\n")[2])[1]
    return found


def with_plugins(canonical: str, identities: Mapping[str, Mapping[str, Any]]) -> str:
    """Give a canonical text as it would be with other plugins in place of those of the same names."""
    *lines, last = canonical.split("\n")
    parts = json.loads(last)
    for used in parts[2:]:
        for alias, here in used.items():
            other = identities.get(here["plugin"], here)
            used[alias] = {key: other[key] for key in {**here, **other} if key in other}
    return "\n".join([*lines, json.dumps(parts, ensure_ascii=True, separators=(",", ":"))])


def _line(statement: tree.Statement) -> str:
    if isinstance(statement, tree.Boundary):
        return "include {" if statement.opens else "}"
    return text_of(statement)


def _written(value: Any) -> Any:
    from fractions import Fraction

    if isinstance(value, bool | str):
        return value
    return {"number": text_of_number(value)} if isinstance(value, Fraction) else {type(value).__name__: str(value)}
