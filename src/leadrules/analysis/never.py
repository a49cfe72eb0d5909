"""Conditions that no lead fulfils, thresholds that no lead reaches, and conditions that always hold."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import attrs

from leadrules import program as p
from leadrules.analysis.cases import Cases, all_of, any_of, some_of
from leadrules.analysis.findings import Findings, Root, roots_of
from leadrules.analysis.meaning import Meaning
from leadrules.analysis.points import Outline, possible_bands
from leadrules.analysis.ranges import Range, hull
from leadrules.analysis.sets import Numbers
from leadrules.families import COMPARISONS
from leadrules.syntax import tree
from leadrules.values import text_of_number

_ALWAYS = frozenset({"rule", "when", "line", "label", "hold", "mark", "require", "criterion", "segment"})


def check_conditions(outline: Outline, findings: Findings) -> None:
    """Warn of thresholds out of reach (LR204), conditions never true (LR206) and always true (LR221)."""
    for root in roots_of(outline.program):
        visit = _Visit(outline.meaning)
        cases = visit.read(root.condition, positive=True)
        for culprit in visit.culprits:
            _report(outline.meaning, culprit, root, findings, whole=not cases.true)
        if cases.is_always_true and root.kind in _ALWAYS and not isinstance(root.condition, p.Always):
            _always(root, findings)
    _check_seasons(outline.program, findings)


@attrs.frozen
class Culprit:
    """A smallest part that can never be true (or false, where `positive` is False); a silent one is told elsewhere."""

    node: p.Condition
    positive: bool
    silent: bool = False


@attrs.define
class _Visit:
    """One reading of a condition, which collects the smallest parts that can never be as they are wanted."""

    meaning: Meaning
    culprits: list[Culprit] = attrs.field(factory=list)

    def read(self, node: p.Condition, *, positive: bool) -> Cases:
        before = len(self.culprits)
        match node:
            case p.Not(member):
                return self.read(member, positive=not positive).opposite()
            case p.And(members):
                cases = all_of([self.read(member, positive=positive) for member in members])
            case p.Or(members):
                cases = any_of([self.read(member, positive=positive) for member in members])
            case p.AtLeast(count, members):
                cases = some_of(count, [self.read(member, positive=positive) for member in members])
            case _:
                cases = self.meaning.cases(node)
                self._filters(node)
        impossible = not (cases.true if positive else cases.false)
        if impossible and len(self.culprits) == before and not isinstance(node, p.Always):
            told = isinstance(node, p.Truth) and isinstance(node.value, p.DefinitionRead)
            self.culprits.append(Culprit(node, positive, told))
        return cases

    def _filters(self, node: p.Condition) -> None:
        for part in node.find(p.Selection, p.SinceEvent, p.Answer):
            if part.filter is not None:
                self.read(part.filter, positive=True)


def _report(meaning: Meaning, culprit: Culprit, root: Root, findings: Findings, *, whole: bool) -> None:
    node = culprit.node
    if culprit.silent:
        return
    if culprit.positive:
        told = _out_of_reach(meaning, node, root)
        if told is not None:
            findings.warn("LR204", told, node, "lower it, or raise what the rules give")
            return
    text = node.text if culprit.positive else f"not {node.text}"
    end = f", so {root.never}" if whole else ""
    findings.warn("LR206", f"`{text}` can never be true{end}", node, _advice(node))


def _advice(node: p.Condition) -> str:
    if isinstance(node, p.And):
        return "its parts exclude each other; did you mean `or`?"
    return "change it, or leave it out"


def _always(root: Root, findings: Findings) -> None:
    help_ = {
        "rule": "if that is meant, write `always`",
        "when": "leave it out",
        "require": "leave the line out",
    }.get(root.kind, "leave the rule out, or ask for something that leads differ in")
    findings.warn("LR221", f"`{root.condition.text}` is always true, whatever the lead", root.condition, help_)


# ---------------------------------------------------------------- thresholds


def _out_of_reach(meaning: Meaning, node: p.Condition, root: Root) -> str | None:
    """Say what can be reached and what is asked, where a value of the rules' own making is asked for too much."""
    for value, op, asked in _demands(node):
        known = meaning.values(value).known
        if not isinstance(known, Numbers) or known.is_empty:
            continue
        found = hull(known)
        if op in {">", ">=", "="} and found.high is not None and _fails(found.high, op, asked):
            return f"{_gives(value, 'at most', found.high)}, {root.needs} needs {_needed(op, asked)}"
        if op in {"<", "<=", "="} and found.low is not None and _fails(found.low, op, asked):
            return f"{_gives(value, 'at least', found.low)}, {root.needs} needs {_needed(op, asked)}"
    return None


