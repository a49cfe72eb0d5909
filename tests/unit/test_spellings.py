"""A name in a lead counts for what has that name in the rules, however either is spelled."""

import datetime as dt
import enum
import json
from collections import defaultdict
from time import process_time
from types import MappingProxyType

import pytest

from leadrules import LeadError, Ruleset, spellings
from leadrules.engine.compiler.assembly import source_of
from leadrules.engine.reference.conditions import Reading
from leadrules.engine.reference.interpreter import answered, result_of
from leadrules.lead import LeadReader
from leadrules.models import Event, Lead
from leadrules.spellings import Twice, plainly
from leadrules.values import instant_of

AS_OF = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)
AT = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
SAME = [("m²", "m2"), ("Lead\u00a0Source", "Lead Source"), ("ﬀ", "ff"), ("ª", "a"), ("\uff11", "1"), ("ż", "z\u0307")]
PAIRS = [pair for one, other in SAME for pair in ((one, one), (one, other), (other, one))]


def result_by(rules, lead, engine):
    """Score by one engine, each from nothing but the lead."""
    if engine == "compiled":
        assert source_of(rules._program, rules._identity, rules._reader) is not None
        return rules.evaluate(lead, as_of=AS_OF)
    if engine == "reference":
        facts = LeadReader(rules._program.scope).read(lead, instant_of(AS_OF))
        reading = Reading(rules._program, facts, instant_of(AS_OF))
        return result_of(answered(reading), rules._identity)
    state = rules.start(lead)
    return (rules.resume(state.to_json()) if engine == "resumed" else state).result(as_of=AS_OF)


ENGINES = ("compiled", "reference", "state", "resumed")


def same_results(rules, lead):
    results = [result_by(rules, lead, engine) for engine in ENGINES]
    assert len({result.to_json() for result in results}) == 1
    return results[0]


def refused(rules, lead):
    """Give the sentence with which every engine refuses a lead, and `check_lead` too."""
    said = set()
    for engine in ENGINES:
        with pytest.raises(LeadError) as error:
            result_by(rules, lead, engine)
        said.add((str(error.value), tuple(one.code for one in error.value.mistakes)))
    ((sentence, (code,)),) = said
    assert code == "named_twice"
    assert "named_twice" in [one.code for one in rules.check_lead(lead)]
    return sentence


@pytest.mark.parametrize(("written", "given"), PAIRS)
def test_an_attribute_under_any_spelling_of_its_field(written, given):
    rules = Ruleset.from_text(f"field `{written}`: number\n`{written}` > 5 +1")
    lead = {"id": "7", "attributes": {"other": 1, given: 9}}
    result = same_results(rules, lead)
    assert result.score == 1
    assert list(result.audit[0].evidence["values"].values()) == [9]
    assert rules.check_lead({"id": "7", "attributes": {given: 9}}) == ()
    assert rules.evaluate(Lead(id="7", attributes={given: 9}), as_of=AS_OF).score == 1
    assert rules.explain(lead, as_of=AS_OF).result.score == 1


@pytest.mark.parametrize(("written", "given"), PAIRS)
def test_an_attribute_under_any_spelling_of_its_column(written, given):
    rules = Ruleset.from_text(f'field area: number from "{written}"\narea > 5 +1')
    assert same_results(rules, {"id": "7", "attributes": {given: 9}}).score == 1


@pytest.mark.parametrize(("written", "given"), PAIRS)
def test_events_their_properties_and_labels_under_any_spelling(written, given):
    rules = Ruleset.from_text(f"""
        event `{written}`[`p{written}`: number, `t{written}`: text]
        `{written}`[`p{written}` > 5] +1
        `{written}`[`t{written}` contains "x"] +10
        sum(`p{written}` of `{written}`) > 8 +100
        stages `s{written}`: cold < `w{written}`
          score >= 1000 -> `w{written}`
    """)
    events = [
        {"type": given, "at": AT, "properties": {f"p{given}": 9, f"t{given}": "x", "more": 1}},
        {"type": given, "at": AT + dt.timedelta(hours=1), "properties": {f"t{given}": "y"}},
    ]
    lead = {"id": "7", "attributes": {}, "events": events, "stages": {f"s{given}": f"w{given}"}}
    result = same_results(rules, lead)
    assert result.score == 111
    assert result.transitions[0].before.endswith(("2", "e", "f", "a", "1", "ż", "z\u0307"))
    assert json.loads(result.to_json())["audit"][1]["evidence"]["events"][0]["properties"]
    assert rules.check_lead({**lead, "events": [{**events[0], "properties": {f"p{given}": 9}}]}) == ()


