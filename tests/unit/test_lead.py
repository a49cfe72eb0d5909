# ruff: noqa: DTZ001, DTZ901, RUF001 -- times without an offset and digits of other scripts are what is tested
"""The table of language.md §4, the order of events of §6, and the sentences of an input error."""

import datetime as dt
import itertools
import pickle
import time
import zoneinfo
from collections import OrderedDict
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

import attrs
import pytest
from pydantic import ValidationError

from leadrules import Ruleset
from leadrules.as_of import parse_as_of, read_as_of
from leadrules.errors import INPUT_CODES, AsOfError, InputError, LeadError
from leadrules.forms.times import time_form
from leadrules.lead import Facts, LeadReader, read_id
from leadrules.models import Event, Lead
from leadrules.occurrences import Occurrence
from leadrules.values import DAY, HOUR, SECOND, instant_of, zone
from leadrules.vocabulary import (
    BOOL,
    DATE,
    DATETIME,
    NUMBER,
    TEXT,
    TEXTS,
    EventType,
    Field,
    Property,
    Scope,
    Type,
)

WARSAW = zone("Europe/Warsaw")
LATE = instant_of(dt.datetime(2100, 1, 1, tzinfo=dt.UTC))


def read_lead(lead, scope: Scope, as_of: int) -> Facts:
    return LeadReader(scope).read(lead, as_of)


def scope(*fields: Field, events=(), read=None, ladders=None, where=WARSAW, most=100_000) -> Scope:
    types = {event.name: event for event in events}
    wanted = {name: frozenset(names) for name, names in (read or {}).items()}
    return Scope({f.name: f for f in fields}, types, wanted, ladders or {}, where, most)


def value(raw: object, type_: Type, **options: object) -> object:
    """What a field `x` of that type reads."""
    return read_lead({"id": "1", "attributes": {"x": raw}}, scope(Field("x", type_, **options)), LATE).attributes["x"]


def reason(raw: object, type_: Type, **options: object) -> str:
    with pytest.raises(InputError) as caught:
        value(raw, type_, **options)
    assert caught.value.lead == "1"
    assert caught.value.field == "x"
    assert caught.value.expected == str(type_)
    return caught.value.reason.removeprefix("field `x`: ")


def utc(*parts: int) -> int:
    return instant_of(dt.datetime(*parts, tzinfo=dt.UTC))


# ------------------------------------------------------------------- numbers


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        (0, Fraction(0)),
        (-5, Fraction(-5)),
        (10**30 - 1, Fraction(10**30 - 1)),
        (12.5, Fraction(25, 2)),
        (0.1, Fraction(1, 10)),
        (1e22, Fraction(10**22)),
        (1e-7, Fraction(1, 10**7)),
        (-0.0, Fraction(0)),
        (Decimal("1.10"), Fraction(11, 10)),
        (Decimal("1E+5"), Fraction(100_000)),
        ("250", Fraction(250)),
        (" +12.50 ", Fraction(25, 2)),
        ("-3", Fraction(-3)),
        ("007", Fraction(7)),
        ("1e3", Fraction(1000)),
        ("1E-2", Fraction(1, 100)),
        ("1e30", Fraction(10**30)),
        ("1e-30", Fraction(1, 10**30)),
        ("9" * 30, Fraction(10**30 - 1)),
    ],
)
def test_numbers_are_read_exactly(raw, read):
    assert value(raw, NUMBER) == read
    assert type(value(raw, NUMBER)) is Fraction


DIGITS = "(write digits such as 250 or 12.5)"
RANGE = "is out of range (at most 30 digits and an exponent within ±30)"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("many", f"`many` is not a number {DIGITS}"),
        ("12,5", f"`12,5` is not a number {DIGITS}"),
        ("1_000", f"`1_000` is not a number {DIGITS}"),
        ("1 000", f"`1 000` is not a number {DIGITS}"),
        (".5", f"`.5` is not a number {DIGITS}"),
        ("5.", f"`5.` is not a number {DIGITS}"),
        ("0x10", f"`0x10` is not a number {DIGITS}"),
        ("1/2", f"`1/2` is not a number {DIGITS}"),
        ("١٢", f"`١٢` is not a number {DIGITS}"),
        ("NaN", f"`NaN` is not a number {DIGITS}"),
        ("inf", f"`inf` is not a number {DIGITS}"),
        ([1], "a list is not a number (give one value)"),
        ({"a": 1}, "an object is not a number (give one value)"),
        (b"5", "binary data is not a number (give an int, a Decimal or a float)"),
        (object(), "this value is not a number (give an int, a Decimal or a float)"),
        (dt.date(2026, 1, 2), f"`2026-01-02` is not a number {DIGITS}"),
        (True, "`true` is not a number (write 1 or 0 where a number is meant)"),
        (float("nan"), "`nan` is not a finite number (leave out what is not known)"),
        (float("-inf"), "`-inf` is not a finite number (leave out what is not known)"),
        (Decimal("NaN"), "`NaN` is not a finite number (leave out what is not known)"),
        (Decimal("sNaN"), "`sNaN` is not a finite number (leave out what is not known)"),
        ("1e31", f"`1e31` {RANGE}"),
        ("1e-31", f"`1e-31` {RANGE}"),
        ("1" + "0" * 30, f"`1{'0' * 30}` {RANGE}"),
        (Decimal("1E+31"), f"`1E+31` {RANGE}"),
        (1e31, f"`1e+31` {RANGE}"),
        (1e308, f"`1e+308` {RANGE}"),
        (10**30, f"`1{'0' * 30}` is out of range (at most 30 digits)"),
        pytest.param(10**5000, "this value is out of range (at most 30 digits)", id="huge"),
    ],
)
def test_what_is_no_number_is_refused(raw, said):
    assert reason(raw, NUMBER) == said


# ---------------------------------------------------------------------- text


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ("Acme", "Acme"),
        ("  Acme \n", "Acme"),
        ("\u00a0Acme\u2003", "Acme"),
        ("a  b", "a  b"),
        ("Ło\u0301dz\u0301", "Łódź"),
        (7, "7"),
        (-7, "-7"),
        (10**30 - 1, "9" * 30),
    ],
)
def test_text_is_trimmed_and_composed(raw, read):
    assert value(raw, TEXT) == read


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (True, "`true` is not a text (write it in quotes)"),
        (5.0, "`5.0` is not a text (write it in quotes)"),
        (Decimal(5), "`5` is not a text (write it in quotes)"),
        (["a"], "a list is not a text (give one text)"),
        ({}, "an object is not a text (give one text)"),
        ("a\0b", "`a\ufffdb` holds a NUL character (remove it)"),
        ("a\ud800", "`a\ufffd` holds a lone surrogate, half of a character (write the text in UTF-8)"),
        (10**30, f"`1{'0' * 30}` has too many digits (at most 30; write a longer one as text, in quotes)"),
    ],
)
def test_what_is_no_text_is_refused(raw, said):
    assert reason(raw, TEXT) == said


def test_a_long_value_is_cut_and_kept_on_one_line():
    assert reason("x\ny\x1b[31m" + "z" * 100, NUMBER) == f"`x y\ufffd[31m{'z' * 51}…` is not a number {DIGITS}"


# ---------------------------------------------------------------------- bool


@pytest.mark.parametrize("raw", [True, 1, 1.0, Decimal("1.0"), "true", "TRUE", " Yes ", "1", "yes"])
def test_true(raw):
    assert value(raw, BOOL) is True


