"""What `leadrules test` prints of failed examples, uncovered goals and unnoticed changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

from leadrules.audit import AuditEntry, ScoredLead
from leadrules.cli.reasons import alternative_words
from leadrules.cli.screen import Screen, counted, printable
from leadrules.insights.examples import ExampleReport, Unmet
from leadrules.insights.goals import Goal
from leadrules.insights.mutation import Survivor
from leadrules.program import Program
from leadrules.syntax.files import PACK

_MOST_LINES = 60


# ------------------------------------------------------------ failed examples


def show_failure(screen: Screen, example: ExampleReport, program: Program) -> None:
    """Show a failed example: what it expected and what came out, and where the points come from."""
    place = _line(program.file_of(example.example), example.line)
    screen.line(("failed", "bold red"), (f"  {place}  ", "dim"), (printable(example.name), "bold"))
    if example.problem is not None:
        screen.line(f"  its lead cannot be scored: {printable(example.problem)}")
    if example.result is None:
        return
    for unmet in example.unmet:
        screen.line((f"  line {unmet.line}  ", "dim"), "expected ", (printable(unmet.expected), "green"))
        screen.line(" " * len(f"  line {unmet.line}  "), "but      ", (printable(_actual(unmet)), "red"))
    screen.line()
    _show_audit(screen, example.result, program)


def _line(file: str | None, line: int, width: int = 0) -> str:
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
        return counted(value.get("events", 0), "event") + latest
    if isinstance(value, (list, tuple)):
        return ", ".join(f'"{member}"' for member in value) or "empty"
    return str(value)


def _show_audit(screen: Screen, result: ScoredLead, program: Program) -> None:
    """Show the points of a result in a table that adds up to its score."""
    told = [entry for entry in result.audit if entry.points or entry.kind == "points"]
    entries = [
        (
            f"{entry.points:+f}",
            _entry_words(entry, program),
            _place(entry, program),
        )
        for entry in told
    ]
    width = max([len(f"{result.score:f}"), *(len(points) for points, _, _ in entries)])
    for points, words, place in entries:
        style = "red" if points.startswith("-") else "green"
        screen.line("    ", (points.rjust(width), style), f"  {printable(words)}", (f"  {place}", "dim"))
    if entries:
        screen.line(("    " + "-" * width, "dim"))
    score = (f"{result.score:f}".rjust(width), "bold")
    labels = ", ".join(f"{name} {label}" for name, label in (*result.stages.items(), *result.grades.items()))
    screen.line("    ", score, "  score", (f"  {labels}" if labels else "", "dim"))


def _place(entry: AuditEntry, program: Program) -> str:
    """Say where the rule of an entry stands; the main file goes without its name."""
    if entry.line is None:
        return ""
    return _line(None if entry.file in program.files[:1] else entry.file, entry.line)


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


# --------------------------------------------------- goals, unnoticed changes


def show_goals(screen: Screen, goals: Sequence[Goal]) -> None:
    """List what no example shows, by rule or condition, with what to add; of a pack only how much."""
    grouped: dict[tuple[str | None, int, str], list[Goal]] = {}
    packs: Counter[str] = Counter()
    for goal in goals:
        if goal.file is not None and goal.file.startswith(PACK):
            packs[goal.file] += 1
        else:
            grouped.setdefault((goal.file, goal.line, goal.text), []).append(goal)
    lines = []
    for (file, line, text), wanted in grouped.items():
        fires = any(goal.kind in {"rule", "alternative"} for goal in wanted)
        # That a rule never fires says that its condition is never true.
        told = [goal for goal in wanted if not (fires and goal.wanted == "is true")]
        lines.append((file, line, text, [(_never(goal.wanted), goal.advice) for goal in told]))
    _show_list(screen, lines)
    for name, count in packs.items():
        screen.line(f"  {printable(name)}  ", (f"{counted(count, 'outcome')}; --format json lists them", "dim"))


def _never(wanted: str) -> str:
    return f"never {wanted.removeprefix('is ')}"


def show_survivors(screen: Screen, survivors: Sequence[Survivor]) -> None:
    """List the changes that no example notices, by rule."""
    grouped = groupby(survivors, key=lambda one: (one.file, one.line, one.rule))
    _show_list(screen, [(*key, [(one.change, "") for one in group]) for key, group in grouped])


def _show_list(screen: Screen, found: Sequence[tuple[str | None, int, str, Sequence[tuple[str, str]]]]) -> None:
    """List lines of the files, below each what is to say of it; past some sixty lines, how many are left."""
    width = max((len(str(line)) for _, line, _, _ in found), default=1)
    shown = 0
    for index, (file, line, text, said) in enumerate(found):
        if shown >= _MOST_LINES:
            left = sum(len(rest) for *_, rest in found[index:])
            screen.line(f"  and {left} more; `--format json` lists all")
            return
        screen.line((f"  {_line(file, line, width)}  ", "dim"), printable(text))
        for words, advice in _aligned(said):
            screen.line(" " * (width + 9), (printable(words), "yellow"), (printable(advice), "dim"))
            shown += 1


def _aligned(said: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    width = max(len(words) for words, advice in said)
    for words, advice in said:
        yield (f"{words:<{width}}  ", advice) if advice else (words, "")
