"""Rules as plain data, from which the rule file and the hand-written counterpart are both made.

`plan_of(300)` begins with the rules of `plan_of(50)`. The mix is that of rule files as they grow: a
third of the rules ask who a lead is, two thirds what it did.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import attrs

from benchmarks.workload import leads

RULES_PER_DIMENSION = 25
MOST, LEAST = 60, -20
"""The bounds of a dimension, in points."""


@attrs.frozen
class Bands:
    """Points for the highest of some sizes that a number reaches; `steps` are sizes and points, from the top down."""

    field: str
    steps: tuple[tuple[int, int], ...]


@attrs.frozen
class Member:
    """Points where a text is one of some words."""

    field: str
    words: tuple[str, ...]
    points: int


@attrs.frozen
class Mentions:
    """Points where a text contains one of some words, in capitals or not."""

    field: str
    words: tuple[str, ...]
    points: int


@attrs.frozen
class Pair:
    """Points where a text is a word and a number is large enough."""

    field: str
    word: str
    number: str
    least: int
    points: int


@attrs.frozen
class Selected:
    """Events of a type: those whose `prop` contains a word, at most `days` old, where the two are given."""

    type: str
    word: str | None = None
    days: int | None = None

    @property
    def prop(self) -> str:
        """The property that `word` is looked for in."""
        return leads.PROPERTY[self.type]


@attrs.frozen
class Each:
    """Points for each event, for at most so many of them."""

    events: Selected
    points: int
    most: int


@attrs.frozen
class Fading:
    """Points for each event, of which half are left after `half_life` days."""

    events: Selected
    points: int
    half_life: int


@attrs.frozen
class Daily:
    """Points for each event, halved every `half_life` days where that is given, for the `most` largest of a day."""

    events: Selected
    points: int
    most: int = 1
    half_life: int | None = None


@attrs.frozen
class Often:
    """Points where there are enough events."""

    events: Selected
    least: int
    points: int


@attrs.frozen
class Quiet:
    """Points where the latest event is more than `days` days ago."""

    events: Selected
    days: int
    points: int


EventRule = Each | Fading | Daily | Often | Quiet
LeadRule = Bands | Member | Mentions | Pair
Rule = LeadRule | EventRule


@attrs.frozen
class Plan:
    """Some rules, in dimensions of `RULES_PER_DIMENSION`, and the scores from which a lead is an MQL and an SQL."""

    rules: tuple[Rule, ...]

    @property
    def dimensions(self) -> list[list[tuple[str, Rule]]]:
        """The rules of each dimension, with their names."""
        named = [(f"r{number}", rule) for number, rule in enumerate(self.rules, 1)]
        return [named[start : start + RULES_PER_DIMENSION] for start in range(0, len(named), RULES_PER_DIMENSION)]

    @property
    def event_rules(self) -> list[tuple[str, EventRule]]:
        """The rules about events, with their names."""
        return [(f"r{n}", rule) for n, rule in enumerate(self.rules, 1) if isinstance(rule, EventRule)]

    @property
    def mql_at(self) -> int:
        """From which score a lead is marketing-qualified."""
        return 25 * len(self.dimensions)

    @property
    def sql_at(self) -> int:
        """From which score a lead with budget and authority is sales-qualified."""
        return 30 * len(self.dimensions)


SMALL = Plan(
    (
        Member("industry", ("transport", "logistics"), 15),
        Bands("employees", ((1_000, 30), (200, 20), (50, 10))),
        Mentions("job_title", ("director", "head of"), 15),
        Daily(Selected("email_open"), 1, most=1, half_life=30),
        Daily(Selected("page_view", "/pricing"), 10, most=2, half_life=30),
        Fading(Selected("webinar_attended"), 12, half_life=30),
        Often(Selected("page_view", days=7), least=5, points=10),
        Each(Selected("demo_request", days=90), 25, most=1),
        Each(Selected("unsubscribe"), -50, most=1),
        Quiet(Selected("email_open"), days=60, points=-10),
    )
)
"""Rules such as the README shows."""


def plan_of(rules: int, seed: int = 1) -> Plan:
    """Make up so many rules; the first ones are the same whatever their number."""
    chance = random.Random(seed)
    return Plan(tuple(_KINDS[number % len(_KINDS)](chance) for number in range(rules)))


# ------------------------------------------------------------------- kinds


def _bands(chance: random.Random) -> Rule:
    field, unit = chance.choice((("employees", 1), ("annual_revenue", 100_000)))
    top = unit * chance.randrange(200, 2_000, 10)
    points = chance.randrange(10, 31, 5)
    return Bands(field, ((top, points), (top // 4, points // 2), (top // 10, 2)))


def _member(chance: random.Random) -> Rule:
    field, words = chance.choice(
        (("industry", leads.INDUSTRIES), ("country", leads.COUNTRIES), ("source", leads.SOURCES))
    )
    return Member(field, tuple(chance.sample(words, chance.randint(1, 4))), _points(chance))


def _mentions(chance: random.Random) -> Rule:
    return Mentions(
        "job_title", tuple(chance.sample(leads.LEVELS + leads.AREAS, chance.randint(1, 3))), _points(chance)
    )


def _pair(chance: random.Random) -> Rule:
    return Pair("country", chance.choice(leads.COUNTRIES), "employees", chance.randrange(10, 500, 10), _points(chance))


def _each(chance: random.Random) -> Rule:
    days = chance.choice((None, 30, 90, 180))
    return Each(_selected(chance, days), chance.choice((1, 2, 3, 5, 8, -5)), chance.randint(2, 6))


def _fading(chance: random.Random) -> Rule:
    return Fading(_selected(chance, None), chance.randint(2, 12), chance.choice((7, 14, 30, 45, 60, 90)))


def _daily(chance: random.Random) -> Rule:
    events = _selected(chance, chance.choice((14, 30, 60)))
    return Daily(events, chance.randint(1, 3), chance.choice((1, 2)), chance.choice((None, 30)))


def _often(chance: random.Random) -> Rule:
    return Often(_selected(chance, chance.choice((7, 14, 30, 60, 90))), chance.randint(2, 8), _points(chance))


def _quiet(chance: random.Random) -> Rule:
    return Quiet(_selected(chance, None), chance.choice((14, 30, 60, 90, 180)), -chance.randint(2, 10))


def _selected(chance: random.Random, days: int | None) -> Selected:
    """Select events, half of the time of a frequent type; of those with a property now all, now only some."""
    type_ = chance.choice(leads.EVENTS[:6] if chance.random() < 0.5 else leads.EVENTS)
    name = leads.PROPERTY.get(type_)
    if name is None or chance.random() < 0.5:
        return Selected(type_, None, days)
    return Selected(type_, chance.choice(leads.TEXTS[name]).rstrip("0123456789"), days)


def _points(chance: random.Random) -> int:
    return chance.randint(2, 20) * chance.choice((1, 1, 1, -1))


_KINDS: tuple[Callable[[random.Random], Rule], ...] = (
    _each, _bands, _fading, _member, _often, _each, _mentions, _daily, _each, _pair,
    _fading, _each, _member, _often, _quiet, _each, _bands, _often, _each, _mentions,
)  # fmt: skip
