"""Every code that the package can give has a title, and every title a code that is given."""

import re
from pathlib import Path

from leadrules.syntax.codes import CODES

SOURCE = Path(__file__).parents[2] / "src/leadrules"


def test_every_code_in_use_has_a_title_and_every_title_is_of_a_code_in_use():
    sources = [path for path in SOURCE.rglob("*.py") if path.name != "codes.py"]
    used = {code for path in sources for code in re.findall(r'"(LR\d{3})"', path.read_text("utf-8"))}
    assert used == CODES.keys()


def test_titles_tell_codes_apart():
    assert len(set(CODES.values())) == len(CODES)
    assert [title for title in CODES.values() if title[0].isupper() or title.endswith(".")] == []


def test_codes_are_in_order():
    assert list(CODES) == sorted(CODES)
