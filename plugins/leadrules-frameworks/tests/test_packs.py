"""The packs are faithful to their frameworks: each element is asked for, counted and reaches the whole."""

import itertools
import re
import subprocess
import sys
from pathlib import Path

import leadrules_frameworks
import pytest
from leadrules_frameworks.elements import anum, bant, champ, faint, gpctba_ci, meddic, meddpicc

from leadrules import Ruleset
from leadrules.testing import engines_agree

FOLDER = Path(leadrules_frameworks.__file__).parent
FRAMEWORKS = {function.__name__: function for function in (anum, bant, champ, faint, gpctba_ci, meddic, meddpicc)}
PACKS = [name + form for name in FRAMEWORKS for form in ("", "_numeric")]
STANDARD = {"budget", "authority", "need", "timing"}


def elements(framework):
    function = FRAMEWORKS[framework]
    return list(function.__annotations__)[:-1]


def fields(pack):
    framework, numeric, _ = pack.partition("_numeric")
    return [name if name in STANDARD and not numeric else f"{framework}_{name}" for name in elements(framework)]


def top(pack):
    if not pack.endswith("_numeric"):
        return True
    return 3 if pack.startswith("medd") else 10


def included(*packs):
    return Ruleset.from_text("".join(f'include "pack:frameworks/{pack}.leadrules"\n' for pack in packs))


def lead(pack, value):
    return {"id": "1", "attributes": dict.fromkeys(fields(pack), value)}


def test_there_are_both_forms_of_every_framework():
    assert sorted(path.stem for path in FOLDER.glob("*.leadrules")) == sorted(PACKS)


def test_packs_are_formatted():
    command = [sys.executable, "-m", "leadrules", "fmt", "--check", *sorted(FOLDER.glob("*.leadrules"))]
    assert subprocess.run(command, capture_output=True, text=True, check=False).returncode == 0


@pytest.mark.parametrize("pack", PACKS)
def test_everything_is_there(pack, noon):
    framework = pack.removesuffix("_numeric")
    result = included(pack).evaluate(lead(pack, top(pack)), as_of=noon)
    assert result.dimensions == {framework: 100}
    assert {f"{framework}_known", f"{framework}_met", f"{framework}_qualified"} <= set(result.segments)
    assert result.recommendations == ()


@pytest.mark.parametrize("pack", PACKS)
def test_nothing_is_known(pack, noon):
    framework = pack.removesuffix("_numeric")
    result = included(pack).evaluate({"id": "1"}, as_of=noon)
    asked = [text.partition(":")[0].casefold() for text in result.recommendations]
    assert (result.dimensions, result.segments) == ({framework: 0}, ())
    assert [text.replace("identify", "identified").replace(" ", "_") for text in asked] == elements(framework)


@pytest.mark.parametrize("pack", PACKS)
def test_everything_was_asked_and_nothing_is_there(pack, noon):
    framework = pack.removesuffix("_numeric")
    result = included(pack).evaluate(lead(pack, 0), as_of=noon)
    assert (result.dimensions, result.segments) == ({framework: 0}, (f"{framework}_known",))


@pytest.mark.parametrize("pack", [pack for pack in PACKS if pack.endswith("_numeric")])
@pytest.mark.parametrize("rating", ["-1", "11", "4.5e9"])
def test_a_rating_that_is_none_gives_no_points(pack, rating, noon):
    assert included(pack).evaluate(lead(pack, rating), as_of=noon).score == 0


@pytest.mark.parametrize("pack", PACKS)
def test_every_element_counts(pack, noon):
    rules = included(pack)
    for field in fields(pack):
        result = rules.evaluate({"id": "1", "attributes": {field: top(pack)}}, as_of=noon)
        assert 10 <= result.score <= 40


def test_forms_say_the_same(noon):
    for framework in FRAMEWORKS:
        plain, numeric = included(framework), included(f"{framework}_numeric")
        for met in itertools.product((True, False, None), repeat=2):
            known = [*met, *[True] * (len(elements(framework)) - 2)]
            answers = dict(zip(fields(framework), known, strict=True))
            best = top(f"{framework}_numeric")
            ratings = {True: best, False: 0, None: None}
            rated = {name: ratings[state] for name, state in zip(fields(f"{framework}_numeric"), known, strict=True)}
            a = plain.evaluate({"id": "1", "attributes": answers}, as_of=noon)
            b = numeric.evaluate({"id": "1", "attributes": rated}, as_of=noon)
            assert (a.dimensions, a.segments) == (b.dimensions, b.segments)


def test_all_packs_of_a_form_can_be_included_together(noon):
    for form in ("", "_numeric"):
        result = included(*(name + form for name in FRAMEWORKS)).evaluate({"id": "1"}, as_of=noon)
        assert len(result.dimensions) == len(FRAMEWORKS)


def test_a_host_sets_from_which_rating_an_element_is_met(noon):
    rules = Ruleset.from_text('include "pack:frameworks/bant_numeric.leadrules"\n', params={"bant_met_at": 5})
    assert "bant_met" in rules.evaluate(lead("bant_numeric", 5), as_of=noon).segments


@pytest.mark.parametrize("pack", PACKS)
def test_engines_agree(pack, noon):
    for value in (top(pack), 0, None):
        engines_agree(included(pack), lead(pack, value), noon)


@pytest.mark.parametrize("pack", PACKS)
def test_every_field_of_its_own_is_explained(pack):
    text = (FOLDER / f"{pack}.leadrules").read_text("utf-8")
    assert re.findall(r"^field (\w+)", text, re.MULTILINE) == [name for name in fields(pack) if name not in STANDARD]
    assert not re.search(r"^[^#\n].*\nfield ", text.replace("\n\n", "\n#\n"), re.MULTILINE)