def test_as_many_names_as_are_declared_are_looked_at_where_one_is_spelled_otherwise():
    rules = Ruleset.from_text(
        "field m2: number\nfield region: text\nfield rank: number\n"
        "event visit[place: text, seat: text, row: number]\n"
        'rule area: m2 > 5 +1\nrule rank: rank > 1 +4\nrule at: visit[place = "fair"] +2'
    )
    event = {"type": "visit", "at": AT, "properties": {"plac\uff45": "fair", "seat": "a", "row": 1}}
    lead = {"id": "1", "attributes": {"m²": 9, "region": "north", "rank": 2}, "events": [event]}
    assert same_results(rules, lead).score == 7
    twice = lead | {"attributes": {"m2": 9, "m²": 9, "rank": 2}}
    assert refused(rules, twice) == "lead `1`: field `m2`: `m2` and `m²` are one name (keep one of them)"
    double = event | {"properties": {"place": "fair", "plac\uff45": "fair", "row": 1}}
    assert "are one name" in refused(rules, lead | {"events": [double]})


def test_two_names_that_are_one_are_refused_by_name():
    rules = Ruleset.from_text("""
        field `m²`: number pii
        event visit[`m²`: number]
        `m²` > 5 +1
        visit[`m²` > 5] +1
        stages `Etap²`: cold < warm
          score >= 1 -> warm
    """)
    lead = {"id": "7", "attributes": {"m²": 9, "m2": 9}}
    assert refused(rules, lead) == "lead `7`: field `m2`: `m2` and `m²` are one name (keep one of them)"
    lead = {"id": "7", "attributes": {"m\uff12": 9, "m²": None, "n": 1}}
    assert refused(rules, lead) == "lead `7`: field `m2`: `m²` and `m\uff12` are one name (keep one of them)"
    event = {"type": "visit", "at": AT, "properties": {"m2": 9, "m²": 9}}
    said = "lead `7`: event `visit`: property `m2`: `m2` and `m²` are one name (keep one of them)"
    assert refused(rules, {"id": "7", "attributes": {}, "events": [event]}) == said
    lead = {"id": "7", "attributes": {}, "events": [], "stages": {"Etap2": "cold", "Etap²": "cold"}}
    assert refused(rules, lead) == "lead `7`: stages: `Etap2` and `Etap²` are one name (keep one of them)"


def test_two_names_that_are_one_are_refused_where_rules_and_names_are_plain():
    rules = Ruleset.from_text("""
        event visit[seconds: number, url: text]
        employees > 5 +1
        visit[seconds > 5 and url is unknown] +1
        visit[url contains "x"] +1
    """)
    plain = {"id": "7", "attributes": {"employees": 9}, "events": []}
    assert "`employees` and `\uff45mployees` are one name" in refused(
        rules, {**plain, "attributes": {"\uff45mployees": 1, "employees": 9}}
    )
    properties = {"seconds": 9, "url": "x", "\uff55rl": "y"}
    event = {"type": "visit", "at": AT, "properties": properties}
    assert "property `url`: `url` and `\uff55rl` are one name" in refused(rules, {**plain, "events": [event]})
    unread = {"fleet": 1, "\uff46leet": 2}
    assert same_results(rules, {**plain, "attributes": {"employees": 9, **unread}}).score == 1
    event = {"type": "visit", "at": AT, "properties": {"seconds": 9, "url": None, **unread}}
    assert same_results(rules, {**plain, "events": [event]}).score == 2


def test_a_state_takes_names_in_any_spelling():
    rules = Ruleset.from_text('field `m²`: number\nfield n: number from "m2"\n`m²` > 5 +1\nn > 5 +10')
    state = rules.start({"id": "7", "attributes": {"m\uff12": 9}})
    assert state.result(as_of=AS_OF).score == 11
    state.update({"m²": 1})
    assert rules.resume(state.to_json()).result(as_of=AS_OF).score == 0
    with pytest.raises(LeadError, match="`m2` and `m²` are one name"):
        state.update({"m²": 1, "m2": 2})


def test_an_example_gives_one_column_under_two_spellings_one_value():
    rules = Ruleset.from_text("""
        field `m²`: number
        field n: number from "m²"
        `m²` > 5 and n > 5 +1
        example "both"
          given `m²` = 9
          expect score = 1
    """)
    assert [example.passed for example in rules.run_examples()] == [True]


