"""Texts that tell too much, or find too much: reasons that name personal data, and parts of other words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from leadrules import program as p
from leadrules.analysis.common_words import word_around
from leadrules.analysis.findings import Findings, Root, fields_behind, roots_of
from leadrules.analysis.points import Outline
from leadrules.families import TEXT_TESTS
from leadrules.letters import REST, Letters, folded, why_no_words
from leadrules.program.personal import revealing_criteria, reveals
from leadrules.syntax import tree

_WORD = re.compile(r"\w+")
_ESCAPE = re.compile(r"\\Q.*?(?:\\E|$)|\\.", re.DOTALL)
_ASCII = frozenset({r"\b", r"\B", r"\w", r"\W"})


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
        read = {field.name for field in fields_behind(root.condition, program)}
        for name in dict.fromkeys(named):
            if name in read:
                _tell(root, name, program.fields[name].key, findings)


def check_outputs(outline: Outline, findings: Findings) -> None:
    """Warn of an output that tells what stands in a `pii` field or property (LR229)."""
    program = outline.program
    revealing = revealing_criteria(program)
    for output in program.outputs:
        if not reveals(output.body, program, revealing):
            continue
        read = [f"`{field.name}`" for field in fields_behind(output.body, program) if field.pii] or ["the events"]
        message = f"the output `{output.name}` shows personal data of {read[0]} in every result, which evidence masks"
        help_ = "if results may go wherever it may, write `# ok: LR229` behind it; if not, take a `criterion`"
        findings.warn("LR229", message, output, help_)


def check_word_tests(outline: Outline, findings: Findings) -> None:
    """Warn of a short text that `contains` finds in other words (LR225), and of ASCII letters in patterns (LR226).

    And of a star that stands for itself where it is not after `contains word` (LR230).
    """
    for root in roots_of(outline.program):
        for equal in root.condition.find(p.OneOf, p.Compare):
            _check_stars(equal, equal.choices if isinstance(equal, p.OneOf) else (equal.left, equal.right), findings)
        for test in root.condition.find(p.TextTest):
            values = [str(choice.value) for choice in test.choices if isinstance(choice, p.Constant)]
            if not (TEXT_TESTS[test.kind].is_pattern or TEXT_TESTS[test.kind].of_words):
                _check_stars(test, test.choices, findings)
            if TEXT_TESTS[test.kind].is_pattern:
                _check_patterns(test, values, outline.program.scope.letters, findings)
            elif test.kind == "contains" and test.subject.type.kind == "text":
                _check_parts(test, values, findings)


def _check_stars(test: p.Condition, choices: Sequence[p.ValueNode], findings: Findings) -> None:
    written = (str(one.value) for one in choices if isinstance(one, p.Constant) and one.type.kind == "text")
    starred = next((text for text in written if text.endswith(REST) and why_no_words(text) is None), None)
    if starred is not None:
        message = f"`{REST}` is a sign here, which a text would have to hold: `{starred}`"
        help_ = (
            f'for words that begin so write `contains word "{starred}"`; `contains` and `starts with` need no `{REST}`'
        )
        findings.warn("LR230", message, test, help_)


def _check_parts(test: p.TextTest, values: Sequence[str], findings: Findings) -> None:
    found = {value: word for value in values if (word := word_around(value))}
    if found:
        value, word = next(iter(found.items()))
        more = f", and {len(found) - 1} more such" if len(found) > 1 else ""
        message = f"`{test.kind}` finds parts of words: `{value}` in `{word}`{more}"
        help_ = f'for the whole word write `contains word "{value}"`'
        findings.warn("LR225", message, test, help_)


def _check_patterns(test: p.TextTest, values: Sequence[str], letters: Letters, findings: Findings) -> None:
    found = {escape: value for value in values for escape in _ESCAPE.findall(value) if escape in _ASCII}
    if found:
        escape = next(iter(found))
        other = "ж" if letters.accents_ignored else "ó"
        message = f"`{escape}` knows the letters a to z alone: to it `{other}` is a space between words"
        help_ = 'for a whole word write `contains word "vp"`; in a pattern `\\\\pL` is a letter of any alphabet'
        findings.warn("LR226", message, test, help_)


def _names(text: str, key: str, name: str) -> bool:
    """Tell whether a text names a field, `_` or a space between its words."""
    said = f" {' '.join(_words(text))} "
    return any(f" {' '.join(_words(form))} " in said for form in (name, key))


def _words(text: str) -> list[str]:
    return _WORD.findall(folded(text).replace("_", " "))


def _tell(root: Root, name: str, key: str, findings: Findings) -> None:
    written = findings.statement(root.part, tree.Node)
    told = [text for text in root.texts if _names(text, key, name)]
    at = next((text for text in written.find(tree.Text) if text.value in told), None) if written else None
    if at is not None:
        message = f"`{name}` is personal data (`pii`), and this text names it"
        findings.warn("LR215", message, at, "the text is shown where the value is masked; say it without the field")
