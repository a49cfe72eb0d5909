"""`leadrules infer`: the declarations that fit a data file."""

from __future__ import annotations

from leadrules.cli.reading import Source
from leadrules.cli.running import OK, SOME_REJECTED
from leadrules.cli.screen import Screen, counted
from leadrules.cli.streams import standard_output
from leadrules.insights.inference import Inference
from leadrules.tables import Row


def infer(source: Source) -> int:
    """Print the declarations, and on standard error what could not be read."""
    inference = Inference(source.id_column)
    unread = 0
    table = source.open()
    inference.add_columns(table.columns or (), table.event_properties)
    for row in table:
        if isinstance(row, Row):
            inference.add(row.lead)
        else:
            unread += 1
    with standard_output() as file:
        file.write(inference.text())
    notes = Screen(stderr=True)
    for remark in table.remarks:
        notes.note(remark)
    if unread:
        notes.warn(f"{counted(unread, 'row')} could not be read and had no say; `leadrules score` tells which")
    return SOME_REJECTED if unread else OK
