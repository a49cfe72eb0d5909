"""Tests of plugins say nothing of what the tests of leadrules cover: what they run of it is not counted."""

from pathlib import Path

import pytest

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker("no_cover")
