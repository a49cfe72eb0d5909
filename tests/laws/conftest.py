"""What the laws share: `--law`, which asks one alone."""

from collections.abc import Callable, Sequence

import pytest

Law = Callable[..., None]


@pytest.fixture(scope="session")
def asked(request: pytest.FixtureRequest) -> Callable[..., list[list[Law]]]:
    """Choose among lists of laws those that `--law` names, without it all. Where it names none, the test is skipped."""

    def choose(*lists: Sequence[Law]) -> list[list[Law]]:
        name = request.config.option.law
        chosen = [[law for law in laws if name in law.__name__] for laws in lists]
        return chosen if any(chosen) else pytest.skip(f"no law here has `{name}` in its name")

    return choose
