import datetime as dt

import pytest


@pytest.fixture
def noon():
    """Noon of a Monday in June, in UTC."""
    return dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