@pytest.mark.parametrize("raw", [False, 0, 0.0, -0.0, Decimal("0.00"), "false", "False", "NO", "0"])
def test_false(raw):
    assert value(raw, BOOL) is False


@pytest.mark.parametrize("raw", [2, -1, 0.5, "2", "on", "tak", "t", "y", "1.0", dt.date(2026, 1, 1)])
def test_what_is_neither_true_nor_false_is_refused(raw):
    assert reason(raw, BOOL).endswith(" is not true or false (write true, false, yes, no, 1 or 0)")


WORDS = {"true_words": frozenset({"tak", "2"}), "false_words": frozenset({"nie", "1"})}


@pytest.mark.parametrize(
    ("raw", "read"),
    [("Tak", True), (" NIE", False), (True, True), (False, False), (0, False), ("2", True), ("1", False), (2, True)],
)
def test_declared_words_stand_instead_of_the_usual_ones(raw, read):
    assert value(raw, BOOL, **WORDS) is read


def test_a_number_among_the_declared_words_means_what_the_text_means():
    assert value("1", BOOL, **WORDS) is value(1, BOOL, **WORDS) is value(1.0, BOOL, **WORDS) is False


@pytest.mark.parametrize("raw", ["true", "yes", "0", "no"])
def test_the_usual_words_are_refused_where_others_are_declared(raw):
    assert reason(raw, BOOL, **WORDS) == f"`{raw}` is not true or false (write `2`, `tak`, `1`, `nie`)"


# ---------------------------------------------------------------------- time


@pytest.mark.parametrize(
    ("raw", "instant"),
    [
        ("2026-11-01T10:00:00Z", utc(2026, 11, 1, 10)),
        ("2026-11-01t10:00:00z", utc(2026, 11, 1, 10)),
        ("2026-11-01 10:00:00Z", utc(2026, 11, 1, 10)),
        ("2026-11-01T10:00:00+02:00", utc(2026, 11, 1, 8)),
        ("2026-11-01T10:00:00-05:30", utc(2026, 11, 1, 15, 30)),
        ("2026-11-01T10:00:00-00:00", utc(2026, 11, 1, 10)),
        ("2026-11-01T10:00:00.5Z", utc(2026, 11, 1, 10) + SECOND // 2),
        ("2026-11-01T10:00:00.123456Z", utc(2026, 11, 1, 10) + 123_456),
        ("2026-11-01T10:00:00.1234569Z", utc(2026, 11, 1, 10) + 123_456),
        ("2016-12-31T23:59:60Z", utc(2017, 1, 1)),
        ("2017-01-01T00:59:60.9+01:00", utc(2017, 1, 1)),
        # Without an offset: the ruleset's timezone, one hour before UTC in winter, two in summer.
        ("2026-11-01T10:00:00", utc(2026, 11, 1, 9)),
        ("2026-07-01 10:00:00.25", utc(2026, 7, 1, 8) + SECOND // 4),
        ("2026-07-01", utc(2026, 6, 30, 22)),
        # Twice on the night the clocks go back: the earlier; never on the night they go forward: as before the gap.
        ("2026-10-25T02:30:00", utc(2026, 10, 25, 0, 30)),
        ("2026-03-29T02:30:00", utc(2026, 3, 29, 1, 30)),
        (dt.datetime(2026, 11, 1, 10, tzinfo=dt.UTC), utc(2026, 11, 1, 10)),
        (dt.datetime(2026, 11, 1, 10, tzinfo=zoneinfo.ZoneInfo("Asia/Tokyo")), utc(2026, 11, 1, 1)),
        (dt.datetime(2026, 11, 1, 10), utc(2026, 11, 1, 9)),
        (dt.datetime(2026, 10, 25, 2, 30, fold=1), utc(2026, 10, 25, 0, 30)),
        (dt.date(2026, 7, 1), utc(2026, 6, 30, 22)),
        ("0002-01-01T00:00:00Z", utc(2, 1, 1)),
        ("9998-12-31T23:59:59Z", utc(9998, 12, 31, 23, 59, 59)),
    ],
)
def test_a_datetime_is_an_instant(raw, instant):
    assert value(raw, DATETIME) == instant


@pytest.mark.parametrize(
    ("raw", "day"),
    [
        ("2026-11-21", dt.date(2026, 11, 21)),
        ("2026-11-21T10:00:00", dt.date(2026, 11, 21)),
        ("2026-11-21T22:59:59Z", dt.date(2026, 11, 21)),
        ("2026-11-21T23:00:00Z", dt.date(2026, 11, 22)),
        ("2026-11-22T01:00:00+05:00", dt.date(2026, 11, 21)),
        (dt.date(2026, 11, 21), dt.date(2026, 11, 21)),
        (dt.datetime(2026, 11, 21, 23, 30), dt.date(2026, 11, 21)),
        (dt.datetime(2026, 11, 21, 23, 30, tzinfo=dt.UTC), dt.date(2026, 11, 22)),
    ],
)
def test_a_timestamp_for_a_date_is_its_local_day(raw, day):
    assert value(raw, DATE) == day
    assert type(value(raw, DATE)) is dt.date


def test_a_local_day_follows_the_ruleset_even_where_a_day_was_left_out():
    there = scope(Field("x", DATE), where=zone("Pacific/Apia"))
    facts = read_lead({"id": 1, "attributes": {"x": "2011-12-30T12:00:00"}}, there, LATE)
    assert facts.attributes["x"] == dt.date(2011, 12, 31)


ADVICE = "(write 2026-11-21T10:00:00Z)"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("yesterday", f"`yesterday` is not a datetime {ADVICE}"),
        ("20261101", f"`20261101` is not a datetime {ADVICE}"),
        ("2026-11-01T10Z", f"`2026-11-01T10Z` is not a datetime {ADVICE}"),
        ("2026-11-01T10:00:00+200", f"`2026-11-01T10:00:00+200` is not a datetime {ADVICE}"),
        ("2026-11-01T10:00:00.Z", f"`2026-11-01T10:00:00.Z` is not a datetime {ADVICE}"),
        ("2026-W45-1", f"`2026-W45-1` is not a datetime {ADVICE}"),
        ("21.11.2026", f"`21.11.2026` is not a datetime {ADVICE}"),
        (1_700_000_000, f"`1700000000` is not a datetime {ADVICE}"),
        (True, f"`true` is not a datetime {ADVICE}"),
        (dt.time(10), "a Python `time` is not a datetime (give a datetime)"),
        ("2026-02-29", f"`2026-02-29` does not exist in the calendar {ADVICE}"),
        ("2026-11-01T24:00:00Z", f"`2026-11-01T24:00:00Z` does not exist in the calendar {ADVICE}"),
        ("2026-11-01T10:60:00Z", f"`2026-11-01T10:60:00Z` does not exist in the calendar {ADVICE}"),
        ("2026-11-01T10:00:61Z", f"`2026-11-01T10:00:61Z` does not exist in the calendar {ADVICE}"),
        ("2026-11-01T10:00:60Z", f"`2026-11-01T10:00:60Z` does not exist in the calendar {ADVICE}"),
        ("2026-11-01T23:59:60", f"`2026-11-01T23:59:60` does not exist in the calendar {ADVICE}"),
        ("2026-11-01T10:00:00+24:00", f"`2026-11-01T10:00:00+24:00` does not exist in the calendar {ADVICE}"),
        ("2026-11-01T10:00:00+01:60", f"`2026-11-01T10:00:00+01:60` does not exist in the calendar {ADVICE}"),
        ("0000-01-01", f"`0000-01-01` does not exist in the calendar {ADVICE}"),
        ("0001-12-31", "`0001-12-31` is out of range (write a year from 2 to 9998)"),
        ("9999-01-01T00:00:00Z", "`9999-01-01T00:00:00Z` is out of range (write a year from 2 to 9998)"),
        (dt.datetime.max, "`9999-12-31 23:59:59.999999` is out of range (write a year from 2 to 9998)"),
        (dt.date.min, "`0001-01-01` is out of range (write a year from 2 to 9998)"),
    ],
)
def test_what_is_no_datetime_is_refused(raw, said):
    assert reason(raw, DATETIME) == said


