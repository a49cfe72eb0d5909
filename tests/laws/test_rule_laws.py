"""Laws that every ruleset keeps, whatever the lead, on generated rule files and leads.

To draw, check and compile a rule file costs more than any law, so each is made once, with leads for
it, and all laws are asked of it. `--law NAME` asks one alone.
"""

import datetime as dt
import functools
import unicodedata

import attrs
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from leadrules import InputError, Ruleset, RulesetError
from leadrules.conversions import Unreadable, reader_of
from leadrules.engine.compiler import event_lists
from leadrules.engine.incremental import uses
from leadrules.engine.reference import evidence
from leadrules.syntax import tree
from leadrules.syntax.formatter import text_of
from leadrules.syntax.parser import parse
from leadrules.testing import (
    RawLead,
    a_state_foresees_the_same,
    audit_adds_up,
    decay_never_gains,
    engines_agree,
    forecast_comes_true,
    formatting_keeps_the_fingerprint,
    future_and_duplicates_are_irrelevant,
    housekeeping_is_irrelevant,
    incremental_agrees,
    invalid_leads,
    layout_is_irrelevant,
    leads,
    moments,
    names_are_only_names,
    next_change_is_the_first,
    order_is_irrelevant,
    pickled_gives_the_same_digest,
    replay_gives_the_digest,
    rules_order_is_irrelevant,
    unread_is_irrelevant,
)
from leadrules.testing.comparing import outcome, same
from leadrules.testing.rule_files import written_files
from leadrules.values import moment_of
from leadrules.vocabulary import DATETIME

often = settings(
    max_examples=max(200, settings().max_examples),
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.too_slow],
)
PART = 10
"""How many rule files are drawn in a row. From then on hypothesis would rather vary those that it has
drawn, so that of 200 but 65 were different."""
spans = st.timedeltas(dt.timedelta(microseconds=1), dt.timedelta(days=400))


def shown(lead):
    """Show the beginning of what may be long."""
    return f"{lead!r:.5000}"


@attrs.frozen
class Question:
    """A rule file with a few leads for it: `busy` has many events, `spoiled` cannot be read."""

    text: str
    meant: tuple[tree.Statement, ...] = attrs.field(repr=False)
    rules: Ruleset = attrs.field(repr=False)
    as_of: dt.datetime
    later: dt.timedelta
    seed: int
    lead: RawLead = attrs.field(repr=shown)
    busy: RawLead = attrs.field(repr=shown)
    spoiled: RawLead = attrs.field(repr=shown)

    @functools.cached_property
    def load(self):
        """Make rulesets of texts, each once: this one's is there."""
        made = {self.text: self.rules}

        def load(text: str) -> Ruleset:
            if text not in made:
                made[text] = Ruleset.from_text(text)
            return made[text]

        return load


@st.composite
def questions(draw):
    written = draw(written_files())
    try:
        rules = Ruleset.from_text(written.text)
    except RulesetError as error:
        pytest.fail(f"a generated rule file is refused:\n{written.text}\n{error}")
    as_of = draw(moments())
    return Question(
        written.text,
        written.statements,
        rules,
        as_of,
        draw(spans),
        draw(st.integers(0, 100_000)),
        draw(leads(rules, as_of=as_of)),
        draw(leads(rules, as_of=as_of, max_events=30)),
        draw(invalid_leads(rules, as_of=as_of)),
    )


# -------------------------------------------------------------------- the laws


def statements_are_read_as_they_were_meant(question):
    file, _ = parse(question.text, "rules.leadrules")
    assert bare(file.statements) == bare(question.meant)


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


def the_audit_adds_up(question):
    audit_adds_up(question.rules.evaluate(question.lead, as_of=question.as_of))


def spoiled_leads_are_refused(question):
    with pytest.raises(InputError):
        question.rules.evaluate(question.spoiled, as_of=question.as_of)


def the_engines_agree(question):
    for lead in (question.lead, question.busy, question.spoiled):
        engines_agree(question.rules, lead, question.as_of)


def the_engines_agree_on_plain_leads(question):
    """In the form that compiled code takes at once."""
    lead = question.busy
    events = [plain(event, question.rules) for event in lead.get("events") or ()]
    plain_lead = {"id": lead["id"], "attributes": lead.get("attributes") or {}, "events": events}
    engines_agree(question.rules, plain_lead, question.as_of)


def plain(event, rules):
    """Give an event with its moment as a datetime in UTC, and without an id."""
    try:
        instant = reader_of(DATETIME, rules.program.scope.zone)(event["at"])
    except (Unreadable, KeyError):
        return event
    properties = event.get("properties") or {}
    return {"type": event["type"], "at": moment_of(instant), "properties": properties}


def the_order_of_events_and_attributes_changes_nothing(question):
    order_is_irrelevant(question.rules, question.lead, question.as_of, seed=question.seed)


