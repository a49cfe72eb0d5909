"""The names of a rule file: what it declares, and the standard vocabulary behind that.

All declared names share one space. A file's own declaration replaces a standard one of that name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice, product
from typing import Any

import attrs

from leadrules import program as p
from leadrules.check.constants import constant, override, refuse_empty
from leadrules.check.declarations import event_of, field_of
from leadrules.check.tables import Beside, KnownTable, table_of
from leadrules.criteria import Plugin
from leadrules.errors import MissingPlugin, PluginError, Span
from leadrules.families import LOCAL_TIMES
from leadrules.letters import ACCENTED, UNACCENTED, Letters
from leadrules.plugins import Catalogue
from leadrules.spellings import Twice, plainly
from leadrules.syntax import tree
from leadrules.syntax.formatter import text_of
from leadrules.syntax.report import Refused, Report, line_of, listed, path_of
from leadrules.values import Duration, Zone, plain_name, zone
from leadrules.vocabulary import (
    BOOL,
    DATE,
    DATETIME,
    NUMBER,
    OWN_PROPERTIES,
    STANDARD_EVENTS,
    STANDARD_FIELDS,
    STANDARD_GROUPS,
    TEXT,
    TEXTS,
    EventType,
    Field,
    Property,
    Type,
)

DEFINITIONS: frozenset[str] = frozenset(
    {"criterion", "segment", "dimension", "group", "persona", "score", "grade", "ladder"}
)
ANY_EVENT = "any_event"
DEFAULT_TIMEZONE = "UTC"
FUNCTIONS: Mapping[str, int | None] = {"floor": 1, "ceil": 1, "abs": 1, "least": None, "greatest": None}
"""The built-in functions of numbers and how many arguments they take; None is two or more."""
AS_OF: Mapping[str, Type] = {"now": DATETIME, "today": DATE}
"""What stands for the moment of scoring, where no name of the file does."""
IMPLICIT_DIMENSION = "points"
IMPLICIT_LADDER = "stage"
FIRST_STAGE = "unqualified"


@attrs.frozen
class Declared:
    """A name that the file declares: what kind of thing it is, and where."""

    kind: str
    name: str
    span: Span
    node: Any = attrs.field(eq=False, repr=False)


@attrs.frozen
class Param:
    """A param's value after the host's overrides; `type` is None for a duration."""

    name: str
    value: Any
    type: Type | None


@attrs.define
class Names:
    """Everything that a name can mean in one file."""

    report: Report
    letters: Letters = ACCENTED
    declared: dict[str, Declared] = attrs.field(factory=dict)
    fields: dict[str, Field] = attrs.field(factory=dict)
    events: dict[str, EventType] = attrs.field(factory=dict)
    groups: dict[str, tuple[str, ...]] = attrs.field(factory=dict)
    params: dict[str, Param] = attrs.field(factory=dict)
    lists: dict[str, tuple[p.Constant, ...]] = attrs.field(factory=dict)
    tables: dict[str, KnownTable] = attrs.field(factory=dict)
    criteria: dict[str, Type] = attrs.field(factory=dict)
    labels: dict[str, str] = attrs.field(factory=dict)
    ladders: dict[str, tuple[str, ...]] = attrs.field(factory=dict)
    exits: dict[str, tuple[str, ...]] = attrs.field(factory=dict)
    held_in: dict[str, tuple[str, ...]] = attrs.field(factory=dict)
    grades: dict[str, tuple[str, ...]] = attrs.field(factory=dict)
    cells: dict[str, tuple[str, ...]] = attrs.field(factory=dict)
    plugins: dict[str, Plugin] = attrs.field(factory=dict)
    guards: dict[str, str] = attrs.field(factory=dict)
    lenient: bool = False
    _label_sets: dict[str, frozenset[str]] = attrs.field(factory=dict)
    _declarations: dict[tuple[tuple[str, ...], str], tuple[Property, ...]] = attrs.field(factory=dict)
    _property_names: dict[tuple[str, ...], frozenset[str]] = attrs.field(factory=dict)

    def read_leniently(self) -> None:
        """Let every field and property be unknown where it cannot be read, as if each said `else unknown`."""
        self.lenient = True
        self.fields = {name: attrs.evolve(field, lenient=True) for name, field in self.fields.items()}
        self.events = {
            name: attrs.evolve(event, properties=tuple(attrs.evolve(prop, lenient=True) for prop in event.properties))
            for name, event in self.events.items()
        }

    def kind(self, name: str) -> str | None:
        """Say what a name is: field, event, events, param, list, a kind of definition, or None."""
        if name in self.declared:
            return self.declared[name].kind
        if name == "score":
            return "score"
        if name in self.fields:
            return "field"
        if name in self.events:
            return "event"
        return "events" if name in self.groups else None

    def type_of(self, kind: p.DefinitionKind, name: str) -> Type:
        """Give the type of a definition's value."""
        match kind:
            case "criterion":
                return self.criteria[name]
            case "segment":
                return BOOL
            case "grade" | "ladder":
                return Type("label", scale=name)
            case "dimension" | "group" | "persona" | "score":
                return NUMBER
            case "tags" | "recommendations" | "missing":
                return TEXTS

    def labels_of(self, scale: str) -> tuple[str, ...]:
        """Give the labels of a grade, a ladder with its exits, or the first thousand of grades together."""
        if scale in self.ladders:
            return self.ladders[scale] + self.exits[scale]
        if scale not in self.cells:
            return self.grades.get(scale, ())
        labels = (self.grades.get(grade, ()) for grade in self.cells[scale])
        return tuple(islice(map("".join, product(*labels)), 1_000))

    def has_label(self, scale: str, label: str) -> bool:
        """Tell whether a grade, grades together or a ladder have a label. Grades together may have very many."""
        if scale in self.cells:
            ends = {0}
            for grade in self.cells[scale]:
                labels = self.grades.get(grade, ())
                ends = {start + len(part) for start in ends for part in labels if label.startswith(part, start)}
            return len(label) in ends
        if scale not in self._label_sets:
            self._label_sets[scale] = frozenset(self.labels_of(scale))
        return label in self._label_sets[scale]

    def holds(self, name: str, node: tree.Node | None) -> bool:
        """Tell whether a declaration has the name, and not another one; None stands for an implicit one."""
        return name in self.declared and self.declared[name].node is node

    def types_of(self, name: str) -> tuple[str, ...]:
        """Give the event types behind an event or group of events."""
        return self.groups.get(name, (name,))

    def property(self, types: tuple[str, ...], name: str, at: tree.Node) -> Property | None:
        """Give a property of some event types; refuses one that has two types among them."""
        own = next((q for q in OWN_PROPERTIES if q.name == name), None)
        if own is not None:
            return own
        found = self._declarations.get((types, name))
        if found is None:
            declared = (self.events[type_].property(name) for type_ in types)
            found = self._declarations[types, name] = tuple(dict.fromkeys(q for q in declared if q is not None))
        if len({q.type for q in found}) > 1:
            kinds = " and ".join(sorted({str(q.type) for q in found}))
            self.report.refuse(
                "LR406",
                f"`{name}` has two types among these events: {kinds}",
                at,
                "name the event instead of the group",
            )
        return attrs.evolve(found[0], pii=any(q.pii for q in found)) if found else None

    def property_names(self, types: tuple[str, ...]) -> frozenset[str]:
        """Name the properties of some event types, their own `at` and `day` included."""
        if types not in self._property_names:
            declared = (q.name for type_ in types for q in self.events[type_].properties)
            self._property_names[types] = frozenset((*(q.name for q in OWN_PROPERTIES), *declared))
        return self._property_names[types]

    def known(self) -> Iterator[str]:
        """Name everything in scope, for suggestions."""
        yield from self.declared
        yield from (name for name in (*self.fields, *self.events, *self.groups) if name not in self.declared)
        yield "score"


