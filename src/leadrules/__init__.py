r"""Score sales leads by a rule file: open, exact, explainable.

>>> from datetime import UTC, datetime
>>> from leadrules import Ruleset
>>> rules = Ruleset.from_text("email_open +5\nbudget and authority -> qualified\n")
>>> lead = {"id": "1", "attributes": {"budget": True, "authority": True}}
>>> rules.evaluate(lead, as_of=datetime(2026, 11, 21, tzinfo=UTC)).stage
'qualified'
"""

from leadrules.audit import AuditEntry, ScoredLead, Transition
from leadrules.engine.explanation import Explanation
from leadrules.engine.forecast import Change, Forecast
from leadrules.errors import (
    Diagnostic,
    InputError,
    LeadrulesError,
    PluginError,
    RuleCheckError,
    RulesetError,
    RuleSyntaxError,
    Span,
)
from leadrules.lang.parser import Limits
from leadrules.lead import Event, Lead
from leadrules.ruleset import Ruleset

__all__ = [
    "AuditEntry",
    "Change",
    "Diagnostic",
    "Event",
    "Explanation",
    "Forecast",
    "InputError",
    "Lead",
    "LeadrulesError",
    "Limits",
    "PluginError",
    "RuleCheckError",
    "RuleSyntaxError",
    "Ruleset",
    "RulesetError",
    "ScoredLead",
    "Span",
    "Transition",
]
