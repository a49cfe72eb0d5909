"""Stages that nobody can enter, and graded dimensions that count into the score unsaid."""

from __future__ import annotations

from leadrules import program as p
from leadrules.analysis.findings import Findings
from leadrules.analysis.meaning import Meaning
from leadrules.analysis.points import Outline, reachable_labels
from leadrules.check.outcomes import label_text
from leadrules.syntax import tree


def check_stages(outline: Outline, findings: Findings) -> None:
    """Warn of labels that no rule leads to and no record keeps (LR216).

    A label that `was` asks for stands for what the lead's record says, and needs no rule.
    """
    asked = {
        label_text(part.label)
        for node in findings.statements
        if isinstance(node, _ASKING)
        for part in node.find(tree.Was)
    }
    for ladder in outline.program.ladders:
        written = findings.statement(ladder, tree.Stages)
        reachable = reachable_labels(outline.meaning, ladder)
        for label in () if written is None else (*written.labels, *written.exits):
            text = label_text(label)
            if text not in reachable and text not in asked:
                _unreachable(outline.meaning, ladder, text, label, findings)


_ASKING = (
    tree.Rule, tree.Outcome, tree.Hold, tree.Criterion, tree.Segment, tree.Require, tree.PersonaLine
)  # fmt: skip


def _unreachable(meaning: Meaning, ladder: p.Ladder, label: str, at: tree.Node, findings: Findings) -> None:
    led = [rule.condition for rule in ladder.rules if rule.label == label]
    why, help_ = "no rule leads to it", f"write a rule: `… -> {label}`"
    needed = [r.condition for r in meaning.program.requirements if r.label in _up_to(label, ladder)]
    if led and not all(meaning.cases(condition).true for condition in needed):
        why, help_ = "no lead meets what it requires", "let `require … for` ask for less, or leave the label out"
    elif label == ladder.labels[0] or any(meaning.cases(condition).true for condition in led):
        why = "wherever it would count, a higher label or an exit does"
        help_ = "let the rules to the others ask for more, or leave it out"
    elif led:
        why = "the rules that lead to it never apply"
    findings.warn("LR216", f"no lead becomes `{label}`: {why}", at, help_)


def _up_to(label: str, ladder: p.Ladder) -> tuple[str, ...]:
    return ladder.labels[: ladder.labels.index(label) + 1] if label in ladder.labels else ()


def check_totals(outline: Outline, findings: Findings) -> None:
    """Warn of a graded dimension that counts into the score because no `total` says otherwise (LR218)."""
    program = outline.program
    if program.total.terms is not None or len(program.dimensions) < 2:
        return
    others = [d.name for d in program.dimensions]
    for grade in program.grades:
        if not isinstance(grade, p.Grade) or not isinstance(grade.subject, p.DefinitionRead):
            continue
        written = findings.statement(grade, tree.Grade)
        if grade.subject.kind == "dimension" and written is not None:
            name = grade.subject.name
            rest = " + ".join(other for other in others if other != name)
            help_ = f"say so with `total = {' + '.join(others)}`, or keep it out with `total = {rest}`"
            message = f"`{name}` has a grade of its own and also counts into `score`, since there is no `total`"
            findings.warn("LR218", message, written.subject, help_)
