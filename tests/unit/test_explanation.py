"""What an explanation says: whole texts for worked leads, and each way in which a rule does not count."""

import datetime as dt
import pickle
from decimal import Decimal
from pathlib import Path
from textwrap import dedent

import pytest

from leadrules import InputError, Ruleset
from leadrules.canonical import canonical_json
from leadrules.engine.reference.evidence import Evidence
from leadrules.explain.wording import Words
from leadrules.ruleset import program_of, statements_of
from leadrules.syntax.formatter import text_of
from leadrules.values import zone

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


@pytest.mark.parametrize("width", [50, 60, 80, 100, 120])
def test_in_any_columns_no_word_is_broken_and_nothing_is_wider(transport, width):
    explanation = transport.explain(READER, as_of=AS_OF)
    told = (explanation, explanation.why_not("sql"), transport.forecast(READER, as_of=AS_OF, days=900))
    for one in told:
        lines = one.laid_out(width)
        assert max(len(line.text) for line in lines) <= width
        words = sorted(" ".join(line.text for line in lines if line.role != "ruler").split())
        assert words == sorted(" ".join(line.text for line in one.laid_out(1000) if line.role != "ruler").split())
        assert one.lines == one.laid_out(100)


def test_a_word_that_is_too_long_for_its_column_goes_to_lines_of_its_own():
    address = "https://example.com/" + "a" * 19
    found = explain("field page: text\npage is known +5", {"page": address})
    beside, below = ([line.text for line in found.laid_out(width) if line.role == "points"] for width in (80, 56))
    assert beside == [f"  +5  page is known  page = {address}"]
    assert below == ["  +5  page is known", f"        page = {address}"]


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
    limits = "max 2 every 3 days max 3 per seconds max 2 times max 5 points per day max 7 points"
    rules = f'page_view[url contains "/pricing"] +4 {limits}'
    views = [event("page_view", f"2026-11-{day}T09:00:00Z", url="/pricing") for day in ("02", "02", "03", "10", "15")]
    explanation = explain(rules, events=[*views[1:], event("page_view", "2026-11-02T08:00:00Z", url="/pricing")])
    found = explanation.rules[0]
    assert (found.scores, found.selected, found.kept, found.points, found.cap) == ("each", 5, 2, 8, -1)
    assert found.event_limits == ("max 2 every 3 days", "max 3 per seconds", "max 2 times")
    assert found.points_limits == ("max 5 points per day", "max 7 points")
    assert str(explanation).split("\n", 2)[2].strip("\n") == dedent("""\
        points
          +8  page_view[url contains "/pricing"] +4  5 events, 2 kept by `max 2 every 3 days`, `max 3 per
                                                     seconds`, `max 2 times`, latest 2026-11-15
          -1  max 5 points per day, max 7 points     from 8
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
        ("opens between 2 and 3", "opens = 1, count(email_open) = 1, 1 event missing"),
        (
            "email_open followed by demo_request within 7 days",
            "email_open: 1 event, latest 2026-11-19, demo_request: none",
        ),
        ("email_open[at > 2027-01-01] followed by email_open within 7 days", "no such event"),
        ("was mql", "held lead"),
        ("was hot", "held no label"),
        ("score < 5", "score = 5, 0.01 points too many"),
        ("score = 4", "score = 5, 1 point too many"),
        (
            "score > 5 and points >= 80.005",
            "score > 5: score = 5, 0.01 points missing; points >= 80.005: points = 5, 75.01 points missing",
        ),
        ("level >= B", "level = C, points = 5, 15 points of points missing"),
        ("A = level", "level = C, points = 5, 25 points of points missing"),
        ("level > B", "level = C, points = 5, 25 points of points missing"),
        ("level > A", "level = C, points = 5"),
        ("level < C", "level = C, points = 5"),
        ("size = L", "size = S, employees = 20"),
        ("pair = AL", "pair = CS"),
        ("heat = hot", "heat = cold"),
    ],
)  # fmt: skip
def test_why_a_condition_is_not_true(condition, reason):
    rules = f"""\
        param limit = 3
        criterion big = employees >= 100 or annual_revenue >= 1000
        criterion opens = count(email_open)
        always +5
        grade level = points: A >= 30, B >= 20, C
        grade size = employees: L >= 100, S
        grade pair = level, size
        stages lead < mql
        stages heat: cold < hot
        {condition} -> mql
        """
    attributes = {"budget": False, "need": True, "industry": "retail", "employees": 20, "created": "2026-11-01"}
    opened = event("email_open", "2026-11-19T10:00:00Z")
    explanation = explain(rules, attributes, [opened], {"stage": "lead"})
    found = next(r for r in explanation.rules if r.kind == "stage")
    assert found.fired is not True
    assert Words(zone("UTC")).reasons(found.unmet, found.text) == reason


NO_BUDGET = ("budget", None, {"budget": None})
NO_AUTHORITY = ("authority", False, {"authority": False})
VIEW = {"events": 1, "latest": "2026-11-19T10:00:00Z"}


@pytest.mark.parametrize(
    ("rules", "fired", "parts"),
    [
        ("email_open +5 when budget", False, [("email_open", False, {"email_open": {"events": 0}}), NO_BUDGET]),
        ("page_view +5 when budget", None, [NO_BUDGET]),
        ("page_view +5 until 2026-11-18", False, [("until 2026-11-18", False, {"page_view": VIEW})]),
        ("need +5 from 2026-12-01", False, [("from 2026-12-01", False, {"as of": "2026-11-21"})]),
        (
            "need +5 from 2026-01-01 until 2026-10-31 when budget",
            False,
            [("from 2026-01-01 until 2026-10-31", False, {"as of": "2026-11-21"}), NO_BUDGET],
        ),
        ("need +5 | else -5 when budget", None, [NO_BUDGET]),
        ("need +5 | budget -5 when authority", False, [NO_AUTHORITY]),
        ("budget +5 when authority", False, [NO_BUDGET, NO_AUTHORITY]),
    ],
)
def test_when_and_the_season_keep_a_rule_from_counting(rules, fired, parts):
    attributes = {"need": True, "authority": False}
    explanation = explain(rules, attributes, [event("page_view", "2026-11-19T10:00:00Z")])
    assert explanation.rules[0].fired is fired
    assert unmet(explanation, explanation.rules[0].id) == parts


def test_what_stands_below_many_segments_is_looked_at_once(monkeypatch):
    asked = []
    of_condition = Evidence.of_condition
    monkeypatch.setattr(Evidence, "of_condition", lambda *given: asked.append(given[1]) or of_condition(*given))
    links = "".join(f"segment s{i} = s{i - 1} or budget\n" for i in range(1, 50))
    explained = explain(f"segment s0 = authority\n{links}s49 +1")
    assert sum(len(list(rule.unmet[0].leaves())) for rule in explained.rules) > 1_000
    assert len(asked) < 5 * 50


def test_criteria_that_read_one_another_twice_each_are_opened_once():
    chain = "\n".join(f"criterion c{n} = (c{n - 1} and budget) or (c{n - 1} and need)" for n in range(1, 30))
    explanation = explain(f"criterion c0 = authority\n{chain}\nc29 +5\n")
    (part,) = explanation.rules[0].unmet
    assert len(list(part.leaves())) == 3 * 29 + 1
    assert len(part.found) == 33


@pytest.mark.parametrize(
    "value",
    [
        "days since birth",
        "days until birth",
        "-salary",
        "salary - 100",
        "(salary + 1) / 2",
        "floor(salary / 3)",
        "greatest(1, salary)",
        "sum(amount of order)",
        "median(amount of order)",
        "first(note of order)",
        "last(note of order)",
    ],
)
def test_no_way_to_ask_of_a_personal_value_shows_it(value):
    rules = f"""
        field birth: date pii
        field salary: number pii
        event order[amount: number pii, note: text pii]
        criterion asked = {value}
        criterion asked_again = asked
        asked_again is known +1
        """
    order = {"type": "order", "at": "2026-01-01T00:00:00Z", "properties": {"amount": 77, "note": "hush"}}
    lead = {"id": "1", "attributes": {"birth": "2000-01-01", "salary": 5432}, "events": [order]}
    loaded = Ruleset.from_text(dedent(rules))
    (entry,) = loaded.evaluate(lead, as_of=AS_OF).audit
    assert set(entry.evidence["values"].values()) == {"[pii]"}
    (told,) = loaded.explain(lead, as_of=AS_OF).result.audit
    assert told.evidence == entry.evidence
    assert "[pii]" not in loaded.evaluate(lead, as_of=AS_OF, pii=True).audit[0].evidence["values"].values()


def test_values_of_pii_fields_are_masked_unless_asked_for():
    rules = "field salary: number pii\nsalary >= 100 +5\nsalary < 100 +7\ncriterion rich = (salary / 2) > 100\nrich +9"
    masked, open_ = (explain(rules, {"salary": 50}, pii=pii) for pii in (False, True))
    assert unmet(masked, "salary >= 100") == [("salary >= 100", False, {"salary": "[pii]"})]
    assert unmet(open_, "salary >= 100") == [("salary >= 100", False, {"salary": Decimal(50)})]
    assert rule(masked, "salary < 100").evidence == {"values": {"salary": "[pii]"}}
    assert "50" not in str(masked)
    assert "50" not in canonical_json(masked.to_dict())
    assert "salary = 50" in str(open_)


# ------------------------------------------------------- labels and outcomes

LADDER = """\
    require email is known because "no address"
    stages lead < mql < sql < customer exit lost, gone{tail}
    budget -> mql
    budget and need -> sql because "ready"
    not need and authority -> gone
    unsubscribe -> lost
    hold mql while authority
    """


@pytest.mark.parametrize(
    ("attributes", "held", "tail", "label", "decided", "by"),
    [
        ({"budget": True}, None, "", "mql", "rule", "budget"),
        ({"authority": True}, "mql", "", "mql", "hold", "hold mql"),
        ({"authority": True}, "lead", "", "lead", "start", None),
        ({}, "sql", " forward only", "sql", "forward only", None),
        ({"need": False, "authority": True}, "sql", "", "gone", "exit", "not need and authority"),
        ({"budget": True, "email": None}, "sql", "", "lead", "requirement", None),
        ({"budget": True, "email": None}, "sql", " forward only", "sql", "forward only", None),
        ({"budget": True}, "gone", " forward only", "mql", "rule", "budget"),
    ],
)
def test_what_decided_a_label(attributes, held, tail, label, decided, by):
    explanation = explain(LADDER.format(tail=tail), {"email": "x"} | attributes, stages={"stage": held} if held else {})
    (ladder,) = explanation.ladders
    assert (ladder.label, ladder.decided, ladder.by, ladder.held) == (label, decided, by, held)


def test_a_hold_counts_only_where_the_label_was_held():
    explanation = explain(LADDER.format(tail=""), {"email": "x"}, stages={"stage": "lead"})
    found = rule(explanation, "hold mql")
    assert found.fired is False
    assert unmet(explanation, "hold mql") == [
        ("was mql", False, {"was mql": "lead"}),
        ("authority", None, {"authority": None}),
    ]


def test_tags_recommendations_and_segments():
    rules = """\
        always +5
        segment big = employees >= 1000
        score >= 80 and big -> tag "call today"
        score >= 5 -> tag "warm"
        email_open -> recommend "case study" because "reads"
        """
    explanation = explain(rules, {"employees": 20})
    assert str(explanation).split("\n", 2)[2] == dedent("""\
        tags: warm

        points
          +5  always
          --
           5  points

        What did not count
          tag        "call today": score >= 80 and big  score >= 80: score = 5, 75 points missing; big is
                                                        false (employees >= 1000: employees = 20)
          recommend  "case study": email_open           no such event
          segment    big: employees >= 1000             employees = 20""")
    told = [(r.kind, r.outcome, r.because, r.fired) for r in explanation.rules if r.kind in {"tag", "recommend"}]
    assert told == [
        ("tag", "call today", None, False),
        ("tag", "warm", None, True),
        ("recommend", "case study", "reads", False),
    ]


# ------------------------------------------------------------------- why not


def why_not(label, attributes=None, events=(), held=None, tail=""):
    stages = {"stage": held} if held else {}
    return explain(LADDER.format(tail=tail), {"email": "x"} | (attributes or {}), events, stages).why_not(label)


def test_the_rule_that_lacks_least_comes_first():
    rules = """\
        stages lead < sql
        budget and authority and need -> sql
        score >= 80 -> sql because "high score"
        always +55
        """
    answer = explain(rules, {"budget": True, "need": False}).why_not("sql")
    assert str(answer) == dedent("""\
        Lead 7 is lead, not sql.
        What leads to sql, the closest first:
          line 3  score >= 80 (high score)
                  - score >= 80: score = 55, 25 points missing
          line 2  budget and authority and need
                  - authority is unknown
                  - need is false""")
    assert [r.id for r in answer.rules] == ["score >= 80", "budget and authority and need"]


def test_requirements_are_missing_and_holds_lapse():
    answer = why_not("mql", {"email": None, "authority": False}, held="sql")
    assert str(answer) == dedent("""\
        Lead 7 is lead, not mql.
        Missing, whatever the rules say:
          line 1  no address  email is known: email unknown
        What leads to mql, the closest first:
          line 3  budget
                  - budget is unknown
          line 7  hold while authority
                  - authority is false""")


def test_a_true_exit_wins():
    events = [event("unsubscribe", "2026-11-02T10:00:00Z")]
    answer = why_not("sql", {"budget": True, "need": True}, events)
    assert str(answer) == dedent("""\
        Lead 7 is lost, not sql.
        The exit lost comes before it:
          line 6  unsubscribe  1 event, latest 2026-11-02
        What leads to sql, the closest first:
          line 4  budget and need (ready)
                  - true""")
    assert answer.exit.id == "unsubscribe"
    other = why_not("gone", {"email": None}, events)
    assert (other.exit.id, other.missing) == ("unsubscribe", ())


def test_the_lead_has_the_label_or_is_above_it():
    answer = why_not("mql", {"budget": True})
    assert (str(answer), answer.reached) == ("Lead 7 is mql already.", True)
    above = why_not("mql", {"budget": True, "need": True})
    assert str(above).startswith("Lead 7 is sql, which is above mql.\n")


def test_no_rule_leads_to_a_label():
    assert str(why_not("customer")) == "Lead 7 is lead, not customer.\nNo rule leads to customer."


@pytest.mark.parametrize(
    ("label", "reason"),
    [
        ("costumer", "no ladder has the label `costumer`; did you mean `customer`?"),
        ("SQL", "no ladder has the label `SQL`; did you mean `sql`?"),
        ("x", "no ladder has the label `x` (the labels are `lead`, `mql`, `sql`, `customer`, `lost`, `gone`)"),
    ],
)
def test_a_label_that_no_ladder_has(label, reason):
    with pytest.raises(InputError) as caught:
        why_not(label)
    assert str(caught.value) == reason


def test_a_label_where_there_is_no_ladder():
    with pytest.raises(InputError, match=r"^no ladder has the label `sql`: the rules have no ladder$"):
        explain("email_open +5").why_not("sql")


# ------------------------------------------------------------ unknown fields


PERSONA = 'dimension d max 1\npersona p -10\ncountry = "PL" weight 2\nneed weight 1'


@pytest.mark.parametrize(
    ("rules", "unknown"),
    [
        ("employees >= 1000 +30 | >= 200 +20 | >= 50 +10 | else -5", {"employees": 30}),
        ("employees >= 10 +5 | need +40", {}),  # the first true alternative counts
        ("employees >= 10 -25\nemployees >= 20 +5", {"employees": 30}),
        ("need and employees >= 10 +5\nnot need and website is known +5", {"employees": 5}),
        ("budget and employees >= 10 +5", {"budget": 5, "employees": 5}),
        ("criterion big = employees >= 10\nsegment target = big and need\ntarget +5", {"employees": 5}),
        ("employees >= 10 +(employees / 2)", {}),
        ("employees >= 10 +(employees / 2) | budget +3", {"budget": 3, "employees": 3}),
        ("param p = 9\nemployees >= 10 +(p)", {}),
        ("page_view +5 when budget", {"budget": 5}),
        ("email_open +5 when budget", {}),  # no such event: false, whatever the budget
        ("budget +5 until 2026-01-01", {}),
        ("page_view[seconds > employees] +5", {}),  # everything about events is never unknown
        ("(count(page_view[seconds > employees]) = 0) and budget +5", {"budget": 5, "employees": 5}),
        ("created within 7 days +5\nwebsite is known +7", {"created": 5}),
        ("field size: number default 0\nsize > 5 +9", {}),
        ("employees >= 10 +5 max 3 points", {"employees": 5}),
        ("employees > 1 +0", {}),
        (f'{PERSONA}\nbudget or country = "FR" weight 3', {"country": Decimal("8.33"), "budget": 5}),
        (f'precision 0\n{PERSONA}\ncity = "Lodz" weight 3', {"city": 5, "country": 3}),
    ],
)
def test_unknown_fields_and_the_points_that_hang_on_them(rules, unknown):
    found = explain(rules, {"need": True}, [event("page_view", "2026-11-19T10:00:00Z")]).unknown
    assert list(found.items()) == list(unknown.items())


# --------------------------------------------------------------------- data


def test_an_explanation_is_plain_data_and_can_be_sent(transport):
    explanation = transport.explain(READER, as_of=AS_OF)
    data = explanation.to_dict()
    assert list(data) == ["result", "gate", "rules", "sums", "ladders", "unknown", "ignored", "ignored_by"]
    assert data["result"] == explanation.result.to_dict()
    assert data["ignored"] == 1
    assert canonical_json(data) == canonical_json(pickle.loads(pickle.dumps(explanation)).to_dict())  # noqa: S301
    assert repr(explanation) == "<Explanation of ScoredLead('A-17', 62.11, mql): 34 rules>"


def test_lines_have_roles_and_nothing_in_them_steers_a_terminal():
    explanation = Ruleset.from_text('industry = "x" +5').explain(
        {"id": "a\x1b[31m", "attributes": {"industry": "\u202ey"}}, as_of=AS_OF
    )
    assert [line.role for line in explanation.lines] == [
        "title",
        "note",
        "note",
        "heading",
        "sum",
        "note",
        "heading",
        "unmet",
    ]
    assert all(line.text.isprintable() for line in explanation.lines)
    assert str(explanation).startswith("Lead a\\u{1b}[31m: 0 points")


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("+5", "+5"),
        ("-2.50", "-2.5"),
        ("-(5)", "-(5)"),
        ("+(-5)", "-5"),
        ("+(bonus)", "+(bonus)"),
        ("-(bonus)", "-(bonus)"),
        ("+(-(employees) + 5)", "+(-(employees) + 5)"),
        ("+(-employees)", "+(-employees)"),
        ("-(employees + 1)", "-(employees + 1)"),
    ],
)
def test_points_are_written_once_for_all(written, shown):
    """The formatter, explanations and the list of `check --verbose` write the points of a rule alike."""
    rules = Ruleset.from_text(f"param bonus = 4\nneed {written} | else +1\n")
    statement = statements_of(rules)[1]
    assert text_of(statement) == f"need {shown} | else +1"
    explained = rules.explain({"id": "1"}, as_of=AS_OF).rules[0]
    assert [a.points for a in explained.alternatives] == [shown, "+1"]
    assert [a.text for a in program_of(rules).rules[0].alternatives] == [shown, "+1"]


def test_what_could_not_be_read_is_named():
    rules = Ruleset.from_text("field size: number else unknown\nsize > 1 +1\n")
    told = str(rules.explain({"id": "1", "attributes": {"size": "many"}}, as_of=dt.datetime(2026, 1, 1, tzinfo=dt.UTC)))
    assert "Could not be read, so unknown\n  size" in told
