"""Whether a stored result comes out again, and why not."""

import json
import pickle
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from leadrules import Document, InputError, Replay, Ruleset, ScoredLead
from leadrules.sdk import criterion

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
TEXT = """ruleset acme version "3"
field email: text pii
dimension fit max 60
  employees >= 50 +30
  email ends with ".pl" +2
dimension behaviour
  email_open +5
grade profile = fit: A >= 30, B
stages new < mql < sql
  score >= 20 -> mql
score > 40 -> tag "hot"
"""
RULES = Ruleset.from_text(TEXT)


def opened(*days):
    return [{"type": "email_open", "at": NOON - timedelta(days=day)} for day in days]


LEAD = {
    "id": "1",
    "attributes": {"employees": 300, "email": "jan@example.pl"},
    "events": opened(1, 2),
    "stages": {"stage": "new"},
}


def stored(rules=RULES, lead=LEAD, *, environment=True, pii=False, **changes):
    """Give a result as it comes back from where it was kept, with what made it changed."""
    plain = json.loads(rules.evaluate(lead, as_of=NOON, pii=pii).to_json(environment=environment))
    if environment:
        plain["environment"] |= changes
    return ScoredLead.from_json(json.dumps(plain))


def kinds(found):
    return [reason.kind for reason in found.reasons]


@pytest.mark.parametrize("environment", [False, True])
@pytest.mark.parametrize("pii", [False, True])
def test_the_same_result_comes_out(environment, pii):
    kept = stored(environment=environment, pii=pii)
    found = RULES.replay(kept, LEAD)
    assert isinstance(found, Replay)
    assert (found.same, found.reasons, found.differences) == (True, (), ())
    assert (found.stored, found.result) == (kept, RULES.evaluate(LEAD, as_of=NOON, pii=pii))
    assert str(found) == "Lead 1 as of 2026-11-21T12:00:00Z: the same result comes out"


def test_what_happened_later_is_of_no_account():
    later = LEAD | {"events": LEAD["events"] + opened(-1)}
    assert RULES.replay(stored(), later).same


def test_events_that_can_be_gone_through_once_are_enough():
    assert RULES.replay(stored(pii=True), LEAD | {"events": iter(LEAD["events"])}).same


def test_a_result_without_audit_is_compared_without():
    kept = ScoredLead.from_json(RULES.evaluate(LEAD, as_of=NOON).without_audit().to_json())
    found = RULES.replay(kept, LEAD)
    assert (found.same, found.result.audit) == (True, ())
    other = RULES.replay(kept, LEAD | {"events": []})
    assert "audit" not in [one.part for one in other.differences]
    assert not other.same


def test_versions_do_not_matter_where_the_same_comes_out():
    assert RULES.replay(stored(leadrules="0.0.1", tzdata="1999.1"), LEAD).same


def test_other_rules_are_told_by_their_names_and_fingerprints():
    others = Ruleset.from_text(TEXT.replace('"3"', '"4"').replace("+30", "+10"))
    found = others.replay(stored(), LEAD)
    assert kinds(found) == ["rules"]
    (reason,) = found.reasons
    assert (reason.before, reason.after) == (RULES.fingerprint, others.fingerprint)
    assert reason.text == (
        f"the rules are others: acme version 3 {RULES.fingerprint[:19]} made the result, "
        f"and these are acme version 4 {others.fingerprint[:19]}"
    )
    assert [(one.part, one.name, one.text) for one in found.differences] == [
        ("score", None, "score: 42 then, 22 now"),
        ("dimension", "fit", "dimension `fit`: 32 then, 12 now"),
        ("grade", "profile", "grade `profile`: A then, B now"),
        ("tags", None, 'tags: ["hot"] then, [] now'),
        ("audit", "fit: employees >= 50", "audit `fit: employees >= 50`: points 30 then, 10 now"),
    ]
    assert (found.differences[0].before, found.differences[0].after) == (Decimal(42), Decimal(22))
    assert str(found).split("\n") == [
        "Lead 1 as of 2026-11-21T12:00:00Z: another result comes out",
        f"- {reason.text}",
        "What is other",
        *(f"- {one.text}" for one in found.differences),
    ]


def test_rules_that_say_the_same_otherwise_are_told_and_nothing_else():
    found = Ruleset.from_text(TEXT.replace('"3"', '"4"')).replay(stored(), LEAD)
    assert (kinds(found), found.differences) == (["rules"], ())
    assert str(found).endswith("\nAll else is the same")