def test_what_is_no_date_is_refused():
    assert reason("soon", DATE) == "`soon` is not a date (write 2026-11-21)"


@pytest.mark.parametrize(
    ("pattern", "raw", "day"),
    [
        ("D.M.YYYY", "1.2.2026", dt.date(2026, 2, 1)),
        ("D.M.YYYY", "01.02.2026", dt.date(2026, 2, 1)),
        ("D.M.YYYY", " 31.12.2026 ", dt.date(2026, 12, 31)),
        ("M/D/YYYY", "11/4/2018", dt.date(2018, 11, 4)),
        ("DD/MM/YYYY", "04/11/2018", dt.date(2018, 11, 4)),
        ("YYYYMMDD", "19970118", dt.date(1997, 1, 18)),
        ("DD.MM.YY", "31.12.68", dt.date(2068, 12, 31)),
        ("DD.MM.YY", "01.01.69", dt.date(1969, 1, 1)),
        ("DD.MM.YY", "01.01.00", dt.date(2000, 1, 1)),
        ("DD.MM.YY", "01.01.99", dt.date(1999, 1, 1)),
        ("YYYY-MM-DD hh:mm:ss", "2026-11-21 23:30:00", dt.date(2026, 11, 21)),
        ("(D) M+YYYY", "(1) 2+2026", dt.date(2026, 2, 1)),
        # Text in RFC 3339 is read beside the pattern, and so are dates of a typed table.
        ("D.M.YYYY", "2026-02-01", dt.date(2026, 2, 1)),
        ("D.M.YYYY", "2026-02-01T23:30:00Z", dt.date(2026, 2, 2)),
        ("D.M.YYYY", dt.date(2026, 2, 1), dt.date(2026, 2, 1)),
    ],
)
def test_a_date_by_its_pattern(pattern, raw, day):
    assert value(raw, DATE, forms=(pattern,)) == day


@pytest.mark.parametrize(
    ("pattern", "raw", "instant"),
    [
        ("D.M.YYYY h:mm", "1.7.2026 9:05", utc(2026, 7, 1, 7, 5)),
        ("D.M.YYYY h:mm", "1.7.2026 09:05", utc(2026, 7, 1, 7, 5)),
        ("D.M.YYYY h:m:s", "1.7.2026 9:5:7", utc(2026, 7, 1, 7, 5, 7)),
        ("DD.MM.YYYY'T'hh", "01.07.2026T09", utc(2026, 7, 1, 7)),
        ("D.M.YYYY", "1.7.2026", utc(2026, 6, 30, 22)),
    ],
)
def test_a_time_by_its_pattern_is_local(pattern, raw, instant):
    assert value(raw, DATETIME, forms=(pattern,)) == instant


@pytest.mark.parametrize(
    ("pattern", "raw", "said"),
    [
        ("D.M.YYYY", "1/2/2026", "is not a date"),
        ("D.M.YYYY", "1.2.26", "is not a date"),
        ("D.M.YYYY", "001.2.2026", "is not a date"),
        ("D.M.YYYY", "1.2.2026 10:00", "is not a date"),
        ("DD.MM.YYYY", "1.02.2026", "is not a date"),
        ("D.M.YYYY", "١.2.2026", "is not a date"),
        ("D.M.YYYY", "30.2.2026", "does not exist in the calendar"),
        # The text has the pattern's form, so it is not read the other way round as RFC 3339.
        ("YYYY-DD-MM", "2026-01-13", "does not exist in the calendar"),
    ],
)
def test_a_text_of_another_form_than_the_pattern_is_refused(pattern, raw, said):
    assert reason(raw, DATE, forms=(pattern,)) == f"`{raw}` {said} (write 2026-11-21, or {pattern})"


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("", "the day is missing: write D, M and YYYY, such as D.M.YYYY"),
        ("M.YYYY", "the day is missing: write D, M and YYYY, such as D.M.YYYY"),
        ("D.M", "the year is missing: write D, M and YYYY, such as D.M.YYYY"),
        ("D.D.M.YYYY", "the day stands twice"),
        ("D.M.YYYY m", "the minute stands without the hour"),
        ("D.M.YYYY h:s", "the second stands without the minute"),
        ("DMYYYY", "`M` follows a part of one or two digits: put a separator between them"),
    ],
)
def test_a_pattern_that_reads_no_date_is_refused(pattern, said):
    with pytest.raises(ValueError, match="^" + said.split(":")[0]) as caught:
        time_form(pattern)
    assert str(caught.value) == said


# --------------------------------------------------------------- list, choice


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        (["a", "b"], ("a", "b")),
        (("b", " a ", "b"), ("b", "a", "b")),
        (["a, b", 7], ("a, b", "7")),
        (["a", None, "", " "], ("a",)),
        ("a, b;c", ("a", "b", "c")),
        ("a,,b,", ("a", "b")),
        ("a", ("a",)),
        ([], None),
        ([""], None),
        ("", None),
        (" , ;", None),
    ],
)
def test_a_list_of_text(raw, read):
    assert value(raw, TEXTS) == read


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (5, '`5` is not a list of text (write a list, or one text such as "a, b")'),
        ({"a": 1}, 'an object is not a list of text (write a list, or one text such as "a, b")'),
        (["a", True], "a list has a member that is not a text (write it in quotes)"),
        (["a", ["b"]], "a list has a member that is not a text (give one text)"),
        (["a", "\0"], "a list has a member that holds a NUL character (remove it)"),
    ],
)
def test_what_is_no_list_of_text_is_refused(raw, said):
    assert reason(raw, TEXTS) == said


SECTOR = Type("text", ("Transport", "Łódź", "1"))


@pytest.mark.parametrize(
    ("raw", "read"), [("transport", "Transport"), (" ŁÓDŹ ", "Łódź"), (1, "1"), ("", None), (None, None)]
)
def test_one_of_a_closed_list_in_its_declared_spelling(raw, read):
    assert value(raw, SECTOR) == read


def test_a_text_outside_the_closed_list_is_refused():
    assert reason("agri", SECTOR) == '`agri` is not one of "Transport", "Łódź", "1"'


def test_a_long_closed_list_is_cut():
    many = Type("text", tuple(f"c{number}" for number in range(20)))
    assert reason("x", many).endswith('"c10", "c11" and 8 more')


# ---------------------------------------------------------- unknown, default


@pytest.mark.parametrize("type_", [NUMBER, TEXT, BOOL, DATE, DATETIME, TEXTS, SECTOR])
@pytest.mark.parametrize("raw", [None, "", "  ", "\u00a0"])
def test_null_and_empty_are_unknown(type_, raw):
    assert value(raw, type_) is None