DECLARATIONS: Mapping[type[tree.Node], str] = {
    tree.Param: "param",
    tree.ListDeclaration: "list",
    tree.TableDeclaration: "table",
    tree.FieldDeclaration: "field",
    tree.EventDeclaration: "event",
    tree.EventGroup: "events",
    tree.Criterion: "criterion",
    tree.Segment: "segment",
    tree.Dimension: "dimension",
    tree.PointsGroup: "group",
    tree.Persona: "persona",
    tree.Grade: "grade",
    tree.GradeCell: "grade",
}
"""The statements that declare a name of their own, and what it is."""


def declare(
    statements: tuple[tree.Statement, ...],
    report: Report,
    *,
    params: Mapping[str, Any],
    beside: Beside,
    catalogue: Catalogue,
) -> Names:
    """Collect what a file declares, types and values of its vocabulary resolved, plugins loaded."""
    ignored = any(isinstance(statement, tree.AccentsIgnored) for statement in statements)
    names = Names(report, UNACCENTED if ignored else ACCENTED)
    for statement in statements:
        kind = DECLARATIONS.get(type(statement))
        if kind is not None:
            name = getattr(statement, "name")  # noqa: B009 - every kind of declaration has one
            _declare(names, kind, name, statement)
        elif isinstance(statement, tree.Use):
            _use(names, statement, catalogue)
    _implicit(names, statements)
    _standard(names)
    for statement in statements:
        try:
            _vocabulary(names, statement, beside)
            if isinstance(statement, tree.TableDeclaration) and names.holds(statement.name.name, statement):
                table = table_of(report, statement, beside, _zone_of(statements), names.letters)
                names.tables[statement.name.name] = table
        except Refused:
            continue
    _share_columns(names)
    _any_event(names, statements)
    _types_in_data(names, statements)
    _event_groups(names, statements)
    _overrides(names, statements, params)
    return names


