"""`leadrules diff`: what changed between two rule files, and what that does to leads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import partial
from pathlib import Path

import attrs
from rich.cells import cell_len

from leadrules.canonical import canonical_json
from leadrules.cli.label_tables import tell_labels
from leadrules.cli.reading import Source, read_as_of_option
from leadrules.cli.rule_files import Given, load_rules
from leadrules.cli.running import OK, RULES_WRONG, SOME_REJECTED, Stop
from leadrules.cli.score import of_lenient, tell_columns, tell_lacks, tell_unmatched
from leadrules.cli.screen import Screen, counted
from leadrules.errors import InputError
from leadrules.families import RESULT_LISTS, ResultList
from leadrules.insights.changes import Change
from leadrules.insights.impact import Impact, Limit, Move, exceeded, label_orders, limit_names, moves_in
from leadrules.lead import LATEST, LeadReader
from leadrules.outputs import in_words
from leadrules.ruleset import Ruleset, program_of, remarks_of
from leadrules.tables import Lacks, Reject, Row
from leadrules.tables.held_labels import StrangeLabels
from leadrules.tables.lacks import Looking
from leadrules.tables.scoring import as_of_each
from leadrules.tables.timeless import with_times
from leadrules.tables.unreadable import UnreadableValues
from leadrules.values import Zone

_MOST_REASONS = 5
_SIGNS = {"added": ("+", "green"), "removed": ("-", "red"), "changed": ("~", "yellow"), "moved": ("~", "yellow")}


def diff(
    old: Path,
    new: Path,
    source: Source,
    *,
    as_of: str | None,
    given: Given,
    fail_on: Sequence[str],
    top: int,
    as_json: bool,
) -> int:
    """Compare two rule files on a file of leads."""
    screen, notes = Screen(), Screen(stderr=True)
    before, after = load_rules(old, given), load_rules(new, given)
    limits = _limits(fail_on, limit_names(before, after))
    impact = Impact.of(before, after)
    _score(impact, before, after, source, as_of, notes)
    if as_json:
        screen.line(canonical_json(impact.to_dict(top)))
    else:
        _tell(screen, impact, top, label_orders(before, after))
    over = exceeded(limits, impact)
    for limit in over:
        notes.problem(f"{limit.text}: this change is more than --fail-on allows")
    if over:
        return RULES_WRONG
    return SOME_REJECTED if impact.rejected else OK


def _limits(fail_on: Sequence[str], names: Sequence[str]) -> list[Limit]:
    try:
        return [Limit.of(text, names) for text in fail_on]
    except ValueError as problem:
        raise Stop(f"--fail-on: {problem}") from None


def _score(impact: Impact, before: Ruleset, after: Ruleset, source: Source, as_of: str | None, notes: Screen) -> None:
    where = program_of(after).scope.zone
    moment = None if source.as_of_column else read_as_of_option(as_of, where, notes)
    table = source.open(program_of(before), program_of(after))
    looking = Looking(program_of(before)), Looking(program_of(after))
    reading = _Reading.of(before, after)
    labels = StrangeLabels.of(after, "the new rules")
    for row in looking[0].watch(looking[1].watch(table)):
        if not isinstance(row, Row):
            if row.kind == "lead":
                impact.rejected["by both"] += 1
            reading.add(row)
            continue
        timed = reading.timed(row)
        if impact.score(before, after, timed.lead, partial(_moment, moment, timed, where)):
            labels.add(timed.lead)
        else:
            reading.look_at(timed)
    for remark in (*dict.fromkeys((*remarks_of(before), *remarks_of(after))), *table.remarks, *labels.sentences()):
        notes.note(remark)
    tell_unmatched(notes, table.called, table.unmatched_events, table.unmatched_leads, table.close_leads)
    _tell_lacks(notes, *(one.found(table) for one in looking))
    reading.tell(notes)


@attrs.define
class _Reading:
    """Gathers what cannot be read of leads, and why, by the new rules or else the old ones."""

    readers: tuple[LeadReader, ...]
    values: UnreadableValues
    lenient: bool
    leads: int = 0
    events: int = 0
    others: list[str] = attrs.field(factory=list)

    @classmethod
    def of(cls, before: Ruleset, after: Ruleset) -> _Reading:
        readers = tuple(LeadReader(program_of(rules).scope) for rules in (after, before))
        return cls(readers, UnreadableValues.of(after), after.lenient)

    def timed(self, row: Row) -> Row:
        """Give a lead as lenient rules read it: without the events that have no time to be read."""
        if not self.lenient:
            return row
        found, left_out = with_times(row, self.readers)
        for event in left_out:
            self.add(event)
        return found

    def look_at(self, row: Row) -> None:
        """See why a lead could not be scored."""
        for reader in self.readers:
            try:
                reader.read(row.lead, LATEST)
            except InputError as error:
                self.add(Reject("lead", row.number, row.lead["id"], row.reason(error), mistakes=error.mistakes))
                return

    def add(self, reject: Reject) -> None:
        """Take a lead or event that cannot be read."""
        self.leads += reject.kind == "lead"
        self.events += reject.kind == "event"
        if not self.values.add(reject) and len(self.others) < _MOST_REASONS:
            self.others.append(reject.reason)

    def tell(self, notes: Screen) -> None:
        """Say what cannot be read, and what to write."""
        unread = [counted(n, noun) for n, noun in ((self.leads, "lead"), (self.events, "event")) if n]
        columns = self.values.columns()
        if unread:
            notes.warn(f"{' and '.join(unread)} could not be read")
        elif columns:
            notes.note("values that cannot be read are unknown")
        tell_columns(notes, columns)
        for reason in self.others:
            notes.item(reason)
        if self.leads + self.events > len(self.others):
            notes.line(("  leadrules score lists them all with --rejects FILE", "dim"))
        if self.leads and columns and not self.lenient:
            notes.line("  or score them as they are: ", of_lenient(columns))


def _tell_lacks(notes: Screen, old: Lacks, new: Lacks) -> None:
    """Say what the files lack for the rules: once, where both lack it."""
    of_old, of_new = dict(old.said()), dict(new.said())
    both = {sentence: lines for sentence, lines in of_new.items() if of_old.get(sentence) == lines}
    tell_lacks(notes, both.items())
    for whose, said in (("old", of_old), ("new", of_new)):
        alone = {one: lines for one, lines in said.items() if one not in both}
        tell_lacks(notes, ((_of_rules(one, f"the {whose} rules"), lines) for one, lines in alone.items()))


def _of_rules(sentence: str, whose: str) -> str:
    """Say of which rules a sentence is.

    >>> _of_rules("rules read `age`", "the new rules"), _of_rules("1 event is", "the new rules")
    ('the new rules read `age`', 'the new rules: 1 event is')
    """
    return f"{whose}{sentence.removeprefix('rules')}" if sentence.startswith("rules ") else f"{whose}: {sentence}"


def _moment(moment: dt.datetime | None, row: Row, where: Zone) -> dt.datetime:
    return as_of_each(row, where) if moment is None else moment


# ------------------------------------------------------------------- telling


def _tell(screen: Screen, impact: Impact, top: int, orders: Mapping[str, Sequence[str]]) -> None:
    _tell_changes(screen, impact.changes)
    if impact.leads:
        screen.line()
        screen.line((f"What it does to {counted(impact.leads, 'lead')}", "bold"))
        _tell_counts(screen, impact)
        _tell_scores(screen, impact)
        for name, table in (*impact.stages.items(), *impact.grades.items()):
            tell_labels(screen, name, table, orders.get(name, ()))
        _tell_lists(screen, impact)
        _tell_rules(screen, impact)
        _tell_moves(screen, impact.most_moved(top))
    else:
        screen.line("No lead could be scored by both.")
    for who, count in sorted(impact.rejected.items()):
        screen.line()
        screen.line((f"{counted(count, 'lead')} could not be scored {who}", "yellow"))


def _tell_changes(screen: Screen, changes: Sequence[Change]) -> None:
    if not changes:
        screen.line(("The two files mean the same.", "bold"))
        return
    many = "1 change" if len(changes) == 1 else f"{len(changes)} changes"
    screen.line((f"{many} of the rules", "bold"))
    for change in changes:
        sign, colour = _SIGNS[change.what]
        screen.line((f"  {sign} ", colour), f"{change.kind}{_home(change)}")
        if change.what == "moved" and change.after is not None:
            screen.line("        ", change.after.text)
            continue
        if change.before is not None:
            screen.line("      ", ("- ", "red"), change.before.text)
        if change.after is not None:
            screen.line("      ", ("+ ", "green"), change.after.text)


def _home(change: Change) -> str:
    """Say where a part counts, and where it did if that is elsewhere."""
    before, after = (None if e is None else e.home for e in (change.before, change.after))
    if before is None or after is None or before == after:
        return f" in {after or before}" if after or before else ""
    return f", from {before or 'outside'} to {after or 'outside'}"


def _tell_counts(screen: Screen, impact: Impact) -> None:
    many_ladders, many_grades = len(impact.stages) > 1, len(impact.grades) > 1
    counts = [(impact.score_changes, "another score")]
    if len(impact.dimensions) > 1 or (impact.dimensions and not impact.score_changes):
        counts += [(count, f"another {name}") for name, count in impact.dimensions.items()]
    counts += [
        (moves_in(table), f"another {name if many_ladders else 'stage'}") for name, table in impact.stages.items()
    ]
    counts += [
        (moves_in(table), f"another {name if many_grades else 'grade'}") for name, table in impact.grades.items()
    ]
    counts += [(count, f"another {name}") for name, count in impact.outputs.items()]
    counts += [
        (impact.moved(one.name), f"other {_plural(one)}") for one in RESULT_LISTS.values() if impact.moved(one.name)
    ]
    for count, what in counts:
        screen.line(f"  {count:>6,} with {what} ({_share(count, impact.leads)})")


def _plural(one: ResultList) -> str:
    return f"{one.noun}s"


def _tell_scores(screen: Screen, impact: Impact) -> None:
    before, after = impact.quantiles()
    screen.line()
    screen.line(("  score     least   quarter    median   quarter  greatest", "dim"))
    for name, scores in (("before", before), ("after", after)):
        screen.line(f"  {name:<6}" + "".join(f"{_number(score):>10}" for score in scores))


def _tell_lists(screen: Screen, impact: Impact) -> None:
    """Print who gained and lost which tag, segment and so on."""
    for name, members in impact.lists.items():
        if members:
            noun = RESULT_LISTS[name].noun
            screen.line()
            screen.line((f"  {'gained':>6}    lost  {noun}", "dim"))
            for member, count in members.items():
                screen.line((f"  {count['gained']:>6,}  {count['lost']:>6,}", "yellow"), f"  {member}")


def _tell_rules(screen: Screen, impact: Impact) -> None:
    if not impact.by_rule:
        return
    screen.line()
    screen.line(("Which rules are behind it", "bold"))
    ranked = sorted(impact.by_rule.items(), key=lambda item: (-len(item[1]), item[0]))
    for rule, points in ranked[:10]:
        total = sum(points, Decimal(0))
        leads = "1 lead" if len(points) == 1 else f"{len(points):,} leads"
        screen.line(f"  {leads:>12} {_number(total, signed=True):>10}  {rule}")


def _tell_moves(screen: Screen, moves: Sequence[Move]) -> None:
    if not moves:
        return
    screen.line()
    screen.line(("Who moves most", "bold"))
    lead = min(24, max(cell_len(move.lead or "") for move in moves))
    scores = [f"{_number(move.before)} -> {_number(move.after)}" for move in moves]
    width = max(map(len, scores))
    for move, score in zip(moves, scores, strict=True):
        labels = ", ".join(f"{shift.before} -> {shift.after}" for shift in move.labels)
        outputs = ", ".join(
            f"{shift.name} {in_words(shift.before)} -> {in_words(shift.after)}"
            for shift in move.shifts
            if shift.kind == "output"
        )
        marks = ", ".join(
            f"{'+' if shift.after else '-'} {shift.name}" for shift in move.shifts if shift.kind in RESULT_LISTS
        )
        told = ", ".join(part for part in (labels, outputs, marks) if part)
        screen.line(f"  {screen.fitted(move.lead or '', lead)}  {score:>{width}}  {told}")
        for cause in move.causes[:3]:
            screen.line((f"      {_number(cause.points, signed=True):>8}  {cause.rule}", "dim"))


def _share(count: int, everyone: int) -> str:
    return f"{Decimal(count) * 100 / everyone:.1f}%"


def _number(value: Decimal, *, signed: bool = False) -> str:
    text = f"{value:+f}" if signed else f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
