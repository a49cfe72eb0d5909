"""Every rule of a file in a list: how often it counts, and what scoring event by event keeps for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from leadrules import program as p
from leadrules.characters import printable
from leadrules.cli.screen import Screen
from leadrules.contents import Contents
from leadrules.engine.incremental.memory import MEANINGS, REMEMBERS, Memories
from leadrules.engine.incremental.uses import Memory
from leadrules.values import signed

OUTCOMES = "outcomes"
_STYLES: dict[Memory, str] = {"bounded": "", "distinct": "yellow", "events": "magenta"}


@attrs.frozen
class _Line:
    """A rule in the list: its title, its line, how it scores or what it gives, what is kept for it, its text.

    `file` names an included file that it stands in.
    """

    title: str
    line: int
    scores: str
    keeps: Memory
    text: str
    file: str | None


def scoring_rules(program: p.Program) -> Iterator[tuple[p.Dimension, p.PointsGroup | None, p.Rule]]:
    """Give every scoring rule with its dimension and group, in order of declaration."""
    groups = {rule.id: group for group in program.groups for rule in group.rules}
    return ((dimension, groups.get(rule.id), rule) for dimension in program.dimensions for rule in dimension.rules)


def show_rules(screen: Screen, program: p.Program) -> None:
    """List every rule under what it belongs to: its line, each or once, what is kept for it, its text and points."""
    lines = [*_scoring(program), *_outcomes(program)]
    number = max([4, *(len(str(line.line)) for line in lines)])
    title = None
    for line in lines:
        if line.title != title:
            if title is not None:
                screen.line()
            title = line.title
            scores = "gives" if title == OUTCOMES else "scores"
            screen.line((f"{'line':>{number}}  {scores:<9}  keeps     ", "dim"), (title, "bold"))
        head = screen.styled(
            (f"{line.line:>{number}}", "dim"),
            "  ",
            (f"{line.scores:<9}", "cyan" if line.scores == "each" else ""),
            "  ",
            (f"{line.keeps:<8}", _STYLES[line.keeps]),
            "  ",
        )
        place = "" if line.file is None else (f"  in {printable(line.file)}", "dim")
        screen.hanging(head, screen.styled(printable(line.text), place))
    if lines:
        _show_meanings(screen, lines)


def _show_meanings(screen: Screen, lines: list[_Line]) -> None:
    """Say what the classes of memory are that were shown."""
    screen.line()
    screen.line(("Scoring event by event keeps for a rule", "dim"))
    for memory, meaning in MEANINGS.items():
        if any(line.keeps == memory for line in lines):
            screen.line((f"  {memory:<8}  {meaning}", "dim"))
    screen.line(("and for any rules", "dim"))
    screen.hanging(screen.styled(("  bounded   ", "dim")), screen.styled((REMEMBERS, "dim")))
    screen.line()


def _scoring(program: p.Program) -> Iterator[_Line]:
    memories = Memories(program)
    for dimension, group, rule in scoring_rules(program):
        title = dimension.name if group is None else f"{dimension.name}, group {group.name}"
        scores = "once" if rule.selection is None else "each"
        yield _Line(title, rule.line, scores, memories.of(rule), _text(rule), program.file_of(rule))


def _outcomes(program: p.Program) -> Iterator[_Line]:
    """Give what else asks something of a lead, in order of the file."""
    found: list[tuple[str, Any, str]] = []
    found += [("persona", i, f"{i.name} {signed(i.points)}") for i in program.personas]
    for r in program.requirements:
        found.append(("require", r, r.condition.text + ("" if r.label is None else f" for {r.label}")))
    found += [("ignore", i, i.selection.text) for i in program.ignores]
    for ladder in program.ladders:
        found += [("stage", r, f"{r.condition.text} -> {r.label}") for r in ladder.rules]
        found += [("hold", h, f"{h.label} while {h.condition.text}") for h in ladder.holds]
    found += [(m.kind, m, f'{m.condition.text} -> {m.kind} "{m.value}"') for m in program.marks]
    found += [("grade", g, f"{g.name} = {g.subject.text}") for g in _grades_of_criteria(program)]
    found += [("output", o, f"{o.name} = {o.body.text}") for o in program.outputs]
    found += [("segment", s, f"{s.name} = {s.condition.text}") for s in program.segments]
    memories = Memories(program)
    for gives, part, text in sorted(found, key=lambda one: program.position(one[1])):
        yield _Line(OUTCOMES, part.line, gives, memories.of(_asked(part)), text, program.file_of(part))


def _asked(part: Any) -> Any:
    """Give what a part of a program asks of a lead."""
    if isinstance(part, (p.Persona, p.Ignore)):
        return part
    if isinstance(part, p.Criterion):
        return part.body
    return part.subject if isinstance(part, p.Grade) else part.condition


def _grades_of_criteria(program: p.Program) -> Iterator[p.Grade]:
    """Give the grades of values that no rule makes."""
    grades = (grade for grade in program.grades if isinstance(grade, p.Grade))
    return (g for g in grades if isinstance(g.subject, p.DefinitionRead) and g.subject.kind == "criterion")


def _text(rule: p.Rule) -> str:
    """Write a rule's conditions and points, without its modifiers."""
    conditions = ["else" if one.condition is None else one.condition.text for one in rule.alternatives]
    if rule.selection is not None or len(conditions) == 1:
        conditions = [rule.text]
    return " | ".join(f"{condition} {one.text}" for condition, one in zip(conditions, rule.alternatives, strict=True))


def plain_rules(program: p.Program) -> Iterator[dict[str, Any]]:
    """Give every scoring rule as plain data, in order of declaration."""
    for rule in Contents(program).rules:
        yield {
            "rule": rule.id,
            "line": rule.line,
            "file": rule.file,
            "dimension": rule.dimension,
            "group": rule.group,
            "scores": rule.scores,
            "memory": rule.keeps,
            "points": [*rule.points],
        }
