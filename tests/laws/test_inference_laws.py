"""What `infer` writes of a file is a good rule file, and reads every lead and event of it, without a reject."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from leadrules import Ruleset
from leadrules.foreign import Unheld
from leadrules.insights import columns, guesses
from leadrules.insights.inference import Inference
from leadrules.loading import check_files
from leadrules.syntax.files import Files
from leadrules.syntax.layout import format_file
from leadrules.syntax.parser import parse
from leadrules.tables import read_events, read_leads

AS_OF = dt.datetime(2026, 11, 28, tzinfo=dt.UTC)

KINDS = (
    ("1", "20", "3.5", "-7", "1e3", "12.500", "007"),
    ("6,5", "1 234,50", "12\u00a0000", "1.234,5", "1,234", "0,5", "1'000"),
    ("$1,200", "€5", "45%", "100 %", "12 zł", "12k", "1,2 mln zł", "300 tys. zł", "5 km"),
    ("51-200", "1-10", "1,001-5,000", ">1000", "1000+", "1.001", "2024-2025", "60-001"),
    ("2026-11-21", "2026-11-21 9:05", "2026-11-21T10:00:00.000+0000", "2026-13-40",
     "2026-11-21 10:00:00 UTC"),
    ("21.11.2026", "1.2.26", "11/30/2026", "1/2/2026", "31/1/2026 10:05", "11/18/2026 3:04 PM",
     "31.02.2026", "0.0.0000"),
    ("5 paź 2026", "Oct. 5, 2026", "5-Oct-26", "21 listopada 2026",
     "20261121", "1764500000", "1764500000000", "99999999"),
    ("tak", "nie", "T", "N", "yes", "no", "oui", "non", "ja", "nein", "sí", "x", "1", "0", "on"),
    ("a;b", "b", "a | b", "Scania, Volvo", "Volvo", "Media (a, b);Fairs", "Houston, TX", ";", ",,"),
    ("7811892233", "+48 601 222 333", "601-222-333", "60-101", "00123", "PL61109010140000071219812874", "1" * 40),
    ("warm", "cold", "Warm ", "ok. 40", "many\nlines", '"quoted"', "back`tick",
     "\u202e", "e\u0301", "ﬀ", "\0", "\ud800"),
)  # fmt: skip
UNKNOWN = ("", " ", "n/a", "N/A", "brak", "k.A.", "-", "?", "Select", "sin datos")
PLAIN = (None, True, False, 0, 1, 12, 2.5, Decimal("1.10"), float("nan"), 10**40, [], ["a", None], ["a", 1.5], {"a": 1})
TYPED = (
    dt.date(2026, 11, 21),
    dt.datetime(2026, 11, 21, 9, 5, tzinfo=dt.UTC),
    dt.datetime(1, 1, 1, tzinfo=dt.UTC),
    Unheld("a time", "9"),
)
NAMES = (
    *(
        "column",
        "NIP",
        "Telefon",
        "Number of Employees",
        "Annual Revenue",
        "Create Date",
        "Job Title",
        "Lifecycle Stage",
    ),
    *(
        "Status",
        "amount",
        "budget",
        "need",
        "Updated at",
        "employees",
        "created",
        "Company",
        "email",
        "company.size",
        "id",
    ),
)


def cells():
    """Give a column of one kind, some of it unknown, and sometimes a few cells of any other."""
    one = st.sampled_from(KINDS).flatmap(lambda kind: st.lists(st.sampled_from(kind), min_size=1, max_size=3))
    anything = st.sampled_from((*PLAIN, *TYPED, *(cell for kind in KINDS for cell in kind))) | st.text(max_size=4)
    dirt = st.lists(anything, max_size=2)
    mixed = st.tuples(one, st.lists(st.sampled_from(UNKNOWN), max_size=2), dirt)
    return mixed.flatmap(lambda parts: st.lists(st.sampled_from([*parts[0] * 4, *parts[1], *parts[2]]), max_size=30))


def table():
    return st.dictionaries(st.sampled_from(NAMES), cells(), min_size=1, max_size=3)


MOMENTS = (
    "2026-11-21T10:00:00Z",
    "20.11.2026 09:15",
    "11/18/2026 3:04 PM",
    "1.08.2025",
    "1764500000000",
    1764500000000,
)


def leads_of(found, events):
    longest = max([*map(len, found.values()), len(events), 1])
    for number in range(longest):
        lead = {"id": str(number), "attributes": {name: c[number] for name, c in found.items() if number < len(c)}}
        lead["events"] = [events[number]] if number < len(events) else []
        yield lead


def event(type_, moment, properties):
    return {"type": type_, "at": moment, "properties": properties}


def events():
    cell = st.sampled_from(KINDS).flatmap(st.sampled_from) | st.sampled_from(PLAIN)
    properties = st.dictionaries(st.sampled_from(["url", "sum", "order_no", "amount"]), cell, max_size=2)
    types = st.sampled_from(["purchase", "PURCHASE", "Demo Request", "demo_request", "wizyta", "page_view"])
    return st.lists(st.builds(event, types, st.sampled_from(MOMENTS), properties), max_size=12)


def everything_is_read(leads):
    """Infer declarations, add a rule for each field and property, and score the leads that they were made of."""
    inference = Inference()
    for lead in leads:
        inference.add(lead)
    text = inference.text()
    file, mistakes = parse(text, "inferred")
    assert [mistake.code for mistake in mistakes] in ([], ["LR003"])  # no statement, where there is nothing to say
    assert mistakes or format_file(file) == text  # as `leadrules fmt` writes it
    rules = ["always +1"]
    for statement in file.statements:
        name = statement.name.name
        if hasattr(statement, "columns"):
            rules.append(f"`{name}` is known +1")
        else:
            rules += [f"`{name}`[{one.name.name} is known] +1" for one in statement.properties]
    found = check_files(Files.of_text(f"{text}\nalways +1", "inferred", {}), {})
    assert [one for one in found.diagnostics if one.severity != "info"] == []
    return Ruleset.from_text("\n".join([text, *rules]))


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=40)
@given(table(), events())
@example({"Revenue": ["$1,200", "1,2 mln zł", "n/a"]}, [])
@example({"a": ["12k", "51-200", "1.001"]}, [])
def test_a_file_is_read_by_what_was_inferred_of_it(found, given_events):
    leads = list(leads_of(found, given_events))
    rules = everything_is_read(leads)
    for lead in leads:
        assert rules.evaluate(lead, as_of=AS_OF).score >= 1


@settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture], deadline=None, max_examples=40
)
@given(table())
def test_so_it_is_past_what_is_remembered(monkeypatch, found):
    monkeypatch.setattr(columns, "MOST_DISTINCT", 2)
    monkeypatch.setattr(columns, "MOST_STRANGE", 1)
    leads = list(leads_of(found, []))
    rules = everything_is_read(leads)
    for lead in leads:
        assert rules.evaluate(lead, as_of=AS_OF).score >= 1


@given(st.sampled_from(KINDS[:3]).flatmap(lambda kind: st.lists(st.sampled_from(kind), min_size=1)))
def test_a_guess_reads_what_it_says(found):
    column = guesses.new_column("column")
    for value in found:
        column.add(value)
    guess = guesses.guess(column)
    unread = [value for value in found if not columns.reads(guess.reader, value)]
    assert guess.lenient or not unread


# ------------------------------------------------------------------- exports

EXPORTS = Path(__file__).parents[3] / "shared/cases/exports"
POLISH = {"lead": "ID kontaktu", "type": "Typ zdarzenia", "at": "Data"}
FILES = (
    ("polish-crm/leads.csv", "ID", "polish-crm/zdarzenia.csv", POLISH),
    ("polish-crm/leads.xlsx", "ID", None, {}),
    ("saas/contacts.csv", "Record ID", "saas/activity.csv", {"lead": "contact_id", "type": "event", "at": "timestamp"}),
)  # fmt: skip


@pytest.mark.data
@pytest.mark.parametrize(("leads", "id_column", "events_file", "parts"), FILES)
def test_an_export_is_read_by_what_was_inferred_of_it(leads, id_column, events_file, parts):
    if not EXPORTS.exists():
        pytest.skip("the exports are not part of the checkout")
    found = read_events(EXPORTS / events_file, columns=parts) if events_file else None
    rows = [row.lead for row in read_leads(EXPORTS / leads, id_column=id_column, events=found)]
    rules = everything_is_read(rows)
    results = [rules.evaluate(row, as_of=AS_OF) for row in rows]
    assert min(result.score for result in results) > 5
    told = {name for result in results for name in result.unreadable}
    assert told <= {"liczba_ciągników"}