def test_another_lead_is_told_though_the_rules_are_others():
    others = Ruleset.from_text(TEXT.replace("employees >= 50 +30", "employees >= 60 +30"))
    found = others.replay(stored(), lead_with(employees=70))
    assert [reason.text for reason in found.reasons][1:] == ["`employees` of the lead reads 70 now, and read 300 then"]
    text = TEXT.replace("dimension fit", "field employees: number pii\ndimension fit")
    assert kinds(Ruleset.from_text(text).replay(stored(), LEAD)) == ["rules"]  # masked now, and not another


def test_entries_that_came_and_went_are_told():
    found = Ruleset.from_text(TEXT.replace("employees >= 50 +30", "employees >= 60 +30")).replay(stored(), LEAD)
    assert [one.text for one in found.differences] == [
        "audit `fit: employees >= 50`: +30 points then, no entry now",
        "audit `fit: employees >= 60`: +30 points now, no entry then",
    ]


def lab(version="1", above=100):
    class Lab:
        """Criteria of a host."""

        @criterion(version=version)
        def big(self, employees: Decimal) -> bool:
            """Tell whether a company is big."""
            return employees > self.above

    made = Lab()
    made.above = above
    return Ruleset.from_text("use lab\nlab.big(employees) +1\nemail_open +1", criteria={"lab": made})


def test_other_plugins_of_the_same_rules_are_told():
    then, now = lab(), lab(above=400)
    found = now.replay(stored(then), LEAD)
    assert kinds(found) == ["plugins"]
    (reason,) = found.reasons
    assert reason.text == (
        "the plugin `lab` is another, though it is handed over by the host as before: its `configuration` changed"
    )
    assert reason.before["plugin"] == reason.after["plugin"] == "lab"
    assert kinds(now.replay(stored(then, environment=False), LEAD)) == ["rules"]


def test_other_plugins_of_other_rules_are_both_told():
    now = Ruleset.from_text("use lab\nlab.big(employees) +2", criteria={"lab": object_of("2")})
    found = now.replay(stored(lab()), LEAD)
    assert kinds(found) == ["rules", "plugins"]
    assert "its `" in found.reasons[1].text
    without = Ruleset.from_text("email_open +1").replay(stored(lab()), LEAD)
    assert [reason.text for reason in without.reasons][1:] == ["the plugin `lab` is used no more"]
    added = lab().replay(stored(Ruleset.from_text("email_open +1")), LEAD)
    assert [reason.text for reason in added.reasons][1:] == ["the plugin `lab` is used now, and was not then"]


def object_of(version):
    class Other:
        """Criteria of a host."""

        @staticmethod
        @criterion(version=version)
        def big(employees: Decimal) -> bool:
            """Tell whether a company is big."""
            return employees > 100

    return Other


def test_a_plugin_of_another_distribution_version_is_told():
    kept = stored(lab())
    plain = kept.to_dict(environment=True)
    plain["environment"]["plugins"]["lab"] |= {"distribution": "acme-lab", "version": "0.9"}
    plain["ruleset"]["fingerprint"] = "sha256:0"
    changed = ScoredLead.from_json(json.dumps(plain, default=float))
    texts = [reason.text for reason in lab().replay(changed, LEAD).reasons]
    assert texts[1:] == ["the plugin `lab` is another: it is handed over by the host here, and was acme-lab 0.9"]


@pytest.mark.parametrize(
    ("name", "kind", "text"),
    [
        ("leadrules", "leadrules", "leadrules is {here} here, and was 0.0.1"),
        ("tzdata", "tables", "time zones (tzdata): the version is {here} here, and was 0.0.1"),
        ("re2", "tables", "the library behind `matches` (re2): the version is {here} here, and was 0.0.1"),
        ("unicode", "tables", "Unicode (unicode): the version is {here} here, and was 0.0.1"),
    ],
)
def test_other_versions_are_told_where_another_result_comes_out(name, kind, text):
    kept = stored(**{name: "0.0.1"})
    found = RULES.replay(kept, LEAD | {"events": []})
    here = found.result.environment[name]
    assert [(one.kind, one.text, one.before, one.after) for one in found.reasons] == [
        (kind, text.format(here=here), "0.0.1", here)
    ]


def test_where_nobody_says_which_versions_it_may_be_either():
    found = RULES.replay(stored(environment=False), LEAD | {"events": []})
    assert kinds(found) == ["unknown"]
    assert "`to_json(environment=True)`" in found.reasons[0].text


def lead_with(**attributes):
    return LEAD | {"attributes": LEAD["attributes"] | attributes}


