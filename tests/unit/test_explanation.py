"""What an explanation says: whole texts for worked leads, and each way in which a rule does not count."""

import datetime as dt
import pickle
from decimal import Decimal
from pathlib import Path
from textwrap import dedent

import pytest

from leadrules import InputError, Ruleset
from leadrules.audit import canonical_json

HERE = Path(__file__).parent / "explanations"
AS_OF = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)


def event(type_, at, **properties):
    return {"type": type_, "at": at, "properties": properties}


def explain(rules, attributes=None, events=(), stages=None, *, pii=False):
    lead = {"id": "7", "attributes": attributes or {}, "events": list(events), "stages": stages or {}}
    return Ruleset.from_text(dedent(rules)).explain(lead, as_of=AS_OF, pii=pii)


def text(*args, **kwargs):
    """What follows the two lines of the header."""
    return "\n".join(str(explain(*args, **kwargs)).split("\n")[2:]).strip("\n")


def rule(explanation, id_):
    return next(r for r in explanation.rules if r.id == id_)


def unmet(explanation, id_):
    return [(part.text, part.truth, dict(part.found)) for part in rule(explanation, id_).unmet]


# -------------------------------------------------------------- whole texts

READER = {
    "id": "A-17",
    "attributes": {
        "industry": "transport",
        "employees": 300,
        "Job Title": "Head of Logistics",
        "country": "PL",
        "consent": "tak",
        "email": "ola@acme.pl",
        "budget": True,
    },
    "stages": {"stage": "mql"},
    "events": [
        *(event("page_view", f"2026-11-{day}:15:00Z", url="/pricing") for day in ("19T09", "19T10", "19T11", "03T09")),
        *(event("email_open", f"2026-{m:02}-{d:02}T08:00:00Z") for m in (9, 10, 11) for d in (1, 5, 5, 18)),
        event("purchase", "2026-10-01T10:00:00Z", amount=9000),
        event("blog_view", "2026-11-10T10:00:00Z"),
        event("tv_spot", "2026-11-10T10:00:00Z"),
    ],
}


@pytest.fixture(scope="module")
def transport():
    return Ruleset.from_file(HERE / "transport.leadrules")


def test_a_fleet_owner_who_reads_prices(transport, golden):
    explanation = transport.explain(READER, as_of=AS_OF)
    golden(HERE / "reader.txt", f"{explanation}\n")
    golden(HERE / "reader_not_sql.txt", f"{explanation.why_not('sql')}\n")


def test_a_lead_of_whom_little_is_known(transport, golden):
    lead = {"id": "B-2", "attributes": {"consent": "tak", "phone": "+48 22"}, "stages": {"stage": "customer"}}
    explanation = transport.explain(lead, as_of=AS_OF)
    golden(HERE / "little_known.txt", f"{explanation}\n")
    assert list(explanation.unknown.items()) == [
        ("employees", Decimal("43.33")),
        ("industry", Decimal(35)),
        ("country", Decimal("26.67")),
        ("domain", Decimal(25)),
        ("job_title", Decimal(15)),
        ("authority", Decimal(10)),
        ("budget", Decimal(10)),
        ("need", Decimal(10)),
        ("timing", Decimal(10)),
    ]


def test_a_gated_lead_was_not_scored(transport):
    lead = {"id": "C-3", "attributes": {"email": "x@example.com", "employees": 300}, "stages": {"stage": "mql"}}
    explanation = transport.explain(lead, as_of=AS_OF)
    assert str(explanation) == dedent("""\
        Lead C-3: 0 points, lead, cold
        as of 2026-11-21 13:00 (Europe/Warsaw), by transport_b2b 2026.11
        grades: profile D, interest 3, cell D3

        Nothing was scored; this is missing
          -  no consent to profiling  consent is false

        stage: lead (mql before)
          lead  a requirement is missing, see above

        temperature: cold (no label before)
          cold  a requirement is missing, see above""")
    assert explanation.gate == ("no consent to profiling",)
    assert explanation.sums == ()
    scored = [r for r in explanation.rules if r.kind in {"scoring", "persona", "tag", "recommend", "segment"}]
    assert len(scored) == 21
    assert all(r.fired is False and not r.unmet and not r.evidence and r.points is None for r in scored)


