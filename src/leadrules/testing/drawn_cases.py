"""Generate whole cases: a ruleset, a lead for it, and a moment."""

from __future__ import annotations

import datetime as dt

import attrs
from hypothesis import strategies as st

from leadrules.ruleset import Ruleset
from leadrules.testing.chance import Chance, Draw
from leadrules.testing.drawn_leads import RawLead, leads
from leadrules.testing.drawn_moments import moment
from leadrules.testing.drawn_rule_files import rule_files


@attrs.frozen
class Case:
    """A lead to score by a ruleset at a moment; `text` is the ruleset's rule file."""

    text: str
    lead: RawLead
    as_of: dt.datetime
    rules: Ruleset = attrs.field(repr=False)


@st.composite
def cases(draw: Draw, files: st.SearchStrategy[str] | None = None, *, max_events: int = 10) -> Case:
    """Generate cases of generated rule files, or of `files`."""
    text = draw(rule_files() if files is None else files)
    rules = Ruleset.from_text(text)
    as_of = moment(Chance(draw))
    return Case(text, draw(leads(rules, as_of=as_of, max_events=max_events)), as_of, rules)
