r"""Score sales leads by a rule file: open, exact, explainable.

>>> from datetime import UTC, datetime
>>> from leadrules import Ruleset
>>> rules = Ruleset.from_text("email_open +5\nbudget and authority -> qualified\n")
>>> lead = {"id": "1", "attributes": {"budget": True, "authority": True}}
>>> rules.evaluate(lead, as_of=datetime(2026, 11, 21, tzinfo=UTC)).stage
'qualified'

Each name is loaded when it is first asked for, so that importing leadrules costs next to nothing.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from leadrules.audit import AuditEntry, RulesetIdentity, ScoredLead, Transition
    from leadrules.contents import (
        Dimension,
        EventType,
        ExampleResult,
        Expectation,
        Field,
        Grade,
        Ladder,
        Output,
        PluginCriterion,
        Property,
        Rule,
        Source,
    )
    from leadrules.document import Document
    from leadrules.engine.incremental.state import LeadState
    from leadrules.engine.spans.causes import Cause
    from leadrules.errors import (
        AsOfError,
        BundleError,
        Diagnostic,
        InputError,
        LeadError,
        LeadrulesError,
        Mistake,
        PluginError,
        PluginLoadError,
        ResultError,
        RuleCheckError,
        RuleFileError,
        RulesetError,
        RuleSyntaxError,
        Span,
        StateError,
    )
    from leadrules.explain.answers import AlternativeExplanation, LadderExplanation, RuleExplanation, SumExplanation
    from leadrules.explain.explanation import Explanation
    from leadrules.explain.forecast import Change, Forecast
    from leadrules.explain.reasons import Gap, Unmet
    from leadrules.explain.replay import Difference, Replay, ReplayReason
    from leadrules.explain.why_not import WhyNot
    from leadrules.explain.wording import Line
    from leadrules.leadlike import Eventlike, Leadlike
    from leadrules.models import Event, Lead, ValueChange
    from leadrules.ruleset import Ruleset
    from leadrules.syntax.parser import Limits

    __version__: str

__all__ = [
    "AlternativeExplanation",
    "AsOfError",
    "AuditEntry",
    "BundleError",
    "Cause",
    "Change",
    "Diagnostic",
    "Difference",
    "Dimension",
    "Document",
    "Event",
    "EventType",
    "Eventlike",
    "ExampleResult",
    "Expectation",
    "Explanation",
    "Field",
    "Forecast",
    "Gap",
    "Grade",
    "InputError",
    "Ladder",
    "LadderExplanation",
    "Lead",
    "LeadError",
    "LeadState",
    "Leadlike",
    "LeadrulesError",
    "Limits",
    "Line",
    "Mistake",
    "Output",
    "PluginCriterion",
    "PluginError",
    "PluginLoadError",
    "Property",
    "Replay",
    "ReplayReason",
    "ResultError",
    "Rule",
    "RuleCheckError",
    "RuleExplanation",
    "RuleFileError",
    "RuleSyntaxError",
    "Ruleset",
    "RulesetError",
    "RulesetIdentity",
    "ScoredLead",
    "Source",
    "Span",
    "StateError",
    "SumExplanation",
    "Transition",
    "Unmet",
    "ValueChange",
    "WhyNot",
]

_HOMES = {
    "leadrules.audit": "AuditEntry RulesetIdentity ScoredLead Transition",
    "leadrules.document": "Document",
    "leadrules.contents": (
        "Dimension EventType ExampleResult Expectation Field Grade Ladder Output PluginCriterion Property Rule Source"
    ),
    "leadrules.explain.answers": "AlternativeExplanation LadderExplanation RuleExplanation SumExplanation",
    "leadrules.explain.explanation": "Explanation",
    "leadrules.explain.reasons": "Gap Unmet",
    "leadrules.explain.why_not": "WhyNot",
    "leadrules.explain.wording": "Line",
    "leadrules.engine.spans.causes": "Cause",
    "leadrules.explain.forecast": "Change Forecast",
    "leadrules.explain.replay": "Difference Replay ReplayReason",
    "leadrules.engine.incremental.state": "LeadState",
    "leadrules.errors": (
        "AsOfError BundleError Diagnostic InputError LeadError LeadrulesError Mistake PluginError PluginLoadError "
        "ResultError RuleCheckError RuleFileError RulesetError RuleSyntaxError Span StateError"
    ),
    "leadrules.leadlike": "Eventlike Leadlike",
    "leadrules.syntax.parser": "Limits",
    "leadrules.models": "Event Lead ValueChange",
    "leadrules.ruleset": "Ruleset",
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    for home, names in _HOMES.items():
        if name in names.split():
            return globals().setdefault(name, getattr(import_module(home), name))
    if name == "__version__":
        from importlib import metadata

        return globals().setdefault(name, metadata.version("leadrules"))
    raise AttributeError(f"module 'leadrules' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
