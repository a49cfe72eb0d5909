"""What comes out: a scored lead, its audit trail and their canonical JSON.

Numbers are decimals, times UTC text. The points of the audit entries add up exactly to the score.
The audit, and the evidence of its entries, may be made only when they are asked for.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal

import attrs

from leadrules.values import text_of_instant

EntryKind = Literal["points", "cap", "weight", "constant"]
Evidence = Mapping[str, Any]
MASK = "[pii]"
"""What stands in evidence for the value of a `pii` field or property."""


EntryHead = tuple[EntryKind, str, int, str | None]
"""What an entry says of its rule, whatever the lead: kind, rule, line, because."""


class AuditEntry:
    """Some points and where they come from.

    `kind` is `points` (a rule or persona), `cap` (what a clamp took or gave), `weight` or
    `constant` (what a `total` formula changes). `rule` is the rule's id or the name of what is
    clamped or weighed, `line` its line in the rule file, `because` the reason given there.
    `evidence` is plain data: the values or events that the points rest on.
    """

    __slots__ = ("_evidence", "_place", "because", "kind", "line", "points", "rule")

    def __init__(
        self, kind: EntryKind, rule: str, line: int, points: Decimal, because: str | None, evidence: Evidence
    ) -> None:
        self.kind = kind
        self.rule = rule
        self.line = line
        self.points = points
        self.because = because
        self._evidence: Evidence | Proof = evidence
        self._place = 0

    @property
    def evidence(self) -> Evidence:
        """Give what the points rest on, made on first access."""
        if isinstance(self._evidence, Proof):
            self._evidence = self._evidence.of(self, self._place)
        return self._evidence

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
        return type(self), (self.kind, self.rule, self.line, self.points, self.because, self.evidence)


class Proof:
    """The evidence of all entries of one result, made when the first is asked for."""

    __slots__ = ("_found", "_prove")

    def __init__(self, prove: Callable[[], Sequence[AuditEntry]]) -> None:
        self._prove = prove
        self._found: Sequence[AuditEntry] | None = None

    def of(self, entry: AuditEntry, place: int) -> Evidence:
        """Give the evidence of an entry. Raises RuntimeError where the lead is no longer what it was."""
        if self._found is None:
            self._found = self._prove()
        if place < len(self._found):
            proven = self._found[place]
            if (proven.kind, proven.rule, proven.points) == (entry.kind, entry.rule, entry.points):
                return proven.evidence
        raise RuntimeError("an event of the lead was changed after it was scored; read evidence first, or score a copy")


@attrs.frozen
class Trail:
    """How an engine that notes what fired makes an audit of it.

    `heads` has every entry that there may be, in the order of the audit, `points` the decimal of
    each number of units. `prove` gives the entries with their evidence, from the lead's id, the
    instant and what was seen of the lead; the first part of that is what fired: places among the
    heads, and units.
    """

    heads: Sequence[EntryHead]
    points: Mapping[int, Decimal]
    prove: Callable[[str | None, int, Sequence[Any]], Sequence[AuditEntry]]

    def entries(self, fired: Iterable[tuple[int, int]], proof: Proof) -> tuple[AuditEntry, ...]:
        """Make the entries. They are made one by one without a call each: there are many, and little time."""
        heads, points, new = self.heads, self.points, object.__new__
        entries: list[AuditEntry] = []
        for head, units in sorted(fired):
            entry = new(AuditEntry)
            entry.kind, entry.rule, entry.line, entry.because = heads[head]
            entry.points = points[units]
            entry._evidence = proof
            entry._place = len(entries)
            entries.append(entry)
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

    __slots__ = (
        "_audit", "_seen", "_trail", "as_of", "dimensions", "grades", "lead", "missing", "recommendations",
        "ruleset", "score", "segments", "stage", "stages", "tags", "transitions",
    )  # fmt: skip

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
        self.dimensions = dimensions
        self.grades = grades
        self.stages = stages
        self.segments = segments
        self.tags = tags
        self.recommendations = recommendations
        self.missing = missing
        self.transitions = transitions
        self.stage: str | None = next(iter(stages.values()), None)
        self._audit: tuple[AuditEntry, ...] | None = tuple(audit)
        self._trail: Trail | None = None
        self._seen: tuple[Any, ...] = ()

    @property
    def audit(self) -> tuple[AuditEntry, ...]:
        """Give the audit trail: entries in order of declaration, whose points add up to the score."""
        if self._audit is None:
            assert self._trail is not None
            prove = functools.partial(self._trail.prove, self.lead, self.as_of, self._seen)
            self._audit = self._trail.entries(self._seen[0], Proof(prove))
        return self._audit

    def without_audit(self) -> ScoredLead:
        """Give the result without its audit trail, which is most of what there is to store or to send."""
        return ScoredLead(**self._parts(), audit=())

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
        return _rebuild, ({**self._parts(), "audit": self.audit},)

    def _parts(self) -> dict[str, Any]:
        names = (name for name in self.__slots__ if name != "stage" and not name.startswith("_"))
        return {name: getattr(self, name) for name in names}


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
        put(json.dumps(value, ensure_ascii=False))
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
            put(json.dumps(item[0], ensure_ascii=False) + ":")
            _write(item[1], put)
        else:
            _write(item, put)
    put(end)


def _minimal(number: Decimal) -> str:
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text
