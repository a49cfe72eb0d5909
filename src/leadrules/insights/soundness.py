"""What may be written into a rule file that is made from data: names that rules can write, declarations that hold.

Headers and types of events come from whoever fills in a form. A name that would close its backticks
could open a statement of its own, so nothing is written that is not read back as what it was meant to be.
"""

from __future__ import annotations

from collections.abc import Sequence

from leadrules.loading import check_files
from leadrules.syntax import tree
from leadrules.syntax.files import Files
from leadrules.syntax.parser import parse
from leadrules.values import plain_name

_ROUNDS = 20
_DECLARATIONS = (tree.FieldDeclaration, tree.EventDeclaration)


def is_name(text: str) -> bool:
    r"""Tell whether rules can write a name, in backticks at least, and a reader sees all of it.

    >>> is_name("Demo Request"), is_name("x`\nuse other"), is_name("x\u202e")
    (True, False, False)
    """
    if "`" in text or not text.isprintable():
        return False
    file, diagnostics = parse(f"event `{text}`", "")
    if any(d.severity == "error" for d in diagnostics) or len(file.statements) != 1:
        return False
    (statement,) = file.statements
    return isinstance(statement, tree.EventDeclaration) and statement.name.name == plain_name(text)


def without_mistakes(lines: Sequence[str]) -> list[str]:
    """Give those of some declarations, a line each, that may stand together in a rule file.

    What has a mistake is left out, until none has; and everything, where that cannot be had.
    """
    left = [line for line in lines if len(line.splitlines()) == 1]
    for _ in range(_ROUNDS):
        found = check_files(Files.of_text("\n".join(left), "inferred", {}), {})
        wrong = {d.span.line for d in found.diagnostics if d.severity == "error"}
        wrong |= {s.span.line for s in found.statements if not isinstance(s, _DECLARATIONS)}
        if not wrong:
            return left if len(found.statements) == len(left) else []
        left = [line for number, line in enumerate(left, start=1) if number not in wrong]
    return []
