"""What comes out: a scored lead, its audit trail and their canonical JSON.

Numbers are decimals, times UTC text. The points of the audit entries add up exactly to the score.
The audit, and the evidence of its entries, may be made only when they are asked for.
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Protocol, TypeVar

import attrs

from leadrules.canonical import canonical_json, minimal
from leadrules.document import Document
from leadrules.errors import LeadrulesError
from leadrules.frozen import FrozenDict, frozen, thawed
from leadrules.heads import EntryHead, Fired, Notes, Prover, evidence_of, head_of
from leadrules.outputs import OutputValue, plain_outputs
from leadrules.terms import EntryKind
from leadrules.units import EXACT, Decimals
from leadrules.values import instant_of, moment_of, text_of_instant

T = TypeVar("T")
Evidence = Mapping[str, Any]
MASK = "[pii]"
"""What stands in evidence for the value of a `pii` field or property."""
MOST_LISTED = 20
"""Of the events that gave a rule its points, so many are listed: the latest. Earlier ones are added up."""
MOST_VALUES = 100
"""How many values an entry shows that it rests on, by their texts in the rule file."""
_multiply = EXACT.multiply
_read = json.JSONDecoder(parse_float=Decimal, parse_int=Decimal).decode
_moment_text = functools.lru_cache(maxsize=64)(text_of_instant)
"""Most leads are scored as of one moment."""


class AuditEntry(Document):
    """Some points and where they come from.

    `kind` is `points` (a rule or persona), `cap` (what a clamp took or gave), `weight` or
    `constant` (what a `total` formula changes). `rule` is the rule's id or the name of what is
    clamped or weighed; of a rule with alternatives `alternative` says which one gave the points.
    `because` is the reason given there. `evidence` is plain data: the values or events that the
    points rest on. Where a rule stands is told beside all that, in `line` and
    `file`: it is no part of what was decided, so not of equality and not of a result's digest.
    An entry does not change.
    """

    __slots__ = ("_evidence", "_head", "_points")

    _head: EntryHead
    _points: Decimal
    _evidence: Evidence | str | Notes

    def __init__(
        self,
        kind: EntryKind,
        rule: str,
        points: Decimal,
        because: str | None,
        evidence: Evidence,
        *,
        alternative: str | None = None,
        line: int | None = None,
        file: str | None = None,
    ) -> None:
        self._head = head_of(kind, rule, because, alternative=alternative, line=line, file=file)
        self._points = points
        self._evidence = frozen(evidence)

    @property
    def kind(self) -> EntryKind:
        """What gave the points: `points` (a rule or persona), `cap`, `weight` or `constant`."""
        return self._head[0]

    @property
    def rule(self) -> str:
        """The id of the rule, or the name of what is clamped or weighed."""
        return self._head[1]

    @property
    def points(self) -> Decimal:
        """The points, exact; those of all entries add up to the score."""
        return self._points

    @property
    def alternative(self) -> str | None:
        """The condition of the alternative that fired, or `else`; None where a rule has no alternatives."""
        return self._head[11]

    @property
    def because(self) -> str | None:
        """The reason that the rule file gives."""
        return self._head[2]

    @property
    def line(self) -> int | None:
        """The line of the rule file that the entry is about; None where the result was read from JSON."""
        return self._head[9]

    @property
    def file(self) -> str | None:
        """The rule file that the entry is about, or one that it includes; None for what no file says."""
        return self._head[10]

    @property
    def evidence(self) -> Evidence:
        """What the points rest on, made on first access."""
        if isinstance(self._evidence, (tuple, str)):
            self._evidence = frozen(_evidence_in(self.evidence_json()))
        assert isinstance(self._evidence, Mapping)
        return self._evidence

    def evidence_json(self) -> str:
        """Write the evidence as canonical JSON, made on first access."""
        evidence = self._evidence
        if type(evidence) is tuple:
            maker = self._head[4]
            assert maker is not None
            self._evidence = evidence = evidence_of(self._head, maker.proof(evidence))
        return evidence if isinstance(evidence, str) else canonical_json(evidence)

    def to_json(self, *, places: bool = False) -> str:
        """Write the entry as canonical JSON; with `places`, file and line stand before the points."""
        before = self._head[6]
        if places:
            at = f'"file":{canonical_json(self.file)},"line":{canonical_json(self.line)},"points":'
            before = before.removesuffix('"points":') + at
        return f"{before}{minimal(self.points)}{self._head[7]}{self.evidence_json()}}}"

    def to_dict(self, *, places: bool = False) -> dict[str, Any]:
        """Give the entry as plain data: kind, rule, alternative, points, because, evidence.

        With `places`, file and line stand before the points.
        """
        at = {"file": self.file, "line": self.line} if places else {}
        return {
            "kind": self.kind,
            "rule": self.rule,
            "alternative": self.alternative,
            **at,
            "points": self.points,
            "because": self.because,
            "evidence": thawed(self.evidence),
        }

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AuditEntry) and self.to_dict() == other.to_dict()

    def __hash__(self) -> int:
        return hash((self.kind, self.rule, self.alternative, self.points))

    def __repr__(self) -> str:
        at = "" if self.line is None else f", line {self.line}"
        return f"AuditEntry({self.kind}, {self.rule!r}{at}, {self.points:+f})"

    def __reduce__(self) -> tuple[Any, ...]:
        parts = (self.kind, self.rule, self.points, self.because, self.evidence)
        return _rebuilt_entry, (*parts, {"alternative": self.alternative, "line": self.line, "file": self.file})


def _rebuilt_entry(*parts: Any) -> AuditEntry:
    return AuditEntry(*parts[:-1], **parts[-1])


def _blank(kind: type[T]) -> Callable[[], T]:
    """Give what makes one that an engine fills in part by part, which is faster than to call it with all of them."""
    return type(kind.__name__, (kind,), {"__slots__": (), "__init__": object.__init__, "__doc__": kind.__doc__})


BlankEntry = _blank(AuditEntry)


class Maker(Prover, Protocol):
    """An engine that makes the parts of a result from its notes."""

    def parts(self, notes: Notes) -> dict[str, Any]:
        """Give all parts but lead, as_of, ruleset, score, stage and audit, by name."""

    def audit(self, notes: Notes) -> tuple[AuditEntry, ...]:
        """Give the audit; of its entries the notes are the evidence, until that is asked for."""

    def written(self, notes: Notes) -> Mapping[str, str]:
        """Write the same parts as canonical JSON, without making them."""

    def audit_written(self, notes: Notes) -> str:
        """Write the audit as canonical JSON, without making it."""

    def valid_until(self, notes: Notes, result: ScoredLead) -> dt.datetime | None:
        """Say until when a result is valid. Raises LeadError where it no longer follows from the lead."""


def entries_of(fired: Iterable[Fired], decimals: Decimals, notes: Notes) -> tuple[AuditEntry, ...]:
    """Make entries of what fired. No call for each: there are many, and little time.

    Units that end in no 0 have all the decimals that there are: they need no division to be minimal.
    """
    entries: list[AuditEntry] = []
    make, add, multiply, unit = BlankEntry, entries.append, _multiply, decimals.unit
    for head, points in fired:
        entry = make()
        entry._head = head  # noqa: SLF001
        if type(points) is int:
            entry._points = multiply(points, unit) if points % 10 else decimals[points]  # noqa: SLF001
        else:
            entry._points = points  # noqa: SLF001
        entry._evidence = notes  # noqa: SLF001
        add(entry)
    return tuple(entries)


@attrs.frozen
class Transition(Document):
    """A label that differs from the one the lead held; `before` is None where none was held.

    `before` may be a label that the ladder does not have, such as one of former rules: rules did not see it.
    `rule` is the id of the first true rule to the new label, where a rule led there.
    """

    ladder: str
    before: str | None
    after: str
    rule: str | None

    def to_dict(self) -> dict[str, Any]:
        """Give the transition as plain data: ladder, before, after, rule."""
        return {"ladder": self.ladder, "before": self.before, "after": self.after, "rule": self.rule}


@attrs.frozen
class RulesetIdentity(Document):
    """Which ruleset made a result: its declared name and version, where it has them, and its fingerprint.

    `environment` says what made the result besides, where that is known: the versions of leadrules and of the tables
    that it reads, and what tells the plugins apart. It is no part of equality, nor of the digest.
    """

    name: str | None
    version: str | None
    fingerprint: str
    environment: Mapping[str, Any] | None = attrs.field(default=None, converter=frozen, eq=False, repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Give the identity as plain data: name, version, fingerprint."""
        return {"name": self.name, "version": self.version, "fingerprint": self.fingerprint}

    @functools.cached_property
    def json(self) -> str:
        """The identity as canonical JSON."""
        return canonical_json(self.to_dict())


