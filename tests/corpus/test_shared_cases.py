"""The worked cases that the language page comes with; they are not part of the checkout."""

from pathlib import Path

import pytest

SHARED = Path(__file__).parents[3] / "shared/cases"
CASES = sorted(SHARED.glob("*.toml"))


@pytest.mark.data
def test_shared_case(case, check_case):
    check_case(case)
