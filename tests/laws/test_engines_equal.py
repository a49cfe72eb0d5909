"""The compiled form equals the reference, in result, audit, evidence and errors, whatever a lead looks like.

`test_rule_laws` holds the engines against each other on generated rule files and leads. Here the
leads are brought into the forms between which compiled code tells: the plain form, that it takes at
once, and the others, which it reads with care or leaves to the reference.
"""

import datetime as dt
from decimal import Decimal
from fractions import Fraction

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadrules import Ruleset
from leadrules.engine.compiler.runtime import DecayedPoints, half_even, units_of
from leadrules.families import Decay
from leadrules.testing import engines_agree, later_changes_are_irrelevant
from leadrules.values import Duration, zone

often = settings(max_examples=max(200, settings().max_examples), suppress_health_check=[HealthCheck.too_slow])
AS_OF = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)

RICH = """
timezone "Europe/Warsaw"
precision 3
param least = 3
list free = {"gmail.com", "wp.pl"}
field domain: text
field size: number unknown {"999"} default 7
field signed: date
field tags: list of text
field consent: bool true {"tak"} false {"nie"}
field plan: one of {"free", "pro"}
event page_view[url: text, seconds: number, campaign: text, day_no: date]
event any_event[contact: text pii]
events content = whitepaper_download | page_view | blog_view
criterion big = size >= 100
criterion quiet = days since activity
criterion band = "big" if size >= 100 | "mid" if >= 20 | else "small"
criterion factor = 1.5 if plan = "pro" | size / 7 if size < 7
criterion anchor = signed if signed is known | 2026-01-01 if need
criterion agreed = need if size > 5 | consent and no unsubscribe if domain is known | else true
criterion wished = tags if need
criterion band_worth = 3 if size > 20 | else 2
table hosts = {"GMAIL.com": 2, "x.pl": 3.5, "a": -1}
table kinds from "kinds.csv" key "domain" [since: date, ours: bool, topics: list of text]
output kind = kinds.kind(domain)
output since = kinds.since(domain)
output ours = kinds.ours(domain)
output topics = kinds.topics(domain) if need | else wished
output worth = hosts(domain) / 3
output known_host = hosts(domain) is known
criterion shown = profile if need | profile if consent
segment lovers = count(page_view within 7 days) >= least
require consent before scoring because "no consent"
require domain is known
dimension fit max 60 min -5
  big +15 | size > 20 +7.125 | else -3
  domain in free -4.5
  domain ends with ".pl" or domain contains "corp" +3
  domain matches "^(a|b)+" +1
  not plan = "free" +2
  tags contains {"vip", "beta"} +4
  at least 2 of (consent, need, size < 5, domain = company) +6
  always +(size / 3) max 10 points
  hosts(domain) >= 2 +(hosts(domain))
  kinds.kind(domain) = "mail" and kinds.since(domain) < 2026-05-15 +1 | kinds.ours(domain) +2
  kinds.topics(domain) contains "b" +1
  band = "big" +1 | in {"mid", "small"} +2
  always +(factor)
  agreed +1 | not agreed +2
  wished contains "vip" and anchor < 2026-05-01 +1
  days since anchor > 40 +1
  (size / least) > 4 +(size / 7) max 5 points from 2026-01-01
persona owner +20 in fit
  size > 10 weight 3
  plan = "pro" weight 2
dimension usage max 100 half-life 10 days
  email_open +1 max 3
  email_open +2.5 max 2 per day
  page_view +1 max 3 every 2 days
  page_view[url starts with "/p"] +3
  page_view[url = "/pricing" and seconds > 10] within 30 days +2 max 2 per campaign max 3
  page_view[contact = "a@b.pl" or url = domain] +1 no decay
  content[url contains "x"] +1 max 4 points per url no decay max 9 points
  page_view +(seconds / 10) fades over 30 days max 20 points
  page_view +4 drops 10% every 12 hours when big
  page_view[hosts(url) < 0 or kinds.kind(campaign) = "Mail"] +1
  page_view +(hosts(campaign)) max 3 points
  page_view[(url if seconds > 10 | else campaign) = "/pricing"] +1
  page_view +(seconds / 10 if seconds > 20 | band_worth if campaign is known | else 1) max 2 times
  page_view since email_open +1 max 4 times no decay
  page_view followed by email_click within 2 days +5
  page_view not followed by page_view within 1 days +1
  count(content) >= 3 +5 because "reads"
  sum(seconds of page_view) > 100 and average(seconds of page_view within 40 days) < 90 +5
  distinct(url of content) > 1 or distinct(day of page_view) > 1 +1
  first(url of page_view) = "/pricing" +9
  last(seconds of page_view since 'x'.signed) > 5 +1
  days since page_view < 4 +3
  quiet > 5 -2
  days since signed > 30 +1
  no unsubscribe +1
  group money max 9
    purchase +(amount / 2) max 1 per week
    email_reply +5 from 2026-05-01 until 2026-05-20
total = 0.4 * fit + 0.6 * usage + 1 max 80
grade profile = fit: A >= 30, B >= 10.5, C
grade interest = quiet: "1" >= 60, "2"
grade cell = profile, interest
stages lead < mql < sql exit lost forward only
  score >= 20 -> mql
  profile >= B and lovers -> sql
  unsubscribe within 9 days -> lost
  hold mql while size > 3
stages warmth: cold < warm
  usage > 5 -> warm
  was mql -> warm
lovers -> tag "call"
shown is unknown -> tag "not graded"
cell = "A1" -> recommend "visit"
usage > 1 -> tag "call"
""".replace(" since 'x'.signed", " since signed")

