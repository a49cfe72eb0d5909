"""What the README, the examples and the cases say is true."""

from pathlib import Path

import leadrules_calendar

from leadrules.testing import check_documents


def test_documents_are_true():
    check_documents(leadrules_calendar, Path(__file__).parents[1], cases=20)
