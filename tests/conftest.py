"""What all tests share: the two speeds of property tests, and golden files."""

import importlib
import sys
from collections.abc import Callable, Iterator
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
    parser.addoption("--law", default="", metavar="NAME", help="of laws that are asked together, ask those named so")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """Compare a text with the golden file at a path; with `--regenerate`, write it there."""

    def compare(path: Path, actual: str) -> None:
        if request.config.option.regenerate:
            path.write_text(actual, "utf-8", newline="\n")
        assert actual == path.read_text("utf-8")

    return compare


@pytest.fixture(scope="session")
def calls() -> Callable[[Callable[[], object]], int]:
    """Count the calls, of Python and of C, that a piece of work takes."""

    def counted(work: Callable[[], object]) -> int:
        found = 0

        def count(*_: object) -> None:
            nonlocal found
            found += 1

        before = sys.getprofile()
        sys.setprofile(count)
        try:
            work()
        finally:
            sys.setprofile(before)
        return found

    return counted


Distribute = Callable[..., Path]


@pytest.fixture
def distribute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Distribute]:
    """Install a distribution that is not there: a module or package of some code, and its entry points.

    Gives the folder that it is in, which is on the path until the test ends.
    """
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(str(site))

    def make(name: str, files: dict[str, str] | str, *, version: str = "1.0", points: str | None = None) -> Path:
        module = name.replace("-", "_")
        written = {f"{module}.py": files} if isinstance(files, str) else files
        points = f"[leadrules.criteria]\n{name} = {module}\n" if points is None else points
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        info = f"{module}-{version}.dist-info"
        for path, text in {**written, f"{info}/METADATA": metadata, f"{info}/entry_points.txt": points}.items():
            (site / path).parent.mkdir(parents=True, exist_ok=True)
            (site / path).write_text(text, "utf-8")
        importlib.invalidate_caches()
        return site

    yield make
    for found, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", None) or "").startswith(str(site)):
            del sys.modules[found]
