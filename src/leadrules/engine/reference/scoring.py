"""What a rule gives: the steps of §7 of the language, in their order.

A :class:`RuleScore` says how a rule's points came about; the audit and the explanation are written
from it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from fractions import Fraction

import attrs

from leadrules import program as p
from leadrules.engine.reference.conditions import NOTHING, Reading, Total
from leadrules.occurrences import Occurrence
from leadrules.values import LARGEST, rounded


@attrs.frozen
class Contribution:
    """What one event gives: `base` points before decay, `points` after it, rounded.

    `index` is its position in the canonical order of the selected events.
    """

    index: int
    event: Occurrence
    base: Fraction
    points: Fraction


@attrs.frozen
class RuleScore:
    """What a rule that fired gives: `points`, and `capped`, which is what is left after `max P points`.

    `kept` are the contributions that count, in canonical order (a per-event rule); `alternative`
    counts from 0 (a rule that scores once). `earlier` are further events of which only their points
    are at hand.
    """

    points: Fraction
    capped: Fraction
    kept: tuple[Contribution, ...] = ()
    earlier: Total = NOTHING
    alternative: int = 0


def score_rule(reading: Reading, rule: p.Rule) -> RuleScore | None:
    """Score a rule; None where it did not fire."""
    if rule.when is not None and reading.truth(rule.when) is not True:
        return None
    return _score_once(reading, rule) if rule.selection is None else _score_each(reading, rule, rule.selection)


def score_persona(reading: Reading, persona: p.Persona) -> Fraction:
    """Give the persona's share, 0 to 1: the weights of the lines that are true over all weights."""
    true = sum((line.weight for line in persona.lines if reading.truth(line.condition) is True), Fraction(0))
    return true / sum(line.weight for line in persona.lines)


# --------------------------------------------------------------------- once


def _score_once(reading: Reading, rule: p.Rule) -> RuleScore | None:
    if not in_season(rule, reading, reading.as_of):
        return None
    index = first_true(reading, rule.alternatives)
    if index is None:
        return None
    points = rounded(points_of(reading, rule.alternatives[index].points, None), reading.program.precision)
    return RuleScore(points, _within(points, rule.caps.points), alternative=index)


def first_true(reading: Reading, alternatives: Sequence[p.Alternative]) -> int | None:
    """Give the index of the alternative that counts: the first true one, or `else` when all are false."""
    truths = [None if a.condition is None else reading.truth(a.condition) for a in alternatives]
    if True in truths:
        return truths.index(True)
    has_else = alternatives[-1].condition is None
    return len(truths) - 1 if has_else and all(truth is False for truth in truths[:-1]) else None


# --------------------------------------------------------------------- each


def _score_each(reading: Reading, rule: p.Rule, selection: p.Selection) -> RuleScore | None:
    events = [event for event in reading.select(selection) if in_season(rule, reading, event.at)]
    kept = [_contribution(reading, rule, index, event) for index, event in enumerate(events)]
    if rule.caps.every is not None:
        kept = _keep_every(kept, rule.caps.every)
    for cap in rule.caps.per:
        buckets = _buckets(reading, kept, cap.bucket)
        kept = [contribution for bucket in buckets for contribution in _largest(bucket, cap.times)]
    if rule.caps.times is not None:
        kept = _largest(kept, rule.caps.times)
    if not kept:
        return None
    kept.sort(key=lambda contribution: contribution.index)
    earlier = reading.earlier(rule)
    points = _sum(kept) + earlier.sum
    return RuleScore(points, _capped(reading, kept, points, rule.caps), tuple(kept), earlier)


def _contribution(reading: Reading, rule: p.Rule, index: int, event: Occurrence) -> Contribution:
    base = points_of(reading, rule.alternatives[0].points, event)
    precision = reading.program.precision
    if rule.decay is None:
        return Contribution(index, event, base, rounded(base, precision))
    age = rule.decay.age(event.at, reading.as_of)
    return Contribution(index, event, base, rule.decay.applied(base, age, precision))


def _keep_every(contributions: Iterable[Contribution], cap: p.MaxEvery) -> list[Contribution]:
    """From the oldest on, count an event when fewer than N counted ones are less than D older."""
    counted: list[Contribution] = []
    for contribution in contributions:
        if len(counted) < cap.times or contribution.event.at - counted[-cap.times].event.at >= cap.every:
            counted.append(contribution)
    return counted


def _largest(contributions: Iterable[Contribution], times: int) -> list[Contribution]:
    """Give the N largest in size, the later first among equals."""
    return sorted(contributions, key=lambda c: (abs(c.points), c.index), reverse=True)[:times]


def _buckets(reading: Reading, contributions: Iterable[Contribution], bucket: p.Bucket) -> Iterable[list[Contribution]]:
    found: defaultdict[object, list[Contribution]] = defaultdict(list)
    for contribution in contributions:
        found[reading.bucket(bucket, contribution.event)].append(contribution)
    return found.values()


def _capped(reading: Reading, kept: Sequence[Contribution], points: Fraction, caps: p.Caps) -> Fraction:
    """Clamp each bucket's sum to ±P, then the sum of all."""
    if caps.points_per is not None:
        most, bucket = caps.points_per
        points = sum((_within(_sum(part), most) for part in _buckets(reading, kept, bucket)), Fraction(0))
    return _within(points, caps.points)


# ------------------------------------------------------------------- points


def points_of(reading: Reading, node: p.ValueNode, event: Occurrence | None) -> Fraction:
    """Give points before decay and rounding; unknown ones and those over 1,000,000 in size are 0."""
    found = reading.value(node, event)
    return sized(found) if isinstance(found, Fraction) else Fraction(0)


def sized(points: Fraction) -> Fraction:
    """Give points, or 0 for those over 1,000,000 in size."""
    return Fraction(0) if abs(points) > LARGEST else points


def in_season(rule: p.Rule, reading: Reading, instant: int) -> bool:
    """Tell whether an instant lies within the rule's `from` and `until`: local days, both included."""
    if rule.first_day is None and rule.last_day is None:
        return True
    day = reading.zone.day(instant)
    return (rule.first_day is None or rule.first_day <= day) and (rule.last_day is None or day <= rule.last_day)


def _sum(contributions: Iterable[Contribution]) -> Fraction:
    return sum((contribution.points for contribution in contributions), Fraction(0))


def _within(points: Fraction, size: Fraction | None) -> Fraction:
    return points if size is None else max(-size, min(size, points))
