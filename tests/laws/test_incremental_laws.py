"""Scoring event by event gives what scoring all of it at once gives, also where much is forgotten.

`test_rule_laws` asks it of generated rule files, whose rules keep most events from being forgotten.
"""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadrules import Ruleset
from leadrules.engine.compiler import event_lists
from leadrules.engine.incremental import uses
from leadrules.engine.reference import evidence
from leadrules.testing import incremental_agrees

often = settings(max_examples=max(200, settings().max_examples), suppress_health_check=[HealthCheck.too_slow])
seeds = st.integers(0, 100_000)
AS_OF = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)


@pytest.fixture(autouse=True, scope="module")
def few_listed():
    """Let evidence list few events, so that generated leads have more."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (evidence, event_lists, uses):
            patch.setattr(module, "MOST_LISTED", 2)
        yield


# Files of few rules, so that no rule keeps the events that another is to forget.

HEAD = """
timezone "Europe/Warsaw"
precision 3
param least = 3
param most = 2_000_000
param little = 0.0001
field size: number
field site: text
event page_view[url: text, seconds: number, tags: list of text, seen: bool]
events content = page_view | blog_view
"""
RULES = """
email_open +1
page_view +2.5
page_view[url = "/a"] +1 max 9 points
page_view[seconds > 10] +(seconds / 7)
page_view[url = site] +1
purchase +(amount / 3) max 20 points
purchase -(amount) when size > 3
content[url contains "a"] +0
page_view +1 max 2
page_view +(seconds - 20) max 3
page_view +1 max 2 per day
page_view +(seconds) max 1 per url max 5
page_view +1 max 2 per tags max 1 per week
page_view +1 max 4 points per day
page_view +1 max 1 every 2 days
page_view +1 from 2026-04-01 until 2026-05-01
email_open +4 half-life 2 days
page_view +(seconds) half-life 1 days
page_view +9 fades over 30 days max 2
page_view +(seconds / 3) drops 20% every 3 days max 2 per url
page_view +3 half-life 36 hours max 1 per hour
page_view +3 half-life 2 days max 1 every 3 days
page_view within 20 days +1
page_view within 20 days +(seconds) max 2
page_view within 9 days +5 half-life 4 days max 1 per day
page_view since email_open +1
page_view within 30 days since purchase +1 max 2
page_view since created +1 max 2
count(page_view) >= least +5
count(content) > 2 +(count(content[url = "/a"]))
count(page_view since email_open) > 1 +1
count(page_view within 12 days) > 1 +1
count(page_view[url = site]) > 1 +1
no unsubscribe +1
sum(seconds of page_view) > 30 +(sum(seconds of page_view))
average(seconds of page_view) > 10 +(average(seconds of page_view))
average(amount of purchase within 40 days) > 10 +1
min(seconds of page_view) < 4 +(min(seconds of page_view))
max(seconds of page_view[seen]) > 4 +(max(seconds of page_view))
distinct(url of page_view) > 1 +(distinct(url of content))
distinct(day of page_view) > 2 +(distinct(tags of page_view))
first(url of page_view) = "/a" +2
last(seconds of page_view) > 3 +(last(seconds of content))
days since page_view > 3 +(days since activity)
days since first(at of page_view) > 3 +1
page_view followed by email_open within 2 days +1
email_open within 40 days not followed by page_view within 3 days +1
any_event +1 max 3 per day
email_open since page_view since purchase +1
page_view within 20 days followed by email_open within 2 days +1
distinct(at of content) > 2 +(distinct(seen of page_view))
last(seen of page_view) +1
first(tags of page_view) contains "x" +1
(sum(seconds of page_view) / count(page_view)) > 4 +(1 / (sum(seconds of page_view) - 30))
max(amount of purchase since email_open) > 4 +1
count(page_view[day > 2026-05-01]) > 1 +1
count(page_view[seen is unknown or url contains "a"]) > 1 +1
""".strip().splitlines()

# Rules of every selection, points and modifiers; so few selections that rules often share one.

SELECTIONS = """
page_view
page_view[url = "/a"]
page_view[seconds > 5]
page_view[url = site]
page_view within 20 days
page_view within 9 days since email_open
page_view since purchase since created
content
any_event
""".strip().splitlines()
POINTS = ["+1", "-2", "+0", "+(most)", "+(little)", "+(size)", "+(count(email_open))"]
OF_SECONDS = ["+(seconds)", "-(seconds / 7)", "+(seconds - 20)", "+(100 / (seconds - 10))", "+(seconds * 100_000)"]
MODIFIERS = [
    ["half-life 2 days", "half-life 36 hours", "fades over 30 days", "drops 20% every 3 days"],
    ["max 1 every 2 days", "max 2 every 9 days"],
    ["max 1 per day", "max 2 per week", "max 1 per hour"],
    ["max 2 per `day`", "max 1 per month"],
    ["once", "max 3"],
    ["max 4 points per day", "max 2 points per month"],
    ["max 8 points"],
    ["from 2026-04-10"],
    ["until 2026-05-20"],
    ["when size > 2", "when no unsubscribe"],
]


@st.composite
def composed(draw):
    selection = draw(st.sampled_from(SELECTIONS))
    points = draw(st.sampled_from(POINTS if selection == "any_event" else POINTS + OF_SECONDS))
    modifiers = [draw(st.sampled_from(kind)) for kind in MODIFIERS if draw(st.integers(0, 3)) == 3]
    return " ".join([selection, points, *modifiers])


rules = st.lists(st.sampled_from(RULES) | composed() | composed(), min_size=1, max_size=4, unique=True)

urls = st.sampled_from(["/a", "/A", "/b", "/ä", "", None])
properties = st.fixed_dictionaries(
    {},
    optional={
        "url": urls,
        "seconds": st.integers(0, 60) | st.sampled_from([0.1, "2.5", None, 10**9]),
        "amount": st.integers(0, 60) | st.just("17.5"),
        "tags": st.lists(st.sampled_from(["x", "Y", "y"]), max_size=2),
        "seen": st.booleans(),
        "title": st.just("not declared"),
    },
)
hours = st.integers(-24 * 20, 24 * 90) | st.sampled_from([24 * day for day in range(70)])
events = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["page_view", "page_view", "email_open", "purchase", "blog_view", "unsubscribe"]),
        "at": hours.map(lambda hour: AS_OF - dt.timedelta(hours=hour)),
        "properties": properties,
    },
    optional={"id": st.integers(1, 9) | st.sampled_from(["a b", "b", '"', "ü"])},
)
leads = st.fixed_dictionaries(
    {
        "id": st.just("42"),
        "attributes": st.fixed_dictionaries({}, optional={"size": st.integers(0, 9), "site": urls}),
        "events": st.lists(events, min_size=8, max_size=40),
    }
)


@pytest.mark.no_cover
@often
@given(rules, leads, seeds)
def test_what_is_forgotten_still_counts(rules, lead, seed):
    incremental_agrees(Ruleset.from_text(HEAD + "\n".join(rules)), lead, AS_OF, seed=seed)