def test_what_is_absent_is_unknown():
    assert read_lead({"id": 1}, scope(Field("x", NUMBER), Field("y", TEXT)), LATE).attributes == {"x": None, "y": None}


@pytest.mark.parametrize(
    ("raw", "type_"),
    [
        ("Select", TEXT),
        (" SELECT ", TEXT),
        ("n/a", NUMBER),
        ("N/A", DATE),
        ("select", SECTOR),
        ("Select", BOOL),
        (-1, NUMBER),
        ("-1", NUMBER),
        (-1.0, NUMBER),
        ("-1.0", NUMBER),
        (Decimal("-1.00"), NUMBER),
        (-1, TEXT),
        (-1, BOOL),
        ("1900-01-01", DATE),
        (dt.date(1900, 1, 1), DATE),
        ("1900-01-01T00:00:00", DATETIME),
        (dt.date(1900, 1, 1), DATETIME),
        ("n/a", TEXTS),
        (["Select", "N/A"], TEXTS),
    ],
)
def test_declared_unknowns(raw, type_):
    unknown = frozenset({"select", "n/a", "-1", "1900-01-01"})
    assert value(raw, type_, unknown=unknown) is None


def test_declared_unknowns_of_a_bool_are_words_not_meanings():
    unknown = frozenset({"0"})
    assert value("0", BOOL, unknown=unknown) is None
    assert value(0, BOOL, unknown=unknown) is None
    assert value("no", BOOL, unknown=unknown) is False


def test_unknown_members_leave_the_list():
    assert value("red; N/A; blue", TEXTS, unknown=frozenset({"n/a"})) == ("red", "blue")


@pytest.mark.parametrize("raw", [None, "", "Select"])
def test_the_default_stands_for_unknown(raw):
    assert value(raw, BOOL, unknown=frozenset({"select"}), default=False) is False
    assert value("yes", BOOL, unknown=frozenset({"select"}), default=False) is True


def test_a_default_stands_for_an_absent_field():
    assert read_lead({"id": 1}, scope(Field("x", NUMBER, default=Fraction(3))), LATE).attributes["x"] == 3


# ------------------------------------------------------------------- columns


def test_only_the_column_is_read_where_one_is_named():
    field_ = Field("title", TEXT, columns=("Job Title",))
    facts = read_lead({"id": 1, "attributes": {"title": "no", "Job Title": "Director"}}, scope(field_), LATE)
    assert facts.attributes == {"title": "Director"}
    assert read_lead({"id": 1, "attributes": {"title": "no"}}, scope(field_), LATE).attributes == {"title": None}


def test_an_error_names_the_column_too():
    with pytest.raises(InputError) as caught:
        read_lead({"id": "A7", "attributes": {"Staff": "many"}}, scope(Field("size", NUMBER, columns=("Staff",))), LATE)
    assert str(caught.value) == f"lead `A7`: field `size` (column `Staff`): `many` is not a number {DIGITS}"


def test_names_beyond_ascii_are_found_in_any_composition():
    facts = read_lead({"id": 1, "attributes": {"d\u00e9cideur": "x"}}, scope(Field("de\u0301cideur", TEXT)), LATE)
    assert list(facts.attributes.values()) == ["x"]


def test_fields_come_in_the_order_of_the_scope_and_others_are_ignored():
    fields = [Field("b", TEXT), Field("a", TEXT)]
    facts = read_lead({"id": 1, "attributes": {"c": object(), "a": "1", "b": "2"}}, scope(*fields), LATE)
    assert list(facts.attributes.items()) == [("b", "2"), ("a", "1")]


def test_personal_data_stays_out_of_the_message():
    with pytest.raises(InputError) as caught:
        value({"secret": "x"}, TEXT, pii=True)
    assert caught.value.value == "[pii]"
    assert str(caught.value) == "lead `1`: field `x`: `[pii]` is not a text (give one text)"
    with pytest.raises(InputError) as caught:
        value(["fine", 1.5], TEXTS, pii=True)
    assert "1.5" not in str(caught.value)


def test_an_input_error_carries_its_parts_and_pickles():
    with pytest.raises(InputError) as caught:
        value("many", NUMBER)
    error = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 our own bytes
    assert (error.lead, error.field, error.value, error.expected) == ("1", "x", "many", "number")
    assert str(error) == f"lead `1`: field `x`: `many` is not a number {DIGITS}"


def test_all_mistakes_of_a_lead_are_told_at_once():
    fields = [Field("size", NUMBER), Field("city", TEXT), Field("mail", TEXT, pii=True), Field("ok", BOOL)]
    lead = {
        "id": " ",
        "attributes": {"size": "many", "city": "Gdynia", "mail": ["a@b"], "ok": "perhaps"},
        "events": 7,
        "stages": {"stage": 7},
    }
    with pytest.raises(LeadError) as caught:
        read_lead(lead, scope(*fields, ladders=LADDERS), LATE)
    error = caught.value
    assert [(m.code, m.field, m.value) for m in error.mistakes] == [
        ("missing_id", "id", None),
        ("wrong_type", "size", "many"),
        ("wrong_type", "mail", "[pii]"),
        ("wrong_type", "ok", "perhaps"),
        ("not_a_list", "events", "7"),
        ("wrong_type", "stage", "7"),
    ]
    assert (error.code, error.field, error.value, error.expected) == ("missing_id", "id", None, "text")
    assert error.reason == "; ".join(mistake.message for mistake in error.mistakes)
    assert str(error).splitlines()[0] == "6 mistakes"
    again = pickle.loads(pickle.dumps(error.about("7")))  # noqa: S301 our own bytes
    assert type(again) is LeadError
    assert again.mistakes == error.mistakes
    assert str(again).splitlines()[0] == "lead `7`: 6 mistakes"
    assert again.mistakes[1].to_dict() == {
        "code": "wrong_type",
        "message": f"field `size`: `many` is not a number {DIGITS}",
        "field": "size",
        "event": None,
        "event_id": None,
        "value": "many",
        "expected": "number",
    }


def test_of_very_many_mistakes_the_text_tells_ten():
    with pytest.raises(LeadError) as caught:
        read_lead({"id": "1", "events": [{"type": "visit"}] * 1_234}, scope(**EVENTS), LATE)
    assert len(caught.value.mistakes) == 1_234
    assert len(str(caught.value).splitlines()) == 12
    assert str(caught.value).endswith("\n- and 1,224 more")
    assert caught.value.reason.endswith(
        "event `visit` (number 10 of 1,234) has no time (`at` is missing); and 1,224 more"
    )


@pytest.mark.parametrize(
    ("raw", "type_", "code"),
    [
        ("x", NUMBER, "wrong_type"),
        (float("inf"), NUMBER, "not_finite"),
        (10**30, NUMBER, "out_of_range"),
        ("1e31", NUMBER, "out_of_range"),
        ("a\0", TEXT, "bad_text"),
        (["\ud800"], TEXTS, "bad_text"),
        ("c", Type("text", ("a", "b")), "not_one_of"),
        ("2026-02-30", DATE, "not_in_calendar"),
        ("0001-01-01", DATE, "out_of_range"),
    ],
)
def test_a_mistake_has_a_code_of_its_kind(raw, type_, code):
    with pytest.raises(LeadError) as caught:
        value(raw, type_)
    assert caught.value.code == code
    assert code in INPUT_CODES


# -------------------------------------------------------------------- events

