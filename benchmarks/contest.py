"""Rules in both forms, as leadrules and as hand-written Python, which must agree before anything is timed.

Both get the same dicts, and their scores, stages and audits are compared for equality.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

import attrs

from benchmarks.workload.hand_written import UNITS, Score, Scored, scorer_of
from benchmarks.workload.leads import AS_OF, Lead
from benchmarks.workload.plan import SMALL, Plan, plan_of
from benchmarks.workload.rule_file import text_of
from leadrules import Ruleset

PLANS: Mapping[str, Plan] = {"small": SMALL, "medium": plan_of(50), "large": plan_of(300)}
"""The rule files that are compared."""

MOMENTS = (AS_OF, AS_OF - dt.timedelta(days=100, hours=7))
"""As of when results are compared: at the second moment, some events are yet to come."""


class Mismatch(Exception):
    """Two ways to score the same rules give different results."""


@attrs.frozen
class Contest:
    """Rules in both forms; `hand_written` has the function without and the one with the audit."""

    name: str
    count: int
    rules: Ruleset
    hand_written: tuple[Score, Score]


def contest_of(name: str, plan: Plan) -> Contest:
    """Make both forms of a plan."""
    hand_written = scorer_of(plan, audit=False), scorer_of(plan, audit=True)
    return Contest(name, len(plan.rules), Ruleset.from_text(text_of(plan)), hand_written)


def evaluating(rules: Ruleset, *, audit: bool = False) -> Callable[[Lead], object]:
    """Give a function that scores a lead, and reads its audit where asked to."""
    if audit:
        return lambda lead: rules.evaluate(lead, as_of=AS_OF).audit
    return lambda lead: rules.evaluate(lead, as_of=AS_OF).score


def compare(contest: Contest, leads: Sequence[Lead]) -> None:
    """Raise Mismatch at the first lead about which leadrules and its counterpart differ."""
    plain, audited = contest.hand_written
    for as_of in MOMENTS:
        for lead in leads:
            ours = scored(contest.rules, lead, as_of)
            _agree(contest.name, lead, ours, audited(lead, as_of))
            _agree(contest.name, lead, (*ours[:2], []), plain(lead, as_of))


def scored(rules: Ruleset, lead: Lead, as_of: dt.datetime) -> Scored:
    """Give what leadrules says of a lead in the form of the counterpart."""
    result = rules.evaluate(lead, as_of=as_of)
    assert result.stage is not None
    return int(result.score * UNITS), result.stage, [(entry.rule, int(entry.points * UNITS)) for entry in result.audit]


def _agree(name: str, lead: Lead, ours: Scored, theirs: Scored) -> None:
    for what, one, other in zip(("score", "stage", "audit"), ours, theirs, strict=True):
        if one != other:
            raise Mismatch(
                f"the two forms of the {name} rules differ about lead {lead['id']}: "
                f"its {what} is {one} by leadrules, {other} by hand-written Python"
            )
