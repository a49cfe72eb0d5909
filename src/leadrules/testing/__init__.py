"""Strategies of hypothesis for rule files, leads and moments, and the laws that every engine keeps.

For the tests of leadrules, of plugins, and of anyone's own rules:

>>> from hypothesis import given, settings
>>> from leadrules.testing import cases, engines_agree
>>> @settings(max_examples=5, database=None)
... @given(cases())
... def test_engines_agree(case):
...     engines_agree(case.rules, case.lead, case.as_of)
>>> test_engines_agree()

For plugins: `check_criterion` holds a criterion against the laws of criteria, `check_documents` a
plugin's README and examples against the plugin, `check_distribution` builds it, and pytest runs
`cases/*.toml` by itself, as soon as leadrules is installed.

Each name is loaded when it is first asked for: a process that asks a criterion needs no hypothesis.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from leadrules.testing.case_files import WorkedCase, read_cases
    from leadrules.testing.changes import later_changes_are_irrelevant
    from leadrules.testing.criteria import check_criterion
    from leadrules.testing.distributions import check_distribution
    from leadrules.testing.documents import check_documents
    from leadrules.testing.drawn_cases import Case, cases
    from leadrules.testing.drawn_leads import RawLead, invalid_leads, leads
    from leadrules.testing.drawn_moments import moments
    from leadrules.testing.drawn_rule_files import Construct, rule_files
    from leadrules.testing.elsewhere import pickled_gives_the_same_digest
    from leadrules.testing.forecasting import a_state_foresees_the_same, forecast_comes_true, next_change_is_the_first
    from leadrules.testing.incremental import housekeeping_is_irrelevant, incremental_agrees
    from leadrules.testing.laws import (
        audit_adds_up,
        decay_never_gains,
        engines_agree,
        formatting_keeps_the_fingerprint,
        future_and_duplicates_are_irrelevant,
        layout_is_irrelevant,
        order_is_irrelevant,
        processes_agree,
        replay_gives_the_digest,
        rules_order_is_irrelevant,
        threads_agree,
        unread_is_irrelevant,
    )
    from leadrules.testing.renaming import names_are_only_names

__all__ = [
    "Case",
    "Construct",
    "RawLead",
    "WorkedCase",
    "a_state_foresees_the_same",
    "audit_adds_up",
    "cases",
    "check_criterion",
    "check_distribution",
    "check_documents",
    "decay_never_gains",
    "engines_agree",
    "forecast_comes_true",
    "formatting_keeps_the_fingerprint",
    "future_and_duplicates_are_irrelevant",
    "housekeeping_is_irrelevant",
    "incremental_agrees",
    "invalid_leads",
    "later_changes_are_irrelevant",
    "layout_is_irrelevant",
    "leads",
    "moments",
    "names_are_only_names",
    "next_change_is_the_first",
    "order_is_irrelevant",
    "pickled_gives_the_same_digest",
    "processes_agree",
    "read_cases",
    "replay_gives_the_digest",
    "rule_files",
    "rules_order_is_irrelevant",
    "threads_agree",
    "unread_is_irrelevant",
]

_HOMES = {
    "leadrules.testing.case_files": "WorkedCase read_cases",
    "leadrules.testing.drawn_cases": "Case cases",
    "leadrules.testing.changes": "later_changes_are_irrelevant",
    "leadrules.testing.criteria": "check_criterion",
    "leadrules.testing.distributions": "check_distribution",
    "leadrules.testing.documents": "check_documents",
    "leadrules.testing.elsewhere": "pickled_gives_the_same_digest",
    "leadrules.testing.forecasting": "a_state_foresees_the_same forecast_comes_true next_change_is_the_first",
    "leadrules.testing.incremental": "housekeeping_is_irrelevant incremental_agrees",
    "leadrules.testing.laws": (
        "audit_adds_up decay_never_gains engines_agree formatting_keeps_the_fingerprint "
        "future_and_duplicates_are_irrelevant layout_is_irrelevant order_is_irrelevant processes_agree "
        "replay_gives_the_digest rules_order_is_irrelevant threads_agree unread_is_irrelevant"
    ),
    "leadrules.testing.drawn_leads": "RawLead invalid_leads leads",
    "leadrules.testing.drawn_moments": "moments",
    "leadrules.testing.renaming": "names_are_only_names",
    "leadrules.testing.drawn_rule_files": "Construct rule_files",
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    for home, names in _HOMES.items():
        if name in names.split():
            return globals().setdefault(name, getattr(import_module(home), name))
    raise AttributeError(f"module 'leadrules.testing' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
