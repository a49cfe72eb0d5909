"""Numbers, spans and moments as results write them, each at its edges."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest

from leadrules import Ruleset
from leadrules.canonical import canonical_json
from leadrules.values import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    Duration,
    bounded,
    instant_of,
    moment_of,
    rounded,
    signed,
    text_of_instant,
    text_of_number,
    text_of_span,
    zone,
)

AS_OF = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_number_of_a_thousand_digits_is_known_and_a_longer_one_is_not(sign):
    longest = 10**1000 - 1
    for value in (Fraction(sign * longest), Fraction(sign, longest)):
        assert bounded(value) == value
    for value in (Fraction(sign * (longest + 1)), Fraction(sign, longest + 1)):
        assert bounded(value) is None


def test_a_value_with_too_long_a_denominator_is_unknown():
    tenth = (
        "criterion c = 1 / a\ncriterion d = c * c * c * c * c\ncriterion e = d * d * d * d * d * d * d * d * d * d\n"
    )
    rules = Ruleset.from_text(f"field a: number\n{tenth}e is unknown +1")
    scores = [rules.evaluate({"id": "1", "attributes": {"a": 10**size}}, as_of=AS_OF).score for size in (19, 20)]
    assert scores == [0, 1]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("-0", "0"),
        ("-0.00", "0"),
        ("0E+3", "0"),
        ("1.50", "1.5"),
        ("4E+1", "40"),
        ("-2.0", "-2"),
        ("1E-7", "0.0000001"),
    ],
)
def test_numbers_in_json_are_minimal(number, text):
    assert canonical_json(Decimal(number)) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(Fraction(5, 2), "2.5"), (Fraction(-40), "-40"), (Fraction(1, 3), "1/3"), (Fraction(-7, 6), "-7/6"), (0, "0")],
)
def test_numbers_in_texts(value, text):
    assert text_of_number(Fraction(value)) == text
    assert signed(Fraction(value)) == (text if text.startswith("-") else f"+{text}")


def test_halves_are_rounded_to_even():
    found = [rounded(Fraction(n, 2), 0) for n in (1, 3, 5, -1, -3)] + [rounded(Fraction(1, 80), 2)]
    assert found == [0, 2, 2, 0, -2, Fraction(1, 100)]


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (DAY, "1 day"),
        (14 * DAY, "14 days"),
        (36 * HOUR, "36 hours"),
        (HOUR, "1 hour"),
        (90 * MINUTE, "90 minutes"),
        (MINUTE, "1 minute"),
        (30 * SECOND, "30 seconds"),
        (DAY + SECOND, "86401 seconds"),
    ],
)
def test_a_span_is_written_in_the_largest_whole_unit(span, text):
    assert text_of_span(span) == text.replace("86401/60", text_of_number(Fraction(86401, 60)))
    if span % MINUTE == 0:
        assert Duration.of(span).microseconds == span


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (dt.datetime(2026, 3, 10, 20, tzinfo=dt.UTC), "2026-03-10T20:00:00Z"),
        (dt.datetime(2026, 3, 10, 20, 0, 0, 500_000, tzinfo=dt.UTC), "2026-03-10T20:00:00.5Z"),
        (dt.datetime(2026, 3, 10, 20, 0, 10, 100, tzinfo=dt.UTC), "2026-03-10T20:00:10.0001Z"),
        (dt.datetime(1, 1, 1, tzinfo=dt.UTC), "0001-01-01T00:00:00Z"),
    ],
)
def test_a_moment_has_a_fraction_only_where_there_is_one(moment, text):
    assert text_of_instant(instant_of(moment)) == text
    assert moment_of(instant_of(moment)) == moment


def test_a_zone_is_that_of_the_packaged_database():
    warsaw = zone("Europe/Warsaw")
    assert (warsaw.name, warsaw.tzinfo.key) == ("Europe/Warsaw", "Europe/Warsaw")
    assert warsaw.day(instant_of(dt.datetime(2026, 3, 10, 23, 30, tzinfo=dt.UTC))) == dt.date(2026, 3, 11)
    assert moment_of(warsaw.midnight(dt.date(2026, 7, 1))) == dt.datetime(2026, 6, 30, 22, tzinfo=dt.UTC)
    with pytest.raises(ValueError, match="Europe/Nowhere"):
        zone("Europe/Nowhere")


def test_a_fingerprint_is_of_the_params_that_the_host_gave():
    text = 'param most = 5\nparam city_of_sale = "Opole"\nemail_open +1  max most times\ncity = city_of_sale +1\n'
    given = [{}, {"most": 6}, {"city_of_sale": "Gdynia"}, {"most": 6, "city_of_sale": "Gdynia"}]
    found = [Ruleset.from_text(text, params=params).fingerprint for params in given]
    assert len(set(found)) == 4
    assert Ruleset.from_text(text, params={"most": 5}).fingerprint == found[0]
