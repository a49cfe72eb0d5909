"""What a failed example is told by: what it expected, what came out, and where its points come from.

`leadrules test` prints it in colour, and pytest as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from leadrules.audit import AuditEntry, ScoredLead
from leadrules.characters import printable
from leadrules.explain.wording import alternative_words, plural
from leadrules.insights.examples import ExampleReport, Unmet
from leadrules.program import Program

Part = str | tuple[str, str]
"""A text, or a text and its style."""


def failure_lines(example: ExampleReport, program: Program) -> Iterator[tuple[Part, ...]]:
    """Give the lines that tell of a failed example, each in parts; nothing in them can steer a terminal."""
    place = line_words(program.file_of(example.example), example.line)
    yield ("failed", "bold red"), (f"  {place}  ", "dim"), (printable(example.name), "bold")
    if example.problem is not None:
        yield (f"  its lead cannot be scored: {printable(example.problem)}",)
    if example.result is None:
        return
    for unmet in example.unmet:
        head = f"  line {unmet.line}  "
        yield (head, "dim"), "expected ", (printable(unmet.expected), "green")
        yield " " * len(head), "but      ", (printable(_actual(unmet)), "red")
    yield ()
    yield from _audit_lines(example.result, program)


def line_words(file: str | None, line: int, width: int = 0) -> str:
    """Name a line, with its file where that is not the main one."""
    return f"{'' if file is None else f'{printable(file)}, '}line {line:>{width}}"


def _actual(unmet: Unmet) -> str:
    found = ", ".join(f"{text} is {_shown(value)}" for text, value in unmet.found.items())
    return f"it is unknown: {found}" if unmet.truth == "unknown" else found or "it is false"


def _shown(value: Any) -> str:
    """Write a value as found.

    >>> _shown(None), _shown([]), _shown(Decimal("4.5")), _shown({"events": 2, "latest": "2026-01-01T12:00:00Z"})
    ('unknown', 'empty', '4.5', '2 events, the latest at 2026-01-01T12:00:00Z')
    """
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Mapping) and "criterion" in value:  # a plugin's, with what it was asked
        return _shown(value["value"])
    if isinstance(value, Mapping) and "first" in value:
        return ", then ".join(f"{event['type']} at {event['at']}" for event in value.values())
    if isinstance(value, Mapping):
        latest = f", the latest at {value['latest']}" if "latest" in value else ""
        return plural(value.get("events", 0), "event") + latest
    if isinstance(value, (list, tuple)):
        return ", ".join(f'"{member}"' for member in value) or "empty"
    return str(value)


def _audit_lines(result: ScoredLead, program: Program) -> Iterator[tuple[Part, ...]]:
    """Give the points of a result as a table that adds up to its score."""
    told = [entry for entry in result.audit if entry.points or entry.kind == "points"]
    entries = [(f"{entry.points:+f}", _entry_words(entry, program), _place(entry, program)) for entry in told]
    width = max([len(f"{result.score:f}"), *(len(points) for points, _, _ in entries)])
    for points, words, place in entries:
        style = "red" if points.startswith("-") else "green"
        yield "    ", (points.rjust(width), style), f"  {printable(words)}", (f"  {place}", "dim")
    if entries:
        yield (("    " + "-" * width, "dim"),)
    score = (f"{result.score:f}".rjust(width), "bold")
    labels = ", ".join(f"{name} {label}" for name, label in (*result.stages.items(), *result.grades.items()))
    yield "    ", score, "  score", (f"  {labels}" if labels else "", "dim")


def _place(entry: AuditEntry, program: Program) -> str:
    """Say where the rule of an entry stands; the main file goes without its name."""
    if entry.line is None:
        return ""
    return line_words(None if entry.file in program.files[:1] else entry.file, entry.line)


def _entry_words(entry: AuditEntry, program: Program) -> str:
    """Name what gave points: of a rule with alternatives, the one that fired stands in place of all."""
    words = {"cap": "limit of", "weight": "weight of", "constant": "constant of"}
    if entry.kind in words:
        return f"{words[entry.kind]} {entry.rule}"
    if entry.alternative is None:
        return entry.rule
    rule = next(rule for rule in program.rules if rule.id == entry.rule)
    said = alternative_words(rule, entry.alternative)
    return f"{rule.name}: {said}" if rule.name else entry.rule.replace(rule.text, said, 1)