@pytest.mark.parametrize(
    ("lead", "reasons"),
    [
        (LEAD | {"id": "2"}, ["the result is of lead 1, and this is lead 2"]),
        (
            LEAD | {"stages": {"stage": "mql"}},
            ["the lead held `new` of `stage` then, and holds `mql` now (give its `stages` as they were)"],
        ),
        (LEAD | {"stages": {}}, ["the lead held `new` of `stage` then, and holds no label now"]),
        (lead_with(employees=200), ["`employees` of the lead reads 200 now, and read 300 then"]),
        (LEAD | {"events": opened(1, 3)}, ["other events count for `behaviour: email_open`"]),
        (LEAD | {"events": []}, ["rules and versions are the same: the lead is another than the one that was scored"]),
        (lead_with(employees=20), ["rules and versions are the same: the lead is another than the one that was"]),
    ],
)
def test_another_lead_is_told_by_what_of_it_is_other(lead, reasons):
    found = RULES.replay(stored(), lead)
    assert not found.same
    assert set(kinds(found)) == {"lead"}
    assert len(found.reasons) == len(reasons)
    for reason, text in zip(found.reasons, reasons, strict=True):
        assert reason.text.startswith(text.removesuffix(" now") if "no label" in text else text)


def test_values_of_personal_fields_stay_masked():
    found = RULES.replay(stored(), lead_with(email="ewa@example.pl"))
    assert found.same
    shown = RULES.replay(stored(pii=True), lead_with(email="ewa@example.pl"))
    assert [one.text for one in shown.reasons] == [
        "`email` of the lead reads ewa@example.pl now, and read jan@example.pl then"
    ]


def test_values_of_personal_fields_are_shown_only_where_the_result_shows_them():
    others = Ruleset.from_text(TEXT.replace("+2", "+3"))
    for pii, email in ((False, "[pii]"), (True, "jan@example.pl")):
        found = others.replay(stored(pii=pii), LEAD)
        (audit,) = (one for one in found.differences if one.part == "audit")
        assert audit.after["evidence"]["values"] == {"email": email}


def test_of_other_rules_other_events_may_count():
    then, now = (Ruleset.from_text(f"rule opens: email_open within {days} days +5") for days in (30, 1))
    found = now.replay(stored(then), LEAD)
    assert kinds(found) == ["rules"]
    assert [one.part for one in found.differences] == ["score", "dimension", "audit"]


def test_earlier_events_that_are_others_are_told():
    many = LEAD | {"events": opened(*range(1, 40))}
    found = RULES.replay(stored(lead=many), LEAD | {"events": opened(*range(1, 41))})
    assert [one.text for one in found.reasons] == ["other events count for `behaviour: email_open`"]


def test_a_lead_that_cannot_be_read_raises():
    with pytest.raises(InputError):
        RULES.replay(stored(), {"id": "1", "employees": 7})


def test_a_replay_is_a_document():
    jsonschema = pytest.importorskip("jsonschema")
    for found in (RULES.replay(stored(), LEAD), RULES.replay(stored(), LEAD | {"events": []})):
        for document in (found, *found.reasons, *found.differences):
            assert isinstance(document, Document)
            jsonschema.Draft202012Validator(type(document).json_schema()).validate(json.loads(document.to_json()))
        assert hash(pickle.loads(pickle.dumps(found))) == hash(found)  # noqa: S301
        plain = found.to_dict()
        assert (plain["same"], plain["stored"], plain["result"]) == (
            found.same,
            found.stored.digest,
            found.result.digest,
        )
        assert plain["same"] == (plain["stored"] == plain["result"])


@pytest.mark.parametrize(
    "environment", [{}, {"plugins": 7}, {"plugins": {"lab": 7}}, {"plugins": {"lab": {"plugin": "lab"}}}]
)
def test_an_environment_that_was_changed_is_read_as_it_is(environment):
    plain = json.loads(lab().evaluate(LEAD, as_of=NOON).to_json())
    plain["environment"] = environment
    plain["ruleset"]["fingerprint"] = "sha256:0"
    found = lab().replay(ScoredLead.from_json(json.dumps(plain)), LEAD)
    assert kinds(found)[0] == "rules"
    assert str(found)


@pytest.mark.parametrize("found", [None, 5, "{}", b"{}", {"lead": "1"}, [], object])
def test_what_is_no_result_is_refused(found):
    with pytest.raises(TypeError, match=r"^a result to replay is a ScoredLead; of its text, `ScoredLead.from_json`"):
        Ruleset.from_text("need +1").replay(found, {"id": "1"})
