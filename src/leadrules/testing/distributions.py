"""What a plugin is published as: `check_distribution` builds it, and looks whether all of it is there."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

_LEFT_BEHIND = shutil.ignore_patterns(
    ".*", "venv", "build", "dist", "*.egg-info", "__pycache__", "*.py[cod]", "node_modules"
)
_FOR_TESTS = ("cases", "tests", "examples")


def check_distribution(folder: str | Path) -> None:
    """Assert that the distributions of a plugin's folder have all that belongs to it.

    Builds a source distribution and from it the wheel, with the build tools that are installed, as
    publishing does. Every file of the packages (below `src`, where there is one) is to be in the wheel:
    data, models and rule files too. The source distribution is to have `cases`, `tests` and `examples`,
    the rule files beside the README, the README and the licence, so that its tests run.

    Raises AssertionError with everything that is missing. Needs the package `build`.
    """
    home = Path(folder)
    with tempfile.TemporaryDirectory() as temporary:
        source, out = Path(temporary, "source"), Path(temporary, "out")
        shutil.copytree(home, source, ignore=_LEFT_BEHIND)
        _build(source, out)
        found = [*_missing_in_wheel(source, next(out.glob("*.whl"))), *_missing_in_source(source, out)]
    if found:
        raise AssertionError("\n".join(found))


def _build(source: Path, out: Path) -> None:
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(source)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - this very Python
    if run.returncode:
        last = "\n".join((run.stdout + run.stderr).strip().splitlines()[-5:])
        raise AssertionError(f"it cannot be built; are `build` and its build tools installed?\n{last}")


def _missing_in_wheel(source: Path, wheel: Path) -> Iterator[str]:
    with zipfile.ZipFile(wheel) as archive:
        inside = set(archive.namelist())
    root = source / "src" if (source / "src").is_dir() else source
    top = {name.partition("/")[0] for name in inside}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.is_file() and "/" in name and name.partition("/")[0] in top and name not in inside:
            yield f'the wheel lacks `{name}`: name it in `[tool.setuptools.package-data]`, such as `"*" = ["**/*"]`'
    if not any(name.endswith("/entry_points.txt") for name in inside):
        yield 'the wheel has no entry point: write `[project.entry-points."leadrules.criteria"]` into pyproject.toml'


def _missing_in_source(source: Path, out: Path) -> Iterator[str]:
    with tarfile.open(next(out.glob("*.tar.gz"))) as archive:
        inside = {name.partition("/")[2] for name in archive.getnames()}
    wanted = [path for folder in _FOR_TESTS for path in (source / folder).rglob("*") if path.is_file()]
    wanted += [*source.glob("*.leadrules"), *source.glob("README*")]
    licences = [*source.glob("LICEN[CS]E*"), *source.glob("COPYING*")]
    for path in sorted([*wanted, *licences]):
        name = path.relative_to(source).as_posix()
        if name not in inside:
            yield f"the source distribution lacks `{name}`: name it in MANIFEST.in"
    if not licences:
        yield "there is no LICENSE, and without one nobody may use it"
