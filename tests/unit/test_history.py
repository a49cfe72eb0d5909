"""Changes of attributes and labels: what a lead was as of a moment, whichever engine is asked and whatever is given."""

import datetime as dt
from collections import UserDict
from types import SimpleNamespace

import pytest

from leadrules import LeadError, Ruleset

AS_OF = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
RULES = Ruleset.from_text(
    """
field size: number from "company.size" or "Employees"
field mail: text pii
field city: text
stages life: lead < mql < sql from "Lifecycle Stage"
size > 5     +5
city = "x"   +1
mail = "a"   +2
hold mql while city = "x"
"""
)


def lead(*changes, **attributes):
    return {
        "id": "1",
        "attributes": {name.replace("_", " "): value for name, value in attributes.items()},
        "changes": [{"at": AS_OF - days * DAY, "name": name, "value": value} for days, name, value in changes],
    }


def answers(given, as_of=AS_OF):
    """Score by each engine, and by a state that was written in between."""
    state = RULES.start(given)
    return {
        RULES.evaluate(given, as_of=as_of).to_json(),
        RULES.explain(given, as_of=as_of).result.to_json(),
        RULES.resume(state.to_json()).result(as_of=as_of).to_json(),
        state.result(as_of=as_of).to_json(),
    }


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (lead((9, "company", {"size": 2}), company={"size": 7}), '"score":0'),
        (lead((9, "company", {"size": 7}), company={"size": 2}), '"score":5'),
        (lead((9, "company", {"size": 7}), (3, "company.size", 1)), '"score":0'),
        (lead((9, "company", {"size": 7}), (3, "company", None), Employees=9), '"score":5'),
        (lead((-9, "company", {"size": 7}), Employees=9), '"score":5'),
        (lead((9, "Employees", 7), Employees="many"), '"score":5'),
        (lead((-9, "Lifecycle Stage", "sql"), Lifecycle_Stage="mql"), '"before":null'),
        (lead((9, "Lifecycle Stage", "SQL"), Lifecycle_Stage="mql"), '"before":"sql"'),
        (lead((9, "Lifecycle Stage", "sql"), (3, "life", "mql"), city="x"), '"transitions":[]'),
    ],
)
def test_a_name_that_changed_is_as_it_was_in_every_engine(given, told):
    (found,) = answers(given)
    assert told in found


@pytest.mark.parametrize("days", [-5, 0, 5, 15, 25])
def test_a_state_follows_paths_and_columns_through_time(days):
    history = [(20, "company", {"size": 3}), (10, "company", {"size": 8}), (0, "company", None)]
    labels = [(20, "Lifecycle Stage", "mql"), (10, "Lifecycle Stage", "SQL"), (1, "city", "x")]
    assert len(answers(lead(*history, *labels, Employees=4), AS_OF - days * DAY)) == 1


def test_what_is_updated_takes_the_place_of_its_history():
    state = RULES.start(lead((9, "company", {"size": 2}), (9, "Lifecycle Stage", "sql"), (-9, "city", "x")))
    state.update({"company": {"size": 7}, "Lifecycle Stage": None})
    result = state.result(as_of=AS_OF)
    assert (result.score, result.transitions[0].before) == (5, None)
    assert state.result(as_of=AS_OF + 10 * DAY).score == 6
    state.update({"city": "y"}, stages={"life": "sql"})
    assert state.result(as_of=AS_OF + 10 * DAY).score == 5


def test_what_both_states_know_stays_as_this_one_has_it():
    one, other = RULES.start(lead(city="y")), RULES.start(lead((9, "city", "x"), (9, "Employees", 7)))
    one.merge(other)
    assert one.result(as_of=AS_OF).score == 5
    other.merge(RULES.start(lead((3, "city", "y"), (3, "Employees", 1), (3, "mail", "a"))))
    assert other.result(as_of=AS_OF).score == 8


class Failing:
    """A change that fails when it is asked for one of its parts."""

    def __init__(self, part):
        self.__dict__ |= {"at": AS_OF, "name": "city", "value": 1}
        del self.__dict__[part]

    def __getattr__(self, name):
        if not name.startswith("__"):
            raise ZeroDivisionError(name)
        raise AttributeError(name)


class Text(str):
    """A text that fails when it is asked for anything."""

    __slots__ = ()

    def strip(self, *_):
        raise ZeroDivisionError

    __eq__ = __lt__ = strip
    __hash__ = str.__hash__


