"""`check --against`: what a file of leads lacks for a rule file, on the screen."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import attrs

from leadrules.characters import printable
from leadrules.cli.score import tell_columns, tell_lacks, tell_unmatched
from leadrules.cli.screen import Screen, counted
from leadrules.tables import Comparison, MissingColumn, Reject
from leadrules.tables.problems import close_name

_MOST_SHOWN = 5


# ------------------------------------------------------------------- showing


def show_comparison(screen: Screen, found: Comparison) -> None:
    """Print a comparison, what matters most first."""
    read = counted(found.leads, "lead")
    if found.readable == found.leads:
        screen.line((found.file, "bold"), f": all of its {read} can be read" if found.leads else ": it has no leads")
    else:
        screen.line((found.file, "bold"), ": ", (f"{found.readable:,} of {read} can be read", "yellow"))
    for remark in found.remarks:
        screen.note(remark)
    tell_columns(screen, found.unreadable)
    _show_rejects(screen, found.other_rejects)
    _show_columns(screen, found.missing_columns)
    _names(screen, "never known, though the file has the column", found.always_unknown)
    _show_strange(screen, found)
    _show_labels(screen, found.strange_labels)
    for label in found.lacks.missing_labels:
        screen.line((f"  {label.asked}", "yellow"))
        screen.line("    where a column holds it, write ", (label.declaration, "cyan"))
    tell_unmatched(screen, found.file, found.unmatched_events, found.unmatched_leads, found.close_leads)
    shown = attrs.evolve(found.lacks, missing_columns=(), unknown_types={}, missing_labels=())
    tell_lacks(screen, shown.said())
    _names(screen, "events that the rules look at, and no lead has", found.unseen_events, style="dim")


def _show_rejects(screen: Screen, rejects: Collection[Reject]) -> None:
    for reject in list(rejects)[:_MOST_SHOWN]:
        screen.item(reject.reason)
    if len(rejects) > _MOST_SHOWN:
        screen.line((f"  and {len(rejects) - _MOST_SHOWN:,} more", "dim"))


def _show_columns(screen: Screen, missing: Collection[MissingColumn]) -> None:
    if not missing:
        return
    screen.line(("  no column for these fields, so they are unknown for every lead", "yellow"))
    close = [one for one in missing if one.close]
    for one in close:
        width = max(len(other.column) for other in close)
        advice = printable(f"is it `{one.close}`? write: {one.declaration}")
        screen.line(f"    {one.column:{width}}  ", (advice, "cyan"))
    if others := ", ".join(one.column for one in missing if not one.close):
        screen.item("  " + others)


def _show_strange(screen: Screen, found: Comparison) -> None:
    if not found.strange_events:
        return
    screen.line(("  events that the rules do not know, and so pass over", "yellow"))
    width = max(len(type_) for type_ in found.strange_events)
    for type_, count in found.strange_events.items():
        close = close_name(type_, found.event_types)
        advice = f"  is it `{close}`?" if close else ""
        screen.line(f"    {printable(type_):{width}}  {counted(count, 'time')}", (advice, "cyan"))


def _show_labels(screen: Screen, found: Mapping[tuple[str, str], int]) -> None:
    if not found:
        return
    screen.line(("  labels that the rules do not have: a lead counts as one that holds none", "yellow"))
    width = max(len(label) for _, label in found)
    for (ladder, label), leads in found.items():
        screen.line(f"    {printable(label):{width}}  of `{ladder}`, {counted(leads, 'lead')}")


def _names(screen: Screen, what: str, names: Collection[str], *, style: str = "yellow") -> None:
    if names:
        screen.line((f"  {what}", style))
        screen.item("  " + ", ".join(names))
