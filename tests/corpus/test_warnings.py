"""The warnings corpus: what each file is warned of stands in comments on its lines, and nothing else is said.

`LR204_*` files cause a warning, `LR204_near_*` come close and cause none, `LR204_silenced` has one
that a comment answers.
"""

import re
from collections import Counter
from pathlib import Path

import pytest

from leadrules import Ruleset
from leadrules.diagnostics.pages import ACME
from leadrules.syntax.codes import WARNING_CODES

HERE = Path(__file__).parent
MISTAKEN = sorted(HERE.glob("warnings/*.leadrules"))
SILENCED = sorted(HERE.glob("warnings/*_silenced.leadrules"))


def test_warnings(mistaken, check_warnings):
    check_warnings(mistaken.read_text("utf-8"))


@pytest.mark.parametrize("path", SILENCED, ids=lambda path: path.stem)
def test_a_silenced_file_is_warned_of_without_its_comment(path):
    text = re.sub(r"\bok: LR\d+", "", path.read_text("utf-8"))
    assert [d.code for d in Ruleset.from_text(text, criteria={"acme": ACME}).warnings] == [
        path.stem.removesuffix("_silenced")
    ]


def test_every_code_has_files_that_cause_it_near_misses_and_a_silenced_one():
    kinds = Counter(re.sub(r"^(LR\d+)_(near_|silenced$)?.*", r"\1 \2", path.stem) for path in MISTAKEN)
    assert [code for code in WARNING_CODES if kinds[f"{code} "] < 2 or kinds[f"{code} near_"] < 2] == []
    assert [code for code in WARNING_CODES if not kinds[f"{code} silenced"]] == []
