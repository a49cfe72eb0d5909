"""Where a name means a property of the event at hand, and where something that the file defines."""

import datetime as dt

import pytest

from leadrules import RuleCheckError, Ruleset

AS_OF = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)


def score(text, *events, **attributes):
    lead = {"id": "1", "attributes": attributes, "events": [{"at": "2026-05-01", **event} for event in events]}
    return Ruleset.from_text(text).evaluate(lead, as_of=AS_OF).score


def test_the_points_of_a_rule_may_read_a_property_with_the_name_of_its_dimension():
    text = "event order[value: number]\ndimension value\n  order +(value)"
    assert score(text, {"type": "order", "properties": {"value": 7}}) == 7


def test_points_that_read_their_own_dimension_are_a_circle():
    with pytest.raises(RuleCheckError, match="`value` -> `value`"):
        Ruleset.from_text("dimension value\n  email_open +(value)")


def test_a_property_hides_the_grade_of_that_name_and_its_labels():
    text = (
        "event order[size: number, large: number]\ndimension sums\n  order[size >= large] +5\n"
        "grade size = sums: large >= 5, small"
    )
    assert score(text, {"type": "order", "properties": {"size": 3, "large": 2}}) == 5


def test_what_a_filter_compares_with_a_hidden_grade_is_known_in_time():
    text = (
        "event order[size: number]\ndimension sums\n  order[size > limit] +5\n"
        "grade size = sums: limit >= 5, small\ncriterion limit = employees + 1"
    )
    assert score(text, {"type": "order", "properties": {"size": 9}}, employees=5) == 5


@pytest.mark.parametrize("group", ["", "  group inner max 9\n"])
def test_what_a_dimensions_since_asks_is_known_before_its_rules(group):
    text = f"dimension recent since page_view[large]\n{group}  email_open +5\ncriterion large = employees > 100"
    events = ({"type": "page_view", "at": "2026-04-01"}, {"type": "email_open"})
    assert score(text, *events, employees=500) == 5
    assert score(text, events[1], {"type": "page_view", "at": "2026-05-02"}, employees=500) == 0


@pytest.mark.parametrize("condition", ["stage = heat", "heat = stage", "stage in {heat}"])
def test_beside_a_ladder_its_label_is_no_other_ladder(condition):
    text = (
        "stages cold < heat\nstages heat: mild < hot\nemail_open +5\n"
        f"email_open -> heat\n{condition} -> hot\nnot email_open -> mild"
    )
    lead = {"id": "1", "events": [{"type": "email_open", "at": "2026-05-01"}]}
    assert Ruleset.from_text(text).evaluate(lead, as_of=AS_OF).stages == {"stage": "heat", "heat": "hot"}


def test_in_a_filter_a_property_comes_before_a_list_of_its_name_where_a_text_may_stand():
    head = 'event page_view[url: text, site: text]\nlist site = {"a"}\n'
    view = {"type": "page_view", "at": "2026-01-01T00:00:00Z", "properties": {"url": "abc", "site": "b"}}
    lead = {"id": "1", "events": [view]}
    as_of = dt.datetime(2026, 2, 1, tzinfo=dt.UTC)
    by_property = Ruleset.from_text(head + "page_view[url starts with site] +1\npage_view[url contains site] +2")
    assert by_property.evaluate(lead, as_of=as_of).score == 2
    by_list = Ruleset.from_text(head + "page_view[site in site] +1\npage_view[not site in site] +2")
    assert by_list.evaluate(lead, as_of=as_of).score == 2


@pytest.mark.parametrize(
    "fields",
    [
        'field marital: text protected\nfield m2: text from "marital"\n',
        'field m2: text from "Marital Status"\nfield marital: text from "Marital Status" protected\n',
        'field marital: text from "m²" protected\nfield m2: text\n',
    ],
)
def test_a_column_is_protected_under_every_name(fields):
    with pytest.raises(RuleCheckError) as caught:
        Ruleset.from_text(f'{fields}m2 = "single" +5\n')
    (problem,) = caught.value.diagnostics
    assert (problem.code, problem.span.line) == ("LR312", 3)
    assert problem.message.startswith("`m2` is protected by the field `marital`, which reads the same column")


@pytest.mark.parametrize("declared", ["", 'field mail: text from "email" pii\n'])
def test_a_column_is_personal_under_every_name(declared):
    rules = Ruleset.from_text(f'{declared}field e2: text from "email"\ne2 contains "a@" +5\n')
    result = rules.evaluate({"id": "1", "attributes": {"email": "a@b.example"}}, as_of=AS_OF)
    assert result.score == 5
    assert "b.example" not in result.to_json()


PERSONAL = "event any_event[mail: text pii]\n"


@pytest.mark.parametrize(
    ("declared", "asked"),
    [
        (PERSONAL + "event visit[mail: text]\n", "visit[mail contains 'a@']"),
        ("event visit[mail: text]\n" + PERSONAL, "last(mail of visit) contains 'a@'"),
        (PERSONAL + "event any_event[mail: text]\n", "visit[mail contains 'a@']"),
        ("event any_event[mail: text]\n" + PERSONAL, "any_event[mail contains 'a@']"),
        ('include "shared.leadrules"\nevent visit[mail: text]\n', "visit[mail contains 'a@']"),
        ('include "shared.leadrules"\nevent any_event[mail: text]\nevent visit\n', "visit[mail contains 'a@']"),
        ("event visit[mail: text]\nevent call[mail: text pii]\nevents any = visit | call\n", "any[mail contains 'a@']"),
    ],
)
def test_a_property_is_personal_wherever_it_is_declared(declared, asked):
    asked = asked.replace("'", '"')
    files = {"shared.leadrules": PERSONAL}
    declared = declared if "visit" in declared else declared + "event visit\n"
    rules = Ruleset.from_text(f"{declared}{asked} +5\n", files=files)
    event = {"type": "visit", "at": "2026-01-01T00:00:00Z", "properties": {"mail": "a@b.example"}}
    lead = {"id": "1", "events": [event]}
    result = rules.evaluate(lead, as_of=AS_OF)
    assert result.score == 5
    assert "b.example" not in result.to_json()
    assert rules.start(lead).result(as_of=AS_OF).to_json() == result.to_json()
    assert "b.example" in rules.evaluate(lead, as_of=AS_OF, pii=True).to_json()


def test_a_property_of_every_event_has_one_type():
    with pytest.raises(RuleCheckError) as caught:
        Ruleset.from_text("event any_event[mail: text]\nevent any_event[n: number, mail: number]\nemail_open +1\n")
    (problem,) = caught.value.diagnostics
    assert (problem.code, problem.span.line, problem.span.column) == ("LR301", 2, 28)
    assert problem.message == "property `mail` of every event is declared as text and as number"


def test_the_host_names_params_in_any_spelling():
    text = "param `m²` = 5\nemployees > `m²` +1\n"
    lead = {"id": "1", "attributes": {"employees": 7}}
    assert Ruleset.from_text(text, params={"m²": 9}).evaluate(lead, as_of=AS_OF).score == 0
    assert Ruleset.from_text(text, params={"m2": 6}).evaluate(lead, as_of=AS_OF).score == 1
    with pytest.raises(RuleCheckError, match="the host gives one param twice: `m2` and `m²` are one name"):
        Ruleset.from_text(text, params={"m2": 6, "m²": 6})
    with pytest.raises(RuleCheckError, match="the host gives a param `5`"):
        Ruleset.from_text(text, params={"m²": 6, 5: 6})
