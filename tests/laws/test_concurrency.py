"""A ruleset is shared by threads and sent to processes, and the digests are those of a serial run."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from leadrules import Ruleset
from leadrules.testing import leads, processes_agree, rule_files, threads_agree

pytestmark = pytest.mark.no_cover  # it runs again what the corpus and the rule laws are counted for

AS_OF = dt.datetime(2026, 6, 15, 12, tzinfo=dt.UTC)


def generated(strategy, count):
    """Give that many values of a strategy, the same on every run."""
    found = []

    @settings(max_examples=count, phases=[Phase.generate], database=None, suppress_health_check=list(HealthCheck))
    @given(strategy)
    def collect(value):
        found.append(value)

    collect()
    return found


@pytest.fixture(scope="module")
def batches():
    """Give rulesets of twenty rules or so, each with some 60 leads."""
    texts = sorted(generated(rule_files(max_rules=20), 30), key=len)[-6:]
    rulesets = [Ruleset.from_text(text) for text in texts]
    return [(rules, generated(leads(rules, as_of=AS_OF, max_events=30), 60)) for rules in rulesets]


def test_threads_that_share_a_ruleset_give_the_digests_of_a_serial_run(batches):
    for rules, leads_ in batches:
        threads_agree(rules, leads_ * 5, AS_OF)


def test_threads_that_load_rule_files_at_once_give_the_same_rulesets():
    texts = generated(rule_files(), 20)
    serial = [Ruleset.from_text(text).fingerprint for text in texts]
    assert in_threads(lambda text: Ruleset.from_text(text).fingerprint, texts * 4) == serial * 4


def test_processes_with_a_pickled_ruleset_give_the_digests_of_a_serial_run(batches):
    rules, leads_ = batches[-1]
    processes_agree(rules, leads_ * 3, AS_OF)


def in_threads(answer, questions):
    with ThreadPoolExecutor(8) as executor:
        return list(executor.map(answer, questions))
