"""Numbers that share a hash, by design or by chance, take no longer to tell apart than others."""

import datetime as dt
import sys
import time
from fractions import Fraction

import pytest

from leadrules import Ruleset
from leadrules.testing import engines_agree, incremental_agrees
from leadrules.values import key_of, keys_of

AS_OF = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)
PRIME = sys.hash_info.modulus
RULES = [
    "distinct(amount of purchase) > 3 +1",
    "purchase +1 max 1 per amount",
    "purchase +1 max 2 per amount",
    "purchase +1 max 1 per amount half-life 30 days",
    "purchase +(least(amount, 5)) max 2 per amount",
    "purchase +2 max 3 points per amount",
]


def rules_of(rule):
    return Ruleset.from_text(f"event purchase[amount: number]\n{rule}")


def lead_of(amounts):
    events = [
        {"type": "purchase", "at": AS_OF - dt.timedelta(seconds=n), "properties": {"amount": amount}}
        for n, amount in enumerate(amounts)
    ]
    return {"id": "1", "events": events}


def alike(count):
    return [1 + n * PRIME for n in range(count)]


@pytest.mark.parametrize("one", [int, Fraction, lambda n: Fraction(n, 10)])
def test_keys_of_numbers_alike_have_hashes_of_their_own(one):
    numbers = [one(n) for n in alike(2_000)]
    assert len({hash(number) for number in numbers}) == 1
    assert len({hash(key) for key in keys_of(numbers)}) > 1_900


@pytest.mark.parametrize("values", [[1, None] * 600, ["1"] * 1_200, [True] * 1_200, [2**61] * 3, []])
def test_all_else_is_its_own_key(values):
    assert keys_of(values) == values


def test_equal_numbers_have_equal_keys():
    for number in (PRIME - 1, PRIME, -PRIME, -PRIME + 1, 2**70):
        assert key_of(number) == key_of(Fraction(number))
    assert key_of(PRIME - 1) == PRIME - 1
    assert key_of(1 - PRIME) == 1 - PRIME
    assert key_of(Fraction(1, PRIME)) == Fraction(1, PRIME)
    assert {key_of(n) for n in (PRIME, -PRIME)} == {str(PRIME), str(-PRIME)}
    mixed = [None, 2**70, *range(1_100)]
    assert keys_of(mixed) == [None, str(2**70), *range(1_100)]


def test_the_engines_agree_about_them():
    rules, lead = rules_of("\n".join(RULES)), lead_of([*alike(1_010), 1, 1 + PRIME, None, "0.5"])
    engines_agree(rules, lead, AS_OF)
    incremental_agrees(rules, lead, AS_OF)


@pytest.mark.parametrize("rule", RULES)
def test_the_reference_does_not_compare_each_with_each(rule, monkeypatch):
    rules, lead = rules_of(rule), lead_of(alike(1_500))
    compared = [0]
    plain = Fraction.__eq__

    def counting(one, other):
        compared[0] += 1
        return plain(one, other)

    monkeypatch.setattr(Fraction, "__eq__", counting)
    rules.explain(lead, as_of=AS_OF)
    assert compared[0] < 100 * 1_500  # of pairs there are 1,124,250


@pytest.mark.parametrize("rule", RULES)
def test_compiled_rules_do_not_compare_each_with_each(rule):
    rules = rules_of(rule)
    rules.evaluate(lead_of([1]), as_of=AS_OF)

    def seconds(amounts):
        lead, start = lead_of(amounts), time.process_time()
        rules.evaluate(lead, as_of=AS_OF)
        return time.process_time() - start

    usual = max(seconds(range(20_000)) for _ in range(2))
    assert any(seconds(alike(20_000)) < 30 * usual for _ in range(3))  # it is some 3; each with each is 90
