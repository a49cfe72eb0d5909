"""What the README, the examples and the cases say is true."""

import re
from pathlib import Path

import leadrules_frameworks

from leadrules.testing import check_documents

HOME = Path(__file__).parents[1]


def test_documents_are_true():
    check_documents(leadrules_frameworks, HOME, cases=20)


def test_the_readme_names_every_pack():
    named = re.findall(r"^\| [\w/&]+ \| `(\w+)` \| `(\w+)`", (HOME / "README.md").read_text("utf-8"), re.MULTILINE)
    packs = sorted(path.stem for path in Path(leadrules_frameworks.__file__).parent.glob("*.leadrules"))
    assert sorted(name for names in named for name in names) == packs
