"""A family of the language is said once: grammar, words and pages have its members, and its laws hold for each."""

import datetime as dt
import itertools
import re
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadrules.families import (
    AGGREGATES,
    CALENDARS,
    COMPARISONS,
    DECAYS,
    ELAPSED,
    FIELD_TYPES,
    RESULT_LISTS,
    TEXT_TESTS,
    Decay,
)
from leadrules.families.comparisons import Operator
from leadrules.syntax.words import OPERAND_WORDS, STATEMENT_WORDS
from leadrules.values import UNITS, Duration, instant_of, zone
from leadrules.vocabulary import Kind

ROOT = Path(__file__).parents[2]
GRAMMAR = (ROOT / "grammar/leadrules.lark").read_text("utf-8")
PAGE = (ROOT / "docs/reference/language.md").read_text("utf-8")

numbers = st.one_of(st.none(), st.integers(-100, 100), st.fractions(-5, 5, max_denominator=7))
value_lists = st.lists(numbers, max_size=8)
aggregates = pytest.mark.parametrize("aggregate", AGGREGATES.values(), ids=AGGREGATES)
comparisons = pytest.mark.parametrize("comparison", COMPARISONS.values(), ids=COMPARISONS)
calendars = pytest.mark.parametrize("calendar", CALENDARS.values(), ids=CALENDARS)


def words_of(terminal: str) -> set[str]:
    """Give what a terminal of the grammar reads: the words of its first group of alternatives, or of it all."""
    (pattern,) = re.findall(rf"^{terminal}(?:\.\d+)?\s*: /(.*)/$", GRAMMAR, re.MULTILINE)
    grouped = re.search(r"\(((?:[^()?]|\\s\+)+)\)", pattern)
    return {word.replace(r"\s+", " ") for word in (grouped.group(1) if grouped else pattern).split("|")}


@pytest.mark.parametrize(
    "table", [AGGREGATES, CALENDARS, COMPARISONS, DECAYS, ELAPSED, FIELD_TYPES, RESULT_LISTS, TEXT_TESTS]
)
def test_nobody_changes_what_a_member_means(table):
    name, member = next(iter(table.items()))
    with pytest.raises(TypeError):
        table[name] = member
    with pytest.raises(AttributeError):
        member.name = "other"


# ------------------------------------------------------------- grammar and pages


@pytest.mark.parametrize(
    ("terminal", "members"),
    [
        ("AGGREGATE", set(AGGREGATES)),
        ("TEXT_TEST", set(TEXT_TESTS)),
        ("CMP", set(COMPARISONS)),
        ("UNIT", {unit.removesuffix("s") for unit in UNITS}),
        ("ELAPSED", {unit.removesuffix("s") for unit in ELAPSED}),
        ("TYPE", set(get_args(Kind)) - {"label"}),
        ("BOOL", {"true", "false"}),
    ],
)
def test_the_grammar_reads_the_members_of_a_family_and_no_others(terminal, members):
    found = words_of(terminal) - {r"not\s+", "not "}
    if terminal == "TEXT_TEST":
        found = {
            word.replace(r"\s+", " ")
            for word in re.search(r"TEXT_TEST\.2.*\((contains[^)]*)\)", GRAMMAR).group(1).split("|")
        }
    assert found == members


def test_the_grammar_reserves_the_words_that_are_said_to_be_reserved():
    (reserved,) = re.findall(r"^ONAME .*\(\?!\(([a-z|]+)\)", GRAMMAR, re.MULTILINE)
    assert set(reserved.split("|")) == OPERAND_WORDS
    opening = GRAMMAR.split("words that open a statement's line")[1].split("// ---")[0]
    assert set(re.findall(r"/([a-z]+)\(", opening)) == STATEMENT_WORDS


@pytest.mark.parametrize("name", AGGREGATES)
def test_the_page_of_the_language_has_every_aggregate(name):
    assert f"`{name}(p of E)`" in PAGE


@pytest.mark.parametrize("name", [*TEXT_TESTS, *COMPARISONS])
def test_the_page_of_the_language_has_every_test(name):
    assert re.search(rf"`(?:a )?{re.escape(name)}(?: [bXP])?`", PAGE)


@pytest.mark.parametrize("name", [*CALENDARS, *DECAYS])
def test_the_page_of_the_language_has_every_calendar_and_decay(name):
    assert re.search(rf"\| [^|\n]*`(?:max N per )?{re.escape(name)}\b", PAGE)


@pytest.mark.parametrize("name", ELAPSED)
def test_the_page_of_the_language_has_every_unit_of_time_that_went_by(name):
    assert re.search(rf"\| [^|\n]*`{name}(?: since X)?`", PAGE)


# ------------------------------------------------------------ time that went by

nearby = st.dates(dt.date(2023, 1, 1), dt.date(2026, 12, 31))


