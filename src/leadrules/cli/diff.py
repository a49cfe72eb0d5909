"""`leadrules diff`: what changed between two rule files, and what that does to leads."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from leadrules.canonical import canonical_json
from leadrules.cli.reading import Source, read_as_of_option
from leadrules.cli.rule_files import Given, load_rules
from leadrules.cli.running import OK, RULES_WRONG, Stop
from leadrules.cli.screen import Screen, counted
from leadrules.errors import InputError, PluginError
from leadrules.insights.changes import Change, changes_between, elements_of
from leadrules.insights.impact import Impact, Limit, Move, exceeded
from leadrules.ruleset import Ruleset, program_of, statements_of
from leadrules.tables import Row
from leadrules.tables.held_labels import StrangeLabels
from leadrules.tables.scoring import as_of_each

_SIGNS = {"added": ("+", "green"), "removed": ("-", "red"), "changed": ("~", "yellow")}


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
    limits = _limits(fail_on)
    before, after = load_rules(old, given), load_rules(new, given)
    changes = changes_between(elements_of(statements_of(before)), elements_of(statements_of(after)))
    impact = Impact(changes)
    _score(impact, before, after, source, as_of, notes)
    if as_json:
        screen.line(canonical_json(impact.to_dict(top)))
    else:
        _tell(screen, impact, top, _labels(before, after))
    over = exceeded(limits, impact)
    for limit in over:
        notes.problem(f"{limit.text}: this change is more than --fail-on allows")
    return RULES_WRONG if over else OK


def _labels(before: Ruleset, after: Ruleset) -> list[str]:
    """Give the labels of the first ladder in its order, those of the newer rules first."""
    ladders = [program_of(rules).ladders[0] for rules in (after, before) if program_of(rules).ladders]
    return list(dict.fromkeys(label for ladder in ladders for label in (*ladder.labels, *ladder.exits)))


def _limits(fail_on: Sequence[str]) -> list[Limit]:
    try:
        return [Limit.of(text) for text in fail_on]
    except ValueError as problem:
        raise Stop(f"--fail-on: {problem}") from None


def _score(impact: Impact, before: Ruleset, after: Ruleset, source: Source, as_of: str | None, notes: Screen) -> None:
    where = program_of(after).scope.zone
    moment = None if source.as_of_column else read_as_of_option(as_of, where, notes)
    table = source.open(program_of(before), program_of(after))
    unread_events, labels = 0, StrangeLabels.of(after, "the new rules")
    for row in table:
        if not isinstance(row, Row):
            if row.kind == "event":
                unread_events += 1
            else:
                impact.rejected["by both"] += 1
            continue
        failed = []
        results = []
        for name, rules in (("the old rules", before), ("the new rules", after)):
            try:
                when = moment or as_of_each(row, where)
                results.append(rules.evaluate(row.lead, as_of=when))
            except (InputError, PluginError):
                failed.append(name)
        if failed:
            impact.rejected["by both" if len(failed) == 2 else f"only by {failed[0]}"] += 1
        else:
            impact.add(*results)
            labels.add(row.lead)
    for remark in (*table.remarks, *labels.sentences()):
        notes.note(remark)
    if unread_events:
        notes.warn(f"{counted(unread_events, 'event')} could not be read; `leadrules score` tells which")


# ------------------------------------------------------------------- telling


def _tell(screen: Screen, impact: Impact, top: int, order: Sequence[str]) -> None:
    _tell_changes(screen, impact.changes)
    if not impact.leads:
        screen.line("No lead could be scored by both.")
        return
    screen.line()
    screen.line((f"What it does to {impact.leads:,} leads", "bold"))
    _tell_scores(screen, impact)
    _tell_stages(screen, impact, order)
    _tell_rules(screen, impact)
    _tell_moves(screen, impact.most_moved(top))
    for who, count in sorted(impact.rejected.items()):
        screen.line()
        screen.line(f"{count:,} could not be scored {who}")


def _tell_changes(screen: Screen, changes: Sequence[Change]) -> None:
    if not changes:
        screen.line(("The two files mean the same.", "bold"))
        return
    many = "1 change" if len(changes) == 1 else f"{len(changes)} changes"
    screen.line((f"{many} of the rules", "bold"))
    for change in changes:
        sign, colour = _SIGNS[change.what]
        home = next((f" in {e.home}" for e in (change.after, change.before) if e is not None and e.home), "")
        screen.line((f"  {sign} ", colour), f"{change.kind}{home}")
        if change.before is not None:
            screen.line("      ", ("- ", "red"), change.before.text)
        if change.after is not None:
            screen.line("      ", ("+ ", "green"), change.after.text)


def _tell_scores(screen: Screen, impact: Impact) -> None:
    for count, what in ((impact.score_changes, "another score"), (impact.stage_moves, "another stage")):
        screen.line(f"  {count:>6,} with {what} ({_share(count, impact.leads)})")
    before, after = impact.quantiles()
    screen.line()
    screen.line(("  score     least   quarter    median   quarter  greatest", "dim"))
    for name, scores in (("before", before), ("after", after)):
        screen.line(f"  {name:<6}" + "".join(f"{_number(score):>10}" for score in scores))


def _tell_stages(screen: Screen, impact: Impact, order: Sequence[str]) -> None:
    seen = {label for pair in impact.stages for label in pair}
    columns = [*(label for label in order if label in seen), *sorted(seen - set(order))]
    rows = [label for label in columns if any(before == label for before, _ in impact.stages)]
    if len(columns) < 2:
        return
    width = max(8, *(len(column) + 2 for column in columns))
    screen.line()
    screen.line(("  from \\ to".ljust(18) + "".join(column.rjust(width) for column in columns), "dim"))
    for row in rows:
        counts = [impact.stages[row, column] for column in columns]
        cells: list[str | tuple[str, str]] = [f"  {row}".ljust(18)]
        for column, count in zip(columns, counts, strict=True):
            text = (f"{count:,}" if count else ".").rjust(width)
            cells.append((text, "yellow") if count and column != row else (text, "dim" if not count else ""))
        screen.line(*cells)


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
    for move in moves:
        stage = "" if move.stage_before == move.stage_after else f"  {move.stage_before} -> {move.stage_after}"
        scores = f"{_number(move.before)} -> {_number(move.after)}"
        screen.line(f"  {move.lead or ''!s:<12} {scores:>18}{stage}")
        for cause in move.causes[:3]:
            screen.line((f"      {_number(cause.points, signed=True):>8}  {cause.rule}", "dim"))


def _share(count: int, everyone: int) -> str:
    return f"{Decimal(count) * 100 / everyone:.1f}%"


def _number(value: Decimal, *, signed: bool = False) -> str:
    text = f"{value:+f}" if signed else f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
