"""Documentation cannot drift: everything public is described, every link leads somewhere."""

import ast
import doctest
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

import leadrules
from leadrules.errors import INPUT_CODES

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src/leadrules"
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])

# Called by lark, one method per rule of the grammar, which says what each is.
CALLBACKS = {"builder.Builder"}

Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def is_public(node: Definition) -> bool:
    """Tell whether readers meet this name; a property's setter and an overload say nothing of their own."""
    secondary = any(re.search(r"(\.setter|\.deleter|\boverload)$", ast.unparse(d)) for d in node.decorator_list)
    return not node.name.startswith("_") and not secondary


def undocumented(node: ast.AST, name: str) -> Iterator[str]:
    if isinstance(node, ast.Module | Definition) and ast.get_docstring(node) is None:
        yield name
    if isinstance(node, ast.Module | ast.ClassDef) and name not in CALLBACKS:
        for child in node.body:
            if isinstance(child, Definition) and is_public(child):
                yield from undocumented(child, f"{name}.{child.name}")


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_everything_public_has_a_docstring(path):
    tree = ast.parse(path.read_text("utf-8"))
    assert list(undocumented(tree, path.stem)) == []


def modules_with_examples() -> Iterator[str]:
    """Name the modules, of plugins too, in whose docstrings there is something to run."""
    for source in [ROOT / "src", *ROOT.glob("plugins/*/src")]:
        for path in sorted(source.rglob("*.py")):
            if re.search(r"^\s*>>> ", path.read_text("utf-8"), re.MULTILINE):
                yield ".".join(path.relative_to(source).with_suffix("").parts).removesuffix(".__init__")


@pytest.mark.parametrize("module", list(modules_with_examples()))
def test_examples_in_docstrings_run(module):
    found = doctest.testmod(importlib.import_module(module))
    assert found.attempted > 0
    assert found.failed == 0


# What of each public module stands on which page of the reference, from which heading on.
REFERENCE = {
    "leadrules": ("python.md", "# Python"),
    "leadrules.sdk": ("python.md", "## Plugins"),
    "leadrules.tables": ("python.md", "## Tables"),
    "leadrules.testing": ("testing.md", "# Testing"),
}


def test_public_names_are_sorted():
    assert leadrules.__all__ == sorted(leadrules.__all__)


@pytest.mark.parametrize("module", [importlib.import_module(name) for name in REFERENCE], ids=lambda m: m.__name__)
def test_public_names_are_importable(module):
    assert [name for name in module.__all__ if not hasattr(module, name)] == []


@pytest.mark.parametrize(
    ("module", "name"),
    [(module, name) for module in REFERENCE for name in importlib.import_module(module).__all__],
)
def test_a_public_name_has_an_entry_in_the_reference(module, name):
    page, heading = REFERENCE[module]
    _, _, section = (ROOT / "docs/reference" / page).read_text("utf-8").partition(f"{heading}\n")
    if heading.startswith("## "):
        section = section.partition("\n## ")[0]
    assert re.search(rf"^(?:- |\| )`{name}\b", section, re.MULTILINE)


def test_the_limits_of_the_language_page_are_those_of_the_code():
    page = (ROOT / "docs/reference/language.md").read_text("utf-8").partition("## Limits\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| [^|]+ \| ([\d,]+)[^|]* \| [^|]+ \| `(\w+)` \|$", page, re.MULTILINE)
    said = {name: int(number.replace(",", "")) for number, name in rows}
    assert said == attrs.asdict(leadrules.Limits())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_within_the_documentation_lead_somewhere(page):
    links = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_code_of_a_mistake_in_a_lead_is_described():
    page = (ROOT / "docs/reference/python.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", page, re.MULTILINE))
    assert rows == dict(INPUT_CODES)
