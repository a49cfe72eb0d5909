"""The syntax corpus: files that are read without complaint, and files that are not.

In `errors/`, each expected diagnostic stands in a comment on the line it is about, help after `=>`;
`pytest tests/corpus --regenerate` rewrites them.
"""

from pathlib import Path

import pytest

from leadrules.syntax.formatter import text_of
from leadrules.syntax.parser import parse

HERE = Path(__file__).parent
ACCEPTED = sorted(HERE.glob("syntax/*.leadrules"))
REFUSED = sorted(HERE.glob("errors/*.leadrules"))


@pytest.mark.parametrize("path", ACCEPTED, ids=lambda path: path.stem)
def test_a_file_is_read_and_written_back(path):
    file, diagnostics = parse(path.read_text("utf-8"), path.name)
    assert diagnostics == ()
    for statement in file.statements:
        text = text_of(statement)
        assert "\n" not in text
        again, complaints = parse(text, "again")
        assert (complaints, again.statements) == ((), (statement,)), text


@pytest.mark.parametrize("path", REFUSED, ids=lambda path: path.stem)
def test_mistakes_are_told_on_their_line(path, golden):
    golden(path, with_diagnostics(path.read_text("utf-8")))


def test_nothing_in_the_error_files_is_accepted_silently():
    said = [line for path in REFUSED for line in path.read_text("utf-8").splitlines() if "#!" in line]
    assert len(said) > 150


def with_diagnostics(text: str) -> str:
    """Put what is said about each line of a file at its end, as comments."""
    lines = [line.split("#!")[0].rstrip() for line in text.removesuffix("\n").split("\n")]
    for d in reversed(parse("\n".join(lines), "case")[1]):
        at = d.span.line - 1
        before, _, after = lines[at].partition("  #! ")
        said = f"{d.code} {d.message}" + (f" => {d.help}" if d.help else "")
        lines[at] = f"{before}  #! {said}" + (f"  #! {after}" if after else "")
    return "\n".join(lines) + "\n"
