"""Every criterion keeps the laws of criteria, on lists that come from a framework and on any others."""

import leadrules_frameworks
import pytest
from leadrules_frameworks.states import read, written

from leadrules.testing import check_criterion

LISTS = (["budget: yes", "authority: no", "need: unknown"], ["champion: YES"], ["a: b: no"], [": yes", ":", "yes"])
NAMES = (["situation", "pain"], ["x"] * 9, ["Pain", "pain"])
QUESTIONS = ("completeness", "gaps", "met", "next_gap", "next_question", "unasked")


@pytest.mark.parametrize("name", leadrules_frameworks.__all__)
def test_criterion_keeps_the_laws(name):
    examples = LISTS if name in QUESTIONS else [(names, True, None) for names in NAMES] if name == "checklist" else ()
    check_criterion(getattr(leadrules_frameworks, name), examples=examples)


@pytest.mark.parametrize("elements", [[("budget", True)], [("a: b", False), ("need", None)], []])
def test_what_is_written_is_read(elements):
    assert read(written(elements)) == elements
