"""Personal data named in texts that travel with the score."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from leadrules import program as p
from leadrules.analysis.findings import Findings, nodes_of, roots_of
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
    read_by = {c.name: c.body for c in program.criteria} | {s.name: s.condition for s in program.segments}
    for root in roots_of(program):
        named = [name for text in root.texts for name in personal if _names(text, program.fields[name].key, name)]
        if not named:
            continue
        read = set(_values_read(root.condition, read_by))
        for name in dict.fromkeys(named):
            if name in read:
                _tell(root.condition, root.texts, name, program.fields[name].key, findings)


def _names(text: str, key: str, name: str) -> bool:
    """Tell whether a text names a field, `_` or a space between its words."""
    said = f" {' '.join(_words(text))} "
    return any(f" {' '.join(_words(form))} " in said for form in (name, key))


def _words(text: str) -> list[str]:
    return _WORD.findall(folded(text).replace("_", " "))


def _values_read(node: Any, read_by: dict[str, Any]) -> Iterator[str]:
    """Name the fields whose values a condition reads, through criteria and segments too."""
    waiting, seen = [node], set()
    while waiting:
        for part in _looked_at(waiting.pop()):
            if isinstance(part, p.FieldRead):
                yield part.field.name
            elif isinstance(part, p.DefinitionRead) and part.name in read_by and part.name not in seen:
                seen.add(part.name)
                waiting.append(read_by[part.name])


def _looked_at(node: Any) -> Iterator[Any]:
    """Give the parts of a condition without those that only ask whether something is known."""
    known = {id(part.value) for part in nodes_of(node) if isinstance(part, p.IsKnown)}
    return (part for part in nodes_of(node) if id(part) not in known)


def _tell(condition: p.Condition, texts: tuple[str, ...], name: str, key: str, findings: Findings) -> None:
    written = findings.statement(condition, tree.Rule) or findings.statement(condition, tree.Outcome)
    written = written or findings.statement(condition, tree.Require)  # type: ignore[assignment]
    told = [text for text in texts if _names(text, key, name)]
    at = next((part for part in nodes_of(written) if isinstance(part, tree.Text) and part.value in told), None)
    if at is not None:
        message = f"`{name}` is personal data (`pii`), and this text names it"
        findings.warn("LR215", message, at, "the text is shown where the value is masked; say it without the field")