class Closed(UserDict):
    """A mapping that fails when it is gone through."""

    def __iter__(self):
        raise ZeroDivisionError


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (Failing("at"), "changes (number 1): what was given cannot be read: asking it failed with ZeroDivisionError"),
        (Failing("name"), "changes (number 1): what was given cannot be read: asking it failed with ZeroDivisionError"),
        (
            Failing("value"),
            "changes (number 1): what was given cannot be read: asking it failed with ZeroDivisionError",
        ),
        ({"at": AS_OF, "name": "city", "vaule": "x"}, "changes (number 1): `vaule` is no part of a change"),
        ({"at": AS_OF, "name": "Employees", "value": 1}, None),
        ({"at": AS_OF, "name": "city", "value": object()}, "field `city`"),
        ({"at": AS_OF, "name": "city", "value": {"a": 1}}, "field `city`"),
        ({"at": AS_OF, "name": "company", "value": Closed(size=1)}, "field `size`"),
        ({"at": AS_OF, "name": "life", "value": {"a": 1}}, "stages: "),
        (SimpleNamespace(at=AS_OF, name=Text("city"), value=Text("x")), None),
    ],
)
def test_whatever_a_change_is_it_is_read_or_told(change, told):
    given = {"id": "1", "changes": [change]}
    ways = (
        lambda: RULES.evaluate(given, as_of=AS_OF),
        lambda: RULES.explain(given, as_of=AS_OF),
        lambda: RULES.start(given).result(as_of=AS_OF),
    )
    for ask in ways:
        if told is None:
            ask()
        else:
            with pytest.raises(LeadError) as refused:
                ask()
            assert told in str(refused.value)
    assert [one.message.startswith(told or "") for one in RULES.check_lead(given)] == ([True] if told else [])


def test_two_values_at_one_moment_are_not_told():
    with pytest.raises(LeadError, match="`mail` has two values at one moment") as refused:
        RULES.evaluate(lead((9, "mail", "one@example.com"), (9, "mail", "two@example.com")), as_of=AS_OF)
    assert "@" not in repr(refused.value.mistakes)


@pytest.mark.parametrize(("one", "other"), [(1, True), ("1", 1), ([1], [True]), ({"a": 0}, {"a": False})])
def test_values_that_are_equal_to_python_only_are_two(one, other):
    with pytest.raises(LeadError, match="two values at one moment"):
        RULES.evaluate(lead((9, "city", one), (9, "city", other)), as_of=AS_OF)


@pytest.mark.parametrize("value", [7, "x", [1, "b"], {"size": [1]}, None])
def test_a_change_that_is_told_twice_is_one(value):
    assert RULES.evaluate(lead((9, "nobody", value), (9, "nobody", value)), as_of=AS_OF).score == 0


def test_a_name_that_no_rule_knows_is_told():
    given = lead((9, "citty", 5), (3, "life", "mql"), (2, "company", None), (2, "Lifecycle Stage", "sql"))
    assert RULES.evaluate(given, as_of=AS_OF).score == 0
    (told,) = RULES.check_lead(given)
    assert told.message == "the rules know no field `citty` (did you mean `city`?)"


def test_a_change_that_is_not_in_effect_yet_is_checked():
    given = lead((-9, "Employees", "many"), (-12, "Employees", 7), (9, "life", 5), (3, "life", "mql"))
    assert RULES.evaluate(given, as_of=AS_OF).score == 0
    assert [mistake.field for mistake in RULES.check_lead(given)] == ["life", "size"]


@pytest.mark.parametrize(
    ("attributes", "told"),
    [
        ({"company": Closed(size=1)}, "field `size` (column `company.size`): this value cannot be read"),
        ({"company": {"size": 7}, "\N{FULLWIDTH LATIN SMALL LETTER C}ompany": {"size": 1}}, "are one name"),
        ({"company.size": Text("many")}, "`many` is not a number"),
        ({"company.size": 7, "Employees": object()}, None),
        ({"Lifecycle Stage": Text("mql")}, None),
    ],
)
def test_what_stands_under_several_names_is_read_or_told(attributes, told):
    given = {"id": "1", "attributes": attributes}
    if told is None:
        assert len(answers(given)) == 1
        return
    for ask in (RULES.evaluate, RULES.explain, lambda given, as_of: RULES.start(given).result(as_of=as_of)):
        with pytest.raises(LeadError) as refused:
            ask(given, as_of=AS_OF)
        assert told in str(refused.value)


def test_an_object_that_holds_itself_is_followed_once():
    given = {}
    given |= {"a": given, "a.a": given}
    rules = Ruleset.from_text(f'field deep: number from "{"a." * 60}b"\ndeep is unknown +1')
    assert rules.evaluate({"id": "1", "attributes": given}, as_of=AS_OF).score == 1
