"""Patterns are bounded for a ruleset as a whole, and go with it."""

import datetime as dt
import gc
import weakref

import pytest

from leadrules import Limits, Ruleset, RulesetError, patterns
from leadrules.patterns import MOST_STEPS, PatternError, Patterns, steps_of
from leadrules.ruleset import program_of

AS_OF = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
LARGE = [f"((a{{30}}){{30}}b{n}){{1,}}" for n in range(300)]


def rules_of(found, **limits):
    written = ", ".join(f'"{pattern}"' for pattern in found)
    return Ruleset.from_text(f"list p = {{{written}}}\ncompany matches p +1\n", limits=Limits(**limits))


def test_patterns_that_are_too_large_together_are_refused_once_before_they_take_memory():
    with pytest.raises(RulesetError) as caught:
        rules_of(LARGE)
    (diagnostic,) = caught.value.diagnostics
    assert (diagnostic.code, diagnostic.span.line) == ("LR013", 2)
    assert diagnostic.message == "the patterns of the rules are too large: more than 200,000 steps together"
    assert "contains" in diagnostic.help


def test_the_limit_is_the_hosts():
    assert sum(map(steps_of, LARGE[:5])) < 10_000
    assert program_of(rules_of(LARGE[:5], pattern_steps=10_000)).params == {}
    with pytest.raises(RulesetError, match="more than 1,000 steps together"):
        rules_of(LARGE[:5], pattern_steps=1_000)


def test_the_same_pattern_counts_once():
    text = "".join(f'company matches "(a{{30}}){{30}}" +{n}\n' for n in range(1, 600))
    assert 599 * steps_of("(a{30}){30}") > MOST_STEPS
    assert len(program_of(Ruleset.from_text(text)).rules) == 599


def test_expectations_count_too():
    text = f'company matches "{LARGE[0]}" +1\nexample "x"\n  expect not company matches "{LARGE[1]}"\n'
    with pytest.raises(RulesetError, match="patterns of the rules are too large"):
        Ruleset.from_text(text, limits=Limits(pattern_steps=1_500))


def test_patterns_go_with_their_ruleset():
    rules = rules_of(["^ac", "me$"])
    assert rules.evaluate({"id": "1", "attributes": {"company": "Acme"}}, as_of=AS_OF).score == 1
    held = weakref.ref(program_of(rules).patterns)
    del rules
    gc.collect()
    assert held() is None


def test_a_pattern_that_needs_more_than_its_share_of_memory_finds_the_same():
    many = Patterns(100_000)
    assert many._memory < 100_000
    for pattern in (r"[\p{L}]{1,40}@", "^(a|b)+", "((a{30}){30}b){1,}"):
        for text in ("", "żółw@x", "abba", "a" * 900 + "b"):
            alone = Patterns(1)[pattern].search(text)
            assert (many[pattern].search(text) is None) is (alone is None)
    assert many["^(a|b)+"] is many["^(a|b)+"]


def test_what_does_not_compile_says_why():
    with pytest.raises(PatternError, match="missing"):
        steps_of("(a")
    with pytest.raises(PatternError, match="missing"):
        Patterns(1)["(a"]


def test_the_module_keeps_nothing_for_all():
    steps_of("^once$")
    assert patterns.re2._Regexp._make.cache_info().currsize == 0
