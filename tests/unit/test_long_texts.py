"""How long a text of a lead may be, and that patterns look through no more than takes some seconds."""

import datetime as dt

import pytest

from leadrules import LeadError, PluginError, Ruleset
from leadrules.patterns import steps_of
from leadrules.ruleset import program_of
from leadrules.sdk import criterion
from leadrules.vocabulary import MOST_CHARACTERS

AS_OF = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)
EVENT = "event note[said: text, tags: list of text]\nfield email: text pii\nfield topics: list of text\n"


def refused(rules, lead):
    """Give the one mistake of a lead, which is the same wherever it is read."""
    found = set()
    for ask in (rules.evaluate, rules.explain, rules.forecast, lambda lead, **_: rules.start(lead)):
        with pytest.raises(LeadError) as caught:
            ask(lead, as_of=AS_OF)
        found.add(caught.value.mistakes)
    ((mistake,),) = found
    assert mistake.code == "out_of_range"
    return mistake.message


def noted(**properties):
    return {"id": "1", "events": [{"type": "note", "at": AS_OF - dt.timedelta(days=1), "properties": properties}]}


LONG = "x" * (MOST_CHARACTERS + 1)
SHOWN = "`" + "x" * 59 + "…`"


def test_a_text_of_a_field():
    rules = Ruleset.from_text(EVENT + 'company contains "x" +1\nemail contains "x" +1')
    assert rules.evaluate({"id": "1", "attributes": {"company": f" {LONG[1:]} "}}, as_of=AS_OF).score == 1
    message = refused(rules, {"id": "1", "attributes": {"company": LONG}})
    assert message == f"field `company`: {SHOWN} has 200,001 characters (at most 200,000)"
    message = refused(rules, {"id": "1", "attributes": {"email": LONG}})
    assert message == "field `email`: `[pii]` has 200,001 characters (at most 200,000)"


def test_a_text_of_an_event():
    rules = Ruleset.from_text(EVENT + 'note[said contains "x"] +1')
    assert rules.evaluate(noted(said=LONG[1:]), as_of=AS_OF).score == 1
    message = refused(rules, noted(said=LONG))
    assert message == f"event `note`: property `said`: {SHOWN} has 200,001 characters (at most 200,000)"
    assert rules.evaluate(noted(said="x", tags=[LONG]), as_of=AS_OF).score == 1  # which no rule reads


def test_members_of_a_list_together():
    rules = Ruleset.from_text(EVENT + 'topics contains "x" +1')
    halves = [LONG[: MOST_CHARACTERS // 2]] * 2
    assert rules.evaluate({"id": "1", "attributes": {"topics": halves}}, as_of=AS_OF).score == 0
    message = refused(rules, {"id": "1", "attributes": {"topics": [*halves, "y"]}})
    assert message == "field `topics`: a list has 200,001 characters in all members (at most 200,000)"
    message = refused(rules, {"id": "1", "attributes": {"topics": ",".join(halves)}})
    assert message == f"field `topics`: {SHOWN} has 200,001 characters (at most 200,000)"


@pytest.mark.parametrize("count", [5, 20])
def test_patterns_leave_less_room_the_more_often_they_are_asked(count):
    pattern = "(a|b)*a(a|b){900}"
    rules = Ruleset.from_text(f'company matches "{pattern}" +1\n' * count + 'country matches "x" +1')
    most = 1_000_000_000 // (count * steps_of(pattern) + steps_of("x"))
    assert program_of(rules).scope.most_characters == most < MOST_CHARACTERS
    assert rules.evaluate({"id": "1", "attributes": {"country": "x" * most}}, as_of=AS_OF).score == 1
    message = refused(rules, {"id": "1", "attributes": {"country": "x" * (most + 1)}})
    assert message.endswith(f"has {most + 1:,} characters (at most {most:,})")


def test_few_patterns_leave_all_room():
    rules = Ruleset.from_text("\n".join(f'company matches "^head of {n} sales" +1' for n in range(200)))
    assert program_of(rules).scope.most_characters == MOST_CHARACTERS


@criterion
def words(count: str) -> str:
    """Repeat a word."""
    return "x" * int(count)


def test_a_text_of_a_plugin():
    rules = Ruleset.from_text('use my\nmy.words(company) contains "x" +1', criteria={"my": {"words": words}})
    assert rules.evaluate({"id": "1", "attributes": {"company": "200000"}}, as_of=AS_OF).score == 1
    with pytest.raises(PluginError, match="it gives a text of 200,001 characters, more than 200,000"):
        rules.evaluate({"id": "1", "attributes": {"company": "200001"}}, as_of=AS_OF)
