"""Patterns are bounded for a ruleset as a whole, and go with it."""

import datetime as dt
import gc
import weakref

import pytest

from leadrules import Limits, Ruleset, RulesetError, patterns
from leadrules.patterns import MOST_STEPS, PatternError, Patterns, PatternSteps, PatternTooLarge, steps_of
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


def refused(*found, **limits):
    with pytest.raises(RulesetError) as caught:
        rules_of(found, **limits)
    return [(diagnostic.code, diagnostic.message) for diagnostic in caught.value.diagnostics]


def test_a_pattern_that_is_too_long_is_not_compiled(monkeypatch):
    monkeypatch.setattr(patterns, "steps_of", lambda text: pytest.fail(f"compiled {len(text)} characters"))
    assert refused("x" * 10_001) == [("LR013", "this pattern has 10,001 characters, more than 10,000")]


def test_after_too_many_steps_nothing_is_compiled(monkeypatch):
    compiled = []
    monkeypatch.setattr(patterns, "steps_of", lambda text: compiled.append(text) or steps_of(text))
    told = [("LR013", "the patterns of the rules are too large: more than 1,000 steps together")]
    assert refused("a{900}", "b{900}", "c{900}", "(", pattern_steps=1_000) == told
    assert compiled == ["a{900}", "b{900}"]


def test_classes_of_unicode_count_before_they_are_compiled(monkeypatch):
    monkeypatch.setattr(patterns, "steps_of", lambda text: pytest.fail(f"compiled {text[:20]}"))
    for letter in (r"\\p{L}", r"\\P{L}"):
        told = [("LR013", "the patterns of the rules are too large: more than 99,999 steps together")]
        assert refused(letter * 1_000, pattern_steps=99_999) == told


def test_classes_count_as_their_steps_where_those_are_more():
    steps = PatternSteps(2 * steps_of(r"\p{L}"))
    steps.add(r"\p{L}")
    steps.add(r"\p{L}{1}")
    with pytest.raises(PatternTooLarge, match="together"):
        steps.add("ab")


def test_a_pattern_that_is_too_large_by_itself_ends_it():
    assert refused(r"\\p{L}{900}", "(") == [("LR013", "this pattern is too large by itself")]


def test_what_does_not_compile_counts_too():
    steps = PatternSteps(150)
    with pytest.raises(PatternError, match="missing"):
        steps.add(r"\p{L}(")
    with pytest.raises(PatternTooLarge, match="more than 150 steps"):
        steps.add(r"\p{L}[")


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
