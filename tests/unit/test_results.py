"""What a result is: equal where the same was decided, and where rules stand told beside it."""

import copy
import json
import pickle
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from leadrules import Ruleset
from leadrules.sdk import criterion

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
LEAD = {
    "id": "1",
    "attributes": {"employees": 300},
    "events": [{"type": "email_open", "at": datetime(2026, 11, 20, tzinfo=UTC)}] * 3,
}
RULES = """dimension fit max 20
include "more.leadrules"
  employees >= 50 +30
total = 0.5 * fit + engagement + 1
"""
MORE = "dimension engagement max 10\n  email_open +5 max 12 points\n"


def load(text=RULES, more=MORE, name="more.leadrules"):
    return Ruleset.from_text(text.replace("more.leadrules", name), "acme.leadrules", files={name: more})


def evaluated(rules, lead=LEAD):
    return rules.evaluate(lead, as_of=NOON)


def explained(rules, lead=LEAD):
    return rules.explain(lead, as_of=NOON).result


def begun(rules, lead=LEAD):
    return rules.start(lead).result(as_of=NOON)


ENGINES = pytest.mark.parametrize("score", [evaluated, explained, begun])


@ENGINES
def test_entries_tell_the_file_and_line_of_their_rules(score):
    found = [(e.kind, e.rule, e.file, e.line) for e in score(load()).audit]
    assert found == [
        ("points", "fit: employees >= 50", "acme.leadrules", 3),
        ("cap", "fit", "acme.leadrules", 1),
        ("points", "engagement: email_open", "more.leadrules", 2),
        ("cap", "engagement: email_open", "more.leadrules", 2),
        ("cap", "engagement", "more.leadrules", 1),
        ("weight", "fit", "acme.leadrules", 4),
        ("weight", "engagement", "acme.leadrules", 4),
        ("constant", "total", "acme.leadrules", 4),
    ]


@ENGINES
def test_equal_fingerprints_give_equal_digests(score):
    one = load()
    other = load(f"# a comment\n\n{RULES}".replace("   ", " "), f"\n{MORE}", "other.leadrules")
    assert one == other
    first, second = score(one), score(other)
    assert first.audit[0].line != second.audit[0].line
    assert first == second
    assert hash(first) == hash(second)
    assert first.audit == second.audit
    assert [hash(entry) for entry in first.audit] == [hash(entry) for entry in second.audit]
    assert first.to_json() == second.to_json()
    assert first.digest == second.digest


@ENGINES
def test_places_are_written_where_they_are_asked_for(score):
    entry = score(load()).audit[2]
    assert list(entry.to_dict()) == ["kind", "rule", "alternative", "points", "because", "evidence"]
    placed = ["kind", "rule", "alternative", "file", "line", "points", "because", "evidence"]
    assert list(entry.to_dict(places=True)) == placed
    assert '"rule":"engagement: email_open","alternative":null,"points":15,' in entry.to_json()
    placed = '"rule":"engagement: email_open","alternative":null,"file":"more.leadrules","line":2,"points":15,'
    assert placed in entry.to_json(places=True)


@ENGINES
@pytest.mark.parametrize("copied", [copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])  # noqa: S301
def test_copies_tell_the_places_too(score, copied):
    result = score(load())
    assert copied(result) == result
    assert [(e.file, e.line) for e in copied(result).audit] == [(e.file, e.line) for e in result.audit]


SIZES = """employees >= 1000 +30 | >= 200 +20 | else -5 max 10 points
rule size: revenue > 5 +1 | else +2
lab.big(employees) +1 | employees = 7 +(employees * 2)
"""


def sized(employees, revenue=None):
    return {"id": "1", "attributes": {"employees": employees, "revenue": revenue}}


class Lab:
    """Criteria of a host."""

    @staticmethod
    @criterion(version="1")
    def big(employees: Decimal) -> bool:
        """Tell whether a company is big."""
        return employees > 100


@ENGINES
@pytest.mark.parametrize(
    ("lead", "fired"),
    [
        (sized(1000), [("employees >= 1000", 30), (None, -20), ("lab.big(employees)", 1)]),
        (sized(300, 6), [("employees >= 200", 20), (None, -10), ("revenue > 5", 1), ("lab.big(employees)", 1)]),
        (sized(7, 5), [("else", -5), ("else", 2), ("employees = 7", 14)]),
    ],
)
def test_an_entry_names_the_alternative_that_fired(score, lead, fired):
    rules = Ruleset.from_text(f"use lab\nfield revenue: number\n{SIZES}", criteria={"lab": Lab})
    audit = score(rules, lead).audit
    assert [(entry.alternative, entry.points) for entry in audit] == fired
    assert audit[0].rule == "employees >= 1000 | >= 200 | else"
    assert [entry.rule for entry in audit if entry.alternative == "revenue > 5"] in ([], ["size"])
    assert all("alternative" not in entry.evidence for entry in audit)
    assert [json.loads(entry.to_json())["alternative"] for entry in audit] == [which for which, _ in fired]
    assert [entry.alternative for entry in copy.deepcopy(score(rules, lead)).audit] == [which for which, _ in fired]


@ENGINES
def test_of_many_alternatives_the_one_that_fired_is_named(score):
    text = " | ".join(f"employees = {n} +{n}" for n in range(80))
    (entry,) = score(Ruleset.from_text(text), sized(63)).audit
    assert (entry.alternative, entry.points) == ("employees = 63", 63)
    assert entry.rule.endswith("| employees = 79")


def test_rules_with_alternatives_are_alike_only_where_all_of_them_are():
    lines = ("employees > 5 +1 | > 3 +1", "employees > 5 +1 | > 2 +1", "employees > 5 +1", "employees > 5 +2 | > 3 +9")
    found = [entry.rule for entry in evaluated(Ruleset.from_text("\n".join(lines)), sized(9)).audit]
    assert found == ["employees > 5 | > 3", "employees > 5 | > 2", "employees > 5", "employees > 5 | > 3~2"]
