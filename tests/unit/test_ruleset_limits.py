"""Limits are whole numbers, those for strangers are lower, and what is past one is told."""

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path

import attrs
import pytest

from leadrules import InputError, Limits, Ruleset, RulesetError

AS_OF = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)
LEAD = {"id": "1", "attributes": {"employees": 60}, "events": [{"type": "page_view", "at": "2026-11-20T10:00:00Z"}]}
NAMES = [field.name for field in attrs.fields(Limits)]
MOST = dict.fromkeys(NAMES, 10**18) | {"nesting": 100}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", [1.5, float("nan"), float("inf"), "5", None, True, b"5", [], Decimal(5)])
def test_a_limit_is_a_whole_number(name, value):
    with pytest.raises(TypeError, match=rf"^the limit `{name}` is a whole number, not "):
        Limits(**{name: value})


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", [-1, -(10**30), 10**18 + 1, 10**30])
def test_a_limit_has_ends(name, value):
    with pytest.raises(ValueError, match=rf"^the limit `{name}` is a number from 0 to {MOST[name]:,}, not "):
        Limits(**{name: value})


def test_no_limit_admits_what_python_has_no_room_for():
    with pytest.raises(ValueError, match=r"^the limit `nesting` is a number from 0 to 100, not 101$"):
        Limits(nesting=101)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", [0, 1, None])
def test_a_limit_at_its_end_is_told_and_nothing_else(name, value):
    value = MOST[name] if value is None else value

    def score():
        rules = Ruleset.from_text("employees >= 50 +20\npage_view +2\n", limits=Limits(**{name: value}))
        return rules.evaluate(LEAD, as_of=AS_OF).score

    told = ""
    try:
        found = score()
    except (RulesetError, InputError) as error:
        found, told = 22, str(error)
    assert found == 22
    assert value < 2 or not told
    assert not told or re.search("error LR0|limit|more than", told)


def test_the_limits_for_strangers_are_lower_and_documented():
    usual, low = attrs.asdict(Limits()), attrs.asdict(Limits.untrusted())
    lower = {name: value for name, value in low.items() if value != usual[name]}
    assert all(value < usual[name] for name, value in lower.items())
    page = Path("docs/reference/language.md").read_text("utf-8")
    told = dict(re.findall(r"^\| `(\w+)` \| ([\d,]+) \|$", page, re.MULTILINE))
    assert told == {name: f"{value:,}" for name, value in lower.items()}
    assert Limits.untrusted(rules=7, events=9) == attrs.evolve(Limits.untrusted(), rules=7, events=9)


def test_how_much_is_compiled_changes_no_result():
    text = "employees >= 50 +20\ncount(page_view) > 2 +1\npage_view +2\n"
    none, all_ = (Ruleset.from_text(text, limits=Limits(code=most)) for most in (0, 10**9))
    assert none.evaluate(LEAD, as_of=AS_OF).to_json() == all_.evaluate(LEAD, as_of=AS_OF).to_json()
    assert none.fingerprint == all_.fingerprint