VISIT = EventType("visit", (Property("url", TEXT), Property("seconds", NUMBER), Property("who", TEXT, pii=True)))
CLICK = EventType("click")
OTHER = EventType("other")
EVENTS = {"events": (VISIT, CLICK, OTHER), "read": {"visit": ("seconds",), "click": ()}}


def facts_of(*events: object, as_of: int = LATE, **options: object) -> Facts:
    return read_lead({"id": "1", "events": list(events)}, scope(**{**EVENTS, **options}), as_of)


def event_reason(*events: object, **options: object) -> str:
    with pytest.raises(InputError) as caught:
        facts_of(*events, **options)
    return caught.value.reason


def visit(day: int = 1, **parts: object) -> dict[str, object]:
    return {"type": "visit", "at": f"2026-01-{day:02}T00:00:00Z", **parts}


def test_an_event_carries_only_what_the_rules_read():
    facts = facts_of(visit(id="e1", properties={"url": "/a", "seconds": "12", "more": object()}))
    assert facts.events == (Occurrence("visit", utc(2026, 1, 1), "e1", {"seconds": Fraction(12)}),)
    assert facts.ignored == 0


def test_an_event_without_properties_knows_none():
    assert facts_of(visit()).events[0].properties == {"seconds": None}
    assert facts_of({"type": "click", "at": "2026-01-01"}).events[0].properties == {}
    assert facts_of(visit(properties=None)).events[0].properties == {"seconds": None}


def test_a_property_that_a_type_lacks_is_unknown_and_its_own_are_not_among_them():
    facts = facts_of({"type": "click", "at": "2026-01-01"}, read={"click": ("title", "at", "day")})
    assert facts.events[0].properties == {"title": None}


def test_a_declared_property_may_be_called_day():
    week = EventType("week", (Property("day", TEXT),))
    facts = facts_of(
        {"type": "week", "at": "2026-01-01", "properties": {"day": "Mo"}}, events=(week,), read={"week": ("day", "at")}
    )
    assert facts.events[0].properties == {"day": "Mo"}


def test_types_out_of_scope_are_counted_and_not_validated():
    facts = facts_of({"type": "unheard", "at": 5}, {"type": "Visit"}, {"type": "\ud800"}, visit())
    assert facts.ignored == 3
    assert len(facts.events) == 1


def test_types_in_scope_that_no_rule_looks_at_are_passed_over():
    facts = facts_of({"type": "other", "at": object(), "id": [], "properties": 5})
    assert facts.events == ()
    assert facts.ignored == 0


def test_a_type_is_found_without_outer_space_and_in_any_composition():
    assert facts_of({"type": " visit ", "at": "2026-01-01"}).events[0].type == "visit"
    assert facts_of({"type": "\uff56isit", "at": "2026-01-01"}).events[0].type == "visit"


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ({}, "an event has no type"),
        ({"type": None}, "an event has no type"),
        ({"type": " "}, "an event has no type"),
        ({"type": 5}, "an event: `type`: `5` is not a text"),
        ({"type": ["visit"]}, "an event: `type`: a list is not a text"),
        ({"type": "visit"}, "event `visit` has no time (`at` is missing)"),
        ({"type": "visit", "at": " "}, "event `visit` has no time (`at` is missing)"),
        ({"type": "visit", "at": "soon"}, f"event `visit`: `at`: `soon` is not a datetime {ADVICE}"),
        ({"type": "click", "at": 5}, f"event `click`: `at`: `5` is not a datetime {ADVICE}"),
        (visit(id=True), "event `visit`: `id`: `true` is not a text (write it in quotes)"),
        (visit(id="\0"), "event `visit`: `id`: `\ufffd` holds a NUL character (remove it)"),
        (visit(properties=[1]), "event `visit`: properties: a list is not an object of names and values"),
        (
            visit(properties={"seconds": "long"}),
            f"event `visit`: property `seconds`: `long` is not a number {DIGITS}",
        ),
        ("visit", "events: `visit` is not an event (give an object with type, at, id and properties)"),
        (None, "events: an empty value is not an event (give an object with type, at, id and properties)"),
    ],
)
def test_what_is_no_event_is_refused(event, said):
    assert event_reason(event) == said


def test_a_property_error_names_type_and_property():
    with pytest.raises(InputError) as caught:
        facts_of(visit(properties={"seconds": "long"}))
    assert (caught.value.lead, caught.value.field, caught.value.value) == ("1", "visit.seconds", "long")
    assert caught.value.expected == "number"


def test_personal_data_of_an_event_stays_out_of_the_message():
    said = event_reason(visit(properties={"who": ["Ann"]}), read={"visit": ("who",)})
    assert said == "event `visit`: property `who`: `[pii]` is not a text (give one text)"


@pytest.mark.parametrize("raw", ["x", 5, {"type": "visit"}, b"x", True])
def test_events_are_a_list(raw):
    with pytest.raises(InputError, match="is not a list of events"):
        read_lead({"id": 1, "events": raw}, scope(**EVENTS), LATE)


def test_each_mistake_of_events_is_told_with_its_place():
    wrong = [
        visit(properties={"seconds": "z"}, id="e7"),
        visit(),
        visit(2, properties={"seconds": "a"}),
        {"type": "visit", "at": "q", "id": 1.5, "properties": {"seconds": []}},
        {"at": "2026-01-01"},
        "click",
    ]
    with pytest.raises(LeadError) as caught:
        facts_of(*wrong)
    assert [(m.code, m.field, m.event, m.event_id, m.value) for m in caught.value.mistakes] == [
        ("wrong_type", "visit.seconds", 0, "e7", "z"),
        ("wrong_type", "visit.seconds", 2, None, "a"),
        ("wrong_type", "visit.at", 3, None, "q"),
        ("wrong_type", "visit.id", 3, None, "1.5"),
        ("wrong_type", "visit.seconds", 3, None, "a list"),
        ("missing_type", "type", 4, None, None),
        ("not_an_event", "events", 5, None, "click"),
    ]
    assert str(caught.value).splitlines()[:4] == [
        "lead `1`: 7 mistakes",
        f"- event `visit` with id `e7`: property `seconds`: `z` is not a number {DIGITS}",
        f"- event `visit` (number 3 of 6): property `seconds`: `a` is not a number {DIGITS}",
        f"- event `visit` (number 4 of 6): `at`: `q` is not a datetime {ADVICE}",
    ]


def test_the_same_mistakes_are_named_whatever_the_order():
    wrong = [visit(properties={"seconds": "z"}), visit(2, properties={"seconds": "a"}), {"type": "visit", "at": "q"}]

    def mistakes(events):
        with pytest.raises(LeadError) as caught:
            facts_of(*events)
        return {(mistake.code, mistake.field, mistake.value) for mistake in caught.value.mistakes}

    assert len(mistakes(wrong)) == 3
    assert mistakes(wrong) == mistakes(reversed(wrong))


def test_an_event_whose_time_cannot_be_read_has_its_properties_read_all_the_same():
    said = event_reason({"type": "visit", "at": None, "properties": {"seconds": "z"}})
    assert said == (
        f"event `visit` has no time (`at` is missing); event `visit`: property `seconds`: `z` is not a number {DIGITS}"
    )


def test_events_at_as_of_count_and_later_ones_do_not_exist():
    at = utc(2026, 1, 2)
    late = visit(3, id=[], properties={"seconds": "unread"})
    late["id"] = None
    assert [o.at for o in facts_of(visit(2), visit(1), late, as_of=at).events] == [utc(2026, 1, 1), at]
    assert [o.at for o in facts_of(visit(2), as_of=at - 1).events] == []