def test_the_smallest_file_and_the_smallest_lead():
    explanation = explain("email_open +5\nbudget and authority -> qualified\n")
    assert str(explanation) == dedent("""\
        Lead 7: 0 points, unqualified
        as of 2026-11-21 12:00 (UTC)

        points
          0  points  nothing counted

        stage: unqualified (no label before)
          unqualified    no rule leads higher
          not qualified  budget and authority  budget is unknown; authority is unknown

        What did not count
          points  email_open +5  no such event""")


# ------------------------------------------------------------ what counted


def test_each_event_and_its_limits():
    rules = """\
        page_view[url contains "/pricing"] +4 max 2 every 3 days max 3 per seconds max 2 times max 5 points per day max 7 points
        """
    views = [event("page_view", f"2026-11-{day}T09:00:00Z", url="/pricing") for day in (2, 2, 3, 10, 15)]
    explanation = explain(rules, events=[*views[1:], event("page_view", "2026-11-02T08:00:00Z", url="/pricing")])
    found = explanation.rules[0]
    assert (found.scores, found.selected, found.kept, found.points, found.cap) == ("each", 5, 2, 8, -1)
    assert found.event_limits == ("max 2 every 3 days", "max 3 per seconds", "max 2 times")
    assert found.points_limits == ("max 5 points per day", "max 7 points")
    assert str(explanation).split("\n", 2)[2].strip("\n") == dedent("""\
        points
          +8  page_view[url contains "/pricing"] +4         5 events, 2 kept by `max 2 every 3 days`, `max 3
                                                            per seconds`, `max 2 times`, latest 2026-11-15
          -1  max 5 points per day, max 7 points            from 8
          --
           7  points""")


@pytest.mark.parametrize(
    ("employees", "alternative", "fired"), [(2000, 1, True), (300, 2, True), (5, 3, True), (None, None, None)]
)
def test_which_alternative_counted(employees, alternative, fired):
    rules = "employees >= 1000 +30 | >= 200 +20 | else -5"
    found = explain(rules, {"employees": employees}).rules[0]
    assert (found.scores, found.alternative, found.fired) == ("once", alternative, fired)
    assert [a.text for a in found.alternatives] == ["employees >= 1000", "employees >= 200", "else"]
    if fired is None:
        (part,) = found.unmet
        assert (part.text, part.truth) == ("employees >= 1000 | employees >= 200", None)
        assert [(leaf.text, leaf.truth) for leaf in part.leaves()] == [
            ("employees >= 1000", None),
            ("employees >= 200", None),
        ]


def test_alternatives_without_else_that_are_all_false():
    found = explain("employees >= 1000 +30 | >= 200 +20", {"employees": 5}).rules[0]
    assert found.fired is False
    assert unmet(explain("employees >= 1000 +30 | >= 200 +20", {"employees": 5}), found.id) == [
        ("employees >= 1000 | employees >= 200", False, {"employees": Decimal(5)})
    ]


def test_a_persona_counts_by_the_lines_that_are_true():
    rules = """\
        dimension fit
        persona shipper +40
          industry = "transport" weight 3
          country = "PL" weight 1
        """
    found = rule(explain(rules, {"industry": "retail", "country": "PL"}), "shipper")
    assert (found.kind, found.part, found.fired, found.points) == ("persona", "fit", True, 10)
    assert [part.text for part in found.unmet] == ['industry = "transport"']
    assert rule(explain(rules, {"industry": "retail", "country": "FR"}), "shipper").fired is False
    assert rule(explain(rules, {"industry": "retail"}), "shipper").fired is None


