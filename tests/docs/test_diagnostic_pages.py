"""Every diagnostic code has a page, made from the code and from files that are run here: `pytest --regenerate`."""

import re
from pathlib import Path

import pytest

from leadrules import Ruleset, RulesetError
from leadrules.diagnostics.pages import Page, pages, registry
from leadrules.loading import check_files
from leadrules.syntax.codes import CODES
from leadrules.syntax.files import Files
from leadrules.syntax.layout import format_file
from leadrules.syntax.parser import parse

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs/reference/diagnostics"
PAGES = registry()
WITH_FILES = [pytest.param(page, id=code) for code, page in PAGES.items() if page.cause]
IN_WORDS = {"LR001", "LR002", "LR010", "LR012"}


def test_every_code_has_a_page_and_every_page_a_code():
    assert list(PAGES) == sorted(CODES)
    assert {code for code, page in PAGES.items() if not page.cause} == IN_WORDS


@pytest.mark.parametrize("page", WITH_FILES)
def test_the_cause_gives_exactly_its_code(page: Page):
    found = {diagnostic.code for diagnostic in page.check_cause().diagnostics}
    assert page.code in found
    assert found - {page.code} == set(page.also)
    for diagnostic in page.check_cause().diagnostics:
        assert (diagnostic.severity == "warning") == (diagnostic.code.startswith("LR2"))


@pytest.mark.parametrize("page", WITH_FILES)
def test_the_mended_file_is_good_and_laid_out(page: Page):
    assert page.check_mended().diagnostics == ()
    assert format_file(parse(page.mended, "mended")[0]) == page.mended


@pytest.mark.parametrize("code", sorted(PAGES))
def test_a_page_is_told_in_a_few_sentences(code):
    sentences = re.findall(r"[^.:]{8,}[.:](?=\s|$)", PAGES[code].means)
    assert 1 <= len(sentences) <= 5
    assert max(map(len, PAGES[code].means.splitlines())) <= 120


def test_the_pages_are_fresh(golden, request):
    FOLDER.mkdir(parents=True, exist_ok=True)
    made = pages()
    if request.config.option.regenerate:
        for path in FOLDER.iterdir():
            path.unlink()
    for name, text in made.items():
        golden(FOLDER / name, text)
    assert sorted(path.name for path in FOLDER.iterdir()) == sorted(made)


# -------------------------------------------------------------- causes that are no text of a file


def codes_of(path: Path) -> list[str]:
    with pytest.raises(RulesetError) as caught:
        Ruleset.from_file(path)
    return [diagnostic.code for diagnostic in caught.value.diagnostics]


def test_a_file_that_is_not_utf_8(tmp_path):
    path = tmp_path / "rules.leadrules"
    path.write_bytes('city = "Łódź" +5\n'.encode("iso8859-2"))
    assert codes_of(path) == ["LR001"]
    path.write_bytes('city = "Łódź" +5\n'.encode())
    assert Ruleset.from_file(path).warnings == ()


def test_a_file_that_is_no_text(tmp_path):
    path = tmp_path / "rules.leadrules"
    path.write_bytes(b"PK\x03\x04\0\0 a spreadsheet")
    assert codes_of(path) == ["LR002"]


def test_a_file_that_is_not_there(tmp_path):
    assert codes_of(tmp_path / "rules.leadrules") == ["LR010"]
    assert codes_of(tmp_path) == ["LR010"]


def test_a_file_with_an_event_for_each_page():
    text = "\n".join(f"event visit_of_page_{n}" for n in range(2_001)) + "\nneed +1"
    found = check_files(Files.of_text(text, "rules.leadrules", {}), {}).diagnostics
    assert [(d.code, d.message) for d in found] == [("LR012", "the file declares more than 2,000 events")]
    assert check_files(Files.of_text('event visit[page: text]\nvisit[page = "/pricing"] +5', "x", {}), {}).program