Lasting = Callable[["ScoredLead"], dt.datetime | None]
"""Says until when a result is valid."""


class ScoredLead(Document):
    """A lead's score, labels and marks, and why.

    `score` and the values of `dimensions` (by name, in order of declaration) are points as exact
    decimals. `grades` and `stages` give labels by name of the grade or ladder, `outputs` what else the rules are
    asked for; `segments`, `tags`,
    `recommendations` and `missing` are tuples of text in order of declaration; `unreadable` names the
    fields and properties with a value that could not be read, where the rules allow that; `transitions`
    is what changed against the labels the lead held. A result does not change, nor does what it holds.
    """

    __slots__ = (
        "_audit",
        "_instant",
        "_lasting",
        "_lead",
        "_maker",
        "_notes",
        "_parts",
        "_ruleset",
        "_score",
        "_stage",
    )

    _lead: str | None
    _instant: int
    _ruleset: RulesetIdentity
    _score: Decimal
    _stage: str | None
    _parts: Mapping[str, Any] | None
    _audit: tuple[AuditEntry, ...] | None
    _maker: Maker | None
    _notes: Notes
    _lasting: Lasting | None

    def __init__(  # noqa: PLR0913, PLR0917 - a value of so many parts
        self,
        lead: str | None,
        as_of: dt.datetime,
        ruleset: RulesetIdentity,
        score: Decimal,
        dimensions: Mapping[str, Decimal],
        grades: Mapping[str, str],
        stages: Mapping[str, str],
        segments: tuple[str, ...],
        tags: tuple[str, ...],
        recommendations: tuple[str, ...],
        missing: tuple[str, ...],
        transitions: tuple[Transition, ...],
        audit: Sequence[AuditEntry],
        unreadable: tuple[str, ...] = (),
        lasting: Lasting | None = None,
        outputs: Mapping[str, OutputValue] | None = None,
    ) -> None:
        self._lead = lead
        self._instant = instant_of(as_of)
        self._ruleset = ruleset
        self._score = score
        self._stage = next(iter(stages.values()), None)
        self._parts = {
            "dimensions": FrozenDict(dimensions),
            "grades": FrozenDict(grades),
            "stages": FrozenDict(stages),
            "outputs": FrozenDict(outputs or {}),
            "segments": segments,
            "tags": tags,
            "recommendations": recommendations,
            "missing": missing,
            "unreadable": unreadable,
            "transitions": transitions,
        }
        self._audit = tuple(audit)
        self._maker = None
        self._notes = ()
        self._lasting = lasting

    @property
    def lead(self) -> str | None:
        """The lead's id; None where it has none, as an example may."""
        return self._lead

    @property
    def as_of(self) -> dt.datetime:
        """The moment of scoring, in UTC."""
        return moment_of(self._instant)

    @property
    def ruleset(self) -> RulesetIdentity:
        """Which ruleset made the result."""
        return self._ruleset

    @property
    def score(self) -> Decimal:
        """The points in all, exact."""
        return self._score

    @property
    def stage(self) -> str | None:
        """The label of the first ladder, or None where there is no ladder."""
        return self._stage

    @property
    def environment(self) -> Mapping[str, Any] | None:
        """The versions of leadrules, tzdata, re2, unicode and plugins that made the result.

        None where it was read from JSON that does not tell.
        """
        return self._ruleset.environment

    def _made(self) -> Mapping[str, Any]:
        assert self._maker is not None
        self._parts = self._maker.parts(self._notes)
        return self._parts

    @property
    def dimensions(self) -> Mapping[str, Decimal]:
        """The value of each dimension by its name, in order of declaration."""
        found: Mapping[str, Decimal] = (self._parts or self._made())["dimensions"]
        return found

    @property
    def grades(self) -> Mapping[str, str]:
        """The label of each grade by its name, in order of declaration."""
        found: Mapping[str, str] = (self._parts or self._made())["grades"]
        return found

    @property
    def stages(self) -> Mapping[str, str]:
        """The label of each ladder by its name, in order of declaration."""
        found: Mapping[str, str] = (self._parts or self._made())["stages"]
        return found

    @property
    def outputs(self) -> Mapping[str, OutputValue]:
        """What each `output` of the rules is, by its name, in order of declaration; None is unknown.

        A number is a Decimal of at most six decimals, a text, date or moment a str, a list of text a tuple. Values of
        `pii` fields are shown: the rules say that they are to be.
        """
        found: Mapping[str, OutputValue] = (self._parts or self._made())["outputs"]
        return found

    @property
    def segments(self) -> tuple[str, ...]:
        """The names of the segments that the lead is in."""
        found: tuple[str, ...] = (self._parts or self._made())["segments"]
        return found

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags, each once."""
        found: tuple[str, ...] = (self._parts or self._made())["tags"]
        return found

    @property
    def recommendations(self) -> tuple[str, ...]:
        """The recommendations, each once."""
        found: tuple[str, ...] = (self._parts or self._made())["recommendations"]
        return found

    @property
    def missing(self) -> tuple[str, ...]:
        """The reasons of the requirements that are not met."""
        found: tuple[str, ...] = (self._parts or self._made())["missing"]
        return found

    @property
    def unreadable(self) -> tuple[str, ...]:
        """The fields, and properties as `event.property`, with a value that could not be read.

        They stand in rules behind `else unknown`; any other value that cannot be read refuses the lead.
        """
        found: tuple[str, ...] = () if self._parts is None else self._parts["unreadable"]
        return found  # compiled code leaves a lead with such values to the reference

    @property
    def transitions(self) -> tuple[Transition, ...]:
        """What changed against the labels that the lead held."""
        found: tuple[Transition, ...] = (self._parts or self._made())["transitions"]
        return found

    @property
    def audit(self) -> tuple[AuditEntry, ...]:
        """The audit trail: entries in order of declaration, whose points add up to the score."""
        if self._audit is None:
            assert self._maker is not None
            self._audit = self._maker.audit(self._notes)
        return self._audit

    @property
    def valid_until(self) -> dt.datetime | None:
        """Until when the result is valid if nothing else happens, in UTC; None where time alone never changes it.

        What `Ruleset.next_change` says of the lead as it was scored, found when it is asked for: no part of what
        is written. Raises LeadrulesError of a result that came from another process, which knows its lead no more.
        """
        if self._maker is not None:
            return self._maker.valid_until(self._notes, self)
        if self._lasting is None:
            raise LeadrulesError(
                "a result that was written or pickled does not say until when it is valid (ask before, "
                "or ask `Ruleset.next_change` about the lead)"
            )
        return self._lasting(self)

    def _with_unreadable(self, names: tuple[str, ...]) -> ScoredLead:
        """Give the result with other names of what could not be read."""
        parts = {**self._whole(), "unreadable": names}
        return ScoredLead(**parts, audit=self.audit, lasting=lambda _: self.valid_until)

    def without_audit(self) -> ScoredLead:
        """Give the result without its audit trail, which is most of what there is to store or to send."""
        return ScoredLead(**self._whole(), audit=(), lasting=lambda _: self.valid_until)

    def to_dict(self, *, environment: bool = False) -> dict[str, Any]:
        """Give the result as plain data, keys in the order of the canonical JSON; numbers are decimals.

        With `environment`, what made it stands at its end.
        """
        return {
            "lead": self.lead,
            "as_of": text_of_instant(self._instant),
            "ruleset": self.ruleset.to_dict(),
            "score": self.score,
            "dimensions": dict(self.dimensions),
            "grades": dict(self.grades),
            "stages": dict(self.stages),
            "stage": self.stage,
            **({"outputs": plain_outputs(self.outputs)} if self.outputs else {}),
            "segments": list(self.segments),
            "tags": list(self.tags),
            "recommendations": list(self.recommendations),
            "missing": list(self.missing),
            **({"unreadable": list(self.unreadable)} if self.unreadable else {}),
            "transitions": [t.to_dict() for t in self.transitions],
            "audit": [entry.to_dict() for entry in self.audit],
            **({"environment": thawed(self.environment)} if environment else {}),
        }

    def to_json(self, *, environment: bool = False) -> str:
        """Write the canonical JSON: compact, keys in a fixed order, numbers exact and minimal.

        With `environment`, what made it stands at its end: the versions of leadrules, tables and plugins. The digest
        is that of the text without it.
        """
        part = self._written_parts()
        outputs = f',"outputs":{part["outputs"]}' if part["outputs"] != "{}" else ""
        unreadable = f',"unreadable":{canonical_json(self.unreadable)}' if self.unreadable else ""
        made_by = f',"environment":{canonical_json(self.environment)}' if environment else ""
        return (
            f'{{"lead":{canonical_json(self.lead)},"as_of":"{_moment_text(self._instant)}","ruleset":{self.ruleset.json}'
            f',"score":{minimal(self.score)},"dimensions":{part["dimensions"]},"grades":{part["grades"]}'
            f',"stages":{part["stages"]},"stage":{canonical_json(self.stage)}{outputs},"segments":{part["segments"]}'
            f',"tags":{part["tags"]},"recommendations":{part["recommendations"]},"missing":{part["missing"]}'
            f'{unreadable},"transitions":{part["transitions"]},"audit":{self._written_audit()}{made_by}}}'
        )

    def _written_parts(self) -> Mapping[str, str]:
        if self._parts is None:
            assert self._maker is not None
            return self._maker.written(self._notes)
        plain = {**self._parts, "transitions": [transition.to_dict() for transition in self.transitions]}
        plain["outputs"] = plain_outputs(self.outputs)
        return {name: canonical_json(part) for name, part in plain.items()}

    def _written_audit(self) -> str:
        if self._audit is None:
            assert self._maker is not None
            return self._maker.audit_written(self._notes)
        return f"[{','.join([entry.to_json() for entry in self._audit])}]"

    @property
    def digest(self) -> str:
        """Give the sha256 of the canonical JSON in UTF-8, in hexadecimal."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()

    @classmethod
    def from_json(cls, text: str | bytes) -> ScoredLead:
        """Read a result that `to_json` wrote: equal to it, with the same digest. Raises ResultError for other text.

        What stands in a column that sorts keys, as `jsonb` does, gives an equal result all the same, and
        another digest. Where rules stand (`file`, `line`) is not written, so it is not known any more.
        """
        from leadrules.stored import no_result, read_result

        found = cls._from_shape(read_result(text))
        try:
            found.to_json().encode()
        except UnicodeEncodeError:
            raise no_result("it holds a lone surrogate, half of a character") from None
        return found

    @classmethod
    def _from_shape(cls, shape: Any) -> ScoredLead:
        from leadrules.stored import moment_of_result

        found = cls(
            as_of=moment_of_result(shape),
            ruleset=RulesetIdentity(**dict(shape.ruleset), environment=shape.environment),
            transitions=tuple(Transition(**dict(each)) for each in shape.transitions),
            audit=tuple(AuditEntry(**{**dict(each), "evidence": _counted(each.evidence)}) for each in shape.audit),
            segments=tuple(shape.segments),
            tags=tuple(shape.tags),
            recommendations=tuple(shape.recommendations),
            missing=tuple(shape.missing),
            unreadable=tuple(shape.unreadable),
            outputs={n: tuple(value) if isinstance(value, list) else value for n, value in shape.outputs.items()},
            **{name: getattr(shape, name) for name in ("lead", "score", "dimensions", "grades", "stages")},
        )
        found._stage = shape.stage
        return found

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ScoredLead) and self.to_dict() == other.to_dict()

    def __hash__(self) -> int:
        return hash((self._lead, self._instant, self._ruleset, self._score))

    def __repr__(self) -> str:
        stage = f", {self.stage}" if self.stage else ""
        return f"ScoredLead({self.lead!r}, {self.score:f}{stage})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, ({**self._whole(), "audit": self.audit},)

    def _whole(self) -> dict[str, Any]:
        names = "lead as_of ruleset score dimensions grades stages outputs segments tags recommendations missing"
        names += " unreadable transitions"
        return {name: getattr(self, name) for name in names.split()}


BlankResult = _blank(ScoredLead)


def _rebuild(values: dict[str, Any]) -> ScoredLead:
    return ScoredLead(**values)


def _evidence_in(text: str) -> Evidence:
    """Read evidence back from its canonical JSON: numbers are decimals, and what counts is a whole number."""
    return _counted(_read(text))


def _counted(found: dict[str, Any]) -> Evidence:
    """Make whole numbers of what counts events in evidence."""
    values = found.get("values")
    counts = [found.get("earlier"), *(values.values() if isinstance(values, dict) else ())]
    for counted in counts:
        count = counted.get("events") if isinstance(counted, dict) else None
        if isinstance(count, Decimal) and count == count.to_integral_value():
            counted["events"] = int(count)
    return found