KINDS = """domain,kind,since,ours,topics
gmail.com,Mail,2026-05-01,no,"a,b"
A,mail,,yes,
bcorp,Firm,2026-06-01,,b
"""
RULES = Ruleset.from_text(RICH, files={"kinds.csv": KINDS})


# -------------------------------------------------------------------- leads

texts = st.sampled_from(["a", "A ", "", "gmail.com", "x.PL", "bcorp", "aab", "/pricing", "/p/x", "ß", "SS", "a@b.pl"])
numbers = st.integers(-5, 400) | st.sampled_from([999, "999", " 12.5 ", 0.1, Decimal("7.25"), None, 2**70, "1e3"])
days = st.sampled_from(["2026-05-01", dt.date(2026, 4, 2), "2026-05-31T23:30:00Z", AS_OF, None])
attributes = st.fixed_dictionaries(
    {},
    optional={
        "domain": texts,
        "company": texts,
        "size": numbers,
        "signed": days,
        "tags": st.lists(texts, max_size=3) | st.just("vip; x") | st.just(("beta",)),
        "consent": st.sampled_from([True, True, "tak", "nie", None]),
        "need": st.booleans() | st.just("yes"),
        "plan": st.sampled_from(["free", "PRO", None]),
        "unread": st.just(object),
    },
)
EVENTS = """
page_view page_view page_view email_open email_click email_reply whitepaper_download blog_view purchase
unsubscribe spam_complaint elsewhere
"""
types = st.sampled_from(EVENTS.split())
hours = st.sampled_from([0, 1, 12, 23, 24, 24, 25, 48, 47.5, 72, 168, 240, 700, 720, 5000]) | st.integers(-30, 3000)
plain_properties = st.fixed_dictionaries(
    {}, optional={"url": texts, "seconds": st.integers(0, 200), "amount": st.integers(0, 90), "campaign": texts}
)
rough_properties = plain_properties | st.fixed_dictionaries(
    {}, optional={"url": texts | st.none() | st.just(5), "seconds": numbers, "contact": texts, "amount": numbers}
)


def ago(hour):
    return AS_OF - dt.timedelta(hours=float(hour))


plain_events = st.builds(
    lambda type_, at, properties: {"type": type_, "at": at, "properties": properties},
    types,
    hours.map(ago),
    plain_properties,
)
offsets = st.sampled_from([dt.timezone(dt.timedelta(hours=5, minutes=45)), zone("Europe/Warsaw").tzinfo])
forms = st.sampled_from(
    [
        dt.datetime.isoformat,
        lambda at: at.isoformat().replace("+00:00", "Z"),
        lambda at: at.replace(tzinfo=None),
        lambda at: at.date(),
    ]
)
moments = st.one_of(
    hours.map(ago),
    st.builds(dt.datetime.astimezone, hours.map(ago), offsets),
    st.builds(lambda at, form: form(at), hours.map(ago), forms),
    st.just("0001-01-01T00:00:00Z"),
    st.just(dt.datetime(9999, 5, 5, tzinfo=dt.UTC)),
)
rough_events = st.fixed_dictionaries(
    {
        "type": types | st.sampled_from([" page_view ", "\N{FULLWIDTH LATIN SMALL LETTER P}age_view", "PAGE_VIEW"]),
        "at": moments,
    },
    optional={"id": st.sampled_from(["1", "2", " 1", 3, "", None]), "properties": rough_properties | st.none()},
)
held = st.fixed_dictionaries(
    {}, optional={"stage": st.sampled_from(["lead", "mql", " sql", "lost", None]), "warmth": st.just("warm")}
)
plain_leads = st.fixed_dictionaries(
    {"id": st.sampled_from(["1", "lead-7", " a "]), "attributes": attributes},
    optional={"events": st.lists(plain_events, max_size=12), "stages": held},
)
rough_leads = st.fixed_dictionaries(
    {"id": st.sampled_from(["1", 7, "é"])},
    optional={"attributes": attributes | st.none(), "events": st.lists(rough_events, max_size=8), "stages": held},
)


@often
@given(plain_leads)
def test_on_plain_leads(lead):
    engines_agree(RULES, lead, AS_OF)


@often
@given(rough_leads)
def test_on_leads_in_other_forms(lead):
    engines_agree(RULES, lead, AS_OF)


@often
@given(plain_leads | rough_leads, st.integers(0, 2**32))
def test_what_becomes_of_a_lead_afterwards_changes_no_result(lead, seed):
    later_changes_are_irrelevant(RULES, lead, AS_OF, seed=seed)


# -------------------------------------------------------------------- numbers

spans = st.builds(Duration, st.integers(1, 400), st.sampled_from(["hours", "days", "weeks"]))
decays = st.builds(Decay, st.sampled_from(["half-life", "fades", "drops"]), spans, st.fractions(0, 100))


@often
@given(decays, st.integers(0, 3_000), st.fractions(-(10**6), 10**6) | st.integers(-50, 50), st.integers(0, 6))
def test_points_that_vary_decay_as_the_reference_says(decay, age, base, precision):
    expected = units_of(decay.applied(Fraction(base), age, precision), precision)
    assert DecayedPoints(decay, precision).of(base, age) == expected


@given(st.integers(), st.integers(1))
def test_units_are_rounded_half_to_even(numerator, denominator):
    assert half_even(numerator, denominator) == round(Fraction(numerator, denominator))