def test_of_one_type_and_id_the_first_in_time_counts():
    events = facts_of(
        visit(3, id="e"), visit(2, id=" e "), visit(4, id="f"), {**visit(5, id="e"), "type": "click"}
    ).events
    assert [(o.type, o.at, o.id) for o in events] == [
        ("visit", utc(2026, 1, 2), "e"),
        ("visit", utc(2026, 1, 4), "f"),
        ("click", utc(2026, 1, 5), "e"),
    ]


def test_repeats_are_dropped_after_later_events():
    assert len(facts_of(visit(2, id="e"), visit(9, id="e"), as_of=utc(2026, 1, 5)).events) == 1


def test_events_without_id_are_all_counted():
    assert len(facts_of(visit(), visit(), visit(id=""), visit(id="  "), visit(id=None)).events) == 5


def test_an_integer_id_is_its_digits():
    assert [o.id for o in facts_of(visit(id=7), visit(id="7")).events] == ["7"]


def test_a_repeat_is_validated_before_it_is_dropped():
    # Otherwise, of two repeats at one instant, the order of input would decide whether there is an error.
    said = event_reason(visit(1, id="e"), visit(2, id="e", properties={"seconds": "bad"}))
    assert said == f"event `visit` with id `e`: property `seconds`: `bad` is not a number {DIGITS}"


def test_canonical_order_is_time_then_type_then_id_then_properties():
    given = [
        {"type": "visit", "at": "2026-01-02T00:00:00Z"},
        {"type": "visit", "at": "2026-01-01T00:00:00Z", "properties": {"seconds": 10, "url": "/b"}},
        {"type": "visit", "at": "2026-01-01T00:00:00Z", "properties": {"seconds": 9, "url": "/b"}},
        {"type": "visit", "at": "2026-01-01T00:00:00Z", "properties": {"seconds": 8, "url": "/a"}, "id": "b"},
        {"type": "visit", "at": "2026-01-01T00:00:00Z", "properties": {"seconds": 7}, "id": "a"},
        {"type": "visit", "at": "2026-01-01T00:00:00Z", "properties": {"url": "/z"}},
        {"type": "click", "at": "2026-01-01T01:00:00+01:00", "id": "z"},
        {"type": "visit", "at": "2025-12-31T23:59:59.999999Z"},
    ]
    order = [(o.at, o.type, o.id, o.properties.get("seconds")) for o in facts_of(*given).events]
    new_year = utc(2026, 1, 1)
    assert order == [
        (new_year - 1, "visit", None, None),
        (new_year, "click", "z", None),
        (new_year, "visit", None, None),
        (new_year, "visit", None, 9),
        (new_year, "visit", None, 10),
        (new_year, "visit", "a", 7),
        (new_year, "visit", "b", 8),
        (new_year + DAY, "visit", None, None),
    ]


def test_properties_that_no_rule_reads_order_events_too_and_count_as_unknown_where_unreadable():
    one = visit(properties={"seconds": 1, "url": "/a"})
    two = visit(properties={"seconds": 2, "url": 1.5})
    read = {"visit": ("seconds",)}
    assert [o.properties["seconds"] for o in facts_of(one, two, read=read).events] == [1, 2]
    tied = visit(properties={"seconds": 1, "url": 1.5, "who": "x"})
    first = visit(properties={"seconds": 1, "who": "x"})
    assert facts_of(tied, first).events == facts_of(first, tied).events


def test_the_number_of_events_has_a_limit():
    assert len(facts_of(*[visit()] * 3, most=3).events) == 3
    assert event_reason(*[visit()] * 4, most=3) == "has 4 events, and the limit is 3"


def test_a_hundred_thousand_events_take_a_second_or_so():
    events = [visit(1 + n % 28, id=n % 90_000, properties={"seconds": n % 7}) for n in range(100_000)]
    start = time.process_time()
    assert len(facts_of(*events).events) == 90_000
    assert time.process_time() - start < 30  # about 1 s; measuring coverage on a slow machine multiplies it


# ---------------------------------------------------------------------- held

LADDERS = {"stage": ("lead", "mql", "sql", "disqualified"), "temperature": ("cold", "hot")}


@pytest.mark.parametrize(
    ("stages", "held"),
    [
        ({}, {}),
        (None, {}),
        ({"stage": "mql"}, {"stage": "mql"}),
        ({"temperature": "hot", "stage": " lead "}, {"stage": "lead", "temperature": "hot"}),
        ({"stage": None, "temperature": ""}, {}),
        ({"stage": "disqualified", "elsewhere": 5}, {"stage": "disqualified"}),
    ],
)
def test_labels_held(stages, held):
    facts = read_lead({"id": 1, "stages": stages}, scope(ladders=LADDERS), LATE)
    assert facts.held == held
    assert list(facts.held) == list(held)


@pytest.mark.parametrize(("raw", "held"), [("MQL", "MQL"), (" was warm ", "was warm"), ("ｎｅｗ", "new"), ("", None)])
def test_a_label_that_its_ladder_does_not_have_stands_as_it_is(raw, held):
    facts = read_lead({"id": 1, "stages": {"stage": raw}}, scope(ladders=LADDERS), LATE)
    assert facts.held.get("stage") == held


@pytest.mark.parametrize(("raw", "shown"), [(5, "`5`"), (True, "`true`"), (["mql"], "a list")])
def test_what_is_no_label_is_refused(raw, shown):
    with pytest.raises(InputError) as caught:
        read_lead({"id": 1, "stages": {"stage": raw}}, scope(ladders=LADDERS), LATE)
    assert caught.value.code == "wrong_type"
    labels = "`lead`, `mql`, `sql`, `disqualified`"
    assert str(caught.value) == f"lead `1`: stages: {shown} is not a label of `stage` (its labels are {labels})"
    assert caught.value.field == "stage"


# ------------------------------------------------------------- shape of a lead

ANY = scope(Field("x", TEXT), **EVENTS, ladders=LADDERS)
WHOLE = Facts(
    "1", {"x": "a"}, (Occurrence("visit", utc(2026, 1, 1), "e", {"seconds": Fraction(2)}),), {"stage": "mql"}, 0
)


@dataclass
class Contact:
    id: object = "1"
    attributes: dict[str, object] = field(default_factory=lambda: {"x": "a"})
    events: tuple[object, ...] = (Event(type="visit", at="2026-01-01T00:00:00Z", id="e", properties={"seconds": 2}),)
    stages: dict[str, str] = field(default_factory=lambda: {"stage": "mql"})


MAPPING = {
    "id": "1",
    "attributes": {"x": "a"},
    "events": [visit(id="e", properties={"seconds": 2})],
    "stages": {"stage": "mql"},
}


@pytest.mark.parametrize(
    "lead",
    [
        MAPPING,
        OrderedDict(MAPPING),
        MappingProxyType({**MAPPING, "events": tuple(MappingProxyType(e) for e in MAPPING["events"])}),
        Lead(**MAPPING),
        Contact(),
        attrs.make_class("Person", list(vars(Contact())))(**vars(Contact())),
    ],
    ids=lambda lead: type(lead).__name__,
)
def test_a_lead_may_have_any_of_these_shapes(lead):
    assert read_lead(lead, ANY, LATE) == WHOLE


