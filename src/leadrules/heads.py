"""What entries of an audit say whatever the lead, made once for each rule; and how such are written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Protocol

from leadrules.canonical import canonical_json, minimal, quoted
from leadrules.errors import LeadError
from leadrules.terms import EntryKind
from leadrules.units import Numbers

Notes = tuple[Any, ...]
"""What an engine notes of a lead, to make the parts of its result from when they are asked for."""


class Prover(Protocol):
    """An engine that tells what entries rest on."""

    def proof(self, notes: Notes) -> Mapping[int, str]:
        """Give the evidence of entries as canonical JSON, by their index among the heads; made once for all of them.

        An entry whose points no longer follow from the lead has none.
        """


_Text = str | None
EntryHead = tuple[EntryKind, str, _Text, int, Prover | None, int, str, str, _Text, int | None, _Text, _Text]
"""What an entry says of its rule, whatever the lead: kind, rule, because; its index among all; who proves it; which
alternative it is of, from 0; the canonical JSON before its points, and from there to its evidence; all of that in
one, where the points are always the same; the line and file where the rule stands; the text of the alternative."""


def head_of(  # noqa: PLR0913 - a head has so many parts
    kind: EntryKind,
    rule: str,
    because: str | None,
    *,
    index: int = 0,
    maker: Prover | None = None,
    which: int = 0,
    alternative: str | None = None,
    line: int | None = None,
    file: str | None = None,
) -> EntryHead:
    """Give what an entry says of its rule."""
    told = f'"rule":{quoted(rule)},"alternative":{canonical_json(alternative)}'
    before = f'{{"kind":"{kind}",{told},"points":'
    after = f',"because":{canonical_json(because)},"evidence":'
    return kind, rule, because, index, maker, which, before, after, None, line, file, alternative


def with_points(head: EntryHead, points: Decimal) -> Fired:
    """Give an entry to be whose points are always the same."""
    return (*head[:8], f"{head[6]}{minimal(points)}{head[7]}", *head[9:]), points


def evidence_of(head: EntryHead, proof: Mapping[int, str]) -> str:
    """Find the evidence of an entry. Raises LeadError where it has none."""
    found = proof.get(head[3])
    if found is None:
        reason = (
            f"the points of `{head[1]}` do not follow from what was read of the lead (its state was changed after it "
            "was written, or a criterion of a plugin does not give the same answer twice)"
        )
        raise LeadError(reason, code="event_changed")
    return found


Fired = tuple[EntryHead, Any]
"""An entry to be: its head, and its points, as a decimal or as a whole number of the engine's units."""


def json_of(fired: Iterable[Fired], numbers: Numbers, proof: Mapping[int, str]) -> str:
    """Write what fired as the canonical JSON of an audit, which is faster than to make its entries."""
    entries = []
    for head, points in fired:
        start = head[8] or f"{head[6]}{numbers[points]}{head[7]}"
        entries.append(f"{start}{evidence_of(head, proof)}}}")
    return f"[{','.join(entries)}]"