def _zone_of(statements: tuple[tree.Statement, ...]) -> Zone:
    """Give the file's timezone; one that there is not is told elsewhere."""
    written = next((s.name.value for s in statements if isinstance(s, tree.Timezone)), DEFAULT_TIMEZONE)
    try:
        return zone(written)
    except ValueError:
        return zone(DEFAULT_TIMEZONE)


def _declare(names: Names, kind: str, name: tree.Name, node: tree.Node) -> None:
    report = names.report
    if kind == "event" and name.name == ANY_EVENT:
        return
    if kind == "table" and name.name in {*FUNCTIONS, *LOCAL_TIMES}:
        report.add("LR302", f"`{name.name}` is a function already", name, "choose another name")
    elif name.name in {"score", ANY_EVENT}:
        report.add("LR302", f"`{name.name}` always exists and cannot be declared", name, "choose another name")
    elif name.name in names.declared:
        first = names.declared[name.name]
        place = line_of(first.span, name.span)
        advice = "choose another name"
        if isinstance(node, tree.Use):
            advice += f": `use {text_of(node.name)} as …`"
        help_ = f"it is already a {first.kind} in {place}; {advice}"
        report.add("LR301", f"`{name.name}` is declared twice", name, help_)
    else:
        names.declared[name.name] = Declared(kind, name.name, name.span, node)


def _use(names: Names, node: tree.Use, catalogue: Catalogue) -> None:
    """Load a plugin and give it the name by which the file calls it."""
    alias = node.alias or node.name
    _declare(names, "plugin", alias, node)
    if not names.holds(alias.name, node):
        return
    try:
        names.plugins[alias.name] = catalogue.load(node.name.name)
    except PluginError as problem:
        names.report.add("LR621", str(problem), node, _how_to_get(node.name.name, problem, names.report, catalogue))


def _how_to_get(name: str, problem: PluginError, report: Report, catalogue: Catalogue) -> str | None:
    """Say what to do about a plugin that cannot be loaded."""
    known = catalogue.names()
    if isinstance(problem, MissingPlugin):
        near = report.suggest(name, known)
        if near:
            return f"did you mean `{near}`?"
        there = f"; there {'is' if len(known) == 1 else 'are'} {listed(known)}" if known else ""
        return f"{problem.help}{there}"
    if name not in known:
        return f"allowed are {listed(known)}" if known else None
    return problem.help if name in catalogue.given else "`leadrules plugins doctor` tells how to mend it"


def _implicit(names: Names, statements: tuple[tree.Statement, ...]) -> None:
    """Declare the ladders, and what exists without being declared: `points`, and the ladder `stage`."""
    for node in statements:
        if isinstance(node, tree.Stages):
            name = node.name or tree.Name(IMPLICIT_LADDER, span=node.span)
            if node.name is None and names.kind(IMPLICIT_LADDER) not in {None, "ladder"}:
                _taken(names, IMPLICIT_LADDER, "the ladder has")
            _declare(names, "ladder", name, node)
    if not any(isinstance(s, tree.Dimension) for s in statements):
        _reserve(names, "dimension", IMPLICIT_DIMENSION, "the sum of all rules has")
    stages = any(isinstance(s, tree.Stages) for s in statements)
    if not stages and any(isinstance(s, tree.Outcome) and s.kind == "label" for s in statements):
        _reserve(names, "ladder", IMPLICIT_LADDER, "the ladder has")


def _reserve(names: Names, kind: str, name: str, why: str) -> None:
    if name in names.declared:
        _taken(names, name, why)
    names.declared[name] = Declared(kind, name, Span("", 0, 0, 1, 1), None)


