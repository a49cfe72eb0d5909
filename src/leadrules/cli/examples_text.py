"""What `leadrules test` prints of failed examples, uncovered goals and unnoticed changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from leadrules.characters import printable
from leadrules.cli.screen import Screen, counted
from leadrules.insights.examples import ExampleReport
from leadrules.insights.failures import failure_lines, line_words
from leadrules.insights.goals import Goal
from leadrules.insights.mutation import Survivor
from leadrules.program import Program
from leadrules.syntax.files import PACK

_MOST_LINES = 60


def show_failure(screen: Screen, example: ExampleReport, program: Program) -> None:
    """Show a failed example: what it expected and what came out, and where the points come from."""
    for parts in failure_lines(example, program):
        screen.line(*parts)


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
        screen.line((f"  {line_words(file, line, width)}  ", "dim"), printable(text))
        for words, advice in _aligned(said):
            screen.line(" " * (width + 9), (printable(words), "yellow"), (printable(advice), "dim"))
            shown += 1


def _aligned(said: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    width = max(len(words) for words, advice in said)
    for words, advice in said:
        yield (f"{words:<{width}}  ", advice) if advice else (words, "")
