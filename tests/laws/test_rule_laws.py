"""Laws that every ruleset keeps, whatever the lead, on generated rule files and leads."""

import datetime as dt
import unicodedata

import attrs
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from leadrules import InputError, Ruleset
from leadrules.syntax import tree
from leadrules.syntax.parser import parse
from leadrules.testing import (
    audit_adds_up,
    cases,
    decay_never_gains,
    engines_agree,
    formatting_keeps_the_fingerprint,
    future_and_duplicates_are_irrelevant,
    invalid_leads,
    moments,
    names_are_only_names,
    order_is_irrelevant,
    pickled_gives_the_same_digest,
    replay_gives_the_digest,
    rule_files,
    rules_order_is_irrelevant,
    unread_is_irrelevant,
)
from leadrules.testing.rule_files import written_files

seeds = st.integers(0, 1_000)
spans = st.timedeltas(dt.timedelta(microseconds=1), dt.timedelta(days=400))
often = settings(
    max_examples=max(200, settings().max_examples),
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.too_slow],
)


@often
@given(rule_files())
def test_generated_rule_files_check_without_an_error(text):
    Ruleset.from_text(text)


@often
@given(written_files())
def test_a_written_statement_is_read_as_it_was_meant(written):
    file, _ = parse(written.text, "rules.leadrules")
    assert bare(file.statements) == bare(written.statements)


def bare(node):
    """Give a tree without parentheses, which the formatter adds, with signs in numbers and texts in NFC."""
    if isinstance(node, tuple):
        return tuple(bare(part) for part in node)
    if isinstance(node, tree.Group):
        return bare(node.inner)
    if isinstance(node, tree.Minus) and isinstance(bare(node.operand), tree.Number):
        return attrs.evolve(bare(node.operand), value=-bare(node.operand).value)
    if isinstance(node, tree.Node):
        parts = {a.name: getattr(node, a.name) for a in attrs.fields(type(node)) if a.name != "span"}
        return attrs.evolve(node, **{name: bare(part) for name, part in parts.items()})
    return unicodedata.normalize("NFC", node) if isinstance(node, str) else node


@often
@given(cases())
def test_generated_leads_can_be_read_and_their_audit_adds_up(case):
    audit_adds_up(case.rules.evaluate(case.lead, as_of=case.as_of))


@often
@given(st.data())
def test_spoiled_leads_are_refused(data):
    rules, as_of = Ruleset.from_text(data.draw(rule_files())), data.draw(moments())
    with pytest.raises(InputError):
        rules.evaluate(data.draw(invalid_leads(rules, as_of=as_of)), as_of=as_of)


@often
@given(cases())
def test_engines_agree(case):
    engines_agree(case.rules, case.lead, case.as_of)


@given(st.data())
def test_engines_agree_on_leads_that_are_refused(data):
    rules, as_of = Ruleset.from_text(data.draw(rule_files())), data.draw(moments())
    engines_agree(rules, data.draw(invalid_leads(rules, as_of=as_of)), as_of)


@often
@given(cases(), seeds)
def test_the_order_of_events_and_attributes_changes_nothing(case, seed):
    order_is_irrelevant(case.rules, case.lead, case.as_of, seed=seed)


@often
@given(cases(), seeds)
def test_what_no_rule_reads_changes_nothing(case, seed):
    unread_is_irrelevant(case.rules, case.lead, case.as_of, seed=seed)


@often
@given(cases())
def test_future_events_and_duplicates_change_nothing(case):
    future_and_duplicates_are_irrelevant(case.rules, case.lead, case.as_of)


@often
@given(cases(), seeds)
def test_the_order_of_rules_in_a_dimension_changes_no_score_and_no_label(case, seed):
    rules_order_is_irrelevant(case.text, case.lead, case.as_of, seed=seed)


@often
@given(cases(), spans)
def test_a_decayed_rule_never_gains_with_age(case, later):
    decay_never_gains(case.rules, case.lead, case.as_of, later=later)


@often
@given(rule_files())
def test_formatting_keeps_the_fingerprint(text):
    formatting_keeps_the_fingerprint(text)


@often
@given(cases())
def test_replaying_an_audit_gives_its_digest(case):
    replay_gives_the_digest(case.rules, case.lead, case.as_of)


@often
@given(cases())
def test_names_are_only_names(case):
    names_are_only_names(case.text, case.lead, case.as_of)


def test_a_pickled_ruleset_gives_the_same_digest_in_another_process():
    batch = []

    @settings(often, max_examples=max(500, often.max_examples), database=None, phases=[Phase.generate])
    @given(cases())
    def collect(case):
        batch.append((case.rules, case.lead, case.as_of))

    collect()
    pickled_gives_the_same_digest(batch)