def what_no_rule_reads_changes_nothing(question):
    unread_is_irrelevant(question.rules, question.lead, question.as_of, seed=question.seed)


def future_events_and_duplicates_change_nothing(question):
    future_and_duplicates_are_irrelevant(question.rules, question.lead, question.as_of)


def the_order_of_rules_in_a_dimension_changes_no_score_and_no_label(question):
    text, lead, seed = question.text, question.lead, question.seed
    rules_order_is_irrelevant(text, lead, question.as_of, seed=seed, load=question.load)


def a_decayed_rule_never_gains_with_age(question):
    decay_never_gains(question.rules, question.lead, question.as_of, later=question.later)


def formatting_keeps_the_program(question):
    formatting_keeps_the_fingerprint(question.text, load=question.load)


def layout_changes_no_byte(question):
    layout_is_irrelevant(question.text, question.lead, question.as_of, load=question.load)


def names_of_files_and_lines_change_no_byte(question):
    """The same rules included from a file of another name, at other lines."""
    one, other = included(question.meant, "a.leadrules", ""), included(question.meant, "deep/b.leadrules", "# here\n\n")
    assert one.fingerprint == other.fingerprint
    first, second = (outcome(rules.evaluate, question.lead, as_of=question.as_of) for rules in (one, other))
    same("where included rules stand changes the result", first, second)


def included(statements, path, before):
    """Load rules from a file that includes them; what only a main file may say stays there."""
    only_main = (tree.Ruleset, tree.Timezone, tree.Precision)
    main = [text_of(one) for one in statements if isinstance(one, only_main)]
    others = [before + text_of(one) for one in statements if not isinstance(one, only_main)]
    files = {path: "\n".join(others)}
    return Ruleset.from_text("\n".join([before, *main, f'include "{path}"']), files=files)


def replaying_an_audit_gives_its_digest(question):
    replay_gives_the_digest(question.rules, question.lead, question.as_of)


def names_mean_nothing(question):
    names_are_only_names(question.text, question.lead, question.as_of, load=question.load)


def incremental_equals_from_scratch_for_any_split_of_the_events(question):
    with pytest.MonkeyPatch.context() as patch:
        for module in (evidence, event_lists, uses):
            patch.setattr(module, "MOST_LISTED", 2)  # few, so that generated leads have more
        incremental_agrees(question.rules, question.busy, question.as_of, seed=question.seed)
        housekeeping_is_irrelevant(question.rules, question.busy, question.as_of, seed=question.seed)


def a_forecast_comes_true(question):
    for lead in (question.lead, question.busy):
        forecast_comes_true(question.rules, lead, question.as_of, seed=question.seed)


def a_result_is_valid_until_its_next_change(question):
    for lead in (question.lead, question.busy):
        next_change_is_the_first(question.rules, lead, question.as_of, seed=question.seed)


def a_state_forecasts_what_the_rules_do(question):
    for lead in (question.lead, question.busy):
        a_state_foresees_the_same(question.rules, lead, question.as_of, seed=question.seed)


def pickled_rulesets_give_the_same_digests_in_another_process(questions):
    pickled_gives_the_same_digest([(q.rules, lead, q.as_of) for q in questions for lead in (q.lead, q.busy, q.spoiled)])


LAWS = (
    statements_are_read_as_they_were_meant,
    the_audit_adds_up,
    spoiled_leads_are_refused,
    the_engines_agree,
    the_engines_agree_on_plain_leads,
    the_order_of_events_and_attributes_changes_nothing,
    what_no_rule_reads_changes_nothing,
    future_events_and_duplicates_change_nothing,
    the_order_of_rules_in_a_dimension_changes_no_score_and_no_label,
    a_decayed_rule_never_gains_with_age,
    formatting_keeps_the_program,
    layout_changes_no_byte,
    names_of_files_and_lines_change_no_byte,
    replaying_an_audit_gives_its_digest,
    names_mean_nothing,
    incremental_equals_from_scratch_for_any_split_of_the_events,
    a_forecast_comes_true,
    a_result_is_valid_until_its_next_change,
    a_state_forecasts_what_the_rules_do,
)
LAWS_OF_MANY = (pickled_rulesets_give_the_same_digests_in_another_process,)


FIRST, *OTHERS = range(often.max_examples // PART)


# What the first part runs is counted as covered; the others run it again and again, where counting costs as much.
@pytest.mark.parametrize("part", [FIRST, *(pytest.param(part, marks=pytest.mark.no_cover) for part in OTHERS)])
def test_every_law_holds(part, asked):
    (laws, laws_of_many), all_asked = asked(LAWS, LAWS_OF_MANY), []

    @settings(often, max_examples=PART + 1)  # the first is the simplest there is
    @given(questions())
    def ask(question):
        for law in laws:
            law(question)
        all_asked.append(question)

    (seed(part)(ask) if often.derandomize else ask)()
    assert len(all_asked) > PART
    for law in laws_of_many:
        law(all_asked)
