"""Every criterion keeps the laws of criteria, near what people really write and far from it."""

import leadrules_contact
import pytest

from leadrules.testing import check_criterion

EMAILS = ("info@example.com", "büro@münchen.example", "sales+web@gmail.com", "x@sub.mailinator.com")
WEBSITES = ("https://www.example.co.uk/about?x=1", "example.com", "http://[::1]:8080/", "münchen.example")
PHONES = ("+48 22 579 90 00", "0048 22 579 90 00", "(020) 7946 0958", "+800 1234 5678", "tel:+1-201-555-0123;ext=7")
COUNTRIES = ("PL", "gb", "Poland", None)
VAT_NUMBERS = ("PL8567346215", "EL 094259216", "FR 40 303 265 045", "CHE-107.787.577 IVA", "8567346215", "n/a")

EXAMPLES = {
    "completeness": (),
    "email_domain": EMAILS,
    "email_matches_website": [(email, website) for email in EMAILS for website in WEBSITES],
    "is_business_email": EMAILS,
    "is_company_number": [(number, kind) for number in VAT_NUMBERS for kind in ("pl.nip", "lei", "sg.uen")],
    "is_disposable": EMAILS + WEBSITES,
    "is_email": EMAILS,
    "is_free_mail": EMAILS + WEBSITES,
    "is_possible_phone": [(phone, country) for phone in PHONES for country in COUNTRIES],
    "is_role_based": EMAILS,
    "is_valid_phone": [(phone, country) for phone in PHONES for country in COUNTRIES],
    "is_vat_number": [(number, country) for number in VAT_NUMBERS for country in COUNTRIES],
    "phone_country": [(phone, country) for phone in PHONES for country in COUNTRIES],
    "phone_type": [(phone, country) for phone in PHONES for country in COUNTRIES],
    "registrable_domain": EMAILS + WEBSITES,
    "vat_country": VAT_NUMBERS,
}


def test_every_criterion_is_asked():
    assert sorted(EXAMPLES) == leadrules_contact.__all__


@pytest.mark.parametrize("name", leadrules_contact.__all__)
def test_criterion_keeps_the_laws(name):
    check_criterion(getattr(leadrules_contact, name), examples=EXAMPLES[name])


@pytest.mark.parametrize("name", [name for name in leadrules_contact.__all__ if name != "completeness"])
def test_case_and_spaces_around_change_no_answer(name):
    asked = getattr(leadrules_contact, name)
    for example in EXAMPLES[name]:
        first, *others = example if isinstance(example, tuple) else (example,)
        ways = (f"  {first}\n", f"\N{NO-BREAK SPACE}{first} ", first.upper(), first.lower())
        answers = [asked(way, *others) for way in ways]
        assert answers == [asked(first, *others)] * len(answers), example
