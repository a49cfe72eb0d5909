"""Why a lead has its score: every rule, fired or not."""

from __future__ import annotations

import attrs

from leadrules.audit import RulesetIdentity, ScoredLead
from leadrules.engine import interpreter
from leadrules.engine import program as p
from leadrules.lead import Facts


@attrs.frozen
class Explanation:
    """Every rule of a ruleset and what it says of one lead."""

    result: ScoredLead
    ignored: int


def explain(
    program: p.Program, facts: Facts, as_of: int, identity: RulesetIdentity, *, show_pii: bool = False
) -> Explanation:
    """Explain a lead."""
    evaluation = interpreter.run(program, facts, as_of)
    return Explanation(interpreter.result_of(evaluation, identity, show_pii=show_pii), facts.ignored)
