"""What a ruleset is made of, as plain frozen values: for hosts that watch, archive, show or feed rules.

The program itself is made for engines, and changes as they need it; what stands here keeps its names.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path, PurePosixPath
from typing import Any, Literal, TypeAlias

import attrs

from leadrules import program as p
from leadrules.audit import ScoredLead
from leadrules.engine.incremental.memory import Memories
from leadrules.engine.incremental.uses import Memory
from leadrules.engine.reference.examples import RanExample
from leadrules.errors import PluginError
from leadrules.frozen import FrozenDict, frozen
from leadrules.plugins import Catalogue
from leadrules.syntax.files import MAIN, PACK, Files
from leadrules.values import Duration, Value, decimal_of
from leadrules.vocabulary import EventType as KnownEvent
from leadrules.vocabulary import Field as KnownField
from leadrules.vocabulary import Property as KnownProperty

SourceKind = Literal["rules", "include", "list", "table", "pack"]
ParamValue: TypeAlias = Decimal | str | bool | dt.date | dt.timedelta


class _Plain:
    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain data, under the names of its attributes: paths as text, numbers as decimals."""
        kind: Any = type(self)
        return {one.name: _plain_part(getattr(self, one.name)) for one in attrs.fields(kind)}


def _plain_part(value: Any) -> Any:
    if isinstance(value, _Plain | ScoredLead):
        return value.to_dict()
    if isinstance(value, Mapping):
        return {name: _plain_part(part) for name, part in value.items()}
    if isinstance(value, tuple | list):
        return [_plain_part(part) for part in value]
    return str(value) if isinstance(value, Path) else value


@attrs.frozen
class Source(_Plain):
    """A text that rules were made of.

    `kind` is `rules` (the main file), `include`, `list`, `table`, or `pack`: a rule file of a plugin's pack. `name` is
    its path beside the main file, of a pack `pack:NAME/file`. `digest` is `sha256:` and 64 digits, and `size` counts
    bytes, both of the text in UTF-8: those of the file, but for a byte order mark. `path` is where it was read from,
    None where no disk was. Of a pack, `distribution` and `version` say what brings it here. Where a text came from
    is no part of equality.
    """

    kind: SourceKind
    name: str
    digest: str
    size: int
    path: Path | None = attrs.field(default=None, eq=False)
    distribution: str | None = attrs.field(default=None, eq=False)
    version: str | None = attrs.field(default=None, eq=False)


@attrs.frozen
class Field(_Plain):
    """An attribute of leads that the rules declare, or that every rule file knows.

    `type` is that of the language: `number`, `text`, `bool`, `date`, `datetime`, `list of text`; `choices` are the
    texts that there may be, empty where any may. `column` is its name in the data. `read` tells that some rule looks
    at it, `declared` that the rule file declares it.
    """

    name: str
    type: str
    choices: tuple[str, ...]
    column: str
    pii: bool
    protected: bool
    read: bool
    declared: bool


@attrs.frozen
class Property(_Plain):
    """A property of a type of event; its attributes are as those of a `Field`."""

    name: str
    type: str
    choices: tuple[str, ...]
    pii: bool
    read: bool


@attrs.frozen
class EventType(_Plain):
    """A type of event that the rules declare, or that every rule file knows.

    `properties` are by name, in order of declaration. `read` tells that some rule looks at such events, `declared`
    that the rule file declares it.
    """

    name: str
    properties: Mapping[str, Property] = attrs.field(converter=frozen, hash=False)
    read: bool
    declared: bool


@attrs.frozen
class Ladder(_Plain):
    """A ladder of labels, the lowest first, and its exits."""

    name: str
    labels: tuple[str, ...]
    exits: tuple[str, ...]
    forward_only: bool


@attrs.frozen
class Grade(_Plain):
    """A grade and its labels, the best first; of grades together each of one with each of the others."""

    name: str
    labels: tuple[str, ...]


