"""The reference of criteria is what their code says: made anew with `pytest --regenerate`, and compared here."""

import importlib.util
import shutil
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

from leadrules import PluginError
from leadrules.criteria import Origin, loaded
from leadrules.insights.criterion_pages import pages_of
from leadrules.plugins import CRITERIA, imported

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs/reference/criteria"
PROJECTS = sorted(ROOT.glob("plugins/*/pyproject.toml"))
INDEX = """\
# Criteria

<!-- Made from the code by `pytest tests/docs --regenerate`. -->

The plugins that come with leadrules. Each is a package of its own: `pip install leadrules-NAME`, or in a checkout of
leadrules `pip install ./plugins/leadrules-NAME`; then `use NAME` in a rule file.
[Write a plugin](../../how-to/write-a-plugin.md) tells how to make your own.

| plugin | what it knows |
|---|---|
"""


def project_of(path: Path) -> dict:
    return tomllib.loads(path.read_text("utf-8"))["project"]


def plugins() -> list:
    """Give every criteria plugin of the checkout: its name, entry point and project, by name."""
    found = []
    for path in PROJECTS:
        for name, value in project_of(path).get("entry-points", {}).get(CRITERIA, {}).items():
            found.append(pytest.param(name, value, path, id=name))
    return sorted(found, key=lambda one: one.id)


@pytest.mark.parametrize(("name", "value", "path"), plugins())
def test_the_pages_of_a_plugin_are_fresh(name, value, path, golden, request, monkeypatch):
    if importlib.util.find_spec(value.partition(":")[0].partition(".")[0]) is None:
        monkeypatch.syspath_prepend(str(path.parent / "src"))
    project = project_of(path)
    origin = Origin(name, project["name"], project["version"])
    try:
        plugin = loaded(origin, imported(metadata.EntryPoint(name, value, CRITERIA)))
    except PluginError as problem:
        if isinstance(problem.__cause__, ModuleNotFoundError):
            pytest.skip(f"needs {problem.__cause__.name}, which is not installed here")
        raise
    pages = pages_of(name, plugin.criteria.values())
    folder = PAGES / name
    if request.config.option.regenerate:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    for file, text in pages.items():
        golden(folder / file, text)
    assert sorted(page.name for page in folder.iterdir()) == sorted(pages)


def test_the_index_of_criteria_is_fresh(golden):
    rows = [
        f"| [{one.values[0]}]({one.values[0]}/index.md) | {project_of(one.values[2])['description']} |\n"
        for one in plugins()
    ]
    PAGES.mkdir(exist_ok=True)
    golden(PAGES / "index.md", INDEX + "".join(rows))


def test_no_page_is_left_of_a_plugin_that_is_gone():
    kept = {one.values[0] for one in plugins()}
    assert {folder.name for folder in PAGES.iterdir() if folder.is_dir()} <= kept


def test_a_page_tells_all_that_a_rule_file_needs(tmp_path):
    code = '''
from decimal import Decimal
from leadrules.sdk import LeadView, criterion

EVENTS = {"activity": {}, "page_view": {"url": str}}

@criterion(version="2", checks={"most": abs}, fields={"company": str}, events=EVENTS)
def size(lead: LeadView, text: str | None, most: Decimal = Decimal(5)) -> Decimal | None:
    """Count.

    In detail.

    >>> 1 + 1
    2
    """
'''
    (tmp_path / "paged.py").write_text(code)
    spec = importlib.util.spec_from_file_location("paged", tmp_path / "paged.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["paged"] = module
    spec.loader.exec_module(module)
    pages = pages_of("crm", loaded(Origin("crm", "leadrules-crm", "1.0"), module).criteria.values())
    del sys.modules["paged"]
    assert list(pages) == ["index.md", "size.md"]
    assert "| [`crm.size(text: text, most: number = 5) number`](size.md) | Count. |" in pages["index.md"]
    assert pages["size.md"].split("-->\n\n")[1] == (
        "`crm.size(text: text, most: number = 5) number` or unknown · version 2\n\n"
        "Count.\n\nIn detail.\n\n```python\n>>> 1 + 1\n2\n```\n\n"
        "| argument | type | when it is unknown | when it is left out |\n|---|---|---|---|\n"
        "| `text` | text | is taken as such | cannot be |\n"
        "| `most` | number | the answer is unknown | `5` |\n\n"
        "It looks at the whole lead: the fields `company` (text) and the events `activity`, `page_view[url: text]`.\n\n"
        "What a rule file writes for `most` is checked with the rule file.\n\n"
        "Part of `leadrules-crm`.\n"
    )
