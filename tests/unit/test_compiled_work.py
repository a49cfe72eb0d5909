"""What compiled code does for one more event, in steps of Python: a count, which is the same on every machine.

The bounds leave some room, since versions of Python count otherwise; who goes beyond them has made every lead dearer.
"""

import datetime as dt
import sys

import pytest

from leadrules import Ruleset

AS_OF = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
RULES = """
email_open within 30 days +1
page_view[url contains "pricing"] +1
"""


def lead(count, event):
    """Make a lead with so many of an event, each some minutes after the one before."""
    began = AS_OF - dt.timedelta(days=40)
    events = [event | {"at": began + dt.timedelta(minutes=7 * number)} for number in range(count)]
    return {"id": "1", "attributes": {}, "events": events}


def steps(work):
    """Count the steps of Python code that something takes."""
    taken = 0

    def trace(frame, event, _):
        nonlocal taken
        frame.f_trace_opcodes = True
        taken += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return taken


@pytest.fixture(scope="module")
def rules():
    return Ruleset.from_text(RULES)


def steps_of_one_more(rules, event):
    few, many = lead(20, event), lead(120, event)
    for one in (few, many):  # what is met for the first time costs more
        rules.evaluate(one, as_of=AS_OF)
    found = [steps(lambda one=one: rules.evaluate(one, as_of=AS_OF)) for one in (few, many)]
    return (found[1] - found[0]) / 100


@pytest.mark.parametrize(
    ("event", "most"),
    [
        ({"type": "ad_click"}, 18),
        ({"type": "of no scope"}, 18),
        ({"type": "email_open"}, 80),
        ({"type": "email_open", "properties": {"subject": "hello"}}, 88),
        ({"type": "page_view", "properties": {"url": "/about"}}, 125),
    ],
    ids=lambda value: value.get("type") if isinstance(value, dict) else str(value),
)
def test_one_more_event_takes_few_steps(rules, event, most):
    assert 5 < steps_of_one_more(rules, event) <= most


@pytest.mark.parametrize("cap", ["half-life 30 days max 2 per day", "max 2 per day"])
def test_what_caps_keep_of_few_events_is_told_without_counting(cap):
    """A lead without such an event pays next to nothing for the rule, one with no more than may stay little."""
    bare, capped = Ruleset.from_text("page_view +1"), Ruleset.from_text(f"page_view +1\nemail_open +3 {cap}")
    none, few, many = (lead(count, {"type": "email_open"}) for count in (0, 2, 4))
    taken = []
    for rules, one in ((bare, none), (capped, none), (capped, few), (capped, many)):
        rules.evaluate(one, as_of=AS_OF)
        taken.append(steps(lambda rules=rules, one=one: rules.evaluate(one, as_of=AS_OF)))
    of_bare, of_none, of_few, of_many = taken
    assert of_none - of_bare <= 25
    assert of_few - of_none < 0.75 * (of_many - of_none)


class Named(str):
    """A name that counts how often it is looked up."""

    __slots__ = ()
    lookups = 0

    def __hash__(self):
        Named.lookups += 1
        return str.__hash__(self)


def test_a_type_is_looked_up_once(rules):
    one = lead(50, {"type": Named("email_open")})
    rules.evaluate(one, as_of=AS_OF)
    Named.lookups = 0
    rules.evaluate(one, as_of=AS_OF)
    assert Named.lookups == 50
