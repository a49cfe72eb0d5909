"""What comes out: a scored lead, its audit trail and their canonical JSON.

Numbers are decimals, times UTC text. The points of the audit entries add up exactly to the score.
The audit, and the evidence of its entries, may be made only when they are asked for.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Context, Decimal
from typing import Any, Literal, Protocol

import attrs

from leadrules.values import text_of_instant

EntryKind = Literal["points", "cap", "weight", "constant"]
Evidence = Mapping[str, Any]
MASK = "[pii]"
"""What stands in evidence for the value of a `pii` field or property."""
MOST_LISTED = 20
"""Of the events that gave a rule its points, so many are listed: the latest. Earlier ones are added up."""
EXACT = Context(prec=100)
"""Multiplies and divides units by powers of ten without rounding."""
_multiply = EXACT.multiply
_quoted = json.JSONEncoder(ensure_ascii=False).encode
_MOST_DECIMALS = 10_000


class AuditEntry:
    """Some points and where they come from.

    `kind` is `points` (a rule or persona), `cap` (what a clamp took or gave), `weight` or
    `constant` (what a `total` formula changes). `rule` is the rule's id or the name of what is
    clamped or weighed, `line` its line in the rule file, `because` the reason given there.
    `evidence` is plain data: the values or events that the points rest on.
    """

    __slots__ = ("_evidence", "_head", "kind", "points", "rule")

    def __init__(
        self, kind: EntryKind, rule: str, line: int, points: Decimal, because: str | None, evidence: Evidence
    ) -> None:
        self.kind = kind
        self.rule = rule
        self.points = points
        self._head: EntryHead = (kind, rule, line, because, 0, None)
        self._evidence: Evidence | Notes = evidence

    @property
    def line(self) -> int:
        """The line of the rule file that the entry is about."""
        return self._head[2]

    @property
    def because(self) -> str | None:
        """The reason that the rule file gives."""
        return self._head[3]

    @property
    def evidence(self) -> Evidence:
        """What the points rest on, made on first access."""
        if type(self._evidence) is tuple:
            maker, place = self._head[5], self._head[4]
            assert maker is not None
            self._evidence = self._proven(maker.proof(self._evidence).get(place))
        assert not isinstance(self._evidence, tuple)
        return self._evidence

    def _proven(self, proof: AuditEntry | None) -> Evidence:
        if proof is None or (proof.kind, proof.rule, proof.points) != (self.kind, self.rule, self.points):
            raise RuntimeError(
                "an event of the lead was changed after it was scored; read evidence first, or score a copy"
            )
        return proof.evidence

    def to_dict(self) -> dict[str, Any]:
        """Give the entry as plain data: kind, rule, line, points, because, evidence."""
        return {
            "kind": self.kind,
            "rule": self.rule,
            "line": self.line,
            "points": self.points,
            "because": self.because,
            "evidence": self.evidence,
        }

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AuditEntry) and self.to_dict() == other.to_dict()

    def __hash__(self) -> int:
        return hash((self.kind, self.rule, self.line, self.points))

    def __repr__(self) -> str:
        return f"AuditEntry({self.kind}, {self.rule!r}, line {self.line}, {self.points:+f})"

    def __reduce__(self) -> tuple[Any, ...]:
        return AuditEntry, (self.kind, self.rule, self.line, self.points, self.because, self.evidence)


class BlankEntry(AuditEntry):
    """An entry that an engine fills in part by part, which is faster than to call it with all of them."""

    __slots__ = ()
    __init__ = object.__init__


Notes = tuple[Any, ...]
"""What an engine notes of a lead, to make the parts of its result from when they are asked for."""


class Maker(Protocol):
    """An engine that makes the parts of a result from its notes."""

    def parts(self, notes: Notes) -> dict[str, Any]:
        """Give all parts but lead, as_of, ruleset, score, stage and audit, by name."""

    def audit(self, notes: Notes) -> tuple[AuditEntry, ...]:
        """Give the audit; of its entries the notes are the evidence, until that is asked for."""

    def proof(self, notes: Notes) -> Mapping[int, AuditEntry]:
        """Give the entries with their evidence, by their place among the heads; made once for all of them."""


EntryHead = tuple[EntryKind, str, int, str | None, int, Maker | None]
"""What an entry says of its rule, whatever the lead: kind, rule, line, because; its place among all; who proves it."""
Fired = tuple[EntryHead, Any]
"""An entry to be: its head, and its points, as a decimal or as a whole number of the engine's units."""


