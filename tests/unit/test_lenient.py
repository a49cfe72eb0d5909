"""Rules that read every field and property as if it said `else unknown`."""

import datetime as dt
import json
import pickle

import pytest
from pyarrow import parquet

from leadrules import BundleError, Ruleset
from leadrules.tables import score_files

AS_OF = dt.datetime(2026, 11, 28, tzinfo=dt.UTC)
RULES = """
field size: number default 3
size >= 3 +1
employees > 5 +2
page_view[seconds > 5] +4
"""
SAID = """
field size: number default 3 else unknown
field employees: number else unknown
event page_view[seconds: number else unknown]
"""
LEAD = {
    "id": "1",
    "attributes": {"size": "x", "employees": "many"},
    "events": [{"type": "page_view", "at": "2026-11-01", "properties": {"seconds": "long"}}],
}


def test_what_cannot_be_read_costs_no_lead():
    rules = Ruleset.from_text(RULES, lenient=True)
    result = rules.evaluate(LEAD, as_of=AS_OF)
    assert (result.score, result.unreadable) == (1, ("size", "employees", "page_view.seconds"))
    assert (rules.lenient, Ruleset.from_text(RULES).lenient) == (True, False)


def test_it_is_what_else_unknown_says_of_each():
    lines = RULES.replace("field size: number default 3\n", "")
    said = Ruleset.from_text(SAID + lines).evaluate(LEAD, as_of=AS_OF)
    result = Ruleset.from_text(RULES, lenient=True).evaluate(LEAD, as_of=AS_OF)
    assert {**said.to_dict(), "ruleset": None, "audit": None} == {**result.to_dict(), "ruleset": None, "audit": None}


def test_the_fingerprint_is_another():
    assert len({Ruleset.from_text(RULES, lenient=lenient).fingerprint for lenient in (True, False)}) == 2
    assert len({Ruleset.from_text(RULES, lenient=lenient).state_fingerprint for lenient in (True, False)}) == 2


def test_it_goes_with_the_rules(tmp_path):
    (tmp_path / "r.leadrules").write_text(RULES, "utf-8")
    rules = Ruleset.from_file(tmp_path / "r.leadrules", lenient=True)
    for again in (pickle.loads(pickle.dumps(rules)), Ruleset.from_bundle(rules.bundle())):  # noqa: S301
        assert (again.fingerprint, again.lenient) == (rules.fingerprint, True)
        assert again.evaluate(LEAD, as_of=AS_OF).score == 1
    assert "lenient" not in json.loads(Ruleset.from_text(RULES).bundle())


def test_a_bundle_that_was_changed_is_refused():
    bundle = json.loads(Ruleset.from_text(RULES, lenient=True).bundle())
    for value in (False, "yes"):
        with pytest.raises(BundleError):
            Ruleset.from_bundle(json.dumps({**bundle, "lenient": value}))


@pytest.mark.parametrize(("lenient", "expected"), [(True, "page_view.seconds"), (False, None)])
def test_results_have_a_column_for_it_where_rules_allow_such_values(lenient, expected, tmp_path):
    (tmp_path / "l.csv").write_text("id,size\n1,7\n", "utf-8")
    (tmp_path / "e.csv").write_text("lead_id,type,at,seconds\n1,page_view,2026-11-01,long\n", "utf-8")
    given = {"leads": tmp_path / "l.csv", "events": tmp_path / "e.csv" if lenient else None, "as_of": AS_OF}
    rules = Ruleset.from_text(RULES, lenient=lenient)
    score_files(rules, **given, output=tmp_path / "s.csv")
    score_files(rules, **given, output=tmp_path / "s.parquet")
    header, row = (tmp_path / "s.csv").read_text("utf-8").splitlines()
    (typed,) = parquet.read_table(tmp_path / "s.parquet").to_pylist()
    assert dict(zip(header.split(","), row.split(","), strict=True)).get("unreadable") == expected
    assert typed.get("unreadable") == (expected and [expected])
