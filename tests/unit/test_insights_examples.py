"""Examples as tests: what is expected in vain, and what came out."""

from decimal import Decimal

from leadrules import Ruleset
from leadrules.insights import run_examples
from leadrules.syntax.parser import Limits

RULES = "demo_request +20\nbudget +10\nemployees > 50 -> big\n"


def report_of(example, rules=RULES, **options):
    return run_examples(Ruleset.from_text(rules + f'example "x"\n{example}', **options))[0]


def test_an_example_passes_when_all_it_expects_is_true():
    found = report_of("given demo_request\nexpect score = 20 and stage = unqualified")
    assert (found.passed, found.unmet, found.problem) == (True, (), None)


def test_each_part_that_does_not_hold_is_told_with_what_was_found():
    found = report_of("given demo_request\nexpect score = 30 and stage = unqualified and employees > 5")
    assert [(unmet.expected, unmet.truth, dict(unmet.found)) for unmet in found.unmet] == [
        ("score = 30", "false", {"score": Decimal(20)}),
        ("employees > 5", "unknown", {"employees": None}),
    ]
    assert not found.passed


def test_an_alternative_is_told_as_a_whole():
    found = report_of("expect score = 30 or score = 40")
    assert [unmet.expected for unmet in found.unmet] == ["score = 30 or score = 40"]


def test_the_result_has_an_audit_that_adds_up():
    found = report_of("given demo_request, budget = true\nexpect score = 5")
    assert sum(entry.points for entry in found.result.audit) == found.result.score == 30


def test_a_lead_that_cannot_be_read_fails_with_its_reason():
    found = report_of("given demo_request 9 times\nexpect score = 20", limits=Limits(events=8))
    assert not found.passed
    assert found.result is None
    assert found.problem == "has 9 events, and the limit is 8"


def test_plain_data():
    found = report_of("given demo_request\nexpect score = 30").to_dict()
    assert list(found) == ["name", "line", "passed", "problem", "unmet", "result"]
    assert found["unmet"] == [{"expected": "score = 30", "line": 6, "truth": "false", "found": {"score": Decimal(20)}}]
    assert found["result"]["score"] == 20
    assert report_of("expect score = 0").to_dict()["result"] is None
