"""Pages that show a whole host: each is done as it stands, in a process of its own, and type checkers read it.

A page says in a comment what it needs; where that is not installed, it is skipped. The extra `hosts` has the packages.
"""

import importlib.metadata
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs/how-to").glob("*.md"))
BLOCK = re.compile(
    r"^<!-- file: (?P<file>\S+) -->\n```\w+\n(?P<text>.*?)^```$"
    r"|^<!-- run: (?P<status>\d+) -->\n```sh\n(?P<commands>.*?)^```$"
    r"|(?<!-->\n)^```python\n(?P<code>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
NEEDS = re.compile(r"^<!-- needs: (.*) -->$", re.MULTILINE)
OF_HOSTS = [page for page in PAGES if NEEDS.search(page.read_text("utf-8"))]


def needs(page: Path) -> list[str]:
    """Give the packages, and perhaps `postgresql`, that a page needs besides leadrules."""
    found = NEEDS.search(page.read_text("utf-8"))
    return found[1].split(", ") if found else []


def packages_of(page: Path) -> list[str]:
    """Give the packages alone."""
    return [need for need in needs(page) if need != "postgresql"]


def program(page: Path) -> str:
    """Give the Python of a page as one program, each line with its number in the page."""
    text = page.read_text("utf-8")
    lines = [""] * (text.count("\n") + 1)
    for found in BLOCK.finditer(text):
        if found["code"] is not None:
            first = text.count("\n", 0, found.start("code"))
            code = found["code"].splitlines()
            lines[first : first + len(code)] = code
    return "\n".join(lines).rstrip() + "\n"


def write(page: Path, folder: Path) -> Path:
    """Write the files of a page, and its program; give that."""
    for found in BLOCK.finditer(page.read_text("utf-8")):
        if found["file"] is not None:
            path = folder / found["file"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(found["text"], "utf-8")
    main = folder / f"{page.stem.replace('-', '_')}_page.py"
    main.write_text(program(page), "utf-8")
    return main


def postgresql(name: str) -> str | None:
    """Find a program of PostgreSQL, which Debian does not put on the path."""
    there = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    return shutil.which(name) or (str(there[0]) if there else None)


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """A PostgreSQL of its own, on loopback, that ends with the tests; as root it runs as somebody else."""
    initdb, pg_ctl = postgresql("initdb"), postgresql("pg_ctl")
    if initdb is None or pg_ctl is None:
        pytest.skip("there is no PostgreSQL (initdb, pg_ctl)")
    user = None if os.getuid() else _somebody_else()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = Path(tempfile.mkdtemp(prefix="leadrules-pg-"))
    data, log = folder / "data", folder / "log"
    if user is not None:
        shutil.chown(folder, user)

    def run(*command: str | Path) -> None:
        subprocess.run(command, cwd=folder, user=user, check=True, stdout=subprocess.DEVNULL)

    try:
        run(initdb, "-D", data, "-U", "acme", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
        run(pg_ctl, "-D", data, "-l", log, "-o", options, "-w", "start")
        try:
            yield f"postgresql+psycopg://acme@127.0.0.1:{port}/postgres"
        finally:
            run(pg_ctl, "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


def _somebody_else() -> str:
    """Name a user that is not root, as whom PostgreSQL refuses to run."""
    import pwd

    names = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in names)


def skip_without(*packages: str) -> None:
    """Skip where a package is not installed."""
    for name in packages:
        try:
            importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            pytest.skip(f"{name} is not installed: it is part of the extra `dev`")


@pytest.mark.parametrize("page", OF_HOSTS, ids=lambda page: page.stem)
def test_a_page_of_a_host_does_what_it_says(page, tmp_path, request):
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    skip_without(*packages_of(page))
    if "postgresql" in needs(page):
        environment["DATABASE_URL"] = request.getfixturevalue("database")
    done([sys.executable, str(write(page, tmp_path))], tmp_path, environment)
    for found in BLOCK.finditer(page.read_text("utf-8")):
        if found["commands"] is not None:
            done(["sh", "-euc", found["commands"]], tmp_path, environment, int(found["status"]))


def done(command: list[str], folder: Path, environment: dict[str, str], status: int = 0) -> None:
    run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == status, f"{command}\n{run.stdout}{run.stderr}"


# ------------------------------------------------------------------------------ types


STUBS = {"celery": "celery-types", "django": "django-stubs"}
OURS = "[mypy-leadrules.*]\nfollow_imports = silent\n"  # the command `mypy` looks at it
# What the fields of Django's models hold, its types tell to mypy's plugin alone.
UNKNOWN = {f"reportUnknown{what}Type": False for what in ("Variable", "Member", "Argument")}


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Path:
    """The Python of all pages, a folder for each."""
    folder = tmp_path_factory.mktemp("pages")
    for page in PAGES:
        (folder / page.stem).mkdir()
        write(page, folder / page.stem)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_mypy_finds_nothing_wrong_on_a_page(page, written):
    packages = packages_of(page)
    skip_without("mypy", *packages, *(STUBS[name] for name in packages if name in STUBS))
    folder = written / page.stem
    plugin = "plugins = mypy_django_plugin.main\n[mypy.plugins.django-stubs]\ndjango_settings_module = settings\n"
    (folder / "mypy.ini").write_text("[mypy]\nstrict = True\n" + (plugin if "django" in packages else "") + OURS)
    environment = {**os.environ, "MYPYPATH": str(ROOT / "src"), "PYTHONPATH": str(folder)}
    done(
        [sys.executable, "-m", "mypy", "--explicit-package-bases", "--cache-dir", str(written / ".mypy_cache"), "."],
        folder,
        environment,
    )


@pytest.mark.slow
def test_basedpyright_finds_nothing_wrong_on_any_page(written):
    skip_without("basedpyright", *STUBS.values(), *(name for page in PAGES for name in packages_of(page)))
    source = {"extraPaths": [str(ROOT / "src")]}
    roots = [{"root": page.stem, **source, **(UNKNOWN if "django" in needs(page) else {})} for page in PAGES]
    settings = {"typeCheckingMode": "strict", "executionEnvironments": roots, "failOnWarnings": True, **source}
    (written / "pyrightconfig.json").write_text(json.dumps(settings))
    done(
        [sys.executable, "-m", "basedpyright", "--pythonpath", sys.executable, "--project", str(written)],
        written,
        dict(os.environ),
    )
