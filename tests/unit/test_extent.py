"""What all files of a ruleset may hold together, and that only the first excess is told."""

import pytest

from leadrules import Limits, Ruleset, RulesetError

TWO = "need +1\nbudget +2\n"  # three words and signs each; an `include` has two


def mistakes(main, files, **limits):
    with pytest.raises(RulesetError) as caught:
        Ruleset.from_text(main, files=files, limits=Limits(**limits))
    return [(d.code, d.message, d.span.file) for d in caught.value.diagnostics]


@pytest.mark.parametrize(
    ("limits", "code", "most"),
    [
        ({"rules": 3}, "LR005", "3 rules"),
        ({"parts": 6}, "LR014", "6 statements and conditions"),
        ({"tokens": 13}, "LR014", "13 words and signs"),
    ],
)
def test_files_together(limits, code, most):
    main = TWO + 'include "a.leadrules"\ninclude "b.leadrules"\nwritten_in_b +1\n'
    found = mistakes(main, {"a.leadrules": TWO, "b.leadrules": "not read"}, **limits)
    assert found == [(code, f"the files together have more than {most}", "a.leadrules")]


def test_one_file():
    found = mistakes(TWO * 2, {}, tokens=10)
    assert found == [("LR014", "the file has more than 10 words and signs", "rules.leadrules")]
