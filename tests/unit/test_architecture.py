"""The layers of the package hold, and importing it stays light."""

import ast
import os
import re
import subprocess
import sys
import tomllib
import types
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

import leadrules
import leadrules.testing

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src"
MODULES = sorted(
    ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")
    for path in SOURCE.glob("leadrules/**/*.py")
)


def run_python(code: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(SOURCE), **variables}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def layers() -> list[str]:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    written = next(contract["layers"] for contract in contracts if contract["id"] == "layers")
    return re.findall(r"[\w.]+", " ".join(written))


def test_contracts_on_imports_are_kept():
    # In a process of its own: the linter configures logging and the terminal for the whole process.
    run = run_python(
        "from importlinter.cli import lint_imports; raise SystemExit(lint_imports('pyproject.toml', no_cache=True))"
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "0 broken" in run.stdout


def test_every_module_has_a_place_among_the_layers():
    placed = layers()
    strays = [
        module
        for module in MODULES
        if not any((module + ".").startswith(layer + ".") or layer.startswith(module + ".") for layer in placed)
    ]
    assert strays == []


@pytest.mark.parametrize("package", [leadrules, leadrules.testing], ids=lambda package: package.__name__)
def test_a_package_of_public_names_only_re_exports(package):
    """Beside its docstring it names what is public, and where that is loaded from when asked for."""
    tree = ast.parse(Path(package.__file__).read_text("utf-8"))
    _, *rest = tree.body
    assert {type(statement) for statement in rest} <= {ast.ImportFrom, ast.If, ast.Assign, ast.FunctionDef}
    assert [s.name for s in rest if isinstance(s, ast.FunctionDef)] == ["__getattr__", "__dir__"]
    typed = next(statement for statement in rest if isinstance(statement, ast.If))
    imported = {f"{i.module}.{alias.name}" for i in typed.body if isinstance(i, ast.ImportFrom) for alias in i.names}
    homes = {f"{home}.{name}" for home, names in package._HOMES.items() for name in names.split()}
    assert imported == homes
    assert sorted(name.rpartition(".")[2] for name in homes) == sorted(package.__all__) == package.__all__
    assert not {name for name in package.__all__ if f"{package.__name__}.{name}" in MODULES}, "loaded, it would hide it"


def test_every_public_name_loads():
    unions = {"Eventlike", "Leadlike"}
    assert all(getattr(leadrules, name).__name__ == name for name in leadrules.__all__ if name not in unions)
    assert all(isinstance(getattr(leadrules, name), types.UnionType) for name in unions)
    assert all(getattr(leadrules.testing, name) is not None for name in leadrules.testing.__all__)
    for package in (leadrules, leadrules.testing):
        assert dir(package) == package.__all__
        with pytest.raises(AttributeError, match="no attribute 'Rulesets'"):
            package.Rulesets  # noqa: B018


def test_asking_a_criterion_in_another_process_loads_no_hypothesis():
    run = run_python("import sys, leadrules.testing.asking; print('hypothesis' in sys.modules)")
    assert (run.stdout, run.stderr) == ("False\n", "")


def test_importing_leadrules_loads_no_extra():
    extras = ["hypothesis", "pyarrow", "rich", "typer"]
    run = run_python(f"import sys, leadrules; print([name for name in {extras} if name in sys.modules])")
    assert (run.stdout, run.stderr) == ("[]\n", "")


def imported_distributions() -> set[str]:
    """Name the distributions that some module of leadrules imports."""
    brought = packages_distributions()
    trees = [ast.parse(path.read_text("utf-8")) for path in SOURCE.glob("leadrules/**/*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    tops = {name.partition(".")[0] for name in names} - sys.stdlib_module_names - {"leadrules"}
    return {brought[top][0].lower() for top in tops}


def test_what_is_imported_is_what_pyproject_installs():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = {
        extra: {found[0] for entry in entries if (found := re.match(r"[\w-]+(?=[><=])", entry))}
        for extra, entries in project["optional-dependencies"].items()
    }
    core = {re.match(r"[\w-]+", entry)[0] for entry in project["dependencies"]}
    for_users = core.union(*(extras[extra] for extra in extras.keys() - {"test", "dev", "mutation", "hosts"}))
    imported = imported_distributions()
    assert for_users - imported == {"tzdata"}  # the time zones, which `zoneinfo` reads
    assert imported - for_users <= extras["test"]


def test_loading_rules_loads_no_engine_and_no_model():
    run = run_python(
        "import sys; from leadrules import Ruleset; Ruleset.from_text('email_open +5'); print(*sys.modules)"
    )
    late = ("leadrules.engine.", "leadrules.explain.", "leadrules.analysis.", "leadrules.models", "pydantic")
    assert [name for name in run.stdout.split() if name.startswith(late)] == []


def test_a_plain_check_loads_neither_engines_nor_tables(tmp_path):
    (tmp_path / "x.leadrules").write_text("email_open +5\n")
    check = f"app(['check', {str(tmp_path / 'x.leadrules')!r}], standalone_mode=False)"
    run = run_python(f"import sys; from leadrules.cli.app import app; {check}; print(*sys.modules)")
    late = ("leadrules.engine.", "leadrules.explain.", "leadrules.tables", "leadrules.insights", "leadrules.models")
    assert "leadrules.analysis" in run.stdout.split()
    assert [name for name in run.stdout.split() if name.startswith(late)] == []


@pytest.mark.slow
def test_how_long_importing_takes_against_pydantic(tmp_path):
    def seconds(statement: str) -> float:
        code = f"import time; start = time.process_time(); {statement}; print(time.process_time() - start)"
        # The first run compiles, the others find its bytecode.
        variables = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(tmp_path)}
        return min(float(run_python(code, **variables).stdout) for _ in range(7))

    pydantic = seconds("from pydantic import BaseModel")
    assert seconds("import leadrules") <= 2 * pydantic
    assert seconds("from leadrules import Ruleset") <= 3 * pydantic


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="asks the system for the time of child processes")
def test_how_long_a_check_takes_as_a_whole_process_against_loading_what_reads_the_command_line(tmp_path):
    import resource

    def seconds(*arguments: str) -> float:
        def spent() -> float:
            used = resource.getrusage(resource.RUSAGE_CHILDREN)
            return used.ru_utime + used.ru_stime

        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(tmp_path)}
        taken = []
        for _ in range(7):
            before = spent()
            subprocess.run([sys.executable, *arguments], env=environment, capture_output=True, check=True)
            taken.append(spent() - before)
        return min(taken)

    rules = tmp_path / "two.leadrules"
    rules.write_text("email_open +5\nbudget and authority -> qualified\n")
    alone = seconds("-c", "import typer, pydantic; pydantic.BaseModel")
    assert seconds("-m", "leadrules", "check", str(rules)) <= 3.5 * alone
