"""The forms of numbers and times: what stands behind `as`."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadrules.forms.numbers import Ambiguous, number_form
from leadrules.forms.times import MONTHS, moment_without_form, time_form
from leadrules.testing.chance import Chance
from leadrules.testing.words import DATE_FORMS, NUMBER_FORMS, TIME_FORMS
from leadrules.testing.written import written_number, written_time

NBSP, NARROW = "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("form", "text", "number"),
    [
        ("1 234,50", "1 234,50", "1234.5"),
        ("1 234,50", f"1{NBSP}234{NARROW}567", "1234567"),
        ("1 234,50", "1234,5", "1234.5"),
        ("1 234,50", "-0,25", "-0.25"),
        ("1 234,50", "\N{MINUS SIGN}12 000", "-12000"),
        ("1 234,50", "1 23,4", None),
        ("1 234,50", "12 345 67", None),
        ("1 234,50", "1,234.5", None),
        ("1 234,50", "12 zł", None),
        ("1.234,50", "12.500", "12500"),
        ("1.234,50", "1.5", None),
        ("6,5", "6,5", "6.5"),
        ("6,5", "9", "9"),
        ("6,5", "1 234,5", None),
        ("0,750", "0,125", "0.125"),
        ("€1,234", "€1,234", "1234"),
        ("€1,234", "1,234.50 €", "1234.5"),
        ("€1,234", "-€5", "-5"),
        ("€1,234", "€-5", "-5"),
        ("€1,234", "$5", None),
        ("€1,234", "6,5", None),
        ("1'234.50", "1\N{RIGHT SINGLE QUOTATION MARK}234.5", "1234.5"),
        ("12,34,567", "1,23,45,678", "12345678"),
        ("45%", "45%", "45"),
        ("45%", "100 %", "100"),
        ("45%", "7", "7"),
        ("12k", "12k", "12000"),
        ("12k", "1.5M", "1500000"),
        ("12k", "2 tys.", "2000"),
        ("12k", "3 bn", "3000000000"),
        ("12k", "5 mld", "5000000000"),
        ("12k", "1 k k", None),
        ("12k", "4", "4"),
        ("1,2 mln zł", "3,5 mln zł", "3500000"),
        ("1,2 mln zł", "500 zł", "500"),
        ("51-200", "51-200", "51"),
        ("51-200", "11 – 50", "11"),
        ("51-200", ">1000", "1000"),
        ("51-200", "1000+", "1000"),
        ("51-200", "1,001-5,000", "1001"),
        ("51-200", "130", "130"),
        ("51-200", "51-", None),
        ("51-200", "a-200", None),
        ("51-200", "200-51", None),
        ("51-200", "5--10", None),
        ("51-200", "-10 - -5", "-10"),
        ("51-200", "7-7", "7"),
        ("1k-5k", "1k-2M", "1000"),
        ("1k-5k", "1k-2000", "1000"),
        ("1k-5k", "0-5k", "0"),
        ("1,001-5,000", "2,500+", "2500"),
        ("$10k-$20k", "$30k-$40k", "30000"),
    ],
)
def test_a_number_is_read_by_its_form(form, text, number):
    assert number_form(form).read(text) == (None if number is None else Fraction(number))


def test_a_range_whose_groups_the_form_leaves_open_is_not_guessed():
    with pytest.raises(Ambiguous, match=r"can be 1001 and 1\.001"):
        number_form("51-200").read("1.001")


def test_a_word_that_may_belong_to_both_ends_of_a_range_is_not_guessed():
    with pytest.raises(Ambiguous, match=r"^can be 1 and 1000$"):
        number_form("1k-5k").read("1-5k")


def test_too_many_digits_are_no_number():
    with pytest.raises(ValueError, match="1"):
        number_form("6,5").read("1" * 31)


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("", "it has no digits"),
        ("many", "it has no digits"),
        ("D.M.YYYY", "it has no digits"),
        ("1,2,3", "its groups do not have three digits"),
        ("12 34", "its groups do not have three digits"),
        ("1.2.3.4", "its groups do not have three digits"),
        ("1 234'567.5", "it has three kinds of signs between its digits"),
        ("1,234 5", "white space cannot be its decimal sign"),
        ("1,234,5,6.7.8", "a point cannot be its decimal sign"),
        ("12 a 34", "it holds several numbers"),
    ],
)
def test_an_example_that_shows_no_form_is_refused(form, said):
    with pytest.raises(ValueError, match=f"^{said}$"):
        number_form(form)


@given(st.data(), st.sampled_from(NUMBER_FORMS))
def test_what_is_written_in_a_form_is_read_as_it_was(data, form):
    number = Fraction(data.draw(st.decimals(0, 10**9, places=2)))
    chance = Chance(data.draw)
    found = number_form(form)
    text = written_number(chance, number, form)
    plain = text.replace("k", "").replace("mln", "") if found.multiplies else text
    try:
        read = found.read(plain)
    except Ambiguous:
        return
    if read is None:  # a range has no decimals
        assert found.ranges
        assert number.denominator != 1
        return
    assert read == number


at = dt.datetime.fromisoformat


@pytest.mark.parametrize(
    ("form", "text", "moment"),
    [
        ("D.M.YYYY", "1.2.2026", dt.date(2026, 2, 1)),
        ("DD/MM/YY", "01/02/69", dt.date(1969, 2, 1)),
        ("DD/MM/YY", "01/02/68", dt.date(2068, 2, 1)),
        ("D MMM YYYY", "3 paź 2026", dt.date(2026, 10, 3)),
        ("D MMM YYYY", "3 pazdziernika 2026", dt.date(2026, 10, 3)),
        ("MMMM D, YYYY", "SEPT. 3, 2026", dt.date(2026, 9, 3)),
        ("D.M.YYYY h:m", "1.2.2026   9:05", at("2026-02-01T09:05:00")),
        ("M/D/YYYY h:m AM", "11/30/2026 3:58 PM", at("2026-11-30T15:58:00")),
        ("M/D/YYYY h:m AM", "1/1/2026 12:00 a.m.", at("2026-01-01")),
        ("M/D/YYYY h:m AM", "1/1/2026 12:00 pm", at("2026-01-01T12:00:00")),
        ("YYYY-MM-DD'T'hh:mm:ss.SSSZ", "2026-03-01T03:58:00.1239999+0000", at("2026-03-01T03:58:00.123999+00:00")),
        ("YYYY-MM-DD hh:mm Z", "2026-03-01 03:58 GMT", at("2026-03-01T03:58:00+00:00")),
        ("epoch", "1772337480", at("2026-03-01T03:58:00+00:00")),
        ("epoch", "-0.5", at("1969-12-31T23:59:59.500000+00:00")),
        ("epoch ms", "1772337480000", at("2026-03-01T03:58:00+00:00")),
        ("D.M.YYYY", "2026-02-01", None),
        ("D MMM YYYY", "3 foo 2026", None),
        ("epoch", "soon", None),
    ],
)
def test_a_time_is_read_by_its_form(form, text, moment):
    assert time_form(form).read(text) == moment


@pytest.mark.parametrize(
    ("form", "text", "said"),
    [
        ("D.M.YYYY", "30.2.2026", "day is out of range"),
        ("D.M.YYYY h:m AM", "1.1.2026 13:00 AM", "13"),
        ("epoch", "9" * 18, "9"),
        ("D.M.YYYY h:mZ", "1.1.2026 1:00+24:00", r"\+24:00"),
        ("D.M.YYYY h:m:s", "31.12.9999 23:59:60", "23, 59, 60"),
    ],
)
def test_a_time_that_does_not_exist_is_refused(form, text, said):
    with pytest.raises(ValueError, match=said):
        time_form(form).read(text)


def test_a_leap_second_after_the_last_moment_there_is_does_not_exist():
    with pytest.raises(ValueError, match="23, 59, 60"):
        moment_without_form("9999-12-31T23:59:60Z")


@pytest.mark.parametrize("name", ["apr\u0130l", "apr\u0131l", "l\u0130pca"])
def test_letters_that_are_alike_but_for_case_in_another_language_make_no_month(name):
    assert time_form("D MMMM YYYY").read(f"1 {name} 2026") is None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-01", dt.date(2026, 3, 1)),
        ("2026-03-01 3:58", at("2026-03-01T03:58:00")),
        ("2026-03-01T03:58:00.000+0000", at("2026-03-01T03:58:00+00:00")),
        ("2026-03-01 03:58:00.123 UTC", at("2026-03-01T03:58:00.123000+00:00")),
        ("2026-03-01T03:58:00-01", at("2026-03-01T04:58:00+00:00")),
        ("2016-12-31T23:59:60Z", at("2017-01-01T00:00:00+00:00")),
        ("1.2.2026", None),
        ("2026-03-01 3", None),
        ("2026-03-01T03:58 +01:00", None),
    ],
)
def test_what_is_read_without_a_form(text, moment):
    assert moment_without_form(text) == moment


@given(st.sampled_from(DATE_FORMS + TIME_FORMS), st.datetimes(at("1970-01-01"), at("2060-01-01")))
def test_a_moment_written_in_a_form_is_read_as_far_as_the_form_tells(form, moment):
    local = moment.replace(tzinfo=dt.timezone(dt.timedelta(hours=9)))
    found = time_form(form)
    read = found.read(written_time(local, form))
    if not isinstance(read, dt.datetime):
        assert read == local.date()
        return
    same = read if read.tzinfo else read.replace(tzinfo=local.tzinfo)
    assert dt.timedelta() <= local - same < dt.timedelta(minutes=1)


def test_months_have_names_in_two_languages():
    assert sorted(set(MONTHS.values())) == [*range(1, 13)]
    assert MONTHS["may"] == MONTHS["maja"] == 5
