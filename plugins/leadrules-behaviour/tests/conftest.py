import datetime as dt

import pytest


@pytest.fixture
def noon():
    return dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
