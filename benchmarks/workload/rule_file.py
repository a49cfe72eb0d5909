"""A plan as a rule file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import assert_never

from benchmarks.workload.plan import (
    LEAST,
    MOST,
    Bands,
    Daily,
    Each,
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


def text_of(plan: Plan) -> str:
    """Write the rule file of a plan."""
    return "\n".join(_lines(plan)) + "\n"


def _lines(plan: Plan) -> Iterator[str]:
    for number, rules in enumerate(plan.dimensions, 1):
        yield f"dimension part_{number} max {MOST} min {LEAST}"
        yield from (f"  rule {name}: {_rule(rule)}" for name, rule in rules)
    yield "stages lead < mql < sql"
    yield f"  score >= {plan.mql_at} -> mql"
    yield f"  budget and authority and score >= {plan.sql_at} -> sql"


def _rule(rule: Rule) -> str:
    match rule:
        case Bands(field, steps):
            return f"{field} " + " | ".join(f">= {least} {points:+}" for least, points in steps)
        case Member(field, words, points):
            return f"{field} in {_set(words)} {points:+}"
        case Mentions(field, words, points):
            return f"{field} contains {_set(words)} {points:+}"
        case Pair(field, word, number, least, points):
            return f'{field} = "{word}" and {number} >= {least} {points:+}'
        case Each(events, points, most):
            return f"{_selection(events)} {points:+} " + ("once" if most == 1 else f"max {most} times")
        case Fading(events, points, half_life):
            return f"{_selection(events)} {points:+} half-life {half_life} days"
        case Daily(events, points, most, half_life):
            decay = "" if half_life is None else f" half-life {half_life} days"
            return f"{_selection(events)} {points:+}{decay} max {most} per day"
        case Often(events, least, points):
            return f"count({_selection(events)}) >= {least} {points:+}"
        case Quiet(events, days, points):
            return f"days since {_selection(events)} > {days} {points:+}"
        case _:
            assert_never(rule)


def _selection(events: Selected) -> str:
    filtered = "" if events.word is None else f'[{events.prop} contains "{events.word}"]'
    window = "" if events.days is None else f" within {events.days} days"
    return events.type + filtered + window


def _set(words: Iterable[str]) -> str:
    return "{" + ", ".join(f'"{word}"' for word in words) + "}"
