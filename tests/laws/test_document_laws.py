"""Laws of what comes out as JSON: it is what its schema says, and a result is read back as it was."""

import json

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from leadrules import Explanation, Forecast, InputError, Replay, ScoredLead, WhyNot
from leadrules.testing import Case, cases

jsonschema = pytest.importorskip("jsonschema")
pytestmark = pytest.mark.no_cover  # it runs again what the corpus and the rule laws are counted for

FITS = {
    kind: jsonschema.Draft202012Validator(kind.json_schema())
    for kind in (ScoredLead, Explanation, Forecast, WhyNot, Replay)
}


def fits(document):
    FITS[type(document)].validate(json.loads(document.to_json()))


@given(cases())
def test_a_result_is_read_back_as_it_was(case: Case):
    result = case.rules.evaluate(case.lead, as_of=case.as_of)
    for each in (result, case.rules.explain(case.lead, as_of=case.as_of).result, result.without_audit()):
        again = ScoredLead.from_json(each.to_json())
        assert (again, again.digest, hash(again)) == (each, each.digest, hash(each))
        FITS[ScoredLead].validate(json.loads(each.to_json()))


@given(cases())
def test_documents_are_what_their_schemas_say(case: Case):
    explanation = case.rules.explain(case.lead, as_of=case.as_of)
    fits(explanation)
    fits(case.rules.forecast(case.lead, as_of=case.as_of, days=2))
    for ladder in explanation.ladders:
        for label in (*ladder.labels, *ladder.exits):
            fits(explanation.why_not(label))


@given(cases(), cases(), st.booleans())
def test_a_result_comes_out_again_and_of_another_case_it_is_said_why_not(case: Case, other: Case, pii: bool):
    result = case.rules.evaluate(case.lead, as_of=case.as_of, pii=pii)
    for stored in (result, result.without_audit()):
        kept = ScoredLead.from_json(stored.to_json(environment=True))
        found = case.rules.replay(kept, case.lead)
        assert (found.same, found.reasons, found.differences) == (True, (), ())
        try:
            elsewhere = other.rules.replay(kept, case.lead)
        except InputError:  # to the other rules this is no lead
            reject()
        assert elsewhere.same == (elsewhere.result.to_json() == stored.to_json())
        assert elsewhere.same == (not elsewhere.reasons) == (case.rules == other.rules)
        fits(elsewhere)
        assert str(elsewhere)