def test_a_name_of_another_class_and_another_mapping():
    class Key(enum.StrEnum):
        SIZE = "employees"

    class Odd(str):
        __slots__ = ()

        def __hash__(self):
            return 7

        def __eq__(self, other):
            return self is other

    rules = Ruleset.from_text("employees > 5 +1\nevent visit[n: number]\nvisit[n > 5] +10")
    for attributes in ({Key.SIZE: 9}, {Odd("employees"): 9}, {Odd("\uff45mployees"): 9, 7: 1}):
        event = {"type": "visit", "at": AT, "properties": MappingProxyType({"\uff4e": 9})}
        lead = {"id": "7", "attributes": MappingProxyType(attributes), "events": [event]}
        assert same_results(rules, lead).score == 11
    made_up = defaultdict(lambda: 9, {"\uff45mployees": 0})
    assert same_results(rules, {"id": "7", "attributes": made_up, "events": []}).score == 0
    lead = Lead(
        id="7", attributes={"\uff45mployees": 9}, events=(Event(type="\uff56isit", at=AT, properties={"\uff4e": 9}),)
    )
    assert same_results(rules, lead).score == 11


def test_what_is_nearly_a_name_is_told_in_any_spelling():
    rules = Ruleset.from_text("field `Größe m²`: number\n`Größe m²` > 5 +1")
    (mistake,) = rules.check_lead({"id": "7", "attributes": {"Grösse\u00a0m²": 9}})
    assert mistake.message == "the rules know no field `Grösse m²` (did you mean `Größe m2`?)"


def test_names_are_gone_through_once_and_remembered_within_bounds():
    names = [f"größe {n}" for n in range(999)]
    rules = Ruleset.from_text("".join(f"field `{name}`: number\n`{name}` > 5 +1\n" for name in names))
    absent = {"id": "7", "attributes": {f"ünknown {n}": 1 for n in range(1_000)}, "events": []}
    rules.evaluate(absent, as_of=AS_OF)
    begun = process_time()
    for _ in range(10):
        assert rules.evaluate(absent, as_of=AS_OF).score == 0
    assert process_time() - begun < 0.1
    for start in range(0, 40_000, 1_000):
        plainly({f"name {n}": 1 for n in range(start, start + 1_000)})
    plainly({f"name {n}": 1 for n in range(20_000)})
    plainly({"x" * 201: 1})
    assert len(spellings._PLAIN) <= 10_000
    assert "x" * 201 not in spellings._PLAIN


def test_names_that_are_plain_are_left_as_they_are():
    given = {"a": 1, "żółw": 2}
    assert plainly(given) is given
    assert plainly(given) is given
    assert plainly({"\uff41": 1, "A": 2}) == {"a": 1, "A": 2}
    assert plainly({"\uff41": 1, "a": 2, "ª": 3, 5: 4}) == {"a": Twice(("a", "ª", "\uff41"))}
    assert str(Twice(("Lead Source", "Lead\u00a0Source"))) == (
        r"`Lead Source` and `Lead\u{a0}Source` are one name (keep one of them)"
    )
    assert str(Twice(("z\u0307", "ż", "x" * 99))).startswith(rf"`z\u{{307}}`, `ż` and `{'x' * 60}…` are")
    assert str(Twice(("a", "ª", "\uff41"))) == "`a`, `ª` and `\uff41` are one name (keep one of them)"


@pytest.mark.parametrize(
    ("lead", "said"),
    [
        ({"id": "7", "\uff41ttributes": {}}, "did you mean `attributes`?"),
        ({"\uff49d": "7"}, "did you mean `id`?"),
        ({"id": "7", "events": [{"type": "visit", "\uff41t": AT}]}, "did you mean `at`?"),
        ({"id": "7", "events": [{"type": "visit", "at": AT, "propertie\uff53": {}}]}, "did you mean `properties`?"),
    ],
)
def test_the_parts_of_a_lead_have_one_spelling(lead, said):
    rules = Ruleset.from_text("event visit\nvisit +1")
    for use in (lambda: rules.evaluate(lead, as_of=AS_OF), lambda: rules.start(lead)):
        with pytest.raises(LeadError) as caught:
            use()
        assert said in str(caught.value)
    assert any(said in one.message for one in rules.check_lead(lead))
