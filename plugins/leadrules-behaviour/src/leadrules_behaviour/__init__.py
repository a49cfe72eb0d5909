"""Criteria about how a lead behaves: how much it does, how regularly, and whether a person does it.

All of them look at the events of one lead up to `as_of` and at nothing else. What counts as activity
is said by the rule file: the standard group `activity`, or its own `events activity = …`.
"""

from leadrules_behaviour.automation import bot_bursts, bot_events, human_events
from leadrules_behaviour.pace import trend, velocity
from leadrules_behaviour.regularity import active_days, longest_streak, streak
from leadrules_behaviour.rfm import frequency, monetary, purchase_frequency, purchase_recency, recency
from leadrules_behaviour.visits import longest_session, sessions

__all__ = [
    "active_days",
    "bot_bursts",
    "bot_events",
    "frequency",
    "human_events",
    "longest_session",
    "longest_streak",
    "monetary",
    "purchase_frequency",
    "purchase_recency",
    "recency",
    "sessions",
    "streak",
    "trend",
    "velocity",
]
