"""How parts of a title bear on each other."""

import pytest
from leadrules_title.reading import read


@pytest.mark.parametrize(
    ("title", "seniority"),
    [
        # Former: up to the next comma, over "and"
        ("Former CEO and Founder", None),
        ("Former CEO, Founder", 100),
        ("Consultant ex-VP Sales", 30),
        ("Consultant (formerly VP Sales)", 30),
        ("VP Sales (former)", None),
        ("VP Sales (former), Consultant", 30),
        # Somebody else's: up to what separates for certain, over commas
        ("Assistant to the CEO, CFO and COO", 20),
        ("Assistant to the CEO; Director of Administration", 80),
        ("Asystentka Prezesa / Dyrektora", 20),
        ("Founder & Executive Assistant", 100),
        # The last title in English, the first in other languages
        ("Marketing Director Manager", 60),
        ("Kierownik Dyrektor", 60),
        ("Director of Managers", 80),
        ("Manager of Directors", 60),
        # What stands beside it
        ("Senior Specialist", 40),
        ("Senior Assistant", 20),
        ("Senior Director", 85),
        ("Lead Assistant", 20),
        ("Junior Manager", 55),
        ("Senior Owner", 100),
        ("Lead", 50),
        ("Senior", None),
        ("Deputy", None),
        # Held, as they act or stand in for it
        ("Zastępca dyrektora", 75),
        ("p.o. kierownika", 60),
        ("dyrektora", None),
    ],
)
def test_seniority(title, seniority):
    assert read(title).seniority == seniority


def test_a_title_between_commas_only():
    assert read("Partner").seniority == 100
    assert read("Partner Manager").seniority == 40
    assert read("Manager, Partner").seniority == 100
    assert read("Assistante commerciale").functions == ("sales",)
