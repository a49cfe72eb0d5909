"""The kinds of company numbers: each is there, takes any text, and asks no clock."""

import inspect
from types import ModuleType
from typing import get_args

import phonenumbers
import pytest
from leadrules_contact import is_company_number, is_vat_number, vat_country
from leadrules_contact.answers import PhoneCountry, VatCountry
from leadrules_contact.companies import company_module, kinds

from leadrules import RuleCheckError, Ruleset

ODD = (
    "\N{SUPERSCRIPT TWO}\N{SUPERSCRIPT THREE}",
    "\N{FULLWIDTH DIGIT ONE}\N{FULLWIDTH DIGIT TWO}345678",
    "\N{ARABIC-INDIC DIGIT SEVEN}\N{ARABIC-INDIC DIGIT SEVEN}345678",
    "\N{ROMAN NUMERAL EIGHT}\N{VULGAR FRACTION ONE HALF}",
    "\N{CYRILLIC CAPITAL LETTER IO}\N{CYRILLIC CAPITAL LETTER ZHE}1234567",
    "\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}12345678",
    "C0000803561",
    "CXX00803561",
    "ABCDEFGHIJKLMNOP",
    "0" * 11,
    "A1" * 60,
    "-",
)


@pytest.mark.parametrize("kind", kinds())
def test_a_kind_takes_any_text(kind):
    assert all(isinstance(is_company_number(number, kind), bool) for number in ODD)
    assert all(is_vat_number(number, kind[:2]) in {True, False, None} for number in ODD)


@pytest.mark.parametrize("kind", kinds())
def test_a_kind_asks_no_clock(kind):
    for module in reached(company_module(kinds()[kind]), set()):
        source = inspect.getsource(module)
        assert "today()" not in source, module.__name__
        assert "now()" not in source, module.__name__


def reached(module, found):
    """Give a module of python-stdnum with all those that it can ask, but for `eu.vat`, which asks them by name."""
    found.add(module)
    for value in vars(module).values():
        if isinstance(value, ModuleType) and value.__name__.startswith("stdnum.") and value not in found:
            reached(value, found)
    return found


@pytest.mark.parametrize("kind", kinds())
def test_a_number_of_an_example_in_the_library_is_good(kind):
    """Every module of python-stdnum shows in its documentation a number that is good."""
    module = company_module(kinds()[kind])
    shown = [line.split("validate('")[1].split("'")[0] for line in module.__doc__.splitlines() if "validate('" in line]
    assert any(is_company_number(number, kind) for number in shown), shown


def test_the_vat_number_of_every_country_has_a_kind_that_is_called_vat():
    names = [name for name in kinds() if name.endswith(".vat")]
    assert len(names) > 70
    assert all(is_vat_number("n/a", name[:2]) is False for name in names)


def test_a_number_whose_check_asks_the_clock_has_no_country():
    assert vat_country("SG00192200M") is None
    assert is_vat_number("SG00192200M") is None
    assert is_vat_number("00192200M", "SG") is None


@pytest.mark.parametrize("kind", kinds())
def test_one_figure_again_and_again_is_no_number(kind):
    assert not any(is_company_number(figure * length, kind) for figure in "0123456789" for length in range(2, 19))


@pytest.mark.parametrize("number", ["PL8567346215", "DE136695976", "ATU13585627", "FR40303265045", "EL094259216"])
def test_what_a_number_is_called_and_how_it_is_spaced_does_not_matter(number):
    assert is_vat_number(number)
    for label in ("VAT", "vat id:", "NIP", "NIP-UE:", "USt-IdNr.", "UID:", "TVA :", "CIF#", "P.IVA", "Tax No."):
        for written in (number, number.lower(), f" {number}  ", f"{number[:2]} {number[2:]}"):
            assert is_vat_number(f"{label} {written}"), (label, written)
            assert vat_country(f"{label} {written}") == vat_country(number), (label, written)


def test_the_closed_answers_are_those_of_the_libraries():
    prefixes = {kind.partition(".")[0].upper() for kind in kinds() if kind.endswith(".vat")} - {"EU"}
    assert set(get_args(VatCountry)) == {{"EL": "GR", "XI": "GB"}.get(prefix, prefix) for prefix in prefixes}
    assert set(get_args(PhoneCountry)) == phonenumbers.SUPPORTED_REGIONS


def test_a_country_that_no_number_has_is_refused_in_a_rule():
    text = 'use contact\ncontact.vat_country(company) = "Poland" +1\ncontact.phone_country(phone) = "UK" +1\n'
    with pytest.raises(RuleCheckError) as caught:
        Ruleset.from_text(text)
    assert [(one.code, one.span.line) for one in caught.value.diagnostics] == [("LR407", 2), ("LR407", 3)]
