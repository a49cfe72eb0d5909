"""Results do not change: neither they nor what they hold, whoever made them."""

import copy
import json
import pickle
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import attrs
import pytest

from leadrules import AuditEntry, ResultError, Ruleset, ScoredLead
from leadrules.canonical import canonical_json
from leadrules.frozen import FrozenDict, FrozenList, frozen, thawed
from leadrules.ruleset import program_of

NOON = datetime(2026, 11, 21, 12, 0, 0, 5, tzinfo=UTC)
RULES = Ruleset.from_text("""field interests: list of text
segment big = employees > 100

dimension fit max 60
  employees >= 50 +30
  interests contains "crm" +2
dimension behaviour
  email_open +5 half-life 30 days

grade profile = fit: A >= 30, B

stages new < mql < sql
  score >= 20 -> mql
  email_open within 40 days and authority and big -> sql

require email is known because "no way to reach them"
score > 20 -> tag "hot"

example "one"
  given employees = 60
  expect score > 3
""")
LEAD = {
    "id": "1",
    "attributes": {"employees": 300, "interests": ["crm"], "authority": True},
    "events": [{"type": "email_open", "at": datetime(2026, 11, 20 - k, tzinfo=UTC)} for k in range(3)],
    "stages": {"stage": "new"},
}


def evaluated():
    return RULES.evaluate(LEAD, as_of=NOON)


def explained():
    return RULES.explain(LEAD, as_of=NOON).result


def begun():
    return RULES.start(LEAD).result(as_of=NOON)


ENGINES = pytest.mark.parametrize("score", [evaluated, explained, begun])


def parts_of(value):
    """Give a value and everything that can be reached from it by public attributes and by taking it apart."""
    yield value
    if isinstance(value, Mapping):
        yield from (part for one in value.values() for part in parts_of(one))
    elif isinstance(value, list | tuple):
        yield from (part for one in value for part in parts_of(one))
    elif attrs.has(type(value)):
        yield from (part for one in attrs.fields(type(value)) for part in parts_of(getattr(value, one.name)))
    elif isinstance(value, ScoredLead | AuditEntry):
        yield from (part for name in public(value) for part in parts_of(getattr(value, name)))


def public(value):
    kind = ScoredLead if isinstance(value, ScoredLead) else AuditEntry
    return [
        name for name, one in vars(kind).items() if isinstance(one, property) and name not in {"digest", "valid_until"}
    ]


MADE = {
    "a result": evaluated,
    "a result of the reference": explained,
    "a result of a state": begun,
    "an explanation": lambda: RULES.explain(LEAD, as_of=NOON),
    "why not": lambda: RULES.explain(LEAD, as_of=NOON).why_not("sql"),
    "a forecast": lambda: RULES.forecast(LEAD, as_of=NOON),
    "examples' results": RULES.run_examples,
}
EACH = pytest.mark.parametrize("made", MADE.values(), ids=MADE)


@EACH
def test_nothing_of_what_comes_out_can_be_assigned(made):
    seen = 0
    for part in parts_of(made()):
        if attrs.has(type(part)) or isinstance(part, ScoredLead | AuditEntry):
            names = [a.name for a in attrs.fields(type(part))] if attrs.has(type(part)) else public(part)
            for name in names:
                with pytest.raises(AttributeError):
                    setattr(part, name, getattr(part, name))
                with pytest.raises(AttributeError):
                    delattr(part, name)
            with pytest.raises(AttributeError):
                part.anything = 1
            seen += 1
    assert seen


def test_the_lead_of_an_example_does_not_change():
    (example,) = program_of(RULES).examples
    with pytest.raises(TypeError, match="this does not change"):
        example.lead["attributes"]["employees"] = 7


@EACH
def test_no_collection_of_what_comes_out_can_be_changed(made):
    found = [part for part in parts_of(made()) if isinstance(part, Mapping | list)]
    assert found
    assert {type(part) for part in found} <= {FrozenDict, FrozenList}


@EACH
def test_what_comes_out_is_hashed_pickled_and_copied(made):
    value = made()
    assert hash(value) == hash(made())
    for other in (copy.copy(value), copy.deepcopy(value), pickle.loads(pickle.dumps(value))):  # noqa: S301
        assert other == value
        assert hash(other) == hash(value)
    found = [part for part in parts_of(pickle.loads(pickle.dumps(value))) if isinstance(part, Mapping | list)]  # noqa: S301
    assert {type(part) for part in found} <= {FrozenDict, FrozenList}


@ENGINES
def test_a_result_says_what_it_is_where_it_refuses_to_change(score):
    result = score()
    with pytest.raises(AttributeError, match="'score' of 'ScoredLead' object"):
        result.score = Decimal(7)
    with pytest.raises(AttributeError, match="'valid_until' of 'ScoredLead' object"):
        result.valid_until = None
    with pytest.raises(AttributeError, match="'points' of 'AuditEntry' object"):
        result.audit[0].points = Decimal(7)
    with pytest.raises(TypeError, match=r"^this does not change; change a copy of it: dict\(…\)$"):
        result.dimensions["fit"] = Decimal(99)
    with pytest.raises(TypeError, match=r"^this does not change; change a copy of it: list\(…\)$"):
        result.audit[2].evidence["events"].append({})
    assert type(result).__name__ == type(result).__qualname__ == "ScoredLead"
    assert type(result.audit[0]).__module__ == AuditEntry.__module__


