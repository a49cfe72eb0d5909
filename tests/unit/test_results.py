"""What a result is: equal where the same was decided, and where rules stand told beside it."""

import copy
import pickle
from datetime import UTC, datetime

import pytest

from leadrules import Ruleset

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
    assert list(entry.to_dict()) == ["kind", "rule", "points", "because", "evidence"]
    assert list(entry.to_dict(places=True)) == ["kind", "rule", "file", "line", "points", "because", "evidence"]
    assert '"rule":"engagement: email_open","points":15,' in entry.to_json()
    start = '"rule":"engagement: email_open","file":"more.leadrules","line":2,"points":15,'
    assert start in entry.to_json(places=True)


@ENGINES
@pytest.mark.parametrize("copied", [copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])  # noqa: S301
def test_copies_tell_the_places_too(score, copied):
    result = score(load())
    assert copied(result) == result
    assert [(e.file, e.line) for e in copied(result).audit] == [(e.file, e.line) for e in result.audit]
