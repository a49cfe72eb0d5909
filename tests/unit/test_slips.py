"""Suggestions help with the first slips, and take no longer however many there are."""

import datetime as dt
import difflib

import pytest

from leadrules import LeadError, Ruleset, RulesetError
from leadrules.errors import Slips, close_names, closest

AS_OF = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


@pytest.fixture
def compared(monkeypatch):
    """The pairs of letters of the names that were compared, as one number in a list."""
    found = [0]
    plain = difflib.SequenceMatcher.ratio

    def counting(matcher):
        found[0] += len(matcher.a) * len(matcher.b)
        return plain(matcher)

    monkeypatch.setattr(difflib.SequenceMatcher, "ratio", counting)
    return found


def test_slips_are_found_until_so_many_letters_were_compared():
    slips = Slips(letters=300)
    assert slips.closest("emploees", ["employees", "country"]) == "employees"
    assert slips.closest("contry", ["employees", "country"]) is None
    assert slips.closest("Country", ["country"]) is None


def test_which_name_is_suggested_does_not_depend_on_their_order():
    names = ["Plan", "plan", "PLAN"]
    assert {Slips().closest("pLAN", order) for order in (names, names[::-1])} == {"PLAN"}


def test_names_of_other_lengths_and_letters_are_not_compared(compared):
    assert Slips().closest("plan", ["x" * 100, "nope", "plane"]) == "plane"
    assert compared == [4 * 5]


@pytest.mark.parametrize("name", ["emploees", "countri", "xx", "", "Job", "jobtitel"])
def test_the_same_names_are_close_as_the_library_finds(name):
    names = ["employees", "employer", "country", "county", "job_title", "jobs", "x", "plan"]
    assert close_names(name, names) == difflib.get_close_matches(name, names)


def test_a_text_longer_than_any_name_is_no_slip(compared):
    assert closest("x" * 201, ["x" * 200]) is None
    assert closest("X" * 201, ["x" * 201]) == "x" * 201
    assert compared == [0]


def test_a_file_of_slips_compares_no_more_than_one_of_a_few(compared):
    fields = "".join(f"field {'a' * 180}{n:07}: number\n" for n in range(100))
    slips = "".join(f"{'a' * 179}b{n:07} > 1 +1\n" for n in range(300))
    with pytest.raises(RulesetError) as caught:
        Ruleset.from_text(fields + slips)
    assert len(caught.value.diagnostics) == 300
    assert 0 < compared[0] <= 10_000_000


def test_a_lead_of_slips_compares_no_more_than_one_of_a_few(compared):
    names = [f"field {'a' * 180}{n:07}: number" for n in range(100)]
    rules = Ruleset.from_text("\n".join([*names, f"{'a' * 180}{0:07} > 1 +1"]))
    told = rules.check_lead({"id": "1", "attributes": {f"{'a' * 179}b{n:07}": 1 for n in range(300)}})
    assert len(told) == 300
    assert 0 < compared[0] <= 10_000_000


def test_keys_beside_the_parts_of_a_lead_compare_no_more_than_a_few(compared):
    rules = Ruleset.from_text("need +1")
    with pytest.raises(LeadError, match="did you mean `attributes`"):
        rules.evaluate({"id": "1", **{f"attributes{'s' * 3}{n}": 1 for n in range(60_000)}}, as_of=AS_OF)
    assert 0 < compared[0] <= 10_000_000