@attrs.frozen
class Output(_Plain):
    """An output, and the kind of its values: number, text, bool, date, datetime, label or list of text."""

    name: str
    kind: str


@attrs.frozen
class Dimension(_Plain):
    """A dimension, and the least and most points that it can have, None where there is no bound."""

    name: str
    least: Decimal | None
    most: Decimal | None


@attrs.frozen
class Rule(_Plain):
    """A scoring rule.

    `id` names it in every audit, `text` is its canonical condition, of alternatives all of theirs, `points` are those
    of each as written. It stands in a `dimension`, maybe in a `group`, on a `line` of `file` (None: the main one). It
    `scores` `each` event or `once`. `keeps` says what a `LeadState` has to keep for it: `bounded`, a bounded number of
    events; `distinct`, more with every distinct value or period; `events`, the events themselves, however old.
    """

    id: str
    text: str
    points: tuple[str, ...]
    dimension: str
    group: str | None
    line: int
    file: str | None
    scores: Literal["each", "once"]
    keeps: Memory


@attrs.frozen
class PluginCriterion(_Plain):
    """A criterion of a plugin that the rules use: its own version, and the distribution that brings it.

    `distribution` and `distribution_version` are None where the host hands it over.
    """

    plugin: str
    name: str
    version: str
    distribution: str | None
    distribution_version: str | None


@attrs.frozen
class Expectation(_Plain):
    """Something that an example expects, as written.

    `truth` is True, False, or None for unknown; `found` are the values that it looks at, by their texts.
    """

    text: str
    line: int
    truth: bool | None
    found: Mapping[str, Any] = attrs.field(converter=frozen, hash=False)


@attrs.frozen
class ExampleResult(_Plain):
    """What an example of a rule file came to."""

    name: str
    line: int
    result: ScoredLead
    expectations: tuple[Expectation, ...]

    @property
    def passed(self) -> bool:
        """Tell whether all that it expects is so."""
        return all(expected.truth is True for expected in self.expectations)


# ------------------------------------------------------------------- sources


def sources_of(files: Files, catalogue: Catalogue) -> tuple[Source, ...]:
    """Give the texts that were read, the main file first, then by kind in the order in which they were asked for."""
    found = [_source("rules", MAIN, files)]
    for key, kind in files.used.items():
        found.append(_source("pack" if key.startswith(PACK) else kind, key, files))
    found.sort(key=lambda one: ("rules", "include", "list", "table", "pack").index(one.kind))
    return tuple(_brought(one, catalogue) if one.kind == "pack" else one for one in found)


def _source(kind: SourceKind, key: str, files: Files) -> Source:
    data = files.texts[key].encode()
    name = PurePosixPath(files.name.replace("\\", "/")).name if key == MAIN else key
    path = None
    if files.path is not None and kind != "pack":
        path = files.path if key == MAIN else files.path.parent / key
    return Source(kind, name, f"sha256:{hashlib.sha256(data).hexdigest()}", len(data), path)


def _brought(source: Source, catalogue: Catalogue) -> Source:
    try:
        origin = catalogue.pack_origin(source.name.removeprefix(PACK).partition("/")[0])
    except PluginError:  # a text that was kept does not need it
        return source
    return attrs.evolve(source, distribution=origin.distribution, version=origin.version)


# ------------------------------------------------------------------- program


