"""Why a lead does not have a label: what is missing, what wins over it, and what each rule to it lacks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import attrs

from leadrules.conversions import listed
from leadrules.document import Document
from leadrules.errors import InputError, closest
from leadrules.explain.answers import LadderExplanation, RuleExplanation
from leadrules.explain.wording import WIDTH, Line, Row, Words, line, paragraph, table
from leadrules.terms import BEFORE_SCORING, needed_for
from leadrules.values import plain_name, zone


@attrs.frozen
class WhyNot(Document):
    """What keeps a lead from a label. `str()` is for people.

    `ladder` is the label's ladder with the label that the lead has; `reached` tells that it is the
    one asked for. `missing` are the requirements of the label that are not met (none where an exit is asked for,
    since requirements do not keep a lead from it), `exit` the true rule to an exit that wins.
    `rules` are the rules to the label, and its holds where the lead held it or a higher one, those
    with the fewest parts that are not true first. `several_files` says that the ruleset's rules
    stand in more than one, so that a line needs its file.
    """

    lead: str | None
    label: str
    ladder: LadderExplanation
    missing: tuple[RuleExplanation, ...]
    exit: RuleExplanation | None
    rules: tuple[RuleExplanation, ...]
    timezone: str
    several_files: bool = False

    @property
    def reached(self) -> bool:
        """Tell whether the lead has the label."""
        return self.ladder.label == self.label

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain data: lead, label, reached, ladder, missing, exit, rules."""
        return {
            "lead": self.lead,
            "label": self.label,
            "reached": self.reached,
            "ladder": self.ladder.to_dict(),
            "missing": [rule.to_dict() for rule in self.missing],
            "exit": None if self.exit is None else self.exit.to_dict(),
            "rules": [rule.to_dict() for rule in self.rules],
        }

    @property
    def lines(self) -> tuple[Line, ...]:
        """The text for people, line by line, each with its role, in 100 columns."""
        return self.laid_out(WIDTH)

    def laid_out(self, width: int) -> tuple[Line, ...]:
        """Give the text for people, line by line, each with its role, in so many columns."""
        return tuple(self._lines(width))

    def _lines(self, width: int) -> Iterator[Line]:
        words = Words(zone(self.timezone))
        yield from paragraph("title", self._title(), width)
        if self.reached:
            return
        if self.exit is not None:
            yield line("heading", f"The exit {self.ladder.label} comes before it:")
            rows = [Row("missing", self._line(self.exit), self.exit.text, words.found(self.exit))]
            yield from table(rows, width=width)
        if self.missing:
            yield line("heading", "Missing, whatever the rules say:")
            rows = [Row("missing", self._line(r), words.required(r), words.requirement(r)) for r in self.missing]
            yield from table(rows, width=width)
        yield from self._ways(words, width)

    def _title(self) -> str:
        name = f"Lead {self.lead}"
        if self.reached:
            return f"{name} is {self.label} already."
        higher = self._place(self.ladder.label) > self._place(self.label) >= 0
        return f"{name} is {self.ladder.label}, {'which is above' if higher else 'not'} {self.label}."

    def _place(self, label: str) -> int:
        return self.ladder.labels.index(label) if label in self.ladder.labels else -1

    def _ways(self, words: Words, width: int) -> list[Line]:
        if not self.rules:
            return [line("note", f"No rule leads to {self.label}.")]
        return [
            line("heading", f"What leads to {self.label}, the closest first:"),
            *table([row for rule in self.rules for row in self._way(rule, words)], width=width),
        ]

    def _way(self, rule: RuleExplanation, words: Words) -> list[Row]:
        """Write a rule to the label, and below it each part that is not true."""
        because = f" ({rule.because})" if rule.because else ""
        text = f"hold while {rule.text}" if rule.kind == "hold" else rule.text
        parts = [f"- {words.reason(part)}" for part in rule.unmet] or ["- true"]
        return [Row("points", self._line(rule), f"{text}{because}"), *(Row("unmet", "", part) for part in parts)]

    def _line(self, rule: RuleExplanation) -> str:
        return f"{rule.file}, line {rule.line}" if self.several_files and rule.file else f"line {rule.line}"

    def __str__(self) -> str:
        return "\n".join(found.text for found in self.lines)


def why_not(
    lead: str | None,
    label: str,
    ladders: Sequence[LadderExplanation],
    rules: Sequence[RuleExplanation],
    timezone: str,
) -> WhyNot:
    """Say what keeps a lead from a label of any ladder. Raises InputError where no ladder has it."""
    ladder, name = _find(label, ladders)
    is_exit = name in ladder.exits
    steps = ladder.labels[: 0 if is_exit else ladder.labels.index(name) + 1]
    needed = {None, BEFORE_SCORING, *map(needed_for, steps)}
    missing = [r for r in rules if r.kind == "requirement" and r.fired is not True and r.part in needed and steps]
    ways = [r for r in rules if r.part == ladder.name and r.kind in {"stage", "hold"}]
    wins = next((r for r in ways if ladder.decided == "exit" and r.id == ladder.by and ladder.label != name), None)
    to_label = [r for r in ways if r.outcome == name and (r.kind == "stage" or _was_held(r, ladder))]
    closest = sorted(to_label, key=lambda rule: len(rule.unmet))
    several = len({rule.file for rule in rules if rule.file is not None}) > 1
    return WhyNot(lead, name, ladder, tuple(missing), wins, tuple(closest), timezone, several)


def _was_held(hold: RuleExplanation, ladder: LadderExplanation) -> bool:
    return ladder.held in ladder.labels[ladder.labels.index(hold.outcome or "") :]


def _find(label: str, ladders: Sequence[LadderExplanation]) -> tuple[LadderExplanation, str]:
    wanted = plain_name(label.strip())
    known = {name: ladder for ladder in ladders for name in (*ladder.labels, *ladder.exits)}
    if wanted in known:
        return known[wanted], wanted
    if not known:
        raise InputError(
            f"no ladder has the label `{label}`: the rules have no ladder",
            code="unknown_label",
            field="label",
            value=label,
        )
    near = closest(wanted, known)
    labels = listed(known)
    help_ = f"; did you mean `{near}`?" if near else f" (the labels are {labels})"
    reason = f"no ladder has the label `{label}`{help_}"
    raise InputError(reason, code="unknown_label", field="label", value=label, expected=f"one of {labels}")
