"""What a column of values is, and the declarations that fit a file."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis.strategies import dictionaries, lists, sampled_from, text, tuples

from leadrules import Ruleset
from leadrules.cli.infer import infer
from leadrules.cli.reading import Source
from leadrules.insights.columns import MOST_DISTINCT, MOST_LETTERS, MOST_STRANGE, Guess
from leadrules.insights.guesses import guess, new_column
from leadrules.insights.inference import MOST_NAMES, Inference
from leadrules.syntax import tree
from leadrules.syntax.parser import parse
from leadrules.vocabulary import NUMBER, TEXT


def column_of(values, name="column"):
    column = new_column(name)
    for value in values:
        column.add(value)
    return column


def declared(values, name="column"):
    """Write the type and options that `infer` gives a column of some values."""
    inference = Inference()
    for value in values:
        inference.add({"id": "1", "attributes": {name: value}, "events": []})
    line = next(line for line in inference.text().splitlines() if line.startswith("field "))
    return line.partition(": ")[2]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["1", "20", "3.5"], "number"),
        (["1", "20", "N/A"], 'number unknown {"N/A"}'),
        (["1", "20", "brak", "k.A.", "-"], 'number unknown {"-", "brak", "k.A."}'),
        (["6,5", "4", "0,25"], 'number as "6,5"'),
        (["1 234,50", "12\u00a0000", "7"], 'number as "1 234,50"'),
        (["1 234", "62"], 'number as "1 234"'),
        (["1.234,50", "2.500", "7"], 'number as "1.234,50"'),
        (["1.234.567", "12.500"], 'number as "1.234,50"'),
        (["1'234", "12'000.50"], 'number as "1\'234"'),
        (["1\u2019234,5", "7"], 'number as "1\'234,50"'),
        (["$1,200,000", "850000"], 'number as "$1,234"'),
        (["€1,234.50", "€ 7"], 'number as "€1,234"'),
        (["12 zł", "1 200,50 zł"], 'number as "1 234,50 zł"'),
        (["45%", "100 %"], 'number as "12%"'),
        (
            ["0,75", "50%"],
            'number as "6,5%"  # 45% is read as 45, and some values have no %: are they of one kind?',
        ),
        (["12k", "1.5M"], 'number as "12k"'),
        (["1,2 mln zł", "300 tys. zł"], 'number as "6,5 mln zł"'),
        (["51-200", "1-10", "1,001-5,000", "1000+"], 'number as "1,001-5,000"  # a range is its lower end'),
        (["51-200", "1-10", ">1000"], 'number as "51-200"  # a range is its lower end'),
        (["$12", "€7"], 'number as "$12" or "€12"  # several currencies are read as one: $, €'),
        (["1,234", "2,500"], 'number as "1,234"  # `1,234` is 1234; write "6,5" if it is 1.234'),
        (["12.500", "1.250"], 'number  # `12.500` is read with decimals; write as "1.234,50" if it is 12500'),
        (["1e3", "2.5E-1"], "number"),
        (["-5", "\u22125,5", "-$3"], 'number as "$6,5"'),
        ([12, 13.5], "number"),
        ([12, "1 200"], 'number as "1 234"'),
        (["yes", "No"], "bool"),
        (["0", "1", "1"], "bool  # 0 and 1 only: number, if they count"),
        (["1", "1"], "number"),
        (["Tak", "nie", "tak"], 'bool true {"tak"} false {"nie"}'),
        (["TAK", ""], 'bool true {"tak"} false {"nie"}'),
        (["J", "N"], 'bool true {"j"} false {"n"}'),
        (["oui", "NON"], 'bool true {"oui"} false {"non"}'),
        (["Sí", "no"], 'bool true {"sí"} false {"no"}'),
        (["ja", "nein", "k.A."], 'bool true {"ja"} false {"nein"} unknown {"k.A."}'),
        (["tak", "nie", "1", "0"], 'bool true {"1", "tak"} false {"0", "nie"}'),
        (["x", ""], 'bool true {"x"} false {"-"}'),
        (["T", "T"], "text"),
        ([True, False], "bool"),
        ([True, "nie"], 'bool true {"true", "tak"} false {"false", "nie"}'),
        (["2026-01-31", "2025-12-01"], "date"),
        (["2026-01-31T10:00:00Z"], "datetime"),
        (["2026-01-31 9:00", "2026-01-31T10:00:00.000+0000", "2026-01-31 10:00:00.123 UTC"], "datetime"),
        (["31.1.2026", "1.12.2025"], 'date as "D.M.YYYY"'),
        (["1/31/2026", "12/1/2025"], 'date as "M/D/YYYY"'),
        (["31/1/2026"], 'date as "D/M/YYYY"'),
        (["1/2/2026"], 'date as "D/M/YYYY"  # M/D/YYYY fits as well: check which it is'),
        (["1-2-26"], 'date as "D-M-YY"  # M-D-YY fits as well: check which it is'),
        (["15.12.2026", "2027-02-01", "11/30/2026", "1.2.2026"], 'date as "D.M.YYYY" or "M/D/YYYY"'),
        (["20260131", "20251201"], 'date as "YYYYMMDD"'),
        (["2026/1/31"], 'date as "YYYY/M/D"'),
        (["31.1.2026 10:05"], 'datetime as "D.M.YYYY h:m"'),
        (["11/18/2026 3:04 PM"], 'datetime as "M/D/YYYY h:m AM"'),
        (["5 paź 2026", "21 listopada 2026"], 'date as "D MMM YYYY"'),
        (["Oct. 5, 2026", "March 31, 2026"], 'date as "MMM D, YYYY"'),
        (["5-Oct-26 10:05:07"], 'datetime as "D-MMM-YY h:m:s"'),
        (["31.1.2026, 10:05:01.5 +01:00"], 'datetime as "D.M.YYYY, h:m:s.SSS Z"'),
        (["31/1/2026T10:05Z"], "datetime as \"D/M/YYYY'T'h:mZ\""),
        ([dt.date(2026, 1, 31)], "date"),
        ([dt.datetime(2026, 1, 31, tzinfo=dt.UTC), "31.1.2026"], 'datetime as "D.M.YYYY"'),
        (["00123", "00456", "7"], "text"),
        (["+48 601 222 333", "+48 601 222 334"], "text"),
        (["7811892233", "1234563218", "6340125442"], "text"),
        (["601 222 333", "602 111 222", "603-111-222"], "text"),
        (["60-101", "61-202", "62-333"], "text"),
        (["12345678901234567890"], "text"),
        ([["a", "b"]], "list of text"),
        ([["a", "b"], "c, d"], "list of text"),
        ([["a", 1.5]], "list of text else unknown"),
        (["Zendesk;Salesforce", "Zendesk", "Intercom"], 'list of text split ";"'),
        (["Media (articles, ads, TV);Trade fairs", "Trade fairs"], 'list of text split ";"'),
        (["a | b", "b"], 'list of text split "|"'),
        (["Scania, Volvo, DAF", "MAN", "MAN, Scania", "Volvo"], 'list of text split ","'),
        (["Houston, TX", "Austin, TX", "Dallas, TX"], "text"),
        (
            ["Houston, TX", "Houston, OK", "Austin, TX", "Austin, OK"],
            "text",
        ),
        (["Called him, he will think about it", "Not now, maybe later; call in May"], "text"),
        (["", None], "text  # always empty"),
        (["n/a"], 'text unknown {"n/a"}  # always unknown'),
        (["warm"] * 5 + ["cold"] * 5 + ["Select"], 'text unknown {"Select"}  # seen: "cold", "warm"'),
        (["warm"] * 60 + ["Cold"] * 35 + ["cold"] * 5, 'one of {"Cold", "warm"} else unknown'),
        (["warm"] * 97 + ["cold"] * 3, 'text  # seen: "cold", "warm"'),
        (["a", "b", "c"], "text"),
        (["62", "4", "1 234", "ok. 40", "1", "20"], 'number as "1 234" else unknown  # cannot be read: `ok. 40`'),
        (["1", "2", "many", "more"], "text  # no number: 2 of 4 values cannot be read: `many`, `more`"),
        ([62, 4, 20, 1.5, "ok. 40"], "number else unknown  # cannot be read: `ok. 40`"),
        ([62, 4, 20, 1.5, 7, "1 200"], 'number as "1 234"'),
        ([dt.date(2026, 1, day) for day in range(1, 9)] + ["soon"], "date else unknown  # cannot be read: `soon`"),
        (["1/31/2026"] * 19 + ["31/1/2026"], 'date as "M/D/YYYY" else unknown  # cannot be read: `31/1/2026`'),
        (["1/31/2026", "31/1/2026"], "text  # no date: 1 of 2 values cannot be read: `1/31/2026`"),
        (["1.2.2026"] * 9 + ["soon"], 'date as "D.M.YYYY" else unknown  # cannot be read: `soon`'),
        (["tak", "nie"] * 9 + ["może"], 'bool true {"tak"} false {"nie"} else unknown  # cannot be read: `może`'),
        ([1.5, "a"], "text else unknown  # numbers and texts"),
        ([dt.date(2026, 1, 1), "a"], "text else unknown  # dates and texts"),
        ([dt.datetime(2026, 1, 1, tzinfo=dt.UTC), True, "a"], "text else unknown  # times and yes or no and texts"),
        ([{"a": 1}], "text else unknown  # holds objects, which rules cannot read"),
    ],
)
def test_a_column(values, expected):
    assert declared(values) == expected


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("NIP", ["7811892233"], "NIP: text"),
        ("Telefon", ["601222333"], 'phone: text from "Telefon" pii'),
        ("Mobiltelefon", ["601222333"], 'phone: text from "Mobiltelefon" pii'),
        ("Kod pocztowy", ["60101"], 'kod_pocztowy: text from "Kod pocztowy"'),
        ("Kundennummer", ["1001", "1002"], "Kundennummer: text"),
        ("Order Number", ["1001", "1002"], 'order_number: text from "Order Number"'),
        ("dealId", ["1001"], "dealId: text"),
        ("Number of Employees", ["1,200", "75"], 'employees: number from "Number of Employees" as "1,234"'),
        ("Liczba pracowników", ["51-200", "1-9"], 'employees: number from "Liczba pracowników" as "51-200"'),
        ("Mitarbeiterzahl", ["12"], 'employees: number from "Mitarbeiterzahl"'),
        ("Chiffre d'affaires", ["12 000 €"], 'annual_revenue: number from "Chiffre d\'affaires" as "€1 234"'),
        ("Número de empleados", ["12"], 'employees: number from "Número de empleados"'),
        ("Number of Employees", ["many", "few"], 'number_of_employees: text from "Number of Employees"'),
        ("Job Title", ["CEO, Founder", "CEO"], 'job_title: text from "Job Title"'),
        ("Create Date", ["2026-01-31"], 'created: datetime from "Create Date"'),
        ("Annual Revenue", [""], 'annual_revenue: number from "Annual Revenue"'),
        ("Vorname", ["Ute"], 'first_name: text from "Vorname" pii'),
        ("budget", ["120", "1 000"], 'budget: number as "1 234"'),
        ("Miasto siedziby", ["Opole", "Łódź"] * 80, 'miasto_siedziby: text from "Miasto siedziby"'),
        ("Account owner", ["A", "B"] * 80, 'account_owner: text from "Account owner"'),
        ("Visits", ["0", "1"], "Visits: number"),
        ("Last seen at", ["1764500000"], 'last_seen_at: datetime from "Last seen at" as "epoch"'),
        ("updated_ms", [1764500000000], 'updated_ms: datetime as "epoch ms"'),
        ("amount", ["20260131", "20251201"], "amount: number"),
    ],
)
def test_a_column_by_its_name(name, values, expected):
    inference = Inference()
    for value in values:
        inference.add({"id": "1", "attributes": {name: value}, "events": []})
    line = next(line for line in inference.text().splitlines() if line.startswith("field "))
    assert line.removeprefix("field ").partition("  #")[0] == expected


def test_of_two_columns_the_nearer_is_the_standard_field():
    inference = Inference()
    inference.add({"id": "1", "attributes": {"Mobile": "601", "Phone": "602", "phone number": "603"}, "events": []})
    assert [line for line in inference.text().splitlines() if line.startswith("field")] == [
        "field Mobile: text pii",
        'field phone: text from "Phone" pii',
        'field phone_number: text from "phone number" pii',
    ]


def test_labels_become_a_ladder_to_take():
    inference = Inference()
    for stage in ("Customer", "lead", "Closed lost", "MQL", "In review") * 3:
        inference.add({"id": "1", "attributes": {"Etap": stage, "Lead Status": stage, "Status": "x"}, "events": []})
    comments = [line[2:] for line in inference.text().splitlines()[1:] if line.startswith("# ")]
    assert comments == [
        "Where each lead stands already: put the labels in their order, and take away the #",
        'stages lead < MQL < Customer < "In review" exit "Closed lost" from "Etap"',
        'stages lead_status_ladder: lead < MQL < Customer < "In review" exit "Closed lost" from "Lead Status"',
    ]
    rules = Ruleset.from_text(f"{inference.text()}{comments[1]}\nwas Customer +5\nscore >= 1 -> MQL\n")
    assert rules.evaluate({"id": "1", "attributes": {"Etap": "customer"}}, as_of=MOMENT).score == 5


def test_personal_values_are_marked_and_not_shown():
    inference = Inference()
    for value in ["a@example.com", "b@example.com"] * 9 + ["soon"]:
        inference.add({"id": "1", "attributes": {"contact": value.replace("soon", "c@example.com")}, "events": []})
        inference.add({"id": "1", "attributes": {"birth date": "1.2.1980" if "@" in value else value}, "events": []})
    assert inference.text().splitlines()[2:] == [
        "field contact: text pii",
        'field birth_date: date from "birth date" as "D.M.YYYY" else unknown pii',
    ]


# ------------------------------------------------------------------- events


def events_of(*given):
    inference = Inference()
    for number, (type_, at, properties) in enumerate(given):
        event = {"type": type_, "at": at, "properties": properties}
        inference.add({"id": str(number), "attributes": {}, "events": [event]})
    return inference.text().splitlines()[2:]


def test_types_of_events_that_are_one_are_one():
    at = "2026-01-01T00:00:00Z"
    types = ("PAGE_VIEW", "Demo Request", "demo_request", "wizyta na stronie", "Form-Fill", "form fill", "konfigurator")
    assert events_of(*((type_, at, {}) for type_ in types)) == [
        'event page_view[url: text, seconds: number] from "PAGE_VIEW"',
        'event demo_request from "Demo Request"',
        'event wizyta_na_stronie from "wizyta na stronie"',
        'event form_fill from "Form-Fill" or "form fill"',
        "event konfigurator",
    ]


def test_moments_and_properties_have_their_forms():
    assert events_of(
        (
            "order",
            "20.11.2026 09:15",
            {"sum": "1 200,50", "order_no": "7", "paid": "tak", "tags": "a;b", "on": "1.2.2026"},
        ),
        (
            "order",
            "11/18/2026 3:04 PM",
            {"sum": "n/a", "order_no": "8", "paid": "nie", "tags": "b", "on": "2026-02-03"},
        ),
        ("order", "1.08.2025", {"order_no": "9"}),
        ("ping", 1764500000000, {}),
    ) == [
        'event any_event at as "D.M.YYYY" or "D.M.YYYY h:m" or "M/D/YYYY h:m AM" or "epoch ms"',
        'event order[sum: number as "1 234,50" else unknown, order_no: text, paid: text, tags: list of text split ";",',
        '    on: date as "D.M.YYYY"]  # does order_no identify it? add: id order_no',
        "event ping",
    ]


def test_only_what_is_called_an_id_may_identify_an_event():
    at = "2026-01-01T00:00:00Z"
    assert events_of(*(("ping", at, {"page": page, "call_id": "7"}) for page in "ab")) == [
        "event ping[page: text, call_id: text]"
    ]
    assert events_of(*(("ping", at, {"page": page, "call_id": page}) for page in "ab")) == [
        "event ping[page: text, call_id: text]  # does call_id identify it? add: id call_id"
    ]


def test_moments_that_no_form_reads_are_told():
    assert events_of(("order", "2026-11-20", {}), ("order", "yesterday", {})) == [
        "# The times of these events are not read yet: `yesterday`; write 2026-11-21T10:00:00Z",
        "event order",
    ]


# ------------------------------------------------------------------- memory


def test_what_a_column_remembers_is_bounded_and_the_rest_is_read_all_the_same():
    column = column_of(str(n) for n in range(MOST_DISTINCT + 5))
    assert len(column.seen) == MOST_DISTINCT
    assert guess(column) == Guess(NUMBER)
    for value in ("1,200", "12", "n/a", ""):
        column.add(value)
    assert guess(column).forms == ("1,234",)
    assert guess(column).lenient
    assert guess(column).unknown == ("n/a",)
    assert column.known == MOST_DISTINCT + 8


def test_many_strange_values_make_a_column_text():
    column = column_of(str(n) for n in range(MOST_DISTINCT + 1))
    for n in range(3 * MOST_STRANGE):
        column.add(f"about {n}")
    assert column.lost == 2 * MOST_STRANGE
    assert len(column.seen) == MOST_DISTINCT + MOST_STRANGE
    assert guess(column).type == TEXT


def test_long_texts_are_remembered_up_to_a_number_of_letters():
    column = column_of(f"{n}{'x' * 100_000}" for n in range(50))
    assert len(column.seen) <= MOST_LETTERS // 100_000 + 1
    assert guess(column) == Guess(TEXT)


def test_names_without_end_are_passed_over_and_told():
    inference = Inference()
    for n in range(MOST_NAMES + 3):
        inference.add({"id": "1", "attributes": {f"c{n}": n}, "events": []})
    assert len(inference.columns) == MOST_NAMES
    assert "# Left out: names past the first 2,000, met 3 times\n" in inference.text()


def test_declarations_read_every_lead_they_were_made_of():
    leads = [
        {
            "id": str(n),
            "attributes": {
                "id": str(n),
                "Lead Source": ["Web", "Fair"][n % 2],
                "score": n,
                "Umsatz €": "12.5",
                "rule": "x",
            },
            "events": [
                {"type": "Web Visit", "at": "2026-01-01T00:00:00Z", "properties": {"url": "/a", "seconds": "5"}},
                {"type": "call", "at": "2026-01-01T00:00:00Z", "properties": {"url": "/b"}},
            ],
        }
        for n in range(12)
    ]
    inference = Inference()
    for lead in leads:
        inference.add(lead)
    text = inference.text()
    assert text == (
        "# Declarations for 12 leads. Add rules below: employees >= 200 +10\n"
        "\n"
        'field source: text from "Lead Source"  # seen: "Fair", "Web"\n'
        'field score_field: number from "score"\n'
        'field annual_revenue: number from "Umsatz €"\n'
        'field rule_field: text from "rule"\n'
        "\n"
        "event any_event[url: text]\n"
        'event web_visit[seconds: number] from "Web Visit"\n'
        "event call\n"
    )
    Ruleset.from_text(text + "web_visit[seconds > 1] +1\nsource is known +1\n")


# ---------------------------------------------------------- hostile headers

EVIL = "x`\nuse evil\nevil.pr(city) +100\nevent `y"
HEADER = "p`: text]\nneed +1000\nevent y[`q"
PARTS = (
    *("`", "\n", "\r", "\x85", "\u2028", "\u2029", "\x0b", "\x0c", "\0", "\x1b[31m", "\u202e", "\u200b", "\ufeff"),
    *('"', "\\", "#", "use evil", "event y", "need +1000", ": text]", "[", "]", "{", "}", " ", ".", "any_event"),
    *("score", "fit", "text", "id", "m\u00b2", "m2", "\ufb00", "\uff11", "\u00a0", "Lead Source", "stage", "not", "of"),
    *("activity", "email", "type"),
)
NAMES = lists(sampled_from(PARTS), min_size=1, max_size=4).map("".join) | text(max_size=6)
MOMENT = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)


@given(dictionaries(NAMES, NAMES, max_size=4), lists(tuples(NAMES, dictionaries(NAMES, NAMES, max_size=2))))
@example({}, [(EVIL, {})])
@example({HEADER: "1"}, [("page", {HEADER: "1"})])
@example({"m\u00b2": "1", "m2": "2"}, [("a", {"ﬀ": "1", "ff": "2"})])
def test_whatever_a_file_holds_becomes_declarations_alone_that_read_it(columns, events):
    inference = Inference()
    lead = {
        "id": "1",
        "attributes": columns,
        "events": [{"type": name, "at": "2026-01-01", "properties": found} for name, found in events if name.strip()],
    }
    inference.add(lead)
    written = inference.text()
    file, mistakes = parse(written, "inferred")
    assert not file.statements or not [mistake for mistake in mistakes if mistake.severity == "error"]
    assert all(isinstance(s, tree.FieldDeclaration | tree.EventDeclaration) for s in file.statements)
    rules = Ruleset.from_text(f"{written}\nalways +1\n")
    assert rules.evaluate(lead, as_of=MOMENT).score == 1


def test_what_is_one_name_to_rules_is_left_out_and_told():
    inference = Inference("Lead ID")
    for more in ({}, {"n2": 1}):
        attributes = {"Lead\u00a0ID": 1, "m²": 5, "x²": 1, "x2": 2}
        event = {"type": "visit", "at": "2026-01-01", "properties": {"m²": 5, "n²": 6, **more}}
        inference.add({"id": "1", "attributes": attributes, "events": [event]})
    assert inference.text() == (
        "# Declarations for 2 leads. Add rules below: employees >= 200 +10\n"
        "# Left out: `x2` and `x²` are one name (keep one of them), and 1 more\n"
        "\n"
        "field m2: number\n"
        "\n"
        "event visit[m2: number]\n"
    )


def test_what_rules_cannot_name_is_left_out_and_told():
    inference = Inference()
    properties = {HEADER: "1", "seconds": "2"}
    for name in (EVIL, "page"):
        inference.add({"id": "1", "events": [{"type": name, "at": "2026-01-01", "properties": properties}]})
    assert inference.text() == (
        "# Declarations for 2 leads. Add rules below: employees >= 200 +10\n"
        "# Left out, since rules cannot name it: x` use evil evil.pr(city) +100 event `y, and 1 more\n"
        "\n"
        "event page[seconds: number]\n"
    )


# --------------------------------------------------------------------- docs

PAGE = (Path(__file__).parents[2] / "docs/how-to/begin-from-a-file.md").read_text("utf-8")


def test_the_page_shows_what_is_written(tmp_path, capsys):
    (table,) = re.findall("```csv\n(.*?)```", PAGE, re.DOTALL)
    (declared,) = re.findall("```leadrules\n(.*?)```", PAGE, re.DOTALL)
    path = tmp_path / "leads.csv"
    path.write_text(table, "utf-8")
    assert infer(Source([path], id_column="ID")) == 0
    assert capsys.readouterr().out == declared


def test_what_no_row_has_a_value_of_is_said(tmp_path, capsys):
    leads, events = tmp_path / "leads.csv", tmp_path / "events.csv"
    leads.write_text("id,employees,fax\n", "utf-8")
    events.write_text("lead_id,type,at,url,depth,`#\n1,demo,2026-11-20,,3,\n", "utf-8")
    assert infer(Source([leads], [str(events)])) == 0
    assert capsys.readouterr().out.splitlines() == [
        "# Declarations for 0 leads. Add rules below: employees >= 200 +10",
        "# No event has a value of: `url`, `depth`, ``#`",
        "",
        "field employees: number",
        "field fax: text  # always empty",
    ]
    leads.write_text("id,employees,fax\n1,,\n", "utf-8")
    infer(Source([leads], [str(events)]))
    told = capsys.readouterr().out
    assert "# No event has a value of: `url`, ``#`\n" in told
    assert "event demo[depth: number]" in told


def test_a_property_that_is_always_null_is_said():
    inference = Inference()
    event = {"type": "demo", "at": "2026-11-20", "properties": {"fee": None, "depth": 3}}
    inference.add({"id": "1", "attributes": {}, "events": [event]})
    assert "# No event has a value of: `fee`\n" in inference.text()
