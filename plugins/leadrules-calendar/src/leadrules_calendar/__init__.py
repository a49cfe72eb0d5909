"""Criteria about working time: which days are worked, how long a lead has waited, until when to call it.

Public holidays are those of the library `holidays`, whose version is part of each criterion's own. Days
and hours are those of the ruleset's time zone, and now is the moment for which the lead is scored.
"""

from leadrules_calendar.working_days import is_working_day, working_days_since
from leadrules_calendar.working_hours import due, working_hours_since

__all__ = ["due", "is_working_day", "working_days_since", "working_hours_since"]