class Related:
    """What an object-relational mapper gives for the rows that belong to one: no list, but it has one."""

    def __init__(self, rows):
        self.rows = rows

    def all(self):
        return iter(self.rows)


@pytest.mark.parametrize(
    "shape", [tuple, iter, lambda e: (one for one in e), lambda e: dict(enumerate(e)).values(), Related]
)
def test_events_may_be_anything_that_can_be_gone_through(shape):
    assert read_lead({**MAPPING, "events": shape(MAPPING["events"])}, ANY, LATE) == WHOLE
    assert read_lead(Contact(events=shape(Contact().events)), ANY, LATE) == WHOLE


def test_events_without_end_are_gone_through_to_the_limit_only():
    taken = []
    endless = (taken.append(number) or visit() for number in itertools.count())
    with pytest.raises(LeadError, match="has more than 3 events, and the limit is 3") as caught:
        read_lead({"id": 1, "events": endless}, scope(**EVENTS, most=3), LATE)
    assert caught.value.code == "too_many_events"
    assert len(taken) == 4


UNDER = "(put what is known of a lead under `attributes`)"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"employees": 7}, f"`employees` is no part of a lead {UNDER}"),
        ({"a": 1, "b": 2}, f"`a`, `b` are no parts of a lead {UNDER}"),
        ({str(n): n for n in range(1_005)}, f"`0`, `1`, `2` and 1,002 more are no parts of a lead {UNDER}"),
        ({"attributs": {}}, "`attributs` is no part of a lead (did you mean `attributes`?)"),
        ({"Events": []}, "`Events` is no part of a lead (did you mean `events`?)"),
        ({"event": []}, "`event` is no part of a lead (did you mean `events`?)"),
        ({"stage": "mql"}, "`stage` is no part of a lead (did you mean `stages`?)"),
        ({"events": [], "event": []}, f"`event` is no part of a lead {UNDER}"),
        ({5: 1}, f"`5` is no part of a lead {UNDER}"),
        (
            {"owner": 1, "event": []},
            f"`event` is no part of a lead (did you mean `events`?); `owner` is no part of a lead {UNDER}",
        ),
    ],
)
def test_nothing_stands_beside_the_parts_of_a_lead(more, said):
    for lead in ({"id": 1, **more}, MappingProxyType({"id": 1, **more})):
        with pytest.raises(LeadError) as caught:
            read_lead(lead, ANY, LATE)
        assert caught.value.reason == said
        assert {mistake.code for mistake in caught.value.mistakes} == {"unknown_key"}


def test_an_object_has_the_parts_of_a_lead():
    row = attrs.make_class("Row", ["id", "employees", "stages"])(1, 7, {})
    with pytest.raises(LeadError) as caught:
        read_lead(row, ANY, LATE)
    assert [(mistake.code, mistake.field) for mistake in caught.value.mistakes] == [
        ("missing_part", "attributes"),
        ("missing_part", "events"),
    ]
    advice = "an object has id, attributes and events; of a row make a mapping, its columns under `attributes`"
    assert caught.value.mistakes[0].message == f"the lead has no `attributes` ({advice})"


NO_PART = "is no part of an event (put it under `properties`)"
NO_PROPERTIES = (
    "has no `properties` (an object has type, at and properties; "
    "of a row make a mapping, its columns under `properties`)"
)


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (visit(url="/"), "event `visit`: `url` is no part of an event (put it under `properties`)"),
        (visit(propertis={}), "event `visit`: `propertis` is no part of an event (did you mean `properties`?)"),
        (visit(ID="7"), "event `visit`: `ID` is no part of an event (did you mean `id`?)"),
        (MappingProxyType(visit(a=1, b=2)), f"event `visit`: `a` {NO_PART}; event `visit`: `b` {NO_PART}"),
        (attrs.make_class("Row", ["type", "at", "url"])("visit", "2026-01-01", "/"), f"event `visit` {NO_PROPERTIES}"),
    ],
)
def test_nothing_stands_beside_the_parts_of_an_event(event, said):
    assert event_reason(event) == said
    assert event_reason(event, as_of=0) == said


def test_what_stands_beside_an_event_that_no_rule_looks_at_is_passed_over():
    assert facts_of({"type": "other", "url": "/"}, {"type": "unheard", "url": "/"}).events == ()


@pytest.mark.parametrize(
    ("lead", "said"),
    [
        ({}, "the lead has no id"),
        ({"id": None}, "the lead has no id"),
        ({"id": "  "}, "the lead has no id"),
        ({"id": 1.5}, "id: `1.5` is not a text (write it in quotes)"),
        ({"id": True}, "id: `true` is not a text (write it in quotes)"),
        ({"id": "\ud800"}, "id: `\ufffd` holds a lone surrogate, half of a character (write the text in UTF-8)"),
        (None, "an empty value is not a lead (give a Lead, or an object with id, attributes, events and stages)"),
        (5, "`5` is not a lead (give a Lead, or an object with id, attributes, events and stages)"),
        ([MAPPING], "a list is not a lead (give a Lead, or an object with id, attributes, events and stages)"),
        ({"id": 1, "attributes": [1]}, "lead `1`: attributes: a list is not an object of names and values"),
        ({"id": 1, "attributes": "x"}, "lead `1`: attributes: `x` is not an object of names and values"),
        ({"id": 1, "stages": "mql"}, "lead `1`: stages: `mql` is not an object of names and values"),
    ],
)
def test_what_is_no_lead_is_refused(lead, said):
    with pytest.raises(InputError) as caught:
        read_lead(lead, ANY, LATE)
    assert str(caught.value) == said


@pytest.mark.parametrize("empty", [{}, {"attributes": None, "events": None, "stages": None}, {"events": ()}])
def test_parts_may_be_absent_or_null(empty):
    assert read_lead({"id": 1, **empty}, ANY, LATE) == Facts("1", {"x": None}, (), {}, 0)


@pytest.mark.parametrize(("raw", "name"), [("42", "42"), (42, "42"), (" A-1 ", "A-1"), ("e\u0301", "é")])
def test_an_id_is_a_text_or_an_integer(raw, name):
    assert read_id(raw) == name
    assert read_lead({"id": raw}, ANY, LATE).lead == name


def test_a_reader_may_be_prepared_once():
    reader = LeadReader(ANY)
    assert reader.read(MAPPING, LATE) == reader.read(MAPPING, LATE) == WHOLE


def test_facts_pickle():
    assert pickle.loads(pickle.dumps(read_lead(MAPPING, ANY, LATE))) == WHOLE  # noqa: S301 our own bytes


# -------------------------------------------------------------------- models


def test_a_lead_has_defaults():
    lead = Lead(id=42)
    assert (lead.id, lead.attributes, lead.events, lead.stages) == ("42", {}, (), {})
    assert Event(type="x", at=dt.date(2026, 1, 1), id=5).id == "5"


@pytest.mark.parametrize("wrong", [{"atributes": {}}, {"event": []}, {"id": True}, {"id": 1.5}, {"events": 5}])
def test_a_misspelt_or_wrong_keyword_raises(wrong):
    with pytest.raises(ValidationError):
        Lead(**{"id": "1", **wrong})


@pytest.mark.parametrize("wrong", [{"properites": {}}, {"at": 5}, {"at": 1.5}, {"type": 5}, {"at": None}])
def test_a_wrong_event_raises(wrong):
    with pytest.raises(ValidationError):
        Event(**{"type": "x", "at": "2026-01-01", **wrong})


