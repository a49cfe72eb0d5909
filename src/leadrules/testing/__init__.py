"""Strategies of hypothesis for rule files, leads and moments, and the laws that every engine keeps.

For the tests of leadrules and of plugins:

>>> from hypothesis import given
>>> from leadrules.testing import cases, engines_agree
>>> @given(cases())
... def test_engines_agree(case):
...     engines_agree(case.rules, case.lead, case.as_of)
"""

from leadrules.testing.cases import Case, cases
from leadrules.testing.leads import RawLead, invalid_leads, leads
from leadrules.testing.moments import moments
from leadrules.testing.rule_files import Construct, rule_files

__all__ = ["Case", "Construct", "RawLead", "cases", "invalid_leads", "leads", "moments", "rule_files"]
