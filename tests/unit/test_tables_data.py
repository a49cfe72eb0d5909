"""Real files are read whole: the data beside the checkout, where it is there."""

import datetime as dt
from fractions import Fraction
from pathlib import Path

import pytest

from leadrules.as_of import parse_as_of
from leadrules.lead import LeadReader
from leadrules.tables import Reject, Row, read_leads
from leadrules.values import instant_of, zone
from leadrules.vocabulary import BOOL, DATE, NUMBER, TEXT, EventType, Field, Property, Scope

DATA = Path(__file__).parents[2].parent / "shared" / "data"
pytestmark = [pytest.mark.data, pytest.mark.skipif(not DATA.is_dir(), reason="the data is not here")]

WARSAW = zone("Europe/Warsaw")
NOW = instant_of(dt.datetime(2026, 1, 1, tzinfo=dt.UTC))


def rows_of(name: str, **options: object) -> list[Row]:
    rows = list(read_leads(DATA / name, **options))
    assert [row for row in rows if isinstance(row, Reject)] == []
    return rows


def reader(*fields: Field, events: tuple[EventType, ...] = (), **read: set[str]) -> LeadReader:
    wanted = {name: frozenset(names) for name, names in read.items()}
    return LeadReader(Scope({f.name: f for f in fields}, {e.name: e for e in events}, wanted, {}, WARSAW))


def test_an_online_school():
    rows = rows_of("x_education_1000.csv", id_column="Prospect ID")
    missing = frozenset({"select", "unknown"})
    leads = reader(
        Field("visits", NUMBER, columns=("TotalVisits",)),
        Field("specialization", TEXT, columns=("Specialization",), unknown=missing),
        Field("do_not_email", BOOL, columns=("Do Not Email",)),
    )
    facts = [leads.read(row.lead, NOW).attributes for row in rows]
    raw = [row.lead["attributes"]["Specialization"] for row in rows]
    assert (len(rows), rows[-1].number, rows[-1].line) == (1000, 1001, 1001)
    assert sum(fact["specialization"] is None for fact in facts) == sum(text in ("", "Select") for text in raw) > 100
    assert {fact["do_not_email"] for fact in facts} == {True, False}
    assert all(fact["visits"] is None or fact["visits"] >= 0 for fact in facts)


def test_a_bank():
    rows = rows_of("bank.csv", id_column="#")
    leads = reader(
        Field("balance", NUMBER),
        Field("default", BOOL),
        Field("pdays", NUMBER, unknown=frozenset({"-1"})),
        Field("poutcome", TEXT, unknown=frozenset({"unknown"})),
    )
    facts = [leads.read(row.lead, NOW).attributes for row in rows]
    assert len(rows) == 4521
    assert facts[0] == {"balance": Fraction(1787), "default": False, "pdays": None, "poutcome": None}
    assert min(fact["balance"] for fact in facts) == -3313


def test_loan_applications_with_offsets():
    rows = rows_of(
        "bpi2012_500_cases.csv",
        id_column="case_id",
        as_of_column="as_of",
        events=DATA / "bpi2012_500_events.csv",
        event_columns={"lead": "case_id", "type": "activity", "at": "timestamp"},
    )
    submitted = EventType("A_SUBMITTED", (Property("lifecycle", TEXT),))
    leads = reader(Field("reg_date", DATE), events=(submitted,), A_SUBMITTED={"lifecycle"})
    first = leads.read(rows[0].lead, parse_as_of(rows[0].as_of, WARSAW))
    assert first.attributes == {"reg_date": dt.date(2011, 10, 1)}
    assert first.events[0].at == instant_of(dt.datetime(2011, 9, 30, 22, 38, 44, 546_000, tzinfo=dt.UTC))
    assert first.events[0].properties == {"lifecycle": "COMPLETE"}
    assert sum(len(row.lead["events"]) for row in rows) == 11_409
    assert all(len(leads.read(row.lead, parse_as_of(row.as_of, WARSAW)).events) == 1 for row in rows)


def test_contacts_with_dates_in_another_order():
    table = read_leads(
        DATA / "contoso_contacts.csv",
        id_column="ContactId",
        events=DATA / "contoso_purchases.csv",
        event_columns={"lead": "ContactId", "type": "ActivityTypeDisplay", "at": "PurchasedOn", "id": "PurchaseId"},
    )
    rows = [row for row in table if isinstance(row, Row)]
    leads = reader(
        Field("born", DATE, columns=("DateOfBirth",), forms=("M/D/YYYY",)), Field("income", NUMBER, columns=("Income",))
    )
    facts = [leads.read(row.lead, NOW) for row in rows]
    assert len(rows) == 5000
    assert facts[0].attributes == {"born": dt.date(1986, 5, 8), "income": Fraction("256414.1127086401")}
    assert sum(len(row.lead["events"]) for row in rows) + table.unmatched_events == 12_369


def test_a_sales_pipeline():
    rows = rows_of("maven_pipeline.csv", id_column="opportunity_id")
    leads = reader(Field("engaged", DATE, columns=("engage_date",)), Field("value", NUMBER, columns=("close_value",)))
    facts = [leads.read(row.lead, NOW).attributes for row in rows]
    assert (len(rows), facts[0]) == (8800, {"engaged": dt.date(2016, 10, 20), "value": Fraction(1054)})
    assert any(fact["engaged"] is None for fact in facts)