def _taken(names: Names, name: str, why: str) -> None:
    declared = names.declared.pop(name)
    help_ = f"choose another name for the {declared.kind}"
    if declared.kind == "field":
        type_ = declared.node.type.kind if declared.node.type.kind != "one of" else "text"
        help_ = f'choose another name and read the same column: `field crm_{name}: {type_} from "{name}"`'
    names.report.add("LR302", f"`{name}` is the name that {why} in this file", declared.span, help_)


def _standard(names: Names) -> None:
    names.fields |= {n: f for n, f in STANDARD_FIELDS.items() if n not in names.declared}
    names.events |= {n: e for n, e in STANDARD_EVENTS.items() if n not in names.declared}


# ---------------------------------------------------------------- vocabulary


def _vocabulary(names: Names, node: tree.Statement, beside: Beside) -> None:
    if not hasattr(node, "name") or not isinstance(node.name, tree.Name):
        return
    if not names.holds(node.name.name, node):
        return
    if isinstance(node, tree.FieldDeclaration):
        names.fields[node.name.name] = field_of(names.report, node, names.letters)
    elif isinstance(node, tree.EventDeclaration):
        names.events[node.name.name] = event_of(names.report, node, names.letters)
    elif isinstance(node, tree.Param):
        names.params[node.name.name] = _param(names.report, node)
    elif isinstance(node, tree.ListDeclaration):
        names.lists[node.name.name] = _list(names.report, node, beside)


def _param(report: Report, node: tree.Param) -> Param:
    if isinstance(node.value, tree.Duration):
        return Param(node.name.name, Duration(node.value.count, node.value.unit), None)
    value = constant(node.value)
    if value.type == TEXT:
        refuse_empty(report, node.value)
    return Param(node.name.name, value.value, value.type)


def _list(report: Report, node: tree.ListDeclaration, beside: Beside) -> tuple[p.Constant, ...]:
    if node.path is not None:
        try:
            column = None if node.column is None else node.column.value
            texts = beside.read_list(node.span.file, node.path.value, column)
        except ValueError as problem:
            report.refuse("LR610", str(problem), node.path, report.near(node.path.value, problem))
        except PluginError as problem:
            report.refuse("LR621", str(problem), node.path, problem.help)
        return tuple(p.Constant(text, TEXT, text=f'"{text}"') for text in texts)
    assert node.items is not None
    found = []
    for item in node.items.items:
        if not isinstance(item, (tree.Number, tree.Text, tree.Date)):
            report.refuse("LR404", "a list holds texts, numbers or dates", item, 'put a text in quotes: `{"a", "b"}`')
        if isinstance(item, tree.Text):
            refuse_empty(report, item)
        found.append(constant(item))
    if len({c.type for c in found}) > 1:
        report.refuse("LR404", "the members of a list are of one type", node.items)
    if not found:
        report.refuse("LR404", f"the list `{node.name.name}` is empty", node.items)
    return tuple(found)


# -------------------------------------------------------------------- events


def _share_columns(names: Names) -> None:
    """Let what protects a column protect it under every name: `protected` and `pii` are about the data."""
    fields = names.fields.values()
    protected = {key: field.name for field in fields if field.protected for key in field.keys}
    personal = {key for field in fields if field.pii for key in field.keys}
    for name, field in names.fields.items():
        guard = next((protected[key] for key in field.keys if key in protected), None)
        if guard is not None and not field.protected:
            names.guards[name] = guard
        is_personal = field.pii or not personal.isdisjoint(field.keys)
        names.fields[name] = attrs.evolve(field, protected=field.protected or guard is not None, pii=is_personal)


def _any_event(names: Names, statements: tuple[tree.Statement, ...]) -> None:
    """Give every event what `event any_event[…]` says; its own properties stay, and are as personal."""
    shared: dict[str, Property] = {}
    forms: dict[str, None] = {}
    identity = None
    for node in statements:
        if isinstance(node, tree.EventDeclaration) and node.name.name == ANY_EVENT:
            try:
                found = event_of(names.report, node, names.letters)
            except Refused:
                continue
            if node.types:
                help_ = "name one event: `event demo_request from …`"
                names.report.add("LR403", "`from` gives one event's names in the data", node.types[0], help_)
            forms |= dict.fromkeys(found.forms)
            identity = identity or found.identity
            for one, item in zip(found.properties, node.properties, strict=True):
                first = shared.setdefault(one.name, one)
                if first.type != one.type:
                    message = f"property `{one.name}` of every event is declared as {first.type} and as {one.type}"
                    names.report.add("LR301", message, item.name, "choose one type, or declare it of single events")
                shared[one.name] = attrs.evolve(first, pii=first.pii or one.pii)
    personal = {q.name for q in shared.values() if q.pii}
    for name, event in names.events.items():
        own = tuple(attrs.evolve(q, pii=q.pii or q.name in personal) for q in event.properties)
        names.events[name] = attrs.evolve(
            event,
            properties=own + tuple(q for q in shared.values() if event.property(q.name) is None),
            forms=tuple(dict.fromkeys((*event.forms, *forms))),
            identity=event.identity or identity,
        )
    names.groups[ANY_EVENT] = tuple(names.events)