class Decimals(dict[int, Decimal]):
    """The decimal of a whole number of units, of which 10^`precision` are a point; round ones are remembered."""

    __slots__ = ("scale", "unit")

    def __init__(self, precision: int) -> None:
        super().__init__()
        self.scale: int = 10**precision
        self.unit = Decimal(1).scaleb(-precision)

    def __missing__(self, units: int) -> Decimal:
        made = EXACT.divide(units, self.scale)
        if len(self) < _MOST_DECIMALS and not units % 10:
            self[units] = made
        return made


def entries_of(fired: Iterable[Fired], decimals: Decimals, notes: Notes) -> tuple[AuditEntry, ...]:
    """Make entries of what fired. No call for each: there are many, and little time.

    Units that end in no 0 have all the decimals that there are: they need no division to be minimal.
    """
    entries: list[AuditEntry] = []
    make, add, multiply, unit = BlankEntry, entries.append, _multiply, decimals.unit
    for head, points in fired:
        entry = make()
        entry._head = head  # noqa: SLF001
        entry.kind = head[0]
        entry.rule = head[1]
        if type(points) is int:
            entry.points = multiply(points, unit) if points % 10 else decimals[points]
        else:
            entry.points = points
        entry._evidence = notes  # noqa: SLF001
        add(entry)
    return tuple(entries)


