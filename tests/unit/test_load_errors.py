"""Which exception says that rules cannot be loaded."""

import pickle

import pytest

from leadrules import Limits, RuleCheckError, RuleFileError, Ruleset, RulesetError, RuleSyntaxError


def written(folder, content):
    path = folder / "acme.leadrules"
    path.write_bytes(content)
    return path


UNREADABLE = {
    "absent": (lambda folder: folder / "acme.leadrules", "LR010", "there is no such file"),
    "folder": (lambda folder: folder, "LR010", "this is a folder, not a rule file"),
    "not UTF-8": (lambda folder: written(folder, b"\xff"), "LR001", "UTF-8"),
    "no text": (lambda folder: written(folder, b"PK\0\1"), "LR002", "text"),
    "too large": (lambda folder: written(folder, b"email_open +5\n" * 10), "LR004", "140 bytes"),
}


@pytest.mark.parametrize(("make", "code", "words"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_file_without_a_text_is_an_error_of_the_file(tmp_path, make, code, words):
    with pytest.raises(RulesetError) as caught:
        Ruleset.from_file(make(tmp_path), limits=Limits(file_bytes=100))
    assert type(caught.value) is RuleFileError
    assert [d.code for d in caught.value.diagnostics] == [code]
    assert words in str(caught.value)
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301
    assert (type(again), again.diagnostics) == (RuleFileError, caught.value.diagnostics)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("email_open + 5 +", RuleSyntaxError),
        ("", RuleSyntaxError),
        ("not_declared +5", RuleCheckError),
        ('include "more.leadrules"', RuleCheckError),
        ('list of = from "firms.csv"', RuleSyntaxError),
        ('list firms from "firms.csv"\ncompany in firms +5', RuleCheckError),
        ("use no_such_plugin", RuleCheckError),
    ],
)
def test_what_stands_in_a_file_is_an_error_of_its_text(tmp_path, text, kind):
    with pytest.raises(kind) as caught:
        Ruleset.from_file(written(tmp_path, text.encode()))
    assert not isinstance(caught.value, RuleFileError)