def _demands(node: p.Condition) -> Iterator[tuple[p.ValueNode, str, Fraction]]:
    """Give what a test asks of a value: a comparison, or each end of `between`."""
    match node:
        case p.Compare(op, left, p.Constant(Fraction() as asked)):
            yield left, op, asked
        case p.Compare(op, p.Constant(Fraction() as asked), right):
            yield right, COMPARISONS[op].turned, asked
        case p.Between(value, low, high):
            if isinstance(low, p.Constant) and isinstance(low.value, Fraction):
                yield value, ">=", low.value
            if isinstance(high, p.Constant) and isinstance(high.value, Fraction):
                yield value, "<=", high.value
        case _:
            pass


def _fails(end: Fraction, op: str, asked: Fraction) -> bool:
    """Tell whether even the nearest end of what can be reached does not do."""
    return not COMPARISONS[op].holds(end, asked)


def _needed(op: str, asked: Fraction) -> str:
    return f"{COMPARISONS[op].words}{text_of_number(asked)}"


def _gives(value: p.ValueNode, most: str, end: Fraction) -> str:
    points = "1 point" if end == 1 else f"{text_of_number(end)} points"
    if isinstance(value, p.DefinitionRead):
        if value.kind == "score":
            return f"the rules give {most} {points}"
        if value.kind in {"dimension", "group"}:
            return f"the rules of `{value.name}` give {most} {points}"
        if value.kind == "persona":
            return f"`{value.name}` is a share and {most} {text_of_number(end)}"
    return f"`{value.text}` is {most} {text_of_number(end)}"


def check_grades(outline: Outline, findings: Findings) -> None:
    """Warn of bands of grades that no lead is in (LR204)."""
    for grade in outline.program.grades:
        written = findings.statement(grade, tree.Grade)
        if isinstance(grade, p.GradeCell) or written is None:
            continue
        known = outline.meaning.values(grade.subject).known
        if not isinstance(known, Numbers) or known.is_empty:
            continue
        possible = possible_bands(outline.meaning, grade)
        above: Fraction | None = None
        for band, node in zip(grade.bands, written.bands, strict=True):
            if band not in possible:
                findings.warn("LR204", _no_band(grade, band, above, hull(known)), node, "change the thresholds")
            above = band.threshold


def _no_band(grade: p.Grade, band: p.Band, above: Fraction | None, found: Range) -> str:
    low = band.threshold
    if low is not None and found.high is not None and found.high < low:
        return f"{_gives(grade.subject, 'at most', found.high)}, `{band.label}` needs {text_of_number(low)}"
    if above is not None and found.low is not None and found.low >= above:
        return f"{_gives(grade.subject, 'at least', found.low)}, so no lead is `{band.label}`"
    ends = ("" if end is None else text_of_number(end) for end in (low, above))
    return "`{}` is never from {} to below {}, so no lead is `{}`".format(grade.subject.text, *ends, band.label)


def _check_seasons(program: p.Program, findings: Findings) -> None:
    for rule in program.rules:
        if rule.first_day is None or rule.last_day is None or rule.first_day <= rule.last_day:
            continue
        written = findings.statement(rule, tree.Rule)
        until = next((m for m in written.modifiers if isinstance(m, tree.Until)), None) if written else None
        if until is not None:
            message = f"this rule never applies: it ends on {rule.last_day} and begins on {rule.first_day}"
            findings.warn("LR206", message, until, "exchange the two days")