def _types_in_data(names: Names, statements: tuple[tree.Statement, ...]) -> None:
    """Refuse a type in the data that would be two events."""
    claimed = {plain_name(name): name for name in names.events}
    for node in statements:
        if not isinstance(node, tree.EventDeclaration) or not names.holds(node.name.name, node):
            continue
        for type_ in node.types:
            other = claimed.setdefault(plain_name(type_.value.strip()), node.name.name)
            if other != node.name.name:
                message = f'events of the type "{type_.value}" are `{other}` already'
                names.report.add("LR301", message, type_, f"read it as one of the two: `{other}` or `{node.name.name}`")


def _event_groups(names: Names, statements: tuple[tree.Statement, ...]) -> None:
    """Resolve groups of events and groups to event types; a group inside itself is a mistake."""
    written = {
        node.name.name: node
        for node in statements
        if isinstance(node, tree.EventGroup) and names.holds(node.name.name, node)
    }
    for name, members in STANDARD_GROUPS.items():
        if name not in names.declared:
            names.groups[name] = tuple(m for m in members if m in names.events)
    done: dict[str, tuple[str, ...]] = {}
    for name in written:
        _resolve_group(names, written, name, done)
    names.groups |= done


def _resolve_group(
    names: Names, written: Mapping[str, tree.EventGroup], start: str, done: dict[str, tuple[str, ...]]
) -> None:
    """Resolve a group and those it names, depth first without recursion."""
    if start in done:
        return
    path = {start: iter(written[start].members)}
    while path:
        name = next(reversed(path))
        inner = next((m for m in path[name] if m.name in written and m.name not in done), None)
        if inner is None:
            done[name] = _members(names, written[name], done)
            path.popitem()
        elif inner.name in path:
            circle = [*list(path)[list(path).index(inner.name) :], inner.name]
            names.report.add("LR304", f"the group of events is inside itself: {path_of(circle)}", inner)
            done |= dict.fromkeys(path, ())
            path.clear()
        else:
            path[inner.name] = iter(written[inner.name].members)


def _members(names: Names, node: tree.EventGroup, done: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for member in node.members:
        kind = names.kind(member.name)
        if member.name in done:
            found |= dict.fromkeys(done[member.name])
        elif kind in {"event", "events"} and (member.name in names.events or member.name in names.groups):
            found |= dict.fromkeys(names.types_of(member.name))
        elif kind is None and member.name in names.report.excused:
            continue
        elif kind is None:
            near = names.report.suggest(member.name, (*names.events, *names.groups))
            names.report.add(
                "LR303",
                f"there is no event `{member.name}`",
                member,
                f"did you mean `{near}`?" if near else f"declare it: `event {member.name}`",
            )
        elif kind not in {"event", "events"}:
            names.report.add("LR402", f"`{member.name}` is a {kind}, and a group holds events", member)
    return tuple(found)


def _overrides(names: Names, statements: tuple[tree.Statement, ...], params: Mapping[Any, Any]) -> None:
    strange = {name: value for name, value in params.items() if not isinstance(name, str)}
    for name, value in {**plainly(params), **strange}.items():
        if name not in names.params:
            known = listed(names.params) or "none"
            near = names.report.suggest(str(name), names.params)
            start = statements[0].span if statements else Span("", 0, 0, 1, 1)
            names.report.add(
                "LR311",
                f"the host gives a param `{name}` that the file does not declare (it declares {known})",
                start,
                f"did you mean `{near}`?" if near else f"declare it: `param {name} = …`",
            )
            continue
        param = names.params[name]
        if type(value) is Twice:
            names.report.add("LR311", f"the host gives one param twice: {value}", names.declared[name].span)
            continue
        try:
            names.params[name] = attrs.evolve(param, value=override(param.type, value))
        except ValueError as problem:
            names.report.add("LR311", f"the host's value for `{name}` is refused: {problem}", names.declared[name].span)
