"""What all tests share: the two speeds of property tests, and golden files."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# The default finds the same examples on every run; `--hypothesis-profile=long` searches for new ones.
settings.register_profile(
    "fast", derandomize=True, max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("long", max_examples=2_000, deadline=None, print_blob=True)
settings.load_profile("fast")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--regenerate", action="store_true", help="rewrite the golden files instead of comparing with them"
    )


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """Compare a text with the golden file at a path; with `--regenerate`, write it there."""

    def compare(path: Path, actual: str) -> None:
        if request.config.option.regenerate:
            path.write_text(actual, "utf-8", newline="\n")
        assert actual == path.read_text("utf-8")

    return compare
