"""A plugin from the scaffold is published whole: with data, models and a pack of rules, and tests that run anywhere."""

import os
import subprocess
import sys
import tarfile
import zipfile

import pytest

from leadrules.cli.scaffold_command import new
from leadrules.testing import check_distribution

pytestmark = pytest.mark.packaging

CODE = '''

from importlib.resources import files

@criterion
def known(word: str) -> bool:
    """Tell whether a word is of the list."""
    return word in files("leadrules_trucks").joinpath("data/words.csv").read_text("utf-8").split()
'''


@pytest.fixture
def plugin(tmp_path):
    new("trucks", tmp_path)
    home = tmp_path / "leadrules-trucks"
    package = home / "src/leadrules_trucks"
    (package / "data").mkdir()
    (package / "data/words.csv").write_text("truck\nvan\n")
    (package / "model.joblib").write_bytes(bytes(range(256)))
    (package / "rules").mkdir()
    (package / "rules/__init__.py").write_text("")
    (package / "rules/core.leadrules").write_text("email_open +5\n")
    code = package / "__init__.py"
    code.write_text(code.read_text("utf-8").replace('__all__ = ["words"]', '__all__ = ["known", "words"]') + CODE)
    readme = home / "README.md"
    readme.write_text(
        readme.read_text("utf-8").replace("| `words", "| `known(word)` | whether it is listed |\n| `words")
    )
    with (home / "cases/criteria.toml").open("a") as cases:
        cases.write("\n[[criterion]]\ncall = 'trucks.known(\"van\")'\ngives = true\n")
    project = home / "pyproject.toml"
    points = '\n[project.entry-points."leadrules.packs"]\ntrucks = "leadrules_trucks.rules"\n'
    project.write_text(project.read_text("utf-8") + points)
    return home


def test_the_wheel_has_data_and_packs_and_the_source_distribution_its_tests(plugin, tmp_path):
    check_distribution(plugin)
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(tmp_path / "dist"), str(plugin)]
    subprocess.run(command, check=True, capture_output=True)
    with zipfile.ZipFile(next(tmp_path.glob("dist/*.whl"))) as wheel:
        wheel.extractall(tmp_path / "site")  # noqa: S202 - made above
    with tarfile.open(next(tmp_path.glob("dist/*.tar.gz"))) as source:
        source.extractall(tmp_path / "source", filter="data")
    (unpacked,) = (tmp_path / "source").iterdir()
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "site")}
    tests = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    run = subprocess.run(tests, cwd=unpacked, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout
    rules = unpacked / "mine.leadrules"
    rules.write_text('use trucks\ninclude "pack:trucks/core.leadrules"\ntrucks.known(company) +5\n')
    check = [sys.executable, "-m", "leadrules", "check", str(rules)]
    run = subprocess.run(check, cwd=unpacked, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def test_what_the_distributions_lack_is_told(plugin):
    project = plugin / "pyproject.toml"
    project.write_text(project.read_text("utf-8").replace('"*" = ["**/*"]', '"*" = ["py.typed"]'))
    (plugin / "MANIFEST.in").unlink()
    (plugin / "LICENSE").unlink()
    project.write_text(project.read_text("utf-8").replace('license-files = ["LICENSE"]\n', ""))
    with pytest.raises(AssertionError) as caught:
        check_distribution(plugin)
    told = str(caught.value)
    for missing in (
        "leadrules_trucks/data/words.csv",
        "leadrules_trucks/model.joblib",
        "leadrules_trucks/rules/core.le",
    ):
        assert f"the wheel lacks `{missing}" in told
    assert "the source distribution lacks `cases/criteria.toml`: name it in MANIFEST.in" in told
    assert "the source distribution lacks `example.leadrules`" in told
    assert "there is no LICENSE" in told


def test_a_folder_that_does_not_build_is_told(plugin):
    (plugin / "pyproject.toml").write_text("nonsense")
    with pytest.raises(AssertionError, match="it cannot be built"):
        check_distribution(plugin)