@ENGINES
def test_plain_data_of_a_result_is_a_copy_that_may_change(score):
    result = score()
    before = result.to_json()
    plain = result.to_dict()
    plain["dimensions"]["fit"] = plain["stages"]["stage"] = None
    plain["audit"][2]["evidence"]["events"].append("more")
    plain["segments"].append("more")
    assert {type(part) for part in parts_of(plain) if isinstance(part, Mapping | list)} == {dict, list}
    assert result.to_json() == before


def test_plain_data_of_an_explanation_is_a_copy_that_may_change():
    explanation = RULES.explain(LEAD, as_of=NOON)
    before = canonical_json(explanation.to_dict())
    for part in parts_of(explanation.to_dict()):
        if isinstance(part, dict):
            part.clear()
        elif isinstance(part, list):
            part.append(1)
    assert canonical_json(explanation.to_dict()) == before


@ENGINES
def test_the_moment_of_a_result_is_a_datetime_in_utc(score):
    assert score().as_of == NOON
    assert score().as_of.tzinfo is UTC
    local = RULES.evaluate(LEAD, as_of=NOON.astimezone(timezone(timedelta(hours=2))))
    assert (local.as_of.tzinfo, local.as_of, local) == (UTC, NOON, evaluated())
    assert json.loads(score().to_json())["as_of"] == score().to_dict()["as_of"] == "2026-11-21T12:00:00.000005Z"


CHANGES = {
    "dict": [
        lambda d: d.__setitem__("a", 1),
        lambda d: d.__delitem__("a"),
        lambda d: d.__ior__({"b": 1}),
        lambda d: d.update(b=1),
        lambda d: d.setdefault("b", 1),
        lambda d: d.pop("a"),
        lambda d: d.popitem(),
        lambda d: d.clear(),
    ],
    "list": [
        lambda x: x.__setitem__(0, 1),
        lambda x: x.__setitem__(slice(0, 1), []),
        lambda x: x.__delitem__(0),
        lambda x: x.__iadd__([1]),
        lambda x: x.__imul__(2),
        lambda x: x.append(1),
        lambda x: x.extend([1]),
        lambda x: x.insert(0, 1),
        lambda x: x.pop(),
        lambda x: x.remove(1),
        lambda x: x.reverse(),
        lambda x: x.sort(key=str),
        lambda x: x.clear(),
    ],
}


@pytest.mark.parametrize(("kind", "change"), [(kind, change) for kind, found in CHANGES.items() for change in found])
def test_frozen_collections_refuse_every_change(kind, change):
    plain = {"a": [1, {"b": 2}]} if kind == "dict" else [1, {"a": [2]}]
    value = frozen(plain)
    with pytest.raises(TypeError, match="this does not change"):
        change(value)
    assert value == plain


def test_frozen_data_is_equal_to_plain_data_and_no_part_of_it():
    plain = {"a": [1, {"b": (2, [3])}], "c": Decimal("1.5"), "d": None}
    value = frozen(plain)
    plain["a"][1]["b"][1].append(4)
    assert value == {"a": [1, {"b": (2, [3])}], "c": Decimal("1.5"), "d": None}
    assert thawed(value) == {"a": [1, {"b": [2, [3]]}], "c": Decimal("1.5"), "d": None}
    assert dict(value) | {"c": 1} == {**value, "c": 1}
    assert json.dumps(frozen({"a": [1, "x"]})) == '{"a": [1, "x"]}'
    assert canonical_json(value) == '{"a":[1,{"b":[2,[3]]}],"c":1.5,"d":null}'
    assert hash(frozen({"a": [1], "b": 2})) == hash(frozen({"b": 2, "a": [1]}))


def test_what_does_not_change_is_not_filled_anew():
    made, listed = FrozenDict({"points": 1}), FrozenList([1])
    made.__init__({"points": 99})
    listed.__init__([99])
    assert (made, listed) == ({"points": 1}, [1])


def test_a_result_with_half_a_character_is_none():
    text = Ruleset.from_text("need +1").evaluate({"id": "a"}, as_of=datetime(2026, 1, 1, tzinfo=UTC)).to_json()
    with pytest.raises(ResultError, match="half of a character"):
        ScoredLead.from_json(text.replace('"lead":"a"', '"lead":"\\ud800"'))


def test_a_state_merged_with_itself_stays_as_it_is():
    state = Ruleset.from_text("email_open +1").start({"id": "a"})
    state.add({"type": "email_open", "at": "2026-01-01"})
    state.merge(state)
    assert state.result(as_of=datetime(2026, 1, 2, tzinfo=UTC)).score == 1