def months_later(day, months):
    """Give the same day so many months later, or the last day of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    following = dt.date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return dt.date(year, month + 1, min(day.day, (following - dt.timedelta(days=1)).day))


@given(nearby, nearby)
def test_months_are_the_most_that_do_not_pass_the_later_day(first, last):
    found = ELAPSED["months"].of_days(first, last)
    assert months_later(first, found) <= last < months_later(first, found + 1)
    years = ELAPSED["years"].of_days(first, last)
    assert months_later(first, 12 * years) <= last < months_later(first, 12 * (years + 1))


@pytest.mark.parametrize("unit", [unit for unit in ELAPSED.values() if unit.of_days], ids=lambda unit: unit.name)
@given(first=nearby, last=nearby, earlier=st.integers(0, 100), later=st.integers(0, 100))
def test_a_longer_time_has_no_fewer_units(unit, first, last, earlier, later):
    longer = unit.of_days(first - dt.timedelta(days=earlier), last + dt.timedelta(days=later))
    assert unit.of_days(first, last) <= longer


@pytest.mark.parametrize("unit", ELAPSED.values(), ids=ELAPSED)
@given(at=st.integers(0, 4 * 365 * 86_400), age=st.integers(0, 800 * 86_400))
def test_no_window_has_more_units_than_is_said(unit, at, age):
    here, first, last = zone("Europe/Warsaw"), at * 1_000_000, (at + age) * 1_000_000
    found = unit.of_days(here.day(first), here.day(last)) if unit.is_calendar else unit.of_instants(first, last)
    assert 0 <= found <= unit.most_within(last - first)


# ----------------------------------------------------------------- aggregates


@aggregates
@given(values=value_lists, chance=st.randoms(use_true_random=False))
def test_only_aggregates_that_give_a_value_depend_on_the_order_of_events(aggregate, values, chance):
    mixed = list(values)
    chance.shuffle(mixed)
    if not aggregate.gives_value:
        assert aggregate.of(mixed) == aggregate.of(values)


@aggregates
@given(values=value_lists)
def test_what_a_state_keeps_of_events_answers_as_they_do(aggregate, values):
    if aggregate.of_total is not None:
        known = [value for value in values if value is not None]
        assert (aggregate.keeps, aggregate.of_total(len(known), sum(known))) == ("totals", aggregate.of(values))
    elif aggregate.kept is not None:
        kept = [values[index] for index in sorted(aggregate.kept(values))]
        assert aggregate.of(kept) == aggregate.of(values)
        assert aggregate.keeps == "values" or len(kept) <= 1
    else:
        assert aggregate.keeps == "events"


@aggregates
@given(values=value_lists)
def test_an_aggregate_that_grows_is_that_of_what_it_has_taken(aggregate, values):
    take = aggregate.growing()
    for start in reversed(range(len(values))):
        assert take(values[start]) == aggregate.of(values[start:])


@aggregates
@given(values=value_lists)
def test_numbers_stay_exact(aggregate, values):
    found = aggregate.of(values)
    assert found is None or isinstance(found, int | Fraction)
    whole = [None if value is None else Fraction(value) for value in values]
    assert aggregate.of(whole) == found


@aggregates
def test_of_nothing_is_0_or_unknown(aggregate):
    assert aggregate.of([]) in {0, None}
    assert aggregate.of([None]) in {0, None}
    assert not aggregate.is_known or aggregate.of([]) is not None


def test_aggregates_of_some_numbers():
    values = [10, None, 90, 20, 20, 5]
    found = {name: aggregate.of(values) for name, aggregate in AGGREGATES.items()}
    expected = {"sum": 145, "average": 29, "min": 5, "max": 90, "distinct": 4, "first": 10, "last": 5}
    assert found | expected == found


@pytest.mark.parametrize("name", ["sum", "average"])
def test_a_result_of_too_many_digits_is_unknown(name):
    assert AGGREGATES[name].of([Fraction(1, 10**1000), Fraction(1, 3)]) is None


# ---------------------------------------------------------------- comparisons


@comparisons
@given(left=st.integers(0, 3), right=st.integers(0, 3))
def test_comparisons_turn_into_each_other(comparison, left, right):
    holds = comparison.holds(left, right)
    assert COMPARISONS[comparison.opposite].holds(left, right) is not holds
    assert COMPARISONS[comparison.turned].holds(right, left) is holds
    assert comparison.base in {comparison.symbol, comparison.opposite}
    assert COMPARISONS[comparison.opposite].base == comparison.base
    if comparison.border is not None:
        assert (COMPARISONS[comparison.border].holds(left, right) is not holds) is (left == right)


def test_every_operator_has_an_entry():
    assert tuple(COMPARISONS) == get_args(Operator)


# ------------------------------------------------------------------ text tests


def test_tests_of_text():
    found = {
        name: (test.holds("a/b/c", "a/b"), test.holds("a/b/c", "/b/"), test.holds("a/b/c", "b/c"))
        for name, test in TEXT_TESTS.items()
        if test.holds is not None
    }
    expected = {
        "contains": (True, True, True),
        "contains word": (True, True, True),
        "starts with": (True, False, False),
        "ends with": (False, False, True),
    }
    assert found | expected == found
    assert TEXT_TESTS["matches"].is_pattern


@pytest.mark.parametrize("test", [test for test in TEXT_TESTS.values() if test.method], ids=lambda test: test.name)
@given(whole=st.text("ab", max_size=3), parts=st.lists(st.text("ab", min_size=1, max_size=2), min_size=1, max_size=3))
def test_the_method_of_str_answers_as_the_test_does(test, whole, parts):
    assert getattr(whole, test.method)(tuple(parts)) is any(test.holds(whole, part) for part in parts)


@pytest.mark.parametrize("test", [test for test in TEXT_TESTS.values() if test.is_in], ids=lambda test: test.name)
@given(whole=st.text("ab é*-", max_size=6), part=st.text("ab é*-", min_size=1, max_size=3))
def test_what_is_in_a_text_is_what_the_test_finds(test, whole, part):
    seen = whole if test.prepared is None else test.prepared[0](whole)
    assert (test.choice(part) in seen) is test.holds(whole, part)


SMALL = ["".join(letters) for length in range(1, 6) for letters in itertools.product("ab ", repeat=length)]
SMALL += ["a*", "b a*", "ab*", "a* b", "*a", "a*b", "b a*b"]
FINDING = [test for test in TEXT_TESTS.values() if test.holds]


@pytest.mark.parametrize("other", FINDING, ids=lambda test: test.name)
@pytest.mark.parametrize("test", FINDING, ids=lambda test: test.name)
def test_a_test_implies_another_where_every_text_shows_it(test, other):
    """Over a small alphabet: what is implied holds of every text, and what holds of every text is mostly implied."""
    parts = ["a", "ab", "a b", "b a", " a", "a ", "a*", "ab*", "b a*"]
    for part, wanted in itertools.product(parts, parts):
        finding = [text for text in SMALL if test.holds(text, part)]
        follows = all(other.holds(text, wanted) for text in finding)
        if test.implies(part, other, wanted):
            assert follows, (part, wanted)
        elif follows and finding and other.is_in:
            assert "*" in part + wanted, (part, wanted)  # a star may be a sign of the text, which none of these has


# ------------------------------------------------------------------- calendars

DAYS = [dt.date(2023, 12, 25) + dt.timedelta(days=n) for n in range(900)]


@calendars
@pytest.mark.parametrize("name", ["UTC", "Europe/Warsaw", "Asia/Kathmandu"])
def test_units_of_a_calendar_are_numbered_in_order_and_as_long_as_they_say(calendar, name):
    where = zone(name)
    if calendar.shortest <= UNITS["days"]:
        first = instant_of(dt.datetime(2024, 1, 1, tzinfo=dt.UTC))
        instants = [first + 30 * UNITS["minutes"] * n for n in range(25_000)]
    else:  # it begins with a day
        instants = [where.midnight(dt.date(2024, 1, 1) + dt.timedelta(days=n)) for n in range(12_000)]
    numbers = [calendar.number(instant, where) for instant in instants]
    steps = [instant for (a, b), instant in zip(pairwise(numbers), instants[1:], strict=True) if a != b]
    assert numbers == sorted(numbers)
    assert set(numbers) == set(range(numbers[0], numbers[-1] + 1))
    lengths = {b - a for a, b in pairwise(steps)}
    room = 0 if calendar.of_day is None else UNITS["hours"]
    assert calendar.shortest - room <= min(lengths) <= max(lengths) <= calendar.longest


@calendars
def test_parts_of_a_calendar_unit_lie_inside_one(calendar):
    for part, most in calendar.parts.items():
        inner, outer = CALENDARS[part].of_day, calendar.of_day
        holders: dict[int, set[int]] = {}
        for day in DAYS:
            holders.setdefault(outer(day), set()).add(inner(day))
        assert max(map(len, holders.values())) == most
        assert sum(map(len, holders.values())) == len({inner(day) for day in DAYS})


# ---------------------------------------------------------------------- decays


@pytest.mark.parametrize("kind", DECAYS)
@given(age=st.integers(0, 100), points=st.integers(-50, 50))
def test_points_only_ever_fade(kind, age, points):
    decay = Decay(kind, Duration(7, "days"), Fraction(30))
    worth = [abs(decay.applied(Fraction(points), at, 2)) for at in (0, age, age + 1, 10_000)]
    assert worth[0] == abs(points)
    assert worth[-1] == 0
    assert worth == sorted(worth, reverse=True)


@pytest.mark.parametrize("kind", DECAYS)
def test_a_decay_is_written_as_a_rule_file_has_it(kind):
    assert str(Decay(kind, Duration(2, "days"), Fraction(30))).startswith(kind)