@pytest.mark.parametrize(
    "at", ["2026-01-01T00:00:00Z", "soon", dt.date(2026, 1, 1), dt.datetime(2026, 1, 1, tzinfo=dt.UTC)]
)
def test_a_time_stays_as_it_was_given(at):
    assert Event(type="x", at=at).at == at
    assert type(Event(type="x", at=at).at) is type(at)


def test_models_are_frozen():
    with pytest.raises(ValidationError):
        Lead(id="1").id = "2"


# --------------------------------------------------------------------- as of


def test_as_of_is_an_instant():
    assert read_as_of(dt.datetime(2026, 11, 21, tzinfo=dt.UTC)) == utc(2026, 11, 21)
    assert read_as_of(dt.datetime(2026, 11, 21, 1, tzinfo=dt.timezone(dt.timedelta(hours=1)))) == utc(2026, 11, 21)


@pytest.mark.parametrize(
    ("value_", "said"),
    [
        (dt.datetime(2026, 11, 21), "as_of needs a timezone, e.g. datetime(2026, 11, 21, tzinfo=UTC)"),
        (dt.date(2026, 11, 21), "as_of: `2026-11-21` is not a datetime, e.g. datetime(2026, 11, 21, tzinfo=UTC)"),
        ("2026-11-21", "as_of: `2026-11-21` is not a datetime, e.g. datetime(2026, 11, 21, tzinfo=UTC)"),
        (None, "as_of: an empty value is not a datetime, e.g. datetime(2026, 11, 21, tzinfo=UTC)"),
        (
            dt.datetime(9999, 1, 1, tzinfo=dt.UTC),
            "as_of: `9999-01-01 00:00:00+00:00` is out of range (write a year from 2 to 9998)",
        ),
    ],
)
def test_as_of_needs_a_datetime_with_a_timezone(value_, said):
    with pytest.raises(AsOfError) as caught:
        read_as_of(value_)
    assert str(caught.value) == said
    assert caught.value.code == "bad_as_of"
    assert caught.value.field == "as_of"


class NotATime(dt.datetime):
    """Like the `not a time` of a library: a datetime whose parts are no numbers."""

    year = float("nan")


def test_a_datetime_of_a_library_that_is_no_time():
    raw = NotATime(2026, 1, 1, tzinfo=dt.UTC)
    with pytest.raises(InputError) as caught:
        read_as_of(raw)
    assert str(caught.value) == "as_of: this is not a time, e.g. datetime(2026, 11, 21, tzinfo=UTC)"
    assert reason(raw, DATETIME) == f"a Python `NotATime` does not exist in the calendar {ADVICE}"


class Stamp(dt.datetime):
    """A datetime of a library."""


def test_a_datetime_of_a_library():
    assert read_as_of(Stamp(2026, 11, 21, tzinfo=dt.UTC)) == utc(2026, 11, 21)
    assert type(value(Stamp(2026, 11, 21, tzinfo=dt.UTC), DATE)) is dt.date


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-21", utc(2026, 11, 20, 23)),
        ("2026-11-21T10:00:00Z", utc(2026, 11, 21, 10)),
        ("2026-11-21T10:00:00", utc(2026, 11, 21, 10) - HOUR),
        (" 2026-11-21 10:00:00+02:00 ", utc(2026, 11, 21, 8)),
    ],
)
def test_as_of_from_text(text, instant):
    assert parse_as_of(text, WARSAW) == instant


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("now", "as_of: `now` is not a datetime (write 2026-11-21T10:00:00Z)"),
        ("", "as_of: an empty value is not a datetime (write 2026-11-21 or 2026-11-21T10:00:00Z)"),
        ("2026-02-30", "as_of: `2026-02-30` does not exist in the calendar (write 2026-11-21T10:00:00Z)"),
    ],
)
def test_as_of_from_text_that_is_no_time(text, said):
    with pytest.raises(InputError) as caught:
        parse_as_of(text, WARSAW)
    assert str(caught.value) == said


@pytest.mark.parametrize("rule", ["email_open +5", "b > 3 +5\nemail_open +5"])
def test_what_only_criteria_read_that_nothing_asks_rejects_no_lead(rule):
    rules = Ruleset.from_text(
        "field x: number\nfield y: number\nevent call[seconds: number]\n"
        "criterion unused = x * 2\ncriterion longer = unused + sum(seconds of call)\ncriterion b = y + 1\n" + rule
    )
    attributes = {"x": "abc", "y": 1 if "b" in rule.split()[0] else "abc"}
    events = [{"type": "email_open", "at": "2026-05-01"}, {"type": "call", "at": "2026-05-01"}]
    lead = {"id": "1", "attributes": attributes, "events": events}
    result = rules.evaluate(lead, as_of=dt.datetime(2026, 6, 1, tzinfo=dt.UTC))
    assert result.score == 5
    state = rules.start(lead)
    assert state.result(as_of=dt.datetime(2026, 6, 1, tzinfo=dt.UTC)).to_json() == result.to_json()
    assert str(rules.explain(lead, as_of=dt.datetime(2026, 6, 1, tzinfo=dt.UTC))).startswith("Lead 1: 5 points")
    with pytest.raises(InputError, match="`x`"):
        Ruleset.from_text("field x: number\ncriterion used = x * 2\nused > 1 +1").evaluate(
            lead, as_of=dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
        )


def test_an_example_may_ask_a_criterion_that_no_rule_asks():
    rules = Ruleset.from_text(
        'field x: number\ncriterion double = x * 2\nemail_open +5\nexample "a"\n  given x = 4\n  expect double = 8\n'
    )
    assert [example.passed for example in rules.run_examples()] == [True]


def test_many_leads_are_scored_each_with_its_error_or_without():
    rules, june = Ruleset.from_text("employees >= 5 +5"), dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
    leads = [{"id": str(n), "attributes": {"employees": size}} for n, size in enumerate([7, "many", 3])]
    with pytest.raises(LeadError, match="lead `1`") as caught:
        list(rules.score_many(leads, as_of=june))
    assert caught.value.__notes__ == ["It is the lead at place 1, from 0, of those given."]
    first, error, last = rules.score_many(leads, as_of=june, on_error="yield")
    assert (first.score, error.lead, last.score) == (5, "1", 0)
    told = []
    scored = list(rules.score_many(leads, as_of=june, on_error=lambda *what: told.append(what)))
    assert [result.lead for result in scored] == ["0", "2"]
    assert [(index, lead["id"], error.code) for index, lead, error in told] == [(1, "1", error.code)]
    days = {"0": june, "2": june + dt.timedelta(days=1)}
    found = rules.score_many(leads[::2], as_of=lambda lead: days[lead["id"]])
    assert [result.to_dict()["as_of"] for result in found] == ["2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z"]
    with pytest.raises(AsOfError):
        list(rules.score_many(leads, as_of=dt.datetime(2026, 6, 1), on_error="yield"))


def test_what_is_no_event_at_all_is_told_without_asking_for_signals(monkeypatch):
    rules = Ruleset.from_text("page_view +1")
    monkeypatch.setattr("signal.getsignal", lambda number: pytest.fail(f"asked for signal {number}"))
    with pytest.raises(LeadError) as caught:
        rules.evaluate({"id": "1", "events": [5] * 100}, as_of=dt.datetime(2026, 11, 21, tzinfo=dt.UTC))
    assert len(caught.value.mistakes) == 100
