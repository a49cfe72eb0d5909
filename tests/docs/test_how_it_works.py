"""The pages for those who change leadrules name what there is."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/explanation/how-it-works.md").read_text("utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
SOURCE = ROOT / "src/leadrules"


def paths_in(text: str) -> list[str]:
    return sorted(set(re.findall(r"`([\w/]+(?:\.py|\.lark|/))`", text)))


@pytest.mark.parametrize("text", [PAGE, CONTRIBUTING], ids=["how-it-works", "contributing"])
def test_every_path_that_is_named_is_there(text):
    found = [path for path in paths_in(text) if path != "utils.py"]
    assert len(found) >= 7
    assert [path for path in found if not (SOURCE / path).exists() and not (ROOT / path).exists()] == []


def test_the_page_has_every_layer():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    written = " ".join(next(contract["layers"] for contract in contracts if contract["id"] == "layers"))
    layers = set(re.findall(r"leadrules\.(\w+)", written)) - {"__main__"}
    table = PAGE.split("| folder |")[1].split("\n\n")[0]
    named = set(re.findall(r"`(\w+)`", "\n".join(line.split("|")[1] for line in table.splitlines()[2:])))
    assert named == layers


def test_what_may_be_added_is_told():
    rows = re.findall(r"^\| (?:an? |another )?([a-z ]+?)(?: \(.*?\))? \|", CONTRIBUTING, re.MULTILINE)
    wanted = {"aggregate", "calendar unit", "field type", "cap", "stage rule", "diagnostic", "output format", "command"}
    assert wanted <= set(rows)
    assert {"operator with a node of its own", "column of results"} <= set(rows)
