"""A plan as straight-line Python: what a programmer would write who knows the rules and the data.

One pass puts the events into lists by type; a loop over each list does all that the rules ask of it,
with what fades read from tables; then every rule adds its points, in order. Points are whole units
of a hundredth, as exact as those of leadrules. Nothing is checked: every lead is taken to be of the
form in which `leads` makes them.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import Any, assert_never

from benchmarks.workload.leads import DAYS, Lead
from benchmarks.workload.plan import (
    LEAST,
    MOST,
    Bands,
    Daily,
    Each,
    EventRule,
    Fading,
    Member,
    Mentions,
    Often,
    Pair,
    Plan,
    Quiet,
    Rule,
    Selected,
)

UNITS = 100
"""Units to a point: rule files have a precision of two decimals unless they say otherwise."""

Scored = tuple[int, str, list[tuple[str, int]]]
"""Score in units, stage, and what fired: name and units. Without the audit the last is empty."""

Score = Callable[[Lead, dt.datetime], Scored]


def scorer_of(plan: Plan, *, audit: bool) -> Score:
    """Write the function of a plan, and compile it."""
    namespace: dict[str, Any] = {"fading": fading, "timedelta": dt.timedelta}
    exec(compile(source_of(plan, audit=audit), "<hand-written>", "exec"), namespace)  # noqa: S102 - written here
    score: Score = namespace["score"]
    return score


@functools.cache
def fading(points: int, half_life: int) -> list[int]:
    """Give the units that are left of points at each age in whole days, rounded half to even."""
    with localcontext(prec=50):
        left = (points * UNITS * Decimal("0.5") ** (Decimal(age) / half_life) for age in range(DAYS + 1))
        return [int(units.quantize(Decimal(1), ROUND_HALF_EVEN)) for units in left]


def source_of(plan: Plan, *, audit: bool) -> str:
    """Write the module: its tables, then `score`."""
    body = [*_fields(plan), *_windows(plan), *_pass(plan, audit), *_points(plan, audit)]
    return "\n".join([*_tables(plan), "def score(lead, as_of):", *_indented(body)]) + "\n"


def _indented(lines: Iterable[str]) -> list[str]:
    return ["    " + line for line in lines]


def _tables(plan: Plan) -> Iterator[str]:
    for name, rule in plan.event_rules:
        if isinstance(rule, Fading | Daily) and rule.half_life is not None:
            yield f"FADING_{name} = fading({rule.points}, {rule.half_life})"


def _windows(plan: Plan) -> Iterator[str]:
    days = sorted({rule.events.days for _, rule in plan.event_rules if rule.events.days is not None})
    yield from (f"since_{n} = as_of - timedelta(days={n})" for n in days)


def _fields(plan: Plan) -> Iterator[str]:
    yield "attributes = lead['attributes']"
    numbers = {rule.field for rule in plan.rules if isinstance(rule, Bands)}
    numbers |= {rule.number for rule in plan.rules if isinstance(rule, Pair)}
    titles = {rule.field for rule in plan.rules if isinstance(rule, Mentions)}
    others = {rule.field for rule in plan.rules if isinstance(rule, Member | Pair)} | {"budget", "authority"}
    yield from (f"{field} = attributes[{field!r}] or 0" for field in sorted(numbers))
    yield from (f"{field} = (attributes[{field!r}] or '').lower()" for field in sorted(titles))
    yield from (f"{field} = attributes[{field!r}]" for field in sorted(others))


# ------------------------------------------------------------------ events


def _pass(plan: Plan, audit: bool) -> Iterator[str]:
    """Write the pass over the events: into lists, then what the rules ask of each list."""
    by_type: dict[str, list[tuple[str, EventRule]]] = {}
    for name, rule in plan.event_rules:
        by_type.setdefault(rule.events.type, []).append((name, rule))
    yield "lists = {" + ", ".join(f"{type_!r}: []" for type_ in by_type) + "}"
    yield "for event in lead['events']:"
    yield "    if event['type'] in lists and event['at'] <= as_of:"
    yield "        lists[event['type']].append(event)"
    for type_, rules in by_type.items():
        yield from _asked(type_, rules, audit)


def _asked(type_: str, rules: Sequence[tuple[str, EventRule]], audit: bool) -> Iterator[str]:
    """Write what is asked of the events of a type: lengths of the list, then a loop over it for the rest."""
    looped = []
    for name, rule in rules:
        if isinstance(rule, Each | Often) and rule.events == Selected(type_):
            yield f"{name} = len(lists[{type_!r}])"
        else:
            yield f"{name} = {_start(rule)}"
            yield from [f"{name}_count = 0"] if audit and isinstance(rule, Fading) else []
            looped.append((name, rule))
    if looped:
        yield f"for event in lists[{type_!r}]:"
        yield from _indented(_loop(looped, audit))


def _start(rule: EventRule) -> str:
    return "{}" if isinstance(rule, Daily) else "None" if isinstance(rule, Quiet) else "0"


def _loop(rules: Sequence[tuple[str, EventRule]], audit: bool) -> Iterator[str]:
    """Write what one event does: first to the rules about all events of the type, then to those about some."""
    by_word: dict[str | None, list[tuple[str, EventRule]]] = {None: []}
    for name, rule in rules:
        by_word.setdefault(rule.events.word, []).append((name, rule))
    known: set[str] = set()
    for word, some in by_word.items():
        needed = [line for line in _needed([rule for _, rule in some]) if line not in known]
        lines = needed + [line for name, rule in some for line in _count(name, rule, audit)]
        if word is None:
            known.update(needed)
            yield from lines
        else:
            yield f"if {word!r} in event['properties'][{some[0][1].events.prop!r}]:"
            yield from _indented(lines)


def _needed(rules: Sequence[EventRule]) -> Iterator[str]:
    """Write what some rules need to know of an event."""
    fades = any(isinstance(rule, Fading | Daily) and rule.half_life is not None for rule in rules)
    if fades or any(isinstance(rule, Daily | Quiet) or rule.events.days is not None for rule in rules):
        yield "at = event['at']"
    if any(isinstance(rule, Daily) for rule in rules):
        yield "day = at.date()"
    if fades:
        yield "age = (as_of - at).days"


def _count(name: str, rule: EventRule, audit: bool) -> Sequence[str]:
    """Write what one event does to what a rule asks."""
    inside = [f"{name} += 1"]
    if isinstance(rule, Fading):
        inside = [f"{name} += FADING_{name}[age]", *([f"{name}_count += 1"] if audit else [])]
    elif isinstance(rule, Daily) and rule.half_life is not None:
        inside = [f"{name}.setdefault(day, []).append(FADING_{name}[age])"]
    elif isinstance(rule, Daily):
        inside = [f"{name}[day] = {name}.get(day, 0) + 1"]
    elif isinstance(rule, Quiet):
        inside = [f"if {name} is None or at > {name}:", f"    {name} = at"]
    days = rule.events.days
    return inside if days is None else [f"if at >= since_{days}:", *_indented(inside)]


# ------------------------------------------------------------------ points


def _points(plan: Plan, audit: bool) -> Iterator[str]:
    """Write the sums of the dimensions, their bounds, and the stage."""
    yield "fired = []"
    yield "score = 0"
    for number, rules in enumerate(plan.dimensions, 1):
        yield "part = 0"
        for name, rule in rules:
            yield from _rule(name, rule, audit)
        for bound, op in ((MOST * UNITS, ">"), (LEAST * UNITS, "<")):
            yield f"if part {op} {bound}:"
            yield from [f"    fired.append(('part_{number}', {bound} - part))"] if audit else []
            yield f"    part = {bound}"
        yield "score += part"
    yield f"if budget and authority and score >= {plan.sql_at * UNITS}:"
    yield "    return score, 'sql', fired"
    yield f"return score, 'mql' if score >= {plan.mql_at * UNITS} else 'lead', fired"


def _rule(name: str, rule: Rule, audit: bool) -> Iterator[str]:
    for test, units in _branches(name, rule, audit):
        is_known = units.lstrip("-").isdigit()
        points = units if is_known or not audit else "points"
        yield test
        yield from [] if points == units else [f"    points = {units}"]
        yield f"    part += {points}"
        yield from [f"    fired.append(({name!r}, {points}))"] if audit else []


def _branches(name: str, rule: Rule, audit: bool) -> Iterator[tuple[str, str]]:
    """Write when a rule fires, and the units that it then gives."""
    match rule:
        case Bands(field, steps):
            for place, (least, points) in enumerate(steps):
                yield f"{'elif' if place else 'if'} {field} >= {least}:", str(points * UNITS)
        case Member(field, words, points):
            yield f"if {field} in {{{str(words).strip('(),')}}}:", str(points * UNITS)
        case Mentions(field, words, points):
            yield "if " + " or ".join(f"{word!r} in {field}" for word in words) + ":", str(points * UNITS)
        case Pair(field, word, number, least, points):
            yield f"if {field} == {word!r} and {number} >= {least}:", str(points * UNITS)
        case Each(_, points, most):
            counted = f"{points * UNITS} * ({name} if {name} < {most} else {most})"
            yield f"if {name}:", str(points * UNITS) if most == 1 else counted
        case Fading():
            yield f"if {name}_count:" if audit else f"if {name}:", name
        case Daily(_, points, most, half_life):
            yield f"if {name}:", _of_days(name, points * UNITS, most, fades=half_life is not None)
        case Often(_, least, points):
            yield f"if {name} >= {least}:", str(points * UNITS)
        case Quiet(_, days, points):
            yield f"if {name} is not None and (as_of - {name}).days > {days}:", str(points * UNITS)
        case _:
            assert_never(rule)


def _of_days(name: str, units: int, most: int, *, fades: bool) -> str:
    """Write what is left of each day: the largest of what fades, or so many of what is all worth the same."""
    if fades:
        largest = "max(one)" if most == 1 else f"sum(sorted(one, reverse=True)[:{most}])"
        return f"sum({largest} for one in {name}.values())"
    if most == 1:
        return f"{units} * len({name})"
    return f"{units} * sum(one if one < {most} else {most} for one in {name}.values())"
