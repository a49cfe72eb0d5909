"""Objects as leads and events: what their classes declare is looked at, so that a misspelt part is told."""

import dataclasses
import datetime as dt
from collections import namedtuple
from types import SimpleNamespace

import attrs
import pydantic
import pytest

from leadrules import LeadError, Ruleset

NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
RULES = Ruleset.from_text("email_open +5\nemployees > 5 +2\nstages lead < mql\nscore > 3 -> mql")
KINDS = ["dataclass", "attrs", "pydantic", "named tuple", "msgspec"]


def made(kind: str, **values):
    """Make an object of a class that declares just these fields."""
    names = [*values]
    match kind:
        case "dataclass":
            return dataclasses.make_dataclass("Made", names)(**values)
        case "attrs":
            return attrs.make_class("Made", names)(**values)
        case "pydantic":
            return pydantic.create_model("Made", **dict.fromkeys(names, (object, ...)))(**values)
        case "named tuple":
            return namedtuple("Made", names)(**values)  # noqa: PYI024
        case "msgspec":  # as it names the fields of its classes
            return type("Made", (SimpleNamespace,), {"__struct_fields__": tuple(names)})(**values)
        case _:
            return SimpleNamespace(**values)


def lead(kind: str, **more):
    return made(kind, id=1, attributes={"employees": 7}, events=[], **more)


def opened(kind: str, **more):
    return made(kind, type="email_open", at=NOW, properties={}, **more)


def refusals(given) -> list[str]:
    """Give what each way to read a lead says."""
    found = []
    for read in (RULES.evaluate, RULES.explain):
        with pytest.raises(LeadError) as caught:
            read(given, as_of=NOW)
        found.append(caught.value.reason)
    with pytest.raises(LeadError) as caught:
        RULES.start(given)
    return [*found, caught.value.reason, *[one.message for one in RULES.check_lead(given)]]


@pytest.mark.parametrize("kind", KINDS)
def test_a_field_that_is_nearly_a_part_which_the_lead_lacks_is_refused(kind):
    said = "`stagess` is no part of a lead (did you mean `stages`?)"
    assert refusals(lead(kind, stagess={"stage": "mql"})) == [said] * 4


@pytest.mark.parametrize("kind", KINDS)
def test_a_field_that_is_nearly_the_id_of_an_event_is_refused(kind):
    given = {"id": 1, "events": [opened(kind, ID="e1")]}
    said = "event `email_open`: `ID` is no part of an event (did you mean `id`?)"
    assert refusals(given) == [said] * 4
    state = RULES.start({"id": 1})
    with pytest.raises(LeadError, match="`ID` is no part of an event"):
        state.add(opened(kind, ID="e1"))


@pytest.mark.parametrize("kind", KINDS)
def test_other_fields_may_stand_beside_the_parts(kind):
    given = lead(kind, tenant="acme", created_by=7, stages={"stage": "lead"}, stagess="x")
    given = given if kind != "dataclass" else dataclasses.replace(given, events=[opened(kind, id="e1", ID=2, owner=3)])
    assert RULES.evaluate(given, as_of=NOW).score == (7 if kind == "dataclass" else 2)


def test_of_other_objects_nobody_can_tell():
    given = lead("any", stagess={"stage": "mql"})
    given.events = [opened("any", ID="e1")]
    assert RULES.evaluate(given, as_of=NOW).score == 7
    assert RULES.check_lead(given) == ()


def test_a_part_that_is_not_optional_is_told_to_be_missing_too():
    given = made("dataclass", id=1, attributs={}, events=[])
    with pytest.raises(LeadError) as caught:
        RULES.evaluate(given, as_of=NOW)
    assert (caught.value.code, caught.value.expected) == ("unknown_key", "attributes")
    assert [one.code for one in caught.value.mistakes] == ["unknown_key", "missing_part"]