def test_steps_from_rules_to_the_score():
    rules = """\
        dimension fit max 10
          always +30
        dimension engagement
          group media min 2
            email_open +1
        total = 0.5 * fit - engagement + 7 max 8
        """
    assert text(rules) == dedent("""\
        fit
          +30  always
          -20  fit max 10  from 30
          ---
           10  fit

        engagement
          +2  media min 2  from 0
          --
           2  engagement

        score
          +10  fit
           -5  fit × 0.5        = 5
           +2  engagement
           -4  engagement × -1  = -2
           +7  constant
           -2  total max 8      from 10
          ---
            8  score

        What did not count
          media  email_open +1  no such event

        """).strip("\n")
    steps = [(s.kind, s.name, s.part, s.before, s.after, s.how) for s in explain(rules).sums]
    assert steps == [
        ("dimension", "fit", None, 30, 10, "max 10"),
        ("group", "media", "engagement", 0, 2, "min 2"),
        ("dimension", "engagement", None, 2, 2, ""),
        ("weight", "fit", None, 10, 5, "× 0.5"),
        ("weight", "engagement", None, 2, -2, "× -1"),
        ("constant", "total", None, 0, 7, "7"),
        ("total", "score", None, 10, 8, "max 8"),
    ]


# ------------------------------------------------------------- what did not


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        ("budget", "false"),
        ("authority", "unknown"),
        ("budget and authority", "budget is false; authority is unknown"),
        ("budget or authority", "budget = false, authority unknown"),
        ("not (need and industry is known)", 'need = true, industry = retail'),
        ("at least 2 of (budget, authority, need)", "budget = false, authority unknown, need = true"),
        ('industry in {"transport", "logistics"}', "industry = retail"),
        ("employees between 50 and 500", "employees = 20"),
        ('website contains "shop"', "website unknown"),
        ("website is known", "website unknown"),
        ("industry is unknown", "industry = retail"),
        ("big", "employees >= 100 or annual_revenue >= 1000: employees = 20, annual_revenue unknown"),
        ("not big", "big unknown, employees = 20, annual_revenue unknown"),
        ("days since created > 30", "days since created = 20"),
        ("created within 7 days", "created within 7 days = 2026-11-01T00:00:00Z"),
        ("no email_open", "1 event, latest 2026-11-19"),
        ("email_click or page_view", "email_click: none, page_view: none"),
        ("count(email_open) >= limit", "count(email_open) = 1, limit = 3, 2 events missing"),
        ("3 < count(email_open)", "count(email_open) = 1, 3 events missing"),
        ("count(email_open) < 1", "count(email_open) = 1, 1 event too many"),
        ("count(email_open) = 0", "count(email_open) = 1, 1 event too many"),
        ("opens between 2 and 3", "opens = 1, count(email_open) = 1, 1 event of opens missing"),
        ("email_open followed by demo_request within 7 days", "email_open: 1 event, latest 2026-11-19, demo_request: none"),
        ("email_open[at > 2027-01-01] followed by email_open within 7 days and need", "false"),
        ("was mql and need", "held lead"),
        ("was hot and need", "held no label"),
    ],
)  # fmt: skip
def test_why_a_condition_is_not_true(condition, reason):
    rules = f"""\
        param limit = 3
        criterion big = employees >= 100 or annual_revenue >= 1000
        criterion opens = count(email_open)
        ({condition}) and always_true +5
        criterion always_true = industry is known
        stages lead < mql
        stages heat: cold < hot
        """
    attributes = {"budget": False, "need": True, "industry": "retail", "employees": 20, "created": "2026-11-01"}
    found = explain(rules, attributes, [event("email_open", "2026-11-19T10:00:00Z")], {"stage": "lead"})
    assert found.rules[0].fired is not True


def test_names_are_not_repeated_and_gaps_are_told():
    pass