@attrs.frozen
class Transition:
    """A label that differs from the one the lead held; `before` is None where none was held.

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
class RulesetIdentity:
    """Which ruleset made a result: its declared name and version, where it has them, and its fingerprint."""

    name: str | None
    version: str | None
    fingerprint: str

    def to_dict(self) -> dict[str, Any]:
        """Give the identity as plain data: name, version, fingerprint."""
        return {"name": self.name, "version": self.version, "fingerprint": self.fingerprint}


class ScoredLead:
    """A lead's score, labels and marks, and why.

    `score` and the values of `dimensions` (by name, in order of declaration) are points as exact
    decimals. `grades` and `stages` give labels by name of the grade or ladder; `segments`, `tags`,
    `recommendations` and `missing` are tuples of text in order of declaration; `transitions` is
    what changed against the labels the lead held. `as_of` is a count of microseconds since 1970.
    """

    __slots__ = ("_audit", "_maker", "_notes", "_parts", "as_of", "lead", "ruleset", "score", "stage")

    stage: str | None
    """The label of the first ladder, or None where there is no ladder."""

    def __init__(  # noqa: PLR0913, PLR0917 - a value of thirteen parts
        self,
        lead: str | None,
        as_of: int,
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
    ) -> None:
        self.lead = lead
        self.as_of = as_of
        self.ruleset = ruleset
        self.score = score
        self.stage = next(iter(stages.values()), None)
        self._parts: dict[str, Any] | None = {
            "dimensions": dimensions,
            "grades": grades,
            "stages": stages,
            "segments": segments,
            "tags": tags,
            "recommendations": recommendations,
            "missing": missing,
            "transitions": transitions,
        }
        self._audit: tuple[AuditEntry, ...] | None = tuple(audit)
        self._maker: Maker | None = None
        self._notes: Notes = ()

    def _part(self, name: str) -> Any:
        if self._parts is None:
            assert self._maker is not None
            self._parts = self._maker.parts(self._notes)
        return self._parts[name]

    @property
    def dimensions(self) -> Mapping[str, Decimal]:
        """The value of each dimension by its name, in order of declaration."""
        found: Mapping[str, Decimal] = self._part("dimensions")
        return found

    @property
    def grades(self) -> Mapping[str, str]:
        """The label of each grade by its name, in order of declaration."""
        found: Mapping[str, str] = self._part("grades")
        return found

    @property
    def stages(self) -> Mapping[str, str]:
        """The label of each ladder by its name, in order of declaration."""
        found: Mapping[str, str] = self._part("stages")
        return found

    @property
    def segments(self) -> tuple[str, ...]:
        """The names of the segments that the lead is in."""
        found: tuple[str, ...] = self._part("segments")
        return found

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags, each once."""
        found: tuple[str, ...] = self._part("tags")
        return found

    @property
    def recommendations(self) -> tuple[str, ...]:
        """The recommendations, each once."""
        found: tuple[str, ...] = self._part("recommendations")
        return found

    @property
    def missing(self) -> tuple[str, ...]:
        """The reasons of the requirements that are not met."""
        found: tuple[str, ...] = self._part("missing")
        return found

    @property
    def transitions(self) -> tuple[Transition, ...]:
        """What changed against the labels that the lead held."""
        found: tuple[Transition, ...] = self._part("transitions")
        return found

    @property
    def audit(self) -> tuple[AuditEntry, ...]:
        """The audit trail: entries in order of declaration, whose points add up to the score."""
        if self._audit is None:
            assert self._maker is not None
            self._audit = self._maker.audit(self._notes)
        return self._audit

    def without_audit(self) -> ScoredLead:
        """Give the result without its audit trail, which is most of what there is to store or to send."""
        return ScoredLead(**self._whole(), audit=())

    def to_dict(self) -> dict[str, Any]:
        """Give the result as plain data, keys in the order of the canonical JSON; numbers are decimals."""
        return {
            "lead": self.lead,
            "as_of": text_of_instant(self.as_of),
            "ruleset": self.ruleset.to_dict(),
            "score": self.score,
            "dimensions": dict(self.dimensions),
            "grades": dict(self.grades),
            "stages": dict(self.stages),
            "stage": self.stage,
            "segments": list(self.segments),
            "tags": list(self.tags),
            "recommendations": list(self.recommendations),
            "missing": list(self.missing),
            "transitions": [t.to_dict() for t in self.transitions],
            "audit": [entry.to_dict() for entry in self.audit],
        }

    def to_json(self) -> str:
        """Write the canonical JSON: compact, keys in a fixed order, numbers exact and minimal."""
        return canonical_json(self.to_dict())

    @property
    def digest(self) -> str:
        """Give the sha256 of the canonical JSON in UTF-8, in hexadecimal."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ScoredLead) and self.to_dict() == other.to_dict()

    def __hash__(self) -> int:
        return hash((self.lead, self.as_of, self.ruleset, self.score))

    def __repr__(self) -> str:
        stage = f", {self.stage}" if self.stage else ""
        return f"ScoredLead({self.lead!r}, {self.score:f}{stage})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, ({**self._whole(), "audit": self.audit},)

    def _whole(self) -> dict[str, Any]:
        names = "lead as_of ruleset score dimensions grades stages segments tags recommendations missing transitions"
        return {name: getattr(self, name) for name in names.split()}


class BlankResult(ScoredLead):
    """A result that an engine fills in part by part, which is faster than to call it with all of them."""

    __slots__ = ()
    __init__ = object.__init__


def _rebuild(values: dict[str, Any]) -> ScoredLead:
    return ScoredLead(**values)


def canonical_json(value: Any) -> str:
    """Write plain data as compact JSON: letters unescaped, numbers exact and minimal, order kept.

    Takes dicts with text keys, lists, tuples, text, bools, None, ints and finite decimals; raises
    TypeError for anything else, floats included.
    """
    parts: list[str] = []
    _write(value, parts.append)
    return "".join(parts)


def _write(value: Any, put: Callable[[str], None]) -> None:
    if value is None or value is True or value is False:
        put("null" if value is None else "true" if value else "false")
    elif isinstance(value, str):
        put(_quoted(value))
    elif isinstance(value, int):
        put(str(value))
    elif isinstance(value, Decimal):
        put(_minimal(value))
    elif isinstance(value, Mapping):
        _write_all("{", value.items(), "}", put)
    elif isinstance(value, (list, tuple)):
        _write_all("[", value, "]", put)
    else:
        raise TypeError(f"not plain data: {type(value).__name__}")


def _write_all(start: str, items: Any, end: str, put: Callable[[str], None]) -> None:
    put(start)
    for index, item in enumerate(items):
        if index:
            put(",")
        if start == "{":
            put(_quoted(item[0]) + ":")
            _write(item[1], put)
        else:
            _write(item, put)
    put(end)


def _minimal(number: Decimal) -> str:
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text
