"""Personal data named in texts that travel with the score."""

from __future__ import annotations

import re
from collections.abc import Iterator

from leadrules import program as p
from leadrules.analysis.findings import Findings, Root, roots_of
from leadrules.analysis.points import Outline
from leadrules.syntax import tree
from leadrules.values import folded

_WORD = re.compile(r"\w+")


def check_texts(outline: Outline, findings: Findings) -> None:
    """Warn of a reason, tag or recommendation that names a `pii` field whose value its condition reads (LR215).

    Evidence masks such values; a text like "the job title is director" tells them all the same. To
    ask only whether a value is known tells nothing of it.
    """
    program = outline.program
    personal = {name for name, field in program.fields.items() if field.pii}
    if not personal:
        return
    for root in roots_of(program):
        named = [name for text in root.texts for name in personal if _names(text, program.fields[name].key, name)]
        if not named:
            continue
        read = set(_values_read(root.condition, program))
        for name in dict.fromkeys(named):
            if name in read:
                _tell(root, name, program.fields[name].key, findings)


def _names(text: str, key: str, name: str) -> bool:
    """Tell whether a text names a field, `_` or a space between its words."""
    said = f" {' '.join(_words(text))} "
    return any(f" {' '.join(_words(form))} " in said for form in (name, key))


def _words(text: str) -> list[str]:
    return _WORD.findall(folded(text).replace("_", " "))


def _values_read(condition: p.Condition, program: p.Program) -> Iterator[str]:
    """Name the fields whose values a condition reads, through criteria and segments too.

    What only asks whether something is known is passed over.
    """
    waiting: list[p.Condition | p.ValueNode] = [condition]
    seen: set[p.DefinitionRead] = set()
    while waiting:
        node = waiting.pop()
        asked = {id(part.value) for part in node.find(p.IsKnown)}
        for part in node.find(p.FieldRead, p.DefinitionRead):
            if id(part) in asked or part in seen:
                continue
            if isinstance(part, p.FieldRead):
                yield part.field.name
            elif (behind := program.behind(part)) is not None:
                seen.add(part)
                waiting.append(behind)


def _tell(root: Root, name: str, key: str, findings: Findings) -> None:
    written = findings.statement(root.part, tree.Node)
    told = [text for text in root.texts if _names(text, key, name)]
    at = next((text for text in written.find(tree.Text) if text.value in told), None) if written else None
    if at is not None:
        message = f"`{name}` is personal data (`pii`), and this text names it"
        findings.warn("LR215", message, at, "the text is shown where the value is masked; say it without the field")
