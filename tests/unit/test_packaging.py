"""What is built and installed is whole: it scores a lead far away from the checkout."""

import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
NOT_COPIED = shutil.ignore_patterns(
    ".git", ".venv*", "venv", "build", "dist", "*.egg-info", ".*_cache", ".hypothesis", "__pycache__"
)

SCORE_A_LEAD = """
from datetime import UTC, datetime
from importlib import metadata
import leadrules
from leadrules import Ruleset

rules = Ruleset.from_text("email_open +5\\nbudget and authority -> qualified\\n")
lead = {
    "id": "42",
    "attributes": {"budget": True, "authority": True},
    "events": [{"type": "email_open", "at": "2026-11-20T10:00:00Z"}],
}
result = rules.evaluate(lead, as_of=datetime(2026, 11, 21, tzinfo=UTC))
print(result.score, result.stage, metadata.version("leadrules"), leadrules.__file__, sep="\\n")
"""
FIND_THE_GRAMMAR = """
from importlib.resources import files
print(files("leadrules.grammar").joinpath("leadrules.lark").is_file())
"""

pytestmark = [
    pytest.mark.packaging,
    pytest.mark.skipif(os.name == "nt", reason="borrows the dependencies through symbolic links"),
]


def run(*command: str | Path, cwd: Path) -> str:
    """Run a program that sees neither the checkout nor the test run; give what it printed."""
    hidden = ("COV", "PYTHONPATH", "PYTHONHOME", "PYTEST", "VIRTUAL_ENV")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
    environment |= {"PYTHONNOUSERSITE": "1", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


class Environment:
    """A virtual environment with the dependencies of this one, but not its leadrules."""

    def __init__(self, folder: Path) -> None:
        venv.create(folder, symlinks=True)
        self.folder = folder
        site_packages = Path(self.python("import sysconfig; print(sysconfig.get_path('purelib'))").strip())
        for ours in (Path(path) for path in sys.path if path.endswith("site-packages")):
            for dependency in ours.iterdir():
                borrowed = site_packages / dependency.name
                # The .pth files go too: an editable install is one.
                if "leadrules" not in borrowed.name and borrowed.suffix != ".pth" and not borrowed.exists():
                    borrowed.symlink_to(dependency)

    def python(self, code: str) -> str:
        return run(self.folder / "bin/python", "-c", code, cwd=self.folder)

    def install(self, *arguments: str | Path) -> None:
        pip = (sys.executable, "-m", "pip", "--python", self.folder, "install", "--quiet")
        run(*pip, "--no-index", "--no-deps", "--no-build-isolation", *arguments, cwd=self.folder)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    copy = tmp_path_factory.mktemp("checkout") / "leadrules"
    shutil.copytree(ROOT, copy, ignore=NOT_COPIED)
    return copy


@pytest.fixture(scope="module")
def distributions(checkout, tmp_path_factory):
    """Build the sdist, and the wheel from the sdist."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, checkout, cwd=folder)
    return folder


@pytest.fixture(scope="module")
def wheel(distributions):
    return distributions / f"leadrules-{VERSION}-py3-none-any.whl"


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    environment = Environment(tmp_path_factory.mktemp("installed"))
    environment.install(wheel)
    return environment


def assert_scores_a_lead(environment: Environment, home: Path) -> None:
    score, stage, version, file = environment.python(SCORE_A_LEAD).splitlines()
    assert (score, stage, version) == ("5", "qualified", VERSION)
    assert Path(file).is_relative_to(home)


def test_the_wheel_holds_every_file_of_the_package_and_no_other(checkout, wheel):
    folders = {"leadrules": checkout / "src/leadrules", "leadrules/grammar": checkout / "grammar"}
    expected = {
        f"{name}/{path.relative_to(folder).as_posix()}"
        for name, folder in folders.items()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert packed == expected | {"pytest_leadrules.py"}
    assert {"leadrules/grammar/leadrules.lark", "leadrules/py.typed"} <= packed


def test_the_sdist_holds_grammar_tests_and_documentation(distributions):
    with tarfile.open(distributions / f"leadrules-{VERSION}.tar.gz") as sdist:
        packed = {name.partition("/")[2] for name in sdist.getnames()}
    wanted = {"grammar/leadrules.lark", "LICENSE", "README.md", "CHANGELOG.md", ".ci/run", "docs/index.md"}
    assert wanted | {"benchmarks/__main__.py", ".github/workflows/checks.yml"} <= packed
    assert f"tests/unit/{Path(__file__).name}" in packed


def test_an_installed_wheel_scores_a_lead(installed):
    assert_scores_a_lead(installed, installed.folder)


def test_an_installed_wheel_finds_the_grammar(installed):
    assert installed.python(FIND_THE_GRAMMAR) == "True\n"


def test_the_command_runs(installed):
    assert "score" in run(installed.folder / "bin/leadrules", "--help", cwd=installed.folder)


def test_an_editable_install_scores_a_lead_and_finds_the_grammar(checkout, tmp_path):
    environment = Environment(tmp_path / "editable")
    environment.install("--editable", checkout)
    assert_scores_a_lead(environment, checkout)
    assert environment.python(FIND_THE_GRAMMAR) == "True\n"
