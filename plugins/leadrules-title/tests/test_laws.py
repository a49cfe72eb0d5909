"""Every criterion keeps the laws of criteria, near real titles and far from them."""

import leadrules_title
import pytest

from leadrules.testing import check_criterion

TITLES = (
    "Founder & CEO",
    "Assistant to the CEO",
    "Dyrektor/ka ds. sprzedaży (k/m)",
    "Stellv. Geschäftsführer:in",
    "Chargé(e) d'affaires",
    "Ex-Directora General",
    "Direcotr of Slaes, R&D | V.P.",
    "() / & , ; - : . ''s",
    "and und et y i",
    "?*",
)
LEVELS = ("director", "VP", "boss")
EXAMPLES = {
    "function": TITLES,
    "functions": TITLES,
    "is_decision_maker": [(title, level) for title in TITLES for level in LEVELS],
    "level": LEVELS,
    "level_of": TITLES,
    "seniority": TITLES,
}


def test_every_criterion_is_asked():
    assert sorted(EXAMPLES) == leadrules_title.__all__


@pytest.mark.parametrize("name", leadrules_title.__all__)
def test_criterion_keeps_the_laws(name):
    check_criterion(getattr(leadrules_title, name), examples=EXAMPLES[name])
