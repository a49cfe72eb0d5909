"""Documentation cannot drift: everything public is described, every link leads somewhere."""

import ast
import doctest
import importlib
import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeGuard

import attrs
import pytest
from pydantic import BaseModel

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


PUBLIC = [(module, name) for module in REFERENCE for name in importlib.import_module(module).__all__]
CLASSES = {
    found: module for module, name in PUBLIC if inspect.isclass(found := getattr(importlib.import_module(module), name))
}


def section_of(module: str) -> str:
    page, heading = REFERENCE[module]
    _, _, section = (ROOT / "docs/reference" / page).read_text("utf-8").partition(f"{heading}\n")
    return section.partition("\n## ")[0] if heading.startswith("## ") else section


def entry_of(module: str, name: str) -> str:
    """Give what stands under a name: its line, and all up to the next entry or paragraph at the margin."""
    found = re.search(rf"^(?:- |\| )`{name}\b.*\n(?:[ ].*\n|\n(?=[ ]))*", section_of(module), re.MULTILINE)
    return found[0] if found else ""


def words_in_code(text: str) -> set[str]:
    return set(re.findall(r"\w+", " ".join(re.findall(r"`[^`]+`", text))))


def bases_of(kind: type) -> list[type]:
    return [one for one in kind.__mro__ if one.__module__.startswith("leadrules")]


def attributes_of(kind: type) -> set[str]:
    """Name what a user finds on a public class: fields, properties, methods, and what `__init__` sets."""
    if issubclass(kind, BaseModel):
        return {*kind.model_fields}
    found = set()
    for one in bases_of(kind):
        slots = one.__dict__.get("__slots__", ())
        init = one.__dict__.get("__init__")
        set_there = re.findall(r"\bself\.(\w+)(?:: [^=]+)? = ", inspect.getsource(init)) if written(init) else ()
        found |= {*vars(one), *inspect.get_annotations(one), *slots, *set_there}
    return {name for name in found if not name.startswith("_")}


def written(function: object) -> TypeGuard[Callable[..., object]]:
    """Tell whether a function stands in a file, and was not made by attrs."""
    return inspect.isfunction(function) and "attrs generated" not in function.__code__.co_filename


def arguments_of(function: object) -> set[str]:
    """Name the arguments of a function or method that a caller can name."""
    function = getattr(function, "__func__", function)
    if not inspect.isfunction(function):
        return set()
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    found = {name for name, one in inspect.signature(function).parameters.items() if one.kind in kinds}
    return found - {"self", "cls"}


@pytest.mark.parametrize(("module", "name"), PUBLIC)
def test_a_public_name_has_an_entry_in_the_reference(module, name):
    assert entry_of(module, name)


@pytest.mark.parametrize("kind", CLASSES)
def test_attributes_and_arguments_of_a_public_class_stand_in_its_entry(kind):
    """Each in backticks, there or in the entry of a public class that it is a kind of."""
    text = "".join(entry_of(CLASSES[base], base.__name__) for base in bases_of(kind) if base in CLASSES)
    attributes = attributes_of(kind)
    arguments = {name: arguments_of(inspect.getattr_static(kind, name, None)) for name in attributes}
    if f"`{kind.__name__}(" in text and written(kind.__init__):
        arguments["__init__"] = arguments_of(kind.__init__)
    wanted = attributes.union(*arguments.values())
    assert sorted(wanted - words_in_code(text)) == []


@pytest.mark.parametrize(("module", "name"), PUBLIC)
def test_the_arguments_of_a_public_function_stand_in_its_entry(module, name):
    found = getattr(importlib.import_module(module), name)
    wanted = set() if inspect.isclass(found) else arguments_of(found)
    assert sorted(wanted - words_in_code(entry_of(module, name))) == []


def test_what_the_reference_has_an_entry_for_is_public():
    for module in REFERENCE:
        public = importlib.import_module(module)
        section = section_of(module)
        if module == "leadrules":
            section = section.partition("\n## Plugins\n")[0]
        names = re.findall(r"^- `(\w+(?:\.\w+)?)\b[^`]*`:", section, re.MULTILINE)
        assert [name for name in names if name.partition(".")[0] not in public.__all__] == []
        for owner, inside in re.findall(r"^- `(\w+)`:.*\n((?:[ ].*\n)+)", section, re.MULTILINE):
            kind = getattr(public, owner)
            members = re.findall(r"^ +- `(\w+)\b", inside, re.MULTILINE)
            assert [name for name in members if name not in attributes_of(kind)] == []


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
