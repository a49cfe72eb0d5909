"""The how-to of plugins works as it stands, in an environment of its own, far away from the checkout."""

import json
import os
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[2] / "docs/how-to/write-a-plugin.md").read_text("utf-8")
STEP = re.compile(
    r"(?:<!-- file: (?P<file>\S+) -->\n)?^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
SCRIPT = '#!/bin/sh\nexec "$(dirname "$0")/python" -m leadrules "$@"\n'

pytestmark = [
    pytest.mark.packaging,
    pytest.mark.skipif(
        os.name == "nt" or shutil.which("sh") is None, reason="runs the commands of the page in a shell"
    ),
]


def steps() -> Iterator[tuple[str, str, str]]:
    """Give what the page tells to do, in its order: a file with its text, or commands."""
    for found in STEP.finditer(PAGE):
        if found["file"]:
            yield "file", found["file"], found["text"]
        elif found["language"] == "sh":
            yield "run", "", found["text"]


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """A virtual environment that borrows what is installed here, and has only new plugins of its own."""
    folder = tmp_path_factory.mktemp("fresh")
    venv.create(folder, symlinks=True)
    (site,) = folder.glob("lib/python*/site-packages")
    borrowed = [path for path in sys.path if path.endswith("site-packages")]
    # `addsitedir` reads the .pth files there, too: an editable install is one.
    (site / "borrowed.pth").write_text("".join(f"import site; site.addsitedir({path!r})\n" for path in borrowed))
    script = folder / "bin/leadrules"
    script.write_text(SCRIPT)
    script.chmod(0o755)
    return folder


@pytest.fixture(scope="module")
def followed(environment, tmp_path_factory):
    """Do all that the page tells to do, and give the folder of the plugin."""
    home = tmp_path_factory.mktemp("home")
    plugin = home / "leadrules-shouting"
    for kind, path, text in steps():
        folder = plugin if plugin.exists() else home
        if kind == "file":
            assert (plugin / path).parent.is_dir(), path
            (plugin / path).write_text(text, "utf-8")
        else:
            run(
                environment,
                folder,
                "sh",
                "-euc",
                text.replace("pip install", "python -m pip install -q --no-deps --no-index --no-build-isolation"),
            )
    return plugin


def run(environment: Path, folder: Path, *command: str) -> str:
    hidden = ("COV", "PYTHON", "PYTEST", "VIRTUAL_ENV", "COLUMNS")
    variables = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
    variables |= {"PATH": f"{environment / 'bin'}{os.pathsep}{os.environ['PATH']}", "PYTHONNOUSERSITE": "1"}
    done = subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


def test_the_page_can_be_followed_and_ends_with_a_plugin_in_the_audit(environment, followed):
    assert "shouting.capitals(text: text, least: number = 0.5) bool" in run(
        environment, followed, "leadrules", "plugins"
    )
    (followed / "leads.csv").write_text("id,message\n42,CALL ME NOW\n")
    command = (
        "leadrules",
        "score",
        "example.leadrules",
        "leads.csv",
        "--as-of",
        "2026-11-21",
        "--audit",
        "audit.jsonl",
    )
    run(environment, followed, *command)
    first = json.loads((followed / "audit.jsonl").read_text().splitlines()[0])
    assert first["evidence"]["values"]["shouting.capitals(message)"] == {
        "value": True,
        "arguments": {"text": "CALL ME NOW"},
        "criterion": "shouting.capitals",
        "version": "1",
        "distribution": "leadrules-shouting 0.1.0",
    }


def test_the_environment_of_the_checkout_does_not_know_the_plugin(followed):  # noqa: ARG001 - it is installed there
    command = [sys.executable, "-m", "leadrules", "plugins", "list"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "shouting" not in done.stdout
