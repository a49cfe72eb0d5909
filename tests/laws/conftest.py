"""What the laws share: `--law`, which asks one alone."""

from collections.abc import Callable, Sequence

import pytest

Law = Callable[..., None]


@pytest.fixture(scope="session")
def asked(request: pytest.FixtureRequest) -> Callable[[Sequence[Law]], list[Law]]:
    """Choose among laws those that `--law` names; all, without it."""
    return lambda laws: [law for law in laws if request.config.option.law in law.__name__]
