"""Who went from which label to which: what `diff` and `compare` show of a ladder or grade."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from leadrules.cli.screen import Screen
from leadrules.insights.impact import Table, moves_in


def tell_labels(screen: Screen, name: str, table: Table, order: Sequence[str], ends: Sequence[str] = ()) -> None:
    """Print who went from which label to which, of one ladder or grade: a table where it fits, else line by line.

    `ends` are no labels: they have a row, or a column, only where some leads are counted in it.
    """
    seen = {label for pair in table for label in pair}
    columns = [*(label for label in order if label in seen), *sorted(seen - set(order))]
    rows = [label for label in columns if any(before == label for before, _ in table)]
    if not moves_in(table):
        return
    columns = [label for label in columns if label not in ends or any(after == label for _, after in table)]
    screen.line()
    width = max(8, *(cell_len(column) + 2 for column in columns))
    head = max(16, cell_len(name) + 14, *(cell_len(row) + 2 for row in rows))
    if head + width * len(columns) > screen.width:
        _tell_pairs(screen, name, table, columns)
        return
    heads = "".join(" " * (width - cell_len(column)) + column for column in columns)
    screen.line((screen.fitted(f"  {name}: from \\ to", head) + heads, "dim"))
    for row in rows:
        cells: list[str | tuple[str, str]] = [screen.fitted(f"  {row}", head)]
        for column in columns:
            count = table[row, column]
            text = (f"{count:,}" if count else ".").rjust(width)
            cells.append((text, "yellow") if count and column != row else (text, "dim" if not count else ""))
        screen.line(*cells)


def _tell_pairs(screen: Screen, name: str, table: Table, order: Sequence[str]) -> None:
    screen.line((f"  {name}", "dim"))
    places = {label: place for place, label in enumerate(order)}
    for before, after in sorted(table, key=lambda pair: (places.get(pair[0], -1), places.get(pair[1], -1))):
        if before != after:
            screen.line(f"  {table[before, after]:>6,} ", (f"{before} -> {after}", "yellow"))