@attrs.frozen(eq=False)
class Contents:
    """All that a program declares and reads; each part is made when it is first asked for."""

    program: p.Program

    @property
    def params(self) -> Mapping[str, ParamValue]:
        """The values of the params, by name, in order of declaration."""
        return FrozenDict({name: _plain(value) for name, value in self.program.values.items()})

    @property
    def fields(self) -> Mapping[str, Field]:
        """The fields, by name."""
        return FrozenDict({name: self._field(field) for name, field in self.program.fields.items()})

    def _field(self, field: KnownField) -> Field:
        return Field(
            field.name,
            field.type.kind,
            field.type.choices,
            field.key,
            field.pii,
            field.protected,
            read=field.name in self.program.scope.fields,
            declared=field.name in self.program.declared,
        )

    @property
    def events(self) -> Mapping[str, EventType]:
        """The types of events, by name."""
        return FrozenDict({name: self._event(event) for name, event in self.program.events.items()})

    def _event(self, event: KnownEvent) -> EventType:
        looked_at = self.program.scope.read.get(event.name)
        read = looked_at or frozenset()
        properties = {one.name: _property(one, read=one.name in read) for one in event.properties}
        declared = event.name in self.program.declared
        return EventType(event.name, properties, read=looked_at is not None, declared=declared)

    @property
    def ladders(self) -> Mapping[str, Ladder]:
        """The ladders, by name, in order of declaration."""
        made = (Ladder(one.name, one.labels, one.exits, one.forward_only) for one in self.program.ladders)
        return FrozenDict({one.name: one for one in made})

    @property
    def grades(self) -> Mapping[str, Grade]:
        """The grades, by name, in order of declaration."""
        bands = {one.name: one.bands for one in self.program.grades if isinstance(one, p.Grade)}
        found = {name: tuple(band.label for band in own) for name, own in bands.items()}
        for one in self.program.grades:
            if isinstance(one, p.GradeCell):
                found[one.name] = tuple(map("".join, itertools.product(*(found[part] for part in one.grades))))
        return FrozenDict({one.name: Grade(one.name, found[one.name]) for one in self.program.grades})

    @property
    def dimensions(self) -> Mapping[str, Dimension]:
        """The dimensions, by name, in order of declaration."""
        made = (Dimension(d.name, _decimal(d.bounds.low), _decimal(d.bounds.high)) for d in self.program.dimensions)
        return FrozenDict({one.name: one for one in made})

    @property
    def outputs(self) -> Mapping[str, Output]:
        """The outputs, by name, in order of declaration."""
        return FrozenDict({one.name: Output(one.name, one.body.type.kind) for one in self.program.outputs})

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The scoring rules, in order of declaration."""
        memories, program = Memories(self.program), self.program
        groups = {rule.id: group.name for group in program.groups for rule in group.rules}
        return tuple(
            Rule(
                rule.id,
                rule.text,
                tuple(alternative.text for alternative in rule.alternatives),
                dimension.name,
                groups.get(rule.id),
                rule.line,
                program.file_of(rule),
                "once" if rule.selection is None else "each",
                memories.of(rule),
            )
            for dimension in program.dimensions
            for rule in dimension.rules
        )

    @property
    def criteria(self) -> tuple[PluginCriterion, ...]:
        """The criteria of plugins that the rules use, by plugin and name."""
        functions = sorted(self.program.functions.items())
        return tuple(
            PluginCriterion(one.origin.plugin, one.name, one.version, one.origin.distribution, one.origin.version)
            for _, one in functions
        )

    def marks(self, kind: str) -> tuple[str, ...]:
        """Give the texts that rules of a kind may give, each once, in order of declaration."""
        return tuple(dict.fromkeys(mark.value for mark in self.program.marks if mark.kind == kind))


def _property(one: KnownProperty, *, read: bool) -> Property:
    return Property(one.name, one.type.kind, one.type.choices, one.pii, read)


def _decimal(bound: Fraction | None) -> Decimal | None:
    return None if bound is None else decimal_of(bound)


def _plain(value: Value | Duration) -> ParamValue:
    match value:
        case Fraction():
            return decimal_of(value)
        case Duration():
            return dt.timedelta(microseconds=value.microseconds)
        case str() | bool() | dt.date():
            return value
        case int() | tuple():
            raise TypeError(f"no param is a moment or a list: {value!r}")


def example_result(ran: RanExample) -> ExampleResult:
    """Say what an example came to."""
    told = (Expectation(one.expectation.text, one.expectation.line, one.truth, one.found) for one in ran.judged)
    return ExampleResult(ran.example.name, ran.example.line, ran.result, tuple(told))
