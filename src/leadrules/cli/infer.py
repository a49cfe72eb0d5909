"""`leadrules infer`: the declarations that fit a data file."""

from __future__ import annotations

import sys

from leadrules.cli.reading import Source
from leadrules.insights.inference import Inference
from leadrules.tables import Row


def infer(source: Source) -> int:
    """Print the declarations, and on standard error what could not be read."""
    inference = Inference(source.id_column)
    unread = 0
    table = source.open()
    for row in table:
        if isinstance(row, Row):
            inference.add(row.lead)
        else:
            unread += 1
    print(inference.text(), end="")
    if unread:
        rows = "1 row" if unread == 1 else f"{unread:,} rows"
        print(f"{rows} could not be read and had no say; `leadrules score` tells which", file=sys.stderr)
    return 3 if unread else 0
