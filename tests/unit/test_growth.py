"""Twice as many rules take twice the work, whatever they are and whatever is asked of them. Calls are counted."""

import datetime as dt
from collections.abc import Callable

import pytest

from leadrules import Limits, Ruleset

AS_OF = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)
EVENTS = [{"type": "email_open", "at": AS_OF - dt.timedelta(hours=n)} for n in range(3)]
LEAD = {"id": "1", "attributes": {"need": True, "country": "PL", "employees": 50}, "events": EVENTS}
FEW = 60


def lines(count: int, pattern: str) -> str:
    return "".join(pattern.replace("#", str(n)) + "\n" for n in range(count))


def listed(count: int) -> str:
    return "{" + ", ".join(f'"x{n}"' for n in range(count)) + "}"


def ladder(count: int) -> str:
    return "stages " + " < ".join(f"x{n}" for n in range(count)) + "\n"


RULES: dict[str, Callable[[int], str]] = {
    "rules": lambda n: lines(n, "employees >= # +1"),
    "dimensions": lambda n: lines(n, "dimension d#\nneed +1"),
    "groups": lambda n: lines(n, "group g# max 5\nneed +1"),
    "weights": lambda n: lines(n, "dimension d#\nneed +1") + "total = " + " + ".join(f"2 * d{m}" for m in range(n)),
    "a long ladder in every rule": lambda n: ladder(n) + lines(n, "was x# +1"),
    "a long ladder": lambda n: ladder(n) + lines(n, "need -> x#"),
    "a long list in every rule": lambda n: f"list x = {listed(n)}\n" + lines(n, "country in x +1"),
    "a field of many values": lambda n: f"field f: one of {listed(n)}\n" + lines(n, 'f != "x#" +1'),
    "alternatives": lambda n: lines(n, "employees > 9# +1 | > 95# +2 | = 94# +3"),
    "criteria": lambda n: lines(n, "criterion c# = need and employees > #\nc# +1"),
    "events": lambda n: lines(n, "event e#\ne# +1 max 2 per day"),
    "selections": lambda n: lines(n, "count(email_open within 3 days) > # +1"),
}  # fmt: skip


def warn(rules: Ruleset) -> Callable[[], object]:
    return lambda: rules.warnings


def evaluate(rules: Ruleset) -> Callable[[], object]:
    return lambda: rules.evaluate(LEAD, as_of=AS_OF).to_json()


def explain(rules: Ruleset) -> Callable[[], object]:
    return lambda: rules.explain(LEAD, as_of=AS_OF)


def tell(rules: Ruleset) -> Callable[[], object]:
    explanation = rules.explain(LEAD, as_of=AS_OF)
    return lambda: (str(explanation), explanation.to_json())


def start(rules: Ruleset) -> Callable[[], object]:
    return lambda: rules.start(LEAD)


def look_ahead(rules: Ruleset) -> Callable[[], object]:
    return lambda: rules.forecast(LEAD, as_of=AS_OF, days=2)


ASKED = [warn, evaluate, explain, tell, start, look_ahead]


@pytest.fixture(scope="module", autouse=True)
def warm() -> None:
    """Load what is loaded when it is first asked for."""
    rules = Ruleset.from_text("need +1")
    for ask in ASKED:
        ask(rules)()


@pytest.mark.parametrize("made", RULES.values(), ids=RULES)
def test_twice_as_many_take_twice_the_work(made, calls):
    few, many = (Ruleset.from_text(made(n), limits=Limits(work=10**12)) for n in (FEW, 2 * FEW))
    factors = {ask.__name__: calls(ask(many)) / calls(ask(few)) for ask in ASKED}
    assert {name: factor for name, factor in factors.items() if factor > 3} == {}
