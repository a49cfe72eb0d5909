"""Alternatives that an earlier one leaves nothing for, and bands that overlap or leave gaps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

import attrs

from leadrules import program as p
from leadrules.analysis.findings import Alternatives, Findings, alternatives_of
from leadrules.analysis.meaning import Meaning
from leadrules.analysis.points import Outline, Reach, reaches
from leadrules.analysis.sets import MOST_PIECES, Interval, Numbers, both, numbers, shared
from leadrules.values import text_of_number

MOST = 500
"""Rules with more alternatives than this are not looked into."""


def check_alternatives(outline: Outline, findings: Findings) -> None:
    """Warn of alternatives never reached (LR207), bands that overlap (LR208) and gaps between them (LR209)."""
    for several in alternatives_of(outline.program, findings):
        if len(several.members) > MOST:
            continue
        _check_reach(outline.meaning, several, findings)
        bands = _bands(outline.meaning, several.members)
        if bands:
            _check_overlaps(bands, findings)
            if not several.has_else:
                _check_gaps(bands, findings)


# --------------------------------------------------------------------- reach


def _check_reach(meaning: Meaning, several: Alternatives, findings: Findings) -> None:
    reached = reaches(meaning, several.members)
    for index, (alternative, reach) in enumerate(zip(several.members, reached, strict=True)):
        if reach.counts:
            continue
        if reach.cases is None:
            _no_else(several, reached, findings)
        elif reach.cases.true and alternative.condition is not None:
            earlier = _covering(several, reached, index)
            message = f"`{alternative.condition.text}` never counts: {earlier}"
            help_ = "put the narrower alternative first, or leave this one out"
            findings.warn("LR207", message, alternative.condition, help_)


def _covering(several: Alternatives, reached: Sequence[Reach], index: int) -> str:
    """Say which earlier alternative takes all that this one would."""
    for alternative, reach in zip(several.members[:index], reached, strict=False):
        if reach.cases is None or alternative.condition is None:
            continue
        if reach.cases.is_always_true:
            return f"`{alternative.condition.text}` before it is always true"
        if not both([reached[index].cases.true, reach.cases.not_true]):  # type: ignore[union-attr]
            return f"`{alternative.condition.text}` before it is true wherever it is"
    return "one of those before it is true wherever it is"


def _no_else(several: Alternatives, reached: Sequence[Reach], findings: Findings) -> None:
    at = several.otherwise
    if at is None or any(reach.cases is not None and not reach.cases.true for reach in reached):
        return
    message = "`else` never counts: the alternatives before it are never all false"
    findings.warn("LR207", message, at, "leave it out, or ask for `is unknown`")


# --------------------------------------------------------------------- bands


@attrs.frozen
class _Band:
    """An alternative as an interval of the one number that it is about, which lies in `domain`."""

    condition: p.Condition
    piece: Interval
    whole: bool
    domain: Interval


def _bands(meaning: Meaning, alternatives: Sequence[p.Alternative]) -> list[_Band]:
    """Give the alternatives as bands of one number; none where one of them is something else."""
    found: list[_Band] = []
    keys = set()
    for alternative in alternatives:
        if alternative.condition is None:
            continue
        keys.add(_subject(meaning, alternative.condition))
        if len(keys) > 1 or None in keys:
            return []
        true = meaning.cases(alternative.condition).true
        values = shared(true)[next(iter(keys))].known if true else None
        if not isinstance(values, Numbers) or len(values.pieces) != 1 or values.pieces[0].is_point:
            return []
        domain = meaning.values(_leaf(alternative.condition)).known
        assert isinstance(domain, Numbers)
        found.append(_Band(alternative.condition, values.pieces[0], values.whole, Interval(domain.low, domain.high)))
    return found


def _subject(meaning: Meaning, node: p.Condition) -> object | None:
    """Give the key of the one value that a condition is made of comparisons with; None for anything else."""
    match node:
        case p.Compare(_, left, p.Constant()) | p.Between(left, p.Constant(), p.Constant()):
            return meaning.key(left) if left.type.kind in {"number", "date"} else None
        case p.And(members) if len(members) < MOST_PIECES:
            keys = {_subject(meaning, member) for member in members}
            return keys.pop() if len(keys) == 1 else None
    return None


def _check_overlaps(bands: Sequence[_Band], findings: Findings) -> None:
    """Compare neighbours only: to miss an overlap is better than to compare all pairs."""
    bounded = [band for band in bands if band.piece.low is not None and band.piece.high is not None]
    if len(bounded) < len(bands):
        return
    for one, other in pairwise(sorted(bounded, key=lambda band: (band.piece.low, band.piece.high))):
        shared = one.piece.meet(other.piece)
        if shared.is_empty or shared.is_point or shared in {one.piece, other.piece}:
            continue
        later = max(one, other, key=bands.index)
        earlier = one if later is other else other
        message = (
            f"`{later.condition.text}` overlaps `{earlier.condition.text}` from {_shown(shared.low, later)} "
            f"to {_shown(shared.high, later)}, where the earlier one counts"
        )
        findings.warn("LR208", message, later.condition, "let each band begin where the other ends")


def _check_gaps(bands: Sequence[_Band], findings: Findings) -> None:
    whole = all(band.whole for band in bands)
    union = numbers([band.piece for band in bands], whole=whole)
    for below, above in pairwise(union.pieces):
        gap = Interval(below.high, above.low, not below.high_in, not above.low_in)
        ends_whole = all(end is not None and end.denominator == 1 for end in (gap.low, gap.high))
        if ends_whole and gap.whole().is_empty:
            continue  # nobody has 49.5 employees: `between 10 and 49` goes on with `>= 50`
        if not gap.is_point and (below.low, above.high) == (bands[0].domain.low, bands[0].domain.high):
            continue  # points for much, points off for little, nothing in the middle: that is meant
        if whole:
            gap = gap.whole()
        last = bands[-1]
        start = f"{'from' if gap.low_in else 'above'} {_shown(gap.low, last)}"
        end = f"{'to' if gap.high_in else 'and below'} {_shown(gap.high, last)}"
        what = _shown(gap.low, last) if gap.is_point else f"values {start} {end}"
        message = f"no alternative counts for {what}"
        findings.warn("LR209", message, last.condition, "close the gap, or say what else counts with `else`")


def _shown(number: Fraction | None, band: _Band) -> str:
    assert number is not None
    if _leaf(band.condition).type.kind == "date":
        return dt.date.fromordinal(int(number)).isoformat()
    return text_of_number(number)


def _leaf(node: p.Condition) -> p.ValueNode:
    """Give the value that a band is about."""
    while isinstance(node, p.And):
        node = node.members[0]
    assert isinstance(node, (p.Compare, p.Between))
    return node.left if isinstance(node, p.Compare) else node.value
