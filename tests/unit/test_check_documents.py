"""`check_documents` passes a plugin's folder that says what is so, and names everything else."""

import importlib

import pytest

from leadrules.testing import check_documents

CODE = '''
from decimal import Decimal

from leadrules.sdk import criterion

__all__ = ["size", "starts"]


@criterion
def size(text: str) -> Decimal:
    """Count letters."""
    return Decimal(len(text))


@criterion
def starts(text: str) -> bool:
    """Tell whether there is an A first."""
    return text.startswith("A")
'''
RULES = """use letters
letters.size(company) >= 4  +10

example "a long name"
  given company = "Acme"
  expect score = 10
"""
README = f"""# Letters

```leadrules
{RULES}```

| criterion | gives |
|---|---|
| `size(text)` | how many letters |
| `starts(text)` | is there an A first? |
"""
CASES = """[[criterion]]
call = 'letters.size("abc")'
gives = 3

[[criterion]]
call = 'letters.starts("abc") or letters.starts(company)'
gives = false
lead = { attributes = { company = "Beta" } }
"""
GOOD = {"README.md": README, "examples/long.leadrules": RULES, "cases/all.toml": CASES}


@pytest.fixture
def complaints(distribute, tmp_path):
    """Write a plugin and its folder, some of its files replaced, and give what is said of it."""

    def check(cases: int = 1, *, code: str = CODE, **replaced: tuple[str, str]) -> list[str]:
        distribute("letters", code)
        for path, text in GOOD.items():
            before, after = replaced.get(path.rpartition("/")[2].partition(".")[0], ("", ""))
            assert before in text
            (tmp_path / path).parent.mkdir(exist_ok=True)
            (tmp_path / path).write_text(text.replace(before, after) if before else text, "utf-8")
        try:
            check_documents(importlib.import_module("letters"), tmp_path, cases=cases)
        except AssertionError as error:
            return str(error).splitlines()
        return []

    return check


def test_a_folder_that_says_what_is_so_passes(complaints):
    assert complaints() == []


@pytest.mark.parametrize(
    ("replaced", "said"),
    [
        pytest.param(
            {"README": ("score = 10", "score = 9")}, 'README.md:4: the example "a long name" fails', id="page"
        ),
        pytest.param(
            {"long": ("score = 10", "score = 9")}, 'examples/long.leadrules: the example "a long name" fails', id="file"
        ),
        pytest.param(
            {"README": (RULES, "need +1\n")},
            "README.md:4: it has no example; say what comes of a lead: `example`, `given` and `expect`",
            id="no example",
        ),
        pytest.param({"README": ("| `size(text)`", "| size")}, "README.md: no row begins with `size(…)`", id="no row"),
        pytest.param(
            {"README": ("| `size(text)`", "| `sise(text)`")}, "README.md: there is no criterion `sise`", id="row"
        ),
        pytest.param(
            {"all": ("letters.size(", "letters.starts(")},
            "cases: `size` is asked 0 times, and at least 1 are wanted",
            id="cases",
        ),
        pytest.param({"code": CODE.replace('"size", ', "")}, "`__all__` does not name `size`", id="not exported"),
        pytest.param({"code": CODE.replace("-> bool", "")}, "it does not say what it gives", id="broken"),
        pytest.param({"long": ("letters.size(", "letters.sice(")}, "has no criterion `sice`", id="mistake"),
        pytest.param({"long": ("use letters\n", "use letters\nparam p = 1\n")}, "LR211", id="warning"),
    ],
)
def test_what_is_not_so_is_named(complaints, replaced, said):
    found = complaints(**replaced)
    assert [line for line in found if said in line], found


def test_everything_is_said_at_once(complaints):
    found = complaints(cases=2, README=("score = 10", "score = 9"), long=("score = 10", "score = 9"))
    assert [line.partition(":")[0] for line in found] == ["README.md", "examples/long.leadrules", "cases", "cases"]


def test_each_row_of_a_table_asks(complaints, tmp_path):
    (tmp_path / "cases").mkdir()
    table = "company\tletters.size(company)\tletters.starts(company)\nab\t2\nAbc\t3\ttrue\n"
    (tmp_path / "cases/many.tsv").write_text(table, "utf-8")
    assert complaints(cases=2) == []
    assert complaints(cases=3) == ["cases: `starts` is asked 2 times, and at least 3 are wanted"]


def test_a_folder_without_a_readme_is_named(distribute, tmp_path):
    distribute("letters", CODE)
    with pytest.raises(AssertionError, match=r"there is no README\.md"):
        check_documents(importlib.import_module("letters"), tmp_path)


@pytest.mark.parametrize("info", ["", "text"])
def test_rules_in_a_block_that_nothing_checks_are_told(complaints, info):
    (told,) = complaints(README=("```leadrules\n", f"```{info}\n"))
    assert told == "README.md:3: rules that nothing checks: mark the block as `leadrules`"


def test_a_fence_of_tildes_is_a_fence(complaints):
    rules = f"~~~leadrules\n{RULES}~~~\n"
    assert complaints(README=(f"```leadrules\n{RULES}```\n", rules)) == []
    (told,) = complaints(README=(f"```leadrules\n{RULES}```\n", rules.replace("score = 10", "score = 11")))
    assert told == 'README.md:4: the example "a long name" fails'
