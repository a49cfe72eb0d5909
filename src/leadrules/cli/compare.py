"""`leadrules compare`: who rose, fell, is new or gone since the last time a file was scored."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path

from rich.cells import cell_len

from leadrules.canonical import canonical_json, minimal
from leadrules.characters import printable
from leadrules.cli.label_tables import tell_labels
from leadrules.cli.running import OK
from leadrules.cli.screen import Screen, counted
from leadrules.insights.comparison import GONE, NEW, Comparison, Difference, compare_scored
from leadrules.tables.standings import Standing, read_scored

_UNKNOWN = {"missing", "unreadable"}
"""Columns that name fields, which are no labels of a lead."""
_MOST_REASONS = 3


def compare(last: Path, now: Path, *, id_column: str, top: int, as_json: bool) -> int:
    """Compare two scored files. Raises FileProblem."""
    screen = Screen()
    notes = Screen(stderr=True)
    found = compare_scored(read_scored(last, id_column), read_scored(now, id_column))
    for remark in (*found.last.remarks, *found.now.remarks):
        notes.note(remark)
    if as_json:
        screen.line(canonical_json(found.to_dict()))
        return OK
    _tell_files(screen, found)
    for name, table in found.labels.items():
        tell_labels(screen, name, table, _order(table), (NEW, GONE))
    _tell_differences(screen, f"Who rose: {len(found.rose):,}", found.rose, top)
    _tell_differences(screen, f"Who fell: {len(found.fell):,}", found.fell, top)
    _tell_differences(screen, f"Same score, something else is other: {len(found.level):,}", found.level, top)
    _tell_alone(screen, "Who is new", found.new.items(), top)
    _tell_alone(screen, "Who is gone", found.gone.items(), top)
    return OK


def _tell_files(screen: Screen, found: Comparison) -> None:
    screen.line((f"{found.last.path} -> {found.now.path}", "bold"))
    both = found.same + len(found.differences)
    screen.line(f"  {counted(both, 'lead')} in both, {len(found.new):,} new, {len(found.gone):,} gone")
    if found.rules == "other":
        screen.line(("  other rules made them", "yellow"), ": `leadrules diff` tells what a change of rules does")
    elif found.rules == "same":
        screen.line("  the same rules made both")
    if found.moment is not None:
        same = found.moment == "same"
        screen.line(f"  as of {found.now.as_of}, " + ("both" if same else f"before as of {found.last.as_of}"))
    alone = [name for name in found.now.columns if name not in found.last.columns]
    gone = [name for name in found.last.columns if name not in found.now.columns]
    for names, which in ((alone, found.now), (gone, found.last)):
        if names:
            screen.line(f"  only {which.path} has {', '.join(f'`{name}`' for name in names)}: not compared")
    if not (found.differences or found.new or found.gone):
        screen.line("  nothing is other")


def _order(table: Iterable[tuple[str, str]]) -> list[str]:
    """Order the labels: a file does not say which is higher, so as they are met; `new` first, `gone` last."""
    labels = dict.fromkeys(label for pair in table for label in pair if label not in {NEW, GONE})
    return [NEW, *labels, GONE]


def _tell_differences(screen: Screen, title: str, found: Sequence[Difference], top: int) -> None:
    if not found or not top:
        return
    screen.line()
    screen.line((title, "bold"))
    shown = found[:top]
    lead = min(24, max(cell_len(one.lead) for one in shown))
    scores = [f"{minimal(one.before)} -> {minimal(one.after)}" for one in shown]
    width = max(map(len, scores))
    for one, score in zip(shown, scores, strict=True):
        others = ", ".join(_other(name, *pair) for name, pair in one.values.items() if not _is_number(pair))
        screen.line("  ", (screen.fitted(one.lead, lead), "bold"), f"  {score:>{width}}  {others}")
        for why, points in one.reasons[:_MOST_REASONS]:
            sign = "green" if points > 0 else "red"
            screen.line("      ", (f"{points:+f}".rjust(8), sign), f"  {printable(why)}")
    _tell_more(screen, len(found) - len(shown))


def _is_number(pair: tuple[object, object]) -> bool:
    return all(isinstance(value, Decimal) for value in pair)


def _other(name: str, before: object, after: object) -> str:
    return f"{name}: {before or 'none'} -> {after or 'none'}"


def _tell_alone(screen: Screen, title: str, found: Iterable[tuple[str, Standing]], top: int) -> None:
    best = sorted(found, key=lambda one: (-one[1].score, one[0]))
    if not best or not top:
        return
    screen.line()
    screen.line((f"{title}: {len(best):,}", "bold"))
    shown = best[:top]
    lead = min(24, max(cell_len(name) for name, _ in shown))
    width = max(len(minimal(standing.score)) for _, standing in shown)
    for name, standing in shown:
        texts = [value for name, value in standing.values.items() if name not in _UNKNOWN and isinstance(value, str)]
        labels = ", ".join(filter(None, texts))
        score = minimal(standing.score).rjust(width)
        screen.line("  ", (screen.fitted(name, lead), "bold"), f"  {score}  {printable(labels)}")
    _tell_more(screen, len(best) - len(shown))


def _tell_more(screen: Screen, more: int) -> None:
    if more > 0:
        screen.line((f"  and {more:,} more", "dim"))
